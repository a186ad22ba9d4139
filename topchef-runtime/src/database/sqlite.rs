//! `SQLite` over rusqlite: reader threads, and one writer thread that commits in groups.
//!
//! It knows the driver and nothing of resources.
//! A hop to a thread for a whole request is cheap where one for every statement is not, and one writer needs no locks.

use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TrySendError, bounded, unbounded};
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql, ffi};
use tokio::sync::oneshot;

use super::sqlite_file::OpenedFile;
use super::statistics::Commits;
use super::{DatabaseError, Place, Rows as AnyRows, SqliteOptions, SqliteStatistics};
use crate::column::{
    Cell, Cells, DecodeError, Row, TIME, Value, compare_decimals, date_time, is_null, timestamp,
};
use crate::sql::{DECIMAL_COLLATION, Statement};

pub(super) use rusqlite::Rows;

/// How many requests may wait for a thread; one more is answered "busy" at once, instead of late.
const WAITING: usize = 4096;

/// How many units of work one commit takes along, without other words.
pub(super) const GROUP: usize = 256;

/// How long a statement waits for another program that holds the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How many values a statement may have that is kept compiled.
const KEPT_VALUES: usize = 128;

/// Compiled statements that each connection keeps.
const STATEMENTS: usize = 256;

#[derive(Debug)]
pub(super) struct Sqlite {
    readers: Sender<Read>,
    writer: Sender<Write>,
    commits: Arc<Commits>,
    file: OpenedFile,
    /// Held so that a temporary file stays as long as its handles.
    options: SqliteOptions,
}

/// Work for a reader thread; it answers by itself.
type Read = Box<dyn FnOnce(&Connection) + Send>;

/// A write that is whole in itself.
struct Unit {
    run: RunUnit,
    /// Whether a part of it may have to be undone: a statement that fails undoes itself, but for what a trigger has done
    /// that raises `FAIL`.
    parts: bool,
}

/// What a unit does; it is given why it cannot run when there is no transaction for it, and then says so to its caller.
type RunUnit = Box<dyn FnOnce(Result<&Connection, DatabaseError>) -> Executed + Send>;

/// Work for the writer thread.
enum Write {
    /// Whole in itself, so that many can share a commit.
    Unit(Unit),
    /// Statement by statement, for hooks: it holds the writer until it ends.
    Session(SessionRequest),
    /// Everything that was committed goes into the file itself.
    Checkpoint(oneshot::Sender<Result<(), DatabaseError>>),
}

/// What became of a unit before the commit.
struct Executed {
    left: Left,
    /// Answers, once it is known whether the commit went well.
    acknowledge: Box<dyn FnOnce(Result<(), DatabaseError>) + Send>,
}

/// What of a unit is in the transaction.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Left {
    /// It did nothing.
    Nothing,
    /// What is to stay.
    Kept,
    /// Perhaps a part of it, which must not stay.
    Failed,
}

