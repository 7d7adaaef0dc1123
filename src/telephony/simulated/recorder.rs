//! What is audible on a call while it is recorded, and when the recording ends.

use super::sound::{self, Sound};
use std::time::Duration;
use uuid::Uuid;

/// The maximum number of sounds in one file. Later sounds become silence, so that a recording needs little memory
/// whatever a flow plays.
const MAX_SOUNDS: usize = 10_000;
/// The longest recording. Its size in bytes fits into the 32 bits of a WAV header.
const LONGEST: Duration = Duration::from_secs(24 * 3600);
const BEEP: Duration = Duration::from_millis(300);

/// What ends a recording, in addition to the end of the call and a command. Times are simulated.
pub struct Ends {
    pub duration: Option<Duration>,
    pub silence: Option<Duration>,
    pub keys: String,
}

/// The sound that we play and the sound of the remote party.
pub type Audible = [Option<Sound>; 2];

pub struct Recorder {
    id: Uuid,
    ends: Ends,
    /// All times here count from the creation of the phone.
    started: Duration,
    hears: Audible,
    /// When each of the two sounds began.
    since: [Duration; 2],
    /// When the call last became quiet.
    quiet: Duration,
    heard: Vec<Heard>,
}

/// A recording that has ended.
pub struct FinishedRecording {
    pub id: Uuid,
    pub length: Duration,
    /// Times count from the start of the recording.
    pub heard: Vec<Heard>,
}

pub struct Heard {
    pub from: Duration,
    pub to: Duration,
    pub sound: Sound,
}

impl Recorder {
    pub fn start(id: Uuid, ends: Ends, beep: bool, now: Duration) -> Recorder {
        let mut recorder =
            Recorder { id, ends, started: now, hears: [None; 2], since: [now; 2], quiet: now, heard: Vec::new() };
        if beep {
            recorder.quiet += BEEP;
            recorder.note(now, recorder.quiet, sound::BEEP);
        }
        recorder
    }

    pub fn id(&self) -> Uuid {
        self.id
    }

    pub fn is_ended_by(&self, key: char) -> bool {
        self.ends.keys.contains(key)
    }

    /// Returns when the recording ends if nothing happens before.
    pub fn end(&self) -> Duration {
        let end = self.started + self.ends.duration.map_or(LONGEST, |duration| duration.min(LONGEST));
        match self.ends.silence {
            Some(silence) if self.hears == [None; 2] => end.min(self.quiet + silence),
            _ => end,
        }
    }

    /// Sets what is audible from now on. Returns whether that is a change.
    pub fn hears(&mut self, audible: Audible, now: Duration) -> bool {
        if audible == self.hears {
            return false;
        }
        for side in [0, 1] {
            if audible[side] != self.hears[side] {
                self.close_sound(side, now);
                self.hears[side] = audible[side];
            }
        }
        self.quiet = self.quiet.max(now);
        true
    }

    pub fn stop(mut self, now: Duration) -> FinishedRecording {
        [0, 1].into_iter().for_each(|side| self.close_sound(side, now));
        let length = now.saturating_sub(self.started);
        self.heard.retain(|heard| heard.from < length);
        self.heard.iter_mut().for_each(|heard| heard.to = heard.to.min(length));
        self.heard.sort_by_key(|heard| heard.from);
        FinishedRecording { id: self.id, length, heard: self.heard }
    }

    fn close_sound(&mut self, side: usize, now: Duration) {
        if let Some(sound) = self.hears[side] {
            self.note(self.since[side], now, sound);
        }
        self.since[side] = now;
    }

    fn note(&mut self, from: Duration, to: Duration, sound: Sound) {
        if self.heard.len() < MAX_SOUNDS && from < to {
            self.heard.push(Heard { from: from - self.started, to: to - self.started, sound });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sound::{OUR_VOICE, THEIR_VOICE};

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn recorder(duration: u64, silence: u64, beep: bool) -> Recorder {
        let some = |seconds| Some(s(seconds)).filter(|time| !time.is_zero());
        let ends = Ends { duration: some(duration), silence: some(silence), keys: "#".to_owned() };
        Recorder::start(Uuid::nil(), ends, beep, s(10))
    }

    #[test]
    fn it_ends_by_its_duration_or_when_it_was_quiet_long_enough() {
        let mut it = recorder(60, 3, false);
        assert_eq!(it.end(), s(13));
        assert!(it.hears([Some(OUR_VOICE), None], s(12)));
        assert_eq!(it.end(), s(70), "one side speaks");
        assert!(!it.hears([Some(OUR_VOICE), None], s(13)));
        it.hears([Some(OUR_VOICE), Some(THEIR_VOICE)], s(14));
        it.hears([None, Some(THEIR_VOICE)], s(20));
        assert_eq!(it.end(), s(70), "the remote party still speaks");
        it.hears([None, None], s(21));
        assert_eq!(it.end(), s(24));
        it.hears([None, Some(THEIR_VOICE)], s(68));
        it.hears([None, None], s(69));
        assert_eq!(it.end(), s(70));
        assert!(it.is_ended_by('#') && !it.is_ended_by('1'));
    }

    #[test]
    fn without_an_end_of_its_own_it_is_as_long_as_a_file_may_be() {
        assert_eq!(recorder(0, 0, false).end(), s(10) + LONGEST);
        assert_eq!(recorder(u64::MAX, 0, false).end(), s(10) + LONGEST);
    }

    #[test]
    fn what_was_heard_stands_where_it_was_heard() {
        let mut it = recorder(0, 2, true);
        assert_eq!(it.end(), s(12) + BEEP, "the beep is no silence");
        it.hears([Some(OUR_VOICE), None], s(11));
        it.hears([Some(OUR_VOICE), Some(THEIR_VOICE)], s(12));
        it.hears([None, Some(THEIR_VOICE)], s(13));
        let take = it.stop(s(15));
        let heard: Vec<_> = take.heard.iter().map(|it| (it.from, it.to, it.sound)).collect();
        assert_eq!(take.length, s(5));
        let expected = [(s(0), BEEP, sound::BEEP), (s(1), s(3), OUR_VOICE), (s(2), s(5), THEIR_VOICE)];
        assert_eq!(heard, expected);
        let take = recorder(0, 0, true).stop(s(10));
        assert!(take.length.is_zero() && take.heard.is_empty());
    }
}
