//! Connections to the database for those who read and for the lease; those who write have their own, so that neither waits
//! for the other.

use super::errors::{is_lost, to_error};
use super::pool::{Connector, Pool};
use super::{Config, unavailable};
use crate::store::{Error, Result};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Execute, Postgres};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::timeout;
use uuid::Uuid;

/// What a statement may take longer than the server lets it, because of the way there and back.
const WAY: Duration = Duration::from_secs(5);
/// Tries of a read: a connection may have died since it was used last.
const TRIES: u32 = 3;
/// A statement with its values.
pub(super) type Query = sqlx::query::Query<'static, Postgres, PgArguments>;

pub(super) struct Connections {
    pub connector: Connector,
    reading: Arc<Pool>,
    /// One, for the lease: however busy the others are, a node that lives must be able to say so.
    steady: Arc<Pool>,
    /// How long to wait for an answer.
    pub limit: Duration,
    /// Whether this process may write.
    held: Arc<AtomicBool>,
}

impl Connections {
    pub fn new(config: &Config, connector: &Connector, held: Arc<AtomicBool>) -> Connections {
        let pool = |size| Pool::new(connector.clone(), size, config.timeout);
        let (reading, steady) = (pool(config.readers.max(1)), pool(1));
        Connections { connector: connector.clone(), reading, steady, limit: config.statement_timeout + WAY, held }
    }

    /// Whether the database is this process's to write to.
    pub fn may_write(&self) -> Result<()> {
        match self.held.load(Ordering::Acquire) {
            true => Ok(()),
            false => Err(unavailable("the lock that says whose the database is was lost")),
        }
    }

    /// The rows of a statement that changes nothing, or nothing more when it is done twice.
    pub async fn rows(&self, query: Query) -> Result<Vec<PgRow>> {
        self.tried(&self.reading, TRIES, query).await
    }

    /// The rows of a statement that must not be done twice.
    pub async fn once<T>(&self, query: Query, read: impl Fn(&PgRow) -> sqlx::Result<T>) -> Result<Vec<T>> {
        each(&self.tried(&self.reading, 1, query).await?, read)
    }

    /// As [`Connections::all`], on the connection that waits for nobody.
    pub async fn steady<T>(&self, query: Query, read: impl Fn(&PgRow) -> sqlx::Result<T>) -> Result<Vec<T>> {
        each(&self.tried(&self.steady, TRIES, query).await?, read)
    }

    async fn tried(&self, pool: &Arc<Pool>, most: u32, mut query: Query) -> Result<Vec<PgRow>> {
        let values = query.take_arguments().map_err(|error| Error::Broken(error.to_string()))?.unwrap_or_default();
        let sql = query.sql();
        let mut tries = 1;
        loop {
            let mut lent = if most == 1 { pool.get_living().await? } else { pool.get().await? };
            let asked = sqlx::query_with(sql.clone(), values.clone()).fetch_all(lent.db());
            match timeout(self.limit, asked).await {
                Ok(Ok(rows)) => {
                    lent.give_back();
                    return Ok(rows);
                }
                Ok(Err(error)) if !is_lost(&error) => {
                    lent.give_back();
                    return Err(to_error(&error));
                }
                Ok(Err(error)) => {
                    lent.close();
                    pool.forget();
                    if tries == most {
                        return Err(to_error(&error));
                    }
                    tokio::time::sleep(pause(tries)).await;
                }
                Err(_) => {
                    lent.close();
                    pool.forget();
                    return Err(unavailable("the database does not answer"));
                }
            }
            tries += 1;
        }
    }

    pub async fn all<T>(&self, query: Query, read: impl Fn(&PgRow) -> sqlx::Result<T>) -> Result<Vec<T>> {
        each(&self.rows(query).await?, read)
    }

    /// At most one row.
    pub async fn one<T>(&self, query: Query, read: impl Fn(&PgRow) -> sqlx::Result<T>) -> Result<Option<T>> {
        self.rows(query).await?.first().map(|row| read(row).map_err(|error| to_error(&error))).transpose()
    }

    pub async fn close(&self) {
        for pool in [&self.reading, &self.steady] {
            pool.close().await;
        }
    }
}

fn each<T>(rows: &[PgRow], read: impl Fn(&PgRow) -> sqlx::Result<T>) -> Result<Vec<T>> {
    rows.iter().map(read).collect::<sqlx::Result<_>>().map_err(|error| to_error(&error))
}

/// A pause before the next try: longer each time, and not the same for everyone.
pub(super) fn pause(tries: u32) -> Duration {
    let longest = 50_u64 << tries.min(4);
    let spread = (Uuid::new_v4().as_u128() % u128::from(longest)) as u64;
    Duration::from_millis(longest / 2 + spread / 2)
}
