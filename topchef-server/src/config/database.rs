//! What a database address may be: the path of a SQLite file, or an address that stands for one.
//! It does not know how the address is looked up, nor whether the file is there.

use std::path::PathBuf;

use super::{error::ConfigError, source::Given};

/// The file behind a path or an address in the form of SQLAlchemy, whose `sqlite:///` precedes a relative path.
pub(super) fn database(given: &Given) -> Result<PathBuf, ConfigError> {
    let (name, value) = (given.name, given.value.as_str());
    let path = match value.split_once(':') {
        Some((scheme, rest)) if is_sqlite(scheme) => sqlite_path(name, rest)?,
        Some((scheme, rest)) if is_foreign(scheme, rest) => {
            return Err(ConfigError::UnsupportedDatabase {
                name,
                engine: engine(scheme),
            });
        }
        _ => value,
    };
    if path == ":memory:" {
        return Err(ConfigError::InMemoryDatabase { name });
    }
    // SQLite takes `file:` for an address of its own, with parameters that change what the file is.
    if path.is_empty() || path.ends_with('/') || path.starts_with("file:") {
        return Err(ConfigError::DatabaseForm { name });
    }
    Ok(path.into())
}

/// What follows `sqlite:`, without the slashes that are not part of the path.
fn sqlite_path<'a>(name: &'static str, rest: &'a str) -> Result<&'a str, ConfigError> {
    if rest.contains('?') {
        return Err(ConfigError::DatabaseForm { name });
    }
    let path = match rest.strip_prefix("//") {
        Some(path) => path.strip_prefix('/').unwrap_or(path),
        None => return Ok(rest),
    };
    // SQLAlchemy's address without a path stands for a database in memory.
    Ok(if path.is_empty() { ":memory:" } else { path })
}

/// SQLAlchemy names a driver after a plus: `sqlite+pysqlite`.
fn is_sqlite(scheme: &str) -> bool {
    dialect(scheme) == "sqlite"
}

fn is_foreign(scheme: &str, rest: &str) -> bool {
    let is_known = matches!(
        dialect(scheme).as_str(),
        "postgres" | "postgresql" | "mysql" | "mariadb"
    );
    let is_scheme = scheme
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    is_known || (is_scheme && rest.starts_with("//"))
}

fn engine(scheme: &str) -> String {
    let dialect = dialect(scheme);
    match dialect.as_str() {
        "postgres" | "postgresql" => "PostgreSQL".to_owned(),
        "mysql" => "MySQL".to_owned(),
        "mariadb" => "MariaDB".to_owned(),
        _ => dialect,
    }
}

fn dialect(scheme: &str) -> String {
    let (dialect, _driver) = scheme.split_once('+').unwrap_or((scheme, ""));
    dialect.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::source::tests::given;

    fn database_of(value: &str) -> Result<PathBuf, ConfigError> {
        database(&given("DATABASE_URI", value))
    }

    fn refusal(value: &str) -> String {
        let refused = database(&given("--database", value));
        refused.unwrap_err().to_string()
    }

    #[test]
    fn a_database_is_a_path_or_an_address_of_sqlite() {
        for (value, path) in [
            ("topchef.db", "topchef.db"),
            ("/var/lib/topchef.db", "/var/lib/topchef.db"),
            ("C:\\data\\topchef.db", "C:\\data\\topchef.db"),
            ("what?.db", "what?.db"),
            ("sqlite:lab.db", "lab.db"),
            ("sqlite://lab.db", "lab.db"),
            ("sqlite:///lab.db", "lab.db"),
            ("sqlite:////var/lib/lab.db", "/var/lib/lab.db"),
            ("SQLite+pysqlite:///lab.db", "lab.db"),
        ] {
            assert_eq!(database_of(value), Ok(PathBuf::from(path)), "{value}");
        }
    }

    #[test]
    fn a_database_in_memory_is_refused() {
        let memory = Err(ConfigError::InMemoryDatabase {
            name: "DATABASE_URI",
        });
        for value in [
            ":memory:",
            "sqlite::memory:",
            "sqlite://:memory:",
            "sqlite:///:memory:",
            "sqlite://",
            "sqlite:///",
        ] {
            assert_eq!(database_of(value), memory, "{value}");
        }
    }

    #[test]
    fn other_databases_are_refused_by_name_and_their_passwords_kept() {
        for (value, engine) in [
            ("postgres://ada:secret@db/lab", "PostgreSQL"),
            ("postgresql+psycopg2://ada:secret@db/lab", "PostgreSQL"),
            ("mysql://ada:secret@db/lab", "MySQL"),
            ("mysql+pymysql://ada:secret@db/lab", "MySQL"),
            ("mariadb://ada:secret@db/lab", "MariaDB"),
            ("mssql+pyodbc://ada:secret@db/lab", "mssql"),
        ] {
            let message = refusal(value);
            let start = format!(
                "--database names a {engine} database, which is not supported by this build yet"
            );
            assert!(message.starts_with(&start), "{message}");
            assert!(!message.contains("secret"), "{message}");
        }
    }

    #[test]
    fn what_is_no_file_is_refused() {
        for value in [
            "data/",
            "/",
            "sqlite:lab.db?mode=ro",
            "file:lab.db?mode=memory",
            "sqlite:///file:lab.db",
        ] {
            assert_eq!(
                database_of(value),
                Err(ConfigError::DatabaseForm {
                    name: "DATABASE_URI"
                }),
                "{value}"
            );
        }
        assert!(refusal("").starts_with("--database must be the path"));
    }
}
