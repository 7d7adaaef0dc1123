//! Reads every row of a file without changing anything.

use super::{Location, Result, location, rows, schema, unavailable};
use crate::store::Error;
use crate::store::inspect::{Inspect, Place, StoredRow};
use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Executor, Row};
use uuid::Uuid;

/// How many keys are read at a time.
const PAGE: u32 = 500;

/// The content of a row: its id and its encoded value.
type Content = (Option<Uuid>, Vec<u8>);

/// How the rows of a table are read: the columns, the column with the row number, and the conversion.
type Table = (&'static str, &'static str, fn(&SqliteRow) -> Result<Content>);

fn table(name: &str) -> Option<Table> {
    Some(match name {
        "customer" => (rows::CUSTOMER, "key", |row| rows::customer(row).map(|it| (Some(it.id), it.body))),
        "access_key" => (rows::ACCESS_KEY, "key", |row| rows::access_key(row).map(|it| (Some(it.id), it.body))),
        "number" => (rows::NUMBER, "key", |row| rows::number(row).map(|it| (Some(it.id), it.body))),
        "provider" => (rows::PROVIDER, "key", |row| rows::provider(row).map(|it| (Some(it.id), it.body))),
        "route" => (rows::ROUTE, "key", |row| rows::route(row).map(|it| (Some(it.id), it.body))),
        "flow" => (rows::FLOW, "key", |row| rows::flow(row).map(|it| (Some(it.id), it.body))),
        "revision" => (rows::REVISION, "key", |row| rows::revision(row).map(|it| (Some(it.id), it.body))),
        "run" => (rows::RUN, "key", |row| rows::run(row).map(|it| (Some(it.run.id), it.run.state))),
        "variables" => ("run, body", "run", |row| Ok((None, row.try_get(1)?))),
        "call" => (rows::CALL, "key", |row| rows::call(row).map(|(_, it)| (Some(it.id), it.body))),
        "log" => (rows::LOG, "position", |row| rows::log(row).map(|it| (None, it.record.bytes.to_vec()))),
        "recording" => (rows::RECORDING, "key", |row| rows::recording(row).map(|it| (Some(it.id), it.body))),
        "message" => (rows::MESSAGE, "key", |row| rows::message(row).map(|it| (Some(it.id), it.body))),
        "outgoing" => {
            (rows::OUTGOING, "key", |row| rows::outgoing(row).map(|it| (Some(it.outgoing.id), it.outgoing.body)))
        }
        _ => return None,
    })
}

/// A file that is only read.
pub struct Inspector(SqliteConnection);

impl Inspector {
    /// Opens the file, which must exist and have the tables of this version. A server may use it meanwhile.
    pub async fn open(path: &Location) -> Result<Inspector> {
        let open: location::OpenLocation = path.location();
        let mut db = open.reading().await?;
        schema::same(&mut db).await.map_err(|error| open.named(error))?;
        Ok(Inspector(db))
    }

    /// Reads one row.
    async fn row(&mut self, (columns, key, read): Table, name: &str, place: i64) -> Option<StoredRow> {
        let sql = format!("select {columns} from {name} where {key} = ?");
        let content = match self.0.fetch_optional(sqlx::query(AssertSqlSafe(sql)).bind(place)).await {
            // It was deleted meanwhile.
            Ok(None) => return None,
            Ok(Some(row)) => read(&row),
            Err(error) => Err(error.into()),
        };
        let mut stored = StoredRow { place: (place, 0), id: None, content: Ok(Vec::new()) };
        match content {
            Ok((id, bytes)) => (stored.id, stored.content) = (id, Ok(bytes)),
            Err(error) => {
                stored.content = Err(why(error));
                if columns.contains("id,") {
                    let sql = format!("select id from {name} where {key} = ?");
                    let id = sqlx::query_scalar(AssertSqlSafe(sql)).bind(place).fetch_optional(&mut self.0).await;
                    stored.id = id.ok().flatten();
                }
            }
        }
        Some(stored)
    }
}

fn why(error: Error) -> String {
    match error {
        Error::Damaged { why, .. } => why,
        other => other.to_string(),
    }
}

#[async_trait]
impl Inspect for Inspector {
    async fn problems(&mut self) -> Result<Vec<String>> {
        let found: Vec<String> = sqlx::query_scalar("pragma quick_check(100)").fetch_all(&mut self.0).await?;
        Ok(found.into_iter().filter(|it| it != "ok").collect())
    }

    async fn rows(&mut self, name: &'static str, (after, _): Place) -> Result<Vec<StoredRow>> {
        let table = table(name).ok_or_else(|| unavailable(format!("there is no table {name}")))?;
        let key = table.1;
        let sql = format!("select {key} from {name} where {key} > ? order by {key} limit ?");
        let keys = sqlx::query_scalar(AssertSqlSafe(sql)).bind(after).bind(PAGE).fetch_all(&mut self.0).await;
        let mut found = Vec::new();
        // Where the keys cannot be read in order, the numbers are tried one by one.
        let keys: Vec<i64> = match keys.map_err(Error::from) {
            Ok(keys) => keys,
            Err(Error::Damaged { .. }) => {
                let last = "select ifnull((select seq from sqlite_sequence where name = ?), 0)";
                let last: i64 = sqlx::query_scalar(last).bind(name).fetch_one(&mut self.0).await?;
                (after + 1..=last).take(PAGE as usize).collect()
            }
            Err(error) => return Err(error),
        };
        let last = keys.last().copied();
        for key in keys {
            found.extend(self.row(table, name, key).await);
        }
        if let (true, Some(last)) = (found.is_empty(), last) {
            return Box::pin(self.rows(name, (last, 0))).await;
        }
        Ok(found)
    }
}
