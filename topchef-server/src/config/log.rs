//! Where the log goes and how much it says, and what of that was set.
//! It does not know how a log is written.

use std::path::PathBuf;

use tracing_subscriber::EnvFilter;

use super::{
    error::ConfigError,
    settings::{DEBUG, LOG_FILE, LOG_FILTER, LOG_FORMAT, LOG_KEEP},
    source::Sources,
};

/// Where the log goes and how much it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogConfig {
    /// Whether the log says more than usual.
    pub debug: bool,
    /// The file to write to instead of stderr.
    pub file: Option<PathBuf>,
    /// The form of a line.
    pub format: LogFormat,
    /// How many of the files of earlier days are kept.
    pub keep: usize,
    /// Directives that win over `debug`, as the ecosystem writes them in `RUST_LOG`.
    pub filter: Option<String>,
}

/// The form of a line of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Human,
    /// A JSON object.
    Json,
}

/// More days than anybody keeps logs for: as good as all of them.
const MOST_KEPT: usize = 36_500;

impl Default for LogConfig {
    /// To stderr, for people; where it goes to a file, a month of earlier ones stays.
    fn default() -> Self {
        Self {
            debug: false,
            file: None,
            format: LogFormat::Human,
            keep: 30,
            filter: None,
        }
    }
}

impl LogFormat {
    /// What it is called in the settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
        }
    }
}

/// The settings of the log.
pub(super) fn log(sources: &Sources<'_>) -> Result<LogConfig, ConfigError> {
    let default = LogConfig::default();
    let format = sources.parse(LOG_FORMAT, "human or json", |value| {
        let formats = [LogFormat::Human, LogFormat::Json];
        let mut formats = formats.into_iter();
        formats.find(|format| value.eq_ignore_ascii_case(format.name()))
    })?;
    let keep = sources.parse(LOG_KEEP, "a number of files from 0 to 36500", |value| {
        value.parse().ok().filter(|keep| *keep <= MOST_KEPT)
    })?;
    Ok(LogConfig {
        format: format.unwrap_or(default.format),
        keep: keep.unwrap_or(default.keep),
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
            ..LogConfig::default()
        };
        let variables = [("DEBUG", "TRUE"), ("LOGFILE", "logs/topchef.log")];
        assert_eq!(log_of(&variables), expected);
    }

    #[test]
    fn the_form_and_what_is_kept_are_chosen() {
        let variables = [("TOPCHEF_LOG_FORMAT", "JSON"), ("TOPCHEF_LOG_KEEP", "0")];
        let log = log_of(&variables);
        assert_eq!((log.format, log.keep), (LogFormat::Json, 0));
        for (name, value, allowed) in [
            ("TOPCHEF_LOG_FORMAT", "xml", "human or json"),
            ("TOPCHEF_LOG_KEEP", "-1", "from 0 to 36500"),
            ("TOPCHEF_LOG_KEEP", "36501", "from 0 to 36500"),
        ] {
            let message = resolve(&[(name, value)]).unwrap_err().to_string();
            assert!(message.contains(allowed), "{message}");
        }
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
