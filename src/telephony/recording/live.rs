//! Writes the recordings of real calls while they run: 8 kHz, mono, 16 bit PCM, both directions mixed.
//!
//! One thread writes for all calls, five times a second, from the bounded channels that the media workers fill
//! ([`tap`](crate::telephony::media::tap)). A disk that is slower than 2 s costs sound, which becomes silence in its place, and
//! never a call. A second thread flushes and renames the files that are complete.

use crate::model::recording::{BYTES_PER_MS, HEADER_BYTES, file_name, part_name};
use crate::telephony::disk::Disk;
use crate::telephony::media::codec::{FRAME_MS, mix};
use crate::telephony::media::tap::{TapFrame, TapReader};
use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::iter;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::thread;
use std::time::Duration;
use tokio::sync::oneshot;
use uuid::Uuid;

/// How often the channels are emptied.
const PERIOD: Duration = Duration::from_millis(200);
/// Recordings that wait for one of the two threads.
const QUEUE: usize = 1_024;
const RATE: u32 = 8_000;
const HEADER: usize = HEADER_BYTES as usize;
const FRAME_BYTES: u64 = FRAME_MS * BYTES_PER_MS;

/// A recording that is complete on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saved {
    pub duration_ms: u64,
    /// Bytes of the file.
    pub size: u64,
    /// Sound that the disk was too slow for: silence in the file.
    pub lost_ms: u64,
}

/// The outcome of a recording, when its file is complete or there will be none. Dropping it cancels the recording: no file
/// appears under its name.
pub type Outcome = oneshot::Receiver<io::Result<Saved>>;

/// The threads that write recordings into one directory. They end when this is dropped and all recordings have ended.
#[derive(Debug, Clone)]
pub struct LiveRecordings {
    begun: SyncSender<Job>,
}

#[derive(Debug)]
struct Job {
    id: Uuid,
    reader: TapReader,
    outcome: oneshot::Sender<io::Result<Saved>>,
}

impl LiveRecordings {
    pub fn start(disk: Disk) -> io::Result<LiveRecordings> {
        let (begun, jobs) = mpsc::sync_channel(QUEUE);
        let (ended, complete) = mpsc::sync_channel(QUEUE);
        thread::Builder::new().name("recordings".to_owned()).spawn(move || write_all(&disk, &jobs, &ended))?;
        let finish = move || complete.iter().for_each(LiveFile::finish);
        thread::Builder::new().name("recordings-end".to_owned()).spawn(finish)?;
        Ok(LiveRecordings { begun })
    }

    /// Writes what a reader hears from now on. Fails if a thousand recordings are still to begin: the disk stands still.
    pub fn begin(&self, id: Uuid, reader: TapReader) -> io::Result<Outcome> {
        let (outcome, told) = oneshot::channel();
        match self.begun.try_send(Job { id, reader, outcome }) {
            Ok(()) => Ok(told),
            Err(TrySendError::Full(_)) => Err(io::Error::new(io::ErrorKind::TimedOut, "the disk takes too long")),
            Err(TrySendError::Disconnected(_)) => Err(io::Error::other("the writer of recordings has ended")),
        }
    }
}

