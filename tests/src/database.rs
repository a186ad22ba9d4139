//! The database of a test: which kind this run is on, and a new, empty one of that kind for whoever asks.
//!
//! It knows how both kinds are made, opened and removed, and no table.

use crate::launch::LIMIT;
use crate::skip;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Row as _};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use tempfile::TempDir;
use topchef_runtime::Database;
use uuid::Uuid;

/// A kind of database that the product runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    Sqlite,
    /// A database of the server that `TOPCHEF_TEST_POSTGRES` names; `tests/postgres` starts one.
    Postgres,
}

impl Kind {
    /// What `TOPCHEF_TEST_DATABASE` says: `sqlite`, which is also meant when nothing is said, or `postgres`.
    pub fn of_this_run() -> Self {
        match variable("TOPCHEF_TEST_DATABASE").as_str() {
            "" | "sqlite" => Self::Sqlite,
            "postgres" => Self::Postgres,
            other => panic!("TOPCHEF_TEST_DATABASE is {other:?}, and not `sqlite` or `postgres`"),
        }
    }

    /// Whether this run is on that kind of database; says that the test is skipped, and why, where it is not.
    pub fn is_of_this_run(self, why: &str) -> bool {
        let is_it = self == Self::of_this_run();
        if !is_it {
            skip(why);
        }
        is_it
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

/// A database of the test's own, without a table, which goes when this value does.
#[derive(Debug)]
pub struct Scratch(Place);

#[derive(Debug)]
enum Place {
    File { folder: TempDir },
    Postgres { name: String, address: String },
}

impl Scratch {
    /// A new one of the kind that this run is on.
    pub fn new() -> Self {
        Self::of(Kind::of_this_run())
    }

    /// A new one of that kind.
    pub fn of(kind: Kind) -> Self {
        match kind {
            Kind::Sqlite => Self(Place::File {
                folder: TempDir::new().unwrap(),
            }),
            Kind::Postgres => {
                let name = format!("test_{}", Uuid::now_v7().simple());
                let create =
                    format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'");
                run_on_postgres(maintenance(), create);
                let address = address_of(&maintenance(), &name);
                Self(Place::Postgres { name, address })
            }
        }
    }

    /// What `--database` is given: the path of the file, or the address.
    pub fn address(&self) -> String {
        match &self.0 {
            Place::File { folder } => file(folder).display().to_string(),
            Place::Postgres { address, .. } => address.clone(),
        }
    }

    /// The file; fails the test on another kind of database.
    pub fn file(&self) -> PathBuf {
        match &self.0 {
            Place::File { folder } => file(folder),
            Place::Postgres { .. } => panic!("{self:?} is no file"),
        }
    }

    /// Opens it as the runtime does when it is told nothing more.
    pub async fn open(&self) -> Database {
        match &self.0 {
            Place::File { folder } => Database::sqlite(file(folder)).open().await.unwrap(),
            Place::Postgres { address, .. } => Database::postgres(address).open().await.unwrap(),
        }
    }

    /// Opens it, and a transaction may take that long.
    pub async fn open_with_timeout(&self, timeout: Duration) -> Database {
        match &self.0 {
            Place::File { folder } => {
                let options = Database::sqlite(file(folder)).transaction_timeout(timeout);
                options.open().await.unwrap()
            }
            Place::Postgres { address, .. } => {
                let options = Database::postgres(address).transaction_timeout(timeout);
                options.open().await.unwrap()
            }
        }
    }

    /// Runs statements as another program would, over a connection of its own.
    pub fn execute(&self, sql: &str) {
        match &self.0 {
            Place::File { folder } => connect(&file(folder)).execute_batch(sql).unwrap(),
            Place::Postgres { address, .. } => run_on_postgres(address.clone(), sql.to_owned()),
        }
    }

    /// The first column of what another program would read, which must be of text.
    pub fn texts(&self, sql: &str) -> Vec<String> {
        match &self.0 {
            Place::File { folder } => {
                let connection = connect(&file(folder));
                let mut statement = connection.prepare(sql).unwrap();
                let rows = statement.query_map([], |row| row.get(0)).unwrap();
                rows.map(Result::unwrap).collect()
            }
            Place::Postgres { address, .. } => {
                let (address, sql) = (address.clone(), sql.to_owned());
                did(&apart(async move {
                    let mut connection = connect_to_postgres(&address).await;
                    let statements = sqlx::raw_sql(AssertSqlSafe(sql));
                    let rows = statements.fetch_all(&mut connection).await.unwrap();
                    rows.iter().map(|row| row.get(0)).collect()
                }))
            }
        }
    }

    /// How the database carries out a statement as the runtime logs it, whatever values are bound to it.
    pub fn plan(&self, statement: &str) -> String {
        match &self.0 {
            Place::File { folder } => {
                let connection = connect(&file(folder));
                let explain = format!("EXPLAIN QUERY PLAN {statement}");
                let mut explain = connection.prepare(&explain).unwrap();
                // What is not bound is null, which its plan does not look at.
                let steps = explain.raw_query().mapped(|row| row.get("detail"));
                let steps: Vec<String> = steps.map(Result::unwrap).collect();
                steps.join("\n")
            }
            Place::Postgres { .. } => {
                let bound = (1..).take_while(|n| statement.contains(&format!("${n}")));
                let nulls: Vec<_> = bound.map(|_| "NULL").collect();
                let nulls = nulls.join(", ");
                let explain = format!(
                    "SET plan_cache_mode = force_generic_plan; PREPARE asked AS {statement}; \
                     EXPLAIN EXECUTE asked ({nulls})"
                );
                self.texts(&explain).join("\n")
            }
        }
    }
}

impl Default for Scratch {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Scratch {
    /// What cannot be dropped in time goes with the server.
    fn drop(&mut self) {
        if let Place::Postgres { name, .. } = &self.0 {
            let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            let dropped = apart(async move {
                let options: PgConnectOptions = maintenance().parse()?;
                let mut connection = options.connect().await?;
                sqlx::raw_sql(AssertSqlSafe(drop))
                    .execute(&mut connection)
                    .await?;
                connection.close().await
            });
            let _ = dropped.recv_timeout(LIMIT);
        }
    }
}

fn file(folder: &TempDir) -> PathBuf {
    folder.path().join("topchef.db")
}

fn connect(file: &Path) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(file).unwrap();
    connection.busy_timeout(LIMIT).unwrap();
    connection
}

/// What the environment of the tests says; empty when it says nothing.
pub(crate) fn variable(name: &str) -> String {
    let value = std::env::var_os(name).unwrap_or_default();
    value.into_string().unwrap()
}

/// The address of the maintenance database, whose user may make others.
fn maintenance() -> String {
    let address = variable("TOPCHEF_TEST_POSTGRES");
    assert!(
        !address.is_empty(),
        "no PostgreSQL: start this with `tests/postgres cargo test …`, or name a server in TOPCHEF_TEST_POSTGRES"
    );
    address
}

/// The address of another database of the same server.
fn address_of(maintenance: &str, name: &str) -> String {
    let (address, parameters) = match maintenance.split_once('?') {
        Some((address, parameters)) => (address, format!("?{parameters}")),
        None => (maintenance, String::new()),
    };
    let (server, _) = address
        .rsplit_once('/')
        .expect("an address that names a database");
    format!("{server}/{name}{parameters}")
}

async fn connect_to_postgres(address: &str) -> PgConnection {
    let options: PgConnectOptions = address.parse().unwrap();
    options.connect().await.unwrap()
}

fn run_on_postgres(address: String, sql: String) {
    did(&apart(async move {
        let mut connection = connect_to_postgres(&address).await;
        let statements = sqlx::raw_sql(AssertSqlSafe(sql));
        statements.execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }));
}

/// Does it on a thread of its own: who asks may be a destructor, or stand in the middle of another runtime.
fn apart<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Receiver<T> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        // Nobody may be waiting any more.
        let _ = sender.send(runtime.block_on(work));
    });
    receiver
}

fn did<T>(work: &Receiver<T>) -> T {
    let done = work.recv_timeout(LIMIT);
    done.unwrap_or_else(|error| panic!("PostgreSQL did not do it: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_named_on_the_same_server() {
        for (maintenance, address) in [
            (
                "postgres://ada@lab:5433/postgres",
                "postgres://ada@lab:5433/new",
            ),
            (
                "postgres://ada:secret@lab/postgres?sslmode=require&application_name=a/b",
                "postgres://ada:secret@lab/new?sslmode=require&application_name=a/b",
            ),
        ] {
            assert_eq!(address_of(maintenance, "new"), address);
        }
    }

    #[test]
    fn another_program_writes_and_reads() {
        let scratch = Scratch::new();
        scratch.execute("CREATE TABLE notes (text text); INSERT INTO notes VALUES ('a'), ('b')");
        assert_eq!(
            scratch.texts("SELECT text FROM notes ORDER BY text"),
            ["a", "b"]
        );
        assert!(Scratch::new().address() != scratch.address());
    }
}
