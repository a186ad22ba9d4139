//! The fields of related records for a method that does not exist would never be used.

use crate::diag::{self, Problems};
use crate::model::{Method, Resource};

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    let mut said = Vec::new();
    for listed in resource.related_lists.iter().flat_map(|it| &it.of_method) {
        let word = &listed.word;
        // Several relations stand under one method.
        if said.contains(&listed.method) {
            continue;
        }
        if !Method::WITH_FIELDS.contains(&listed.method) {
            let with_fields = diag::listed(&Method::WITH_FIELDS.map(Method::word));
            problems.at(
                word,
                format!("`{word}` answers without a record; `serial_field_relations` is for {with_fields}"),
            );
        } else if super::lacks(resource, &[listed.method]) {
            let name = &resource.name;
            problems.at(
                word,
                format!(
                    "`{name}` has no method `{word}`; add it to `methods(..)`, or remove this list"
                ),
            );
        } else {
            continue;
        }
        said.push(listed.method);
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_list_for_a_method_that_does_not_exist_is_refused_once() {
        assert_eq!(
            problems! {
                #[resource(
                    methods(get),
                    relations(author(belongs_to = Author, by = author_id), cover(has_one = Cover, by = book_id)),
                    serial_field_relations(get(author = [id]), list(author = [id], cover = [id])),
                )]
                struct Book { id: Uuid, author_id: Uuid }
            },
            ["list: `Book` has no method `list`; add it to `methods(..)`, or remove this list"],
        );
    }

    #[test]
    fn a_list_for_a_method_without_an_answer_is_refused_once() {
        assert_eq!(
            problems! {
                #[resource(
                    relations(author(belongs_to = Author, by = author_id), cover(has_one = Cover, by = book_id)),
                    serial_field_relations(delete(author = [id], cover = [id])),
                )]
                struct Book { id: Uuid, author_id: Uuid }
            },
            ["delete: `delete` answers without a record; \
              `serial_field_relations` is for `get`, `list`, `post`, `put` and `patch`"],
        );
    }
}
