//! What every setting is in the end, and where that was given, for people who ask why.
//! It does not know how it is printed; whatever may hold a secret is shown without it.

use serde::Serialize;

use super::error::ConfigError;
use super::host::given_host;
use super::origin::Origin;
use super::resolve::serve;
use super::setting::Setting;
use super::settings::{
    ALLOW_ANONYMOUS, API_VERSION, DATABASE, DATABASE_CONNECTIONS, DEBUG, DOCUMENTATION_URL, HOST,
    LOG_FILE, LOG_FILTER, LOG_FORMAT, LOG_KEEP, MAINTAINER_EMAIL, MAINTAINER_NAME, MAX_BODY_BYTES,
    MAX_DEPTH, MAX_DOCUMENT_BYTES, MAX_SCHEMA_BYTES, MAX_VALIDATION_MILLISECONDS, PORT, PUBLIC_URL,
    SETTINGS, SOURCE_CODE_REPOSITORY_URL, THREADS, TOKENS_FILE,
};
use super::source::Sources;
use super::token_table::given_tokens;
use super::values::Config;

/// Everything that is in force.
#[derive(Debug, Clone)]
pub struct AllInForce {
    /// The settings, in the order of [`SETTINGS`].
    pub settings: Vec<InForce>,
    /// The names of the tokens, each with where it was given.
    pub tokens: Vec<(String, Origin)>,
}

/// A setting as it is in force.
#[derive(Debug, Clone)]
pub struct InForce {
    /// The setting.
    pub setting: Setting,
    /// Its value, without secrets; none when there is none.
    pub value: Option<Shown>,
    /// Where it was given.
    pub origin: Origin,
}

/// A value that may be shown to anybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Shown {
    /// A text.
    Text(String),
    /// A number.
    Number(u64),
    /// A switch.
    Switch(bool),
}

/// How a setting is read off the configuration.
type Show = fn(&Config) -> Option<Shown>;

const SHOWN: [(Setting, Show); SETTINGS.len()] = [
    (HOST, |config| text(&config.address.ip())),
    (PORT, |config| number(config.address.port())),
    (PUBLIC_URL, |config| {
        config.public_url.as_ref().and_then(text)
    }),
    (ALLOW_ANONYMOUS, |config| switch(config.allow_anonymous)),
    (TOKENS_FILE, |config| {
        let file = config.tokens_file.as_ref()?;
        text(&file.display())
    }),
    (THREADS, |config| size(config.threads.get())),
    (DATABASE, |config| text(&config.database)),
    (DATABASE_CONNECTIONS, |config| {
        let connections = config.database_connections?;
        number(connections.get())
    }),
    (DEBUG, |config| switch(config.log.debug)),
    (LOG_FILTER, |config| {
        config.log.filter.as_ref().and_then(text)
    }),
    (LOG_FILE, |config| {
        let file = config.log.file.as_ref()?;
        text(&file.display())
    }),
    (LOG_FORMAT, |config| text(config.log.format.name())),
    (LOG_KEEP, |config| size(config.log.keep)),
    (MAX_BODY_BYTES, |config| size(config.limits.body_bytes)),
    (MAX_SCHEMA_BYTES, |config| size(config.limits.schema_bytes)),
    (MAX_DOCUMENT_BYTES, |config| {
        size(config.limits.document_bytes)
    }),
    (MAX_DEPTH, |config| size(config.limits.depth)),
    (MAX_VALIDATION_MILLISECONDS, |config| {
        number(config.limits.validation_milliseconds)
    }),
    (MAINTAINER_NAME, |config| {
        text(&config.metadata.maintainer_name)
    }),
    (MAINTAINER_EMAIL, |config| {
        text(&config.metadata.maintainer_email)
    }),
    (DOCUMENTATION_URL, |config| {
        text(&config.metadata.documentation_url)
    }),
    (SOURCE_CODE_REPOSITORY_URL, |config| {
        text(&config.metadata.source_code_repository_url)
    }),
    (API_VERSION, |config| text(&config.metadata.version)),
];

#[expect(clippy::unnecessary_wraps, reason = "a value that there is")]
fn text(value: &(impl ToString + ?Sized)) -> Option<Shown> {
    Some(Shown::Text(value.to_string()))
}

#[expect(clippy::unnecessary_wraps, reason = "a value that there is")]
fn number(value: impl Into<u64>) -> Option<Shown> {
    Some(Shown::Number(value.into()))
}

fn size(value: usize) -> Option<Shown> {
    u64::try_from(value).ok().map(Shown::Number)
}

