//! The connection that holds the server lock. Servers share the lock. A command that would migrate the tables needs it
//! exclusively, and so does a server for a migration that servers of older versions could not live with.

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

/// How often the connection is used, to detect one that died silently.
const PING: Duration = Duration::from_secs(10);
/// How long a server that starts waits for the lock.
const LOCK: Duration = Duration::from_secs(3);

pub(super) struct ServerLock {
    held: Arc<AtomicBool>,
    /// `None` for a command, which holds no lock.
    keeper: Option<(Arc<Keeper>, Supervisor)>,
}

impl ServerLock {
    /// Migrates the tables and takes the lock. Returns the name of the log.
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
        // It is no longer needed.
        let _ = timeout(connector.within, db.close()).await;
        Ok(opened)
    }

    /// Returns a flag that is true while the lock is held.
    pub fn held(&self) -> Arc<AtomicBool> {
        self.held.clone()
    }

    /// Releases the lock.
    pub async fn close(self) {
        let Some((keeper, supervisor)) = self.keeper else { return };
        supervisor.stop(Stage::Store).await;
        keeper.free().await;
    }
}

/// Takes the lock shared by all servers, and the one shared by the servers that know the same schema.
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
    /// The statement timeout.
    limit: Duration,
    /// The connection that holds the lock; `None` while there is none. A listener without channels, which reports when
    /// the connection closes. If the task fails, the next one continues with it.
    holder: Mutex<Option<PgListener>>,
    held: Arc<AtomicBool>,
}

impl Keeper {
    /// Pings the connection regularly, and takes the lock again when the connection is lost.
    async fn run(self: Arc<Keeper>, task: Task) {
        let mut holder = self.holder.lock().await;
        loop {
            if let Some(held) = holder.as_mut() {
                tokio::select! {
                    () = task.closing() => return,
                    // It listens to no channel, so this is the end of the connection.
                    _ = held.try_recv() => tracing::warn!("lost the connection that holds the database lock"),
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
            tracing::warn!("cannot release the database lock; it is released when the connection closes");
        }
    }

    /// Reconnects and takes the lock again. While another server migrates the tables, this one writes nothing.
    async fn take_again(&self) -> PgListener {
        let mut tries = 0;
        loop {
            sleep(pause(tries)).await;
            tries += 1;
            match self.try_again().await {
                Ok(Some(holder)) => {
                    tracing::info!("took the database lock again");
                    return holder;
                }
                Ok(None) => {
                    tracing::warn!("the tables are being migrated; this server writes nothing until that is done")
                }
                Err(error) => tracing::warn!(%error, "cannot take the database lock"),
            }
        }
    }

    async fn try_again(&self) -> Result<Option<PgListener>> {
        let mut holder = self.connector.listener(self.connector.within).await?;
        let locking = async {
            let db = connection(&mut holder).await?;
            let locked = lock(db).await?;
            if locked {
                // A newer version may have migrated the tables while the lock was not held.
                schema::admit(db).await?;
            }
            Ok(locked)
        };
        let locked =
            timeout(self.limit, locking).await.unwrap_or_else(|_| Err(unavailable("the database does not answer")))?;
        Ok(locked.then_some(holder))
    }
}
