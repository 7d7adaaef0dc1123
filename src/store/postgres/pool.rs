//! Connections that are lent, the last that came back first: the few that are in use stay warm.
//!
//! sqlx's own pool spawns a task to take each connection back, which costs a read by id a fifth of its rate, and it does not
//! say why a connection could not be made.

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

/// One that lay idle for longer is not used any more: nobody reads from it, so nobody hears of its end, and what stands
/// between may have forgotten it without a word.
const IDLE: Duration = Duration::from_secs(30);

/// The way to the database, and what every connection is told first.
#[derive(Clone)]
pub(super) struct Connector {
    pub options: PgConnectOptions,
    setup: Arc<str>,
    /// How long a connection may take to be made.
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

    /// A connection that hears at once when it is lost: the only one that can be read from while nothing is asked. It is not to
    /// be used any more then, since it would connect again without being set up.
    pub async fn listener(&self, within: Duration) -> Result<PgListener> {
        let within = within.clamp(self.within / 5, self.within);
        // It wants a pool of sqlx's to connect by, which is dropped with it.
        let pool = PgPoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None);
        let pool = pool.acquire_timeout(within).connect_lazy_with(self.options.clone());
        let connecting = async {
            let mut listener = PgListener::connect_with(&pool).await?;
            // Whoever has it shall hear of the loss, and begin anew.
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

    /// By a statement and not in the message that begins the session: those who stand between refuse or forget what they do
    /// not know of that message.
    pub async fn set_up(&self, connection: &mut PgConnection) -> sqlx::Result<()> {
        sqlx::raw_sql(AssertSqlSafe(self.setup.clone())).execute(connection).await.map(drop)
    }
}

/// A connection that cannot be made may be made later, whatever was said of it.
pub(super) fn unmade(error: &sqlx::Error) -> Error {
    match to_error(error) {
        unavailable @ Error::Unavailable(_) => unavailable,
        other => unavailable(other.to_string()),
    }
}

fn setup(statement_timeout: Duration) -> String {
    let ms = statement_timeout.as_millis().max(1);
    // Answered is durable, whatever the cluster thinks of it. Who has lost its connection must not hold its rows for long.
    format!(
        "set search_path = ringdown; set statement_timeout = {ms}; set lock_timeout = {ms}; \
         set idle_in_transaction_session_timeout = {ms}; set default_transaction_isolation = 'read committed'; \
         select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'"
    )
}

pub(super) struct Pool {
    connector: Connector,
    idle: Mutex<Vec<(PgConnection, Instant)>>,
    places: Arc<Semaphore>,
    /// How long to wait for a connection when all are busy.
    timeout: Duration,
}

impl Pool {
    pub fn new(connector: Connector, size: usize, timeout: Duration) -> Arc<Pool> {
        Arc::new(Pool { connector, idle: Mutex::default(), places: Arc::new(Semaphore::new(size)), timeout })
    }

    /// A connection, which may have died while it lay idle.
    pub async fn get(self: &Arc<Pool>) -> Result<Lent> {
        let permit = self.permit().await?;
        match self.pop() {
            Some(connection) => Ok(self.lend(connection, permit)),
            None => Ok(self.lend(self.connector.connect().await?, permit)),
        }
    }

    /// A connection that was asked whether it lives, for what must not be tried twice.
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
        let permit = timeout(self.timeout, self.places.clone().acquire_owned()).await;
        permit.map_err(|_| unavailable("all its connections are busy"))?.map_err(|_| closed())
    }

    fn lend(self: &Arc<Pool>, connection: PgConnection, permit: OwnedSemaphorePermit) -> Lent {
        Lent { pool: self.clone(), connection: Some(connection), permit: Some(permit) }
    }

    fn pop(&self) -> Option<PgConnection> {
        let mut idle = self.idle();
        let (connection, since) = idle.pop()?;
        if since.elapsed() > IDLE {
            // Those below it have lain there for longer.
            idle.clear();
            return None;
        }
        Some(connection)
    }

    /// Reads on to the end of what was asked before, too.
    async fn lives(&self, connection: &mut PgConnection) -> bool {
        matches!(timeout(self.connector.within, connection.ping()).await, Ok(Ok(())))
    }

    /// Closes those that lie idle: where one has died the others have too, as a rule.
    pub fn forget(&self) {
        self.idle().clear();
    }

    fn take_back(&self, connection: PgConnection) {
        if !self.places.is_closed() {
            self.idle().push((connection, Instant::now()));
        }
    }

    /// Lends no more. Those that are lent are closed when they come back.
    pub async fn close(&self) {
        self.places.close();
        let idle = std::mem::take(&mut *self.idle());
        for (connection, _) in idle {
            // The server hears of it in any case.
            let _ = timeout(self.connector.within, connection.close()).await;
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<(PgConnection, Instant)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection for a while. Dropped before it was given back or closed, somebody has stopped waiting for an answer: that is
/// read to its end in the background, and then the connection goes back.
pub(super) struct Lent {
    pool: Arc<Pool>,
    connection: Option<PgConnection>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Lent {
    pub fn db(&mut self) -> &mut PgConnection {
        self.connection.as_mut().expect("it is there until it is given up, by value")
    }

    pub fn give_back(mut self) {
        if let Some(connection) = self.connection.take() {
            self.pool.take_back(connection);
        }
    }

    /// At once and without a word.
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
