//! The tables, their versions, and what the database knows about itself.

use super::unavailable;
use crate::store::migration::{self, Migration, Newer, VERSION};
use crate::store::{Error, Result};
use tokio_postgres::{Client, GenericClient, Row};
use uuid::Uuid;

/// Applied in this order and never changed once released.
const MIGRATIONS: &[Migration] = &[
    Migration { oldest: 1, sql: include_str!("../../../migrations/postgres/0001_init.sql") },
    Migration { oldest: 2, sql: include_str!("../../../migrations/postgres/0002_outbox.sql") },
    Migration { oldest: 3, sql: include_str!("../../../migrations/postgres/0003_recordings.sql") },
    Migration { oldest: 3, sql: include_str!("../../../migrations/postgres/0004_versions.sql") },
];

/// The oldest PostgreSQL that this is written for, as it counts itself.
const OLDEST: i32 = 150_000;

/// Advisory locks, which other programs in the same database must not meet by chance: "ringdown" in ASCII, and the next one.
pub(super) const OWNER: i64 = 0x7269_6e67_646f_776e;
const MIGRATING: i64 = OWNER + 1;
/// The first half of the locks by which servers say which schema they know: "ring". The second half is its number.
pub(super) const KNOWS: i32 = 0x7269_6e67;

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
    let (from, known) = (version(&transaction).await?, migration::known(MIGRATIONS));
    if from >= known.len() {
        return admit(&transaction).await;
    }
    if owner {
        let oldest = known[from..].iter().map(|it| it.oldest).max().unwrap_or_default();
        spare_older_servers(&transaction, oldest).await?;
    } else {
        // A command must not change the tables under a server that runs: it may, if there is none.
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
    for step in &known[from..] {
        transaction.batch_execute(step.sql).await?;
    }
    // After the step that makes room for what is said of each.
    for (number, step) in (1_i64..).zip(&known).skip(from) {
        let insert = "insert into migration (number, at, oldest, version) values ($1, now(), $2, $3)";
        transaction.execute(insert, &[&number, &as_number(step.oldest), &VERSION]).await?;
    }
    if from == 0 {
        set(&transaction, LOG_NAME, Uuid::new_v4().as_bytes()).await?;
    }
    Ok(transaction.commit().await?)
}

/// How many migrations this version knows.
pub(super) fn known() -> usize {
    migration::known(MIGRATIONS).len()
}

/// A number that is small, as the database has them.
pub(super) fn as_number(small: usize) -> i64 {
    i64::try_from(small).unwrap_or(i64::MAX)
}

/// Takes the locks of all versions that know less than this, until the transaction is over: none of them runs, and none
/// starts. Refused while one runs, since nothing that runs may be broken.
async fn spare_older_servers(client: &impl GenericClient, oldest: usize) -> Result<()> {
    let sql = "select number::bigint from generate_series(1, $2::bigint - 1) as number \
               where not pg_try_advisory_xact_lock($1, number::int) order by number limit 1";
    match client.query_opt(sql, &[&KNOWS, &as_number(oldest)]).await? {
        None => Ok(()),
        Some(row) => Err(unavailable(format!(
            "a server of an older version (it knows schema {}) uses this database, and what this version ({VERSION}) \
             changes is for versions that know {oldest} or more: stop all older servers, then start this one",
            row.try_get::<_, i64>(0)?
        ))),
    }
}

/// How many migrations the database has had.
async fn version(client: &impl GenericClient) -> Result<usize> {
    let made = client.query_one("select to_regclass('ringdown.migration') is not null", &[]).await?;
    if !made.try_get::<_, bool>(0)? {
        return Ok(0);
    }
    let row = client.query_one("select coalesce(max(number), 0) from ringdown.migration", &[]).await?;
    number(&row, 0)
}

/// Refuses a database that newer versions have changed, unless this one can go on with it.
pub(super) async fn admit(client: &impl GenericClient) -> Result<()> {
    let known = known();
    // Where there is nothing newer, the columns that tell of it may not be there either.
    if version(client).await? <= known {
        return Ok(());
    }
    let sql =
        "select number, coalesce(oldest, number), version from ringdown.migration where number > $1 order by number";
    let newer = client.query(sql, &[&as_number(known)]).await?;
    let newer = newer
        .iter()
        .map(|row| Ok(Newer { number: number(row, 0)?, oldest: number(row, 1)?, version: row.try_get(2)? }));
    migration::admit(known, &newer.collect::<Result<Vec<_>>>()?)
}

fn number(row: &Row, column: usize) -> Result<usize> {
    let number: i64 = row.try_get(column)?;
    usize::try_from(number).map_err(|_| Error::Broken(format!("{number} is the number of no migration")))
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
