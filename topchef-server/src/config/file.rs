//! The configuration file: what stands in it under the keys of the settings, and the names of tokens.
//! It does not know what a value means, and nothing that it says of a file repeats a value: one may be a password.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::entries::{Entry, Value, entries};
use super::error::ConfigError;
use super::origin::Origin;
use super::setting::{Setting, Takes};
use super::settings::SETTINGS;
use super::source::Given;
use super::suggestion::closest;

/// The table whose keys are names that the operator chose.
const TOKENS: &str = "tokens";

/// What a configuration file says; the empty one says nothing.
#[derive(Debug, Default)]
pub(super) struct File {
    path: PathBuf,
    entries: BTreeMap<String, Entry>,
}

impl File {
    /// Reads a file.
    pub(super) fn read(path: &Path) -> Result<Self, ConfigError> {
        Self::parse(path, &text_of(path)?)
    }

    /// Reads the text of the file at `path`; every key must be that of a setting.
    pub(super) fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let file = Self::entries(path, text, is_table)?;
        let mut entries: Vec<_> = file.entries.iter().collect();
        entries.sort_by_key(|(_, entry)| entry.line);
        for (key, entry) in entries {
            file.check_known(key, entry)?;
        }
        Ok(file)
    }

    fn entries(path: &Path, text: &str, is_open: fn(&str) -> bool) -> Result<Self, ConfigError> {
        Ok(Self {
            path: path.to_owned(),
            entries: entries(path, text, is_open)?,
        })
    }

    /// The tokens of its table, by their names.
    pub(super) fn tokens(&self) -> Result<Vec<(String, Given)>, ConfigError> {
        if let Some(entry) = self.entries.get(TOKENS) {
            let name = self.origin(TOKENS, entry);
            return Err(ConfigError::NoToken { name });
        }
        let tokens = self.entries.iter().filter_map(|(key, entry)| {
            let name = token_name(key)?;
            Some(self.text(key, entry).map(|hash| (name.to_owned(), hash)))
        });
        tokens.collect()
    }

    /// The tokens of a file that holds nothing else, by their names.
    pub(super) fn read_tokens(path: &Path) -> Result<Vec<(String, Given)>, ConfigError> {
        let file = Self::entries(path, &text_of(path)?, |_| false)?;
        if file.entries.is_empty() {
            return Err(ConfigError::NoTokenInFile { path: file.path });
        }
        let tokens = file.entries.iter();
        tokens
            .map(|(name, entry)| Ok((name.clone(), file.text(name, entry)?)))
            .collect()
    }

    /// An entry that must be a text.
    fn text(&self, key: &str, entry: &Entry) -> Result<Given, ConfigError> {
        let origin = self.origin(key, entry);
        match &entry.value {
            Value::Text(text) => Ok(Given {
                origin,
                value: text.clone(),
            }),
            value => Err(ConfigError::WrongSort {
                name: origin,
                sort: value.sort(),
                wanted: wanted(Takes::Text("")),
            }),
        }
    }

    /// What it says of a setting.
    pub(super) fn find(&self, setting: Setting) -> Result<Option<Given>, ConfigError> {
        let Some(entry) = self.entries.get(setting.key) else {
            return Ok(None);
        };
        let origin = self.origin(setting.key, entry);
        let value = match (&entry.value, setting.takes) {
            (Value::Text(text), _) | (Value::Number(text), Takes::Number(_)) => text.clone(),
            (Value::Switch(switch), Takes::Switch) => switch.to_string(),
            (value, takes) => {
                return Err(ConfigError::WrongSort {
                    name: origin,
                    sort: value.sort(),
                    wanted: wanted(takes),
                });
            }
        };
        Ok(Some(Given { origin, value }))
    }

    /// Refuses a key that is neither that of a setting nor that of a token.
    fn check_known(&self, key: &str, entry: &Entry) -> Result<(), ConfigError> {
        let is_setting = SETTINGS.iter().any(|setting| setting.key == key);
        if is_setting || token_name(key).is_some() {
            return Ok(());
        }
        let name = self.origin(key, entry);
        if is_table(key) {
            return match entry.value {
                Value::EmptyTable => Ok(()),
                _ => Err(ConfigError::WrongSort {
                    name,
                    sort: entry.value.sort(),
                    wanted: "a table",
                }),
            };
        }
        let keys = SETTINGS.iter().map(|setting| setting.key);
        let suggestion = closest(key, keys.chain(tables()));
        Err(ConfigError::UnknownKey { name, suggestion })
    }

    fn origin(&self, key: &str, entry: &Entry) -> Origin {
        Origin::File {
            path: self.path.clone(),
            key: key.to_owned(),
            line: entry.line,
        }
    }
}

