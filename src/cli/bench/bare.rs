//! What the machine does bare: the same rows straight into the same kind of database, an RPC that does nothing, a handler
//! that answers a constant. Each in the same process as the load, on threads of its own.

use super::Failure;
use super::load::{self, Recorder};
use super::reads;
use axum::{Json, Router, routing};
use rusqlite::{Connection, params};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Endpoint, Server};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

/// Bytes of a state and of a record of the log, as those of a flow that blocks.
const STATE: usize = 700;
const RECORD: usize = 500;
/// Rows that are written by turns.
const ROWS: i64 = 1_000;
const WORKERS: usize = 64;

/// Limits, a second.
pub struct Bare {
    /// By the size of a group: what waits is committed together.
    commits: Vec<(usize, f64)>,
    pub rpc: f64,
    pub json: f64,
}

impl Bare {
    /// The limit for so many in flight.
    pub fn commits(&self, in_flight: usize) -> (&'static str, f64) {
        let found = self.commits.iter().find(|(group, _)| *group == in_flight);
        ("the same rows bare", found.map_or(f64::NAN, |(_, rate)| *rate))
    }
}

pub async fn measure(time: Duration, database: Option<&str>) -> Result<Bare, Failure> {
    let mut commits = Vec::new();
    if database.is_none_or(|url| url.starts_with("sqlite:")) {
        for group in [1, 64, 256] {
            commits.push((group, tokio::task::spawn_blocking(move || sqlite(group, time)).await??));
        }
    }
    Ok(Bare { commits, rpc: rpc(time).await?, json: json(time).await? })
}

/// One loop on one thread that rewrites a state and adds a record, in groups: no channels, no answers, no checks.
fn sqlite(group: usize, time: Duration) -> Result<f64, Failure> {
    let directory = TempDir::with_prefix("ringdown-bench-")?;
    let mut db = Connection::open(directory.path().join("bare.db"))?;
    db.execute_batch(
        "pragma journal_mode = wal; pragma synchronous = full;
         create table run (key integer primary key, revision integer not null, last integer not null, state blob not null);
         create table log (position integer primary key autoincrement, run integer not null, previous integer, record blob not null);",
    )?;
    let (state, record) = (vec![1_u8; STATE], vec![2_u8; RECORD]);
    for key in 0..ROWS {
        db.execute("insert into run (key, revision, last, state) values (?, 0, 0, ?)", params![key, state])?;
    }
    let (began, mut done) = (Instant::now(), 0_i64);
    while began.elapsed() < time {
        let transaction = db.transaction()?;
        for _ in 0..group {
            let key = done % ROWS;
            transaction
                .prepare_cached("insert into log (run, previous, record) values (?, 1, ?)")?
                .execute(params![key, record])?;
            let last = transaction.last_insert_rowid();
            transaction
                .prepare_cached("update run set revision = revision + 1, last = ?, state = ? where key = ?")?
                .execute(params![last, state, key])?;
            done += 1;
        }
        transaction.commit()?;
    }
    Ok(done as f64 / began.elapsed().as_secs_f64())
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
