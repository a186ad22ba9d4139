//! A relation to the record that this one belongs to goes by a field that can hold a key.

use crate::diag::{Problems, suggestion};
use crate::model::{ForeignKey, Resource};

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    let known: Vec<&str> = resource
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    for link in resource.relations.iter().flat_map(|it| &it.link) {
        let by = &link.by;
        let name = &resource.name;
        match link.foreign_key {
            ForeignKey::Here(None) => {
                let there_are = format!("`by` names a field of `{name}`, and those are");
                let hint = suggestion(&by.to_string(), &known, &there_are);
                problems.at(by, format!("no field `{by}` in `{name}`; {hint}"));
            }
            ForeignKey::Here(Some(place)) if resource.columns[place].json.is_some() => {
                problems.at(
                    by,
                    format!("`{by}` is JSON and holds no key; name the field that holds the other record's primary key"),
                );
            }
            ForeignKey::Here(Some(_)) | ForeignKey::There(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn the_key_of_what_a_record_belongs_to_is_a_field_of_it() {
        assert_eq!(
            problems! {
                #[resource(relations(
                    author(belongs_to = Author, by = autor_id),
                    shelf(belongs_to = Shelf, by = place),
                    notes(belongs_to = Note, by = body),
                    chapters(has_many = Chapter, by = anything),
                ))]
                struct Book {
                    id: Uuid,
                    author_id: Uuid,
                    #[resource(json)]
                    body: Body,
                }
            },
            [
                "autor_id: no field `autor_id` in `Book`; did you mean `author_id`?",
                "place: no field `place` in `Book`; `by` names a field of `Book`, and those are `id`, `author_id` and `body`",
                "body: `body` is JSON and holds no key; name the field that holds the other record's primary key",
            ],
        );
    }
}
