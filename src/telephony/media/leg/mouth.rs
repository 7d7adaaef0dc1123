//! The sending side of a leg: one source (SSRC) for its life, a packet every 20 ms.

use super::{Outlet, Stream};
use crate::model::telephony::OperationId;
use crate::telephony::media::codec::{Encoded, FRAME, Law};
use crate::telephony::media::dtmf::send::{KeyFrame, KeysToSend};
use crate::telephony::media::ports::Random;
use crate::telephony::media::rtcp::Sent;
use crate::telephony::media::rtp::{HEADER, Header};
use std::net::SocketAddr;

/// What the remote party hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    Silence,
    Prompt,
    Partner,
    Echo,
    Music,
    Beep,
    Keys,
}

pub struct Mouth {
    ssrc: u32,
    sequence: u16,
    /// The timestamp of frame 0: timestamps follow the clock, also over pauses and stalls.
    origin: u32,
    voice: Voice,
    pub keys: KeysToSend,
    packets: u64,
    octets: u32,
}

impl Mouth {
    pub fn new(random: &mut Random) -> Mouth {
        let (ssrc, other) = (random.number() as u32, random.number());
        Mouth {
            ssrc,
            sequence: other as u16,
            origin: (other >> 32) as u32,
            voice: Voice::Silence,
            keys: KeysToSend::default(),
            packets: 0,
            octets: 0,
        }
    }

    pub fn ssrc(&self) -> u32 {
        self.ssrc
    }

    pub fn packets(&self) -> u64 {
        self.packets
    }

    /// Returns what was sent, for a report at this frame.
    pub fn sent(&self, frame: u64) -> Sent {
        Sent {
            ssrc: self.ssrc,
            ntp: 0,
            timestamp: self.timestamp(frame),
            packets: self.packets as u32,
            octets: self.octets,
        }
    }

    fn timestamp(&self, frame: u64) -> u32 {
        self.origin.wrapping_add((frame as u32).wrapping_mul(FRAME as u32))
    }

    /// Sends a frame of sound, or of a key instead. Without a target nothing is sent, though keys run their time. Returns the
    /// sound that was sent, and an operation that is over with it.
    pub fn speak(
        &mut self,
        frame: u64,
        voice: Voice,
        sound: Encoded,
        law: Law,
        target: Option<(&Stream, SocketAddr)>,
        out: &mut impl Outlet,
    ) -> (Option<Encoded>, Option<OperationId>) {
        let events = target.and_then(|(stream, _)| stream.events_out);
        let unknown = target.is_some() && events.is_none();
        let (key, finished) = self.keys.next(!unknown);
        let Some((_, to)) = target else {
            self.voice = Voice::Silence;
            return (None, finished);
        };
        let payload_type = law.payload_type();
        let spoken = match key {
            None => Some((voice, sound)),
            Some(KeyFrame::Gap) => Some((Voice::Keys, [law.silence(); FRAME])),
            Some(KeyFrame::Tone(tone)) => Some((Voice::Keys, law.encode_frame(&tone))),
            Some(KeyFrame::Event { event, first, frames }) => {
                // The remote party may have lost its telephone-events in the middle of a key.
                if let Some(payload_type) = events {
                    let timestamp = self.timestamp(frame.saturating_sub(u64::from(frames)));
                    self.send(payload_type, first, timestamp, &event.bytes(), to, out);
                }
                self.voice = Voice::Keys;
                None
            }
        };
        let Some((voice, bytes)) = spoken else { return (None, finished) };
        let spurt = voice != self.voice && voice != Voice::Silence;
        self.voice = voice;
        self.send(payload_type, spurt, self.timestamp(frame), &bytes, to, out);
        (Some(bytes), finished)
    }

    fn send(
        &mut self,
        payload_type: u8,
        marker: bool,
        timestamp: u32,
        payload: &[u8],
        to: SocketAddr,
        out: &mut impl Outlet,
    ) {
        let header = Header { marker, payload_type, sequence: self.sequence, timestamp, ssrc: self.ssrc };
        let mut packet = [0; HEADER + FRAME];
        let (head, body) = packet.split_at_mut(HEADER);
        let length = payload.len().min(body.len());
        head.copy_from_slice(&header.bytes());
        body[..length].copy_from_slice(&payload[..length]);
        out.rtp(to, &packet[..HEADER + length]);
        self.sequence = self.sequence.wrapping_add(1);
        self.packets += 1;
        self.octets = self.octets.wrapping_add(length as u32);
    }
}
