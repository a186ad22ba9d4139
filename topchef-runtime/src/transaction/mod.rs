//! The transaction manager: one transaction per request, phases that cannot be confused, models that never commit themselves.
//!
//! It knows resources and the database, neither routers nor bodies of HTTP.

mod context;
mod draft;
mod endpoint;
mod find;
mod from_json;
mod hooks;
mod idempotency;
mod object;
mod permit;
mod policy;
mod precondition;
mod principal;
mod references;
mod reply;
mod tracked;

use crate::column::{Key, KeyType, Row};
use crate::database::{Connection, Database, DatabaseError};
use crate::descriptor::Descriptor;
use crate::error::{ApiError, Report};
use crate::query::Condition;
use crate::resource::ModelResource;
use crate::sql::Statement;

use references::Look;

pub use context::Context;
pub use draft::{Draft, Input, Unknown};
pub use endpoint::{Answered, Outcome, Page, Represented};
pub use find::{Find, Select};
pub use from_json::FromJson;
pub use hooks::{
    AfterCommitHook, AuthorizeHook, BeforeCommitHook, Endpoint, Hooked, InputHook, SelectHook,
};
#[doc(hidden)]
pub use hooks::{Hooks, Impossible};
pub(crate) use idempotency::{Found, Once};
pub use object::{Object, Records};
pub use permit::Permit;
pub(crate) use policy::DefaultPolicy;
pub use policy::{Policy, policies};
pub use precondition::{EntityTag, Expected, Malformed, Preconditions, Verdict};
pub use principal::Principal;
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
    /// Nobody else changes it until the transaction ends, so that what was read is still true when it is saved.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn get<M: ModelResource>(
        &mut self,
        key: impl Into<M::Key>,
    ) -> Result<Option<Tracked<M>>, Report> {
        let descriptor = M::descriptor();
        let condition = Condition::is_key(descriptor, &key.into().to_key());
        let statement = self
            .connection
            .dialect()
            .select_to_change(descriptor, &[condition]);
        let found = self
            .one(descriptor, statement, |row| Ok(M::from_row(row)?))
            .await?;
        Ok(found.map(Tracked::stored).transpose()?)
    }

    /// Stores a new record, and gives it as it is stored.
    ///
    /// An integer key that is zero is assigned by the database.
    ///
    /// # Errors
    /// A [`Report`]: 409 with the field when a value is not unique or a reference does not hold.
    pub async fn insert<M: ModelResource>(&mut self, record: &M) -> Result<M, Report> {
        let descriptor = M::descriptor();
        let values = draft::stored_values(descriptor, record.values()?);
        let statement = self.connection.dialect().insert(descriptor, &values);
        let inserted = self.one(descriptor, statement, |row| Ok(M::from_row(row)?));
        match inserted.await {
            Ok(inserted) => inserted.ok_or_else(|| no_row().into()),
            Err(refusal) => Err(Look::Inside(self)
                .written(refusal, descriptor, &values)
                .await),
        }
    }

    /// Stores what was changed in a record, in one statement; nothing when nothing was.
    ///
    /// # Errors
    /// A [`Report`]: 404 when the record is gone; 409 when its version is not the one that was read, and as for
    /// [`insert`](Self::insert).
    pub async fn save<M: ModelResource>(&mut self, record: &mut Tracked<M>) -> Result<(), Report> {
        let descriptor = M::descriptor();
        let changes = tracked::with_updates(descriptor, record.changes()?);
        if changes.is_empty() {
            return Ok(());
        }
        let key = record.stored_key()?;
        let mut conditions = vec![Condition::is_key(descriptor, &key)];
        conditions.extend(record.is_stored_version());
        let dialect = self.connection.dialect();
        let statement = dialect.update(descriptor, &conditions, &changes);
        let stored = self.one(descriptor, statement, |row| Ok(M::from_row(row)?));
        match stored.await {
            Ok(Some(stored)) => Ok(record.saved(stored)?),
            Ok(None) => Err(self.why_not_saved(descriptor, &key).await?.into()),
            Err(refusal) => {
                let look = Look::Inside(self);
                Err(look.written(refusal, descriptor, &changes).await)
            }
        }
    }

    /// Why there was no record to save changes in.
    async fn why_not_saved(
        &mut self,
        descriptor: &Descriptor,
        key: &Key,
    ) -> Result<ApiError, Report> {
        let condition = Condition::is_key(descriptor, key);
        let dialect = self.connection.dialect();
        let look = dialect.select_one(descriptor, &[condition]);
        Ok(match self.one(descriptor, look, |_| Ok(())).await? {
            Some(()) => ApiError::changed_meanwhile(),
            None => ApiError::record_not_found(descriptor.name, key.to_path()),
        })
    }

    /// Removes a record; false when it was gone already.
    ///
    /// # Errors
    /// A [`Report`]: 409 when another record refers to it.
    pub async fn delete<M: ModelResource>(&mut self, record: &M) -> Result<bool, Report> {
        let descriptor = M::descriptor();
        let key = tracked::key_of(&record.values()?, descriptor);
        let statement = self
            .connection
            .dialect()
            .delete(descriptor, &[Condition::is_key(descriptor, &key)]);
        match self.one(descriptor, statement, |_| Ok(())).await {
            Ok(removed) => Ok(removed.is_some()),
            Err(refusal) => Err(Look::Inside(self).removed(refusal, descriptor, &key).await),
        }
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
