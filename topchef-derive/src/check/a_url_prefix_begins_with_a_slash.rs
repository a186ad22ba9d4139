//! A prefix is the beginning of a path.

use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    let prefix = resource.url_prefix.value();
    if !prefix.starts_with('/') {
        let bare = prefix.trim_matches('/');
        problems.at(
            &resource.url_prefix,
            format!("`url_prefix` begins with a slash; write `url_prefix = \"/{bare}\"`"),
        );
    } else if let Some(step) = prefix.split('/').find(|part| super::is_a_step(part)) {
        problems.at(
            &resource.url_prefix,
            format!("clients take `{step}` out of a URL; write `url_prefix = \"/api/v1\"`"),
        );
    } else if prefix.contains("//")
        || !prefix
            .chars()
            .all(|letter| letter == '/' || super::is_plain_in_a_url(letter))
    {
        problems.at(
            &resource.url_prefix,
            "`url_prefix` is made of words between single slashes, of letters, digits, `-`, `_`, `.` and `~`; \
             write `url_prefix = \"/api/v1\"`",
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_prefix_without_a_slash_is_refused() {
        assert_eq!(
            problems! {
                #[resource(url_prefix = "api/v1")]
                struct Book { id: Uuid }
            },
            ["\"api/v1\": `url_prefix` begins with a slash; write `url_prefix = \"/api/v1\"`"],
        );
        assert_eq!(
            problems! {
                #[resource(url_prefix = "")]
                struct Book { id: Uuid }
            },
            ["\"\": `url_prefix` begins with a slash; write `url_prefix = \"/\"`"],
        );
    }

    #[test]
    fn a_prefix_is_fixed_text() {
        assert_eq!(
            problems! {
                #[resource(url_prefix = "/users/{id}")]
                struct Book { id: Uuid }
            },
            [
                "\"/users/{id}\": `url_prefix` is made of words between single slashes, of letters, digits, `-`, `_`, \
                 `.` and `~`; write `url_prefix = \"/api/v1\"`"
            ],
        );
    }

    #[test]
    fn a_slash_at_the_end_is_fine() {
        let problems = problems! {
            #[resource(url_prefix = "/api/")]
            struct Book { id: Uuid }
        };
        assert!(problems.is_empty(), "{problems:?}");
    }
}
