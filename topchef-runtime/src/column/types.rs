//! The Rust types that can be a column.
//!
//! It does not know how a value reaches a statement or a cell leaves a row.

use std::any::type_name;

use base64::Engine as _;
use chrono::{DateTime, DurationRound, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use sea_query::Value;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::Codec;
use super::cell::{Cell, DecodeError, EncodeError, value_cell};
use super::decimal::decimal;
use super::kind::{ColumnDefault, Kind};
use crate::error::shortened;

/// A Rust type that can be a column of a resource.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no column form",
    label = "this type cannot be a column",
    note = "columns are the integers `i8` to `i64` and `u8` to `u32`, `f32`, `f64`, `Decimal`, `bool`, `String`, `Uuid`, chrono's dates and times, `Vec<u8>`, `serde_json::Value`, enums with `#[derive(ResourceEnum)]`, and `Option` of these",
    note = "to store any serde type as JSON, mark the field `#[resource(json)]`"
)]
pub trait ColumnType: Sized + Send + Sync + 'static {
    /// What it is for JSON, URLs and tables.
    const KIND: Kind;
    /// Whether it may be null.
    const NULLABLE: bool = false;
    /// What a primary key of this type is when nothing was given.
    const KEY_DEFAULT: ColumnDefault = ColumnDefault::None;

    /// Whether a JSON text is one of it, where its kind does not say that: what is taken can be read back.
    #[doc(hidden)]
    const CHECK: Option<CheckJson> = None;

    /// Reads it from a cell.
    ///
    /// # Errors
    /// [`DecodeError`] when the cell holds something else.
    fn from_cell(cell: Cell<'_>) -> Result<Self, DecodeError>;

    /// The value to bind.
    fn to_value(&self) -> Value;

    /// How a column keeps it.
    #[doc(hidden)]
    const CODEC: &'static Codec<Self> = &Codec {
        kind: Self::KIND,
        nullable: Self::NULLABLE,
        key_default: Self::KEY_DEFAULT,
        check: Self::CHECK,
        from_cell: Self::from_cell,
        to_value: |field| Ok(Self::to_value(field)),
    };
}

pub(crate) fn from_value<T: ColumnType>(value: &Value) -> Result<T, DecodeError> {
    T::from_cell(value_cell(value)?)
}

fn wrong<T>(cell: &Cell<'_>) -> DecodeError {
    DecodeError::form(type_name::<T>(), cell)
}

macro_rules! integers {
    ($($integer:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl ColumnType for $integer {
            // The bounds of every type but the 64-bit unsigned ones, which are left out for that, fit.
            #[allow(clippy::cast_lossless, trivial_numeric_casts, reason = "one macro for all widths")]
            const KIND: Kind = Kind::Integer { min: <$integer>::MIN as i64, max: <$integer>::MAX as i64 };
            const KEY_DEFAULT: ColumnDefault = ColumnDefault::Database;

            fn from_cell(cell: Cell<'_>) -> Result<Self, DecodeError> {
                match cell {
                    Cell::Integer(number) => Self::try_from(number).map_err(|_| wrong::<Self>(&cell)),
                    _ => Err(wrong::<Self>(&cell)),
                }
            }

            fn to_value(&self) -> Value {
                Value::BigInt(Some(i64::from(*self)))
            }
        }
    )+};
}
integers!(i8, i16, i32, i64, u8, u16, u32);

#[diagnostic::do_not_recommend]
impl ColumnType for f64 {
    const KIND: Kind = Kind::Double;

    #[expect(
        clippy::cast_precision_loss,
        reason = "SQLite keeps whole floats as integers that came from a float"
    )]
    fn from_cell(cell: Cell<'_>) -> Result<Self, DecodeError> {
        match cell {
            Cell::Double(number) => Ok(number),
            Cell::Integer(number) => Ok(number as Self),
            _ => Err(wrong::<Self>(&cell)),
        }
    }

    fn to_value(&self) -> Value {
        Value::Double(Some(*self))
    }
}

#[diagnostic::do_not_recommend]
impl ColumnType for f32 {
    const KIND: Kind = Kind::Real;

    #[expect(
        clippy::cast_possible_truncation,
        reason = "the column was written from an f32"
    )]
    fn from_cell(cell: Cell<'_>) -> Result<Self, DecodeError> {
        f64::from_cell(cell).map(|number| number as Self)
    }

    fn to_value(&self) -> Value {
        Value::Float(Some(*self))
    }
}

#[diagnostic::do_not_recommend]
impl ColumnType for Decimal {
    const KIND: Kind = Kind::Decimal;

    fn from_cell(cell: Cell<'_>) -> Result<Self, DecodeError> {
        match cell {
            Cell::Decimal(number) => Ok(number),
            Cell::Text(text) => decimal(text).map_err(|_| wrong::<Self>(&cell)),
            Cell::Integer(number) => Ok(Self::from(number)),
            _ => Err(wrong::<Self>(&cell)),
        }
    }

