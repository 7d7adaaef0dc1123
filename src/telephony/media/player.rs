//! What is played on a leg, frame by frame.

use super::codec::{Encoded, FRAME, FRAME_MS, Law, QUIET};
use super::tone::{BEEP_LEVEL, Sine};
use crate::telephony::sounds::Prompt;
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TryRecvError;

/// Samples that must be there before a sound that comes in chunks begins, and begins again after an underrun: 60 ms.
const AHEAD: usize = 480;
/// Samples of the longest chunk: 1 s.
const MAX_CHUNK: usize = 8_000;
/// Frames without a chunk after which a sound has failed: 30 s.
const MAX_STALL: u32 = 1_500;

/// Something to play.
#[derive(Debug)]
pub enum Sound {
    /// Whole, in memory.
    Ready(Arc<Prompt>),
    /// In chunks of at most 100 ms of 8 kHz samples, as they are made. It ends when the sender is dropped, or with the
    /// reason why it failed, after what came before.
    Coming(mpsc::Receiver<Result<Vec<i16>, String>>),
    Tone {
        hertz: u32,
        duration_ms: u32,
    },
}

/// A sound that is being played.
#[derive(Debug)]
pub struct Playing(State);

#[derive(Debug)]
enum State {
    Prompt { prompt: Arc<Prompt>, at: usize },
    Coming(Box<Coming>),
    Tone { sine: Sine, frames: u64 },
}

#[derive(Debug)]
struct Coming {
    chunks: mpsc::Receiver<Result<Vec<i16>, String>>,
    samples: VecDeque<i16>,
    /// Frames are played now, and not only gathered.
    running: bool,
    /// The sender is gone, with the reason if it failed.
    ended: Option<Option<String>>,
    /// Frames since the last chunk.
    stalled: u32,
    underruns: u64,
}

/// What is played next.
#[derive(Debug, PartialEq)]
pub enum Step {
    Frame(Encoded),
    /// Nothing is there yet, or not in time.
    Silence,
    /// The last frame was played 20 ms ago. `Some` is the reason why it ended too early.
    Over(Option<String>),
}

impl Playing {
    /// Allocates what the sound needs, so that its frames do not.
    pub fn new(sound: Sound) -> Playing {
        Playing(match sound {
            Sound::Ready(prompt) => State::Prompt { prompt, at: 0 },
            Sound::Coming(chunks) => {
                let samples = VecDeque::with_capacity(AHEAD + MAX_CHUNK);
                State::Coming(Box::new(Coming {
                    chunks,
                    samples,
                    running: false,
                    ended: None,
                    stalled: 0,
                    underruns: 0,
                }))
            }
            Sound::Tone { hertz, duration_ms } => {
                let sine = Sine::new(hertz as f32, BEEP_LEVEL);
                State::Tone { sine, frames: u64::from(duration_ms).div_ceil(FRAME_MS) }
            }
        })
    }

    pub fn next(&mut self, law: Law) -> Step {
        match &mut self.0 {
            State::Prompt { prompt, at } => {
                let frame = prompt.frame(law, *at);
                *at += FRAME;
                frame.map_or(Step::Over(None), Step::Frame)
            }
            State::Coming(coming) => coming.next(law),
            State::Tone { frames: 0, .. } => Step::Over(None),
            State::Tone { sine, frames } => {
                *frames -= 1;
                let mut frame = QUIET;
                sine.add(&mut frame);
                Step::Frame(law.encode_frame(&frame))
            }
        }
    }

    /// How often a sound did not come in time.
    pub fn underruns(&self) -> u64 {
        if let State::Coming(coming) = &self.0 { coming.underruns } else { 0 }
    }
}

impl Coming {
    fn next(&mut self, law: Law) -> Step {
        self.gather();
        self.running |= self.samples.len() >= AHEAD || self.ended.is_some();
        let whole = self.samples.len() >= FRAME;
        if self.running && (whole || self.ended.is_some() && !self.samples.is_empty()) {
            let mut frame = [law.silence(); FRAME];
            let count = self.samples.len().min(FRAME);
            frame.iter_mut().zip(self.samples.drain(..count)).for_each(|(byte, sample)| *byte = law.encode(sample));
            return Step::Frame(frame);
        }
        if let Some(ended) = &mut self.ended {
            return Step::Over(ended.take());
        }
        self.underruns += u64::from(self.running);
        self.running = false;
        self.stalled += 1;
        match self.stalled > MAX_STALL {
            true => Step::Over(Some("the sound stopped coming".to_owned())),
            false => Step::Silence,
        }
    }

