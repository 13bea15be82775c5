//! Seals secrets for the database and opens them again.
//!
//! XChaCha20-Poly1305 with a random nonce for each secret. Where a secret belongs (table, row, name) is its
//! associated data: a sealed value that is copied to another row does not open there.

mod keys;
mod places;

use std::{
    fmt,
    sync::{PoisonError, RwLock},
};

use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Generate as _, KeyInit as _, Payload},
};
use jackfield_protocol::port::{StoreError, StoreResult};
use zeroize::Zeroizing;

use self::keys::{KeySet, SealKey};
use self::places::Place;
pub(crate) use self::places::open;

/// Bytes of a nonce, in front of every ciphertext.
const NONCE: usize = 24;

/// A sealed secret, and the name of the key that opens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sealed {
    pub(crate) key_id: String,
    pub(crate) bytes: Vec<u8>,
}

/// The keys in memory and the place where they are kept.
pub(crate) struct Vault {
    keys: RwLock<KeySet>,
    place: Place,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("place", &self.place.name()).finish_non_exhaustive()
    }
}

impl Vault {
    /// Seals with the newest key. `belongs_to` says where the secret will be stored.
    pub(crate) fn seal(&self, belongs_to: &[&str], secret: &[u8]) -> StoreResult<Sealed> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let key = keys.newest();
        let nonce = XNonce::try_generate()
            .map_err(|_| StoreError::Io("the system gives no random numbers".to_owned()))?;
        let aad = associated(belongs_to);
        let ciphertext = cipher(key)
            .encrypt(&nonce, Payload { msg: secret, aad: &aad })
            .map_err(|_| StoreError::Io("a secret is too large to seal".to_owned()))?;
        let mut bytes = nonce.to_vec();
        bytes.extend_from_slice(&ciphertext);
        Ok(Sealed { key_id: key.id.clone(), bytes })
    }

    /// Opens what was sealed for the same place.
    ///
    /// # Errors
    /// `SecretUnreadable` when the key is not at hand, or the bytes were changed or moved.
    pub(crate) fn open(
        &self,
        belongs_to: &[&str],
        key_id: &str,
        bytes: &[u8],
    ) -> StoreResult<Zeroizing<Vec<u8>>> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let Some(key) = keys.find(key_id) else {
            return Err(StoreError::SecretUnreadable(format!(
                "A stored secret was sealed with the key {key_id}, which is not in {}.",
                self.place.name()
            )));
        };
        let damaged = || {
            StoreError::SecretUnreadable("A stored secret is damaged, or belongs to another row.".to_owned())
        };
        let (nonce, ciphertext) = bytes.split_at_checked(NONCE).ok_or_else(damaged)?;
        let nonce = XNonce::try_from(nonce).map_err(|_| damaged())?;
        let aad = associated(belongs_to);
        cipher(key)
            .decrypt(&nonce, Payload { msg: ciphertext, aad: &aad })
            .map(Zeroizing::new)
            .map_err(|_| damaged())
    }

    /// Makes a new key, keeps it beside the older ones, and seals with it from now on.
    pub(crate) fn add_key(&self) -> StoreResult<()> {
        let mut next = self.snapshot();
        next.add(SealKey::generate()?);
        self.place.save(&next)?;
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(())
    }

    /// Forgets every key but the newest, where they are kept. In memory they stay until the process ends, for
    /// readers that hold a row of before.
    pub(crate) fn forget_old_keys(&self) -> StoreResult<()> {
        self.place.save(&self.snapshot().only_newest())
    }

    fn snapshot(&self) -> KeySet {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn new(keys: KeySet, place: Place) -> Self {
        Self { keys: RwLock::new(keys), place }
    }
}

fn cipher(key: &SealKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.bytes())
}

/// Each part behind its length, so that no two lists give the same bytes.
fn associated(parts: &[&str]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault() -> Vault {
        Vault::new(KeySet::of(SealKey::generate().unwrap()), Place::memory())
    }

    #[test]
    fn what_was_sealed_opens_at_its_place_only() {
        let vault = vault();
        let sealed = vault.seal(&["table", "row", "name"], b"canary").unwrap();
        let open = |place: &[&str]| vault.open(place, &sealed.key_id, &sealed.bytes);
        assert_eq!(open(&["table", "row", "name"]).unwrap().as_slice(), b"canary");
        for wrong in [&["table", "row", "other"][..], &["table", "rowname", ""], &["tablerow", "name"], &[]] {
            assert!(matches!(open(wrong), Err(StoreError::SecretUnreadable(_))), "{wrong:?}");
        }
    }

    #[test]
    fn the_same_secret_is_never_sealed_to_the_same_bytes() {
        let vault = vault();
        let first = vault.seal(&["a"], b"canary").unwrap();
        let second = vault.seal(&["a"], b"canary").unwrap();
        assert_ne!(first.bytes, second.bytes);
        assert!(!first.bytes.windows(6).any(|window| window == b"canary"));
    }

    #[test]
    fn a_changed_byte_or_a_cut_is_noticed() {
        let vault = vault();
        let sealed = vault.seal(&["a"], b"canary").unwrap();
        for at in 0..sealed.bytes.len() {
            let mut bytes = sealed.bytes.clone();
            bytes[at] ^= 1;
            assert!(vault.open(&["a"], &sealed.key_id, &bytes).is_err(), "byte {at}");
            assert!(vault.open(&["a"], &sealed.key_id, &sealed.bytes[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn older_keys_open_until_they_are_forgotten() {
        let vault = vault();
        let old = vault.seal(&["a"], b"canary").unwrap();
        vault.add_key().unwrap();
        let new = vault.seal(&["a"], b"canary").unwrap();
        assert_ne!(old.key_id, new.key_id);
        assert!(vault.open(&["a"], &old.key_id, &old.bytes).is_ok());
        vault.forget_old_keys().unwrap();
        let later = Vault::new(vault.place.load().unwrap().unwrap(), Place::memory());
        assert!(later.open(&["a"], &new.key_id, &new.bytes).is_ok());
        let error = later.open(&["a"], &old.key_id, &old.bytes).unwrap_err();
        assert!(error.to_string().contains(&old.key_id), "{error}");
    }

    #[test]
    fn debug_output_holds_no_key() {
        let vault = vault();
        let text = format!("{vault:?} {:?}", vault.snapshot());
        let key = vault.snapshot().to_text();
        for line in key.lines().filter(|line| !line.starts_with('#')) {
            assert!(!text.contains(line));
        }
    }
}
