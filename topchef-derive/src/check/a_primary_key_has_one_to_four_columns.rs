//! A record is found by a column, or by a few together.

use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    let name = &resource.name;
    let count = resource.key.len();
    // A misspelt `primary_key` is one error, not two.
    if count == 0 && !resource.columns.iter().any(|column| column.misread) {
        problems.at(
            name,
            format!("`{name}` has no primary key; add a field `id`, or mark one `#[resource(primary_key)]`"),
        );
    }
    if let Some(first_too_many) = resource.key.get(Resource::MOST_KEY_COLUMNS) {
        problems.at(
            &first_too_many.word,
            format!(
                "the primary key of `{name}` has {count} columns, and at most 4 can make one; \
                 mark one field, such as an `id`"
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_struct_without_a_key_is_refused() {
        assert_eq!(
            problems!(
                struct Book {
                    isbn: String,
                }
            ),
            [
                "Book: `Book` has no primary key; add a field `id`, or mark one `#[resource(primary_key)]`"
            ],
        );
        assert_eq!(
            problems!(
                struct Book {}
            )
            .len(),
            1
        );
    }

    #[test]
    fn a_fifth_column_is_refused() {
        assert_eq!(
            problems! {
                struct Seat {
                    #[resource(primary_key)]
                    house: i32,
                    #[resource(primary_key)]
                    floor: i32,
                    #[resource(primary_key)]
                    row: i32,
                    #[resource(primary_key)]
                    place: i32,
                    #[resource(default, primary_key)]
                    evening: i32,
                }
            },
            [
                "primary_key: the primary key of `Seat` has 5 columns, and at most 4 can make one; \
                 mark one field, such as an `id`"
            ],
        );
    }

    #[test]
    fn two_columns_can_be_one_key() {
        let problems = problems! {
            struct Seat {
                #[resource(primary_key)]
                row: String,
                #[resource(primary_key)]
                place: i32,
            }
        };
        assert!(problems.is_empty(), "{problems:?}");
    }

    #[test]
    fn a_marked_field_stands_above_id() {
        let problems = problems! {
            struct Book {
                id: i32,
                #[resource(primary_key)]
                isbn: String,
            }
        };
        assert!(problems.is_empty(), "{problems:?}");
    }

    #[test]
    fn a_misspelt_mark_is_one_error() {
        assert_eq!(
            problems! {
                struct Book {
                    #[resource(primay_key)]
                    isbn: String,
                }
            },
            ["primay_key: unknown key `primay_key`; did you mean `primary_key`?"],
        );
    }
}
