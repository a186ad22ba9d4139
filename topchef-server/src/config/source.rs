//! Where a value comes from: flags before variables, and the name each was found under.
//! It does not know which settings there are, nor what their values mean beyond true and false.

use super::{error::ConfigError, setting::Setting};

/// Where settings are looked up.
pub(super) struct Sources<'a> {
    pub(super) flag: &'a dyn Fn(&str) -> Option<String>,
    pub(super) variable: &'a dyn Fn(&str) -> Option<String>,
}

/// A value and the name it was found under.
#[cfg_attr(test, derive(Debug, PartialEq, Eq))]
pub(super) struct Given {
    pub(super) name: &'static str,
    pub(super) value: String,
}

/// The lookup of variables in the environment of this process; the only place that reads it.
///
/// What is not UTF-8 comes with replacement characters, which no setting accepts.
pub fn process_environment(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

impl Sources<'_> {
    /// What a setting was set to, under the strongest of its names.
    pub(super) fn find(&self, setting: Setting) -> Result<Option<Given>, ConfigError> {
        if let Some(value) = (self.flag)(setting.flag) {
            return Ok(Some(Given {
                name: setting.flag,
                value,
            }));
        }
        for name in setting.variables {
            if let Some(given) = self.find_variable(name)? {
                return Ok(Some(given));
            }
        }
        Ok(None)
    }

    /// What a variable was set to; an empty one counts as unset.
    pub(super) fn find_variable(&self, name: &'static str) -> Result<Option<Given>, ConfigError> {
        match (self.variable)(name).filter(|value| !value.is_empty()) {
            Some(value) if value.contains(char::REPLACEMENT_CHARACTER) => {
                Err(ConfigError::NotUnicode { name })
            }
            value => Ok(value.map(|value| Given { name, value })),
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
                name: self.name,
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
    use crate::config::setting::{DEBUG, MAINTAINER_NAME, PORT};

    pub(in crate::config) type Pairs<'a> = &'a [(&'a str, &'a str)];

    /// Finds what a name is paired with.
    pub(in crate::config) fn lookup(pairs: Pairs<'_>) -> impl Fn(&str) -> Option<String> {
        move |name| {
            let (_, value) = pairs.iter().find(|(known, _)| *known == name)?;
            Some((*value).to_owned())
        }
    }

    /// A value as it is found under a name.
    pub(in crate::config) fn given(name: &'static str, value: &str) -> Given {
        let value = value.to_owned();
        Given { name, value }
    }

    fn find(
        setting: Setting,
        flags: Pairs<'_>,
        variables: Pairs<'_>,
    ) -> Result<Option<Given>, ConfigError> {
        Sources {
            flag: &lookup(flags),
            variable: &lookup(variables),
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
}
