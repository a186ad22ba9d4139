//! Statements that read: the rows of a query, how many they are, and how the database would find them.
//!
//! It does not know what the rows are for.

use sea_query::{
    Alias, Asterisk, ExplainStatement, Expr, ExprTrait, LockType, NullOrdering, Order,
    PostgresQueryBuilder, SelectStatement, SqliteQueryBuilder,
};

use super::form::{Form, Verb};
use super::{Dialect, Statement, Subject, column};
use crate::descriptor::{Descriptor, Sort};
use crate::query::{Condition, Query, Start, beside};

/// The limit of a statement of which one row is wanted.
const ONE: u64 = 1;

/// Whether the rows come in reverse.
fn is_backward(query: &Query) -> bool {
    matches!(&query.start, Start::Cursor(cursor) if cursor.backward)
}

/// What holds of the rows of the page beside a cursor's row.
fn beside_cursor(descriptor: &Descriptor, query: &Query) -> Option<Condition> {
    match &query.start {
        Start::Cursor(cursor) => Some(beside(descriptor, &query.order, cursor)),
        Start::Offset(_) | Start::First => None,
    }
}

/// How many rows are passed over, where any are.
fn offset(query: &Query) -> Option<u64> {
    match query.start {
        Start::Offset(offset) if offset > 0 => Some(offset),
        Start::Offset(_) | Start::First | Start::Cursor(_) => None,
    }
}

impl Dialect {
    /// The rows of a query, all columns; those before a cursor come in reverse.
    pub(crate) fn select(self, descriptor: &'static Descriptor, query: &Query) -> Statement {
        let mut form = Form::of(self, Verb::Select, descriptor);
        self.all(beside_cursor(descriptor, query).as_slice(), &mut form);
        self.all(&query.conditions, &mut form);
        for sort in &query.order {
            form.word(sort.column << 1 | usize::from(sort.descending));
        }
        form.word(usize::MAX);
        form.word(usize::from(is_backward(query)));
        form.value(query.limit.into());
        if let Some(offset) = offset(query) {
            form.word(1);
            form.value(offset.into());
        }
        let build = || self.build(&self.page(descriptor, query));
        form.built(build).that_only_reads()
    }

    /// The row for which all conditions hold, all columns.
    pub(crate) fn select_one(
        self,
        descriptor: &'static Descriptor,
        conditions: &[Condition],
    ) -> Statement {
        let mut form = Form::of(self, Verb::SelectOne, descriptor);
        self.all(conditions, &mut form);
        form.value(ONE.into());
        let build = || self.build(&self.one(descriptor, conditions));
        Statement {
            by_key: self.finds_by_key(descriptor, conditions),
            subject: Subject::of(self, descriptor, conditions, 0),
            ..form.built(build).that_only_reads()
        }
    }

    /// As [`select_one`](Self::select_one), in a transaction that is to change the row: until its end nobody else does.
    ///
    /// Who only refers to the row need not wait for that.
    pub(crate) fn select_to_change(
        self,
        descriptor: &'static Descriptor,
        conditions: &[Condition],
    ) -> Statement {
        let mut form = Form::of(self, Verb::SelectToChange, descriptor);
        self.all(conditions, &mut form);
        form.value(ONE.into());
        form.built(|| {
            let mut statement = self.one(descriptor, conditions);
            // `SQLite` has no such words, and needs none: it has one writer.
            self.build(statement.lock(LockType::NoKeyUpdate))
        })
    }

    /// How many rows there are for which all conditions hold.
    pub(crate) fn count(
        self,
        descriptor: &'static Descriptor,
        conditions: &[Condition],
    ) -> Statement {
        let mut form = Form::of(self, Verb::Count, descriptor);
        self.all(conditions, &mut form);
        let build = || {
            let mut statement = SelectStatement::new();
            statement.expr(Expr::col(Asterisk).count());
            self.narrow(&mut statement, descriptor, conditions);
            self.build(&statement)
        };
        form.built(build).that_only_reads()
    }

    /// How many rows there are for which all conditions hold, for each value of some columns: these first, in their order.
    pub(crate) fn count_by(
        self,
        descriptor: &Descriptor,
        conditions: &[Condition],
        columns: &[usize],
    ) -> Statement {
        let mut statement = SelectStatement::new();
        for &index in columns {
            statement
                .column(column(descriptor, index))
                .group_by_col(column(descriptor, index))
                .order_by(column(descriptor, index), Order::Asc);
        }
        statement.expr(Expr::col(Asterisk).count());
        self.narrow(&mut statement, descriptor, conditions);
        self.build(&statement).that_only_reads()
    }

