//! G.711, both laws (ITU-T G.711): one byte a sample, 8,000 samples a second.
//!
//! Decoding is a table of 256 entries and encoding a handful of instructions. A table of 65,536 bytes per law would not
//! fit into the first-level cache next to anything else.

/// Samples of one frame: 20 ms.
pub const FRAME: usize = 160;
pub const FRAME_MS: u64 = 20;
pub const SAMPLES_PER_MS: u32 = 8;

/// A frame as it is in a packet.
pub type Encoded = [u8; FRAME];
/// A frame of linear samples.
pub type Pcm = [i16; FRAME];

pub const QUIET: Pcm = [0; FRAME];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Law {
    /// µ-law, `PCMU`.
    Mu,
    /// A-law, `PCMA`.
    A,
}

static FROM_MU: [i16; 256] = table(Law::Mu);
static FROM_A: [i16; 256] = table(Law::A);

const fn table(law: Law) -> [i16; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match law {
            Law::Mu => expand_mu(byte as u8),
            Law::A => expand_a(byte as u8),
        };
        byte += 1;
    }
    table
}

const fn expand_mu(byte: u8) -> i16 {
    let code = !byte;
    let magnitude = ((((code & 0x0f) as i16) << 3) + 0x84) << ((code & 0x70) >> 4);
    if code & 0x80 != 0 { 0x84 - magnitude } else { magnitude - 0x84 }
}

const fn expand_a(byte: u8) -> i16 {
    let code = byte ^ 0x55;
    let (step, segment) = (((code & 0x0f) as i16) << 4, (code & 0x70) >> 4);
    let magnitude = match segment {
        0 => step + 8,
        _ => (step + 0x108) << (segment - 1),
    };
    if code & 0x80 != 0 { magnitude } else { -magnitude }
}

impl Law {
    /// The static payload type (RFC 3551 section 6).
    pub const fn payload_type(self) -> u8 {
        match self {
            Law::Mu => 0,
            Law::A => 8,
        }
    }

    pub const fn of_payload_type(payload_type: u8) -> Option<Law> {
        match payload_type {
            0 => Some(Law::Mu),
            8 => Some(Law::A),
            _ => None,
        }
    }

    /// The name in SDP.
    pub const fn name(self) -> &'static str {
        match self {
            Law::Mu => "PCMU",
            Law::A => "PCMA",
        }
    }

    /// The byte of silence.
    pub const fn silence(self) -> u8 {
        match self {
            Law::Mu => 0xff,
            Law::A => 0xd5,
        }
    }

    pub fn decode(self, byte: u8) -> i16 {
        match self {
            Law::Mu => FROM_MU[usize::from(byte)],
            Law::A => FROM_A[usize::from(byte)],
        }
    }

    pub const fn encode(self, sample: i16) -> u8 {
        match self {
            Law::Mu => compress_mu(sample),
            Law::A => compress_a(sample),
        }
    }

    pub fn decode_frame(self, bytes: &Encoded) -> Pcm {
        bytes.map(|byte| self.decode(byte))
    }

    pub fn encode_frame(self, samples: &Pcm) -> Encoded {
        samples.map(|sample| self.encode(sample))
    }

    /// Returns a frame of this law in another.
    pub fn convert(self, bytes: &Encoded, to: Law) -> Encoded {
        if self == to { *bytes } else { bytes.map(|byte| to.encode(self.decode(byte))) }
    }
}

const fn compress_mu(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let magnitude = sample.unsigned_abs();
    let biased = if magnitude > 32_635 { 32_767 } else { magnitude + 0x84 };
    // The bias makes bit 7 the lowest that can be the highest one.
    let segment = 8 - biased.leading_zeros();
    !(sign | (segment << 4) as u8 | ((biased >> (segment + 3)) & 0x0f) as u8)
}

const fn compress_a(sample: i16) -> u8 {
    let (mask, magnitude) = if sample < 0 { (0x55, !sample >> 3) } else { (0xd5, sample >> 3) };
    let magnitude = magnitude as u16;
    let bits = 16 - magnitude.leading_zeros();
    let segment = if bits < 6 { 0 } else { bits - 5 };
    let shift = if segment == 0 { 1 } else { segment };
    ((segment << 4) as u8 | ((magnitude >> shift) & 0x0f) as u8) ^ mask
}

/// The mean magnitude below which a frame is silence, of 32,768: −44 dB of full scale. The noise of a quiet room on a
/// telephone is below, speech above.
const SILENCE: u32 = 200;

/// Returns whether nobody speaks in a frame.
pub fn is_quiet(frame: &Pcm) -> bool {
    let sum: u32 = frame.iter().map(|sample| u32::from(sample.unsigned_abs())).sum();
    sum < SILENCE * FRAME as u32
}

/// Returns the sum of two frames, limited to what a sample can hold.
pub fn mix(one: &Pcm, other: &Pcm) -> Pcm {
    let mut sum = *one;
    sum.iter_mut().zip(other).for_each(|(sample, more)| *sample = sample.saturating_add(*more));
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values_of_the_standard() {
        // G.711 tables 1a to 2b: the ends, both zeros and the steps of the first segments.
        for (law, byte, sample) in [
            (Law::Mu, 0x00, -32_124),
            (Law::Mu, 0x80, 32_124),
            (Law::Mu, 0xff, 0),
            (Law::Mu, 0x7f, 0),
            (Law::Mu, 0xfe, 8),
            (Law::Mu, 0xef, 132),
            (Law::A, 0xd5, 8),
            (Law::A, 0x55, -8),
            (Law::A, 0xaa, 32_256),
            (Law::A, 0x2a, -32_256),
            (Law::A, 0xd4, 24),
        ] {
            assert_eq!(law.decode(byte), sample, "{law:?} {byte:#x}");
        }
        assert_eq!((Law::Mu.encode(0), Law::A.encode(0)), (0xff, 0xd5));
        assert_eq!([Law::Mu, Law::A].map(Law::payload_type).map(Law::of_payload_type), [Some(Law::Mu), Some(Law::A)]);
        assert_eq!(Law::of_payload_type(18), None);
    }

    /// The error is at most half a step, which is a 32nd of the value, and half of the lowest step.
    #[test]
    fn every_sample_is_kept_as_exactly_as_its_segment_is() {
        for law in [Law::Mu, Law::A] {
            for sample in i16::MIN..=i16::MAX {
                let decoded = i32::from(law.decode(law.encode(sample)));
                let error = (decoded - i32::from(sample)).abs();
                assert!(error <= decoded.abs() / 32 + 8, "{law:?} {sample} {decoded}");
            }
            for byte in 0..=255 {
                let back = law.encode(law.decode(byte));
                assert!(back == byte || law == Law::Mu && byte == 0x7f && back == 0xff, "{law:?} {byte:#x} {back:#x}");
            }
        }
    }

    #[test]
    fn frames_are_quiet_or_not_and_their_sum_is_limited() {
        assert!(
            is_quiet(&QUIET) && is_quiet(&[-199; FRAME]) && !is_quiet(&[200; FRAME]) && !is_quiet(&[i16::MIN; FRAME])
        );
        assert_eq!(mix(&[30_000; FRAME], &[30_000; FRAME]), [i16::MAX; FRAME]);
        assert_eq!(mix(&[-5; FRAME], &[7; FRAME]), [2; FRAME]);
        let silence = Law::Mu.encode_frame(&QUIET);
        assert_eq!(Law::Mu.convert(&silence, Law::A), [Law::A.silence(); FRAME]);
    }
}
