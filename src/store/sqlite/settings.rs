//! Rare writes outside of groups: tests whether the disk has room, the server's settings, scripts of simulated numbers, and customers.

use crate::store::{AccessKey, Customer, Error, Result};
use sqlx::Executor;
use sqlx::sqlite::SqliteConnection;
use uuid::Uuid;

/// Stores a setting of the server unless it has a value. Returns the stored value.
pub(super) async fn keep(db: &mut SqliteConnection, name: String, value: Vec<u8>) -> Result<Vec<u8>> {
    let insert = sqlx::query("insert into setting (name, value) values (?, ?) on conflict do nothing");
    db.execute(insert.bind(&name).bind(value)).await?;
    Ok(sqlx::query_scalar("select value from setting where name = ?").bind(name).fetch_one(db).await?)
}

/// Sets the script of a number; an empty script removes it.
pub(super) async fn set_callee(
    db: &mut SqliteConnection,
    customer_id: Uuid,
    number: String,
    script: Vec<u8>,
) -> Result<()> {
    let set = match script.is_empty() {
        true => sqlx::query("delete from callee where customer_id = ? and number = ?").bind(customer_id).bind(number),
        false => sqlx::query("insert or replace into callee (customer_id, number, script) values (?, ?, ?)")
            .bind(customer_id)
            .bind(number)
            .bind(script),
    };
    Ok(db.execute(set).await.map(drop)?)
}

/// Creates a customer with its first key, or neither.
pub(super) async fn create_customer(db: &mut SqliteConnection, customer: Customer, key: AccessKey) -> Result<()> {
    for (sql, id) in
        [("select 1 from customer where id = ?", customer.id), ("select 1 from access_key where id = ?", key.id)]
    {
        if db.fetch_optional(sqlx::query(sql).bind(id)).await?.is_some() {
            return Err(Error::IdTaken(id));
        }
    }
    let insert = sqlx::query("insert into customer (id, name, tm_create, body) values (?, ?, ?, ?)");
    db.execute(insert.bind(customer.id).bind(customer.name).bind(customer.tm_create).bind(customer.body)).await?;
    let sql = "insert into access_key (id, customer_id, hash, tm_create, tm_delete, body) values (?, ?, ?, ?, ?, ?)";
    let insert = sqlx::query(sql).bind(key.id).bind(key.customer_id).bind(key.hash.to_vec());
    db.execute(insert.bind(key.tm_create).bind(key.tm_delete).bind(key.body)).await?;
    Ok(())
}

/// Writes more than fits into the free space of a file that was full before.
pub(super) async fn probe(db: &mut SqliteConnection) -> Result<()> {
    Ok(db.execute("insert or replace into meta (name, value) values ('probe', zeroblob(65536))").await.map(drop)?)
}

pub(super) async fn forget_probe(db: &mut SqliteConnection) -> Result<()> {
    Ok(db.execute("delete from meta where name = 'probe'").await.map(drop)?)
}
