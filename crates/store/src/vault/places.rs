//! Where keys are kept: the operating system's key store, or a file in the data directory. Which of the two is
//! decided once and written to `installation.json`, so that a key store that cannot be reached today is an error
//! and not a new key.

use std::{
    sync::{Arc, mpsc},
    time::Duration,
};

use jackfield_protocol::port::{StoreError, StoreResult};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{KeySet, SealKey, Vault};
use crate::{
    data_dir::{self, DataDir, INSTALLATION, KEYS},
    options::KeyStore,
};

/// A key store that asks a person to unlock it does not answer until they do.
const OS_DEADLINE: Duration = Duration::from_secs(10);
const OS_SERVICE: &str = "jackfield";

/// What is known of this installation from its first start on.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Installation {
    /// Random; names the entry in the operating system's key store.
    id: Uuid,
    keys: KeptIn,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KeptIn {
    Os,
    File,
}

/// The operating system's key store, as far as it is needed here.
pub(super) trait OsKeys: Send + Sync {
    /// The text under this name; `None` when there is no such entry.
    fn get(&self, name: &str) -> Result<Option<Zeroizing<String>>, String>;
    /// Keeps a text under this name.
    fn set(&self, name: &str, text: &str) -> Result<(), String>;
}

/// Where the keys of one data directory are kept.
pub(super) enum Place {
    Os {
        keys: Arc<dyn OsKeys>,
        name: String,
    },
    File(Arc<DataDir>),
    #[cfg(test)]
    Memory(std::sync::Mutex<Option<Zeroizing<String>>>),
}

impl Place {
    #[cfg(test)]
    pub(super) fn memory() -> Self {
        Self::Memory(std::sync::Mutex::new(None))
    }

    /// The place in words.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Os { .. } => "the operating system's key store",
            Self::File(_) => "the file `key` of the data directory",
            #[cfg(test)]
            Self::Memory(_) => "memory",
        }
    }

    /// The keys that are kept there; `None` when there are none.
    pub(super) fn load(&self) -> StoreResult<Option<KeySet>> {
        let text = match self {
            Self::Os { keys, name } => keys.get(name).map_err(os_failed)?,
            Self::File(dir) => {
                let text = dir.read(KEYS)?;
                if text.is_some() && data_dir::make_private(&dir.file(KEYS))? {
                    tracing::warn!(
                        file = KEYS,
                        "others could read the key file; its mode is 0600 now. If it may have been read, change the keys."
                    );
                }
                text
            }
            #[cfg(test)]
            Self::Memory(text) => text.lock().unwrap().clone(),
        };
        let Some(text) = text else { return Ok(None) };
        KeySet::from_text(&text).map(Some).ok_or_else(|| {
            StoreError::SecretUnreadable(format!("What is kept in {} is not a list of keys.", self.name()))
        })
    }

    /// Replaces the keys that are kept there.
    pub(super) fn save(&self, keys: &KeySet) -> StoreResult<()> {
        let text = keys.to_text();
        match self {
            Self::Os { keys, name } => keys.set(name, &text).map_err(os_failed),
            Self::File(dir) => dir.write_private(KEYS, text.as_bytes()),
            #[cfg(test)]
            Self::Memory(kept) => {
                *kept.lock().unwrap() = Some(text);
                Ok(())
            }
        }
    }
}

fn os_failed(error: String) -> StoreError {
    StoreError::SecretUnreadable(format!(
        "The keys of this data directory are in the operating system's key store, which does not answer: {error}."
    ))
}

/// Finds the keys of a data directory, or makes the first one. Blocks: while the operating system asks for
/// permission, up to ten seconds.
///
/// # Errors
/// When the keys are known to be somewhere that cannot be read, or the choice contradicts where they are.
pub(crate) fn open(dir: &Arc<DataDir>, choice: KeyStore) -> StoreResult<Vault> {
    open_with(dir, choice, Arc::new(SystemKeys))
}

