//! The store on one machine: a SQLite file, or memory.
//!
//! One task writes. It has the only connection that does, and what waits for it at the same moment shares one
//! transaction, since a durable commit costs one flush of the disk however much it carries. A few other connections
//! read. sqlx gives each a thread of its own. Nobody else touches the database, so no statement ever waits for a lock
//! that another one of this process holds.

mod checkpoint;
mod group;
mod lists;
mod location;
mod lookup;
mod outbox;
mod port;
mod prune;
mod readers;
mod rows;
mod schema;
mod settings;
mod tail;
mod writer;

use super::queue::Queue;
use super::{Call, Error, Flow, Groups, Result, StoredRun, unavailable};
use crate::supervisor::Supervisor;
use checkpoint::Checkpoints;
pub use location::Location;
use lookup::Lookup;
use readers::Readers;
use sqlx::{AssertSqlSafe, Executor};
use std::sync::Arc;
use std::time::Duration;
use tail::Tail;
use tokio::sync::{RwLock, watch};
use uuid::Uuid;
use writer::{Writer, Writing};

/// How long a commit waits for a place among those that wait.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Primary result codes (<https://www.sqlite.org/rescode.html>) of what may be different on the next try: PERM, BUSY, LOCKED,
/// NOMEM, READONLY, INTERRUPT, IOERR, FULL, CANTOPEN, PROTOCOL, NOLFS.
const PASSING: &[i32] = &[3, 5, 6, 7, 8, 9, 10, 13, 14, 15, 22];

/// How to open a database.
#[derive(Debug, Clone)]
pub struct Config {
    pub location: Location,
    /// What an answered commit survives.
    pub synchronous: Synchronous,
    /// Connections that read; at least one is made.
    pub readers: usize,
    /// True for a server: holds the file's lock, so that a second server is refused. Commands that only read and write
    /// their own rows leave it false and run beside a server.
    pub exclusive: bool,
    /// The most pages of 4 KiB that the database may take; none leaves it to the disk.
    pub max_pages: Option<u32>,
    /// Told how many commits shared each transaction that became durable.
    pub groups: Option<Groups>,
    /// Runs the store's own tasks, and is told when it cannot go on.
    pub supervisor: Supervisor,
}

impl Config {
    /// A server's usual choice for this place.
    pub fn new(location: Location) -> Config {
        Config {
            location,
            synchronous: Synchronous::Full,
            readers: 4,
            exclusive: true,
            max_pages: None,
            groups: None,
            supervisor: Supervisor::default(),
        }
    }
}

/// What an answered commit survives. The database itself stays sound with `Full` and `Normal`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Synchronous {
    /// A loss of power.
    #[default]
    Full,
    /// The death of the process; a loss of power may take the last commits with it.
    Normal,
    /// The death of the process; a loss of power may leave the database unreadable. For benchmarks and throw-away data.
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

/// In memory a writer and readers would meet each other's locks, which SQLite resolves by sleeping. They meet here
/// instead. A file needs none: its readers see the snapshot of the moment.
type Gate = Option<Arc<RwLock<()>>>;

/// An open database. Closed, it finishes the commits that it took, and frees the file; dropped, it does so in the background.
pub struct Sqlite {
    writer: Writer,
    readers: Arc<Readers>,
    runs: Arc<Lookup<StoredRun>>,
    calls: Arc<Lookup<Call>>,
    flows: Arc<Lookup<Flow>>,
    /// Of a server: nobody else writes the log.
    tail: Option<Arc<Tail>>,
    growth: watch::Sender<u64>,
    log_name: Uuid,
}

impl Sqlite {
    /// Opens the database, creates it if there is none, and brings an older one up to date. A file that another server holds,
    /// or that a newer version wrote, is refused with a sentence that says so.
    pub async fn open(config: Config) -> Result<Sqlite> {
        let location = config.location.location();
        let lock = if config.exclusive { location.lock()? } else { None };
        // A command leaves checkpoints to the server, and must not close a handle of a file that its process has locked.
        let file = if config.exclusive { location.file()? } else { None };
        let mut db = location.writing().await?;
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
        let readers = Arc::new(Readers::new(connections, gate.clone()));
        let (groups, supervisor) = (config.groups, config.supervisor);
        let (growth, torn, failed) = (watch::Sender::new(0), false, false);
        let grown = growth.clone();
        let writing =
            Writing { db, gate, checkpoints, tail: tail.clone(), next, groups, growth, lock, torn, failed, supervisor };
        Ok(Sqlite {
            writer: Writer::new(Queue::new(TIMEOUT), writing)?,
            readers,
            runs: Lookup::new(rows::RUN_AND_VARIABLES, "run left join variables on run = key", rows::whole_run, |it| {
                it.run.id
            }),
            calls: Lookup::new(rows::CALL, "call", |row| Ok(rows::call(row)?.1), |it| it.id),
            flows: Lookup::new(rows::FLOW, "flow", rows::flow, |it| it.id),
            tail,
            growth: grown,
            log_name,
        })
    }
}

impl Drop for Sqlite {
    /// In the background, where there is one: nothing that was answered is lost either way.
    fn drop(&mut self) {
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (writer, readers) = (self.writer.clone(), self.readers.clone());
            runtime.spawn(async move { writer.close(&readers).await });
        }
    }
}

impl From<sqlx::Error> for Error {
    /// What may be different on the next try is `Unavailable`; the rest is a fault of this program or of the file. (What
    /// PostgreSQL says means something else: `postgres::errors`.)
    fn from(error: sqlx::Error) -> Error {
        match &error {
            sqlx::Error::WorkerCrashed | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => unavailable(error.to_string()),
            sqlx::Error::Database(database) => {
                let code = database.code().and_then(|code| code.parse::<i32>().ok()).unwrap_or_default();
                match PASSING.contains(&(code & 0xff)) {
                    true => unavailable(error.to_string()),
                    false => Error::Broken(error.to_string()),
                }
            }
            _ => Error::Broken(error.to_string()),
        }
    }
}

/// An error that befalls several callers at once is told to each.
fn copy(error: &Error) -> Error {
    match error {
        Error::Unavailable(sentence) => Error::Unavailable(sentence.clone()),
        other => Error::Broken(other.to_string()),
    }
}
