//! What the driver's failures are to who asked.

use std::io;

use rusqlite::ffi;

use crate::database::DatabaseError;

impl From<rusqlite::Error> for DatabaseError {
    fn from(error: rusqlite::Error) -> Self {
        let rusqlite::Error::SqliteFailure(failure, message) = &error else {
            return Self::Driver(Box::new(error));
        };
        let message = message.as_deref().unwrap_or_default();
        match failure.extended_code {
            ffi::SQLITE_CONSTRAINT_UNIQUE
            | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
            | ffi::SQLITE_CONSTRAINT_ROWID => Self::NotUnique {
                columns: named_columns(message).collect(),
            },
            ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Self::ForeignKey,
            ffi::SQLITE_CONSTRAINT_NOTNULL => Self::NotNull {
                column: named_columns(message).next().unwrap_or_default(),
            },
            ffi::SQLITE_CONSTRAINT_CHECK => Self::Check,
            _ if is_busy(failure.code) => Self::Busy,
            _ => Self::Driver(Box::new(error)),
        }
    }
}

fn is_busy(code: ffi::ErrorCode) -> bool {
    matches!(
        code,
        ffi::ErrorCode::DatabaseBusy | ffi::ErrorCode::DatabaseLocked
    )
}

/// The columns of "UNIQUE constraint failed: books.title, books.isbn": SQLite says them nowhere else.
fn named_columns(message: &str) -> impl Iterator<Item = String> {
    let (_, names) = message.split_once(": ").unwrap_or_default();
    names
        .split(", ")
        .filter_map(|name| name.split_once('.'))
        .map(|(_, column)| column.to_owned())
}

/// One failure for each of many callers: whose fault it is cannot be known, only whether it is worth another try.
pub(super) fn shared(error: &rusqlite::Error) -> DatabaseError {
    match error.sqlite_error_code() {
        Some(code) if is_busy(code) => DatabaseError::Busy,
        _ => DatabaseError::Driver(error.to_string().into()),
    }
}

/// That the file is gone, for each of many callers.
pub(super) fn unavailable(error: &io::Error) -> DatabaseError {
    DatabaseError::Unavailable(error.to_string().into())
}

/// Whether an error that was described said that there is no such table.
pub(in crate::database) fn is_missing_table(described: &(dyn std::error::Error + 'static)) -> bool {
    let said = described.downcast_ref::<rusqlite::Error>();
    said.is_some_and(|said| said.to_string().starts_with("no such table"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_busy_is_worth_another_try() {
        let failure = |code| rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
        for code in [
            ffi::SQLITE_BUSY,
            ffi::SQLITE_BUSY_SNAPSHOT,
            ffi::SQLITE_LOCKED,
        ] {
            assert!(matches!(shared(&failure(code)), DatabaseError::Busy));
        }
        for code in [ffi::SQLITE_FULL, ffi::SQLITE_IOERR, ffi::SQLITE_ABORT] {
            assert!(matches!(shared(&failure(code)), DatabaseError::Driver(_)));
        }
    }
}
