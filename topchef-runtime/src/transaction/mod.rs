//! The transaction manager: one transaction per request, phases that cannot be confused, models that never commit themselves.
//!
//! It knows resources and the database, neither routers nor bodies of HTTP.

mod context;
mod draft;
mod endpoint;
mod find;
mod hooks;
mod key;
mod object;
mod reply;
mod tracked;

use crate::column::{ColumnType, Row};
use crate::database::{Connection, Database, DatabaseError};
use crate::descriptor::Descriptor;
use crate::error::{ApiError, Report};
use crate::resource::ModelResource;
use crate::sql::Statement;

pub use context::Context;
pub use draft::{Draft, Input, Unknown};
pub use endpoint::{Endpoint, Outcome, Page};
pub use find::{Find, Select};
pub use hooks::{AfterCommitHook, BeforeCommitHook, Hooked, InputHook, SelectHook};
#[doc(hidden)]
pub use hooks::{Hooks, Impossible};
pub use object::Object;
pub use reply::{Next, Reply};
pub use tracked::{Committed, Tracked};

/// An open transaction: rolled back when it is dropped before [`commit`](Self::commit).
///
/// Hooks are given one and cannot commit it: what they write is kept or undone with everything else.
#[derive(Debug)]
pub struct Transaction {
    connection: Connection,
}

impl Database {
    /// Opens a transaction.
    ///
    /// # Errors
    /// A [`Report`] with 503 when the database is busy.
    pub async fn transaction(&self) -> Result<Transaction, Report> {
        Ok(Transaction {
            connection: self.begin().await?,
        })
    }
}

impl Transaction {
    /// The record with this primary key, with everything that this transaction wrote.
    ///
    /// # Errors
    /// A [`Report`] when the database fails, or `K` is not the type of the key.
    pub async fn get<M: ModelResource>(
        &mut self,
        key: impl ColumnType,
    ) -> Result<Option<Tracked<M>>, Report> {
        let descriptor = M::descriptor();
        let condition = key::typed(descriptor, &key)?;
        let statement = self
            .connection
            .dialect()
            .select_one(descriptor, &[condition]);
        let found = self
            .one(descriptor, statement, |row| Ok(M::from_row(row)?))
            .await?;
        Ok(found.map(Tracked::stored))
    }

    /// Stores a new record, and gives it as it is stored.
    ///
    /// An integer key that is zero is assigned by the database.
    ///
    /// # Errors
    /// A [`Report`]: 409 with the field when a value is not unique or a reference does not hold.
    pub async fn insert<M: ModelResource>(&mut self, record: &M) -> Result<M, Report> {
        let descriptor = M::descriptor();
        let values = draft::stored_values(descriptor, record.values());
        let statement = self.connection.dialect().insert(descriptor, &values);
        self.one(descriptor, statement, |row| Ok(M::from_row(row)?))
            .await?
            .ok_or_else(|| no_row().into())
    }

    /// Stores what was changed in a record, in one statement; nothing when nothing was.
    ///
    /// # Errors
    /// A [`Report`]: 404 when the record is gone; 409 as for [`insert`](Self::insert).
    pub async fn save<M: ModelResource>(&mut self, record: &mut Tracked<M>) -> Result<(), Report> {
        let descriptor = M::descriptor();
        let changes = record.changes();
        if changes.is_empty() {
            return Ok(());
        }
        let key = record.stored_key();
        let condition = key::is(descriptor, key.clone());
        let statement = self
            .connection
            .dialect()
            .update(descriptor, &[condition], &changes);
        let stored = self
            .one(descriptor, statement, |row| Ok(M::from_row(row)?))
            .await?
            .ok_or_else(|| ApiError::record_not_found(descriptor.name, key::text(&key)))?;
        record.saved(stored);
        Ok(())
    }

    /// Removes a record; false when it was gone already.
    ///
    /// # Errors
    /// A [`Report`]: 409 when another record refers to it.
    pub async fn delete<M: ModelResource>(&mut self, record: &M) -> Result<bool, Report> {
        let descriptor = M::descriptor();
        let (index, _) = descriptor.key_column();
        let key = record.values().swap_remove(index);
        let statement = self
            .connection
            .dialect()
            .delete(descriptor, &[key::is(descriptor, key)]);
        let removed = self.one(descriptor, statement, |_| Ok(())).await?;
        Ok(removed.is_some())
    }

    /// Looks for records, with everything that this transaction wrote.
    pub fn select<M: ModelResource>(&mut self) -> Find<'_, M> {
        Find::in_transaction(self)
    }

    /// Makes everything that was written in it durable.
    ///
    /// # Errors
    /// A [`Report`] when the database cannot; then nothing is kept.
    pub async fn commit(self) -> Result<(), Report> {
        Ok(self.connection.commit().await?)
    }

    /// Runs a statement for the resource, and decodes its first row.
    async fn one<T: Send + 'static>(
        &mut self,
        descriptor: &Descriptor,
        statement: Statement,
        decode: impl FnOnce(&Row<'_>) -> Result<T, DatabaseError> + Send + 'static,
    ) -> Result<Option<T>, Report> {
        self.connection
            .rows(statement, |rows| {
                rows.next()?.map(|row| decode(&row)).transpose()
            })
            .await
            .map_err(|error| error.into_report(Some(descriptor)))
    }
}

fn no_row() -> ApiError {
    ApiError::internal(DatabaseError::Driver("a write gave no row back".into()))
}
