//! A sound that is whole in memory: decoded once, encoded once per law, shared by all calls that play it.

use super::codec::{self, Encoded, FRAME, Law};
use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

/// 8,000 samples a second, mono. Shared as `Arc<Prompt>`.
pub struct Prompt {
    samples: Box<[i16]>,
    mu: OnceLock<Box<[u8]>>,
    a: OnceLock<Box<[u8]>>,
}

impl Prompt {
    pub fn new(samples: impl Into<Box<[i16]>>) -> Prompt {
        Prompt { samples: samples.into(), mu: OnceLock::new(), a: OnceLock::new() }
    }

    pub fn samples(&self) -> &[i16] {
        &self.samples
    }

    pub fn duration(&self) -> Duration {
        Duration::from_micros(self.samples.len() as u64 * 125)
    }

    /// The bytes of memory, with both encoded forms, which come when they are needed.
    pub fn weight(&self) -> usize {
        self.samples.len() * 4 + size_of::<Prompt>()
    }

    /// Encodes the whole sound, unless somebody already has. Takes some 2 ms a minute of sound, and waits for another
    /// thread that does the same, so a media worker must not call it: whoever sends a prompt to one does.
    pub fn prepare(&self, law: Law) {
        self.encoded(law).get_or_init(|| self.samples.iter().map(|sample| law.encode(*sample)).collect());
    }

    /// Returns a frame, filled up with silence at the end; `None` behind the end. Copies the encoded form if there is one,
    /// and else encodes this frame.
    pub fn frame(&self, law: Law, at: usize) -> Option<Encoded> {
        let mut frame = [law.silence(); FRAME];
        let end = at.saturating_add(FRAME).min(self.samples.len());
        let samples = self.samples.get(at..end).filter(|it| !it.is_empty())?;
        match self.encoded(law).get().and_then(|bytes| bytes.get(at..end)) {
            Some(bytes) => frame[..bytes.len()].copy_from_slice(bytes),
            None => frame.iter_mut().zip(samples).for_each(|(byte, sample)| *byte = law.encode(*sample)),
        }
        Some(frame)
    }

    fn encoded(&self, law: Law) -> &OnceLock<Box<[u8]>> {
        match law {
            Law::Mu => &self.mu,
            Law::A => &self.a,
        }
    }
}

impl fmt::Debug for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Prompt({} ms)", self.samples.len() as u32 / codec::SAMPLES_PER_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(Prompt::new(samples).duration(), Duration::from_millis(50));
        assert!(Prompt::new([]).frame(Law::Mu, 0).is_none());
    }
}
