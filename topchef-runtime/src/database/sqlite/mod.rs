//! `SQLite` over rusqlite: reader threads, and one writer thread that commits in groups.
//!
//! It knows the driver and nothing of resources.
//! A hop to a thread for a whole request is cheap where one for every statement is not, and one writer needs no locks.

mod backup;
mod connection;
mod failure;
mod file;
mod options;
mod readers;
mod session;
mod sessions;
mod statement;
#[cfg(test)]
mod testing;
mod writer;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use super::statistics::Commits;
use super::{DatabaseError, Rows as AnyRows, SqliteStatistics};
use crate::column::Row;
use crate::sql::Statement;
use connection::{Access, connect, spawn};
use file::OpenedFile;
use readers::{Length, Readers};
use statement::read;
use writer::Writer;

pub use backup::BackupError;
pub(super) use failure::is_missing_table;
pub(super) use options::Place;
pub use options::SqliteOptions;
pub(crate) use session::Session;
pub(super) use statement::{Rows, Stored, next};

/// How many requests may wait for a thread; one more is answered "busy" at once, instead of late.
const WAITING: usize = 4096;

#[derive(Debug)]
pub(super) struct Sqlite {
    readers: Readers,
    writer: Writer,
    commits: Arc<Commits>,
    file: OpenedFile,
    /// Held so that a temporary file stays as long as its handles.
    options: SqliteOptions,
}

impl Sqlite {
    pub(super) async fn open(options: SqliteOptions) -> Result<Self, DatabaseError> {
        let (answer, opened) = oneshot::channel();
        spawn("topchef-open", move || {
            // Nobody listens when the caller gave up.
            let _ = answer.send(Self::start(&options));
        })?;
        opened.await.map_err(|_| DatabaseError::Closed)?
    }

    fn start(options: &SqliteOptions) -> Result<Self, DatabaseError> {
        let connection = connect(options, Access::Write)?;
        let commits = Arc::<Commits>::default();
        let file = OpenedFile::at(&options.place.path());
        let file = file.map_err(|error| DatabaseError::Driver(Box::new(error)))?;
        let writer = Writer::start(connection, file.clone(), options, Arc::clone(&commits))?;
        let readers = Readers::start(options)?;
        Ok(Self {
            readers,
            writer,
            commits,
            file,
            options: options.clone(),
        })
    }

    pub(super) async fn rows<T: Send + 'static>(
        &self,
        statement: Statement,
        decode: impl FnOnce(&mut AnyRows<'_>) -> Result<T, DatabaseError> + Send + 'static,
    ) -> Result<T, DatabaseError> {
        let length = if statement.by_key {
            Length::Brief
        } else {
            Length::Unknown
        };
        let ask = move |connection: &_| read(connection, &statement, decode);
        self.readers.ask(length, ask).await
    }

    /// As [`rows`](Self::rows), and then the statement that `decode` gives.
    pub(super) async fn rows_with<T: Send + 'static>(
        &self,
        statement: Statement,
        decode: impl FnOnce(&mut AnyRows<'_>) -> Result<(T, Option<Statement>), DatabaseError>
        + Send
        + 'static,
        add: impl FnOnce(&mut T, &mut AnyRows<'_>) -> Result<(), DatabaseError> + Send + 'static,
    ) -> Result<T, DatabaseError> {
        let ask = move |connection: &_| {
            let (mut value, then) = read(connection, &statement, decode)?;
            if let Some(then) = then {
                read(connection, &then, |rows| add(&mut value, rows))?;
            }
            Ok(value)
        };
        self.readers.ask(Length::Unknown, ask).await
    }

    /// That a reader answers, and that the file is still where it was.
    pub(super) async fn ping(&self) -> Result<(), DatabaseError> {
        let file = self.file.clone();
        let ask = move |connection: &rusqlite::Connection| {
            let in_place = file.is_in_place();
            in_place.map_err(|error| failure::unavailable(&error))?;
            // Of the schema: what names no table is answered without a look at the file.
            let tables = "SELECT count(*) FROM sqlite_schema";
            connection.query_row(tables, [], |_| Ok(()))?;
            Ok(())
        };
        self.readers.ask(Length::Unknown, ask).await
    }

    /// Runs statements until one of them gives a row; where `decode` fails, what that one wrote stands.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        statements: Vec<Statement>,
        decode: impl FnOnce(usize, &Row<'_>) -> Result<T, DatabaseError> + Send + 'static,
    ) -> Result<Option<T>, DatabaseError> {
        let decode = |position, row: &Row<'_>| Ok((decode(position, row)?, Vec::new()));
        self.writer.run(statements, decode, false).await
    }

    /// As [`write`](Self::write), all or nothing, with the statements that `decode` gives.
    pub(super) async fn write_with<T: Send + 'static>(
        &self,
        statements: Vec<Statement>,
        decode: impl FnOnce(usize, &Row<'_>) -> Result<(T, Vec<Statement>), DatabaseError>
        + Send
        + 'static,
    ) -> Result<Option<T>, DatabaseError> {
        self.writer.run(statements, decode, true).await
    }

    pub(super) async fn begin(&self, shares: bool) -> Result<Session, DatabaseError> {
        self.writer.begin(shares).await
    }

    pub(super) fn transaction_timeout(&self) -> Duration {
        self.options.transaction_timeout
    }

    /// How it was opened.
    pub(super) fn options(&self) -> &SqliteOptions {
        &self.options
    }

    pub(super) fn statistics(&self) -> SqliteStatistics {
        self.commits
            .statistics(self.readers.waiting(), self.writer.waiting())
    }

    pub(super) async fn checkpoint(&self) -> Result<(), DatabaseError> {
        self.writer.checkpoint().await
    }
}
