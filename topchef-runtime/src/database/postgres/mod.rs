//! `PostgreSQL` over sqlx: a pool of connections, and units of work on one of them.
//!
//! It knows the driver and nothing of resources.
//! A write that is one statement commits by itself, in one round trip, alone or together with others like it; all else has
//! a transaction of its own.

mod batch;
mod cancel;
mod failure;
mod held;
mod limits;
mod numeric;
mod options;
mod pool;
mod session;
mod tries;
mod values;

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, SqlSafeStr, SqlStr};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

use super::{DatabaseError, PostgresStatistics, Rows as AnyRows};
use crate::column::Row;
use crate::sql::Statement;

use batch::{Batches, Outcome, Slot};
use cancel::Cancel;
use failure::{described, is_held_up, is_lost, no_answer};
use held::{Held, within};
use limits::{Begin, greeting};
use pool::{Changed, Maker, Pool};
use tries::{Tries, Unfinished};

pub(super) use failure::is_missing_table;
pub use options::PostgresOptions;
pub(super) use session::Session;
pub(super) use values::{Rows, next};

/// How many values a statement may have that the server keeps prepared.
const KEPT_VALUES: usize = 128;

/// How much longer one side waits than the other, which ends things in better order: the server for a transaction that
/// is idle, and this program for a statement that runs.
const GRACE: Duration = Duration::from_secs(1);

pub(super) struct Postgres {
    pool: Pool,
    /// One for each transaction of several steps that may be open: fewer than there are connections, so that a hook
    /// that reads beside its transaction never waits for others that do the same.
    sessions: Arc<Semaphore>,
    transaction_timeout: Duration,
    preparation: Preparation,
    begin: Begin,
    changed: Changed,
    batches: Batches,
}

impl std::fmt::Debug for Postgres {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Postgres").finish_non_exhaustive()
    }
}

/// Whether the server keeps prepared statements between transactions.
///
/// Behind a pooler that hands connections out for a transaction each it cannot: there each unit of work, a read too, is
/// a transaction, because the driver prepares a statement before it sends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Preparation {
    Kept,
    Anew,
}

impl Postgres {
    async fn open(options: PostgresOptions) -> Result<Self, DatabaseError> {
        let address = options.address()?;
        let reached = tokio::time::timeout(options.acquire_timeout, address.connection.connect());
        let Ok(reached) = reached.await else {
            return Err(address.unreachable("it did not answer in time"));
        };
        let connection = reached.map_err(|error| address.unreachable(failure::reason(&error)))?;
        // It was only to see whether there is a server; the pool makes its own.
        let _ = connection.close().await;
        let batch = batch::limit(address.preparation, options.batch);
        let changed = Changed::default();
        let maker = Maker {
            cancel: Arc::new(Cancel::new(address.connection.clone())),
            address: address.connection,
            greeting: match address.preparation {
                Preparation::Kept => Some(greeting(options.transaction_timeout, batch > 1)),
                // A pooler would leave the settings to others.
                Preparation::Anew => None,
            },
            changed: changed.clone(),
        };
        let pool = Pool::new(maker, options.connections, options.acquire_timeout)?;
        // A pool of one serves all the same; there, nothing can be read beside a transaction.
        let sessions = (options.connections - 1).max(1);
        Ok(Self {
            batches: Batches::new(&pool, &changed, options.transaction_timeout + GRACE, batch),
            pool,
            sessions: Arc::new(Semaphore::new(sessions as usize)),
            begin: Begin::new(options.transaction_timeout),
            transaction_timeout: options.transaction_timeout,
            preparation: address.preparation,
            changed,
        })
    }

    pub(super) fn transaction_timeout(&self) -> Duration {
        self.transaction_timeout
    }

    pub(super) fn statistics(&self) -> PostgresStatistics {
        let (connections, idle) = self.pool.counts();
        let (batches, batched_statements) = self.batches.counts();
        let count = |connections| u32::try_from(connections).unwrap_or(u32::MAX);
        PostgresStatistics {
            connections: count(connections),
            idle: count(idle),
            limit: self.pool.limit(),
            batches,
            batched_statements,
        }
    }

