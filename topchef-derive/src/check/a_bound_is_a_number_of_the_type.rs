//! A bound that a type never reaches bounds nothing; a type that the macro cannot know is left to the compiler.

use crate::diag::Problems;
use crate::model::{Number, Resource};

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for column in resource.columns.iter().filter(|it| it.json.is_none()) {
        let Some((least, most)) = column.range() else {
            continue;
        };
        for (key, bound) in [("minimum", &column.minimum), ("maximum", &column.maximum)] {
            if let Some(bound) = bound
                && let Number::Integer(number) = bound.number
                && !(least..=most).contains(&number)
            {
                let name = &column.name;
                problems.at(
                    &bound.written,
                    format!("`{name}` holds numbers from {least} to {most}; write one of these, or remove `{key}`"),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_number_that_the_type_never_holds_is_refused() {
        assert_eq!(
            problems! {
                struct Book {
                    id: Uuid,
                    #[resource(minimum = -1, maximum = 256)]
                    grade: Option<u8>,
                    #[resource(maximum = 32_768)]
                    pages: i16,
                }
            },
            [
                "-1: `grade` holds numbers from 0 to 255; write one of these, or remove `minimum`",
                "256: `grade` holds numbers from 0 to 255; write one of these, or remove `maximum`",
                "32_768: `pages` holds numbers from -32768 to 32767; write one of these, or remove `maximum`",
            ],
        );
    }

    #[test]
    fn the_ends_of_a_type_and_other_numbers_are_fine() {
        let problems = problems! {
            struct Book {
                id: Uuid,
                #[resource(minimum = 0, maximum = 255)]
                grade: u8,
                #[resource(minimum = 0.5)]
                pages: u32,
                #[resource(maximum = 9_223_372_036_854_775_807)]
                size: i64,
            }
        };
        assert!(problems.is_empty(), "{problems:?}");
    }
}
