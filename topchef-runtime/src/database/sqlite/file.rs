//! Which file an `SQLite` database was opened as, and whether that is still the one at its path.
//!
//! It does not know what is in the file. A file that was removed or replaced is read and written as before by those who
//! hold it open, and all of it is gone when they end: the driver says nothing of that.

use std::io;
use std::path::{Path, PathBuf};

/// The file that a database was opened as.
#[derive(Clone, Debug)]
pub(super) struct OpenedFile {
    path: PathBuf,
    identity: Identity,
}

/// What a file is, whatever its path: its device and its number there.
#[cfg(unix)]
type Identity = (u64, u64);

/// Where files have no number, only whether there is one.
#[cfg(not(unix))]
type Identity = ();

impl OpenedFile {
    /// The file that is at this path now.
    pub(super) fn at(path: &Path) -> io::Result<Self> {
        // Of a relative path, another one is meant when the program has changed its directory.
        let path = path.canonicalize()?;
        let identity = identity(&path)?;
        Ok(Self { path, identity })
    }

    /// That it is still there.
    ///
    /// # Errors
    /// The file is not there any more, or another one is in its place.
    pub(super) fn is_in_place(&self) -> io::Result<()> {
        if identity(&self.path)? == self.identity {
            Ok(())
        } else {
            Err(io::Error::other(format!(
                "{} was replaced by another file while it was open",
                self.path.display()
            )))
        }
    }
}

#[cfg(unix)]
fn identity(path: &Path) -> io::Result<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = path.metadata()?;
    Ok((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> io::Result<Identity> {
    path.metadata().map(drop)
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_that_was_removed_or_replaced_is_told_from_the_one_that_was_opened() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("books.db");
        fs::write(&path, "one").unwrap();
        let file = OpenedFile::at(&path).unwrap();
        file.is_in_place().unwrap();
        fs::write(&path, "changed").unwrap();
        file.is_in_place().unwrap();
        let moved = folder.path().join("moved.db");
        fs::rename(&path, moved).unwrap();
        file.is_in_place().unwrap_err();
        fs::write(&path, "another").unwrap();
        let replaced = file.is_in_place().unwrap_err().to_string();
        assert!(replaced.contains("was replaced"), "{replaced}");
    }
}
