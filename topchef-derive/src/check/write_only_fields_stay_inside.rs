//! What is write-only never goes out, whoever lists it.

use crate::diag::Problems;
use crate::model::{Resource, Source};

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for field in resource
        .representations
        .iter()
        .flat_map(|representation| &representation.fields)
    {
        let Source::Column(index) = field.source else {
            continue;
        };
        if resource.columns[index].write_only.is_some() {
            let word = &field.word;
            problems.at(
                word,
                format!("`{word}` is write-only and never goes out; remove it here, or remove `write_only`"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_write_only_field_cannot_be_listed() {
        assert_eq!(
            problems! {
                #[resource(serial_fields(list = [id, secret]))]
                struct Book {
                    id: Uuid,
                    #[resource(write_only)]
                    secret: String,
                }
            },
            [
                "secret: `secret` is write-only and never goes out; remove it here, or remove `write_only`"
            ],
        );
    }
}
