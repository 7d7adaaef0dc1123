//! Measures durable transitions per second through the stores, and what each database alone does with the same rows.
//!
//! `cargo bench --bench store`; prints the figures and asserts nothing. A transition rewrites a run's state and adds
//! its record to the log, as a call does several times a second.

mod postgres;
#[allow(dead_code)]
#[path = "../../tests/postgres/server.rs"]
mod server;
mod sqlite;

use rand::Rng;
use ringdown::store::{Commit, Run, RunKey, RunWrite, Store, Working};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use uuid::Uuid;

const RUNS: usize = 10_000;
const STATE_BYTES: usize = 700;
const RECORD_BYTES: usize = 500;
const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_millis(1_500);

fn main() {
    println!("{RUNS} runs, states of {STATE_BYTES} bytes, records of {RECORD_BYTES} bytes");
    println!("transitions/s: the median of {ROUNDS} rounds of {ROUND:?}");
    for callers in [1, 64, 256] {
        println!("\n{callers} at once");
        sqlite::compare(callers);
        postgres::compare(callers);
    }
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

/// Returns the processor time of this process in microseconds. It varies less than rates do when other programs run.
fn processor_us() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    // Ticks of 10 ms in user and in system mode: proc_pid_stat(5).
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() * 10_000.0
}

/// Formats the latencies of transitions, given in microseconds.
fn latencies(mut seen_us: Vec<u64>) -> String {
    seen_us.sort_unstable();
    let last = seen_us.len() - 1;
    let at = |share: f64| seen_us[(last as f64 * share) as usize] as f64 / 1_000.0;
    format!("p50 {:.2}, p99 {:.2}, p99.9 {:.2}, worst {:.1} ms", at(0.5), at(0.99), at(0.999), at(1.0))
}

/// Creates the runs in an empty store.
async fn fill(store: &dyn Store) -> Vec<RunKey> {
    let mut keys = Vec::new();
    for _ in 0..RUNS / 1_000 {
        let runs = (0..1_000).map(|_| transition(None)).collect();
        let committed = store.commit(Commit { runs, ..Commit::default() }).await.expect("committed");
        keys.extend(committed.runs.into_iter().map(|(key, _)| key));
    }
    keys
}

fn transition(expected: Option<(RunKey, u64)>) -> RunWrite {
    let run = Run {
        id: Uuid::now_v7(),
        customer_id: Uuid::nil(),
        flow_id: Uuid::nil(),
        status: 1,
        reference_type: 1,
        reference_id: Uuid::nil(),
        revision: expected.map_or(1, |(_, revision)| revision + 1),
        working: Working::Waiting,
        due: Some(1),
        tm_create: 1,
        tm_delete: None,
        state: vec![1; STATE_BYTES],
    };
    RunWrite { expected, run, record: vec![2; RECORD_BYTES].into(), calls: Vec::new(), variables: None }
}

/// Runs many callers for one round. Returns transitions per second and their latencies. Calls `looks` every 20 ms.
async fn drive(store: Arc<dyn Store>, keys: &[RunKey], callers: usize, mut looks: impl FnMut()) -> (f64, Vec<u64>) {
    let (begin, stop, processor) = (Instant::now(), Arc::new(AtomicBool::new(false)), processor_us());
    let tasks: Vec<_> = keys
        .chunks(RUNS.div_ceil(callers))
        .map(|keys| tokio::spawn(call(store.clone(), keys.to_vec(), stop.clone())))
        .collect();
    while begin.elapsed() < ROUND {
        tokio::time::sleep(Duration::from_millis(20)).await;
        looks();
    }
    stop.store(true, Ordering::Relaxed);
    let done = futures::future::join_all(tasks).await.into_iter();
    let latencies_us: Vec<u64> = done.flat_map(|task| task.expect("finished")).collect();
    println!("    processor time of a transition {:.1} µs", (processor_us() - processor) / latencies_us.len() as f64);
    (latencies_us.len() as f64 / begin.elapsed().as_secs_f64(), latencies_us)
}

/// Runs one caller, which starts the next transition of one of its runs as soon as the previous one is durable.
async fn call(store: Arc<dyn Store>, keys: Vec<RunKey>, stop: Arc<AtomicBool>) -> Vec<u64> {
    let mut revisions = vec![1; keys.len()];
    let mut latencies_us = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let index = rand::rng().random_range(0..keys.len());
        let runs = vec![transition(Some((keys[index], revisions[index])))];
        let begin = Instant::now();
        store.commit(Commit { runs, ..Commit::default() }).await.expect("committed");
        latencies_us.push(begin.elapsed().as_micros() as u64);
        revisions[index] += 1;
    }
    latencies_us
}
