//! A record of which nothing goes out is an empty object.

use crate::diag::Problems;
use crate::model::{Origin, Resource};

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for representation in &resource.representations {
        if representation.origin != Origin::ByDefault && representation.fields.is_empty() {
            let key = &representation.key;
            problems.at(
                key,
                format!(
                    "the list of `{key}` is empty; name at least one field, or leave it out for all"
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn an_empty_list_is_refused() {
        assert_eq!(
            problems! {
                #[resource(serial_fields(get = [], list = [id]))]
                struct Book { id: Uuid }
            },
            ["get: the list of `get` is empty; name at least one field, or leave it out for all"],
        );
        assert_eq!(
            problems! {
                #[resource(serial_fields = [])]
                struct Book { id: Uuid }
            },
            [
                "serial_fields: the list of `serial_fields` is empty; name at least one field, or leave it out for all"
            ],
        );
    }

    #[test]
    fn a_list_that_could_not_be_read_is_not_empty() {
        assert_eq!(
            problems! {
                #[resource(serial_fields = ["id"])]
                struct Book { id: Uuid }
            }
            .len(),
            1,
        );
    }
}
