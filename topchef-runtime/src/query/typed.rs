//! Conditions and orders in code, over typed columns: `Book::PUB_YEAR.ge(2000)`, `Book::TITLE.asc()`.
//!
//! It does not know of URLs.

use std::marker::PhantomData;

use super::{Condition, Operator, Sort};
use crate::column::{Column, ColumnType};

/// A condition on the rows of `M`.
#[derive(Clone, Debug)]
pub struct Filter<M> {
    pub(crate) condition: Condition,
    of: PhantomData<fn() -> M>,
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
        Filter {
            condition: Condition {
                column: self.index(),
                operator,
            },
            of: PhantomData,
        }
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
