//! SQLite: a file, with durability in full.
//!
//! The limit is one loop on one thread that writes the same rows in groups of the same size: once without ever copying the
//! write-ahead log back, once with SQLite's own way to do so.

use crate::{RECORD_BYTES, ROUND, ROUNDS, STATE_BYTES, drive, fill, latencies, median};
use rand::Rng;
use ringdown::store::sqlite::{Config, Location, Sqlite};
use ringdown::store::{RunKey, Store};
use rusqlite::{Connection, params};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

pub fn compare(callers: usize) {
    let (mut never, mut inline, mut through) = (Vec::new(), Vec::new(), Vec::new());
    let (mut seen_us, mut log_bytes) = (Vec::new(), 0);
    // By turns, since the machine may have other things to do now and then.
    for _ in 0..ROUNDS {
        never.push(bare(callers, 0));
        inline.push(bare(callers, 1_000));
        through.push(through_the_store(callers, &mut seen_us, &mut log_bytes));
    }
    let (never, inline, through) = (median(never), median(inline), median(through));
    let share = through / never.max(inline) * 100.0;
    println!(
        "  SQLite alone, groups of {callers:3}  {never:8.0}  never copies its log;  {inline:8.0}  copies it every 1000 pages"
    );
    println!(
        "  through the store          {through:8.0}  {share:.0} % of the better one;  {}; log at most {:.1} MiB",
        latencies(seen_us),
        log_bytes as f64 / f64::from(1 << 20)
    );
}

/// A database with its runs, closed again.
fn filled() -> (tempfile::TempDir, PathBuf, Vec<RunKey>) {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a directory");
    let path = directory.path().join("bench.db");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let keys = runtime.block_on(async {
        let store = open(&path);
        let keys = fill(&store).await;
        store.close().await;
        keys
    });
    (directory, path, keys)
}

fn open(path: &Path) -> Sqlite {
    Sqlite::open(Config::new(Location::File(path.to_owned()))).expect("opened")
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

fn through_the_store(callers: usize, seen_us: &mut Vec<u64>, log_bytes: &mut u64) -> f64 {
    let (_directory, path, keys) = filled();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let store: Arc<dyn Store> = Arc::new(open(&path));
    let log = path.with_extension("db-wal");
    let look = || *log_bytes = (*log_bytes).max(log.metadata().map_or(0, |metadata| metadata.len()));
    let (rate, latencies_us) = runtime.block_on(drive(store.clone(), &keys, callers, look));
    seen_us.extend(latencies_us);
    runtime.block_on(store.close());
    rate
}
