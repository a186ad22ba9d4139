//! What the settings amount to once they are checked, and what they are when nothing is set.
//! It does not know what they are called, nor where their values come from.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    num::{NonZeroU32, NonZeroUsize},
    path::PathBuf,
};

use crate::tokens::Tokens;

use super::{database::DatabaseAddress, limits::LimitsConfig, log::LogConfig, metadata::Metadata};

/// Everything `serve` needs to know, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The address to listen on; port 0 stands for any free port.
    pub address: SocketAddr,
    /// Where everything is kept.
    pub database: DatabaseAddress,
    /// The most connections to a PostgreSQL server; the runtime's own number when nobody says one.
    pub database_connections: Option<NonZeroU32>,
    /// The address clients know the server by, without a trailing slash; without it links follow the `Host` header.
    pub public_url: Option<String>,
    /// Whether anybody may use the server on an address that is not loopback; it opens nothing where there are tokens.
    pub allow_anonymous: bool,
    /// Who may use the server; anybody where there is none.
    pub tokens: Tokens,
    /// The file that tokens were read from, beside the configuration file.
    pub tokens_file: Option<PathBuf>,
    /// How much a request may take of the server.
    pub limits: LimitsConfig,
    /// The number of worker threads of the runtime.
    pub threads: NonZeroUsize,
    /// Where the log goes and how much it says.
    pub log: LogConfig,
    /// What the server says about itself at `/`.
    pub metadata: Metadata,
}

/// Everything that a command needs to know which only works on the database, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageConfig {
    /// The database.
    pub database: DatabaseAddress,
    /// Where the log goes and how much it says.
    pub log: LogConfig,
}

impl Default for Config {
    /// The server without any setting: only this machine reaches it, the database is in the working directory.
    fn default() -> Self {
        Self {
            address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 5000),
            database: default_database(),
            database_connections: None,
            public_url: None,
            allow_anonymous: false,
            tokens: Tokens::default(),
            tokens_file: None,
            limits: LimitsConfig::default(),
            threads: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            log: LogConfig::default(),
            metadata: Metadata::default(),
        }
    }
}

/// The database when nobody names one: a SQLite file in the working directory.
pub(super) fn default_database() -> DatabaseAddress {
    DatabaseAddress::Sqlite(PathBuf::from("topchef.db"))
}
