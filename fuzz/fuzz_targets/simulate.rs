//! `cargo +nightly fuzz run simulate`: any bytes as a flow and a script. A seed is `flow.json`, a NUL, `flow.script`.
#![no_main]

#[path = "../entry.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    entry::bytes(data);
});
