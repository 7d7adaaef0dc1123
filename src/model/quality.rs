//! The quality of a call's audio.

use serde::{Deserialize, Serialize};

/// The longest name of a codec, in bytes.
const MAX_CODEC: usize = 32;

/// What a driver measured while a call had media. What it could not measure is 0 or None.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Quality {
    /// The name of the codec (RFC 3551), such as `PCMU`; `simulated` without one.
    pub codec: String,
    /// Packets sent and received.
    pub sent: u64,
    pub received: u64,
    /// Packets that never arrived, that arrived too late to be played, and that arrived twice.
    pub lost: u64,
    pub late: u64,
    pub duplicate: u64,
    /// The interarrival jitter (RFC 3550 §6.4.1), in microseconds.
    pub jitter_us: u32,
    /// The round-trip time (RFC 3550 §6.4.1), in microseconds.
    pub rtt_us: Option<u32>,
    /// The estimated mean opinion score times 100 of what we heard, from 100 to 450.
    pub mos_in_x100: u16,
    /// The same of what the remote party heard, if it reported it.
    pub mos_out_x100: Option<u16>,
    /// How much audio was concealed because packets were missing, in milliseconds.
    pub concealed_ms: u64,
    /// The longest time without audio from the remote party while it should have sent some, in milliseconds.
    pub longest_gap_ms: u32,
    /// When the first packet arrived after the start of the media, in milliseconds.
    pub first_packet_ms: Option<u32>,
    /// The loss that the remote party reported, in hundredths of a percent.
    pub far_loss_x100: Option<u16>,
    /// The signalling was encrypted.
    pub tls: bool,
    /// The media was encrypted.
    pub srtp: bool,
}

impl Quality {
    /// Bounds the text, which may come from a remote party.
    pub fn bounded(mut self) -> Quality {
        self.codec.retain(|c| c.is_ascii_graphic());
        self.codec.truncate(MAX_CODEC);
        self
    }
}
