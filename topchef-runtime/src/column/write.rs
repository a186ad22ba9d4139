//! Cells as JSON bytes, without a value in between.
//!
//! It does not know of objects and names.

use std::io::Write;

use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};
use uuid::Uuid;

use super::cell::{Cell, DecodeError, EncodeError};
use super::kind::Kind;
use super::types::to_base64;

/// Appends a cell of a column of `kind` to `out`, as JSON.
///
/// # Errors
/// [`EncodeError`] when the cell is not of that kind.
pub fn write_cell(kind: Kind, cell: Cell<'_>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    match (kind, cell) {
        (_, Cell::Null) => out.extend_from_slice(b"null"),
        (Kind::Json, Cell::Text(json)) => out.extend_from_slice(json.as_bytes()),
        // A decimal is a string, as it is stored: a reader that makes floats of numbers must not get one.
        (Kind::Integer { .. }, Cell::Integer(number)) => {
            out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
        }
        (Kind::Decimal, Cell::Decimal(number)) => write_quoted(&number.to_string(), out),
        (Kind::Decimal, Cell::Integer(number)) => write_quoted(&number.to_string(), out),
        (Kind::Boolean, Cell::Boolean(boolean)) => write_boolean(boolean, out),
        (Kind::Boolean, Cell::Integer(number)) => write_boolean(number != 0, out),
        (Kind::Uuid, Cell::Bytes(bytes)) => {
            let uuid = Uuid::from_slice(bytes).map_err(|_| DecodeError::form("a UUID", &bytes))?;
            write_uuid(uuid, out);
        }
        (Kind::Uuid, Cell::Uuid(uuid)) => write_uuid(uuid, out),
        (Kind::Double, Cell::Double(number)) => serde_json::to_writer(out, &number)?,
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the column was written from an f32"
        )]
        (Kind::Real, Cell::Double(number)) => serde_json::to_writer(out, &(number as f32))?,
        #[expect(
            clippy::cast_precision_loss,
            reason = "SQLite keeps whole floats as integers that came from a float"
        )]
        (Kind::Double | Kind::Real, Cell::Integer(number)) => {
            serde_json::to_writer(out, &(number as f64))?;
        }
        // Times and decimals are stored as they are shown.
        (
            Kind::Text
            | Kind::Enum(_)
            | Kind::Decimal
            | Kind::Timestamp
            | Kind::DateTime
            | Kind::Date
            | Kind::Time,
            Cell::Text(text),
        ) => write_text(text, out)?,
        (Kind::Timestamp, Cell::Timestamp(moment)) => write_quoted(&timestamp(&moment), out),
        (Kind::DateTime, Cell::DateTime(moment)) => write_quoted(&date_time(&moment), out),
        (Kind::Date, Cell::Date(date)) => write_quoted(&date.to_string(), out),
        (Kind::Time, Cell::Time(time)) => write_quoted(&time.format(TIME).to_string(), out),
        (Kind::Bytes, Cell::Bytes(bytes)) => {
            write_quoted(&to_base64(bytes), out);
        }
        (kind, cell) => return Err(DecodeError::form(kind.name(), &cell).into()),
    }
    Ok(())
}

/// Six digits of a second, always: texts of the same kind sort as the times do.
pub(crate) const TIME: &str = "%H:%M:%S%.6f";

/// A moment as it is shown and, in SQLite, stored.
pub(crate) fn timestamp(moment: &DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Micros, false)
}

/// A date and time without a zone as it is shown and, in SQLite, stored.
pub(crate) fn date_time(moment: &NaiveDateTime) -> String {
    moment.format("%Y-%m-%dT%H:%M:%S%.6f").to_string()
}

fn write_boolean(boolean: bool, out: &mut Vec<u8>) {
    out.extend_from_slice(if boolean { b"true" } else { b"false" });
}

fn write_uuid(uuid: Uuid, out: &mut Vec<u8>) {
    let mut buffer = Uuid::encode_buffer();
    write_quoted(uuid.hyphenated().encode_lower(&mut buffer), out);
}

/// Most texts have nothing to escape, which is seen of many bytes at once.
fn write_text(text: &str, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    if text.bytes().fold(false, |any, byte| any | is_escaped(byte)) {
        return Ok(serde_json::to_writer(out, text)?);
    }
    out.reserve(text.len() + 2);
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
    Ok(())
}

/// Whether a byte of a text stands otherwise in JSON (RFC 8259, section 7).
const fn is_escaped(byte: u8) -> bool {
    byte < b' ' || byte == b'"' || byte == b'\\'
}

/// Text that has nothing to escape, in quotes.
fn write_quoted(text: &str, out: &mut Vec<u8>) {
    // Writing into a vector cannot fail.
    let _ = write!(out, "\"{text}\"");
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;

    fn written(kind: Kind, cell: Cell<'_>) -> String {
        let mut out = Vec::new();
        write_cell(kind, cell, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_form_of_a_kind_is_written_alike() {
        let uuid = Uuid::from_u128(7);
        assert_eq!(
            written(Kind::Uuid, Cell::Uuid(uuid)),
            written(Kind::Uuid, Cell::Bytes(uuid.as_bytes()))
        );
        assert_eq!(written(Kind::Boolean, Cell::Integer(1)), "true");
        assert_eq!(written(Kind::Double, Cell::Integer(3)), "3.0");
        let moment = DateTime::from_timestamp(1_763_768_068, 810_546_000).unwrap();
        let shown = timestamp(&moment);
        assert_eq!(shown, "2025-11-21T23:34:28.810546+00:00");
        assert_eq!(
            written(Kind::Timestamp, Cell::Timestamp(moment)),
            written(Kind::Timestamp, Cell::Text(&shown))
        );
        let price = Decimal::new(1950, 2);
        assert_eq!(written(Kind::Decimal, Cell::Decimal(price)), "\"19.50\"");
        assert_eq!(
            written(Kind::Decimal, Cell::Decimal(price)),
            written(Kind::Decimal, Cell::Text("19.50"))
        );
        assert_eq!(written(Kind::Text, Cell::Text("a\"\n")), r#""a\"\n""#);
    }

    #[test]
    fn every_text_is_written_as_json_writes_it() {
        let every: Vec<char> = ('\0'..='\u{2ff}').chain(['\u{2028}', '𝄞']).collect();
        for (place, character) in every.iter().enumerate() {
            let text = format!(
                "{}{character}{}",
                "a".repeat(place % 40),
                "b".repeat(place % 7)
            );
            let json = serde_json::to_string(&text).unwrap();
            assert_eq!(written(Kind::Text, Cell::Text(&text)), json);
        }
        assert_eq!(written(Kind::Text, Cell::Text("")), r#""""#);
    }

    #[test]
    fn a_cell_of_another_kind_is_an_error() {
        assert!(write_cell(Kind::Uuid, Cell::Bytes(b"short"), &mut Vec::new()).is_err());
        assert!(write_cell(Kind::Text, Cell::Integer(1), &mut Vec::new()).is_err());
    }
}
