//! What kinds of columns there are, and what a column holds when nothing was given.
//!
//! It does not know how a kind is stored.

use sea_query::Value;

/// What a column holds, as far as JSON, URLs and tables are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// A whole number between two bounds, both included.
    Integer {
        /// The smallest.
        min: i64,
        /// The largest.
        max: i64,
    },
    /// A 32-bit float; finite.
    Real,
    /// A 64-bit float; finite.
    Double,
    /// A decimal number, exact, of at most 28 digits; a string in JSON, with all its decimal places.
    Decimal,
    /// True or false.
    Boolean,
    /// Text without the character NUL (`PostgreSQL` has none).
    Text,
    /// A UUID (RFC 9562).
    Uuid,
    /// A calendar date, `2026-11-22`.
    Date,
    /// A time of day, `23:34:28.810546`.
    Time,
    /// A date and a time without a time zone.
    DateTime,
    /// A moment, `2026-11-22T23:34:28.810546+00:00`; microseconds, always UTC.
    Timestamp,
    /// Bytes; base64 (RFC 4648, section 4) in JSON.
    Bytes,
    /// JSON, kept as it was sent.
    Json,
    /// One of a few names.
    Enum(&'static [&'static str]),
}

impl Kind {
    /// Null, of this kind.
    pub const fn null(self) -> Value {
        match self {
            Self::Integer { .. } => Value::BigInt(None),
            Self::Real => Value::Float(None),
            Self::Double => Value::Double(None),
            Self::Decimal => Value::Decimal(None),
            Self::Boolean => Value::Bool(None),
            Self::Text | Self::Json | Self::Enum(_) => Value::String(None),
            Self::Uuid => Value::Uuid(None),
            Self::Date => Value::ChronoDate(None),
            Self::Time => Value::ChronoTime(None),
            Self::DateTime => Value::ChronoDateTime(None),
            Self::Timestamp => Value::ChronoDateTimeUtc(None),
            Self::Bytes => Value::Bytes(None),
        }
    }

    /// What people call a value of this kind.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Integer { .. } => "integer",
            Self::Real | Self::Double => "number",
            Self::Decimal => "decimal number",
            Self::Boolean => "boolean",
            Self::Text | Self::Enum(_) => "string",
            Self::Uuid => "UUID",
            Self::Date => "date",
            Self::Time => "time of day",
            Self::DateTime => "date and time",
            Self::Timestamp => "date and time with a time zone",
            Self::Bytes => "base64 string",
            Self::Json => "JSON value",
        }
    }

    /// Whether it is a number.
    pub const fn is_number(self) -> bool {
        matches!(
            self,
            Self::Integer { .. } | Self::Real | Self::Double | Self::Decimal
        )
    }

    /// Whether values of this kind can be compared and sorted in SQL.
    pub const fn is_comparable(self) -> bool {
        !matches!(self, Self::Json)
    }
}

/// What a column holds when nothing was given.
#[derive(Clone, Copy, Debug)]
pub enum ColumnDefault {
    /// Nothing: the field is required, unless it may be null.
    None,
    /// What this function returns, called anew for each record.
    Value(fn() -> Value),
    /// What the database assigns: the next integer of a primary key.
    Database,
}
