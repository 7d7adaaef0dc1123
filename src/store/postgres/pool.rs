//! A connection pool. It lends the most recently returned connection first, so the few connections in use stay warm.
//!
//! sqlx's own pool spawns a task to take each connection back, which reduces the rate of reads by id by a fifth, and it
//! does not report why a connection could not be made.

use super::errors::to_error;
use super::{Config, unavailable};
use crate::store::queue::closed;
use crate::store::{Error, Result};
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sqlx::{Acquire, AssertSqlSafe, ConnectOptions, Connection, PgConnection};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

/// Connections idle for longer are closed: nothing reads from them, so their end would go unnoticed, and a firewall or
/// proxy in between may have dropped them silently.
const IDLE: Duration = Duration::from_secs(30);

/// A factory of connections, which also sets up their sessions.
#[derive(Clone)]
pub(super) struct Connector {
    pub options: PgConnectOptions,
    setup: Arc<str>,
    /// The maximum time to connect.
    pub within: Duration,
}

impl Connector {
    pub fn new(config: &Config) -> Result<Connector> {
        let setup = setup(config.statement_timeout).into();
        Ok(Connector { options: config.location.options()?, setup, within: config.location.within() })
    }

    pub async fn connect(&self) -> Result<PgConnection> {
        let connecting = async {
            let mut connection = self.options.connect().await?;
            self.set_up(&mut connection).await?;
            Ok(connection)
        };
        match timeout(self.within, connecting).await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(error)) => Err(unmade(&error)),
            Err(_) => Err(unavailable("the database does not answer")),
        }
    }

    /// Returns a connection that reports its loss at once: only a listener can be read from while no statement runs. Do
    /// not use it after the loss, since it would reconnect without the session setup.
    pub async fn listener(&self, within: Duration) -> Result<PgListener> {
        let within = within.clamp(self.within / 5, self.within);
        // The listener needs a pool of sqlx to connect with, and owns it.
        let pool = PgPoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None);
        let pool = pool.acquire_timeout(within).connect_lazy_with(self.options.clone());
        let connecting = async {
            let mut listener = PgListener::connect_with(&pool).await?;
            // The loss must be reported instead of hidden by a reconnect.
            listener.eager_reconnect(false);
            listener.ignore_pool_close_event(true);
            self.set_up(listener.acquire().await?).await?;
            Ok(listener)
        };
        match timeout(within, connecting).await {
            Ok(Ok(listener)) => Ok(listener),
            Ok(Err(sqlx::Error::PoolTimedOut)) | Err(_) => Err(unavailable("the database does not answer")),
            Ok(Err(error)) => Err(unmade(&error)),
        }
    }

    /// Sets up the session with a statement instead of startup parameters, because proxies and poolers reject or ignore
    /// startup parameters that they do not know.
    pub async fn set_up(&self, connection: &mut PgConnection) -> sqlx::Result<()> {
        sqlx::raw_sql(AssertSqlSafe(self.setup.clone())).execute(connection).await.map(drop)
    }
}

/// Maps an error while connecting. It is always `Unavailable`, because a later try may succeed.
pub(super) fn unmade(error: &sqlx::Error) -> Error {
    match to_error(error) {
        unavailable @ Error::Unavailable(_) => unavailable,
        other => unavailable(other.to_string()),
    }
}

fn setup(statement_timeout: Duration) -> String {
    let ms = statement_timeout.as_millis().max(1);
    // An answered commit is durable, even if the cluster turns synchronous_commit off. A client that lost its
    // connection must not hold its locks for long.
    format!(
        "set search_path = ringdown; set statement_timeout = {ms}; set lock_timeout = {ms}; \
         set idle_in_transaction_session_timeout = {ms}; set default_transaction_isolation = 'read committed'; \
         select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'"
    )
}

pub(super) struct Pool {
    connector: Connector,
    idle: Mutex<Vec<(PgConnection, Instant)>>,
    permits: Arc<Semaphore>,
    /// How long to wait for a connection when all are busy.
    timeout: Duration,
}

impl Pool {
    pub fn new(connector: Connector, size: usize, timeout: Duration) -> Arc<Pool> {
        Arc::new(Pool { connector, idle: Mutex::default(), permits: Arc::new(Semaphore::new(size)), timeout })
    }

    /// Returns a connection, which may have closed while it was idle.
    pub async fn get(self: &Arc<Pool>) -> Result<Lent> {
        let permit = self.permit().await?;
        match self.pop() {
            Some(connection) => Ok(self.lend(connection, permit)),
            None => Ok(self.lend(self.connector.connect().await?, permit)),
        }
    }

    /// Returns a connection that was checked to be alive, for statements that must not be repeated.
    pub async fn get_living(self: &Arc<Pool>) -> Result<Lent> {
        let permit = self.permit().await?;
        if let Some(mut connection) = self.pop() {
            if self.lives(&mut connection).await {
                return Ok(self.lend(connection, permit));
            }
            self.forget();
        }
        Ok(self.lend(self.connector.connect().await?, permit))
    }

    async fn permit(&self) -> Result<OwnedSemaphorePermit> {
        let permit = timeout(self.timeout, self.permits.clone().acquire_owned()).await;
        permit.map_err(|_| unavailable("all its connections are busy"))?.map_err(|_| closed())
    }

    fn lend(self: &Arc<Pool>, connection: PgConnection, permit: OwnedSemaphorePermit) -> Lent {
        Lent { pool: self.clone(), connection: Some(connection), permit: Some(permit) }
    }

    fn pop(&self) -> Option<PgConnection> {
        let mut idle = self.idle();
        let (connection, since) = idle.pop()?;
        if since.elapsed() > IDLE {
            // The connections below it have been idle for even longer.
            idle.clear();
            return None;
        }
        Some(connection)
    }

    /// Pings the connection. This also reads an unfinished response to its end.
    async fn lives(&self, connection: &mut PgConnection) -> bool {
        matches!(timeout(self.connector.within, connection.ping()).await, Ok(Ok(())))
    }

    /// Closes idle connections: where one was lost, the others usually are too.
    pub fn forget(&self) {
        self.idle().clear();
    }

    fn take_back(&self, connection: PgConnection) {
        if !self.permits.is_closed() {
            self.idle().push((connection, Instant::now()));
        }
    }

    /// Stops lending. Lent connections are closed when they are returned.
    pub async fn close(&self) {
        self.permits.close();
        let idle = std::mem::take(&mut *self.idle());
        for (connection, _) in idle {
            // The server notices the end of the connection in any case.
            let _ = timeout(self.connector.within, connection.close()).await;
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<(PgConnection, Instant)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A lent connection. If it is dropped without being given back or closed, its user stopped waiting for a response: the
/// response is read to its end in the background, and then the connection is returned.
pub(super) struct Lent {
    pool: Arc<Pool>,
    connection: Option<PgConnection>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Lent {
    pub fn db(&mut self) -> &mut PgConnection {
        self.connection.as_mut().expect("present until the loan is consumed")
    }

    pub fn give_back(mut self) {
        if let Some(connection) = self.connection.take() {
            self.pool.take_back(connection);
        }
    }

    /// Closes the connection at once, without notifying the server.
    pub fn close(mut self) {
        drop(self.connection.take());
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let (Some(mut connection), Ok(runtime)) = (self.connection.take(), Handle::try_current()) else { return };
        let (pool, permit) = (self.pool.clone(), self.permit.take());
        runtime.spawn(async move {
            if pool.lives(&mut connection).await {
                pool.take_back(connection);
            }
            drop(permit);
        });
    }
}
