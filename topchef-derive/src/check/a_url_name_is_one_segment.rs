//! The name of a resource is the last part of its URL, so it has no slash, above all not at its beginning.

use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    let name = resource.url_name.value();
    if let Some((before, last)) = name.trim_end_matches('/').rsplit_once('/') {
        let prefix = before.trim_start_matches('/');
        problems.at(
            &resource.url_name,
            format!(
                "`url_name` is the last part of the URL and has no `/`; \
                 write `url_prefix = \"/{prefix}\", url_name = \"{last}\"`"
            ),
        );
    } else if super::is_a_step(&name) {
        problems.at(
            &resource.url_name,
            format!("clients take `{name}` out of a URL; write a name: `url_name = \"books\"`"),
        );
    } else if name.is_empty() || !name.chars().all(super::is_plain_in_a_url) {
        let name = name.escape_debug();
        problems.at(
            &resource.url_name,
            format!(
                "`{name}` cannot be part of a URL; write letters, digits, `-`, `_`, `.` and `~`: `url_name = \"books\"`"
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn an_absolute_name_is_refused() {
        assert_eq!(
            problems! {
                #[resource(url_name = "/books")]
                struct Book { id: Uuid }
            },
            [
                "\"/books\": `url_name` is the last part of the URL and has no `/`; \
                 write `url_prefix = \"/\", url_name = \"books\"`"
            ],
        );
    }

    #[test]
    fn a_name_of_two_parts_is_refused() {
        assert_eq!(
            problems! {
                #[resource(url_name = "api/books")]
                struct Book { id: Uuid }
            },
            [
                "\"api/books\": `url_name` is the last part of the URL and has no `/`; \
                 write `url_prefix = \"/api\", url_name = \"books\"`"
            ],
        );
    }

    #[test]
    fn empty_and_odd_names_are_refused() {
        assert_eq!(
            problems! {
                #[resource(url_name = "")]
                struct Book { id: Uuid }
            },
            [
                "\"\": `` cannot be part of a URL; write letters, digits, `-`, `_`, `.` and `~`: `url_name = \"books\"`"
            ],
        );
        assert_eq!(
            problems! {
                #[resource(url_name = "my books")]
                struct Book { id: Uuid }
            }
            .len(),
            1,
        );
    }

    #[test]
    fn a_derived_name_that_is_no_url_is_an_error_on_the_struct() {
        assert_eq!(
            problems!(
                struct Straße {
                    id: Uuid,
                }
            ),
            [
                "Straße: `straßes` cannot be part of a URL; write letters, digits, `-`, `_`, `.` and `~`: \
                 `url_name = \"books\"`"
            ],
        );
    }
}
