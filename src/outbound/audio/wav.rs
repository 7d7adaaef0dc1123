//! Reads WAV files: RIFF, as in "Multimedia Programming Interface and Data Specifications 1.0" (IBM and Microsoft 1991) and
//! "New Multimedia Data Types and Data Techniques" (Microsoft 1994), and RF64 (EBU Tech 3306).
//!
//! Many programs write headers that are wrong, and everybody else plays their files. Therefore lengths are believed only as
//! far as the file reaches: a program that writes to a pipe cannot know them.

use super::{Fault, Resampler, Sink, mp3};
use crate::telephony::media::codec::Law;

const PCM: u16 = 1;
const FLOAT: u16 = 3;
const A_LAW: u16 = 6;
const MU_LAW: u16 = 7;
const MP3: u16 = 0x55;
/// The real format is in the extension of the header.
const EXTENSIBLE: u16 = 0xfffe;

/// Frames that are converted at a time.
const BLOCK: usize = 4_096;

/// How samples are stored.
struct Format {
    encoding: Encoding,
    channels: usize,
    rate: u32,
}

#[derive(Clone, Copy)]
enum Encoding {
    /// Of this many bytes: 1 is unsigned, 2 to 4 are signed.
    Pcm(usize),
    Float32,
    Float64,
    ALaw,
    MuLaw,
    Mp3,
}

impl Encoding {
    /// Returns the bytes of one sample.
    fn bytes(self) -> usize {
        match self {
            Encoding::Pcm(bytes) => bytes,
            Encoding::Float32 => 4,
            Encoding::Float64 => 8,
            Encoding::ALaw | Encoding::MuLaw | Encoding::Mp3 => 1,
        }
    }
}

/// Returns whether this is the beginning of a WAV file. Its first 12 bytes are enough.
pub fn is_wav(bytes: &[u8]) -> bool {
    let riff = bytes.starts_with(b"RIFF") || bytes.starts_with(b"RF64") || bytes.starts_with(b"BW64");
    riff && bytes.get(8..12) == Some(b"WAVE")
}

/// Reads a WAV file.
pub fn read(bytes: &[u8], sink: Sink) -> Result<(), Fault> {
    let (format, data) = chunks(bytes);
    let format = format_of(format.ok_or(Fault::Damaged("the chunk \"fmt \" is missing"))?)?;
    let data = data.ok_or(Fault::Damaged("the chunk \"data\" is missing"))?;
    if let Encoding::Mp3 = format.encoding {
        return mp3::read(data, sink);
    }
    let unsupported = || Fault::Unsupported(format!("its sample rate is {} Hz", format.rate));
    let mut resampler = Resampler::new(format.rate).ok_or_else(unsupported)?;
    let frame = format.encoding.bytes() * format.channels;
    let (mut samples, mut mono) = (Vec::new(), Vec::new());
    for block in data.chunks(frame * BLOCK) {
        samples.clear();
        convert(format.encoding, block, &mut samples);
        mono.clear();
        let share = 1.0 / format.channels as f32;
        mono.extend(samples.chunks_exact(format.channels).map(|frame| frame.iter().sum::<f32>() * share));
        resampler.push(&mono, sink)?;
    }
    resampler.finish(sink)
}

/// Returns the contents of the first chunks "fmt " and "data".
fn chunks(bytes: &[u8]) -> (Option<&[u8]>, Option<&[u8]>) {
    let (mut format, mut data) = (None, None);
    let mut at = 12;
    while let Some((id, length)) = chunk_header(bytes, at) {
        let rest = bytes.get(at + 8..).unwrap_or_default();
        let whole = rest.get(..length);
        match id {
            b"fmt " if format.is_none() => format = Some(whole.unwrap_or(rest)),
            b"data" if data.is_none() => {
                // 0 and lengths that the file does not have are what programs write that do not know better.
                let unknown = length == 0 && !begins_chunk(rest);
                data = Some(whole.filter(|_| !unknown).unwrap_or(rest));
                if unknown {
                    break;
                }
            }
            _ => {}
        }
        if whole.is_none() {
            break;
        }
        // Chunks begin at even offsets. Some programs forget that.
        let end = at + 8 + length;
        let unpadded = chunk_header(bytes, end).is_some_and(|(id, _)| [b"fmt ", b"data", b"LIST"].contains(&id));
        at = if unpadded { end } else { end + length % 2 };
    }
    (format, data)
}

/// Returns the name and the length of the chunk at an offset.
fn chunk_header(bytes: &[u8], at: usize) -> Option<(&[u8; 4], usize)> {
    let (id, rest) = bytes.get(at..)?.split_first_chunk()?;
    let length = u32::from_le_bytes(*rest.first_chunk()?);
    Some((id, usize::try_from(length).ok()?))
}

