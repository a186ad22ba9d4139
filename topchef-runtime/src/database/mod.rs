//! The database: a value, not a type parameter.
//!
//! The files beside this one are the drivers; nothing outside this folder knows one.
//! It runs statements and hands rows over; it does not know what they mean.

mod error;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;
mod statistics;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::Extensions;
use tokio::sync::OnceCell;

use crate::column::{Cell, Row};
use crate::descriptor::Descriptor;
use crate::query::Filter;
use crate::resource::ModelResource;
use crate::schema::{self, Drift, Introspection, Resources, StoredTable};
use crate::sql::{Dialect, Statement};

pub use error::DatabaseError;
#[cfg(feature = "postgres")]
pub use postgres::PostgresOptions;
#[cfg(feature = "sqlite")]
use sqlite::Place;
#[cfg(feature = "sqlite")]
pub use sqlite::{BackupError, SqliteOptions};
#[cfg(feature = "postgres")]
pub use statistics::PostgresStatistics;
#[cfg(feature = "sqlite")]
pub use statistics::SqliteStatistics;
pub use statistics::Statistics;

#[cfg(not(any(feature = "sqlite", feature = "postgres")))]
compile_error!(
    "topchef-runtime needs a database: write `features = [\"sqlite\"]` or `features = [\"postgres\"]`, or leave out `default-features = false`"
);

/// The longest that a time limit can be: a deadline must be a time that the clock can show.
const LONGEST: Duration = Duration::from_hours(24);

/// A database that resources live in; cheap to clone.
///
/// `SQLite` is driven from threads of its own: readers that cannot write, and one writer that takes everything waiting,
/// runs it in one transaction and answers all of it after one commit.
/// `PostgreSQL` is driven over a pool of connections: a write without hooks is one statement that commits by itself, or
/// shares one with others like it that are on their way at once; and any number of programs share one database.
#[derive(Clone, Debug)]
pub struct Database(Arc<Driver>, Arc<Beside>);

/// What stands beside a driver, shared by all handles of a database.
#[derive(Debug, Default)]
struct Beside {
    /// Whether the runtime's own tables are there.
    prepared: OnceCell<()>,
    /// What the layers above keep for the database, by its type.
    kept: Mutex<Extensions>,
}

#[derive(Debug)]
enum Driver {
    #[cfg(feature = "sqlite")]
    Sqlite(sqlite::Sqlite),
    #[cfg(feature = "postgres")]
    Postgres(postgres::Postgres),
}

impl Database {
    fn over(driver: Driver) -> Self {
        Self(Arc::new(driver), Arc::default())
    }

    /// An `SQLite` file: `Database::sqlite("books.db").open().await?`.
    #[cfg(feature = "sqlite")]
    pub fn sqlite(path: impl Into<std::path::PathBuf>) -> SqliteOptions {
        SqliteOptions::new(Place::File(path.into()))
    }

    /// A `PostgreSQL` database: `Database::postgres("postgres://user:password@host/books").open().await?`.
    ///
    /// What the address leaves out is taken from `PGHOST`, `PGUSER`, `PGPASSWORD` and their like; `sslmode` and
    /// `sslrootcert` say how the connection is kept secret (all as libpq has it). Statements go to the schemas of the
    /// role's `search_path`.
    #[cfg(feature = "postgres")]
    pub fn postgres(url: impl Into<String>) -> PostgresOptions {
        PostgresOptions::new(url.into())
    }

    /// A new `SQLite` database in a temporary file, for tests and examples; it ends with its last handle.
    ///
    /// It behaves as one that stays does: a database in memory has no readers beside its writer.
    ///
    /// # Errors
    /// [`DatabaseError`] when the file cannot be made, or the threads cannot be started.
    #[cfg(feature = "sqlite")]
    pub async fn temporary() -> Result<Self, DatabaseError> {
        let folder =
            tempfile::TempDir::new().map_err(|error| DatabaseError::Driver(Box::new(error)))?;
        SqliteOptions::new(Place::Temporary(Arc::new(folder)))
            .open()
            .await
    }

