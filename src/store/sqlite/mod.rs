//! The store on one machine: a SQLite file, or memory.
//!
//! One thread writes. It owns the only connection that does, and what waits for it at the same moment shares one
//! transaction, since a durable commit costs one flush of the disk however much it carries. A few other threads read,
//! each with a connection of its own. Nobody else touches the database, so no statement ever waits for a lock that
//! another one of this process holds.

mod apply;
mod checkpoint;
mod lists;
mod location;
mod outbox;
mod port;
mod prune;
mod readers;
mod recordings;
mod rows;
mod schema;
mod tail;
mod writer;

use super::{Error, Groups, Result, unavailable};
pub use location::Location;
use readers::Readers;
use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use tail::Tail;
use uuid::Uuid;
use writer::{Held, Writer};

/// How to open a database.
#[derive(Debug, Clone)]
pub struct Config {
    pub location: Location,
    /// What an answered commit survives.
    pub synchronous: Synchronous,
    /// Threads that read; at least one is started.
    pub readers: usize,
    /// True for a server: holds the file's lock, so that a second server is refused. Commands that only read and write
    /// their own rows leave it false and run beside a server.
    pub exclusive: bool,
    /// The most pages of 4 KiB that the database may take; none leaves it to the disk.
    pub max_pages: Option<u32>,
    /// Told how many commits shared each transaction that became durable.
    pub groups: Option<Groups>,
}

impl Config {
    /// A server's usual choice for this place.
    pub fn new(location: Location) -> Config {
        Config { location, synchronous: Synchronous::Full, readers: 4, exclusive: true, max_pages: None, groups: None }
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

/// An open database. Dropped or closed, it finishes the commits that it took and frees the file.
pub struct Sqlite {
    writer: Writer,
    readers: Readers,
    /// Of a server: nobody else writes the log.
    tail: Option<Arc<Tail>>,
    log_name: Uuid,
    /// The database, open for flushing. Let go of only after the connections are closed: a process that closes any handle
    /// of a file loses the locks that SQLite holds on it.
    file: Mutex<Option<Arc<File>>>,
}

impl Sqlite {
    /// Opens the database, creates it if there is none, and brings an older one up to date. Blocks for as long as that
    /// takes. A file that another server holds, or that a newer version wrote, is refused with a sentence that says so.
    pub fn open(config: Config) -> Result<Sqlite> {
        let place = config.location.place();
        let lock = if config.exclusive { place.lock()? } else { None };
        // A command leaves checkpoints to the server, and must not close a handle of a file that its process has locked.
        let file = if config.exclusive { place.file()? } else { None };
        let mut db = place.writing()?;
        schema::migrate(&mut db, &place, config.exclusive).map_err(|error| place.named(error))?;
        let log_name = match config.exclusive {
            true => schema::start(&mut db, config.synchronous)?,
            false => schema::log_name(&db)?,
        };
        if config.exclusive {
            db.pragma_update(None, "synchronous", config.synchronous.word())?;
        }
        if let Some(pages) = config.max_pages {
            db.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
        }
        let tail = if config.exclusive { Some(Arc::new(Tail::new(lists::log_end(&db)?))) } else { None };
        let gate: Gate = place.in_memory().then(Arc::default);
        let connections = (0..config.readers.max(1)).map(|_| place.reading()).collect::<Result<Vec<_>>>()?;
        let background = place.writing()?;
        let readers = Readers::start(connections, gate.clone())?;
        let told = writer::Told { groups: config.groups, tail: tail.clone() };
        let writer = Writer::start(db, background, file.clone(), lock, gate, told)?;
        Ok(Sqlite { writer, readers, tail, log_name, file: Mutex::new(file) })
    }

    /// Both stop taking work, finish what they took, and free the file.
    fn stop(&self) -> impl FnOnce() + Send + 'static {
        let (readers, writer) = (self.readers.stop(), self.writer.stop());
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner).take();
        move || {
            let panicked = || tracing::error!("a thread of the store panicked");
            for thread in readers {
                thread.join().unwrap_or_else(|_| panicked());
            }
            match writer.map(JoinHandle::join) {
                Some(Ok(Held { db, lock })) => {
                    drop(db);
                    drop(file);
                    drop(lock);
                }
                Some(Err(_)) => panicked(),
                None => {}
            }
        }
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        // Waits, so that whoever drops a store may open the file again at once.
        self.stop()();
    }
}

impl From<rusqlite::Error> for Error {
    /// What may be different on the next try is `Unavailable`; the rest is a fault of this program or of the file.
    fn from(error: rusqlite::Error) -> Error {
        use rusqlite::ErrorCode::*;
        match error.sqlite_error_code() {
            Some(
                DiskFull
                | DatabaseBusy
                | DatabaseLocked
                | SystemIoFailure
                | CannotOpen
                | ReadOnly
                | OutOfMemory
                | PermissionDenied
                | FileLockingProtocolFailed
                | NoLargeFileSupport
                | OperationInterrupted,
            ) => Error::Unavailable(error.to_string()),
            _ => Error::Broken(error.to_string()),
        }
    }
}
