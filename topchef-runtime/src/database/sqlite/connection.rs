//! Connections, the transactions on them, and the threads on which they are.
//!
//! It does not know what is read and written.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, ffi};

use super::{Place, SqliteOptions};
use crate::column::compare_decimals;
use crate::database::DatabaseError;
use crate::sql::DECIMAL_COLLATION;

/// How long a statement waits for another program that holds the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Compiled statements that each connection keeps.
const STATEMENTS: usize = 256;

/// What a connection may do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Write,
    /// Nothing but to read all of it into another file, which is a write to SQLite; it makes no file where there is none.
    Copy,
}

pub(super) fn connect(
    options: &SqliteOptions,
    access: Access,
) -> Result<Connection, DatabaseError> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    flags.set(OpenFlags::SQLITE_OPEN_CREATE, access != Access::Copy);
    let connection = {
        let _alone = alone();
        Connection::open_with_flags(options.place.path(), flags)?
    };
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.execute_batch(&format!(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA mmap_size = {};
         PRAGMA temp_store = MEMORY;",
        options.mmap_size
    ))?;
    // A statement is planned once for all values: otherwise SQLite plans it anew each time that a limit is bound.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // Prefixes are looked for by how the bytes of UTF-8 sort.
    let encoding: String = connection.query_row("PRAGMA encoding", [], |row| row.get(0))?;
    if encoding != "UTF-8" {
        let reason = format!("the texts of the file are {encoding}; only UTF-8 is understood");
        return Err(DatabaseError::Driver(reason.into()));
    }
    collate(&connection)?;
    if matches!(options.place, Place::Temporary(_)) {
        // What ends with the program need not survive a loss of power.
        connection.execute_batch("PRAGMA synchronous = OFF")?;
    }
    if access == Access::Read {
        connection.execute_batch("PRAGMA query_only = ON")?;
    }
    Ok(connection)
}

/// Texts of decimals sort as numbers; the tables' columns name how.
pub(super) fn collate(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.create_collation(DECIMAL_COLLATION, compare_decimals)
}

/// A transaction that could not be ended before would keep this one, and all after it, from beginning.
pub(super) fn begin(connection: &Connection) -> Result<(), rusqlite::Error> {
    roll_back(connection);
    execute(connection, "BEGIN IMMEDIATE")
}

/// SQLite rolls a transaction back by itself on some failures, a full disk among them: what comes after would be
/// stored on its own.
pub(super) fn commit(connection: &Connection) -> Result<(), rusqlite::Error> {
    if connection.is_autocommit() {
        return Err(rusqlite::Error::SqliteFailure(
            ffi::Error::new(ffi::SQLITE_ABORT),
            Some("the transaction was rolled back".to_owned()),
        ));
    }
    let committed = execute(connection, "COMMIT");
    if committed.is_err() {
        roll_back(connection);
    }
    committed
}

/// Begins a part of a transaction in which others have written: it can be undone alone, for which SQLite notes what each
/// page was before.
pub(super) fn begin_part(connection: &Connection) -> Result<(), rusqlite::Error> {
    execute(connection, "SAVEPOINT part")
}

pub(super) fn keep_part(connection: &Connection) -> Result<(), rusqlite::Error> {
    execute(connection, "RELEASE part")
}

pub(super) fn undo_part(connection: &Connection) -> Result<(), rusqlite::Error> {
    execute(connection, "ROLLBACK TO part")?;
    keep_part(connection)
}

/// Runs a statement without values and rows, which stays compiled.
fn execute(connection: &Connection, text: &str) -> Result<(), rusqlite::Error> {
    connection.prepare_cached(text)?.execute([]).map(drop)
}

/// Reads what was committed until now; several reads see one state of the file, which is then locked once.
pub(super) fn begin_to_read(connection: &Connection, several: bool) {
    // One that was left open would show an old state for ever.
    roll_back(connection);
    if several && let Err(error) = execute(connection, "BEGIN") {
        // Each of them is read well by itself too.
        tracing::warn!(%error, "reads could not begin a transaction");
    }
}

/// Ends the transaction of [`begin_to_read`], where there is one.
pub(super) fn end_reading(connection: &Connection) {
    if !connection.is_autocommit() && execute(connection, "COMMIT").is_err() {
        roll_back(connection);
    }
}

pub(super) fn roll_back(connection: &Connection) {
    if !connection.is_autocommit()
        && let Err(error) = connection.execute_batch("ROLLBACK")
    {
        tracing::error!(%error, "a transaction could not be rolled back");
    }
}

/// What connections are opened and closed under, one after the other.
///
/// SQLite 3.51.1 comes to a halt where one connection is closed while another to the same file is opened or closed, and
/// with it whoever opens or closes any: `unixOpen` and `unixClose` hold the lock of all files and want that of this one,
/// `unixIsSharingShmNode` the other way round.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Closes a connection while no other is opened or closed.
pub(super) fn close(connection: Connection) {
    let alone = alone();
    drop(connection);
    drop(alone);
}

/// Starts a thread of this name, which has a connection to itself.
pub(super) fn spawn_over(
    name: &str,
    connection: Connection,
    body: impl FnOnce(&Connection) + Send + 'static,
) -> Result<(), DatabaseError> {
    spawn(name, move || {
        body(&connection);
        close(connection);
    })
}

/// Starts a thread of this name.
pub(super) fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<(), DatabaseError> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(body)
        .map(drop)
        .map_err(|error| DatabaseError::Driver(Box::new(error)))
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Barrier};

    use super::super::testing::options;
    use super::*;

    #[test]
    fn as_much_is_mapped_as_was_said() {
        for (said, bytes) in [(None, 256 * 1024 * 1024), (Some(0), 0), (Some(4096), 4096)] {
            let mut options = options();
            if let Some(said) = said {
                options = options.mmap_size(said);
            }
            let connection = connect(&options, Access::Write).unwrap();
            let mapped = connection.query_row("PRAGMA mmap_size", [], |row| row.get::<_, i64>(0));
            assert_eq!(mapped, Ok(bytes), "{said:?}");
        }
    }

    /// It does not end where two of them are closed at once.
    #[test]
    fn connections_are_opened_and_closed_one_after_the_other() {
        for _ in 0..200 {
            let options = options();
            let connections = (0..4).map(|_| connect(&options, Access::Write).unwrap());
            let connections: Vec<_> = connections.collect();
            let together = Arc::new(Barrier::new(connections.len() + 1));
            let (ended, ends) = std::sync::mpsc::channel::<()>();
            for connection in connections {
                let (together, ended) = (Arc::clone(&together), ended.clone());
                let body = move |_: &Connection| {
                    together.wait();
                    drop(ended);
                };
                spawn_over("topchef-test", connection, body).unwrap();
            }
            together.wait();
            drop(ended);
            assert!(ends.recv().is_err(), "nothing is sent");
            // Whoever opens one would wait for ever.
            close(connect(&options, Access::Read).unwrap());
        }
    }
}
