//! The store for a single server: a SQLite file, or memory.
//!
//! One task writes, on the only connection that does. Commits that wait at the same time share a transaction, because a
//! durable commit costs one flush of the disk regardless of its size. A few other connections read. sqlx runs each
//! connection on its own thread. No other server uses the database, so statements never wait for a lock held by another
//! statement of this process.

mod carriers;
mod check;
mod checkpoint;
mod customers;
mod group;
mod guard;
mod inspect;
mod lists;
mod location;
mod lookup;
mod outbox;
mod permissions;
mod port;
mod prune;
mod purge;
mod readers;
mod rows;
mod schema;
mod secrets;
mod select;
mod settings;
mod tail;
mod trouble;
mod usage;
mod writer;

use super::queue::Queue;
use super::{COMMITS, Call, Damage, Error, Flow, Groups, Meter, Result, StoredRun, unavailable};
use crate::memory::Share;
use crate::supervisor::{Stage, Supervisor};
use checkpoint::Checkpoints;
pub use inspect::Inspector;
pub use location::Location;
use location::OpenLocation;
use lookup::Lookup;
use readers::Readers;
use sqlx::{AssertSqlSafe, Executor};
use std::sync::Arc;
use std::time::Duration;
use tail::Tail;
use tokio::sync::{RwLock, watch};
use trouble::Trouble;
use uuid::Uuid;
use writer::{Writer, Writing};

/// How long a commit waits for a place in the queue.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Primary result codes (<https://www.sqlite.org/rescode.html>) of errors that may pass on a retry: PERM, BUSY, LOCKED,
/// NOMEM, READONLY, INTERRUPT, IOERR, CANTOPEN, PROTOCOL, NOLFS.
const PASSING: &[i32] = &[3, 5, 6, 7, 8, 9, 10, 14, 15, 22];
/// The disk is full.
const FULL: i32 = 13;
/// A page of the file is damaged.
const CORRUPT: i32 = 11;

/// How to open a database.
#[derive(Debug, Clone)]
pub struct Config {
    pub location: Location,
    /// What an answered commit survives.
    pub synchronous: Synchronous,
    /// The number of connections that read, at least one.
    pub readers: usize,
    /// True for a server, which takes the file's lock so that a second server is refused. False for a command that only
    /// reads and writes its own rows and can run alongside a server.
    pub exclusive: bool,
    /// The maximum number of 4 KiB pages in the database; `None` for no limit.
    pub max_pages: Option<u32>,
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
            synchronous: Synchronous::Full,
            readers: 4,
            exclusive: true,
            max_pages: None,
            groups: None,
            meter: None,
            commits: Share::unseen(COMMITS),
            supervisor: Supervisor::default(),
        }
    }
}

/// What an answered commit survives. With `Full` and `Normal` the database itself is never corrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Synchronous {
    /// A power loss.
    #[default]
    Full,
    /// The death of the process. A power loss may lose the last commits.
    Normal,
    /// The death of the process. A power loss may corrupt the database. For benchmarks and throw-away data.
    Off,
}

impl Synchronous {
    fn word(self) -> &'static str {
        match self {
            Synchronous::Full => "full",
            Synchronous::Normal => "normal",
            Synchronous::Off => "off",
        }
    }
}

/// A lock for databases in memory. There the writer and the readers would run into each other's SQLite locks, and
/// SQLite would sleep. They wait here instead. A file needs no such lock because its readers see a snapshot.
type Gate = Option<Arc<RwLock<()>>>;

/// An open database. Closing it finishes the accepted commits and releases the file; dropping it does so in the
/// background.
pub struct Sqlite {
    writer: Writer,
    readers: Arc<Readers>,
    runs: Arc<Lookup<StoredRun>>,
    calls: Arc<Lookup<Call>>,
    flows: Arc<Lookup<Flow>>,
    /// Only for a server, since nobody else then writes to the log.
    tail: Option<Arc<Tail>>,
    growth: watch::Sender<u64>,
    log_name: Uuid,
    trouble: Arc<Trouble>,
    location: OpenLocation,
}

