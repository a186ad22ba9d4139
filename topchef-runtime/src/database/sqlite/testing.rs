//! A database with a table of notes, requests that a test polls by hand, and transactions of which everything waits.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use rusqlite::Connection;
use tempfile::TempDir;
use tokio::sync::oneshot;

use super::connection::{Access, connect};
use super::session::{self, SessionRequest};
use super::{Place, SqliteOptions};
use crate::column::Value;
use crate::database::DatabaseError;
use crate::sql::Statement;

/// Two notes of the same text roll the whole transaction back, as a full disk does.
const NOTES: &str = "CREATE TABLE notes (text TEXT UNIQUE ON CONFLICT ROLLBACK)";

pub(super) fn options() -> SqliteOptions {
    SqliteOptions::new(Place::Temporary(Arc::new(TempDir::new().unwrap())))
}

/// A connection that does not wait for others, to a database with a table of notes.
pub(super) fn notes(options: &SqliteOptions) -> Connection {
    let connection = connect(options, Access::Write).unwrap();
    connection.busy_timeout(Duration::ZERO).unwrap();
    connection.execute_batch(NOTES).unwrap();
    connection
}

pub(super) fn stored(connection: &Connection) -> i64 {
    let count = "SELECT count(*) FROM notes";
    connection.query_row(count, [], |row| row.get(0)).unwrap()
}

pub(super) fn insert(text: &str) -> Statement {
    Statement {
        values: vec![Value::from(text)],
        ..Statement::plain("INSERT INTO notes VALUES (?) RETURNING text")
    }
}

/// A request that a test polls by hand, so that nothing happens between.
pub(super) struct Request<T>(Pin<Box<dyn Future<Output = Result<T, DatabaseError>>>>);

impl<T> Request<T> {
    /// Whatever it is at.
    pub(super) fn of(request: impl Future<Output = Result<T, DatabaseError>> + 'static) -> Self {
        Self(Box::pin(request))
    }

    /// Of which nothing is answered yet.
    pub(super) fn new(request: impl Future<Output = Result<T, DatabaseError>> + 'static) -> Self {
        let mut request = Self::of(request);
        assert!(request.answer().is_none(), "it has to wait");
        request
    }

    pub(super) fn answer(&mut self) -> Option<Result<T, DatabaseError>> {
        let mut context = Context::from_waker(Waker::noop());
        match self.0.as_mut().poll(&mut context) {
            Poll::Ready(answer) => Some(answer),
            Poll::Pending => None,
        }
    }
}

/// A transaction of which everything waits already.
pub(super) struct Scripted {
    pub(super) request: Option<SessionRequest>,
    begun: oneshot::Receiver<Result<(), DatabaseError>>,
    commit: Option<Request<()>>,
}

impl Scripted {
    /// One that runs these statements, and is committed, or given up.
    pub(super) fn new(statements: Vec<Statement>, shares: bool, commits: bool) -> Self {
        let (mut session, request, begun) = session::new(Duration::from_mins(1), shares);
        for statement in statements {
            // It is sent, and its answer is nobody's business.
            let asked = pin!(session.rows(statement, |rows| rows.next().map(drop)));
            let _ = asked.poll(&mut Context::from_waker(Waker::noop()));
        }
        Self {
            request: Some(request),
            begun,
            commit: commits.then(|| Request::new(session.commit())),
        }
    }

    pub(super) fn noting(text: &str) -> Self {
        Self::new(vec![insert(text)], true, true)
    }

    /// What it was told of its commit; nothing where it was not committed, or where it waits.
    pub(super) fn answer(&mut self) -> Option<Result<(), DatabaseError>> {
        self.commit.as_mut()?.answer()
    }

    /// Whether it had a transaction.
    pub(super) fn was_begun(&mut self) -> bool {
        self.begun.try_recv().is_ok_and(|begun| begun.is_ok())
    }
}
