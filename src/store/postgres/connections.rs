//! Connections to the database: some for those who read, two for those who write, so that neither waits for the other.

use super::location::Location;
use super::{Config, unavailable};
use crate::store::{Error, Result};
use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::timeout;
use tokio_postgres::error::Severity;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row};
use uuid::Uuid;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// What a statement may take longer than the server lets it, because of the way there and back.
const WAY: Duration = Duration::from_secs(5);
/// Tries of a read: a connection may have died since it was used last.
const TRIES: u32 = 3;
/// Who write.
pub(super) const WRITERS: usize = 2;

pub(super) type Connection = Object;

pub(super) struct Connections {
    reading: Pool,
    writing: Pool,
    /// One, for the lease: however busy the others are, a node that lives must be able to say so.
    steady: Pool,
    /// How long to wait for an answer.
    pub limit: Duration,
    /// Whether this process may write.
    held: Arc<AtomicBool>,
}

impl Connections {
    pub fn new(config: &Config, held: Arc<AtomicBool>) -> Result<Connections> {
        let setup = setup(config.statement_timeout);
        let limit = config.statement_timeout + WAY;
        let reading = pool(config, setup.clone(), config.readers.max(1), limit)?;
        let writing = pool(config, setup.clone(), WRITERS, limit)?;
        let steady = pool(config, setup, 1, limit)?;
        Ok(Connections { reading, writing, steady, limit, held })
    }

    /// A connection to write with.
    pub async fn write(&self) -> Result<Connection> {
        if !self.held.load(Ordering::Acquire) {
            return Err(unavailable("the lock that says whose the database is was lost"));
        }
        self.ask().await
    }

    /// A connection for a writer to ask with, whosesoever the database is by now.
    pub async fn ask(&self) -> Result<Connection> {
        Ok(self.writing.get().await?)
    }

