//! Which of the rotated log files are old, and their end.
//! It does not know how files are begun, nor what is in them.
//!
//! Only a regular file of exactly the form `NAME.YYYY-MM-DD`, beside the log file, is ever removed.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chrono::{NaiveDate, Utc};

/// The rotated files of one log file.
#[derive(Debug, Clone)]
pub(super) struct Rotated {
    directory: PathBuf,
    name: String,
}

/// A writer to rotated files that removes the oldest whenever a day begins, the day of its first write included.
#[derive(Debug)]
pub(super) struct Keeping<W> {
    writer: W,
    rotated: Rotated,
    keep: usize,
    /// The day of the last write.
    day: Option<NaiveDate>,
    today: fn() -> NaiveDate,
}

impl<W> Keeping<W> {
    /// A writer that keeps so many files of earlier days, the newest.
    pub(super) fn new(writer: W, rotated: Rotated, keep: usize) -> Self {
        Self {
            writer,
            rotated,
            keep,
            day: None,
            today: || Utc::now().date_naive(),
        }
    }
}

impl<W: Write> Write for Keeping<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.writer.write(bytes)?;
        let today = (self.today)();
        if self.day != Some(today) {
            self.day = Some(today);
            // The log's own thread is here: what it logs is written in its turn, or dropped when it cannot keep up.
            if let Err(error) = self.rotated.remove_old(today, self.keep) {
                let log = self.rotated.name.as_str();
                tracing::warn!(%error, log, "cannot remove old log files");
            }
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

impl Rotated {
    /// The files beside the log file of that name.
    pub(super) fn new(directory: &Path, name: &str) -> Self {
        Self {
            directory: directory.to_owned(),
            name: name.to_owned(),
        }
    }

    /// Removes all files of days before `today` but the newest `keep`.
    fn remove_old(&self, today: NaiveDate, keep: usize) -> io::Result<()> {
        let mut old = Vec::new();
        for entry in self.directory.read_dir()? {
            let entry = entry?;
            let name = entry.file_name();
            let date = name.to_str().and_then(|name| date_of(&self.name, name));
            // Of the entry itself: what a link leads to is not ours.
            if let Some(date) = date.filter(|date| *date < today)
                && entry.file_type()?.is_file()
            {
                old.push((date, entry.path()));
            }
        }
        old.sort_unstable();
        let many = old.len().saturating_sub(keep);
        for (_, path) in old.into_iter().take(many) {
            match std::fs::remove_file(&path) {
                // Another process logs to the same file, and was faster.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                result => result?,
            }
        }
        Ok(())
    }
}

/// The day of a rotated file; none when `file` is not exactly `name`, a dot, and a day as in `2026-11-26`.
pub(super) fn date_of(name: &str, file: &str) -> Option<NaiveDate> {
    let text = file.strip_prefix(name)?.strip_prefix('.')?;
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (date.format("%Y-%m-%d").to_string() == text).then_some(date)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::collections::BTreeSet;
    use std::fs;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn names(directory: &Path) -> BTreeSet<String> {
        let entries = directory.read_dir().unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    /// What is never ours, whatever its age.
    const OTHERS: [&str; 9] = [
        "topchef.log",
        "topchef.log.2020-01-01.gz",
        "topchef.log.2020-1-1",
        "topchef.log.2020-13-01",
        "topchef.log.+2020-01-01",
        "topchef.log.old",
        "topchef.log-2020-01-01",
        "other.log.2020-01-01",
        "topchef.db",
    ];

    #[test]
    fn only_rotated_files_of_earlier_days_are_removed_the_oldest_first() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        let days = [
            "2026-11-22",
            "2026-11-23",
            "2026-11-24",
            "2026-11-26",
            "2026-11-27",
        ];
        for name in OTHERS {
            fs::write(path(name), "").unwrap();
        }
        for day in days {
            fs::write(path(&format!("topchef.log.{day}")), "").unwrap();
        }
        fs::create_dir(path("topchef.log.2020-01-02")).unwrap();
        std::os::unix::fs::symlink(path("topchef.db"), path("topchef.log.2020-01-03")).unwrap();
        let before = names(directory.path());
        let rotated = Rotated::new(directory.path(), "topchef.log");

        rotated.remove_old(day("2026-11-26"), 3).unwrap();
        assert_eq!(names(directory.path()), before);
        rotated.remove_old(day("2026-11-26"), 1).unwrap();
        let after = names(directory.path());
        let removed: Vec<_> = before.difference(&after).cloned().collect();
        assert_eq!(
            removed,
            ["topchef.log.2026-11-22", "topchef.log.2026-11-23"]
        );
        rotated.remove_old(day("2026-11-26"), 0).unwrap();
        let left = names(directory.path());
        let removed: Vec<_> = after.difference(&left).cloned().collect();
        assert_eq!(removed, ["topchef.log.2026-11-24"]);
    }

    thread_local! {
        static TODAY: Cell<NaiveDate> = const { Cell::new(NaiveDate::MIN) };
    }

    #[test]
    fn old_files_go_with_the_first_line_of_a_day() {
        let directory = tempfile::tempdir().unwrap();
        let begin = |day: &str| {
            let name = format!("topchef.log.{day}");
            fs::write(directory.path().join(name), "").unwrap();
        };
        let mut keeping = Keeping {
            today: || TODAY.get(),
            ..Keeping::new(Vec::new(), Rotated::new(directory.path(), "topchef.log"), 1)
        };
        let mut left_after = |today: &str, line: &[u8]| {
            TODAY.set(day(today));
            keeping.write_all(line).unwrap();
            names(directory.path()).len()
        };
        for day in ["2026-11-23", "2026-11-24", "2026-11-25"] {
            begin(day);
        }
        assert_eq!(left_after("2026-11-25", b"one\n"), 2);
        begin("2026-11-22");
        assert_eq!(
            left_after("2026-11-25", b"two\n"),
            3,
            "once a day is enough"
        );
        begin("2026-11-26");
        assert_eq!(left_after("2026-11-26", b"three\n"), 2);
        assert_eq!(keeping.writer, b"one\ntwo\nthree\n");
    }
}
