//! What gRPC and REST have in common: client addresses, authentication, CORS, request ids, deadlines and metrics.

pub mod auth;
pub mod client_address;
pub mod code;
pub mod cors;
pub mod deadline;
pub mod metrics;
pub mod refused_body;
pub mod request_id;
