//! Conditions and orders in code, over typed columns: `Book::PUB_YEAR.ge(2000) & Book::TITLE.like("Du%")`, `Book::TITLE.asc()`.
//!
//! It does not know of URLs.

use std::marker::PhantomData;
use std::ops::{BitAnd, BitOr, Not};

use super::{Comparison, Condition, Operator};
use crate::column::{Column, ColumnType};
use crate::descriptor::Sort;

/// A condition on the rows of `M`.
#[derive(Clone, Debug)]
pub struct Filter<M> {
    pub(crate) condition: Condition,
    of: PhantomData<fn() -> M>,
}

impl<M> Filter<M> {
    const fn of(condition: Condition) -> Self {
        Self {
            condition,
            of: PhantomData,
        }
    }

    /// Both hold; the operator `&`.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::of(Condition::All(vec![self.condition, other.condition]))
    }

    /// One of them holds, or both do; the operator `|`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self::of(Condition::Any(vec![self.condition, other.condition]))
    }
}

impl<M> BitAnd for Filter<M> {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        self.and(other)
    }
}

impl<M> BitOr for Filter<M> {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.or(other)
    }
}

/// It does not hold; of a row with a null that it asks about, neither it nor this does.
impl<M> Not for Filter<M> {
    type Output = Self;

    fn not(self) -> Self {
        Self::of(Condition::Not(Box::new(self.condition)))
    }
}

impl<M> From<Filter<M>> for Condition {
    fn from(filter: Filter<M>) -> Self {
        filter.condition
    }
}

/// An order of the rows of `M`.
#[derive(Clone, Debug)]
pub struct Order<M> {
    pub(crate) sort: Sort,
    of: PhantomData<fn() -> M>,
}

impl<M, T: ColumnType> Column<M, T> {
    /// Equal to `value`; for `None`, null.
    pub fn eq(self, value: impl Into<T>) -> Filter<M> {
        self.compare(value, Operator::Equal)
    }

    /// Not equal to `value`; for `None`, not null.
    pub fn ne(self, value: impl Into<T>) -> Filter<M> {
        self.compare(value, Operator::NotEqual)
    }

    /// Less than `value`.
    pub fn lt(self, value: impl Into<T>) -> Filter<M> {
        self.compare(value, Operator::Less)
    }

    /// At most `value`.
    pub fn le(self, value: impl Into<T>) -> Filter<M> {
        self.compare(value, Operator::LessOrEqual)
    }

    /// Greater than `value`.
    pub fn gt(self, value: impl Into<T>) -> Filter<M> {
        self.compare(value, Operator::Greater)
    }

    /// At least `value`.
    pub fn ge(self, value: impl Into<T>) -> Filter<M> {
        self.compare(value, Operator::GreaterOrEqual)
    }

    /// One of `values`; of none, no row.
    pub fn is_in(self, values: impl IntoIterator<Item = T>) -> Filter<M> {
        let values = values.into_iter().map(|value| value.to_value()).collect();
        self.filter(Operator::In(values))
    }

    /// None of `values`, and not null; of none, every row.
    pub fn not_in(self, values: impl IntoIterator<Item = T>) -> Filter<M> {
        !self.is_in(values)
    }

    /// Null.
    pub fn is_null(self) -> Filter<M> {
        self.filter(Operator::Equal(T::KIND.null()))
    }

    /// Not null.
    pub fn is_not_null(self) -> Filter<M> {
        self.filter(Operator::NotEqual(T::KIND.null()))
    }

    /// Equal to another column of the row; null is equal to nothing.
    pub fn eq_column(self, other: Self) -> Filter<M> {
        self.against(Comparison::Equal, other)
    }

    /// Not equal to another column of the row; null is neither.
    pub fn ne_column(self, other: Self) -> Filter<M> {
        self.against(Comparison::NotEqual, other)
    }

    /// Less than another column of the row.
    pub fn lt_column(self, other: Self) -> Filter<M> {
        self.against(Comparison::Less, other)
    }

