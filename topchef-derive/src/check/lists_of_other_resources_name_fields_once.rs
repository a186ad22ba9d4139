//! What goes out of a related record, or of one that a hook answers with, has at least one field and each of them once.

use syn::Ident;
use syn::ext::IdentExt;

use crate::diag::Problems;
use crate::model::{Resource, SerialName};

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for list in &resource.related_lists {
        each_once(&list.relation, &list.names, problems);
    }
    for answer in &resource.answers {
        each_once(&answer.method.word, &answer.names, problems);
    }
}

fn each_once(key: &Ident, names: &[SerialName], problems: &mut Problems) {
    if names.is_empty() {
        problems.at(
            key,
            format!(
                "the list of `{key}` is empty; name at least one field, or leave it out for all"
            ),
        );
    }
    for (place, SerialName { word, .. }) in names.iter().enumerate() {
        let before = &names[..place];
        if before
            .iter()
            .any(|other| other.word.unraw() == word.unraw())
        {
            problems.at(word, format!("`{word}` is listed twice; remove one"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn the_second_one_is_refused_and_so_is_none() {
        assert_eq!(
            problems! {
                #[resource(
                    relations(author(belongs_to = Author, by = author_id)),
                    serial_field_relations(author = [id, name, id], get(author = [])),
                    serial_fields(post = Job[id, id()], put = Job[]),
                    after_commit(post = f, put = f),
                )]
                struct Book { id: Uuid, author_id: Uuid }
            },
            [
                "author: the list of `author` is empty; name at least one field, or leave it out for all",
                "id: `id` is listed twice; remove one",
                "id: `id` is listed twice; remove one",
                "put: the list of `put` is empty; name at least one field, or leave it out for all",
            ],
        );
    }
}
