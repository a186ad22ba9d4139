//! An open transaction, statement by statement.
//!
//! It does not know who holds it.
//! `PostgreSQL` refuses everything after a statement that failed, until the transaction goes back to a savepoint:
//! so one stands in front of every statement that writes.

use std::sync::Arc;

use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Error, Executor};
use tokio::sync::{Mutex, OwnedSemaphorePermit};
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::failure::{described, is_aborted, is_lost, is_out_of_time};
use super::values::Rows;
use super::{Preparation, Tx, all_rows};
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
}

impl std::fmt::Debug for Session {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Session").finish_non_exhaustive()
    }
}

struct Open {
    tx: Tx,
    savepoint: Savepoint,
    preparation: Preparation,
    /// Given back after the connection.
    _place: OwnedSemaphorePermit,
}

/// Where the savepoint stands to which a statement that fails goes back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Savepoint {
    /// After everything that was written.
    Last,
    /// Before something that was written, and that must not be undone.
    Earlier,
    /// Nowhere: the database refuses the transaction.
    Gone,
}

impl Session {
    pub(super) fn new(
        tx: Tx,
        place: OwnedSemaphorePermit,
        deadline: Instant,
        preparation: Preparation,
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
        }
    }

    pub(in crate::database) async fn rows<T>(
        &mut self,
        statement: Statement,
        decode: impl FnOnce(&mut AnyRows<'_>) -> Result<T, DatabaseError>,
    ) -> Result<T, DatabaseError> {
        let rows = self.run(async |open| open.rows(&statement).await).await?;
        decode(&mut AnyRows::Postgres(&mut Rows::new(rows)))
    }

    pub(in crate::database) async fn savepoint(
        &mut self,
        depth: usize,
    ) -> Result<(), DatabaseError> {
        // The one in front of statements stands above it, so that no statement that fails takes it along.
        let text = format!("SAVEPOINT nested_{depth}; {SAVEPOINT}");
        self.run(async |open| open.mark(text, Savepoint::Last).await)
            .await
    }

    pub(in crate::database) async fn release(&mut self, depth: usize) -> Result<(), DatabaseError> {
        let text = format!("RELEASE SAVEPOINT nested_{depth}");
        self.run(async |open| open.mark(text, Savepoint::Earlier).await)
            .await
    }

    pub(in crate::database) async fn roll_back_to(
        &mut self,
        depth: usize,
    ) -> Result<(), DatabaseError> {
        let text = format!("ROLLBACK TO SAVEPOINT nested_{depth}; {SAVEPOINT}");
        self.run(async |open| open.mark(text, Savepoint::Last).await)
            .await
    }

    pub(in crate::database) async fn commit(self) -> Result<(), DatabaseError> {
        let open = self.open.lock().await.take();
        match open {
            Some(open) if open.savepoint != Savepoint::Gone && Instant::now() < self.deadline => {
                open.tx.commit().await.map_err(described)
            }
            // The server answers a COMMIT of a transaction that it refuses as if all were well.
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
    async fn rows(&mut self, statement: &Statement) -> Result<Vec<PgRow>, Error> {
        let writes = statement.writes();
        if writes && self.savepoint == Savepoint::Earlier {
            let text = "RELEASE SAVEPOINT topchef_statement; SAVEPOINT topchef_statement";
            (&mut *self.tx).execute(text).await?;
            self.savepoint = Savepoint::Last;
        }
        let before = self.savepoint;
        if writes {
            // Until it is known what became of the statement: who gives it up does not hear.
            self.savepoint = Savepoint::Earlier;
        }
        match all_rows(&mut self.tx, statement, self.preparation).await {
            Ok(rows) => Ok(rows),
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
                (&mut *self.tx).execute(text).await?;
                Ok(Savepoint::Last)
            }
            (Error::Database(_), _) => Ok(Savepoint::Gone),
            // The driver refused it: the server knows nothing of it.
            _ => Ok(before),
        }
    }

    /// Makes, keeps or goes back to a savepoint of somebody's; its name is a number.
    async fn mark(&mut self, text: String, then: Savepoint) -> Result<(), Error> {
        (&mut *self.tx).execute(AssertSqlSafe(text)).await?;
        self.savepoint = then;
        Ok(())
    }
}
