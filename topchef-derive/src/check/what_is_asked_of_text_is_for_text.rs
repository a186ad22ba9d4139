//! Only text has characters; a type that the macro cannot know is left to the compiler.

use crate::diag::Problems;
use crate::model::{Column, Resource};

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for column in &resource.columns {
        let Some(what) = what_else(column) else {
            continue;
        };
        let name = &column.name;
        let refused = |key| format!("`{key}` is for text, and `{name}` is {what}; remove it");
        if let Some(length) = &column.max_length {
            problems.at(&length.written, refused("max_length"));
        }
        if let Some(length) = &column.min_length {
            problems.at(&length.written, refused("min_length"));
        }
        if let Some(pattern) = &column.pattern {
            problems.at(pattern, refused("pattern"));
        }
        if let Some(format) = &column.format {
            problems.at(&format.written, refused("format"));
        }
    }
}

/// What the column is, when that is plainly no text.
fn what_else(column: &Column) -> Option<String> {
    if column.json.is_some() {
        Some("JSON".to_owned())
    } else if column.is_plainly_not_text() {
        Some(format!("of type `{}`", column.type_name()?))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_length_of_something_else_is_refused() {
        assert_eq!(
            problems! {
                struct Book {
                    #[resource(max_length = 36)]
                    id: uuid::Uuid,
                    #[resource(max_length = 4)]
                    pub_year: Option<i32>,
                    #[resource(max_length = 5)]
                    lent: bool,
                    #[resource(min_length = 6)]
                    cover: Vec<u8>,
                    #[resource(json, max_length = 7)]
                    body: String,
                }
            },
            [
                "36: `max_length` is for text, and `id` is of type `Uuid`; remove it",
                "4: `max_length` is for text, and `pub_year` is of type `i32`; remove it",
                "5: `max_length` is for text, and `lent` is of type `bool`; remove it",
                "6: `min_length` is for text, and `cover` is of type `Vec`; remove it",
                "7: `max_length` is for text, and `body` is JSON; remove it",
            ],
        );
    }

    #[test]
    fn a_pattern_or_format_of_something_else_is_refused() {
        assert_eq!(
            problems! {
                struct Book {
                    id: Uuid,
                    #[resource(pattern = "^[0-9]+$")]
                    pages: i32,
                    #[resource(format = "uri", json)]
                    links: Vec<String>,
                }
            },
            [
                "\"^[0-9]+$\": `pattern` is for text, and `pages` is of type `i32`; remove it",
                "\"uri\": `format` is for text, and `links` is JSON; remove it",
            ],
        );
    }

    #[test]
    fn text_and_unknown_types_are_fine() {
        let problems = problems! {
            struct Book {
                #[resource(max_length = 13, min_length = 10, pattern = "^[0-9X]+$")]
                id: Isbn,
                #[resource(max_length = 4, format = "email")]
                title: Option<String>,
            }
        };
        assert!(problems.is_empty(), "{problems:?}");
    }
}
