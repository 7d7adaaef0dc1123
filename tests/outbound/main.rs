//! What leaves the process: tested on loopback alone. Nothing here is ever sent to a foreign address.

mod guard;
mod http;
mod server;
mod tls;
