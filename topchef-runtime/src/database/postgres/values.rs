//! Values into statements, and cells out of rows.
//!
//! It does not know which statement they stand in.

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use sqlx::postgres::{PgArguments, PgRow, PgTypeKind, PgValueFormat, PgValueRef};
use sqlx::{Arguments, Error, Row as _, TypeInfo, ValueRef};
use uuid::Uuid;

use super::failure::Reason;
use super::numeric::{self, Numeric};
use crate::column::{Cell, Cells, DecodeError, Row, Value};
use crate::database::DatabaseError;

/// The days from the year one to the day from which `PostgreSQL` counts, 2000-01-01.
const FIRST_DAY: i32 = 730_120;

/// The seconds from 1970 to the moment from which `PostgreSQL` counts.
const FIRST_SECOND: i64 = 946_684_800;

/// From how many nanoseconds on a second is one that was put in.
const LEAP: u32 = 1_000_000_000;

/// The types that columns may have, by the numbers that stand in `pg_type`.
mod oid {
    pub(super) const BOOL: u32 = 16;
    pub(super) const BYTEA: u32 = 17;
    pub(super) const NAME: u32 = 19;
    pub(super) const INT8: u32 = 20;
    pub(super) const INT2: u32 = 21;
    pub(super) const INT4: u32 = 23;
    pub(super) const TEXT: u32 = 25;
    pub(super) const JSON: u32 = 114;
    pub(super) const FLOAT4: u32 = 700;
    pub(super) const FLOAT8: u32 = 701;
    pub(super) const BPCHAR: u32 = 1042;
    pub(super) const VARCHAR: u32 = 1043;
    pub(super) const DATE: u32 = 1082;
    pub(super) const TIME: u32 = 1083;
    pub(super) const TIMESTAMP: u32 = 1114;
    pub(super) const TIMESTAMPTZ: u32 = 1184;
    pub(super) const UUID: u32 = 2950;
    pub(super) const JSONB: u32 = 3802;
}

/// Rows that have come already, one at a time.
pub(crate) struct Rows {
    left: std::vec::IntoIter<PgRow>,
    current: Option<PgRow>,
}

impl Rows {
    pub(super) fn new(rows: Vec<PgRow>) -> Self {
        Self {
            left: rows.into_iter(),
            current: None,
        }
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "rows of the other driver can fail to come"
)]
pub(in crate::database) fn next(rows: &mut Rows) -> Result<Option<Row<'_>>, DatabaseError> {
    rows.current = rows.left.next();
    Ok(rows.current.as_ref().map(|row| Row::new(row)))
}

/// The values of a statement, each in its own type, null too.
pub(super) fn bound<'a>(values: impl IntoIterator<Item = &'a Value>) -> Result<PgArguments, Error> {
    let mut arguments = PgArguments::default();
    for value in values {
        bind(&mut arguments, value).map_err(Error::Encode)?;
    }
    Ok(arguments)
}

fn bind(arguments: &mut PgArguments, value: &Value) -> Result<(), Reason> {
    match value {
        Value::BigInt(number) => arguments.add(*number),
        Value::Int(number) => arguments.add(*number),
        Value::BigUnsigned(number) => {
            let number = number.map(i64::try_from).transpose()?;
            arguments.add(number)
        }
        Value::Double(number) => arguments.add(*number),
        Value::Float(number) => arguments.add(*number),
        Value::Decimal(number) => arguments.add(number.map(Numeric)),
        Value::Bool(boolean) => arguments.add(*boolean),
        Value::String(text) => arguments.add(text.as_deref()),
        Value::Bytes(bytes) => arguments.add(bytes.as_deref()),
        Value::Uuid(uuid) => arguments.add(*uuid),
        Value::ChronoDate(date) => arguments.add(*date),
        Value::ChronoTime(Some(time)) if time.nanosecond() >= LEAP => {
            Err("a leap second is no time of day".into())
        }
        Value::ChronoTime(time) => arguments.add(*time),
        Value::ChronoDateTime(moment) => arguments.add(*moment),
        Value::ChronoDateTimeUtc(moment) => arguments.add(*moment),
        other => Err(format!("no column holds {other:?}").into()),
    }
}

/// The number in the last column of a row.
pub(super) fn last_number(row: &PgRow) -> Option<usize> {
    match row.cell(row.len().checked_sub(1)?) {
        Ok(Cell::Integer(number)) => usize::try_from(number).ok(),
        _ => None,
    }
}

impl Cells for PgRow {
    fn cell(&self, index: usize) -> Result<Cell<'_>, DecodeError> {
        let value = self
            .try_get_raw(index)
            .map_err(|_| DecodeError::missing(index))?;
        if value.is_null() {
            return Ok(Cell::Null);
        }
        let bytes = value.as_bytes().map_err(|_| DecodeError::missing(index))?;
        if value.format() != PgValueFormat::Binary {
            return Err(DecodeError::new("a cell in binary form", "one as text"));
        }
        let kind = value.type_info();
        let oid = kind.oid().map(|oid| oid.0).unwrap_or_default();
        match read(oid, bytes) {
            Some(cell) => Ok(cell),
            None if is_text(&value) => text(bytes)
                .map(Cell::Text)
                .ok_or_else(|| unreadable(&value)),
            None => Err(unreadable(&value)),
        }
    }
}