/// Returns whether another chunk begins here, and fits.
fn begins_chunk(bytes: &[u8]) -> bool {
    let fits = |(id, length): (&[u8; 4], usize)| id.iter().all(u8::is_ascii_graphic) && length <= bytes.len() - 8;
    chunk_header(bytes, 0).is_some_and(fits)
}

fn format_of(chunk: &[u8]) -> Result<Format, Fault> {
    let half = |at: usize| Some(u16::from_le_bytes(*chunk.get(at..)?.first_chunk()?));
    let word = |at: usize| Some(u32::from_le_bytes(*chunk.get(at..)?.first_chunk()?));
    let short = Fault::Damaged("the chunk \"fmt \" is too short");
    let (Some(tag), Some(channels), Some(rate), Some(align)) = (half(0), half(2), word(4), half(12)) else {
        return Err(short);
    };
    let tag = if tag == EXTENSIBLE { half(24).ok_or(short)? } else { tag };
    // The first version of the format had no bits per sample.
    let bits = half(14).unwrap_or_else(|| align.checked_div(channels).unwrap_or_default().saturating_mul(8));
    if !(1..=2).contains(&channels) {
        return Err(Fault::Unsupported(format!("it has {channels} channels")));
    }
    let encoding = encoding(tag, bits, align / channels, align % channels == 0)?;
    Ok(Format { encoding, channels: usize::from(channels), rate })
}

/// Returns how samples are stored. `container` is the number of bytes for each, if that `fits`.
fn encoding(tag: u16, bits: u16, container: u16, fits: bool) -> Result<Encoding, Fault> {
    let unsupported = || Fault::Unsupported(format!("its format is {}", name(tag, bits)));
    // 24 bits may be stored in 4 bytes: the upper ones.
    let bytes = if fits && container >= bits.div_ceil(8) { container } else { bits.div_ceil(8) };
    match (tag, bytes) {
        (PCM, 1..=4) if bits > 0 => Ok(Encoding::Pcm(usize::from(bytes))),
        (FLOAT, 4) if bits == 32 => Ok(Encoding::Float32),
        (FLOAT, 8) if bits == 64 => Ok(Encoding::Float64),
        (A_LAW, _) if bits == 8 || bits == 0 => Ok(Encoding::ALaw),
        (MU_LAW, _) if bits == 8 || bits == 0 => Ok(Encoding::MuLaw),
        (MP3, _) => Ok(Encoding::Mp3),
        _ => Err(unsupported()),
    }
}

/// Returns what people call a format.
fn name(tag: u16, bits: u16) -> String {
    match tag {
        PCM => format!("PCM with {bits} bits"),
        FLOAT => format!("floating point with {bits} bits"),
        A_LAW | MU_LAW => format!("G.711 with {bits} bits"),
        2 | 0x11 => "ADPCM".to_owned(),
        0x31 => "GSM 6.10".to_owned(),
        0x50 => "MPEG layer 1 or 2".to_owned(),
        0xff | 0x1600..=0x1610 => "AAC".to_owned(),
        0x160..=0x163 => "Windows Media Audio".to_owned(),
        _ => format!("0x{tag:04x}"),
    }
}

/// Converts samples to numbers between -1 and 1. An incomplete one at the end is left out.
fn convert(encoding: Encoding, bytes: &[u8], samples: &mut Vec<f32>) {
    const WORD: f32 = 1.0 / 2_147_483_648.0;
    const HALF: f32 = 1.0 / 32_768.0;
    match encoding {
        Encoding::Pcm(1) => samples.extend(bytes.iter().map(|byte| (f32::from(*byte) - 128.0) / 128.0)),
        Encoding::Pcm(size) => samples.extend(bytes.chunks_exact(size).map(|bytes| {
            // The bytes of a sample are the upper ones of a word.
            let word = bytes.iter().rev().zip([24, 16, 8, 0]).fold(0, |word, (byte, by)| word | u32::from(*byte) << by);
            word as i32 as f32 * WORD
        })),
        Encoding::Float32 => {
            let words = bytes.chunks_exact(4).filter_map(|bytes| Some(f32::from_le_bytes(*bytes.first_chunk()?)));
            samples.extend(words.map(loud));
        }
        Encoding::Float64 => {
            let words = bytes.chunks_exact(8).filter_map(|bytes| Some(f64::from_le_bytes(*bytes.first_chunk()?)));
            samples.extend(words.map(|word| loud(word as f32)));
        }
        Encoding::ALaw => samples.extend(bytes.iter().map(|byte| f32::from(Law::A.decode(*byte)) * HALF)),
        Encoding::MuLaw => samples.extend(bytes.iter().map(|byte| f32::from(Law::Mu.decode(*byte)) * HALF)),
        Encoding::Mp3 => {}
    }
}

/// Returns a sample that the filter can work with: one infinite number would spoil its neighbours.
fn loud(sample: f32) -> f32 {
    if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 }
}
