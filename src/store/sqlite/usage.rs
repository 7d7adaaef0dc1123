//! What customers use each day.

use crate::model::amounts::Amounts;
use crate::store::usage::{amounts_of, columns_of};
use crate::store::{Error, Result, Usage};
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

const ADD: &str = "insert into usage (customer_id, day, history_bytes, recording_bytes, messages, mails, requests, \
        call_seconds) values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (customer_id, day) do update set \
        history_bytes = history_bytes + excluded.history_bytes, \
        recording_bytes = recording_bytes + excluded.recording_bytes, messages = messages + excluded.messages, \
        mails = mails + excluded.mails, requests = requests + excluded.requests, \
        call_seconds = call_seconds + excluded.call_seconds \
    returning history_bytes, recording_bytes, messages, mails, requests, call_seconds";

pub(super) const SELECT: &str = "select history_bytes, recording_bytes, messages, mails, requests, call_seconds \
    from usage where customer_id = ? and day = ?";

pub(super) async fn add(db: &mut SqliteConnection, usage: Vec<Usage>) -> Result<Vec<Usage>> {
    let mut totals = Vec::with_capacity(usage.len());
    for used in usage {
        let add = sqlx::query(ADD).bind(used.customer_id).bind(used.day);
        let row = columns_of(&used.amounts).into_iter().fold(add, |add, amount| add.bind(amount));
        let amounts = amounts(&row.fetch_one(&mut *db).await?)?;
        totals.push(Usage { amounts, ..used });
    }
    Ok(totals)
}

pub(super) async fn forget(db: &mut SqliteConnection, before: i32, limit: u32) -> Result<u32> {
    let sql = "delete from usage where (customer_id, day) in \
               (select customer_id, day from usage where day < ? order by day limit ?)";
    let done = sqlx::query(sql).bind(before).bind(limit).execute(db).await?;
    u32::try_from(done.rows_affected()).map_err(|error| Error::Broken(error.to_string()))
}

pub(super) fn amounts(row: &SqliteRow) -> Result<Amounts> {
    let mut columns = [0; 6];
    for (index, column) in columns.iter_mut().enumerate() {
        *column = row.try_get(index)?;
    }
    Ok(amounts_of(columns))
}
