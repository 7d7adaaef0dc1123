//! Decoders against spoiled input: the fuzzer's work, as much of it as a test may do. `fuzz/` runs it for longer.

#[path = "../../fuzz/decoders.rs"]
mod decoders;

use decoders::DECODERS;
use std::panic::catch_unwind;

/// Inputs per decoder.
const INPUTS: usize = 4_000;

/// A reproducible sequence of numbers (xorshift64*).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed | 1)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit.max(1)
    }
}

/// Changes, removes, repeats or inserts a few bytes.
pub fn spoil(seed: &[u8], dice: &mut Dice) -> Vec<u8> {
    const TOKENS: [&[u8]; 12] = [
        b"\0",
        b"\"",
        b"{",
        b"[",
        b"]}",
        b"null",
        b"-1",
        b"1e999",
        b"\xff\xfe",
        b"\\ud800",
        b"99999999999999999999",
        b"%00",
    ];
    let mut bytes = seed.to_vec();
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len() + 1);
        match dice.below(5) {
            0 if at < bytes.len() => bytes[at] = dice.below(256) as u8,
            1 => bytes.truncate(at),
            2 => bytes.splice(at..at, TOKENS[dice.below(TOKENS.len())].iter().copied()).for_each(drop),
            3 => {
                let repeated = bytes[at..bytes.len().min(at + 40)].to_vec();
                (0..dice.below(30)).for_each(|_| bytes.splice(at..at, repeated.iter().copied()).for_each(drop));
            }
            _ => drop(bytes.drain(at..bytes.len().min(at + 1 + dice.below(8)))),
        }
    }
    bytes
}

#[test]
fn spoiled_input_is_refused_and_nothing_panics() {
    for decoder in DECODERS {
        let mut dice = Dice::new(decoder.name.len() as u64 * 7_919);
        for number in 0..INPUTS {
            let input = spoil(decoder.seeds[number % decoder.seeds.len()], &mut dice);
            let read = decoder.read;
            assert!(
                catch_unwind(|| read(&input)).is_ok(),
                "{} panics on {:?}",
                decoder.name,
                String::from_utf8_lossy(&input)
            );
        }
    }
}

/// Depth costs no stack, whatever the size.
#[test]
fn deep_input_is_refused() {
    for decoder in DECODERS {
        for deep in
            [b"[".repeat(200_000), b"{\"a\":".repeat(100_000), b"\x91".repeat(200_000), b"\x0a\x04".repeat(100_000)]
        {
            (decoder.read)(&deep);
        }
    }
}
