//! Where the log goes and how much it says, and what of that was set.
//! It does not know how a log is written.

use std::path::PathBuf;

use tracing_subscriber::EnvFilter;

use super::{
    error::ConfigError,
    settings::{DEBUG, LOG_FILE, LOG_FILTER},
    source::Sources,
};

/// Where the log goes and how much it says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogConfig {
    /// Whether the log says more than usual.
    pub debug: bool,
    /// The file to write to instead of stderr.
    pub file: Option<PathBuf>,
    /// Directives that win over `debug`, as the ecosystem writes them in `RUST_LOG`.
    pub filter: Option<String>,
}

/// The settings of the log.
pub(super) fn log(sources: &Sources<'_>) -> Result<LogConfig, ConfigError> {
    Ok(LogConfig {
        debug: sources.boolean(DEBUG)?,
        file: sources.find(LOG_FILE)?.map(|given| given.value.into()),
        filter: sources.parse(
            LOG_FILTER,
            "a list of directives such as info,topchef_server=debug",
            |directives| {
                let filter = EnvFilter::try_new(directives);
                filter.is_ok().then(|| directives.to_owned())
            },
        )?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::file::File;
    use crate::config::source::tests::{Pairs, lookup};

    fn resolve(variables: Pairs<'_>) -> Result<LogConfig, ConfigError> {
        log(&Sources {
            flag: &lookup(&[]),
            variable: &lookup(variables),
            file: File::default(),
        })
    }

    fn log_of(variables: Pairs<'_>) -> LogConfig {
        resolve(variables).unwrap()
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
        let message = resolve(&[("RUST_LOG", "a=b=c")]).unwrap_err().to_string();
        assert!(message.starts_with("RUST_LOG is \"a=b=c\""), "{message}");
    }
}
