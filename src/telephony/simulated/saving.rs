//! Files of recordings, written beside everything else: a disk that is slow or full delays no phone but the one whose
//! recording it is, and that one only for a while.

use super::recorder::FinishedRecording;
use super::wav;
use crate::model::telephony::Signal;
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use uuid::Uuid;

/// Files written at the same moment. The others wait: a disk has no use for more.
const AT_ONCE: usize = 8;
/// How long a file may take, on our own clock. The end of a call waits for it, and who hangs up waits half a minute for that.
const TIMEOUT: Duration = Duration::from_secs(25);

/// The directory of recordings.
pub struct RecordingWriter {
    directory: PathBuf,
    writers: Arc<Semaphore>,
}

/// A file that is being written. Dropped, it is not wanted any more: nothing comes under its name.
pub struct Saving {
    recording_id: Uuid,
    task: JoinHandle<Signal>,
    needed: Arc<AtomicBool>,
}

impl RecordingWriter {
    pub fn new(directory: PathBuf) -> RecordingWriter {
        RecordingWriter { directory, writers: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    pub fn save(&self, recording: FinishedRecording) -> Saving {
        let (directory, writers) = (self.directory.clone(), self.writers.clone());
        let needed = Arc::new(AtomicBool::new(true));
        let still_needed = needed.clone();
        let (recording_id, duration_ms) = (recording.id, wav::millis(recording.length).cast_signed());
        let write = async move {
            let writer = writers.acquire_owned().await.map_err(io::Error::other)?;
            let written = tokio::task::spawn_blocking(move || {
                // Given back when the disk is done with it, whoever still waits.
                let _hand = writer;
                wav::save(&directory, &recording, &still_needed)
            });
            written.await.map_err(io::Error::other)?
        };
        let task = tokio::spawn(async move {
            let written = match tokio::time::timeout(TIMEOUT, write).await {
                Ok(written) => written,
                Err(_) => Err(io::Error::new(ErrorKind::TimedOut, "the disk takes too long")),
            };
            recorded(recording_id, duration_ms, written)
        });
        Saving { recording_id, task, needed }
    }
}

impl Saving {
    /// Returns what is to be told of it. May be given up and called again until it has returned.
    pub async fn done(&mut self) -> Signal {
        let done = (&mut self.task).await;
        done.unwrap_or_else(|error| recorded(self.recording_id, 0, Err(io::Error::other(error))))
    }
}

impl Drop for Saving {
    fn drop(&mut self) {
        self.needed.store(false, Ordering::Release);
    }
}

/// Who asks for a recording is told what it means for them; the log says what happened.
fn recorded(recording_id: Uuid, duration_ms: i64, written: io::Result<u64>) -> Signal {
    let (size, error) = match written {
        Ok(size) => (size, None),
        Err(error) => {
            tracing::error!(%recording_id, %error, "a recording cannot be saved");
            let reason = match error.kind() {
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "the disk for recordings is full",
                ErrorKind::TimedOut => "the disk for recordings takes too long",
                _ => "the file of the recording cannot be written",
            };
            (0, Some(reason.to_owned()))
        }
    };
    Signal::Recorded { recording_id, duration_ms, size, error }
}
