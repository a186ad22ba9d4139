//! What the compiler says of a constant that is wrong: messages that are made while it evaluates them.
//!
//! It does not know what is wrong.

/// The most bytes of a message.
const MOST: usize = 2048;

/// The longest word that is compared with others, in bytes.
const LONGEST: usize = 64;

/// A message in the making.
#[derive(Clone, Copy)]
pub(crate) struct Refusal {
    bytes: [u8; MOST],
    length: usize,
}

impl Refusal {
    /// A message that begins with a text.
    pub(crate) const fn new(text: &str) -> Self {
        let empty = Self {
            bytes: [0; MOST],
            length: 0,
        };
        empty.and(text)
    }

    /// With more text, unless there is no room for all of it.
    pub(crate) const fn and(mut self, text: &str) -> Self {
        let text = text.as_bytes();
        if self.length + text.len() <= MOST {
            let mut index = 0;
            while index < text.len() {
                self.bytes[self.length] = text[index];
                self.length += 1;
                index += 1;
            }
        }
        self
    }

    /// With a word of the user's, in backticks.
    pub(crate) const fn word(self, word: &str) -> Self {
        self.and("`").and(word).and("`")
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
    pub(crate) const fn say(&self) -> ! {
        panic!("{}", self.text())
    }
}

/// The known word that is nearest to one that is not known, when a third of the letters or fewer differ.
///
/// As the derive does it; letters beyond ASCII count for as many as they have bytes.
#[derive(Clone, Copy)]
pub(crate) struct Nearest<'a> {
    word: &'a str,
    /// One more than may differ.
    bound: usize,
    found: Option<&'static str>,
}

impl<'a> Nearest<'a> {
    /// To this word, with none found.
    pub(crate) const fn to(word: &'a str) -> Self {
        let third = word.len() / 3;
        Self {
            word,
            bound: if third == 0 { 2 } else { third + 1 },
            found: None,
        }
    }

    /// With one more known word.
    pub(crate) const fn or(mut self, known: &'static str) -> Self {
        let distance = distance(self.word.as_bytes(), known.as_bytes());
        if distance < self.bound {
            self.bound = distance;
            self.found = Some(known);
        }
        self
    }

    /// The nearest of them.
    pub(crate) const fn found(self) -> Option<&'static str> {
        self.found
    }
}

/// How many letters must be changed, added, left out or swapped with the next to make one word of the other.
const fn distance(word: &[u8], other: &[u8]) -> usize {
    if word.len() > LONGEST || other.len() > LONGEST {
        return usize::MAX;
    }
    // The rows of the table for the last two letters of `word`, and for this one.
    let mut above = [0; LONGEST + 1];
    let mut row = [0; LONGEST + 1];
    let mut column = 0;
    while column <= other.len() {
        row[column] = column;
        column += 1;
    }
    let mut line = 1;
    while line <= word.len() {
        let before = above;
        above = row;
        row[0] = line;
        let mut column = 1;
        while column <= other.len() {
            let same = word[line - 1] == other[column - 1];
            let changed = above[column - 1] + if same { 0 } else { 1 };
            let mut least = smaller(changed, smaller(above[column], row[column - 1]) + 1);
            if line > 1
                && column > 1
                && word[line - 1] == other[column - 2]
                && word[line - 2] == other[column - 1]
            {
                least = smaller(least, before[column - 2] + 1);
            }
            row[column] = least;
            column += 1;
        }
        line += 1;
    }
    row[other.len()]
}

const fn smaller(number: usize, other: usize) -> usize {
    if number < other { number } else { other }
}

/// Whether two texts are the same; `==` is none that constants can ask.
pub(crate) const fn is(text: &str, other: &str) -> bool {
    let (text, other) = (text.as_bytes(), other.as_bytes());
    if text.len() != other.len() {
        return false;
    }
    let mut index = 0;
    while index < text.len() {
        if text[index] != other[index] {
            return false;
        }
        index += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::{MOST, Nearest, Refusal, distance};

    #[test]
    fn a_message_is_put_together() {
        const REFUSAL: Refusal = Refusal::new("no field ")
            .word("größe")
            .and("; write ")
            .word("size");
        assert_eq!(REFUSAL.text(), "no field `größe`; write `size`");
    }

    #[test]
    fn numbers_are_decimal() {
        let text = |number| Refusal::new("").number(number).text().to_owned();
        assert_eq!(text(0), "0");
        assert_eq!(text(255), "255");
        assert_eq!(text(i64::MIN), i64::MIN.to_string());
        assert_eq!(text(i64::MAX), i64::MAX.to_string());
    }

    #[test]
    fn what_has_no_room_is_left_out() {
        let long = "x".repeat(MOST);
        assert_eq!(Refusal::new("short").and(&long).text(), "short");
        assert_eq!(Refusal::new(&long).text(), long);
    }

    #[test]
    fn distances_are_those_of_the_derive() {
        let distance = |word: &str, other: &str| distance(word.as_bytes(), other.as_bytes());
        assert_eq!(distance("title", "title"), 0);
        assert_eq!(distance("titel", "title"), 1);
        assert_eq!(distance("nmae", "name"), 1);
        assert_eq!(distance("pubyear", "pub_year"), 1);
        assert_eq!(distance("", "name"), 4);
        assert_eq!(distance("salary", "name"), 5);
        assert_eq!(distance(&"x".repeat(65), "name"), usize::MAX);
    }

    #[test]
    fn the_nearest_word_is_found() {
        let of = |word| Nearest::to(word).or("id").or("name").or("names").found();
        assert_eq!(of("nmae"), Some("name"));
        assert_eq!(of("namess"), Some("names"));
        assert_eq!(of("ip"), Some("id"));
        assert_eq!(of("salary"), None);
    }
}
