//! `migrate`: creates the database or brings it up to date, then exits.
//! It does not know what the tables are.

use crate::config::StorageConfig;
use crate::migrations::{self, MigrationError};

/// The database could not be created or brought up to date.
#[derive(Debug, thiserror::Error)]
#[error("cannot bring the database {database} up to date")]
pub struct MigrateError {
    database: String,
    source: MigrationError,
}

/// Creates the tables of the database, or those that are missing.
pub(super) async fn run(config: &StorageConfig) -> Result<(), MigrateError> {
    let database = config.database.to_string();
    match migrations::run(&config.database).await {
        Ok(()) => tracing::info!(database, "up to date"),
        Err(source) => return Err(MigrateError { database, source }),
    }
    Ok(())
}
