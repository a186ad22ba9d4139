//! The tables of the server, brought forward one step at a time and never back.
//!
//! It knows which steps a database has taken and which there are, and nothing of what they do; the files beside this one
//! hold what the databases do differently. The record of the steps is a table in the form of sqlx.

mod postgres;
mod sqlite;
mod standing;

use std::io;

use sqlx::migrate::Migration;

use crate::config::DatabaseAddress;

pub use standing::Standing;

/// The steps that were taken, the oldest first; the same text for all databases.
const TAKEN: &str = "SELECT version, checksum, success FROM _sqlx_migrations ORDER BY version";
/// A step that was taken, in the transaction that took it; how long it took is not told.
const TAKE: &str = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES ($1, $2, TRUE, $3, -1)";

/// Why the tables are not what this program needs.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MigrationError {
    /// The file cannot be opened, or is no database.
    #[error("the file cannot be opened as an SQLite database")]
    Open(#[source] sqlx::Error),
    /// Nobody answers there, or nobody lets us in.
    #[error("the PostgreSQL server cannot be reached, or refuses the connection")]
    Connect(#[source] sqlx::Error),
    /// The server does not say anything.
    #[error("the PostgreSQL server does not answer")]
    Silent(#[source] io::Error),
    /// The steps that were taken cannot be read, or a step cannot be recorded.
    #[error("the record of the steps that the tables have taken cannot be used")]
    Record(#[source] sqlx::Error),
    /// A step failed, and nothing of it stands.
    #[error("the step {step} cannot be taken")]
    Step {
        /// Its number and name.
        step: String,
        /// What the database says.
        source: sqlx::Error,
    },
    /// The database has not taken all steps, and nobody has asked for them.
    #[error(
        "it is older than this program and lacks {}; stop the servers that use it, back it up, and run `topchef-server migrate` with the same database",
        list(steps)
    )]
    Older {
        /// The numbers and names of the steps that are missing.
        steps: Vec<String>,
    },
    /// The database has taken steps that this program does not know.
    #[error(
        "it is newer than this program, which does not know {}; run the program that brought it forward, or a later one",
        list(steps)
    )]
    Newer {
        /// Their numbers.
        steps: Vec<String>,
    },
    /// The database has taken no step at all, and nobody has asked for them.
    #[error("it has no tables of this program; `topchef-server migrate` makes them")]
    NotMade,
    /// A step is not the one that the database has taken.
    #[error("the step {step} is another in this program than the one that the database has taken")]
    Changed {
        /// Its number and name.
        step: String,
    },
    /// A step was begun and not finished, by a program that does not take them whole.
    #[error(
        "the step {step} was begun and not finished; restore the database, or finish the step by hand and set its `success` in `_sqlx_migrations`"
    )]
    Unfinished {
        /// Its number, and its name where it is known.
        step: String,
    },
}

/// A step that a database has taken.
#[derive(Debug)]
struct Taken {
    version: i64,
    checksum: Vec<u8>,
    is_finished: bool,
}

impl From<(i64, Vec<u8>, bool)> for Taken {
    /// A row of the record.
    fn from((version, checksum, is_finished): (i64, Vec<u8>, bool)) -> Self {
        Self {
            version,
            checksum,
            is_finished,
        }
    }
}

/// What becomes of a database that lacks steps, and of a new one, without a record of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Older {
    /// It is refused; a new one takes all steps.
    Refused,
    /// It takes those that it lacks, as a new one takes all.
    BroughtForward,
    /// It is refused, and so is a new one.
    NeverTouched,
}

/// Makes the tables where there is no database yet, and otherwise only looks whether it has taken exactly the steps that
/// this program knows.
///
/// # Errors
/// [`MigrationError`] when it has not; nothing of it is changed then.
pub async fn prepare(database: &DatabaseAddress) -> Result<(), MigrationError> {
    bring(database, Older::Refused).await
}

/// Looks whether a database has taken exactly the steps that this program knows; nothing is ever made.
///
/// # Errors
/// [`MigrationError`] when it has not.
pub async fn look(database: &DatabaseAddress) -> Result<(), MigrationError> {
    bring(database, Older::NeverTouched).await
}

/// Makes the tables where there are none, and takes all steps that the database has not taken yet.
///
/// All are taken in one transaction, or none; whoever does the same at the same time waits, and finds nothing left to do.
///
/// # Errors
/// [`MigrationError`]; nothing of the database is changed then.
pub async fn run(database: &DatabaseAddress) -> Result<(), MigrationError> {
    bring(database, Older::BroughtForward).await
}

async fn bring(database: &DatabaseAddress, older: Older) -> Result<(), MigrationError> {
    match database {
        DatabaseAddress::Sqlite(path) => sqlite::bring(path, &sqlite::STEPS, older).await,
        DatabaseAddress::Postgres(address) => {
            postgres::bring(address, &postgres::STEPS, older).await
        }
    }
}

