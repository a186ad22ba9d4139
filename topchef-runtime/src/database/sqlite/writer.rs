//! The thread that writes: it takes everything that waits, runs it in one transaction, and answers all of it after one
//! commit.
//!
//! It does not know what is written.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::connection::{begin, begin_part, commit, keep_part, roll_back, spawn_over, undo_part};
use super::failure::{shared, unavailable};
use super::file::OpenedFile;
use super::session::{self, Session, SessionRequest};
use super::sessions::Sessions;
use super::statement::{first_row, run_alone};
use super::{SqliteOptions, WAITING};
use crate::column::Row;
use crate::database::DatabaseError;
use crate::database::statistics::Commits;
use crate::sql::Statement;

/// How many writes one commit takes along, without other words.
pub(super) const GROUP: usize = 256;

/// The writer thread, which ends when this is dropped and nothing waits any more.
#[derive(Debug)]
pub(super) struct Writer {
    sender: Sender<Write>,
    /// The longest that a transaction may be open.
    timeout: Duration,
}

/// Work for the writer thread.
enum Write {
    /// Whole in itself, so that many can share a commit.
    Unit(Box<dyn Unit>),
    /// Statement by statement, for hooks: it holds the writer until it ends.
    Session(SessionRequest),
    /// Everything that was committed goes into the file itself.
    Checkpoint(oneshot::Sender<Result<(), DatabaseError>>),
}

impl Writer {
    /// Starts the thread, which has this connection to this file.
    pub(super) fn start(
        connection: Connection,
        file: OpenedFile,
        options: &SqliteOptions,
        commits: Arc<Commits>,
    ) -> Result<Self, DatabaseError> {
        let (sender, waiting) = bounded(WAITING);
        let (group, timeout) = (options.group, options.transaction_timeout);
        spawn_over("topchef-writer", connection, move |connection| {
            write_loop(connection, &file, &waiting, group, &commits);
        })?;
        Ok(Self { sender, timeout })
    }

    /// How many writes and transactions wait now.
    pub(super) fn waiting(&self) -> usize {
        self.sender.len()
    }

    /// Runs statements until one of them gives a row, and with `parts` those that `decode` gives then, all or nothing.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        statements: Vec<Statement>,
        decode: impl FnOnce(usize, &Row<'_>) -> Result<(T, Vec<Statement>), DatabaseError>
        + Send
        + 'static,
        parts: bool,
    ) -> Result<Option<T>, DatabaseError> {
        let (answer, answered) = oneshot::channel();
        let unit = Box::new(Asked {
            statements,
            decode: Some(decode),
            parts,
            result: None,
            answer,
        });
        self.send(Write::Unit(unit))?;
        answered.await.map_err(|_| DatabaseError::Closed)?
    }

    /// Opens a transaction; those that share, and are brief, have one commit for several.
    pub(super) async fn begin(&self, shares: bool) -> Result<Session, DatabaseError> {
        let (session, request, ready) = session::new(self.timeout, shares);
        self.send(Write::Session(request))?;
        ready.await.map_err(|_| DatabaseError::Closed)??;
        Ok(session)
    }

    pub(super) async fn checkpoint(&self) -> Result<(), DatabaseError> {
        let (answer, answered) = oneshot::channel();
        self.send(Write::Checkpoint(answer))?;
        answered.await.map_err(|_| DatabaseError::Closed)?
    }

    fn send(&self, write: Write) -> Result<(), DatabaseError> {
        self.sender.try_send(write).map_err(|error| match error {
            TrySendError::Full(_) => DatabaseError::Busy,
            TrySendError::Disconnected(_) => DatabaseError::Closed,
        })
    }
}

