//! Queries over one resource: conditions, order, page and fields, from URLs and from code.
//!
//! Pure: it knows descriptors, neither statements nor connections.

mod cursor;
mod holds;
mod pattern;
mod typed;
mod url;

use crate::column::{Key, Value};
use crate::descriptor::{Descriptor, Method, Selection};

pub use crate::descriptor::{PageSize, Sort};
pub use typed::{Filter, Order, Textual};
pub use url::{
    Ends, Links, Paging, decode, narrow, page_link, pairs, parse, parse_explaining, parse_none,
    parse_one, parse_one_explaining,
};
pub(crate) use url::{filterable_columns, name_of_equal, operators, sortable_columns};

pub(crate) use cursor::beside;
pub(crate) use holds::holds;
pub(crate) use pattern::{Part, parts};

/// Which rows of a resource, in which order, and what of them.
#[derive(Clone, Debug)]
pub struct Query {
    /// All of these hold.
    pub conditions: Vec<Condition>,
    /// Sorted by these; the key's columns come last, so that the order is total.
    pub order: Vec<Sort>,
    /// The most rows.
    pub limit: u64,
    /// The most rows that a client may ask for: a larger limit is lowered to it.
    pub max_limit: u64,
    /// Where the page begins.
    pub start: Start,
    /// What goes out of each row.
    pub selection: Selection,
    /// What is told besides the rows.
    pub meta: Meta,
    /// Whether the statement and its plan are asked for in place of the rows.
    pub explain: bool,
}

/// Where a page begins.
#[derive(Clone, Debug, PartialEq)]
pub enum Start {
    /// After this many rows.
    Offset(u64),
    /// At the first row; further pages are found by cursors.
    First,
    /// Beside a row that was seen before.
    Cursor(Cursor),
}

/// A row that a page begins after, or ends before, whether it is still there or not.
#[derive(Clone, Debug, PartialEq)]
pub struct Cursor {
    /// What the row held in the columns of the order, one for each.
    pub values: Vec<Value>,
    /// Whether the page is the one before the row.
    pub backward: bool,
}

/// What is told besides the records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Meta {
    /// How many rows there are on all pages together.
    pub count: bool,
    /// The JSON Schema of a record.
    pub schema: bool,
}

/// What is asked of one record.
#[derive(Clone, Debug)]
pub struct One {
    /// What goes out of it.
    pub selection: Selection,
    /// What is told besides.
    pub meta: Meta,
    /// Whether the statement and its plan are asked for in place of the record.
    pub explain: bool,
}

impl One {
    /// What a method shows when nothing is asked for.
    pub fn of(descriptor: &'static Descriptor, method: Method) -> Self {
        Self {
            selection: Selection::of(descriptor, method),
            meta: Meta::default(),
            explain: false,
        }
    }
}

impl Query {
    /// All rows of the first page, in the resource's own order, with the fields of a list.
    pub fn first_page(descriptor: &'static Descriptor) -> Self {
        let collection = &descriptor.collection;
        Self {
            conditions: Vec::new(),
            order: total(descriptor, collection.order.to_vec()),
            limit: collection.page.default,
            max_limit: collection.page.max,
            start: Start::Offset(0),
            selection: Selection::of(descriptor, Method::List),
            meta: Meta::default(),
            explain: false,
        }
    }
}

impl Query {
    /// With pages of another size.
    #[must_use]
    pub const fn paged(mut self, size: PageSize) -> Self {
        self.limit = size.default;
        self.max_limit = size.max;
        self
    }

    /// With something else that goes out of each row.
    #[must_use]
    pub fn showing(mut self, selection: Selection) -> Self {
        self.selection = selection;
        self
    }
}

/// An order that ends with the key's columns, so that no two rows are equal in it.
pub fn total(descriptor: &Descriptor, mut order: Vec<Sort>) -> Vec<Sort> {
    for &column in descriptor.key {
        if !order.iter().any(|sort| sort.column == column) {
            order.push(Sort {
                column,
                descending: false,
            });
        }
    }
    order
}

