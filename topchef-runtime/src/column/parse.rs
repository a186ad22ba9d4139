//! What clients send, as values: a JSON value of a body, a text of a URL.
//!
//! It does not know which column they are for: bounds beyond the kind's own are the descriptor's.

use std::borrow::Cow;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};
use rust_decimal::Decimal;
use sea_query::Value;
use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::decimal::decimal;
use super::kind::Kind;
use super::types::{ColumnType, from_base64};

/// A value that its column cannot take.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{detail}")]
pub struct InputError {
    /// The code that a program can match on.
    pub code: &'static str,
    /// What the value must be.
    pub detail: String,
}

impl InputError {
    /// A code and what the value must be.
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
        }
    }

    fn kind(kind: Kind) -> Self {
        let article = if kind.name().starts_with(['i']) {
            "an"
        } else {
            "a"
        };
        Self::new("type", format!("must be {article} {}", kind.name()))
    }
}

/// A JSON value as a value of `kind`; `null` is null.
///
/// # Errors
/// [`InputError`] when it is of another type or out of the kind's bounds.
pub fn parse_json(kind: Kind, json: &RawValue) -> Result<Value, InputError> {
    let text = json.get();
    if text == "null" {
        return Ok(kind.null());
    }
    let value = match kind {
        Kind::Json => Some(Value::String(Some(text.to_owned()))),
        Kind::Integer { min, max } => return integer(text, min, max),
        Kind::Real => serde_json::from_str::<f32>(text)
            .ok()
            .filter(|number| number.is_finite())
            .map(|number| number.to_value()),
        Kind::Double => serde_json::from_str::<f64>(text)
            .ok()
            .filter(|number| number.is_finite())
            .map(|number| number.to_value()),
        // A number as it is written: what else a JSON text begins with, a decimal does not.
        Kind::Decimal if !text.starts_with('"') => return decimal(text).map(of_decimal),
        Kind::Boolean => serde_json::from_str::<bool>(text)
            .ok()
            .map(|boolean| boolean.to_value()),
        textual => {
            let string = string(text).ok_or_else(|| InputError::kind(kind))?;
            return parse_text(textual, &string);
        }
    };
    value.ok_or_else(|| InputError::kind(kind))
}

/// A text as a value of `kind`: a JSON string's content, or a part of a URL.
///
/// # Errors
/// [`InputError`] when it is not one.
pub fn parse_text(kind: Kind, text: &str) -> Result<Value, InputError> {
    let value = match kind {
        Kind::Integer { min, max } => return integer(text, min, max),
        Kind::Decimal => return decimal(text).map(of_decimal),
        Kind::Text => return plain(text),
        Kind::Enum(names) => return one_of(names, text),
        Kind::Real => text
            .parse::<f32>()
            .ok()
            .filter(|number| number.is_finite())
            .map(|number| number.to_value()),
        Kind::Double => text
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite())
            .map(|number| number.to_value()),
        Kind::Boolean => text.parse::<bool>().ok().map(|boolean| boolean.to_value()),
        Kind::Uuid => Uuid::try_parse(text).ok().map(|uuid| uuid.to_value()),
        Kind::Date => text
            .parse::<NaiveDate>()
            .ok()
            .filter(has_four_digits)
            .map(|date| date.to_value()),
        Kind::Time => text
            .parse::<NaiveTime>()
            .ok()
            .filter(|time| is_of_a_day(*time))
            .map(|time| time.to_value()),
        Kind::DateTime => text
            .parse::<NaiveDateTime>()
            .ok()
            .filter(has_four_digits)
            .map(|moment| moment.to_value()),
        Kind::Timestamp => DateTime::parse_from_rfc3339(text)
            .ok()
            .map(|moment| moment.with_timezone(&Utc))
            .filter(has_four_digits)
            .map(|moment| moment.to_value()),
        Kind::Bytes => from_base64(text).map(|bytes| bytes.to_value()),
        Kind::Json => Some(Value::String(Some(text.to_owned()))),
    };
    value.ok_or_else(|| InputError::kind(kind))
}

fn of_decimal(number: Decimal) -> Value {
    Value::Decimal(Some(number))
}

/// Whether the year has four digits: only then times sort as text, and only such moments are RFC 3339.
/// A leap second is a moment, but no time that every day has; `PostgreSQL` has none.
fn is_of_a_day(time: NaiveTime) -> bool {
    time.nanosecond() < 1_000_000_000
}

fn has_four_digits(time: &impl Datelike) -> bool {
    (0..=9999).contains(&time.year())
}

/// The content of a JSON string; borrowed where nothing is escaped.
fn string(json: &str) -> Option<Cow<'_, str>> {
    #[derive(Deserialize)]
    struct Content<'a>(#[serde(borrow)] Cow<'a, str>);
    serde_json::from_str::<Content<'_>>(json)
        .ok()
        .map(|content| content.0)
}

