//! A connection of the pool while it is held, with or without a transaction on it.
//!
//! It does not know what is done on it.
//! The driver takes a connection back when the server says that it is in order: one of which it never says so, because
//! who held it left while a statement was waiting, or because the server is gone, is closed, and another is made.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::pool::PoolConnection;
use sqlx::{Connection as _, Error, Executor as _, PgConnection, PgPool, SqlStr};
use tokio::runtime::Handle;
use tokio::time::timeout;

use super::failure::{is_lost, no_answer};

/// Since when the tables are others than connections know that were made before.
#[derive(Clone, Debug, Default)]
pub(super) struct Changed(Arc<Mutex<Option<Instant>>>);

impl Changed {
    /// Closes a connection on which a statement was prepared that no longer fits, and all that are older than now.
    pub(super) fn found_on(&self, held: &mut Held) {
        held.afterwards = Afterwards::Close;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Whether a connection of this age was made before.
    pub(super) fn is_after(&self, age: Duration) -> bool {
        let since = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        since.is_some_and(|since| since.elapsed() <= age)
    }
}

/// How long a connection may take to come back.
const RETURN: Duration = Duration::from_secs(1);

/// A connection: given back when this is dropped, after its transaction was rolled back.
pub(super) struct Held {
    /// Nothing only while this is dropped.
    connection: Option<PoolConnection<sqlx::Postgres>>,
    afterwards: Afterwards,
}

/// What becomes of the connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Afterwards {
    Return,
    RollBack,
    Close,
}

impl Held {
    /// One without a transaction.
    pub(super) async fn of(pool: &PgPool) -> Result<Self, Error> {
        Ok(Self {
            connection: Some(pool.acquire().await?),
            afterwards: Afterwards::Return,
        })
    }

    /// One with a transaction, which this text opens within this time.
    pub(super) async fn begun(pool: &PgPool, text: SqlStr, limit: Duration) -> Result<Self, Error> {
        let mut held = Self::of(pool).await?;
        // Before it is known whether there is one: who gives up in between does not hear.
        held.afterwards = Afterwards::RollBack;
        within(limit, held.connection()?.execute(text)).await?;
        Ok(held)
    }

    pub(super) fn connection(&mut self) -> Result<&mut PgConnection, Error> {
        self.connection.as_deref_mut().ok_or(Error::PoolClosed)
    }

    pub(super) async fn commit(&mut self) -> Result<(), Error> {
        self.connection()?.execute("COMMIT").await?;
        self.afterwards = Afterwards::Return;
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else {
            return;
        };
        let Ok(runtime) = Handle::try_current() else {
            drop(connection.detach());
            return;
        };
        match self.afterwards {
            Afterwards::Return => drop(runtime.spawn(give_back(connection))),
            Afterwards::RollBack => drop(runtime.spawn(async move {
                match timeout(RETURN, roll_back(&mut connection)).await {
                    Ok(Ok(())) => give_back(connection).await,
                    Ok(Err(_)) | Err(_) => connection.close_on_drop(),
                }
            })),
            Afterwards::Close => connection.close_on_drop(),
        }
    }
}

/// Gives a connection back; one that does not answer in time is closed.
async fn give_back(mut connection: PoolConnection<sqlx::Postgres>) {
    if timeout(RETURN, connection.return_to_pool()).await.is_err() {
        tracing::debug!("a connection whose last statement did not end is closed");
    }
}

async fn roll_back(connection: &mut PgConnection) -> Result<(), Error> {
    hear(connection).await?;
    connection.execute("ROLLBACK").await?;
    Ok(())
}

/// Waits for the end of a statement that was given up; how it ended is nobody's business any more.
pub(super) async fn hear(connection: &mut PgConnection) -> Result<(), Error> {
    loop {
        let heard = connection.ping().await;
        match &heard {
            Err(error @ Error::Database(_)) if !is_lost(error) => {}
            _ => return heard,
        }
    }
}

/// What the server answers within this time.
pub(super) async fn within<T>(
    limit: Duration,
    answer: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let answered = timeout(limit, answer).await;
    answered.unwrap_or_else(|_| Err(no_answer()))
}
