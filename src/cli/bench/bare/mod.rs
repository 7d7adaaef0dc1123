//! What the machine does bare: the same rows straight into the same tables of the same kind of database, an RPC that does
//! nothing, a handler that answers a constant. Each in the same process as the load, on threads of its own.

mod postgres;
mod sqlite;

use super::Failure;
use super::load::{self, Recorder};
use super::reads;
use axum::{Json, Router, routing};
use ringdown::store::postgres::Location as Postgres;
use ringdown::store::sqlite::{Config, Location, Sqlite};
use ringdown::store::{Commit, Run, RunKey, RunWrite, Store, Working};
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_postgres::NoTls;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Endpoint, Server};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use uuid::Uuid;

/// Bytes of a state and of a record of the log, as those of a flow that blocks.
const STATE: usize = 700;
const RECORD: usize = 500;
/// Runs that are written by turns.
const RUNS: usize = 10_000;
/// Pages after which SQLite copies its log back, its own choice.
const CHECKPOINT: u32 = 1_000;
/// Where the bare rows of PostgreSQL are, for as long as they are written.
const SCHEMA: &str = "ringdown_bench_bare";
const WORKERS: usize = 64;

/// Limits, a second.
pub struct Bare {
    /// By the size of a group: what waits is committed together.
    commits: Vec<(usize, f64)>,
    pub rpc: f64,
    pub json: f64,
}

impl Bare {
    /// The limit for so many in flight, where that was measured.
    pub fn commits(&self, in_flight: usize) -> Option<(&'static str, f64)> {
        let found = self.commits.iter().find(|(group, _)| *group == in_flight)?;
        Some(("the same rows bare", found.1))
    }
}

pub async fn measure(time: Duration, database: Option<&str>) -> Result<Bare, Failure> {
    let commits = match database {
        Some(url) if Postgres::is_meant_by(url) => postgres(url, time).await?,
        _ => {
            let mut commits = Vec::new();
            for group in [1, 64, 256] {
                commits.push((group, sqlite(group, time).await?));
            }
            commits
        }
    };
    Ok(Bare { commits, rpc: rpc(time).await?, json: json(time).await? })
}

/// Rows a second into a database of its own that has the tables of a server, in groups of this size.
async fn sqlite(group: usize, time: Duration) -> Result<f64, Failure> {
    let directory = TempDir::with_prefix("ringdown-bench-")?;
    let path = directory.path().join("bare.db");
    let store = Sqlite::open(Config::new(Location::File(path.clone())))?;
    let keys = runs(&store).await?;
    store.close().await;
    let rate = move || sqlite::rate(&path, &keys, (group, STATE, RECORD), CHECKPOINT, time);
    tokio::task::spawn_blocking(rate).await?
}

/// Rows a second into a database of PostgreSQL, in tables of their own that are like those of the server that uses it.
async fn postgres(url: &str, time: Duration) -> Result<Vec<(usize, f64)>, Failure> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    let tables = format!(
        "drop schema if exists {SCHEMA} cascade; create schema {SCHEMA};
         create table {SCHEMA}.run (like ringdown.run including all);
         create table {SCHEMA}.log (like ringdown.log including all);
         insert into {SCHEMA}.run (last_epoch, last_sequence, revision, owner, tm_create, id, customer_id, flow_id, status,
                                   reference_type, working, state)
         select 1, 1, 1, 1, 1, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 1, 1, 2,
                decode(repeat('01', {STATE}), 'hex')
         from generate_series(1, {RUNS});
         analyze {SCHEMA}.run"
    );
    client.batch_execute(&tables).await?;
    let keys = client.query(&format!("select key from {SCHEMA}.run order by key"), &[]).await?;
    let keys: Vec<RunKey> = keys.iter().map(|row| row.get(0)).collect();
    let rate = postgres::rate(url, SCHEMA, &keys, (STATE, RECORD), time).await;
    client.batch_execute(&format!("drop schema {SCHEMA} cascade")).await?;
    Ok(vec![(postgres::GROUP, rate?)])
}

/// New runs in an empty store.
async fn runs(store: &Sqlite) -> Result<Vec<RunKey>, Failure> {
    let run = |_| RunWrite {
        expected: None,
        run: Run {
            id: Uuid::now_v7(),
            customer_id: Uuid::nil(),
            flow_id: Uuid::nil(),
            status: 1,
            reference_type: 1,
            reference_id: Uuid::nil(),
            revision: 1,
            working: Working::Waiting,
            due: None,
            tm_create: 1,
            tm_delete: None,
            state: vec![1; STATE],
        },
        record: vec![2; RECORD],
        calls: Vec::new(),
        variables: None,
    };
    let committed = store.commit(Commit { runs: (0..RUNS).map(run).collect(), ..Commit::default() }).await?;
    Ok(committed.runs.into_iter().map(|(key, _)| key).collect())
}

/// The check of gRPC's own health service, which looks into a map.
async fn rpc(time: Duration) -> Result<f64, Failure> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let server = apart(async move {
        let (_reporter, service) = tonic_health::server::health_reporter();
        listener.set_nonblocking(true)?;
        let incoming = TcpIncoming::from(TcpListener::from_std(listener)?).with_nodelay(Some(true));
        Ok(Server::builder().add_service(service).serve_with_incoming(incoming).await?)
    })?;
    let channels: Vec<Channel> = (0..8)
        .map(|_| Ok(Endpoint::from_shared(format!("http://{address}"))?.connect_lazy()))
        .collect::<Result<_, Failure>>()?;
    let work = |number: usize, mut recorder: Recorder| {
        let mut client = HealthClient::new(channels[number % channels.len()].clone());
        async move {
            while !recorder.is_over() {
                recorder.time(client.check(HealthCheckRequest::default())).await?;
            }
            Ok(recorder)
        }
    };
    let measured = load::together("bare: a no-op RPC", WORKERS, time, work).await?;
    server.stop();
    Ok(measured.rate)
}

async fn json(time: Duration) -> Result<f64, Failure> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let server = apart(async move {
        let hello = routing::get(async || Json(serde_json::json!({"hello": "world"})));
        listener.set_nonblocking(true)?;
        Ok(axum::serve(TcpListener::from_std(listener)?, Router::new().route("/", hello)).await?)
    })?;
    let name = "bare: a hello-JSON handler";
    let measured = reads::http(name, &address.to_string(), "/", "Bearer nobody", time).await?;
    server.stop();
    Ok(measured.rate)
}

/// A server on threads of its own, as a process of its own would be.
struct Apart(tokio::runtime::Runtime);

impl Apart {
    fn stop(self) {
        self.0.shutdown_background();
    }
}

fn apart(server: impl Future<Output = Result<(), Failure>> + Send + 'static) -> Result<Apart, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.spawn(async move {
        if let Err(error) = server.await {
            eprintln!("ringdown: a bare server failed: {error}");
        }
    });
    Ok(Apart(runtime))
}