/// The thread that writes.
fn write_all(disk: &Disk, jobs: &Receiver<Job>, ended: &SyncSender<LiveFile>) {
    let (mut files, mut open): (Vec<LiveFile>, bool) = (Vec::new(), true);
    while open || !files.is_empty() {
        // Without jobs to come this is the pace all the same.
        let wait = if open { jobs.recv_timeout(PERIOD) } else { Err(RecvTimeoutError::Disconnected) };
        match wait {
            Ok(job) => {
                files.extend(iter::once(job).chain(jobs.try_iter()).filter_map(|job| LiveFile::create(disk, job)))
            }
            Err(RecvTimeoutError::Disconnected) => {
                open = false;
                thread::sleep(PERIOD);
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
        // Asked once for all, and again for the reason.
        let full = disk.check(0).is_err().then_some(disk);
        let mut index = 0;
        while let Some(file) = files.get_mut(index) {
            match file.write(full) {
                Progress::Going => index += 1,
                Progress::Ended => finish(files.swap_remove(index), ended),
                Progress::Cancelled => drop(files.swap_remove(index)),
            }
        }
    }
}

fn finish(file: LiveFile, ended: &SyncSender<LiveFile>) {
    if let Err(TrySendError::Full(file) | TrySendError::Disconnected(file)) = ended.try_send(file) {
        file.finish();
    }
}

#[derive(Debug)]
enum Progress {
    Going,
    Ended,
    Cancelled,
}

/// A file under its temporary name. Dropping it removes the file, unless it was finished.
#[derive(Debug)]
struct LiveFile {
    id: Uuid,
    directory: PathBuf,
    part: Part,
    reader: TapReader,
    outcome: Option<oneshot::Sender<io::Result<Saved>>>,
    /// Frames in the file, with those that are gaps.
    frames: u64,
    /// The frames since the last write.
    bytes: Vec<u8>,
    result: io::Result<()>,
}

#[derive(Debug)]
struct Part {
    path: PathBuf,
    file: File,
    renamed: bool,
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.renamed {
            // A part that cannot be removed does no harm: nobody reads it.
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl LiveFile {
    /// Creates the file, or reports why it cannot be.
    fn create(disk: &Disk, job: Job) -> Option<LiveFile> {
        let Job { id, reader, outcome } = job;
        match Part::create(&disk.directory, id) {
            Ok(part) => Some(LiveFile {
                id,
                directory: disk.directory.clone(),
                part,
                reader,
                outcome: Some(outcome),
                frames: 0,
                bytes: Vec::new(),
                result: Ok(()),
            }),
            Err(error) => {
                // If nobody waits for it any more, the recording was cancelled.
                let _ = outcome.send(Err(error));
                None
            }
        }
    }

    /// Writes what has come, or ends because the disk is full.
    fn write(&mut self, full: Option<&Disk>) -> Progress {
        if self.outcome.as_ref().is_none_or(oneshot::Sender::is_closed) {
            return Progress::Cancelled;
        }
        if let Some(error) = full.and_then(|disk| disk.check(0).err()) {
            return self.fail(error);
        }
        loop {
            match self.reader.next() {
                Ok(Some(frame)) => {
                    if let Err(error) = self.take(&frame) {
                        return self.fail(error);
                    }
                }
                Ok(None) => break,
                Err(over) => {
                    self.result = self.flush().and_then(|()| self.part.end(over.frames));
                    self.frames = over.frames;
                    return Progress::Ended;
                }
            }
        }
        match self.flush() {
            Ok(()) => Progress::Going,
            Err(error) => self.fail(error),
        }
    }

    fn fail(&mut self, error: io::Error) -> Progress {
        self.result = Err(error);
        Progress::Ended
    }

    /// Frames come in order, some may be missing.
    fn take(&mut self, frame: &TapFrame) -> io::Result<()> {
        if frame.number != self.frames {
            self.flush()?;
            // What is skipped reads as zeros, which are silence.
            self.part.file.seek(SeekFrom::Start(HEADER_BYTES + frame.number * FRAME_BYTES))?;
        }
        self.frames = frame.number + 1;
        let mixed = mix(&frame.ours, &frame.theirs);
        mixed.iter().for_each(|sample| self.bytes.extend(sample.to_le_bytes()));
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.part.file.write_all(&self.bytes)?;
        self.bytes.clear();
        Ok(())
    }

    /// Makes the file durable under its name, and tells who waits.
    fn finish(mut self) {
        let Some(outcome) = self.outcome.take() else { return };
        if outcome.is_closed() {
            return;
        }
        let result = std::mem::replace(&mut self.result, Ok(()));
        let saved = result.and_then(|()| self.part.rename(&self.directory, self.id)).map(|()| Saved {
            duration_ms: self.frames * FRAME_MS,
            size: HEADER_BYTES + self.frames * FRAME_BYTES,
            lost_ms: self.reader.lost_ms(),
        });
        // A recording that nobody needs any more, or that is perhaps not durable, is removed: before the report, if it failed.
        let LiveFile { part, directory, id, .. } = self;
        let (renamed, failed) = (part.renamed, saved.is_err());
        drop(part);
        let remove = || drop(fs::remove_file(directory.join(file_name(id))));
        if failed && renamed {
            remove();
        }
        if outcome.send(saved).is_err() && renamed && !failed {
            remove();
        }
    }
}

impl Part {
    fn create(directory: &Path, id: Uuid) -> io::Result<Part> {
        // Only the owner may read: recordings are private conversations.
        let mut builder = fs::DirBuilder::new();
        let mut options = File::options();
        #[cfg(unix)]
        {
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        builder.recursive(true).create(directory)?;
        let path = directory.join(part_name(id));
        let file = options.create(true).truncate(true).write(true).open(&path)?;
        let mut part = Part { path, file, renamed: false };
        part.file.write_all(&header(0))?;
        Ok(part)
    }

    fn end(&mut self, frames: u64) -> io::Result<()> {
        let bytes = frames * FRAME_BYTES;
        let data = u32::try_from(bytes).map_err(|_| io::Error::other("it is too long for a WAV file"))?;
        self.file.set_len(HEADER_BYTES + bytes)?;
        self.file.rewind()?;
        self.file.write_all(&header(data))
    }

    fn rename(&mut self, directory: &Path, id: Uuid) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.path, directory.join(file_name(id)))?;
        self.renamed = true;
        // The rename is durable only once the directory is flushed too.
        File::open(directory)?.sync_all()
    }
}

/// The header of a RIFF file with so many bytes of samples.
fn header(data: u32) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    let (pcm, mono, frame_bytes, bits) = (1_u16, 1_u16, 2_u16, 16_u16);
    let fields: [&[u8]; 13] = [
        b"RIFF",
        &(HEADER as u32 - 8).saturating_add(data).to_le_bytes(),
        b"WAVE",
        b"fmt ",
        &16_u32.to_le_bytes(),
        &pcm.to_le_bytes(),
        &mono.to_le_bytes(),
        &RATE.to_le_bytes(),
        &(RATE * 2).to_le_bytes(),
        &frame_bytes.to_le_bytes(),
        &bits.to_le_bytes(),
        b"data",
        &data.to_le_bytes(),
    ];
    header.iter_mut().zip(fields.iter().copied().flatten()).for_each(|(to, byte)| *to = *byte);
    header
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telephony::disk;
    use crate::telephony::media::codec::{FRAME, QUIET};
    use crate::telephony::media::tap::{Ends, tap};

    fn directory(min_free: u64) -> (tempfile::TempDir, Disk) {
        let temporary = tempfile::tempdir().unwrap();
        let disk = Disk { directory: temporary.path().join("a/b"), min_free };
        (temporary, disk)
    }

    fn names(disk: &Disk) -> Vec<String> {
        let entries = fs::read_dir(&disk.directory).into_iter().flatten();
        entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_recording_is_whole_and_silent_where_frames_are_missing() {
        let (_temporary, disk) = directory(1);
        let recordings = LiveRecordings::start(disk.clone()).unwrap();
        let id = Uuid::from_u128(7);
        let (mut recorded, reader) = tap(id, Ends::default(), false);
        let outcome = recordings.begin(id, reader).unwrap();
        let (one, two) = ([1_000; FRAME], [30_000; FRAME]);
        recorded.frame(50, &one, &QUIET);
        recorded.frame(51, &two, &two);
        recorded.frame(99, &QUIET, &one);
        drop(recorded);
        let saved = outcome.blocking_recv().unwrap().unwrap();
        assert_eq!(saved, Saved { duration_ms: 1_000, size: 16_044, lost_ms: 0 });
        assert_eq!(names(&disk), [file_name(id)], "no other name is left");
        let bytes = fs::read(disk.directory.join(file_name(id))).unwrap();
        assert_eq!(bytes.len(), 16_044);
        assert_eq!((&bytes[..4], &bytes[8..16], &bytes[36..40]), (&b"RIFF"[..], &b"WAVEfmt "[..], &b"data"[..]));
        assert_eq!((&bytes[4..8], &bytes[40..44]), (&16_036_u32.to_le_bytes()[..], &16_000_u32.to_le_bytes()[..]));
        assert_eq!(bytes[16..36], [16, 0, 0, 0, 1, 0, 1, 0, 0x40, 0x1f, 0, 0, 0x80, 0x3e, 0, 0, 2, 0, 16, 0]);
        let sample = |frame: usize| i16::from_le_bytes([bytes[44 + frame * 320], bytes[45 + frame * 320]]);
        assert_eq!([0, 1, 2, 48, 49].map(sample), [1_000, i16::MAX, 0, 0, 1_000]);
    }

    #[test]
    fn an_empty_recording_is_a_file_too_and_a_cancelled_one_is_none() {
        let (_temporary, disk) = directory(0);
        let recordings = LiveRecordings::start(disk.clone()).unwrap();
        let cancelled = Uuid::from_u128(8);
        let (mut recorded, reader) = tap(cancelled, Ends::default(), false);
        recorded.frame(0, &QUIET, &QUIET);
        drop(recordings.begin(cancelled, reader).unwrap());
        let id = Uuid::from_u128(7);
        let (empty, reader) = tap(id, Ends::default(), false);
        let outcome = recordings.begin(id, reader).unwrap();
        drop((empty, recorded));
        assert_eq!(outcome.blocking_recv().unwrap().unwrap(), Saved { duration_ms: 0, size: 44, lost_ms: 0 });
        assert_eq!(names(&disk), [file_name(id)]);
    }

    #[test]
    fn a_disk_without_room_and_a_directory_that_is_none_are_reported() {
        let (_temporary, disk) = directory(u64::MAX);
        let recordings = LiveRecordings::start(disk.clone()).unwrap();
        let (_recorded, reader) = tap(Uuid::nil(), Ends::default(), false);
        let error = recordings.begin(Uuid::nil(), reader).unwrap().blocking_recv().unwrap().unwrap_err();
        assert!(disk::is_below_floor(&error), "{error}");
        assert!(names(&disk).is_empty());

        let (_temporary, disk) = directory(0);
        fs::create_dir_all(disk.directory.parent().unwrap()).unwrap();
        fs::write(&disk.directory, "").unwrap();
        let recordings = LiveRecordings::start(disk).unwrap();
        let (_recorded, reader) = tap(Uuid::nil(), Ends::default(), false);
        assert!(recordings.begin(Uuid::nil(), reader).unwrap().blocking_recv().unwrap().is_err());
    }
}
