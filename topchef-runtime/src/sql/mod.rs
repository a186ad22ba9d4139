//! Statements from descriptors and queries: the only place where SQL is made, and sea-query makes it.
//!
//! Pure: it knows no connection, and every value is bound.

mod condition;
mod idempotency;
mod pattern;
mod select;
mod sequence;

use std::borrow::Cow;

use sea_query::{
    Alias, DeleteStatement, Expr, ExprTrait, InsertStatement, PostgresQueryBuilder, Query as Build,
    QueryStatementWriter, SchemaStatementBuilder, SimpleExpr, SqliteQueryBuilder, UpdateStatement,
    Values,
};

use crate::column::{Kind, Value};
use crate::descriptor::Descriptor;
use crate::query::Condition;

pub(crate) use idempotency::ScopedKey;

/// The version of a new record.
const FIRST_VERSION: i64 = 1;

/// Whose SQL; both are known whichever drivers there are, because text is all that it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(all(feature = "sqlite", feature = "postgres")),
    allow(dead_code, reason = "without a driver nobody speaks its dialect")
)]
pub(crate) enum Dialect {
    /// `SQLite`'s.
    Sqlite,
    /// `PostgreSQL`'s.
    Postgres,
}

/// The name of `PostgreSQL`'s collation by which texts compare byte by byte, as `SQLite` compares them by itself.
pub(crate) const BYTEWISE_COLLATION: &str = "C";

/// The name of `SQLite`'s collation by which texts of decimals compare as numbers.
pub(crate) const DECIMAL_COLLATION: &str = "DECIMAL";

/// SQL text with a place for each value, and the values.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(crate) text: Cow<'static, str>,
    pub(crate) values: Vec<Value>,
}

impl Statement {
    fn of((text, Values(values)): (String, Values)) -> Self {
        let text = Cow::Owned(text);
        Self { text, values }
    }

    /// Whether it may change something, or hold it.
    #[cfg(feature = "postgres")]
    pub(crate) fn writes(&self) -> bool {
        !self.text.starts_with("SELECT") && !self.text.starts_with("EXPLAIN")
    }

    /// One without values.
    pub(crate) fn plain(text: impl Into<Cow<'static, str>>) -> Self {
        Self {
            text: text.into(),
            values: Vec::new(),
        }
    }
}

impl Dialect {
    fn build(self, statement: &impl QueryStatementWriter) -> Statement {
        Statement::of(match self {
            Self::Sqlite => statement.build(SqliteQueryBuilder),
            Self::Postgres => statement.build(PostgresQueryBuilder),
        })
    }

    /// The text of a statement that makes a table, an index or a constraint.
    pub(crate) fn definition(self, statement: &impl SchemaStatementBuilder) -> String {
        match self {
            Self::Sqlite => statement.to_string(SqliteQueryBuilder),
            Self::Postgres => statement.to_string(PostgresQueryBuilder),
        }
    }

