//! Sealing: secrets in the database are encrypted with a key that is not in the database, so that a copy of the database
//! reveals none of them.
//!
//! A sealed value is XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) with a random nonce of 24 bytes, which may be
//! chosen at random for any number of values. The value is bound to its row: what was sealed for one customer does not
//! open as another customer's. It consists of a version (4 bytes), the id of the key (8), the nonce (24) and the
//! ciphertext with its tag (16 more bytes than the secret).

mod file;
mod key;
mod start;

pub use file::{Problem, create, read, replace};
pub use key::{Key, KeyId, Keys};
pub use start::{Source, confirm, open, refresh};

use crate::clock::Clock;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use std::path::PathBuf;
use std::sync::{PoisonError, RwLock};

/// What sealed values of this version begin with.
const VERSION: [u8; 4] = *b"rds1";
const ID: usize = 8;
const NONCE: usize = 24;
/// The length of what precedes the ciphertext.
const HEAD: usize = VERSION.len() + ID + NONCE;

/// Why something cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}")]
    File(#[from] Problem),
    #[error("{0}")]
    Refused(String),
    #[error("{0}")]
    Store(#[from] crate::store::Error),
    #[error("a sealed value requires the secret key {0}, which this server does not have")]
    UnknownKey(KeyId),
    #[error("a sealed value is damaged or belongs elsewhere")]
    Damaged,
}

impl From<Error> for crate::error::Error {
    fn from(error: Error) -> crate::error::Error {
        match error {
            Error::Store(error) => error.into(),
            other => crate::error::Error::internal(other),
        }
    }
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The place of a sealed value: it opens only there.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub table: &'static str,
    pub column: &'static str,
    /// The row.
    pub id: &'a [u8],
}

/// Seals and opens with the keys of a file, which it reads again when another process has changed it.
pub struct Sealer {
    /// `None` for a key in memory.
    file: Option<PathBuf>,
    keys: RwLock<Keys>,
}

/// Returns whether this is a sealed value. Values of earlier versions are not, and do not look like one.
pub fn is_sealed(value: &[u8]) -> bool {
    value.starts_with(&VERSION) && value.len() >= HEAD
}

/// Returns the id of the key that sealed a value.
pub fn key_of(value: &[u8]) -> Option<KeyId> {
    let id = value.get(VERSION.len()..VERSION.len() + ID).filter(|_| is_sealed(value))?;
    id.try_into().ok().map(KeyId)
}

impl Sealer {
    /// Returns a sealer with a new key that only this process has, for a database in memory.
    pub fn in_memory() -> Sealer {
        Sealer { file: None, keys: RwLock::new(Keys::random()) }
    }

    /// Returns a sealer with the keys of a file.
    pub fn of_file(path: PathBuf) -> Result<Sealer> {
        let keys = RwLock::new(file::read(&path)?);
        Ok(Sealer { file: Some(path), keys })
    }

    /// Returns the keys as they were last read.
    pub fn keys(&self) -> Keys {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Seals a secret with the current key. Secrets change rarely, so that reading the file first costs little, and a
    /// key that a rotation has replaced seals nothing any more.
    pub fn seal(&self, place: Place<'_>, secret: &[u8]) -> Result<Vec<u8>> {
        self.reread()?;
        let key = self.keys().current;
        let (id, nonce) = (key.id(), Clock::nonce());
        let mut sealed = Vec::with_capacity(HEAD + secret.len() + 16);
        sealed.extend(VERSION);
        sealed.extend(id.0);
        sealed.extend(nonce);
        let payload = Payload { msg: secret, aad: &bound_to(place, id) };
        let cipher = XChaCha20Poly1305::new(&key.bytes().into());
        sealed.extend(cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| Error::Damaged)?);
        Ok(sealed)
    }

    /// Opens what was sealed for this place, by any of the keys. A value that a new key of the file opens proves that the
    /// file belongs to this database, whichever keys it had before.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>> {
        let id = key_of(sealed).ok_or(Error::Damaged)?;
        if let Some(key) = self.keys().find(id) {
            return decrypt(key, place, sealed);
        }
        let Some(path) = &self.file else { return Err(Error::UnknownKey(id)) };
        let keys = file::read(path)?;
        let secret = decrypt(keys.find(id).ok_or(Error::UnknownKey(id))?, place, sealed)?;
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(secret)
    }

    /// Returns whether the current key sealed this value.
    pub fn is_current(&self, value: &[u8]) -> bool {
        key_of(value) == Some(self.keys().current.id())
    }

    /// Reads the file again. A file that shares no key with the one before is refused, unless it has opened a value: it may
    /// belong to another database, and what it would seal could then not be opened after the next start.
    fn reread(&self) -> Result<()> {
        let Some(path) = &self.file else { return Ok(()) };
        let keys = match file::read(path) {
            Ok(keys) => keys,
            // The keys in memory are still good.
            Err(problem) => {
                tracing::warn!("the secret key is used as it was read before: {problem}");
                return Ok(());
            }
        };
        let mut known = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        if *known == keys {
            return Ok(());
        }
        if !keys.all().any(|key| known.find(key.id()).is_some()) {
            let path = path.display();
            return Err(Error::Refused(format!("the keys in {path} are not known to be those of this database")));
        }
        *known = keys;
        Ok(())
    }
}

