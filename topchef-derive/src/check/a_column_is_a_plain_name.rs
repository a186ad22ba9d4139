//! A column's name needs no quoting on any database.

use super::is_plain_in_sql;
use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for column in &resource.columns {
        let name = column.in_table.value();
        if !is_plain_in_sql(&name) {
            let name = name.escape_debug();
            problems.at(
                &column.in_table,
                format!(
                    "`{name}` cannot be a column; write letters, digits and `_`: `column = \"title\"`"
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn empty_and_odd_names_are_refused() {
        assert_eq!(
            problems! {
                struct Book {
                    #[resource(column = "")]
                    id: Uuid,
                    #[resource(column = "the title")]
                    title: String,
                    #[resource(column = "books.isbn")]
                    isbn: String,
                    #[resource(column = "1st")]
                    first: String,
                    #[resource(column = "_type_2")]
                    r#type: String,
                }
            },
            [
                "\"\": `` cannot be a column; write letters, digits and `_`: `column = \"title\"`",
                "\"the title\": `the title` cannot be a column; write letters, digits and `_`: `column = \"title\"`",
                "\"books.isbn\": `books.isbn` cannot be a column; write letters, digits and `_`: `column = \"title\"`",
                "\"1st\": `1st` cannot be a column; write letters, digits and `_`: `column = \"title\"`",
            ],
        );
    }
}
