//! What keeps the keys that a database assigns apart from those that it is given.
//!
//! It does not know who gives keys.

use sea_query::{Alias, Expr, ExprTrait, Func, FunctionCall, ReturningClause};

use super::{Dialect, column, returning};
use crate::column::{ColumnDefault, Value};
use crate::descriptor::Descriptor;

impl Dialect {
    /// What a new row's statement gives back: all columns.
    ///
    /// `SQLite` goes on after the largest key that there ever was; `PostgreSQL` goes on counting, and would come to a key
    /// that was given. So a key that is given moves the count on, in a column after all others.
    pub(super) fn returning_new(
        self,
        descriptor: &Descriptor,
        values: &[(usize, Value)],
    ) -> ReturningClause {
        let is_assigned =
            |index: usize| matches!(descriptor.default_of(index), ColumnDefault::Database);
        let given = values.iter().map(|(index, _)| *index);
        match (self, given.into_iter().find(|index| is_assigned(*index))) {
            (Self::Postgres, Some(key)) => {
                let columns = 0..descriptor.columns.len();
                let columns = columns.map(|index| Expr::col(column(descriptor, index)));
                let all = columns.chain([counted_on(descriptor, key)]);
                sea_query::Query::returning().exprs(all)
            }
            _ => returning(descriptor),
        }
    }
}

/// Moves the count of a column on to what the row holds, where that is more; nothing where the column has no count, or
/// where this role may not move it.
fn counted_on(descriptor: &Descriptor, key: usize) -> Expr {
    let held = || Expr::col(column(descriptor, key));
    let may_move = call("has_sequence_privilege").args([count(descriptor, key), "UPDATE".into()]);
    let last = call("pg_sequence_last_value").arg(count(descriptor, key).cast_as("regclass"));
    let last = Func::coalesce([Expr::from(last), Expr::value(0_i64)]);
    let moved = call("setval").args([count(descriptor, key).cast_as("regclass"), held()]);
    let is_more = Expr::from(may_move).and(held().gt(last));
    Expr::case(is_more, moved).into()
}

/// The name of the sequence that counts a column.
fn count(descriptor: &Descriptor, key: usize) -> Expr {
    // The function reads the table's name as SQL would, and the column's as it is.
    let table = format!("\"{}\"", descriptor.table.replace('"', "\"\""));
    let names = [
        Expr::value(table),
        Expr::value(descriptor.columns[key].name),
    ];
    call("pg_get_serial_sequence").args(names).into()
}

fn call(name: &'static str) -> FunctionCall {
    Func::cust(Alias::new(name))
}
