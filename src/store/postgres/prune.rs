//! Deletes old rows in batches small enough that commits hardly notice.

use super::connections::{Connections, Query};
use super::rows;
use crate::store::{Micros, Position, Result, RunKey};
use sqlx::{Row, query};
use uuid::Uuid;

/// Also records the last deleted position, because positions continue from there.
pub(super) async fn log(connections: &Connections, up_to: Position, limit: u32) -> Result<u32> {
    let (epoch, sequence) = rows::columns(up_to);
    let sql = "with gone as (delete from log where (epoch, sequence) in \
                   (select epoch, sequence from log where (epoch, sequence) <= ($1, $2) \
                    order by epoch, sequence limit $3) returning epoch, sequence), \
                 kept as (insert into log_forgotten (epoch, sequence) \
                   select epoch, sequence from gone order by epoch desc, sequence desc limit 1 \
                   on conflict (only_one) do update set epoch = excluded.epoch, sequence = excluded.sequence) \
               select count(*) from gone";
    count(connections, query(sql).bind(epoch).bind(sequence).bind(i64::from(limit))).await
}

pub(super) async fn answers(connections: &Connections, before: Micros, limit: u32) -> Result<u32> {
    let sql = "with gone as (delete from answer where key in \
                 (select key from answer where tm_create < $1 limit $2) returning 1) select count(*) from gone";
    count(connections, query(sql).bind(before).bind(i64::from(limit))).await
}

pub(super) async fn outgoing(connections: &Connections, before: Micros, limit: u32) -> Result<u32> {
    let sql = "with gone as (delete from outgoing where key in (select key from outgoing \
                 where tm_create < $1 and state in (3, 4) order by key limit $2) returning 1) \
               select count(*) from gone";
    count(connections, query(sql).bind(before).bind(i64::from(limit))).await
}

pub(super) async fn messages(connections: &Connections, before: Micros, limit: u32) -> Result<u32> {
    let sql = "with gone as (delete from message where key in (select key from message \
                 where tm_create < $1 and status <> 1 order by key limit $2) returning 1) select count(*) from gone";
    count(connections, query(sql).bind(before).bind(i64::from(limit))).await
}

pub(super) async fn count(connections: &Connections, query: Query) -> Result<u32> {
    let gone = connections.one(query, rows::number_of).await?;
    Ok(u32::try_from(gone.unwrap_or_default()).unwrap_or(u32::MAX))
}

/// Finds runs that can be deleted. The last key that was looked at is `None` at the end of the table.
async fn find_runs(
    connections: &Connections,
    after: RunKey,
    up_to: Position,
    created: Micros,
    limit: u32,
) -> Result<(Option<RunKey>, Vec<RunKey>)> {
    // Keys rise with time: all runs after the first one that is too young are too young. A clock that was set back only
    // delays the deletion.
    let sql = "select key, working, last_epoch, last_sequence, tm_create from run where key > $1 order by key limit $2";
    let found = connections
        .all(query(sql).bind(after).bind(i64::from(limit)), |row| {
            let tm_create: Micros = row.try_get(4)?;
            // A damaged run stays.
            let newest = rows::position(row, 2).unwrap_or(Position { epoch: u64::MAX, sequence: u64::MAX });
            Ok((row.try_get::<RunKey, _>(0)?, row.try_get::<i32, _>(1)?, newest, tm_create))
        })
        .await?;
    let (seen, mut last, mut keys) = (found.len(), None, Vec::new());
    for (key, working, newest, tm_create) in found {
        if tm_create >= created {
            return Ok((None, keys));
        }
        if working == 0 && newest <= up_to {
            keys.push(key);
        }
        last = Some(key);
    }
    Ok((last.filter(|_| seen == limit as usize), keys))
}

/// Checks again that each run can be deleted: its owner may have deleted it meanwhile, which adds a row to the log. A
/// flow of inline actions is deleted with its last run.
pub(super) async fn runs(
    connections: &Connections,
    after: RunKey,
    up_to: Position,
    created: Micros,
    limit: u32,
) -> Result<(Option<RunKey>, Vec<Uuid>)> {
    let (last, keys) = find_runs(connections, after, up_to, created, limit).await?;
    if keys.is_empty() {
        return Ok((last, Vec::new()));
    }
    let (epoch, sequence) = rows::columns(up_to);
    let sql = "with gone as (delete from run where key = any($1) and working = 0 \
                   and (last_epoch, last_sequence) <= ($2, $3) returning key, id, customer_id, flow_id), \
                 calls as (delete from call using gone where call.activeflow_id = gone.id), \
                 bodies as (delete from variables using gone where variables.run = gone.key), \
                 flows as (delete from flow using (select distinct customer_id, flow_id from gone) as used \
                   where flow.id = used.flow_id and not flow.listed and not exists ( \
                     select from run where run.customer_id = used.customer_id and run.flow_id = used.flow_id \
                       and run.tm_delete is null and not exists (select from gone where gone.key = run.key)) \
                   returning flow.id), \
                 revisions as (delete from revision using flows where revision.flow_id = flows.id and number > 0) \
               select id from gone order by key";
    let gone = connections.all(query(sql).bind(keys).bind(epoch).bind(sequence), |row| row.try_get(0)).await?;
    Ok((last, gone))
}
