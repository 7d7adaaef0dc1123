//! Customers as a whole: the last uses of their keys.

use super::Postgres;
use crate::store::{CustomerStore, Micros, Result};
use async_trait::async_trait;
use sqlx::postgres::PgRow;
use sqlx::{Row, query};
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
}
