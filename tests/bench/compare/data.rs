//! The database of one server: made for it, filled up for a measurement, and removed.
//!
//! It knows the table that all servers have, and no server.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::AssertSqlSafe;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Row as _};
use topchef_tests::Kind;

use crate::Failure;
use crate::operation::{COPIES, ROWS};

/// How long a statement of ours waits for a server's.
const PATIENCE: Duration = Duration::from_mins(1);

const COLUMNS: &str = "title, subtitle, pub_year, pages, price, available, created_at";

pub(crate) enum Data {
    File(PathBuf),
    Postgres {
        /// Of the database that others are made from.
        maintenance: String,
        name: String,
    },
}

impl Data {
    /// A new one for a server of that name; on `PostgreSQL` made beside the database of that address.
    pub(crate) fn new(
        kind: Kind,
        folder: &Path,
        maintenance: &str,
        name: &str,
    ) -> Result<Self, Failure> {
        if kind == Kind::Sqlite {
            return Ok(Self::File(folder.join(format!("{name}.db"))));
        }
        let name = format!("compare_{}_{}", std::process::id(), name.replace('-', "_"));
        ask(maintenance, &format!("CREATE DATABASE {name}"))?;
        let maintenance = maintenance.to_owned();
        Ok(Self::Postgres { maintenance, name })
    }

    /// What the server is given.
    pub(crate) fn address(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Postgres { maintenance, name } => {
                let (address, parameters) = match maintenance.split_once('?') {
                    Some((address, parameters)) => (address, format!("?{parameters}")),
                    None => (maintenance.as_str(), String::new()),
                };
                let server = address
                    .rsplit_once('/')
                    .map_or(address, |(server, _)| server);
                format!("{server}/{name}{parameters}")
            }
        }
    }

    /// Takes away what was made by a server, or for it, and adds so many rows that may go.
    pub(crate) fn reset(&self, copies: u32) -> Result<(), Failure> {
        let last = COPIES + copies - 1;
        let away = format!("DELETE FROM books WHERE id > {ROWS}");
        let copy = |numbers: &str| {
            format!(
                "INSERT INTO books (id, {COLUMNS}) SELECT n, {COLUMNS} FROM {numbers} JOIN books ON books.id = 1 + n % {ROWS}"
            )
        };
        match self {
            Self::File(path) => {
                let connection = rusqlite::Connection::open(path)?;
                connection.busy_timeout(PATIENCE)?;
                connection.execute_batch(&away)?;
                if copies > 0 {
                    connection.execute_batch(&copy(&format!(
                        "(WITH RECURSIVE numbers(n) AS (SELECT {COPIES} UNION ALL SELECT n + 1 FROM numbers WHERE n < {last}) SELECT n FROM numbers)"
                    )))?;
                }
                // The log is not to be what the server begins with.
                connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
            }
            Self::Postgres { .. } => {
                let address = self.address();
                ask(&address, &away)?;
                if copies > 0 {
                    ask(
                        &address,
                        &copy(&format!("generate_series({COPIES}, {last}) AS numbers(n)")),
                    )?;
                }
                ask(&address, "VACUUM ANALYZE books")?;
            }
        }
        Ok(())
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        // What cannot be removed goes with the folder, or the server.
        match self {
            Self::File(path) => {
                let _ = std::fs::remove_file(path);
            }
            Self::Postgres { maintenance, name } => {
                let _ = ask(maintenance, &format!("DROP DATABASE {name} WITH (FORCE)"));
            }
        }
    }
}

/// The texts of the first column of what a `PostgreSQL` server answers.
pub(crate) fn ask(address: &str, statement: &str) -> Result<Vec<String>, Failure> {
    let options: PgConnectOptions = address.parse()?;
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build()?;
    runtime.block_on(async {
        let mut connection: PgConnection = options.disable_statement_logging().connect().await?;
        let statement = sqlx::raw_sql(AssertSqlSafe(statement.to_owned()));
        let rows = statement.fetch_all(&mut connection).await?;
        let texts = rows.iter().map(|row| row.try_get(0));
        Ok(texts.collect::<Result<_, _>>()?)
    })
}
