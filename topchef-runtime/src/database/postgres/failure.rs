//! What the driver's errors mean.
//!
//! It reads the codes of `PostgreSQL` (its appendix "Error Codes") and none of its texts, which are in any language.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use sqlx::Error;
use sqlx::postgres::PgDatabaseError;

use super::batch::PATIENCE;
use crate::database::DatabaseError;

/// What passes at least before a person has a statement ended that takes too long.
const BY_HAND: Duration = Duration::from_secs(1);

/// An error of the server's without what values it quotes.
#[derive(Debug, thiserror::Error)]
#[error("{message} (SQLSTATE {code})")]
struct Said {
    code: String,
    message: String,
}

impl Said {
    fn of(error: &PgDatabaseError) -> Self {
        Self {
            code: error.code().to_owned(),
            message: error.message().to_owned(),
        }
    }
}

/// That the server did not answer while it was waited for: nobody knows whether it did what it was asked.
#[derive(Debug, thiserror::Error)]
#[error("the server did not answer in time")]
struct NoAnswer;

/// As an error of the driver's.
pub(super) fn no_answer() -> Error {
    Error::Io(io::Error::other(NoAnswer))
}

fn is_no_answer(error: &Error) -> bool {
    match error {
        Error::Io(error) => match error.get_ref() {
            Some(reason) => reason.is::<NoAnswer>(),
            None => false,
        },
        _ => false,
    }
}

/// Why a server cannot be reached, without a part of its address that is a secret.
pub(super) fn reason(error: &Error) -> String {
    match error {
        Error::Io(cause) => cause.to_string(),
        Error::Database(_) => match said(error) {
            Some(said) => Said::of(said).to_string(),
            None => "the server refused".to_owned(),
        },
        Error::Tls(cause) => format!("TLS: {cause}"),
        _ => error.to_string(),
    }
}

fn said(error: &Error) -> Option<&PgDatabaseError> {
    match error {
        Error::Database(said) => said.try_downcast_ref(),
        _ => None,
    }
}

fn code(error: &Error) -> &str {
    said(error).map(PgDatabaseError::code).unwrap_or_default()
}

/// Whether the connection is gone; it was waited for long enough where there was no answer.
pub(super) fn is_lost(error: &Error) -> bool {
    is_ended(error)
        || match error {
            Error::Io(_) => !is_no_answer(error),
            Error::Tls(_) | Error::Protocol(_) | Error::WorkerCrashed => true,
            _ => matches!(code(error), "08000" | "08003" | "08006" | "08P01" | "25P03"),
        }
}

/// Whether the server said that it ended the connection, or that it takes no statements now.
pub(super) fn is_ended(error: &Error) -> bool {
    matches!(code(error), "57P01" | "57P02" | "57P03" | "57P05")
}

/// Whether there will be a server, or a place on it, in a moment.
pub(super) fn is_starting(error: &Error) -> bool {
    match error {
        Error::Io(error) => error.kind() == io::ErrorKind::ConnectionRefused,
        _ => matches!(code(error), "57P03" | "53300"),
    }
}

/// Whether the work came into the way of other work, and was undone.
pub(super) fn is_conflict(error: &Error) -> bool {
    matches!(code(error), "40001" | "40P01")
}

/// Whether another row has these values.
pub(super) fn is_not_unique(error: &Error) -> bool {
    code(error) == "23505"
}

/// Whether another row has this value of this column, and nothing else is alike.
pub(super) fn is_taken(error: &Error, column: &str) -> bool {
    let detail = said(error).and_then(PgDatabaseError::detail);
    is_not_unique(error) && detail.is_some_and(|detail| named_columns(detail) == [column])
}

/// Whether a transaction failed before, so that the database refuses its statements.
pub(super) fn is_aborted(error: &Error) -> bool {
    code(error) == "25P02"
}

/// Whether a lock was waited for too long by a statement that took this time, where the server ends statements after a
/// longer one.
///
/// Where the time for a lock ends in the moment in which it is there, and another is waited for next, the server forgets that
/// it was that time: it says what it says when somebody had the statement ended. A person is not that fast.
pub(super) fn is_held_up(error: &Error, took: Duration, longest: Duration) -> bool {
    match code(error) {
        "55P03" => true,
        "57014" => took >= PATIENCE && took < longest.min(BY_HAND),
        _ => false,
    }
}

/// Whether nothing of a statement stands that commits by itself, for certain.
pub(super) fn is_undone(error: &Error) -> bool {
    match error {
        Error::Database(_) => is_ended(error) || !is_lost(error),
        Error::Encode(_) => true,
        _ => false,
    }
}

/// Whether the database has no such statement.
pub(super) fn is_unsupported(error: &Error) -> bool {
    code(error) == "0A000" && !is_stale(error)
}

