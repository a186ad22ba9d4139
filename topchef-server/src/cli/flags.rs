//! The flags of a command, made from the table of the settings, and what each was set to.
//! It does not know what their values mean: all are text here, so that a wrong value is refused in the same words
//! wherever it comes from.

use std::collections::BTreeMap;

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use crate::config::{CONFIG_FILE, SETTINGS, Setting, TakenBy, Takes};

/// The flags of the server: every setting has one.
pub(super) type ServeFlags = Flags<true>;

/// The flags of the commands that only work on the database.
pub(super) type StorageFlags = Flags<false>;

/// What was set by flags: of all settings, or of those that every command takes.
#[derive(Debug, Clone)]
pub(super) struct Flags<const ALL: bool>(BTreeMap<&'static str, String>);

impl<const ALL: bool> Flags<ALL> {
    /// What a flag was set to; its name is given with its dashes.
    pub(super) fn flag(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }

    fn settings() -> impl Iterator<Item = Setting> {
        let all = [CONFIG_FILE].into_iter().chain(SETTINGS);
        all.filter(|setting| ALL || setting.taken_by == TakenBy::Every)
    }
}

impl<const ALL: bool> Args for Flags<ALL> {
    fn augment_args(command: Command) -> Command {
        command.args(Self::settings().map(argument))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<const ALL: bool> FromArgMatches for Flags<ALL> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut flags = Self(BTreeMap::new());
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for setting in Self::settings() {
            if let Some(value) = matches.get_one::<String>(setting.flag) {
                self.0.insert(setting.flag, value.clone());
            }
        }
        Ok(())
    }
}

fn argument(setting: Setting) -> Arg {
    let argument = Arg::new(setting.flag)
        .long(setting.flag.trim_start_matches('-'))
        .value_name(setting.takes.value_name())
        .help(help(setting));
    match setting.takes {
        Takes::Text(_) | Takes::Number(_) => argument,
        Takes::Switch => argument
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true"),
    }
}

fn help(setting: Setting) -> String {
    let mut help = format!("{} [env: {}]", setting.help, setting.variables.join(", "));
    if !setting.default.is_empty() {
        help.push_str(" [default: ");
        help.push_str(setting.default);
        help.push(']');
    }
    help
}
