//! `RINGDOWN_DECODER=ranges cargo +nightly fuzz run decoders`: the input of one decoder. Without the variable the first byte
//! chooses the decoder, and the rest is its input.
//!
//! With `RINGDOWN_SEEDS=DIRECTORY` the valid input of the decoder is written there first, as a corpus to begin with.
#![no_main]

#[path = "../decoders.rs"]
mod decoders;

use decoders::{DECODERS, Decoder};
use std::sync::LazyLock;

/// The decoder that the environment chooses.
static CHOSEN: LazyLock<Option<&'static Decoder>> = LazyLock::new(|| {
    let name = std::env::var("RINGDOWN_DECODER").ok()?;
    let names: Vec<&str> = DECODERS.iter().map(|decoder| decoder.name).collect();
    let chosen = DECODERS.iter().find(|decoder| decoder.name == name);
    Some(chosen.unwrap_or_else(|| panic!("RINGDOWN_DECODER={name}: expected one of {}", names.join(", "))))
});

/// Writes valid input where the environment says.
fn seeds() {
    let Ok(directory) = std::env::var("RINGDOWN_SEEDS") else { return };
    std::fs::create_dir_all(&directory).expect("the directory of seeds");
    for (number, decoder) in DECODERS.iter().enumerate() {
        let prefix = match *CHOSEN {
            Some(chosen) if chosen.name == decoder.name => Vec::new(),
            Some(_) => continue,
            None => vec![number as u8],
        };
        for (at, seed) in decoder.seeds.iter().enumerate() {
            let path = format!("{directory}/seed-{}-{at}", decoder.name);
            std::fs::write(path, [prefix.as_slice(), seed].concat()).expect("a seed");
        }
    }
}

libfuzzer_sys::fuzz_target!(init: seeds(), |data: &[u8]| {
    match *CHOSEN {
        Some(decoder) => (decoder.read)(data),
        None => {
            if let Some((which, input)) = data.split_first() {
                (DECODERS[usize::from(*which) % DECODERS.len()].read)(input);
            }
        }
    }
});
