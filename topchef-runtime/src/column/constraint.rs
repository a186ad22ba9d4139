//! What a column asks of its values besides their kind.
//!
//! It does not know whose values they are.

use std::cmp::Ordering;
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use garde::rules::email::parse_email;
use garde::rules::url::Url as _;
use regex::Regex;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::Value;
use super::decimal::decimal;

/// A number that another must not pass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// A whole number.
    Integer(i64),
    /// A number with decimals.
    Real(f64),
}

impl Bound {
    /// How a number stands to it; nothing for what is no number.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a float is compared with a bound as a float has it"
    )]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a bound of a 32-bit float is one itself"
    )]
    pub(crate) fn compare(self, value: &Value) -> Option<Ordering> {
        match (value, self) {
            (Value::BigInt(Some(number)), Self::Integer(bound)) => Some(number.cmp(&bound)),
            (Value::BigInt(Some(number)), Self::Real(bound)) => {
                compare_exact(Decimal::from(*number), bound)
            }
            (Value::Decimal(Some(number)), Self::Integer(bound)) => {
                Some(number.cmp(&Decimal::from(bound)))
            }
            (Value::Decimal(Some(number)), Self::Real(bound)) => compare_exact(*number, bound),
            (Value::Double(Some(number)), Self::Integer(bound)) => {
                number.partial_cmp(&(bound as f64))
            }
            (Value::Double(Some(number)), Self::Real(bound)) => number.partial_cmp(&bound),
            (Value::Float(Some(number)), Self::Integer(bound)) => {
                number.partial_cmp(&(bound as f32))
            }
            (Value::Float(Some(number)), Self::Real(bound)) => number.partial_cmp(&(bound as f32)),
            _ => None,
        }
    }
}

/// A bound with decimals is the number that was written, which no float is exactly.
fn compare_exact(number: Decimal, bound: f64) -> Option<Ordering> {
    match decimal(&bound.to_string()) {
        Ok(bound) => Some(number.cmp(&bound)),
        Err(_) => number.to_f64()?.partial_cmp(&bound),
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(number) => number.fmt(formatter),
            Self::Real(number) => number.fmt(formatter),
        }
    }
}

/// A regular expression that some part of a text must match; its engine takes linear time.
#[derive(Clone, Copy)]
pub struct Pattern {
    /// As it was written.
    pub text: &'static str,
    /// Compiled, once.
    pub compiled: fn() -> &'static CompiledPattern,
}

/// A regular expression, ready to match.
#[derive(Debug)]
pub struct CompiledPattern(Option<Regex>);

impl CompiledPattern {
    /// Compiles it. The derive has seen that it can be: nothing matches one that cannot.
    pub fn new(text: &str) -> Self {
        Self(Regex::new(text).ok())
    }

    /// Whether some part of the text matches.
    pub fn is_match(&self, text: &str) -> bool {
        self.0.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Pattern").field(&self.text).finish()
    }
}

/// What a text is, by the names of JSON Schema (Validation, section 7.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// An e-mail address.
    Email,
    /// An absolute URI.
    Uri,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
}

impl Format {
    /// Its name in JSON Schema.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Uri => "uri",
            Self::Ipv4 => "ipv4",
            Self::Ipv6 => "ipv6",
        }
    }

    /// What people call it.
    pub(crate) const fn description(self) -> &'static str {
        match self {
            Self::Email => "an e-mail address",
            Self::Uri => "an absolute URI",
            Self::Ipv4 => "an IPv4 address",
            Self::Ipv6 => "an IPv6 address",
        }
    }

    /// Whether a text is one.
    pub(crate) fn accepts(self, text: &str) -> bool {
        match self {
            Self::Email => parse_email(text).is_ok(),
            // The parser passes over white space and control characters; a URI has none (RFC 3986, section 2).
            Self::Uri => {
                let has_gaps =
                    |text: &str| text.contains(|c: char| c.is_whitespace() || c.is_control());
                !has_gaps(text) && text.validate_url().is_ok()
            }
            Self::Ipv4 => text.parse::<Ipv4Addr>().is_ok(),
            Self::Ipv6 => text.parse::<Ipv6Addr>().is_ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn precise(text: &str) -> Value {
        Value::Decimal(Some(decimal(text).unwrap()))
    }

    #[test]
    fn a_bound_with_decimals_is_what_was_written() {
        use Ordering::{Equal, Greater, Less};
        for (value, bound, expected) in [
            (precise("0.1"), Bound::Real(0.1), Equal),
            (precise("0.1000000000000000001"), Bound::Real(0.1), Greater),
            (precise("5"), Bound::Real(1e300), Less),
            (precise("5"), Bound::Real(-1e300), Greater),
            (precise("0"), Bound::Real(1e-300), Less),
            (precise("7.00"), Bound::Integer(7), Equal),
            (Value::Float(Some(0.1)), Bound::Real(0.1), Equal),
            (Value::Double(Some(0.3)), Bound::Integer(0), Greater),
            (
                Value::BigInt(Some(i64::MAX)),
                Bound::Integer(i64::MAX - 1),
                Greater,
            ),
            (Value::BigInt(Some(i64::MAX)), Bound::Real(1.5), Greater),
            (Value::BigInt(Some(1)), Bound::Real(1.5), Less),
        ] {
            assert_eq!(bound.compare(&value), Some(expected), "{value:?} {bound}");
        }
        assert_eq!(Bound::Integer(1).compare(&Value::BigInt(None)), None);
    }

    #[test]
    fn formats_are_told_apart() {
        for (format, right, wrong) in [
            (
                Format::Email,
                &["a@b.example", "first.last+tag@example.org"][..],
                &[
                    "",
                    "a",
                    "a@",
                    "@b.example",
                    "a b@c.example",
                    "a@b.example\n",
                ][..],
            ),
            (
                Format::Uri,
                &["https://example.org/a?b#c", "urn:isbn:0451450523"],
                &[
                    "",
                    "example.org",
                    "/a",
                    " https://example.org",
                    "https://exa\nmple.org",
                ],
            ),
            (
                Format::Ipv4,
                &["127.0.0.1"],
                &["127.0.0", "127.0.0.1:80", "256.0.0.1", "::1"],
            ),
            (
                Format::Ipv6,
                &["::1", "2001:db8::7"],
                &["127.0.0.1", "[::1]", ":::"],
            ),
        ] {
            for text in right {
                assert!(format.accepts(text), "{} {text:?}", format.name());
            }
            for text in wrong {
                assert!(!format.accepts(text), "{} {text:?}", format.name());
            }
        }
    }

    #[test]
    fn some_part_of_the_text_matches() {
        assert!(CompiledPattern::new("[0-9]{3}").is_match("a123b"));
        assert!(!CompiledPattern::new("^[0-9]{3}$").is_match("a123b"));
    }

    #[test]
    fn nothing_matches_what_is_no_pattern() {
        assert!(!CompiledPattern::new("(").is_match("("));
    }
}
