//! Finds the secret key of a database, and refuses one that belongs to another database.

use super::{Error, KeyId, Keys, Place, Problem, Result, Sealer, create, key_of};
use crate::store::Store;
use std::path::{Path, PathBuf};

/// The setting that shows which keys open the secrets of a database: the ids of the keys, sealed.
const CHECK: &str = "secret_key_check";
const PLACE: Place = Place { table: "setting", column: CHECK, id: b"" };
/// How often the check value is written again when another process changes it at the same time.
const TRIES: usize = 8;

/// Where the secret key of a database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A new key in memory, for a database in memory.
    Memory,
    File {
        path: PathBuf,
        /// Whether the first start makes the file.
        make: bool,
    },
}

impl Source {
    /// Returns where the key of a database is: `database` is its URL, `file` the configured file. Fails with a sentence.
    pub fn of(database: &str, file: Option<&Path>) -> Result<Source, String> {
        if database == "sqlite::memory:" {
            return Ok(Source::Memory);
        }
        match (database.strip_prefix("sqlite://"), file) {
            (beside, Some(file)) => Ok(Source::File { path: file.to_owned(), make: beside.is_some() }),
            (Some(beside), None) => Ok(Source::File { path: format!("{beside}.key").into(), make: true }),
            (None, None) => {
                Err("A PostgreSQL database requires --secret-key-file FILE (RINGDOWN_SECRET_KEY_FILE), with the \
                 same content on all servers. Make it once with `ringdown secret-key generate FILE`."
                    .to_owned())
            }
        }
    }
}

/// Returns a sealer for the secrets of a database. The first start on SQLite makes the file; a key that is not the
/// database's is refused.
pub async fn open(store: &dyn Store, source: Source) -> Result<Sealer> {
    let Source::File { path, make } = source else { return Ok(Sealer::in_memory()) };
    let check = store.find_setting(CHECK).await?;
    let sealer = match Sealer::of_file(path.clone()) {
        Err(Error::File(Problem::Missing(path))) => missing(path, make, check.as_deref().and_then(key_of))?,
        sealer => sealer?,
    };
    // Two servers that start at the same time agree on one value.
    let check = store.setting(CHECK, sealer.check(&[])?).await?;
    sealer.verify(&path, &check)?;
    Ok(sealer)
}

/// Makes the file, unless the database has secrets that only another file opens.
fn missing(path: PathBuf, make: bool, sealed_by: Option<KeyId>) -> Result<Sealer> {
    let name = path.display();
    if let Some(id) = sealed_by {
        let sentence = format!(
            "the secret key file {name} does not exist, and the secrets in this database are sealed with the key {id} \
             that it held: restore the file, or name it with --secret-key-file"
        );
        return Err(Error::Refused(sentence));
    }
    if !make {
        let sentence = format!(
            "the secret key file {name} does not exist: make it once with `ringdown secret-key generate {name}`, and copy \
             it to all servers"
        );
        return Err(Error::Refused(sentence));
    }
    match create(&path, &Keys::random()) {
        Ok(()) => {
            tracing::info!(file = %name, "made the secret key of the database; keep a copy apart from its backups")
        }
        // Another process was faster.
        Err(Problem::Exists(_)) => {}
        Err(problem) => return Err(problem.into()),
    }
    Sealer::of_file(path)
}

/// Learns the keys of a file that was replaced, if it is the database's: called before something is sealed that nothing
/// was opened for.
pub async fn refresh(store: &dyn Store, sealer: &Sealer) -> Result<()> {
    match store.find_setting(CHECK).await? {
        Some(check) => sealer.open(PLACE, &check).map(drop),
        // A key in memory has no check value.
        None => Ok(()),
    }
}

/// Writes which keys the secrets of the database now require: the current one and, while a rotation is under way,
/// `previous`.
pub async fn confirm(store: &dyn Store, sealer: &Sealer, previous: &[KeyId]) -> Result<()> {
    for _ in 0..TRIES {
        let check = sealer.check(previous)?;
        let before = store.setting(CHECK, check.clone()).await?;
        if before == check || store.replace_setting(CHECK, &before, check).await? {
            return Ok(());
        }
    }
    Err(Error::Refused("another process rotates the secret key at the same time".to_owned()))
}

impl Sealer {
    /// Returns the value of the setting.
    fn check(&self, previous: &[KeyId]) -> Result<Vec<u8>> {
        self.seal(PLACE, &previous.iter().flat_map(|id| id.0).collect::<Vec<u8>>())
    }

    /// Fails unless the keys open every secret of the database.
    fn verify(&self, path: &Path, check: &[u8]) -> Result<()> {
        let refused = |id: KeyId| {
            let (path, own) = (path.display(), self.keys().current.id());
            Error::Refused(format!(
                "{path} is not the secret key of this database: its secrets require the key {id}, and the current key of \
                 the file is {own}; use the file that belongs to the database, the same on all servers"
            ))
        };
        let required = match self.open(PLACE, check) {
            Err(Error::UnknownKey(id)) => return Err(refused(id)),
            required => required?,
        };
        for id in required.chunks_exact(8).filter_map(|id| id.try_into().ok().map(KeyId)) {
            if self.keys().find(id).is_none() {
                return Err(refused(id));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_a_file_is_beside_it() {
        let file = |path: &str, make| Ok(Source::File { path: path.into(), make });
        assert_eq!(Source::of("sqlite::memory:", Some(Path::new("k"))), Ok(Source::Memory));
        assert_eq!(Source::of("sqlite:///var/lib/r.db", None), file("/var/lib/r.db.key", true));
        assert_eq!(Source::of("sqlite://r.db", Some(Path::new("/etc/k"))), file("/etc/k", true));
        assert_eq!(Source::of("postgres://h/d", Some(Path::new("/etc/k"))), file("/etc/k", false));
        assert!(Source::of("postgres://h/d", None).unwrap_err().contains("secret-key generate"));
    }
}
