//! A name in JSON is one field, and a name in a list is one thing.

use syn::ext::IdentExt;

use crate::diag::Problems;
use crate::model::{Relation, Resource};

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for (place, relation) in resource.relations.iter().enumerate() {
        let name = &relation.name;
        if let Some(message) = clash(resource, relation, &resource.relations[..place]) {
            problems.at(name, message);
        }
    }
}

fn clash(resource: &Resource, relation: &Relation, before: &[Relation]) -> Option<String> {
    let Relation { name, wire, .. } = relation;
    let plain = name.unraw();
    if before.iter().any(|other| other.name.unraw() == plain) {
        return Some(format!(
            "the relation `{name}` stands there twice; keep one"
        ));
    }
    if let Some(other) = before.iter().find(|other| other.wire == *wire) {
        let other = &other.name;
        return Some(format!(
            "the relations `{other}` and `{name}` would both be `{wire}` on the wire; rename one"
        ));
    }
    if resource
        .columns
        .iter()
        .any(|column| column.field.unraw() == plain || column.wire == *wire)
    {
        return Some(format!(
            "the relation `{name}` and a field would both be `{wire}`; rename the relation"
        ));
    }
    let mut computed = resource.computed.iter();
    computed
        .any(|computed| computed.method.unraw() == plain || computed.wire == *wire)
        .then(|| {
            format!(
                "the relation `{name}` and a method would both be `{wire}`; rename the relation"
            )
        })
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_name_is_one_thing() {
        assert_eq!(
            problems! {
                #[resource(
                    rename_all = "camelCase",
                    serial_fields = [id, label()],
                    relations(
                        author(belongs_to = Author, by = author_id),
                        author(belongs_to = Author, by = author_id),
                        old_author(belongs_to = Author, by = author_id),
                        oldAuthor(belongs_to = Author, by = author_id),
                        title(has_one = Title, by = book_id),
                        authorId(has_one = Title, by = book_id),
                        label(has_one = Label, by = book_id),
                    ),
                )]
                struct Book { id: Uuid, title: String, author_id: Uuid }
            },
            [
                "author: the relation `author` stands there twice; keep one",
                "oldAuthor: the relations `old_author` and `oldAuthor` would both be `oldAuthor` on the wire; rename one",
                "title: the relation `title` and a field would both be `title`; rename the relation",
                "authorId: the relation `authorId` and a field would both be `authorId`; rename the relation",
                "label: the relation `label` and a method would both be `label`; rename the relation",
            ],
        );
    }
}
