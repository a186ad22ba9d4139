//! A record is found by exactly one column.

use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    let name = &resource.name;
    match resource.key.as_slice() {
        [] => {
            // A misspelt `primary_key` is one error, not two.
            if !resource.columns.iter().any(|column| column.misread) {
                problems.at(
                    name,
                    format!("`{name}` has no primary key; add a field `id`, or mark one `#[resource(primary_key)]`"),
                );
            }
        }
        [first, others @ ..] => {
            for other in others {
                let first = &resource.columns[first.index].name;
                let second = &resource.columns[other.index].name;
                problems.at(
                    &other.word,
                    format!("`{name}` has two primary keys, `{first}` and `{second}`; mark one"),
                );
            }
        }
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
    fn a_second_key_is_refused() {
        assert_eq!(
            problems! {
                struct Book {
                    #[resource(primary_key)]
                    isbn: String,
                    #[resource(default, primary_key)]
                    number: i32,
                }
            },
            ["primary_key: `Book` has two primary keys, `isbn` and `number`; mark one"],
        );
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
