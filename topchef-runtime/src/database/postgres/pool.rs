//! The connections to one server: how they are made, and when one is too old to be used again.
//!
//! It does not know what is done on them, nor whether one that comes back is in order: `held.rs` does, and so none is
//! asked between two requests, which would be another round trip for each.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use deadpool::managed::{self, Metrics, Object, PoolError, QueueMode, RecycleError, RecycleResult};
use sqlx::postgres::PgConnectOptions;
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, Error, Executor as _, PgConnection,
};
use tokio::runtime::Handle;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use super::cancel::{Cancel, Process};
use super::failure::is_starting;
use crate::database::DatabaseError;

/// A connection that was idle for longer is asked whether it is still there before it is used.
const TRUSTED: Duration = Duration::from_secs(1);

/// A connection that nobody needed for this long is closed, so that other programs can have it.
const UNUSED: Duration = Duration::from_mins(10);

/// A connection is not used for longer, so that what a server keeps for each does not grow for ever.
const LIFETIME: Duration = Duration::from_mins(30);

/// How often connections are looked for that nobody needs.
const SWEEP: Duration = Duration::from_mins(1);

/// How long the server is waited for when a connection is closed.
const GOODBYE: Duration = Duration::from_secs(1);

/// The first and the longest pause before a server that starts is asked again.
const PAUSES: [Duration; 2] = [Duration::from_millis(10), Duration::from_secs(1)];

#[derive(Clone)]
pub(super) struct Pool {
    connections: managed::Pool<Maker>,
    limit: u32,
    acquire_timeout: Duration,
    in_use: Arc<AtomicUsize>,
}

/// A connection of a pool, which has it back when this is dropped; but nobody is given it again unless it was
/// [`settled`](Self::settle).
pub(super) struct Pooled {
    kept: Object<Maker>,
    in_use: Arc<AtomicUsize>,
}

/// What a pool keeps.
pub(super) struct Kept {
    /// Nothing once it is being closed.
    connection: Option<PgConnection>,
    /// Since when nobody asks anything of it, and all was answered; nothing where that is not known.
    settled: Option<Instant>,
    /// Nothing where others have it too, or where the server does not say it.
    process: Option<Process>,
}

/// Makes connections.
pub(super) struct Maker {
    pub(super) address: PgConnectOptions,
    /// What is said first on each; nothing where a pooler shares them out, so that each has another process each time.
    pub(super) greeting: Option<Arc<str>>,
    pub(super) cancel: Arc<Cancel>,
    pub(super) changed: Changed,
}

/// Since when the tables are others than connections know that were made before.
#[derive(Clone, Debug, Default)]
pub(super) struct Changed(Arc<Mutex<Option<Instant>>>);

impl Changed {
    /// From now on.
    pub(super) fn now(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Whether a connection of this age was made before.
    fn is_after(&self, age: Duration) -> bool {
        let since = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        since.is_some_and(|since| since.elapsed() <= age)
    }
}

impl Pool {
    /// One without connections yet, of which there are at most so many.
    pub(super) fn new(
        maker: Maker,
        limit: u32,
        acquire_timeout: Duration,
    ) -> Result<Self, DatabaseError> {
        let connections = managed::Pool::builder(maker)
            .max_size(limit as usize)
            // So that those are left alone that are not needed.
            .queue_mode(QueueMode::Lifo)
            .build()
            .map_err(|error| DatabaseError::Driver(Box::new(error)))?;
        tokio::spawn(sweep(connections.weak()));
        Ok(Self {
            connections,
            limit,
            acquire_timeout,
            in_use: Arc::default(),
        })
    }

    /// A connection, which is waited for where all are in use, and while the server starts.
    pub(super) async fn get(&self) -> Result<Pooled, Error> {
        match timeout(self.acquire_timeout, self.connections.get()).await {
            Ok(Ok(kept)) => Ok(Pooled::new(kept, Arc::clone(&self.in_use))),
            Ok(Err(PoolError::Backend(error))) => Err(error),
            // It is given neither times nor hooks of its own.
            Ok(Err(_)) => Err(Error::PoolClosed),
            Err(_) => Err(Error::PoolTimedOut),
        }
    }

