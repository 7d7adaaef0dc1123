//! Reads MP3: MPEG-1 and MPEG-2 audio layer III (ISO/IEC 11172-3, 13818-3), and the MPEG-2.5 extension.
//!
//! The frames are found here, and a library decodes them. A frame that is damaged is left out, as players do.

use super::{Fault, Resampler, Sink};
use symphonia_bundle_mp3::MpaDecoder;
use symphonia_core::codecs::audio::well_known::CODEC_ID_MP3;
use symphonia_core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia_core::packet::PacketRef;
use symphonia_core::units::{Duration, Timestamp};

/// How far the first frame may be from the start, behind the tag.
const SEARCH: usize = 64 << 10;

/// How often the sample rate may change, and how many frames may be damaged: bounds for the work on a file that was made to
/// cost it.
const MAX_CHANGES: u32 = 16;
const MAX_DAMAGED: u32 = 10_000;

/// Kilobits per second, of MPEG-1 and of the others.
const BIT_RATES: [[u16; 14]; 2] = [
    [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];

/// The header of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Bytes of the whole frame.
    length: usize,
    rate: u32,
    channels: usize,
    /// Where the first frame may have a name that says that it is not sound but a table of contents.
    contents: usize,
}

impl Header {
    /// Reads a header. `None` if these bytes begin no frame, or one whose length is not in its header.
    pub fn read(bytes: [u8; 4]) -> Option<Header> {
        let [sync, version, rates, mode] = bytes;
        // Eleven bits are set, and the layer is III.
        if sync != 0xff || version & 0xe6 != 0xe2 {
            return None;
        }
        // MPEG-1, 2, 2.5; one number is not used.
        let (first, divisor) = match version >> 3 & 3 {
            3 => (true, 1),
            2 => (false, 2),
            0 => (false, 4),
            _ => return None,
        };
        let of_version = BIT_RATES.get(usize::from(!first))?;
        let bit_rate = u32::from(*of_version.get(usize::from(rates >> 4).checked_sub(1)?)?) * 1_000;
        let rate = [44_100, 48_000, 32_000].get(usize::from(rates >> 2 & 3))? / divisor;
        let padding = u32::from(rates >> 1 & 1);
        let length = (if first { 144 } else { 72 }) * bit_rate / rate + padding;
        let mono = mode >> 6 == 3;
        let side = match (first, mono) {
            (true, false) => 32,
            (false, true) => 9,
            _ => 17,
        };
        let channels = if mono { 1 } else { 2 };
        Some(Header { length: length as usize, rate, channels, contents: 4 + side })
    }

    fn at(bytes: &[u8], at: usize) -> Option<Header> {
        Header::read(*bytes.get(at..)?.first_chunk()?)
    }
}

/// What decodes frames of one kind.
struct Decoding {
    decoder: MpaDecoder,
    resampler: Resampler,
    rate: u32,
    channels: usize,
    interleaved: Vec<f32>,
    mono: Vec<f32>,
}

impl Decoding {
    fn new(header: Header) -> Result<Decoding, Fault> {
        let mut parameters = AudioCodecParameters::new();
        parameters.for_codec(CODEC_ID_MP3).with_sample_rate(header.rate);
        let decoder = MpaDecoder::try_new(&parameters, &AudioDecoderOptions::default());
        let decoder = decoder.map_err(|_| Fault::Damaged("its first frame cannot be read"))?;
        let unsupported = || Fault::Unsupported(format!("its sample rate is {} Hz", header.rate));
        let resampler = Resampler::new(header.rate).ok_or_else(unsupported)?;
        let (rate, channels) = (header.rate, header.channels);
        Ok(Decoding { decoder, resampler, rate, channels, interleaved: Vec::new(), mono: Vec::new() })
    }

    /// Decodes a frame. Returns whether that succeeded: the first frames behind a cut refer to some that are missing.
    fn frame(&mut self, frame: &[u8], sink: Sink) -> Result<bool, Fault> {
        let packet = PacketRef::new(0, Timestamp::ZERO, Duration::ZERO, frame);
        let Ok(decoded) = self.decoder.decode_ref(&packet) else { return Ok(false) };
        let channels = decoded.spec().channels().count().max(1);
        decoded.copy_to_vec_interleaved(&mut self.interleaved);
        self.mono.clear();
        let share = 1.0 / channels as f32;
        self.mono.extend(self.interleaved.chunks_exact(channels).map(|frame| frame.iter().sum::<f32>() * share));
        self.resampler.push(&self.mono, sink)?;
        Ok(true)
    }
}

/// Reads an MP3 file.
pub fn read(bytes: &[u8], sink: Sink) -> Result<(), Fault> {
    let bytes = bytes.get(tag_length(bytes)..).ok_or(Fault::Damaged("it ends within its tag"))?;
    let (mut at, first) = first_frame(bytes).ok_or(Fault::Unknown)?;
    let mut decoding = Decoding::new(first)?;
    let (mut changes, mut damaged) = (0, 0);
    if is_contents(bytes, at, first) {
        at += first.length;
    }
    while at < bytes.len() {
        let frame = Header::at(bytes, at).and_then(|header| Some((header, bytes.get(at..at + header.length)?)));
        let Some((header, frame)) = frame else {
            // Something else is between the frames, or a tag at the end.
            at += 1;
            continue;
        };
        if (header.rate, header.channels) != (decoding.rate, decoding.channels) {
            // Other sound begins, or these bytes only look like a frame.
            if !continues(bytes, at, header) {
                at += 1;
                continue;
            }
            changes += 1;
            std::mem::replace(&mut decoding, Decoding::new(header)?).resampler.finish(sink)?;
        }
        damaged += u32::from(!decoding.frame(frame, sink)?);
        if changes > MAX_CHANGES || damaged > MAX_DAMAGED {
            return Err(Fault::Damaged("most of it is no sound"));
        }
        at += header.length;
    }
    decoding.resampler.finish(sink)
}

/// Returns the length of an ID3v2 tag (id3.org, "ID3 tag version 2.4.0", 3.1), which may hold pictures.
fn tag_length(bytes: &[u8]) -> usize {
    let Some([b'I', b'D', b'3', _, _, flags, a, b, c, d]) = bytes.first_chunk() else { return 0 };
    let length = [a, b, c, d].iter().fold(0, |length, byte| length << 7 | usize::from(**byte & 0x7f));
    let footer = if flags & 0x10 == 0 { 0 } else { 10 };
    10 + length + footer
}

/// Returns the first frame that is followed by one of its kind or by the end, and where it is.
fn first_frame(bytes: &[u8]) -> Option<(usize, Header)> {
    (0..bytes.len().min(SEARCH)).find_map(|at| {
        let header = Header::at(bytes, at).filter(|header| bytes.len() - at >= header.length)?;
        continues(bytes, at, header).then_some((at, header))
    })
}

/// Returns whether the frame at an offset is followed by one of its kind, or by the end.
fn continues(bytes: &[u8], at: usize, header: Header) -> bool {
    let next = at + header.length;
    match Header::at(bytes, next) {
        Some(next) => (next.rate, next.channels) == (header.rate, header.channels),
        // A tag at the end is longer than a header.
        None => bytes.len() < next + 4 || bytes.get(next..next + 3) == Some(b"TAG"),
    }
}

/// Returns whether a frame is the table of contents that programs put first ("Xing", "Info" and "VBRI").
fn is_contents(bytes: &[u8], at: usize, header: Header) -> bool {
    let name = |offset: usize| bytes.get(at + offset..at + offset + 4);
    matches!(name(header.contents), Some(b"Xing" | b"Info")) || name(36) == Some(b"VBRI")
}
