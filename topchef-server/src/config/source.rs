//! Where a value comes from: flags before variables before the file, and the name each was found under.
//! It does not know which settings there are, nor what their values mean beyond true and false.

use std::path::Path;

use super::{
    error::ConfigError, file::File, origin::Origin, setting::Setting, settings::CONFIG_FILE,
};

/// Where settings are looked up.
pub(super) struct Sources<'a> {
    pub(super) flag: &'a dyn Fn(&str) -> Option<String>,
    pub(super) variable: &'a dyn Fn(&str) -> Option<String>,
    pub(super) file: File,
}

/// A value and where it was given.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) origin: Origin,
    pub(super) value: String,
}

/// The lookup of variables in the environment of this process; the only place that reads it.
///
/// What is not UTF-8 comes with replacement characters, which no setting accepts.
pub fn process_environment(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

impl<'a> Sources<'a> {
    /// The flags, the variables, and the configuration file when they name one.
    pub(super) fn open(
        flag: &'a dyn Fn(&str) -> Option<String>,
        variable: &'a dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let file = File::default();
        let mut sources = Self {
            flag,
            variable,
            file,
        };
        if let Some(named) = sources.find(CONFIG_FILE)? {
            sources.file = File::read(Path::new(&named.value))?;
        }
        Ok(sources)
    }
}

impl Sources<'_> {
    /// What a setting was set to, under the strongest of its names.
    pub(super) fn find(&self, setting: Setting) -> Result<Option<Given>, ConfigError> {
        if let Some(value) = (self.flag)(setting.flag) {
            return Ok(Some(Given {
                origin: Origin::Flag(setting.flag),
                value,
            }));
        }
        for name in setting.variables {
            if let Some(given) = self.find_variable(name)? {
                return Ok(Some(given));
            }
        }
        self.file.find(setting)
    }

    /// What a variable was set to; an empty one counts as unset.
    fn find_variable(&self, name: &'static str) -> Result<Option<Given>, ConfigError> {
        let origin = Origin::Variable(name);
        match (self.variable)(name).filter(|value| !value.is_empty()) {
            Some(value) if value.contains(char::REPLACEMENT_CHARACTER) => {
                Err(ConfigError::NotUnicode { name: origin })
            }
            value => Ok(value.map(|value| Given { origin, value })),
        }
    }

    /// As [`Sources::find`], through `parse`, which takes what `allowed` says.
    pub(super) fn parse<T>(
        &self,
        setting: Setting,
        allowed: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, ConfigError> {
        self.find(setting)?
            .map(|given| given.parse(allowed, parse))
            .transpose()
    }

    /// Whether a switch was set; it is off when nobody says otherwise.
    pub(super) fn boolean(&self, setting: Setting) -> Result<bool, ConfigError> {
        let given = self.parse(setting, "true or false", boolean)?;
        Ok(given.unwrap_or(false))
    }
}

impl Given {
    /// The value through `parse`, which takes what `allowed` says.
    pub(super) fn parse<T>(
        self,
        allowed: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, ConfigError> {
        match parse(&self.value) {
            Some(value) => Ok(value),
            None => Err(ConfigError::Invalid {
                name: self.origin,
                value: self.value,
                allowed,
            }),
        }
    }
}

fn boolean(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "1" | "t" | "true" | "y" | "yes" | "on" => Some(true),
        "0" | "f" | "false" | "n" | "no" | "off" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::config::settings::{DATABASE, DEBUG, MAINTAINER_NAME, PORT};

    pub(in crate::config) type Pairs<'a> = &'a [(&'a str, &'a str)];

    /// Finds what a name is paired with.
    pub(in crate::config) fn lookup(pairs: Pairs<'_>) -> impl Fn(&str) -> Option<String> {
        move |name| {
            let (_, value) = pairs.iter().find(|(known, _)| *known == name)?;
            Some((*value).to_owned())
        }
    }

    /// Where a flag or a variable of that name stands.
    pub(in crate::config) fn origin(name: &'static str) -> Origin {
        if name.starts_with("--") {
            Origin::Flag(name)
        } else {
            Origin::Variable(name)
        }
    }

    /// A value as it is found under the name of a flag or a variable.
    pub(in crate::config) fn given(name: &'static str, value: &str) -> Given {
        Given {
            origin: origin(name),
            value: value.to_owned(),
        }
    }

    /// A configuration file with that text.
    pub(in crate::config) fn file(text: &str) -> Result<File, ConfigError> {
        File::parse(Path::new("topchef.toml"), text)
    }

    fn find(
        setting: Setting,
        flags: Pairs<'_>,
        variables: Pairs<'_>,
    ) -> Result<Option<Given>, ConfigError> {
        Sources {
            flag: &lookup(flags),
            variable: &lookup(variables),
            file: File::default(),
        }
        .find(setting)
    }

    #[test]
    fn flags_win_over_our_variables_and_those_over_the_originals() {
        let originals = ("PORT", "3");
        let ours = ("TOPCHEF_PORT", "2");
        let flag = ("--port", "1");
        assert_eq!(find(PORT, &[], &[originals]), Ok(Some(given("PORT", "3"))));
        assert_eq!(
            find(PORT, &[], &[originals, ours]),
            Ok(Some(given("TOPCHEF_PORT", "2")))
        );
        assert_eq!(
            find(PORT, &[flag], &[originals, ours]),
            Ok(Some(given("--port", "1")))
        );
    }

    #[test]
    fn a_weaker_name_is_not_looked_at() {
        let variables = [("TOPCHEF_PORT", "x"), ("PORT", "\u{fffd}")];
        assert_eq!(
            find(PORT, &[("--port", "0")], &variables),
            Ok(Some(given("--port", "0")))
        );
        assert_eq!(
            find(PORT, &[], &variables),
            Ok(Some(given("TOPCHEF_PORT", "x")))
        );
    }

    #[test]
    fn empty_variables_count_as_unset_and_empty_flags_do_not() {
        let variables = [("TOPCHEF_PORT", ""), ("PORT", "7")];
        assert_eq!(find(PORT, &[], &variables), Ok(Some(given("PORT", "7"))));
        assert_eq!(find(PORT, &[], &variables[..1]), Ok(None));
        assert_eq!(
            find(PORT, &[("--port", "")], &variables),
            Ok(Some(given("--port", "")))
        );
    }

    #[test]
    fn wrong_values_are_named_with_what_is_allowed() {
        let sources = Sources {
            flag: &lookup(&[]),
            variable: &lookup(&[("DEBUG", "app:*"), ("AUTHOR", "Ren\u{fffd}")]),
            file: File::default(),
        };
        assert_eq!(
            sources.boolean(DEBUG).unwrap_err().to_string(),
            "DEBUG is \"app:*\", but must be true or false"
        );
        assert_eq!(
            sources.find(MAINTAINER_NAME).unwrap_err().to_string(),
            "AUTHOR is not valid UTF-8"
        );
    }

    #[test]
    fn the_file_is_the_weakest_source_and_a_value_of_it_is_named_with_its_line() {
        let of = |variables: Pairs<'_>, text: &str| {
            Sources {
                flag: &lookup(&[]),
                variable: &lookup(variables),
                file: file(text).unwrap(),
            }
            .find(PORT)
        };
        let text = "# The server of the lab\n\nport = 0x1F90";
        assert_eq!(of(&[("PORT", "3")], text), Ok(Some(given("PORT", "3"))));
        let found = of(&[("PORT", "")], text).unwrap().unwrap();
        assert_eq!(found.value, "8080");
        assert_eq!(found.origin.to_string(), "`port` on line 3 of topchef.toml");
        assert_eq!(of(&[], "port = \"8080\"").unwrap().unwrap().value, "8080");
        assert_eq!(of(&[], "threads = 2"), Ok(None));
    }

    #[test]
    fn a_value_of_another_sort_is_refused_without_repeating_it() {
        let refusal = |setting, text: &str| {
            let sources = Sources {
                flag: &lookup(&[]),
                variable: &lookup(&[]),
                file: file(text).unwrap(),
            };
            sources.find(setting).unwrap_err().to_string()
        };
        assert_eq!(
            refusal(PORT, "port = true"),
            "`port` on line 1 of topchef.toml is true or false, but must be a whole number"
        );
        assert_eq!(
            refusal(DATABASE, "database = [\"postgres://ada:secret@db/lab\"]"),
            "`database` on line 1 of topchef.toml is an array, but must be a string, in quotes"
        );
        assert_eq!(
            refusal(DEBUG, "[log]\ndebug = 1.5"),
            "`log.debug` on line 2 of topchef.toml is a number with a fraction, but must be true or false"
        );
    }
}
