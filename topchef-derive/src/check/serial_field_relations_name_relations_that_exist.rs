//! The fields of related records are those of a relation.

use crate::diag::{Problems, suggestion};
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    let known: Vec<String> = resource
        .relations
        .iter()
        .map(|relation| relation.name.to_string())
        .collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    for list in &resource.related_lists {
        if list.place.is_none() {
            let name = &resource.name;
            let word = &list.relation;
            let hint = if known.is_empty() {
                "name it in `relations(..)`".to_owned()
            } else {
                suggestion(&word.to_string(), &known, "there are")
            };
            problems.at(word, format!("no relation `{word}` in `{name}`; {hint}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn an_unknown_relation_is_refused_where_it_stands() {
        assert_eq!(
            problems! {
                #[resource(
                    relations(author(belongs_to = Author, by = author_id)),
                    serial_field_relations(autor = [id], get(chapters = [id])),
                )]
                struct Book { id: Uuid, author_id: Uuid }
            },
            [
                "chapters: no relation `chapters` in `Book`; there are `author`",
                "autor: no relation `autor` in `Book`; did you mean `author`?",
            ],
        );
        assert_eq!(
            problems! {
                #[resource(serial_field_relations(author = [id]))]
                struct Book { id: Uuid, author_id: Uuid }
            },
            ["author: no relation `author` in `Book`; name it in `relations(..)`"],
        );
    }
}
