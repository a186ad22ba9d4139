//! The path of a collection.
//!
//! It does not know where its parts come from.

/// The two parts of a URL together, with one slash between them and none at the end.
pub(super) fn path(url_prefix: &str, url_name: &str) -> String {
    format!(
        "{}/{}",
        url_prefix.trim_end_matches('/'),
        url_name.trim_matches('/')
    )
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn there_is_one_slash_between_the_parts() {
        assert_eq!(path("/", "books"), "/books");
        assert_eq!(path("/api/v1", "books"), "/api/v1/books");
        assert_eq!(path("/api/v1/", "books"), "/api/v1/books");
    }
}
