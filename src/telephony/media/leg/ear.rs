//! The receiving side of a leg.

use super::Stream;
use crate::telephony::media::codec::{Encoded, FRAME, FRAME_MS, Law, Pcm, SAMPLES_PER_MS};
use crate::telephony::media::dtmf::receive::KeysHeard;
use crate::telephony::media::jitter::{JitterBuffer, Pulled, Put};
use crate::telephony::media::learning::{Learning, Verdict};
use crate::telephony::media::quality::Quality;
use crate::telephony::media::reception::{Arrival, Block, Reception};
use crate::telephony::media::rtp;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Comfort noise (RFC 3389): the remote party is silent.
const COMFORT_NOISE: u8 = 13;

/// Why a datagram is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dropped {
    /// Before the first SDP of the remote party.
    TooEarly,
    Malformed,
    /// Of a payload type that was not agreed upon.
    PayloadType,
    Stranger,
    /// Of another source that mixes itself in, or far from its sequence.
    Stray,
    Duplicate,
    /// Its time was over.
    Late,
}

/// What a packet was that is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    Sound,
    /// A new key.
    Key(char),
    /// A key that is known, or comfort noise.
    Pause,
}

/// 20 ms of the remote party, as they were sent or concealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    pub law: Law,
    pub bytes: Encoded,
}

impl Heard {
    pub fn silence(law: Law) -> Heard {
        Heard { law, bytes: [law.silence(); FRAME] }
    }

    /// In another law: unchanged if it is the same.
    pub fn encoded(&self, law: Law) -> Encoded {
        self.law.convert(&self.bytes, law)
    }

    pub fn pcm(&self) -> Pcm {
        self.law.decode_frame(&self.bytes)
    }
}

pub struct Ear {
    learning: Option<Learning>,
    reception: Reception,
    buffer: JitterBuffer,
    keys: KeysHeard,
    ssrc: Option<u32>,
    late: u64,
    concealed_frames: u64,
    created: Instant,
    began: Option<Instant>,
    first: Option<Instant>,
    /// The last packet with sound; `None` after an announced pause.
    last: Option<Instant>,
    longest_gap: Duration,
}

impl Ear {
    pub fn new(now: Instant) -> Ear {
        Ear {
            learning: None,
            reception: Reception::default(),
            buffer: JitterBuffer::new(Law::Mu),
            keys: KeysHeard::default(),
            ssrc: None,
            late: 0,
            concealed_frames: 0,
            created: now,
            began: None,
            first: None,
            last: None,
            longest_gap: Duration::ZERO,
        }
    }

    pub fn agree(&mut self, stream: &Stream, now: Instant) {
        self.began.get_or_insert(now);
        // A pause for the new agreement is none of the network's.
        self.last = None;
        self.buffer.pause();
        match &mut self.learning {
            Some(learning) => learning.expect(stream.expected),
            None => self.learning = Some(Learning::new(stream.expected)),
        }
        if self.buffer.law() != stream.law {
            self.buffer.reset(stream.law);
        }
    }

    /// Where media goes, if that is an address.
    pub fn destination(&self) -> Option<SocketAddr> {
        let address = self.learning.as_ref()?.destination();
        (!address.ip().is_unspecified() && address.port() != 0).then_some(address)
    }

    pub fn accepts_rtcp(&self, source: SocketAddr) -> bool {
        self.learning.as_ref().is_some_and(|learning| learning.accepts_rtcp(source))
    }

