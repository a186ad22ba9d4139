//! Owns the shortening of values and texts for people to read.
//! Does not know what they are about.

use std::fmt::{self, Display, Write};

use serde_json::Value;

/// Characters of an instance shown in a message.
const SHOWN: usize = 60;

/// The JSON text of `value`, or its beginning.
pub(super) fn of(value: &Value) -> String {
    shortened(value, SHOWN)
}

/// What `shown` displays as, cut after `length` characters; the rest is not even written.
pub(super) fn shortened(shown: impl Display, length: usize) -> String {
    let mut sink = Bounded {
        text: String::new(),
        left: length,
    };
    if write!(sink, "{shown}").is_err() {
        sink.text.push('…');
    }
    sink.text
}

/// Takes so many characters and then fails, which ends whatever writes to it.
struct Bounded {
    text: String,
    left: usize,
}

impl Write for Bounded {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        for character in piece.chars() {
            self.left = self.left.checked_sub(1).ok_or(fmt::Error)?;
            self.text.push(character);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn long_values_are_shortened() {
        assert_eq!(of(&json!({"a": 1})), r#"{"a":1}"#);
        let long = of(&json!("x".repeat(1_000_000)));
        assert_eq!(long.chars().count(), SHOWN + 1);
        assert!(long.ends_with('…'));
        assert_eq!(of(&json!("é".repeat(58))).chars().count(), 60);
    }
}
