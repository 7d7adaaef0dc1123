//! The jitter buffer of one leg: packets go in when they come, frames of 20 ms come out on time.
//!
//! Samples are stored by their RTP timestamp and not by packet, so that every packet time works, also one that changes
//! or is no multiple of 20 ms. What is missing when its time has come is concealed: the last frame is repeated, each
//! time at half the level, for at most 60 ms. Silence follows.
//!
//! The delay follows the jitter. It grows at once when a packet comes too late, by concealed frames, and shrinks only in
//! silence, by a frame in two seconds at most: speech is never cut.

use super::codec::{self, Encoded, FRAME, Law};

/// Samples in the ring: 1,024 ms.
const RING: usize = 8_192;
const FRAME_TICKS: u32 = FRAME as u32;
/// The delay of the first packet, in samples: 40 ms.
const START: u32 = 320;
/// The bounds of the delay: 20 and 200 ms.
const LEAST: u32 = 160;
const MOST: u32 = 1_600;
/// More than this in the buffer is not played but skipped: it came in a burst, after the network had stalled. 300 ms.
const TOO_DEEP: i32 = 2_400;
/// A timestamp that is further away is of another time line, in either direction: 768 ms.
const FAR: i32 = 6_144;
/// Frames that repeat the last one: 60 ms.
const REPEATS: u32 = 3;
/// Frames without a packet after which the next packet starts anew: 1 s.
const FORGET: u32 = 50;
/// Frames between two that are taken out: 2 s.
const REST: u32 = 100;

/// What became of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    Stored,
    /// Its time was over.
    Late,
    /// Its timestamp is far from those around it. If the next packet continues from it, that one starts anew.
    Odd,
}

/// What a frame is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pulled {
    Sound,
    /// At least partly made up.
    Concealed,
    /// Nothing was due, or it is missing for so long that silence is better.
    Silence,
}

pub struct JitterBuffer {
    law: Law,
    samples: Box<[u8; RING]>,
    /// The samples that are there: none outside `next..newest`.
    present: Present,
    playing: bool,
    /// The timestamp of the next sample that is due.
    next: u32,
    /// The timestamp behind the last sample that came.
    newest: u32,
    /// How long packets wait before they are due: a moving average, in sixteenths of a sample.
    wait: i32,
    /// What `wait` should be, in samples.
    target: u32,
    /// The samples of the last packet.
    packet: u32,
    /// Frames to conceal so that the delay grows.
    insert: u32,
    /// Frames since one was taken out.
    rested: u32,
    /// Frames without a sample, in a row.
    missing: u32,
    /// Frames before the first packet: their silence is no loss.
    lead: u32,
    /// The remote party is silent on purpose.
    paused: bool,
    /// The timestamp that follows an odd one.
    odd: Option<u32>,
    last: Encoded,
}

impl JitterBuffer {
    pub fn new(law: Law) -> JitterBuffer {
        JitterBuffer {
            law,
            samples: Box::new([0; RING]),
            present: Present::default(),
            playing: false,
            next: 0,
            newest: 0,
            wait: 0,
            target: LEAST,
            packet: FRAME_TICKS,
            insert: 0,
            rested: 0,
            missing: 0,
            lead: 0,
            paused: false,
            odd: None,
            last: [law.silence(); FRAME],
        }
    }

    /// The law of the frames. Packets of the other law are converted when they come.
    pub fn law(&self) -> Law {
        self.law
    }

    /// Forgets everything: another source begins.
    pub fn reset(&mut self, law: Law) {
        self.law = law;
        (self.playing, self.odd) = (false, None);
    }

    /// The delay that the buffer aims at, in milliseconds.
    pub fn target_ms(&self) -> u32 {
        self.target / codec::SAMPLES_PER_MS
    }

    /// The remote party says that it is silent now, by comfort noise or because it sends a key: what is missing until
    /// its next packet is not lost.
    pub fn pause(&mut self) {
        self.paused = true;
    }

