//! What an attacker tried, and what a server answers now.

mod admission;
#[allow(dead_code)]
#[path = "../e2e/server.rs"]
mod binary;
mod bodies;
mod budgets;
mod certificates;
mod connections;
mod credentials;
mod customers;
mod database;
mod floods;
mod memory;
mod operators;
mod outbound;
mod raw;
#[allow(dead_code)]
#[path = "../outbox/receiver.rs"]
mod receiver;
mod requests;
mod roles;
mod rotation;
mod secret_key;
mod secrets;
#[allow(dead_code)]
#[path = "../server/server.rs"]
mod server;
mod spoiled;
mod thief;
mod time;
