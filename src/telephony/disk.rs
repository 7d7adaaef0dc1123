//! The free space on the disk of recordings: recording stops before the disk is full, because the database may share it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// The directory of recordings, and the free space that must remain on its disk.
#[derive(Debug, Clone)]
pub struct Disk {
    pub directory: PathBuf,
    /// In bytes; 0 for no floor.
    pub min_free: u64,
}

/// Why nothing more is written.
#[derive(Debug)]
pub struct BelowFloor;

impl fmt::Display for BelowFloor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the disk for recordings has too little free space")
    }
}

impl std::error::Error for BelowFloor {}

impl Disk {
    /// Fails with [`BelowFloor`] if less than the floor would remain free after `more` bytes. Reads the state of the disk,
    /// so it may block.
    pub fn check(&self, more: u64) -> io::Result<()> {
        let room = self.min_free == 0 || free(&self.directory)? >= self.min_free.saturating_add(more);
        if room { Ok(()) } else { Err(io::Error::other(BelowFloor)) }
    }
}

/// Returns whether an error is [`BelowFloor`].
pub fn is_below_floor(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<BelowFloor>())
}

/// Returns why a recording cannot be saved, in the words for its owner; the log has the cause.
pub fn in_words(error: &io::Error) -> &'static str {
    match error.kind() {
        _ if is_below_floor(error) => "the disk for recordings has too little free space",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "the disk for recordings is full",
        io::ErrorKind::TimedOut => "the disk for recordings takes too long",
        _ => "the file of the recording cannot be written",
    }
}

/// Returns the bytes that this process may still write to the disk of a directory, or of the nearest directory above it
/// that exists.
#[cfg(target_os = "linux")]
fn free(directory: &Path) -> io::Result<u64> {
    let existing = directory.ancestors().find(|it| it.exists()).unwrap_or(Path::new("."));
    let disk = rustix::fs::statvfs(existing)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Other systems are not asked: there, a full disk is noticed when a file cannot be written.
#[cfg(not(target_os = "linux"))]
fn free(_: &Path) -> io::Result<u64> {
    Ok(u64::MAX)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_disk_below_its_floor_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let disk = |min_free| Disk { directory: directory.path().join("recordings"), min_free };
        assert!(disk(0).check(u64::MAX).is_ok() && disk(1).check(1).is_ok());
        let error = disk(u64::MAX).check(1).unwrap_err();
        assert!(is_below_floor(&error), "{error}");
        assert!(!is_below_floor(&io::Error::other("another")));
    }
}
