//! One hub per data directory: a lock that the system gives back when the process dies, and beside it a small
//! file that says who holds it and where it answers. The CLI finds its hub by the same file.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
};

use jackfield_protocol::error::{ErrorCode, Failure};
use serde::{Deserialize, Serialize};
use url::Url;

const LOCK: &str = "hub.lock";
const INFO: &str = "hub.json";

/// The hub that holds a data directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hub {
    /// Its process.
    pub(crate) pid: u32,
    /// Where it answers, base path included.
    pub(crate) url: Url,
}

/// The lock on a data directory; given back when dropped.
#[derive(Debug)]
pub(crate) struct HubLock {
    _lock: File,
    info: PathBuf,
}

impl HubLock {
    /// Takes the directory; makes it (mode 0700) when it is not there.
    ///
    /// # Errors
    /// `Conflict` when another hub holds it, `Storage` when it cannot be made or written.
    pub(crate) fn take(data_dir: &Path) -> Result<Self, Failure> {
        make_private_dir(data_dir).map_err(|error| storage(data_dir, &error))?;
        let path = data_dir.join(LOCK);
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|error| storage(&path, &error))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { _lock: lock, info: data_dir.join(INFO) }),
            Err(TryLockError::WouldBlock) => Err(in_use(data_dir)),
            Err(TryLockError::Error(error)) => Err(storage(&path, &error)),
        }
    }

    /// Says where the hub answers.
    ///
    /// # Errors
    /// `Storage` when the file cannot be written.
    pub(crate) fn announce(&self, hub: &Hub) -> Result<(), Failure> {
        let text = serde_json::to_string(hub).map_err(|error| Failure::internal(error.to_string()))?;
        fs::write(&self.info, text).map_err(|error| storage(&self.info, &error))
    }
}

impl Drop for HubLock {
    fn drop(&mut self) {
        // A stale file does no harm: nobody believes it while the lock is free.
        let _ = fs::remove_file(&self.info);
    }
}

/// The hub that holds this directory now, if there is one and it has said where it answers.
pub(crate) fn running(data_dir: &Path) -> Option<Hub> {
    let lock = OpenOptions::new().write(true).open(data_dir.join(LOCK)).ok()?;
    if lock.try_lock().is_ok() {
        return None;
    }
    serde_json::from_str(&fs::read_to_string(data_dir.join(INFO)).ok()?).ok()
}

fn in_use(data_dir: &Path) -> Failure {
    let hub =
        fs::read_to_string(data_dir.join(INFO)).ok().and_then(|text| serde_json::from_str::<Hub>(&text).ok());
    let who = match &hub {
        Some(hub) => format!("by the hub with process id {} at {}", hub.pid, hub.url),
        None => "by another hub that is just starting or stopping".to_owned(),
    };
    let hint = match &hub {
        Some(hub) => format!(
            "Use that one (jackfield --server {} …), stop it (kill {}), or start this one with another --data-dir.",
            hub.url, hub.pid
        ),
        None => "Try again in a moment, or start this one with another --data-dir.".to_owned(),
    };
    Failure::new(ErrorCode::Conflict, format!("The data directory {} is in use {who}.", data_dir.display()))
        .hint(hint)
}

fn storage(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(ErrorCode::Storage, format!("{} cannot be written: {error}.", path.display()))
        .hint("Check its permissions and the free space, or name another directory with --data-dir.")
}

#[cfg(unix)]
fn make_private_dir(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn make_private_dir(path: &Path) -> std::io::Result<()> {
    fs::create_dir_all(path)
}

/// Writes a file that only this user may read, in one step: a reader sees the old content or the new.
///
/// # Errors
/// Those of the file system.
pub(crate) fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    let beside = path.with_extension("new");
    // What an earlier crash left there may have other permissions.
    let _ = fs::remove_file(&beside);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, path)
}

/// Whether nobody but its owner may read a file or directory.
#[cfg(unix)]
pub(crate) fn is_private(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 == 0)
}

/// Windows keeps a user's files to that user by itself.
#[cfg(not(unix))]
pub(crate) fn is_private(path: &Path) -> bool {
    path.exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_has_one_hub_and_says_which() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        assert_eq!(running(&data), None);
        let lock = HubLock::take(&data).unwrap();
        let hub = Hub { pid: 42, url: "http://127.0.0.1:7410/".parse().unwrap() };
        lock.announce(&hub).unwrap();
        assert_eq!(running(&data), Some(hub.clone()));
        let refused = HubLock::take(&data).unwrap_err();
        assert_eq!(refused.code, ErrorCode::Conflict);
        assert!(refused.message.contains("42") && refused.message.contains("http://127.0.0.1:7410/"));
        drop(lock);
        assert_eq!(running(&data), None);
        drop(HubLock::take(&data).unwrap());
    }

    #[cfg(unix)]
    #[test]
    fn private_files_are_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("token");
        write_private(&path, "one").unwrap();
        write_private(&path, "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
