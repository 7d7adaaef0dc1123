//! Media of real calls: RTP and RTCP, G.711, keys, prompts, bridges and recordings.
//!
//! Everything but [`threads`] and [`sockets`] is pure: it is given packets, commands and the time. `threads` runs it:
//! a few OS threads, each with the legs that it owns, their sockets, and a tick every 5 ms.

pub mod codec;
pub mod dtmf;
pub mod jitter;
pub mod learning;
pub mod leg;
pub mod player;
pub mod ports;
pub mod quality;
pub mod reception;
pub mod rtcp;
pub mod rtp;
pub mod sockets;
pub mod tap;
pub mod threads;
pub mod tone;
pub mod worker;

#[cfg(test)]
mod tests;
