//! Only numbers have a smallest and a largest; a type that the macro cannot know is left to the compiler.

use crate::diag::Problems;
use crate::model::{Column, Resource};

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for column in &resource.columns {
        for (key, length, bound) in [
            ("minimum", "min_length", &column.minimum),
            ("maximum", "max_length", &column.maximum),
        ] {
            if let (Some(bound), Some(instead)) = (bound, instead(column, length)) {
                let name = &column.name;
                problems.at(
                    &bound.written,
                    format!("`{key}` is for numbers, and `{name}` is {instead}"),
                );
            }
        }
    }
}

/// What the column is when that is plainly no number, and what to do.
fn instead(column: &Column, length: &str) -> Option<String> {
    let ty = column.type_name();
    if column.json.is_some() {
        Some("JSON; remove it".to_owned())
    } else if !column.is_plainly_not_a_number() {
        None
    } else if ty.as_deref() == Some("String") {
        Some(format!(
            "of type `String`; write `{length}` for the characters of a text"
        ))
    } else {
        Some(format!("of type `{}`; remove it", ty?))
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_bound_of_something_else_is_refused() {
        assert_eq!(
            problems! {
                struct Book {
                    id: Uuid,
                    #[resource(minimum = 1, maximum = 2)]
                    title: Option<String>,
                    #[resource(minimum = 3)]
                    lent: bool,
                    #[resource(maximum = 4)]
                    printed_on: NaiveDate,
                    #[resource(json, maximum = 5)]
                    body: Body,
                    #[resource(maximum = 6)]
                    cover: Vec<u8>,
                }
            },
            [
                "1: `minimum` is for numbers, and `title` is of type `String`; \
                 write `min_length` for the characters of a text",
                "2: `maximum` is for numbers, and `title` is of type `String`; \
                 write `max_length` for the characters of a text",
                "3: `minimum` is for numbers, and `lent` is of type `bool`; remove it",
                "4: `maximum` is for numbers, and `printed_on` is of type `NaiveDate`; remove it",
                "5: `maximum` is for numbers, and `body` is JSON; remove it",
                "6: `maximum` is for numbers, and `cover` is of type `Vec`; remove it",
            ],
        );
    }

    #[test]
    fn numbers_and_unknown_types_are_fine() {
        let problems = problems! {
            struct Book {
                #[resource(minimum = 1)]
                id: i64,
                #[resource(minimum = 0, maximum = 0.5)]
                weight: Option<f32>,
                #[resource(minimum = 0.01)]
                price: Decimal,
                #[resource(maximum = 9)]
                shelf: Shelf,
                #[resource(read_only, minimum = 0)]
                turns: u8,
            }
        };
        assert!(problems.is_empty(), "{problems:?}");
    }
}
