//! The tables, their versions, and what the file knows about itself.

use super::location::Place;
use super::{Error, Result, Synchronous, unavailable};
use crate::store::migration::{self, Migration, Newer, VERSION};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use uuid::Uuid;

/// Applied in this order and never changed once released; `pragma user_version` counts those that a file has had.
const MIGRATIONS: &[Migration] = &[
    Migration { oldest: 1, sql: include_str!("../../../migrations/sqlite/0001_init.sql") },
    Migration { oldest: 2, sql: include_str!("../../../migrations/sqlite/0002_outbox.sql") },
    Migration { oldest: 3, sql: include_str!("../../../migrations/sqlite/0003_recordings.sql") },
    Migration { oldest: 3, sql: include_str!("../../../migrations/sqlite/0004_versions.sql") },
];

/// The migration from which on the file tells of each.
const TOLD_FROM: usize = 4;

/// The name of the log, which watchers' tokens carry.
const LOG_NAME: &str = "log_name";
/// How durable the commits of the server are that runs, or of one that did not stop in order.
const RUNNING: &str = "running";

/// Brings the tables up to date, in one transaction.
pub(super) fn migrate(db: &mut Connection, place: &Place, locked: bool) -> Result<()> {
    let known = migration::known(MIGRATIONS);
    if version(db)? >= known.len() {
        return admit(db, known.len());
    }
    // A command must not change the tables under a server that runs: it may, if there is none.
    let _lock = if locked { None } else { place.lock()? };
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let from = version(&transaction)?;
    if from == 0 && !is_empty(&transaction)? {
        return Err(unavailable("this SQLite file belongs to another program"));
    }
    for step in known.iter().skip(from) {
        transaction.execute_batch(step.sql)?;
    }
    for (number, step) in (1..).zip(&known).skip(from.max(TOLD_FROM - 1)) {
        let insert = "insert into migration (number, oldest, version) values (?, ?, ?)";
        transaction.execute(insert, (number, step.oldest, VERSION))?;
    }
    transaction.pragma_update(None, "user_version", known.len().max(from))?;
    if from == 0 {
        set(&transaction, LOG_NAME, Uuid::new_v4().as_bytes())?;
    }
    Ok(transaction.commit()?)
}

/// How many migrations the file has had.
fn version(db: &Connection) -> Result<usize> {
    let version: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    usize::try_from(version).map_err(|_| unavailable(format!("no version of Ringdown wrote schema {version}")))
}

/// Refuses a file that newer versions have changed, unless this one can go on with it.
fn admit(db: &Connection, known: usize) -> Result<()> {
    let schema = version(db)?;
    let mut told = db.prepare("select number, oldest, version from migration where number > ? order by number")?;
    let told =
        told.query_map([known], |row| Ok(Newer { number: row.get(0)?, oldest: row.get(1)?, version: row.get(2)? }));
    let mut newer = told?.collect::<rusqlite::Result<Vec<_>>>()?;
    if newer.last().map_or(known, |last| last.number) < schema {
        // Of the last one nothing is told.
        newer.push(Newer { number: schema, oldest: schema, version: String::new() });
    }
    migration::admit(known, &newer)
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
