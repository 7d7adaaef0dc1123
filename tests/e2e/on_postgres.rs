//! The suite of the built binary once more, with its databases in PostgreSQL.

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
