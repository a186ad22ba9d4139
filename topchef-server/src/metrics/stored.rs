//! What of the metrics stands in the database: asked once in a few seconds at most, within a bound.
//!
//! It does not know how it is shown.

use std::time::Duration;

use tokio::time::timeout;
use topchef_runtime::{Database, Report};

use super::OpenJobs;
use crate::cached::Cached;
use crate::queue::Queue;

/// How long an answer of the database counts: scrapers come every ten seconds and more.
const FRESH: Duration = Duration::from_secs(5);

/// How long the database may take: a scrape has ten seconds by default.
const BOUND: Duration = Duration::from_secs(2);

/// What stands in the database.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Messages of the outbox that wait.
    pub waiting: u64,
    /// Messages of the outbox that were given up.
    pub dead: u64,
    /// The jobs that are not finished; none when that took too long.
    pub jobs: Option<OpenJobs>,
}

/// What stands in the database, asked now and then.
#[derive(Debug)]
pub struct LastStored(Cached<Option<Stored>>);

impl Default for LastStored {
    fn default() -> Self {
        Self(Cached::new(FRESH))
    }
}

impl LastStored {
    /// What stands in the database of a queue; none while it does not answer.
    pub async fn ask(&self, queue: &Queue) -> Option<Stored> {
        let ask = async || {
            let (waiting, dead) = within_bound(outbox(queue.database())).await?;
            Some(Stored {
                waiting,
                dead,
                jobs: within_bound(OpenJobs::of(queue)).await,
            })
        };
        self.0.get(ask).await
    }
}

/// What is answered within the bound.
async fn within_bound<T>(asked: impl Future<Output = Result<T, Report>>) -> Option<T> {
    match timeout(BOUND, asked).await {
        Ok(Ok(answer)) => Some(answer),
        Ok(Err(error)) => {
            tracing::debug!(%error, "a metric is not known now");
            error.log();
            None
        }
        Err(_) => None,
    }
}

async fn outbox(database: &Database) -> Result<(u64, u64), Report> {
    database.ping().await?;
    let outbox = database.outbox();
    Ok((outbox.count_waiting().await?, outbox.count_dead().await?))
}
