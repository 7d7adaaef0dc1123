//! Who may read the files of a database: the user that the server runs as, and nobody else.

use crate::store::{Result, unavailable};
use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

/// Returns options that create files for their owner alone.
pub(super) fn private() -> OpenOptions {
    let mut options = File::options();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Creates the file of a database, empty, if there is none: SQLite would create it with the permissions that the umask
/// leaves. SQLite gives its other files the permissions of this one.
///
/// Does not open a file that exists: closing it again would release the locks that this process has on it.
pub(super) fn create(database: &Path) -> Result<()> {
    if database.exists() {
        return Ok(());
    }
    let created = private().create(true).truncate(false).write(true).open(database);
    created.map(drop).map_err(|error| unavailable(format!("{} cannot be created: {error}", database.display())))
}

/// Takes the permissions of other users from files that an earlier version created with those of the umask.
#[cfg(unix)]
pub(super) fn tighten(database: &Path) {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    for file in files(database) {
        let Ok(metadata) = fs::metadata(&file) else { continue };
        let (mode, path) = (metadata.mode() & 0o777, file.display());
        if mode & 0o077 == 0 {
            continue;
        }
        if metadata.uid() != rustix::process::geteuid().as_raw() {
            tracing::warn!("other users may read {path} (mode {mode:04o}), which does not belong to the server's user");
            continue;
        }
        match fs::set_permissions(&file, fs::Permissions::from_mode(mode & 0o700)) {
            Ok(()) => tracing::info!("other users can no longer read {path}, which had mode {mode:04o}"),
            Err(error) => tracing::warn!("other users may read {path} (mode {mode:04o}): {error}"),
        }
    }
}

#[cfg(not(unix))]
pub(super) fn tighten(_: &Path) {}

#[cfg(unix)]
fn files(database: &Path) -> impl Iterator<Item = PathBuf> {
    let database = database.as_os_str().to_owned();
    ["", "-wal", "-shm", ".lock"].into_iter().map(move |end| {
        let mut name = database.clone();
        name.push(end);
        name.into()
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    #[test]
    fn files_are_for_their_owner_alone() {
        let home = tempfile::tempdir().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o777;
        let path = home.path().join("new.db");
        create(&path).unwrap();
        assert_eq!(mode(&path), 0o600);
        create(&path).unwrap();
        let old = home.path().join("old.db");
        for path in files(&old) {
            fs::write(&path, "x").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o664)).unwrap();
        }
        create(&old).unwrap();
        tighten(&old);
        assert!(files(&old).all(|path| mode(&path) == 0o600 && fs::read(path).unwrap() == b"x"));
        assert!(create(&home.path().join("no/such/directory")).is_err());
    }
}
