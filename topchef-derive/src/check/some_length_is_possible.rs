//! A text has at least and at most so many characters, if any number of them is both.

use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for column in &resource.columns {
        let (Some(least), Some(most)) = (&column.min_length, &column.max_length) else {
            continue;
        };
        // A length below 1 has been refused for that.
        if least.value > most.value && most.value > 0 {
            let name = &column.name;
            let (least_value, most) = (least.value, most.value);
            problems.at(
                &least.written,
                format!(
                    "no text for `{name}` has at least {least_value} and at most {most} characters; \
                     write a `min_length` of {most} or less, or a larger `max_length`"
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_length_below_the_least_is_refused() {
        assert_eq!(
            problems! {
                struct Book {
                    id: Uuid,
                    #[resource(min_length = 14, max_length = 13)]
                    isbn: String,
                    #[resource(min_length = 13, max_length = 13)]
                    code: String,
                    #[resource(min_length = 13, max_length = 0)]
                    note: String,
                }
            },
            [
                "0: `max_length` counts characters; write 1 or more",
                "14: no text for `isbn` has at least 14 and at most 13 characters; \
                 write a `min_length` of 13 or less, or a larger `max_length`",
            ],
        );
    }
}
