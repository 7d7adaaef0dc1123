//! Plain data: what a flow, a call and an activeflow are. No behaviour beyond reading and building itself.

pub mod call;
pub mod telephony;
pub mod time;
