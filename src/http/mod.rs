//! What gRPC and REST have in common: authentication, CORS, request ids, deadlines and metrics.

pub mod auth;
pub mod code;
pub mod cors;
pub mod deadline;
pub mod metrics;
pub mod request_id;
