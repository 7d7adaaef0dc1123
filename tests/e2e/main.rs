//! Both faces of the built binary, end to end: started as a user starts it, spoken to over a real port.

mod access;
mod all_at_once;
mod authors;
mod bad_input;
mod bad_outside;
mod callees;
mod carriers;
mod carriers_outside;
mod changes;
mod destinations;
mod docs;
mod examples;
mod grpcurl;
mod idempotency;
mod ivr;
mod lists;
mod live;
mod openapi;
mod parity;
mod protocols;
#[allow(dead_code)]
#[path = "../outbox/receiver.rs"]
mod receiver;
mod refusals;
mod remote_parties;
mod renamed;
mod seeds;
// Other suites use the rest of it.
#[allow(dead_code)]
mod server;
mod tools;
mod watch;
mod watches;
