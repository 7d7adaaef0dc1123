//! Deletes all data of a customer in batches small enough that commits hardly notice.

use super::connections::Connections;
use super::rows;
use crate::store::{Result, RunKey};
use sqlx::{AssertSqlSafe, Row, query};
use uuid::Uuid;

/// The tables whose rows belong to a customer, apart from runs and what hangs on them, and what is deleted with a row.
const TABLES: &[(&str, &str)] = &[
    ("access_key", ", uses as (delete from key_use using gone where key_use.id = gone.id)"),
    ("number", ""),
    ("route", ""),
    ("message", ""),
    ("outgoing", ""),
    ("answer", ""),
    ("flow", ", revisions as (delete from revision using gone where revision.flow_id = gone.id)"),
];

/// Deletes the next batch: runs first (0), then table by table, so that each table is searched to its end only once.
/// Returns where the next one begins, `None` if nothing of the customer is left.
pub(super) async fn batch(
    connections: &Connections,
    customer_id: Uuid,
    from: usize,
    limit: u32,
) -> Result<Option<usize>> {
    if from == 0 {
        let runs = "select key from run where customer_id = $1 limit 1";
        let key = connections.one(query(runs).bind(customer_id), |row| row.try_get::<RunKey, _>(0)).await?;
        if let Some(key) = key {
            return run(connections, key, limit).await.map(|()| Some(0));
        }
    }
    for (place, (table, with)) in (1..).zip(TABLES).skip(from.saturating_sub(1)) {
        let sql = format!(
            "with gone as (delete from {table} where key in \
               (select key from {table} where customer_id = $1 limit $2) returning *){with} select count(*) from gone"
        );
        let gone = query(AssertSqlSafe(sql)).bind(customer_id).bind(i64::from(limit));
        if connections.one(gone, rows::number_of).await?.unwrap_or_default() > 0 {
            return Ok(Some(place));
        }
    }
    let rest = "with callees as (delete from callee where customer_id = $1), \
                  tasks as (delete from customer_task where customer_id = $1), \
                  gone as (delete from customer where id = $1 returning 1) select count(*) from gone";
    connections.one(query(rest).bind(customer_id), rows::number_of).await?;
    Ok(None)
}

/// Deletes the newest rows of a run's history, and the run itself with the last of them. Each row of the log refers to the
/// one before it, so the run then refers to the newest row that is left.
async fn run(connections: &Connections, key: RunKey, limit: u32) -> Result<()> {
    let sql = "with recursive chain (epoch, sequence, previous_epoch, previous_sequence, nth) as ( \
                   select log.epoch, log.sequence, log.previous_epoch, log.previous_sequence, 1::bigint from log, run \
                     where run.key = $1 and log.epoch = run.last_epoch and log.sequence = run.last_sequence \
                   union all select log.epoch, log.sequence, log.previous_epoch, log.previous_sequence, nth + 1 \
                     from log join chain on log.epoch = chain.previous_epoch and log.sequence = chain.previous_sequence \
                     where nth < $2), \
                 gone as (delete from log using chain where log.epoch = chain.epoch and log.sequence = chain.sequence), \
                 left_over as (select previous_epoch, previous_sequence from chain \
                   where nth = $2 and previous_epoch is not null), \
                 kept as (update run set last_epoch = left_over.previous_epoch, \
                   last_sequence = left_over.previous_sequence from left_over where run.key = $1), \
                 over as (delete from run where key = $1 and not exists (select from left_over) returning key, id), \
                 calls as (delete from call using over where call.activeflow_id = over.id), \
                 bodies as (delete from variables using over where variables.run = over.key) \
               select count(*) from over";
    connections.one(query(sql).bind(key).bind(i64::from(limit)), rows::number_of).await.map(drop)
}
