//! Writes the files of recordings in the background: a slow or full disk delays only the phone whose recording it is,
//! and only for a limited time.

use super::recorder::FinishedRecording;
use super::wav;
use crate::model::telephony::Signal;
use crate::telephony::disk::{self, Disk};
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use uuid::Uuid;

/// The maximum number of files written at the same time. Others wait: a disk gains nothing from more.
const AT_ONCE: usize = 8;
/// The time limit for one file, in real time. The end of a call waits for it, and the engine waits only 32 s for the driver
/// to confirm a hang-up.
const TIMEOUT: Duration = Duration::from_secs(25);

/// Writes recordings into one directory.
pub struct RecordingWriter {
    disk: Disk,
    writers: Arc<Semaphore>,
}

/// A file that is being written. Dropping it cancels the recording: no file appears under its name.
pub struct Saving {
    recording_id: Uuid,
    task: JoinHandle<Signal>,
    needed: Arc<AtomicBool>,
}

impl RecordingWriter {
    pub fn new(disk: Disk) -> RecordingWriter {
        RecordingWriter { disk, writers: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Returns why nothing can be recorded now.
    pub async fn problem(&self) -> Option<&'static str> {
        let disk = self.disk.clone();
        let checked = tokio::task::spawn_blocking(move || disk.check(0)).await;
        let below = matches!(checked, Ok(Err(error)) if disk::is_below_floor(&error));
        below.then_some("the disk for recordings has too little free space")
    }

    pub fn save(&self, recording: FinishedRecording) -> Saving {
        let (disk, writers) = (self.disk.clone(), self.writers.clone());
        let needed = Arc::new(AtomicBool::new(true));
        let still_needed = needed.clone();
        let (recording_id, duration_ms) = (recording.id, wav::millis(recording.length).cast_signed());
        let write = async move {
            let writer = writers.acquire_owned().await.map_err(io::Error::other)?;
            let written = tokio::task::spawn_blocking(move || {
                // Released when the disk operation ends, even if nobody waits for it any more.
                let _hand = writer;
                disk.check(wav::size(&recording))?;
                wav::save(&disk.directory, &recording, &still_needed)
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
    /// Returns the signal that reports the result. Cancel safe: may be called again until it has returned.
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

/// Builds the signal for a recording. The client receives what the error means for it; the log has the cause.
fn recorded(recording_id: Uuid, duration_ms: i64, written: io::Result<u64>) -> Signal {
    let (size, error) = match written {
        Ok(size) => (size, None),
        Err(error) => {
            tracing::error!(%recording_id, %error, "cannot save a recording");
            (0, Some(disk::in_words(&error).to_owned()))
        }
    };
    Signal::Recorded { recording_id, duration_ms, size, error }
}
