//! Connections for reads and for the lease. Writers have their own, so that neither waits for the other.

use super::errors::{is_lost, to_error};
use super::pool::{Connector, Pool};
use super::{Config, unavailable};
use crate::store::{Damage, Error, Result};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Execute, Postgres};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::timeout;
use uuid::Uuid;

/// How much longer than the server's statement timeout to wait for a response, for the network round trip.
const WAY: Duration = Duration::from_secs(5);
/// The number of tries of a read: a connection may have closed since its last use.
const TRIES: u32 = 3;
/// The maximum number of damaged rows that a read passes over.
const DAMAGED: usize = 10_000;
pub(super) type Query = sqlx::query::Query<'static, Postgres, PgArguments>;

pub(super) struct Connections {
    pub connector: Connector,
    reading: Arc<Pool>,
    /// One connection for the lease: a living node must be able to renew it however busy the others are.
    steady: Arc<Pool>,
    /// How long to wait for a response.
    pub limit: Duration,
    /// Whether this process may write.
    held: Arc<AtomicBool>,
    damage: Arc<Damage>,
}

impl Connections {
    pub fn new(config: &Config, connector: &Connector, held: Arc<AtomicBool>, damage: Arc<Damage>) -> Connections {
        let pool = |size| Pool::new(connector.clone(), size, config.timeout);
        let (reading, steady) = (pool(config.readers.max(1)), pool(1));
        let limit = config.statement_timeout + WAY;
        Connections { connector: connector.clone(), reading, steady, limit, held, damage }
    }

    /// Fails unless this process holds the database lock and so may write.
    pub fn may_write(&self) -> Result<()> {
        match self.held.load(Ordering::Acquire) {
            true => Ok(()),
            false => Err(unavailable("this process has lost the database lock")),
        }
    }

    /// Runs a statement that is safe to repeat and returns its rows. Retries when the connection is lost.
    pub async fn rows(&self, query: Query) -> Result<Vec<PgRow>> {
        self.tried(&self.reading, TRIES, query).await
    }

    /// Runs a statement that must not be repeated and returns its rows.
    pub async fn once<T>(&self, query: Query, read: impl Fn(&PgRow) -> sqlx::Result<T>) -> Result<Vec<T>> {
        each(&self.tried(&self.reading, 1, query).await?, read)
    }

    /// Like [`Connections::all`], on the connection reserved for the lease.
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

    /// Returns the rows that can be read, at most `limit`. `query` selects a number of rows; more are selected in place of
    /// damaged ones, so that fewer than `limit` rows mean that there are no more.
    pub async fn sound<T>(
        &self,
        limit: u32,
        query: impl Fn(i64) -> Query,
        read: impl Fn(&PgRow) -> sqlx::Result<T>,
    ) -> Result<Vec<T>> {
        let mut wanted = i64::from(limit);
        loop {
            let found = self.rows(query(wanted)).await?;
            let mut sound = self.damage.sound(found.iter().map(|row| read(row).map_err(|error| to_error(&error))))?;
            let damaged = found.len() - sound.len();
            let more = sound.len() < limit as usize && found.len() as i64 == wanted && damaged < DAMAGED;
            if damaged == 0 || !more {
                sound.truncate(limit as usize);
                return Ok(sound);
            }
            wanted = i64::from(limit) + damaged as i64;
        }
    }

    /// Returns at most one row.
    pub async fn one<T>(&self, query: Query, read: impl Fn(&PgRow) -> sqlx::Result<T>) -> Result<Option<T>> {
        let row = self.rows(query).await?.first().map(|row| read(row).map_err(|error| to_error(&error))).transpose();
        row.inspect_err(|error| self.damage.report(error))
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

/// Returns the backoff before the next try: exponential, with jitter.
pub(super) fn pause(tries: u32) -> Duration {
    let longest = 50_u64 << tries.min(4);
    let spread = (Uuid::new_v4().as_u128() % u128::from(longest)) as u64;
    Duration::from_millis(longest / 2 + spread / 2)
}