    /// Brings everything that was committed into the file itself, so that a copy of the file alone is whole.
    ///
    /// For the end of a program: until then, what was committed last stands in the log beside the file.
    /// A `PostgreSQL` server sees to that by itself, so nothing is done.
    ///
    /// # Errors
    /// [`DatabaseError`] when the file cannot be written.
    #[cfg_attr(
        not(feature = "sqlite"),
        expect(clippy::unused_async, reason = "only a file has a log to bring in")
    )]
    pub async fn checkpoint(&self) -> Result<(), DatabaseError> {
        match self.0.as_ref() {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(sqlite) => sqlite.checkpoint().await,
            #[cfg(feature = "postgres")]
            Driver::Postgres(_) => Ok(()),
        }
    }

    /// Asks the database for next to nothing: whether it answers, on the way that requests take.
    ///
    /// For probes, within a bound of theirs: it waits for a thread or a connection as long as a request does.
    /// An `SQLite` file that was removed or replaced while it was open does not count as an answer: what is written to it
    /// is gone when the program ends.
    ///
    /// # Errors
    /// [`DatabaseError`] when there is no answer.
    pub async fn ping(&self) -> Result<(), DatabaseError> {
        match self.0.as_ref() {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(sqlite) => sqlite.ping().await,
            #[cfg(feature = "postgres")]
            Driver::Postgres(postgres) => {
                let ping = Statement::plain("SELECT 1");
                Box::pin(postgres.rows(ping, |rows| rows.next().map(drop))).await
            }
        }
    }

    /// Makes the tables of the resources with their indexes, and the runtime's own, where there are none of these names.
    ///
    /// The resources stand in any order; those that they refer to are among them, or have their tables already.
    /// A table that is there is left as it is: [`compare`](Self::compare) says whether it is what its struct needs.
    ///
    /// # Errors
    /// [`DatabaseError`] when the database refuses one of them, or when two of them have one table, not there yet, that
    /// does not fit both; then none is made.
    pub async fn create_tables<R: Resources>(&self) -> Result<(), DatabaseError> {
        self.again(|| self.create_once(R::descriptors())).await
    }

    /// Makes these tables, and the runtime's own.
    async fn create_once(
        &self,
        descriptors: Vec<&'static Descriptor>,
    ) -> Result<(), DatabaseError> {
        let dialect = self.dialect();
        let mut connection = self.begin_unhurried().await?;
        let mut new = Vec::new();
        for descriptor in &descriptors {
            if connection.is_missing(descriptor.table).await? {
                new.push(*descriptor);
            }
        }
        if let Some(reason) = schema::misfit(dialect, &new) {
            return Err(DatabaseError::SharedTable { reason });
        }
        let mut texts = schema::create_tables(dialect, &descriptors);
        texts.extend(schema::create_references(dialect, &new));
        let texts = texts.into_iter().map(Statement::plain);
        for statement in texts.chain(self.own_tables()) {
            connection.rows(statement, |_| Ok(())).await?;
        }
        connection.commit().await
    }

    /// Makes the tables that the runtime itself needs where there are none: those of idempotency keys and of the outbox.
    ///
    /// [`create_tables`](Self::create_tables) makes them too, and so does the first request that needs one.
    ///
    /// # Errors
    /// [`DatabaseError`] when the database refuses them.
    pub async fn prepare(&self) -> Result<(), DatabaseError> {
        let prepare = || async {
            // Who may not make tables can still use those that are there.
            let dialect = self.dialect();
            for probe in [dialect.probe_idempotency_keys(), dialect.probe_outbox()] {
                // Only a step tells: a statement may be made for a table that is gone.
                match self.rows(probe, |rows| rows.next().map(drop)).await {
                    Err(error) if error.is_missing_table() => {
                        return self.again(|| self.create_once(Vec::new())).await;
                    }
                    found => found?,
                }
            }
            Ok(())
        };
        self.1.prepared.get_or_try_init(prepare).await?;
        Ok(())
    }

    fn own_tables(&self) -> impl Iterator<Item = Statement> + use<> {
        let keys = self.dialect().create_idempotency_keys();
        keys.into_iter().chain(self.dialect().create_outbox())
    }

    /// What a layer above keeps for this database, made when it is first asked for.
    pub(crate) fn shared<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut kept = self.1.kept.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(kept.get_or_insert_default())
    }

    /// The longest that a transaction may be open.
    pub(crate) fn transaction_timeout(&self) -> Duration {
        match self.0.as_ref() {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(sqlite) => sqlite.transaction_timeout(),
            #[cfg(feature = "postgres")]
            Driver::Postgres(postgres) => postgres.transaction_timeout(),
        }
    }

    /// Does something that is whole in itself once more where another program did the same at the same time.
    async fn again<F: Future<Output = Result<(), DatabaseError>>>(
        &self,
        what: impl Fn() -> F,
    ) -> Result<(), DatabaseError> {
        const TIMES: usize = 10;
        for _ in 0..TIMES {
            match what().await {
                Err(DatabaseError::Conflict | DatabaseError::NotUnique { .. }) => {}
                done => return done,
            }
        }
        what().await
    }

    /// Where the tables of the resources and their structs have drifted apart; nothing when they fit.
    ///
    /// Tables and columns that are missing, types, nulls, primary and foreign keys, unique columns, and the indexes of fields
    /// that are `index` or `references`; each [`Drift`] says what to do.
    /// What a table has besides is its own business, unless no record could be stored for it.
    ///
    /// For who makes the tables by migrations, this is a test for them:
    ///
    /// ```
    /// use topchef_runtime::{Database, ModelResource};
    ///
    /// #[derive(ModelResource)]
    /// struct Author {
    ///     id: i64,
    ///     first_name: String,
    ///     last_name: Option<String>,
    /// }
    ///
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let database = Database::temporary().await?;
    /// // In a test of yours the migrations run here.
    /// database.create_tables::<Author>().await?;
    ///
    /// let drifts = database.compare::<Author>().await?;
    /// assert!(drifts.is_empty(), "{drifts:#?}");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`DatabaseError`] when the database fails.
    pub async fn compare<R: Resources>(&self) -> Result<Vec<Drift>, DatabaseError> {
        let mut drifts = Vec::new();
        for descriptor in R::descriptors() {
            let stored = self.stored_table(descriptor.table).await?;
            drifts.extend(schema::compare(self.dialect(), descriptor, &stored));
        }
        Ok(drifts)
    }

    async fn stored_table(&self, table: &str) -> Result<StoredTable, DatabaseError> {
        let mut stored = StoredTable::default();
        for Introspection { statement, add } in schema::introspect(self.dialect(), table) {
            stored = self
                .rows(statement, move |rows| {
                    while let Some(row) = rows.next()? {
                        add(&mut stored, &row)?;
                    }
                    Ok(stored)
                })
                .await?;
        }
        Ok(stored)
    }

    /// A record for which the condition holds, most often one on its key; outside any transaction.
    ///
    /// # Errors
    /// [`DatabaseError`] when the database fails or the row is not a record.
    pub async fn find<M: ModelResource>(
        &self,
        filter: Filter<M>,
    ) -> Result<Option<M>, DatabaseError> {
        let conditions = [filter.condition];
        let statement = self.dialect().select_one(M::descriptor(), &conditions);
        self.rows(statement, |rows| match rows.next()? {
            Some(row) => Ok(Some(M::from_row(&row)?)),
            None => Ok(None),
        })
        .await
    }

    /// As [`begin`](Self::begin), for what takes its time, such as an index over many rows.
    async fn begin_unhurried(&self) -> Result<Connection, DatabaseError> {
        match self.0.as_ref() {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(_) => self.begin(false).await,
            #[cfg(feature = "postgres")]
            Driver::Postgres(postgres) => Ok(Connection::Postgres(
                Box::pin(postgres.begin_within(LONGEST)).await?,
            )),
        }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match self.0.as_ref() {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(_) => Dialect::Sqlite,
            #[cfg(feature = "postgres")]
            Driver::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs a statement that reads, outside any transaction.
    pub(crate) async fn rows<T: Send + 'static>(
        &self,
        statement: Statement,
        decode: impl FnOnce(&mut Rows<'_>) -> Result<T, DatabaseError> + Send + 'static,
    ) -> Result<T, DatabaseError> {
        trace(&statement);
        match self.0.as_ref() {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(sqlite) => sqlite.rows(statement, decode).await,
            #[cfg(feature = "postgres")]
            Driver::Postgres(postgres) => Box::pin(postgres.rows(statement, decode)).await,
        }
    }

    /// As [`rows`](Self::rows), and then the statement that `decode` gives, whose rows `add` adds to what came of the first:
    /// on `SQLite` by the same reader, because to wake one takes longer than most reads.
    pub(crate) async fn rows_with<T: Send + 'static>(
        &self,
        statement: Statement,
        decode: impl FnOnce(&mut Rows<'_>) -> Result<(T, Option<Statement>), DatabaseError>
        + Send
        + 'static,
        add: impl FnOnce(&mut T, &mut Rows<'_>) -> Result<(), DatabaseError> + Send + 'static,
    ) -> Result<T, DatabaseError> {
        trace(&statement);
        let decode = |rows: &mut Rows<'_>| {
            let (value, then) = decode(rows)?;
            then.iter().for_each(trace);
            Ok((value, then))
        };
        match self.0.as_ref() {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(sqlite) => sqlite.rows_with(statement, decode, add).await,
            #[cfg(feature = "postgres")]
            Driver::Postgres(postgres) => {
                let (mut value, then) = Box::pin(postgres.rows(statement, decode)).await?;
                if let Some(then) = then {
                    let add = |rows: &mut Rows<'_>| add(&mut value, rows);
                    Box::pin(postgres.rows(then, add)).await?;
                }
                Ok(value)
            }
        }
    }

    /// Runs statements that write, one after the other until one gives a row, and commits.
    ///
    /// `decode` is given which statement it was, and its row; none when no statement gave one.
    /// It only reads the row: where it fails, what was written may stand.
    /// On `PostgreSQL` each statement commits by itself, and one that finds its row made by somebody else meanwhile
    /// starts the statements again from the first: those before the one that gives a row must change nothing.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        statements: Vec<Statement>,
        decode: impl FnOnce(usize, &Row<'_>) -> Result<T, DatabaseError> + Send + 'static,
    ) -> Result<Option<T>, DatabaseError> {
        statements.iter().for_each(trace);
        match self.0.as_ref() {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(sqlite) => sqlite.write(statements, decode).await,
            #[cfg(feature = "postgres")]
            Driver::Postgres(postgres) => Box::pin(postgres.write(statements, decode)).await,
        }
    }

    /// As [`write`](Self::write), all or nothing: `decode` may refuse the row, and then nothing of it stands, or give
    /// statements that are run beside it, in the same commit. It may be asked again: `PostgreSQL` can undo a unit for the
    /// sake of another one, and then the unit is run again as a whole.
    pub(crate) async fn write_with<T: Send + 'static>(
        &self,
        statements: Vec<Statement>,
        mut decode: impl FnMut(usize, &Row<'_>) -> Result<(T, Vec<Statement>), DatabaseError>
        + Send
        + 'static,
    ) -> Result<Option<T>, DatabaseError> {
        statements.iter().for_each(trace);
        let decode = move |position, row: &Row<'_>| {
            let (value, beside) = decode(position, row)?;
            beside.iter().for_each(trace);
            Ok((value, beside))
        };
        match self.0.as_ref() {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(sqlite) => sqlite.write_with(statements, decode).await,
            #[cfg(feature = "postgres")]
            Driver::Postgres(postgres) => Box::pin(postgres.write_with(statements, decode)).await,
        }
    }

    /// Opens a transaction that is rolled back when it is dropped before [`Connection::commit`].
    ///
    /// The commit of one that `shares`, and so its answer, may wait for others that share too: on `SQLite`, where one writes
    /// after the other.
    #[cfg_attr(
        not(feature = "sqlite"),
        expect(
            unused_variables,
            reason = "on PostgreSQL nobody waits for another's commit"
        )
    )]
    pub(crate) async fn begin(&self, shares: bool) -> Result<Connection, DatabaseError> {
        match self.0.as_ref() {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(sqlite) => Ok(Connection::Sqlite(sqlite.begin(shares).await?)),
            #[cfg(feature = "postgres")]
            Driver::Postgres(postgres) => {
                Ok(Connection::Postgres(Box::pin(postgres.begin()).await?))
            }
        }
    }
}