    pub(super) async fn rows<T>(
        &self,
        statement: Statement,
        decode: impl FnOnce(&mut AnyRows<'_>) -> Result<T, DatabaseError>,
    ) -> Result<T, DatabaseError> {
        let (statement, mut slot) = match self.batches.run(statement).await {
            Outcome::Done(row) => {
                let rows = row.into_iter().collect();
                return decode(&mut AnyRows::Postgres(&mut Rows::new(rows)));
            }
            Outcome::Failed(error) => return Err(error),
            Outcome::Alone(statement, slot) => (statement, slot),
        };
        let mut tries = self.tries();
        let rows = loop {
            match self.read(&statement, slot.take()).await {
                Ok(rows) => break rows,
                Err(error) if is_lost(&error) && tries.on_another_connection() => {}
                Err(error) if tries.once_more(&error).await => {}
                Err(error) => return Err(described(error)),
            }
        };
        decode(&mut AnyRows::Postgres(&mut Rows::new(rows)))
    }

    async fn read(
        &self,
        statement: &Statement,
        mut slot: Option<Slot>,
    ) -> Result<Vec<PgRow>, sqlx::Error> {
        if self.preparation == Preparation::Kept {
            let mut held = self.held(&mut slot).await?;
            let since = Instant::now();
            let read = all_rows(held.connection()?, statement, self.preparation);
            let read = within(self.longest_wait(), read).await;
            let read = self.answered(&mut held, read);
            if !read
                .as_ref()
                .is_err_and(|error| self.is_held_up(error, since))
            {
                return read;
            }
        }
        drop(slot);
        let mut tx = self.begin_with(&self.begin.read).await?;
        let read = all_rows(tx.connection()?, statement, self.preparation);
        let read = within(self.longest_wait(), read).await;
        self.answered(&mut tx, read)
    }

    /// The connection of a slot, or another.
    async fn held(&self, slot: &mut Option<Slot>) -> Result<Held, sqlx::Error> {
        let held = match slot.as_mut().and_then(Slot::held) {
            Some(held) => held,
            None => Held::of(&self.pool).await?,
        };
        if let Some(slot) = slot {
            slot.begin();
        }
        Ok(held)
    }

    /// Each statement commits by itself: those before the one that gives a row changed nothing.
    pub(super) async fn write<T>(
        &self,
        statements: Vec<Statement>,
        decode: impl FnOnce(usize, &Row<'_>) -> Result<T, DatabaseError>,
    ) -> Result<Option<T>, DatabaseError> {
        // Those of several run one after the other.
        let (statements, mut slot) = match <[Statement; 1]>::try_from(statements) {
            Err(several) => (several, None),
            Ok([statement]) => match self.batches.run(statement).await {
                Outcome::Done(row) => return row.map(|row| decode(0, &Row::new(&row))).transpose(),
                Outcome::Failed(error) => return Err(error),
                Outcome::Alone(statement, slot) => (vec![statement], slot),
            },
        };
        let mut tries = self.tries();
        let found = loop {
            match self.write_once(&statements, slot.take()).await {
                Ok(found) => break found,
                Err(unfinished) if self.again(&mut tries, &unfinished, &statements).await => {}
                Err(unfinished) => return Err(unfinished.into_error()),
            }
        };
        found
            .map(|(position, row)| decode(position, &Row::new(&row)))
            .transpose()
    }

    /// Whether to run statements again that did not come to their end; does before that what helps them.
    async fn again(
        &self,
        tries: &mut Tries,
        unfinished: &Unfinished,
        statements: &[Statement],
    ) -> bool {
        match unfinished.taken(statements) {
            Some(assigned) if tries.with_another_key() => {
                // Where the count cannot be moved, it has gone on by one.
                let _ = self.write_once(&[assigned.count_on()], None).await;
                true
            }
            _ => tries.again(unfinished).await,
        }
    }

    async fn write_once(
        &self,
        statements: &[Statement],
        mut slot: Option<Slot>,
    ) -> Result<Option<(usize, PgRow)>, Unfinished> {
        if self.preparation == Preparation::Kept {
            let held = self.held(&mut slot).await;
            let mut held = held.map_err(Unfinished::Undone)?;
            let since = Instant::now();
            let connection = held.connection().map_err(Unfinished::Undone)?;
            let written = first_row(connection, statements, self.preparation);
            let written = match timeout(self.longest_wait(), written).await {
                Ok(written) => written.map_err(Unfinished::Alone),
                Err(_) => Err(Unfinished::Committing(no_answer())),
            };
            let written = self.answered(&mut held, written);
            let failure = written.as_ref().err().and_then(AsFailure::failure);
            if !failure.is_some_and(|error| self.is_held_up(error, since)) {
                return written;
            }
        }
        drop(slot);
        let found = |position, row| Ok(((position, row), Vec::new()));
        self.unit(statements, found).await
    }

    /// All or nothing, in a transaction; `decode` is asked again where the database undid it because of another one.
    pub(super) async fn write_with<T>(
        &self,
        statements: Vec<Statement>,
        mut decode: impl FnMut(usize, &Row<'_>) -> Result<(T, Vec<Statement>), DatabaseError>,
    ) -> Result<Option<T>, DatabaseError> {
        let mut tries = self.tries();
        loop {
            let decode = |position, row| decode(position, &Row::new(&row));
            match self.unit(&statements, decode).await {
                Ok(found) => return Ok(found),
                Err(unfinished) if self.again(&mut tries, &unfinished, &statements).await => {}
                Err(unfinished) => return Err(unfinished.into_error()),
            }
        }
    }

    /// Runs statements, and those that `between` gives for the row of the first that has one, in a transaction.
    async fn unit<T>(
        &self,
        statements: &[Statement],
        between: impl FnOnce(usize, PgRow) -> Result<(T, Vec<Statement>), DatabaseError>,
    ) -> Result<Option<T>, Unfinished> {
        let begun = self.begin_with(&self.begin.unit).await;
        let mut tx = begun.map_err(Unfinished::Undone)?;
        let done = whole(&mut tx, statements, between, self.preparation);
        let done = timeout(self.longest_wait(), done).await;
        let done = done.unwrap_or_else(|_| Err(Unfinished::Committing(no_answer())));
        self.answered(&mut tx, done)
    }

    fn answered<T, E: AsFailure>(&self, held: &mut Held, done: Result<T, E>) -> Result<T, E> {
        held.heard(&done, &self.changed);
        done
    }

    pub(super) async fn begin(&self) -> Result<Session, DatabaseError> {
        self.session(&self.begin.session, self.transaction_timeout)
            .await
    }

    /// Opens a transaction that has its own time limit.
    pub(super) async fn begin_within(&self, limit: Duration) -> Result<Session, DatabaseError> {
        self.session(&Begin::new(limit).session, limit).await
    }

    async fn session(&self, begin: &Arc<str>, limit: Duration) -> Result<Session, DatabaseError> {
        let place = self.place().await?;
        let mut tries = self.tries();
        loop {
            match self.begin_with(begin).await {
                Ok(tx) => {
                    let deadline = Instant::now() + limit;
                    return Ok(Session::new(
                        tx,
                        place,
                        deadline,
                        self.preparation,
                        self.changed.clone(),
                    ));
                }
                Err(error) if is_lost(&error) && tries.on_another_connection() => {}
                Err(error) => return Err(described(error)),
            }
        }
    }

    /// Waits until another transaction of several steps may be open, as long as for a connection.
    async fn place(&self) -> Result<OwnedSemaphorePermit, DatabaseError> {
        let place = Arc::clone(&self.sessions).acquire_owned();
        let limit = self.pool.acquire_timeout();
        match tokio::time::timeout(limit, place).await {
            Ok(place) => place.map_err(|_| DatabaseError::Closed),
            Err(_) => Err(DatabaseError::Busy),
        }
    }

    async fn begin_with(&self, text: &Arc<str>) -> Result<Held, sqlx::Error> {
        let text = AssertSqlSafe(text.clone()).into_sql_str();
        Held::begun(&self.pool, text, self.longest_wait()).await
    }

    /// Whether a statement without a transaction, begun then, is to wait for a lock in one.
    fn is_held_up(&self, error: &sqlx::Error, since: Instant) -> bool {
        is_held_up(error, since.elapsed(), self.transaction_timeout)
    }

    /// For how long an answer is waited for that the server gives sooner, unless it is gone.
    fn longest_wait(&self) -> Duration {
        self.transaction_timeout + GRACE
    }

    fn tries(&self) -> Tries {
        Tries::new(self.pool.limit())
    }
}

/// Runs statements in a transaction, and those beside them, and commits.
async fn whole<T>(
    tx: &mut Held,
    statements: &[Statement],
    between: impl FnOnce(usize, PgRow) -> Result<(T, Vec<Statement>), DatabaseError>,
    preparation: Preparation,
) -> Result<Option<T>, Unfinished> {
    let connection = tx.connection().map_err(Unfinished::Undone)?;
    let found = first_row(connection, statements, preparation).await;
    let value = match found.map_err(Unfinished::within)? {
        Some((position, row)) => {
            let (value, beside) = between(position, row).map_err(Unfinished::Refused)?;
            for statement in &beside {
                let run = all_rows(connection, statement, preparation).await;
                run.map_err(Unfinished::Undone)?;
            }
            Some(value)
        }
        None => None,
    };
    tx.commit().await.map_err(Unfinished::Committing)?;
    Ok(value)
}

/// The first row of the first statement that gives one; or which statement failed.
async fn first_row(
    connection: &mut PgConnection,
    statements: &[Statement],
    preparation: Preparation,
) -> Result<Option<(usize, PgRow)>, (usize, sqlx::Error)> {
    for (position, statement) in statements.iter().enumerate() {
        let rows = all_rows(connection, statement, preparation).await;
        let rows = rows.map_err(|error| (position, error))?;
        if let Some(row) = rows.into_iter().next() {
            return Ok(Some((position, row)));
        }
    }
    Ok(None)
}

async fn all_rows(
    connection: &mut PgConnection,
    statement: &Statement,
    preparation: Preparation,
) -> Result<Vec<PgRow>, sqlx::Error> {
    let keep = preparation == Preparation::Kept && statement.values.len() <= KEPT_VALUES;
    let arguments = values::bound(&statement.values)?;
    sqlx::query_with(text(statement), arguments)
        .persistent(keep)
        .fetch_all(connection)
        .await
}

/// All text is made by `sql`, which binds every value.
fn text(statement: &Statement) -> SqlStr {
    AssertSqlSafe(statement.text.clone()).into_sql_str()
}

/// What may hold an error of the driver's.
trait AsFailure {
    fn failure(&self) -> Option<&sqlx::Error>;
}

impl AsFailure for sqlx::Error {
    fn failure(&self) -> Option<&sqlx::Error> {
        Some(self)
    }
}
