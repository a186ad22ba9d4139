//! `envelope = "none"`.
//!
//! It does not know what an envelope holds.

use syn::LitStr;

use super::key::{Given, Value};
use crate::diag::{Problems, suggestion};
use crate::model::Envelope;

impl Value for Envelope {
    fn read(given: Given<'_>, problems: &mut Problems) -> Option<Self> {
        let written = <LitStr as Value>::read(given, problems)?;
        let text = written.value();
        let envelope = match text.as_str() {
            "data" => Some(Self::Data),
            "none" => Some(Self::None),
            _ => None,
        };
        if envelope.is_none() {
            let hint = suggestion(&text, &["data", "none"], "there are");
            problems.at(&written, format!("no envelope `{text}`; {hint}"));
        }
        envelope
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn there_are_two_envelopes() {
        for right in ["data", "none"] {
            let item = format!("#[resource(envelope = \"{right}\")] struct Book {{ id: Uuid }}");
            let problems = crate::testing::problems_of(&item, crate::pipeline::resource_stages);
            assert!(problems.is_empty(), "{problems:?}");
        }
        assert_eq!(
            problems! {
                #[resource(envelope = "non")]
                struct Book { id: Uuid }
            },
            ["\"non\": no envelope `non`; did you mean `none`?"],
        );
        assert_eq!(
            problems! {
                #[resource(envelope = None)]
                struct Book { id: Uuid }
            },
            ["None: `envelope` takes a text: write `envelope = \"…\"`"],
        );
    }
}
