//! An open transaction, statement by statement.
//!
//! It does not know who holds it.
//! `PostgreSQL` refuses everything after a statement that failed, until the transaction goes back to a savepoint:
//! so one stands in front of every statement that writes, or holds rows.

use std::sync::Arc;

use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Error, Executor as _, SqlSafeStr as _, SqlStr};
use tokio::sync::{Mutex, OwnedSemaphorePermit};
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::failure::{described, is_aborted, is_lost, is_out_of_time, is_stale, no_answer};
use super::held::{Held, hear};
use super::pool::Changed;
use super::tries::{KEYS, taken};
use super::values::Rows;
use super::{GRACE, Preparation, all_rows};
use crate::database::{DatabaseError, Rows as AnyRows};
use crate::sql::Statement;

/// Makes the savepoint that stands in front of a statement.
pub(super) const SAVEPOINT: &str = "SAVEPOINT topchef_statement";

/// An open transaction: rolled back when its time is up, or when this is dropped.
pub(crate) struct Session {
    /// Nothing after its time, or after the connection was lost.
    open: Arc<Mutex<Option<Open>>>,
    deadline: Instant,
    watch: AbortHandle,
    changed: Changed,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Session").finish_non_exhaustive()
    }
}

struct Open {
    tx: Held,
    savepoint: Savepoint,
    preparation: Preparation,
    /// Given back after the connection.
    _place: OwnedSemaphorePermit,
}

/// Where the savepoint stands to which a statement that fails goes back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Savepoint {
    /// After everything that was written or locked.
    Last,
    /// Before something that was written or locked, and that must not be undone.
    Earlier,
    /// Before a statement of which nobody heard how it ended: it may have failed, and the transaction with it.
    InDoubt,
    /// Nowhere: the database refuses the transaction.
    Gone,
}

impl Session {
    pub(super) fn new(
        tx: Held,
        place: OwnedSemaphorePermit,
        deadline: Instant,
        preparation: Preparation,
        changed: Changed,
    ) -> Self {
        let open = Arc::new(Mutex::new(Some(Open {
            tx,
            savepoint: Savepoint::Last,
            preparation,
            _place: place,
        })));
        let watched = Arc::downgrade(&open);
        let watch = tokio::spawn(async move {
            sleep_until(deadline).await;
            if let Some(open) = watched.upgrade()
                && open.lock().await.take().is_some()
            {
                tracing::warn!("a transaction was open for too long and is rolled back");
            }
        });
        Self {
            open,
            deadline,
            watch: watch.abort_handle(),
            changed,
        }
    }

