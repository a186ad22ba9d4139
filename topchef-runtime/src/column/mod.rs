//! Columns: the Rust types that have a column form, their values, and the typed columns (`Book::TITLE`) of a resource.
//!
//! It knows neither tables nor URLs nor drivers.

mod cell;
mod constraint;
mod decimal;
mod key;
mod kind;
mod parse;
mod row;
mod types;
mod write;

use std::fmt;

pub use cell::{Cell, DecodeError, EncodeError};
pub use constraint::{Bound, CompiledPattern, Format, Pattern};
pub(crate) use key::LARGEST_GIVEN;
pub use key::{Key, KeyType, RefersTo};
pub use kind::{ColumnDefault, Kind};
pub use parse::{InputError, parse_json, parse_text};
pub(crate) use row::ReadOnce;
pub use row::{Cells, Row, ValueCells};
pub use types::{ColumnType, JsonType};
pub use write::write_cell;

/// A value on its way into a statement, typed even when it is null.
pub use sea_query::Value;

/// A column of the resource `M` that holds a `T`: for change tracking, filters in code and hooks.
///
/// The derive makes one constant per field: `Book::TITLE`.
pub struct Column<M, T: 'static> {
    index: usize,
    get: fn(&M) -> &T,
    get_mut: fn(&mut M) -> &mut T,
    codec: &'static Codec<T>,
}

/// How a field's type is kept in a column.
///
/// It is asked for once, where the column's constant is made: a type that cannot be a column is one error.
#[doc(hidden)]
#[derive(Debug)]
pub struct Codec<T> {
    pub(crate) kind: Kind,
    pub(crate) nullable: bool,
    pub(crate) key_default: ColumnDefault,
    pub(crate) check: Option<CheckJson>,
    from_cell: fn(Cell<'_>) -> Result<T, DecodeError>,
    to_value: fn(&T) -> Result<Value, EncodeError>,
}

impl<M, T> Column<M, T> {
    /// The column at `index` of the descriptor, with its type's codec and its field's accessors.
    #[doc(hidden)]
    pub const fn new(
        index: usize,
        codec: &'static Codec<T>,
        get: fn(&M) -> &T,
        get_mut: fn(&mut M) -> &mut T,
    ) -> Self {
        Self {
            index,
            get,
            get_mut,
            codec,
        }
    }

    /// The place of the column in the descriptor.
    pub const fn index(self) -> usize {
        self.index
    }

    /// The field of a record.
    pub fn of(self, record: &M) -> &T {
        (self.get)(record)
    }

    /// The field as a row has it.
    ///
    /// # Errors
    /// [`DecodeError`] when the cell does not hold a `T`.
    pub fn read(self, row: &Row<'_>) -> Result<T, DecodeError> {
        (self.codec.from_cell)(row.cell(self.index)?).map_err(|error| error.in_column(self.index))
    }

    /// The value of a record's field, to bind.
    ///
    /// # Errors
    /// [`EncodeError`] when a field marked `json` cannot be written as JSON.
    pub fn value(self, record: &M) -> Result<Value, EncodeError> {
        self.to_value((self.get)(record))
    }

    pub(crate) const fn codec(self) -> &'static Codec<T> {
        self.codec
    }

    pub(crate) fn of_mut(self, record: &mut M) -> &mut T {
        (self.get_mut)(record)
    }

    pub(crate) fn to_value(self, field: &T) -> Result<Value, EncodeError> {
        (self.codec.to_value)(field)
    }

    pub(crate) fn decode_cell(self, cell: Cell<'_>) -> Result<T, DecodeError> {
        (self.codec.from_cell)(cell).map_err(|error| error.in_column(self.index))
    }

    pub(crate) fn decode(self, value: &Value) -> Result<T, DecodeError> {
        (self.codec.from_cell)(cell::value_cell(value)?)
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

pub(crate) use cell::is_null;
#[cfg(feature = "sqlite")]
pub(crate) use decimal::compare_decimals;
pub(crate) use types::{CheckJson, own};
#[cfg(feature = "sqlite")]
pub(crate) use write::{TIME, date_time, timestamp};
