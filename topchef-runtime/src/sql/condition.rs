//! Conditions as expressions.
//!
//! It does not know which statement they stand in.

use sea_query::extension::postgres::PgExpr;
use sea_query::extension::sqlite::SqliteExpr;
use sea_query::{Alias, BinOper, Expr, ExprTrait, LikeExpr};

use super::form::Form;
use super::{Dialect, column, pattern};
use crate::column::{Kind, Value, is_null};
use crate::descriptor::Descriptor;
use crate::query::{Comparison, Condition, Operator};

impl Dialect {
    /// That a condition holds.
    pub(super) fn expression(self, descriptor: &Descriptor, condition: &Condition) -> Expr {
        match condition {
            Condition::Value { column, operator } => self.compared(descriptor, *column, operator),
            Condition::Constant {
                column,
                comparison,
                number,
            } => {
                let number = Expr::Constant(Value::BigInt(Some(*number)));
                against(self.same(descriptor, *column), *comparison, number)
            }
            Condition::Columns {
                left,
                comparison,
                right,
            } => against(
                self.operand(descriptor, *left),
                *comparison,
                self.operand(descriptor, *right),
            ),
            Condition::Tuple {
                columns,
                comparison,
                values,
            } => {
                let sides = columns.iter().zip(values);
                let sides = sides.map(|(column, value)| self.side(descriptor, *column, value));
                let (left, right): (Vec<_>, Vec<_>) = sides.unzip();
                against(Expr::tuple(left), *comparison, Expr::tuple(right))
            }
            Condition::All(conditions) => self.joined(descriptor, conditions, Expr::and, true),
            Condition::Any(conditions) => self.joined(descriptor, conditions, Expr::or, false),
            Condition::Not(condition) => self.expression(descriptor, condition).not(),
        }
    }

    /// Adds conditions that all hold to the form of a statement: what [`expression`](Self::expression) makes of them
    /// hangs on these words alone, and binds these values in this order.
    pub(super) fn all(self, conditions: &[Condition], form: &mut Form) {
        form.word(conditions.len());
        for condition in conditions {
            self.form(condition, form);
        }
    }

    fn form(self, condition: &Condition, form: &mut Form) {
        match condition {
            Condition::Value { column, operator } => {
                form.word(0);
                form.word(*column);
                self.operator(operator, form);
            }
            Condition::Constant {
                column,
                comparison,
                number,
            } => {
                form.word(1);
                form.word(*column);
                form.word(*comparison as usize);
                form.number(*number);
            }
            Condition::Columns {
                left,
                comparison,
                right,
            } => {
                form.word(2);
                form.word(*left);
                form.word(*comparison as usize);
                form.word(*right);
            }
            Condition::All(conditions) => {
                form.word(3);
                self.joint(conditions, true, form);
            }
            Condition::Any(conditions) => {
                form.word(4);
                self.joint(conditions, false, form);
            }
            Condition::Not(condition) => {
                form.word(5);
                self.form(condition, form);
            }
            Condition::Tuple {
                columns,
                comparison,
                values,
            } => {
                form.word(6);
                form.word(*comparison as usize);
                form.word(columns.len());
                for (column, value) in columns.iter().zip(values) {
                    form.bound(*column, value.clone());
                }
            }
        }
    }

    fn joint(self, conditions: &[Condition], of_none: bool, form: &mut Form) {
        self.all(conditions, form);
        if conditions.is_empty() {
            form.value(of_none.into());
        }
    }

    fn operator(self, operator: &Operator, form: &mut Form) {
        match operator {
            Operator::Equal(value) if is_null(value) => form.word(0),
            Operator::NotEqual(value) if is_null(value) => form.word(1),
            Operator::Equal(value) => form.bound(2, value.clone()),
            Operator::NotEqual(value) => form.bound(3, value.clone()),
            Operator::Less(value) => form.bound(4, value.clone()),
            Operator::LessOrEqual(value) => form.bound(5, value.clone()),
            Operator::Greater(value) => form.bound(6, value.clone()),
            Operator::GreaterOrEqual(value) => form.bound(7, value.clone()),
            Operator::In(values) => {
                form.word(8);
                form.word(values.len());
                for value in values {
                    form.value(value.clone());
                }
                if values.is_empty() {
                    // Of nothing, sea-query makes that one is two.
                    form.value(1.into());
                    form.value(2.into());
                }
            }
            Operator::Like(pattern) => {
                let (from, to) = self.prefixed(pattern);
                form.word(9 + usize::from(from.is_some()) + usize::from(to.is_some()));
                for bound in from.into_iter().chain(to) {
                    form.value(bound.into());
                }
                form.value(self.liked(pattern).into());
            }
            Operator::LikeIgnoringCase(pattern) => {
                form.bound(12, pattern::whole(pattern).into());
            }
        }
    }

