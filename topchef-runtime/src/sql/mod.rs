//! Statements from descriptors and queries: the only place where SQL is made, and sea-query makes it; around those of a
//! batch stand a few words more.
//!
//! Pure: it knows no connection, and every value is bound.

#[cfg_attr(
    not(feature = "postgres"),
    allow(dead_code, reason = "only PostgreSQL runs batches")
)]
mod batch;
mod condition;
mod form;
mod idempotency;
mod outbox;
mod pattern;
mod row;
mod select;
#[cfg_attr(
    not(feature = "postgres"),
    allow(dead_code, reason = "only PostgreSQL comes to a key that was given")
)]
mod sequence;

use std::sync::Arc;

use sea_query::{
    Alias, ColumnDef, DeleteStatement, Expr, ExprTrait, InsertStatement, PostgresQueryBuilder,
    Query as Build, QueryStatementWriter, SchemaStatementBuilder, SimpleExpr, SqliteQueryBuilder,
    UpdateStatement, Values,
};

use crate::column::{Kind, Value};
use crate::descriptor::Descriptor;
use crate::query::Condition;

use form::{Form, Verb};

pub(crate) use batch::Subject;
pub(crate) use idempotency::ScopedKey;
pub(crate) use outbox::{Failure, NewMessage, Queue, Which};
pub(crate) use row::WrittenRow;
pub(crate) use sequence::Assigned;

/// The version of a new record.
const FIRST_VERSION: i64 = 1;

/// What a version grows by.
const ONE_MORE: i32 = 1;

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
    pub(crate) text: Arc<str>,
    pub(crate) values: Vec<Value>,
    /// Whether it leaves nothing behind: it changes no row, and holds none.
    #[cfg_attr(
        not(feature = "postgres"),
        allow(dead_code, reason = "only one driver asks for it")
    )]
    pub(crate) only_reads: bool,
    /// Whether it finds one row, by its key, of which nothing is made that could take long: then it is soon done.
    #[cfg_attr(
        not(feature = "sqlite"),
        allow(dead_code, reason = "only one driver asks for it")
    )]
    pub(crate) by_key: bool,
    /// The key that the database assigns to the row which it stores.
    #[cfg_attr(
        not(feature = "postgres"),
        allow(dead_code, reason = "only one driver asks for it")
    )]
    pub(crate) assigned: Option<Assigned>,
    /// How it is known which row it has written.
    #[cfg_attr(
        not(feature = "sqlite"),
        allow(dead_code, reason = "only one driver asks for it")
    )]
    pub(crate) row: WrittenRow,
    /// The row that it is about, where it may stand in a batch.
    #[cfg_attr(
        not(feature = "postgres"),
        allow(dead_code, reason = "only one driver asks for it")
    )]
    pub(crate) subject: Option<Subject>,
}

impl Statement {
    /// One that may change rows, or hold them.
    fn new(text: Arc<str>, values: Vec<Value>) -> Self {
        Self {
            text,
            values,
            only_reads: false,
            by_key: false,
            assigned: None,
            row: WrittenRow::Returned,
            subject: None,
        }
    }

    fn of((text, Values(values)): (String, Values)) -> Self {
        Self::new(text.into(), values)
    }

    /// The statement that reads the row which it has written, where there is one.
    pub(crate) fn reads(&self) -> Option<&Self> {
        match &self.row {
            WrittenRow::Read(row) => Some(row),
            WrittenRow::Returned | WrittenRow::Counted => None,
        }
    }

    /// The same, of which it is known that it leaves nothing behind.
    fn that_only_reads(self) -> Self {
        Self {
            only_reads: true,
            ..self
        }
    }

    /// One without values, that may change anything.
    pub(crate) fn plain(text: impl Into<Arc<str>>) -> Self {
        Self::new(text.into(), Vec::new())
    }

