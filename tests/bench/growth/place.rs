//! Where a database is, until this goes: a file in the folder of the run, or a database of the `PostgreSQL` server.
//!
//! It knows no table.

use std::path::Path;

use topchef_runtime::Database;
use topchef_tests::{Kind, Scratch};
use uuid::Uuid;

use crate::Failure;

/// How many rows one statement makes: each has to be done within the time that a test's statement may take.
const ROWS: u32 = 50_000;

pub(crate) enum Place {
    File(String),
    Postgres(Scratch),
}

impl Place {
    /// A new one, of the kind that this run is on.
    pub(crate) fn new(folder: &Path) -> Self {
        let kind = Kind::of_this_run();
        match kind {
            Kind::Sqlite => {
                let name = format!("{}.db", Uuid::now_v7().simple());
                Self::File(folder.join(name).display().to_string())
            }
            Kind::Postgres => Self::Postgres(Scratch::of(kind)),
        }
    }

    /// What `--database` is given.
    pub(crate) fn address(&self) -> String {
        match self {
            Self::File(path) => path.clone(),
            Self::Postgres(scratch) => scratch.address(),
        }
    }

    /// As the runtime opens it when it is told nothing more.
    pub(crate) async fn open(&self) -> Result<Database, Failure> {
        match self {
            Self::File(path) => Ok(Database::sqlite(path).open().await?),
            Self::Postgres(scratch) => Ok(scratch.open().await),
        }
    }

    /// Makes rows with these numbers by statements that are given the first and the last of a part of them.
    pub(crate) fn fill(
        &self,
        rows: u32,
        statements: impl Fn(u32, u32) -> String,
    ) -> Result<(), Failure> {
        let mut first = 1;
        while first <= rows {
            let last = rows.min(first + ROWS - 1);
            self.execute(&statements(first, last))?;
            first = last + 1;
        }
        Ok(())
    }

    /// What `PostgreSQL` does by itself after a while.
    pub(crate) fn settle(&self) -> Result<(), Failure> {
        match self {
            Self::File(_) => Ok(()),
            Self::Postgres(_) => self.execute("VACUUM ANALYZE"),
        }
    }

    pub(crate) fn execute(&self, statements: &str) -> Result<(), Failure> {
        match self {
            Self::File(path) => Ok(rusqlite::Connection::open(path)?.execute_batch(statements)?),
            Self::Postgres(scratch) => {
                scratch.execute(statements);
                Ok(())
            }
        }
    }
}
