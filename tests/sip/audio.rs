//! WAV files as peers write and read them: mono, 16 bit, 8,000 samples a second.

use std::path::Path;

pub const RATE: usize = 8_000;

pub fn read(path: &Path) -> Vec<i16> {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    samples(&bytes)
}

/// The samples behind the chunk `data`. A file that is still written has a length of 0 in its header.
pub fn samples(bytes: &[u8]) -> Vec<i16> {
    let data = bytes.windows(4).position(|name| name == b"data").map_or(bytes.len(), |at| at + 8);
    let samples = bytes.get(data..).unwrap_or_default().chunks_exact(2);
    samples.map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
}

pub fn write(path: &Path, samples: &[i16]) {
    std::fs::write(path, wav(samples)).unwrap();
}

pub fn wav(samples: &[i16]) -> Vec<u8> {
    let data = samples.len() as u32 * 2;
    let mut bytes = Vec::new();
    bytes.extend(b"RIFF");
    bytes.extend((36 + data).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    bytes.extend(16_u32.to_le_bytes());
    bytes.extend([1, 0, 1, 0]);
    bytes.extend((RATE as u32).to_le_bytes());
    bytes.extend((RATE as u32 * 2).to_le_bytes());
    bytes.extend([2, 0, 16, 0]);
    bytes.extend(b"data");
    bytes.extend(data.to_le_bytes());
    samples.iter().for_each(|sample| bytes.extend(sample.to_le_bytes()));
    bytes
}

/// The best correlation of a sound with any place of a longer one, from 0 to 1.
pub fn correlation(sound: &[i16], within: &[i16]) -> f64 {
    // Every fourth sample is enough to find the place; all of them are used there.
    let coarse = |at: usize| normalized(sound, &within[at..at + sound.len()], 4);
    let last = within.len().saturating_sub(sound.len());
    let places = (0..last).step_by(2);
    let Some(best) = places.max_by(|one, other| coarse(*one).total_cmp(&coarse(*other))) else { return 0.0 };
    let around = best.saturating_sub(4)..(best + 4).min(last);
    around.map(|at| normalized(sound, &within[at..at + sound.len()], 1)).fold(0.0, f64::max)
}

fn normalized(one: &[i16], other: &[i16], step: usize) -> f64 {
    let (mut both, mut first, mut second) = (0.0, 0.0, 0.0);
    for (one, other) in one.iter().zip(other).step_by(step) {
        let (one, other) = (f64::from(*one), f64::from(*other));
        both += one * other;
        first += one * one;
        second += other * other;
    }
    if first == 0.0 || second == 0.0 { 0.0 } else { both / (first * second).sqrt() }
}
