//! Reads of the outbox: which deliveries are due, and when.

use super::connections::Connections;
use super::rows;
use crate::store::{Micros, Result, StoredOutgoing};
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Row, query};

/// Jumps from partition to partition along the index, so a partition with a million rows costs as little as one with a
/// single row.
pub(super) async fn due_partitions(
    connections: &Connections,
    now: Micros,
    after: Option<i64>,
    limit: u32,
) -> Result<(Vec<i64>, Option<i64>)> {
    let sql = "with recursive lanes as ( \
                 (select lane, due, 1::bigint as number from outgoing \
                   where state = 1 and (lane > $1 or $2) and $3 > 0::bigint order by lane, due limit 1) \
                 union all \
                 select next.lane, next.due, lanes.number + 1 from lanes, lateral \
                   (select lane, due from outgoing where state = 1 and lane > lanes.lane order by lane, due limit 1) \
                   as next where lanes.number < $3 \
               ) select lane, due from lanes order by number";
    let partitions = query(sql).bind(after.unwrap_or(i64::MIN)).bind(after.is_none()).bind(i64::from(limit));
    let read = |row: &PgRow| Ok((row.try_get::<i64, _>(0)?, row.try_get::<Micros, _>(1)?));
    let found = connections.all(partitions, read).await?;
    let last = found.last().map(|(partition, _)| *partition).filter(|_| found.len() == limit as usize);
    Ok((found.into_iter().filter(|(_, due)| *due <= now).map(|(partition, _)| partition).collect(), last))
}

pub(super) async fn due(
    connections: &Connections,
    partition: i64,
    now: Micros,
    limit: u32,
) -> Result<Vec<StoredOutgoing>> {
    let sql = format!(
        "select {} from outgoing where state = 1 and lane = $1 and due <= $2 order by due, key limit $3",
        rows::OUTGOING
    );
    let due = query(AssertSqlSafe(sql)).bind(partition).bind(now).bind(i64::from(limit));
    connections.all(due, rows::outgoing).await
}

pub(super) async fn started(connections: &Connections, limit: u32) -> Result<Vec<StoredOutgoing>> {
    let sql = format!("select {} from outgoing where state = 2 order by key limit $1", rows::OUTGOING);
    connections.all(query(AssertSqlSafe(sql)).bind(i64::from(limit)), rows::outgoing).await
}
