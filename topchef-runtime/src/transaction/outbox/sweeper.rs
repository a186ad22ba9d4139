//! The sweeper: delivers what a crash, a failure or a client that went away left in the outbox.
//!
//! Any number of programs may sweep one outbox: a message is leased before it is delivered, and locked while it is.
//! It does not know how a message is delivered.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use http::Extensions;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::{Instant, sleep};

use super::super::Context;
use super::super::endpoint::counted;
use super::super::hooks::{Endpoint, Hooked};
use super::super::policy::{DefaultPolicy, Policy};
use super::message::now;
use super::{Queue, Queues, Retries, deliver, deliver_next, lease};
use crate::column::ColumnType as _;
use crate::database::Database;
use crate::error::Report;

/// How many messages are looked up at once.
const BATCH: u64 = 100;

/// How many are delivered at once.
const AT_ONCE: u32 = 4;

/// How often the outbox is looked at, without other words.
const INTERVAL: Duration = Duration::from_secs(1);

/// Delivers what a crash, a failure or a client that went away left in the outbox.
///
/// An [`Api`](crate::Api) has one of its own; a program that serves resources in another way starts one, and a program
/// that only works off what is left runs [`sweep`](Self::sweep).
///
/// ```
/// use topchef_runtime::transaction::Sweeper;
/// use topchef_runtime::{Committed, Context, Database, ModelResource, Next, Report, Transaction};
///
/// #[derive(ModelResource)]
/// #[resource(after_commit(post = tell))]
/// struct Book {
///     id: i64,
///     title: String,
/// }
///
/// async fn tell(_: &Context, _: &mut Transaction, book: &Committed<Book>) -> Result<Next, Report> {
///     println!("there is a new book: {}", book.title);
///     Ok(Next::Proceed)
/// }
///
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let database = Database::temporary().await?;
/// let sweeper = Sweeper::new(database).resource::<Book>();
/// assert_eq!(sweeper.sweep().await?, 0);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Sweeper {
    base: Context,
    endpoints: HashMap<&'static str, Endpoint>,
    interval: Duration,
}

/// A sweeper at work, until this goes.
#[derive(Debug)]
#[must_use = "a sweeper ends with this value"]
pub struct Sweeping(
    #[expect(dead_code, reason = "that it goes is what the sweeper waits for")] oneshot::Sender<()>,
);

impl Sweeper {
    /// For a database, with no resource yet.
    pub fn new(database: Database) -> Self {
        Self::over(Context::nobody(database, Extensions::new()))
    }

    /// For the requests of an API.
    pub(crate) fn over(base: Context) -> Self {
        Self {
            base,
            endpoints: HashMap::new(),
            interval: INTERVAL,
        }
    }

