//! What goes out is in the struct.

use crate::diag::{Problems, suggestion};
use crate::model::{Resource, Source};

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    let known: Vec<&str> = resource
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    for field in resource
        .representations
        .iter()
        .flat_map(|representation| &representation.fields)
    {
        if field.source == Source::Nowhere {
            let word = &field.word;
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
}
