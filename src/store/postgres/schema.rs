//! The tables, their versions, and what the database stores about itself.
//!
//! Does not use sqlx's `migrate!`: it cannot express which older versions can run alongside a migration, and it does
//! not check for such servers.

use super::connections::Query;
use super::errors::to_error;
use super::unavailable;
use crate::store::migration::{self, Migration, Newer, VERSION};
use crate::store::{Error, Result};
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, query};
use uuid::Uuid;

/// Applied in this order, and never changed once released.
const MIGRATIONS: &[Migration] = &[
    Migration { oldest: 1, sql: include_str!("../../../migrations/postgres/0001_init.sql") },
    Migration { oldest: 2, sql: include_str!("../../../migrations/postgres/0002_outbox.sql") },
    Migration { oldest: 3, sql: include_str!("../../../migrations/postgres/0003_recordings.sql") },
    Migration { oldest: 3, sql: include_str!("../../../migrations/postgres/0004_versions.sql") },
    Migration { oldest: 4, sql: include_str!("../../../migrations/postgres/0005_groups.sql") },
    Migration { oldest: 4, sql: include_str!("../../../migrations/postgres/0006_revisions.sql") },
    Migration { oldest: 4, sql: include_str!("../../../migrations/postgres/0007_usage.sql") },
    // Earlier versions would take a sealed secret for the secret itself.
    Migration { oldest: 8, sql: include_str!("../../../migrations/postgres/0008_sealed_secrets.sql") },
    Migration { oldest: 4, sql: include_str!("../../../migrations/postgres/0009_operators.sql") },
    Migration { oldest: 8, sql: include_str!("../../../migrations/postgres/0010_providers.sql") },
];

/// The oldest supported PostgreSQL, as in `server_version_num`.
const OLDEST: i32 = 150_000;

/// Keys of advisory locks, chosen so that other programs in the same database are unlikely to use them: "ringdown" in
/// ASCII, and the next number.
pub(super) const OWNER: i64 = 0x7269_6e67_646f_776e;
const MIGRATING: i64 = OWNER + 1;
/// The first half of the lock keys with which servers publish the schema that they know: "ring". The second half is its
/// number.
pub(super) const KNOWS: i32 = 0x7269_6e67;

/// The name of the log, which resume tokens contain.
const LOG_NAME: &str = "log_name";
/// The cluster, its timeline and the database in which the log was last written.
const PLACE: &str = "place";

/// Migrates the tables in one transaction. `owner` means that the caller holds the server lock.
pub(super) async fn migrate(db: &mut PgConnection, owner: bool) -> Result<()> {
    let server = query("select current_setting('server_version_num')::int");
    let server: i32 = one(db, server, |row| row.try_get(0)).await?;
    if server < OLDEST {
        return Err(unavailable(format!("PostgreSQL 15 or later is required, and this is {}", server / 10_000)));
    }
    let mut transaction = db.begin().await.map_err(|error| to_error(&error))?;
    run(&mut transaction, query("select pg_advisory_xact_lock($1)").bind(MIGRATING)).await?;
    let (from, known) = (version(&mut transaction).await?, migration::known(MIGRATIONS));
    if from >= known.len() {
        return admit(&mut transaction).await;
    }
    if owner {
        let oldest = known[from..].iter().map(|it| it.oldest).max().unwrap_or_default();
        spare_older_servers(&mut transaction, oldest).await?;
    } else {
        // A command must not migrate the tables of a running server. It may if no server runs.
        let lock = query("select pg_try_advisory_xact_lock($1)").bind(OWNER);
        if !one(&mut transaction, lock, |row| row.try_get(0)).await? {
            return Err(unavailable("another server uses this database, and its tables are older than this version's"));
        }
    }
    // Tables may be large.
    run(&mut transaction, query("set local statement_timeout = 0")).await?;
    if from == 0 {
        run(&mut transaction, query("create schema if not exists ringdown")).await?;
        let migrations = "create table migration (number bigint primary key, at timestamptz not null)";
        run(&mut transaction, query(migrations)).await?;
    }
    for step in &known[from..] {
        let done = sqlx::raw_sql(AssertSqlSafe(step.sql)).execute(&mut *transaction).await;
        done.map_err(|error| to_error(&error))?;
    }
    // Recorded after all steps, since one of them adds the columns for this.
    for (number, step) in (1_i64..).zip(&known).skip(from) {
        let insert = "insert into migration (number, at, oldest, version) values ($1, now(), $2, $3)";
        run(&mut transaction, query(insert).bind(number).bind(as_number(step.oldest)).bind(VERSION)).await?;
    }
    if from == 0 {
        set(&mut transaction, LOG_NAME, Uuid::new_v4().as_bytes()).await?;
    }
    transaction.commit().await.map_err(|error| to_error(&error))
}

/// Returns the number of migrations that this version knows.
pub(super) fn known() -> usize {
    migration::known(MIGRATIONS).len()
}

/// Converts a small number to the type of the database.
pub(super) fn as_number(small: usize) -> i64 {
    i64::try_from(small).unwrap_or(i64::MAX)
}

/// Takes the locks of all versions that know less than `oldest` until the end of the transaction, so that none of them
/// runs and none starts. Fails while one runs: a running server must not be broken.
async fn spare_older_servers(db: &mut PgConnection, oldest: usize) -> Result<()> {
    let sql = "select number::bigint from generate_series(1, $2::bigint - 1) as number \
               where not pg_try_advisory_xact_lock($1, number::int) order by number limit 1";
    match first(db, query(sql).bind(KNOWS).bind(as_number(oldest)), |row| row.try_get::<i64, _>(0)).await? {
        None => Ok(()),
        Some(knows) => Err(unavailable(format!(
            "a server of an older version (it knows schema {knows}) uses this database, and the changes of this version \
             ({VERSION}) require versions that know {oldest} or more: stop all older servers, then start this one",
        ))),
    }
}

