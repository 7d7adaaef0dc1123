//! The directory of recordings.

use super::Failure;
use crate::config::Config;
use crate::store::postgres;
use crate::store::sqlite::Location;
use std::fs::{self, DirBuilder};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The directory of recordings.
pub struct RecordingDirectory {
    path: PathBuf,
    /// True for an in-memory database: the directory is deleted when the server stops.
    temporary: bool,
}

/// Returns the configured directory, and creates it if it does not exist. If it cannot be created, that is only a
/// warning: calls continue, and each recording reports why it failed.
pub fn recording_directory(config: &Config) -> Result<RecordingDirectory, Failure> {
    let path = match &config.recordings_dir {
        Some(path) => path.clone(),
        // The database is elsewhere; the files are in the working directory of the server.
        None if postgres::Location::is_meant_by(&config.database) => PathBuf::from("recordings"),
        None => match config.database.parse().map_err(|problem: String| Failure::Config(vec![problem]))? {
            Location::File(database) => database.with_file_name("recordings"),
            Location::Memory => return temporary().map_err(Failure::from),
        },
    };
    if let Err(error) = builder().recursive(true).create(&path) {
        tracing::warn!("calls cannot be recorded: cannot create {}: {error}", path.display());
    }
    Ok(RecordingDirectory { path, temporary: false })
}

/// Creates a new directory under a name that is not in use.
fn temporary() -> io::Result<RecordingDirectory> {
    for number in 0_u32.. {
        let path = std::env::temp_dir().join(format!("ringdown-recordings-{}-{number}", std::process::id()));
        match builder().create(&path) {
            Ok(()) => return Ok(RecordingDirectory { path, temporary: true }),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

/// Only the owner may read the directory: recordings are private conversations.
fn builder() -> DirBuilder {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

impl RecordingDirectory {
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for RecordingDirectory {
    fn drop(&mut self) {
        if self.temporary
            && let Err(error) = fs::remove_dir_all(&self.path)
        {
            tracing::warn!("cannot remove {}: {error}", self.path.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(database: &str, recordings: Option<&Path>) -> RecordingDirectory {
        let config = Config {
            database: database.to_owned(),
            recordings_dir: recordings.map(Path::to_owned),
            ..Config::default()
        };
        recording_directory(&config).unwrap()
    }

    #[test]
    fn recordings_are_beside_the_database_or_where_one_says() {
        let home = tempfile::tempdir().unwrap();
        let database = format!("sqlite://{}/calls.db", home.path().display());
        assert_eq!(of(&database, None).path(), home.path().join("recordings"));
        assert!(home.path().join("recordings").is_dir(), "it stays");
        let other = home.path().join("a/b");
        assert_eq!(of(&database, Some(&other)).path(), other);
        assert!(other.is_dir());
    }

    #[test]
    fn servers_in_memory_each_have_their_own_and_take_it_with_them() {
        let (one, other) = (of("sqlite::memory:", None), of("sqlite::memory:", None));
        assert_ne!(one.path(), other.path());
        let path = one.path().to_owned();
        assert!(path.is_dir());
        drop(one);
        assert!(!path.exists() && other.path().is_dir());
    }

    #[test]
    fn a_directory_that_cannot_be_made_does_not_keep_a_server_from_starting() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        fs::write(&file, "").unwrap();
        assert_eq!(of("sqlite::memory:", Some(&file)).path(), file);
    }
}
