//! Sine tones: the beep, and keys for remote parties that know no other.

use super::codec::Pcm;
use std::f32::consts::TAU;

const RATE: f32 = 8_000.0;
/// The peak of a sine at 0 dBm0: G.711 reaches full scale at 3.17 dBm0 (µ-law).
const ZERO_DBM0: f32 = 22_301.0;
/// The level of beeps and tones of flows: −13 dBm0.
pub const BEEP_LEVEL: f32 = -13.0;

/// A sine that continues from frame to frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Sine {
    hertz: f32,
    peak: f32,
    /// In turns, below 1.
    phase: f32,
}

impl Sine {
    /// `level` is in dBm0. A tone above half the sampling rate is none: it is silent.
    pub fn new(hertz: f32, level: f32) -> Sine {
        let audible = hertz > 0.0 && hertz < RATE / 2.0;
        let peak = if audible { ZERO_DBM0 * 10_f32.powf(level / 20.0) } else { 0.0 };
        Sine { hertz, peak, phase: 0.0 }
    }

    /// Adds the next 20 ms to a frame.
    pub fn add(&mut self, frame: &mut Pcm) {
        let step = self.hertz / RATE;
        for sample in frame {
            *sample = sample.saturating_add((self.peak * (TAU * self.phase).sin()) as i16);
            self.phase = (self.phase + step).fract();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telephony::media::codec::{FRAME, QUIET};

    #[test]
    fn a_tone_continues_from_frame_to_frame_at_its_level() {
        let mut sine = Sine::new(1_000.0, 0.0);
        let samples: Vec<i16> = (0..10)
            .flat_map(|_| {
                let mut frame = QUIET;
                sine.add(&mut frame);
                frame
            })
            .collect();
        assert!(samples.windows(9).all(|it| it[0].abs_diff(it[8]) < 60), "a period is eight samples");
        assert_eq!(samples.iter().max().map(|it| it / 100), Some(223));
    }

    #[test]
    fn what_cannot_be_heard_is_silent_and_a_sum_is_limited() {
        for hertz in [0.0, -5.0, 4_000.0, 1e9, f32::NAN, f32::INFINITY] {
            let mut frame = QUIET;
            Sine::new(hertz, 0.0).add(&mut frame);
            assert_eq!(frame, QUIET, "{hertz}");
        }
        let mut frame = [i16::MAX; FRAME];
        Sine::new(1_000.0, 0.0).add(&mut frame);
        assert!(frame.iter().all(|sample| *sample > 0));
    }
}
