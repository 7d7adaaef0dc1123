//! What calls hear: the port through which a driver gets the sound of media. A driver neither fetches files nor speaks.

use crate::model::telephony::Media;
use crate::telephony::media::codec::{Encoded, FRAME, Law};
use std::any::Any;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::mpsc;
use uuid::Uuid;

/// Samples per second of everything that calls hear.
pub const RATE: u32 = 8_000;

/// The most samples of one chunk of a sound that is coming: 100 ms.
pub const CHUNK: usize = 800;

/// The most chunks that wait for the driver: 2 s.
pub const CHUNKS: usize = 20;

/// Makes the sound of media.
pub trait Sounds: Send + Sync {
    /// Returns the sound of these media for a call of this customer. Never waits and never blocks. However many calls of a
    /// customer open the same media at the same time, they are fetched or spoken once and are in memory once.
    fn open(&self, customer_id: Uuid, media: &Media) -> Sound;
}

/// The sound of media.
pub enum Sound {
    /// All of it.
    Ready(Arc<Prompt>),
    /// What there is so far, and then the rest: chunks of 1 to [`CHUNK`] samples at [`RATE`], at most [`CHUNKS`] of which
    /// wait. The sound is complete when the channel closes. An error is the last item, and says in a sentence why there is
    /// no more. Dropping the receiver is how a driver stops listening.
    Coming(mpsc::Receiver<Result<Vec<i16>, String>>),
}

/// A complete sound. All calls that hear it share it, and it is encoded at most once for each codec.
pub struct Prompt {
    samples: Box<[i16]>,
    mu_law: OnceLock<Box<[u8]>>,
    a_law: OnceLock<Box<[u8]>>,
    _held: Box<dyn Any + Send + Sync>,
}

impl Prompt {
    /// The bytes that a prompt takes in memory for each sample once it is encoded for both codecs.
    pub const BYTES_PER_SAMPLE: usize = 4;

    /// Creates a prompt from 16-bit samples, [`RATE`] of them per second.
    pub fn new(samples: Vec<i16>) -> Prompt {
        Prompt::holding(samples, ())
    }

    /// Like [`Prompt::new`], and drops `held` together with the prompt, such as its share of a limit of memory.
    pub fn holding(samples: Vec<i16>, held: impl Any + Send + Sync) -> Prompt {
        let (mu_law, a_law) = (OnceLock::new(), OnceLock::new());
        Prompt { samples: samples.into_boxed_slice(), mu_law, a_law, _held: Box::new(held) }
    }

    /// Returns the samples, [`RATE`] of them per second.
    pub fn samples(&self) -> &[i16] {
        &self.samples
    }

    /// Encodes the whole sound, unless somebody already has. Takes some 2 ms for a minute of sound, and waits for another
    /// thread that does the same, so a media thread must not call it: whoever passes a prompt to one does.
    pub fn prepare(&self, law: Law) {
        self.encoded(law).get_or_init(|| self.samples.iter().map(|sample| law.encode(*sample)).collect());
    }

    /// Returns the frame that begins at a sample, filled up with silence at the end; `None` behind the end. Copies the
    /// encoded form if there is one, and otherwise encodes this frame.
    pub fn frame(&self, law: Law, at: usize) -> Option<Encoded> {
        let mut frame = [law.silence(); FRAME];
        let end = at.saturating_add(FRAME).min(self.samples.len());
        let samples = self.samples.get(at..end).filter(|it| !it.is_empty())?;
        match self.encoded(law).get().and_then(|bytes| bytes.get(at..end)) {
            Some(bytes) => frame.iter_mut().zip(bytes).for_each(|(to, byte)| *to = *byte),
            None => frame.iter_mut().zip(samples).for_each(|(to, sample)| *to = law.encode(*sample)),
        }
        Some(frame)
    }

    fn encoded(&self, law: Law) -> &OnceLock<Box<[u8]>> {
        match law {
            Law::Mu => &self.mu_law,
            Law::A => &self.a_law,
        }
    }

    /// Returns how long it takes to play.
    pub fn length(&self) -> Duration {
        let samples = u64::try_from(self.samples.len()).unwrap_or(u64::MAX);
        Duration::from_micros(samples.saturating_mul(1_000_000 / u64::from(RATE)))
    }

    /// Returns the most bytes that the prompt takes in memory.
    pub fn bytes(&self) -> usize {
        self.samples.len() * Prompt::BYTES_PER_SAMPLE
    }
}

impl fmt::Debug for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prompt").field("length", &self.length()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn frames_are_the_same_prepared_or_not() {
        let samples: Vec<i16> = (0..400).map(|n| n * 50).collect();
        for law in [Law::Mu, Law::A] {
            let (plain, prepared) = (Prompt::new(samples.clone()), Prompt::new(samples.clone()));
            prepared.prepare(law);
            for at in [0, 160, 320, 400, 560, usize::MAX - FRAME] {
                assert_eq!(plain.frame(law, at), prepared.frame(law, at), "{at}");
            }
            let last = prepared.frame(law, 320).unwrap();
            assert!(law.decode(last[79]).abs_diff(19_950) < 600 && last[80..] == [law.silence(); 80]);
            assert!(prepared.frame(law, 400).is_none() && plain.frame(law, 0).is_some());
        }
        let prompt = Prompt::new(vec![0, 1_000, -1_000, i16::MAX, i16::MIN]);
        // ITU-T G.711, tables 1 and 2.
        assert_eq!(prompt.frame(Law::Mu, 0).unwrap()[..5], [0xff, 0xce, 0x4e, 0x80, 0x00]);
        assert_eq!(prompt.frame(Law::A, 0).unwrap()[..5], [0xd5, 0xfa, 0x7a, 0xaa, 0x2a]);
        assert_eq!((prompt.bytes(), prompt.length()), (20, Duration::from_micros(625)));
        assert!(Prompt::new(Vec::new()).frame(Law::Mu, 0).is_none());
    }

    #[test]
    fn what_a_prompt_holds_is_dropped_with_the_last_listener() {
        struct Held(Arc<AtomicUsize>);
        impl Drop for Held {
            fn drop(&mut self) {
                self.0.fetch_add(1, Ordering::SeqCst);
            }
        }
        let dropped = Arc::new(AtomicUsize::new(0));
        let first = Arc::new(Prompt::holding(vec![1; 8], Held(dropped.clone())));
        let second = first.clone();
        drop(first);
        assert_eq!((dropped.load(Ordering::SeqCst), second.samples().len()), (0, 8));
        drop(second);
        assert_eq!(dropped.load(Ordering::SeqCst), 1);
    }
}
