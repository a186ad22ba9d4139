//! Columns: the Rust types that have a column form, their values, and the typed columns (`Book::TITLE`) of a resource.
//!
//! It knows neither tables nor URLs nor drivers.

mod cell;
mod kind;
mod parse;
mod types;
mod write;

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use cell::{Cell, Cells, DecodeError, EncodeError, Row, ValueCells};
pub use kind::{ColumnDefault, Kind};
pub use parse::{InputError, parse_json, parse_text};
pub use types::ColumnType;
pub use write::write_cell;

/// A value on its way into a statement, typed even when it is null.
pub use sea_query::Value;

/// A column of the resource `M` that holds a `T`: for change tracking, filters in code and hooks.
///
/// The derive makes one constant per field: `Book::TITLE`.
pub struct Column<M, T> {
    index: usize,
    get: fn(&M) -> &T,
    get_mut: fn(&mut M) -> &mut T,
    to_value: fn(&T) -> Value,
    from_value: fn(&Value) -> Result<T, DecodeError>,
}

impl<M, T: ColumnType> Column<M, T> {
    /// The column at `index` of the descriptor, with its field's accessors.
    pub const fn new(index: usize, get: fn(&M) -> &T, get_mut: fn(&mut M) -> &mut T) -> Self {
        Self {
            index,
            get,
            get_mut,
            to_value: T::to_value,
            from_value: types::from_value::<T>,
        }
    }
}

impl<M, T: Serialize + DeserializeOwned> Column<M, T> {
    /// As [`new`](Column::new), for a field marked `json`.
    pub const fn json(index: usize, get: fn(&M) -> &T, get_mut: fn(&mut M) -> &mut T) -> Self {
        Self {
            index,
            get,
            get_mut,
            to_value: types::json_to_value::<T>,
            from_value: types::json_from_value::<T>,
        }
    }
}

impl<M, T> Column<M, T> {
    /// The place of the column in the descriptor.
    pub const fn index(self) -> usize {
        self.index
    }

    /// The field of a record.
    pub fn of(self, record: &M) -> &T {
        (self.get)(record)
    }

    pub(crate) fn of_mut(self, record: &mut M) -> &mut T {
        (self.get_mut)(record)
    }

    pub(crate) fn to_value(self, field: &T) -> Value {
        (self.to_value)(field)
    }

    pub(crate) fn from_value(self, value: &Value) -> Result<T, DecodeError> {
        (self.from_value)(value)
    }
}

// By hand: a derive would ask the same of `M` and `T`.
impl<M, T> Clone for Column<M, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, T> Copy for Column<M, T> {}

impl<M, T> fmt::Debug for Column<M, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Column")
            .field("index", &self.index)
            .finish_non_exhaustive()
    }
}

pub(crate) use types::{from_value, json_to_value, own};
pub(crate) use write::{TIME, date_time, timestamp};
