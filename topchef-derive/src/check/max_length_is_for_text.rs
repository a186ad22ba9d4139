//! Only text has a length in characters; a type that the macro cannot know is left to the runtime.

use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for column in &resource.columns {
        let Some(length) = &column.max_length else {
            continue;
        };
        let name = &column.name;
        if column.json.is_some() {
            problems.at(
                &length.written,
                format!("`max_length` is for text, and `{name}` is JSON; remove it"),
            );
        } else if let (true, Some(ty)) = (column.is_plainly_not_text(), column.type_name()) {
            problems.at(
                &length.written,
                format!("`max_length` is for text, and `{name}` is of type `{ty}`; remove it"),
            );
        }
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
                    #[resource(max_length = 6)]
                    cover: Vec<u8>,
                    #[resource(json, max_length = 7)]
                    body: String,
                }
            },
            [
                "36: `max_length` is for text, and `id` is of type `Uuid`; remove it",
                "4: `max_length` is for text, and `pub_year` is of type `i32`; remove it",
                "5: `max_length` is for text, and `lent` is of type `bool`; remove it",
                "6: `max_length` is for text, and `cover` is of type `Vec`; remove it",
                "7: `max_length` is for text, and `body` is JSON; remove it",
            ],
        );
    }

    #[test]
    fn text_and_unknown_types_are_fine() {
        let problems = problems! {
            struct Book {
                #[resource(max_length = 13)]
                id: Isbn,
                #[resource(max_length = 4)]
                title: Option<String>,
            }
        };
        assert!(problems.is_empty(), "{problems:?}");
    }
}
