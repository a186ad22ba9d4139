//! Where the log goes and how much it says, and what of that was set.
//! It does not know how a log is written, nor whether the filter is one.

use std::path::PathBuf;

use super::{
    error::ConfigError,
    setting::{DEBUG, LOG_FILE},
    source::Sources,
};

/// Where the log goes and how much it says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogConfig {
    /// Whether the log says more than usual.
    pub debug: bool,
    /// The file to write to instead of stderr.
    pub file: Option<PathBuf>,
    /// `RUST_LOG`, which wins over `debug`.
    pub filter: Option<String>,
}

/// The settings of the log; `RUST_LOG` is the convention of the ecosystem and has no flag.
pub(super) fn log(sources: &Sources<'_>) -> Result<LogConfig, ConfigError> {
    Ok(LogConfig {
        debug: sources.boolean(DEBUG)?,
        file: sources.find(LOG_FILE)?.map(|given| given.value.into()),
        filter: sources.find_variable("RUST_LOG")?.map(|given| given.value),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::source::tests::{Pairs, lookup};

    fn log_of(variables: Pairs<'_>) -> LogConfig {
        let sources = Sources {
            flag: &lookup(&[]),
            variable: &lookup(variables),
        };
        log(&sources).unwrap()
    }

    #[test]
    fn the_originals_names_are_understood() {
        let expected = LogConfig {
            debug: true,
            file: Some(PathBuf::from("logs/topchef.log")),
            filter: None,
        };
        let variables = [("DEBUG", "TRUE"), ("LOGFILE", "logs/topchef.log")];
        assert_eq!(log_of(&variables), expected);
    }

    #[test]
    fn rust_log_is_the_filter() {
        let log = log_of(&[("RUST_LOG", "warn")]);
        assert_eq!(log.filter.as_deref(), Some("warn"));
        assert_eq!(log_of(&[]), LogConfig::default());
    }
}
