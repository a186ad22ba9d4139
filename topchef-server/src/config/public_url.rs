//! Which public address links can be built from.
//! It does not know how the address is looked up, nor who builds links.

use http::Uri;

use super::{error::ConfigError, source::Given};

/// The public address that was given.
pub(super) fn public_url(given: &Given) -> Result<String, ConfigError> {
    base(&given.value).ok_or_else(|| ConfigError::PublicUrl {
        name: given.origin.clone(),
    })
}

/// The address without its trailing slashes, when links can be built by appending a path to it.
fn base(value: &str) -> Option<String> {
    if value.contains(['?', '#', '@']) {
        return None;
    }
    let address: Uri = value.parse().ok()?;
    let is_http = matches!(address.scheme_str(), Some("http" | "https"));
    let has_host = address.host().is_some_and(|host| !host.is_empty());
    (is_http && has_host).then(|| value.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::source::tests::{given, origin};

    fn public_url_of(value: &str) -> Result<String, ConfigError> {
        public_url(&given("TOPCHEF_PUBLIC_URL", value))
    }

    #[test]
    fn a_public_url_loses_its_trailing_slash() {
        for (value, url) in [
            ("https://lab.example.org", "https://lab.example.org"),
            (
                "http://lab.example.org:8000/",
                "http://lab.example.org:8000",
            ),
            (
                "https://example.org/topchef//",
                "https://example.org/topchef",
            ),
        ] {
            assert_eq!(public_url_of(value).as_deref(), Ok(url));
        }
    }

    #[test]
    fn a_public_url_that_makes_no_links_is_refused() {
        for value in [
            "lab.example.org",
            "/topchef",
            "ftp://example.org",
            "https://",
            "https:///path",
            "https://ada:secret@example.org",
            "https://example.org/?a=b",
            "https://example.org/#top",
            "https://exam ple.org",
        ] {
            assert_eq!(
                public_url_of(value),
                Err(ConfigError::PublicUrl {
                    name: origin("TOPCHEF_PUBLIC_URL")
                }),
                "{value}"
            );
        }
    }
}
