//! Changes the sample rate, by a windowed sinc: the ideal low-pass filter, cut to a finite length (J. O. Smith, "Digital
//! Audio Resampling").
//!
//! Telephones carry 300 to 3,400 Hz. The filter passes everything up to 3,490 Hz unchanged (within 0.1 dB), and what lies
//! above 4,110 Hz, which would be heard at a wrong pitch, is quieter by 80 dB. It costs 64 multiplications per sample for
//! each 8 kHz of the source.

use super::{Fault, RATE, Sink};
use std::f64::consts::PI;
use std::ops::RangeInclusive;

/// The rates that can be changed from.
pub const RATES: RangeInclusive<u32> = 1_000..=192_000;

/// Zero crossings of the sinc on each side of its middle.
const CROSSINGS: f64 = 32.0;

/// Where the filter has fallen to one half, in parts of the lower Nyquist frequency.
const CUTOFF: f64 = 0.95;

/// The shape of Kaiser's window: 80 dB.
const BETA: f64 = 7.86;

/// The most positions between two samples for which the filter is computed. Rates such as 44,101 Hz need more, and use what lies
/// between the results of the two nearest ones.
const MAX_PHASES: u32 = 256;

/// Samples of the source that are filtered at a time.
const BLOCK: usize = 4_096;

/// Changes samples of one channel to [`RATE`].
pub struct Resampler {
    /// The rates without their common divisor: `up` results come from `down` samples.
    up: u32,
    down: u32,
    /// Samples on each side of a result that the filter covers; 0 if nothing changes.
    half: usize,
    /// The filters of all phases, one after the other, each of `2 * half` numbers.
    filters: Vec<f32>,
    phases: u32,
    /// Samples of the source. The first one that the next result needs comes first.
    source: Vec<f32>,
    /// Where the next result lies between two samples, in `up` parts.
    phase: u32,
    results: Vec<i16>,
}

impl Resampler {
    /// Creates a resampler from a rate to [`RATE`]. `None` if the rate is not one of [`RATES`].
    pub fn new(rate: u32) -> Option<Resampler> {
        if !RATES.contains(&rate) {
            return None;
        }
        let divisor = gcd(rate, RATE);
        let (up, down) = (RATE / divisor, rate / divisor);
        let phases = up.min(MAX_PHASES);
        let width = f64::from(rate.max(RATE)) / f64::from(RATE);
        let half = if up == down { 0 } else { (CROSSINGS * width).ceil() as usize };
        let filters = if half == 0 { Vec::new() } else { filters(phases, half, CUTOFF / width) };
        // The first result lies on the first sample: silence comes before.
        let source = vec![0.0; half.saturating_sub(1)];
        Some(Resampler { up, down, half, filters, phases, source, phase: 0, results: Vec::new() })
    }

    /// Takes samples between -1 and 1, and passes on what can be computed from them.
    pub fn push(&mut self, samples: &[f32], sink: Sink) -> Result<(), Fault> {
        for block in samples.chunks(BLOCK) {
            self.source.extend_from_slice(block);
            self.filter();
            if !self.results.is_empty() {
                sink(&self.results)?;
                self.results.clear();
            }
        }
        Ok(())
    }

    /// Passes on the end. The whole is as long as the source, but for a part of a sample.
    pub fn finish(mut self, sink: Sink) -> Result<(), Fault> {
        let silence = vec![0.0; self.half];
        self.push(&silence, sink)
    }

    fn filter(&mut self) {
        if self.half == 0 {
            self.results.extend(self.source.drain(..).map(sample));
            return;
        }
        let width = 2 * self.half;
        let (up, step) = (self.up as usize, self.down as usize);
        let mut at = 0;
        while let Some(under) = self.source.get(at..at + width) {
            let position = u64::from(self.phase) * u64::from(self.phases);
            let (below, between) = (position / u64::from(self.up), position % u64::from(self.up));
            let result = |phase: u64| {
                let from = phase as usize * width;
                dot(under, self.filters.get(from..from + width).unwrap_or_default())
            };
            let mut value = result(below);
            if between > 0 {
                value += (result(below + 1) - value) * (between as f32 / self.up as f32);
            }
            self.results.push(sample(value));
            let next = self.phase as usize + step;
            at += next / up;
            self.phase = (next % up) as u32;
        }
        self.source.drain(..at.min(self.source.len()));
    }
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Computes the filter for each position of a result between two samples, and for the second sample. `cutoff` is a part of the
/// source's Nyquist frequency.
fn filters(phases: u32, half: usize, cutoff: f64) -> Vec<f32> {
    let most = bessel(BETA);
    let mut filters = Vec::with_capacity((phases as usize + 1) * 2 * half);
    for phase in 0..=phases {
        let position = f64::from(phase) / f64::from(phases);
        let numbers = (0..2 * half).map(|tap| {
            let distance = tap as f64 - (half as f64 - 1.0) - position;
            cutoff * sinc(cutoff * distance) * kaiser(distance / half as f64) / most
        });
        let numbers: Vec<f64> = numbers.collect();
        // Every phase passes a constant unchanged.
        let sum: f64 = numbers.iter().sum();
        filters.extend(numbers.iter().map(|number| (number / sum) as f32));
    }
    filters
}

fn sinc(x: f64) -> f64 {
    if x.abs() < 1e-9 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

/// Kaiser's window between -1 and 1, as large as it gets in the middle, and 0 outside.
fn kaiser(x: f64) -> f64 {
    if x.abs() >= 1.0 { 0.0 } else { bessel(BETA * (1.0 - x * x).sqrt()) }
}

/// The modified Bessel function of the first kind and order 0, by its series.
fn bessel(x: f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for k in 1..=24 {
        term *= (x / 2.0 / f64::from(k)).powi(2);
        sum += term;
    }
    sum
}

/// Multiplies two slices of the same length, in eight lanes: a sum in order could not use the processor's vectors.
fn dot(samples: &[f32], filter: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; 8];
    let (samples, filter) = (samples.chunks_exact(8), filter.chunks_exact(8));
    let rest = samples.remainder().iter().zip(filter.remainder());
    for (samples, filter) in samples.zip(filter) {
        for ((lane, sample), factor) in lanes.iter_mut().zip(samples).zip(filter) {
            *lane += sample * factor;
        }
    }
    lanes.iter().sum::<f32>() + rest.map(|(sample, factor)| sample * factor).sum::<f32>()
}

/// Rounds to 16 bits. What is louder than they can express is cut off, and what is not a number is silence.
fn sample(value: f32) -> i16 {
    (value * 32_768.0).round() as i16
}

#[cfg(test)]
#[path = "resample_tests.rs"]
mod tests;