/// An error that several are told.
pub(super) fn shared(error: &Arc<Error>) -> DatabaseError {
    DatabaseError::Unavailable(Box::new(Arc::clone(error)))
}

/// Whether the statement ran for too long.
pub(super) fn is_out_of_time(error: &Error) -> bool {
    matches!(code(error), "57014" | "25P03" | "25P04")
}

/// Whether a prepared statement no longer fits the tables, or is not there: it was not carried out.
pub(super) fn is_stale(error: &Error) -> bool {
    match code(error) {
        "26000" => true,
        "0A000" => said(error).is_some_and(|said| said.routine() == Some("RevalidateCachedQuery")),
        _ => false,
    }
}

/// Whether an error that was described said that there is no such table.
pub(in crate::database) fn is_missing_table(described: &(dyn StdError + 'static)) -> bool {
    let said = described.downcast_ref::<Said>();
    said.is_some_and(|said| said.code == "42P01")
}

/// The error without the driver's type.
pub(super) fn described(error: Error) -> DatabaseError {
    match error {
        Error::PoolTimedOut => DatabaseError::Busy,
        Error::PoolClosed => DatabaseError::Closed,
        // A value that no column of PostgreSQL's can hold.
        Error::Encode(_) => DatabaseError::Check,
        Error::Io(_) | Error::Tls(_) | Error::Protocol(_) | Error::WorkerCrashed => {
            DatabaseError::Unavailable(Box::new(error))
        }
        Error::Database(_) => match said(&error) {
            Some(said) => of_code(said),
            None => DatabaseError::Driver(Box::new(error)),
        },
        other => DatabaseError::Driver(Box::new(other)),
    }
}

fn of_code(said: &PgDatabaseError) -> DatabaseError {
    match said.code() {
        "23505" => DatabaseError::NotUnique {
            columns: said.detail().map(named_columns).unwrap_or_default(),
        },
        "23503" => DatabaseError::ForeignKey,
        "23502" => DatabaseError::NotNull {
            column: said.column().unwrap_or_default().to_owned(),
        },
        "23514" | "23P01" => DatabaseError::Check,
        // No number is left to assign.
        "2200H" => DatabaseError::Driver(Box::new(Said::of(said))),
        // A table that was not made from its struct: its column is narrower than the field.
        code if code.starts_with("22") => DatabaseError::Check,
        // Of the last three, another program makes the same at the same time.
        "40001" | "40P01" | "42P07" | "42710" | "42P06" => DatabaseError::Conflict,
        "57014" | "25P02" | "25P03" | "25P04" => DatabaseError::TimedOut,
        "53200" | "53300" | "53400" | "55P03" => DatabaseError::Busy,
        "25006" | "3D000" | "55000" => DatabaseError::Unavailable(Box::new(Said::of(said))),
        // Connections, who may connect, and the operator's interventions.
        code if ["08", "28", "57"]
            .iter()
            .any(|class| code.starts_with(class)) =>
        {
            DatabaseError::Unavailable(Box::new(Said::of(said)))
        }
        _ => DatabaseError::Driver(Box::new(Said::of(said))),
    }
}

/// The columns of "Key (title, isbn)=(Dune, 1) already exists.": whatever the language, they stand in the first brackets.
fn named_columns(detail: &str) -> Vec<String> {
    let named = detail.split_once(")=(").map(|(before, _)| before);
    let named = named.and_then(|before| before.split_once('('));
    named
        .map(|(_, names)| names.split(", ").map(unquoted).collect())
        .unwrap_or_default()
}

fn unquoted(name: &str) -> String {
    match name
        .strip_prefix('"')
        .and_then(|name| name.strip_suffix('"'))
    {
        Some(name) => name.replace("\"\"", "\""),
        None => name.to_owned(),
    }
}

/// An error that says what it is itself.
pub(super) type Reason = Box<dyn StdError + Send + Sync>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_that_is_gone_is_unavailable() {
        for error in [
            Error::Protocol("it speaks otherwise".into()),
            Error::WorkerCrashed,
        ] {
            assert!(is_lost(&error));
            let described = described(error);
            assert!(matches!(described, DatabaseError::Unavailable(_)));
        }
        // What nobody knows whether it was done is not done again.
        assert!(!is_lost(&no_answer()));
        let described = described(no_answer());
        assert!(matches!(described, DatabaseError::Unavailable(_)));
    }

    #[test]
    fn columns_are_found_in_every_language_and_no_value_is_taken_for_one() {
        for (detail, columns) in [
            ("Key (title)=(Dune) already exists.", vec!["title"]),
            (
                "Schlüssel »(a, b)=(1, 2)« existiert bereits.",
                vec!["a", "b"],
            ),
            (
                "Key (\"odd \"\"name\")=(x)=(y) already exists.",
                vec!["odd \"name"],
            ),
            ("nothing", vec![]),
        ] {
            assert_eq!(named_columns(detail), columns, "{detail}");
        }
    }
}