    pub(in crate::database) async fn rows<T>(
        &mut self,
        statement: Statement,
        decode: impl FnOnce(&mut AnyRows<'_>) -> Result<T, DatabaseError>,
    ) -> Result<T, DatabaseError> {
        let rows = self.run(async |open| open.stored(&statement).await).await?;
        decode(&mut AnyRows::Postgres(&mut Rows::new(rows)))
    }

    pub(in crate::database) async fn savepoint(
        &mut self,
        depth: usize,
    ) -> Result<(), DatabaseError> {
        // The one in front of statements stands above it, so that no statement that fails takes it along.
        let text = format!("SAVEPOINT nested_{depth}; {SAVEPOINT}");
        self.run(async |open| open.mark(made(text), Savepoint::Last).await)
            .await
    }

    pub(in crate::database) async fn release(&mut self, depth: usize) -> Result<(), DatabaseError> {
        let text = format!("RELEASE SAVEPOINT nested_{depth}");
        self.run(async |open| open.mark(made(text), Savepoint::Earlier).await)
            .await
    }

    pub(in crate::database) async fn roll_back_to(
        &mut self,
        depth: usize,
    ) -> Result<(), DatabaseError> {
        let text = format!("ROLLBACK TO SAVEPOINT nested_{depth}; {SAVEPOINT}");
        self.run(async |open| open.mark(made(text), Savepoint::Last).await)
            .await
    }

    pub(in crate::database) async fn commit(self) -> Result<(), DatabaseError> {
        let open = self.open.lock().await.take();
        match open {
            Some(open) if Instant::now() < self.deadline => {
                let committed = timeout_at(self.deadline + GRACE, open.commit()).await;
                // Nobody knows then what stands.
                committed.unwrap_or_else(|_| Err(described(no_answer())))
            }
            Some(_) | None => Err(DatabaseError::TimedOut),
        }
    }

    /// Does something in the transaction while there is time; ends the transaction where there is none left.
    async fn run<T>(
        &mut self,
        what: impl AsyncFnOnce(&mut Open) -> Result<T, Error>,
    ) -> Result<T, DatabaseError> {
        let mut held = self.open.lock().await;
        let Some(open) = held.as_mut() else {
            return Err(DatabaseError::TimedOut);
        };
        let done = timeout_at(self.deadline, what(open)).await;
        match done {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) if is_stale(&error) => {
                open.tx.close_outdated(&self.changed);
                *held = None;
                // Done again, it is prepared for the tables as they are now.
                Err(DatabaseError::Conflict)
            }
            Ok(Err(error)) => {
                if is_lost(&error) || is_out_of_time(&error) {
                    *held = None;
                }
                Err(described(error))
            }
            Err(_) => {
                *held = None;
                Err(DatabaseError::TimedOut)
            }
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

impl Open {
    /// As [`rows`](Self::rows), and once more where the database assigned a key that was given to another row.
    async fn stored(&mut self, statement: &Statement) -> Result<Vec<PgRow>, Error> {
        for _ in 0..KEYS {
            let error = match self.rows(statement).await {
                Ok(rows) => return Ok(rows),
                Err(error) => error,
            };
            match taken(statement, &error) {
                Some(assigned) if self.savepoint == Savepoint::Last => {
                    let moved = self.rows(&assigned.count_on()).await;
                    // Where only the count cannot be moved, it has gone on by one.
                    if !matches!(self.savepoint, Savepoint::Last | Savepoint::Earlier) {
                        moved?;
                    }
                }
                _ => return Err(error),
            }
        }
        self.rows(statement).await
    }

    async fn rows(&mut self, statement: &Statement) -> Result<Vec<PgRow>, Error> {
        let writes = !statement.only_reads;
        self.hear().await?;
        if writes && matches!(self.savepoint, Savepoint::Earlier | Savepoint::InDoubt) {
            let text = "RELEASE SAVEPOINT topchef_statement; SAVEPOINT topchef_statement";
            self.mark(text.into_sql_str(), Savepoint::Last).await?;
        }
        let before = self.savepoint;
        // Until it is known what became of the statement: who gives it up does not hear.
        self.savepoint = Savepoint::InDoubt;
        match all_rows(self.tx.connection()?, statement, self.preparation).await {
            Ok(rows) => {
                self.savepoint = match before {
                    _ if writes => Savepoint::Earlier,
                    // An aborted transaction would have refused it.
                    Savepoint::InDoubt => Savepoint::Earlier,
                    before => before,
                };
                Ok(rows)
            }
            Err(error) => {
                self.savepoint = self.after(&error, before).await?;
                Err(error)
            }
        }
    }

    /// Goes back to the savepoint after a statement failed.
    async fn after(&mut self, error: &Error, before: Savepoint) -> Result<Savepoint, Error> {
        match (error, before) {
            (Error::Database(_), Savepoint::Last) if !is_lost(error) && !is_aborted(error) => {
                let text = "ROLLBACK TO SAVEPOINT topchef_statement";
                self.tx.connection()?.execute(text).await?;
                Ok(Savepoint::Last)
            }
            (Error::Database(_), _) => Ok(Savepoint::Gone),
            // The driver refused it: the server knows nothing of it.
            (Error::Encode(_), before) => Ok(before),
            _ => Ok(Savepoint::InDoubt),
        }
    }

    /// Makes, keeps or goes back to a savepoint.
    async fn mark(&mut self, text: SqlStr, then: Savepoint) -> Result<(), Error> {
        self.hear().await?;
        self.savepoint = Savepoint::InDoubt;
        let marked = self.tx.connection()?.execute(text).await;
        self.savepoint = match &marked {
            Ok(_) => then,
            Err(Error::Database(_)) => Savepoint::Gone,
            Err(_) => Savepoint::InDoubt,
        };
        marked.map(drop)
    }

    /// The next statement would be given the error of one that was given up.
    async fn hear(&mut self) -> Result<(), Error> {
        match self.savepoint {
            Savepoint::InDoubt => hear(self.tx.connection()?).await,
            Savepoint::Last | Savepoint::Earlier | Savepoint::Gone => Ok(()),
        }
    }

    /// The server answers a COMMIT of a transaction that it refuses as if all were well: so one that is in doubt does
    /// something first that would be refused.
    async fn commit(mut self) -> Result<(), DatabaseError> {
        if self.savepoint == Savepoint::InDoubt {
            let asked = self.mark(SAVEPOINT.into_sql_str(), Savepoint::Last).await;
            asked.map_err(described)?;
        }
        match self.savepoint {
            Savepoint::Last | Savepoint::Earlier => self.tx.commit().await.map_err(described),
            Savepoint::InDoubt | Savepoint::Gone => Err(DatabaseError::TimedOut),
        }
    }
}

/// The name in it is a number.
fn made(text: String) -> SqlStr {
    AssertSqlSafe(text).into_sql_str()
}
