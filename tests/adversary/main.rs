//! What an attacker tried, and what a server answers now.

#[allow(dead_code)]
#[path = "../e2e/server.rs"]
mod binary;
mod time;
