//! All other keys speak of a column, and a skipped field is none.

use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for skipped in &resource.skipped {
        let field = &skipped.field;
        for word in &skipped.other_keys {
            problems.at(
                word,
                format!("`{field}` is skipped and is no column; remove `{word}`, or `skip`"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn every_other_key_is_refused() {
        assert_eq!(
            problems! {
                struct Book {
                    id: Uuid,
                    #[resource(max_length = 3, skip, read_only)]
                    cache: String,
                    #[resource(skip)]
                    open: bool,
                }
            },
            [
                "max_length: `cache` is skipped and is no column; remove `max_length`, or `skip`",
                "read_only: `cache` is skipped and is no column; remove `read_only`, or `skip`",
            ],
        );
    }

    #[test]
    fn a_skipped_field_is_no_primary_key() {
        assert_eq!(
            problems! {
                struct Book {
                    #[resource(skip)]
                    id: Uuid,
                    isbn: String,
                }
            },
            [
                "Book: `Book` has no primary key; add a field `id`, or mark one `#[resource(primary_key)]`"
            ],
        );
    }
}
