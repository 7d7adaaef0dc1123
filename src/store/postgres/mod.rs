//! The store in PostgreSQL, 15 or later.
//!
//! Two connections write, and commits that wait at the same time share a transaction. A few other connections read, one
//! holds the lock that marks a running server, and one listens for hints from other servers.
//!
//! A position in the log is the number of the transaction that wrote the row and the row's number within it.
//! Transactions do not end in the order of their numbers, so the log is read only up to the oldest transaction that can
//! still write it (see [`horizon`]). That way no reader skips a row that is committed late.

mod carriers;
mod connections;
mod customers;
mod errors;
mod group;
mod horizon;
mod inspect;
mod kinds;
mod lists;
mod location;
mod nodes;
mod outbox;
mod peers;
mod pool;
mod port;
mod prune;
mod purge;
mod rows;
mod schema;
mod secrets;
mod server_lock;
mod statements;
mod usage;
mod writer;

use super::queue::Queue;
use super::{COMMITS, Damage, Error, Groups, Meter, Result, unavailable};
use crate::memory::Share;
use crate::supervisor::{Stage, Supervisor};
use connections::Connections;
use group::{Mark, Texts};
use horizon::Horizon;
pub use inspect::Inspector;
pub use location::Location;
use peers::Peers;
use pool::Connector;
use server_lock::ServerLock;
use sqlx::{Row, query};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use uuid::Uuid;
use writer::Writer;

/// How long a read of the log waits for the rows of commits that were already answered. Only an older transaction that
/// writes the log and is still open can delay them.
const SETTLE: Duration = Duration::from_millis(500);

/// The number of writers.
const WRITERS: usize = 2;

/// How to open a database.
#[derive(Debug, Clone)]
pub struct Config {
    pub location: Location,
    /// The number of connections that read, at least one. Two further connections write, and three hold the lock, renew
    /// the lease and listen.
    pub readers: usize,
    /// The statement timeout.
    pub statement_timeout: Duration,
    /// How long a commit waits while the database is unavailable, and a read for a connection while all are busy.
    pub timeout: Duration,
    /// True for a server, which shares the database with other servers. False for a command that only reads and writes
    /// its own rows: it does not migrate the tables while a server runs.
    pub serves: bool,
    /// Receives the number of commits in each durable transaction.
    pub groups: Option<Groups>,
    /// Receives every commit.
    pub meter: Option<Meter>,
    /// Bounds the bytes of commits that wait or are being written.
    pub commits: Share,
    /// Runs the store's tasks, and is notified when the store cannot continue.
    pub supervisor: Supervisor,
}

impl Config {
    /// Returns the defaults of a server for this location.
    pub fn new(location: Location) -> Config {
        Config {
            location,
            readers: 8,
            statement_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(5),
            serves: true,
            groups: None,
            meter: None,
            commits: Share::unseen(COMMITS),
            supervisor: Supervisor::default(),
        }
    }
}

/// An open database. Closing it finishes the accepted commits; dropping it does so in the background.
pub struct Postgres {
    queue: Arc<Queue>,
    connections: Arc<Connections>,
    writers: Mutex<Vec<JoinHandle<()>>>,
    server_lock: Mutex<Option<ServerLock>>,
    log_name: Uuid,
    peers: Arc<Peers>,
    supervisor: Supervisor,
    /// The highest epoch of an answered commit, and the highest horizon seen.
    newest: Arc<AtomicU64>,
    reached: AtomicU64,
    horizon: Arc<Horizon>,
    damage: Arc<Damage>,
}

