//! Writes the same rows directly to SQLite, in groups: one loop on one thread, without channels, responses and checks.

use ringdown::store::RunKey;
use rusqlite::{Connection, params};
use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

/// Returns rows per second, into a file with these runs, each at its first revision. `checkpoint` is the number of
/// pages after which SQLite checkpoints its log, 0 for never.
pub fn rate(
    path: &Path,
    keys: &[RunKey],
    (group, state_bytes, record_bytes): (usize, usize, usize),
    checkpoint: u32,
    time: Duration,
) -> Result<f64, Box<dyn Error + Send + Sync>> {
    let mut db = Connection::open(path)?;
    db.execute_batch("pragma synchronous = full; pragma cache_size = -65536")?;
    db.pragma_update_and_check(None, "wal_autocheckpoint", checkpoint, |_| Ok(()))?;
    let (state, record) = (vec![1_u8; state_bytes], vec![2_u8; record_bytes]);
    let mut revisions = vec![1_i64; keys.len()];
    let (began, mut done) = (Instant::now(), 0_usize);
    while began.elapsed() < time {
        let transaction = db.transaction()?;
        for _ in 0..group {
            // Adjacent rows are written far apart in time, as in a server.
            let index = done.wrapping_mul(7_919) % keys.len();
            let mut insert = transaction.prepare_cached("insert into log (run, previous, record) values (?, 1, ?)")?;
            insert.execute(params![keys[index], record])?;
            let last = transaction.last_insert_rowid();
            let mut update = transaction.prepare_cached(
                "update run set revision = ?, due = ?, last = ?, state = ? where key = ? and revision = ?",
            )?;
            let revision = revisions[index];
            if update.execute(params![revision + 1, 1, last, state, keys[index], revision])? != 1 {
                return Err("another writer changed the same rows".into());
            }
            revisions[index] += 1;
            done += 1;
        }
        transaction.commit()?;
    }
    Ok(done as f64 / began.elapsed().as_secs_f64())
}