    /// One that only reads.
    pub(crate) fn reading(text: &'static str, values: Vec<Value>) -> Self {
        Self::new(text.into(), values).that_only_reads()
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

    /// A whole number that the database counts up, and that is the primary key; no number comes twice.
    fn counting_key(self, name: &str) -> ColumnDef {
        let mut column = ColumnDef::new(Alias::new(name));
        match self {
            // Only this very word makes SQLite's row id the key.
            Self::Sqlite => column.integer().auto_increment(),
            Self::Postgres => column
                .big_integer()
                .extra("GENERATED BY DEFAULT AS IDENTITY"),
        };
        column.primary_key().take()
    }

    /// A new row of the given columns, at its first version; gives all columns of what was stored.
    pub(crate) fn insert(
        self,
        descriptor: &'static Descriptor,
        values: &[(usize, Value)],
    ) -> Statement {
        let mut form = Form::of(self, Verb::Insert, descriptor);
        for (index, value) in values {
            form.word(*index);
            form.value(if descriptor.columns[*index].version {
                Value::from(FIRST_VERSION)
            } else {
                value.clone()
            });
        }
        let row = self.inserted(descriptor, values);
        let returns = row.is_none();
        Statement {
            assigned: Assigned::of(descriptor, values),
            row: WrittenRow::read_by(row),
            subject: (self == Self::Postgres).then_some(Subject::New),
            ..form.built(|| self.build(&inserting(descriptor, values, returns)))
        }
    }

    /// Changes the given columns where all conditions hold, and counts the version; gives all columns of what is stored then.
    pub(crate) fn update(
        self,
        descriptor: &'static Descriptor,
        conditions: &[Condition],
        values: &[(usize, Value)],
    ) -> Statement {
        let mut form = Form::of(self, Verb::Update, descriptor);
        form.word(values.len());
        for (index, value) in values {
            form.word(*index);
            form.value(value.clone());
        }
        if descriptor.version().is_some() {
            form.value(Value::from(ONE_MORE));
        }
        self.all(conditions, &mut form);
        let row = self.updated(descriptor, conditions, values);
        let returns = row.is_none();
        let counted = usize::from(descriptor.version().is_some());
        let moves = |(index, _): &(usize, Value)| descriptor.key.contains(index);
        let subject = Subject::of(self, descriptor, conditions, values.len() + counted);
        Statement {
            row: WrittenRow::read_by(row),
            subject: subject.filter(|_| !values.iter().any(moves)),
            ..form.built(|| self.build(&self.updating(descriptor, conditions, values, returns)))
        }
    }

    fn updating(
        self,
        descriptor: &Descriptor,
        conditions: &[Condition],
        values: &[(usize, Value)],
        returns: bool,
    ) -> UpdateStatement {
        let mut statement = UpdateStatement::new();
        statement.table(Alias::new(descriptor.table));
        statement.values(
            values.iter().map(|(index, value)| {
                (column(descriptor, *index), SimpleExpr::from(value.clone()))
            }),
        );
        if let Some(version) = descriptor.version() {
            let version = column(descriptor, version);
            statement.value(version.clone(), Expr::col(version).add(ONE_MORE));
        }
        for condition in conditions {
            statement.and_where(self.expression(descriptor, condition));
        }
        if returns {
            statement.returning(returning(descriptor));
        }
        statement
    }

    /// Removes the rows where all conditions hold; returns all columns of what was stored.
    pub(crate) fn delete(
        self,
        descriptor: &'static Descriptor,
        conditions: &[Condition],
    ) -> Statement {
        let mut form = Form::of(self, Verb::Delete, descriptor);
        self.all(conditions, &mut form);
        let statement = form.built(|| {
            let mut statement = self.deleting(descriptor, conditions);
            self.build(statement.returning(returning(descriptor)))
        });
        Statement {
            subject: Subject::of(self, descriptor, conditions, 0),
            ..statement
        }
    }

    /// As [`delete`](Self::delete), where only whether there was such a row is asked: of the cells that it gives, if any,
    /// none may be read.
    pub(crate) fn remove(
        self,
        descriptor: &'static Descriptor,
        conditions: &[Condition],
    ) -> Statement {
        let mut form = Form::of(self, Verb::Remove, descriptor);
        self.all(conditions, &mut form);
        let statement = form.built(|| {
            let mut statement = self.deleting(descriptor, conditions);
            if self == Self::Postgres {
                let key = descriptor
                    .key
                    .iter()
                    .map(|index| column(descriptor, *index));
                statement.returning(Build::returning().columns(key));
            }
            self.build(&statement)
        });
        match self {
            Self::Postgres => Statement {
                subject: Subject::of(self, descriptor, conditions, 0),
                ..statement
            },
            // What it returns would be kept in a table of its own first.
            Self::Sqlite => Statement {
                row: WrittenRow::Counted,
                ..statement
            },
        }
    }

    fn deleting(self, descriptor: &Descriptor, conditions: &[Condition]) -> DeleteStatement {
        let mut statement = DeleteStatement::new();
        statement.from_table(Alias::new(descriptor.table));
        for condition in conditions {
            statement.and_where(self.expression(descriptor, condition));
        }
        statement
    }
}

fn inserting(
    descriptor: &'static Descriptor,
    values: &[(usize, Value)],
    returns: bool,
) -> InsertStatement {
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
    if returns {
        statement.returning(returning(descriptor));
    }
    statement
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

    /// A statement, and what reads the row that it stores.
    pub(super) fn shown(statement: &Statement) -> String {
        assert!(!statement.text.contains(HOSTILE));
        let row = statement.reads().map(|row| format!("\n{}", shown(row)));
        let row = row.unwrap_or_default();
        format!("{}\n{:?}{row}", statement.text, statement.values)
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
        assert_snapshot!(both(|dialect| dialect.remove(Book::descriptor(), &key)));
    }

    #[derive(ModelResource)]
    struct Line {
        #[resource(primary_key)]
        page: i64,
        #[resource(primary_key)]
        number: i64,
        text: String,
    }

    #[derive(ModelResource)]
    struct Price {
        #[resource(primary_key)]
        amount: rust_decimal::Decimal,
        text: String,
    }

    #[test]
    fn the_row_that_is_stored_is_read_by_its_key_or_returned() {
        let seven = Value::BigInt(Some(7));
        let number = (1, seven.clone());
        let text = (2, Value::from("a"));
        let page = condition(0, Operator::Equal(seven.clone()));
        let is_key = Condition::All(vec![
            page.clone(),
            condition(1, Operator::Equal(seven.clone())),
        ]);
        let amount = Value::Decimal(Some(rust_decimal::Decimal::new(110, 2)));
        let dialect = Dialect::Sqlite;
        let statements = [
            dialect.insert(
                Line::descriptor(),
                &[(0, seven), number.clone(), text.clone()],
            ),
            dialect.update(
                Line::descriptor(),
                &[is_key.clone(), page.clone()],
                std::slice::from_ref(&text),
            ),
            // The key is another one then.
            dialect.update(Line::descriptor(), &[is_key], &[number]),
            // There may be several.
            dialect.update(Line::descriptor(), &[page], &[text]),
            // Texts of one number may differ in a table of somebody else's.
            dialect.insert(Price::descriptor(), &[(0, amount)]),
        ];
        assert_snapshot!(statements.map(|statement| shown(&statement)).join("\n\n"));
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