fn wanted(takes: Takes) -> &'static str {
    match takes {
        Takes::Text(_) => "a string, in quotes",
        Takes::Number(_) => "a whole number",
        Takes::Switch => "true or false",
    }
}

/// The name of a token, when the key is one of a token.
fn token_name(key: &str) -> Option<&str> {
    key.strip_prefix(TOKENS)?.strip_prefix('.')
}

/// All of a file.
fn text_of(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable {
        path: path.to_owned(),
        reason: error.to_string(),
    })
}

fn is_table(key: &str) -> bool {
    tables().any(|table| table == key)
}

/// The tables that there may be, each as often as there are settings in it.
fn tables() -> impl Iterator<Item = &'static str> {
    let of_settings = SETTINGS
        .iter()
        .filter_map(|setting| setting.key.split_once('.').map(|(table, _)| table));
    of_settings.chain([TOKENS])
}

#[cfg(test)]
mod tests {
    use crate::config::source::tests::file;

    fn refusal(text: &str) -> String {
        file(text).unwrap_err().to_string()
    }

    #[test]
    fn an_unknown_key_is_refused_with_what_may_have_been_meant() {
        for (text, words) in [
            (
                "host = \"::1\"\nprot = 8000",
                "`prot` on line 2 of topchef.toml is not a setting; did you mean `port`?",
            ),
            (
                "log_file = \"topchef.log\"",
                "`log_file` on line 1 of topchef.toml is not a setting; did you mean `log.file`?",
            ),
            (
                "[limits]\nport = 8000",
                "`limits.port` on line 2 of topchef.toml is not a setting; did you mean `port`?",
            ),
            (
                "[metadat]\nmaintainer_name = \"Ada\"",
                "`metadat` on line 1 of topchef.toml is not a setting; did you mean `metadata`?",
            ),
            (
                "colour = \"red\"",
                "`colour` on line 1 of topchef.toml is not a setting",
            ),
            (
                "config = \"other.toml\"",
                "`config` on line 1 of topchef.toml is not a setting",
            ),
            (
                "log = \"topchef.log\"",
                "`log` on line 1 of topchef.toml is a string, but must be a table",
            ),
        ] {
            assert_eq!(refusal(text), words);
        }
    }

    #[test]
    fn the_first_of_several_unknown_keys_is_named() {
        assert!(refusal("zzz = 1\naaa = 2").starts_with("`zzz` on line 1"));
    }

    #[test]
    fn tables_may_be_written_in_every_way_of_toml() {
        for text in [
            "[log]\nfile = \"lab.log\"",
            "log.file = \"lab.log\"",
            "log = { file = \"lab.log\" }",
        ] {
            let found = file(text).unwrap().find(super::super::settings::LOG_FILE);
            assert_eq!(found.unwrap().unwrap().value, "lab.log");
        }
    }

    #[test]
    fn what_is_not_toml_is_refused_with_its_line_and_without_its_text() {
        for line in [
            "database = postgres://ada:secret@db/lab",
            "database = \"postgres://ada:secret@db/lab",
            "database = 'postgres://ada:secret@db/lab\"",
            "database \"postgres://ada:secret@db/lab\"",
            "database = \"postgres://ada:se\\cret@db/lab\"",
            "database = \"lab.db\" secret",
            "postgres://ada:secret@db/lab",
            "port = 1\ndatabase = \"ada:secret\"",
        ] {
            let message = refusal(&format!("port = 8000\n{line}\n"));
            let start = "the configuration file topchef.toml is not TOML: line 2: ";
            assert!(message.starts_with(start), "{message}");
            assert!(!message.contains("secret"), "{message}");
            assert!(!message.contains("cret"), "{message}");
        }
    }
}
