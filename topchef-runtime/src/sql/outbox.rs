//! The table of the outbox, and its statements.
//!
//! It does not know what a message is for, nor when it is due.

use sea_query::{
    Alias, ColumnDef, ConditionalStatement, DeleteStatement, Expr, ExprTrait, Index,
    InsertStatement, LockBehavior, LockType, Order, Query, SelectStatement, SimpleExpr, Table,
    UpdateStatement,
};

use super::{Dialect, Statement};
use crate::column::Value;

const TABLE: &str = "topchef_outbox";
const SEQUENCE: &str = "sequence";
const TOKEN: &str = "token";
const RESOURCE: &str = "resource";
const RECORD: &str = "record";
const METHOD: &str = "method";
const COMMITTED: &str = "committed";
const REQUEST: &str = "request";
const ATTEMPTS: &str = "attempts";
const CREATED_AT: &str = "created_at";
const DUE_AT: &str = "due_at";
const DEAD_AT: &str = "dead_at";
const ERROR: &str = "error";

/// The queue of a record: its messages are delivered one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Queue {
    /// The path of the record's resource.
    pub(crate) resource: &'static str,
    /// The record's key, as a part of a path.
    pub(crate) record: String,
}

/// A message on its way into the outbox.
#[derive(Clone, Debug)]
pub(crate) struct NewMessage<'a> {
    pub(crate) queue: &'a Queue,
    /// By which the one who stores it knows it again.
    pub(crate) token: i64,
    pub(crate) method: &'static str,
    /// The record as it was committed, as JSON.
    pub(crate) committed: String,
    /// What is kept of the request, as JSON.
    pub(crate) request: String,
    /// Milliseconds since 1970.
    pub(crate) created_at: i64,
    pub(crate) due_at: i64,
}

/// What became of a message whose hook failed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failure<'a> {
    /// How many attempts there were, with this one.
    pub(crate) attempts: i64,
    pub(crate) error: &'a str,
    /// When the next one is due, in milliseconds since 1970.
    pub(crate) due_at: i64,
    /// When it was given up.
    pub(crate) dead_at: Option<i64>,
}

/// Which messages an operator asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// Those that are delivered in their time.
    Waiting,
    /// Those that are given up.
    Dead,
}

impl Dialect {
    /// Makes the table where there is none, the index of what is due, and that of a record's queue.
    pub(crate) fn create_outbox(self) -> [Statement; 3] {
        let required = |name: &str| ColumnDef::new(Alias::new(name)).not_null().take();
        let mut table = Table::create();
        table
            .table(Alias::new(TABLE))
            .if_not_exists()
            .col(self.counting_key(SEQUENCE))
            .col(required(TOKEN).big_integer())
            .col(required(RESOURCE).text())
            .col(required(RECORD).text())
            .col(required(METHOD).text())
            .col(required(COMMITTED).text())
            .col(required(REQUEST).text())
            .col(required(ATTEMPTS).big_integer().default(0))
            .col(required(CREATED_AT).big_integer())
            .col(required(DUE_AT).big_integer())
            .col(ColumnDef::new(Alias::new(DEAD_AT)).big_integer())
            .col(ColumnDef::new(Alias::new(ERROR)).text());
        let index = |name: &str| {
            let mut index = Index::create();
            index
                .name(format!("{TABLE}_{name}"))
                .table(Alias::new(TABLE))
                .if_not_exists();
            index
        };
        let mut due = index("due");
        due.col(Alias::new(DUE_AT)).and_where(lives());
        let mut queue = index("queue");
        for name in [RESOURCE, RECORD, SEQUENCE] {
            queue.col(Alias::new(name));
        }
        let texts = [
            self.definition(&table),
            self.definition(&due),
            self.definition(&queue),
        ];
        texts.map(Statement::plain)
    }

