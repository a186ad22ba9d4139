//! A copy of an `SQLite` database that is in use: whole, checked, on the disk, and never in the place of another file.
//!
//! It knows the driver and nothing of resources.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};
use tempfile::NamedTempFile;
use tokio::sync::oneshot;

use super::connection::{Access, close, collate, connect, spawn};
use crate::database::{Database, DatabaseError, Driver};

/// Why there is no copy; nothing is left at its place.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// Something is there already, and it is not overwritten.
    #[error("{} is there already", .0.display())]
    Exists(PathBuf),
    /// The database is no file.
    #[error("the database is no SQLite file; its server has programs for that, such as `pg_dump`")]
    NotAFile,
    /// The copy cannot be written.
    #[error("{} cannot be written", .path.display())]
    Write {
        /// Where it should be.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// The copy is not whole, and so the database itself may be damaged.
    #[error("the copy is not whole, so that the database itself may be damaged: {0}")]
    Damaged(String),
    /// The database fails.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl Database {
    /// Copies an `SQLite` database to a file of its own, as it is at one moment, while others read and write on.
    ///
    /// Everything that was committed before this is called is in the copy. It is written beside its place under another
    /// name, checked, brought to the disk and only then given its name, so that what has the name is whole. The file can
    /// be read by its owner alone. For the time that it takes, the log beside the database grows by what is written.
    /// Who stops waiting does not stop the copy.
    ///
    /// # Errors
    /// [`BackupError`] when something is at `path` already, the database is no `SQLite` file, is damaged or fails, or the
    /// copy cannot be written.
    pub async fn backup(&self, path: impl Into<PathBuf>) -> Result<(), BackupError> {
        let from = match self.0.as_ref() {
            Driver::Sqlite(sqlite) => sqlite.options().clone(),
            #[cfg(feature = "postgres")]
            Driver::Postgres(_) => return Err(BackupError::NotAFile),
        };
        let to = path.into();
        let (answer, copied) = oneshot::channel();
        // A thread of its own: it takes its time, and neither readers nor the writer wait for it.
        spawn("topchef-backup", move || {
            // The database stays open as long as this takes, whoever drops it: a temporary one goes with its options.
            let copied = connect(&from, Access::Copy)
                .map_err(BackupError::from)
                .and_then(|connection| {
                    let copied = copy(&connection, &to);
                    close(connection);
                    copied
                });
            // Nobody listens when the caller gave up.
            let _ = answer.send(copied);
        })?;
        copied.await.map_err(|_| DatabaseError::Closed)?
    }
}

fn copy(connection: &Connection, to: &Path) -> Result<(), BackupError> {
    let failed = |source| BackupError::Write {
        path: to.to_owned(),
        source,
    };
    // For who need not wait to hear it; what comes into being meanwhile is seen at the end.
    if fs::symlink_metadata(to).is_ok() {
        return Err(BackupError::Exists(to.to_owned()));
    }
    let folder = match to.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let file = tempfile::Builder::new()
        .prefix(".topchef-backup-")
        .tempfile_in(folder)
        .map_err(failed)?;
    let name = file.path().to_str();
    let name = name.ok_or_else(|| failed(io::Error::other("the folder's name is not UTF-8")))?;
    connection
        .execute("VACUUM INTO ?1", [name])
        .map_err(|error| full(error, to))?;
    check(file.path())?;
    file.as_file().sync_all().map_err(failed)?;
    take_place(file, to)?;
    // A name stands in its folder, which is brought to the disk by itself.
    #[cfg(unix)]
    fs::File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(failed)?;
    Ok(())
}

/// That the disk has no place for the copy is no failure of the database.
fn full(error: rusqlite::Error, to: &Path) -> BackupError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DiskFull) => BackupError::Write {
            path: to.to_owned(),
            source: io::Error::new(io::ErrorKind::StorageFull, error),
        },
        _ => BackupError::Database(error.into()),
    }
}

/// Looks through all of a copy, without making a file beside it.
fn check(copy: &Path) -> Result<(), BackupError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(copy, flags).map_err(DatabaseError::from)?;
    collate(&connection).map_err(DatabaseError::from)?;
    let found = connection
        .query_row("PRAGMA integrity_check(1)", [], |row| {
            row.get::<_, String>(0)
        })
        .map_err(DatabaseError::from)?;
    if found == "ok" {
        Ok(())
    } else {
        Err(BackupError::Damaged(found))
    }
}

fn take_place(file: NamedTempFile, to: &Path) -> Result<(), BackupError> {
    match file.persist_noclobber(to) {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
            Err(BackupError::Exists(to.to_owned()))
        }
        Err(error) => Err(BackupError::Write {
            path: to.to_owned(),
            source: error.error,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::Statement;

    async fn with_notes(count: usize) -> Database {
        let database = Database::temporary().await.unwrap();
        write(&database, "CREATE TABLE notes (text TEXT)").await;
        for _ in 0..count {
            write(&database, "INSERT INTO notes VALUES ('one')").await;
        }
        database
    }

    async fn write(database: &Database, text: &'static str) {
        let written = database.write(vec![Statement::plain(text)], |_, _| Ok(()));
        written.await.unwrap();
    }

    fn stored(path: &Path) -> i64 {
        let copy = Connection::open(path).unwrap();
        let count = "SELECT count(*) FROM notes";
        copy.query_row(count, [], |row| row.get(0)).unwrap()
    }

    fn names(folder: &Path) -> Vec<String> {
        let names = fs::read_dir(folder).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.collect()
    }

    #[tokio::test]
    async fn a_copy_has_what_was_committed_before_and_is_one_file() {
        let database = with_notes(3).await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("copy.db");
        database.backup(&path).await.unwrap();
        write(&database, "INSERT INTO notes VALUES ('later')").await;
        assert_eq!(names(folder.path()), ["copy.db"]);
        assert_eq!(stored(&path), 3);
    }

    #[tokio::test]
    async fn what_is_there_is_not_overwritten() {
        let database = with_notes(1).await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("copy.db");
        // An empty file too, which SQLite itself would take.
        fs::write(&path, "").unwrap();
        let refused = database.backup(&path).await.unwrap_err();
        assert!(matches!(refused, BackupError::Exists(_)), "{refused}");
        assert_eq!(fs::read(&path).unwrap(), b"");
        let nowhere = folder.path().join("no/such/folder.db");
        let refused = database.backup(&nowhere).await.unwrap_err();
        assert!(matches!(refused, BackupError::Write { .. }), "{refused}");
        assert_eq!(names(folder.path()), ["copy.db"]);
    }

    #[tokio::test]
    async fn a_damaged_copy_is_found_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("damaged.db");
        let database = with_notes(200).await;
        write(&database, "CREATE INDEX by_text ON notes (text)").await;
        database.backup(&path).await.unwrap();
        let damage = Connection::open(&path).unwrap();
        damage
            .execute_batch(
                "PRAGMA writable_schema = ON;
                 UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'notes')
                 WHERE name = 'by_text'",
            )
            .unwrap();
        drop(damage);
        let found = check(&path).unwrap_err();
        assert!(
            matches!(found, BackupError::Damaged(_) | BackupError::Database(_)),
            "{found}"
        );
    }
}
