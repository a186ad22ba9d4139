//! Which regular expressions mean the same to readers of JSON Schema, whose dialect is ECMA-262, as to this engine.
//!
//! It does not know what they are asked of.

/// Whether a regular expression has nothing in it that ECMA-262 does not have, or has with another meaning.
pub(super) fn is_of_ecma(pattern: &str) -> bool {
    let mut rest = pattern;
    let mut in_class = false;
    while let Some(first) = rest.chars().next() {
        let after = rest.get(first.len_utf8()..).unwrap_or_default();
        rest = match first {
            '\\' => match after_escape(after) {
                Some(rest) => rest,
                None => return false,
            },
            // A class in a class, and what is done with two of them.
            '[' if in_class => return false,
            '&' | '-' | '~' if in_class && after.starts_with(first) => return false,
            '[' => {
                in_class = true;
                let after = after.strip_prefix('^').unwrap_or(after);
                if after.starts_with(']') {
                    return false;
                }
                after
            }
            ']' => {
                in_class = false;
                after
            }
            // Flags, and names as they are written elsewhere.
            '(' if !in_class && after.starts_with('?') => match after.strip_prefix("?:") {
                Some(rest) => rest,
                None => return false,
            },
            _ => after,
        };
    }
    true
}

/// What follows an escape that both have.
fn after_escape(text: &str) -> Option<&str> {
    let escaped = text.chars().next()?;
    let both = "dDwWsSbBnrtfv^$\\.*+?()[]{}|/-";
    both.contains(escaped)
        .then(|| text.get(escaped.len_utf8()..))?
        .filter(|rest| !(matches!(escaped, 'b' | 'B') && rest.starts_with('{')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_this_engine_has_is_found() {
        for pattern in [
            r"^[A-Z]{2}\d+$",
            r"^(?:a|b)\.[^\]x-]$",
            r"\\A",
            "",
            "[(?i)]",
        ] {
            assert!(is_of_ecma(pattern), "{pattern}");
        }
        for pattern in [
            "(?i)abc",
            r"\Aabc",
            r"abc\z",
            "(?P<year>[0-9]+)",
            "(?x) a b",
            "[[:alpha:]]",
            "[a-z&&[^b]]",
            r"\pL",
            r"\b{start}a",
            "[]a]",
            "\\",
        ] {
            assert!(!is_of_ecma(pattern), "{pattern}");
        }
    }
}
