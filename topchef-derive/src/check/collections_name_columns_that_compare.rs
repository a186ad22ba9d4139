//! What is filtered, sorted and searched by is a column whose values may be asked about, and each list names it once.

use crate::diag::{Problems, suggestion};
use crate::model::{NamedColumn, Resource};

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for (key, list) in resource.collection.lists() {
        for (place, named) in list.iter().enumerate() {
            let word = &named.word;
            let message = match named.column {
                None => Some(unknown(resource, named)),
                Some(column) => {
                    let before = &list[..place];
                    if before.iter().any(|other| other.column == named.column) {
                        Some(format!("`{word}` is listed twice; remove one"))
                    } else {
                        not_comparable(resource, key, column)
                    }
                }
            };
            if let Some(message) = message {
                problems.at(word, message);
            }
        }
    }
}

fn unknown(resource: &Resource, named: &NamedColumn) -> String {
    let known: Vec<&str> = resource
        .columns
        .iter()
        .filter(|column| column.write_only.is_none() && column.json.is_none())
        .map(|column| column.name.as_str())
        .collect();
    let word = &named.word;
    let name = &resource.name;
    let hint = suggestion(
        &word.to_string(),
        &known,
        "a collection is asked by its columns, and those are",
    );
    format!("no field `{word}` in `{name}`; {hint}")
}

fn not_comparable(resource: &Resource, key: &str, column: usize) -> Option<String> {
    let column = &resource.columns[column];
    let name = &column.name;
    if column.write_only.is_some() {
        Some(format!(
            "`{name}` is write-only, and `{key}` would let clients guess it; remove it here, or remove `write_only`"
        ))
    } else if column.json.is_some() {
        Some(format!(
            "`{name}` is JSON, which has no order and no one form; remove it here"
        ))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_collection_is_asked_by_columns_that_show() {
        assert_eq!(
            problems! {
                #[resource(collection(
                    filter = [titel, secret, title, title],
                    sort = [body, label],
                    order_by = [-title, title],
                    search = [secret],
                ))]
                struct Book {
                    id: Uuid,
                    title: String,
                    #[resource(write_only)]
                    secret: String,
                    #[resource(json)]
                    body: Body,
                }
            },
            [
                "titel: no field `titel` in `Book`; did you mean `title`?",
                "secret: `secret` is write-only, and `filter` would let clients guess it; remove it here, or remove \
                 `write_only`",
                "title: `title` is listed twice; remove one",
                "body: `body` is JSON, which has no order and no one form; remove it here",
                "label: no field `label` in `Book`; a collection is asked by its columns, and those are `id` and `title`",
                "title: `title` is listed twice; remove one",
                "secret: `secret` is write-only, and `search` would let clients guess it; remove it here, or remove \
                 `write_only`",
            ],
        );
    }
}