fn open_with(dir: &Arc<DataDir>, choice: KeyStore, os: Arc<dyn OsKeys>) -> StoreResult<Vault> {
    let place = |installation: &Installation| match installation.keys {
        KeptIn::Os => Place::Os { keys: os.clone(), name: format!("installation {}", installation.id) },
        KeptIn::File => Place::File(dir.clone()),
    };
    if let Some(installation) = read_installation(dir)? {
        match (choice, installation.keys) {
            (KeyStore::Os, KeptIn::File) | (KeyStore::File, KeptIn::Os) => {
                return Err(StoreError::Conflict(format!(
                    "The keys of this data directory are in {}, and another place was asked for. \
                     Leave the choice of the key store to Jackfield.",
                    place(&installation).name()
                )));
            }
            _ => {}
        }
        let place = place(&installation);
        if let Some(keys) = place.load()? {
            return Ok(Vault::new(keys, place));
        }
        tracing::warn!(
            place = place.name(),
            "the keys are gone; a new one is made. Secrets that were stored before cannot be opened: enter them again."
        );
        return first_key(place);
    }
    let id = Uuid::new_v4();
    let in_file = Installation { id, keys: KeptIn::File };
    let installation = match choice {
        // A key file without a note is kept: it was put there from a backup.
        KeyStore::Auto | KeyStore::File if dir.read(KEYS)?.is_some() => {
            let vault_place = place(&in_file);
            if let Some(keys) = vault_place.load()? {
                write_installation(dir, &in_file)?;
                return Ok(Vault::new(keys, vault_place));
            }
            in_file
        }
        KeyStore::File => in_file,
        KeyStore::Auto | KeyStore::Os => {
            let in_os = Installation { id, keys: KeptIn::Os };
            match first_key(place(&in_os)) {
                Ok(vault) => {
                    write_installation(dir, &in_os)?;
                    return Ok(vault);
                }
                Err(error) if choice == KeyStore::Os => return Err(error),
                Err(error) => {
                    tracing::debug!(%error, "no key store of the operating system; the key goes to a file")
                }
            }
            in_file
        }
    };
    let vault = first_key(place(&installation))?;
    write_installation(dir, &installation)?;
    Ok(vault)
}

/// Makes a key, keeps it, and reads it back: a key store that forgets is found out before anything is sealed.
fn first_key(place: Place) -> StoreResult<Vault> {
    let keys = KeySet::of(SealKey::generate()?);
    place.save(&keys)?;
    match place.load()? {
        Some(kept) if kept.newest().id == keys.newest().id => Ok(Vault::new(keys, place)),
        _ => Err(StoreError::SecretUnreadable(format!("{} does not keep what it is given.", place.name()))),
    }
}

fn read_installation(dir: &DataDir) -> StoreResult<Option<Installation>> {
    let Some(text) = dir.read(INSTALLATION)? else { return Ok(None) };
    serde_json::from_str(&text).map(Some).map_err(|error| {
        StoreError::Io(format!("{} cannot be understood: {error}", dir.file(INSTALLATION).display()))
    })
}

fn write_installation(dir: &DataDir, installation: &Installation) -> StoreResult<()> {
    let text =
        serde_json::to_string_pretty(installation).map_err(|error| StoreError::Io(error.to_string()))?;
    dir.write_private(INSTALLATION, text.as_bytes())
}

/// The real one. Each call runs in a thread of its own, which is left behind when it does not end in time: some
/// key stores wait for a person.
struct SystemKeys;

impl OsKeys for SystemKeys {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<String>>, String> {
        let name = name.to_owned();
        in_time(OS_DEADLINE, move || match entry(&name)?.get_password() {
            Ok(text) => Ok(Some(Zeroizing::new(text))),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(in_words(&error)),
        })
    }

    fn set(&self, name: &str, text: &str) -> Result<(), String> {
        let name = name.to_owned();
        let text = Zeroizing::new(text.to_owned());
        in_time(OS_DEADLINE, move || entry(&name)?.set_password(&text).map_err(|error| in_words(&error)))
    }
}

fn entry(name: &str) -> Result<keyring::Entry, String> {
    if let Err(error) = keyring::Entry::store_status() {
        return Err(in_words(error));
    }
    keyring::Entry::new(OS_SERVICE, name).map_err(|error| in_words(&error))
}

/// The library's own texts of some errors repeat the data; these do not.
fn in_words(error: &keyring::Error) -> String {
    match error {
        keyring::Error::PlatformFailure(_) => "it failed".to_owned(),
        keyring::Error::NoStorageAccess(_) => "it is locked or not running".to_owned(),
        keyring::Error::NoDefaultStore => "there is none".to_owned(),
        keyring::Error::TooLong(..) => "the entry is too long for it".to_owned(),
        _ => "it gave an answer that is not understood".to_owned(),
    }
}

fn in_time<T: Send + 'static>(
    deadline: Duration,
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    let (sender, receiver) = mpsc::sync_channel(1);
    std::thread::Builder::new()
        .name("jackfield-keys".to_owned())
        .spawn(move || {
            // Nobody listens any more when the deadline has passed.
            let _ = sender.send(work());
        })
        .map_err(|error| error.to_string())?;
    match receiver.recv_timeout(deadline) {
        Ok(result) => result,
        Err(mpsc::RecvTimeoutError::Timeout) => {
            Err(format!("no answer within {} seconds", deadline.as_secs()))
        }
        Err(mpsc::RecvTimeoutError::Disconnected) => Err("it failed".to_owned()),
    }
}

#[cfg(test)]
#[path = "places_tests.rs"]
mod tests;
