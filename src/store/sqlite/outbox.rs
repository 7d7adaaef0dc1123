//! Reads of the outbox: which deliveries are due, and when.

use super::readers::Readers;
use super::rows;
use crate::store::{Micros, Result, StoredOutgoing};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// Jumps from partition to partition along the index, so a partition with a million rows costs as little as one with a
/// single row.
pub(super) async fn due_partitions(
    readers: &Readers,
    now: Micros,
    after: Option<i64>,
    limit: u32,
) -> Result<(Vec<i64>, Option<i64>)> {
    let sql = "with recursive lanes (lane, number) as ( \
                 select (select min(lane) from outgoing indexed by outgoing_lane \
                   where state = 1 and lane >= ?1), 1 where ?2 > 0 \
                 union all \
                 select (select min(lane) from outgoing indexed by outgoing_lane where state = 1 and lane > lanes.lane), \
                   number + 1 from lanes where lanes.lane is not null and number < ?2 \
               ) select lane, (select min(due) from outgoing indexed by outgoing_lane \
                   where state = 1 and outgoing.lane = lanes.lane) \
               from lanes where lane is not null order by number";
    let from = match after {
        None => i64::MIN,
        Some(i64::MAX) => return Ok((Vec::new(), None)),
        Some(after) => after + 1,
    };
    let read = |row: &SqliteRow| Ok((row.try_get::<i64, _>(0)?, row.try_get::<Micros, _>(1)?));
    let found = readers.all(sqlx::query(sql).bind(from).bind(limit), read).await?;
    let last = found.last().map(|(partition, _)| *partition).filter(|_| found.len() == limit as usize);
    Ok((found.into_iter().filter(|(_, due)| *due <= now).map(|(partition, _)| partition).collect(), last))
}

pub(super) async fn due(readers: &Readers, partition: i64, now: Micros, limit: u32) -> Result<Vec<StoredOutgoing>> {
    let from = "outgoing indexed by outgoing_lane where state = 1 and lane = ? and due <= ? order by due, key limit ?";
    let query = sqlx::query(rows::select(rows::OUTGOING, from)).bind(partition).bind(now).bind(limit);
    readers.all(query, rows::outgoing).await
}

pub(super) async fn started(readers: &Readers, limit: u32) -> Result<Vec<StoredOutgoing>> {
    let from = "outgoing indexed by outgoing_started where state = 2 order by key limit ?";
    readers.all(sqlx::query(rows::select(rows::OUTGOING, from)).bind(limit), rows::outgoing).await
}
