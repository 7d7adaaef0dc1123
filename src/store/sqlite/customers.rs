//! Customers as a whole: their list, the last uses of their keys, and the deletion of all that is theirs.

use super::readers::Query;
use super::{Sqlite, purge, rows};
use crate::store::{Customer, CustomerStore, CustomerTask, Error, Micros, Page, Result};
use async_trait::async_trait;
use futures::FutureExt;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{Executor, Row};
use uuid::Uuid;

#[async_trait]
impl CustomerStore for Sqlite {
    async fn note_key_uses(&self, uses: &[(Uuid, Micros)]) -> Result<()> {
        let uses = uses.to_vec();
        self.writer.write(move |db| note_key_uses(db, uses).boxed()).await
    }

    async fn key_uses(&self, ids: &[Uuid]) -> Result<Vec<(Uuid, Micros)>> {
        // As hexadecimal digits: JSON has no bytes.
        let hex: Vec<String> = ids.iter().map(|id| id.simple().to_string()).collect();
        let hex = serde_json::to_string(&hex).map_err(|error| Error::Broken(error.to_string()))?;
        let sql = "select id, tm_last_use from key_use where id in (select unhex(value) from json_each(?))";
        let read = |row: &SqliteRow| Ok((row.try_get(0)?, row.try_get(1)?));
        self.readers.all(sqlx::query(sql).bind(hex), read).await
    }

    async fn customers(&self, page: Page) -> Result<Vec<Customer>> {
        let (time, id) = page.before.unwrap_or((Micros::MAX, Uuid::max()));
        let sql = rows::select(
            rows::CUSTOMER,
            "customer indexed by customer_created where (tm_create, id) < (?, ?) \
             order by tm_create desc, id desc limit ?",
        );
        self.readers.all(sqlx::query(sql).bind(time).bind(id).bind(page.limit), rows::customer).await
    }

    async fn customer_counts(&self, customer_id: Uuid) -> Result<(u64, u64)> {
        let sql = "select (select count(*) from call indexed by call_status \
                     where customer_id = ?1 and status between 1 and 5 and tm_delete is null), \
                   (select count(*) from run indexed by run_status \
                     where customer_id = ?1 and status = 1 and tm_delete is null)";
        let read = |row: &SqliteRow| Ok((row.try_get::<i64, _>(0)?, row.try_get::<i64, _>(1)?));
        let counts = self.readers.one(sqlx::query(sql).bind(customer_id), read).await?.unwrap_or_default();
        Ok((counts.0.cast_unsigned(), counts.1.cast_unsigned()))
    }

    async fn add_customer_task(&self, customer_id: Uuid, task: CustomerTask) -> Result<()> {
        let sql = "insert into customer_task (customer_id, task) values (?, ?) \
                   on conflict (customer_id) do update set task = max(task, excluded.task)";
        self.writer.write(move |db| run(db, sqlx::query(sql).bind(customer_id).bind(task as i64)).boxed()).await
    }

    async fn customer_tasks(&self, after: Uuid, limit: u32) -> Result<Vec<(Uuid, CustomerTask)>> {
        let sql = "select customer_id, task from customer_task where customer_id > ? order by customer_id limit ?";
        let read = |row: &SqliteRow| Ok((row.try_get(0)?, CustomerTask::try_from(row.try_get::<i64, _>(1)?)?));
        self.readers.all(sqlx::query(sql).bind(after).bind(limit), read).await
    }

    async fn end_customer_task(&self, customer_id: Uuid, task: CustomerTask) -> Result<()> {
        let sql = "delete from customer_task where customer_id = ? and task = ?";
        self.writer.write(move |db| run(db, sqlx::query(sql).bind(customer_id).bind(task as i64)).boxed()).await
    }

    async fn recordings_of(&self, customer_id: Uuid, limit: u32) -> Result<Vec<Uuid>> {
        purge::recordings(&self.readers, customer_id, limit).await
    }

    async fn forget_customer(&self, customer_id: Uuid, from: usize, limit: u32) -> Result<Option<usize>> {
        let (place, batch) = purge::find(&self.readers, customer_id, from, limit).await?;
        let over = matches!(batch, purge::Batch::Customer);
        self.writer.write(move |db| purge::delete(db, customer_id, batch).boxed()).await?;
        Ok((!over).then_some(place))
    }
}

async fn run(db: &mut SqliteConnection, query: Query<'_>) -> Result<()> {
    Ok(db.execute(query).await.map(drop)?)
}

async fn note_key_uses(db: &mut SqliteConnection, uses: Vec<(Uuid, Micros)>) -> Result<()> {
    let sql = "insert into key_use (id, tm_last_use) values (?, ?) \
               on conflict (id) do update set tm_last_use = max(tm_last_use, excluded.tm_last_use)";
    for (id, at) in uses {
        db.execute(sqlx::query(sql).bind(id).bind(at)).await?;
    }
    Ok(())
}