    /// At most another column of the row.
    pub fn le_column(self, other: Self) -> Filter<M> {
        self.against(Comparison::LessOrEqual, other)
    }

    /// Greater than another column of the row.
    pub fn gt_column(self, other: Self) -> Filter<M> {
        self.against(Comparison::Greater, other)
    }

    /// At least another column of the row.
    pub fn ge_column(self, other: Self) -> Filter<M> {
        self.against(Comparison::GreaterOrEqual, other)
    }

    /// Compares so with a value of the program's own, never with one that comes with a request: a whole number is written
    /// into the statement, and not bound, so that the database knows it when it plans, and an index that holds only some
    /// of the rows (`CREATE INDEX … WHERE state = 0`) can serve. Every other value is bound, as by [`eq`](Self::eq).
    pub fn constant(self, comparison: Comparison, value: impl Into<T>) -> Filter<M> {
        match value.into().to_value() {
            crate::Value::BigInt(Some(number)) => Filter::of(Condition::Constant {
                column: self.index(),
                comparison,
                number,
            }),
            value => self.filter(comparison.with(value)),
        }
    }

    /// Smallest first.
    pub fn asc(self) -> Order<M> {
        self.order(false)
    }

    /// Largest first.
    pub fn desc(self) -> Order<M> {
        self.order(true)
    }

    fn compare(self, value: impl Into<T>, operator: fn(crate::Value) -> Operator) -> Filter<M> {
        self.filter(operator(value.into().to_value()))
    }

    fn filter(self, operator: Operator) -> Filter<M> {
        Filter::of(Condition::of(self.index(), operator))
    }

    fn against(self, comparison: Comparison, other: Self) -> Filter<M> {
        Filter::of(Condition::Columns {
            left: self.index(),
            comparison,
            right: other.index(),
        })
    }

    fn order(self, descending: bool) -> Order<M> {
        Order {
            sort: Sort {
                column: self.index(),
                descending,
            },
            of: PhantomData,
        }
    }
}

/// The type of a column that holds text.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no text",
    label = "only a `String` or an `Option<String>` is like a pattern"
)]
pub trait Textual: ColumnType {}

impl Textual for String {}
impl Textual for Option<String> {}

impl<M, T: ColumnType> Column<M, T> {
    /// The text has this form: `%` is any text, `_` any character, `\` takes the next character as it is; case matters.
    pub fn like(self, pattern: impl Into<String>) -> Filter<M>
    where
        T: Textual,
    {
        self.filter(Operator::Like(pattern.into()))
    }

    /// As [`like`](Self::like), whether letters are large or small; that is known of ASCII letters alone.
    pub fn ilike(self, pattern: impl Into<String>) -> Filter<M>
    where
        T: Textual,
    {
        self.filter(Operator::LikeIgnoringCase(pattern.into()))
    }
}

#[cfg(test)]
mod tests {
    use crate::ModelResource;
    use crate::column::Value;
    use crate::query::{Comparison, Condition, Operator};

    #[derive(ModelResource)]
    struct Book {
        id: i64,
        title: Option<String>,
        sold: i32,
        stock: i32,
    }

    #[test]
    fn filters_are_joined_and_turned_round() {
        let title = |operator| Condition::of(1, operator);
        let like = title(Operator::Like("Du%".to_owned()));
        let null = title(Operator::Equal(Value::String(None)));
        let more = Condition::Columns {
            left: 2,
            comparison: Comparison::Greater,
            right: 3,
        };
        let filter = (Book::TITLE.like("Du%") | Book::TITLE.is_null())
            & !Book::SOLD.gt_column(Book::STOCK)
            & Book::ID.not_in([1]);
        let ids = Condition::of(0, Operator::In(vec![Value::BigInt(Some(1))]));
        assert_eq!(
            Condition::from(filter),
            Condition::All(vec![
                Condition::All(vec![
                    Condition::Any(vec![like, null]),
                    Condition::Not(Box::new(more)),
                ]),
                Condition::Not(Box::new(ids)),
            ])
        );
    }
}
