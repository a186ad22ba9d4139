//! Owns what a regular expression of a schema may be: matched in linear time, and of bounded size.
//! Does not know where in a schema it stands.

use jsonschema::PatternOptions;
use serde_json::json;

use super::limits::Limits;

/// The positions a class of Unicode properties counts for: it compiles to hundreds of states.
const PROPERTY_CLASS: u64 = 16;

/// The engine for every `pattern`: `regex`, which knows no look-around and no back-references and needs no backtracking.
pub(super) fn engine(limits: &Limits) -> PatternOptions<jsonschema::Regex> {
    PatternOptions::regex()
        .size_limit(limits.regex_size)
        .dfa_size_limit(limits.regex_size)
}

/// The width of `pattern`, or why it is refused.
pub(super) fn check(pattern: &str, limits: &Limits) -> Result<u64, String> {
    let width = width(pattern);
    if width > limits.pattern_width {
        return Err(format!(
            "is too large: it has {width} characters with its repetitions written out, at most {} are allowed",
            limits.pattern_width
        ));
    }
    let compiled = jsonschema::options()
        .with_pattern_options(engine(limits))
        .build(&json!({ "pattern": pattern }));
    match compiled {
        Ok(_) => Ok(width),
        Err(_) if needs_backtracking(pattern) => Err(
            "uses look-around or a back-reference, which cannot be matched in linear time"
                .to_owned(),
        ),
        Err(_) => Err("is not a regular expression, or compiles to one too large".to_owned()),
    }
}

fn needs_backtracking(pattern: &str) -> bool {
    let look_around = ["(?=", "(?!", "(?<=", "(?<!"]
        .iter()
        .any(|start| pattern.contains(start));
    let mut escaped = false;
    look_around
        || pattern.chars().any(|character| {
            let reference = escaped && matches!(character, '1'..='9' | 'k');
            escaped = character == '\\' && !escaped;
            reference
        })
}

/// The characters `pattern` matches with its repetitions written out; no fewer than the states a matcher is in at once.
///
/// Malformed patterns get some number too; the engine refuses them.
fn width(pattern: &str) -> u64 {
    let mut outer: Vec<u64> = Vec::new();
    let mut group = 0_u64;
    let mut last = 0_u64;
    let mut rest = pattern;
    while let Some(character) = rest.chars().next() {
        rest = &rest[character.len_utf8()..];
        match character {
            '(' => {
                outer.push(group);
                (group, last) = (0, 0);
                continue;
            }
            ')' => {
                last = group;
                group = outer.pop().unwrap_or(0);
            }
            '{' => match repetitions(rest) {
                Some((times, after)) => {
                    rest = after;
                    let more = last.saturating_mul(times.saturating_sub(1));
                    group = group.saturating_add(more);
                    last = last.saturating_add(more);
                    continue;
                }
                // Not a repetition but a brace.
                None => last = 1,
            },
            '*' | '+' | '?' | '|' | '^' | '$' => continue,
            '\\' => (last, rest) = escape(rest),
            '[' => (last, rest) = class(rest),
            _ => last = 1,
        }
        group = group.saturating_add(last);
    }
    outer.into_iter().fold(group, u64::saturating_add)
}

/// The largest number in `{m,n}`, whose `{` has been read, and what comes after it.
fn repetitions(rest: &str) -> Option<(u64, &str)> {
    let (inside, after) = rest.split_once('}')?;
    let mut largest = 1;
    for bound in inside.split(',').map(str::trim) {
        if !bound.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        if !bound.is_empty() {
            largest = largest.max(bound.parse().unwrap_or(u64::MAX));
        }
    }
    Some((largest, after))
}

/// The width of an escape, whose backslash has been read, and what comes after it.
fn escape(rest: &str) -> (u64, &str) {
    let mut characters = rest.chars();
    let kind = characters.next();
    let after = characters.as_str();
    match kind {
        Some('p' | 'P') => (PROPERTY_CLASS, after_braces(after)),
        Some('u' | 'x') => (1, after_braces(after)),
        _ => (1, after),
    }
}

fn after_braces(rest: &str) -> &str {
    match rest
        .strip_prefix('{')
        .and_then(|inside| inside.split_once('}'))
    {
        Some((_, after)) => after,
        None => rest,
    }
}

/// The width of a class, whose `[` has been read, and what comes after it.
fn class(rest: &str) -> (u64, &str) {
    let mut width = 1;
    let mut characters = rest.chars();
    while let Some(character) = characters.next() {
        match character {
            ']' => break,
            '\\' if matches!(characters.next(), Some('p' | 'P')) => width += PROPERTY_CLASS,
            _ => {}
        }
    }
    (width, characters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repetitions_are_written_out() {
        for (pattern, expected) in [
            ("", 0),
            ("^abc$", 3),
            ("a{3}", 3),
            ("a{2,5}", 5),
            ("(ab){3}c", 7),
            ("(a{10}){10}", 100),
            ("[a-z]{4}", 4),
            (r"\d{4}-\d{2}", 7),
            (r"\p{L}", 16),
            (r"\u{12345}", 1),
            ("a{10}{10}", 100),
            ("{x}", 3),
            (r"[\]x]a", 2),
            ("(a|b)+", 2),
        ] {
            assert_eq!(width(pattern), expected, "{pattern}");
        }
    }

    #[test]
    fn large_patterns_are_refused_before_they_are_compiled() {
        for pattern in [
            "(a{1000}){1000}",
            "((a{100}){100}){100}",
            "a{4294967295}",
            "(((a{99999}){99999}){99999}){99999}",
        ] {
            assert!(
                check(pattern, &Limits::default())
                    .unwrap_err()
                    .contains("too large"),
                "{pattern}"
            );
        }
    }

    #[test]
    fn patterns_that_need_backtracking_are_refused() {
        for pattern in [
            "(?=a)b",
            "(?!a)b",
            "(?<=a)b",
            "(?<!a)b",
            r"(a)\1",
            r"(?<x>a)\k<x>",
        ] {
            assert!(
                check(pattern, &Limits::default())
                    .unwrap_err()
                    .contains("look-around"),
                "{pattern}"
            );
        }
        assert!(check(r"a\\1", &Limits::default()).is_ok());
    }

    #[test]
    fn malformed_patterns_are_refused() {
        for pattern in ["(", "[", "*", &"(".repeat(100_000), &"(".repeat(1_000)] {
            assert!(check(pattern, &Limits::default()).is_err());
        }
    }
}
