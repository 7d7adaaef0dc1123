//! The contract in Rust: messages and services generated from `proto/`, their JSON shape, the catalogue of actions.

mod catalogue;
pub mod codec;
pub mod json;
mod secrets;
mod shared;

pub use catalogue::{ACTION_TYPES, ActionTypeDoc, option_schema};
pub use generated::*;
pub use shared::Shared;

/// All files of the contract with comments and options, encoded: for reflection and for the OpenAPI document.
pub const DESCRIPTOR: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptor.bin"));

// Generated code is exempt from the lints. Deprecated fields are still read.
#[allow(clippy::all, rustdoc::all, deprecated)]
mod generated {
    tonic::include_proto!("ringdown.v1");
}
