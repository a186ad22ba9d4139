//! Of words that are known, the one that is nearest to a word that is not, found while the compiler evaluates constants.
//!
//! It does not know what the words name.

/// The longest word that is compared with others, in bytes.
const LONGEST: usize = 64;

/// The known word that is nearest to one that is not known, when a third of the letters or fewer differ.
///
/// As the derive's own suggestions are found, but that letters beyond ASCII count for as many as they have bytes, and that
/// words of more than 64 bytes resemble none.
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
    use super::{Nearest, distance};

    #[test]
    fn letters_are_changed_added_left_out_or_swapped() {
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
