//! Customers as a whole: their list, the last uses of their keys, and the deletion of all that is theirs.

use super::{Postgres, purge, rows};
use crate::store::{Customer, CustomerStore, CustomerTask, Micros, Page, Result};
use async_trait::async_trait;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Row, query};
use uuid::Uuid;

#[async_trait]
impl CustomerStore for Postgres {
    async fn note_key_uses(&self, uses: &[(Uuid, Micros)]) -> Result<()> {
        let (mut uses, sql) = (
            uses.to_vec(),
            "insert into key_use (id, tm_last_use) select * from unnest($1::uuid[], $2::bigint[]) \
             on conflict (id) do update set tm_last_use = greatest(key_use.tm_last_use, excluded.tm_last_use)",
        );
        // In one order, so that two nodes cannot deadlock.
        uses.sort();
        let (ids, times): (Vec<Uuid>, Vec<Micros>) = uses.into_iter().unzip();
        self.connections.rows(query(sql).bind(ids).bind(times)).await.map(drop)
    }

    async fn key_uses(&self, ids: &[Uuid]) -> Result<Vec<(Uuid, Micros)>> {
        let read = |row: &PgRow| Ok((row.try_get(0)?, row.try_get(1)?));
        self.connections.all(query("select id, tm_last_use from key_use where id = any($1)").bind(ids), read).await
    }

    async fn customers(&self, page: Page) -> Result<Vec<Customer>> {
        let (time, id) = page.before.unwrap_or((Micros::MAX, Uuid::max()));
        let sql = format!(
            "select {} from customer where (tm_create, id) < ($1, $2) order by tm_create desc, id desc limit $3",
            rows::CUSTOMER
        );
        let query = query(AssertSqlSafe(sql)).bind(time).bind(id).bind(i64::from(page.limit));
        self.connections.all(query, rows::customer).await
    }

    async fn customer_counts(&self, customer_id: Uuid) -> Result<(u64, u64)> {
        let sql = "select (select count(*) from call \
                     where customer_id = $1 and status between 1 and 5 and tm_delete is null), \
                   (select count(*) from run where customer_id = $1 and status = 1 and tm_delete is null)";
        let read = |row: &PgRow| Ok((row.try_get::<i64, _>(0)?, row.try_get::<i64, _>(1)?));
        let counts = self.connections.one(query(sql).bind(customer_id), read).await?.unwrap_or_default();
        Ok((counts.0.cast_unsigned(), counts.1.cast_unsigned()))
    }

    async fn add_customer_task(&self, customer_id: Uuid, task: CustomerTask) -> Result<()> {
        let sql = "insert into customer_task (customer_id, task) values ($1, $2) \
                   on conflict (customer_id) do update set task = greatest(customer_task.task, excluded.task)";
        self.connections.rows(query(sql).bind(customer_id).bind(task as i64)).await.map(drop)
    }

    async fn customer_tasks(&self, after: Uuid, limit: u32) -> Result<Vec<(Uuid, CustomerTask)>> {
        let sql = "select customer_id, task from customer_task where customer_id > $1 order by customer_id limit $2";
        let read = |row: &PgRow| Ok((row.try_get::<Uuid, _>(0)?, row.try_get::<i64, _>(1)?));
        let tasks = self.connections.all(query(sql).bind(after).bind(i64::from(limit)), read).await?;
        tasks.into_iter().map(|(id, task)| Ok((id, CustomerTask::try_from(task)?))).collect()
    }

    async fn end_customer_task(&self, customer_id: Uuid, task: CustomerTask) -> Result<()> {
        let sql = "delete from customer_task where customer_id = $1 and task = $2";
        self.connections.rows(query(sql).bind(customer_id).bind(task as i64)).await.map(drop)
    }

    async fn recordings_of(&self, customer_id: Uuid, limit: u32) -> Result<Vec<Uuid>> {
        let sql = "select id from recording where customer_id = $1 limit $2";
        let query = query(sql).bind(customer_id).bind(i64::from(limit));
        self.connections.all(query, |row| row.try_get(0)).await
    }

    async fn forget_customer(&self, customer_id: Uuid, from: usize, limit: u32) -> Result<Option<usize>> {
        purge::batch(&self.connections, customer_id, from, limit).await
    }
}
