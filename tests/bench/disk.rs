//! What the disk can do by itself: how often it makes a page durable.

use std::fs::OpenOptions;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::Failure;

const TIME: Duration = Duration::from_secs(1);

/// Writes a page over the same place of a file and waits for the disk, again and again: as a log that is not growing.
pub(crate) fn syncs_per_second(folder: &Path) -> Result<f64, Failure> {
    let path = folder.join("fdatasync");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .open(&path)?;
    let page = [7; 4096];
    let began = Instant::now();
    let mut times = 0.0;
    while began.elapsed() < TIME {
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&page)?;
        file.sync_data()?;
        times += 1.0;
    }
    let rate = times / began.elapsed().as_secs_f64();
    std::fs::remove_file(path)?;
    Ok(rate)
}
