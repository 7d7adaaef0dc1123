//! The location of a database, and how each kind of connection to it is made.

use super::guard::Guard;
use super::permissions::{self, private};
use super::{Error, Result, unavailable};
use sqlx::ConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// How long to wait for another writer: commands write alongside a server.
pub(super) const BUSY: Duration = Duration::from_secs(5);

/// The number of compiled statements that a connection caches.
const STATEMENTS: usize = 128;

/// The location of a database, parsed from a URL: `sqlite://ringdown.db`, `sqlite:///var/lib/ringdown.db`,
/// `sqlite::memory:`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    File(PathBuf),
    /// A private database in the memory of this process, lost when it is closed. It holds up to 1 GiB.
    Memory,
}

impl FromStr for Location {
    type Err = String;

    fn from_str(url: &str) -> Result<Location, String> {
        let expected = "expected sqlite://<path of a file> or sqlite::memory:";
        let rest = url.strip_prefix("sqlite:").ok_or_else(|| format!("{url:?} is not a SQLite URL: {expected}"))?;
        if rest == ":memory:" {
            return Ok(Location::Memory);
        }
        let path = rest.strip_prefix("//").ok_or_else(|| format!("{url:?} names no file: {expected}"))?;
        if path == ":memory:" {
            return Err(format!("{url:?} would be a file named :memory:; write sqlite::memory:"));
        }
        if let Some((_, options)) = path.split_once('?') {
            return Err(format!("{url:?} has options ({options}), which are not taken from the URL: {expected}"));
        }
        if path.is_empty() || path.ends_with('/') {
            return Err(format!("{url:?} names no file: {expected}"));
        }
        Ok(Location::File(path.into()))
    }
}

impl Location {
    /// Resolves the location for one opening: each opening in memory gets its own database.
    pub(super) fn location(&self) -> OpenLocation {
        match self {
            Location::File(path) => OpenLocation { path: path.clone(), memory: false },
            // The memdb file system shares names that begin with a slash between the connections of a process.
            Location::Memory => OpenLocation { path: format!("/ringdown-{}", Uuid::new_v4()).into(), memory: true },
        }
    }
}

/// A location that is being opened.
pub(super) struct OpenLocation {
    path: PathBuf,
    memory: bool,
}

impl OpenLocation {
    pub fn in_memory(&self) -> bool {
        self.memory
    }

    /// Takes the lock that a server holds while it runs. The operating system releases it when the process dies. A
    /// database in memory needs none, since no other process can name it.
    pub fn lock(&self) -> Result<Option<File>> {
        if self.memory {
            return Ok(None);
        }
        let path = lock_path(&self.path);
        let file = private().create(true).truncate(false).write(true).open(&path).map_err(|error| {
            unavailable(format!("{}, which guards the database, cannot be opened: {error}", path.display()))
        })?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Err(unavailable(format!(
                "another server uses {}; a database file serves one server at a time (the lock is on {})",
                self.path.display(),
                path.display()
            ))),
            Err(TryLockError::Error(error)) => {
                Err(unavailable(format!("{} cannot be locked: {error}", path.display())))
            }
        }
    }

    /// Creates the database file if there is none, for its owner alone. A server also takes the permissions of other
    /// users from existing files.
    pub fn create(&self, server: bool) -> Result<()> {
        if self.memory {
            return Ok(());
        }
        if server {
            permissions::tighten(&self.path);
        }
        permissions::create(&self.path)
    }

    /// Opens the database file. SQLite flushes it only with the last pages of a checkpoint; the checkpoint task flushes
    /// it earlier.
    pub fn file(&self) -> Result<Option<Arc<File>>> {
        if self.memory {
            return Ok(None);
        }
        let file = File::options().write(true).open(&self.path);
        file.map(|file| Some(Arc::new(file)))
            .map_err(|error| unavailable(format!("{} cannot be opened: {error}", self.path.display())))
    }

    /// Returns the guard of the files that a server has opened.
    pub fn guard(&self, database: Option<&File>, lock: Option<&File>) -> Result<Option<Arc<Guard>>> {
        match (database, lock) {
            (Some(database), Some(lock)) => {
                Guard::new(&[(&self.path, database), (&lock_path(&self.path), lock)]).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Returns a connection that writes: one for the writer, and one that copies pages from the write-ahead log into
    /// the file.
    pub async fn writing(&self) -> Result<SqliteConnection> {
        let mode = if self.memory { "memory" } else { "wal" };
        let options =
            self.options().create_if_missing(self.memory).pragma("journal_mode", mode).pragma("synchronous", "full");
        // The checkpoint task decides when to copy.
        let options = options.pragma("wal_autocheckpoint", "0");
        // Returns disk space when a log that grew starts over.
        let options = options.pragma("journal_size_limit", (64 << 20).to_string());
        let mut db = self.connect(options.pragma("cache_size", (-(64 << 10)).to_string())).await?;
        let got: String = sqlx::query_scalar("pragma journal_mode").fetch_one(&mut db).await?;
        if got != mode {
            return Err(
                self.named(unavailable(format!("its file system does not support a write-ahead log (got {got})")))
            );
        }
        Ok(db)
    }

    /// Returns a connection that only reads.
    pub async fn reading(&self) -> Result<SqliteConnection> {
        self.connect(self.options().read_only(true).pragma("cache_size", (-(8 << 10)).to_string())).await
    }

    async fn connect(&self, options: SqliteConnectOptions) -> Result<SqliteConnection> {
        options.connect().await.map_err(|error| self.named(error.into()))
    }

    fn options(&self) -> SqliteConnectOptions {
        // SQLite would interpret a name with this prefix as a URI.
        let path = if self.path.to_string_lossy().starts_with("file:") {
            Path::new(".").join(&self.path)
        } else {
            self.path.clone()
        };
        let options = SqliteConnectOptions::new()
            .filename(path)
            .foreign_keys(false)
            .busy_timeout(BUSY)
            .pragma("temp_store", "memory")
            .statement_cache_capacity(STATEMENTS)
            .thread_name(|number| format!("store-sqlite-{number}"))
            .disable_statement_logging();
        if self.memory { options.vfs("memdb") } else { options }
    }

    /// Prefixes the error with the path of the file.
    pub fn named(&self, error: Error) -> Error {
        let path = self.path.display();
        match error {
            Error::Unavailable(sentence) => Error::Unavailable(format!("{path}: {sentence}")),
            Error::Broken(sentence) => Error::Broken(format!("{path}: {sentence}")),
            other => other,
        }
    }
}

fn lock_path(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_a_file_or_memory() {
        let parse = |url: &str| url.parse::<Location>();
        assert_eq!(parse("sqlite::memory:"), Ok(Location::Memory));
        assert_eq!(parse("sqlite://ringdown.db"), Ok(Location::File("ringdown.db".into())));
        assert_eq!(parse("sqlite:///var/lib/r.db"), Ok(Location::File("/var/lib/r.db".into())));
        for (url, expected) in [
            ("postgres://x", "is not a SQLite URL"),
            ("ringdown.db", "is not a SQLite URL"),
            ("sqlite:ringdown.db", "names no file"),
            ("sqlite://", "names no file"),
            ("sqlite:///var/lib/", "names no file"),
            ("sqlite://:memory:", "write sqlite::memory:"),
            ("sqlite://a.db?mode=ro", "has options (mode=ro)"),
        ] {
            let sentence = parse(url).expect_err(url);
            assert!(sentence.contains(expected), "{url}: {sentence}");
        }
    }
}
