//! Records that are stored together, without holding a transaction.
//!
//! It does not know what they are.

use super::draft::stored_values;
use super::references::Look;
use crate::column::Value;
use crate::database::Database;
use crate::descriptor::Descriptor;
use crate::error::Report;
use crate::resource::ModelResource;
use crate::sql::Statement;

/// Records that are about to be stored together: all of them, or none.
///
/// On `SQLite` they are one unit of the writer, which shares its commit with whatever else waits; a
/// [`Transaction`](super::Transaction) holds the writer between its statements and commits alone.
#[derive(Debug)]
#[must_use = "nothing is stored before `commit`"]
pub struct Inserts<'a> {
    database: &'a Database,
    statements: Vec<Statement>,
    /// The record that is stored first, which the others refer to.
    first: Option<First>,
}

/// A record that is stored first: its resource, and its values.
pub(super) type First = (&'static Descriptor, Vec<(usize, Value)>);

impl Database {
    /// Begins to gather records that are stored together.
    ///
    /// ```
    /// use topchef_runtime::{Database, ModelResource};
    ///
    /// #[derive(ModelResource)]
    /// struct Author {
    ///     id: i64,
    ///     name: String,
    /// }
    ///
    /// #[derive(ModelResource)]
    /// struct Portrait {
    ///     id: i64,
    ///     #[resource(references = Author)]
    ///     author_id: i64,
    ///     alt: String,
    /// }
    ///
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let database = Database::temporary().await?;
    /// # database.create_tables::<(Author, Portrait)>().await?;
    /// let author = Author { id: 7, name: "Ursula".into() };
    /// let portrait = Portrait { id: 1, author_id: 7, alt: "in her garden".into() };
    /// database.inserts().insert(&author)?.insert(&portrait)?.commit().await?;
    /// # Ok(()) }
    /// ```
    pub fn inserts(&self) -> Inserts<'_> {
        Inserts {
            database: self,
            statements: Vec::new(),
            first: None,
        }
    }
}

impl Inserts<'_> {
    /// With one more record, which may refer to those before it; an integer key that is zero is assigned by the database.
    ///
    /// # Errors
    /// A [`Report`] with 500 when a field has no form that can be stored.
    pub fn insert<M: ModelResource>(mut self, record: &M) -> Result<Self, Report> {
        self.add(record)?;
        Ok(self)
    }

    /// Adds one more record, as [`insert`](Self::insert) does.
    ///
    /// # Errors
    /// As [`insert`](Self::insert).
    pub fn add<M: ModelResource>(&mut self, record: &M) -> Result<(), Report> {
        let descriptor = M::descriptor();
        let values = stored_values(descriptor, record.values()?);
        let statement = self.database.dialect().insert(descriptor, &values);
        self.statements.push(statement);
        self.first.get_or_insert((descriptor, values));
        Ok(())
    }

    /// The first of them, and what stores all.
    pub(super) fn into_parts(self) -> (Option<First>, Vec<Statement>) {
        (self.first, self.statements)
    }

    /// Stores them, and makes them durable.
    ///
    /// # Errors
    /// A [`Report`]: 409 when a value is not unique or a reference does not hold, with the field where it is one of the
    /// first record's; then nothing is stored.
    pub async fn commit(self) -> Result<(), Report> {
        let Some((descriptor, values)) = self.first else {
            return Ok(());
        };
        let mut statements = self.statements.into_iter();
        let first: Vec<_> = statements.by_ref().take(1).collect();
        let beside: Vec<_> = statements.collect();
        let written = self
            .database
            .write_with(first, move |_, _| Ok(((), beside.clone())))
            .await;
        match written {
            Ok(_) => Ok(()),
            Err(error) => {
                let refusal = error.into_report(Some(descriptor));
                let look = Look::Outside(self.database);
                Err(look.written(refusal, descriptor, &values).await)
            }
        }
    }
}
