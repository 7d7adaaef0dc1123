//! The quality of a call's audio.

use serde::{Deserialize, Serialize};
use std::net::SocketAddr;

/// The longest name of a codec, in bytes.
const MAX_CODEC: usize = 32;
/// Packets of 20 ms that were sent before it is noted that none came back: a second. Shorter calls may end before the remote
/// party speaks.
const ONE_WAY_AFTER: u64 = 50;
/// When the first packet is late, in milliseconds.
const LATE_FIRST_PACKET_MS: u32 = 5_000;
/// The opinion below which people complain, times 100.
const POOR_MOS: u16 = 350;

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
    /// Where the remote party's last SDP said that it receives audio.
    pub sdp_address: Option<SocketAddr>,
}

impl Quality {
    /// Bounds the text, which may come from a remote party.
    pub fn bounded(mut self) -> Quality {
        self.codec.retain(|c| c.is_ascii_graphic());
        self.codec.truncate(MAX_CODEC);
        self
    }

    /// Returns what was wrong with the audio of an answered call, in words.
    pub fn warning(&self) -> Option<String> {
        let from = self.sdp_address.map(|it| format!("; its SDP said {it}")).unwrap_or_default();
        if self.received == 0 && self.sent >= ONE_WAY_AFTER {
            return Some(format!("one-way audio: nothing was heard from the remote party{from}"));
        }
        if let Some(late) = self.first_packet_ms.filter(|ms| *ms > LATE_FIRST_PACKET_MS) {
            let seconds = f64::from(late) / 1_000.0;
            return Some(format!("late audio: nothing was heard from the remote party for {seconds:.1} s{from}"));
        }
        let poor = |mos: u16| (1..POOR_MOS).contains(&mos).then(|| f64::from(mos) / 100.0);
        let percent = |part: f64| format!("{part:.1} % of the packets were lost");
        if let Some(mos) = poor(self.mos_in_x100) {
            let expected = self.received.saturating_add(self.lost).max(1);
            let (loss, jitter) = (percent(self.lost as f64 * 100.0 / expected as f64), self.jitter_us / 1_000);
            return Some(format!("poor audio from the remote party: MOS {mos:.1}; {loss}, the jitter was {jitter} ms"));
        }
        let mos = poor(self.mos_out_x100?)?;
        let loss = self.far_loss_x100.map(|loss| format!("; {}", percent(f64::from(loss) / 100.0))).unwrap_or_default();
        Some(format!("poor audio to the remote party, as it reports: MOS {mos:.1}{loss}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_audio_is_named() {
        let fine =
            Quality { sent: 500, received: 490, first_packet_ms: Some(40), mos_in_x100: 430, ..Quality::default() };
        let address = Some("10.0.0.7:40000".parse().unwrap());
        let silent = Quality { received: 0, first_packet_ms: None, mos_in_x100: 0, ..fine.clone() };
        for (quality, warning) in [
            (fine.clone(), ""),
            (Quality { mos_out_x100: Some(350), ..fine.clone() }, ""),
            (Quality { codec: "simulated".into(), mos_in_x100: 450, ..Quality::default() }, ""),
            (Quality { sent: 49, ..silent.clone() }, ""),
            (silent.clone(), "one-way audio: nothing was heard from the remote party"),
            (
                Quality { sdp_address: address, ..silent },
                "one-way audio: nothing was heard from the remote party; its SDP said 10.0.0.7:40000",
            ),
            (
                Quality { first_packet_ms: Some(7_250), ..fine.clone() },
                "late audio: nothing was heard from the remote party for 7.2 s",
            ),
            (
                Quality { mos_in_x100: 349, lost: 70, jitter_us: 31_000, ..fine.clone() },
                "poor audio from the remote party: MOS 3.5; 12.5 % of the packets were lost, the jitter was 31 ms",
            ),
            (
                Quality { mos_out_x100: Some(210), far_loss_x100: Some(1_510), ..fine },
                "poor audio to the remote party, as it reports: MOS 2.1; 15.1 % of the packets were lost",
            ),
        ] {
            assert_eq!(quality.warning().unwrap_or_default(), warning, "{quality:?}");
        }
    }
}