    fn joined(
        self,
        descriptor: &Descriptor,
        conditions: &[Condition],
        join: fn(Expr, Expr) -> Expr,
        of_none: bool,
    ) -> Expr {
        let expressions = conditions
            .iter()
            .map(|condition| self.expression(descriptor, condition));
        expressions
            .reduce(join)
            .unwrap_or_else(|| Expr::value(of_none))
    }

    fn compared(self, descriptor: &Descriptor, index: usize, operator: &Operator) -> Expr {
        let column = self.operand(descriptor, index);
        match operator {
            Operator::Equal(value) if is_null(value) => self.same(descriptor, index).is_null(),
            Operator::NotEqual(value) if is_null(value) => {
                self.same(descriptor, index).is_not_null()
            }
            Operator::Equal(value) => self.same(descriptor, index).eq(value.clone()),
            Operator::NotEqual(value) => self.same(descriptor, index).ne(value.clone()),
            Operator::Less(value) => column.lt(value.clone()),
            Operator::LessOrEqual(value) => column.lte(value.clone()),
            Operator::Greater(value) => column.gt(value.clone()),
            Operator::GreaterOrEqual(value) => column.gte(value.clone()),
            Operator::In(values) => self.same(descriptor, index).is_in(values.iter().cloned()),
            Operator::Like(pattern) => self.like(column, pattern),
            Operator::LikeIgnoringCase(pattern) => self.like_ignoring_case(column, pattern),
        }
    }

    /// A column where it is compared or sorted by.
    ///
    /// Its collation is said with every comparison, so that a table that somebody else made behaves alike.
    pub(super) fn operand(self, descriptor: &Descriptor, index: usize) -> Expr {
        let expression = Expr::col(column(descriptor, index));
        match self.collation(descriptor.columns[index].kind) {
            Some(collation) => collated(expression, collation),
            None => expression,
        }
    }

    /// A column and its value in tuples that are compared.
    ///
    /// `SQLite` finds rows by a tuple only where its columns stand there plainly, so the collation is said with the value; and
    /// by the row id, with which its indexes end, only where it is told one, though numbers have none.
    fn side(self, descriptor: &Descriptor, index: usize, value: &Value) -> (Expr, Expr) {
        let kind = descriptor.columns[index].kind;
        let is_row_id = matches!(kind, Kind::Integer { .. }) && descriptor.key == [index];
        let value = Expr::value(value.clone());
        match (self, self.collation(kind)) {
            (Self::Postgres, _) => (self.operand(descriptor, index), value),
            (Self::Sqlite, collation) => {
                let collation = collation.or(is_row_id.then_some("BINARY"));
                let value = collation.map_or(value.clone(), |it| collated(value, it));
                (Expr::col(column(descriptor, index)), value)
            }
        }
    }

    /// A column where it is only asked whether it is the same as something.
    ///
    /// In `PostgreSQL` that is so byte by byte in every collation, and named without one any index of the column serves.
    fn same(self, descriptor: &Descriptor, index: usize) -> Expr {
        match self {
            Self::Sqlite => self.operand(descriptor, index),
            Self::Postgres => Expr::col(column(descriptor, index)),
        }
    }

    /// `SQLite`'s LIKE does not tell large letters from small ones; its GLOB does.
    fn like(self, column: Expr, pattern: &str) -> Expr {
        match self {
            Self::Sqlite => {
                let (from, to) = self.prefixed(pattern);
                // A table that somebody else made may compare otherwise.
                let bytewise = || collated(column.clone(), "BINARY");
                let from = from.map(|from| bytewise().gte(from));
                let to = to.map(|to| bytewise().lt(to));
                let bounds = from.into_iter().chain(to).rev();
                let like = column.clone().glob(self.liked(pattern));
                bounds.fold(like, |like, bound| bound.and(like))
            }
            // There `\` takes the next character as it is, without being told to.
            Self::Postgres => column.like(self.liked(pattern)),
        }
    }

    /// The text with which all that have this form begin, and the first one after all that begin with it.
    ///
    /// `SQLite` would find them by an index for a pattern that it knows when it plans; but it plans once for all
    /// patterns, and is told.
    fn prefixed(self, pattern: &str) -> (Option<String>, Option<String>) {
        match self {
            Self::Sqlite => {
                let prefix = pattern::prefix(pattern);
                let beyond = prefix.as_deref().and_then(pattern::beyond);
                (prefix, beyond)
            }
            Self::Postgres => (None, None),
        }
    }

    /// What a text is compared with that is to have this form.
    fn liked(self, pattern: &str) -> String {
        match self {
            Self::Sqlite => pattern::glob(pattern),
            Self::Postgres => pattern::whole(pattern),
        }
    }

