//! Hands both directions of a leg to whoever records them, aligned by time.
//!
//! The worker that owns the leg pushes a frame of both sides every 20 ms into a bounded channel and never waits: a frame that
//! finds the channel full is lost. Each frame has its number, so that the reader writes silence for those that are missing
//! and everything behind them stays in its place.

use super::codec::{self, FRAME_MS, Pcm};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;
use uuid::Uuid;

/// Frames in the channel: 2 s.
const CAPACITY: usize = 100;
/// The longest recording: 24 h. Its bytes fit into the 32 bits of a WAV header.
const LONGEST: u64 = frames(Duration::from_secs(24 * 3_600));
/// Frames of the beep at the start: 300 ms. It is no silence.
pub const BEEP: u64 = 15;
pub const BEEP_HERTZ: f32 = 1_000.0;

const fn frames(time: Duration) -> u64 {
    time.as_millis() as u64 / FRAME_MS
}

/// 20 ms of both sides.
#[derive(Debug, Clone, PartialEq)]
pub struct TapFrame {
    /// From 0, without regard to those that are lost.
    pub number: u64,
    /// What the remote party hears of us.
    pub ours: Pcm,
    /// What we hear of the remote party.
    pub theirs: Pcm,
}

/// What ends a recording, in addition to a command and the end of the leg.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ends {
    pub duration: Option<Duration>,
    /// Nobody speaks, on either side, for so long.
    pub silence: Option<Duration>,
    /// Any of these keys.
    pub keys: String,
}

/// The end of a recording in the worker.
#[derive(Debug)]
pub struct Tap {
    id: Uuid,
    ends: Ends,
    frames: SyncSender<TapFrame>,
    progress: Arc<Progress>,
    /// The number of the frame with which it began.
    first: Option<u64>,
    /// Since when nobody speaks, counted from the first frame.
    quiet_since: u64,
}

#[derive(Debug, Default)]
struct Progress {
    length: AtomicU64,
    lost: AtomicU64,
}

/// The other end of a [`Tap`].
#[derive(Debug)]
pub struct TapReader {
    frames: Receiver<TapFrame>,
    progress: Arc<Progress>,
}

/// Creates both ends of a recording. With a beep, the silence that ends it begins after that.
pub fn tap(id: Uuid, ends: Ends, beep: bool) -> (Tap, TapReader) {
    let (sender, receiver) = sync_channel(CAPACITY);
    let progress = Arc::new(Progress::default());
    let quiet_since = if beep { BEEP } else { 0 };
    let tap = Tap { id, ends, frames: sender, progress: progress.clone(), first: None, quiet_since };
    (tap, TapReader { frames: receiver, progress })
}

impl Tap {
    pub fn id(&self) -> Uuid {
        self.id
    }

    pub fn is_ended_by(&self, key: char) -> bool {
        self.ends.keys.contains(key)
    }

    /// Takes the frame of both sides with a number that counts 20 ms steps of the worker. Returns whether the recording is
    /// over with it.
    pub fn frame(&mut self, number: u64, ours: &Pcm, theirs: &Pcm) -> bool {
        let number = number.saturating_sub(*self.first.get_or_insert(number));
        let length = number + 1;
        self.progress.length.store(length, Ordering::Release);
        let full = self.frames.try_send(TapFrame { number, ours: *ours, theirs: *theirs }).is_err();
        self.progress.lost.fetch_add(u64::from(full), Ordering::Relaxed);
        if !codec::is_quiet(ours) || !codec::is_quiet(theirs) {
            self.quiet_since = self.quiet_since.max(length);
        }
        let silent = length.saturating_sub(self.quiet_since);
        length >= self.ends.duration.map_or(LONGEST, |it| frames(it).clamp(1, LONGEST))
            || self.ends.silence.is_some_and(|silence| silent >= frames(silence).max(1))
    }

    /// The length so far.
    pub fn length_ms(&self) -> u64 {
        self.progress.length.load(Ordering::Relaxed) * FRAME_MS
    }

    /// What was lost because the reader was too slow.
    pub fn lost_ms(&self) -> u64 {
        self.progress.lost.load(Ordering::Relaxed) * FRAME_MS
    }
}

impl TapReader {
    /// Returns the next frame if there is one, without waiting. `Err` when the recording has ended and all its frames were
    /// read.
    pub fn next(&self) -> Result<Option<TapFrame>, Over> {
        use std::sync::mpsc::TryRecvError;
        match self.frames.try_recv() {
            Ok(frame) => Ok(Some(frame)),
            Err(TryRecvError::Empty) => Ok(None),
            Err(TryRecvError::Disconnected) => Err(Over { frames: self.progress.length.load(Ordering::Acquire) }),
        }
    }

    /// What was lost because this reader was too slow.
    pub fn lost_ms(&self) -> u64 {
        self.progress.lost.load(Ordering::Relaxed) * FRAME_MS
    }
}

/// A recording has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Over {
    /// Its length in frames of 20 ms, with those that were lost.
    pub frames: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use codec::{FRAME, QUIET};

    const LOUD: Pcm = [5_000; FRAME];

    fn ends(duration_ms: u64, silence_ms: u64, keys: &str) -> Ends {
        let some = |ms| Some(Duration::from_millis(ms)).filter(|time| !time.is_zero());
        Ends { duration: some(duration_ms), silence: some(silence_ms), keys: keys.to_owned() }
    }

    #[test]
    fn it_ends_by_its_duration_or_when_both_were_quiet_long_enough() {
        // A letter for each frame: who speaks. The recording is over with the last one.
        for (duration_ms, silence_ms, beep, script) in [
            (100, 0, false, "-----"),
            (100, 60, false, "---"),
            (200, 60, false, "o-t-t---"),
            (0, 40, true, "-----------------"),
            (1, 0, false, "-"),
            (0, 1, false, "oot-"),
        ] {
            let (mut tap, _reader) = tap(Uuid::nil(), ends(duration_ms, silence_ms, ""), beep);
            for (n, who) in script.chars().enumerate() {
                let ours = if who == 'o' { LOUD } else { QUIET };
                let theirs = if who == 't' { LOUD } else { QUIET };
                let over = tap.frame(1_000 + n as u64, &ours, &theirs);
                assert_eq!(over, n + 1 == script.len(), "{duration_ms} {silence_ms} {script}: {n}");
            }
        }
        assert!(tap(Uuid::nil(), ends(0, 0, "12#"), false).0.is_ended_by('#'));
    }

    #[test]
    fn a_slow_reader_loses_frames_and_keeps_the_time() {
        let (mut tap, reader) = tap(Uuid::nil(), Ends::default(), false);
        for n in 0..CAPACITY as u64 + 10 {
            tap.frame(n, &LOUD, &QUIET);
        }
        assert_eq!((tap.length_ms(), tap.lost_ms()), (2_200, 200));
        assert_eq!(reader.next().unwrap().unwrap().number, 0);
        // A stall of the worker is a gap too.
        tap.frame(500, &QUIET, &LOUD);
        drop(tap);
        let numbers: Vec<u64> = std::iter::from_fn(|| reader.next().ok().flatten()).map(|it| it.number).collect();
        assert_eq!((numbers.len(), numbers.last()), (CAPACITY, Some(&500)));
        assert_eq!((reader.next(), reader.lost_ms()), (Err(Over { frames: 501 }), 200));
    }
}
