//! A JSON object that is kept as it was sent: big integers, spellings of floats and the order of keys survive.
//!
//! It does not know what is in it.

use serde::de::{Deserialize, Deserializer, Error};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// A JSON object, as text.
#[derive(Clone, Debug)]
pub struct JsonObject(Box<RawValue>);

impl JsonObject {
    /// `{}`; as a schema, everything satisfies it.
    pub fn empty() -> Self {
        Self(RawValue::from_string("{}".to_owned()).unwrap_or_default())
    }

    /// The text, as it was sent.
    pub fn as_str(&self) -> &str {
        self.0.get()
    }
}

impl<'de> Deserialize<'de> for JsonObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        if text.get().starts_with('{') {
            Ok(Self(text))
        } else {
            Err(D::Error::custom("must be a JSON object"))
        }
    }
}

impl Serialize for JsonObject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
