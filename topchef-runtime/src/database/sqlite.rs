//! `SQLite` over rusqlite: reader threads, and one writer thread that commits in groups.
//!
//! It knows the driver and nothing of resources.
//! A hop to a thread for a whole request is cheap where one for every statement is not, and one writer needs no locks.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TrySendError, bounded, unbounded};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql, ffi};
use tokio::sync::oneshot;

use super::{DatabaseError, Place, Rows as AnyRows, SqliteOptions};
use crate::column::{Cell, Cells, DecodeError, Row, TIME, Value, date_time, timestamp};
use crate::sql::Statement;

pub(super) use rusqlite::Rows;

/// How many requests may wait for a thread; one more is answered "busy" at once, instead of late.
const WAITING: usize = 4096;

/// How many units of work one commit takes along.
const GROUP: usize = 256;

/// How long a statement waits for another program that holds the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Compiled statements that each connection keeps.
const STATEMENTS: usize = 256;

#[derive(Debug)]
pub(super) struct Sqlite {
    readers: Sender<Read>,
    writer: Sender<Write>,
    transaction_timeout: Duration,
    /// Held so that a temporary file stays as long as its handles.
    _place: Place,
}

/// Work for a reader thread; it answers by itself.
type Read = Box<dyn FnOnce(&Connection) + Send>;

/// A write that is whole in itself.
type Unit = Box<dyn FnOnce(&Connection) -> Executed + Send>;

/// Work for the writer thread.
enum Write {
    /// Whole in itself, so that many can share a commit.
    Unit(Unit),
    /// Statement by statement, for hooks: it holds the writer until it ends.
    Session(SessionRequest),
}

/// What became of a unit before the commit.
struct Executed {
    /// Whether what it wrote stays.
    keep: bool,
    /// Answers, once it is known whether the commit went well.
    acknowledge: Box<dyn FnOnce(Result<(), DatabaseError>) + Send>,
}

struct SessionRequest {
    started: oneshot::Sender<Result<(), DatabaseError>>,
    operations: Receiver<Operation>,
    timeout: Duration,
}

enum Operation {
    Run(Read),
    Commit(oneshot::Sender<Result<(), DatabaseError>>),
}

impl Sqlite {
    pub(super) async fn open(options: SqliteOptions) -> Result<Self, DatabaseError> {
        let (answer, opened) = oneshot::channel();
        spawn("topchef-open", move || {
            // Nobody listens when the caller gave up.
            let _ = answer.send(Self::start(&options));
        })?;
        opened.await.map_err(|_| DatabaseError::Closed)?
    }

    fn start(options: &SqliteOptions) -> Result<Self, DatabaseError> {
        let connection = connect(options, Access::Write)?;
        let (writer, waiting) = bounded(WAITING);
        spawn("topchef-writer", move || write_loop(&connection, &waiting))?;
        let readers = start_readers(options)?;
        Ok(Self {
            readers,
            writer,
            transaction_timeout: options.transaction_timeout,
            _place: options.place.clone(),
        })
    }

    pub(super) async fn rows<T: Send + 'static>(
        &self,
        statement: Statement,
        decode: impl FnOnce(&mut AnyRows<'_>) -> Result<T, DatabaseError> + Send + 'static,
    ) -> Result<T, DatabaseError> {
        let (answer, answered) = oneshot::channel();
        let read = move |connection: &Connection| {
            // Nobody listens when the client went away.
            let _ = answer.send(run(connection, &statement, decode));
        };
        self.readers.try_send(Box::new(read)).map_err(refused)?;
        answered.await.map_err(|_| DatabaseError::Closed)?
    }

    pub(super) async fn write<T: Send + 'static>(
        &self,
        statements: Vec<Statement>,
        decode: impl FnOnce(usize, &Row<'_>) -> Result<T, DatabaseError> + Send + 'static,
    ) -> Result<Option<T>, DatabaseError> {
        let (answer, answered) = oneshot::channel();
        let unit = move |connection: &Connection| {
            let result = first_row(connection, &statements, decode);
            Executed {
                keep: result.is_ok(),
                acknowledge: Box::new(move |committed| {
                    let _ = answer.send(result.and_then(|value| committed.map(|()| value)));
                }),
            }
        };
        self.send(Write::Unit(Box::new(unit)))?;
        answered.await.map_err(|_| DatabaseError::Closed)?
    }