    fn to_value(&self) -> Value {
        Value::Decimal(Some(*self))
    }
}

#[diagnostic::do_not_recommend]
impl ColumnType for bool {
    const KIND: Kind = Kind::Boolean;

    fn from_cell(cell: Cell<'_>) -> Result<Self, DecodeError> {
        match cell {
            Cell::Boolean(boolean) => Ok(boolean),
            Cell::Integer(0) => Ok(false),
            Cell::Integer(1) => Ok(true),
            _ => Err(wrong::<Self>(&cell)),
        }
    }

    fn to_value(&self) -> Value {
        Value::Bool(Some(*self))
    }
}

#[diagnostic::do_not_recommend]
impl ColumnType for String {
    const KIND: Kind = Kind::Text;

    fn from_cell(cell: Cell<'_>) -> Result<Self, DecodeError> {
        cell.text().map(str::to_owned)
    }

    fn to_value(&self) -> Value {
        Value::String(Some(self.clone()))
    }
}

#[diagnostic::do_not_recommend]
impl ColumnType for Vec<u8> {
    const KIND: Kind = Kind::Bytes;

    fn from_cell(cell: Cell<'_>) -> Result<Self, DecodeError> {
        match cell {
            Cell::Bytes(bytes) => Ok(bytes.to_vec()),
            _ => Err(wrong::<Self>(&cell)),
        }
    }

    fn to_value(&self) -> Value {
        Value::Bytes(Some(self.clone()))
    }
}

#[diagnostic::do_not_recommend]
impl ColumnType for Uuid {
    const KIND: Kind = Kind::Uuid;
    const KEY_DEFAULT: ColumnDefault = ColumnDefault::Value(|| Self::now_v7().to_value());

    fn from_cell(cell: Cell<'_>) -> Result<Self, DecodeError> {
        match cell {
            Cell::Uuid(uuid) => Ok(uuid),
            Cell::Bytes(bytes) => Self::from_slice(bytes).map_err(|_| wrong::<Self>(&cell)),
            _ => Err(wrong::<Self>(&cell)),
        }
    }

    fn to_value(&self) -> Value {
        Value::Uuid(Some(*self))
    }
}

#[diagnostic::do_not_recommend]
impl ColumnType for NaiveDate {
    const KIND: Kind = Kind::Date;

    fn from_cell(cell: Cell<'_>) -> Result<Self, DecodeError> {
        match cell {
            Cell::Date(date) => Ok(date),
            Cell::Text(text) => text.parse().map_err(|_| wrong::<Self>(&cell)),
            _ => Err(wrong::<Self>(&cell)),
        }
    }

    fn to_value(&self) -> Value {
        Value::ChronoDate(Some(*self))
    }
}

#[diagnostic::do_not_recommend]
impl ColumnType for NaiveTime {
    const KIND: Kind = Kind::Time;

    fn from_cell(cell: Cell<'_>) -> Result<Self, DecodeError> {
        match cell {
            Cell::Time(time) => Ok(time),
            Cell::Text(text) => text.parse().map_err(|_| wrong::<Self>(&cell)),
            _ => Err(wrong::<Self>(&cell)),
        }
    }

    fn to_value(&self) -> Value {
        Value::ChronoTime(Some(*self))
    }
}

#[diagnostic::do_not_recommend]
impl ColumnType for NaiveDateTime {
    const KIND: Kind = Kind::DateTime;

    fn from_cell(cell: Cell<'_>) -> Result<Self, DecodeError> {
        match cell {
            Cell::DateTime(moment) => Ok(moment),
            Cell::Text(text) => text.parse().map_err(|_| wrong::<Self>(&cell)),
            _ => Err(wrong::<Self>(&cell)),
        }
    }

    fn to_value(&self) -> Value {
        Value::ChronoDateTime(Some(to_microseconds(*self)))
    }
}

#[diagnostic::do_not_recommend]
impl ColumnType for DateTime<Utc> {
    const KIND: Kind = Kind::Timestamp;

    fn from_cell(cell: Cell<'_>) -> Result<Self, DecodeError> {
        match cell {
            Cell::Timestamp(moment) => Ok(moment),
            Cell::Text(text) => DateTime::parse_from_rfc3339(text)
                .map(|moment| moment.with_timezone(&Utc))
                .map_err(|_| wrong::<Self>(&cell)),
            _ => Err(wrong::<Self>(&cell)),
        }
    }

    fn to_value(&self) -> Value {
        Value::ChronoDateTimeUtc(Some(to_microseconds(*self)))
    }
}