    pub(super) fn acquire_timeout(&self) -> Duration {
        self.acquire_timeout
    }

    pub(super) fn limit(&self) -> u32 {
        self.limit
    }

    /// How many connections there are, and how many of them nobody uses; of two moments.
    pub(super) fn counts(&self) -> (usize, usize) {
        let size = self.connections.status().size;
        let in_use = self.in_use.load(Ordering::Relaxed);
        (size, size.saturating_sub(in_use))
    }
}

impl Pooled {
    fn new(mut kept: Object<Maker>, in_use: Arc<AtomicUsize>) -> Self {
        in_use.fetch_add(1, Ordering::Relaxed);
        kept.settled = None;
        Self { kept, in_use }
    }

    /// Has the server end what it does on it, where it can be asked; until it answers something again, this may come.
    pub(super) async fn cancel(&self) -> Result<(), Error> {
        match &self.kept.process {
            Some(process) => process.cancel().await,
            None => Ok(()),
        }
    }

    pub(super) fn connection(&mut self) -> Result<&mut PgConnection, Error> {
        self.kept.connection.as_mut().ok_or(Error::PoolClosed)
    }

    /// Says that all was answered, and that no transaction is open.
    pub(super) fn settle(mut self) {
        self.kept.settled = Some(Instant::now());
    }

    /// Closes it; its place is taken until then.
    pub(super) async fn close(mut self) {
        if let Some(connection) = self.kept.connection.take() {
            close(connection).await;
        }
    }
}

impl Drop for Pooled {
    fn drop(&mut self) {
        self.in_use.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Says goodbye to the server, which finds out by itself where that takes too long.
async fn close(connection: PgConnection) {
    tracing::debug!("a connection is closed");
    // It is gone either way.
    let _ = timeout(GOODBYE, connection.close()).await;
}

impl managed::Manager for Maker {
    type Type = Kept;
    type Error = Error;

    async fn create(&self) -> Result<Kept, Error> {
        let [mut pause, longest] = PAUSES;
        let mut connection = loop {
            match self.address.connect().await {
                Err(error) if is_starting(&error) => sleep(pause).await,
                made => break made?,
            }
            pause = longest.min(pause * 2);
        };
        let mut process = None;
        if let Some(greeting) = &self.greeting {
            connection.execute(AssertSqlSafe(greeting.clone())).await?;
            process = Process::of(&mut connection, &self.cancel).await?;
        }
        Ok(Kept {
            connection: Some(connection),
            settled: Some(Instant::now()),
            process,
        })
    }

    async fn recycle(&self, kept: &mut Kept, metrics: &Metrics) -> RecycleResult<Error> {
        let (Some(connection), Some(settled)) = (&mut kept.connection, kept.settled) else {
            return Err(RecycleError::message("nobody knows what is open on it"));
        };
        let age = metrics.age();
        if age > LIFETIME || self.changed.is_after(age) {
            return Err(RecycleError::message("another takes its place"));
        }
        if settled.elapsed() > TRUSTED {
            connection.ping().await?;
        }
        Ok(())
    }

    fn detach(&self, kept: &mut Kept) {
        if let (Some(connection), Ok(runtime)) = (kept.connection.take(), Handle::try_current()) {
            runtime.spawn(close(connection));
        }
    }
}

/// Closes what nobody needs, for as long as there is a pool.
async fn sweep(pool: managed::WeakPool<Maker>) {
    let mut ticks = interval(SWEEP);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let Some(pool) = pool.upgrade() else {
            return;
        };
        // Those that are taken out are closed as they go.
        pool.retain(|kept, _| kept.settled.is_some_and(|since| since.elapsed() < UNUSED));
    }
}