    pub(super) async fn begin(&self) -> Result<Session, DatabaseError> {
        let (started, ready) = oneshot::channel();
        let (sender, operations) = unbounded();
        self.send(Write::Session(SessionRequest {
            started,
            operations,
            timeout: self.transaction_timeout,
        }))?;
        ready.await.map_err(|_| DatabaseError::Closed)??;
        Ok(Session { operations: sender })
    }

    fn send(&self, write: Write) -> Result<(), DatabaseError> {
        self.writer.try_send(write).map_err(refused)
    }
}

/// An open transaction: the writer thread waits for its next operation, and rolls back when this is dropped.
#[derive(Debug)]
pub(crate) struct Session {
    operations: Sender<Operation>,
}

impl std::fmt::Debug for Operation {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Operation")
    }
}

impl Session {
    pub(super) async fn rows<T: Send + 'static>(
        &mut self,
        statement: Statement,
        decode: impl FnOnce(&mut AnyRows<'_>) -> Result<T, DatabaseError> + Send + 'static,
    ) -> Result<T, DatabaseError> {
        let (answer, answered) = oneshot::channel();
        let operation = Operation::Run(Box::new(move |connection| {
            let _ = answer.send(run(connection, &statement, decode));
        }));
        // The writer ends a session by itself only when its time is up.
        self.operations
            .send(operation)
            .map_err(|_| DatabaseError::TimedOut)?;
        answered.await.map_err(|_| DatabaseError::TimedOut)?
    }

    pub(super) async fn commit(self) -> Result<(), DatabaseError> {
        let (answer, answered) = oneshot::channel();
        self.operations
            .send(Operation::Commit(answer))
            .map_err(|_| DatabaseError::TimedOut)?;
        answered.await.map_err(|_| DatabaseError::TimedOut)?
    }
}

/// Takes everything that waits, runs it in one transaction, and answers all of it after one commit.
fn write_loop(connection: &Connection, waiting: &Receiver<Write>) {
    while let Ok(first) = waiting.recv() {
        let mut units = Vec::new();
        let mut session = None;
        let mut next = Some(first);
        while let Some(write) = next {
            match write {
                Write::Unit(unit) => units.push(unit),
                Write::Session(request) => {
                    session = Some(request);
                    break;
                }
            }
            next = if units.len() < GROUP {
                waiting.try_recv().ok()
            } else {
                None
            };
        }
        if !units.is_empty() {
            run_group(connection, units);
        }
        if let Some(request) = session {
            run_session(connection, request);
        }
    }
}

fn run_group(connection: &Connection, units: Vec<Unit>) {
    if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
        // Each unit's answer channel is dropped with it, except for this one word on why.
        tracing::warn!(error = %error, units = units.len(), "a group of writes could not begin");
        return;
    }
    let mut units = units.into_iter();
    let mut executed = Vec::with_capacity(units.len());
    for unit in units.by_ref() {
        executed.extend(run_unit(connection, unit));
        if connection.is_autocommit() {
            break;
        }
    }
    let committed = commit(connection);
    for unit in executed {
        (unit.acknowledge)(match &committed {
            Ok(()) => Ok(()),
            Err(error) => Err(DatabaseError::Driver(error.to_string().into())),
        });
    }
    if units.len() > 0 {
        run_group(connection, units.collect());
    }
}

/// SQLite rolls a transaction back by itself on some failures, a full disk among them: what comes after would be
/// stored on its own.
fn commit(connection: &Connection) -> Result<(), rusqlite::Error> {
    if connection.is_autocommit() {
        return Err(rusqlite::Error::SqliteFailure(
            ffi::Error::new(ffi::SQLITE_ABORT),
            Some("the transaction was rolled back".to_owned()),
        ));
    }
    let committed = connection.execute_batch("COMMIT");
    if committed.is_err() {
        roll_back(connection);
    }
    committed
}

/// Runs one unit under a savepoint: what fails in it takes nothing else along.
fn run_unit(connection: &Connection, unit: Unit) -> Option<Executed> {
    if let Err(error) = connection.execute_batch("SAVEPOINT unit") {
        tracing::error!(%error, "a savepoint could not be made");
        return None;
    }
    let executed = catch_unwind(AssertUnwindSafe(|| unit(connection))).ok();
    let keep = executed.as_ref().is_some_and(|executed| executed.keep);
    let end = if keep {
        "RELEASE unit"
    } else {
        "ROLLBACK TO unit; RELEASE unit"
    };
    if let Err(error) = connection.execute_batch(end) {
        tracing::error!(%error, "a savepoint could not be ended");
        return None;
    }
    executed
}

