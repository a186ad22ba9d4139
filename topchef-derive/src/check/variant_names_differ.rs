//! A name in the table is one variant, and there is a name.

use crate::diag::Problems;
use crate::model::Enumeration;

pub(super) fn check(enumeration: &Enumeration, problems: &mut Problems) {
    for (place, variant) in enumeration.variants.iter().enumerate() {
        let wire = variant.wire.value();
        let name = &variant.name;
        if wire.is_empty() {
            problems.at(
                &variant.wire,
                format!("the name of `{name}` is empty; write one, or leave `rename` out"),
            );
        }
        let before = &enumeration.variants[..place];
        if let Some(other) = before.iter().find(|other| other.wire.value() == wire) {
            problems.at(
                &variant.wire,
                format!(
                    "the variants `{}` and `{name}` would both be `{wire}`; rename one",
                    other.name
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::enum_problems;

    #[test]
    fn two_variants_of_one_name_are_refused() {
        assert_eq!(
            enum_problems! {
                #[resource(rename_all = "lowercase")]
                enum Status {
                    Done,
                    #[resource(rename = "done")]
                    Finished,
                    DONE,
                }
            },
            [
                "\"done\": the variants `Done` and `Finished` would both be `done`; rename one",
                "DONE: the variants `Done` and `DONE` would both be `done`; rename one",
            ],
        );
    }

    #[test]
    fn an_empty_name_is_refused() {
        assert_eq!(
            enum_problems! {
                enum Status {
                    #[resource(rename = "")]
                    Done,
                }
            },
            ["\"\": the name of `Done` is empty; write one, or leave `rename` out"],
        );
    }
}
