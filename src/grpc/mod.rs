//! gRPC: what every answer has in common with every other.

pub mod access_keys;
pub mod auth;
pub mod cors;
pub mod fields;
pub mod request_id;
pub mod reword;
pub mod status;

pub use request_id::RequestId;

/// The largest message that is taken in, on both faces. Servers are built with `max_decoding_message_size` of this.
pub const MAX_MESSAGE_BYTES: usize = 1 << 20;
