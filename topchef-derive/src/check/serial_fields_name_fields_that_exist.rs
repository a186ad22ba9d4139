//! What goes out is in the struct.

use crate::diag::{Problems, suggestion};
use crate::model::{Resource, Source};

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    let relations: Vec<String> = resource
        .relations
        .iter()
        .map(|relation| relation.name.to_string())
        .collect();
    let known: Vec<&str> = resource
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .chain(relations.iter().map(String::as_str))
        .collect();
    for field in resource
        .representations
        .iter()
        .flat_map(|representation| &representation.fields)
    {
        if field.source == Source::Nowhere {
            let word = &field.word;
            if resource.skipped.iter().any(|it| it.field == *word) {
                problems.at(
                    word,
                    format!(
                        "`{word}` is skipped and is no column; remove it here, or remove `skip`"
                    ),
                );
                continue;
            }
            let name = &resource.name;
            let there_are = format!("a method is written `{word}()`, and the fields are");
            let hint = suggestion(&word.to_string(), &known, &there_are);
            problems.at(word, format!("no field `{word}` in `{name}`; {hint}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn an_unknown_field_is_refused_where_it_stands() {
        assert_eq!(
            problems! {
                #[resource(serial_fields(get = [id, titel], list = [label, r#type]))]
                struct Book { id: Uuid, title: String, r#type: i32 }
            },
            [
                "titel: no field `titel` in `Book`; did you mean `title`?",
                "label: no field `label` in `Book`; a method is written `label()`, and the fields are `id`, `title` \
                 and `type`",
            ],
        );
    }

    #[test]
    fn a_skipped_field_does_not_go_out() {
        assert_eq!(
            problems! {
                #[resource(serial_fields = [id, cache])]
                struct Book {
                    id: Uuid,
                    #[resource(skip)]
                    cache: Vec<u8>,
                }
            },
            ["cache: `cache` is skipped and is no column; remove it here, or remove `skip`"],
        );
    }

    #[test]
    fn a_relation_can_be_meant() {
        assert_eq!(
            problems! {
                #[resource(relations(author(belongs_to = Author, by = writer)), serial_fields = [id, autor])]
                struct Book { id: Uuid, writer: Uuid }
            },
            ["autor: no field `autor` in `Book`; did you mean `author`?"],
        );
    }
}
