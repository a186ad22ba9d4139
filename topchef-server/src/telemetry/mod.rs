//! Where the log goes, how much it says and in what form.
//! It does not know who writes to it, and reads no environment.
//!
//! Nothing secret is logged: no setting that may hold a password and no header of a request. `--debug` therefore names
//! the crates it opens up, because the HTTP libraries print headers when they are debugged.

mod error;
mod retention;

mod log_file;

pub use error::TelemetryError;

use std::io::{self, IsTerminal};

use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::writer::BoxMakeWriter;

use crate::config::{LogConfig, LogFormat};

const USUAL: &str = "info";
const DEBUG: &str = "info,topchef_server=debug,topchef_runtime=debug,tower_http=debug";

/// Writes what is left of the log when it is dropped; `main` holds it to the end.
#[derive(Debug)]
#[must_use = "the end of the log is lost when this is dropped early"]
pub struct TelemetryGuard(#[expect(dead_code, reason = "held for its drop")] Option<WorkerGuard>);

/// Sends the log of this process to stderr, or to the file of `config`.
///
/// # Errors
/// The filter is not one, the file cannot be written, or the log is set up already.
pub fn init(config: &LogConfig) -> Result<TelemetryGuard, TelemetryError> {
    let (writer, guard) = match &config.file {
        None => (BoxMakeWriter::new(io::stderr), None),
        Some(path) => {
            let (writer, guard) = log_file::writer(path, config.keep)?;
            (BoxMakeWriter::new(writer), Some(guard))
        }
    };
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter(config)?)
        .with_writer(writer);
    let set_up = match config.format {
        // On a terminal the subscriber's own default stands, which heeds NO_COLOR.
        LogFormat::Human if guard.is_none() && io::stderr().is_terminal() => {
            log.compact().try_init()
        }
        LogFormat::Human => log.compact().with_ansi(false).try_init(),
        // A line is an object; its keys are those of the event, and `spans` says of which request it is.
        LogFormat::Json => log
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_ansi(false)
            .try_init(),
    };
    set_up.map_err(TelemetryError::Twice)?;
    Ok(TelemetryGuard(guard))
}

fn filter(config: &LogConfig) -> Result<EnvFilter, TelemetryError> {
    match &config.filter {
        Some(directives) => EnvFilter::try_new(directives).map_err(TelemetryError::Filter),
        None if config.debug => Ok(EnvFilter::new(DEBUG)),
        None => Ok(EnvFilter::new(USUAL)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_is_the_directives_then_debug_then_info() {
        let config = |debug, filter: Option<&str>| LogConfig {
            debug,
            filter: filter.map(str::to_owned),
            ..LogConfig::default()
        };
        let text = |config| filter(&config).unwrap().to_string();
        assert_eq!(text(config(false, None)), "info");
        assert!(text(config(true, None)).contains("topchef_server=debug"));
        assert_eq!(text(config(true, Some("warn"))), "warn");
        assert!(filter(&config(false, Some("a=b=c"))).is_err());
    }
}
