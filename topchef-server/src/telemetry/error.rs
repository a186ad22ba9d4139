//! Why there can be no log, in words.
//! It does not know when that is found out.

use std::io;
use std::path::PathBuf;

use tracing_appender::rolling::InitError;

/// Why there can be no log.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The directives are not a filter.
    #[error("the filter of the log is not a list of directives such as info,topchef_server=debug")]
    Filter(#[source] tracing_subscriber::filter::ParseError),
    /// The log file is not the path of a file.
    #[error("the log file {} is a directory or has no name", .0.display())]
    NotAFile(PathBuf),
    /// The log file can neither be opened nor created.
    #[error("the log file {} cannot be written", .path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// The log file of the day cannot be created.
    #[error("the log file {} cannot be created", .path.display())]
    Create {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: InitError,
    },
    /// Somebody has set up another log in this process.
    #[error("the log is set up already")]
    Twice(#[source] Box<dyn std::error::Error + Send + Sync>),
}
