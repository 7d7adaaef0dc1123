//! The tables, their versions, and what the file knows about itself.

use super::location::OpenLocation;
use super::{Error, Result, Synchronous, unavailable};
use crate::store::migration::{self, Migration, Newer, VERSION};
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection, Executor};
use uuid::Uuid;

/// Applied in this order and never changed once released; `pragma user_version` counts those that a file has had.
const MIGRATIONS: &[Migration] = &[
    Migration { oldest: 1, sql: include_str!("../../../migrations/sqlite/0001_init.sql") },
    Migration { oldest: 2, sql: include_str!("../../../migrations/sqlite/0002_outbox.sql") },
    Migration { oldest: 3, sql: include_str!("../../../migrations/sqlite/0003_recordings.sql") },
    Migration { oldest: 3, sql: include_str!("../../../migrations/sqlite/0004_versions.sql") },
    Migration { oldest: 4, sql: include_str!("../../../migrations/sqlite/0005_groups.sql") },
    Migration { oldest: 4, sql: include_str!("../../../migrations/sqlite/0006_revisions.sql") },
];

/// The migration from which on the file tells of each.
const ANNOUNCED_FROM: usize = 4;

/// The name of the log, which watchers' tokens carry.
const LOG_NAME: &str = "log_name";
/// How durable the commits of the server are that runs, or of one that did not stop in order.
const RUNNING: &str = "running";

/// Brings the tables up to date, in one transaction. (sqlx's `migrate!` takes one for each step, and knows nothing of versions
/// that may go on beside a newer one.)
pub(super) async fn migrate(db: &mut SqliteConnection, location: &OpenLocation, locked: bool) -> Result<()> {
    let known = migration::known(MIGRATIONS);
    if version(db).await? >= known.len() {
        return admit(db, known.len()).await;
    }
    // A command must not change the tables under a server that runs: it may, if there is none.
    let _lock = if locked { None } else { location.lock()? };
    let mut transaction = db.begin_with("begin immediate").await?;
    let from = version(&mut transaction).await?;
    if from == 0 && !is_empty(&mut transaction).await? {
        return Err(unavailable("this SQLite file belongs to another program"));
    }
    for step in known.iter().skip(from) {
        transaction.execute(sqlx::raw_sql(step.sql)).await?;
    }
    for (number, step) in (1..).zip(&known).skip(from.max(ANNOUNCED_FROM - 1)) {
        let insert = sqlx::query("insert into migration (number, oldest, version) values (?, ?, ?)");
        transaction.execute(insert.bind(number).bind(step.oldest as i64).bind(VERSION)).await?;
    }
    let schema = format!("pragma user_version = {}", known.len().max(from));
    transaction.execute(AssertSqlSafe(schema)).await?;
    if from == 0 {
        set(&mut transaction, LOG_NAME, Uuid::new_v4().as_bytes()).await?;
    }
    Ok(transaction.commit().await?)
}

/// How many migrations the file has had.
async fn version(db: &mut SqliteConnection) -> Result<usize> {
    let version: i64 = sqlx::query_scalar("pragma user_version").fetch_one(db).await?;
    usize::try_from(version).map_err(|_| unavailable(format!("no version of Ringdown wrote schema {version}")))
}

/// Refuses a file that newer versions have changed, unless this one can go on with it.
async fn admit(db: &mut SqliteConnection, known: usize) -> Result<()> {
    let schema = version(db).await?;
    let sql = "select number, oldest, version from migration where number > ? order by number";
    let rows: Vec<(i64, i64, String)> = sqlx::query_as(sql).bind(known as i64).fetch_all(db).await?;
    let count = |number| usize::try_from(number).map_err(|_| Error::Broken(format!("there is a migration {number}")));
    let newer = |(number, oldest, version)| Ok(Newer { number: count(number)?, oldest: count(oldest)?, version });
    let mut newer = rows.into_iter().map(newer).collect::<Result<Vec<_>>>()?;
    if newer.last().map_or(known, |last| last.number) < schema {
        // Of the last one nothing is told.
        newer.push(Newer { number: schema, oldest: schema, version: String::new() });
    }
    migration::admit(known, &newer)
}

async fn is_empty(db: &mut SqliteConnection) -> Result<bool> {
    Ok(sqlx::query_scalar("select not exists (select 1 from sqlite_master)").fetch_one(db).await?)
}

/// A server starts. Says the name of the log: a new one when the server before it died with commits that may be lost,
/// since a watcher may have seen what is no longer there.
pub(super) async fn start(db: &mut SqliteConnection, synchronous: Synchronous) -> Result<Uuid> {
    // Durable at once whatever `synchronous` is: connections begin with full.
    let mut transaction = db.begin_with("begin immediate").await?;
    let before = get(&mut transaction, RUNNING).await?;
    if before.is_some_and(|word| word != Synchronous::Full.word().as_bytes()) {
        set(&mut transaction, LOG_NAME, Uuid::new_v4().as_bytes()).await?;
    }
    set(&mut transaction, RUNNING, synchronous.word().as_bytes()).await?;
    let name = log_name(&mut transaction).await?;
    transaction.commit().await?;
    Ok(name)
}

/// The server stops in order: from here on everything is on the disk.
pub(super) async fn stop(db: &mut SqliteConnection) -> Result<()> {
    db.execute("pragma synchronous = full").await?;
    // Also flushes the pages of the file that a lowered synchronous left to the operating system.
    db.execute("pragma wal_checkpoint(truncate)").await?;
    db.execute(sqlx::query("delete from meta where name = ?").bind(RUNNING)).await?;
    Ok(())
}

pub(super) async fn log_name(db: &mut SqliteConnection) -> Result<Uuid> {
    let bytes = get(db, LOG_NAME).await?.ok_or_else(|| Error::Broken("the log has no name".to_owned()))?;
    Uuid::from_slice(&bytes).map_err(|_| Error::Broken("the name of the log is not a UUID".to_owned()))
}

async fn get(db: &mut SqliteConnection, name: &str) -> Result<Option<Vec<u8>>> {
    Ok(sqlx::query_scalar("select value from meta where name = ?").bind(name).fetch_optional(db).await?)
}

async fn set(db: &mut SqliteConnection, name: &str, value: &[u8]) -> Result<()> {
    let sql = "insert or replace into meta (name, value) values (?, ?)";
    db.execute(sqlx::query(sql).bind(name).bind(value)).await?;
    Ok(())
}
