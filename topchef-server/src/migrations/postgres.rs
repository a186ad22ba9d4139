//! How a PostgreSQL database takes its steps: in one transaction, under a lock that ends with it.
//!
//! It does not know what the steps do. Nothing outlives the transaction, neither a lock nor a prepared statement, so that
//! it works through a pooler that hands each transaction another connection.

use std::io;
use std::time::Duration;

use sqlx::migrate::{Migration, Migrator};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};
use tokio::time::timeout;

use super::{MigrationError, Older, TAKE, TAKEN, Taken, due, failed};
use crate::config::PostgresAddress;

pub(super) static STEPS: Migrator = sqlx::migrate!("src/migrations/postgres");

/// The table that sqlx makes for its record.
const RECORD: &str = "CREATE TABLE IF NOT EXISTS _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMPTZ NOT NULL DEFAULT now(),
    success BOOLEAN NOT NULL,
    checksum BYTEA NOT NULL,
    execution_time BIGINT NOT NULL
)";

/// What all who bring a database forward lock in it: the letters of "topchef".
const LOCK: i64 = 0x0074_6f70_6368_6566;
/// How long the server may take to let us in.
const PATIENCE: Duration = Duration::from_secs(10);

/// Takes the steps that are due.
pub(super) async fn bring(
    address: &PostgresAddress,
    steps: &Migrator,
    older: Older,
) -> Result<(), MigrationError> {
    let steps: Vec<_> = steps.iter().collect();
    let mut connection = connect(address).await?;
    let mut transaction = connection.begin().await.map_err(MigrationError::Record)?;
    // Without a lock first: of the many servers that start, most find everything done.
    let taken = taken(&mut transaction).await?;
    if !due(&steps, taken.as_deref(), older)?.is_empty() {
        take(&mut transaction, &steps, older).await?;
    }
    let committed = transaction.commit().await;
    committed.map_err(MigrationError::Record)?;
    connection.close().await.map_err(MigrationError::Record)
}

/// READ COMMITTED, the default that the transaction is in, shows what another has committed while this one waited.
async fn take(
    transaction: &mut PgConnection,
    steps: &[&Migration],
    older: Older,
) -> Result<(), MigrationError> {
    let locked = sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .persistent(false)
        .bind(LOCK)
        .execute(&mut *transaction)
        .await;
    locked.map_err(MigrationError::Record)?;
    // Another may have taken them meanwhile.
    let taken = taken(transaction).await?;
    let due = due(steps, taken.as_deref(), older)?;
    if due.is_empty() {
        return Ok(());
    }
    let made = transaction.execute(RECORD).await;
    made.map_err(MigrationError::Record)?;
    for step in due {
        let done = transaction.execute(step.sql.clone()).await;
        done.map_err(failed(step))?;
        let recorded = sqlx::query(TAKE)
            .persistent(false)
            .bind(step.version)
            .bind(step.description.as_ref())
            .bind(step.checksum.as_ref())
            .execute(&mut *transaction)
            .await;
        recorded.map_err(MigrationError::Record)?;
    }
    Ok(())
}

/// None when the database has no record of steps.
///
/// The catalogue is read, and not asked by `to_regclass`: that answers within a transaction what it has answered before.
async fn taken(connection: &mut PgConnection) -> Result<Option<Vec<Taken>>, MigrationError> {
    let has_record = "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_class
        WHERE relname = '_sqlx_migrations' AND pg_catalog.pg_table_is_visible(oid))";
    let has_record = sqlx::query_scalar(has_record)
        .persistent(false)
        .fetch_one(&mut *connection)
        .await;
    if !has_record.map_err(MigrationError::Record)? {
        return Ok(None);
    }
    let rows = sqlx::query_as(TAKEN)
        .persistent(false)
        .fetch_all(connection)
        .await;
    let rows: Vec<(i64, Vec<u8>, bool)> = rows.map_err(MigrationError::Record)?;
    Ok(Some(rows.into_iter().map(Taken::from).collect()))
}

async fn connect(address: &PostgresAddress) -> Result<PgConnection, MigrationError> {
    let options: PgConnectOptions = address.url().parse().map_err(MigrationError::Connect)?;
    // A parameter that poolers refuse, and that nothing here needs.
    let options = options.extra_float_digits(None);
    match timeout(PATIENCE, options.connect()).await {
        Ok(connected) => connected.map_err(MigrationError::Connect),
        Err(elapsed) => Err(MigrationError::Silent(io::Error::from(elapsed))),
    }
}
