//! A text that may have no characters is no column, and one of no characters or more is any text.

use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for column in &resource.columns {
        for (key, length) in [
            ("max_length", &column.max_length),
            ("min_length", &column.min_length),
        ] {
            if let Some(length) = length.as_ref().filter(|length| length.value < 1) {
                problems.at(
                    &length.written,
                    format!("`{key}` counts characters; write 1 or more"),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn zero_and_less_are_refused() {
        assert_eq!(
            problems! {
                struct Book {
                    id: Uuid,
                    #[resource(max_length = 0)]
                    title: String,
                    #[resource(max_length = -5)]
                    isbn: String,
                    #[resource(min_length = 0)]
                    note: String,
                    #[resource(min_length = 1, max_length = 1)]
                    letter: String,
                }
            },
            [
                "0: `max_length` counts characters; write 1 or more",
                "-5: `max_length` counts characters; write 1 or more",
                "0: `min_length` counts characters; write 1 or more",
            ],
        );
    }
}
