//! A table's name needs no quoting on any database, names one table, and is nobody else's.

use super::is_plain_in_sql;
use crate::diag::Problems;
use crate::model::Resource;

/// Where the runtime keeps the answers to requests with an idempotency key, and the hooks that are to run after a commit.
const OF_THE_RUNTIME: [&str; 2] = ["topchef_idempotency_keys", "topchef_outbox"];

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    let table = resource.table.value();
    if !is_plain_in_sql(&table) {
        let table = table.escape_debug();
        problems.at(
            &resource.table,
            format!(
                "`{table}` cannot be a table; write letters, digits and `_`: `table = \"books\"`"
            ),
        );
    } else if let Some(owner) = owner(&table) {
        problems.at(
            &resource.table,
            format!("`{table}` is a table of {owner}; choose another name: `table = \"books\"`"),
        );
    }
}

/// Whose table it is, when it is not the user's; to `SQLite` large and small letters are the same.
fn owner(table: &str) -> Option<&'static str> {
    let table = table.to_ascii_lowercase();
    if table.starts_with("sqlite_") {
        Some("SQLite itself")
    } else if OF_THE_RUNTIME.contains(&table.as_str()) {
        Some("TopChef itself")
    } else {
        None
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
    fn tables_of_others_are_refused() {
        assert_eq!(
            problems! {
                #[resource(table = "SQLite_books")]
                struct Book { id: Uuid }
            },
            [
                "\"SQLite_books\": `SQLite_books` is a table of SQLite itself; choose another name: `table = \"books\"`"
            ],
        );
        assert_eq!(
            problems! {
                struct SqliteMaster { id: Uuid }
            },
            [
                "SqliteMaster: `sqlite_masters` is a table of SQLite itself; choose another name: `table = \"books\"`"
            ],
        );
        assert_eq!(
            problems! {
                struct TopchefIdempotencyKey { id: Uuid }
            },
            [
                "TopchefIdempotencyKey: `topchef_idempotency_keys` is a table of TopChef itself; \
                 choose another name: `table = \"books\"`"
            ],
        );
    }

    #[test]
    fn the_outbox_is_no_table_of_a_resource() {
        assert_eq!(
            problems! {
                #[resource(table = "TopChef_Outbox")]
                struct Book { id: Uuid }
            },
            [
                "\"TopChef_Outbox\": `TopChef_Outbox` is a table of TopChef itself; choose another name: `table = \"books\"`"
            ],
        );
    }

    #[test]
    fn letters_digits_and_underscores_are_fine() {
        let problems = problems! {
            #[resource(table = "_library_2")]
            struct Book { id: Uuid }
        };
        assert!(problems.is_empty(), "{problems:?}");
        let problems = problems! {
            #[resource(table = "sqlite")]
            struct Book { id: Uuid }
        };
        assert!(problems.is_empty(), "{problems:?}");
    }
}
