pub mod bench;
pub mod bridges;
pub mod calls;
pub mod crowds;
pub mod far_ends;
pub mod recordings;
mod simulated;
