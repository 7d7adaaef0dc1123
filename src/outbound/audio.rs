//! Reads audio files: WAV of every usual kind, and MP3. The result is what telephones carry: mono, 8,000 samples of 16 bits
//! per second.
//!
//! Files come from strangers. Nothing here panics, allocates more than a file justifies, or works longer than the limit of
//! [`MAX_LENGTH`] allows: a file of [`MAX_BYTES`] takes seconds at most. Callers run it on a thread that may block.

mod mp3;
mod pieces;
mod resample;
mod wav;

pub use pieces::{Pieces, decode};
pub use resample::{RATES, Resampler};

use std::time::Duration;

/// The most bytes of a file.
pub const MAX_BYTES: usize = 20 << 20;

/// The longest sound.
pub const MAX_LENGTH: Duration = Duration::from_secs(600);

/// Samples per second of what comes out.
pub const RATE: u32 = 8_000;

/// Takes samples, [`RATE`] of them per second. An error ends the reading, and is what it fails with.
pub type Sink<'a> = &'a mut dyn FnMut(&[i16]) -> Result<(), Fault>;

/// Why a file is not played. Completes a sentence that begins with the name of the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("is neither WAV nor MP3")]
    Unknown,
    #[error("is damaged: {0}")]
    Damaged(&'static str),
    #[error("cannot be played: {0}")]
    Unsupported(String),
    #[error("has no sound")]
    Empty,
    #[error("plays for more than {} minutes", MAX_LENGTH.as_secs() / 60)]
    TooLong,
    #[error("does not fit into the memory for sounds; --prompt-cache sets its size")]
    NoMemory,
    #[error("was not played to its end")]
    Unwanted,
}

/// Reads a file and passes what it sounds like to `sink`, piece by piece. The content decides what it is, not its name.
pub fn read(bytes: &[u8], sink: Sink) -> Result<(), Fault> {
    let mut left = longest();
    let mut counted = |samples: &[i16]| {
        left = left.checked_sub(samples.len()).ok_or(Fault::TooLong)?;
        sink(samples)
    };
    match wav::is_wav(bytes) {
        true => wav::read(bytes, &mut counted)?,
        false => mp3::read(bytes, &mut counted)?,
    }
    if left == longest() { Err(Fault::Empty) } else { Ok(()) }
}

/// Returns the number of samples of the longest sound.
pub fn longest() -> usize {
    usize::try_from(MAX_LENGTH.as_secs() * u64::from(RATE)).unwrap_or(usize::MAX)
}

/// What a file seems to be, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Wav,
    Mp3,
}

/// The bytes that [`kind`] needs to see.
pub const KIND_BYTES: usize = 12;

/// Returns what a file seems to be. `None` for anything else, such as raw samples.
pub fn kind(bytes: &[u8]) -> Option<Kind> {
    match bytes {
        _ if wav::is_wav(bytes) => Some(Kind::Wav),
        [b'I', b'D', b'3', ..] => Some(Kind::Mp3),
        [a, b, c, d, ..] if mp3::Header::read([*a, *b, *c, *d]).is_some() => Some(Kind::Mp3),
        _ => None,
    }
}

#[cfg(test)]
#[path = "audio/tests.rs"]
mod tests;
