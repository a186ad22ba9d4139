//! What a database address may be: the path of a SQLite file, an address that stands for one, or one of PostgreSQL.
//! It does not know how the address is looked up, nor whether the database is there.

use std::fmt;
use std::path::{self, PathBuf};
use std::str::FromStr;

use super::{error::ConfigError, origin::Origin, postgres::PostgresAddress, source::Given};

/// Where everything is kept; shown without passwords.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseAddress {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A database of a PostgreSQL server.
    Postgres(PostgresAddress),
}

impl fmt::Display for DatabaseAddress {
    /// For people: a path is absolute where that can be said.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => {
                let absolute = path::absolute(path);
                let path = absolute.as_deref().unwrap_or(path);
                write!(formatter, "{}", path.display())
            }
            Self::Postgres(address) => write!(formatter, "{address}"),
        }
    }
}

impl FromStr for DatabaseAddress {
    type Err = ConfigError;

    /// What `--database` takes: the path of a file, or an address.
    fn from_str(address: &str) -> Result<Self, ConfigError> {
        database(&Given {
            value: address.to_owned(),
            origin: Origin::Program,
        })
    }
}

/// The database behind a path or an address in the form of SQLAlchemy, whose `sqlite:///` precedes a relative path.
pub(super) fn database(given: &Given) -> Result<DatabaseAddress, ConfigError> {
    let (name, value) = (&given.origin, given.value.trim());
    match value.split_once(':') {
        Some((scheme, rest)) if is_postgres(scheme) => {
            let address = PostgresAddress::read(rest);
            let address =
                address.ok_or_else(|| ConfigError::PostgresForm { name: name.clone() })?;
            Ok(DatabaseAddress::Postgres(address))
        }
        Some((scheme, rest)) if is_sqlite(scheme) => file(name, sqlite_path(name, rest)?),
        Some((scheme, rest)) if is_foreign(scheme, rest) => Err(ConfigError::UnsupportedDatabase {
            name: name.clone(),
            engine: engine(scheme),
        }),
        // The form of libpq, with a password in the middle: it is no path, and is not repeated.
        _ if value.contains("password=") => Err(ConfigError::PostgresForm { name: name.clone() }),
        _ => file(name, value),
    }
}

fn file(name: &Origin, path: &str) -> Result<DatabaseAddress, ConfigError> {
    if path == ":memory:" {
        return Err(ConfigError::InMemoryDatabase { name: name.clone() });
    }
    // SQLite takes `file:` for an address of its own, with parameters that change what the file is.
    if path.is_empty() || path.ends_with('/') || path.starts_with("file:") {
        return Err(ConfigError::DatabaseForm { name: name.clone() });
    }
    Ok(DatabaseAddress::Sqlite(path.into()))
}

/// What follows `sqlite:`, without the slashes that are not part of the path.
fn sqlite_path<'a>(name: &Origin, rest: &'a str) -> Result<&'a str, ConfigError> {
    if rest.contains('?') {
        return Err(ConfigError::DatabaseForm { name: name.clone() });
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

fn is_postgres(scheme: &str) -> bool {
    matches!(dialect(scheme).as_str(), "postgres" | "postgresql")
}

fn is_foreign(scheme: &str, rest: &str) -> bool {
    let is_known = matches!(dialect(scheme).as_str(), "mysql" | "mariadb");
    let is_scheme = scheme
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    is_known || (is_scheme && rest.starts_with("//"))
}

fn engine(scheme: &str) -> String {
    let dialect = dialect(scheme);
    match dialect.as_str() {
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
    use crate::config::source::tests::{given, origin};

    #[test]
    fn a_program_names_a_database_as_the_flag_does() {
        let path = DatabaseAddress::Sqlite("lab.db".into());
        assert_eq!("lab.db".parse(), Ok(path));
        let address: DatabaseAddress = "postgres://ada:secret@db/lab".parse().unwrap();
        assert!(matches!(address, DatabaseAddress::Postgres(_)));
        let refused = "mysql://ada:secret@db/lab".parse::<DatabaseAddress>();
        let message = refused.unwrap_err().to_string();
        assert!(message.starts_with("the address"), "{message}");
        assert!(!message.contains("secret"), "{message}");
    }

    fn database_of(value: &str) -> Result<DatabaseAddress, ConfigError> {
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
            let file = DatabaseAddress::Sqlite(PathBuf::from(path));
            assert_eq!(database_of(value), Ok(file), "{value}");
        }
    }

    #[test]
    fn a_database_in_memory_is_refused() {
        let memory = Err(ConfigError::InMemoryDatabase {
            name: origin("DATABASE_URI"),
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
    fn a_database_is_an_address_of_postgresql_in_any_spelling() {
        for scheme in [
            "postgres",
            "postgresql",
            "PostgreSQL",
            "postgresql+psycopg2",
        ] {
            let address = database_of(&format!("{scheme}://ada:secret@db/lab")).unwrap();
            assert_eq!(address.to_string(), "postgresql://ada@db:5432/lab");
            assert!(!format!("{address:?}").contains("secret"), "{address:?}");
            let DatabaseAddress::Postgres(address) = address else {
                panic!("{address:?} is a file");
            };
            assert_eq!(address.url(), "postgresql://ada:secret@db/lab");
        }
        let message = refusal("postgres://ada:secret@db:many/lab");
        assert!(
            message.starts_with("--database must be postgresql://"),
            "{message}"
        );
        assert!(!message.contains("secret@"), "{message}");
    }

    #[test]
    fn an_address_that_is_mistyped_keeps_its_password() {
        let spaced = database_of(" postgresql://ada:secret@db/lab ").unwrap();
        assert_eq!(spaced.to_string(), "postgresql://ada@db:5432/lab");
        let message = refusal("host=db password=secret dbname=lab");
        assert!(!message.contains("secret"), "{message}");
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
                    name: origin("DATABASE_URI")
                }),
                "{value}"
            );
        }
        assert!(refusal("").starts_with("--database must be the path"));
    }
}
