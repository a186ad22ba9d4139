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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_is_escaped() {
        assert_eq!(glob("a%b_c"), "a*b?c");
        assert_eq!(glob("*?[]\\%\\_\\\\"), "[*][?][[]]%_\\");
        assert_eq!(glob("end\\"), "end\\");
        assert_eq!(whole("a%\\b\\%\\"), "a%b\\%\\\\");
    }
}
