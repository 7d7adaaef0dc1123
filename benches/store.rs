//! Durable transitions per second through the store, beside what SQLite alone does with the same rows.
//!
//! `cargo bench --bench store`; it prints and asserts nothing. A transition rewrites a run's state and adds its record
//! to the log, as a call does several times a second. The limit is one loop on one thread that writes the same rows in
//! groups of the same size: once without ever copying the write-ahead log back, once with SQLite's own way to do so.

use rand::Rng;
use ringdown::store::sqlite::{Config, Location, Sqlite};
use ringdown::store::{Commit, Run, RunKey, RunWrite, Store, Working};
use rusqlite::{Connection, params};
use std::path::{Path, PathBuf};
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
    println!("{RUNS} runs, states of {STATE_BYTES} bytes, records of {RECORD_BYTES} bytes, synchronous full");
    println!("transitions/s: the median of {ROUNDS} rounds of {ROUND:?}\n");
    for callers in [1, 64, 256] {
        let (mut never, mut inline, mut through) = (Vec::new(), Vec::new(), Vec::new());
        let mut seen = Seen::default();
        // By turns, since the machine may have other things to do now and then.
        for _ in 0..ROUNDS {
            never.push(bare(callers, 0));
            inline.push(bare(callers, 1_000));
            through.push(through_the_store(callers, &mut seen));
        }
        let (never, inline, through) = (median(never), median(inline), median(through));
        let share = through / never.max(inline) * 100.0;
        println!("{callers} at once");
        println!(
            "  SQLite alone, groups of {callers:3}  {never:8.0}  never copies its log;  {inline:8.0}  copies it every 1000 pages"
        );
        println!("  through the store          {through:8.0}  {share:.0} % of the better one;  {}", seen.sentence());
    }
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

/// What callers of the store saw, and how large its write-ahead log became.
#[derive(Default)]
struct Seen {
    latencies_us: Vec<u64>,
    log_bytes: u64,
}

impl Seen {
    fn sentence(&mut self) -> String {
        self.latencies_us.sort_unstable();
        let last = self.latencies_us.len() - 1;
        let at = |share: f64| self.latencies_us[(last as f64 * share) as usize] as f64 / 1_000.0;
        format!(
            "p50 {:.2}, p99 {:.2}, p99.9 {:.2}, worst {:.1} ms; log at most {:.1} MiB",
            at(0.5),
            at(0.99),
            at(0.999),
            at(1.0),
            self.log_bytes as f64 / f64::from(1 << 20)
        )
    }
}

/// A database with its runs, closed again.
fn filled() -> (tempfile::TempDir, PathBuf, Vec<RunKey>) {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a directory");
    let path = directory.path().join("bench.db");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let keys = runtime.block_on(async {
        let store = open(&path);
        let runs = (0..RUNS).map(|_| transition(None)).collect();
        let committed = store.commit(Commit { runs, ..Commit::default() }).await.expect("committed");
        store.close().await;
        committed.runs.into_iter().map(|(key, _)| key).collect()
    });
    (directory, path, keys)
}

fn open(path: &Path) -> Sqlite {
    Sqlite::open(Config::new(Location::File(path.to_owned()))).expect("opened")
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
    RunWrite { expected, run, record: vec![2; RECORD_BYTES], calls: Vec::new(), variables: None }
}

/// SQLite alone: one loop on one thread, without channels, answers and checks.
fn bare(group: usize, checkpoint_pages: u32) -> f64 {
    let (_directory, path, keys) = filled();
    let mut db = Connection::open(path).expect("opened");
    db.execute_batch("pragma synchronous = full; pragma cache_size = -65536").expect("set");
    db.pragma_update_and_check(None, "wal_autocheckpoint", checkpoint_pages, |_| Ok(())).expect("set");
    let (state, record) = (vec![1_u8; STATE_BYTES], vec![2_u8; RECORD_BYTES]);
    let mut revisions = vec![1_i64; keys.len()];
    let (begin, mut done, mut random) = (Instant::now(), 0_u32, rand::rng());
    while begin.elapsed() < ROUND {
        let transaction = db.transaction().expect("begun");
        for _ in 0..group {
            let place = random.random_range(0..keys.len());
            let mut insert = transaction
                .prepare_cached("insert into log (run, previous, record) values (?, 1, ?)")
                .expect("compiled");
            insert.execute(params![keys[place], record]).expect("inserted");
            let last = transaction.last_insert_rowid();
            let mut update = transaction
                .prepare_cached(
                    "update run set revision = ?, due = ?, last = ?, state = ? where key = ? and revision = ?",
                )
                .expect("compiled");
            let revision = revisions[place];
            let changed =
                update.execute(params![revision + 1, 1, last, state, keys[place], revision]).expect("updated");
            assert_eq!(changed, 1);
            revisions[place] += 1;
            done += 1;
        }
        transaction.commit().expect("committed");
    }
    f64::from(done) / begin.elapsed().as_secs_f64()
}

fn through_the_store(callers: usize, seen: &mut Seen) -> f64 {
    let (_directory, path, keys) = filled();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let store = Arc::new(open(&path));
    let (begin, stop) = (Instant::now(), Arc::new(AtomicBool::new(false)));
    let latencies_us = runtime.block_on(async {
        let tasks: Vec<_> = keys
            .chunks(RUNS.div_ceil(callers))
            .map(|keys| tokio::spawn(call(store.clone(), keys.to_vec(), stop.clone())))
            .collect();
        let log = path.with_extension("db-wal");
        while begin.elapsed() < ROUND {
            tokio::time::sleep(Duration::from_millis(20)).await;
            seen.log_bytes = seen.log_bytes.max(log.metadata().map_or(0, |metadata| metadata.len()));
        }
        stop.store(true, Ordering::Relaxed);
        futures::future::join_all(tasks).await.into_iter().flat_map(|task| task.expect("finished"))
    });
    let before = seen.latencies_us.len();
    seen.latencies_us.extend(latencies_us);
    let rate = (seen.latencies_us.len() - before) as f64 / begin.elapsed().as_secs_f64();
    runtime.block_on(store.close());
    rate
}

/// One caller: the next transition of one of its runs as soon as the last is durable.
async fn call(store: Arc<Sqlite>, keys: Vec<RunKey>, stop: Arc<AtomicBool>) -> Vec<u64> {
    let mut revisions = vec![1; keys.len()];
    let mut latencies_us = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let place = rand::rng().random_range(0..keys.len());
        let runs = vec![transition(Some((keys[place], revisions[place])))];
        let begin = Instant::now();
        store.commit(Commit { runs, ..Commit::default() }).await.expect("committed");
        latencies_us.push(begin.elapsed().as_micros() as u64);
        revisions[place] += 1;
    }
    latencies_us
}