    /// Looks for the table without reading a row of it.
    pub(crate) fn probe_outbox(self) -> Statement {
        let mut statement = SelectStatement::new();
        statement
            .column(Alias::new(SEQUENCE))
            .from(Alias::new(TABLE))
            .limit(0);
        self.build(&statement)
    }

    /// Stores a message.
    pub(crate) fn insert_message(self, message: NewMessage<'_>) -> Statement {
        let values: [(&str, SimpleExpr); 8] = [
            (TOKEN, message.token.into()),
            (RESOURCE, message.queue.resource.into()),
            (RECORD, message.queue.record.as_str().into()),
            (METHOD, message.method.into()),
            (COMMITTED, message.committed.into()),
            (REQUEST, message.request.into()),
            (CREATED_AT, message.created_at.into()),
            (DUE_AT, message.due_at.into()),
        ];
        let mut statement = InsertStatement::new();
        statement
            .into_table(Alias::new(TABLE))
            .columns(values.each_ref().map(|(name, _)| Alias::new(*name)))
            .values_panic(values.map(|(_, value)| value))
            .returning(Query::returning().column(Alias::new(SEQUENCE)));
        self.build(&statement)
    }

    /// The first message of a queue, which nobody else takes until the end of the transaction: its sequence, token,
    /// method, record, request, attempts and when it is due.
    pub(crate) fn first_message(self, queue: &Queue) -> Statement {
        let mut statement = SelectStatement::new();
        statement
            .columns(
                [
                    SEQUENCE, TOKEN, METHOD, COMMITTED, REQUEST, ATTEMPTS, DUE_AT,
                ]
                .map(Alias::new),
            )
            .from(Alias::new(TABLE))
            .and_where(is_of(queue))
            .and_where(lives())
            .order_by(Alias::new(SEQUENCE), Order::Asc)
            .limit(1)
            // `SQLite` has no such words, and needs none: it has one writer.
            .lock_exclusive();
        self.build(&statement)
    }

    /// Removes a message that was delivered; returns its sequence.
    pub(crate) fn delete_message(self, sequence: i64) -> Statement {
        let mut statement = DeleteStatement::new();
        statement
            .from_table(Alias::new(TABLE))
            .and_where(is(sequence))
            .returning(Query::returning().column(Alias::new(SEQUENCE)));
        self.build(&statement)
    }

    /// Counts an attempt at a message that is due, and puts the next one off; returns the attempts.
    pub(crate) fn lease_message(self, sequence: i64, now: i64, due_at: i64) -> Statement {
        // One that is being delivered is locked; it is not waited for.
        let mut free = SelectStatement::new();
        free.column(Alias::new(SEQUENCE))
            .from(Alias::new(TABLE))
            .and_where(is(sequence))
            .and_where(lives())
            .and_where(Expr::col(Alias::new(DUE_AT)).lte(now))
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        let mut statement = UpdateStatement::new();
        statement
            .table(Alias::new(TABLE))
            .value(Alias::new(ATTEMPTS), Expr::col(Alias::new(ATTEMPTS)).add(1))
            .value(Alias::new(DUE_AT), due_at)
            .and_where(Expr::col(Alias::new(SEQUENCE)).in_subquery(free))
            .returning(Query::returning().column(Alias::new(ATTEMPTS)));
        self.build(&statement)
    }

    /// Stores that an attempt failed, where there were so many before and nobody has counted another; returns the sequence.
    pub(crate) fn fail_message(
        self,
        sequence: i64,
        attempts_before: i64,
        failure: &Failure<'_>,
    ) -> Statement {
        let mut statement = UpdateStatement::new();
        statement
            .table(Alias::new(TABLE))
            .value(Alias::new(ATTEMPTS), failure.attempts)
            .value(Alias::new(ERROR), failure.error)
            .value(Alias::new(DUE_AT), failure.due_at)
            .value(Alias::new(DEAD_AT), Value::BigInt(failure.dead_at))
            .and_where(is(sequence))
            .and_where(lives())
            .and_where(Expr::col(Alias::new(ATTEMPTS)).eq(attempts_before))
            .returning(Query::returning().column(Alias::new(SEQUENCE)));
        self.build(&statement)
    }

