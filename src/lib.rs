//! Ringdown runs call flows.

#![forbid(unsafe_code)]

pub mod app;
pub mod config;
pub mod engine;
pub mod error;
pub mod grpc;
pub mod model;
pub mod proto;
pub mod rest;
mod serve;
pub mod store;
pub mod telemetry;
pub mod telephony;

pub use serve::{Failure, Ready, run};
