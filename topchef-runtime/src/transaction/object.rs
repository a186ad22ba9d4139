//! A JSON object as it was sent: its keys, and the text of each value.
//!
//! It does not know which keys there should be.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;

use crate::error::{ApiError, Report};

/// How deep arrays and objects may be nested; `serde_json` stops one later.
const MAX_DEPTH: usize = 127;

/// What a body holds: one record, or several.
#[derive(Clone, Debug)]
pub enum Records<'a> {
    /// An object.
    One(Object<'a>),
    /// An array: the text of each item.
    Several(Vec<&'a RawValue>),
}

impl<'a> Records<'a> {
    /// Reads a body.
    ///
    /// # Errors
    /// A [`Report`] with 400: not UTF-8, not JSON, nested too deep, or neither an object nor an array.
    pub fn read(body: &'a [u8]) -> Result<Self, Report> {
        if body.trim_ascii_start().first() != Some(&b'[') {
            return Object::read(body).map(Self::One);
        }
        let text = checked(body)?;
        let items = serde_json::from_str(text).map_err(ApiError::not_json)?;
        Ok(Self::Several(items))
    }
}

/// The keys of a JSON object and the text of each value, in the order they were sent.
#[derive(Clone, Debug, Default)]
pub struct Object<'a> {
    fields: Vec<(Cow<'a, str>, &'a RawValue)>,
}

impl<'a> Object<'a> {
    /// Reads a body.
    ///
    /// # Errors
    /// A [`Report`] with 400: not UTF-8, not JSON, nested too deep, or not an object.
    pub fn read(body: &'a [u8]) -> Result<Self, Report> {
        let text = checked(body)?;
        serde_json::from_str(text).map_err(|error| match error.classify() {
            Category::Data => Self::no_object(text).into(),
            _ => ApiError::not_json(error).into(),
        })
    }

    /// The object that a value inside a body is.
    ///
    /// # Errors
    /// 400 when it is no object, or a key of it is no text.
    pub(super) fn within(json: &'a RawValue) -> Result<Self, ApiError> {
        serde_json::from_str(json.get()).map_err(|error| match error.classify() {
            Category::Data => ApiError::item_not_an_object(),
            _ => ApiError::not_json(error).at(""),
        })
    }

    /// What is no object may be no JSON either: the parser stops at the first byte that tells.
    fn no_object(text: &str) -> ApiError {
        match serde_json::from_str::<&RawValue>(text) {
            Ok(_) => ApiError::not_an_object(),
            Err(error) => ApiError::not_json(error),
        }
    }

    /// The keys and values, in the order they were sent; of a key that comes twice, both.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.fields
            .iter()
            .map(|(key, value)| (key.as_ref(), *value))
    }

    /// The value under a key; of several, the last.
    pub fn get(&self, key: &str) -> Option<&'a RawValue> {
        let mut fields = self.fields.iter().rev();
        fields
            .find(|(name, _)| name == key)
            .map(|(_, value)| *value)
    }

    /// The same object without the keys that `keep` refuses.
    #[must_use]
    pub fn retain(mut self, keep: impl Fn(&str, &RawValue) -> bool) -> Self {
        self.fields.retain(|(key, value)| keep(key, value));
        self
    }
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor)
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Object<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        while let Some(Key(key)) = map.next_key()? {
            fields.push((key, map.next_value()?));
        }
        Ok(Object { fields })
    }
}

/// A key, borrowed where nothing in it is escaped.
#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// The text of a body that is not nested too deep for the parser.
fn checked(body: &[u8]) -> Result<&str, ApiError> {
    let text = std::str::from_utf8(body).map_err(ApiError::not_json)?;
    if is_deeper_than(MAX_DEPTH, body) {
        return Err(ApiError::too_deep(MAX_DEPTH));
    }
    Ok(text)
}

/// Whether arrays and objects are nested deeper than `limit`, found without recursion before any parser sees the text.
fn is_deeper_than(limit: usize, json: &[u8]) -> bool {
    // A text with no more opening brackets, in strings or not, cannot be nested deeper. To count them is less work than the
    // walk below, and enough for nearly every body.
    let opens = |byte: &&u8| matches!(byte, b'[' | b'{');
    if json.iter().filter(opens).count() <= limit {
        return false;
    }
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    for byte in json {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > limit {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(body: &[u8]) -> String {
        Object::read(body).unwrap_err().errors()[0]
            .code()
            .to_owned()
    }

    #[test]
    fn values_are_kept_as_they_were_sent_and_the_last_key_wins() {
        let object = Object::read(br#"{"a": [1 ,2], "b": 5e-07, "a": 1.0}"#).unwrap();
        assert_eq!(object.get("a").unwrap().get(), "1.0");
        assert_eq!(object.get("b").unwrap().get(), "5e-07");
        assert!(object.get("c").is_none());
    }

    #[test]
    fn what_is_no_object_is_told_apart_from_what_is_no_json() {
        for (body, expected) in [
            (&b"[1]"[..], "not_an_object"),
            (b"\"abc\"", "not_an_object"),
            (b"null", "not_an_object"),
            (b"5", "not_an_object"),
            (b"", "request_not_json"),
            (b"{} x", "request_not_json"),
            (b"[1,]", "request_not_json"),
            (b"{\"a\": NaN}", "request_not_json"),
            (b"{\"a\": \"\xff\"}", "request_not_json"),
            (b"{\"\\ud800\": 1}", "request_not_json"),
        ] {
            assert_eq!(code(body), expected, "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn an_array_is_told_apart_from_an_object() {
        assert!(matches!(Records::read(b" {}").unwrap(), Records::One(_)));
        let several = Records::read(b"\n [1, {\"a\": []}]").unwrap();
        assert!(matches!(several, Records::Several(items) if items.len() == 2));
        for (body, expected) in [
            (&b"[1,]"[..], "request_not_json"),
            (b"[1] x", "request_not_json"),
            (b"[\"\xff\"]", "request_not_json"),
            (b"7", "not_an_object"),
            (b"", "request_not_json"),
        ] {
            let report = Records::read(body).unwrap_err();
            assert_eq!(report.errors()[0].code(), expected);
        }
    }

    #[test]
    fn depth_is_found_without_recursion() {
        let deep = format!(
            "{{\"a\":{}{}}}",
            "[".repeat(1_000_000),
            "]".repeat(1_000_000)
        );
        assert_eq!(code(deep.as_bytes()), "too_deep");
        let brackets_in_strings = br#"["[[[[\"[[", {}]"#;
        assert!(!is_deeper_than(2, brackets_in_strings));
        assert!(is_deeper_than(1, brackets_in_strings));
        for (json, is_deeper) in [
            ("[[", false),
            ("[[[", true),
            ("[[],[]]", false),
            ("[[],[[]]]", true),
        ] {
            assert_eq!(is_deeper_than(2, json.as_bytes()), is_deeper, "{json}");
        }
    }
}
