//! Ringdown runs call flows.

#![forbid(unsafe_code)]

pub mod error;
pub mod grpc;
pub mod proto;
pub mod rest;