#[expect(clippy::unnecessary_wraps, reason = "a value that there is")]
fn switch(value: bool) -> Option<Shown> {
    Some(Shown::Switch(value))
}

impl Config {
    /// What every setting of `serve` is in the end, and where that was given.
    ///
    /// # Errors
    /// As [`Config::resolve`].
    pub fn in_force(
        flag: impl Fn(&str) -> Option<String>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<AllInForce, ConfigError> {
        let sources = Sources::open(&flag, &variable)?;
        let config = serve(&sources)?;
        let settings = SHOWN.into_iter().map(|(setting, show)| {
            Ok(InForce {
                setting,
                value: show(&config),
                origin: origin(&sources, setting)?,
            })
        });
        let tokens = given_tokens(&sources)?.into_iter();
        Ok(AllInForce {
            settings: settings.collect::<Result<_, _>>()?,
            tokens: tokens.map(|(name, hash)| (name, hash.origin)).collect(),
        })
    }
}

fn origin(sources: &Sources<'_>, setting: Setting) -> Result<Origin, ConfigError> {
    let given = if setting.key == HOST.key {
        given_host(sources)?
    } else {
        sources.find(setting)?
    };
    Ok(given.map_or(Origin::Default, |given| given.origin))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Takes;
    use crate::config::source::tests::{Pairs, lookup};

    fn in_force(flags: Pairs<'_>, variables: Pairs<'_>) -> Vec<InForce> {
        let all = Config::in_force(lookup(flags), lookup(variables)).unwrap();
        all.settings
    }

    fn find(settings: &[InForce], key: &str) -> (Option<Shown>, String) {
        let found = settings.iter().find(|found| found.setting.key == key);
        let found = found.unwrap();
        (found.value.clone(), found.origin.to_string())
    }

    #[test]
    fn every_setting_is_shown_as_it_was_set_and_in_the_order_of_the_table() {
        let directory = tempfile::tempdir().unwrap();
        let tokens = directory.path().join("tokens.toml");
        std::fs::write(&tokens, crate::tokens::line("ada", "abc")).unwrap();
        for (shown, setting) in SHOWN.iter().zip(SETTINGS) {
            assert_eq!(shown.0.key, setting.key);
            let value = match (setting.key, setting.takes) {
                ("host", _) => "127.0.0.9",
                ("public_url", _) => "https://lab.example.org",
                ("database", _) => "/lab.db",
                ("log.format", _) => "json",
                ("tokens_file", _) => tokens.to_str().unwrap(),
                (_, Takes::Text(_)) => "info",
                (_, Takes::Number(_)) => "7",
                (_, Takes::Switch) => "true",
            };
            let expected = match setting.takes {
                Takes::Text(_) => Shown::Text(value.to_owned()),
                Takes::Number(_) => Shown::Number(7),
                Takes::Switch => Shown::Switch(true),
            };
            let settings = in_force(&[(setting.flag, value)], &[]);
            let found = find(&settings, setting.key);
            assert_eq!(found, (Some(expected), setting.flag.to_owned()));
        }
    }

    #[test]
    fn a_default_is_what_the_table_says() {
        for found in in_force(&[], &[]) {
            let (default, key) = (found.setting.default, found.setting.key);
            assert_eq!(found.origin, Origin::Default, "{key}");
            match found.value {
                // Others are said in words.
                Some(Shown::Number(value)) if default.parse::<u64>().is_ok() => {
                    assert_eq!(value.to_string(), default, "{key}");
                }
                Some(Shown::Switch(value)) => assert_eq!(value.to_string(), default, "{key}"),
                None => assert_eq!(default, "", "{key}"),
                _ => {}
            }
        }
    }

    #[test]
    fn the_name_of_the_machine_is_not_where_the_host_comes_from() {
        let settings = in_force(&[], &[("HOSTNAME", "bench-7"), ("PORT", "8000")]);
        let default = Some(Shown::Text("127.0.0.1".to_owned()));
        assert_eq!(find(&settings, "host"), (default, "default".to_owned()));
        let port = Some(Shown::Number(8000));
        assert_eq!(find(&settings, "port"), (port, "PORT".to_owned()));
    }

    #[test]
    fn a_password_is_not_shown() {
        let address = "postgres://ada:secret@db/lab?password=secret";
        let settings = in_force(&[], &[("DATABASE_URI", address)]);
        assert!(!format!("{settings:?}").contains("secret"), "{settings:?}");
    }
}
