//! What of the metrics stands in the database: asked once in a few seconds at most, within a bound.
//!
//! It does not know how it is shown.

use std::time::Duration;

use tokio::time::timeout;
use topchef_runtime::{Database, Report};

use crate::cached::Cached;

/// How long an answer of the database counts: scrapers come every ten seconds and more.
const FRESH: Duration = Duration::from_secs(5);

/// How long the database may take: a scrape has ten seconds by default.
const BOUND: Duration = Duration::from_secs(2);

/// What stands in the database.
#[derive(Clone, Copy, Debug)]
pub struct Stored {
    /// Messages of the outbox that wait.
    pub waiting: u64,
    /// Messages of the outbox that were given up.
    pub dead: u64,
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
    /// What stands in the database; none while it does not answer.
    pub async fn ask(&self, database: &Database) -> Option<Stored> {
        let ask = async || match timeout(BOUND, stored(database)).await {
            Ok(Ok(stored)) => Some(stored),
            Ok(Err(error)) => {
                tracing::debug!(%error, "nothing is known of the database");
                None
            }
            Err(_) => None,
        };
        self.0.get(ask).await
    }
}

async fn stored(database: &Database) -> Result<Stored, Report> {
    database.ping().await?;
    let outbox = database.outbox();
    Ok(Stored {
        waiting: outbox.count_waiting().await?,
        dead: outbox.count_dead().await?,
    })
}
