//! Recordings, conferences and answering machines, on the built server.

mod calls;
mod disk;
mod files;
mod rooms;
#[path = "../e2e/server.rs"]
#[allow(dead_code)]
mod server;
