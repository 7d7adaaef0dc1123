//! Deletes all data of a customer in batches small enough that commits hardly notice.

use super::readers::Readers;
use crate::store::{Error, Result, RunKey};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Executor, Row};
use uuid::Uuid;

/// The tables whose rows belong to a customer, apart from runs and what hangs on them. The customer's own row is last.
const TABLES: &[&str] = &["access_key", "number", "route", "message", "outgoing", "answer", "flow"];

/// What one batch deletes.
pub(super) enum Batch {
    /// Rows of a table, by their keys.
    Rows(&'static str, Vec<i64>),
    /// A run, with up to this many rows of its history at a time.
    Run(RunKey, u32),
    /// The customer, and what few rows are left.
    Customer,
}

/// Finds the next batch with a reader, to keep the writer free: runs first (0), then table by table, so that each table is
/// searched to its end only once. Returns the place of the batch.
pub(super) async fn find(readers: &Readers, customer_id: Uuid, from: usize, limit: u32) -> Result<(usize, Batch)> {
    let key = |row: &SqliteRow| Ok(row.try_get::<i64, _>(0)?);
    if from == 0 {
        let sql = "select key from run where customer_id = ? limit 1";
        if let Some(run) = readers.one(sqlx::query(sql).bind(customer_id), key).await? {
            return Ok((0, Batch::Run(run, limit)));
        }
    }
    for (place, table) in (1..).zip(TABLES).skip(from.saturating_sub(1)) {
        let sql = AssertSqlSafe(format!("select key from {table} where customer_id = ? limit ?"));
        let keys = readers.all(sqlx::query(sql).bind(customer_id).bind(limit), key).await?;
        if !keys.is_empty() {
            return Ok((place, Batch::Rows(table, keys)));
        }
    }
    Ok((TABLES.len() + 1, Batch::Customer))
}

/// Returns recordings of a customer, deleted ones included.
pub(super) async fn recordings(readers: &Readers, customer_id: Uuid, limit: u32) -> Result<Vec<Uuid>> {
    let sql = "select id from recording where customer_id = ? limit ?";
    readers.all(sqlx::query(sql).bind(customer_id).bind(limit), |row| Ok(row.try_get(0)?)).await
}

pub(super) async fn delete(db: &mut SqliteConnection, customer_id: Uuid, batch: Batch) -> Result<()> {
    match batch {
        Batch::Rows(table, keys) => rows(db, table, &keys).await,
        Batch::Run(key, limit) => run(db, key, limit).await,
        Batch::Customer => {
            for sql in [
                "delete from callee where customer_id = ?",
                "delete from customer_task where customer_id = ?",
                "delete from customer where id = ?",
            ] {
                db.execute(sqlx::query(sql).bind(customer_id)).await?;
            }
            Ok(())
        }
    }
}

async fn rows(db: &mut SqliteConnection, table: &'static str, keys: &[i64]) -> Result<()> {
    let keys = serde_json::to_string(keys).map_err(|error| Error::Broken(error.to_string()))?;
    let chosen = "(select value from json_each(?))";
    let with = match table {
        "flow" => Some(format!("delete from revision where flow_id in (select id from flow where key in {chosen})")),
        "access_key" => {
            Some(format!("delete from key_use where id in (select id from access_key where key in {chosen})"))
        }
        _ => None,
    };
    for sql in with.into_iter().chain([format!("delete from {table} where key in {chosen}")]) {
        db.execute(sqlx::query(AssertSqlSafe(sql)).bind(&keys)).await?;
    }
    Ok(())
}

/// Deletes the newest rows of a run's history, and the run itself with the last of them. Each row of the log refers to the
/// one before it, so the run then refers to the newest row that is left.
async fn run(db: &mut SqliteConnection, key: RunKey, limit: u32) -> Result<()> {
    let chain = "with recursive chain (position, previous) as ( \
                   select position, previous from log where position = (select last from run where key = ?1) \
                   union all select log.position, log.previous from log join chain on log.position = chain.previous \
                   limit ?2) \
                 select position, previous from chain";
    let chain: Vec<(i64, Option<i64>)> = sqlx::query_as(chain).bind(key).bind(limit).fetch_all(&mut *db).await?;
    let positions: Vec<i64> = chain.iter().map(|(position, _)| *position).collect();
    let left = chain.last().and_then(|(_, previous)| *previous).filter(|_| chain.len() == limit as usize);
    let positions = serde_json::to_string(&positions).map_err(|error| Error::Broken(error.to_string()))?;
    let sql = sqlx::query("delete from log where position in (select value from json_each(?))");
    db.execute(sql.bind(positions)).await?;
    if let Some(left) = left {
        let sql = sqlx::query("update run set last = ? where key = ?");
        return Ok(db.execute(sql.bind(left).bind(key)).await.map(drop)?);
    }
    for sql in [
        "delete from call where activeflow_id = (select id from run where key = ?)",
        "delete from variables where run = ?",
        "delete from run where key = ?",
    ] {
        db.execute(sqlx::query(sql).bind(key)).await?;
    }
    Ok(())
}
