//! How a `PostgreSQL` database is opened.
//!
//! It does not know what is done with it.

use std::fmt;
use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;

use super::failure::Reason;
use super::{Postgres, Preparation};
use crate::database::{Database, DatabaseError, Driver};

/// How many prepared statements each connection keeps.
const STATEMENTS: usize = 256;

/// How many statements a batch has at most, without other words.
const BATCH: usize = 8;

/// The largest `max_connections` of a server.
const CONNECTIONS: u32 = 262_143;

/// What may stand behind the `?` of an address, besides `options[…]`.
const PARAMETERS: [&str; 18] = [
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "ssl-mode",
    "ssl-root-cert",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    CACHE,
    "user",
];

/// How a setting of the server's begins, `options[search_path]`, in either spelling.
const SETTINGS: [&str; 2] = ["options[", "options%5B"];

/// The parameter that says how many prepared statements a connection keeps.
const CACHE: &str = "statement-cache-capacity";

/// How a `PostgreSQL` database is opened.
#[derive(Clone)]
pub struct PostgresOptions {
    url: String,
    pub(super) connections: u32,
    pub(super) acquire_timeout: Duration,
    pub(super) transaction_timeout: Duration,
    statement_cache: Option<usize>,
    pub(super) batch: usize,
}

/// Without the address: a password may stand in it.
impl fmt::Debug for PostgresOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PostgresOptions")
            .field("connections", &self.connections)
            .field("acquire_timeout", &self.acquire_timeout)
            .field("transaction_timeout", &self.transaction_timeout)
            .field("statement_cache", &self.statement_cache)
            .field("batch", &self.batch)
            .finish_non_exhaustive()
    }
}

impl PostgresOptions {
    /// Ten connections, for each of which a request waits five seconds; a transaction may take ten.
    pub(in crate::database) fn new(url: String) -> Self {
        Self {
            url,
            connections: 10,
            acquire_timeout: Duration::from_secs(5),
            transaction_timeout: Duration::from_secs(10),
            statement_cache: None,
            batch: BATCH,
        }
    }

    /// With another number of connections at most, ten by default; at least one, and no more than any server takes.
    ///
    /// Beside these there may be one that ends statements which nobody waits for any more.
    /// All programs together must have fewer than the server's `max_connections`. One that was not needed for ten minutes
    /// is closed, and one that is older than half an hour is not used again.
    #[must_use]
    pub fn connections(mut self, connections: u32) -> Self {
        self.connections = connections.clamp(1, CONNECTIONS);
        self
    }

    /// With another time for which a request waits for a free connection, five seconds by default; then it is answered
    /// with 503.
    #[must_use]
    pub fn acquire_timeout(mut self, timeout: Duration) -> Self {
        self.acquire_timeout = timeout.min(super::super::LONGEST);
        self
    }

    /// With another limit for transactions with hooks, ten seconds by default, at most a day: one that is open for
    /// longer is rolled back.
    #[must_use]
    pub fn transaction_timeout(mut self, timeout: Duration) -> Self {
        self.transaction_timeout = timeout.min(super::super::LONGEST);
        self
    }

    /// With another number of prepared statements that each connection keeps, 256 by default.
    ///
    /// With none every unit of work is a transaction: so it works behind a pooler that hands connections out for a
    /// transaction each, such as `PgBouncer` in its mode `transaction`. The same is said by
    /// `?statement-cache-capacity=0` in the address.
    #[must_use]
    pub fn statement_cache(mut self, statements: usize) -> Self {
        self.statement_cache = Some(statements);
        self
    }

    /// With another number of statements at most that are run as a batch, eight by default; at least one.
    ///
    /// Requests of one form (the same resource, method and columns) that read, change or remove a record by its key, or
    /// create one, are run as one statement where more of them are on their way than this program has processors: one
    /// round trip and one commit for all who wait by then. Where that fails, as for a value that is not unique, each is
    /// run by itself, and answered for itself.
    ///
    /// Those of a batch see the same snapshot and the same `now()`, and a trigger of the table `FOR EACH STATEMENT` runs
    /// once for all of them. A lock that a statement without a transaction needs is waited for 20 milliseconds, while others
    /// may wait with it, and then by that request alone: the server's log has a line for each.
    ///
    /// The server keeps a plan for each form and each power of two up to this number, on each connection that had such a
    /// batch: one of eight inserts takes about a third of a megabyte there.
    /// With one there are no batches; nor are there behind a pooler (see [`statement_cache`](Self::statement_cache)).
    #[must_use]
    pub fn batch(mut self, statements: usize) -> Self {
        self.batch = statements.max(1);
        self
    }

    /// Whether a parameter of this name may stand behind the `?` of an address.
    ///
    /// For who reads addresses before they are opened: all others are refused, because the driver would log their values.
    pub fn takes(parameter: &str) -> bool {
        PARAMETERS.contains(&parameter)
            || SETTINGS
                .iter()
                .any(|setting| parameter.starts_with(setting))
    }

