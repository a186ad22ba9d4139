//! `PostgreSQL` over sqlx: a pool of connections, and units of work on one of them.
//!
//! It knows the driver and nothing of resources.
//! A write that is one statement commits by itself, in one round trip; all else has a transaction of its own.

mod failure;
mod held;
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

use failure::{described, is_lost, is_stale, no_answer};
use held::{Held, within};
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

/// The texts that open transactions.
#[derive(Debug)]
struct Begin {
    session: Arc<str>,
    unit: Arc<str>,
    read: Arc<str>,
}

impl Begin {
    /// No setting outlives its transaction. They are whole numbers, and SET takes no bound values.
    fn new(timeout: Duration) -> Self {
        let of_statements = format!("SET LOCAL {}", limit_of_statements(timeout));
        let limits = format!(
            "{of_statements}; SET LOCAL idle_in_transaction_session_timeout = {}",
            (timeout + GRACE).as_millis()
        );
        let savepoint = session::SAVEPOINT;
        Self {
            session: format!("BEGIN; {limits}; {savepoint}").into(),
            unit: format!("BEGIN; {limits}").into(),
            read: format!("BEGIN READ ONLY; {of_statements}").into(),
        }
    }
}

fn limit_of_statements(timeout: Duration) -> String {
    format!("statement_timeout = {}", timeout.as_millis().max(1))
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
        let limit = match address.preparation {
            Preparation::Kept => Some(limit_of_statements(options.transaction_timeout)),
            // A pooler would leave the setting to others: each transaction has its own.
            Preparation::Anew => None,
        };
        let changed = Changed::default();
        let maker = Maker {
            address: address.connection,
            greeting: limit.map(|limit| format!("SET {limit}").into()),
            changed: changed.clone(),
        };
        let pool = Pool::new(maker, options.connections, options.acquire_timeout)?;
        // A pool of one serves all the same; there, nothing can be read beside a transaction.
        let sessions = (options.connections - 1).max(1);
        Ok(Self {
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
        let count = |connections| u32::try_from(connections).unwrap_or(u32::MAX);
        PostgresStatistics {
            connections: count(connections),
            idle: count(idle),
            limit: self.pool.limit(),
        }
    }

    pub(super) async fn rows<T>(
        &self,
        statement: Statement,
        decode: impl FnOnce(&mut AnyRows<'_>) -> Result<T, DatabaseError>,
    ) -> Result<T, DatabaseError> {
        let mut tries = self.tries();
        let rows = loop {
            match self.read(&statement).await {
                Ok(rows) => break rows,
                Err(error) if is_lost(&error) && tries.on_another_connection() => {}
                Err(error) if tries.once_more(&error).await => {}
                Err(error) => return Err(described(error)),
            }
        };
        decode(&mut AnyRows::Postgres(&mut Rows::new(rows)))
    }

    async fn read(&self, statement: &Statement) -> Result<Vec<PgRow>, sqlx::Error> {
        match self.preparation {
            Preparation::Kept => {
                let mut held = Held::of(&self.pool).await?;
                let read = all_rows(held.connection()?, statement, self.preparation);
                let read = within(self.longest_wait(), read).await;
                self.answered(&mut held, read)
            }
            Preparation::Anew => {
                let mut tx = self.begin_with(&self.begin.read).await?;
                let read = all_rows(tx.connection()?, statement, self.preparation);
                within(self.longest_wait(), read).await
            }
        }
    }

    /// Each statement commits by itself: those before the one that gives a row changed nothing.
    pub(super) async fn write<T>(
        &self,
        statements: Vec<Statement>,
        decode: impl FnOnce(usize, &Row<'_>) -> Result<T, DatabaseError>,
    ) -> Result<Option<T>, DatabaseError> {
        let mut tries = self.tries();
        let found = loop {
            match self.write_once(&statements).await {
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
                let _ = self.write_once(&[assigned.count_on()]).await;
                true
            }
            _ => tries.again(unfinished).await,
        }
    }

    async fn write_once(
        &self,
        statements: &[Statement],
    ) -> Result<Option<(usize, PgRow)>, Unfinished> {
        if self.preparation == Preparation::Anew {
            let whole = |position, row| Ok(((position, row), Vec::new()));
            return self.unit(statements, whole).await;
        }
        let held = Held::of(&self.pool).await;
        let mut held = held.map_err(Unfinished::Undone)?;
        let connection = held.connection().map_err(Unfinished::Undone)?;
        let written = first_row(connection, statements, self.preparation);
        let written = match timeout(self.longest_wait(), written).await {
            Ok(written) => written.map_err(Unfinished::Alone),
            Err(_) => Err(Unfinished::Committing(no_answer())),
        };
        self.answered(&mut held, written)
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

    /// What was prepared on a connection before the tables changed does not serve any more: the next one prepares it
    /// anew.
    fn answered<T, E: AsFailure>(&self, held: &mut Held, done: Result<T, E>) -> Result<T, E> {
        match &done {
            Ok(_) => held.answered(),
            Err(error) if error.failure().is_some_and(is_stale) => {
                held.close_outdated(&self.changed);
            }
            // What is left of the answer is heard before somebody else has the connection.
            Err(_) => {}
        }
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
