//! The transaction manager: one transaction per request, phases that cannot be confused, models that never commit themselves.
//!
//! It knows resources and the database, neither routers nor bodies of HTTP.

mod again;
mod change;
mod context;
mod draft;
mod endpoint;
mod find;
mod from_json;
mod hooks;
mod idempotency;
mod inserts;
mod object;
mod outbox;
mod permit;
mod policy;
mod precondition;
mod principal;
mod references;
mod reply;
mod savepoint;
mod tracked;

use std::time::{Duration, Instant};

use crate::column::{Key, KeyType, Row};
use crate::database::{Connection, Database, DatabaseError, Rows};
use crate::descriptor::Descriptor;
use crate::error::{ApiError, Report};
use crate::query::{Condition, Filter};
use crate::resource::ModelResource;
use crate::sql::{Dialect, Statement};

use references::Look;

pub use again::again;
pub use context::Context;
pub use draft::{Draft, Input, Unknown};
pub use endpoint::{AfterCommit, Answered, Outcome, Page, Represented};
pub use find::{Find, RecordPage, Select};
pub use from_json::FromJson;
pub use hooks::{
    AfterCommitHook, AuthorizeHook, BeforeCommitHook, Endpoint, Hooked, InputHook, SelectHook,
};
#[doc(hidden)]
pub use hooks::{Delivery, Hooks, Impossible};
pub(crate) use idempotency::{Found, Once};
pub use inserts::Inserts;
pub use object::{Object, Records};
pub use outbox::{Outbox, OutboxMessage, Retries, Sweeper, Sweeping};
pub use permit::Permit;
pub(crate) use policy::DefaultPolicy;
pub use policy::{Policy, policies};
pub use precondition::{EntityTag, Expected, Malformed, Preconditions, Verdict};
pub use principal::Principal;
pub use reply::{Next, Reply};
pub use savepoint::Savepoint;
pub use tracked::{Committed, Tracked};

/// An open transaction: rolled back when it is dropped before [`commit`](Self::commit).
///
/// Hooks are given one and cannot commit it: what they write is kept or undone with everything else.
///
/// A part of it can be undone by itself: see [`savepoint`](Self::savepoint).
#[derive(Debug)]
pub struct Transaction {
    connection: Connection,
    /// How many savepoints are open.
    depth: usize,
    /// The savepoint to go back to before anything else is done: it was dropped.
    abandoned: Option<usize>,
    watch: Watch,
}

/// How long a transaction is open; when it goes after too long, the log is told.
#[derive(Debug)]
struct Watch {
    since: Instant,
    /// The resource whose request or hook it is for.
    resource: Option<&'static str>,
}

/// A transaction that was open for longer is worth a warning: on `SQLite`, nobody else wrote in the meantime.
const LONG: Duration = Duration::from_secs(1);

impl Drop for Watch {
    fn drop(&mut self) {
        let open = self.since.elapsed();
        if open > LONG {
            tracing::warn!(
                resource = self.resource,
                milliseconds = open.as_millis(),
                "a transaction was open for long: do what takes time before it, or in a job"
            );
        }
    }
}

impl Database {
    /// Opens a transaction.
    ///
    /// # Errors
    /// A [`Report`] with 503 when the database is busy.
    pub async fn transaction(&self) -> Result<Transaction, Report> {
        self.opened(false).await
    }

    /// As [`transaction`](Self::transaction), of a request or of a hook that follows one, which hold nothing here that another
    /// transaction could wait for: its commit may be shared, and is asked for within [`again`].
    async fn request_transaction(&self) -> Result<Transaction, Report> {
        self.opened(true).await
    }

    async fn opened(&self, shares: bool) -> Result<Transaction, Report> {
        Ok(Transaction {
            connection: self.begin(shares).await?,
            depth: 0,
            abandoned: None,
            watch: Watch {
                since: Instant::now(),
                resource: None,
            },
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
        let statement = self.dialect().select_to_change(descriptor, &[condition]);
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
        let statement = self.dialect().insert(descriptor, &values);
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
        let dialect = self.dialect();
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
        descriptor: &'static Descriptor,
        key: &Key,
    ) -> Result<ApiError, Report> {
        let condition = Condition::is_key(descriptor, key);
        let dialect = self.dialect();
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
            .dialect()
            .delete(descriptor, &[Condition::is_key(descriptor, &key)]);
        match self.one(descriptor, statement, |_| Ok(())).await {
            Ok(removed) => Ok(removed.is_some()),
            Err(refusal) => Err(Look::Inside(self).removed(refusal, descriptor, &key).await),
        }
    }

    /// Removes the records for which a condition holds, and says how many they were.
    ///
    /// # Errors
    /// A [`Report`]: 409 when another record refers to one of them.
    pub async fn delete_all<M: ModelResource>(&mut self, filter: Filter<M>) -> Result<u64, Report> {
        let descriptor = M::descriptor();
        let statement = self.dialect().delete(descriptor, &[filter.condition]);
        let removed = self.rows(statement, |rows| {
            let mut removed = 0;
            while rows.next()?.is_some() {
                removed += 1;
            }
            Ok(removed)
        });
        removed
            .await
            .map_err(|error| error.into_report(Some(descriptor)))
    }

    /// Looks for records, with everything that this transaction wrote.
    pub fn select<M: ModelResource>(&mut self) -> Find<'_, M> {
        Find::in_transaction(self)
    }

    /// Makes everything that was written in it durable.
    ///
    /// # Errors
    /// A [`Report`] when the database cannot; then nothing is kept.
    pub async fn commit(mut self) -> Result<(), Report> {
        self.settle().await?;
        // What it waits for now may be others.
        drop(self.watch);
        Ok(self.connection.commit().await?)
    }

    /// Says in the log whose it is, when it is open for long.
    fn held_for(&mut self, descriptor: &Descriptor) {
        self.watch.resource = Some(descriptor.name);
    }

    /// Leaves a savepoint, and what was written since, behind.
    fn abandon(&mut self, depth: usize) {
        self.depth = depth - 1;
        let outermost = self.abandoned.map_or(depth, |other| other.min(depth));
        self.abandoned = Some(outermost);
    }

    /// Goes back to before a savepoint that was dropped.
    async fn settle(&mut self) -> Result<(), DatabaseError> {
        if let Some(depth) = self.abandoned {
            // It may stay: going back to it once more does no harm, and others of its name stand above it.
            self.connection.roll_back_to(depth).await?;
            self.abandoned = None;
        }
        Ok(())
    }

    fn dialect(&self) -> Dialect {
        self.connection.dialect()
    }

    /// Runs a statement in it.
    async fn rows<T: Send + 'static>(
        &mut self,
        statement: Statement,
        decode: impl FnOnce(&mut Rows<'_>) -> Result<T, DatabaseError> + Send + 'static,
    ) -> Result<T, DatabaseError> {
        self.settle().await?;
        self.connection.rows(statement, decode).await
    }

    /// Runs a statement for the resource, and decodes its first row.
    async fn one<T: Send + 'static>(
        &mut self,
        descriptor: &Descriptor,
        statement: Statement,
        decode: impl FnOnce(&Row<'_>) -> Result<T, DatabaseError> + Send + 'static,
    ) -> Result<Option<T>, Report> {
        self.rows(statement, |rows| {
            rows.next()?.map(|row| decode(&row)).transpose()
        })
        .await
        .map_err(|error| error.into_report(Some(descriptor)))
    }
}

fn no_row() -> ApiError {
    ApiError::internal(DatabaseError::Driver("a write gave no row back".into()))
}
