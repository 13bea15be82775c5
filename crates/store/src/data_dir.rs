//! The data directory: made private, locked by one process, written to atomically.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use jackfield_protocol::port::{StoreError, StoreResult};

/// The database.
pub(crate) const DATABASE: &str = "jackfield.db";
/// The keys, unless they are in the operating system's key store.
pub(crate) const KEYS: &str = "key";
/// Who this installation is and where its keys are.
pub(crate) const INSTALLATION: &str = "installation.json";
const LOCK: &str = "lock";

/// A process that has just ended may still hold its lock for a moment.
const LOCK_TRIES: u32 = 40;
const LOCK_PAUSE: Duration = Duration::from_millis(25);

/// A data directory.
#[derive(Debug)]
pub(crate) struct DataDir {
    path: PathBuf,
}

/// The right to write to a data directory; other processes are kept out until it is dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    /// Held, never read: the system's lock goes with it.
    _file: File,
}

impl DataDir {
    /// Makes the directory if it is missing, and locks it.
    ///
    /// # Errors
    /// `Conflict` when another process has it; `Io` when it cannot be made or written.
    pub(crate) async fn open(path: &Path) -> StoreResult<(Self, Lock)> {
        create(path).map_err(|error| failed("cannot make the data directory", path, &error))?;
        let lock_path = path.join(LOCK);
        let file = private()
            .truncate(false)
            .open(&lock_path)
            .map_err(|error| failed("cannot write to the data directory", &lock_path, &error))?;
        for _ in 0..LOCK_TRIES {
            match file.try_lock() {
                Ok(()) => return Ok((Self { path: path.to_owned() }, Lock { _file: file })),
                Err(TryLockError::WouldBlock) => tokio::time::sleep(LOCK_PAUSE).await,
                Err(TryLockError::Error(error)) => {
                    return Err(failed("cannot lock the data directory", &lock_path, &error));
                }
            }
        }
        Err(StoreError::Conflict(format!(
            "Another Jackfield process uses the data directory {}. Stop it first, or choose another data directory.",
            path.display()
        )))
    }

    /// The path of a file in it.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Writes a file that only its owner may read: whole or not at all, and on the disk when this returns.
    pub(crate) fn write_private(&self, name: &str, bytes: &[u8]) -> StoreResult<()> {
        let target = self.file(name);
        let fresh = self.file(&format!("{name}.new"));
        self.replace(&fresh, &target, bytes).map_err(|error| failed("cannot write", &target, &error))
    }

    fn replace(&self, fresh: &Path, target: &Path, bytes: &[u8]) -> io::Result<()> {
        // A rest of a write that was cut off; we hold the lock, so nobody else is writing it now.
        match fs::remove_file(fresh) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = private_new().open(fresh)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(fresh, target)?;
        sync_dir(&self.path)
    }

    /// Makes an empty file that only its owner may read, unless it exists. SQLite gives the files beside its
    /// database the same mode.
    pub(crate) fn touch_private(&self, name: &str) -> StoreResult<()> {
        let path = self.file(name);
        match private_new().open(&path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                Err(failed("cannot write", &path, &error))
            }
            _ => Ok(()),
        }
    }

    /// A file as text; `None` when it does not exist.
    pub(crate) fn read(&self, name: &str) -> StoreResult<Option<zeroize::Zeroizing<String>>> {
        let path = self.file(name);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(zeroize::Zeroizing::new(text))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed("cannot read", &path, &error)),
        }
    }
}

/// What failed, where, and what the system says.
pub(crate) fn failed(what: &str, path: &Path, error: &io::Error) -> StoreError {
    StoreError::Io(format!("{what} {}: {error}", path.display()))
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true);
    owner_only(&mut options);
    options
}

fn private_new() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    owner_only(&mut options);
    options
}

#[cfg(unix)]
fn owner_only(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600);
}

#[cfg(not(unix))]
fn owner_only(_: &mut OpenOptions) {}

#[cfg(unix)]
fn create(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn create(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// A rename lasts only when the directory is on the disk too.
#[cfg(unix)]
fn sync_dir(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

#[cfg(not(unix))]
fn sync_dir(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Takes a secret file away from everybody but its owner. True when others could read it before.
#[cfg(unix)]
pub(crate) fn make_private(path: &Path) -> StoreResult<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path).map_err(|error| failed("cannot read", path, &error))?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(false);
    }
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).map_err(|error| {
        failed("others may read the key file, and its mode cannot be changed to 0600:", path, &error)
    })?;
    Ok(true)
}

/// Access lists guard the user's own directories here.
#[cfg(not(unix))]
pub(crate) fn make_private(_: &Path) -> StoreResult<bool> {
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_second_opener_is_told_who_is_in_the_way() {
        let temp = tempfile::tempdir().unwrap();
        let first = DataDir::open(temp.path()).await.unwrap();
        let error = DataDir::open(temp.path()).await.unwrap_err();
        assert!(matches!(&error, StoreError::Conflict(text) if text.contains("Another Jackfield process")));
        drop(first);
        DataDir::open(temp.path()).await.unwrap();
    }

    #[tokio::test]
    async fn a_file_in_the_way_is_named() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("taken");
        fs::write(&path, "x").unwrap();
        let error = DataDir::open(&path).await.unwrap_err().to_string();
        assert!(error.contains("cannot make the data directory") && error.contains("taken"), "{error}");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn directory_and_files_are_for_their_owner_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("a/b");
        let (dir, _lock) = DataDir::open(&path).await.unwrap();
        assert_eq!(mode(&path), 0o700);
        dir.write_private("key", b"one").unwrap();
        dir.write_private("key", b"two").unwrap();
        assert_eq!(fs::read(path.join("key")).unwrap(), b"two");
        assert_eq!(mode(&path.join("key")), 0o600);
        assert!(!path.join("key.new").exists());
        fs::set_permissions(path.join("key"), fs::Permissions::from_mode(0o644)).unwrap();
        assert!(make_private(&path.join("key")).unwrap());
        assert_eq!(mode(&path.join("key")), 0o600);
        assert!(!make_private(&path.join("key")).unwrap());
    }

    #[tokio::test]
    async fn a_rest_of_a_cut_off_write_is_replaced() {
        let temp = tempfile::tempdir().unwrap();
        let (dir, _lock) = DataDir::open(temp.path()).await.unwrap();
        fs::write(temp.path().join("key.new"), "half").unwrap();
        dir.write_private("key", b"whole").unwrap();
        assert_eq!(fs::read(temp.path().join("key")).unwrap(), b"whole");
    }
}