/// Both databases and the wire keep microseconds: what is finer would make a value differ from itself read back.
fn to_microseconds<T: DurationRound + Copy>(moment: T) -> T {
    moment
        .duration_trunc(TimeDelta::microseconds(1))
        .unwrap_or(moment)
}

#[diagnostic::do_not_recommend]
impl ColumnType for serde_json::Value {
    const KIND: Kind = Kind::Json;
    const CHECK: Option<CheckJson> = Some(check_json::<Self>);

    fn from_cell(cell: Cell<'_>) -> Result<Self, DecodeError> {
        json_from_cell(cell)
    }

    fn to_value(&self) -> Value {
        Value::String(Some(self.to_string()))
    }
}

#[diagnostic::do_not_recommend]
impl<T: ColumnType> ColumnType for Option<T> {
    const KIND: Kind = T::KIND;
    const NULLABLE: bool = true;
    const CHECK: Option<CheckJson> = T::CHECK;

    fn from_cell(cell: Cell<'_>) -> Result<Self, DecodeError> {
        match cell {
            Cell::Null => Ok(None),
            cell => T::from_cell(cell).map(Some),
        }
    }

    fn to_value(&self) -> Value {
        self.as_ref().map_or_else(|| T::KIND.null(), T::to_value)
    }
}

/// A type that serde can write as JSON and read back: what a field marked `json` may be.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be kept as JSON",
    label = "serde cannot write and read this type",
    note = "a field marked `#[resource(json)]` is written by `serde::Serialize` and read by `serde::Deserialize`: derive both"
)]
pub trait JsonType: Sized + 'static {
    /// How a column keeps it.
    #[doc(hidden)]
    const CODEC: &'static Codec<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> JsonType for T {
    const CODEC: &'static Codec<Self> = &Codec {
        kind: Kind::Json,
        nullable: false,
        key_default: ColumnDefault::None,
        check: Some(check_json::<T>),
        from_cell: json_from_cell::<T>,
        to_value: json_to_value::<T>,
    };
}

/// Whether a JSON text is one of a type; the reason when it is not.
pub(crate) type CheckJson = fn(&str) -> Result<(), String>;

fn check_json<T: DeserializeOwned>(text: &str) -> Result<(), String> {
    serde_json::from_str::<T>(text).map(drop).map_err(|error| {
        // Where in the value it is says little in a body of which it is a part.
        let reason = error.to_string();
        let reason = reason
            .rsplit_once(" at line ")
            .map_or(reason.as_str(), |(reason, _)| reason);
        shortened(reason)
    })
}

/// The value of a field marked `json`: its JSON text; JSON's null is the table's.
///
/// A type whose `Serialize` fails (a map with keys that are not text) is an error, never a null.
fn json_to_value<T: Serialize>(field: &T) -> Result<Value, EncodeError> {
    let text = serde_json::to_string(field)?;
    Ok(Value::String((text != "null").then_some(text)))
}

fn json_from_cell<T: DeserializeOwned>(cell: Cell<'_>) -> Result<T, DecodeError> {
    let text = match cell {
        Cell::Null => "null",
        cell => cell.text()?,
    };
    serde_json::from_str(text)
        .map_err(|error| DecodeError::new(type_name::<T>(), error.to_string()))
}

/// A cell of a column of `kind` as a value that outlives its row.
///
/// # Errors
/// [`DecodeError`] when the cell is of another kind.
pub(crate) fn own(kind: Kind, cell: Cell<'_>) -> Result<Value, DecodeError> {
    Ok(match kind {
        Kind::Integer { .. } => Option::<i64>::from_cell(cell)?.to_value(),
        Kind::Real => Option::<f32>::from_cell(cell)?.to_value(),
        Kind::Double => Option::<f64>::from_cell(cell)?.to_value(),
        Kind::Decimal => Option::<Decimal>::from_cell(cell)?.to_value(),
        Kind::Boolean => Option::<bool>::from_cell(cell)?.to_value(),
        Kind::Text | Kind::Json | Kind::Enum(_) => Option::<String>::from_cell(cell)?.to_value(),
        Kind::Uuid => Option::<Uuid>::from_cell(cell)?.to_value(),
        Kind::Date => Option::<NaiveDate>::from_cell(cell)?.to_value(),
        Kind::Time => Option::<NaiveTime>::from_cell(cell)?.to_value(),
        Kind::DateTime => Option::<NaiveDateTime>::from_cell(cell)?.to_value(),
        Kind::Timestamp => Option::<DateTime<Utc>>::from_cell(cell)?.to_value(),
        Kind::Bytes => Option::<Vec<u8>>::from_cell(cell)?.to_value(),
    })
}

/// Bytes as a base64 text (RFC 4648, section 4).
pub(crate) fn to_base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// The bytes of a base64 text (RFC 4648, section 4).
pub(super) fn from_base64(text: &str) -> Option<Vec<u8>> {
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}
