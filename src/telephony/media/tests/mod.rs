//! Legs on a worker, with phones in memory at the other end: what is said is heard exactly, or not at all.

mod bench;
mod bridges;
mod hearing;
mod hostile;
mod keys;
mod loopback;
#[path = "../../../../tests/support/parrot.rs"]
mod parrot;
mod quality;
mod strangers;
