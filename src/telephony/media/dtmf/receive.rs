//! Each key that the remote party presses, exactly once.
//!
//! An RFC 4733 event is known by its timestamp. The first packet of an event reports the key, so that barge-in does not
//! wait until it is released; all others of the event are repetitions, in whatever order they come and however many
//! are lost.

use super::Event;
use std::time::{Duration, Instant};

/// Events that are remembered, so that a late packet of one is not another key.
const REMEMBERED: usize = 8;
/// A key by SIP INFO and the same key by RFC 4733 within this time are one: some phones send both.
const SAME_KEY: Duration = Duration::from_millis(200);
/// An event that is so much older than the newest is a stray, in samples: 2 s.
const OLD: i32 = 16_000;
/// After this time without a key, no timestamp is old: they wrap.
const FORGOTTEN: Duration = Duration::from_secs(60);
/// How far the timestamp of a continued event may be off: a packet time of 60 ms.
const TOLERANCE: u32 = 480;
/// The least duration, in samples, at which an event may be continued by another: its counter has 16 bits.
const LONG: u16 = u16::MAX - TOLERANCE as u16;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Rtp,
    Info,
}

#[derive(Debug, Clone, Copy)]
struct Segment {
    timestamp: u32,
    event: Event,
    at: Instant,
}

/// The keys of one remote party.
#[derive(Debug, Default)]
pub struct KeysHeard {
    /// The newest first.
    segments: [Option<Segment>; REMEMBERED],
    /// The last keys that were reported by one way and not yet by the other.
    unpaired: [Option<(By, char, Instant)>; 4],
}

impl KeysHeard {
    /// Takes the payload of a telephone-event and returns the key that it reports, if it is a new one.
    pub fn packet(&mut self, timestamp: u32, payload: &[u8], now: Instant) -> Option<char> {
        let event = Event::parse(payload)?;
        let digit = event.digit()?;
        let known = self.segments.iter_mut().flatten().find(|it| it.timestamp == timestamp);
        if let Some(known) = known {
            known.event.end |= event.end;
            known.event.duration = known.event.duration.max(event.duration);
            return None;
        }
        let newest = self.segments[0];
        let recent = newest.filter(|it| now.duration_since(it.at) < FORGOTTEN);
        let age = recent.map_or(-1, |it| it.timestamp.wrapping_sub(timestamp).cast_signed());
        if age > OLD {
            return None;
        }
        let continued = newest.is_some_and(|it| it.is_continued_by(timestamp, event));
        // An older one that was not seen yet comes behind the newest.
        let place = usize::from(age > 0);
        self.segments[place..].rotate_right(1);
        self.segments[place] = Some(Segment { timestamp, event, at: now });
        if continued { None } else { self.report(By::Rtp, digit, now) }
    }

    /// Takes a key by SIP INFO and returns it if it is a new one.
    pub fn info(&mut self, digit: char, now: Instant) -> Option<char> {
        let digit = Event { code: super::code_of(digit)?, end: true, duration: 0 }.digit()?;
        self.report(By::Info, digit, now)
    }

    /// Forgets the timestamps: another source begins. Keys that it repeats by INFO are still known.
    pub fn restart(&mut self) {
        self.segments = [None; REMEMBERED];
    }

    fn report(&mut self, by: By, digit: char, now: Instant) -> Option<char> {
        let same = |it: &Option<(By, char, Instant)>| {
            it.is_some_and(|(other, its, at)| other != by && its == digit && now.duration_since(at) <= SAME_KEY)
        };
        // Each key is paired once: the same key pressed twice, and sent by both ways, is two keys.
        if let Some(pair) = self.unpaired.iter_mut().find(|it| same(it)) {
            *pair = None;
            return None;
        }
        self.unpaired.rotate_left(1);
        self.unpaired[3] = Some((by, digit, now));
        Some(digit)
    }
}

