//! The connection that holds the servers' lock. Servers share it; a command that would change the tables needs it alone, and
//! so does a server for what those of older versions could not go on with.

use super::connections::pause;
use super::errors::to_error;
use super::pool::Connector;
use super::{Config, schema, unavailable};
use crate::store::Result;
use crate::supervisor::{Stage, Supervisor, Task};
use sqlx::postgres::PgListener;
use sqlx::{Acquire, Connection, PgConnection, Row, query};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

/// How often the connection is used, so that one that died silently is noticed.
const PING: Duration = Duration::from_secs(10);
/// How long a server that starts waits for the lock.
const LOCK: Duration = Duration::from_secs(3);

pub(super) struct ServerLock {
    held: Arc<AtomicBool>,
    /// None for a command, which holds nothing.
    keeper: Option<(Arc<Keeper>, Supervisor)>,
}

impl ServerLock {
    /// Brings the tables up to date and takes the lock; says the name of the log.
    pub async fn open(config: &Config, connector: &Connector) -> Result<(ServerLock, Uuid)> {
        let mut db = connector.connect().await?;
        let held = Arc::new(AtomicBool::new(true));
        let opened = match config.serves {
            false => {
                schema::migrate(&mut db, false).await?;
                (ServerLock { held, keeper: None }, schema::log_name(&mut db).await?)
            }
            true => {
                let mut holder = connector.listener(connector.within).await?;
                wait_for_lock(&mut holder).await?;
                schema::migrate(&mut db, true).await?;
                let name = schema::start(&mut db).await?;
                let (limit, supervisor) = (config.statement_timeout, config.supervisor.clone());
                let holder = Mutex::new(Some(holder));
                let keeper = Arc::new(Keeper { connector: connector.clone(), limit, holder, held: held.clone() });
                let kept = keeper.clone();
                supervisor.spawn(Stage::Store, "store_lock", move |task| kept.clone().run(task));
                (ServerLock { held, keeper: Some((keeper, supervisor)) }, name)
            }
        };
        // What it was for is done.
        let _ = timeout(connector.within, db.close()).await;
        Ok(opened)
    }

    /// Whether the lock is held.
    pub fn held(&self) -> Arc<AtomicBool> {
        self.held.clone()
    }

    /// Frees the lock.
    pub async fn close(self) {
        let Some((keeper, supervisor)) = self.keeper else { return };
        supervisor.stop(Stage::Store).await;
        keeper.free().await;
    }
}

/// Takes the lock of all servers, and that of those which know the same schema.
async fn lock(db: &mut PgConnection) -> Result<bool> {
    let sql = "select pg_try_advisory_lock_shared($1) and pg_try_advisory_lock_shared($2, $3::bigint::int)";
    let known = schema::as_number(schema::known());
    let locking = query(sql).bind(schema::OWNER).bind(schema::KNOWS).bind(known);
    schema::one(db, locking, |row| row.try_get(0)).await
}

async fn wait_for_lock(holder: &mut PgListener) -> Result<()> {
    let (until, mut tries) = (Instant::now() + LOCK, 0);
    while !lock(connection(holder).await?).await? {
        if Instant::now() >= until {
            return Err(unavailable("the tables of this database are being changed; try again"));
        }
        sleep(pause(tries)).await;
        tries += 1;
    }
    Ok(())
}

async fn connection(holder: &mut PgListener) -> Result<&mut PgConnection> {
    holder.acquire().await.map_err(|error| to_error(&error))
}

struct Keeper {
    connector: Connector,
    /// How long a statement may take.
    limit: Duration,
    /// Holds the lock. It listens to nothing but its own end. None while there is no such connection. Its task may fail: the
    /// next one goes on with it.
    holder: Mutex<Option<PgListener>>,
    held: Arc<AtomicBool>,
}

impl Keeper {
    /// Uses the connection now and then, and takes the lock again when it is lost.
    async fn run(self: Arc<Keeper>, task: Task) {
        let mut holder = self.holder.lock().await;
        loop {
            if let Some(held) = holder.as_mut() {
                tokio::select! {
                    () = task.closing() => return,
                    // Nobody tells it anything: this is the end of the connection.
                    _ = held.try_recv() => tracing::warn!("the connection that holds the database's lock is lost"),
                    () = sleep(PING) => {
                        let ping = timeout(self.limit, query("select 1").execute(&mut *held)).await;
                        if matches!(ping, Ok(Ok(_))) {
                            continue;
                        }
                    }
                }
                self.held.store(false, Ordering::Release);
                *holder = None;
                task.failpoint().await;
            }
            tokio::select! {
                () = task.closing() => return,
                again = self.take_again() => *holder = Some(again),
            }
            self.held.store(true, Ordering::Release);
        }
    }

    async fn free(&self) {
        self.held.store(false, Ordering::Release);
        let Some(mut holder) = self.holder.lock().await.take() else { return };
        let freed = query("select pg_advisory_unlock_all()").execute(&mut holder);
        if !matches!(timeout(self.limit, freed).await, Ok(Ok(_))) {
            tracing::warn!("the database's lock could not be freed; it goes with the connection");
        }
    }

    /// Connects and locks again. While the tables are being changed nothing is written.
    async fn take_again(&self) -> PgListener {
        let mut tries = 0;
        loop {
            sleep(pause(tries)).await;
            tries += 1;
            match self.try_again().await {
                Ok(Some(holder)) => {
                    tracing::info!("the database's lock is held again");
                    return holder;
                }
                Ok(None) => tracing::warn!("the tables are being changed: nothing is written here"),
                Err(error) => tracing::warn!(%error, "the database's lock cannot be taken"),
            }
        }
    }

    async fn try_again(&self) -> Result<Option<PgListener>> {
        let mut holder = self.connector.listener(self.connector.within).await?;
        let locking = async {
            let db = connection(&mut holder).await?;
            let locked = lock(db).await?;
            if locked {
                // While it was not held, a newer version may have changed the tables.
                schema::admit(db).await?;
            }
            Ok(locked)
        };
        let locked =
            timeout(self.limit, locking).await.unwrap_or_else(|_| Err(unavailable("the database does not answer")))?;
        Ok(locked.then_some(holder))
    }
}
