//! REST against services that note what they are asked and answer what they are told: the shape of requests, answers and
//! errors, and nothing of what the services do. And what gRPC has in common with it.

mod actions;
mod conditions;
mod document;
mod fake;
mod faults;
mod grpc;
mod mutations;
mod requests;
mod resources;
mod watches;