fn integer(text: &str, min: i64, max: i64) -> Result<Value, InputError> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(InputError::new("type", "must be an integer"));
    }
    match text.parse::<i64>() {
        Ok(number) if (min..=max).contains(&number) => Ok(number.to_value()),
        _ if text.starts_with('-') => Err(InputError::new(
            "minimum",
            format!("must be at least {min}"),
        )),
        _ => Err(InputError::new("maximum", format!("must be at most {max}"))),
    }
}

fn plain(text: &str) -> Result<Value, InputError> {
    if text.contains('\0') {
        return Err(InputError::new("nul", "must not contain the character NUL"));
    }
    Ok(Value::String(Some(text.to_owned())))
}

fn one_of(names: &[&str], text: &str) -> Result<Value, InputError> {
    if names.contains(&text) {
        Ok(Value::String(Some(text.to_owned())))
    } else {
        Err(InputError::new(
            "enum",
            format!("must be one of {}", names.join(", ")),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(kind: Kind, text: &str) -> Result<Value, InputError> {
        parse_json(kind, &RawValue::from_string(text.to_owned()).unwrap())
    }

    #[test]
    fn integers_keep_their_bounds() {
        let small = i16::KIND;
        assert_eq!(json(small, "-5").unwrap(), Value::BigInt(Some(-5)));
        assert_eq!(json(small, "40000").unwrap_err().code, "maximum");
        assert_eq!(json(small, "-40000").unwrap_err().code, "minimum");
        assert_eq!(
            json(i64::KIND, "123456789012345678901234567890")
                .unwrap_err()
                .code,
            "maximum"
        );
        for wrong in ["1.0", "\"1\"", "true", "[1]", "1e3"] {
            assert_eq!(json(small, wrong).unwrap_err().code, "type", "{wrong}");
        }
    }

    #[test]
    fn numbers_may_be_negative_and_fractional() {
        assert_eq!(
            json(Kind::Double, "9.99").unwrap(),
            Value::Double(Some(9.99))
        );
        assert_eq!(json(Kind::Double, "-5").unwrap(), Value::Double(Some(-5.0)));
        assert_eq!(json(Kind::Double, "1e999").unwrap_err().code, "type");
    }

    #[test]
    fn decimals_come_as_strings_or_numbers_and_never_as_floats() {
        let exact = |text: &str| match json(Kind::Decimal, text).unwrap() {
            Value::Decimal(Some(number)) => number.to_string(),
            other => format!("{other:?}"),
        };
        assert_eq!(exact("0.1"), "0.1");
        assert_eq!(exact("\"0.10\""), "0.10");
        assert_eq!(exact("9007199254740993.1"), "9007199254740993.1");
        assert_eq!(exact("1e2"), "100");
        for (text, code) in [
            ("true", "type"),
            ("[1]", "type"),
            ("\"\"", "type"),
            ("\"one\"", "type"),
            ("1e40", "precision"),
            ("\"0.12345678901234567890123456789\"", "precision"),
        ] {
            assert_eq!(json(Kind::Decimal, text).unwrap_err().code, code, "{text}");
        }
    }

    #[test]
    fn strings_are_unescaped_and_have_no_nul() {
        assert_eq!(
            json(Kind::Text, "\"a\\u00e9\\n\"").unwrap(),
            Value::String(Some("aé\n".into()))
        );
        assert_eq!(json(Kind::Text, "\"a\\u0000\"").unwrap_err().code, "nul");
        assert_eq!(json(Kind::Text, "5").unwrap_err().code, "type");
    }

    #[test]
    fn json_is_kept_as_it_was_sent() {
        let sent = r#"{"b": 123456789012345678901234567890, "a":5e-07}"#;
        assert_eq!(
            json(Kind::Json, sent).unwrap(),
            Value::String(Some(sent.into()))
        );
    }

    #[test]
    fn names_are_one_of_the_enum() {
        let kind = Kind::Enum(&["ON", "OFF"]);
        assert!(json(kind, "\"ON\"").is_ok());
        assert_eq!(
            json(kind, "\"on\"").unwrap_err().detail,
            "must be one of ON, OFF"
        );
    }

    #[test]
    fn uuids_come_in_every_usual_spelling() {
        for text in [
            "0190d3f7-0000-7000-8000-000000000001",
            "0190D3F7000070008000000000000001",
            "{0190d3f7-0000-7000-8000-000000000001}",
            "urn:uuid:0190d3f7-0000-7000-8000-000000000001",
        ] {
            assert!(parse_text(Kind::Uuid, text).is_ok(), "{text}");
        }
        assert!(parse_text(Kind::Uuid, "1").is_err());
    }
}
