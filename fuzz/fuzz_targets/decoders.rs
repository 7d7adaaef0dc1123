//! `cargo +nightly fuzz run decoders`: the first byte chooses the decoder, the rest is its input.
#![no_main]

#[path = "../decoders.rs"]
mod decoders;

use decoders::DECODERS;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Some((which, input)) = data.split_first() {
        (DECODERS[usize::from(*which) % DECODERS.len()].read)(input);
    }
});