    /// `SQLite` knows the case of ASCII letters only, and so does `PostgreSQL` where texts compare byte by byte.
    fn like_ignoring_case(self, column: Expr, pattern: &str) -> Expr {
        match self {
            Self::Sqlite => column.like(LikeExpr::new(pattern::whole(pattern)).escape('\\')),
            Self::Postgres => column.ilike(pattern::whole(pattern)),
        }
    }
}

fn collated(expression: Expr, collation: &'static str) -> Expr {
    expression.binary(BinOper::Custom("COLLATE"), Expr::col(Alias::new(collation)))
}

fn against(left: Expr, comparison: Comparison, right: Expr) -> Expr {
    match comparison {
        Comparison::Equal => left.eq(right),
        Comparison::NotEqual => left.ne(right),
        Comparison::Less => left.lt(right),
        Comparison::LessOrEqual => left.lte(right),
        Comparison::Greater => left.gt(right),
        Comparison::GreaterOrEqual => left.gte(right),
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use rust_decimal::Decimal;

    use super::super::tests::{both, condition, hostile};
    use super::*;
    use crate::ModelResource;
    use crate::query::Query;

    #[derive(ModelResource)]
    struct Book {
        id: i64,
        title: Option<String>,
        stock: Option<i64>,
        price: Decimal,
        old_price: Decimal,
    }

    fn selected(conditions: &[Condition]) -> String {
        both(|dialect| dialect.select_one(Book::descriptor(), conditions))
    }

    #[test]
    fn every_operator() {
        let null = Value::String(None);
        assert_snapshot!(selected(&[
            condition(1, Operator::Equal(null.clone())),
            condition(1, Operator::NotEqual(null)),
            condition(1, Operator::NotEqual(hostile())),
            condition(0, Operator::Less(Value::BigInt(Some(1)))),
            condition(0, Operator::LessOrEqual(Value::BigInt(Some(2)))),
            condition(0, Operator::Greater(Value::BigInt(Some(3)))),
            condition(0, Operator::GreaterOrEqual(Value::BigInt(Some(4)))),
            condition(1, Operator::In(vec![hostile()])),
            condition(1, Operator::In(vec![])),
            condition(1, Operator::Like("Du%[a_\\%*?".to_owned())),
            condition(1, Operator::LikeIgnoringCase("du%\\_x\\".to_owned())),
        ]));
    }

    #[test]
    fn decimals_are_compared_by_what_they_say() {
        let price = |operator| condition(3, operator);
        let nine = || Value::Decimal(Some(Decimal::new(90, 1)));
        let mut query = Query::first_page(Book::descriptor());
        query.order.insert(0, Book::PRICE.desc().sort);
        query.conditions = vec![
            price(Operator::Equal(nine())),
            price(Operator::In(vec![nine()])),
            price(Operator::NotEqual(Value::Decimal(None))),
            Book::PRICE.gt_column(Book::OLD_PRICE).into(),
        ];
        assert_snapshot!(both(|dialect| dialect.select(Book::descriptor(), &query)));
    }

    #[test]
    fn numbers_of_the_program_are_not_bound() {
        assert_snapshot!(selected(&[
            Book::STOCK.constant(Comparison::Equal, 0).into(),
            Book::STOCK.constant(Comparison::Less, -4).into(),
            Book::TITLE
                .constant(Comparison::Equal, "a'b".to_owned())
                .into(),
        ]));
    }

    #[test]
    fn tuples() {
        let less = |columns: &[usize], values: &[Value]| Condition::Tuple {
            columns: columns.to_vec(),
            comparison: Comparison::Less,
            values: values.to_vec(),
        };
        let (nine, seven) = (Decimal::new(90, 1), Value::BigInt(Some(7)));
        assert_snapshot!(selected(&[
            less(&[3, 0], &[Value::Decimal(Some(nine)), seven.clone()]),
            less(&[1, 2], &[hostile(), seven]),
        ]));
    }

    #[test]
    fn trees() {
        let id = |number| condition(0, Operator::Equal(Value::BigInt(Some(number))));
        let columns = |comparison| Condition::Columns {
            left: 0,
            comparison,
            right: 2,
        };
        assert_snapshot!(selected(&[
            Condition::Any(vec![
                id(1),
                Condition::All(vec![id(2), id(3)]),
                Condition::Not(Box::new(Condition::Any(vec![id(4), id(5)]))),
            ]),
            Condition::Not(Box::new(id(6))),
            Condition::All(vec![]),
            Condition::Any(vec![]),
            columns(Comparison::Equal),
            columns(Comparison::NotEqual),
            columns(Comparison::Less),
            columns(Comparison::LessOrEqual),
            columns(Comparison::Greater),
            columns(Comparison::GreaterOrEqual),
        ]));
    }
}