/// Fails unless the database has the tables of this version, or of one that permits this version.
pub(super) async fn same(db: &mut PgConnection) -> Result<()> {
    match version(db).await? {
        0 => Err(unavailable("this is not a database of Ringdown")),
        older if older < known() => {
            Err(unavailable("an older version made its tables; start the server once, which migrates them"))
        }
        _ => admit(db).await,
    }
}

/// Returns the number of migrations applied to the database.
async fn version(db: &mut PgConnection) -> Result<usize> {
    let made = query("select to_regclass('ringdown.migration') is not null");
    if !one(db, made, |row| row.try_get(0)).await? {
        return Ok(0);
    }
    one(db, query("select coalesce(max(number), 0) from ringdown.migration"), |row| number(row, 0)).await
}

/// Rejects a database that newer versions have changed, unless this version can still use it.
pub(super) async fn admit(db: &mut PgConnection) -> Result<()> {
    let known = known();
    // Without newer migrations, the columns that describe them may not exist.
    if version(db).await? <= known {
        return Ok(());
    }
    let sql =
        "select number, coalesce(oldest, number), version from ringdown.migration where number > $1 order by number";
    let newer = query(sql).bind(as_number(known)).fetch_all(db).await.map_err(|error| to_error(&error))?;
    let read = |row| Ok(Newer { number: number(row, 0)?, oldest: number(row, 1)?, version: row.try_get(2)? });
    let newer = newer.iter().map(read).collect::<sqlx::Result<Vec<_>>>().map_err(|error| to_error(&error))?;
    migration::admit(known, &newer)
}

fn number(row: &PgRow, column: usize) -> sqlx::Result<usize> {
    let number: i64 = row.try_get(column)?;
    let strange = |_| sqlx::Error::Decode(format!("{number} is not the number of a migration").into());
    usize::try_from(number).map_err(strange)
}

/// Prepares the database for a server that starts, and returns the name of the log. The log gets a new name when the
/// database is not where it was last written, as after a restore or a failover: watchers may have seen rows that no
/// longer exist.
pub(super) async fn start(db: &mut PgConnection) -> Result<Uuid> {
    let mut transaction = db.begin().await.map_err(|error| to_error(&error))?;
    let place = "select (select system_identifier from pg_control_system())::text || '/' || \
                   left(pg_walfile_name(pg_current_wal_lsn()), 8) || '/' || \
                   (select oid from pg_database where datname = current_database())::text";
    let place: String = one(&mut transaction, query(place), |row| row.try_get(0)).await?;
    let before = get(&mut transaction, PLACE).await?;
    if before.as_ref().is_some_and(|before| before != place.as_bytes()) {
        set(&mut transaction, LOG_NAME, Uuid::new_v4().as_bytes()).await?;
    }
    if before.as_deref() != Some(place.as_bytes()) {
        set(&mut transaction, PLACE, place.as_bytes()).await?;
    }
    // The last group of a server that died may still be in flight. This waits for it.
    run(&mut transaction, query("select from writer for update")).await?;
    run(&mut transaction, query("delete from writer where at < now() - interval '1 day'")).await?;
    // Another cluster's transaction numbers may be lower than the last epoch of the log. In the same cluster what this
    // statement sees of the log has numbers below the end of its snapshot. The number of this transaction says nothing:
    // other servers' groups may have got later ones and be committed. The base must not grow while groups are in flight,
    // which know the one of before: the horizon would pass over them.
    let base = "with head as (select greatest((select max(epoch) from log), (select epoch from log_forgotten)) as epoch) \
                update epoch_base set base = head.epoch - pg_snapshot_xmin(pg_current_snapshot())::text::bigint + 1 from head \
                where head.epoch >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint + base";
    run(&mut transaction, query(base)).await?;
    let name = log_name(&mut transaction).await?;
    transaction.commit().await.map_err(|error| to_error(&error))?;
    Ok(name)
}

pub(super) async fn log_name(db: &mut PgConnection) -> Result<Uuid> {
    let bytes = get(db, LOG_NAME).await?.ok_or_else(|| Error::Broken("the log has no name".to_owned()))?;
    Uuid::from_slice(&bytes).map_err(|_| Error::Broken("the name of the log is not a UUID".to_owned()))
}

async fn get(db: &mut PgConnection, name: &str) -> Result<Option<Vec<u8>>> {
    first(db, query("select value from meta where name = $1").bind(name), |row| row.try_get(0)).await
}

async fn set(db: &mut PgConnection, name: &str, value: &[u8]) -> Result<()> {
    let sql = "insert into meta (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value";
    run(db, query(sql).bind(name).bind(value)).await
}

async fn run(db: &mut PgConnection, query: Query) -> Result<()> {
    query.execute(db).await.map(drop).map_err(|error| to_error(&error))
}

async fn first<T>(db: &mut PgConnection, query: Query, read: impl Fn(&PgRow) -> sqlx::Result<T>) -> Result<Option<T>> {
    let row = query.fetch_optional(db).await.map_err(|error| to_error(&error))?;
    row.map(|row| read(&row)).transpose().map_err(|error| to_error(&error))
}

/// Returns the only row of a statement.
pub(super) async fn one<T>(db: &mut PgConnection, query: Query, read: impl Fn(&PgRow) -> sqlx::Result<T>) -> Result<T> {
    let row = query.fetch_one(db).await.map_err(|error| to_error(&error))?;
    read(&row).map_err(|error| to_error(&error))
}
