//! Reads every row of a database without changing anything.

use super::errors::to_error;
use super::pool::Connector;
use super::{Config, Location, Result, rows, schema, unavailable};
use crate::store::Error;
use crate::store::inspect::{Inspect, Place, StoredRow};
use async_trait::async_trait;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Row, query};
use uuid::Uuid;

/// How many rows are read at a time.
const PAGE: i64 = 200;

/// The content of a row: its id and its encoded value.
type Content = (Option<Uuid>, Vec<u8>);

/// How the rows of a table are read: the columns, and the conversion.
type Table = (&'static str, fn(&PgRow) -> sqlx::Result<Content>);

const LOG: &str = "epoch, sequence, run, record";

fn table(name: &str) -> Option<Table> {
    Some(match name {
        "customer" => (rows::CUSTOMER, |row| rows::customer(row).map(|it| (Some(it.id), it.body))),
        "access_key" => (rows::ACCESS_KEY, |row| rows::access_key(row).map(|it| (Some(it.id), it.body))),
        "number" => (rows::NUMBER, |row| rows::number(row).map(|it| (Some(it.id), it.body))),
        "provider" => (rows::PROVIDER, |row| rows::provider(row).map(|it| (Some(it.id), it.body))),
        "route" => (rows::ROUTE, |row| rows::route(row).map(|it| (Some(it.id), it.body))),
        "flow" => (rows::FLOW, |row| rows::flow(row).map(|it| (Some(it.id), it.body))),
        "revision" => (rows::REVISION, |row| rows::revision(row).map(|it| (Some(it.id), it.body))),
        "run" => (rows::RUN, |row| rows::run(row).map(|it| (Some(it.run.id), it.run.state))),
        "variables" => ("run, body", |row| Ok((None, row.try_get(1)?))),
        "call" => (rows::CALL, |row| rows::call(row).map(|(_, it)| (Some(it.id), it.body))),
        "log" => (LOG, |row| rows::log(row).map(|it| (None, it.record.bytes.to_vec()))),
        "recording" => (rows::RECORDING, |row| rows::recording(row).map(|it| (Some(it.id), it.body))),
        "message" => (rows::MESSAGE, |row| rows::message(row).map(|it| (Some(it.id), it.body))),
        "outgoing" => (rows::OUTGOING, |row| rows::outgoing(row).map(|it| (Some(it.outgoing.id), it.outgoing.body))),
        _ => return None,
    })
}

/// A database that is only read.
pub struct Inspector(PgConnection);

impl Inspector {
    /// Connects to the database, which must have the tables of this version. Servers may use it meanwhile.
    pub async fn open(location: Location) -> Result<Inspector> {
        let mut db = Connector::new(&Config::new(location))?.connect().await?;
        schema::same(&mut db).await?;
        let only = query("set default_transaction_read_only = on").execute(&mut db).await;
        only.map_err(|error| to_error(&error))?;
        Ok(Inspector(db))
    }

    /// Reads the rows after a place, at most `limit`. `columns` may be empty to read only the places.
    async fn page(&mut self, name: &str, columns: &str, after: Place, limit: i64) -> sqlx::Result<Vec<PgRow>> {
        let columns = if columns.is_empty() { String::new() } else { format!("{columns}, ") };
        let rest = match name {
            "log" => "epoch as place, sequence as place_within from log where (epoch, sequence) > ($1, $2) \
                      order by epoch, sequence"
                .to_owned(),
            _ => {
                let key = if name == "variables" { "run" } else { "key" };
                format!(
                    "{key} as place, 0::bigint as place_within from {name} where {key} > $1 and $2 = 0::bigint \
                     order by {key}"
                )
            }
        };
        let sql = format!("select {columns}{rest} limit $3");
        query(AssertSqlSafe(sql)).bind(after.0).bind(after.1).bind(limit).fetch_all(&mut self.0).await
    }
}

fn place(row: &PgRow) -> sqlx::Result<Place> {
    Ok((row.try_get("place")?, row.try_get("place_within")?))
}

fn why(error: &sqlx::Error) -> String {
    match to_error(error) {
        Error::Damaged { why, .. } => why,
        other => other.to_string(),
    }
}

fn stored(place: Place, content: sqlx::Result<Content>, row: Option<&PgRow>) -> StoredRow {
    match content {
        Ok((id, bytes)) => StoredRow { place, id, content: Ok(bytes) },
        Err(error) => {
            let id = row.and_then(|row| row.try_get("id").ok());
            StoredRow { place, id, content: Err(why(&error)) }
        }
    }
}

#[async_trait]
impl Inspect for Inspector {
    /// PostgreSQL checks its files itself, with `pg_amcheck` and page checksums.
    async fn problems(&mut self) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    async fn rows(&mut self, name: &'static str, after: Place) -> Result<Vec<StoredRow>> {
        let (columns, read) = table(name).ok_or_else(|| unavailable(format!("there is no table {name}")))?;
        let failed = |error: sqlx::Error| to_error(&error);
        match self.page(name, columns, after, PAGE).await {
            Ok(rows) => {
                let each = |row: &PgRow| Ok(stored(place(row)?, read(row), Some(row)));
                rows.iter().map(each).collect::<sqlx::Result<_>>().map_err(failed)
            }
            Err(error) if matches!(to_error(&error), Error::Unavailable(_)) => Err(failed(error)),
            // PostgreSQL ends a statement at the first value that it cannot read.
            Err(_) => {
                let places = self.page(name, "", after, PAGE).await.map_err(failed)?;
                let (mut found, mut before) = (Vec::new(), after);
                for row in &places {
                    let at = place(row).map_err(failed)?;
                    let one = self.page(name, columns, before, 1).await;
                    found.push(match one {
                        Ok(rows) => match rows.first() {
                            Some(row) => stored(at, read(row), Some(row)),
                            None => continue,
                        },
                        Err(error) => stored(at, Err(error), None),
                    });
                    before = at;
                }
                Ok(found)
            }
        }
    }
}
