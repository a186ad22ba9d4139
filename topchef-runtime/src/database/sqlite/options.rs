//! How an `SQLite` database is opened.
//!
//! It does not know what is done with it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;

use super::{Sqlite, writer};
use crate::database::{Database, DatabaseError, Driver, LONGEST};

/// How an `SQLite` database is opened.
#[derive(Clone, Debug)]
pub struct SqliteOptions {
    pub(in crate::database) place: Place,
    /// How many threads read.
    pub(in crate::database) readers: usize,
    /// How many bytes of the file may be mapped into memory.
    pub(in crate::database) mmap_size: u32,
    /// How many writes one commit takes along at most.
    pub(in crate::database) group: usize,
    /// The longest that a transaction with hooks may hold the writer.
    pub(in crate::database) transaction_timeout: Duration,
}

/// Where an `SQLite` database is.
#[derive(Clone, Debug)]
pub(in crate::database) enum Place {
    File(PathBuf),
    /// In a folder that is removed with the last handle.
    Temporary(Arc<TempDir>),
}

impl Place {
    pub(in crate::database) fn path(&self) -> PathBuf {
        match self {
            Self::File(path) => path.clone(),
            Self::Temporary(folder) => folder.path().join("temporary.db"),
        }
    }
}

impl SqliteOptions {
    /// As many readers as processors, at most eight; a transaction may take ten seconds.
    pub(in crate::database) fn new(place: Place) -> Self {
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            place,
            readers: processors.clamp(1, 8),
            mmap_size: 256 * 1024 * 1024,
            group: writer::GROUP,
            transaction_timeout: Duration::from_secs(10),
        }
    }

    /// With another number of reader threads; at least one.
    #[must_use]
    pub fn readers(mut self, readers: usize) -> Self {
        self.readers = readers.max(1);
        self
    }

    /// With another number of bytes of the file that may be mapped into memory, 256 MiB by default; none where it is zero.
    ///
    /// What is mapped is read without a copy, and by all readers at once. But whoever reads after another connection has
    /// written has the file unmapped and mapped anew: where nearly every read comes after a write, as in a queue, it is
    /// better not mapped at all.
    /// See SQLite's own page on [memory-mapped I/O](https://sqlite.org/mmap.html).
    #[must_use]
    pub fn mmap_size(mut self, bytes: u32) -> Self {
        self.mmap_size = bytes;
        self
    }

    /// With another number of writes that one commit takes along at most, 256 by default; at least one.
    ///
    /// Who waits while a commit is on its way shares the next one: the more write at once, the fewer commits there are,
    /// and nobody waits for company that is not there yet. One commit for each write is for measuring what that is worth.
    #[must_use]
    pub fn group(mut self, units: usize) -> Self {
        self.group = units.max(1);
        self
    }

    /// With another limit for transactions with hooks, at most a day: while one is open, no other write goes on.
    #[must_use]
    pub fn transaction_timeout(mut self, timeout: Duration) -> Self {
        self.transaction_timeout = timeout.min(LONGEST);
        self
    }

    /// Opens the file, makes it where there is none, and starts the threads.
    ///
    /// # Errors
    /// [`DatabaseError`] when the file cannot be opened or is no database.
    pub async fn open(self) -> Result<Database, DatabaseError> {
        let sqlite = Sqlite::open(self).await?;
        Ok(Database::over(Driver::Sqlite(sqlite)))
    }
}
