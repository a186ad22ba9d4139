//! The database: a value, not a type parameter.
//!
//! The files beside this one are the drivers; nothing outside this folder knows one.
//! It runs statements and hands rows over; it does not know what they mean.

mod error;
mod sqlite;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::Extensions;
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::column::Row;
use crate::query::Filter;
use crate::resource::ModelResource;
use crate::schema::{self, Drift, Introspection, Resources, StoredTable};
use crate::sql::{Dialect, Statement};

pub use error::DatabaseError;

/// A database that resources live in; cheap to clone.
///
/// `SQLite` is driven from threads of its own: readers that cannot write, and one writer that takes everything waiting,
/// runs it in one transaction and answers all of it after one commit.
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
    Sqlite(sqlite::Sqlite),
}

/// How an `SQLite` database is opened.
#[derive(Clone, Debug)]
pub struct SqliteOptions {
    place: Place,
    /// How many threads read.
    readers: usize,
    /// The longest that a transaction with hooks may hold the writer.
    transaction_timeout: Duration,
}

/// Where an `SQLite` database is.
#[derive(Clone, Debug)]
enum Place {
    File(PathBuf),
    /// In a folder that is removed with the last handle.
    Temporary(Arc<TempDir>),
}

impl Place {
    fn path(&self) -> PathBuf {
        match self {
            Self::File(path) => path.clone(),
            Self::Temporary(folder) => folder.path().join("temporary.db"),
        }
    }
}

impl SqliteOptions {
    /// As many readers as processors, at most eight; a transaction may take ten seconds.
    fn new(place: Place) -> Self {
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            place,
            readers: processors.clamp(1, 8),
            transaction_timeout: Duration::from_secs(10),
        }
    }

    /// With another number of reader threads; at least one.
    #[must_use]
    pub fn readers(mut self, readers: usize) -> Self {
        self.readers = readers.max(1);
        self
    }

    /// With another limit for transactions with hooks, at most a day: while one is open, no other write goes on.
    #[must_use]
    pub fn transaction_timeout(mut self, timeout: Duration) -> Self {
        // A deadline must be a time that the clock can show.
        const LONGEST: Duration = Duration::from_hours(24);
        self.transaction_timeout = timeout.min(LONGEST);
        self
    }

    /// Opens the file, makes it where there is none, and starts the threads.
    ///
    /// # Errors
    /// [`DatabaseError`] when the file cannot be opened or is no database.
    pub async fn open(self) -> Result<Database, DatabaseError> {
        let sqlite = sqlite::Sqlite::open(self).await?;
        Ok(Database::over(Driver::Sqlite(sqlite)))
    }
}

impl Database {
    fn over(driver: Driver) -> Self {
        Self(Arc::new(driver), Arc::default())
    }

    /// An `SQLite` file: `Database::sqlite("books.db").open().await?`.
    pub fn sqlite(path: impl Into<PathBuf>) -> SqliteOptions {
        SqliteOptions::new(Place::File(path.into()))
    }

    /// A new `SQLite` database in a temporary file, for tests and examples; it ends with its last handle.
    ///
    /// It behaves as one that stays does: a database in memory has no readers beside its writer.
    ///
    /// # Errors
    /// [`DatabaseError`] when the file cannot be made, or the threads cannot be started.
    pub async fn temporary() -> Result<Self, DatabaseError> {
        let folder = TempDir::new().map_err(|error| DatabaseError::Driver(Box::new(error)))?;
        SqliteOptions::new(Place::Temporary(Arc::new(folder)))
            .open()
            .await
    }

    /// Brings everything that was committed into the file itself, so that a copy of the file alone is whole.
    ///
    /// For the end of a program: until then, what was committed last stands in the log beside the file.
    ///
    /// # Errors
    /// [`DatabaseError`] when the file cannot be written.
    pub async fn checkpoint(&self) -> Result<(), DatabaseError> {
        match self.0.as_ref() {
            Driver::Sqlite(sqlite) => sqlite.checkpoint().await,
        }
    }

