//! Deletes old rows in batches small enough that commits hardly notice.

use super::readers::{Query, Readers};
use super::rows;
use crate::store::{Error, Micros, Position, Result, RunKey};
use sqlx::sqlite::{Sqlite, SqliteConnection};
use sqlx::{AssertSqlSafe, QueryBuilder, Row};
use std::collections::BTreeSet;
use uuid::Uuid;

pub(super) async fn log(db: &mut SqliteConnection, up_to: Position, limit: u32) -> Result<u32> {
    let sql = "delete from log where position in \
               (select position from log where position <= ? order by position limit ?)";
    delete(db, sqlx::query(sql).bind(rows::sequence(up_to)).bind(limit)).await
}

pub(super) async fn answers(db: &mut SqliteConnection, before: Micros, limit: u32) -> Result<u32> {
    let sql = "delete from answer where key in (select key from answer where tm_create < ? limit ?)";
    delete(db, sqlx::query(sql).bind(before).bind(limit)).await
}

pub(super) async fn outgoing(db: &mut SqliteConnection, before: Micros, limit: u32) -> Result<u32> {
    let sql = "delete from outgoing where key in \
               (select key from outgoing where key < ? and tm_create < ? and state in (3, 4) order by key limit ?)";
    let young = first_since(db, "outgoing", before).await?;
    delete(db, sqlx::query(sql).bind(young).bind(before).bind(limit)).await
}

pub(super) async fn messages(db: &mut SqliteConnection, before: Micros, limit: u32) -> Result<u32> {
    let sql = "delete from message where key in \
               (select key from message where key < ? and tm_create < ? and status <> 1 order by key limit ?)";
    let young = first_since(db, "message", before).await?;
    delete(db, sqlx::query(sql).bind(young).bind(before).bind(limit)).await
}

/// Returns old recordings. Rows were created in key order, so the oldest come first.
pub(super) async fn old_recordings(readers: &Readers, before: Micros, limit: u32) -> Result<Vec<Uuid>> {
    let mut reader = readers.take().await?;
    let db = reader.connection()?;
    let young = first_since(db, "recording", before).await?;
    let sql = "select id from recording where key < ? and tm_create < ? and status <> 1 order by key limit ?";
    Ok(sqlx::query_scalar(sql).bind(young).bind(before).bind(limit).fetch_all(db).await?)
}

pub(super) async fn recordings(db: &mut SqliteConnection, ids: &[Uuid]) -> Result<()> {
    for id in ids {
        delete(db, sqlx::query("delete from recording where id = ?").bind(*id)).await?;
    }
    Ok(())
}

/// Returns the first key of a table created at `time` or later. Keys rise with time, so a binary search finds it:
/// reading every row would hold up commits.
async fn first_since(db: &mut SqliteConnection, table: &'static str, time: Micros) -> Result<i64> {
    let bounds = AssertSqlSafe(format!("select ifnull(min(key), 0), ifnull(max(key) + 1, 0) from {table}"));
    let (mut low, mut high): (i64, i64) = sqlx::query_as(bounds).fetch_one(&mut *db).await?;
    let next = format!("select key, tm_create from {table} where key >= ? order by key limit 1");
    while low < high {
        let middle = low + (high - low) / 2;
        match sqlx::query_as(AssertSqlSafe(next.as_str())).bind(middle).fetch_optional(&mut *db).await? {
            Some((key, made)) if Micros::lt(&made, &time) => low = i64::saturating_add(key, 1),
            _ => high = middle,
        }
    }
    Ok(low)
}

async fn delete(db: &mut SqliteConnection, delete: Query<'_>) -> Result<u32> {
    Ok(u32::try_from(delete.execute(db).await?.rows_affected()).unwrap_or(u32::MAX))
}

/// Finds runs that can be deleted. Uses a reader, to keep the writer free. The last key that was looked at is `None` at
/// the end of the table.
pub(super) async fn find_runs(
    readers: &Readers,
    after: RunKey,
    up_to: Position,
    created: Micros,
    limit: u32,
) -> Result<(Option<RunKey>, Vec<RunKey>)> {
    // Keys rise with time: all runs after the first one that is too young are too young. A clock that was set back only
    // delays the deletion.
    let sql = "select key, working, last, tm_create from run where key > ? order by key limit ?";
    let read = |row: &sqlx::sqlite::SqliteRow| {
        let (key, working, newest): (RunKey, i64, i64) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        Ok((key, working, newest, row.try_get::<Micros, _>(3)?))
    };
    let found = readers.all(sqlx::query(sql).bind(after).bind(limit), read).await?;
    let (seen, mut last, mut keys) = (found.len(), None, Vec::new());
    for (key, working, newest, tm_create) in found {
        if tm_create >= created {
            return Ok((None, keys));
        }
        if working == 0 && newest <= rows::sequence(up_to) {
            keys.push(key);
        }
        last = Some(key);
    }
    Ok((last.filter(|_| seen == limit as usize), keys))
}

/// Checks again that each run can be deleted: its owner may have deleted it meanwhile, which adds a row to the log.
pub(super) async fn runs(db: &mut SqliteConnection, keys: &[RunKey], up_to: Position) -> Result<Vec<Uuid>> {
    // One statement for each table, because each is a round trip to sqlx's thread while commits wait.
    let keys = serde_json::to_string(keys).map_err(|error| Error::Broken(error.to_string()))?;
    let up_to = rows::sequence(up_to);
    for sql in [
        "delete from call where activeflow_id in (select id from run \
           where key in (select value from json_each(?)) and working = 0 and last <= ?)",
        "delete from variables where run in (select key from run \
           where key in (select value from json_each(?)) and working = 0 and last <= ?)",
    ] {
        delete(db, sqlx::query(sql).bind(&keys).bind(up_to)).await?;
    }
    let sql = "delete from run where key in (select value from json_each(?)) and working = 0 and last <= ? \
               returning id, customer_id, flow_id";
    let gone: Vec<(Uuid, Uuid, Uuid)> = sqlx::query_as(sql).bind(&keys).bind(up_to).fetch_all(&mut *db).await?;
    let flows: BTreeSet<(Uuid, Uuid)> = gone.iter().map(|(_, customer_id, flow_id)| (*customer_id, *flow_id)).collect();
    forget_flows(db, &flows).await?;
    Ok(gone.into_iter().map(|(id, _, _)| id).collect())
}

/// Deletes flows of inline actions that have no run left.
async fn forget_flows(db: &mut SqliteConnection, flows: &BTreeSet<(Uuid, Uuid)>) -> Result<()> {
    if flows.is_empty() {
        return Ok(());
    }
    let mut used = QueryBuilder::<Sqlite>::new("with used (customer_id, flow_id) as (");
    used.push_values(flows, |mut row, (customer_id, flow_id)| {
        row.push_bind(*customer_id).push_bind(*flow_id);
    });
    used.push(
        ") delete from flow where listed = 0 and id in (select flow_id from used where not exists ( \
           select 1 from run indexed by run_flow \
           where run.customer_id = used.customer_id and run.flow_id = used.flow_id and tm_delete is null)) returning id",
    );
    let gone: Vec<Uuid> = used.build_query_scalar().persistent(false).fetch_all(&mut *db).await?;
    if gone.is_empty() {
        return Ok(());
    }
    let mut revisions = QueryBuilder::<Sqlite>::new("delete from revision where number > 0 and flow_id in (");
    let mut ids = revisions.separated(", ");
    for id in &gone {
        ids.push_bind(*id);
    }
    revisions.push(")");
    delete(db, revisions.build().persistent(false)).await.map(drop)
}
