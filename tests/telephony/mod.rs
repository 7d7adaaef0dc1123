pub mod bench;
pub mod bridges;
pub mod calls;
pub mod crowds;
pub mod recordings;
pub mod remote_parties;
mod simulated;
