//! `backup`: a whole copy of the SQLite database while servers go on, in a file of its own.
//! It does not know how the copy is made.

use std::path::PathBuf;

use clap::Args;
use topchef_runtime::database::{self, DatabaseError};

use super::flags::StorageFlags;
use crate::app;
use crate::config::{DatabaseAddress, StorageConfig};

/// The flags of `backup`.
#[derive(Debug, Args)]
pub(super) struct BackupArgs {
    /// The file to make; nothing may be there yet
    #[arg(value_name = "PATH")]
    path: PathBuf,
    #[command(flatten)]
    storage: StorageFlags,
}

impl BackupArgs {
    /// What a flag was set to.
    pub(super) fn flag(&self, name: &str) -> Option<String> {
        self.storage.flag(name)
    }

    /// The file to make.
    pub(super) fn path(&self) -> PathBuf {
        self.path.clone()
    }
}

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is no such file; one is not made to be copied.
    #[error("there is no database {0}")]
    Missing(String),
    /// Another program does it better.
    #[error(
        "{0} is a PostgreSQL database: use pg_dump, such as `pg_dump --format=custom --file=topchef.dump …`, and pg_restore"
    )]
    Postgres(String),
    /// The database cannot be opened.
    #[error("cannot open the database {database}")]
    Open {
        /// Where the database is.
        database: String,
        /// What went wrong.
        source: DatabaseError,
    },
    /// The copy cannot be made, or is not whole.
    #[error("cannot back the database {database} up")]
    Copy {
        /// Where the database is.
        database: String,
        /// What went wrong.
        source: database::BackupError,
    },
}

/// Makes the copy, of a database of any age: before it is brought forward above all.
pub(super) async fn run(config: &StorageConfig, path: PathBuf) -> Result<(), BackupError> {
    let database = config.database.to_string();
    match &config.database {
        DatabaseAddress::Postgres(_) => return Err(BackupError::Postgres(database)),
        DatabaseAddress::Sqlite(file) if !file.exists() => {
            return Err(BackupError::Missing(database));
        }
        DatabaseAddress::Sqlite(_) => {}
    }
    let opened = match app::open(&config.database, None).await {
        Ok(opened) => opened,
        Err(source) => return Err(BackupError::Open { database, source }),
    };
    let shown = path.display().to_string();
    match opened.backup(path).await {
        Ok(()) => tracing::info!(database, path = shown, "backed up"),
        Err(source) => return Err(BackupError::Copy { database, source }),
    }
    Ok(())
}
