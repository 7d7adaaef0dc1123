//! What a server promises when it dies: every sleep fires once, every call has one hang-up, every watcher that comes back
//! with its token has seen exactly the log, and whatever was acknowledged is there.
//!
//! Servers are killed at random moments and at named points (`failpoint`), started again, and what is left is held
//! against the promises by the [`checker`].

mod checker;
mod checker_tests;
mod clients;
mod fixture;
#[path = "../watch/inside.rs"]
mod inside;
#[allow(dead_code)]
#[path = "../outbox/log.rs"]
mod log;
mod outbox;
#[allow(dead_code)]
#[path = "../outbound/post_office.rs"]
mod post_office;
mod promises;
#[allow(dead_code)]
#[path = "../outbox/receiver.rs"]
mod receiver;
mod recorded;
mod rounds;
#[path = "../e2e/server.rs"]
#[allow(dead_code)]
mod server;
mod servers;
