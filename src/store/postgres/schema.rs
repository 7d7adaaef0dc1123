//! The tables, their versions, and what the database knows about itself.

use super::unavailable;
use crate::store::{Error, Result};
use tokio_postgres::{Client, GenericClient};
use uuid::Uuid;

/// Applied in this order and never changed once released.
const MIGRATIONS: &[&str] = &[
    include_str!("../../../migrations/postgres/0001_init.sql"),
    include_str!("../../../migrations/postgres/0002_outbox.sql"),
    include_str!("../../../migrations/postgres/0003_recordings.sql"),
];

/// The oldest PostgreSQL that this is written for, as it counts itself.
const OLDEST: i32 = 150_000;

/// Advisory locks, which other programs in the same database must not meet by chance: "ringdown" in ASCII, and the next one.
pub(super) const OWNER: i64 = 0x7269_6e67_646f_776e;
const MIGRATING: i64 = OWNER + 1;

/// The name of the log, which watchers' tokens carry.
const LOG_NAME: &str = "log_name";
/// The cluster, its timeline and the database in which the log was written last.
const PLACE: &str = "place";

/// Brings the tables up to date, in one transaction. `owner` holds the server's lock.
pub(super) async fn migrate(client: &mut Client, owner: bool) -> Result<()> {
    let server: i32 = client.query_one("select current_setting('server_version_num')::int", &[]).await?.try_get(0)?;
    if server < OLDEST {
        return Err(unavailable(format!("PostgreSQL 15 or later is needed, and this is {}", server / 10_000)));
    }
    let transaction = client.transaction().await?;
    transaction.query_one("select pg_advisory_xact_lock($1)", &[&MIGRATING]).await?;
    let from = version(&transaction).await?;
    if from == MIGRATIONS.len() {
        return Ok(());
    }
    // A command must not change the tables under a server that runs: it may, if there is none.
    if !owner {
        let free = transaction.query_one("select pg_try_advisory_xact_lock($1)", &[&OWNER]).await?;
        if !free.try_get::<_, bool>(0)? {
            return Err(unavailable("another server uses this database, and its tables are older than this version's"));
        }
    }
    // Tables may be large.
    transaction.batch_execute("set local statement_timeout = 0").await?;
    if from == 0 {
        transaction.batch_execute("create schema if not exists ringdown").await?;
        transaction
            .batch_execute("create table migration (number bigint primary key, at timestamptz not null)")
            .await?;
    }
    for (number, migration) in (1_i64..).zip(MIGRATIONS).skip(from) {
        transaction.batch_execute(migration).await?;
        transaction.execute("insert into migration (number, at) values ($1, now())", &[&number]).await?;
    }
    if from == 0 {
        set(&transaction, LOG_NAME, Uuid::new_v4().as_bytes()).await?;
    }
    Ok(transaction.commit().await?)
}

/// How many migrations the database has. A newer one is refused: this version does not know what its rows mean.
async fn version(client: &impl GenericClient) -> Result<usize> {
    let made = client.query_one("select to_regclass('ringdown.migration') is not null", &[]).await?;
    if !made.try_get::<_, bool>(0)? {
        return Ok(0);
    }
    let row = client.query_one("select coalesce(max(number), 0) from ringdown.migration", &[]).await?;
    let version: i64 = row.try_get(0)?;
    match usize::try_from(version) {
        Ok(version) if version <= MIGRATIONS.len() => Ok(version),
        _ => Err(unavailable(format!(
            "a newer version of Ringdown wrote this database (its schema is {version}, this version knows {}); \
             use that version, or restore a backup",
            MIGRATIONS.len()
        ))),
    }
}

/// A server starts. Says the name of the log: a new one when the database is not where it was written last, as after a
/// restore or a failover, since a watcher may have seen what is no longer there.
pub(super) async fn start(client: &mut Client) -> Result<Uuid> {
    let transaction = client.transaction().await?;
    let place = transaction
        .query_one(
            "select (select system_identifier from pg_control_system())::text || '/' || \
               left(pg_walfile_name(pg_current_wal_lsn()), 8) || '/' || \
               (select oid from pg_database where datname = current_database())::text",
            &[],
        )
        .await?;
    let place: String = place.try_get(0)?;
    let before = get(&transaction, PLACE).await?;
    if before.as_ref().is_some_and(|before| before != place.as_bytes()) {
        set(&transaction, LOG_NAME, Uuid::new_v4().as_bytes()).await?;
    }
    if before.as_deref() != Some(place.as_bytes()) {
        set(&transaction, PLACE, place.as_bytes()).await?;
    }
    // The last group of a server that died may still be on its way: this waits for it.
    transaction.batch_execute("select from writer for update").await?;
    transaction.batch_execute("delete from writer where at < now() - interval '1 day'").await?;
    // Another cluster may count its transactions from lower than the log has come.
    transaction
        .batch_execute(
            "with head as (select greatest((select max(epoch) from log), (select epoch from log_forgotten)) as epoch) \
             update epoch_base set base = base + head.epoch - horizon() + 1 from head where head.epoch >= epoch()",
        )
        .await?;
    let name = log_name(&transaction).await?;
    transaction.commit().await?;
    Ok(name)
}

pub(super) async fn log_name(client: &impl GenericClient) -> Result<Uuid> {
    let bytes = get(client, LOG_NAME).await?.ok_or_else(|| Error::Broken("the log has no name".to_owned()))?;
    Uuid::from_slice(&bytes).map_err(|_| Error::Broken("the name of the log is not a UUID".to_owned()))
}

async fn get(client: &impl GenericClient, name: &str) -> Result<Option<Vec<u8>>> {
    let row = client.query_opt("select value from meta where name = $1", &[&name]).await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

async fn set(client: &impl GenericClient, name: &str, value: &[u8]) -> Result<()> {
    let sql = "insert into meta (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value";
    client.execute(sql, &[&name, &value]).await?;
    Ok(())
}
