//! The tables of the server, brought forward one file at a time.
//!
//! It does not know what is in them.

use std::path::Path;
use std::time::Duration;

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

/// How often, and how long after one another, two servers that begin on one new file look again.
const ATTEMPTS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(50);

/// Makes the file where there is none, and takes all steps that it has not taken yet.
///
/// # Errors
/// [`MigrationError`]; a step that fails leaves nothing behind.
pub async fn run(path: &Path) -> Result<(), MigrationError> {
    let mut attempt = 1;
    loop {
        match run_once(path).await {
            Err(error) if error.may_be_a_race() && attempt < ATTEMPTS => attempt += 1,
            done => return done,
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn run_once(path: &Path) -> Result<(), MigrationError> {
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

impl MigrationError {
    /// Whether another server may be taking the same steps at this moment: SQLite's migrator takes no lock of its own.
    fn may_be_a_race(&self) -> bool {
        let (Self::Open(sqlx::Error::Database(database))
        | Self::Migrate(
            MigrateError::Execute(sqlx::Error::Database(database))
            | MigrateError::ExecuteMigration(sqlx::Error::Database(database), _),
        )) = self
        else {
            return false;
        };
        let locked = database
            .code()
            .is_some_and(|code| ["5", "6", "261", "517"].contains(&code.as_ref()));
        locked || database.message().contains("already exists") || database.is_unique_violation()
    }
}

#[cfg(test)]
mod tests {
    use sqlx::{Row, SqliteConnection};
    use topchef_runtime::Database;

    use super::*;
    use crate::resources::{Job, Service};

    async fn open(path: &Path) -> SqliteConnection {
        SqliteConnectOptions::new()
            .filename(path)
            .connect()
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn the_tables_are_those_of_the_resources() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("topchef.db");
        run(&path).await.unwrap();
        let database = Database::sqlite(&path).open().await.unwrap();
        let drifts = database.compare::<(Service, Job)>().await.unwrap();
        assert!(drifts.is_empty(), "{drifts:#?}");
    }

    #[tokio::test]
    async fn waiting_jobs_are_found_by_an_index_and_not_sorted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("topchef.db");
        run(&path).await.unwrap();
        let mut connection = open(&path).await;
        let statement = "EXPLAIN QUERY PLAN SELECT id FROM jobs WHERE service_id = ? AND status = ? ORDER BY id LIMIT 1";
        let plan = sqlx::query(statement)
            .fetch_all(&mut connection)
            .await
            .unwrap();
        let steps: Vec<String> = plan.iter().map(|row| row.get("detail")).collect();
        assert_eq!(steps.len(), 1, "{steps:?}");
        assert!(
            steps[0].contains("jobs_by_state (service_id=? AND status=?)"),
            "{steps:?}"
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn several_that_begin_at_once_all_go_on() {
        let folder = tempfile::tempdir().unwrap();
        for round in 0..10 {
            let path = folder.path().join(format!("{round}.db"));
            let begin = || {
                let path = path.clone();
                tokio::spawn(async move { run(&path).await })
            };
            for begun in [begin(), begin(), begin(), begin()] {
                begun.await.unwrap().unwrap();
            }
        }
    }

    #[tokio::test]
    async fn a_database_of_another_program_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.txt");
        std::fs::write(&path, "these are my notes, and no database").unwrap();
        assert!(run(&path).await.is_err());
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            "these are my notes, and no database"
        );
    }
}
