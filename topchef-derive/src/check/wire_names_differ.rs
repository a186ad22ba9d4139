//! A name in JSON is one field.

use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for (place, column) in resource.columns.iter().enumerate() {
        let before = &resource.columns[..place];
        // Where the constants are the same too, that has been said.
        let other = before
            .iter()
            .find(|other| other.wire == column.wire && other.constant != column.constant);
        if let Some(other) = other {
            let message = format!(
                "the fields `{}` and `{}` would both be `{}` on the wire; rename one",
                other.name, column.name, column.wire
            );
            match &column.rename {
                Some(written) => problems.at(written, message),
                None => problems.at(&column.field, message),
            }
        }
    }
    for (place, computed) in resource.computed.iter().enumerate() {
        let method = &computed.method;
        let wire = &computed.wire;
        if resource.columns.iter().any(|column| column.wire == *wire) {
            problems.at(
                method,
                format!(
                    "the method `{method}()` and a field would both be `{wire}` on the wire; \
                     write `{method}` for the field, or rename the method"
                ),
            );
        } else if let Some(other) = resource.computed[..place]
            .iter()
            .find(|other| other.wire == *wire)
        {
            let other = &other.method;
            problems.at(
                method,
                format!("the methods `{other}()` and `{method}()` would both be `{wire}` on the wire; rename one"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn two_fields_of_one_name_are_refused() {
        assert_eq!(
            problems! {
                #[resource(rename_all = "camelCase")]
                struct Book {
                    id: Uuid,
                    a_1: i32,
                    a1: i32,
                }
            },
            ["a1: the fields `a_1` and `a1` would both be `a1` on the wire; rename one"],
        );
    }

    #[test]
    fn a_field_renamed_to_another_is_refused() {
        assert_eq!(
            problems! {
                struct Book {
                    id: Uuid,
                    title: String,
                    #[resource(rename = "title")]
                    name: String,
                    #[resource(rename = "name")]
                    label: String,
                }
            },
            [
                "\"title\": the fields `title` and `name` would both be `title` on the wire; rename one"
            ],
        );
    }

    #[test]
    fn a_method_named_as_a_field_is_refused() {
        assert_eq!(
            problems! {
                #[resource(serial_fields(get = [id, title()], list = [title()]))]
                struct Book { id: Uuid, title: String }
            },
            [
                "title: the method `title()` and a field would both be `title` on the wire; \
                 write `title` for the field, or rename the method"
            ],
        );
    }

    #[test]
    fn two_methods_of_one_name_are_refused() {
        assert_eq!(
            problems! {
                #[resource(rename_all = "camelCase", serial_fields = [full_name(), fullName()])]
                struct Author { id: Uuid }
            },
            [
                "fullName: the methods `full_name()` and `fullName()` would both be `fullName` on the wire; rename one"
            ],
        );
    }
}