/// An open transaction of a driver.
#[derive(Debug)]
pub(crate) enum Connection {
    #[cfg(feature = "sqlite")]
    Sqlite(sqlite::Session),
    #[cfg(feature = "postgres")]
    Postgres(postgres::Session),
}

impl Connection {
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => Dialect::Sqlite,
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs a statement in the transaction.
    pub(crate) async fn rows<T: Send + 'static>(
        &mut self,
        statement: Statement,
        decode: impl FnOnce(&mut Rows<'_>) -> Result<T, DatabaseError> + Send + 'static,
    ) -> Result<T, DatabaseError> {
        trace(&statement);
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(session) => session.rows(statement, decode).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(session) => Box::pin(session.rows(statement, decode)).await,
        }
    }

    /// Marks a place to go back to, inside `depth` others.
    pub(crate) async fn savepoint(&mut self, depth: usize) -> Result<(), DatabaseError> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(session) => session.mark(format!("SAVEPOINT nested_{depth}")).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(session) => session.savepoint(depth).await,
        }
    }

    /// Forgets a place, and keeps what was written since.
    pub(crate) async fn release(&mut self, depth: usize) -> Result<(), DatabaseError> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(session) => session.mark(format!("RELEASE nested_{depth}")).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(session) => session.release(depth).await,
        }
    }

    /// Undoes what was written since a place was marked; the place stays.
    pub(crate) async fn roll_back_to(&mut self, depth: usize) -> Result<(), DatabaseError> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(session) => session.mark(format!("ROLLBACK TO nested_{depth}")).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(session) => session.roll_back_to(depth).await,
        }
    }

    /// Whether there is no table of this name.
    async fn is_missing(&mut self, table: &str) -> Result<bool, DatabaseError> {
        let statement = schema::is_missing(self.dialect(), table);
        self.rows(statement, |rows| match rows.next()? {
            Some(row) => Ok([Cell::Boolean(true), Cell::Integer(1)].contains(&row.cell(0)?)),
            None => Ok(false),
        })
        .await
    }

    /// Makes everything that was written durable.
    pub(crate) async fn commit(self) -> Result<(), DatabaseError> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(session) => session.commit().await,
            #[cfg(feature = "postgres")]
            Self::Postgres(session) => Box::pin(session.commit()).await,
        }
    }
}

/// Logs a statement, and what reads the row that it stores, for who asks for it; its values are nobody's business.
fn trace(statement: &Statement) {
    tracing::trace!(target: "topchef_runtime::sql", text = %statement.text, "statement");
    if let Some(row) = statement.reads() {
        trace(row);
    }
}

/// The rows of a statement, one at a time.
pub(crate) enum Rows<'a> {
    #[cfg(feature = "sqlite")]
    Sqlite(sqlite::Rows<'a>),
    /// The row that a statement has stored.
    #[cfg(feature = "sqlite")]
    Stored(sqlite::Stored<'a>),
    #[cfg(feature = "postgres")]
    Postgres(&'a mut postgres::Rows),
}

impl Rows<'_> {
    pub(crate) fn next(&mut self) -> Result<Option<Row<'_>>, DatabaseError> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(rows) => sqlite::next(rows),
            #[cfg(feature = "sqlite")]
            Self::Stored(row) => row.next(),
            #[cfg(feature = "postgres")]
            Self::Postgres(rows) => postgres::next(rows),
        }
    }
}
