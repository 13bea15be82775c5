//! Keys and their written form.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chacha20poly1305::{Key, aead::Generate as _};
use jackfield_protocol::port::{StoreError, StoreResult};
use sha2::{Digest as _, Sha256};
use zeroize::{Zeroize as _, Zeroizing};

const HEADER: &str = "# Keys that seal the secrets in Jackfield's database, newest first, one a line (base64).\n\
                      # Keep this private, and keep it: without it the secrets cannot be opened.\n";

/// One key; wiped when dropped.
#[derive(Clone)]
pub(super) struct SealKey {
    /// Its name: a part of its hash, so that the two cannot be mixed up.
    pub(super) id: String,
    bytes: Zeroizing<[u8; 32]>,
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealKey({})", self.id)
    }
}

impl SealKey {
    /// A new random key.
    pub(super) fn generate() -> StoreResult<Self> {
        let mut random = Key::try_generate()
            .map_err(|_| StoreError::Io("the system gives no random numbers".to_owned()))?;
        let key = Self::new(Zeroizing::new(random.into()));
        random.as_mut_slice().zeroize();
        Ok(key)
    }

    fn new(bytes: Zeroizing<[u8; 32]>) -> Self {
        let hash =
            Sha256::new().chain_update(b"jackfield key id\0").chain_update(bytes.as_slice()).finalize();
        let id = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Self { id, bytes }
    }

    pub(super) fn bytes(&self) -> &Key {
        let bytes: &[u8; 32] = &self.bytes;
        bytes.into()
    }
}

/// Keys, newest first; never empty.
#[derive(Debug, Clone)]
pub(super) struct KeySet {
    newest: SealKey,
    older: Vec<SealKey>,
}

impl KeySet {
    pub(super) fn of(key: SealKey) -> Self {
        Self { newest: key, older: Vec::new() }
    }

    pub(super) fn newest(&self) -> &SealKey {
        &self.newest
    }

    pub(super) fn find(&self, id: &str) -> Option<&SealKey> {
        std::iter::once(&self.newest).chain(&self.older).find(|key| key.id == id)
    }

    pub(super) fn add(&mut self, key: SealKey) {
        let before = std::mem::replace(&mut self.newest, key);
        self.older.insert(0, before);
    }

    pub(super) fn only_newest(self) -> Self {
        Self::of(self.newest)
    }

    /// The written form.
    pub(super) fn to_text(&self) -> Zeroizing<String> {
        // Enough for every line, so that nothing is left behind by growing.
        let mut text = Zeroizing::new(String::with_capacity(HEADER.len() + 64 * (self.older.len() + 1)));
        text.push_str(HEADER);
        for key in std::iter::once(&self.newest).chain(&self.older) {
            STANDARD.encode_string(key.bytes.as_slice(), &mut text);
            text.push('\n');
        }
        text
    }

    /// Reads the written form. `None` when it is not one.
    pub(super) fn from_text(text: &str) -> Option<Self> {
        let mut keys = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let decoded = Zeroizing::new(STANDARD.decode(line).ok()?);
            let bytes: [u8; 32] = decoded.as_slice().try_into().ok()?;
            keys.push(SealKey::new(Zeroizing::new(bytes)));
        }
        let mut keys = keys.into_iter();
        Some(Self { newest: keys.next()?, older: keys.collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_written_form_reads_back() {
        let mut keys = KeySet::of(SealKey::generate().unwrap());
        keys.add(SealKey::generate().unwrap());
        keys.add(SealKey::generate().unwrap());
        let read = KeySet::from_text(&keys.to_text()).unwrap();
        assert_eq!(read.newest.id, keys.newest.id);
        assert_eq!(read.older.len(), 2);
        for key in &keys.older {
            assert_eq!(read.find(&key.id).unwrap().bytes.as_slice(), key.bytes.as_slice());
        }
    }

    #[test]
    fn what_is_no_list_of_keys_is_refused() {
        let good = KeySet::of(SealKey::generate().unwrap()).to_text();
        let cut = &good[..good.len() - 10];
        for text in ["", "# only a comment\n", "not base64!", "c2hvcnQ=", cut] {
            assert!(KeySet::from_text(text).is_none(), "{text:?}");
        }
    }
}
