//! Where the log goes, how much it says and in what form.
//! It does not know who writes to it, and reads no environment.
//!
//! Nothing secret is logged: no setting that may hold a password and no header of a request. `--debug` therefore names
//! the crates it opens up, because the HTTP libraries print headers when they are debugged.

use std::{
    fs::{self, OpenOptions},
    io::{self, IsTerminal},
    path::{Path, PathBuf},
};

use tracing_appender::{
    non_blocking::{NonBlocking, WorkerGuard},
    rolling::{InitError, RollingFileAppender, Rotation},
};
use tracing_subscriber::EnvFilter;

use crate::config::LogConfig;

const USUAL: &str = "info";
const DEBUG: &str = "info,topchef_server=debug,topchef_runtime=debug,tower_http=debug";

/// Writes what is left of the log when it is dropped; `main` holds it to the end.
#[derive(Debug)]
#[must_use = "the end of the log is lost when this is dropped early"]
pub struct TelemetryGuard(#[expect(dead_code, reason = "held for its drop")] Option<WorkerGuard>);

/// Why there can be no log.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// `RUST_LOG` is not a filter.
    #[error("RUST_LOG is not a list of directives such as info,topchef_server=debug")]
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

/// Sends the log of this process to stderr, or to the file of `config`.
///
/// # Errors
/// The filter is not one, the file cannot be written, or the log is set up already.
pub fn init(config: &LogConfig) -> Result<TelemetryGuard, TelemetryError> {
    let log = tracing_subscriber::fmt()
        .compact()
        .with_env_filter(filter(config)?);
    if let Some(path) = &config.file {
        let (writer, guard) = file_writer(path)?;
        let log = log.with_ansi(false).with_writer(writer);
        log.try_init().map_err(TelemetryError::Twice)?;
        return Ok(TelemetryGuard(Some(guard)));
    }
    // On a terminal the subscriber's own default stands, which heeds NO_COLOR.
    let log = if io::stderr().is_terminal() {
        log
    } else {
        log.with_ansi(false)
    };
    log.with_writer(io::stderr)
        .try_init()
        .map_err(TelemetryError::Twice)?;
    Ok(TelemetryGuard(None))
}

fn filter(config: &LogConfig) -> Result<EnvFilter, TelemetryError> {
    match &config.filter {
        Some(directives) => EnvFilter::try_new(directives).map_err(TelemetryError::Filter),
        None if config.debug => Ok(EnvFilter::new(DEBUG)),
        None => Ok(EnvFilter::new(USUAL)),
    }
}

/// The writer for a log file: lines are handed to a thread of their own, and dropped rather than waited for when the
/// disk cannot keep up.
///
/// Where nothing is yet, a file is begun every day (UTC), named after the log file with the date appended, and the
/// log file itself becomes a link to the newest. What is there already (a file, a device, a link to elsewhere) was put
/// there by somebody who looks after it: it is appended to, never replaced. No log is ever deleted: the appender can
/// keep the last few, but it deletes by the beginning of the name, and `topchef` is also that of `topchef.db`.
fn file_writer(path: &Path) -> Result<(NonBlocking, WorkerGuard), TelemetryError> {
    let not_a_file = || TelemetryError::NotAFile(path.to_owned());
    // The link must hold an absolute path, or it would be looked up from its own directory.
    let absolute = std::path::absolute(path).map_err(|_| not_a_file())?;
    let (Some(directory), Some(name)) = (absolute.parent(), absolute.file_name()) else {
        return Err(not_a_file());
    };
    let name = name.to_str().ok_or_else(not_a_file)?;
    if absolute.is_dir() {
        return Err(not_a_file());
    }
    if is_ours(&absolute, name) {
        let appender = RollingFileAppender::builder()
            .rotation(Rotation::DAILY)
            .filename_prefix(name)
            .latest_symlink(name)
            .build(directory)
            .map_err(|source| TelemetryError::Create {
                path: path.to_owned(),
                source,
            })?;
        return Ok(tracing_appender::non_blocking(appender));
    }
    let file = OpenOptions::new()
        .append(true)
        .open(&absolute)
        .map_err(|source| TelemetryError::Open {
            path: path.to_owned(),
            source,
        })?;
    Ok(tracing_appender::non_blocking(file))
}

/// Whether nothing is there, or only the link that an earlier run has left.
fn is_ours(path: &Path, name: &str) -> bool {
    match fs::read_link(path) {
        Ok(target) => {
            let target = target.file_name().and_then(|target| target.to_str());
            target
                .and_then(|target| target.strip_prefix(name))
                .is_some_and(|date| date.starts_with('.'))
        }
        Err(_) => !path.exists(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// A directory of this test's own, removed at its end.
    struct Directory(PathBuf);

    impl Directory {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir()
                .join(format!("topchef-telemetry-{name}-{}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }
    }

    impl Drop for Directory {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn write(path: &Path, line: &str) {
        let (mut writer, guard) = file_writer(path).unwrap();
        writer.write_all(line.as_bytes()).unwrap();
        drop(guard);
    }

    #[test]
    fn the_filter_is_rust_log_then_debug_then_info() {
        let config = |debug, filter: Option<&str>| LogConfig {
            debug,
            file: None,
            filter: filter.map(str::to_owned),
        };
        let text = |config| filter(&config).unwrap().to_string();
        assert_eq!(text(config(false, None)), "info");
        assert!(text(config(true, None)).contains("topchef_server=debug"));
        assert_eq!(text(config(true, Some("warn"))), "warn");
        assert!(filter(&config(false, Some("a=b=c"))).is_err());
    }

    #[test]
    fn a_new_log_file_is_a_link_to_the_file_of_the_day() {
        let directory = Directory::new("daily");
        let path = directory.0.join("topchef.log");
        write(&path, "one\n");
        write(&path, "two\n");
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntwo\n");
        let target = fs::read_link(&path).unwrap();
        assert!(
            target.to_str().unwrap().contains("topchef.log.20"),
            "{}",
            target.display()
        );
        assert_eq!(fs::read_dir(&directory.0).unwrap().count(), 2);
    }

    #[test]
    fn a_file_that_is_there_is_appended_to() {
        let directory = Directory::new("append");
        let path = directory.0.join("topchef.log");
        fs::write(&path, "before\n").unwrap();
        write(&path, "after\n");
        assert_eq!(fs::read_to_string(&path).unwrap(), "before\nafter\n");
        assert!(!path.is_symlink());
    }

    #[test]
    fn a_directory_is_no_log_file() {
        let directory = Directory::new("directory");
        assert!(matches!(
            file_writer(&directory.0),
            Err(TelemetryError::NotAFile(_))
        ));
        assert!(matches!(
            file_writer(Path::new("/")),
            Err(TelemetryError::NotAFile(_))
        ));
    }
}
