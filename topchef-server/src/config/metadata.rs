//! What the server says about itself, and what it says when nobody told it.
//! It does not know where that is shown.

use super::{
    error::ConfigError,
    settings::{
        API_VERSION, DOCUMENTATION_URL, MAINTAINER_EMAIL, MAINTAINER_NAME,
        SOURCE_CODE_REPOSITORY_URL,
    },
    source::Sources,
};

/// What the server says about itself; the original's `ApiMetadata`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// Where the documentation of this installation is.
    pub documentation_url: String,
    /// Whom to write to.
    pub maintainer_email: String,
    /// Whom to ask for.
    pub maintainer_name: String,
    /// Where the source code is.
    pub source_code_repository_url: String,
    /// The version of the API.
    pub version: String,
}

impl Default for Metadata {
    /// Nothing is known of the maintainer; the version is that of this crate.
    fn default() -> Self {
        Self {
            documentation_url: String::new(),
            maintainer_email: String::new(),
            maintainer_name: String::new(),
            source_code_repository_url: String::new(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// The settings of the metadata; any text will do.
pub(super) fn metadata(sources: &Sources<'_>) -> Result<Metadata, ConfigError> {
    let default = Metadata::default();
    let text = |setting, default| Ok(sources.find(setting)?.map_or(default, |given| given.value));
    Ok(Metadata {
        documentation_url: text(DOCUMENTATION_URL, default.documentation_url)?,
        maintainer_email: text(MAINTAINER_EMAIL, default.maintainer_email)?,
        maintainer_name: text(MAINTAINER_NAME, default.maintainer_name)?,
        source_code_repository_url: text(
            SOURCE_CODE_REPOSITORY_URL,
            default.source_code_repository_url,
        )?,
        version: text(API_VERSION, default.version)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::file::File;
    use crate::config::source::tests::lookup;

    #[test]
    fn the_originals_names_are_understood() {
        let variables = [
            ("SOURCE_REPOSITORY", "https://example.org/code"),
            ("VERSION", "2.1"),
            ("AUTHOR", "Ada"),
            ("AUTHOR_EMAIL", "ada@example.org"),
            ("DOCUMENTATION_URL", "https://example.org/docs"),
        ];
        let sources = Sources {
            flag: &lookup(&[]),
            variable: &lookup(&variables),
            file: File::default(),
        };
        let expected = Metadata {
            documentation_url: "https://example.org/docs".to_owned(),
            maintainer_email: "ada@example.org".to_owned(),
            maintainer_name: "Ada".to_owned(),
            source_code_repository_url: "https://example.org/code".to_owned(),
            version: "2.1".to_owned(),
        };
        assert_eq!(metadata(&sources), Ok(expected));
    }
}
