//! Writes recordings: 8 kHz, mono, 16 bit PCM in a RIFF file ("Multimedia Programming Interface and Data Specifications
//! 1.0", IBM and Microsoft 1991).

use super::recorder::{FinishedRecording, Heard};
use crate::model::recording::{file_name, part_name};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const RATE: u32 = 8_000;
const SAMPLES_PER_MS: u64 = RATE as u64 / 1_000;
const HEADER: u32 = 44;
/// Samples written at a time.
const CHUNK: u64 = 8_192;
/// Loud enough to be heard, while the sum of two tones still fits into a sample.
const LOUDNESS: f64 = 3_000.0;

/// Rounds simulated time to milliseconds. Fractions come only from the speed of the clock.
pub fn millis(time: Duration) -> u64 {
    u64::try_from(time.saturating_add(Duration::from_micros(500)).as_millis()).unwrap_or(u64::MAX)
}

/// Saves a recording and returns the size of its file. The file is written and flushed under a temporary name and then
/// renamed, so a file under its final name is complete. If the recording is no longer needed by then, or saving fails,
/// nothing remains on disk.
pub fn save(directory: &Path, recording: &FinishedRecording, needed: &AtomicBool) -> io::Result<u64> {
    make_directory(directory)?;
    let part = directory.join(part_name(recording.id));
    let written = write(&part, recording).and_then(|size| {
        if !needed.load(Ordering::Acquire) {
            return Err(io::Error::other("the recording is no longer needed"));
        }
        fs::rename(&part, directory.join(file_name(recording.id)))?;
        // The rename is durable only once the directory is flushed too.
        File::open(directory)?.sync_all()?;
        Ok(size)
    });
    if written.is_err() {
        // The file may not exist, and does no harm if it cannot be removed.
        let _ = fs::remove_file(&part);
    }
    written
}

/// Returns the size of the file of a recording.
pub fn size(recording: &FinishedRecording) -> u64 {
    u64::from(HEADER) + millis(recording.length) * SAMPLES_PER_MS * 2
}

/// Only the owner may read the directory: recordings are private conversations.
fn make_directory(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(directory)
}

fn write(path: &Path, recording: &FinishedRecording) -> io::Result<u64> {
    let mut options = File::options();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let samples = millis(recording.length) * SAMPLES_PER_MS;
    let data = u32::try_from(samples * 2).map_err(|_| io::Error::other("it is too long for a WAV file"))?;
    file.write_all(&header(data))?;
    let (mut first, mut bytes) = (0, Vec::with_capacity(CHUNK as usize * 2));
    for start in (0..samples).step_by(CHUNK as usize) {
        let chunk = start..samples.min(start + CHUNK);
        // Sounds are sorted by start time; those at the front that have ended are skipped for good.
        while recording.heard.get(first).is_some_and(|heard| sample_of(heard.to) <= start) {
            first += 1;
        }
        let begun = recording.heard[first..].iter().take_while(|heard| sample_of(heard.from) < chunk.end);
        let heard: Vec<&Heard> = begun.filter(|heard| sample_of(heard.to) > start).collect();
        bytes.clear();
        chunk.for_each(|at| bytes.extend(sample(&heard, at).to_le_bytes()));
        file.write_all(&bytes)?;
    }
    file.sync_all()?;
    Ok(u64::from(HEADER) + u64::from(data))
}

fn header(data: u32) -> [u8; HEADER as usize] {
    let mut header = [0; HEADER as usize];
    let mut rest = header.as_mut_slice();
    let mut put = |bytes: &[u8]| rest.write_all(bytes).expect("there is room for 44 bytes");
    put(b"RIFF");
    put(&(HEADER - 8).saturating_add(data).to_le_bytes());
    put(b"WAVEfmt ");
    put(&16_u32.to_le_bytes());
    for word in [1, 1] {
        // PCM; one channel.
        put(&u16::to_le_bytes(word));
    }
    put(&RATE.to_le_bytes());
    put(&(RATE * 2).to_le_bytes());
    for word in [2, 16] {
        // Bytes per frame; bits per sample.
        put(&u16::to_le_bytes(word));
    }
    put(b"data");
    put(&data.to_le_bytes());
    header
}

fn sample(heard: &[&Heard], at: u64) -> i16 {
    let sounding = heard.iter().filter(|heard| (sample_of(heard.from)..sample_of(heard.to)).contains(&at));
    let level: f64 = sounding.map(|heard| tone(heard.sound.hertz, at)).sum();
    (level * LOUDNESS).clamp(f64::from(i16::MIN), f64::from(i16::MAX)) as i16
}

fn tone(hertz: u32, at: u64) -> f64 {
    let turns = f64::from(hertz) * at as f64 / f64::from(RATE);
    (turns * std::f64::consts::TAU).sin()
}

fn sample_of(time: Duration) -> u64 {
    millis(time) * SAMPLES_PER_MS
}

#[cfg(test)]
mod tests {
    use super::super::sound::{OUR_VOICE, THEIR_VOICE};
    use super::*;
    use uuid::Uuid;

    fn recording(length_ms: u64) -> FinishedRecording {
        let ms = Duration::from_millis;
        let heard = vec![
            Heard { from: ms(500), to: ms(2_500), sound: OUR_VOICE },
            Heard { from: ms(2_000), to: ms(2_100), sound: THEIR_VOICE },
        ];
        FinishedRecording { id: Uuid::from_u128(7), length: ms(length_ms), heard }
    }

    #[test]
    fn a_file_is_whole_and_silent_where_nothing_was_heard() {
        let directory = tempfile::tempdir().unwrap();
        let (inside, needed) = (directory.path().join("a/b"), AtomicBool::new(true));
        assert_eq!(save(&inside, &recording(3_000), &needed).unwrap(), 48_044);
        let bytes = fs::read(inside.join(file_name(Uuid::from_u128(7)))).unwrap();
        assert_eq!(bytes.len(), 48_044);
        assert_eq!(&bytes[..4], b"RIFF");
        assert_eq!(bytes[4..8], 48_036_u32.to_le_bytes());
        assert_eq!(&bytes[8..16], b"WAVEfmt ");
        assert_eq!(bytes[16..36], [16, 0, 0, 0, 1, 0, 1, 0, 0x40, 0x1f, 0, 0, 0x80, 0x3e, 0, 0, 2, 0, 16, 0]);
        assert_eq!(&bytes[36..40], b"data");
        assert_eq!(bytes[40..44], 48_000_u32.to_le_bytes());
        let sound =
            |ms: std::ops::Range<usize>| bytes[44 + ms.start * 16..44 + ms.end * 16].iter().any(|byte| *byte > 0);
        assert!(!sound(0..500) && sound(500..600) && sound(2_400..2_500) && !sound(2_500..3_000));
        assert_eq!(fs::read_dir(&inside).unwrap().count(), 1, "no other name is left");
    }

    #[test]
    fn an_empty_recording_is_a_file_too() {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(
            save(directory.path(), &FinishedRecording { heard: vec![], ..recording(0) }, &AtomicBool::new(true))
                .unwrap(),
            44
        );
    }

    #[test]
    fn nothing_is_left_of_what_cannot_be_saved_or_comes_too_late() {
        let directory = tempfile::tempdir().unwrap();
        assert!(save(directory.path(), &recording(10), &AtomicBool::new(false)).is_err());
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
        let file = directory.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(save(&file, &recording(10), &AtomicBool::new(true)).is_err());
    }
}
