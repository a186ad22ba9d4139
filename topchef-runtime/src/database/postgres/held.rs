//! A connection of the pool while it is held, with or without a transaction on it.
//!
//! It does not know what is done on it.
//! The pool has a connection back at once where all was answered that was asked on it; otherwise when the server says that
//! it is in order, for which it is told to end a statement that was given up. One of which it never says so, because it is
//! halted or gone, is closed, and another is made.

use std::time::Duration;

use sqlx::{Connection as _, Error, Executor as _, PgConnection, SqlStr};
use tokio::runtime::Handle;
use tokio::time::timeout;

use super::AsFailure;
use super::failure::{is_lost, is_stale, no_answer};
use super::pool::{Changed, Pool, Pooled};

/// How long what was given up may go on, before the server is asked to end it: most is over by then.
const SOON: Duration = Duration::from_millis(100);

/// How long a connection may take to come back after that.
const RETURN: Duration = Duration::from_secs(1);

/// A connection: when this is dropped the pool has it back, after its transaction was rolled back; or it is closed.
pub(super) struct Held {
    /// Nothing only while this is dropped.
    connection: Option<Pooled>,
    afterwards: Afterwards,
}

/// What becomes of the connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Afterwards {
    Return,
    /// Something was asked, and not all of the answer is there.
    Hear,
    RollBack,
    Close,
}

impl Held {
    /// One without a transaction.
    pub(super) async fn of(pool: &Pool) -> Result<Self, Error> {
        Ok(Self {
            connection: Some(pool.get().await?),
            afterwards: Afterwards::Return,
        })
    }

    /// One with a transaction, which this text opens within this time.
    pub(super) async fn begun(pool: &Pool, text: SqlStr, limit: Duration) -> Result<Self, Error> {
        let mut held = Self::of(pool).await?;
        // Before it is known whether there is one: who gives up in between does not hear.
        held.afterwards = Afterwards::RollBack;
        within(limit, held.connection()?.execute(text)).await?;
        Ok(held)
    }

    /// To ask something: until [`answered`](Self::answered) is said, the answer may still be on its way.
    pub(super) fn connection(&mut self) -> Result<&mut PgConnection, Error> {
        if self.afterwards == Afterwards::Return {
            self.afterwards = Afterwards::Hear;
        }
        self.connection
            .as_mut()
            .ok_or(Error::PoolClosed)?
            .connection()
    }

    /// All of the answer is there.
    pub(super) fn answered(&mut self) {
        if self.afterwards == Afterwards::Hear {
            self.afterwards = Afterwards::Return;
        }
    }

    pub(super) async fn commit(&mut self) -> Result<(), Error> {
        self.connection()?.execute("COMMIT").await?;
        self.afterwards = Afterwards::Return;
        Ok(())
    }

    /// What was asked was done, or failed.
    ///
    /// What was prepared before the tables changed does not serve any more: the next one prepares it anew. What is left of
    /// an answer is heard before somebody else has the connection.
    pub(super) fn heard<T, E: AsFailure>(&mut self, done: &Result<T, E>, changed: &Changed) {
        match done {
            Ok(_) => self.answered(),
            Err(error) if error.failure().is_some_and(is_stale) => self.close_outdated(changed),
            Err(_) => {}
        }
    }

    /// A statement was prepared on it that no longer fits the tables: it is closed, and so are all that are older than
    /// now.
    pub(super) fn close_outdated(&mut self, changed: &Changed) {
        self.afterwards = Afterwards::Close;
        changed.now();
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let Some(mut pooled) = self.connection.take() else {
            return;
        };
        let afterwards = self.afterwards;
        if afterwards == Afterwards::Return {
            return pooled.settle();
        }
        // Where there is no runtime, or it ends before this does, nobody is given the connection again.
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        runtime.spawn(async move {
            if comes_back(&mut pooled, afterwards).await {
                pooled.settle();
            } else {
                pooled.close().await;
            }
        });
    }
}

/// Whether a connection can be given to the next one, after what was begun on it is over.
async fn comes_back(pooled: &mut Pooled, afterwards: Afterwards) -> bool {
    let soon = timeout(SOON, settled(pooled, afterwards)).await;
    if let Ok(settled) = soon {
        return settled.is_ok();
    }
    let ended = async {
        pooled.cancel().await?;
        settled(pooled, afterwards).await?;
        // Where it was over before, this may be what is ended.
        hear(pooled.connection()?).await
    };
    matches!(timeout(RETURN, ended).await, Ok(Ok(())))
}

async fn settled(pooled: &mut Pooled, afterwards: Afterwards) -> Result<(), Error> {
    settle(pooled.connection()?, afterwards).await
}

/// Does what is left to do before the next one has a connection; an error where nobody may have it.
async fn settle(connection: &mut PgConnection, afterwards: Afterwards) -> Result<(), Error> {
    match afterwards {
        Afterwards::Return => Ok(()),
        Afterwards::Hear => hear(connection).await,
        Afterwards::RollBack => {
            hear(connection).await?;
            connection.execute("ROLLBACK").await.map(drop)
        }
        Afterwards::Close => Err(Error::PoolClosed),
    }
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