impl Sqlite {
    /// Opens the database, creates it if there is none, and migrates it. Fails with a clear message for a file that
    /// another server uses or that a newer version wrote.
    pub async fn open(config: Config) -> Result<Sqlite> {
        let location = config.location.location();
        let lock = if config.exclusive { location.lock()? } else { None };
        location.create(config.exclusive)?;
        // A command leaves checkpoints to the server. It must not open the file itself, because closing a handle would
        // release the process's SQLite locks on the file.
        let file = if config.exclusive { location.file()? } else { None };
        let guard = location.guard(file.as_deref(), lock.as_ref())?;
        let mut db = location.writing().await.map_err(|error| location.named(check::at_core(error)))?;
        if config.exclusive {
            check::check(&mut db).await.map_err(|error| location.named(error))?;
        }
        schema::migrate(&mut db, &location, config.exclusive).await.map_err(|error| location.named(error))?;
        let log_name = match config.exclusive {
            true => schema::start(&mut db, config.synchronous).await?,
            false => schema::log_name(&mut db).await?,
        };
        if config.exclusive {
            db.execute(AssertSqlSafe(format!("pragma synchronous = {}", config.synchronous.word()))).await?;
        }
        if let Some(pages) = config.max_pages {
            db.execute(AssertSqlSafe(format!("pragma max_page_count = {pages}"))).await?;
        }
        group::prepare(&mut db).await?;
        let next = lists::next(&mut db).await?;
        let tail = config.exclusive.then(|| Arc::new(Tail::new(next.position - 1)));
        let gate: Gate = location.in_memory().then(Arc::default);
        let mut connections = Vec::new();
        for _ in 0..config.readers.max(1) {
            connections.push(location.reading().await?);
        }
        let checkpoints = match file {
            Some(file) => Some(Checkpoints::start(location.writing().await?, file, config.supervisor.clone())),
            None => None,
        };
        let damage = Arc::new(Damage::new(config.supervisor.metrics().clone()));
        let readers = Arc::new(Readers::new(connections, gate.clone(), damage));
        if let Some(guard) = &guard {
            let (watched, supervisor) = (guard.clone(), config.supervisor.clone());
            let watch = move |task| watched.clone().watch(supervisor.clone(), task);
            config.supervisor.spawn(Stage::Store, "database_file", watch);
        }
        let trouble = Arc::<Trouble>::default();
        let (groups, supervisor) = (config.groups, config.supervisor);
        let (growth, torn, failed) = (watch::Sender::new(0), false, false);
        let grown = growth.clone();
        let writing = Writing {
            db,
            gate,
            checkpoints,
            tail: tail.clone(),
            next,
            groups,
            growth,
            lock,
            torn,
            failed,
            supervisor,
            trouble: trouble.clone(),
            guard,
        };
        Ok(Sqlite {
            writer: Writer::new(Queue::new(TIMEOUT, config.meter, config.commits), writing)?,
            readers,
            runs: Lookup::new(rows::RUN_AND_VARIABLES, "run left join variables on run = key", rows::whole_run, |it| {
                it.run.id
            }),
            calls: Lookup::new(rows::CALL, "call", |row| Ok(rows::call(row)?.1), |it| it.id),
            flows: Lookup::new(rows::FLOW, "flow", rows::flow, |it| it.id),
            tail,
            growth: grown,
            log_name,
            trouble,
            location,
        })
    }
}

impl Drop for Sqlite {
    /// Closes in the background if there is a runtime. Answered commits are durable either way.
    fn drop(&mut self) {
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (writer, readers) = (self.writer.clone(), self.readers.clone());
            runtime.spawn(async move { writer.close(&readers).await });
        }
    }
}

impl From<sqlx::Error> for Error {
    /// Maps errors that may pass on a retry to `Unavailable`, and others, faults of this program or of the file, to
    /// `Broken`. (For PostgreSQL see `postgres::errors`.)
    fn from(error: sqlx::Error) -> Error {
        match &error {
            sqlx::Error::WorkerCrashed | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => unavailable(error.to_string()),
            sqlx::Error::Database(database) => {
                let code = database.code().and_then(|code| code.parse::<i32>().ok()).unwrap_or_default();
                match code & 0xff {
                    FULL => Error::Full(error.to_string()),
                    CORRUPT => Error::Damaged { table: "database", key: "file".to_owned(), why: error.to_string() },
                    code if PASSING.contains(&code) => unavailable(error.to_string()),
                    _ => Error::Broken(error.to_string()),
                }
            }
            _ => Error::Broken(error.to_string()),
        }
    }
}

/// Copies an error for several callers.
fn copy(error: &Error) -> Error {
    match error {
        Error::Unavailable(sentence) => Error::Unavailable(sentence.clone()),
        Error::Full(sentence) => Error::Full(sentence.clone()),
        Error::Damaged { table, key, why } => Error::Damaged { table, key: key.clone(), why: why.clone() },
        other => Error::Broken(other.to_string()),
    }
}
