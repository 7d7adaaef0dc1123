//! The tables, their versions, and what the file stores about itself.

use super::location::OpenLocation;
use super::{Error, Result, Synchronous, unavailable};
use crate::store::migration::{self, Migration, Newer, VERSION};
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection, Executor};
use uuid::Uuid;

/// Applied in this order, and never changed once released. `pragma user_version` is the number of migrations applied to
/// a file.
const MIGRATIONS: &[Migration] = &[
    Migration { oldest: 1, sql: include_str!("../../../migrations/sqlite/0001_init.sql") },
    Migration { oldest: 2, sql: include_str!("../../../migrations/sqlite/0002_outbox.sql") },
    Migration { oldest: 3, sql: include_str!("../../../migrations/sqlite/0003_recordings.sql") },
    Migration { oldest: 3, sql: include_str!("../../../migrations/sqlite/0004_versions.sql") },
    Migration { oldest: 4, sql: include_str!("../../../migrations/sqlite/0005_groups.sql") },
    Migration { oldest: 4, sql: include_str!("../../../migrations/sqlite/0006_revisions.sql") },
    Migration { oldest: 4, sql: include_str!("../../../migrations/sqlite/0007_usage.sql") },
    // Earlier versions would take a sealed secret for the secret itself.
    Migration { oldest: 8, sql: include_str!("../../../migrations/sqlite/0008_sealed_secrets.sql") },
    Migration { oldest: 4, sql: include_str!("../../../migrations/sqlite/0009_operators.sql") },
    Migration { oldest: 8, sql: include_str!("../../../migrations/sqlite/0010_providers.sql") },
];

/// The first migration that the file describes in its table `migration`.
const ANNOUNCED_FROM: usize = 4;

/// The name of the log, which resume tokens contain.
const LOG_NAME: &str = "log_name";
/// The durability of the running server, or of a server that did not stop cleanly.
const RUNNING: &str = "running";

/// Migrates the tables in one transaction. (sqlx's `migrate!` uses one transaction for each step, and cannot express
/// which versions can still use the tables after newer migrations.)
pub(super) async fn migrate(db: &mut SqliteConnection, location: &OpenLocation, locked: bool) -> Result<()> {
    let known = migration::known(MIGRATIONS);
    if version(db).await? >= known.len() {
        return admit(db, known.len()).await;
    }
    // A command must not migrate the tables of a running server. It may if no server runs.
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

/// Returns the number of migrations applied to the file.
async fn version(db: &mut SqliteConnection) -> Result<usize> {
    let version: i64 = sqlx::query_scalar("pragma user_version").fetch_one(db).await?;
    usize::try_from(version).map_err(|_| unavailable(format!("no version of Ringdown wrote schema {version}")))
}

/// Rejects a file that newer versions have changed, unless this version can still use it.
async fn admit(db: &mut SqliteConnection, known: usize) -> Result<()> {
    let schema = version(db).await?;
    let sql = "select number, oldest, version from migration where number > ? order by number";
    let rows: Vec<(i64, i64, String)> = sqlx::query_as(sql).bind(known as i64).fetch_all(db).await?;
    let count = |number| {
        usize::try_from(number).map_err(|_| Error::Broken(format!("{number} is not the number of a migration")))
    };
    let newer = |(number, oldest, version)| Ok(Newer { number: count(number)?, oldest: count(oldest)?, version });
    let mut newer = rows.into_iter().map(newer).collect::<Result<Vec<_>>>()?;
    if newer.last().map_or(known, |last| last.number) < schema {
        // The table does not describe the newest migration.
        newer.push(Newer { number: schema, oldest: schema, version: String::new() });
    }
    migration::admit(known, &newer)
}

/// Fails unless the file has the tables of this version, or of one that permits this version.
pub(super) async fn same(db: &mut SqliteConnection) -> Result<()> {
    let known = migration::known(MIGRATIONS).len();
    match version(db).await? {
        0 => Err(unavailable("this is not a database of Ringdown")),
        older if older < known => {
            Err(unavailable("an older version made its tables; start the server once, which migrates them"))
        }
        _ => admit(db, known).await,
    }
}

async fn is_empty(db: &mut SqliteConnection) -> Result<bool> {
    Ok(sqlx::query_scalar("select not exists (select 1 from sqlite_master)").fetch_one(db).await?)
}

/// Prepares the file for a server that starts, and returns the name of the log. The log gets a new name when the
/// previous server died with commits that may be lost: watchers may have seen rows that no longer exist.
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

/// Records that the server stopped cleanly: from here on everything is on disk.
pub(super) async fn stop(db: &mut SqliteConnection) -> Result<()> {
    db.execute("pragma synchronous = full").await?;
    // Also flushes the pages of the file that a lower `synchronous` left to the operating system.
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
