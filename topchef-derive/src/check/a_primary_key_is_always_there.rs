//! The primary key is in every URL: it goes out, it has a plain form, and it is never null.

use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for column in resource.key_columns() {
        let name = &column.name;
        if let Some(word) = &column.write_only {
            problems.at(
                word,
                format!("the primary key `{name}` is in every URL and cannot be write-only; remove `write_only`"),
            );
        }
        if let Some(word) = &column.json {
            problems.at(
                word,
                format!(
                    "the primary key `{name}` is in every URL and cannot be JSON; remove `json`"
                ),
            );
        }
        if column.is_option() {
            problems.at(
                &column.ty,
                format!("the primary key `{name}` cannot be null; write the type without `Option`"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_key_that_can_be_missing_is_refused() {
        assert_eq!(
            problems! {
                struct Book {
                    #[resource(write_only, json)]
                    id: Option<Uuid>,
                }
            },
            [
                "write_only: the primary key `id` is in every URL and cannot be write-only; remove `write_only`",
                "json: the primary key `id` is in every URL and cannot be JSON; remove `json`",
                "Option<Uuid>: the primary key `id` cannot be null; write the type without `Option`",
            ],
        );
    }
}
