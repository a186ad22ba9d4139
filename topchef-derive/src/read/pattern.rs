//! `pattern = "^[0-9]+$"`.
//!
//! It does not know which texts are matched.

use regex_syntax::Error;
use syn::LitStr;

use super::key::{Given, Value};
use crate::diag::Problems;

/// A regular expression that can be compiled.
pub(super) struct Pattern(pub(super) LitStr);

impl Value for Pattern {
    fn read(given: Given<'_>, problems: &mut Problems) -> Option<Self> {
        let written = <LitStr as Value>::read(given, problems)?;
        match fault(&written.value()) {
            None => Some(Self(written)),
            Some(fault) => {
                problems.at(&written, fault);
                None
            }
        }
    }
}

/// What is wrong with a regular expression: its syntax, or its size once it is compiled.
fn fault(text: &str) -> Option<String> {
    let reason = match regex_syntax::parse(text) {
        Ok(_) => return too_large(text),
        Err(Error::Parse(error)) => at(text, error.span().start.offset, error.kind()),
        Err(Error::Translate(error)) => at(text, error.span().start.offset, error.kind()),
        Err(error) => error.to_string(),
    };
    Some(format!("this is no regular expression: {reason}"))
}

fn too_large(text: &str) -> Option<String> {
    let refused = regex::Regex::new(text).is_err();
    refused.then(|| {
        "this regular expression is too large once it is compiled; write smaller repetitions"
            .to_owned()
    })
}

/// The reason, and where in the expression it is found.
fn at(text: &str, offset: usize, reason: &impl std::fmt::Display) -> String {
    match text.get(offset..) {
        Some(rest) if !rest.is_empty() => format!("{reason}, at `{rest}`"),
        _ => format!("{reason}, at its end"),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_pattern_is_a_regular_expression() {
        assert_eq!(
            problems! {
                struct Book {
                    id: Uuid,
                    #[resource(pattern = "^[0-9")]
                    isbn: String,
                    #[resource(pattern = r"(a")]
                    title: String,
                    #[resource(pattern = r"\p{Nothing}")]
                    note: String,
                    #[resource(pattern = r"\w{1000}{1000}")]
                    body: String,
                    #[resource(pattern)]
                    text: String,
                    #[resource(pattern = r"^\p{L}+(-[0-9]{1,3})?$")]
                    shelf: String,
                }
            },
            [
                "\"^[0-9\": this is no regular expression: unclosed character class, at `[0-9`",
                "r\"(a\": this is no regular expression: unclosed group, at `(a`",
                "r\"\\p{Nothing}\": this is no regular expression: Unicode property not found, at `\\p{Nothing}`",
                "r\"\\w{1000}{1000}\": this regular expression is too large once it is compiled; write smaller repetitions",
                "pattern: `pattern` takes a text: write `pattern = \"…\"`",
            ],
        );
    }
}