fn decrypt(key: &Key, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>> {
    let (nonce, msg) =
        sealed.get(VERSION.len() + ID..).and_then(|it| it.split_at_checked(NONCE)).ok_or(Error::Damaged)?;
    let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| Error::Damaged)?;
    let payload = Payload { msg, aad: &bound_to(place, key.id()) };
    let cipher = XChaCha20Poly1305::new(&key.bytes().into());
    cipher.decrypt(&XNonce::from(nonce), payload).map_err(|_| Error::Damaged)
}

/// Returns the data that is authenticated with a sealed value.
fn bound_to(place: Place<'_>, key: KeyId) -> Vec<u8> {
    let Place { table, column, id } = place;
    [&VERSION, key.0.as_slice(), table.as_bytes(), b"\0", column.as_bytes(), b"\0", id].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place = Place { table: "customer", column: "secrets", id: b"one" };

    #[test]
    fn a_value_opens_where_it_was_sealed_and_nowhere_else() {
        let sealer = Sealer::in_memory();
        let sealed = sealer.seal(PLACE, b"whsec_x").unwrap();
        assert!(is_sealed(&sealed) && sealer.is_current(&sealed));
        assert!(!sealed.windows(5).any(|it| it == b"whsec"));
        assert_eq!(sealer.open(PLACE, &sealed).unwrap(), b"whsec_x");
        assert_ne!(sealer.seal(PLACE, b"whsec_x").unwrap(), sealed, "the nonce is new");
        let elsewhere = [
            Place { id: b"two", ..PLACE },
            Place { column: "old_secrets", ..PLACE },
            Place { table: "setting", ..PLACE },
            Place { column: "secrets\0one", id: b"", ..PLACE },
        ];
        for place in elsewhere {
            assert!(matches!(sealer.open(place, &sealed), Err(Error::Damaged)), "{place:?}");
        }
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(sealer.open(PLACE, &changed).is_err(), "byte {at}");
        }
        for length in 0..sealed.len() {
            assert!(sealer.open(PLACE, &sealed[..length]).is_err());
        }
        assert!(matches!(Sealer::in_memory().open(PLACE, &sealed), Err(Error::UnknownKey(_))));
    }

    #[test]
    fn a_file_that_was_rotated_is_read_again() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("key");
        let mut keys = Keys::random();
        create(&path, &keys).unwrap();
        let sealer = Sealer::of_file(path.clone()).unwrap();
        let old = sealer.seal(PLACE, b"old").unwrap();
        keys.rotate();
        replace(&path, &keys).unwrap();
        let elsewhere = Sealer::of_file(path.clone()).unwrap();
        let new = elsewhere.seal(PLACE, b"new").unwrap();
        assert_eq!(sealer.open(PLACE, &new).unwrap(), b"new");
        assert_eq!(sealer.open(PLACE, &old).unwrap(), b"old");
        assert!(sealer.is_current(&sealer.seal(PLACE, b"x").unwrap()) && !sealer.is_current(&old));
        // A file that cannot be read for a while does no harm.
        std::fs::remove_file(&path).unwrap();
        assert!(sealer.seal(PLACE, b"x").is_ok());
        // The file of another database does not seal anything of this one.
        create(&path, &Keys::random()).unwrap();
        assert!(matches!(sealer.seal(PLACE, b"x"), Err(Error::Refused(_))));
        assert_eq!(sealer.open(PLACE, &old).unwrap(), b"old");
        // What it has sealed for this database proves that it is not.
        let foreign = Sealer::of_file(path).unwrap().seal(PLACE, b"proof").unwrap();
        assert_eq!(sealer.open(PLACE, &foreign).unwrap(), b"proof");
        assert!(sealer.is_current(&sealer.seal(PLACE, b"x").unwrap()));
    }
}
