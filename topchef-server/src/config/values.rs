//! What the settings amount to once they are checked, and what they are when nothing is set.
//! It does not know what they are called, nor where their values come from.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    num::NonZeroUsize,
    path::PathBuf,
};

use super::{log::LogConfig, metadata::Metadata};

/// Everything `serve` needs to know, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The address to listen on; port 0 stands for any free port.
    pub address: SocketAddr,
    /// The SQLite file that holds everything.
    pub database: PathBuf,
    /// The address clients know the server by, without a trailing slash; without it links follow the `Host` header.
    pub public_url: Option<String>,
    /// Whether anybody may use the server on an address that is not loopback.
    pub allow_anonymous: bool,
    /// The longest request body that is read, in bytes.
    pub max_body_bytes: usize,
    /// The number of worker threads of the runtime.
    pub threads: NonZeroUsize,
    /// Where the log goes and how much it says.
    pub log: LogConfig,
    /// What the server says about itself at `/`.
    pub metadata: Metadata,
}

/// Everything `migrate` needs to know, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrateConfig {
    /// The SQLite file to create or bring up to date.
    pub database: PathBuf,
    /// Where the log goes and how much it says.
    pub log: LogConfig,
}

impl Default for Config {
    /// The server without any setting: only this machine reaches it, the database is in the working directory.
    fn default() -> Self {
        Self {
            address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 5000),
            database: default_database(),
            public_url: None,
            allow_anonymous: false,
            max_body_bytes: 1024 * 1024,
            threads: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            log: LogConfig::default(),
            metadata: Metadata::default(),
        }
    }
}

/// The SQLite file when nobody names one: in the working directory.
pub(super) fn default_database() -> PathBuf {
    PathBuf::from("topchef.db")
}