    /// How values of a kind are compared, where the database would not do so by itself.
    pub(crate) const fn collation(self, kind: Kind) -> Option<&'static str> {
        match (self, kind) {
            (Self::Sqlite, Kind::Decimal) => Some(DECIMAL_COLLATION),
            (Self::Postgres, Kind::Text | Kind::Json | Kind::Enum(_)) => Some(BYTEWISE_COLLATION),
            (Self::Sqlite | Self::Postgres, _) => None,
        }
    }

    /// A new row of the given columns, at its first version; returns all columns of what was stored.
    pub(crate) fn insert(self, descriptor: &Descriptor, values: &[(usize, Value)]) -> Statement {
        let mut statement = InsertStatement::new();
        statement.into_table(Alias::new(descriptor.table));
        if values.is_empty() {
            statement.or_default_values();
        } else {
            statement.columns(values.iter().map(|(index, _)| column(descriptor, *index)));
            let first = |index: usize| descriptor.columns[index].version;
            statement.values_panic(values.iter().map(|(index, value)| {
                if first(*index) {
                    Expr::value(FIRST_VERSION)
                } else {
                    SimpleExpr::from(value.clone())
                }
            }));
        }
        statement.returning(self.returning_new(descriptor, values));
        self.build(&statement)
    }

    /// Changes the given columns where all conditions hold, and counts the version; returns all columns of what is stored then.
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
        if let Some(version) = descriptor.version() {
            let version = column(descriptor, version);
            statement.value(version.clone(), Expr::col(version).add(1));
        }
        for condition in conditions {
            statement.and_where(self.expression(descriptor, condition));
        }
        statement.returning(returning(descriptor));
        self.build(&statement)
    }

    /// Removes the rows where all conditions hold; returns all columns of what was stored.
    pub(crate) fn delete(self, descriptor: &Descriptor, conditions: &[Condition]) -> Statement {
        let mut statement = DeleteStatement::new();
        statement.from_table(Alias::new(descriptor.table));
        for condition in conditions {
            statement.and_where(self.expression(descriptor, condition));
        }
        statement.returning(returning(descriptor));
        self.build(&statement)
    }
}

fn column(descriptor: &Descriptor, index: usize) -> Alias {
    Alias::new(descriptor.columns[index].name)
}

fn returning(descriptor: &Descriptor) -> sea_query::ReturningClause {
    Build::returning().columns((0..descriptor.columns.len()).map(|index| column(descriptor, index)))
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::ModelResource;
    use crate::query::Operator;

    #[derive(ModelResource)]
    pub(super) struct Book {
        id: i64,
        title: Option<String>,
    }

    /// What a client would send to break out of a string.
    const HOSTILE: &str = "'; DROP TABLE books; --";

    pub(super) fn hostile() -> Value {
        Value::String(Some(HOSTILE.to_owned()))
    }

    pub(super) fn condition(column: usize, operator: Operator) -> Condition {
        Condition::of(column, operator)
    }

    fn shown(statement: &Statement) -> String {
        assert!(!statement.text.contains(HOSTILE));
        format!("{}\n{:?}", statement.text, statement.values)
    }

    /// A statement in both dialects.
    pub(super) fn both(make: impl Fn(Dialect) -> Statement) -> String {
        let sides = [Dialect::Sqlite, Dialect::Postgres].map(|dialect| shown(&make(dialect)));
        sides.join("\n\n")
    }

    #[test]
    fn writes() {
        let key = [condition(0, Operator::Equal(Value::BigInt(Some(7))))];
        let values = [(1, hostile())];
        assert_snapshot!(both(|dialect| dialect.insert(Book::descriptor(), &values)));
        assert_snapshot!(both(|dialect| dialect.insert(Book::descriptor(), &[])));
        assert_snapshot!(both(|dialect| dialect.update(
            Book::descriptor(),
            &key,
            &values
        )));
        assert_snapshot!(both(|dialect| dialect.delete(Book::descriptor(), &key)));
    }

    #[test]
    fn a_key_that_is_given_moves_the_count_on() {
        let given = [(0, Value::from(7_i64)), (1, hostile())];
        assert_snapshot!(both(|dialect| dialect.insert(Book::descriptor(), &given)));
    }

    #[derive(ModelResource)]
    struct Page {
        id: i64,
        #[resource(version)]
        version: i64,
    }

    #[test]
    fn versions_begin_with_one_and_are_counted_by_the_statement() {
        let given = [(0, Value::from(7_i64)), (1, Value::from(40_i64))];
        let insert = Dialect::Sqlite.insert(Page::descriptor(), &given);
        assert_eq!(insert.values, [Value::from(7_i64), Value::from(1_i64)]);
        let update = Dialect::Sqlite.update(Page::descriptor(), &[], &given[..1]);
        assert!(
            update.text.contains(r#""version" = "version" + ?"#),
            "{}",
            update.text
        );
    }
}
