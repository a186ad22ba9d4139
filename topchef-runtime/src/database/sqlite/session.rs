//! A transaction of several statements that come one after the other: the writer thread waits for each.
//!
//! It does not know what the statements are.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::connection::{begin, begin_part, commit, keep_part, roll_back, undo_part};
use super::statement::run;
use crate::database::{DatabaseError, Rows};
use crate::sql::Statement;

/// What becomes known when the transaction was begun.
type Begun = Result<(), DatabaseError>;

/// A transaction that may be open for so long at most, and perhaps shares its commit: the handle of who writes in it, what
/// the writer thread is to be given, and where that says that it has begun.
pub(super) fn new(
    timeout: Duration,
    shares: bool,
) -> (Session, SessionRequest, oneshot::Receiver<Begun>) {
    let (started, ready) = oneshot::channel();
    let (sender, operations) = unbounded();
    let request = SessionRequest {
        started,
        operations,
        timeout,
        shares,
    };
    (Session { operations: sender }, request, ready)
}

/// An open transaction: the writer thread waits for its next operation, and rolls back when this is dropped.
#[derive(Debug)]
pub(crate) struct Session {
    operations: Sender<Operation>,
}

impl Session {
    pub(in crate::database) async fn rows<T: Send + 'static>(
        &mut self,
        statement: Statement,
        decode: impl FnOnce(&mut Rows<'_>) -> Result<T, DatabaseError> + Send + 'static,
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
    pub(in crate::database) async fn mark(&mut self, text: String) -> Result<(), DatabaseError> {
        self.rows(Statement::plain(text), |_| Ok(())).await
    }

    pub(in crate::database) async fn commit(self) -> Result<(), DatabaseError> {
        let (answer, answered) = oneshot::channel();
        self.operations
            .send(Operation::Commit(answer))
            .map_err(|_| DatabaseError::TimedOut)?;
        answered.await.map_err(|_| DatabaseError::TimedOut)?
    }
}

/// What the writer thread makes a transaction of.
pub(super) struct SessionRequest {
    started: oneshot::Sender<Begun>,
    operations: Receiver<Operation>,
    timeout: Duration,
    shares: bool,
}

/// What was written in a transaction, and is to be committed.
pub(super) struct Written(oneshot::Sender<Result<(), DatabaseError>>);

impl Written {
    /// Says what became of the commit.
    pub(super) fn answer(self, committed: Result<(), DatabaseError>) {
        // Nobody listens when the caller gave up.
        let _ = self.0.send(committed);
    }
}

enum Operation {
    Run(Box<dyn FnOnce(&Connection) + Send>),
    Commit(oneshot::Sender<Result<(), DatabaseError>>),
}

impl std::fmt::Debug for Operation {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Operation")
    }
}

impl SessionRequest {
    /// Whether its commit may be that of others too.
    pub(super) fn shares(&self) -> bool {
        self.shares
    }

    /// Whether nobody waits for it any more.
    pub(super) fn is_given_up(&self) -> bool {
        self.started.is_closed()
    }

    /// Runs it to its end, in a transaction of its own, or in that of others who have written already; gives what is to be
    /// committed then.
    pub(super) fn run(self, connection: &Connection, among: bool) -> Option<Written> {
        let begun = if among {
            begin_part(connection)
        } else {
            begin(connection)
        };
        let failed = begun.is_err();
        let begun = begun.map_err(DatabaseError::from);
        if failed {
            // Nobody listens when the caller gave up.
            let _ = self.started.send(begun);
            return None;
        }
        if self.started.send(begun).is_err() {
            undo(connection, among);
            return None;
        }
        run_operations(connection, &self.operations, self.timeout, among)
    }

    /// Says why there is none.
    pub(super) fn refuse(self, error: DatabaseError) {
        // Nobody listens when the caller gave up.
        let _ = self.started.send(Err(error));
    }
}

fn run_operations(
    connection: &Connection,
    operations: &Receiver<Operation>,
    timeout: Duration,
    among: bool,
) -> Option<Written> {
    let deadline = Instant::now() + timeout;
    loop {
        match next_operation(operations, deadline) {
            // After SQLite rolled back by itself a statement would be stored on its own.
            Ok(Operation::Run(_)) if connection.is_autocommit() => return None,
            Ok(Operation::Run(run)) => {
                // A panic in a decoder must not end the writer: its caller sees the answer missing.
                let _ = catch_unwind(AssertUnwindSafe(|| run(connection)));
            }
            Ok(Operation::Commit(answer)) => return keep(connection, Written(answer), among),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                tracing::warn!(
                    ?timeout,
                    "a transaction was open for too long and is rolled back"
                );
                break;
            }
        }
    }
    undo(connection, among);
    None
}

/// What was written stays for the commit; where it cannot, its writer is told so at once.
fn keep(connection: &Connection, written: Written, among: bool) -> Option<Written> {
    let kept = if connection.is_autocommit() {
        // SQLite rolled back by itself, which this says.
        commit(connection)
    } else if among {
        keep_part(connection)
    } else {
        Ok(())
    };
    match kept {
        Ok(()) => Some(written),
        Err(error) => {
            written.answer(Err(error.into()));
            undo(connection, among);
            None
        }
    }
}

/// Nothing of it stays; what others wrote before does.
fn undo(connection: &Connection, among: bool) {
    if !among {
        return roll_back(connection);
    }
    if connection.is_autocommit() {
        return;
    }
    if let Err(error) = undo_part(connection) {
        tracing::error!(%error, "transactions with one commit could not go on after one that failed");
        // What of it would stay is not known, so nothing does, and the commit says so to everyone.
        roll_back(connection);
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

#[cfg(test)]
mod tests {
    use std::thread::sleep;

    use super::super::testing::{insert, notes, options, stored};
    use super::*;

    const LONG: Duration = Duration::from_mins(1);

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
    ) -> Option<Result<(), DatabaseError>> {
        let (sender, operations) = unbounded();
        let (answer, mut answered) = oneshot::channel();
        for operation in run {
            sender.send(operation).unwrap();
        }
        sender.send(Operation::Commit(answer)).unwrap();
        begin(connection).unwrap();
        if let Some(written) = run_operations(connection, &operations, timeout, false) {
            written.answer(commit(connection).map_err(DatabaseError::from));
        }
        drop(operations);
        answered.try_recv().ok()
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
    fn one_that_nobody_waits_for_is_not_begun() {
        let options = options();
        let connection = notes(&options);
        let (_session, request, ready) = new(LONG, false);
        drop(ready);
        assert!(request.is_given_up());
        assert!(request.run(&connection, false).is_none());
        assert!(connection.is_autocommit());
    }
}