    /// How the rows of a query would be found; [`plan_column`](Self::plan_column) says it.
    pub(crate) fn plan(self, descriptor: &Descriptor, query: &Query) -> Statement {
        self.explain(self.page(descriptor, query))
    }

    /// How the row for which all conditions hold would be found.
    pub(crate) fn plan_one(self, descriptor: &Descriptor, conditions: &[Condition]) -> Statement {
        self.explain(self.one(descriptor, conditions))
    }

    /// The place of the column in which a plan says what is done.
    pub(crate) const fn plan_column(self) -> usize {
        match self {
            Self::Sqlite => 3,
            Self::Postgres => 0,
        }
    }

    fn explain(self, statement: SelectStatement) -> Statement {
        let explain = ExplainStatement::new().statement(statement);
        Statement::of(match self {
            Self::Sqlite => explain.query_plan().build(SqliteQueryBuilder),
            Self::Postgres => explain.build(PostgresQueryBuilder),
        })
        .that_only_reads()
    }

    /// The cursor's condition stands first: of two bounds of one column, `SQLite` searches by the one that it reads first.
    fn page(self, descriptor: &Descriptor, query: &Query) -> SelectStatement {
        let beside = beside_cursor(descriptor, query);
        let mut statement = self.rows(descriptor, beside.iter().chain(&query.conditions));
        let reverse = is_backward(query);
        for sort in &query.order {
            self.order(&mut statement, descriptor, *sort, reverse);
        }
        statement.limit(query.limit);
        if let Some(offset) = offset(query) {
            statement.offset(offset);
        }
        statement
    }

    fn one(self, descriptor: &Descriptor, conditions: &[Condition]) -> SelectStatement {
        let mut statement = self.rows(descriptor, conditions);
        statement.limit(ONE);
        statement
    }

