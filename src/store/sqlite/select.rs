//! Selects of rows that pass over damaged ones.
//!
//! A row may hold values that no version writes, and pages of the file may be damaged. SQLite ends a statement at the
//! first damaged page. Then the keys are read alone, usually from an index, and each row by itself.

use super::Result;
use super::readers::{Query, Readers};
use crate::store::Error;
use futures::TryStreamExt;
use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, Encode, Executor, Row, Type};

/// The maximum number of damaged rows that a read passes over.
const DAMAGED: usize = 10_000;

/// A select of a number of rows of one table.
pub(super) struct Select {
    columns: &'static str,
    table: &'static str,
    /// The column with the row number.
    key: &'static str,
    /// The conditions and the order.
    rest: String,
    values: SqliteArguments,
}

/// What a statement returned.
struct Found<T> {
    sound: Vec<T>,
    damaged: usize,
    /// The rows reached the limit of bytes.
    full: bool,
}

impl Select {
    /// Selects from a table. The name of an index, the conditions and the order follow it.
    pub fn new(columns: &'static str, table: &'static str, rest: impl Into<String>) -> Select {
        Select { columns, table, key: "key", rest: rest.into(), values: SqliteArguments::default() }
    }

    /// Names the column with the row number if it is not `key`.
    pub fn by(self, key: &'static str) -> Select {
        Select { key, ..self }
    }

    pub fn push(&mut self, text: &str) {
        self.rest.push_str(text);
    }

    /// Binds the value of the next placeholder.
    pub fn bind<'t>(&mut self, value: impl Encode<'t, Sqlite> + Type<Sqlite>) {
        self.values.add(value).expect("numbers and ids can be encoded");
    }

    fn columns(&self, columns: &str, limit: i64) -> Query<'static> {
        let sql = format!("select {columns} from {} {} limit ?", self.table, self.rest);
        let mut values = self.values.clone();
        values.add(limit).expect("numbers can be encoded");
        sqlx::query_with(AssertSqlSafe(sql), values)
    }

    fn one(&self, key: i64) -> Query<'static> {
        let sql = format!("select {} from {} where {} = ?", self.columns, self.table, self.key);
        sqlx::query(AssertSqlSafe(sql)).bind(key)
    }

    /// Returns the rows that can be read: at most `limit`, ending with the one that brings the total to `max_bytes` (0:
    /// no limit). Others take the place of damaged rows, so that fewer rows mean that there are no more.
    pub async fn rows<T>(
        &self,
        readers: &Readers,
        limit: u32,
        (max_bytes, bytes): (usize, impl Fn(&T) -> usize),
        read: impl Fn(&SqliteRow) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut wanted = i64::from(limit);
        loop {
            let found = match self.found(readers, wanted, (max_bytes, &bytes), &read).await {
                Err(Error::Damaged { .. }) => self.one_by_one(readers, wanted, (max_bytes, &bytes), &read).await?,
                found => found?,
            };
            let Found { mut sound, damaged, full } = found;
            let all = (sound.len() + damaged) as i64 == wanted;
            if damaged == 0 || full || !all || sound.len() >= limit as usize || damaged >= DAMAGED {
                sound.truncate(limit as usize);
                return Ok(sound);
            }
            wanted = i64::from(limit) + damaged as i64;
        }
    }

    async fn found<T>(
        &self,
        readers: &Readers,
        wanted: i64,
        (max_bytes, bytes): (usize, &impl Fn(&T) -> usize),
        read: &impl Fn(&SqliteRow) -> Result<T>,
    ) -> Result<Found<T>> {
        let mut reader = readers.take().await?;
        let mut rows = reader.connection()?.fetch(self.columns(self.columns, wanted));
        let (mut found, mut total) = (Found { sound: Vec::new(), damaged: 0, full: false }, 0);
        while let Some(row) = rows.try_next().await? {
            match readers.damage().unless_damaged(read(&row))? {
                Some(row) => {
                    total += bytes(&row);
                    found.sound.push(row);
                }
                None => found.damaged += 1,
            }
            if max_bytes > 0 && total >= max_bytes {
                found.full = true;
                break;
            }
        }
        Ok(found)
    }

    async fn one_by_one<T>(
        &self,
        readers: &Readers,
        wanted: i64,
        (max_bytes, bytes): (usize, &impl Fn(&T) -> usize),
        read: &impl Fn(&SqliteRow) -> Result<T>,
    ) -> Result<Found<T>> {
        let keys: Vec<i64> = readers.all(self.columns(self.key, wanted), |row| Ok(row.try_get(0)?)).await?;
        let (mut found, mut total) = (Found { sound: Vec::new(), damaged: 0, full: false }, 0);
        for key in keys {
            match readers.one(self.one(key), read).await {
                Ok(Some(row)) => {
                    total += bytes(&row);
                    found.sound.push(row);
                }
                // It was deleted meanwhile.
                Ok(None) => found.damaged += 1,
                Err(Error::Damaged { why, .. }) => {
                    readers.damage().found(self.table, key, why);
                    found.damaged += 1;
                }
                Err(error) => return Err(error),
            }
            if max_bytes > 0 && total >= max_bytes {
                found.full = true;
                break;
            }
        }
        Ok(found)
    }
}
