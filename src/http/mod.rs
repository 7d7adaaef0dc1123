//! What gRPC and REST share of a request: who it is from, where a browser may send it from, its id, and until when its answer is
//! waited for.

pub mod auth;
pub mod cors;
pub mod deadline;
pub mod request_id;