impl Executed {
    /// Nothing was done, and nobody waits to hear of it.
    fn nothing() -> Self {
        Self {
            left: Left::Nothing,
            acknowledge: Box::new(drop),
        }
    }
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
        let group = options.group;
        let commits = Arc::<Commits>::default();
        let counted = Arc::clone(&commits);
        let file = OpenedFile::at(&options.place.path());
        let file = file.map_err(|error| DatabaseError::Driver(Box::new(error)))?;
        let written = file.clone();
        spawn("topchef-writer", move || {
            write_loop(&connection, &written, &waiting, group, &counted);
        })?;
        let readers = start_readers(options)?;
        Ok(Self {
            readers,
            writer,
            commits,
            file,
            options: options.clone(),
        })
    }

    pub(super) async fn rows<T: Send + 'static>(
        &self,
        statement: Statement,
        decode: impl FnOnce(&mut AnyRows<'_>) -> Result<T, DatabaseError> + Send + 'static,
    ) -> Result<T, DatabaseError> {
        self.on_a_reader(move |connection| read(connection, &statement, decode))
            .await
    }

    /// As [`rows`](Self::rows), and then the statement that `decode` gives.
    pub(super) async fn rows_with<T: Send + 'static>(
        &self,
        statement: Statement,
        decode: impl FnOnce(&mut AnyRows<'_>) -> Result<(T, Option<Statement>), DatabaseError>
        + Send
        + 'static,
        add: impl FnOnce(&mut T, &mut AnyRows<'_>) -> Result<(), DatabaseError> + Send + 'static,
    ) -> Result<T, DatabaseError> {
        self.on_a_reader(move |connection| {
            let (mut value, then) = read(connection, &statement, decode)?;
            if let Some(then) = then {
                read(connection, &then, |rows| add(&mut value, rows))?;
            }
            Ok(value)
        })
        .await
    }

    /// That a reader answers, and that the file is still where it was.
    pub(super) async fn ping(&self) -> Result<(), DatabaseError> {
        let file = self.file.clone();
        self.on_a_reader(move |connection| {
            let in_place = file.is_in_place();
            in_place.map_err(|error| unavailable(&error))?;
            // Of the schema: what names no table is answered without a look at the file.
            let tables = "SELECT count(*) FROM sqlite_schema";
            connection.query_row(tables, [], |_| Ok(()))?;
            Ok(())
        })
        .await
    }

    async fn on_a_reader<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Connection) -> Result<T, DatabaseError> + Send + 'static,
    ) -> Result<T, DatabaseError> {
        let (answer, answered) = oneshot::channel();
        let work = move |connection: &Connection| {
            // Nobody listens when the client went away: a queue of such reads must not keep others waiting.
            if !answer.is_closed() {
                let _ = answer.send(ask(connection));
            }
        };
        self.readers.try_send(Box::new(work)).map_err(refused)?;
        answered.await.map_err(|_| DatabaseError::Closed)?
    }

    /// Runs statements until one of them gives a row; where `decode` fails, what that one wrote stands.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        statements: Vec<Statement>,
        decode: impl FnOnce(usize, &Row<'_>) -> Result<T, DatabaseError> + Send + 'static,
    ) -> Result<Option<T>, DatabaseError> {
        let decode = |position, row: &Row<'_>| Ok((decode(position, row)?, Vec::new()));
        self.run(statements, decode, false).await
    }

    /// As [`write`](Self::write), all or nothing, with the statements that `decode` gives.
    pub(super) async fn write_with<T: Send + 'static>(
        &self,
        statements: Vec<Statement>,
        decode: impl FnOnce(usize, &Row<'_>) -> Result<(T, Vec<Statement>), DatabaseError>
        + Send
        + 'static,
    ) -> Result<Option<T>, DatabaseError> {
        self.run(statements, decode, true).await
    }

    async fn run<T: Send + 'static>(
        &self,
        statements: Vec<Statement>,
        decode: impl FnOnce(usize, &Row<'_>) -> Result<(T, Vec<Statement>), DatabaseError>
        + Send
        + 'static,
        parts: bool,
    ) -> Result<Option<T>, DatabaseError> {
        let (answer, answered) = oneshot::channel();
        let run = move |begun: Result<&Connection, DatabaseError>| {
            // A request that was given up while it waited must not be carried out later.
            if answer.is_closed() {
                return Executed::nothing();
            }
            let result = begun.and_then(|connection| {
                let Some((value, beside)) = first_row(connection, &statements, decode)? else {
                    return Ok(None);
                };
                for statement in &beside {
                    run_alone(connection, statement)?;
                }
                Ok(Some(value))
            });
            Executed {
                left: if result.is_ok() {
                    Left::Kept
                } else {
                    Left::Failed
                },
                acknowledge: Box::new(move |committed| {
                    let _ = answer.send(result.and_then(|value| committed.map(|()| value)));
                }),
            }
        };
        let run = Box::new(run);
        self.send(Write::Unit(Unit { run, parts }))?;
        answered.await.map_err(|_| DatabaseError::Closed)?
    }

    pub(super) async fn begin(&self) -> Result<Session, DatabaseError> {
        let (started, ready) = oneshot::channel();
        let (sender, operations) = unbounded();
        self.send(Write::Session(SessionRequest {
            started,
            operations,
            timeout: self.options.transaction_timeout,
        }))?;
        ready.await.map_err(|_| DatabaseError::Closed)??;
        Ok(Session { operations: sender })
    }

    pub(super) fn transaction_timeout(&self) -> Duration {
        self.options.transaction_timeout
    }

    /// How it was opened.
    pub(super) fn options(&self) -> &SqliteOptions {
        &self.options
    }

    pub(super) fn statistics(&self) -> SqliteStatistics {
        self.commits
            .statistics(self.readers.len(), self.writer.len())
    }

    pub(super) async fn checkpoint(&self) -> Result<(), DatabaseError> {
        let (answer, answered) = oneshot::channel();
        self.send(Write::Checkpoint(answer))?;
        answered.await.map_err(|_| DatabaseError::Closed)?
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
        // The writer ends a session by itself when its time is up, or after the database rolled it back.
        self.operations
            .send(operation)
            .map_err(|_| DatabaseError::TimedOut)?;
        answered.await.map_err(|_| DatabaseError::TimedOut)?
    }

    /// Makes, keeps or goes back to a savepoint.
    pub(super) async fn mark(&mut self, text: String) -> Result<(), DatabaseError> {
        self.rows(Statement::plain(text), |_| Ok(())).await
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
///
/// Nothing is written to a file that is not at its path any more: it would be gone with this program.
fn write_loop(
    connection: &Connection,
    file: &OpenedFile,
    waiting: &Receiver<Write>,
    group: usize,
    commits: &Commits,
) {
    while let Ok(first) = waiting.recv() {
        let mut units = Vec::new();
        let mut last = None;
        let mut next = Some(first);
        while let Some(write) = next {
            match write {
                Write::Unit(unit) => units.push(unit),
                alone => {
                    last = Some(alone);
                    break;
                }
            }
            next = if units.len() < group {
                waiting.try_recv().ok()
            } else {
                None
            };
        }
        if !units.is_empty() {
            match file.is_in_place() {
                Ok(()) => run_group(connection, units, commits),
                Err(error) => refuse(units, || unavailable(&error)),
            }
        }
        match last {
            Some(Write::Session(request)) => match file.is_in_place() {
                Ok(()) => run_session(connection, request, commits),
                // Nobody listens when the caller gave up.
                Err(error) => drop(request.started.send(Err(unavailable(&error)))),
            },
            Some(Write::Checkpoint(answer)) => {
                // Nobody listens when the caller gave up.
                let _ = answer.send(checkpoint(connection));
            }
            Some(Write::Unit(_)) | None => {}
        }
    }
}

/// Readers that are still at it keep a part of the log: that is no failure, the file and its log are whole together.
fn checkpoint(connection: &Connection) -> Result<(), DatabaseError> {
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(())
}

fn run_group(connection: &Connection, units: Vec<Unit>, commits: &Commits) {
    if let Err(error) = begin(connection) {
        tracing::warn!(%error, units = units.len(), "a group of writes could not begin");
        return refuse(units, || shared(&error));
    }
    let mut units = units.into_iter();
    let mut executed = Vec::with_capacity(units.len());
    let mut others = false;
    for unit in units.by_ref() {
        let parts = unit.parts;
        let unit = run_unit(connection, unit, others);
        // What is left of one that has no parts stays, whatever became of it.
        others |= !parts || unit.as_ref().is_some_and(|unit| unit.left == Left::Kept);
        executed.extend(unit);
        if connection.is_autocommit() {
            break;
        }
    }
    let committed = commit(connection);
    let kept = executed
        .iter()
        .filter(|unit| unit.left == Left::Kept)
        .count();
    // A group of which nothing stays has nothing to make durable.
    if committed.is_ok() && kept > 0 {
        commits.add(kept);
    }
    for unit in executed {
        (unit.acknowledge)(committed.as_ref().copied().map_err(shared));
    }
    if units.len() > 0 {
        run_group(connection, units.collect(), commits);
    }
}

/// Answers each unit why none of them could run.
fn refuse(units: Vec<Unit>, error: impl Fn() -> DatabaseError) {
    for unit in units {
        let executed = (unit.run)(Err(error()));
        (executed.acknowledge)(Err(error()));
    }
}

/// That the file is gone, for each of many callers.
fn unavailable(error: &io::Error) -> DatabaseError {
    DatabaseError::Unavailable(error.to_string().into())
}

/// Whether an error that was described said that there is no such table.
pub(super) fn is_missing_table(described: &(dyn std::error::Error + 'static)) -> bool {
    let said = described.downcast_ref::<rusqlite::Error>();
    said.is_some_and(|said| said.to_string().starts_with("no such table"))
}

/// One failure for each of many callers: whose fault it is cannot be known, only whether it is worth another try.
fn shared(error: &rusqlite::Error) -> DatabaseError {
    match error.sqlite_error_code() {
        Some(code) if is_busy(code) => DatabaseError::Busy,
        _ => DatabaseError::Driver(error.to_string().into()),
    }
}

/// A transaction that could not be ended before would keep this one, and all after it, from beginning.
fn begin(connection: &Connection) -> Result<(), rusqlite::Error> {
    roll_back(connection);
    execute(connection, "BEGIN IMMEDIATE")
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
    let committed = execute(connection, "COMMIT");
    if committed.is_err() {
        roll_back(connection);
    }
    committed
}

/// Runs one unit: what fails in it takes nothing else along.
///
/// One that has parts does so under a savepoint, for which SQLite notes what each page was before; but where no other's
/// writes are in the transaction, which then ends with it and begins anew.
fn run_unit(connection: &Connection, unit: Unit, others: bool) -> Option<Executed> {
    let Unit { run, parts } = unit;
    let marked = parts && others;
    let begun = if marked {
        execute(connection, "SAVEPOINT unit").map_err(DatabaseError::from)
    } else {
        Ok(())
    };
    if let Err(error) = begun {
        return Some(run(Err(error)));
    }
    let executed = catch_unwind(AssertUnwindSafe(|| run(Ok(connection)))).ok();
    // What was to be undone is gone with the transaction that was rolled back; the unit knows the cause.
    if !parts || connection.is_autocommit() {
        return executed;
    }
    let left = executed
        .as_ref()
        .map_or(Left::Failed, |executed| executed.left);
    let ended = match (marked, left) {
        (false, Left::Kept | Left::Nothing) => Ok(()),
        (false, Left::Failed) => begin(connection),
        (true, Left::Kept | Left::Nothing) => execute(connection, "RELEASE unit"),
        (true, Left::Failed) => execute(connection, "ROLLBACK TO unit")
            .and_then(|()| execute(connection, "RELEASE unit")),
    };
    if let Err(error) = ended {
        tracing::error!(%error, "a group of writes could not go on after one that failed");
        // What of it would stay is not known, so nothing does, and the commit says so to everyone.
        roll_back(connection);
    }
    executed
}

/// Runs a statement without values and rows, which stays compiled.
fn execute(connection: &Connection, text: &str) -> Result<(), rusqlite::Error> {
    connection.prepare_cached(text)?.execute([]).map(drop)
}

fn run_session(connection: &Connection, request: SessionRequest, commits: &Commits) {
    // Who gave up while waiting must not make the writer wait for the file.
    if request.started.is_closed() {
        return;
    }
    let begun = begin(connection).map_err(DatabaseError::from);
    let failed = begun.is_err();
    if request.started.send(begun).is_err() || failed {
        return roll_back(connection);
    }
    run_operations(connection, &request.operations, request.timeout, commits);
}

fn run_operations(
    connection: &Connection,
    operations: &Receiver<Operation>,
    timeout: Duration,
    commits: &Commits,
) {
    let deadline = Instant::now() + timeout;
    loop {
        match next_operation(operations, deadline) {
            // After SQLite rolled back by itself a statement would be stored on its own.
            Ok(Operation::Run(_)) if connection.is_autocommit() => return,
            Ok(Operation::Run(run)) => {
                // A panic in a decoder must not end the writer: its caller sees the answer missing.
                let _ = catch_unwind(AssertUnwindSafe(|| run(connection)));
            }
            Ok(Operation::Commit(answer)) => {
                let committed = commit(connection).map_err(DatabaseError::from);
                if committed.is_ok() {
                    commits.add(1);
                }
                let _ = answer.send(committed);
                return;
            }
            Err(RecvTimeoutError::Disconnected) => return roll_back(connection),
            Err(RecvTimeoutError::Timeout) => {
                tracing::warn!(
                    ?timeout,
                    "a transaction was open for too long and is rolled back"
                );
                return roll_back(connection);
            }
        }
    }
}

/// The channel looks at the clock only when it is empty: statements sent back to back would hold the writer for ever.
fn next_operation(
    operations: &Receiver<Operation>,
    deadline: Instant,
) -> Result<Operation, RecvTimeoutError> {
    if Instant::now() >= deadline {
        return Err(RecvTimeoutError::Timeout);
    }
    operations.recv_deadline(deadline)
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
pub(super) enum Access {
    Read,
    Write,
    /// Nothing but to read all of it into another file, which is a write to SQLite; it makes no file where there is none.
    Copy,
}

pub(super) fn connect(
    options: &SqliteOptions,
    access: Access,
) -> Result<Connection, DatabaseError> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    flags.set(OpenFlags::SQLITE_OPEN_CREATE, access != Access::Copy);
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
    // A statement is planned once for all values: otherwise SQLite plans it anew each time that a limit is bound.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // Prefixes are looked for by how the bytes of UTF-8 sort.
    let encoding: String = connection.query_row("PRAGMA encoding", [], |row| row.get(0))?;
    if encoding != "UTF-8" {
        let reason = format!("the texts of the file are {encoding}; only UTF-8 is understood");
        return Err(DatabaseError::Driver(reason.into()));
    }
    collate(&connection)?;
    if matches!(options.place, Place::Temporary(_)) {
        // What ends with the program need not survive a loss of power.
        connection.execute_batch("PRAGMA synchronous = OFF")?;
    }
    if access == Access::Read {
        connection.execute_batch("PRAGMA query_only = ON")?;
    }
    Ok(connection)
}

/// Texts of decimals sort as numbers; the tables' columns name how.
pub(super) fn collate(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.create_collation(DECIMAL_COLLATION, compare_decimals)
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

pub(super) fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<(), DatabaseError> {
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

/// Runs a statement that may write, and what reads the row that it stores.
fn run<T>(
    connection: &Connection,
    statement: &Statement,
    decode: impl FnOnce(&mut AnyRows<'_>) -> Result<T, DatabaseError>,
) -> Result<T, DatabaseError> {
    let Some(row) = &statement.row else {
        return read(connection, statement, |rows| {
            let decoded = decode(rows)?;
            // It is only done when it was stepped to its end, and a decoder may stop before.
            while rows.next()?.is_some() {}
            Ok(decoded)
        });
    };
    if change(connection, statement)? == 0 {
        return caught(decode, &mut AnyRows::Stored(Stored(None)));
    }
    prepared(connection, row, |prepared| {
        let rows = prepared.query(bound(row))?;
        caught(decode, &mut AnyRows::Stored(Stored(Some((rows, false)))))
    })
}

/// Runs a statement of which no row is wanted.
fn run_alone(connection: &Connection, statement: &Statement) -> Result<(), DatabaseError> {
    if statement.row.is_some() {
        return change(connection, statement).map(drop);
    }
    run(connection, statement, |_| Ok(()))
}

/// Runs a statement that gives no rows, and says how many it changed.
fn change(connection: &Connection, statement: &Statement) -> Result<usize, DatabaseError> {
    prepared(connection, statement, |prepared| {
        Ok(prepared.execute(bound(statement))?)
    })
}

/// Runs a statement as far as the decoder reads it.
fn read<T>(
    connection: &Connection,
    statement: &Statement,
    decode: impl FnOnce(&mut AnyRows<'_>) -> Result<T, DatabaseError>,
) -> Result<T, DatabaseError> {
    prepared(connection, statement, |prepared| {
        let rows = prepared.query(bound(statement))?;
        caught(decode, &mut AnyRows::Sqlite(rows))
    })
}

/// A statement compiled, which is kept for the next time.
fn prepared<T>(
    connection: &Connection,
    statement: &Statement,
    run: impl FnOnce(&mut rusqlite::Statement<'_>) -> Result<T, DatabaseError>,
) -> Result<T, DatabaseError> {
    // Every number of values is another text: a stranger must not choose what is kept.
    if statement.values.len() > KEPT_VALUES {
        run(&mut connection.prepare(&statement.text)?)
    } else {
        run(&mut *connection.prepare_cached(&statement.text)?)
    }
}

fn bound(statement: &Statement) -> impl rusqlite::Params {
    rusqlite::params_from_iter(statement.values.iter().map(Bound))
}

/// A computed field may panic: that is its resource's fault, and no reason to call the database gone.
fn caught<T>(
    decode: impl FnOnce(&mut AnyRows<'_>) -> Result<T, DatabaseError>,
    rows: &mut AnyRows<'_>,
) -> Result<T, DatabaseError> {
    catch_unwind(AssertUnwindSafe(|| decode(rows)))
        .unwrap_or_else(|panic| Err(panicked(panic.as_ref())))
}

/// What a panic said is all that there is to find its cause by.
fn panicked(panic: &(dyn Any + Send)) -> DatabaseError {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a text");
    DatabaseError::Driver(format!("a decoder panicked: {text}").into())
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

/// The row that a statement has stored, and whether it was read already; nothing where it has stored none.
pub(crate) struct Stored<'a>(Option<(Rows<'a>, bool)>);

impl Stored<'_> {
    pub(super) fn next(&mut self) -> Result<Option<Row<'_>>, DatabaseError> {
        let Some((rows, was_read)) = &mut self.0 else {
            return Ok(None);
        };
        if std::mem::replace(was_read, true) {
            return Ok(None);
        }
        // A trigger has removed it, or given it another key: then it is not known what is stored.
        let gone = || DatabaseError::Driver("the row is not there that was stored".into());
        next(rows)?.ok_or_else(gone).map(Some)
    }
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
            Value::Decimal(Some(number)) => ToSqlOutput::from(number.to_string()),
            Value::Bool(Some(boolean)) => ToSqlOutput::from(*boolean),
            Value::String(Some(text)) => ToSqlOutput::from(text.as_str()),
            Value::Bytes(Some(bytes)) => ToSqlOutput::from(bytes.as_slice()),
            Value::Uuid(Some(uuid)) => ToSqlOutput::from(uuid.as_bytes().as_slice()),
            Value::ChronoDate(Some(date)) => ToSqlOutput::from(date.to_string()),
            Value::ChronoTime(Some(time)) => ToSqlOutput::from(time.format(TIME).to_string()),
            Value::ChronoDateTime(Some(moment)) => ToSqlOutput::from(date_time(moment)),
            Value::ChronoDateTimeUtc(Some(moment)) => ToSqlOutput::from(timestamp(moment)),
            null if is_null(null) => ToSqlOutput::from(rusqlite::types::Null),
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
            _ if is_busy(failure.code) => Self::Busy,
            _ => Self::Driver(Box::new(error)),
        }
    }
}

fn is_busy(code: ffi::ErrorCode) -> bool {
    matches!(
        code,
        ffi::ErrorCode::DatabaseBusy | ffi::ErrorCode::DatabaseLocked
    )
}

/// The columns of "UNIQUE constraint failed: books.title, books.isbn": SQLite says them nowhere else.
fn named_columns(message: &str) -> impl Iterator<Item = String> {
    let (_, names) = message.split_once(": ").unwrap_or_default();
    names
        .split(", ")
        .filter_map(|name| name.split_once('.'))
        .map(|(_, column)| column.to_owned())
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};
    use std::thread::sleep;

    use tempfile::TempDir;

    use super::*;

    /// Two notes of the same text roll the whole transaction back, as a full disk does.
    const NOTES: &str = "CREATE TABLE notes (text TEXT UNIQUE ON CONFLICT ROLLBACK)";

    const LONG: Duration = Duration::from_mins(1);

    type Answer<T> = Result<T, DatabaseError>;

    fn options() -> SqliteOptions {
        SqliteOptions::new(Place::Temporary(Arc::new(TempDir::new().unwrap())))
    }

    /// A connection that does not wait for others, to a database with a table of notes.
    fn notes(options: &SqliteOptions) -> Connection {
        let connection = connect(options, Access::Write).unwrap();
        connection.busy_timeout(Duration::ZERO).unwrap();
        connection.execute_batch(NOTES).unwrap();
        connection
    }

    fn stored(connection: &Connection) -> i64 {
        let count = "SELECT count(*) FROM notes";
        connection.query_row(count, [], |row| row.get(0)).unwrap()
    }

    fn insert(text: &str) -> Statement {
        Statement {
            values: vec![Value::from(text)],
            ..Statement::plain("INSERT INTO notes VALUES (?) RETURNING text")
        }
    }

    /// The operation that stores a note.
    fn noting(text: &str) -> Operation {
        let statement = insert(text);
        Operation::Run(Box::new(move |connection| {
            let _ = run(connection, &statement, |_| Ok(()));
        }))
    }

    /// Runs these operations, which all wait already, in a transaction, and says what the commit after them said.
    fn operate(
        connection: &Connection,
        timeout: Duration,
        run: impl IntoIterator<Item = Operation>,
    ) -> Option<Answer<()>> {
        let (sender, operations) = unbounded();
        let (answer, mut answered) = oneshot::channel();
        for operation in run {
            sender.send(operation).unwrap();
        }
        sender.send(Operation::Commit(answer)).unwrap();
        begin(connection).unwrap();
        run_operations(connection, &operations, timeout, &Commits::default());
        drop(operations);
        answered.try_recv().ok()
    }

    /// A request that a test polls by hand, so that nothing happens between.
    struct Request<T>(Pin<Box<dyn Future<Output = Answer<T>>>>);

    impl<T> Request<T> {
        fn new(request: impl Future<Output = Answer<T>> + 'static) -> Self {
            let mut request = Self(Box::pin(request));
            assert!(request.answer().is_none(), "it has to wait");
            request
        }

        fn answer(&mut self) -> Option<Answer<T>> {
            let mut context = Context::from_waker(Waker::noop());
            match self.0.as_mut().poll(&mut context) {
                Poll::Ready(answer) => Some(answer),
                Poll::Pending => None,
            }
        }
    }

    /// A database without threads, and what waits for them.
    fn unserved() -> (Arc<Sqlite>, Receiver<Read>, Receiver<Write>) {
        let (readers, reads) = bounded(WAITING);
        let (writer, units) = bounded(WAITING);
        let options = options().transaction_timeout(LONG);
        drop(notes(&options));
        let sqlite = Sqlite {
            readers,
            writer,
            commits: Arc::default(),
            file: OpenedFile::at(&options.place.path()).unwrap(),
            options,
        };
        (Arc::new(sqlite), reads, units)
    }

    /// Writes of these notes, one each, and their units.
    fn group(texts: &[&'static str]) -> (Vec<Request<Option<()>>>, Vec<Unit>) {
        of_units(texts, |sqlite, text| {
            Request::new(async move { sqlite.write(vec![insert(text)], |_, _| Ok(())).await })
        })
    }

    /// As [`group`], with a statement beside each.
    fn group_with(pairs: &[(&'static str, &'static str)]) -> (Vec<Request<Option<()>>>, Vec<Unit>) {
        of_units(pairs, |sqlite, (text, beside)| {
            let beside = move |_, _: &Row<'_>| Ok(((), vec![Statement::plain(beside)]));
            Request::new(async move { sqlite.write_with(vec![insert(text)], beside).await })
        })
    }

    fn of_units<T: Copy>(
        each: &[T],
        request: impl Fn(Arc<Sqlite>, T) -> Request<Option<()>>,
    ) -> (Vec<Request<Option<()>>>, Vec<Unit>) {
        let (sqlite, _, writes) = unserved();
        let requests = each.iter().map(|&one| request(sqlite.clone(), one));
        let requests = requests.collect();
        let units = writes.try_iter().filter_map(|write| match write {
            Write::Unit(unit) => Some(unit),
            Write::Session(_) | Write::Checkpoint(_) => None,
        });
        (requests, units.collect())
    }

    fn answers(requests: Vec<Request<Option<()>>>) -> Vec<Answer<Option<()>>> {
        let requests = requests.into_iter();
        requests
            .map(|mut request| request.answer().expect("an answer"))
            .collect()
    }

    #[test]
    fn statements_that_wait_already_do_not_outlast_the_timeout() {
        let options = options();
        let connection = notes(&options);
        let slow = Operation::Run(Box::new(|_| sleep(Duration::from_millis(30))));
        let committed = operate(
            &connection,
            Duration::from_millis(10),
            [noting("early"), slow, noting("late")],
        );
        assert!(committed.is_none(), "{committed:?}");
        assert_eq!(stored(&connection), 0);
        assert!(
            operate(&connection, LONG, [noting("other")])
                .unwrap()
                .is_ok()
        );
        assert_eq!(stored(&connection), 1);
    }

    #[test]
    fn after_a_rollback_by_the_database_nothing_is_stored_on_its_own() {
        let options = options();
        let connection = notes(&options);
        let notes = ["one", "one", "after"].map(noting);
        let committed = operate(&connection, LONG, notes);
        assert!(committed.is_none(), "{committed:?}");
        assert_eq!(stored(&connection), 0);
        let committed = operate(&connection, LONG, ["one", "one"].map(noting));
        committed.unwrap().unwrap_err();
        assert_eq!(stored(&connection), 0);
    }

    #[test]
    fn work_that_nobody_waits_for_is_not_done() {
        let options = options();
        let connection = notes(&options);
        let (mut requests, units) = group(&["given up", "kept"]);
        drop(requests.remove(0));
        run_group(&connection, units, &Commits::default());
        answers(requests).remove(0).unwrap();
        assert_eq!(stored(&connection), 1);

        let (sqlite, reads, writes) = unserved();
        let reading = sqlite.clone();
        let read = async move { reading.rows(insert("read"), |_| Ok(())).await };
        drop(Request::new(read));
        reads.recv().unwrap()(&connection);
        assert_eq!(stored(&connection), 1);

        drop(Request::new(async move { sqlite.begin().await }));
        let Write::Session(request) = writes.recv().unwrap() else {
            panic!("it is no session")
        };
        run_session(&connection, request, &Commits::default());
        assert!(connection.is_autocommit());
    }

    #[test]
    fn who_made_the_database_roll_back_is_told_the_cause() {
        let options = options();
        let connection = notes(&options);
        let (requests, units) = group(&["one", "one", "two"]);
        run_group(&connection, units, &Commits::default());
        let answers = answers(requests);
        // The first is undone with the transaction; the last has one of its own.
        assert!(matches!(answers[0], Err(DatabaseError::Driver(_))));
        assert!(matches!(answers[1], Err(DatabaseError::NotUnique { .. })));
        assert!(answers[2].is_ok());
        assert_eq!(stored(&connection), 1);
    }

    #[test]
    fn a_unit_that_fails_is_undone_and_takes_nothing_along_wherever_it_stands() {
        const FAILS: &str = "DELETE FROM nowhere";
        const DONE: &str = "UPDATE notes SET text = text || '!' WHERE text = 'none'";
        let kept = |connection: &Connection, pairs: &[(&'static str, &'static str)]| {
            let (requests, units) = group_with(pairs);
            run_group(connection, units, &Commits::default());
            assert!(connection.is_autocommit());
            let answers = answers(requests);
            for (answer, (text, beside)) in answers.iter().zip(pairs) {
                assert_eq!(answer.is_ok(), *beside == DONE, "{text}: {answer:?}");
            }
            stored(connection)
        };
        let pairs = [("one", DONE), ("two", FAILS), ("three", DONE)];
        for first in 0..pairs.len() {
            let mut pairs = pairs;
            pairs.rotate_left(first);
            let options = options();
            let connection = notes(&options);
            assert_eq!(kept(&connection, &pairs), 2, "{pairs:?}");
            assert_eq!(kept(&connection, &[("four", FAILS)]), 2);
            assert_eq!(kept(&connection, &[("two", FAILS), ("two", DONE)]), 3);
        }
        // One that has no parts, before one that fails.
        let options = options();
        let connection = notes(&options);
        let (mut requests, mut units) = group(&["alone"]);
        let (others, failing) = group_with(&[("one", FAILS)]);
        requests.extend(others);
        units.extend(failing);
        run_group(&connection, units, &Commits::default());
        let answers = answers(requests);
        assert!(answers[0].is_ok() && answers[1].is_err(), "{answers:?}");
        assert_eq!(stored(&connection), 1);
    }

    #[test]
    fn a_row_that_is_read_after_it_was_stored_is_decoded_like_one_that_is_returned() {
        let options = options();
        let connection = notes(&options);
        let beside = |text: &str| Statement {
            values: vec![Value::from(text)],
            row: Some(Box::new(Statement {
                values: vec![Value::from(text)],
                ..Statement::plain("SELECT text FROM notes WHERE text = ?")
            })),
            ..Statement::plain("INSERT INTO notes VALUES (?)")
        };
        let read = |statement: &Statement| {
            run(&connection, statement, |rows| {
                let text = rows.next()?.map(|row| Ok(row.cell(0)?.text()?.to_owned()));
                let text = text.transpose().map_err(|error: DecodeError| error.into());
                assert!(rows.next()?.is_none(), "it is one row");
                text
            })
        };
        assert_eq!(read(&beside("one")).unwrap().as_deref(), Some("one"));
        // Stored already, which undoes everything.
        begin(&connection).unwrap();
        let refused = read(&beside("one"));
        assert!(matches!(refused, Err(DatabaseError::NotUnique { .. })));
        assert!(connection.is_autocommit());
        let nothing = Statement {
            row: beside("one").row,
            ..Statement::plain("UPDATE notes SET text = text WHERE text = 'none'")
        };
        assert_eq!(read(&nothing).unwrap(), None);
        let gone = Statement {
            row: beside("other").row,
            ..Statement::plain("INSERT INTO notes VALUES ('two')")
        };
        let Err(DatabaseError::Driver(cause)) = read(&gone) else {
            panic!("a row that is not there is no success")
        };
        assert_eq!(cause.to_string(), "the row is not there that was stored");
        run_alone(&connection, &beside("three")).unwrap();
        assert_eq!(stored(&connection), 3);
    }

    #[test]
    fn a_group_that_cannot_begin_is_busy_when_another_holds_the_file() {
        let options = options();
        let connection = notes(&options);
        let other = connect(&options, Access::Write).unwrap();
        begin(&other).unwrap();
        let (requests, units) = group(&["one", "two"]);
        run_group(&connection, units, &Commits::default());
        for answer in answers(requests) {
            assert!(matches!(answer, Err(DatabaseError::Busy)), "{answer:?}");
        }
        roll_back(&other);
        let (requests, units) = group(&["three"]);
        run_group(&connection, units, &Commits::default());
        answers(requests).remove(0).unwrap();
    }

    #[test]
    fn a_group_that_cannot_begin_for_another_reason_says_so() {
        let options = options();
        let connection = notes(&options);
        // A read-only file cannot be written: no matter how often it is tried.
        let path = options.place.path();
        let reader = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let (requests, units) = group(&["one"]);
        run_group(&reader, units, &Commits::default());
        let answer = answers(requests).remove(0);
        assert!(
            matches!(answer, Err(DatabaseError::Driver(_))),
            "{answer:?}"
        );
        assert_eq!(stored(&connection), 0);
    }

    #[test]
    fn a_transaction_that_was_left_open_does_not_stop_the_next_group() {
        let options = options();
        let connection = notes(&options);
        begin(&connection).unwrap();
        let (requests, units) = group(&["one"]);
        run_group(&connection, units, &Commits::default());
        answers(requests).remove(0).unwrap();
        assert_eq!(stored(&connection), 1);
    }

    #[test]
    fn only_what_is_busy_is_worth_another_try() {
        let failure = |code| rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
        for code in [
            ffi::SQLITE_BUSY,
            ffi::SQLITE_BUSY_SNAPSHOT,
            ffi::SQLITE_LOCKED,
        ] {
            assert!(matches!(shared(&failure(code)), DatabaseError::Busy));
        }
        for code in [ffi::SQLITE_FULL, ffi::SQLITE_IOERR, ffi::SQLITE_ABORT] {
            assert!(matches!(shared(&failure(code)), DatabaseError::Driver(_)));
        }
    }

    #[test]
    fn a_decoder_that_panics_is_quoted() {
        let options = options();
        let connection = notes(&options);
        for (text, said) in [(None, "a plain text"), (Some("a number"), "a number")] {
            let failed = run(&connection, &insert(said), |_| -> Answer<()> {
                match text {
                    Some(text) => panic!("{text}"),
                    None => panic!("a plain text"),
                }
            });
            let Err(DatabaseError::Driver(cause)) = failed else {
                panic!("it is another error")
            };
            assert_eq!(cause.to_string(), format!("a decoder panicked: {said}"));
        }
    }
}
