//! The tables of the server, brought forward one file at a time.
//!
//! It does not know what is in them.

use std::path::Path;

use sqlx::ConnectOptions as _;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};

static SQLITE: Migrator = sqlx::migrate!("src/migrations/sqlite");

/// Why the tables could not be brought forward.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// The file cannot be opened, or is no database.
    #[error("the file cannot be opened as an SQLite database")]
    Open(#[from] sqlx::Error),
    /// A step cannot be taken, or the database has one that this program does not know.
    #[error("the tables cannot be brought forward")]
    Migrate(#[from] MigrateError),
}

/// Makes the file where there is none, and takes all steps that it has not taken yet.
///
/// # Errors
/// [`MigrationError`]; a step that fails leaves nothing behind.
pub async fn run(path: &Path) -> Result<(), MigrationError> {
    let mut connection = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .connect()
        .await?;
    SQLITE.run_direct(None, &mut connection, false).await?;
    sqlx::Connection::close(connection).await?;
    Ok(())
}