    /// Takes a datagram, and says whether its source was learned with it.
    pub fn packet(
        &mut self,
        stream: &Stream,
        datagram: &[u8],
        source: SocketAddr,
        now: Instant,
    ) -> Result<(Taken, bool), Dropped> {
        let packet = rtp::parse(datagram).ok_or(Dropped::Malformed)?;
        let header = &packet.header;
        let law = Law::of_payload_type(header.payload_type);
        let is_key = Some(header.payload_type) == stream.events_in;
        if law.is_none() && !is_key && header.payload_type != COMFORT_NOISE {
            return Err(Dropped::PayloadType);
        }
        let learning = self.learning.as_mut().ok_or(Dropped::TooEarly)?;
        let found = match learning.packet(source, header, now) {
            Verdict::Dropped => return Err(Dropped::Stranger),
            Verdict::Learned => {
                self.reception.leave_source();
                true
            }
            Verdict::Accepted => false,
        };
        let clock = self.clock(now);
        match self.reception.packet(header, clock, law.is_some()) {
            Arrival::Duplicate => return Err(Dropped::Duplicate),
            Arrival::Stray => return Err(Dropped::Stray),
            Arrival::Restarted => self.restart(header.ssrc, stream.law),
            Arrival::Next | Arrival::AfterLoss | Arrival::Reordered => {}
        }
        self.first.get_or_insert(now);
        let Some(law) = law.filter(|_| !is_key) else {
            self.last = None;
            self.buffer.pause();
            let key = if is_key { self.keys.packet(header.timestamp, packet.payload, now) } else { None };
            return Ok((key.map_or(Taken::Pause, Taken::Key), found));
        };
        if let Some(last) = self.last.replace(now) {
            self.longest_gap = self.longest_gap.max(now.duration_since(last));
        }
        match self.buffer.put(law, header.timestamp, packet.payload, self.reception.jitter()) {
            Put::Late => {
                self.late += 1;
                Err(Dropped::Late)
            }
            Put::Stored | Put::Odd => Ok((Taken::Sound, found)),
        }
    }

    /// A key by SIP INFO.
    pub fn info(&mut self, digit: char, now: Instant) -> Option<char> {
        self.keys.info(digit, now)
    }

    fn restart(&mut self, ssrc: u32, law: Law) {
        if self.ssrc.replace(ssrc) != Some(ssrc) {
            self.keys.restart();
        }
        self.buffer.reset(law);
    }

    /// The time in samples.
    fn clock(&self, now: Instant) -> u32 {
        (now.duration_since(self.created).as_micros() * u128::from(SAMPLES_PER_MS) / 1_000) as u32
    }

    pub fn frame(&mut self) -> Heard {
        let (bytes, pulled) = self.buffer.pull();
        self.concealed_frames += u64::from(pulled == Pulled::Concealed);
        Heard { law: self.buffer.law(), bytes }
    }

    pub fn skip_frames(&mut self, frames: u32) {
        self.buffer.skip_frames(frames);
    }

    pub fn block(&mut self) -> Option<Block> {
        self.reception.block()
    }

    pub fn target_ms(&self) -> u32 {
        self.buffer.target_ms()
    }

    /// The part of the packets that was not heard, from 0 to 1: all of them if nothing came at all.
    pub fn loss(&self) -> f64 {
        let missing = self.reception.lost() + self.late;
        match self.reception.expected() {
            0 => 1.0,
            expected => missing as f64 / expected as f64,
        }
    }

    pub fn quality(&self, now: Instant) -> Quality {
        let silent = self.last.map_or(Duration::ZERO, |last| now.duration_since(last));
        let longest_gap = self.longest_gap.max(silent);
        let since_start = self.first.zip(self.began).map(|(first, began)| first.duration_since(began));
        Quality {
            received: self.reception.received(),
            lost: self.reception.lost(),
            late: self.late,
            duplicate: self.reception.duplicates(),
            reordered: self.reception.reordered(),
            jitter_us: self.reception.jitter() * 1_000 / SAMPLES_PER_MS,
            concealed_ms: self.concealed_frames * FRAME_MS,
            longest_gap_ms: u32::try_from(longest_gap.as_millis()).unwrap_or(u32::MAX),
            first_packet_ms: since_start.map(|time| u32::try_from(time.as_millis()).unwrap_or(u32::MAX)),
            ..Quality::default()
        }
    }
}
