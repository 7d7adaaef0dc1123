pub mod codec;
pub mod jitter;
pub mod learning;
pub mod reception;
pub mod rtp;