impl Segment {
    /// A key that is held for longer than its duration can count continues as another event, whose timestamp is later by
    /// the full duration (RFC 4733 section 2.5.1.3).
    fn is_continued_by(&self, timestamp: u32, next: Event) -> bool {
        let expected = self.timestamp.wrapping_add(u32::from(u16::MAX));
        let off = timestamp.wrapping_sub(expected).cast_signed().unsigned_abs();
        let near = off <= TOLERANCE && (self.event.duration >= LONG || off == 0);
        near && next.code == self.event.code && !self.event.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads words `at_ms/timestamp/code/duration`, with `e` at the end for the end bit, or `at_ms/info/digit`. Returns the
    /// keys that were reported.
    fn keys(script: &str) -> String {
        let start = Instant::now();
        let mut heard = KeysHeard::default();
        let digits = script.split_whitespace().filter_map(|word| {
            let fields: Vec<&str> = word.split('/').collect();
            let now = start + Duration::from_millis(fields[0].parse().unwrap());
            if fields[1] == "info" {
                return heard.info(fields[2].chars().next().unwrap(), now);
            }
            let (duration, end) = fields[3].strip_suffix('e').map_or((fields[3], false), |it| (it, true));
            let event = Event { code: fields[2].parse().unwrap(), end, duration: duration.parse().unwrap() };
            heard.packet(fields[1].parse().unwrap(), &event.bytes(), now)
        });
        digits.collect()
    }

    #[test]
    fn each_key_is_heard_exactly_once() {
        for (name, script, expected) in [
            ("the end three times", "0/800/5/160 20/800/5/320 40/800/5/480e 40/800/5/480e 40/800/5/480e", "5"),
            ("a lost start", "40/800/5/480e 40/800/5/480e", "5"),
            ("a lost end, then another", "0/800/5/160 20/800/5/320 200/2400/6/160 220/2400/6/320e", "56"),
            ("a lost end, then the same", "0/800/5/160 20/800/5/320 200/2400/5/160", "55"),
            ("reordered", "0/800/5/480e 20/800/5/160 40/800/5/320", "5"),
            (
                "the end of the first behind the start of the second",
                "0/800/1/160 60/1280/2/160 61/800/1/400e 80/1280/2/320e",
                "12",
            ),
            (
                "all of an event behind the next",
                "0/800/1/160 60/2080/3/160 61/1280/2/160 62/1280/2/320e 80/2080/3/320e",
                "132",
            ),
            ("the same key twice in 60 ms", "0/800/7/160 20/800/7/240e 60/1280/7/160 80/1280/7/240e", "77"),
            ("of long ago", "0/80000/1/160 20/800/2/160", "1"),
            ("an hour later, on a clock that has wrapped", "0/80000/1/160 3600000/800/2/160", "12"),
            (
                "held for 17 s",
                "0/1000/9/160 8180/1000/9/65535 8200/66535/9/160 16370/66535/9/65535 16400/132070/9/160 17000/132070/9/4000e",
                "9",
            ),
            (
                "held, and the last packets of the segment are lost",
                "0/1000/9/160 8100/1000/9/64800 8200/66535/9/160",
                "9",
            ),
            ("another key is no continuation", "0/1000/9/160 8180/1000/9/65535 8200/66535/8/160", "98"),
            ("nor the same key after an end", "0/1000/9/160 40/1000/9/400e 8200/66535/9/160", "99"),
            ("timestamps wrap", "0/4294967200/1/160 20/4294967200/1/320e 100/704/2/160", "12"),
            ("by INFO too", "0/800/5/160 50/info/5 90/800/5/800e", "5"),
            ("by INFO first", "0/info/5 50/800/5/160", "5"),
            ("by INFO only", "0/info/5 50/info/5 100/info/#", "55#"),
            ("another by INFO", "0/800/5/160 50/info/6", "56"),
            ("the same by INFO, later", "0/800/5/160 201/info/5", "55"),
            ("both keys by both ways", "0/800/5/160 20/info/5 100/1600/5/160 120/info/5", "55"),
            ("flash and fax tones are no keys", "0/800/16/160 50/1600/36/160 60/info/x", ""),
            ("a clock of 48 kHz", "0/4800/5/960 20/4800/5/1920 40/4800/5/2880e 200/14400/5/960", "55"),
        ] {
            assert_eq!(keys(script), expected, "{name}");
        }
    }

    #[test]
    fn another_source_may_use_the_same_timestamps() {
        let (mut heard, now) = (KeysHeard::default(), Instant::now());
        let payload = Event { code: 1, end: false, duration: 160 }.bytes();
        assert_eq!((heard.packet(7, &payload, now), heard.packet(7, &payload, now)), (Some('1'), None));
        heard.restart();
        assert_eq!(heard.packet(7, &payload, now), Some('1'));
    }
}
