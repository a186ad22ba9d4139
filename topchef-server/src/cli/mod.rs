//! The command line: which commands there are, and what happens when one fails.
//! It does not know what the settings mean; that is [`crate::config`].

mod flags;

mod backup;
mod completions;
mod config;
mod health;
mod job;
mod migrate;
mod outbox;
mod serve;
mod service;
mod stored;
mod token;

pub use backup::BackupError;
pub use health::HealthError;
pub use job::JobAction;
pub use migrate::MigrateError;
pub use outbox::{OutboxAction, OutboxError};
pub use serve::ServeError;
pub use service::ServiceAction;
pub use stored::StoredError;
pub use token::TokenError;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Parser, Subcommand};
use clap_complete::Shell;
use http::Uri;

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
    /// Look at the services that are registered, and remove one with its jobs
    Service(service::ServiceArgs),
    /// Look at the jobs; cancel one, have it tried again, or remove it
    Job(job::JobArgs),
    /// Copy the SQLite database to a file, while servers go on, then exit
    Backup(backup::BackupArgs),
    /// Ask a running server whether it is ready, then exit: 0 when it is
    Health(health::HealthArgs),
    /// Print what lets a shell complete the command line
    Completions(completions::CompletionsArgs),
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
    /// Look at the services, or remove one.
    Service(StorageConfig, ServiceAction),
    /// Look at the jobs, or change one.
    Job(StorageConfig, JobAction),
    /// Copy the database to a file.
    Backup(StorageConfig, PathBuf),
    /// Ask the server at an address whether it is ready.
    Health(Uri),
    /// Print the completions for a shell.
    Completions(Shell),
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
    /// The services and jobs could not be looked at or changed.
    #[error(transparent)]
    Stored(#[from] StoredError),
    /// There is no backup.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The server is not ready, or not there.
    #[error(transparent)]
    Health(#[from] HealthError),
}

impl Cli {
    /// Resolves the settings of the command that was asked for.
    ///
    /// `variable` looks up an environment variable.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn plan(&self, variable: impl Fn(&str) -> Option<String>) -> Result<Plan, CliError> {
        let serve = |flags: &ServeFlags| {
            let config = Config::resolve(|name| flags.flag(name), &variable)?;
            Ok(Plan::Serve(Box::new(config)))
        };
        match &self.command {
            None => serve(&self.serve),
            Some(Command::Serve(flags)) => serve(flags),
            Some(Command::Migrate(args)) => {
                let config = StorageConfig::resolve(|name| args.flag(name), &variable)?;
                Ok(Plan::Migrate(config))
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
            Some(Command::Service(args)) => {
                let config = StorageConfig::resolve(|name| args.flag(name), &variable)?;
                Ok(Plan::Service(config, args.action()))
            }
            Some(Command::Job(args)) => {
                let config = StorageConfig::resolve(|name| args.flag(name), &variable)?;
                Ok(Plan::Job(config, args.action()))
            }
            Some(Command::Backup(args)) => {
                let config = StorageConfig::resolve(|name| args.flag(name), &variable)?;
                Ok(Plan::Backup(config, args.path()))
            }
            Some(Command::Health(args)) => args.server(variable).map(Plan::Health),
            Some(Command::Completions(args)) => Ok(Plan::Completions(args.shell)),
        }
    }
}

impl Plan {
    /// Where the log of the command goes; none for a command that only asks or prints.
    pub fn log(&self) -> Option<&LogConfig> {
        match self {
            Self::Serve(config) => Some(&config.log),
            Self::Migrate(config)
            | Self::Outbox(config, _)
            | Self::Service(config, _)
            | Self::Job(config, _)
            | Self::Backup(config, _) => Some(&config.log),
            Self::Config(..) | Self::Token(_) | Self::Health(_) | Self::Completions(_) => None,
        }
    }

    /// The number of worker threads the command runs on.
    pub fn threads(&self) -> NonZeroUsize {
        match self {
            Self::Serve(config) => config.threads,
            _ => NonZeroUsize::MIN,
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
            Self::Service(config, action) => Ok(service::run(&config, action).await?),
            Self::Job(config, action) => Ok(job::run(&config, action).await?),
            Self::Backup(config, path) => Ok(backup::run(&config, path).await?),
            Self::Health(url) => Ok(health::run(&url).await?),
            Self::Completions(shell) => completions::run(shell).map_err(CliError::Print),
        }
    }
}

impl CliError {
    /// The exit code: 2 when the settings are wrong, as for a command line that cannot be read, else 1.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_) | Self::Telemetry(_) | Self::Health(HealthError::Address) => 2,
            _ => 1,
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
    fn services_and_jobs_are_looked_at_and_changed() {
        let id = "7b0f5a4e-93c1-4d52-8a66-0c1d2e3f4a5b";
        for args in [
            &["service", "list", "--json"][..],
            &["service", "show", id, "--database", "lab.db"],
            &["service", "delete", id, "--force"],
        ] {
            assert!(matches!(plan(args), Plan::Service(..)), "{args:?}");
        }
        for args in [
            &["job", "list", "--service", id, "--status", "error"][..],
            &["job", "list", "--limit", "5", "--json"],
            &["job", "show", id],
            &["job", "cancel", id],
            &["job", "retry", id],
            &["job", "delete", id, "--force"],
        ] {
            assert!(matches!(plan(args), Plan::Job(..)), "{args:?}");
        }
        for args in [
            &["service"][..],
            &["service", "show"],
            &["service", "list", "--force"],
            &["job", "list", "--status", "LOST"],
            &["job", "list", "--limit", "-1"],
            &["job", "show", "7"],
            &["job", "cancel"],
        ] {
            let args = ["topchef-server"].iter().chain(args);
            assert!(Cli::try_parse_from(args).is_err());
        }
    }

    #[test]
    fn a_backup_has_a_path_and_the_settings_of_a_database() {
        let Plan::Backup(config, path) = plan(&["backup", "--database", "lab.db", "copy.db"])
        else {
            panic!("not backup");
        };
        assert_eq!(config.database, DatabaseAddress::Sqlite("lab.db".into()));
        assert_eq!(path, PathBuf::from("copy.db"));
        assert!(Cli::try_parse_from(["topchef-server", "backup"]).is_err());
    }

    #[test]
    fn the_health_of_the_server_of_these_settings_is_asked_for() {
        let asked = |args: &[&str], port: Option<&'static str>| {
            let args = ["topchef-server", "health"].iter().chain(args);
            let variable = |name: &str| port.filter(|_| name == "PORT").map(str::to_owned);
            match Cli::try_parse_from(args).unwrap().plan(variable) {
                Ok(Plan::Health(url)) => url.to_string(),
                other => panic!("not health: {other:?}"),
            }
        };
        assert_eq!(asked(&[], None), "http://127.0.0.1:5000/");
        assert_eq!(asked(&[], Some("8000")), "http://127.0.0.1:8000/");
        let url = "http://lab:7/health/live";
        assert_eq!(asked(&["--url", url], Some("8000")), url);
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
