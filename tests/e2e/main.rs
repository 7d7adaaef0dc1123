//! Both faces of the built binary, end to end: started as a user starts it, spoken to over a real port.

mod bad_input;
mod doors;
mod faces;
mod grpcurl;
mod idempotency;
mod ivr;
mod lists;
mod openapi;
mod parity;
mod refusals;
mod seeds;
// Other suites use the rest of it.
#[allow(dead_code)]
mod server;
mod watch;
mod watches;
