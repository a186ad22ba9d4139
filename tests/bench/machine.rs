//! Where a benchmark runs: the versions, the processors, and the folder, which must be on a disk.

use std::fs;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Failure;
use crate::figures::{processors, say};

/// A new folder on a disk, until this goes.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// Below the folder that is named by the one argument, where there is one, otherwise beside the program.
    pub(crate) fn new(mut arguments: impl Iterator<Item = String>) -> Result<Self, Failure> {
        let parent = match (arguments.next(), arguments.next()) {
            (None, _) => std::env::current_exe()?
                .parent()
                .ok_or("the program is in no folder")?
                .to_owned(),
            (Some(parent), None) if Path::new(&parent).is_dir() => PathBuf::from(parent),
            _ => return Err("the one argument is a folder on a disk, for the files".into()),
        };
        let folder = parent.join(format!("bench-{}", std::process::id()));
        fs::create_dir(&folder)?;
        let folder = Self(folder.canonicalize()?);
        let system = file_system(&folder);
        if ["tmpfs", "ramfs"].contains(&system.as_str()) {
            return Err(format!("{system} is no disk: name another folder").into());
        }
        Ok(folder)
    }
}

impl Deref for Folder {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            say(&format!("{} is left behind: {error}", self.0.display()));
        }
    }
}

/// What the numbers depend on.
pub(crate) fn describe(folder: &Path) {
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let profile = if cfg!(debug_assertions) {
        "debug: the numbers mean nothing"
    } else {
        "release"
    };
    say(&format!(
        "topchef {} ({profile}; its sources stand at {}), SQLite {}, WAL, synchronous=FULL",
        env!("CARGO_PKG_VERSION"),
        commit().unwrap_or_else(|| "an unknown commit".to_owned()),
        rusqlite::version(),
    ));
    say(&format!(
        "{}, Linux {}, files on {}",
        processors(),
        kernel.trim(),
        file_system(folder),
    ));
}

/// That of the sources now: who changed them and did not build again measures what was before.
fn commit() -> Option<String> {
    let mut git = Command::new("git");
    git.args([
        "-C",
        env!("CARGO_MANIFEST_DIR"),
        "describe",
        "--always",
        "--dirty",
    ]);
    let output = git.output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The type of the file system that a folder is on: that of the longest mount point that leads to it.
fn file_system(folder: &Path) -> String {
    let mounts = fs::read_to_string("/proc/mounts").unwrap_or_default();
    let mounts = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ');
        let (_, point, system) = (words.next()?, words.next()?, words.next()?);
        folder.starts_with(point).then_some((point.len(), system))
    });
    let found = mounts.max_by_key(|(length, _)| *length);
    found.map_or("an unknown file system".to_owned(), |(_, system)| {
        system.to_owned()
    })
}