impl Postgres {
    /// Opens the database and migrates its tables. Fails with a clear message for a database that a newer version
    /// changed in a way that this version cannot use.
    pub async fn open(config: Config) -> Result<Postgres> {
        let named = |error| named(error, &config.location);
        let connector = Connector::new(&config).map_err(named)?;
        let (server_lock, log_name) = ServerLock::open(&config, &connector).await.map_err(named)?;
        let damage = Arc::new(Damage::new(config.supervisor.metrics().clone()));
        let connections = Arc::new(Connections::new(&config, &connector, server_lock.held(), damage.clone()));
        let horizon = Horizon::new(config.supervisor.metrics().clone());
        let queue = Queue::new(config.timeout, config.meter, config.commits.clone());
        let newest = Arc::<AtomicU64>::default();
        let peers = Peers::new();
        if config.serves {
            let (listening, connector) = (peers.clone(), connector.clone());
            let listen = move |task| listening.clone().listen(connector.clone(), task);
            config.supervisor.spawn(Stage::Store, "store_hints", listen);
            let (watched, connections) = (horizon.clone(), connections.clone());
            let watch = move |task| watched.clone().monitor(connections.clone(), task);
            config.supervisor.spawn(Stage::Store, "store_horizon", watch);
        }
        let writers = (0..WRITERS).map(|_| {
            let writer = Writer {
                queue: queue.clone(),
                connections: connections.clone(),
                line: None,
                mark: Mark { id: Uuid::new_v4(), number: 0 },
                marked: None,
                texts: Texts::default(),
                newest: newest.clone(),
                peers: peers.clone(),
                groups: config.groups.clone(),
                supervisor: config.supervisor.clone(),
            };
            tokio::spawn(writer.run())
        });
        Ok(Postgres {
            writers: Mutex::new(writers.collect()),
            queue,
            connections,
            server_lock: Mutex::new(Some(server_lock)),
            log_name,
            peers,
            supervisor: config.supervisor,
            newest,
            reached: AtomicU64::default(),
            horizon,
            damage,
        })
    }

    /// Returns whether a server currently uses the database.
    pub async fn is_served(&self) -> Result<bool> {
        let sql = "select not pg_try_advisory_xact_lock($1)";
        let served = self.connections.one(query(sql).bind(schema::OWNER), |row| row.try_get(0)).await?;
        served.ok_or_else(|| Error::Broken("a statement returned no row".to_owned()))
    }

    /// Waits until the rows of every answered commit can be read from the log, for [`SETTLE`] at most, since another
    /// session's transaction may hold them up for hours. Returns a horizon for the next statement; 0 if it need not know
    /// a better one than `horizon()`.
    async fn settled(&self) -> Result<i64> {
        let newest = self.newest.load(Ordering::Acquire);
        let (until, mut pause) = (Instant::now() + SETTLE, Duration::from_millis(1));
        let mut exact = if self.horizon.is_foreign() { self.horizon.exact(&self.connections).await? } else { 0 };
        // The cheap horizon is tried first: usually nobody else has a transaction open.
        let mut cheap = exact == 0;
        // Only the cheap horizon is remembered: the statements that read the log compute it again and never see less.
        while newest >= self.reached.load(Ordering::Acquire) && newest >= exact.cast_unsigned() {
            if std::mem::take(&mut cheap) {
                let horizon = self.connections.one(query("select horizon()"), rows::number_of).await?;
                self.reached.fetch_max(horizon.unwrap_or_default().cast_unsigned(), Ordering::AcqRel);
            } else {
                exact = self.horizon.exact(&self.connections).await?;
                if Instant::now() >= until {
                    break;
                }
            }
            if newest < self.reached.load(Ordering::Acquire) || newest < exact.cast_unsigned() {
                break;
            }
            sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(20));
        }
        Ok(exact)
    }

    async fn stop(&self) {
        self.queue.close();
        let writers = std::mem::take(&mut *self.writers.lock().unwrap_or_else(PoisonError::into_inner));
        for writer in writers {
            if writer.await.is_err() {
                tracing::error!("a writer of the store panicked");
            }
        }
        self.supervisor.stop(Stage::Store).await;
        let server_lock = self.server_lock.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(server_lock) = server_lock {
            server_lock.close().await;
        }
        self.connections.close().await;
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.supervisor.closing(Stage::Store).cancel();
        self.queue.close();
    }
}

/// Returns the number in a statement's only row.
fn only(numbers: &[i64]) -> Result<i64> {
    numbers.first().copied().ok_or_else(|| Error::Broken("a statement returned no row".to_owned()))
}

/// Prefixes the error with the database's location.
fn named(error: Error, location: &Location) -> Error {
    match error {
        Error::Unavailable(sentence) => Error::Unavailable(format!("{location}: {sentence}")),
        Error::Broken(sentence) => Error::Broken(format!("{location}: {sentence}")),
        other => other,
    }
}