fn unreadable(value: &PgValueRef<'_>) -> DecodeError {
    let kind = value.type_info();
    DecodeError::new("a value that a field can hold", format!("another {kind}"))
}

/// Whether a type that is not among the known ones is sent as text.
fn is_text(value: &PgValueRef<'_>) -> bool {
    let kind = value.type_info();
    matches!(kind.kind(), PgTypeKind::Enum(_)) || kind.name().eq_ignore_ascii_case("citext")
}

/// The cell that the bytes of a type are; nothing when they are none, or are out of what Rust's types hold.
fn read(oid: u32, bytes: &[u8]) -> Option<Cell<'_>> {
    Some(match oid {
        oid::BOOL => Cell::Boolean(*bytes.first()? != 0),
        oid::INT2 => Cell::Integer(i16::from_be_bytes(bytes.try_into().ok()?).into()),
        oid::INT4 => Cell::Integer(i32::from_be_bytes(bytes.try_into().ok()?).into()),
        oid::INT8 => Cell::Integer(number(bytes)?),
        oid::FLOAT4 => Cell::Double(f32::from_be_bytes(bytes.try_into().ok()?).into()),
        oid::FLOAT8 => Cell::Double(f64::from_be_bytes(bytes.try_into().ok()?)),
        numeric::OID => Cell::Decimal(numeric::received(bytes)?),
        oid::TEXT | oid::VARCHAR | oid::BPCHAR | oid::NAME | oid::JSON => Cell::Text(text(bytes)?),
        // The number of the form stands before the text.
        oid::JSONB => Cell::Text(text(bytes.strip_prefix(&[1])?)?),
        oid::BYTEA => Cell::Bytes(bytes),
        oid::UUID => Cell::Uuid(Uuid::from_slice(bytes).ok()?),
        oid::DATE => Cell::Date(date(bytes)?),
        oid::TIME => Cell::Time(time(bytes)?),
        oid::TIMESTAMP => Cell::DateTime(moment(bytes)?),
        oid::TIMESTAMPTZ => Cell::Timestamp(moment(bytes)?.and_utc()),
        _ => return None,
    })
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

fn number(bytes: &[u8]) -> Option<i64> {
    Some(i64::from_be_bytes(bytes.try_into().ok()?))
}

/// Days since the first; the two at the ends of their range are the infinite ones.
fn date(bytes: &[u8]) -> Option<NaiveDate> {
    let days = i32::from_be_bytes(bytes.try_into().ok()?);
    NaiveDate::from_num_days_from_ce_opt(days.checked_add(FIRST_DAY)?)
}

/// Microseconds since midnight; `24:00:00` is no time of day.
fn time(bytes: &[u8]) -> Option<NaiveTime> {
    let since = Duration::microseconds(number(bytes)?);
    let (time, days) = NaiveTime::MIN.overflowing_add_signed(since);
    (days == 0).then_some(time)
}

/// Microseconds since the first moment; the two at the ends of their range are the infinite ones.
fn moment(bytes: &[u8]) -> Option<NaiveDateTime> {
    let first = DateTime::from_timestamp(FIRST_SECOND, 0)?.naive_utc();
    first.checked_add_signed(Duration::microseconds(number(bytes)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rust_has_no_value_for_is_no_cell() {
        let infinite = [i64::MAX, i64::MIN].map(i64::to_be_bytes);
        for bytes in &infinite {
            assert_eq!(read(oid::TIMESTAMP, bytes), None);
            assert_eq!(read(oid::TIMESTAMPTZ, bytes), None);
            assert_eq!(read(oid::TIME, bytes), None);
            assert_eq!(read(oid::DATE, &bytes[..4]), None);
        }
        assert_eq!(read(oid::TIME, &86_400_000_000_i64.to_be_bytes()), None);
        for oid in [oid::INT8, oid::UUID, oid::DATE, oid::FLOAT4, oid::BOOL] {
            assert_eq!(read(oid, b""), None);
        }
        assert_eq!(read(oid::JSONB, b"\x02{}"), None);
        assert_eq!(read(oid::TEXT, b"\xff"), None);
        assert_eq!(read(600, b"12345678"), None);
    }

    #[test]
    fn times_are_counted_from_the_year_two_thousand() {
        let first = "2000-01-01".parse().unwrap();
        assert_eq!(read(oid::DATE, &[0; 4]), Some(Cell::Date(first)));
        let Some(Cell::Timestamp(moment)) = read(oid::TIMESTAMPTZ, &1_i64.to_be_bytes()) else {
            panic!("it is another cell")
        };
        assert_eq!(moment.to_rfc3339(), "2000-01-01T00:00:00.000001+00:00");
    }
}
