//! What customers use each day.

use super::connections::Connections;
use crate::model::amounts::Amounts;
use crate::store::usage::{amounts_of, columns_of};
use crate::store::{Result, Usage};
use sqlx::postgres::PgRow;
use sqlx::{Row, query};
use uuid::Uuid;

const ADD: &str = "insert into usage (customer_id, day, history_bytes, recording_bytes, messages, mails, requests, \
        call_seconds) \
    select * from unnest($1::uuid[], $2::int[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], \
        $8::bigint[]) \
    on conflict (customer_id, day) do update set \
        history_bytes = usage.history_bytes + excluded.history_bytes, \
        recording_bytes = usage.recording_bytes + excluded.recording_bytes, \
        messages = usage.messages + excluded.messages, mails = usage.mails + excluded.mails, \
        requests = usage.requests + excluded.requests, \
        call_seconds = usage.call_seconds + excluded.call_seconds \
    returning history_bytes, recording_bytes, messages, mails, requests, call_seconds, customer_id, day";

const SELECT: &str = "select history_bytes, recording_bytes, messages, mails, requests, call_seconds \
    from usage where customer_id = $1 and day = $2";

/// Locks the rows in the order of their customers, so that nodes that add at the same time do not deadlock.
pub(super) async fn add(connections: &Connections, mut usage: Vec<Usage>) -> Result<Vec<Usage>> {
    usage.sort_by_key(|used| (used.customer_id, used.day));
    let customers: Vec<Uuid> = usage.iter().map(|used| used.customer_id).collect();
    let days: Vec<i32> = usage.iter().map(|used| used.day).collect();
    let column = |index: usize| -> Vec<i64> { usage.iter().map(|used| columns_of(&used.amounts)[index]).collect() };
    let add = (0..6).fold(query(ADD).bind(customers).bind(days), |add, index| add.bind(column(index)));
    let read = |row: &PgRow| Ok(Usage { customer_id: row.try_get(6)?, day: row.try_get(7)?, amounts: amounts(row)? });
    connections.all(add, read).await
}

pub(super) async fn of(connections: &Connections, customer_id: Uuid, day: i32) -> Result<Amounts> {
    let stored = connections.one(query(SELECT).bind(customer_id).bind(day), amounts).await?;
    Ok(stored.unwrap_or_default())
}

pub(super) async fn forget(connections: &Connections, before: i32, limit: u32) -> Result<u32> {
    let sql = "with gone as (delete from usage where (customer_id, day) in \
                 (select customer_id, day from usage where day < $1 order by day limit $2) returning 1) \
               select count(*) from gone";
    super::prune::count(connections, query(sql).bind(before).bind(i64::from(limit))).await
}

fn amounts(row: &PgRow) -> sqlx::Result<Amounts> {
    let mut columns = [0; 6];
    for (index, column) in columns.iter_mut().enumerate() {
        *column = row.try_get(index)?;
    }
    Ok(amounts_of(columns))
}
