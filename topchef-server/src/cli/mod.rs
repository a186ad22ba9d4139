//! The command line: which commands there are, and what happens when one fails.
//! It does not know what the settings mean; that is [`crate::config`].

mod flags;

mod config;
mod migrate;
mod outbox;
mod serve;
mod token;

pub use migrate::MigrateError;
pub use outbox::{OutboxAction, OutboxError};
pub use serve::ServeError;
pub use token::TokenError;

use std::num::NonZeroUsize;

use clap::{Parser, Subcommand};

use config::ConfigArgs;
use flags::{ServeFlags, StorageFlags};

use crate::{
    config::{AllInForce, Config, ConfigError, LogConfig, StorageConfig},
    telemetry::TelemetryError,
};

/// A job queue over HTTP: services say what they take and return, clients post jobs, workers do them.
#[derive(Debug, Parser)]
#[command(
    name = "topchef-server",
    version,
    args_conflicts_with_subcommands = true
)]
#[command(
    after_help = "Without a command, `serve` is meant. A flag wins over its environment variables, \
    the first variable over the second, and both over the configuration file. \
    HOSTNAME counts only when it is an IP address or `localhost`."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: ServeFlags,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server (the default)
    Serve(ServeFlags),
    /// Create the database or bring it up to date, then exit
    Migrate(StorageFlags),
    /// Print what every setting of the server is, and where that was given
    Config(ConfigArgs),
    /// Make a new token, for somebody who may then use the server, and print it once
    Token(token::TokenArgs),
    /// Look at what waits to follow a commit and at what was given up, and have it tried again
    Outbox(outbox::OutboxArgs),
}

/// A command with its settings, checked and ready to run.
#[derive(Debug)]
pub enum Plan {
    /// Run the server.
    Serve(Box<Config>),
    /// Create the database or bring it up to date.
    Migrate(StorageConfig),
    /// Print the settings of the server, for people or as JSON.
    Config(AllInForce, bool),
    /// Make a token for somebody of that name.
    Token(String),
    /// Look at the outbox, or change what is in it.
    Outbox(StorageConfig, OutboxAction),
}

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The settings cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The log cannot be set up.
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    /// The threads of the runtime cannot be started.
    #[error("cannot start the runtime")]
    Runtime(#[source] std::io::Error),
    /// The server could not start or go on.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The database could not be created or brought up to date.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// There is no new token.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// What was asked for cannot be printed.
    #[error("cannot write to stdout")]
    Print(#[source] std::io::Error),
    /// The outbox could not be looked at or changed.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
}

impl Cli {
    /// Resolves the settings of the command that was asked for.
    ///
    /// `variable` looks up an environment variable.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn plan(&self, variable: impl Fn(&str) -> Option<String>) -> Result<Plan, ConfigError> {
        let serve = |flags: &ServeFlags| {
            let config = Config::resolve(|name| flags.flag(name), &variable)?;
            Ok(Plan::Serve(Box::new(config)))
        };
        match &self.command {
            None => serve(&self.serve),
            Some(Command::Serve(flags)) => serve(flags),
            Some(Command::Migrate(args)) => {
                StorageConfig::resolve(|name| args.flag(name), &variable).map(Plan::Migrate)
            }
            Some(Command::Config(args)) => {
                let settings = Config::in_force(|name| args.flags.flag(name), &variable)?;
                Ok(Plan::Config(settings, args.json))
            }
            Some(Command::Token(args)) => Ok(Plan::Token(args.name.clone())),
            Some(Command::Outbox(args)) => {
                let config = StorageConfig::resolve(|name| args.flag(name), &variable)?;
                Ok(Plan::Outbox(config, args.action()))
            }
        }
    }
}

impl Plan {
    /// Where the log of the command goes; none for a command that has nothing to log.
    pub fn log(&self) -> Option<&LogConfig> {
        match self {
            Self::Serve(config) => Some(&config.log),
            Self::Migrate(config) | Self::Outbox(config, _) => Some(&config.log),
            Self::Config(..) | Self::Token(_) => None,
        }
    }

    /// The number of worker threads the command runs on.
    pub fn threads(&self) -> NonZeroUsize {
        match self {
            Self::Serve(config) => config.threads,
            Self::Migrate(_) | Self::Config(..) | Self::Token(_) | Self::Outbox(..) => {
                NonZeroUsize::MIN
            }
        }
    }

