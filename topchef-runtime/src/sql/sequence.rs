//! What keeps the keys that a database assigns apart from those that it is given.
//!
//! It does not know who gives keys.

use sea_query::{Alias, Expr, ExprTrait, Func, FunctionCall, SelectStatement};

use super::{Dialect, Statement, column};
use crate::column::{ColumnDefault, Value};
use crate::descriptor::Descriptor;

/// A key that the database assigns to a new row.
///
/// `SQLite` goes on after the largest key that there ever was; `PostgreSQL` goes on counting, and comes to a key that was
/// given. Who is told so moves the count on, and stores the row again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Assigned {
    descriptor: &'static Descriptor,
    index: usize,
}

impl Assigned {
    /// What a new row of these values leaves to the database.
    pub(super) fn of(descriptor: &'static Descriptor, values: &[(usize, Value)]) -> Option<Self> {
        let is_given = |index: usize| values.iter().any(|(given, _)| *given == index);
        let is_assigned =
            |index: &usize| matches!(descriptor.default_of(*index), ColumnDefault::Database);
        let index = (0..descriptor.columns.len()).find(is_assigned)?;
        (!is_given(index)).then_some(Self { descriptor, index })
    }
}

impl Assigned {
    /// The column, as the table names it.
    pub(crate) fn column(self) -> &'static str {
        self.descriptor.columns[self.index].name
    }

    /// Moves the count on to the largest key, where that is more; nothing where the column has no count, or where this
    /// role may not move it.
    ///
    /// Another may take a number between the look at the count and its move: so it can go back by a little, to keys that
    /// were not given, and is moved again by who comes to one of those.
    pub(crate) fn count_on(self) -> Statement {
        let Self { descriptor, index } = self;
        let largest = || Expr::col(Alias::new("largest"));
        let counter = || Expr::from(self.count()).cast_as("regclass");
        let may_move = call("has_sequence_privilege").args([self.count().into(), "UPDATE".into()]);
        let last = call("pg_sequence_last_value").arg(counter());
        let last = Func::coalesce([Expr::from(last), Expr::value(0_i64)]);
        let mut keys = SelectStatement::new();
        keys.expr_as(
            Expr::col(column(descriptor, index)).max(),
            Alias::new("largest"),
        )
        .from(Alias::new(descriptor.table));
        let mut statement = SelectStatement::new();
        statement
            .expr(Expr::from(call("setval").args([counter(), largest()])))
            .from_subquery(keys, Alias::new("keys"))
            .and_where(Expr::from(may_move))
            .and_where(largest().gt(last));
        Dialect::Postgres.build(&statement)
    }

    /// The name of the sequence that counts the column.
    fn count(self) -> FunctionCall {
        // The function reads the table's name as SQL would, and the column's as it is.
        let table = format!("\"{}\"", self.descriptor.table.replace('"', "\"\""));
        call("pg_get_serial_sequence").args([Expr::value(table), Expr::value(self.column())])
    }
}

fn call(name: &'static str) -> FunctionCall {
    Func::cust(Alias::new(name))
}

#[cfg(all(test, feature = "postgres"))]
mod tests {
    use insta::assert_snapshot;

    use super::super::tests::{Book, shown};
    use super::*;
    use crate::ModelResource as _;

    #[test]
    fn only_a_key_that_is_not_given_is_assigned() {
        let given = [(0, Value::from(7_i64))];
        assert!(Assigned::of(Book::descriptor(), &given).is_none());
        let assigned = Assigned::of(Book::descriptor(), &[]).unwrap();
        assert_eq!(assigned.column(), "id");
        assert_snapshot!(shown(&assigned.count_on()));
    }
}
