//! How a store is opened.

use std::path::PathBuf;

/// Where the keys that seal secrets are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum KeyStore {
    /// Where they are already; for a new data directory: the operating system's key store if it works, else a file.
    #[default]
    Auto,
    /// The operating system's key store: Keychain, Credential Manager, or Secret Service over D-Bus.
    Os,
    /// The file `key` in the data directory, readable by its owner only.
    File,
}

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// The data directory; made with mode 0700 when it is missing.
    pub data_dir: PathBuf,
    /// Where the keys are kept.
    pub key_store: KeyStore,
    /// How many connections read at the same time; at least 1.
    pub readers: usize,
}

impl StoreOptions {
    /// The defaults for this data directory: [`KeyStore::Auto`] and four readers.
    #[must_use]
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self { data_dir: data_dir.into(), key_store: KeyStore::Auto, readers: 4 }
    }

    /// Says where the keys are kept.
    #[must_use]
    pub fn key_store(mut self, key_store: KeyStore) -> Self {
        self.key_store = key_store;
        self
    }
}
