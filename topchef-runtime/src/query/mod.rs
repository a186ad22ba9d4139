//! Queries over one resource: conditions, order, page and fields, from URLs and from code.
//!
//! Pure: it knows descriptors, neither statements nor connections.

mod typed;
mod url;

use crate::column::Value;
use crate::descriptor::{Descriptor, Field, Method};

pub use typed::{Filter, Order};
pub use url::{decode, narrow, page_link, parse, parse_fields, parse_none};

/// How large the pages of a collection are.
#[derive(Clone, Copy, Debug)]
pub struct PageSize {
    /// The rows of a page when nothing is said.
    pub default: u64,
    /// The most rows of a page: a larger `limit` is lowered to it.
    pub max: u64,
}

impl Default for PageSize {
    fn default() -> Self {
        Self {
            default: 50,
            max: 200,
        }
    }
}

/// Which rows of a resource, in which order, and what of them.
#[derive(Clone, Debug)]
pub struct Query {
    /// All of these hold.
    pub conditions: Vec<Condition>,
    /// Sorted by these; the key is always added last, so that the order is total.
    pub order: Vec<Sort>,
    /// The most rows.
    pub limit: u64,
    /// How many rows to pass over first.
    pub offset: u64,
    /// The fields that go out.
    pub fields: Vec<Field>,
}

impl Query {
    /// All rows of the first page, with the fields of a list.
    pub fn first_page(descriptor: &Descriptor, size: PageSize) -> Self {
        Self {
            conditions: Vec::new(),
            order: Vec::new(),
            limit: size.default,
            offset: 0,
            fields: descriptor.fields.of(Method::List).to_vec(),
        }
    }
}

/// A comparison of a column with a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// The column's place in the descriptor.
    pub column: usize,
    /// How it is compared.
    pub operator: Operator,
}

/// How a column is compared, and with what.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Operator {
    /// Equal; with null, is null.
    Equal(Value),
    /// Not equal; with null, is not null.
    NotEqual(Value),
    /// Less.
    Less(Value),
    /// Less or equal.
    LessOrEqual(Value),
    /// Greater.
    Greater(Value),
    /// Greater or equal.
    GreaterOrEqual(Value),
    /// One of these; of none, nothing.
    In(Vec<Value>),
}

/// One column to sort by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The column's place in the descriptor.
    pub column: usize,
    /// Largest first.
    pub descending: bool,
}
