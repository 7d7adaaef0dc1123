//! Makes databases by the binary that RINGDOWN_BEFORE names, for the version that RINGDOWN_VERSION names. It is no test:
//! `tests/fixtures/make` runs it.

mod answers;
mod expected;
mod fixture;
mod going_on;
mod inventory;
mod log;
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

use fixture::Kind;
use server::{Grpc, Rest, Server, http};
use std::path::PathBuf;

/// The one name of the servers on a database, so that each takes over at once from the one before it.
const NODE: (&str, &str) = ("RINGDOWN_NODE_NAME", "the only one");

/// Speaks to a server as the owner of a key.
fn rest(url: &str, key: &str) -> Rest {
    Rest { url: url.to_owned(), key: key.to_owned(), http: http() }
}

async fn grpc(server: &Server, key: &str) -> Grpc {
    Grpc::new(server.channel().await, key)
}

#[tokio::test(flavor = "multi_thread")]
async fn make_databases() {
    let named = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name} is needed"));
    let (binary, version) = (PathBuf::from(named("RINGDOWN_BEFORE")), named("RINGDOWN_VERSION"));
    for kind in [Kind::Sqlite, Kind::Postgres] {
        make::make(&binary, &version, kind).await;
    }
}
