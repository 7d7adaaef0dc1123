//! What only a database server can do or suffer: two who want it, a cut connection, a restart, a lock, a certificate.

#[allow(dead_code)]
#[path = "../e2e/server.rs"]
mod binary;
mod certificate;
mod changes;
mod cuts;
mod failover_test;
mod groups;
mod horizon;
mod nodes;
mod opening;
mod owners;
#[allow(dead_code)]
mod proxy;
mod restart;
#[allow(dead_code)]
#[path = "../store/mod.rs"]
mod store;
#[cfg(feature = "failpoints")]
mod upgrades;
mod waits;

use binary::postgres as server;
use ringdown::store::postgres::{Config, Postgres};
use ringdown::store::{LogRow, Position, Store};
use std::time::Duration;

/// Impatient, so that nobody waits for long.
pub fn config(url: &str) -> Config {
    let patience = Duration::from_millis(600);
    Config { timeout: patience, statement_timeout: Duration::from_secs(2), ..Config::new(url.parse().expect("a URL")) }
}

pub async fn open(url: &str) -> Postgres {
    Postgres::open(config(url)).await.expect("opened")
}

/// The log, once it has so many rows: another test's open transaction may hold it up for a while.
pub async fn log(store: &Postgres, rows: usize) -> Vec<LogRow> {
    binary::until("that the log tells all", async || {
        let told = store.log(Position::default(), 10_000, 0).await.expect("it can be read");
        (told.len() >= rows).then_some(told)
    })
    .await
}

/// The name of the database in a URL.
pub fn name(url: &str) -> &str {
    url.rsplit('/').next().and_then(|rest| rest.split('?').next()).expect("a URL of the tests' own")
}

/// A client of the database itself.
pub async fn client(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.expect("connected");
    tokio::spawn(connection);
    client
}
