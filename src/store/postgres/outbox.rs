//! Reads of the outbox: which deliveries are due, and when.

use super::connections::Connections;
use super::rows;
use crate::store::{Micros, OUTBOX_BYTES, PartitionScan, Result, ScannedPartitions, StoredOutgoing};
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Row, query};

/// Jumps from partition to partition along the index, so a partition with a million rows costs as little as one with a
/// single row; and from group to group, so neither does a customer with a million partitions cost more than its share.
/// `nth` is the number of a partition within its group.
pub(super) async fn due_partitions(
    connections: &Connections,
    now: Micros,
    scan: PartitionScan,
) -> Result<ScannedPartitions> {
    let sql = "with recursive lanes as ( \
                 (select lane, due, 1::bigint as nth, 1::bigint as number from outgoing \
                   where state = 1 and lane >= $1 and lane <= $4 and $2 > 0::bigint order by lane, due limit 1) \
                 union all \
                 select next.lane, next.due, \
                   case when (next.lane >> 32) = (lanes.lane >> 32) then lanes.nth + 1 else 1::bigint end, \
                   lanes.number + 1 from lanes, lateral \
                   (select lane, due from outgoing where state = 1 and lane <= $4 and lane > \
                     case when lanes.nth < $3 then lanes.lane else lanes.lane | 4294967295 end \
                     order by lane, due limit 1) \
                   as next where lanes.number < $2 \
               ) select lane, due from lanes order by number";
    let scanned = query(sql).bind(scan.from).bind(i64::from(scan.limit)).bind(i64::from(scan.per_group)).bind(scan.to);
    let read = |row: &PgRow| Ok((row.try_get::<i64, _>(0)?, row.try_get::<Micros, _>(1)?));
    Ok(ScannedPartitions::of(&connections.all(scanned, read).await?, now, scan))
}

pub(super) async fn due(
    connections: &Connections,
    partition: i64,
    now: Micros,
    limit: u32,
) -> Result<Vec<StoredOutgoing>> {
    let sql = format!(
        "select {} from (select *, sum(octet_length(body)) over (order by due, key) - octet_length(body) as before from \
         (select * from outgoing where state = 1 and lane = $1 and due <= $2 order by due, key limit $3) as page) \
         as bounded where before < {OUTBOX_BYTES} order by due, key",
        rows::OUTGOING
    );
    let due = |limit| query(AssertSqlSafe(sql.clone())).bind(partition).bind(now).bind(limit);
    connections.sound(limit, due, rows::outgoing).await
}

pub(super) async fn started(connections: &Connections, limit: u32) -> Result<Vec<StoredOutgoing>> {
    let sql = format!(
        "select {} from (select *, sum(octet_length(body)) over (order by key) - octet_length(body) as before from \
         (select * from outgoing where state = 2 order by key limit $1) as page) as bounded \
         where before < {OUTBOX_BYTES} order by key",
        rows::OUTGOING
    );
    connections.sound(limit, |limit| query(AssertSqlSafe(sql.clone())).bind(limit), rows::outgoing).await
}