fn run_session(connection: &Connection, request: SessionRequest) {
    let begun = connection
        .execute_batch("BEGIN IMMEDIATE")
        .map_err(DatabaseError::from);
    let failed = begun.is_err();
    if request.started.send(begun).is_err() || failed {
        roll_back(connection);
        return;
    }
    let deadline = Instant::now() + request.timeout;
    loop {
        match request.operations.recv_deadline(deadline) {
            Ok(Operation::Run(run)) => {
                // A panic in a decoder must not end the writer: its caller sees the answer missing.
                let _ = catch_unwind(AssertUnwindSafe(|| run(connection)));
            }
            Ok(Operation::Commit(answer)) => {
                let committed = commit(connection).map_err(DatabaseError::from);
                let _ = answer.send(committed);
                return;
            }
            Err(RecvTimeoutError::Disconnected) => return roll_back(connection),
            Err(RecvTimeoutError::Timeout) => {
                tracing::warn!(timeout = ?request.timeout, "a transaction was open for too long and is rolled back");
                return roll_back(connection);
            }
        }
    }
}

fn roll_back(connection: &Connection) {
    if !connection.is_autocommit()
        && let Err(error) = connection.execute_batch("ROLLBACK")
    {
        tracing::error!(%error, "a transaction could not be rolled back");
    }
}

/// What a connection may do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
}

fn connect(options: &SqliteOptions, access: Access) -> Result<Connection, DatabaseError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(options.place.path(), flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA mmap_size = 268435456;
         PRAGMA temp_store = MEMORY;",
    )?;
    if matches!(options.place, Place::Temporary(_)) {
        // What ends with the program need not survive a loss of power.
        connection.execute_batch("PRAGMA synchronous = OFF")?;
    }
    if access == Access::Read {
        connection.execute_batch("PRAGMA query_only = ON")?;
    }
    Ok(connection)
}

fn start_readers(options: &SqliteOptions) -> Result<Sender<Read>, DatabaseError> {
    let (sender, waiting) = bounded::<Read>(WAITING);
    for number in 0..options.readers {
        let connection = connect(options, Access::Read)?;
        let waiting = waiting.clone();
        spawn(&format!("topchef-reader-{number}"), move || {
            while let Ok(read) = waiting.recv() {
                let _ = catch_unwind(AssertUnwindSafe(|| read(&connection)));
            }
        })?;
    }
    Ok(sender)
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<(), DatabaseError> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(body)
        .map(drop)
        .map_err(|error| DatabaseError::Driver(Box::new(error)))
}

#[expect(clippy::needless_pass_by_value, reason = "it is given to `map_err`")]
fn refused<T>(error: TrySendError<T>) -> DatabaseError {
    match error {
        TrySendError::Full(_) => DatabaseError::Busy,
        TrySendError::Disconnected(_) => DatabaseError::Closed,
    }
}

