//! Two fields cannot share the constant of their typed columns.

use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for (place, column) in resource.columns.iter().enumerate() {
        let before = &resource.columns[..place];
        // A field of the same name is the compiler's to refuse.
        let other = before
            .iter()
            .find(|other| other.constant == column.constant && other.name != column.name);
        if let Some(other) = other {
            problems.at(
                &column.field,
                format!(
                    "the fields `{}` and `{}` would both be the column `{}::{}`; rename one",
                    other.name, column.name, resource.name, column.constant
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn the_second_field_is_refused() {
        assert_eq!(
            problems! {
                #[resource(rename_all = "camelCase")]
                struct Book {
                    id: Uuid,
                    pub_year: i32,
                    pubYear: i32,
                }
            },
            [
                "pubYear: the fields `pub_year` and `pubYear` would both be the column `Book::PUB_YEAR`; rename one"
            ],
        );
    }
}
