//! A text that may have no characters is no column.

use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for length in resource
        .columns
        .iter()
        .filter_map(|column| column.max_length.as_ref())
    {
        if length.value < 1 {
            problems.at(
                &length.written,
                "`max_length` counts characters; write 1 or more",
            );
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
                    #[resource(max_length = 1)]
                    letter: String,
                }
            },
            [
                "0: `max_length` counts characters; write 1 or more",
                "-5: `max_length` counts characters; write 1 or more",
            ],
        );
    }
}
