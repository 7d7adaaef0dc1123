//! The file that holds the secret keys.

use super::key::Keys;
use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// The most bytes that are read of a file.
const MAX_BYTES: u64 = 16 * 1_024;

/// Why a file cannot be used: a sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    #[error("{} does not exist", .0.display())]
    Missing(PathBuf),
    #[error("{} exists already", .0.display())]
    Exists(PathBuf),
    #[error("{}: {sentence}", .path.display())]
    Unusable { path: PathBuf, sentence: String },
}

fn unusable(path: &Path, sentence: impl ToString) -> Problem {
    Problem::Unusable { path: path.to_owned(), sentence: sentence.to_string() }
}

/// Reads the keys of a file. A file that others can read is refused, because its keys are no secret.
pub fn read(path: &Path) -> Result<Keys, Problem> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(Problem::Missing(path.to_owned())),
        Err(error) => return Err(unusable(path, format!("the secret key cannot be read: {error}"))),
    };
    check_mode(path, &file)?;
    let mut text = String::new();
    file.take(MAX_BYTES)
        .read_to_string(&mut text)
        .map_err(|error| unusable(path, format!("the secret key cannot be read: {error}")))?;
    Keys::parse(&text).map_err(|problem| unusable(path, format!("this is no file with a secret key: {problem}")))
}

/// Permits the owner, and the group of a file that belongs to root: this is how secrets are given to a service that
/// must not be able to change them.
#[cfg(unix)]
fn check_mode(path: &Path, file: &File) -> Result<(), Problem> {
    use std::os::unix::fs::MetadataExt;
    let metadata = file.metadata().map_err(|error| unusable(path, error))?;
    let permitted = if metadata.uid() == 0 { 0o740 } else { 0o700 };
    let mode = metadata.mode() & 0o777;
    match mode & !permitted {
        0 => Ok(()),
        _ => Err(unusable(
            path,
            format!("other users can read or change the secret key (mode {mode:04o}): run chmod 600 on it"),
        )),
    }
}

#[cfg(not(unix))]
fn check_mode(_: &Path, _: &File) -> Result<(), Problem> {
    Ok(())
}

/// Creates a file. It appears with all of its content or not at all, and never replaces another one.
pub fn create(path: &Path, keys: &Keys) -> Result<(), Problem> {
    let cannot = |error: std::io::Error| unusable(path, format!("the secret key cannot be written: {error}"));
    let part = write_part(path, keys).map_err(cannot)?;
    let linked = fs::hard_link(&part, path);
    // Nothing but the name is lost if it stays.
    let removed = fs::remove_file(&part);
    match linked {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(Problem::Exists(path.to_owned())),
        Err(error) => Err(cannot(error)),
        Ok(()) => removed.and_then(|()| flush_directory(path)).map_err(cannot),
    }
}

/// Replaces a file, which keeps its owner and permissions. A process that dies leaves the old content or the new one.
pub fn replace(path: &Path, keys: &Keys) -> Result<(), Problem> {
    let cannot = |error: std::io::Error| unusable(path, format!("the secret key cannot be replaced: {error}"));
    // A symbolic link stays one.
    let path = &fs::canonicalize(path).map_err(cannot)?;
    let part = write_part(path, keys).map_err(cannot)?;
    let replaced = like(&part, path).and_then(|()| fs::rename(&part, path)).and_then(|()| flush_directory(path));
    if replaced.is_err() {
        // It may have been renamed already.
        let _ = fs::remove_file(&part);
    }
    replaced.map_err(cannot)
}

#[cfg(unix)]
fn like(part: &Path, path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let (new, old) = (fs::metadata(part)?, fs::metadata(path)?);
    if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
        std::os::unix::fs::chown(part, Some(old.uid()), Some(old.gid()))?;
    }
    fs::set_permissions(part, old.permissions())
}

#[cfg(not(unix))]
fn like(_: &Path, _: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Writes a temporary file next to `path`, flushes it, and returns its path.
fn write_part(path: &Path, keys: &Keys) -> std::io::Result<PathBuf> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    // Left by a process of the same number that died.
    if let Err(error) = fs::remove_file(&part)
        && error.kind() != ErrorKind::NotFound
    {
        return Err(error);
    }
    let mut options = File::options();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&part)?;
    file.write_all(keys.text().as_bytes())?;
    file.sync_all()?;
    Ok(part)
}

/// A new name is durable only once its directory is flushed.
fn flush_directory(path: &Path) -> std::io::Result<()> {
    let directory = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(directory)?.sync_all()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    #[test]
    fn a_file_is_created_once_and_for_its_owner_alone() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("ringdown.db.key");
        assert!(matches!(read(&path), Err(Problem::Missing(_))));
        let keys = Keys::random();
        create(&path, &keys).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(read(&path).unwrap(), keys);
        assert!(matches!(create(&path, &Keys::random()), Err(Problem::Exists(_))));
        assert_eq!(read(&path).unwrap(), keys, "it is the first one");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1, "nothing else is left");
        assert!(create(&home.path().join("no/such/directory"), &keys).is_err());
    }

    #[test]
    fn a_replaced_file_keeps_its_permissions_and_its_link() {
        let home = tempfile::tempdir().unwrap();
        let (path, link) = (home.path().join("key"), home.path().join("link"));
        create(&path, &Keys::random()).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let keys = Keys::random();
        replace(&link, &keys).unwrap();
        assert_eq!(read(&path).unwrap(), keys);
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o400);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 2, "nothing else is left");
    }

    #[test]
    fn a_file_that_others_can_read_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("key");
        create(&path, &Keys::random()).unwrap();
        let by_root = fs::metadata(&path).unwrap().uid() == 0;
        for (mode, good) in
            [(0o600, true), (0o400, true), (0o640, by_root), (0o604, false), (0o620, false), (0o644, false)]
        {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            match read(&path) {
                Ok(_) => assert!(good, "{mode:o}"),
                Err(problem) => assert!(!good && problem.to_string().contains("chmod 600"), "{mode:o}: {problem}"),
            }
        }
    }
}