    /// Makes a connection, and a pool for more.
    ///
    /// # Errors
    /// [`DatabaseError::Address`] when the address is none; [`DatabaseError::Unavailable`] when there is no server, or it
    /// refuses.
    pub async fn open(self) -> Result<Database, DatabaseError> {
        let postgres = Postgres::open(self).await?;
        Ok(Database::over(Driver::Postgres(postgres)))
    }

    /// Reads the address.
    pub(super) fn address(&self) -> Result<Address, DatabaseError> {
        let parameters = parameters(&self.url)?;
        let connection: PgConnectOptions = self.url.parse().map_err(wrong)?;
        let database = connection.get_database().unwrap_or_default();
        if self.url.contains('#') || database.contains(['/', '@']) {
            // A part of the password would be taken for something that is no secret.
            let reason = "a `/`, `?`, `#` or `@` of its user or password must be written as `%2F`, `%3F`, `%23` or `%40`";
            let reason = reason.to_owned();
            return Err(DatabaseError::Address { reason });
        }
        let cache = self.statement_cache.or(parameters).unwrap_or(STATEMENTS);
        let preparation = match cache {
            0 => Preparation::Anew,
            _ => Preparation::Kept,
        };
        let connection = connection
            .statement_cache_capacity(cache)
            // Floats come in binary form, and poolers refuse a setting that they do not know.
            .extra_float_digits(None)
            .disable_statement_logging();
        Ok(Address {
            connection,
            preparation,
        })
    }
}

/// An address that was understood.
pub(super) struct Address {
    pub(super) connection: PgConnectOptions,
    pub(super) preparation: Preparation,
}

impl Address {
    /// That nobody answers there, and why.
    pub(super) fn unreachable(&self, reason: impl fmt::Display) -> DatabaseError {
        let connection = &self.connection;
        let place = match connection.get_socket() {
            Some(socket) => socket.display().to_string(),
            None => format!("{}:{}", connection.get_host(), connection.get_port()),
        };
        let reason: Reason = format!("{place}: {reason}").into();
        DatabaseError::Unavailable(reason)
    }
}

fn wrong(error: sqlx::Error) -> DatabaseError {
    let reason = match error {
        sqlx::Error::Configuration(reason) => reason.to_string(),
        other => other.to_string(),
    };
    DatabaseError::Address { reason }
}

/// Refuses what sqlx would pass over, and log; gives how many prepared statements the address asks for.
fn parameters(url: &str) -> Result<Option<usize>, DatabaseError> {
    let wrong = |reason: String| DatabaseError::Address { reason };
    let known = ["postgres://", "postgresql://"];
    if !known.iter().any(|scheme| url.starts_with(scheme)) {
        return Err(wrong("it must begin with `postgres://`".to_owned()));
    }
    let (_, query) = url.split_once('?').unwrap_or_default();
    let mut cache = None;
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        if !PostgresOptions::takes(name) {
            let known = PARAMETERS.join("`, `");
            let reason = format!("what stands behind its `?` must be one of `{known}`");
            return Err(wrong(reason));
        }
        if name == CACHE {
            let reason = |_| wrong(format!("`{CACHE}` must be a number"));
            cache = Some(value.parse().map_err(reason)?);
        }
    }
    Ok(cache)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "correct-horse";

    fn refused(url: &str) -> String {
        let error = PostgresOptions::new(url.to_owned()).address().err();
        let error = error.unwrap_or_else(|| panic!("{url} is an address"));
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(SECRET), "{shown}");
        error.to_string()
    }

    #[test]
    fn an_address_that_is_none_is_refused_without_its_password() {
        for rest in [
            "@host:port/books",
            "@host/books?sslmod=require",
            "@host/books?sslmode=perhaps",
            "@host/books?statement-cache-capacity=many",
            "?x=y@host/books",
            "@[host/books",
        ] {
            refused(&format!("postgres://user:{SECRET}{rest}"));
        }
        // What is not escaped ends the host: what follows is no name of a database.
        for before in ["5/", "5#", "5?", "5/more/"] {
            refused(&format!("postgres://user:{before}{SECRET}@host/books"));
        }
        refused(&format!("mysql://user:{SECRET}@host/books"));
        refused(SECRET);
        let reason = refused(&format!("postgres://user@host/books?{SECRET}=x"));
        assert!(reason.contains("`sslmode`"), "{reason}");
    }

    #[test]
    fn options_are_shown_without_their_address() {
        let options = PostgresOptions::new(format!("postgres://user:{SECRET}@host/books"));
        assert!(!format!("{options:?}").contains(SECRET));
    }

    #[test]
    fn without_prepared_statements_each_unit_is_a_transaction() {
        let preparation = |url: &str| {
            let options = PostgresOptions::new(url.to_owned());
            options.address().ok().unwrap().preparation
        };
        let url = "postgres://user@host/books";
        assert_eq!(preparation(url), Preparation::Kept);
        let url = "postgres://user@host/books?statement-cache-capacity=0&sslmode=require";
        assert_eq!(preparation(url), Preparation::Anew);
        let options = PostgresOptions::new(url.to_owned()).statement_cache(7);
        let kept = options.address().ok().unwrap().preparation;
        assert_eq!(kept, Preparation::Kept);
    }
}
