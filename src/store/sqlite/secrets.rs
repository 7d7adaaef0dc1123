//! The rows that hold secrets.

use super::readers::Query;
use super::{Sqlite, rows};
use crate::store::secrets::SecretRows;
use crate::store::{Answer, Customer, Result};
use async_trait::async_trait;
use futures::FutureExt;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{Connection, Executor, Row};
use uuid::Uuid;

#[async_trait]
impl SecretRows for Sqlite {
    async fn find_setting(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let query = sqlx::query("select value from setting where name = ?").bind(name.to_owned());
        self.readers.one(query, |row| Ok(row.try_get(0)?)).await
    }

    async fn replace_setting(&self, name: &str, before: &[u8], value: Vec<u8>) -> Result<bool> {
        let (name, before) = (name.to_owned(), before.to_owned());
        let update = sqlx::query("update setting set value = ? where name = ? and value = ?");
        let update = update.bind(value).bind(name).bind(before);
        self.writer.write(move |db| replaced(db, update).boxed()).await
    }

    async fn customers_by_id(&self, after: Uuid, limit: u32) -> Result<Vec<Customer>> {
        let sql = rows::select(rows::CUSTOMER, "customer where id > ? order by id limit ?");
        self.readers.all(sqlx::query(sql).bind(after).bind(limit), rows::customer).await
    }

    async fn answers_of(&self, rpc: &str, after: i64, limit: u32) -> Result<Vec<(i64, Answer)>> {
        let sql = rows::select(rows::ANSWER_AND_KEY, "answer where key > ? and rpc = ? order by key limit ?");
        let read = |row: &SqliteRow| Ok((row.try_get(6)?, rows::answer(row)?));
        self.readers.all(sqlx::query(sql).bind(after).bind(rpc.to_owned()).bind(limit), read).await
    }

    async fn replace_answer(&self, row: i64, before: &[u8], response: Vec<u8>) -> Result<bool> {
        let before = before.to_owned();
        let update = sqlx::query("update answer set response = ? where key = ? and response = ?");
        let update = update.bind(response).bind(row).bind(before);
        self.writer.write(move |db| replaced(db, update).boxed()).await
    }

    /// Uses a connection of its own, because the temporary file of the copy must not be in memory, and the connection
    /// that writes has its temporary tables there.
    async fn scrub(&self) -> Result<()> {
        if self.location.in_memory() {
            return Ok(());
        }
        let mut db = self.location.writing().await?;
        db.execute("pragma temp_store = file").await?;
        let copied = db.execute("vacuum").await;
        // The write-ahead log has the rows as they were, too.
        let emptied = db.execute("pragma wal_checkpoint(truncate)").await;
        db.close().await?;
        copied?;
        Ok(emptied.map(drop)?)
    }
}

async fn replaced(db: &mut SqliteConnection, update: Query<'static>) -> Result<bool> {
    Ok(update.execute(db).await?.rows_affected() > 0)
}