/// A write that is whole in itself: first it is run, and its answer is sent when it is known what became of the commit.
trait Unit: Send {
    /// Whether a part of it may have to be undone: a statement that fails undoes itself, but for what a trigger has done
    /// that raises `FAIL`.
    fn has_parts(&self) -> bool;
    /// Runs it in a transaction, or is told why there is none.
    fn run(&mut self, begun: Result<&Connection, DatabaseError>) -> Left;
    fn answer(self: Box<Self>, committed: Result<(), DatabaseError>);
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

struct Asked<D, T> {
    statements: Vec<Statement>,
    decode: Option<D>,
    parts: bool,
    /// Nothing where nobody listened, or where it panicked.
    result: Option<Result<Option<T>, DatabaseError>>,
    answer: oneshot::Sender<Result<Option<T>, DatabaseError>>,
}

impl<D, T> Unit for Asked<D, T>
where
    D: FnOnce(usize, &Row<'_>) -> Result<(T, Vec<Statement>), DatabaseError> + Send,
    T: Send,
{
    fn has_parts(&self) -> bool {
        self.parts
    }

    fn run(&mut self, begun: Result<&Connection, DatabaseError>) -> Left {
        // A request that was given up while it waited must not be carried out later.
        let Some(decode) = self.decode.take().filter(|_| !self.answer.is_closed()) else {
            return Left::Nothing;
        };
        let result = begun.and_then(|connection| {
            let Some((value, beside)) = first_row(connection, &self.statements, decode)? else {
                return Ok(None);
            };
            for statement in &beside {
                run_alone(connection, statement)?;
            }
            Ok(Some(value))
        });
        let left = if result.is_ok() {
            Left::Kept
        } else {
            Left::Failed
        };
        self.result = Some(result);
        left
    }

    fn answer(self: Box<Self>, committed: Result<(), DatabaseError>) {
        if let Some(result) = self.result {
            // Nobody listens when the caller gave up.
            let _ = self
                .answer
                .send(result.and_then(|value| committed.map(|()| value)));
        }
    }
}

/// Nothing is written to a file that is not at its path any more: it would be gone with this program.
fn write_loop(
    connection: &Connection,
    file: &OpenedFile,
    waiting: &Receiver<Write>,
    group: usize,
    commits: &Commits,
) {
    let mut sessions = Sessions::new(connection, file, commits, group);
    // What was taken, and is for later.
    let mut taken = None;
    while let Some(first) = taken.take().or_else(|| waiting.recv().ok()) {
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
            Some(Write::Session(request)) => sessions.run(request, || match waiting.try_recv() {
                Ok(Write::Session(next)) if next.shares() => Some(next),
                other => {
                    taken = other.ok();
                    None
                }
            }),
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

fn run_group(connection: &Connection, units: Vec<Box<dyn Unit>>, commits: &Commits) {
    if let Err(error) = begin(connection) {
        tracing::warn!(%error, units = units.len(), "a group of writes could not begin");
        return refuse(units, || shared(&error));
    }
    let mut units = units.into_iter();
    let mut done = Vec::with_capacity(units.len());
    let mut kept = 0;
    let mut others = false;
    for mut unit in units.by_ref() {
        let left = run_unit(connection, unit.as_mut(), others);
        // What is left of one that has no parts stays, whatever became of it.
        others |= !unit.has_parts() || left == Left::Kept;
        kept += usize::from(left == Left::Kept);
        done.push(unit);
        if connection.is_autocommit() {
            break;
        }
    }
    let committed = commit(connection);
    // A group of which nothing stays has nothing to make durable.
    if committed.is_ok() && kept > 0 {
        commits.add(kept);
    }
    for unit in done {
        unit.answer(committed.as_ref().copied().map_err(shared));
    }
    if units.len() > 0 {
        run_group(connection, units.collect(), commits);
    }
}

/// Answers each unit why none of them could run.
fn refuse(units: Vec<Box<dyn Unit>>, error: impl Fn() -> DatabaseError) {
    for mut unit in units {
        unit.run(Err(error()));
        unit.answer(Err(error()));
    }
}

/// Runs one unit: what fails in it takes nothing else along.
///
/// One that has parts does so under a savepoint, for which SQLite notes what each page was before; but where no other's
/// writes are in the transaction, which then ends with it and begins anew.
fn run_unit(connection: &Connection, unit: &mut dyn Unit, others: bool) -> Left {
    let parts = unit.has_parts();
    let marked = parts && others;
    let begun = if marked {
        begin_part(connection).map_err(DatabaseError::from)
    } else {
        Ok(())
    };
    if let Err(error) = begun {
        return unit.run(Err(error));
    }
    // A panic in a decoder must not end the writer: its caller sees the answer missing.
    let left = catch_unwind(AssertUnwindSafe(|| unit.run(Ok(connection))));
    let left = left.unwrap_or(Left::Failed);
    // What was to be undone is gone with the transaction that was rolled back; the unit knows the cause.
    if !parts || connection.is_autocommit() {
        return left;
    }
    let ended = match (marked, left) {
        (false, Left::Kept | Left::Nothing) => Ok(()),
        (false, Left::Failed) => begin(connection),
        (true, Left::Kept | Left::Nothing) => keep_part(connection),
        (true, Left::Failed) => undo_part(connection),
    };
    if let Err(error) = ended {
        tracing::error!(%error, "a group of writes could not go on after one that failed");
        // What of it would stay is not known, so nothing does, and the commit says so to everyone.
        roll_back(connection);
    }
    left
}

#[cfg(test)]
mod tests {
    use rusqlite::OpenFlags;

    use super::super::connection::{Access, connect};
    use super::super::testing::{Request, insert, notes, options, stored};
    use super::*;

    type Answer<T> = Result<T, DatabaseError>;

    type Requests = Vec<Request<Option<()>>>;

    /// A writer without a thread, and what waits for it.
    fn unserved() -> (Arc<Writer>, Receiver<Write>) {
        let (sender, waiting) = bounded(WAITING);
        let timeout = Duration::from_mins(1);
        (Arc::new(Writer { sender, timeout }), waiting)
    }

    /// Writes of these notes, one each, and their units.
    fn group(texts: &[&'static str]) -> (Requests, Vec<Box<dyn Unit>>) {
        of_units(texts, |writer, text| {
            let decode = |_, _: &Row<'_>| Ok(((), Vec::new()));
            Request::new(async move { writer.run(vec![insert(text)], decode, false).await })
        })
    }

    /// As [`group`], with a statement beside each.
    fn group_with(pairs: &[(&'static str, &'static str)]) -> (Requests, Vec<Box<dyn Unit>>) {
        of_units(pairs, |writer, (text, beside)| {
            let beside = move |_, _: &Row<'_>| Ok(((), vec![Statement::plain(beside)]));
            Request::new(async move { writer.run(vec![insert(text)], beside, true).await })
        })
    }

    fn of_units<T: Copy>(
        each: &[T],
        request: impl Fn(Arc<Writer>, T) -> Request<Option<()>>,
    ) -> (Requests, Vec<Box<dyn Unit>>) {
        let (writer, waiting) = unserved();
        let requests = each.iter().map(|&one| request(writer.clone(), one));
        let requests = requests.collect();
        let units = waiting.try_iter().filter_map(|write| match write {
            Write::Unit(unit) => Some(unit),
            Write::Session(_) | Write::Checkpoint(_) => None,
        });
        (requests, units.collect())
    }

    fn answers(requests: Requests) -> Vec<Answer<Option<()>>> {
        let requests = requests.into_iter();
        requests
            .map(|mut request| request.answer().expect("an answer"))
            .collect()
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
    }

    #[test]
    fn a_decoder_that_panics_takes_nothing_along() {
        let options = options();
        let connection = notes(&options);
        let (mut requests, mut units) = group_with(&[("one", "SELECT 1")]);
        let (panicking, unit) = of_units(&["two"], |writer, text| {
            let decode = |_, _: &Row<'_>| -> Answer<((), Vec<Statement>)> { panic!("a decoder") };
            Request::new(async move { writer.run(vec![insert(text)], decode, true).await })
        });
        requests.extend(panicking);
        units.extend(unit);
        run_group(&connection, units, &Commits::default());
        let answers = answers(requests);
        assert!(answers[0].is_ok() && answers[1].is_err(), "{answers:?}");
        assert_eq!(stored(&connection), 1);
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
}
