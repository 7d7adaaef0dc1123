//! Servers that suffer whatever comes, while clients create, continue, stop, call and watch; and what is left of it.
//!
//! On SQLite one server is killed, stopped for a while (SIGSTOP), restarted, cut off from its clients and left without disk.
//! On PostgreSQL three servers are killed, stopped for longer than their lease, restarted, and cut off from their clients and
//! from the database, which is restarted and crashes under them. All the while another customer attacks: see [`attacker`].
//! In the end the [`checker`] reads the whole log, the lists of the API and what every client was told, and says what is
//! wrong.
//!
//! Seeded: what happens, and when, follows from the seed as far as machines allow.
//!
//!     cargo test --test faults                                        a round of some 15 s on each database
//!     RINGDOWN_FAULTS_SECONDS=600 cargo test --test faults sqlite     for ten minutes, in rounds of a minute
//!     RINGDOWN_FAULTS_SEED=7 cargo test --test faults postgres        that seed's faults again
//!
//! A round that fails prints its seed and its plan, and keeps what the servers said below target/tmp.

mod attacker;
#[path = "../crash/checker.rs"]
mod checker;
mod checker_tests;
#[allow(dead_code)]
#[path = "../crash/clients.rs"]
mod clients;
mod disk;
mod fixture;
mod footprint;
#[path = "../watch/inside.rs"]
mod inside;
mod lists;
mod people;
mod plan;
#[path = "../crash/promises.rs"]
mod promises;
#[allow(dead_code)]
#[path = "../postgres/proxy.rs"]
mod proxy;
#[allow(dead_code)]
#[path = "../outbox/receiver.rs"]
mod receiver;
#[path = "../crash/recorded.rs"]
mod recorded;
mod round;
#[allow(dead_code)]
#[path = "../e2e/server.rs"]
mod server;
mod server_plan;
#[path = "../crash/servers.rs"]
mod servers;
mod tally;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite() {
    round::rounds(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() {
    // Of its own: it is restarted.
    let Some(database) = server::postgres::server() else { return };
    round::rounds(Some(database)).await;
}