/// The steps that are to be taken now; `taken` is none for a new database.
fn due<'a>(
    steps: &[&'a Migration],
    taken: Option<&[Taken]>,
    older: Older,
) -> Result<Vec<&'a Migration>, MigrationError> {
    let Some(taken) = taken else {
        return match older {
            Older::Refused | Older::BroughtForward => Ok(steps.to_vec()),
            Older::NeverTouched => Err(MigrationError::NotMade),
        };
    };
    let known = |version| steps.iter().find(|step| step.version == version);
    let unknown = taken.iter().filter(|it| known(it.version).is_none());
    let unknown: Vec<_> = unknown.map(|it| number(it.version)).collect();
    if !unknown.is_empty() {
        return Err(MigrationError::Newer { steps: unknown });
    }
    for it in taken {
        let Some(step) = known(it.version) else {
            continue;
        };
        if !it.is_finished {
            return Err(MigrationError::Unfinished { step: name(step) });
        }
        if *step.checksum != it.checksum {
            return Err(MigrationError::Changed { step: name(step) });
        }
    }
    let is_missing = |step: &&&Migration| taken.iter().all(|it| it.version != step.version);
    let missing: Vec<_> = steps.iter().filter(is_missing).copied().collect();
    if older != Older::BroughtForward && !missing.is_empty() {
        let steps = missing.into_iter().map(name).collect();
        return Err(MigrationError::Older { steps });
    }
    Ok(missing)
}

fn number(version: i64) -> String {
    format!("{version:04}")
}

/// As the file is called, without its ending.
fn name(step: &Migration) -> String {
    let description = step.description.replace(' ', "_");
    format!("{:04}_{description}", step.version)
}

/// What a failed statement of a step is told as.
fn failed(step: &Migration) -> impl FnOnce(sqlx::Error) -> MigrationError {
    let step = name(step);
    move |source| MigrationError::Step { step, source }
}

fn list(steps: &[String]) -> String {
    let steps = steps.join(", ");
    format!("the step(s) {steps}")
}

#[cfg(test)]
mod tests {
    use sqlx::SqlStr;
    use sqlx::migrate::MigrationType;

    use super::*;

    /// Steps of these numbers, which do what their text says.
    pub(super) fn steps<const N: usize>(texts: [(i64, &'static str); N]) -> Vec<Migration> {
        let step = |(version, text)| {
            let text = SqlStr::from_static(text);
            Migration::new(version, "a step".into(), MigrationType::Simple, text, false)
        };
        texts.map(step).to_vec()
    }

    fn taken(step: &Migration) -> Taken {
        Taken {
            version: step.version,
            checksum: step.checksum.to_vec(),
            is_finished: true,
        }
    }

    /// The numbers of the steps that are due, or what is said instead.
    fn told(
        steps: &[Migration],
        taken: Option<&[Taken]>,
        older: Older,
    ) -> Result<Vec<i64>, String> {
        let steps: Vec<_> = steps.iter().collect();
        let due = due(&steps, taken, older).map_err(|error| error.to_string())?;
        Ok(due.into_iter().map(|step| step.version).collect())
    }

    #[test]
    fn a_new_database_takes_all_steps_and_a_current_one_none() {
        let steps = steps([(1, "one"), (2, "two")]);
        let all: Vec<_> = steps.iter().map(taken).collect();
        for older in [Older::Refused, Older::BroughtForward] {
            assert_eq!(told(&steps, None, older), Ok(vec![1, 2]));
            assert_eq!(told(&steps, Some(&all), older), Ok(vec![]));
        }
    }

    #[test]
    fn an_older_database_is_brought_forward_only_when_that_is_asked_for() {
        let steps = steps([(1, "one"), (2, "two"), (3, "three")]);
        let first = [taken(&steps[0])];
        assert_eq!(
            told(&steps, Some(&first), Older::BroughtForward),
            Ok(vec![2, 3])
        );
        let refusal = told(&steps, Some(&first), Older::Refused).unwrap_err();
        assert!(
            refusal.contains("lacks the step(s) 0002_a_step, 0003_a_step;"),
            "{refusal}"
        );
        assert!(refusal.contains("`topchef-server migrate`"), "{refusal}");
    }

    #[test]
    fn a_newer_a_changed_and_a_half_done_database_are_refused_in_any_case() {
        let known = steps([(1, "one"), (2, "two")]);
        let one = || taken(&known[0]);
        let newer = [one(), taken(&steps([(7, "seven")])[0])];
        let changed = [taken(&steps([(1, "another")])[0])];
        let half = Taken {
            is_finished: false,
            ..taken(&known[1])
        };
        for (taken, words) in [
            (
                &newer[..],
                "newer than this program, which does not know the step(s) 0007;",
            ),
            (&changed, "the step 0001_a_step is another"),
            (
                &[one(), half],
                "the step 0002_a_step was begun and not finished",
            ),
        ] {
            for older in [Older::Refused, Older::BroughtForward] {
                let refusal = told(&known, Some(taken), older).unwrap_err();
                assert!(refusal.contains(words), "{refusal}");
            }
        }
    }
}
