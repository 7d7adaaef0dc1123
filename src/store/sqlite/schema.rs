//! The tables, their versions, and what the file knows about itself.

use super::location::Place;
use super::{Error, Result, Synchronous, unavailable};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use uuid::Uuid;

/// Applied in this order and never changed once released; `pragma user_version` counts those that a file has.
const MIGRATIONS: &[&str] = &[
    include_str!("../../../migrations/sqlite/0001_init.sql"),
    include_str!("../../../migrations/sqlite/0002_outbox.sql"),
    include_str!("../../../migrations/sqlite/0003_recordings.sql"),
];

/// The name of the log, which watchers' tokens carry.
const LOG_NAME: &str = "log_name";
/// How durable the commits of the server are that runs, or of one that did not stop in order.
const RUNNING: &str = "running";

/// Brings the tables up to date, in one transaction.
pub(super) fn migrate(db: &mut Connection, place: &Place, locked: bool) -> Result<()> {
    if version(db)? == MIGRATIONS.len() {
        return Ok(());
    }
    // A command must not change the tables under a server that runs: it may, if there is none.
    let _lock = if locked { None } else { place.lock()? };
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let from = version(&transaction)?;
    if from == 0 && !is_empty(&transaction)? {
        return Err(unavailable("this SQLite file belongs to another program"));
    }
    for migration in MIGRATIONS.iter().skip(from) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "user_version", MIGRATIONS.len())?;
    if from == 0 {
        set(&transaction, LOG_NAME, Uuid::new_v4().as_bytes())?;
    }
    Ok(transaction.commit()?)
}

/// How many migrations the file has. A newer file is refused: this version does not know what its rows mean.
fn version(db: &Connection) -> Result<usize> {
    let version: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match usize::try_from(version) {
        Ok(version) if version <= MIGRATIONS.len() => Ok(version),
        _ => Err(unavailable(format!(
            "a newer version of Ringdown wrote this database (its schema is {version}, this version knows {}); \
             use that version, or restore a backup",
            MIGRATIONS.len()
        ))),
    }
}

fn is_empty(db: &Connection) -> Result<bool> {
    Ok(db.query_row("select not exists (select 1 from sqlite_master)", [], |row| row.get(0))?)
}

/// A server starts. Says the name of the log: a new one when the server before it died with commits that may be lost,
/// since a watcher may have seen what is no longer there.
pub(super) fn start(db: &mut Connection, synchronous: Synchronous) -> Result<Uuid> {
    // Durable at once whatever `synchronous` is: connections begin with full.
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let before: Option<Vec<u8>> = get(&transaction, RUNNING)?;
    if before.is_some_and(|word| word != Synchronous::Full.word().as_bytes()) {
        set(&transaction, LOG_NAME, Uuid::new_v4().as_bytes())?;
    }
    set(&transaction, RUNNING, synchronous.word().as_bytes())?;
    let name = log_name(&transaction)?;
    transaction.commit()?;
    Ok(name)
}

/// The server stops in order: from here on everything is on the disk.
pub(super) fn stop(db: &Connection) -> Result<()> {
    db.pragma_update(None, "synchronous", "full")?;
    // Also flushes the pages of the file that a lowered synchronous left to the operating system.
    db.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()))?;
    db.execute("delete from meta where name = ?", [RUNNING])?;
    Ok(())
}

pub(super) fn log_name(db: &Connection) -> Result<Uuid> {
    let bytes = get(db, LOG_NAME)?.ok_or_else(|| Error::Broken("the log has no name".to_owned()))?;
    Uuid::from_slice(&bytes).map_err(|_| Error::Broken("the name of the log is not a UUID".to_owned()))
}

fn get(db: &Connection, name: &str) -> Result<Option<Vec<u8>>> {
    Ok(db.query_row("select value from meta where name = ?", [name], |row| row.get(0)).optional()?)
}

fn set(db: &Transaction<'_>, name: &str, value: &[u8]) -> Result<()> {
    db.execute("insert or replace into meta (name, value) values (?, ?)", (name, value))?;
    Ok(())
}
