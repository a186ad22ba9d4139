//! The patterns of `like` in the forms that databases have.
//!
//! It does not know what they are compared with.

use crate::query::{Part, parts};

/// A pattern as `SQLite`'s GLOB has it: `*` any text, `?` one character, in brackets what would be either.
pub(super) fn glob(pattern: &str) -> String {
    let mut glob = String::with_capacity(pattern.len());
    for part in parts(pattern) {
        match part {
            Part::Any => glob.push('*'),
            Part::One => glob.push('?'),
            Part::Exactly(special @ ('*' | '?' | '[')) => {
                glob.extend(['[', special, ']']);
            }
            Part::Exactly(character) => glob.push(character),
        }
    }
    glob
}

/// A pattern as LIKE has it: a `\` at its end, where it has nothing to escape, is one that is meant.
pub(super) fn whole(pattern: &str) -> String {
    let mut like = String::with_capacity(pattern.len());
    for part in parts(pattern) {
        match part {
            Part::Any => like.push('%'),
            Part::One => like.push('_'),
            Part::Exactly(special @ ('%' | '_' | '\\')) => like.extend(['\\', special]),
            Part::Exactly(character) => like.push(character),
        }
    }
    like
}

/// The text before the first part that may be any; none where there is none.
pub(super) fn prefix(pattern: &str) -> Option<String> {
    let exactly = parts(pattern).map_while(|part| match part {
        Part::Exactly(character) => Some(character),
        Part::Any | Part::One => None,
    });
    let prefix: String = exactly.collect();
    (!prefix.is_empty()).then_some(prefix)
}

/// The first text, byte by byte, after all those that begin with this one; none where nothing comes after them.
pub(super) fn beyond(prefix: &str) -> Option<String> {
    let mut characters: Vec<char> = prefix.chars().collect();
    while let Some(last) = characters.pop() {
        // The bytes of UTF-8 sort as the numbers of its characters do.
        if let Some(next) = (last..=char::MAX).nth(1) {
            characters.push(next);
            return Some(characters.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_so_lies_between_two_texts() {
        assert_eq!(prefix("Du%").as_deref(), Some("Du"));
        assert_eq!(prefix("D\\%u%").as_deref(), Some("D%u"));
        assert_eq!(prefix("whole").as_deref(), Some("whole"));
        assert_eq!(prefix("_ne"), None);
        assert_eq!(prefix(""), None);
        assert_eq!(beyond("Du").as_deref(), Some("Dv"));
        assert_eq!(beyond("D\u{d7ff}").as_deref(), Some("D\u{e000}"));
        assert_eq!(beyond("D\u{10ffff}").as_deref(), Some("E"));
        assert_eq!(beyond("\u{10ffff}"), None);
    }

    #[test]
    fn what_means_something_is_escaped() {
        assert_eq!(glob("a%b_c"), "a*b?c");
        assert_eq!(glob("*?[]\\%\\_\\\\"), "[*][?][[]]%_\\");
        assert_eq!(glob("end\\"), "end\\");
        assert_eq!(whole("a%\\b\\%\\"), "a%b\\%\\\\");
    }
}
