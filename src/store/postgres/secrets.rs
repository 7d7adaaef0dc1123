//! The rows that hold secrets.

use super::{Postgres, rows};
use crate::store::secrets::SecretRows;
use crate::store::{Answer, Customer, Result};
use async_trait::async_trait;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Row, query};
use uuid::Uuid;

#[async_trait]
impl SecretRows for Postgres {
    async fn find_setting(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let sql = "select value from setting where name = $1";
        self.connections.one(query(sql).bind(name.to_owned()), |row| row.try_get(0)).await
    }

    async fn replace_setting(&self, name: &str, before: &[u8], value: Vec<u8>) -> Result<bool> {
        let sql = "update setting set value = $3 where name = $1 and value = $2 returning 1";
        let replace = query(sql).bind(name.to_owned()).bind(before.to_owned()).bind(value);
        Ok(!self.connections.once(replace, |_| Ok(())).await?.is_empty())
    }

    async fn customers_by_id(&self, after: Uuid, limit: u32) -> Result<Vec<Customer>> {
        let sql = format!("select {} from customer where id > $1 order by id limit $2", rows::CUSTOMER);
        let page = query(AssertSqlSafe(sql)).bind(after).bind(i64::from(limit));
        self.connections.all(page, rows::customer).await
    }

    async fn answers_of(&self, rpc: &str, after: i64, limit: u32) -> Result<Vec<(i64, Answer)>> {
        let sql = format!("select {}, key from answer where key > $1 and rpc = $2 order by key limit $3", rows::ANSWER);
        let page = query(AssertSqlSafe(sql)).bind(after).bind(rpc.to_owned()).bind(i64::from(limit));
        self.connections.all(page, |row: &PgRow| Ok((row.try_get(6)?, rows::answer(row)?))).await
    }

    async fn replace_answer(&self, row: i64, before: &[u8], response: Vec<u8>) -> Result<bool> {
        let sql = "update answer set response = $3 where key = $1 and response = $2 returning 1";
        let replace = query(sql).bind(row).bind(before.to_owned()).bind(response);
        Ok(!self.connections.once(replace, |_| Ok(())).await?.is_empty())
    }

    /// Rewrites the tables of which secrets are a part. The write-ahead log of the database is the operator's matter.
    async fn scrub(&self) -> Result<()> {
        for sql in ["vacuum full setting", "vacuum full customer", "vacuum full provider"] {
            self.connections.once(query(sql), |_| Ok(())).await?;
        }
        Ok(())
    }
}
