//! SQLite: a file, with full durability.
//!
//! The limit is measured with groups of the same size: once without checkpoints, once with SQLite's automatic ones.

#[path = "../bare/sqlite.rs"]
mod bare;

use crate::{RECORD_BYTES, ROUND, ROUNDS, STATE_BYTES, drive, fill, latencies, median};
use ringdown::store::sqlite::{Config, Location, Sqlite};
use ringdown::store::{RunKey, Store};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub fn compare(callers: usize) {
    let (mut never, mut inline, mut through) = (Vec::new(), Vec::new(), Vec::new());
    let (mut seen_us, mut log_bytes) = (Vec::new(), 0);
    // Alternates, since other programs may load the machine at times.
    for _ in 0..ROUNDS {
        never.push(by_itself(callers, 0));
        inline.push(by_itself(callers, 1_000));
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

/// Creates a database with its runs, and closes it.
fn filled() -> (tempfile::TempDir, PathBuf, Vec<RunKey>) {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a directory");
    let path = directory.path().join("bench.db");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let keys = runtime.block_on(async {
        let store = open(&path).await;
        let keys = fill(&store).await;
        store.close().await;
        keys
    });
    (directory, path, keys)
}

async fn open(path: &Path) -> Sqlite {
    Sqlite::open(Config::new(Location::File(path.to_owned()))).await.expect("opened")
}

fn by_itself(group: usize, checkpoint_pages: u32) -> f64 {
    let (_directory, path, keys) = filled();
    bare::rate(&path, &keys, (group, STATE_BYTES, RECORD_BYTES), checkpoint_pages, ROUND).expect("written")
}

fn through_the_store(callers: usize, seen_us: &mut Vec<u64>, log_bytes: &mut u64) -> f64 {
    let (_directory, path, keys) = filled();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let store: Arc<dyn Store> = Arc::new(runtime.block_on(open(&path)));
    let log = path.with_extension("db-wal");
    let look = || *log_bytes = (*log_bytes).max(log.metadata().map_or(0, |metadata| metadata.len()));
    let (rate, latencies_us) = runtime.block_on(drive(store.clone(), &keys, callers, look));
    seen_us.extend(latencies_us);
    runtime.block_on(store.close());
    rate
}
