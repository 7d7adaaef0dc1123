//! The connection that holds the servers' lock. Servers share it; a command that would change the tables needs it alone, and
//! so does a server for what those of older versions could not go on with.

use super::connections::{alone, pause, setup};
use super::schema;
use super::{Config, unavailable};
use crate::store::Result;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use tokio_postgres::Client;
use uuid::Uuid;

/// How often the connection is used, so that one that died silently is noticed.
const PING: Duration = Duration::from_secs(10);
/// How long a server that starts waits for the lock.
const LOCK: Duration = Duration::from_secs(3);

pub(super) struct Link {
    held: Arc<AtomicBool>,
    /// None for a command, which holds nothing.
    keeper: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl Link {
    /// Brings the tables up to date and takes the lock; says the name of the log.
    pub async fn open(config: &Config) -> Result<(Link, Uuid)> {
        let (mut client, lost) = connect(config).await?;
        let held = Arc::new(AtomicBool::new(true));
        if !config.serves {
            schema::migrate(&mut client, false).await?;
            return Ok((Link { held, keeper: None }, schema::log_name(&client).await?));
        }
        wait_for_lock(&client).await?;
        schema::migrate(&mut client, true).await?;
        let name = schema::start(&mut client).await?;
        let (stop, stopped) = oneshot::channel();
        let keeper = Keeper { config: config.clone(), client, lost, held: held.clone() };
        Ok((Link { held, keeper: Some((stop, tokio::spawn(keeper.run(stopped)))) }, name))
    }

    /// Whether the lock is held.
    pub fn held(&self) -> Arc<AtomicBool> {
        self.held.clone()
    }

    /// Frees the lock.
    pub async fn close(self) {
        let Some((stop, keeper)) = self.keeper else { return };
        drop(stop);
        if keeper.await.is_err() {
            tracing::error!("the keeper of the database's lock panicked");
        }
    }
}

/// A connection, and what tells that it is lost.
async fn connect(config: &Config) -> Result<(Client, Arc<Notify>)> {
    let (client, connection) = alone(&config.location).await?;
    let lost = Arc::new(Notify::new());
    let ended = lost.clone();
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::warn!("the connection that holds the database's lock is lost: {error}");
        }
        ended.notify_one();
    });
    client.batch_execute(&setup(config.statement_timeout)).await?;
    Ok((client, lost))
}

/// Takes the lock of all servers, and that of those which know the same schema.
async fn lock(client: &Client) -> Result<bool> {
    let sql = "select pg_try_advisory_lock_shared($1) and pg_try_advisory_lock_shared($2, $3::bigint::int)";
    let known = schema::as_number(schema::known());
    Ok(client.query_one(sql, &[&schema::OWNER, &schema::KNOWS, &known]).await?.try_get(0)?)
}

async fn wait_for_lock(client: &Client) -> Result<()> {
    let (until, mut tries) = (Instant::now() + LOCK, 0);
    while !lock(client).await? {
        if Instant::now() >= until {
            return Err(unavailable("the tables of this database are being changed; try again"));
        }
        sleep(pause(tries)).await;
        tries += 1;
    }
    Ok(())
}

struct Keeper {
    config: Config,
    client: Client,
    lost: Arc<Notify>,
    held: Arc<AtomicBool>,
}

impl Keeper {
    /// Until it is told to stop, or nobody can tell it any more.
    async fn run(mut self, mut stopped: oneshot::Receiver<()>) {
        loop {
            tokio::select! {
                _ = &mut stopped => return self.free().await,
                () = self.lost.notified() => {}
                () = sleep(PING) => {
                    let ping = timeout(self.config.statement_timeout, self.client.batch_execute("select 1")).await;
                    if matches!(ping, Ok(Ok(()))) {
                        continue;
                    }
                }
            }
            self.held.store(false, Ordering::Release);
            tokio::select! {
                _ = &mut stopped => return,
                () = self.take_again() => {}
            }
        }
    }

    async fn free(&self) {
        self.held.store(false, Ordering::Release);
        let freed = self.client.query_one("select pg_advisory_unlock_all()", &[]);
        if !matches!(timeout(self.config.statement_timeout, freed).await, Ok(Ok(_))) {
            tracing::warn!("the database's lock could not be freed; it goes with the connection");
        }
    }

    /// Connects and locks again. While the tables are being changed nothing is written.
    async fn take_again(&mut self) {
        let mut tries = 0;
        loop {
            sleep(pause(tries)).await;
            tries += 1;
            match self.try_again().await {
                Ok(true) => return tracing::info!("the database's lock is held again"),
                Ok(false) => tracing::warn!("the tables are being changed: nothing is written here"),
                Err(error) => tracing::warn!(%error, "the database's lock cannot be taken"),
            }
        }
    }

    async fn try_again(&mut self) -> Result<bool> {
        let (client, lost) = connect(&self.config).await?;
        let locked = lock(&client).await?;
        if locked {
            // While it was not held, a newer version may have changed the tables.
            schema::admit(&client).await?;
            (self.client, self.lost) = (client, lost);
            self.held.store(true, Ordering::Release);
        }
        Ok(locked)
    }
}
