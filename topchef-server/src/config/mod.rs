//! What the server was told: every setting, its names, the values it takes and its default, resolved into one [`Config`].
//! It does not know how a command line is parsed, nor what is done with a value afterwards.
//!
//! A setting is looked up under its flag, then under its `TOPCHEF_*` variable, then under the name the original server
//! gave it, then in the configuration file, and the first that is set wins. An empty variable counts as unset.
//!
//! `HOSTNAME`, the original's name for the host, is exported by shells and container runtimes as the name of the
//! machine, so it counts only when it is an IP address or `localhost`.
//!
//! The modules stand leaf first: each names only those above it.

mod origin;
mod setting;

mod settings;

mod error;

mod entries;
mod suggestion;

mod file;
mod source;

mod postgres;

mod database;
mod host;
mod limits;
mod log;
mod metadata;
mod public_url;
mod token_table;

mod values;

mod resolve;

mod in_force;

#[cfg(test)]
mod page;

pub use database::DatabaseAddress;
pub use error::ConfigError;
pub use in_force::{AllInForce, InForce, Shown};
pub use limits::LimitsConfig;
pub use log::{LogConfig, LogFormat};
pub use metadata::Metadata;
pub use origin::Origin;
pub use postgres::PostgresAddress;
pub use setting::{Setting, TakenBy, Takes};
pub use settings::{CONFIG_FILE, SETTINGS};
pub use source::process_environment;
pub use values::{Config, StorageConfig};
