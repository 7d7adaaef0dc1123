//! Databases that earlier versions made and left by a death in the middle of their work: this version goes on with them.
//!
//! Each directory of `tests/fixtures/` is named after the version that made it, and holds a SQLite file and a dump of a
//! PostgreSQL database with what their owners saw of them (`expected.json`). `tests/fixtures/make` makes one.

mod answers;
mod expected;
mod fixture;
mod going_on;
mod inventory;
mod log;
#[allow(dead_code)]
mod make;
mod past;
mod present;
#[allow(dead_code)]
#[path = "../outbox/receiver.rs"]
mod receiver;
#[allow(dead_code)]
#[path = "../e2e/server.rs"]
mod server;
#[allow(dead_code)]
#[path = "../e2e/watch.rs"]
mod watch;

use server::{Grpc, Rest, Server, http};

/// The one name of the servers on a database, so that each takes over at once from the one before it.
const NODE: (&str, &str) = ("RINGDOWN_NODE_NAME", "the only one");

/// Speaks to a server as the owner of a key.
fn rest(url: &str, key: &str) -> Rest {
    Rest { url: url.to_owned(), key: key.to_owned(), http: http() }
}

async fn grpc(server: &Server, key: &str) -> Grpc {
    Grpc::new(server.channel().await, key)
}
