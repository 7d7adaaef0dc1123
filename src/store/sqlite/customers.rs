//! Customers as a whole: the last uses of their keys.

use super::Sqlite;
use crate::store::{CustomerStore, Error, Micros, Result};
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
}

async fn note_key_uses(db: &mut SqliteConnection, uses: Vec<(Uuid, Micros)>) -> Result<()> {
    let sql = "insert into key_use (id, tm_last_use) values (?, ?) \
               on conflict (id) do update set tm_last_use = max(tm_last_use, excluded.tm_last_use)";
    for (id, at) in uses {
        db.execute(sqlx::query(sql).bind(id).bind(at)).await?;
    }
    Ok(())
}
