//! What the commands share that look at services and jobs: the queue over the database of the settings, and what is fit to
//! be printed of strangers' texts.
//!
//! It does not know which commands.

use std::fmt::Write as _;
use std::io::{self, Write};

use chrono::{DateTime, Utc};
use http::StatusCode;
use topchef_runtime::Report;
use topchef_runtime::database::DatabaseError;

use crate::app;
use crate::config::{DatabaseAddress, StorageConfig};
use crate::contract::Limits;
use crate::migrations::{self, MigrationError};
use crate::queue::{Queue, Removal};

/// How many records are read at once.
pub(super) const BATCH: u64 = 500;

/// Why services and jobs could not be looked at or changed.
#[derive(Debug, thiserror::Error)]
pub enum StoredError {
    /// There is no such file; one is not made for a look.
    #[error("there is no database {0}")]
    Missing(String),
    /// The tables are not those of this program.
    #[error("cannot use the database {database}")]
    Tables {
        /// Where the database is.
        database: String,
        /// What is wrong with it.
        source: MigrationError,
    },
    /// The database cannot be opened.
    #[error("cannot open the database {database}")]
    Open {
        /// Where the database is.
        database: String,
        /// What went wrong.
        source: DatabaseError,
    },
    /// Jobs are being worked on, and nobody has said that they are to go all the same.
    #[error("{0} being worked on; wait for the workers, or remove it all the same with --force")]
    InWork(&'static str),
    /// There is no such record, or this cannot be done with it; or the database fails, and the log says why.
    #[error(transparent)]
    Refused(#[from] Report),
    /// What was found cannot be printed.
    #[error("cannot write to stdout")]
    Print(#[from] io::Error),
}

/// The queue over the database of the settings, which must be one of this program's.
pub(super) async fn queue(config: &StorageConfig) -> Result<Queue, StoredError> {
    let database = config.database.to_string();
    if let DatabaseAddress::Sqlite(path) = &config.database
        && !path.exists()
    {
        return Err(StoredError::Missing(database));
    }
    if let Err(source) = migrations::look(&config.database).await {
        return Err(StoredError::Tables { database, source });
    }
    match app::open(&config.database, None).await {
        Ok(opened) => Ok(Queue::new(opened, Limits::default())),
        Err(source) => Err(StoredError::Open { database, source }),
    }
}

/// What became of a removal, in the words of the command line.
pub(super) fn removed(
    removed: Result<(), Report>,
    removal: Removal,
    what: &'static str,
) -> Result<(), StoredError> {
    removed.map_err(|report| {
        if removal == Removal::Careful && report.status() == StatusCode::CONFLICT {
            StoredError::InWork(what)
        } else {
            report.into()
        }
    })
}

/// How a record is removed, as `--force` says.
pub(super) const fn removal(force: bool) -> Removal {
    if force {
        Removal::Forced
    } else {
        Removal::Careful
    }
}

/// Prints lines, all of them before more is looked for.
pub(super) fn print(lines: &[String]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    for line in lines {
        writeln!(stdout, "{line}")?;
    }
    stdout.flush()
}

/// A time for people.
pub(super) fn time(time: DateTime<Utc>) -> String {
    time.format("%F %TZ").to_string()
}

/// JSON on one line, which says the same and does nothing to a terminal: what is no token but a space becomes one, and
/// characters that control something are written as escapes, which JSON allows wherever such a character may stand.
pub(super) fn on_one_line(json: &str) -> String {
    let mut line = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            // Within a string JSON has none of them as they are.
            '\n' | '\r' | '\t' => line.push(' '),
            _ if character.is_control() || turns_text(character) => {
                // Into a string, which cannot fail; all of them are in the first plane.
                let _ = write!(line, "\\u{:04x}", u32::from(character));
            }
            _ => line.push(character),
        }
    }
    line
}

/// Whether a character makes what follows it be shown in another order, or on another line.
const fn turns_text(character: char) -> bool {
    matches!(
        character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_on_one_line_is_the_same_json() {
        let json = "{\n\t\"a\": \"\\u001b \u{9b}31m \u{7f} \u{202e} \u{1f600} ü\"\r\n}";
        let line = on_one_line(json);
        assert!(
            !line.chars().any(|it| it.is_control() || turns_text(it)),
            "{line}"
        );
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(read(&line), read(json));
        assert!(line.contains("ü"));
    }
}