    /// Stores a packet. `jitter` is that of the stream in samples.
    pub fn put(&mut self, law: Law, timestamp: u32, payload: &[u8], jitter: u32) -> Put {
        if payload.is_empty() || payload.len() > RING - FAR as usize {
            return Put::Odd;
        }
        self.target = (3 * jitter.min(MOST) + LEAST).clamp(LEAST, MOST);
        self.packet = payload.len() as u32;
        let end = timestamp.wrapping_add(self.packet);
        if !self.playing {
            self.start(timestamp);
        }
        let mut ahead = timestamp.wrapping_sub(self.next).cast_signed();
        if !(-FAR..=FAR).contains(&ahead) {
            if self.odd != Some(timestamp) {
                self.odd = Some(end);
                return Put::Odd;
            }
            self.start(timestamp);
            ahead = timestamp.wrapping_sub(self.next).cast_signed();
        }
        self.odd = None;
        if end.wrapping_sub(self.next).cast_signed() <= 0 {
            if self.newest.wrapping_sub(self.next).cast_signed() > 0 {
                self.grow(ahead.unsigned_abs());
                return Put::Late;
            }
            // Nothing newer was played: the delay grows and nothing is lost.
            self.next = timestamp.wrapping_sub(LEAST);
            self.newest = timestamp;
            ahead = LEAST.cast_signed();
            self.wait = ahead * 16;
        }
        if ahead < 0 {
            self.grow(ahead.unsigned_abs());
        }
        self.paused = false;
        self.store(law, timestamp, payload);
        self.wait += ahead - self.wait / 16;
        if end.wrapping_sub(self.newest).cast_signed() > 0 {
            self.newest = end;
        }
        Put::Stored
    }

    fn start(&mut self, timestamp: u32) {
        self.lead = self.target.max(START).div_ceil(FRAME_TICKS);
        let wait = self.lead * FRAME_TICKS;
        self.playing = true;
        self.next = timestamp.wrapping_sub(wait);
        self.newest = timestamp;
        self.wait = wait.cast_signed() * 16;
        self.present = Present::default();
        (self.insert, self.missing, self.rested, self.paused) = (0, 0, 0, false);
        self.last = [self.law.silence(); FRAME];
    }

    /// A packet came so many samples too late: the next ones get more time, within the bounds.
    fn grow(&mut self, late: u32) {
        let room = MOST.cast_signed() - self.wait / 16;
        let frames = late.div_ceil(FRAME_TICKS).min(u32::try_from(room).unwrap_or(0) / FRAME_TICKS);
        self.insert = self.insert.max(frames);
    }

    fn store(&mut self, law: Law, timestamp: u32, payload: &[u8]) {
        let gone = self.next.wrapping_sub(timestamp).cast_signed().max(0).cast_unsigned();
        let from = timestamp.wrapping_add(gone) as usize % RING;
        let payload = payload.get(gone as usize..).unwrap_or_default();
        let (first, second) = payload.split_at(payload.len().min(RING - from));
        self.samples[from..from + first.len()].copy_from_slice(first);
        self.samples[..second.len()].copy_from_slice(second);
        if law != self.law {
            let range = (from..from + payload.len()).map(|at| at % RING);
            range.for_each(|at| self.samples[at] = self.law.encode(law.decode(self.samples[at])));
        }
        self.present.set(from, payload.len());
    }

    /// Returns the next 20 ms and what they are made of.
    pub fn pull(&mut self) -> (Encoded, Pulled) {
        if !self.playing {
            return ([self.law.silence(); FRAME], Pulled::Silence);
        }
        let depth = self.newest.wrapping_sub(self.next).cast_signed();
        if depth > TOO_DEEP + self.packet.cast_signed() {
            self.skip(depth.unsigned_abs() - self.target.max(START) - self.packet);
        }
        if self.insert > 0 {
            self.insert -= 1;
            self.wait += FRAME_TICKS.cast_signed() * 16;
            return (self.fade(1), Pulled::Concealed);
        }
        self.rested = self.rested.saturating_add(1);
        let (frame, pulled) = self.take();
        if pulled != Pulled::Sound {
            return (frame, pulled);
        }
        if self.is_too_slow() && codec::is_quiet(&self.law.decode_frame(&frame)) {
            self.rested = 0;
            self.wait -= FRAME_TICKS.cast_signed() * 16;
            return self.take();
        }
        (frame, pulled)
    }

