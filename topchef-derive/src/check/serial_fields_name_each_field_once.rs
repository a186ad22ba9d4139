//! A name in JSON stands there once.

use crate::diag::Problems;
use crate::model::{Resource, Source};

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for representation in &resource.representations {
        for (place, field) in representation.fields.iter().enumerate() {
            let before = &representation.fields[..place];
            // A name that is nobody's has been refused for that.
            let is_repeated = field.source != Source::Nowhere
                && before.iter().any(|other| other.source == field.source);
            if is_repeated {
                let word = &field.word;
                problems.at(word, format!("`{word}` is listed twice; remove one"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn the_second_one_is_refused() {
        assert_eq!(
            problems! {
                #[resource(serial_fields(get = [id, title, id], list = [id, label(), label()]))]
                struct Book { id: Uuid, title: String }
            },
            [
                "id: `id` is listed twice; remove one",
                "label: `label` is listed twice; remove one"
            ],
        );
    }
}
