//! The log file: opened, or begun anew every day.
//! It does not know what is written to it, nor which old files go.

use std::fs::{self, OpenOptions};
use std::path::Path;

use tracing_appender::non_blocking::{NonBlocking, WorkerGuard};
use tracing_appender::rolling::{RollingFileAppender, Rotation};

use super::error::TelemetryError;
use super::retention::{Keeping, Rotated, date_of};

/// The writer for a log file: lines are handed to a thread of their own, and dropped rather than waited for when the
/// disk cannot keep up.
///
/// Where nothing is yet, a file is begun every day (UTC), named after the log file with the date appended, and the
/// log file itself becomes a link to the newest. What is there already (a file, a device, a link to elsewhere) was put
/// there by somebody who looks after it: it is appended to, never replaced, and no file beside it is removed.
///
/// Of the files of earlier days the newest `keep` stay. The appender could do that too, but it deletes by the beginning
/// of the name, and `topchef` is also that of `topchef.db`.
pub(super) fn writer(
    path: &Path,
    keep: usize,
) -> Result<(NonBlocking, WorkerGuard), TelemetryError> {
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
        let rotated = Rotated::new(directory, name);
        return Ok(tracing_appender::non_blocking(Keeping::new(
            appender, rotated, keep,
        )));
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
            // Ours leads to a file beside it, whether it says where that is or not.
            let folder = target
                .parent()
                .filter(|folder| !folder.as_os_str().is_empty());
            let is_beside = folder.is_none_or(|folder| Some(folder) == path.parent());
            let target = target.file_name().and_then(|target| target.to_str());
            is_beside && target.is_some_and(|target| date_of(name, target).is_some())
        }
        Err(_) => !path.exists(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn write(path: &Path, line: &str) {
        let (mut writer, guard) = super::writer(path, 30).unwrap();
        writer.write_all(line.as_bytes()).unwrap();
        drop(guard);
    }

    #[test]
    fn a_new_log_file_is_a_link_to_the_file_of_the_day() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("topchef.log");
        write(&path, "one\n");
        write(&path, "two\n");
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntwo\n");
        let target = fs::read_link(&path).unwrap();
        assert!(
            target.to_str().unwrap().contains("topchef.log.20"),
            "{}",
            target.display()
        );
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_file_that_is_there_is_appended_to() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("topchef.log");
        fs::write(&path, "before\n").unwrap();
        write(&path, "after\n");
        assert_eq!(fs::read_to_string(&path).unwrap(), "before\nafter\n");
        assert!(!path.is_symlink());
    }

    #[test]
    fn a_directory_is_no_log_file() {
        let directory = tempfile::tempdir().unwrap();
        assert!(matches!(
            super::writer(directory.path(), 30),
            Err(TelemetryError::NotAFile(_))
        ));
        assert!(matches!(
            super::writer(Path::new("/"), 30),
            Err(TelemetryError::NotAFile(_))
        ));
    }

    #[test]
    fn a_link_that_is_not_of_an_earlier_run_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("topchef.log");
        let target = directory.path().join("topchef.log.old");
        fs::write(&target, "before\n").unwrap();
        std::os::unix::fs::symlink(&target, &path).unwrap();
        write(&path, "after\n");
        assert_eq!(fs::read_to_string(&target).unwrap(), "before\nafter\n");
        assert_eq!(fs::read_link(&path).unwrap(), target);
    }
}
