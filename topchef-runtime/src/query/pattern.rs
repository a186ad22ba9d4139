//! The patterns of `like`: `%` is any text, `_` any character, `\` takes the next character as it is.
//!
//! It does not know how a database writes them.

/// A part of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Any text, also none.
    Any,
    /// Any one character.
    One,
    /// This character.
    Exactly(char),
}

/// The parts of a pattern; a `\` at its end, where it has nothing to escape, is one that is meant.
pub(crate) fn parts(pattern: &str) -> impl Iterator<Item = Part> {
    let mut characters = pattern.chars();
    std::iter::from_fn(move || {
        Some(match characters.next()? {
            '%' => Part::Any,
            '_' => Part::One,
            '\\' => Part::Exactly(characters.next().unwrap_or('\\')),
            character => Part::Exactly(character),
        })
    })
}

/// The pattern of the texts that hold this one.
pub(super) fn containing(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_has_parts() {
        let found: Vec<_> = parts("%a_\\%\\\\\\").collect();
        let exactly = Part::Exactly;
        assert_eq!(
            found,
            [
                Part::Any,
                exactly('a'),
                Part::One,
                exactly('%'),
                exactly('\\'),
                exactly('\\')
            ]
        );
        assert_eq!(containing("5%_\\"), "%5\\%\\_\\\\%");
    }
}
