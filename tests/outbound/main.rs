//! What leaves the process: tested on loopback alone. Nothing here is ever sent to a foreign address.

mod audio_server;
mod command;
mod guard;
mod http;
mod mail;
mod message;
mod post_office;
#[path = "../outbox/python.rs"]
mod python;
mod server;
mod sounds;
mod speech;
mod tls;
mod webhook;
