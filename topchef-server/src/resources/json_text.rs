//! JSON that is kept as it was sent: big integers, spellings of floats and the order of keys survive.
//!
//! It does not know what is in it.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A JSON value, as text.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JsonText(Box<RawValue>);

impl JsonText {
    /// The JSON of a value.
    ///
    /// # Errors
    /// When it has no JSON form, such as a map whose keys are no strings.
    pub fn of(value: &impl Serialize) -> serde_json::Result<Self> {
        serde_json::value::to_raw_value(value).map(Self)
    }

    /// The text, as it was sent.
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    /// Whether it is an object.
    pub fn is_object(&self) -> bool {
        self.as_str().starts_with('{')
    }

    /// Bytes of the text, as far as a column counts them.
    pub fn bytes(&self) -> i32 {
        i32::try_from(self.as_str().len()).unwrap_or(i32::MAX)
    }

    /// Whether it is the same JSON, however it is written.
    pub fn is_same(&self, other: &Self) -> bool {
        let parsed = |text: &Self| serde_json::from_str::<serde_json::Value>(text.as_str()).ok();
        self.as_str() == other.as_str()
            || parsed(self).is_some_and(|json| Some(json) == parsed(other))
    }
}

impl From<&RawValue> for JsonText {
    fn from(text: &RawValue) -> Self {
        Self(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> JsonText {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn json_stays_as_it_was_sent() {
        for json in [
            "12345678901234567890123",
            "1.50e3",
            "{\"b\":1,\"a\":2}",
            "null",
        ] {
            assert_eq!(text(json).as_str(), json);
            assert_eq!(serde_json::to_string(&text(json)).unwrap(), json);
        }
        assert_eq!(text(" [1] ").bytes(), 3);
    }

    #[test]
    fn spaces_and_the_order_of_keys_make_no_other_json() {
        assert!(text("{\"a\":1,\"b\":2}").is_same(&text("{ \"b\":2, \"a\":1 }")));
        assert!(!text("{\"a\":1}").is_same(&text("{\"a\":2}")));
        assert!(text("{}").is_object() && !text("[]").is_object());
    }
}
