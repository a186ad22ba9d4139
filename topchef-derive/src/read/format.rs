//! `format = "email"`.
//!
//! It does not know what a format asks of a text.

use syn::LitStr;

use super::key::{Given, Value};
use crate::diag::{Problems, suggestion};
use crate::model::{Format, KnownFormat};

impl Value for Format {
    fn read(given: Given<'_>, problems: &mut Problems) -> Option<Self> {
        let written = <LitStr as Value>::read(given, problems)?;
        let text = written.value();
        let known = KnownFormat::ALL
            .into_iter()
            .find(|format| format.name() == text);
        if known.is_none() {
            let hint = suggestion(&text, &KnownFormat::ALL.map(KnownFormat::name), "there are");
            problems.at(&written, format!("no format `{text}`; {hint}"));
        }
        known.map(|known| Self { known, written })
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_format_is_a_known_one() {
        assert_eq!(
            problems! {
                struct Author {
                    id: Uuid,
                    #[resource(format = "e-mail")]
                    email: String,
                    #[resource(format = "hostname")]
                    host: String,
                    #[resource(format)]
                    address: String,
                    #[resource(format = "ipv6")]
                    new_address: String,
                }
            },
            [
                "\"e-mail\": no format `e-mail`; did you mean `email`?",
                "\"hostname\": no format `hostname`; there are `email`, `uri`, `ipv4` and `ipv6`",
                "format: `format` takes a text: write `format = \"…\"`",
            ],
        );
    }
}
