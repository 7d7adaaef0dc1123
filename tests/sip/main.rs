//! Real peers call the built binary and are called by it: SIPp, baresip and sipsak, with espeak-ng as the voice.
//!
//! A peer that is not installed fails the tests when `RINGDOWN_PEERS=required` is set, as `tests/run` does; elsewhere the
//! test says so in a line and passes.

#[allow(dead_code)]
#[path = "../support/parrot.rs"]
mod parrot;
#[allow(dead_code)]
#[path = "../e2e/server.rs"]
mod server;

mod audio;
mod baresip;
mod documents;
mod hearing;
mod hostile;
mod incoming;
mod kills;
mod outgoing;
mod peers;
mod seeing;
mod sipp;