    /// Makes the tables of the resources with their indexes, and the runtime's own, where there are none of these names.
    ///
    /// The resources stand in any order; those that they refer to are among them, or have their tables already.
    /// A table that is there is left as it is: [`compare`](Self::compare) says whether it is what its struct needs.
    ///
    /// # Errors
    /// [`DatabaseError`] when the database refuses one of them; then none is made.
    pub async fn create_tables<R: Resources>(&self) -> Result<(), DatabaseError> {
        let mut connection = self.begin().await?;
        for text in schema::create_tables(self.dialect(), &R::descriptors()) {
            let statement = Statement {
                text: text.into(),
                values: Vec::new(),
            };
            connection.rows(statement, |_| Ok(())).await?;
        }
        for statement in self.own_tables() {
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
                if self.rows(probe, |_| Ok(())).await.is_err() {
                    return self.create_own_tables().await;
                }
            }
            Ok(())
        };
        self.1.prepared.get_or_try_init(prepare).await?;
        Ok(())
    }

    async fn create_own_tables(&self) -> Result<(), DatabaseError> {
        let mut connection = self.begin().await?;
        for statement in self.own_tables() {
            connection.rows(statement, |_| Ok(())).await?;
        }
        connection.commit().await
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
            Driver::Sqlite(sqlite) => sqlite.transaction_timeout(),
        }
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
            drifts.extend(schema::compare(descriptor, &stored));
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

    pub(crate) fn dialect(&self) -> Dialect {
        match self.0.as_ref() {
            Driver::Sqlite(_) => Dialect::Sqlite,
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
            Driver::Sqlite(sqlite) => sqlite.rows(statement, decode).await,
        }
    }

    /// Runs statements that write, one after the other until one gives a row, and commits.
    ///
    /// `decode` is given which statement it was, and its row; none when no statement gave one.
    /// It only reads the row: where it fails, what was written may stand.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        statements: Vec<Statement>,
        decode: impl FnOnce(usize, &Row<'_>) -> Result<T, DatabaseError> + Send + 'static,
    ) -> Result<Option<T>, DatabaseError> {
        statements.iter().for_each(trace);
        match self.0.as_ref() {
            Driver::Sqlite(sqlite) => {
                let decode = |position, row: &Row<'_>| Ok((decode(position, row)?, Vec::new()));
                sqlite.write(statements, decode).await
            }
        }
    }

    /// As [`write`](Self::write), all or nothing: `decode` may refuse the row, and then nothing of it stands, or give
    /// statements that are run beside it, in the same commit.
    pub(crate) async fn write_with<T: Send + 'static>(
        &self,
        statements: Vec<Statement>,
        decode: impl FnOnce(usize, &Row<'_>) -> Result<(T, Vec<Statement>), DatabaseError>
        + Send
        + 'static,
    ) -> Result<Option<T>, DatabaseError> {
        statements.iter().for_each(trace);
        match self.0.as_ref() {
            Driver::Sqlite(sqlite) => sqlite.write(statements, decode).await,
        }
    }

    /// Opens a transaction that is rolled back when it is dropped before [`Connection::commit`].
    pub(crate) async fn begin(&self) -> Result<Connection, DatabaseError> {
        match self.0.as_ref() {
            Driver::Sqlite(sqlite) => Ok(Connection::Sqlite(sqlite.begin().await?)),
        }
    }
}

/// An open transaction of a driver.
#[derive(Debug)]
pub(crate) enum Connection {
    Sqlite(sqlite::Session),
}

impl Connection {
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
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
            Self::Sqlite(session) => session.rows(statement, decode).await,
        }
    }

    /// Makes everything that was written durable.
    pub(crate) async fn commit(self) -> Result<(), DatabaseError> {
        match self {
            Self::Sqlite(session) => session.commit().await,
        }
    }
}

/// Logs a statement for who asks for it; its values are nobody's business.
fn trace(statement: &Statement) {
    tracing::trace!(target: "topchef_runtime::sql", text = %statement.text, "statement");
}

/// The rows of a statement, one at a time.
pub(crate) enum Rows<'a> {
    Sqlite(sqlite::Rows<'a>),
}

impl Rows<'_> {
    pub(crate) fn next(&mut self) -> Result<Option<Row<'_>>, DatabaseError> {
        match self {
            Self::Sqlite(rows) => sqlite::next(rows),
        }
    }
}
