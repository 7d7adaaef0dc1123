//! Notices that the files of the database were deleted or replaced while the server runs. What it writes from then on
//! would be lost: it goes to files that nobody can open any more.

use super::{Result, unavailable};
use crate::supervisor::{Supervisor, Task};
use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::sleep;

/// How often the files are looked at. A commit that fails has them looked at at once.
const LOOK: Duration = Duration::from_secs(1);

/// A file on a device.
type Identity = (u64, u64);

/// The files of an open database.
pub(super) struct Guard {
    /// The files, with their identity once they were seen. SQLite makes the write-ahead log and its index with the first
    /// connection and keeps both until the last one is closed.
    files: Mutex<Vec<(PathBuf, Option<Identity>)>>,
    lost: AtomicBool,
    asked: Notify,
}

fn identity(metadata: &Metadata) -> Identity {
    (metadata.dev(), metadata.ino())
}

impl Guard {
    /// Guards these open files, and those that SQLite keeps next to the first of them.
    pub fn new(open: &[(&Path, &File)]) -> Result<Arc<Guard>> {
        let mut files = Vec::new();
        for (path, file) in open {
            let metadata = file.metadata().map_err(|error| unavailable(format!("{}: {error}", path.display())))?;
            files.push((path.to_path_buf(), Some(identity(&metadata))));
        }
        if let Some((database, _)) = open.first() {
            for suffix in ["-wal", "-shm"] {
                let mut path = database.as_os_str().to_owned();
                path.push(suffix);
                files.push((path.into(), None));
            }
        }
        let (files, lost, asked) = (Mutex::new(files), AtomicBool::new(false), Notify::new());
        Ok(Arc::new(Guard { files, lost, asked }))
    }

    /// Returns whether a file was found deleted or replaced: nothing must be written, and SQLite must not clean up, since
    /// it would delete files of another database.
    pub fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Acquire)
    }

    /// Has the files looked at now.
    pub fn ask(&self) {
        self.asked.notify_one();
    }

    /// Looks at the files for as long as the database is open, and ends the server when one is lost.
    pub async fn watch(self: Arc<Guard>, supervisor: Supervisor, task: Task) {
        loop {
            let looking = self.clone();
            match tokio::task::spawn_blocking(move || looking.look()).await {
                Ok(Ok(())) => {}
                Ok(Err(sentence)) => {
                    self.lost.store(true, Ordering::Release);
                    supervisor.fail("database_file", sentence);
                    return task.closing().await;
                }
                Err(error) => tracing::warn!(%error, "the files of the database could not be looked at"),
            }
            tokio::select! {
                () = sleep(LOOK) => {}
                () = self.asked.notified() => {}
                () = task.closing() => return,
            }
        }
    }

    /// Compares the files at their paths with those that are open.
    fn look(&self) -> Result<(), String> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        for (path, known) in files.iter_mut() {
            let what = match (std::fs::metadata(&*path), &known) {
                (Ok(found), Some(known)) if identity(&found) != *known => "replaced",
                (Ok(found), None) => {
                    *known = Some(identity(&found));
                    continue;
                }
                (Err(error), Some(_)) if error.kind() == io::ErrorKind::NotFound => "deleted",
                // Another error, such as too many open files, says nothing about the file.
                _ => continue,
            };
            return Err(format!(
                "{} was {what} while the server used it; what was written since then may be lost. Restore the file that \
                 this server used, if it still exists, before you start the server again",
                path.display()
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deleted_and_replaced_files_are_noticed() {
        let directory = tempfile::tempdir().unwrap();
        let (path, wal) = (directory.path().join("a.db"), directory.path().join("a.db-wal"));
        let file = File::create(&path).unwrap();
        let guard = Guard::new(&[(&path, &file)]).unwrap();
        assert_eq!(guard.look(), Ok(()), "the log is not there yet");
        std::fs::write(&wal, "1").unwrap();
        assert_eq!(guard.look(), Ok(()));
        std::fs::rename(&path, directory.path().join("b.db")).unwrap();
        assert!(guard.look().unwrap_err().contains("a.db was deleted"));
        std::fs::write(&path, "another").unwrap();
        assert!(guard.look().unwrap_err().contains("a.db was replaced"));
        std::fs::rename(directory.path().join("b.db"), &path).unwrap();
        assert_eq!(guard.look(), Ok(()));
        std::fs::remove_file(&wal).unwrap();
        assert!(guard.look().unwrap_err().contains("a.db-wal was deleted"));
    }
}
