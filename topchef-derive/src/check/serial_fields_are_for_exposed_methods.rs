//! A list for a method that does not exist, or that answers without a record, would never be used.

use crate::diag::{Problems, listed};
use crate::model::{Method, Origin, Representation, Resource};

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    let for_one = |representation: &&Representation| representation.origin == Origin::ForOne;
    for representation in resource.representations.iter().filter(for_one) {
        let key = &representation.key;
        if !representation
            .methods
            .iter()
            .any(|method| Method::WITH_FIELDS.contains(method))
        {
            let with_fields = listed(&Method::WITH_FIELDS.map(Method::word));
            problems.at(
                key,
                format!("`{key}` answers without a record; `serial_fields` is for {with_fields}"),
            );
        } else if super::lacks(resource, &representation.methods) {
            let name = &resource.name;
            problems.at(
                key,
                format!(
                    "`{name}` has no method `{key}`; add it to `methods(..)`, or remove this list"
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_list_for_delete_is_refused() {
        assert_eq!(
            problems! {
                #[resource(serial_fields(delete = [id]))]
                struct Book { id: Uuid }
            },
            [
                "delete: `delete` answers without a record; `serial_fields` is for `get`, `list`, `post`, `put` and `patch`"
            ],
        );
    }

    #[test]
    fn a_list_for_a_method_that_does_not_exist_is_refused() {
        assert_eq!(
            problems! {
                #[resource(methods(get), serial_fields(get = [id], post = [id]))]
                struct Book { id: Uuid }
            },
            ["post: `Book` has no method `post`; add it to `methods(..)`, or remove this list"],
        );
    }

    #[test]
    fn a_list_for_all_methods_is_for_those_there_are() {
        let problems = problems! {
            #[resource(methods(get), serial_fields = [id])]
            struct Book { id: Uuid }
        };
        assert!(problems.is_empty(), "{problems:?}");
    }
}
