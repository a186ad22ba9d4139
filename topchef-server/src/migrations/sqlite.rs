//! How a SQLite file takes its steps: one writer at a time, by the file's own lock.
//!
//! It does not know what the steps do.

use std::path::Path;
use std::time::Duration;

use sqlx::error::DatabaseError;
use sqlx::migrate::{Migration, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};

use super::{MigrationError, Older, TAKE, TAKEN, Taken, due, failed};

pub(super) static STEPS: Migrator = sqlx::migrate!("src/migrations/sqlite");

/// The table that sqlx makes for its record.
const RECORD: &str = "CREATE TABLE IF NOT EXISTS _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
)";

/// How long one that is at work is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often, and how long after one another, a new file is opened again that another is making at this moment.
const ATTEMPTS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(50);

/// Makes the file where there is none, and takes the steps that are due.
pub(super) async fn bring(
    path: &Path,
    steps: &Migrator,
    older: Older,
) -> Result<(), MigrationError> {
    let steps: Vec<_> = steps.iter().collect();
    let mut connection = open(path).await?;
    // Without a lock first: a file that has everything may be in use for long.
    let taken = taken(&mut connection).await?;
    if !due(&steps, taken.as_deref(), older)?.is_empty() {
        take(&mut connection, &steps, older).await?;
    }
    connection.close().await.map_err(MigrationError::Record)
}

async fn take(
    connection: &mut SqliteConnection,
    steps: &[&Migration],
    older: Older,
) -> Result<(), MigrationError> {
    let begun = connection.begin_with("BEGIN IMMEDIATE").await;
    let mut transaction = begun.map_err(MigrationError::Record)?;
    // Another may have taken them meanwhile.
    let taken = taken(&mut transaction).await?;
    let due = due(steps, taken.as_deref(), older)?;
    let made = transaction.execute(RECORD).await;
    made.map_err(MigrationError::Record)?;
    for step in due {
        let done = transaction.execute(step.sql.clone()).await;
        done.map_err(failed(step))?;
        let recorded = sqlx::query(TAKE)
            .bind(step.version)
            .bind(step.description.as_ref())
            .bind(step.checksum.as_ref())
            .execute(&mut *transaction)
            .await;
        recorded.map_err(MigrationError::Record)?;
    }
    transaction.commit().await.map_err(MigrationError::Record)
}

/// None when the file has no record of steps.
async fn taken(connection: &mut SqliteConnection) -> Result<Option<Vec<Taken>>, MigrationError> {
    let has_record = "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = '_sqlx_migrations')";
    let has_record = sqlx::query_scalar(has_record)
        .fetch_one(&mut *connection)
        .await;
    if !has_record.map_err(MigrationError::Record)? {
        return Ok(None);
    }
    let rows = sqlx::query_as(TAKEN).fetch_all(connection).await;
    let rows: Vec<(i64, Vec<u8>, bool)> = rows.map_err(MigrationError::Record)?;
    Ok(Some(rows.into_iter().map(Taken::from).collect()))
}

async fn open(path: &Path) -> Result<SqliteConnection, MigrationError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .busy_timeout(PATIENCE)
        .journal_mode(SqliteJournalMode::Wal);
    let mut attempt = 1;
    loop {
        match options.connect().await {
            // Who switches a new file to WAL is not waited for.
            Err(error) if is_locked(&error) && attempt < ATTEMPTS => attempt += 1,
            opened => return opened.map_err(MigrationError::Open),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn is_locked(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    code.is_some_and(|code| ["5", "6", "261", "517"].contains(&code.as_ref()))
}

#[cfg(test)]
mod tests {
    use sqlx::Row as _;
    use topchef_runtime::Database;

    use super::super::tests::steps;
    use super::*;
    use crate::resources::{Job, Service};

    async fn new(path: &Path) {
        bring(path, &STEPS, Older::Refused).await.unwrap();
    }

    #[tokio::test]
    async fn the_tables_are_those_of_the_resources() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("topchef.db");
        new(&path).await;
        let database = Database::sqlite(&path).open().await.unwrap();
        let drifts = database.compare::<(Service, Job)>().await.unwrap();
        assert!(drifts.is_empty(), "{drifts:#?}");
    }

    #[tokio::test]
    async fn waiting_jobs_are_found_by_an_index_and_not_sorted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("topchef.db");
        new(&path).await;
        let mut connection = open(&path).await.unwrap();
        let statement = "EXPLAIN QUERY PLAN SELECT id FROM jobs WHERE service_id = ? AND state < 4 AND state = 0 ORDER BY priority DESC, run_at, id LIMIT 1";
        let plan = sqlx::query(statement)
            .fetch_all(&mut connection)
            .await
            .unwrap();
        let steps: Vec<String> = plan.iter().map(|row| row.get("detail")).collect();
        assert_eq!(steps.len(), 1, "{steps:?}");
        assert!(
            steps[0].contains("jobs_open (service_id=? AND state=?)"),
            "{steps:?}"
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn several_that_begin_at_once_all_go_on() {
        let folder = tempfile::tempdir().unwrap();
        for round in 0..10 {
            let path = folder.path().join(format!("{round}.db"));
            let bring = |older| {
                let path = path.clone();
                tokio::spawn(async move { super::bring(&path, &STEPS, older).await })
            };
            let older = [Older::Refused, Older::BroughtForward];
            let begun: Vec<_> = (0..4).map(|it| bring(older[it % 2])).collect();
            for begun in begun {
                begun.await.unwrap().unwrap();
            }
        }
    }

    #[tokio::test]
    async fn steps_are_all_taken_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("topchef.db");
        let one = (1, "CREATE TABLE one (id integer)");
        let first = Migrator::with_migrations(steps([one]));
        bring(&path, &first, Older::Refused).await.unwrap();
        let broken = steps([one, (2, "CREATE TABLE two (id integer)"), (3, "nonsense")]);
        let broken = Migrator::with_migrations(broken);
        let error = bring(&path, &broken, Older::BroughtForward).await;
        assert_eq!(
            error.unwrap_err().to_string(),
            "the step 0003_a_step cannot be taken"
        );
        bring(&path, &first, Older::Refused).await.unwrap();
    }

    #[tokio::test]
    async fn a_database_of_another_program_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.txt");
        std::fs::write(&path, "these are my notes, and no database").unwrap();
        assert!(bring(&path, &STEPS, Older::BroughtForward).await.is_err());
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            "these are my notes, and no database"
        );
    }
}
