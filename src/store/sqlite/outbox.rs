//! Reads of the outbox: which deliveries are due, and when.

use super::readers::Readers;
use super::rows;
use super::select::Select;
use crate::store::{Micros, OUTBOX_BYTES, PartitionScan, Result, ScannedPartitions, StoredOutgoing};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// Jumps from partition to partition along the index, so a partition with a million rows costs as little as one with a
/// single row; and from group to group, so neither does a customer with a million partitions cost more than its share.
/// `before` is the partition before, and `nth` its number within its group.
pub(super) async fn due_partitions(readers: &Readers, now: Micros, scan: PartitionScan) -> Result<ScannedPartitions> {
    let sql = "with recursive lanes (lane, before, nth, number) as ( \
                 select (select min(lane) from outgoing indexed by outgoing_lane \
                   where state = 1 and lane >= ?1 and lane <= ?4), null, 0, 1 where ?2 > 0 \
                 union all \
                 select (select min(lane) from outgoing indexed by outgoing_lane \
                     where state = 1 and lane <= ?4 and lane > case \
                       when case when (lanes.before >> 32) = (lanes.lane >> 32) then lanes.nth + 1 else 1 end < ?3 \
                       then lanes.lane else lanes.lane | 4294967295 end), \
                   lanes.lane, \
                   case when (lanes.before >> 32) = (lanes.lane >> 32) then lanes.nth + 1 else 1 end, \
                   number + 1 from lanes where lanes.lane is not null and number < ?2 \
               ) select lane, (select min(due) from outgoing indexed by outgoing_lane \
                   where state = 1 and outgoing.lane = lanes.lane) \
               from lanes where lane is not null order by number";
    let read = |row: &SqliteRow| Ok((row.try_get::<i64, _>(0)?, row.try_get::<Micros, _>(1)?));
    let scanned = sqlx::query(sql).bind(scan.from).bind(scan.limit).bind(scan.per_group).bind(scan.to);
    Ok(ScannedPartitions::of(&readers.all(scanned, read).await?, now, scan))
}

pub(super) async fn due(readers: &Readers, partition: i64, now: Micros, limit: u32) -> Result<Vec<StoredOutgoing>> {
    let rest = "indexed by outgoing_lane where state = 1 and lane = ? and due <= ? order by due, key";
    let mut select = Select::new(rows::OUTGOING, "outgoing", rest);
    select.bind(partition);
    select.bind(now);
    select.rows(readers, limit, (OUTBOX_BYTES, bytes), rows::outgoing).await
}

pub(super) async fn started(readers: &Readers, limit: u32) -> Result<Vec<StoredOutgoing>> {
    let select = Select::new(rows::OUTGOING, "outgoing", "indexed by outgoing_started where state = 2 order by key");
    select.rows(readers, limit, (OUTBOX_BYTES, bytes), rows::outgoing).await
}

/// What counts towards the bytes of a read.
fn bytes(stored: &StoredOutgoing) -> usize {
    stored.outgoing.body.len()
}
