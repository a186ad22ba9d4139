//! A column of the table is one field; SQL does not tell capital letters from small ones.

use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for (place, column) in resource.columns.iter().enumerate() {
        let name = column.in_table.value();
        let before = &resource.columns[..place];
        // Where the constants are the same too, that has been said.
        let other = before.iter().find(|other| {
            other.in_table.value().to_lowercase() == name.to_lowercase()
                && other.constant != column.constant
        });
        if let Some(other) = other {
            problems.at(
                &column.in_table,
                format!(
                    "the fields `{}` and `{}` would both be the column `{name}` of the table; \
                     write another `column` for one",
                    other.name, column.name
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn two_fields_of_one_column_are_refused() {
        assert_eq!(
            problems! {
                struct Book {
                    id: Uuid,
                    title: String,
                    #[resource(column = "Title")]
                    name: String,
                    #[resource(column = "pages")]
                    length: i32,
                    pages: i32,
                }
            },
            [
                "\"Title\": the fields `title` and `name` would both be the column `Title` of the table; \
                 write another `column` for one",
                "pages: the fields `length` and `pages` would both be the column `pages` of the table; \
                 write another `column` for one",
            ],
        );
    }
}
