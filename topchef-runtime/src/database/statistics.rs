//! What a database counts of itself while the program runs: commits and who waits on `SQLite`, connections and
//! batches on `PostgreSQL`.
//!
//! They are plain numbers that are read when somebody asks, and no facade for metrics: who does not ask pays a few
//! atomic additions for each commit, no user is made to depend on a collector, and two databases of one program are told
//! apart. It does not know who shows them.

#[cfg(feature = "sqlite")]
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Database, Driver};

/// What a database has counted since it was opened, and what is so at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Statistics {
    /// Of an `SQLite` file.
    #[cfg(feature = "sqlite")]
    Sqlite(SqliteStatistics),
    /// Of a pool of connections to `PostgreSQL`.
    #[cfg(feature = "postgres")]
    Postgres(PostgresStatistics),
}

/// What an `SQLite` database has counted since it was opened, in this program alone.
#[cfg(feature = "sqlite")]
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SqliteStatistics {
    /// How many commits went well.
    pub commits: u64,
    /// How many writes they made durable: each without hooks is one, and so is each transaction.
    pub writes: u64,
    /// How many of the commits took along at most so many writes, for growing numbers of writes: (writes, commits).
    pub commits_up_to: Vec<(u64, u64)>,
    /// How many reads wait for a thread now: a few wait for one that is awake while others sleep.
    pub waiting_reads: usize,
    /// How many writes and transactions wait for the writer now.
    pub waiting_writes: usize,
}

/// The pool of connections to a `PostgreSQL` server, as it is now, and what went over it.
#[cfg(feature = "postgres")]
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PostgresStatistics {
    /// How many connections are open.
    pub connections: u32,
    /// How many of them nobody uses.
    pub idle: u32,
    /// How many there may be.
    pub limit: u32,
    /// How many batches were run, of several statements each, since the database was opened, in this program alone.
    pub batches: u64,
    /// How many statements were in them.
    pub batched_statements: u64,
}

impl Database {
    /// What the database has counted so far; nothing is asked of it, so this answers while it is away too.
    pub fn statistics(&self) -> Statistics {
        match self.0.as_ref() {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(sqlite) => Statistics::Sqlite(sqlite.statistics()),
            #[cfg(feature = "postgres")]
            Driver::Postgres(postgres) => Statistics::Postgres(postgres.statistics()),
        }
    }
}

/// The numbers of writes by which commits are told apart.
#[cfg(feature = "sqlite")]
const BOUNDS: [u64; 9] = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/// Counts commits, from the writer thread.
///
/// The numbers are not read at one moment: one commit may be in one of them and not yet in another.
#[cfg(feature = "sqlite")]
#[derive(Debug, Default)]
pub(super) struct Commits {
    count: AtomicU64,
    writes: AtomicU64,
    /// By the first bound that is not exceeded.
    sizes: [AtomicU64; BOUNDS.len()],
}

#[cfg(feature = "sqlite")]
impl Commits {
    /// One more commit, which made so many writes durable.
    pub(super) fn add(&self, writes: usize) {
        let writes = u64::try_from(writes).unwrap_or(u64::MAX);
        self.count.fetch_add(1, Ordering::Relaxed);
        self.writes.fetch_add(writes, Ordering::Relaxed);
        let place = BOUNDS.iter().position(|bound| writes <= *bound);
        if let Some(size) = place.and_then(|place| self.sizes.get(place)) {
            size.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The numbers so far, beside how many wait.
    pub(super) fn statistics(
        &self,
        waiting_reads: usize,
        waiting_writes: usize,
    ) -> SqliteStatistics {
        let mut up_to = 0;
        let sizes = BOUNDS.iter().zip(&self.sizes).map(|(bound, size)| {
            up_to += size.load(Ordering::Relaxed);
            (*bound, up_to)
        });
        SqliteStatistics {
            commits_up_to: sizes.collect(),
            commits: self.count.load(Ordering::Relaxed),
            writes: self.writes.load(Ordering::Relaxed),
            waiting_reads,
            waiting_writes,
        }
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use super::*;

    #[test]
    fn commits_are_counted_by_how_many_writes_they_took_along() {
        let commits = Commits::default();
        for writes in [1, 1, 3, 4, 256, 1000] {
            commits.add(writes);
        }
        let counted = commits.statistics(0, 0);
        assert_eq!((counted.commits, counted.writes), (6, 1265));
        let up_to = |writes| {
            let mut sizes = counted.commits_up_to.iter();
            sizes.find(|(bound, _)| *bound == writes).unwrap().1
        };
        // What is beyond the last bound is in `commits` alone.
        assert_eq!([1, 2, 4, 128, 256].map(up_to), [2, 2, 4, 4, 5]);
    }
}
