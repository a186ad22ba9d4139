//! What the compiler says of a constant that is wrong: messages that are made while it evaluates them.
//!
//! It does not know what is wrong.

/// The most bytes of a message.
const MOST: usize = 2048;

/// The end of a message that would be longer.
const MORE: &str = " and more";

/// A message in the making.
#[derive(Clone, Copy)]
pub(crate) struct Message {
    bytes: [u8; MOST],
    length: usize,
    is_full: bool,
}

impl Message {
    /// A message that begins with a text.
    pub(crate) const fn new(text: &str) -> Self {
        let empty = Self {
            bytes: [0; MOST],
            length: 0,
            is_full: false,
        };
        empty.and(text)
    }

    /// With more text.
    pub(crate) const fn and(self, text: &str) -> Self {
        self.pieces([text, "", ""])
    }

    /// With a word of the user's, in backticks.
    pub(crate) const fn word(self, word: &str) -> Self {
        self.pieces(["`", word, "`"])
    }

    /// With all of these; from the first that have no room in it, a message only says that there is more.
    const fn pieces(mut self, pieces: [&str; 3]) -> Self {
        if self.is_full {
            return self;
        }
        let [first, second, third] = pieces;
        let more = first.len() + second.len() + third.len();
        if self.length + more + MORE.len() > MOST {
            self.is_full = true;
            return self.with(MORE);
        }
        self.with(first).with(second).with(third)
    }

    const fn with(mut self, text: &str) -> Self {
        let text = text.as_bytes();
        let mut index = 0;
        while index < text.len() {
            self.bytes[self.length] = text[index];
            self.length += 1;
            index += 1;
        }
        self
    }

    /// With a number in decimal.
    pub(crate) const fn number(self, number: i64) -> Self {
        let sign = if number < 0 { "-" } else { "" };
        let mut digits = [b'0'; 20];
        let mut first = digits.len();
        let mut left = number.unsigned_abs();
        while left > 0 || first == digits.len() {
            first -= 1;
            digits[first] += (left % 10).to_le_bytes()[0];
            left /= 10;
        }
        match std::str::from_utf8(digits.split_at(first).1) {
            Ok(digits) => self.and(sign).and(digits),
            Err(_) => self,
        }
    }

    /// The message.
    const fn text(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => text,
            Err(_) => "",
        }
    }

    /// Has the compiler say it of the place that the caller was called from, provided that the caller tracks that too.
    #[track_caller]
    #[expect(
        clippy::panic,
        reason = "so constants are refused; nothing else calls it"
    )]
    pub(crate) const fn refuse(&self) -> ! {
        panic!("{}", self.text())
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, Message};

    #[test]
    fn a_message_is_put_together() {
        const REFUSAL: Message = Message::new("no field ")
            .word("größe")
            .and("; write ")
            .word("size");
        assert_eq!(REFUSAL.text(), "no field `größe`; write `size`");
    }

    #[test]
    fn numbers_are_decimal() {
        let text = |number| Message::new("").number(number).text().to_owned();
        assert_eq!(text(0), "0");
        assert_eq!(text(255), "255");
        assert_eq!(text(i64::MIN), i64::MIN.to_string());
        assert_eq!(text(i64::MAX), i64::MAX.to_string());
    }

    #[test]
    fn what_has_no_room_is_told_to_be_more() {
        let long = "x".repeat(MOST);
        let message = Message::new("these:").word("one").word(&long).word("two");
        assert_eq!(message.text(), "these:`one` and more");
        assert_eq!(Message::new(&long).text(), " and more");
        let mut message = Message::new("");
        for _ in 0..MOST {
            message = message.word("größe");
        }
        assert!(
            message.text().ends_with("`größe` and more"),
            "{}",
            message.text()
        );
    }
}
