//! Sends keys: one after the other, as telephone-events or, to remote parties that do not know those, as tones.
//!
//! An event has one timestamp and a packet every 20 ms with its duration so far; the first has the marker, and the end is
//! sent three times (RFC 4733 section 2.5.1). No sound is sent during an event.

use super::{Event, code_of, tones_of};
use crate::telephony::media::codec::{FRAME, FRAME_MS, Pcm, QUIET};
use crate::telephony::media::tone::Sine;
use std::collections::VecDeque;

/// Keys that wait to be sent. More are refused.
pub const MAX_KEYS: usize = 1_024;
/// Frames of the shortest tone that receivers must detect (Q.24: 40 ms), and of the longest: its duration fits into 16 bits.
const TONE: std::ops::RangeInclusive<u64> = 2..=400;
/// Frames after a key before the next one. The repeated ends need two.
const GAP: std::ops::RangeInclusive<u64> = 3..=400;
/// The repetitions of the end.
const ENDS: u64 = 2;
/// Levels in dBm0 of the low and the high tone.
const LEVELS: (f32, f32) = (-11.0, -9.0);

/// What is sent in one frame of 20 ms instead of sound.
#[derive(Debug, Clone, PartialEq)]
pub enum KeyFrame {
    Event {
        event: Event,
        /// The first packet of the event: it has the marker.
        first: bool,
        /// Frames since the event began: its timestamp is so much earlier.
        frames: u32,
    },
    Tone(Box<Pcm>),
    /// Silence between two keys.
    Gap,
}

#[derive(Debug)]
struct Key {
    code: u8,
    tone: u64,
    gap: u64,
    /// The operation that is finished after this key.
    finishes: Option<u64>,
}

#[derive(Debug, Default)]
pub struct KeysToSend {
    waiting: VecDeque<Key>,
    current: Option<Current>,
}

/// The key that is being sent.
#[derive(Debug)]
struct Current {
    key: Key,
    /// Frames since its start.
    at: u64,
    /// Its tones, if it is sent by those.
    sines: Option<(Sine, Sine)>,
}

