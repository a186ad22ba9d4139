//! How much a request may take of the server, as far as an operator has a say, and between which bounds.
//! It does not know how any of it is enforced.

use super::{
    error::ConfigError,
    setting::Setting,
    settings::{
        MAX_BODY_BYTES, MAX_DEPTH, MAX_DOCUMENT_BYTES, MAX_SCHEMA_BYTES,
        MAX_VALIDATION_MILLISECONDS,
    },
    source::Sources,
};

/// The limits of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitsConfig {
    /// The longest request body that is read, in bytes.
    pub body_bytes: usize,
    /// The longest schema, in bytes.
    pub schema_bytes: usize,
    /// The longest document that is validated, in bytes.
    pub document_bytes: usize,
    /// The deepest nesting of a schema and of a document, in arrays and objects.
    pub depth: usize,
    /// The most work for one validation, in milliseconds of an ordinary machine; it is counted, not timed.
    pub validation_milliseconds: u64,
}

impl Default for LimitsConfig {
    /// What keeps every request well under a second on an ordinary machine.
    fn default() -> Self {
        Self {
            body_bytes: 1024 * 1024,
            schema_bytes: 256 * 1024,
            document_bytes: 1024 * 1024,
            depth: 127,
            validation_milliseconds: 250,
        }
    }
}

/// A body is held in memory, several at once.
const MOST_BODY_BYTES: u64 = 1024 * 1024 * 1024;

/// Compiling takes some microseconds for each byte, at worst, and nobody can interrupt it.
const MOST_SCHEMA_BYTES: u64 = 4 * 1024 * 1024;

/// What the JSON parser itself goes down to.
const DEEPEST: u64 = 127;

/// A validation may take its time twice, for the verdict and for the violations, within the half minute of a request.
const LONGEST_VALIDATION: u64 = 10_000;

/// The limits that were set.
pub(super) fn limits(sources: &Sources<'_>) -> Result<LimitsConfig, ConfigError> {
    let default = LimitsConfig::default();
    let bytes = "a number of bytes from 1 to 1073741824";
    let body_bytes = number(sources, MAX_BODY_BYTES, bytes, MOST_BODY_BYTES)?;
    let body_bytes = body_bytes.unwrap_or(default.body_bytes);
    let document_bytes = number(sources, MAX_DOCUMENT_BYTES, bytes, MOST_BODY_BYTES)?;
    let bytes = "a number of bytes from 1 to 4194304";
    let schema_bytes = number(sources, MAX_SCHEMA_BYTES, bytes, MOST_SCHEMA_BYTES)?;
    let depth = number(sources, MAX_DEPTH, "a number from 1 to 127", DEEPEST)?;
    let milliseconds = "a number of milliseconds from 1 to 10000";
    let validation = number(
        sources,
        MAX_VALIDATION_MILLISECONDS,
        milliseconds,
        LONGEST_VALIDATION,
    )?;
    Ok(LimitsConfig {
        body_bytes,
        schema_bytes: schema_bytes.unwrap_or(default.schema_bytes),
        // No longer one comes in a body.
        document_bytes: document_bytes.unwrap_or(body_bytes),
        depth: depth.unwrap_or(default.depth),
        validation_milliseconds: validation.unwrap_or(default.validation_milliseconds),
    })
}

/// A number from 1 to `most`.
fn number<T: TryFrom<u64>>(
    sources: &Sources<'_>,
    setting: Setting,
    allowed: &'static str,
    most: u64,
) -> Result<Option<T>, ConfigError> {
    sources.parse(setting, allowed, |value| {
        let number = value.parse().ok()?;
        let is_allowed = (1..=most).contains(&number);
        is_allowed.then(|| T::try_from(number).ok()).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::file::File;
    use crate::config::source::tests::{Pairs, lookup};

    fn limits_of(flags: Pairs<'_>) -> Result<LimitsConfig, ConfigError> {
        limits(&Sources {
            flag: &lookup(flags),
            variable: &lookup(&[]),
            file: File::default(),
        })
    }

    #[test]
    fn a_document_may_be_as_long_as_a_body_until_somebody_says_otherwise() {
        assert_eq!(limits_of(&[]), Ok(LimitsConfig::default()));
        let body = ("--max-body-bytes", "5000");
        let limits = limits_of(&[body]).unwrap();
        assert_eq!((limits.body_bytes, limits.document_bytes), (5000, 5000));
        let limits = limits_of(&[body, ("--max-document-bytes", "4000")]).unwrap();
        assert_eq!((limits.body_bytes, limits.document_bytes), (5000, 4000));
    }

    #[test]
    fn each_limit_has_bounds_of_its_own() {
        for (flag, most) in [
            ("--max-body-bytes", "1073741824"),
            ("--max-document-bytes", "1073741824"),
            ("--max-schema-bytes", "4194304"),
            ("--max-depth", "127"),
            ("--max-validation-milliseconds", "10000"),
        ] {
            for value in ["1", most] {
                assert!(limits_of(&[(flag, value)]).is_ok(), "{flag} {value}");
            }
            let more = (most.parse::<u64>().unwrap() + 1).to_string();
            for value in ["0", "-1", "1.5", "", "1k", &more] {
                let message = limits_of(&[(flag, value)]).unwrap_err().to_string();
                let start = format!("{flag} is \"{value}\", but must be a number ");
                assert!(message.starts_with(&start), "{message}");
                assert!(message.ends_with(&format!("from 1 to {most}")), "{message}");
            }
        }
    }
}
