//! The row that a write stores, where the write itself does not return it.
//!
//! `SQLite` keeps what a statement returns in a table of its own, and beside that a journal of what it changes: to read the
//! row by its key in the same transaction is less work. `PostgreSQL` would have to be asked twice.
//! It does not know how the two are run.

use sea_query::{Alias, Expr, ExprTrait, Func};

use super::form::{Form, Verb};
use super::{Dialect, Statement, column};
use crate::column::{Key, Value};
use crate::descriptor::Descriptor;
use crate::query::Condition;

/// How it is known which row a statement has written.
#[derive(Clone, Debug)]
pub(crate) enum WrittenRow {
    /// The statement returns it.
    Returned,
    /// Another statement reads it.
    Read(Box<Statement>),
    /// Only whether there is one is asked: it gives a row of no cells.
    Counted,
}

impl WrittenRow {
    /// Read by this statement, or returned where there is none.
    pub(super) fn read_by(statement: Option<Statement>) -> Self {
        statement.map_or(Self::Returned, |statement| Self::Read(Box::new(statement)))
    }
}

impl Dialect {
    /// What reads the row that these values become; none where the statement that stores them returns it.
    pub(super) fn inserted(
        self,
        descriptor: &'static Descriptor,
        values: &[(usize, Value)],
    ) -> Option<Statement> {
        if !self.reads_rows_of(descriptor) {
            return None;
        }
        let given = |column: &usize| {
            let mut values = values.iter();
            let given = values.find(|(index, _)| index == column);
            given.map(|(_, value)| value.clone())
        };
        let key: Option<Vec<Value>> = descriptor.key.iter().map(given).collect();
        match (key, descriptor.key) {
            (Some(key), _) => {
                let is_key = Condition::is_key(descriptor, &Key::new(key));
                Some(self.select_one(descriptor, &[is_key]))
            }
            (None, [counted]) => Some(self.counted(descriptor, *counted)),
            (None, _) => None,
        }
    }

    /// The row whose key `SQLite` has just counted up.
    fn counted(self, descriptor: &'static Descriptor, key: usize) -> Statement {
        let form = Form::of(self, Verb::SelectInserted, descriptor);
        let build = || {
            let counted = Func::cust(Alias::new("last_insert_rowid"));
            let mut statement = self.rows(descriptor, &[]);
            statement.and_where(Expr::col(column(descriptor, key)).eq(counted));
            self.build(&statement)
        };
        form.built(build)
    }

    /// What reads the row that is given these values; none where the statement that changes it returns it.
    pub(super) fn updated(
        self,
        descriptor: &'static Descriptor,
        conditions: &[Condition],
        values: &[(usize, Value)],
    ) -> Option<Statement> {
        let mut changed = values.iter().map(|(index, _)| index);
        if !self.finds_by_key(descriptor, conditions)
            || changed.any(|index| descriptor.key.contains(index))
        {
            return None;
        }
        // Conditions beside the key need not hold any more.
        Some(self.select_one(descriptor, conditions.get(..1)?))
    }

    /// Whether the first of these conditions is the key, by which the row is found at once.
    pub(super) fn finds_by_key(self, descriptor: &Descriptor, conditions: &[Condition]) -> bool {
        let first = conditions.first();
        first.is_some_and(|first| first.says_key(descriptor)) && self.reads_rows_of(descriptor)
    }

    /// Whether a row that was written is read by its key.
    ///
    /// In a table of somebody else's the key may be compared otherwise than it is here: then another row would be found.
    fn reads_rows_of(self, descriptor: &Descriptor) -> bool {
        let mut kinds = descriptor.key_columns().map(|column| column.kind);
        self == Self::Sqlite && kinds.all(|kind| self.collation(kind).is_none())
    }
}