    /// With a state, found by its type in [`Context::state`].
    #[must_use]
    pub fn state<T: Clone + Send + Sync + 'static>(mut self, state: T) -> Self {
        self.base = self.base.with_state(state);
        self
    }

    /// With a policy for what hooks do with resources that have none of their own.
    #[must_use]
    pub fn policy(mut self, policy: impl Policy) -> Self {
        self.base = self.base.with_default_policy(DefaultPolicy::new(policy));
        self
    }

    /// With other pauses between attempts.
    #[must_use]
    pub fn retries(mut self, retries: Retries) -> Self {
        self.base = self.base.with_retries(retries);
        self
    }

    /// Looks this often; once a second without more words.
    #[must_use]
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval.max(Duration::from_millis(1));
        self
    }

    /// With a resource whose hooks it runs, and those below it.
    #[must_use]
    pub fn resource<M: Hooked>(self) -> Self {
        self.endpoint(Endpoint::of::<M>())
    }

    pub(crate) fn endpoint(mut self, endpoint: Endpoint) -> Self {
        for endpoint in endpoint.with_related() {
            if endpoint.follows_durably() {
                let path = endpoint.descriptor().path;
                self.endpoints.entry(path).or_insert(endpoint);
            }
        }
        self
    }

    /// Whether there is a hook that it could run.
    pub(crate) fn has_hooks(&self) -> bool {
        !self.endpoints.is_empty()
    }

    /// Sweeps until what this gives is dropped; what is delivered then is delivered to its end.
    ///
    /// It must be called within a tokio runtime.
    pub fn start(self) -> Sweeping {
        let (sender, mut ended) = oneshot::channel();
        tokio::spawn(async move {
            // Where the database cannot say, sweeping it says why.
            let _ = self.tell_of_strangers().await;
            let mut is_failing = false;
            loop {
                match self.sweep().await {
                    Ok(_) => is_failing = false,
                    // Said once, not every second.
                    Err(report) if !is_failing => {
                        tracing::error!(%report, "the outbox cannot be swept");
                        report.log();
                        is_failing = true;
                    }
                    Err(_) => {}
                }
                tokio::select! {
                    () = sleep(self.interval) => {}
                    _ = &mut ended => return,
                }
            }
        });
        Sweeping(sender)
    }

    /// Tries all messages that are due now, each once; says how many it tried.
    ///
    /// What was begun goes on to its end when this is given up.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn sweep(&self) -> Result<u64, Report> {
        if !self.has_hooks() {
            return Ok(0);
        }
        self.base.database().prepare().await?;
        let mut tried = 0;
        loop {
            let places = Arc::new(Semaphore::new(AT_ONCE as usize));
            let begun = self.begin_due(&places).await;
            // All places are free again when all that was begun has ended, however it did.
            let _ended = places.acquire_many(AT_ONCE).await;
            match begun? {
                0 => return Ok(tried),
                begun => tried += begun,
            }
        }
    }

    /// Begins the delivery of messages that are due, each when there is a place for it; says how many they are.
    async fn begin_due(&self, places: &Arc<Semaphore>) -> Result<u64, Report> {
        let queues = self.base.database().shared::<Queues>();
        let mut begun = 0;
        for (sequence, queue, attempts) in self.due().await? {
            let Some(endpoint) = self.endpoints.get(queue.resource).copied() else {
                continue;
            };
            let place = Arc::clone(places).acquire_owned().await;
            // A request of this program may deliver it, and would do so again.
            let Some(turn) = queues.take(&queue) else {
                continue;
            };
            let Some(lease) = lease(&self.base, sequence, attempts).await? else {
                continue;
            };
            begun += 1;
            let base = self.base.clone();
            tokio::spawn(async move {
                let since = Instant::now();
                let step = deliver_next(&base, endpoint, &queue, turn, Some(lease), since);
                let (again, _) = step.await;
                drop(place);
                // Requests that came meanwhile wait for theirs; they need not keep the sweeper.
                if let Some((turn, _)) = again {
                    deliver(&base, endpoint, &queue, turn).await;
                }
            });
        }
        Ok(begun)
    }

    /// Says in the log that messages wait which this program does not deliver: another one may, or a path was changed.
    async fn tell_of_strangers(&self) -> Result<(), Report> {
        let database = self.base.database();
        database.prepare().await?;
        let paths: Vec<_> = self.endpoints.keys().copied().collect();
        let statement = database.dialect().count_messages_of_others(&paths);
        let messages = database.rows(statement, counted).await?;
        if messages > 0 {
            tracing::warn!(
                messages,
                "hooks wait in the outbox for resources that are not served here: another program serves them, or their paths were changed"
            );
        }
        Ok(())
    }

    async fn due(&self) -> Result<Vec<(i64, Queue, i64)>, Report> {
        let paths: Vec<_> = self.endpoints.keys().copied().collect();
        let database = self.base.database();
        let statement = database.dialect().due_messages(&paths, now(), BATCH);
        let due = database.rows(statement, move |rows| {
            let mut due = Vec::new();
            while let Some(row) = rows.next()? {
                let resource = String::from_cell(row.cell(1)?)?;
                let resource = paths.iter().find(|path| **path == resource);
                if let Some(resource) = resource.copied() {
                    let record = String::from_cell(row.cell(2)?)?;
                    due.push((
                        i64::from_cell(row.cell(0)?)?,
                        Queue { resource, record },
                        i64::from_cell(row.cell(3)?)?,
                    ));
                }
            }
            Ok(due)
        });
        Ok(due.await?)
    }
}
