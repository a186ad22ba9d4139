//! A part of a transaction that can be undone by itself.
//!
//! It does not know what is written in it.

use std::ops::{Deref, DerefMut};

use super::Transaction;
use crate::error::Report;

/// A part of a [`Transaction`], which it is used like: undone when it is dropped before [`release`](Self::release).
///
/// It is kept or undone with the transaction around it, and may have parts of its own.
///
/// ```
/// use topchef_runtime::{Database, ModelResource, Report};
///
/// #[derive(ModelResource)]
/// struct Book {
///     id: i64,
///     #[resource(unique)]
///     title: String,
/// }
///
/// # #[tokio::main] async fn main() -> Result<(), Report> {
/// # let database = Database::temporary().await?;
/// # database.create_tables::<Book>().await?;
/// let mut tx = database.transaction().await?;
/// tx.insert(&Book { id: 0, title: "Dune".to_owned() }).await?;
///
/// let mut part = tx.savepoint().await?;
/// part.insert(&Book { id: 0, title: "Ubik".to_owned() }).await?;
/// let again = part.insert(&Book { id: 0, title: "Dune".to_owned() }).await;
/// assert!(again.is_err());
/// // Neither this one nor "Ubik" is wanted then.
/// part.roll_back().await?;
///
/// tx.commit().await?;
/// assert_eq!(database.select::<Book>().count().await?, 1);
/// # Ok(()) }
/// ```
#[derive(Debug)]
#[must_use = "what is written in a savepoint is undone unless it is released"]
pub struct Savepoint<'a> {
    transaction: &'a mut Transaction,
    depth: usize,
    open: bool,
}

impl Transaction {
    /// Begins a part that can be undone by itself.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn savepoint(&mut self) -> Result<Savepoint<'_>, Report> {
        self.settle().await?;
        let depth = self.depth + 1;
        self.connection.savepoint(depth).await?;
        self.depth = depth;
        Ok(Savepoint {
            transaction: self,
            depth,
            open: true,
        })
    }
}

impl Savepoint<'_> {
    /// Makes what was written in it a part of the transaction around it.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn release(mut self) -> Result<(), Report> {
        self.transaction.settle().await?;
        self.transaction.connection.release(self.depth).await?;
        self.transaction.depth = self.depth - 1;
        self.open = false;
        Ok(())
    }

    /// Undoes what was written in it, as dropping it would, at once.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn roll_back(mut self) -> Result<(), Report> {
        self.open = false;
        self.transaction.abandon(self.depth);
        Ok(self.transaction.settle().await?)
    }
}

impl Drop for Savepoint<'_> {
    fn drop(&mut self) {
        if self.open {
            // Nothing can wait here: the transaction goes back before it does anything else.
            self.transaction.abandon(self.depth);
        }
    }
}

impl Deref for Savepoint<'_> {
    type Target = Transaction;

    fn deref(&self) -> &Transaction {
        self.transaction
    }
}

impl DerefMut for Savepoint<'_> {
    fn deref_mut(&mut self) -> &mut Transaction {
        self.transaction
    }
}