impl KeysToSend {
    /// Queues keys. Fails if a character is none, or if too many wait.
    pub fn push(
        &mut self,
        digits: &str,
        tone_ms: u32,
        gap_ms: u32,
        operation: Option<u64>,
    ) -> Result<(), &'static str> {
        if digits.is_empty() || !digits.chars().all(|digit| code_of(digit).is_some()) {
            return Err("these are no keys");
        }
        if self.waiting.len() + digits.len() > MAX_KEYS {
            return Err("too many keys are still to be sent");
        }
        let frames = |ms: u32| u64::from(ms).div_ceil(FRAME_MS);
        let (tone, gap) =
            (frames(tone_ms).clamp(*TONE.start(), *TONE.end()), frames(gap_ms).clamp(*GAP.start(), *GAP.end()));
        let keys = digits.chars().filter_map(code_of).map(|code| Key { code, tone, gap, finishes: None });
        self.waiting.extend(keys);
        if let Some(last) = self.waiting.back_mut() {
            last.finishes = operation;
        }
        Ok(())
    }

    /// The keys that wait behind the one that is being sent.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    pub fn is_idle(&self) -> bool {
        self.current.is_none() && self.waiting.is_empty()
    }

    /// Returns what to send in the next 20 ms, `None` for sound as usual, and the operation that is finished with it.
    /// `events` says whether the remote party knows telephone-events; it counts at the start of a key.
    pub fn next(&mut self, events: bool) -> (Option<KeyFrame>, Option<u64>) {
        if self.current.is_none() {
            let Some(key) = self.waiting.pop_front() else { return (None, None) };
            let tones = tones_of(key.code).filter(|_| !events);
            let sines = tones.map(|(low, high)| (Sine::new(low, LEVELS.0), Sine::new(high, LEVELS.1)));
            self.current = Some(Current { key, at: 0, sines });
        }
        let Some(Current { key, at, sines }) = &mut self.current else { return (None, None) };
        let frame = match sines {
            Some((low, high)) if *at < key.tone => {
                let mut frame = Box::new(QUIET);
                low.add(&mut frame);
                high.add(&mut frame);
                KeyFrame::Tone(frame)
            }
            None if *at < key.tone + ENDS => {
                let duration = ((*at + 1).min(key.tone) * FRAME as u64) as u16;
                let event = Event { code: key.code, end: *at + 1 >= key.tone, duration };
                KeyFrame::Event { event, first: *at == 0, frames: *at as u32 }
            }
            _ => KeyFrame::Gap,
        };
        *at += 1;
        let over = *at >= key.tone + key.gap;
        let finished = key.finishes.filter(|_| over);
        if over {
            self.current = None;
        }
        (Some(frame), finished)
    }

    /// Drops everything and returns the operations that were not finished.
    pub fn clear(&mut self) -> impl Iterator<Item = u64> {
        let current = self.current.take().map(|current| current.key);
        current.into_iter().chain(std::mem::take(&mut self.waiting)).filter_map(|key| key.finishes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A word for each frame: the key and its duration in ms with `m` for the marker and `e` for the end, `t` for a tone,
    /// `-` for a gap, `!` where an operation finishes.
    fn trace(keys: &mut KeysToSend, events: bool) -> String {
        let mut out = Vec::new();
        while let (Some(frame), finished) = keys.next(events) {
            let word = match frame {
                KeyFrame::Event { event, first, frames } => {
                    assert!(event.end || u32::from(event.duration) == (frames + 1) * 160);
                    let (marker, end) = (if first { "m" } else { "" }, if event.end { "e" } else { "" });
                    format!("{}{marker}{}{end}", event.digit().unwrap(), event.duration / 8)
                }
                KeyFrame::Tone(_) => "t".to_owned(),
                KeyFrame::Gap => "-".to_owned(),
            };
            out.push(word + finished.map_or("", |_| "!"));
        }
        out.join(" ")
    }

    #[test]
    fn an_event_has_growing_durations_and_three_ends() {
        let mut keys = KeysToSend::default();
        keys.push("1#", 60, 80, Some(7)).unwrap();
        assert_eq!(trace(&mut keys, true), "1m20 140 160e 160e 160e - - #m20 #40 #60e #60e #60e - -!");
        keys.push("5", 0, 0, None).unwrap();
        assert_eq!(trace(&mut keys, true), "5m20 540e 540e 540e -", "no shorter than a receiver must detect");
        assert!(keys.is_idle());
    }

    #[test]
    fn without_events_keys_are_tones() {
        let mut keys = KeysToSend::default();
        keys.push("5", 60, 60, Some(1)).unwrap();
        assert_eq!(trace(&mut keys, false), "t t t - - -!");
        keys.push("5", 60, 60, Some(1)).unwrap();
        let Some(KeyFrame::Tone(frame)) = keys.next(false).0 else { panic!("no tone") };
        // −11 and −9 dBm0 give peaks of 6,286 and 7,913.
        let peak = frame.iter().map(|sample| sample.unsigned_abs()).max().unwrap();
        assert!((11_000..14_300).contains(&peak), "{peak}");
    }

    #[test]
    fn keys_are_bounded_and_checked() {
        let mut keys = KeysToSend::default();
        assert!(keys.push("", 100, 100, Some(1)).is_err() && keys.push("12x", 100, 100, Some(1)).is_err());
        assert!(keys.is_idle());
        keys.push(&"1".repeat(MAX_KEYS), u32::MAX, u32::MAX, Some(2)).unwrap();
        assert!(keys.push("1", 100, 100, Some(3)).is_err());
        keys.next(true);
        keys.push("1", 100, 100, Some(3)).unwrap();
        assert_eq!(keys.clear().collect::<Vec<_>>(), [2, 3]);
        assert!(keys.is_idle() && keys.next(true) == (None, None));
    }
}
