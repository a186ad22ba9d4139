//! Where a benchmark runs: the versions, the processors, and the folder, which must be on a disk.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Failure;
use crate::figures::{processors, say};

/// A new folder below the one that is named, otherwise below the target directory.
pub(crate) fn folder(parent: Option<String>) -> Result<PathBuf, Failure> {
    let parent = match parent {
        Some(parent) => PathBuf::from(parent),
        None => std::env::current_exe()?
            .parent()
            .ok_or("the program is in no folder")?
            .to_owned(),
    };
    let folder = parent.join(format!("bench-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let folder = folder.canonicalize()?;
    let system = file_system(&folder);
    if ["tmpfs", "ramfs"].contains(&system.as_str()) {
        fs::remove_dir(&folder)?;
        return Err(format!("{system} is no disk: name another folder").into());
    }
    Ok(folder)
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
        "topchef {} ({}, {profile}), SQLite {}, WAL, synchronous=FULL",
        env!("CARGO_PKG_VERSION"),
        commit().unwrap_or_else(|| "unknown commit".to_owned()),
        rusqlite::version(),
    ));
    say(&format!(
        "{}, Linux {}, files on {}",
        processors(),
        kernel.trim(),
        file_system(folder),
    ));
}

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
