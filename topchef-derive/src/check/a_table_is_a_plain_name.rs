//! A table's name needs no quoting on any database, and names one table.

use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    let table = resource.table.value();
    let is_plain = table
        .chars()
        .all(|letter| letter.is_alphanumeric() || letter == '_')
        && table.starts_with(|first: char| !first.is_numeric());
    if !is_plain {
        problems.at(
            &resource.table,
            format!(
                "`{table}` cannot be a table; write letters, digits and `_`: `table = \"books\"`"
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn empty_and_odd_names_are_refused() {
        for table in [
            "\"\"",
            "\"my books\"",
            "\"library.books\"",
            "\"1st\"",
            "\"books;\"",
        ] {
            let problems = crate::testing::problems_of(
                &format!("#[resource(table = {table})] struct Book {{ id: Uuid }}"),
                crate::pipeline::resource_stages,
            );
            let plain = table.trim_matches('"');
            assert_eq!(
                problems,
                [format!(
                    "{table}: `{plain}` cannot be a table; write letters, digits and `_`: `table = \"books\"`"
                )],
            );
        }
    }

    #[test]
    fn letters_digits_and_underscores_are_fine() {
        let problems = problems! {
            #[resource(table = "_library_2")]
            struct Book { id: Uuid }
        };
        assert!(problems.is_empty(), "{problems:?}");
    }
}