    /// The rows for which all conditions hold, all columns.
    pub(super) fn rows<'a>(
        self,
        descriptor: &Descriptor,
        conditions: impl IntoIterator<Item = &'a Condition>,
    ) -> SelectStatement {
        let mut statement = SelectStatement::new();
        statement.columns((0..descriptor.columns.len()).map(|index| column(descriptor, index)));
        self.narrow(&mut statement, descriptor, conditions);
        statement
    }

    fn narrow<'a>(
        self,
        statement: &mut SelectStatement,
        descriptor: &Descriptor,
        conditions: impl IntoIterator<Item = &'a Condition>,
    ) {
        statement.from(Alias::new(descriptor.table));
        for condition in conditions {
            statement.and_where(self.expression(descriptor, condition));
        }
    }

    /// Nulls come first, and last when the largest do: `SQLite` does so by itself.
    ///
    /// Where there are none, `PostgreSQL` is not told of them: it would not find that the order of a key's index is the same.
    fn order(
        self,
        statement: &mut SelectStatement,
        descriptor: &Descriptor,
        sort: Sort,
        reverse: bool,
    ) {
        let order = if sort.descending == reverse {
            Order::Asc
        } else {
            Order::Desc
        };
        let column = self.operand(descriptor, sort.column);
        match self {
            Self::Postgres if descriptor.columns[sort.column].nullable => {
                let nulls = match order {
                    Order::Desc => NullOrdering::Last,
                    _ => NullOrdering::First,
                };
                statement.order_by_expr_with_nulls(column, order, nulls)
            }
            Self::Sqlite | Self::Postgres => statement.order_by_expr(column, order),
        };
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::super::tests::{Book, both, condition, hostile};
    use super::*;
    use crate::query::{Cursor, Operator, total};
    use crate::{ModelResource, Value};

    fn query() -> Query {
        let mut query = Query::first_page(Book::descriptor());
        query
            .conditions
            .push(condition(1, Operator::Equal(hostile())));
        query.order.insert(
            0,
            Sort {
                column: 1,
                descending: true,
            },
        );
        query
    }

    #[test]
    fn a_page() {
        let mut query = query();
        assert_snapshot!(both(|dialect| dialect.select(Book::descriptor(), &query)));
        query.start = Start::Offset(100);
        assert_snapshot!(both(|dialect| dialect.select(Book::descriptor(), &query)));
    }

    #[test]
    fn a_page_beside_a_row() {
        let mut query = query();
        for (values, backward) in [
            (vec![hostile(), Value::BigInt(Some(7))], false),
            (vec![hostile(), Value::BigInt(Some(7))], true),
            (vec![Value::String(None), Value::BigInt(Some(7))], false),
            (vec![Value::String(None), Value::BigInt(Some(7))], true),
        ] {
            query.start = Start::Cursor(Cursor { values, backward });
            assert_snapshot!(both(|dialect| dialect.select(Book::descriptor(), &query)));
        }
    }

    #[derive(ModelResource)]
    struct Edition {
        id: i64,
        year: i64,
        number: i64,
        title: Option<String>,
    }

    #[test]
    fn a_page_beside_a_row_is_found_by_the_columns_of_one_direction() {
        let descriptor = Edition::descriptor();
        let seven = Value::BigInt(Some(7));
        let texts = [
            (vec![Edition::YEAR.asc(), Edition::NUMBER.asc()], &seven),
            (vec![Edition::YEAR.desc(), Edition::ID.desc()], &seven),
            (vec![Edition::YEAR.desc(), Edition::NUMBER.desc()], &seven),
            (vec![Edition::YEAR.desc()], &seven),
            (vec![Edition::ID.desc()], &seven),
            (vec![Edition::YEAR.asc(), Edition::TITLE.asc()], &hostile()),
            // No row holds that, but a cursor may.
            (vec![Edition::YEAR.asc()], &Value::BigInt(None)),
        ]
        .map(|(order, last)| {
            let mut query = Query::first_page(descriptor);
            query.order = total(descriptor, order.iter().map(|it| it.sort).collect());
            let mut values = vec![seven.clone(); query.order.len()];
            values[order.len() - 1] = (*last).clone();
            query.start = Start::Cursor(Cursor {
                values,
                backward: false,
            });
            both(|dialect| dialect.select(descriptor, &query))
        });
        assert_snapshot!(texts.join("\n\n"));
    }

    #[test]
    fn a_row_that_is_to_be_changed_is_held() {
        let key = [condition(0, Operator::Equal(Value::BigInt(Some(7))))];
        assert_snapshot!(both(
            |dialect| dialect.select_to_change(Book::descriptor(), &key)
        ));
    }

    #[test]
    fn what_holds_a_row_is_no_mere_read() {
        let descriptor = Book::descriptor();
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            assert!(dialect.select_one(descriptor, &[]).only_reads);
            assert!(dialect.select(descriptor, &query()).only_reads);
            assert!(dialect.plan(descriptor, &query()).only_reads);
            assert!(!dialect.select_to_change(descriptor, &[]).only_reads);
            assert!(!dialect.delete(descriptor, &[]).only_reads);
        }
    }

    /// Readers take such statements by the handful.
    #[test]
    fn what_is_found_by_its_key_is_told_from_what_is_looked_for() {
        let descriptor = Book::descriptor();
        let is = |column: usize| condition(column, Operator::Equal(Value::BigInt(Some(7))));
        let by_key = |dialect: Dialect, conditions: &[Condition]| {
            dialect.select_one(descriptor, conditions).by_key
        };
        assert!(by_key(Dialect::Sqlite, &[is(0)]));
        assert!(by_key(Dialect::Sqlite, &[is(0), is(1)]));
        for conditions in [vec![], vec![is(1)], vec![is(1), is(0)]] {
            assert!(!by_key(Dialect::Sqlite, &conditions), "{conditions:?}");
        }
        let above = condition(0, Operator::Greater(Value::BigInt(Some(7))));
        assert!(!by_key(Dialect::Sqlite, &[above]));
        assert!(!Dialect::Sqlite.select(descriptor, &query()).by_key);
        // A text of a decimal is the same number as another one.
        let price = condition(0, Operator::Equal(Value::from("1.0")));
        assert!(
            !Dialect::Sqlite
                .select_one(Priced::descriptor(), &[price])
                .by_key
        );
    }

    #[derive(ModelResource)]
    struct Priced {
        #[resource(primary_key)]
        price: rust_decimal::Decimal,
    }

    #[test]
    fn a_count_and_the_plans() {
        let query = query();
        let descriptor = Book::descriptor();
        assert_snapshot!(both(|dialect| dialect.count(descriptor, &query.conditions)));
        assert_snapshot!(both(|dialect| dialect.plan(descriptor, &query)));
        assert_snapshot!(both(
            |dialect| dialect.plan_one(descriptor, &query.conditions)
        ));
    }
}
