//! The files of recordings.

use crate::error::{Error, Reason, Result};
use crate::model::recording::{Status, file_name, part_name};
use crate::model::view;
use crate::store::Store;
use bytes::Bytes;
use futures::Stream;
use futures::stream;
use std::io::{ErrorKind, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use uuid::Uuid;

/// The most concurrent downloads; each holds a file open for as long as its reader takes.
const DOWNLOADS: usize = 256;
/// How long a reader may take for a chunk.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Bytes read at a time.
const CHUNK: u64 = 64 * 1024;

/// A range of bytes of a file.
#[derive(Debug, Clone, Copy)]
pub struct ByteRange {
    pub offset: u64,
    /// 0: to the end.
    pub length: u64,
}

/// The directory of recordings.
pub struct Files {
    directory: PathBuf,
    downloads: Arc<Semaphore>,
}

/// A download in progress.
pub struct Download {
    file: File,
    left: u64,
    _permit: OwnedSemaphorePermit,
}

impl Files {
    pub fn new(directory: PathBuf) -> Files {
        Files { directory, downloads: Arc::new(Semaphore::new(DOWNLOADS)) }
    }

    pub async fn open(&self, id: Uuid, size: u64, range: ByteRange) -> Result<Download> {
        let busy = || Error::new(Reason::TooManyRequests, "too many recordings are being downloaded; try again");
        let permit = self.downloads.clone().try_acquire_owned().map_err(|_| busy())?;
        let mut file = match File::open(self.directory.join(file_name(id))).await {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(Error::new(Reason::RecordingNotFound, "the file of the recording does not exist"));
            }
            Err(error) => return Err(Error::internal(error)),
        };
        let length = file.metadata().await.map_err(Error::internal)?.len();
        if length != size {
            return Err(Error::internal(format!("the file of recording {id} has {length} bytes, not {size}")));
        }
        file.seek(SeekFrom::Start(range.offset)).await.map_err(Error::internal)?;
        let rest = size.saturating_sub(range.offset);
        let left = if range.length == 0 { rest } else { range.length.min(rest) };
        Ok(Download { file, left, _permit: permit })
    }

    /// Removes the file of a recording, and returns whether it no longer exists. The file of a deleted recording that
    /// cannot be removed now is removed on the next start.
    pub async fn remove(&self, id: Uuid) -> bool {
        remove(&self.directory.join(file_name(id))).await
    }

    /// Removes leftover files of this database's recordings: of those that were deleted, and of those that never became
    /// complete because their process died. A file without a row belongs to someone else and stays.
    pub async fn remove_left(&self, store: &dyn Store) {
        let mut entries = match tokio::fs::read_dir(&self.directory).await {
            Ok(entries) => entries,
            Err(error) => {
                return tracing::warn!("recordings in {} cannot be listed: {error}", self.directory.display());
            }
        };
        // The directory may change while it is read; a missed file is found on the next start.
        while let Ok(Some(entry)) = entries.next_entry().await {
            let Some((id, whole)) = entry.file_name().to_str().and_then(named) else { continue };
            let Ok(Some(row)) = store.recording(id).await else { continue };
            let is = |status: Status| row.status == i32::from(view::recording_status(status));
            // A recording that runs belongs to this process: those of earlier ones have failed.
            let left = match whole {
                true => row.tm_delete.is_some() || is(Status::Failed),
                false => !is(Status::Recording),
            };
            if left {
                remove(&entry.path()).await;
            }
        }
    }
}

/// Returns which recording a file belongs to, and whether it is complete.
fn named(name: &str) -> Option<(Uuid, bool)> {
    let id = Uuid::try_parse(name.get(..36)?).ok()?;
    [(file_name(id), true), (part_name(id), false)].into_iter().find(|(it, _)| it == name).map(|(_, whole)| (id, whole))
}

async fn remove(path: &Path) -> bool {
    match tokio::fs::remove_file(path).await {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            tracing::warn!("{} cannot be removed: {error}", path.display());
            false
        }
        _ => true,
    }
}

impl Download {
    /// Returns the bytes in chunks: the next one is read when the one before is taken. A reader that takes none for a while
    /// loses its permit, and gets an error when it continues.
    pub fn chunks(self) -> impl Stream<Item = Result<Bytes>> + Send {
        let (left, (sender, receiver)) = (self.left, mpsc::channel(1));
        tokio::spawn(self.feed(sender));
        stream::try_unfold((receiver, left), |(mut receiver, left)| async move {
            match receiver.recv().await {
                Some(chunk) => chunk.map(|chunk: Bytes| {
                    let left = left.saturating_sub(chunk.len() as u64);
                    Some((chunk, (receiver, left)))
                }),
                None if left == 0 => Ok(None),
                None => Err(Error::new(Reason::DeadlineExceeded, "the download stalled for too long; resume it")),
            }
        })
    }

    async fn feed(mut self, sender: mpsc::Sender<Result<Bytes>>) {
        while self.left > 0 {
            let chunk = self.read().await.map_err(Error::internal);
            let failed = chunk.is_err();
            let taken = tokio::time::timeout(TIMEOUT, sender.send(chunk)).await;
            if failed || !matches!(taken, Ok(Ok(()))) {
                return;
            }
        }
    }

    async fn read(&mut self) -> std::io::Result<Bytes> {
        let mut chunk = vec![0; self.left.min(CHUNK) as usize];
        self.file.read_exact(&mut chunk).await?;
        self.left -= chunk.len() as u64;
        Ok(Bytes::from(chunk))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::StreamExt;

    #[tokio::test(start_paused = true)]
    async fn a_stalled_download_is_ended() {
        let home = tempfile::tempdir().unwrap();
        let id = Uuid::from_u128(7);
        let size = 5 * CHUNK;
        std::fs::write(home.path().join(file_name(id)), vec![1; size as usize]).unwrap();
        let files = Files::new(home.path().to_owned());
        let whole = ByteRange { offset: 0, length: 0 };
        let chunks: Vec<_> = files.open(id, size, whole).await.unwrap().chunks().collect().await;
        assert_eq!(chunks.iter().map(|chunk| chunk.as_ref().unwrap().len() as u64).sum::<u64>(), size);

        let mut slow = Box::pin(files.open(id, size, whole).await.unwrap().chunks());
        slow.next().await.unwrap().unwrap();
        assert_eq!(files.downloads.available_permits(), DOWNLOADS - 1);
        tokio::time::timeout(TIMEOUT * 2, async {
            while files.downloads.available_permits() < DOWNLOADS {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        })
        .await
        .expect("its permit is released");
        let rest: Vec<_> = slow.collect().await;
        assert!(rest.last().unwrap().is_err() && rest.iter().filter(|it| it.is_ok()).count() < 4);
    }

    #[test]
    fn files_are_recognized_by_their_names() {
        let id = Uuid::from_u128(0xabc);
        assert_eq!(named(&format!("{id}.wav")), Some((id, true)));
        assert_eq!(named(&format!("{id}.wav.part")), Some((id, false)));
        for other in ["", "a.wav", &format!("{id}"), &format!("{id}.mp3"), &format!("{id}.wav.part.wav")] {
            assert_eq!(named(other), None, "{other}");
        }
        let loud = id.to_string().to_uppercase();
        assert_eq!(named(&format!("{loud}.wav")), None, "not a name that the server uses");
    }
}
