//! Measures what a whole server does per second, where each event is a durable transition, and what its database does
//! alone with the same rows in the same run. Prints the figures and asserts nothing.
//!
//! `cargo bench --bench events`, and `cargo bench --bench events -- postgres://…` with an empty database.

#[path = "bare/postgres.rs"]
mod postgres;
#[path = "bare/sqlite.rs"]
mod sqlite;

use ringdown::store::sqlite::{Config, Location, Sqlite};
use ringdown::store::{Commit, Run, RunKey, RunWrite, Store, Working};
use std::error::Error;
use std::process::Command;
use std::time::Duration;
use uuid::Uuid;

type Failure = Box<dyn Error + Send + Sync>;

/// The sizes in bytes of a state and of a log record, like those of a flow that blocks.
const STATE: usize = 700;
const RECORD: usize = 500;
/// The number of runs that are written in turn.
const RUNS: usize = 10_000;
/// The number of pages after which SQLite checkpoints its log; SQLite's default.
const CHECKPOINT: u32 = 1_000;
/// The PostgreSQL schema of the bare rows, dropped afterwards.
const SCHEMA: &str = "ringdown_bench_bare";
const TIME: Duration = Duration::from_secs(3);

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let url = std::env::args().skip(1).find(|it| !it.starts_with("--"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_ringdown"));
    command.args(["bench", "--start", "--only", "events", "--json"]);
    command.args(url.iter().flat_map(|url| ["--database", url]));
    let output = command.output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let figures: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let bare = match &url {
        Some(url) => vec![(postgres::GROUP, bare_postgres(url).await?)],
        None => bare_sqlite().await?,
    };
    for figure in figures["figures"].as_array().into_iter().flatten() {
        let (name, rate) = (figure["name"].as_str().unwrap_or_default(), figure["value"].as_f64().unwrap_or_default());
        print!("{name:<52} {rate:>8.0}/s");
        if let Some((_, bare)) = bare.iter().find(|(group, _)| name.contains(&format!(" {group} in flight"))) {
            print!("  {:.0} % of {bare:.0}/s, the same rows bare in groups of as many", rate / bare * 100.0);
        }
        println!();
    }
    Ok(())
}

/// Returns rows per second into a file with the tables of a server, by group size.
async fn bare_sqlite() -> Result<Vec<(usize, f64)>, Failure> {
    let mut rates = Vec::new();
    for group in [1, 64, 256] {
        let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let path = directory.path().join("bare.db");
        let store = Sqlite::open(Config::new(Location::File(path.clone()))).await?;
        let commit = Commit { runs: (0..RUNS).map(|_| new_run()).collect(), ..Commit::default() };
        let keys: Vec<RunKey> = store.commit(commit).await?.runs.into_iter().map(|(key, _)| key).collect();
        store.close().await;
        let rate = move || sqlite::rate(&path, &keys, (group, STATE, RECORD), CHECKPOINT, TIME);
        rates.push((group, tokio::task::spawn_blocking(rate).await??));
    }
    Ok(rates)
}

fn new_run() -> RunWrite {
    let run = Run {
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
    };
    RunWrite { expected: None, run, record: vec![2; RECORD].into(), calls: Vec::new(), variables: None }
}

/// Returns rows per second into PostgreSQL, in copies of the tables of the server that used the database.
async fn bare_postgres(url: &str) -> Result<f64, Failure> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
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
    let rate = postgres::rate(url, SCHEMA, &keys, (STATE, RECORD), TIME).await;
    client.batch_execute(&format!("drop schema {SCHEMA} cascade")).await?;
    rate
}
