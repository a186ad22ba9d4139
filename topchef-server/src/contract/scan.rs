//! Owns the step from text to JSON, and the bounds that must hold before a parser runs.
//! Does not know schemas.

use serde_json::Value;

use super::limits::Limits;

/// Why a text was not parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ScanProblem {
    /// With what the parser says and where.
    NotJson(String),
    /// With the deepest nesting allowed.
    TooDeep(usize),
    /// With what is too long.
    TooLong(String),
}

/// The deepest nesting `serde_json` parses: its recursion limit of 128 refuses the 128th level.
const PARSER_DEPTH: usize = 127;

/// Parse `text`, unless it is longer than `bytes`, a limit that operators know as `name`, or outside `limits`.
///
/// The last of several equal keys wins, as with `serde_json`.
pub(super) fn parse(
    text: &str,
    bytes: usize,
    name: &str,
    limits: &Limits,
) -> Result<Value, ScanProblem> {
    bounded(text, bytes, name, limits)?;
    parse_bounded(text)
}

/// Parse a text that is within its bounds.
pub(super) fn parse_bounded(text: &str) -> Result<Value, ScanProblem> {
    serde_json::from_str(text).map_err(|error| ScanProblem::NotJson(error.to_string()))
}

/// Refuse what [`parse`] would refuse before it parses.
pub(super) fn bounded(
    text: &str,
    bytes: usize,
    name: &str,
    limits: &Limits,
) -> Result<(), ScanProblem> {
    if text.len() > bytes {
        return Err(ScanProblem::TooLong(format!(
            "it has {} bytes, more than the {bytes} of this server's {name}",
            text.len()
        )));
    }
    scan(text.as_bytes(), limits)
}

/// One pass over the bytes that sees only brackets, strings and numbers; what is malformed is the parser's affair.
fn scan(bytes: &[u8], limits: &Limits) -> Result<(), ScanProblem> {
    let deepest = limits.depth.min(PARSER_DEPTH);
    let mut depth = 0_usize;
    let mut number = 0_usize;
    let mut rest = bytes.iter();
    while let Some(byte) = rest.next() {
        number = match byte {
            b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E' => number + 1,
            _ => 0,
        };
        // Arithmetic on long numbers is more than linear, so their length is bounded before anything looks at them.
        if number > limits.number_length {
            return Err(ScanProblem::TooLong(format!(
                "a number of more than {} characters",
                limits.number_length
            )));
        }
        match byte {
            b'[' | b'{' => {
                depth += 1;
                if depth > deepest {
                    return Err(ScanProblem::TooDeep(deepest));
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => {
                let is_reserved = skip_string(&mut rest);
                if is_reserved && is_before_colon(&rest) {
                    return Err(ScanProblem::NotJson("a key has a reserved name".to_owned()));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// What `serde_json` calls the keys under which it passes itself numbers and raw texts.
///
/// It takes an object with such a key for what it would have passed itself: the stranger's object would be validated as a
/// number, and a text inside the text would be parsed past every bound of the scan.
const RESERVED: &[u8] = b"$serde_json::private::";

/// Read to the end of a string whose quote has been read; whether it starts as a reserved key does, however it is escaped.
fn skip_string(rest: &mut std::slice::Iter<'_, u8>) -> bool {
    let mut matched = Some(0);
    while let Some(byte) = rest.next() {
        let character = match byte {
            b'"' => break,
            b'\\' => match rest.next() {
                Some(b'u') => unicode_escape(rest),
                _ => None,
            },
            byte => Some(*byte),
        };
        matched = matched.and_then(|count| match RESERVED.get(count) {
            None => Some(count),
            Some(expected) => (character == Some(*expected)).then_some(count + 1),
        });
    }
    matched == Some(RESERVED.len())
}

/// The character of an escape whose `\u` has been read, if it is one byte.
fn unicode_escape(rest: &mut std::slice::Iter<'_, u8>) -> Option<u8> {
    let digits = rest.as_slice().get(..4)?;
    let code = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    // Only digits are skipped: a quote among them ends the string.
    rest.nth(3);
    Some(code)
}

fn is_before_colon(rest: &std::slice::Iter<'_, u8>) -> bool {
    rest.as_slice()
        .iter()
        .find(|byte| !byte.is_ascii_whitespace())
        == Some(&b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Value, ScanProblem> {
        parse(text, 10_000_000, "max_bytes", &Limits::default())
    }

    #[test]
    fn nesting_is_bounded_before_parsing() {
        for levels in [128, 10_000, 1_000_000] {
            assert_eq!(parsed(&"[".repeat(levels)), Err(ScanProblem::TooDeep(127)));
            assert_eq!(
                parsed(&"{\"a\":".repeat(levels)),
                Err(ScanProblem::TooDeep(127))
            );
        }
        let deepest = format!("{}{}", "[".repeat(127), "]".repeat(127));
        assert!(parsed(&deepest).is_ok());
    }

    #[test]
    fn brackets_in_strings_do_not_nest() {
        assert!(parsed(&format!("\"\\\"{}\"", "[".repeat(1_000))).is_ok());
    }

    #[test]
    fn long_numbers_are_refused() {
        assert!(matches!(
            parsed(&"1".repeat(1_001)),
            Err(ScanProblem::TooLong(_))
        ));
        assert!(parsed(&"1".repeat(1_000)).is_ok());
        assert!(parsed(&format!("\"{}\"", "1".repeat(5_000))).is_ok());
    }

    #[test]
    fn the_last_of_equal_keys_wins() {
        assert_eq!(parsed(r#"{"a":1,"a":2}"#), Ok(serde_json::json!({"a": 2})));
    }

    #[test]
    fn what_is_not_json_is_said() {
        assert!(matches!(parsed("{"), Err(ScanProblem::NotJson(_))));
        assert!(matches!(parsed("NaN"), Err(ScanProblem::NotJson(_))));
    }

    #[test]
    fn keys_that_mean_something_to_the_parser_are_refused() {
        for key in [
            "$serde_json::private::Number",
            "$serde_json::private::RawValue",
            r"\u0024serde_json::private::Number",
            r"$serde\u005fjson::private::RawValue",
        ] {
            for text in [
                format!(r#"{{"{key}":"1"}}"#),
                format!(r#"[{{"a":0,"{key}" : "[1]"}}]"#),
            ] {
                assert!(
                    matches!(parsed(&text), Err(ScanProblem::NotJson(_))),
                    "{text}"
                );
            }
        }
        for text in [
            r#"["$serde_json::private::Number"]"#,
            r#"{"$serde_json":1}"#,
            r#"{"a":"$serde_json::private::Number","b":"\\"}"#,
            r#"{"\u00e9":1,"\ud83e\udd80":"\u00"}"#,
        ] {
            assert_eq!(
                parsed(text).is_ok(),
                serde_json::from_str::<Value>(text).is_ok(),
                "{text}"
            );
        }
        assert!(parsed(r#"{"\u"$serde":1}"#).is_err());
    }
}