    /// Passes over frames that nobody hears: the worker was late.
    pub fn skip_frames(&mut self, frames: u32) {
        if self.playing {
            self.skip(frames.min(FORGET) * FRAME_TICKS);
        }
    }

    fn is_too_slow(&self) -> bool {
        let spare = self.newest.wrapping_sub(self.next).cast_signed() >= FRAME_TICKS.cast_signed();
        spare && self.rested >= REST && self.wait / 16 > (self.target + FRAME_TICKS).cast_signed()
    }

    fn skip(&mut self, samples: u32) {
        self.present.clear(self.next as usize % RING, (samples as usize).min(RING));
        self.next = self.next.wrapping_add(samples);
        self.wait -= samples.cast_signed() * 16;
    }

    /// Takes a frame out of the ring and conceals what is missing in it.
    fn take(&mut self) -> (Encoded, Pulled) {
        let from = self.next as usize % RING;
        let mut frame = [0; FRAME];
        let split = FRAME.min(RING - from);
        let (first, second) = frame.split_at_mut(split);
        first.copy_from_slice(&self.samples[from..from + split]);
        second.copy_from_slice(&self.samples[..FRAME - split]);
        let lead = self.lead > 0;
        self.lead = self.lead.saturating_sub(1);
        let out = match self.present.count(from, FRAME) as usize {
            FRAME => {
                (self.last, self.missing) = (frame, 0);
                (frame, Pulled::Sound)
            }
            0 if lead => ([self.law.silence(); FRAME], Pulled::Silence),
            0 => self.nothing(),
            _ => self.fill(frame, from, self.paused || lead),
        };
        self.present.clear(from, FRAME);
        self.next = self.next.wrapping_add(FRAME_TICKS);
        out
    }

    /// Fills the holes of a frame: with silence where the remote party is silent on purpose.
    fn fill(&mut self, mut frame: Encoded, from: usize, silent: bool) -> (Encoded, Pulled) {
        let filler = if silent { [self.law.silence(); FRAME] } else { self.fade(self.missing + 1) };
        for (n, (byte, filler)) in frame.iter_mut().zip(&filler).enumerate() {
            if !self.present.has(from + n) {
                *byte = *filler;
            }
        }
        (self.last, self.missing) = (frame, 0);
        (frame, if silent { Pulled::Sound } else { Pulled::Concealed })
    }

    fn nothing(&mut self) -> (Encoded, Pulled) {
        self.missing += 1;
        if self.missing > FORGET {
            self.playing = false;
        }
        match self.paused || self.missing > REPEATS {
            true => ([self.law.silence(); FRAME], Pulled::Silence),
            false => (self.fade(self.missing), Pulled::Concealed),
        }
    }

    /// The last frame at a level that is lower by 6 dB each time.
    fn fade(&self, times: u32) -> Encoded {
        self.last.map(|byte| self.law.encode(self.law.decode(byte) >> times.min(15)))
    }
}

/// A bit for each sample of the ring.
struct Present([u64; RING / 64]);

impl Default for Present {
    fn default() -> Present {
        Present([0; RING / 64])
    }
}

impl Present {
    fn has(&self, at: usize) -> bool {
        self.0[at % RING / 64] >> (at % 64) & 1 != 0
    }

    fn set(&mut self, from: usize, count: usize) {
        words(from, count).for_each(|(word, mask)| self.0[word] |= mask);
    }

    fn clear(&mut self, from: usize, count: usize) {
        words(from, count).for_each(|(word, mask)| self.0[word] &= !mask);
    }

    fn count(&self, from: usize, count: usize) -> u32 {
        words(from, count).map(|(word, mask)| (self.0[word] & mask).count_ones()).sum()
    }
}

/// Returns the words of a stretch of the ring, each with the bits that belong to it.
fn words(from: usize, count: usize) -> impl Iterator<Item = (usize, u64)> {
    let (mut at, end) = (from, from + count);
    std::iter::from_fn(move || {
        let bits = (end - at).min(64 - at % 64);
        let mask = u64::MAX.checked_shr(64 - bits as u32)? << (at % 64);
        let word = at % RING / 64;
        at += bits;
        Some((word, mask))
    })
}

#[cfg(test)]
mod tests;