    /// Looks for a message: its sequence.
    pub(crate) fn find_message(self, sequence: i64) -> Statement {
        let mut statement = SelectStatement::new();
        statement
            .column(Alias::new(SEQUENCE))
            .from(Alias::new(TABLE))
            .and_where(is(sequence));
        self.build(&statement)
    }

    /// Makes no message of a queue due before this.
    pub(crate) fn put_off_messages(self, queue: &Queue, due_at: i64) -> Statement {
        let mut statement = UpdateStatement::new();
        statement
            .table(Alias::new(TABLE))
            .value(Alias::new(DUE_AT), due_at)
            .and_where(is_of(queue))
            .and_where(lives())
            .and_where(Expr::col(Alias::new(DUE_AT)).lt(due_at));
        self.build(&statement)
    }

    /// How many messages wait that are for none of these resources.
    pub(crate) fn count_messages_of_others(self, resources: &[&str]) -> Statement {
        let mut statement = SelectStatement::new();
        statement
            .expr(Expr::col(Alias::new(SEQUENCE)).count())
            .from(Alias::new(TABLE))
            .and_where(lives())
            .and_where(Expr::col(Alias::new(RESOURCE)).is_not_in(resources.iter().copied()));
        self.build(&statement)
    }

    /// The messages of these resources that are due and first in their queues: sequence, resource, record, attempts.
    pub(crate) fn due_messages(self, resources: &[&str], now: i64, limit: u64) -> Statement {
        let (table, earlier) = (Alias::new(TABLE), Alias::new("earlier"));
        let of = |table: &Alias, name: &str| Expr::col((table.clone(), Alias::new(name)));
        let same = |name: &str| of(&earlier, name).eq(of(&table, name));
        let mut before = SelectStatement::new();
        before
            .expr(Expr::value(1))
            .from_as(table.clone(), earlier.clone())
            .and_where(same(RESOURCE))
            .and_where(same(RECORD))
            .and_where(of(&earlier, DEAD_AT).is_null())
            .and_where(of(&earlier, SEQUENCE).lt(of(&table, SEQUENCE)));
        let mut statement = SelectStatement::new();
        statement
            .columns([SEQUENCE, RESOURCE, RECORD, ATTEMPTS].map(Alias::new))
            .from(table.clone())
            .and_where(of(&table, DEAD_AT).is_null())
            .and_where(of(&table, DUE_AT).lte(now))
            .and_where(of(&table, RESOURCE).is_in(resources.iter().copied()))
            .and_where(Expr::exists(before).not())
            .order_by((table.clone(), Alias::new(DUE_AT)), Order::Asc)
            .order_by((table, Alias::new(SEQUENCE)), Order::Asc)
            .limit(limit);
        self.build(&statement)
    }

    /// Messages for an operator, those first that were stored first, after one of them: sequence, resource, record,
    /// method, attempts, when it was stored, is due and was given up, and the last error.
    pub(crate) fn list_messages(self, which: Which, after: i64, limit: u64) -> Statement {
        let mut statement = SelectStatement::new();
        statement
            .columns(
                [
                    SEQUENCE, RESOURCE, RECORD, METHOD, ATTEMPTS, CREATED_AT, DUE_AT, DEAD_AT,
                    ERROR,
                ]
                .map(Alias::new),
            )
            .from(Alias::new(TABLE))
            .and_where(which.condition())
            .and_where(Expr::col(Alias::new(SEQUENCE)).gt(after))
            .order_by(Alias::new(SEQUENCE), Order::Asc)
            .limit(limit);
        self.build(&statement)
    }