    /// Runs the command to its end.
    ///
    /// # Errors
    /// The command failed; the settings and the log are not looked at any more.
    pub async fn run(self) -> Result<(), CliError> {
        match self {
            Self::Serve(config) => Ok(serve::run(*config).await?),
            Self::Migrate(config) => Ok(migrate::run(&config).await?),
            Self::Config(settings, as_json) => {
                config::run(&settings, as_json).map_err(CliError::Print)
            }
            Self::Token(name) => Ok(token::run(&name)?),
            Self::Outbox(config, action) => Ok(outbox::run(&config, action).await?),
        }
    }
}

impl CliError {
    /// The exit code: 2 when the settings are wrong, as for a command line that cannot be read, else 1.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_) | Self::Telemetry(_) => 2,
            Self::Runtime(_)
            | Self::Serve(_)
            | Self::Migrate(_)
            | Self::Print(_)
            | Self::Token(_)
            | Self::Outbox(_) => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::config::{CONFIG_FILE, DatabaseAddress, SETTINGS};

    fn plan(args: &[&str]) -> Plan {
        let args = ["topchef-server"].iter().chain(args);
        Cli::try_parse_from(args).unwrap().plan(|_| None).unwrap()
    }

    fn serve(args: &[&str]) -> Config {
        match plan(args) {
            Plan::Serve(config) => *config,
            _ => panic!("{args:?} is not serve"),
        }
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn serve_is_the_default() {
        assert_eq!(serve(&[]), serve(&["serve"]));
        assert_eq!(
            serve(&["--port", "8000"]),
            serve(&["serve", "--port", "8000"])
        );
        assert_eq!(serve(&["--port", "8000"]).address.port(), 8000);
        assert!(Cli::try_parse_from(["topchef-server", "--port", "8000", "migrate"]).is_err());
    }

    #[test]
    fn migrate_takes_only_what_it_uses() {
        let Plan::Migrate(config) = plan(&["migrate", "--database", "lab.db", "--debug"]) else {
            panic!("not migrate");
        };
        assert_eq!(config.database, DatabaseAddress::Sqlite("lab.db".into()));
        assert!(config.log.debug);
        assert!(Cli::try_parse_from(["topchef-server", "migrate", "--port", "8000"]).is_err());
    }

    #[test]
    fn the_outbox_is_looked_at_and_changed() {
        for args in [
            &["outbox", "list", "--dead", "--json"][..],
            &["outbox", "list", "--database", "lab.db"],
            &["outbox", "retry", "7"],
            &["outbox", "retry", "--all-dead"],
            &["outbox", "discard", "7"],
        ] {
            assert!(matches!(plan(args), Plan::Outbox(..)), "{args:?}");
        }
        for args in [
            &["outbox"][..],
            &["outbox", "retry"],
            &["outbox", "retry", "7", "--all-dead"],
            &["outbox", "discard"],
            &["outbox", "retry", "x"],
        ] {
            let args = ["topchef-server"].iter().chain(args);
            assert!(Cli::try_parse_from(args).is_err());
        }
    }

    #[test]
    fn switches_stand_alone_or_are_given_a_value() {
        assert!(serve(&["--debug"]).log.debug);
        assert!(!serve(&["--debug=false"]).log.debug);
        assert_eq!(serve(&["--debug", "--port", "1"]).address.port(), 1);
        assert!(serve(&["--allow-anonymous", "--host", "0.0.0.0"]).allow_anonymous);
    }

    /// Every setting has a flag, every flag reaches its setting, and the help names its variables.
    #[test]
    fn flags_and_settings_are_the_same() {
        let command = Cli::command();
        let arguments: Vec<_> = command
            .get_arguments()
            .filter(|argument| argument.get_id() != "help")
            .collect();
        assert_eq!(arguments.len(), SETTINGS.len() + 1);
        for setting in SETTINGS.into_iter().chain([CONFIG_FILE]) {
            let long = setting.flag.strip_prefix("--");
            let argument = arguments
                .iter()
                .find(|argument| argument.get_long() == long)
                .unwrap();
            let help = argument.get_help().unwrap().to_string();
            let variables = format!("[env: {}", setting.variables.join(", "));
            assert!(help.contains(&variables), "{}: {help}", setting.flag);

            let written = format!("{}=here", setting.flag);
            let cli = Cli::try_parse_from(["topchef-server", &written]).unwrap();
            assert_eq!(
                cli.serve.flag(setting.flag).as_deref(),
                Some("here"),
                "{}",
                setting.flag
            );
        }
    }
}
