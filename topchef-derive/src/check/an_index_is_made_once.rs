//! What is unique has an index already, and a primary key is unique.

use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for (place, column) in resource.columns.iter().enumerate() {
        let name = &column.name;
        // A column of a key of several is neither unique nor always the first of the index.
        let is_key = matches!(resource.key.as_slice(), [only] if only.index == place);
        if is_key {
            if let Some(word) = &column.unique {
                problems.at(
                    word,
                    format!("the primary key `{name}` is unique; remove `unique`"),
                );
            }
            if let Some(word) = &column.index {
                problems.at(
                    word,
                    format!("the primary key `{name}` has an index; remove `index`"),
                );
            }
        } else if let (Some(_), Some(word)) = (&column.unique, &column.index) {
            problems.at(
                word,
                format!("`{name}` is unique and has an index by that; remove `index`"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_second_index_is_refused() {
        assert_eq!(
            problems! {
                struct Book {
                    #[resource(unique, index)]
                    id: Uuid,
                    #[resource(index, unique)]
                    isbn: String,
                }
            },
            [
                "unique: the primary key `id` is unique; remove `unique`",
                "index: the primary key `id` has an index; remove `index`",
                "index: `isbn` is unique and has an index by that; remove `index`",
            ],
        );
    }

    #[test]
    fn a_column_of_a_key_of_several_can_have_its_own() {
        let problems = problems! {
            struct Seat {
                #[resource(primary_key, index)]
                row: String,
                #[resource(primary_key, unique)]
                place: i32,
            }
        };
        assert!(problems.is_empty(), "{problems:?}");
    }
}
