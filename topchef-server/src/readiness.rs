//! Whether the server can do its work now: it is not stopping, the database answers, and the tables are this program's.
//!
//! It does not know who asks. However often that is, the database is asked once a second at most.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::timeout;
use topchef_runtime::Database;
use topchef_runtime::database::DatabaseError;
use uuid::Uuid;

use crate::cached::Cached;
use crate::migrations::Standing;
use crate::resources::{Job, JobParameters, JobResults, JobSet, Service};
use crate::shutdown::Stopping;

/// How long an answer of the database counts.
const FRESH: Duration = Duration::from_secs(1);

/// How long the database may take: probes give up after a few seconds themselves.
const BOUND: Duration = Duration::from_secs(2);

/// Why the server cannot do its work now; in words that anybody may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotReady {
    /// It was asked to stop.
    Stopping,
    /// The database is away, or takes too long.
    Database,
    /// The database has other tables than this program, or none.
    Tables,
}

impl NotReady {
    /// A short name for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Stopping => "stopping",
            Self::Database => "database",
            Self::Tables => "tables",
        }
    }
}

impl fmt::Display for NotReady {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Stopping => "the server is stopping",
            Self::Database => "the database does not answer",
            Self::Tables => "the tables of the database are not those of this program",
        })
    }
}

/// Answers whether the server is ready.
#[derive(Debug)]
pub struct Readiness {
    stopping: Stopping,
    standing: Standing,
    checked: Cached<Result<(), NotReady>>,
    /// Whether the last answer of the database was a bad one, so that the log tells only of changes.
    was_bad: AtomicBool,
}

impl Readiness {
    /// Over a database whose tables should stand so.
    pub fn new(standing: Standing) -> Self {
        Self {
            stopping: Stopping::default(),
            standing,
            checked: Cached::new(FRESH),
            was_bad: AtomicBool::new(false),
        }
    }

    /// Whether the server stops; for who stops it to say so.
    pub fn stopping(&self) -> &Stopping {
        &self.stopping
    }

    /// Whether the server can do its work now.
    ///
    /// # Errors
    /// Why it cannot.
    pub async fn check(&self, database: &Database) -> Result<(), NotReady> {
        if self.stopping.has_begun() {
            return Err(NotReady::Stopping);
        }
        self.checked.get(async || self.ask(database).await).await
    }

    async fn ask(&self, database: &Database) -> Result<(), NotReady> {
        let asked = timeout(BOUND, self.ask_database(database)).await;
        let (answer, cause) = match asked {
            Ok(Ok(true)) => (Ok(()), None),
            Ok(Ok(false)) => (Err(NotReady::Tables), None),
            Ok(Err(error)) => (Err(meaning(&error)), Some(causes(&error))),
            Err(elapsed) => (Err(NotReady::Database), Some(elapsed.to_string())),
        };
        let is_bad = answer.is_err();
        if self.was_bad.swap(is_bad, Ordering::Relaxed) != is_bad {
            match answer {
                Ok(()) => tracing::info!("ready again"),
                Err(reason) => tracing::warn!(%reason, cause, "not ready"),
            }
        }
        answer
    }

    /// Whether the tables are this program's, by the record of their steps and a look at each.
    async fn ask_database(&self, database: &Database) -> Result<bool, DatabaseError> {
        database.ping().await?;
        if !self.standing.is_that_of(database).await? {
            return Ok(false);
        }
        let nobody = Uuid::nil();
        database.find(Service::ID.eq(nobody)).await?;
        database.find(Job::ID.eq(nobody)).await?;
        database.find(JobParameters::JOB_ID.eq(nobody)).await?;
        database.find(JobResults::JOB_ID.eq(nobody)).await?;
        database.find(JobSet::ID.eq(nobody)).await?;
        Ok(true)
    }
}

/// Who answers, but cannot carry out these reads, has other tables.
fn meaning(error: &DatabaseError) -> NotReady {
    match error {
        DatabaseError::Driver(_) | DatabaseError::Decode(_) => NotReady::Tables,
        _ => NotReady::Database,
    }
}

/// An error and what caused it, in one line.
fn causes(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line.push_str(": ");
        line.push_str(&error.to_string());
        cause = error.source();
    }
    line
}
