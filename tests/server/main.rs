//! The whole server in this process, on a port of its own: who is let in, by which door, and how it starts and ends.

mod access;
mod bench;
mod isolation;
mod keys;
mod lines;
mod phones;
mod server;
mod tls;
