//! What an attacker tried, and what a server answers now.

#[allow(dead_code)]
#[path = "../e2e/server.rs"]
mod binary;
mod outbound;
#[allow(dead_code)]
#[path = "../outbox/receiver.rs"]
mod receiver;
mod time;