fn run<T>(
    connection: &Connection,
    statement: &Statement,
    decode: impl FnOnce(&mut AnyRows<'_>) -> Result<T, DatabaseError>,
) -> Result<T, DatabaseError> {
    let mut prepared = connection.prepare_cached(&statement.text)?;
    let values = rusqlite::params_from_iter(statement.values.iter().map(Bound));
    let mut rows = AnyRows::Sqlite(prepared.query(values)?);
    // A computed field may panic: that is its resource's fault, and no reason to call the database gone.
    let decoded = catch_unwind(AssertUnwindSafe(|| decode(&mut rows)))
        .unwrap_or_else(|_| Err(DatabaseError::Driver("a decoder panicked".into())))?;
    // A statement is only done when it was stepped to its end: a decoder may stop before.
    while rows.next()?.is_some() {}
    Ok(decoded)
}

fn first_row<T>(
    connection: &Connection,
    statements: &[Statement],
    decode: impl FnOnce(usize, &Row<'_>) -> Result<T, DatabaseError>,
) -> Result<Option<T>, DatabaseError> {
    let mut decode = Some(decode);
    for (position, statement) in statements.iter().enumerate() {
        let found = run(connection, statement, |rows| {
            match (rows.next()?, decode.take()) {
                (Some(row), Some(decode)) => decode(position, &row).map(Some),
                (_, untaken) => {
                    decode = untaken;
                    Ok(None)
                }
            }
        })?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

pub(super) fn next<'a>(rows: &'a mut Rows<'_>) -> Result<Option<Row<'a>>, DatabaseError> {
    Ok(rows.next()?.map(|row| Row::new(row)))
}

impl Cells for rusqlite::Row<'_> {
    fn cell(&self, index: usize) -> Result<Cell<'_>, DecodeError> {
        let value = self
            .get_ref(index)
            .map_err(|_| DecodeError::missing(index))?;
        Ok(match value {
            ValueRef::Null => Cell::Null,
            ValueRef::Integer(number) => Cell::Integer(number),
            ValueRef::Real(number) => Cell::Double(number),
            ValueRef::Text(text) => Cell::Text(
                std::str::from_utf8(text).map_err(|_| DecodeError::new("UTF-8", "other bytes"))?,
            ),
            ValueRef::Blob(bytes) => Cell::Bytes(bytes),
        })
    }
}

/// A value on its way into a statement, in the form that cells of its kind are read back from.
struct Bound<'a>(&'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Value::BigInt(Some(number)) => ToSqlOutput::from(*number),
            Value::Int(Some(number)) => ToSqlOutput::from(*number),
            Value::BigUnsigned(Some(number)) => ToSqlOutput::from(
                i64::try_from(*number).map_err(|error| to_sql_failure(error.into()))?,
            ),
            Value::Double(Some(number)) => ToSqlOutput::from(*number),
            Value::Float(Some(number)) => ToSqlOutput::from(f64::from(*number)),
            Value::Bool(Some(boolean)) => ToSqlOutput::from(*boolean),
            Value::String(Some(text)) => ToSqlOutput::from(text.as_str()),
            Value::Bytes(Some(bytes)) => ToSqlOutput::from(bytes.as_slice()),
            Value::Uuid(Some(uuid)) => ToSqlOutput::from(uuid.as_bytes().as_slice()),
            Value::ChronoDate(Some(date)) => ToSqlOutput::from(date.to_string()),
            Value::ChronoTime(Some(time)) => ToSqlOutput::from(time.format(TIME).to_string()),
            Value::ChronoDateTime(Some(moment)) => ToSqlOutput::from(date_time(moment)),
            Value::ChronoDateTimeUtc(Some(moment)) => ToSqlOutput::from(timestamp(moment)),
            null if *null == null.as_null() => ToSqlOutput::from(rusqlite::types::Null),
            other => return Err(to_sql_failure(format!("no column holds {other:?}").into())),
        })
    }
}

fn to_sql_failure(reason: Box<dyn std::error::Error + Send + Sync>) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(reason)
}

impl From<rusqlite::Error> for DatabaseError {
    fn from(error: rusqlite::Error) -> Self {
        let rusqlite::Error::SqliteFailure(failure, message) = &error else {
            return Self::Driver(Box::new(error));
        };
        let message = message.as_deref().unwrap_or_default();
        match failure.extended_code {
            ffi::SQLITE_CONSTRAINT_UNIQUE
            | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
            | ffi::SQLITE_CONSTRAINT_ROWID => Self::NotUnique {
                columns: named_columns(message).collect(),
            },
            ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Self::ForeignKey,
            ffi::SQLITE_CONSTRAINT_NOTNULL => Self::NotNull {
                column: named_columns(message).next().unwrap_or_default(),
            },
            ffi::SQLITE_CONSTRAINT_CHECK => Self::Check,
            _ if matches!(
                failure.code,
                ffi::ErrorCode::DatabaseBusy | ffi::ErrorCode::DatabaseLocked
            ) =>
            {
                Self::Busy
            }
            _ => Self::Driver(Box::new(error)),
        }
    }
}

/// The columns of "UNIQUE constraint failed: books.title, books.isbn": SQLite says them nowhere else.
fn named_columns(message: &str) -> impl Iterator<Item = String> {
    let (_, names) = message.split_once(": ").unwrap_or_default();
    names
        .split(", ")
        .filter_map(|name| name.split_once('.'))
        .map(|(_, column)| column.to_owned())
}