    /// The rows of a statement that changes nothing, or nothing more when it is done twice.
    pub async fn rows(&self, sql: &str, params: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>> {
        self.tried(&self.reading, TRIES, sql, params).await
    }

    /// The rows of a statement that must not be done twice.
    pub async fn once(&self, sql: &str, params: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>> {
        self.tried(&self.reading, 1, sql, params).await
    }

    /// As [`Connections::rows`], on the connection that waits for nobody.
    pub async fn steady(&self, sql: &str, params: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>> {
        self.tried(&self.steady, TRIES, sql, params).await
    }

    async fn tried(&self, pool: &Pool, most: u32, sql: &str, params: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>> {
        let mut tries = 1;
        loop {
            let connection = pool.get().await?;
            let asked = async {
                let statement = connection.prepare_cached(sql).await?;
                connection.query(&statement, params).await
            };
            match timeout(self.limit, asked).await {
                Ok(Ok(rows)) => return Ok(rows),
                Ok(Err(error)) if is_lost(&error) && tries < most => {
                    drop(Connection::take(connection));
                    tokio::time::sleep(pause(tries)).await;
                }
                Ok(Err(error)) => return Err(told(&error)),
                Err(_) => {
                    drop(Connection::take(connection));
                    return Err(unavailable("the database does not answer"));
                }
            }
            tries += 1;
        }
    }

    pub async fn all<T>(
        &self,
        sql: &str,
        params: &[&(dyn ToSql + Sync)],
        read: impl Fn(&Row) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.rows(sql, params).await?.iter().map(read).collect()
    }

    /// At most one row.
    pub async fn one<T>(
        &self,
        sql: &str,
        params: &[&(dyn ToSql + Sync)],
        read: impl Fn(&Row) -> Result<T>,
    ) -> Result<Option<T>> {
        self.rows(sql, params).await?.first().map(read).transpose()
    }

    pub fn close(&self) {
        self.reading.close();
        self.writing.close();
        self.steady.close();
    }
}

/// What every connection is told first.
pub(super) fn setup(statement_timeout: Duration) -> String {
    let ms = statement_timeout.as_millis().max(1);
    // Answered is durable, whatever the cluster thinks of it. Who has lost its connection must not hold its rows for long.
    format!(
        "set search_path = ringdown; set statement_timeout = {ms}; set lock_timeout = {ms}; \
         set idle_in_transaction_session_timeout = {ms}; set default_transaction_isolation = 'read committed'; \
         select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'"
    )
}

fn pool(config: &Config, setup: String, size: usize, limit: Duration) -> Result<Pool> {
    let location = &config.location;
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = Manager::from_config(location.postgres().clone(), location.tls()?, recycling);
    let ready = Hook::async_fn(move |connection, _| {
        let setup = setup.clone();
        Box::pin(async move {
            match timeout(limit, connection.batch_execute(&setup)).await {
                Ok(done) => done.map_err(HookError::Backend),
                Err(_) => Err(HookError::message("the database does not answer")),
            }
        })
    });
    let pool = Pool::builder(manager)
        .max_size(size)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(config.patience))
        .create_timeout(Some(CONNECT))
        .post_create(ready)
        .build();
    pool.map_err(|error| unavailable(error.to_string()))
}

/// A connection of its own, which nobody takes back.
pub(super) async fn alone(
    location: &Location,
) -> Result<(Client, tokio_postgres::Connection<tokio_postgres::Socket, super::location::Stream>)> {
    let connecting = location.postgres().connect(location.tls()?);
    match timeout(CONNECT, connecting).await {
        Ok(connected) => connected.map_err(|error| told(&error)),
        Err(_) => Err(unavailable("the database does not answer")),
    }
}

/// A pause before the next try: longer each time, and not the same for everyone.
pub(super) fn pause(tries: u32) -> Duration {
    let longest = 50_u64 << tries.min(4);
    let spread = (Uuid::new_v4().as_u128() % u128::from(longest)) as u64;
    Duration::from_millis(longest / 2 + spread / 2)
}

/// The connection is gone, and with it the answer to what was asked last.
pub(super) fn is_lost(error: &tokio_postgres::Error) -> bool {
    match error.as_db_error() {
        Some(error) => {
            let fatal = matches!(error.parsed_severity(), Some(Severity::Fatal | Severity::Panic));
            fatal || ["08", "57P"].iter().any(|class| error.code().code().starts_with(class))
        }
        None => error.is_closed() || is_io(error),
    }
}

fn is_io(error: &tokio_postgres::Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>())
}

/// What may be different on the next try is `Unavailable`; what two did crosswise is a conflict; the rest is a fault of this
/// program or of the database.
pub(super) fn told(error: &tokio_postgres::Error) -> Error {
    let Some(db) = error.as_db_error() else {
        return match is_lost(error) {
            true => unavailable(sentence(error)),
            false => Error::Broken(sentence(error)),
        };
    };
    // Connection, authorization, no such database, not now, too little of something, cancelled, the machine.
    let passing = ["08", "28", "3D", "25", "53", "55", "57", "58"];
    match db.code().code() {
        code if code.starts_with("40") => Error::Conflict,
        code if passing.iter().any(|class| code.starts_with(class)) => unavailable(db.message()),
        _ => Error::Broken(db.to_string()),
    }
}

/// The error with what caused it.
fn sentence(error: &tokio_postgres::Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

impl From<PoolError> for Error {
    fn from(error: PoolError) -> Error {
        match error {
            PoolError::Timeout(deadpool_postgres::TimeoutType::Wait) => unavailable("all its connections are busy"),
            PoolError::Timeout(_) => unavailable("the database does not answer"),
            PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)) => match told(&error) {
                Error::Unavailable(sentence) => unavailable(sentence),
                // A connection that cannot be made is one more that may be made later.
                other => unavailable(other.to_string()),
            },
            PoolError::Closed => unavailable("it is closed"),
            other => unavailable(other.to_string()),
        }
    }
}
