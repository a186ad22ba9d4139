//! One cell of a row, and the errors of reading and writing it.
//!
//! It does not know which driver it is from.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use rust_decimal::Decimal;
use sea_query::Value;
use uuid::Uuid;

use crate::error::{ApiError, Report};

/// One cell of a row, in the form that its driver has it.
///
/// SQLite has five forms, so times, decimals and names come as `Text`, UUIDs as `Bytes`, booleans as `Integer`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Cell<'a> {
    /// No value.
    Null,
    /// A whole number.
    Integer(i64),
    /// A float.
    Double(f64),
    /// A decimal number.
    Decimal(Decimal),
    /// True or false.
    Boolean(bool),
    /// Text.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
    /// A UUID.
    Uuid(Uuid),
    /// A date.
    Date(NaiveDate),
    /// A time of day.
    Time(NaiveTime),
    /// A date and a time without a time zone.
    DateTime(NaiveDateTime),
    /// A moment.
    Timestamp(DateTime<Utc>),
}

impl<'a> Cell<'a> {
    /// The text of a text cell.
    ///
    /// # Errors
    /// [`DecodeError`] when it is of another form.
    pub fn text(self) -> Result<&'a str, DecodeError> {
        match self {
            Self::Text(text) => Ok(text),
            other => Err(DecodeError::form("text", &other)),
        }
    }
}

/// A value in memory as a cell.
pub(super) fn value_cell(value: &Value) -> Result<Cell<'_>, DecodeError> {
    Ok(match value {
        Value::BigInt(Some(number)) => Cell::Integer(*number),
        Value::Int(Some(number)) => Cell::Integer(i64::from(*number)),
        Value::Double(Some(number)) => Cell::Double(*number),
        Value::Float(Some(number)) => Cell::Double(f64::from(*number)),
        Value::Decimal(Some(number)) => Cell::Decimal(*number),
        Value::Bool(Some(boolean)) => Cell::Boolean(*boolean),
        Value::String(Some(text)) => Cell::Text(text),
        Value::Bytes(Some(bytes)) => Cell::Bytes(bytes),
        Value::Uuid(Some(uuid)) => Cell::Uuid(*uuid),
        Value::ChronoDate(Some(date)) => Cell::Date(*date),
        Value::ChronoTime(Some(time)) => Cell::Time(*time),
        Value::ChronoDateTime(Some(moment)) => Cell::DateTime(*moment),
        Value::ChronoDateTimeUtc(Some(moment)) => Cell::Timestamp(*moment),
        null if is_null(null) => Cell::Null,
        other => return Err(DecodeError::form("a column's value", other)),
    })
}

/// Whether a value is null, whatever its kind.
pub(crate) fn is_null(value: &Value) -> bool {
    *value == value.as_null()
}

/// A cell that does not hold what its column should.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}expected {expected}, found {found}", column.map(|index| format!("column {index}: ")).unwrap_or_default())]
pub struct DecodeError {
    column: Option<usize>,
    expected: String,
    found: String,
}

impl DecodeError {
    /// What was expected, and what is there instead.
    pub fn new(expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            column: None,
            expected: expected.into(),
            found: found.into(),
        }
    }

    /// A name that is none of the enum's.
    pub fn unknown_variant(found: &str) -> Self {
        Self::new("one of the enum's names", format!("`{found}`"))
    }

    pub(crate) fn form(expected: &str, found: &impl std::fmt::Debug) -> Self {
        let mut found = format!("{found:?}");
        if let Some((end, _)) = found.char_indices().nth(80) {
            found.truncate(end);
        }
        Self::new(expected, found)
    }

    pub(crate) fn missing(index: usize) -> Self {
        Self::new("a cell", "no such column").in_column(index)
    }

    pub(crate) fn in_column(mut self, index: usize) -> Self {
        self.column.get_or_insert(index);
        self
    }
}

impl From<DecodeError> for ApiError {
    fn from(error: DecodeError) -> Self {
        Self::serialization(error)
    }
}

impl From<EncodeError> for ApiError {
    fn from(error: EncodeError) -> Self {
        Self::serialization(error)
    }
}

impl From<EncodeError> for Report {
    fn from(error: EncodeError) -> Self {
        Self::from(ApiError::from(error))
    }
}

impl From<DecodeError> for Report {
    fn from(error: DecodeError) -> Self {
        Self::from(ApiError::from(error))
    }
}

/// A record that cannot be written as JSON.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// A computed field, or one marked `json`, failed to serialise.
    #[error("a field cannot be written as JSON")]
    Json(#[from] serde_json::Error),
    /// A stored cell is not what its column should hold.
    #[error("a stored cell is not what its column should hold")]
    Cell(#[from] DecodeError),
    /// No field that goes out has this name.
    #[error("no field called `{0}` goes out")]
    NotShown(String),
    /// The descriptor names a computed field that the struct does not write.
    #[error("there is no computed field {0}")]
    NoSuchField(usize),
}