    /// How many messages there are.
    pub(crate) fn count_messages(self, which: Which) -> Statement {
        let mut statement = SelectStatement::new();
        statement
            .expr(Expr::col(Alias::new(SEQUENCE)).count())
            .from(Alias::new(TABLE))
            .and_where(which.condition());
        self.build(&statement)
    }

    /// Makes a message due that waits or was given up, as if it was never tried; returns its sequence.
    pub(crate) fn revive_message(self, sequence: i64, now: i64) -> Statement {
        let mut statement = revive(now);
        statement
            .and_where(is(sequence))
            .returning(Query::returning().column(Alias::new(SEQUENCE)));
        self.build(&statement)
    }

    /// Makes all messages due that were given up.
    pub(crate) fn revive_dead_messages(self, now: i64) -> Statement {
        let mut statement = revive(now);
        statement.and_where(Which::Dead.condition());
        self.build(&statement)
    }

    /// Removes a message that was given up; returns its sequence.
    pub(crate) fn delete_dead_message(self, sequence: i64) -> Statement {
        let mut statement = DeleteStatement::new();
        statement
            .from_table(Alias::new(TABLE))
            .and_where(is(sequence))
            .and_where(Which::Dead.condition())
            .returning(Query::returning().column(Alias::new(SEQUENCE)));
        self.build(&statement)
    }
}

impl Which {
    fn condition(self) -> Expr {
        match self {
            Self::Waiting => lives(),
            Self::Dead => Expr::col(Alias::new(DEAD_AT)).is_not_null(),
        }
    }
}

fn revive(now: i64) -> UpdateStatement {
    let mut statement = UpdateStatement::new();
    statement
        .table(Alias::new(TABLE))
        .value(Alias::new(ATTEMPTS), 0)
        .value(Alias::new(DUE_AT), now)
        .value(Alias::new(DEAD_AT), Value::BigInt(None));
    statement
}

fn is(sequence: i64) -> Expr {
    Expr::col(Alias::new(SEQUENCE)).eq(sequence)
}

fn is_of(queue: &Queue) -> Expr {
    let resource = Expr::col(Alias::new(RESOURCE)).eq(queue.resource);
    resource.and(Expr::col(Alias::new(RECORD)).eq(queue.record.as_str()))
}

/// That a message was not given up.
fn lives() -> Expr {
    Expr::col(Alias::new(DEAD_AT)).is_null()
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::super::tests::shown;
    use super::*;

    #[test]
    fn the_table_and_every_statement() {
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            assert_snapshot!(all_shown(dialect));
        }
    }

    fn all_shown(dialect: Dialect) -> String {
        let queue = Queue {
            resource: "/books",
            record: "7".to_owned(),
        };
        let message = NewMessage {
            queue: &queue,
            token: 11,
            method: "post",
            committed: "{}".to_owned(),
            request: "{}".to_owned(),
            created_at: 1000,
            due_at: 2000,
        };
        let failure = Failure {
            attempts: 2,
            error: "why",
            due_at: 5000,
            dead_at: Some(6000),
        };
        let mut statements = dialect.create_outbox().to_vec();
        statements.extend([
            dialect.probe_outbox(),
            dialect.insert_message(message),
            dialect.first_message(&queue),
            dialect.delete_message(1),
            dialect.lease_message(1, 3000, 4000),
            dialect.fail_message(1, 1, &failure),
            dialect.find_message(1),
            dialect.put_off_messages(&queue, 5000),
            dialect.count_messages_of_others(&["/books"]),
            dialect.due_messages(&["/books", "/loans"], 3000, 100),
            dialect.list_messages(Which::Dead, 5, 20),
            dialect.count_messages(Which::Waiting),
            dialect.revive_message(1, 7000),
            dialect.revive_dead_messages(7000),
            dialect.delete_dead_message(1),
        ]);
        let shown: Vec<_> = statements.iter().map(shown).collect();
        shown.join("\n")
    }
}
