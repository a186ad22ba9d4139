//! Statements from descriptors and queries: the only place where SQL is made, and sea-query makes it.
//!
//! Pure: it knows no connection, and every value is bound.

use std::borrow::Cow;

use sea_query::{
    Alias, DeleteStatement, Expr, ExprTrait, InsertStatement, Order, Query as Build,
    QueryStatementWriter, SelectStatement, SimpleExpr, SqliteQueryBuilder, UpdateStatement,
};

use crate::column::{Value, is_null};
use crate::descriptor::Descriptor;
use crate::query::{Condition, Operator, Query};

/// Whose SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// `SQLite`'s.
    Sqlite,
}

/// SQL text with a place for each value, and the values.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(crate) text: Cow<'static, str>,
    pub(crate) values: Vec<Value>,
}

impl Dialect {
    fn build(self, statement: &impl QueryStatementWriter) -> Statement {
        let (text, values) = match self {
            Self::Sqlite => statement.build(SqliteQueryBuilder),
        };
        Statement {
            text: Cow::Owned(text),
            values: values.0,
        }
    }

    /// The rows of a query, all columns.
    pub(crate) fn select(self, descriptor: &Descriptor, query: &Query) -> Statement {
        let mut statement = rows(descriptor, &query.conditions);
        for sort in &query.order {
            statement.order_by(column(descriptor, sort.column), direction(sort.descending));
        }
        for &index in descriptor.key {
            if !query.order.iter().any(|sort| sort.column == index) {
                statement.order_by(column(descriptor, index), Order::Asc);
            }
        }
        statement.limit(query.limit).offset(query.offset);
        self.build(&statement)
    }

    /// The row for which all conditions hold, all columns.
    pub(crate) fn select_one(self, descriptor: &Descriptor, conditions: &[Condition]) -> Statement {
        let mut statement = rows(descriptor, conditions);
        statement.limit(1);
        self.build(&statement)
    }

    /// A new row of the given columns; returns all columns of what was stored.
    pub(crate) fn insert(self, descriptor: &Descriptor, values: &[(usize, Value)]) -> Statement {
        let mut statement = InsertStatement::new();
        statement.into_table(Alias::new(descriptor.table));
        if values.is_empty() {
            statement.or_default_values();
        } else {
            statement.columns(values.iter().map(|(index, _)| column(descriptor, *index)));
            statement.values_panic(
                values
                    .iter()
                    .map(|(_, value)| SimpleExpr::from(value.clone())),
            );
        }
        statement.returning(returning(descriptor));
        self.build(&statement)
    }

    /// Changes the given columns where all conditions hold; returns all columns of what is stored then.
    pub(crate) fn update(
        self,
        descriptor: &Descriptor,
        conditions: &[Condition],
        values: &[(usize, Value)],
    ) -> Statement {
        let mut statement = UpdateStatement::new();
        statement.table(Alias::new(descriptor.table));
        statement.values(
            values.iter().map(|(index, value)| {
                (column(descriptor, *index), SimpleExpr::from(value.clone()))
            }),
        );
        for condition in conditions {
            statement.and_where(expression(descriptor, condition));
        }
        statement.returning(returning(descriptor));
        self.build(&statement)
    }

    /// Removes the rows where all conditions hold; returns all columns of what was stored.
    pub(crate) fn delete(self, descriptor: &Descriptor, conditions: &[Condition]) -> Statement {
        let mut statement = DeleteStatement::new();
        statement.from_table(Alias::new(descriptor.table));
        for condition in conditions {
            statement.and_where(expression(descriptor, condition));
        }
        statement.returning(returning(descriptor));
        self.build(&statement)
    }
}

fn column(descriptor: &Descriptor, index: usize) -> Alias {
    Alias::new(descriptor.columns[index].name)
}

fn rows(descriptor: &Descriptor, conditions: &[Condition]) -> SelectStatement {
    let mut statement = SelectStatement::new();
    statement
        .columns((0..descriptor.columns.len()).map(|index| column(descriptor, index)))
        .from(Alias::new(descriptor.table));
    for condition in conditions {
        statement.and_where(expression(descriptor, condition));
    }
    statement
}

fn returning(descriptor: &Descriptor) -> sea_query::ReturningClause {
    Build::returning().columns((0..descriptor.columns.len()).map(|index| column(descriptor, index)))
}

fn direction(descending: bool) -> Order {
    if descending { Order::Desc } else { Order::Asc }
}

fn expression(descriptor: &Descriptor, condition: &Condition) -> Expr {
    let column = Expr::col(column(descriptor, condition.column));
    match &condition.operator {
        Operator::Equal(value) if is_null(value) => column.is_null(),
        Operator::NotEqual(value) if is_null(value) => column.is_not_null(),
        Operator::Equal(value) => column.eq(value.clone()),
        Operator::NotEqual(value) => column.ne(value.clone()),
        Operator::Less(value) => column.lt(value.clone()),
        Operator::LessOrEqual(value) => column.lte(value.clone()),
        Operator::Greater(value) => column.gt(value.clone()),
        Operator::GreaterOrEqual(value) => column.gte(value.clone()),
        Operator::In(values) => column.is_in(values.iter().cloned()),
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::ModelResource;
    use crate::query::{PageSize, Sort};

    #[derive(ModelResource)]
    struct Book {
        id: i64,
        title: Option<String>,
    }

    /// What a client would send to break out of a string.
    const HOSTILE: &str = "'; DROP TABLE books; --";

    fn hostile() -> Value {
        Value::String(Some(HOSTILE.to_owned()))
    }

    fn condition(column: usize, operator: Operator) -> Condition {
        Condition { column, operator }
    }

    fn shown(statement: &Statement) -> String {
        assert!(!statement.text.contains(HOSTILE));
        format!("{}\n{:?}", statement.text, statement.values)
    }

    #[test]
    fn a_page() {
        let mut query = Query::first_page(Book::descriptor(), PageSize::default());
        query
            .conditions
            .push(condition(1, Operator::Equal(hostile())));
        query.order.push(Sort {
            column: 1,
            descending: true,
        });
        assert_snapshot!(shown(&Dialect::Sqlite.select(Book::descriptor(), &query)));
    }

    #[test]
    fn every_operator() {
        let null = Value::String(None);
        let conditions = [
            condition(1, Operator::Equal(null.clone())),
            condition(1, Operator::NotEqual(null)),
            condition(1, Operator::NotEqual(hostile())),
            condition(0, Operator::Less(Value::BigInt(Some(1)))),
            condition(0, Operator::LessOrEqual(Value::BigInt(Some(2)))),
            condition(0, Operator::Greater(Value::BigInt(Some(3)))),
            condition(0, Operator::GreaterOrEqual(Value::BigInt(Some(4)))),
            condition(1, Operator::In(vec![hostile()])),
            condition(1, Operator::In(vec![])),
        ];
        assert_snapshot!(shown(
            &Dialect::Sqlite.select_one(Book::descriptor(), &conditions)
        ));
    }

    #[test]
    fn writes() {
        let key = [condition(0, Operator::Equal(Value::BigInt(Some(7))))];
        let values = [(1, hostile())];
        assert_snapshot!(shown(&Dialect::Sqlite.insert(Book::descriptor(), &values)));
        assert_snapshot!(shown(&Dialect::Sqlite.insert(Book::descriptor(), &[])));
        assert_snapshot!(shown(&Dialect::Sqlite.update(
            Book::descriptor(),
            &key,
            &values
        )));
        assert_snapshot!(shown(&Dialect::Sqlite.delete(Book::descriptor(), &key)));
    }
}
