//! What gRPC and REST share of a request: who it is from, where a browser may send it from, its id, until when its answer is
//! waited for, and its metrics.

pub mod auth;
pub mod code;
pub mod cors;
pub mod deadline;
pub mod metrics;
pub mod request_id;