/// What must hold of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// A column compares so with a value.
    Value {
        /// The column's place in the descriptor.
        column: usize,
        /// How it is compared.
        operator: Operator,
    },
    /// A column of whole numbers compares so with a number of the program's own: it is written into the statement, and not
    /// bound, so that an index which holds some of the rows can serve. Never for what comes with a request.
    Constant {
        /// The column's place in the descriptor.
        column: usize,
        /// How it is compared.
        comparison: Comparison,
        /// The number.
        number: i64,
    },
    /// Two columns of the row compare so.
    Columns {
        /// The column on the left.
        left: usize,
        /// How they are compared.
        comparison: Comparison,
        /// The column on the right.
        right: usize,
    },
    /// Several columns compare so with as many values, as words do letter by letter: the first that differs decides, and
    /// where it is null nothing is known. Only for what is less or greater.
    Tuple {
        /// The columns' places in the descriptor.
        columns: Vec<usize>,
        /// How they are compared.
        comparison: Comparison,
        /// The values, one for each column.
        values: Vec<Value>,
    },
    /// All of these hold; of none, it holds.
    All(Vec<Condition>),
    /// One of these holds; of none, it does not.
    Any(Vec<Condition>),
    /// This does not hold. What is unknown because of a null stays unknown, as in SQL.
    Not(Box<Condition>),
}

impl Condition {
    /// A comparison of a column with a value.
    pub const fn of(column: usize, operator: Operator) -> Self {
        Self::Value { column, operator }
    }

    /// That a row has this key.
    pub fn is_key(descriptor: &Descriptor, key: &Key) -> Self {
        let columns = descriptor.key.iter().zip(key.values());
        let mut equal = columns
            .map(|(column, value)| Self::of(*column, Operator::Equal(value.clone())))
            .collect::<Vec<_>>();
        match equal.pop() {
            Some(only) if equal.is_empty() => only,
            Some(last) => {
                equal.push(last);
                Self::All(equal)
            }
            None => Self::Any(Vec::new()),
        }
    }

    /// Whether it is what [`is_key`](Self::is_key) makes: what the whole key is. No part of a key is null.
    pub(crate) fn says_key(&self, descriptor: &Descriptor) -> bool {
        let is = |condition: &Self, key: usize| {
            let Self::Value { column, operator } = condition else {
                return false;
            };
            *column == key && matches!(operator, Operator::Equal(_))
        };
        match (self, descriptor.key) {
            (Self::All(parts), key) => {
                parts.len() == key.len() && parts.iter().zip(key).all(|(part, key)| is(part, *key))
            }
            (one, [key]) => is(one, *key),
            _ => false,
        }
    }
}

/// How a column is compared with a value.
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
    /// The text has this form: `%` is any text, `_` any character, `\` takes the next character as it is; case matters.
    Like(String),
    /// As [`Like`](Self::Like), whether letters are large or small; that is known of ASCII letters alone.
    LikeIgnoringCase(String),
}

/// How columns are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Equal.
    Equal,
    /// Not equal.
    NotEqual,
    /// The left one is less.
    Less,
    /// The left one is less, or equal.
    LessOrEqual,
    /// The left one is greater.
    Greater,
    /// The left one is greater, or equal.
    GreaterOrEqual,
}

impl Comparison {
    /// The same with a value on the right.
    pub(crate) fn with(self, value: Value) -> Operator {
        match self {
            Self::Equal => Operator::Equal(value),
            Self::NotEqual => Operator::NotEqual(value),
            Self::Less => Operator::Less(value),
            Self::LessOrEqual => Operator::LessOrEqual(value),
            Self::Greater => Operator::Greater(value),
            Self::GreaterOrEqual => Operator::GreaterOrEqual(value),
        }
    }

    /// Its name in URLs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Equal => "eq",
            Self::NotEqual => "ne",
            Self::Less => "lt",
            Self::LessOrEqual => "le",
            Self::Greater => "gt",
            Self::GreaterOrEqual => "ge",
        }
    }
}