    /// Takes no more than is needed now, so that the sender feels how fast the sound is played.
    fn gather(&mut self) {
        while self.samples.len() < AHEAD && self.ended.is_none() {
            match self.chunks.try_recv() {
                Ok(Ok(chunk)) if chunk.len() <= MAX_CHUNK => {
                    self.stalled = 0;
                    self.samples.extend(chunk);
                }
                Ok(Ok(_)) => self.ended = Some(Some("a chunk of the sound is too long".to_owned())),
                Ok(Err(error)) => self.ended = Some(Some(error)),
                Err(TryRecvError::Disconnected) => self.ended = Some(None),
                Err(TryRecvError::Empty) => break,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A letter for each frame: `f` sound, `-` silence, `.` the end, `!` an end with a reason.
    fn trace(playing: &mut Playing, frames: usize) -> String {
        let steps = (0..frames).map(|_| match playing.next(Law::Mu) {
            Step::Frame(_) => 'f',
            Step::Silence => '-',
            Step::Over(None) => '.',
            Step::Over(Some(_)) => '!',
        });
        steps.collect()
    }

    #[test]
    fn prompts_and_tones_last_as_long_as_they_are() {
        let mut prompt = Playing::new(Sound::Ready(Arc::new(Prompt::new(vec![1_000; 161]))));
        assert_eq!(trace(&mut prompt, 3), "ff.");
        assert_eq!(trace(&mut Playing::new(Sound::Ready(Arc::new(Prompt::new(Vec::new())))), 1), ".");
        assert_eq!(trace(&mut Playing::new(Sound::Tone { hertz: 440, duration_ms: 50 }), 4), "fff.");
        assert_eq!(trace(&mut Playing::new(Sound::Tone { hertz: 440, duration_ms: 0 }), 1), ".");
    }

    #[test]
    fn a_sound_that_comes_begins_with_60_ms_and_survives_an_underrun() {
        let (sender, chunks) = mpsc::channel(20);
        let mut playing = Playing::new(Sound::Coming(chunks));
        let send = |samples| sender.try_send(Ok(vec![1_000; samples])).unwrap();
        assert_eq!(trace(&mut playing, 2), "--");
        send(400);
        assert_eq!(trace(&mut playing, 1), "-");
        send(200);
        assert_eq!(trace(&mut playing, 5), "fff--", "600 samples are three frames and a rest");
        assert_eq!(playing.underruns(), 1);
        send(400);
        assert_eq!(trace(&mut playing, 4), "fff-", "the rest is not lost");
        send(10);
        drop(sender);
        assert_eq!(trace(&mut playing, 2), "f.");
    }

    #[test]
    fn a_sound_that_fails_says_why_after_what_came_before() {
        let (sender, chunks) = mpsc::channel(20);
        let mut playing = Playing::new(Sound::Coming(chunks));
        sender.try_send(Ok(vec![1_000; 100])).unwrap();
        sender.try_send(Err("the server is gone".to_owned())).unwrap();
        assert_eq!(trace(&mut playing, 1), "f");
        assert_eq!(playing.next(Law::Mu), Step::Over(Some("the server is gone".to_owned())));

        let (sender, chunks) = mpsc::channel(20);
        let mut playing = Playing::new(Sound::Coming(chunks));
        sender.try_send(Ok(vec![0; MAX_CHUNK + 1])).unwrap();
        assert_eq!(trace(&mut playing, 1), "!");

        let (_sender, chunks) = mpsc::channel(20);
        let mut playing = Playing::new(Sound::Coming(chunks));
        let trace = trace(&mut playing, MAX_STALL as usize + 1);
        assert_eq!(trace, "-".repeat(MAX_STALL as usize) + "!");
    }

    /// A sender with a full channel waits: of a long sound only a little is in memory.
    #[test]
    fn no_more_is_taken_than_is_played() {
        let (sender, chunks) = mpsc::channel(20);
        let mut playing = Playing::new(Sound::Coming(chunks));
        let mut taken = 0;
        for _ in 0..100 {
            while sender.try_send(Ok(vec![1_000; 800])).is_ok() {
                taken += 1;
            }
            playing.next(Law::Mu);
        }
        // 100 frames are 20 chunks.
        assert!((40..=42).contains(&taken), "{taken}");
    }
}
