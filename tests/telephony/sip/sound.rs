//! Sounds that can be told apart: each is one or two tones, all whole multiples of 100 Hz, so that each 20 ms of them sound the same.

use std::collections::HashMap;
use std::f64::consts::TAU;
use std::sync::Mutex;

/// Samples of 20 ms.
pub const FRAME: usize = 160;
pub type Frame = [u8; FRAME];
/// What the far ends say.
pub const VOICE: [f64; 2] = [900.0, 2_500.0];
pub const BEEP: [f64; 1] = [1_000.0];
/// A prompt is a low and a high tone; which ones says which prompt it is.
const LOW: f64 = 300.0;
const HIGH: f64 = 1_200.0;
const LOWS: usize = 6;
const HIGHS: usize = 10;
const STEP: f64 = 100.0;
/// Samples below this are silence: the driver's silence is exact.
const QUIET: i16 = 64;

/// G.711 µ-law, ITU-T G.711 table 2.
pub fn encode(sample: i16) -> u8 {
    let size = i32::from(sample).abs().min(32_635) + 132;
    let exponent = (size >> 7).ilog2();
    let mantissa = (size >> (exponent + 3)) & 15;
    !((u8::from(sample < 0) << 7) | (exponent as u8) << 4 | mantissa as u8)
}

pub fn decode(byte: u8) -> i16 {
    let byte = !byte;
    let size = (((i32::from(byte & 15) << 3) + 132) << (byte >> 4 & 7)) - 132;
    (if byte & 128 == 0 { size } else { -size }) as i16
}

pub fn tones(hertz: &[f64], samples: usize) -> Vec<i16> {
    let at =
        |n: usize| hertz.iter().map(|hertz| 6_000.0 * (TAU * hertz * n as f64 / 8_000.0).sin()).sum::<f64>() as i16;
    (0..samples).map(at).collect()
}

/// 20 ms of tones, or of silence.
pub fn frame(hertz: &[f64]) -> Frame {
    let samples = tones(hertz, FRAME);
    std::array::from_fn(|n| encode(samples[n]))
}

/// What 20 ms sound of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    Silence,
    /// Speech or files.
    Prompt(String),
    /// A tone, a beep or another far end.
    Sound(String),
    /// Parts of several sounds, at the moment when one becomes another.
    Unclear,
}

/// The prompts that were played so far, and what each is made of.
#[derive(Default)]
pub struct Prompts {
    names: Mutex<Vec<String>>,
    /// What frames sound of: most come again and again.
    known: Mutex<HashMap<Frame, Heard>>,
}

impl Prompts {
    /// Returns the tones of a prompt.
    pub fn tones(&self, name: &str) -> [f64; 2] {
        let mut names = self.names.lock().unwrap();
        let at = names.iter().position(|it| it == name).unwrap_or_else(|| {
            names.push(name.to_owned());
            names.len() - 1
        });
        assert!(at < LOWS * HIGHS, "too many prompts to tell them apart");
        [LOW + STEP * (at % LOWS) as f64, HIGH + STEP * (at / LOWS) as f64]
    }

    pub fn hear(&self, frame: &Frame) -> Heard {
        if let Some(heard) = self.known.lock().unwrap().get(frame) {
            return heard.clone();
        }
        let heard = self.analyse(frame);
        self.known.lock().unwrap().insert(*frame, heard.clone());
        heard
    }

    fn analyse(&self, frame: &Frame) -> Heard {
        let samples = frame.map(decode);
        if samples.iter().all(|it| it.abs() < QUIET) {
            return Heard::Silence;
        }
        let parts: Vec<f64> =
            (3..=26).map(|n| STEP * f64::from(n)).filter(|hertz| part(&samples, *hertz) > 0.35).collect();
        if let [low, high] = parts[..] {
            let at = ((low - LOW) / STEP) as usize + ((high - HIGH).max(0.0) / STEP) as usize * LOWS;
            return match self.names.lock().unwrap().get(at) {
                _ if [low, high] == VOICE => Heard::Sound("voice".to_owned()),
                Some(name) if low < LOW + STEP * LOWS as f64 && high >= HIGH => Heard::Prompt(name.clone()),
                _ => Heard::Unclear,
            };
        }
        let strongest = (200..3_400).step_by(10).map(|hertz| (part(&samples, f64::from(hertz)), hertz));
        match strongest.max_by(|one, other| one.0.total_cmp(&other.0)) {
            Some((share, 1_000)) if share > 0.9 => Heard::Sound("beep".to_owned()),
            Some((share, hertz)) if share > 0.9 => Heard::Sound(format!("tone {hertz}")),
            _ => Heard::Unclear,
        }
    }
}

/// The part of the energy that a tone has (Goertzel).
fn part(samples: &[i16], hertz: f64) -> f64 {
    let factor = 2.0 * (TAU * hertz / 8_000.0).cos();
    let (mut one, mut two, mut total) = (0.0, 0.0, 1.0);
    for sample in samples {
        let sample = f64::from(*sample);
        (one, two) = (sample + factor * one - two, one);
        total += sample * sample;
    }
    (one * one + two * two - factor * one * two) / (total * samples.len() as f64 / 2.0)
}
