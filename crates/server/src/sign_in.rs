//! One-time codes that sign a browser in.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;
use uuid::Uuid;

/// Codes that are valid at the moment, in memory only. Clones share them.
#[derive(Clone, Default)]
pub struct SignInCodes(Arc<Mutex<HashMap<[u8; 32], Instant>>>);

impl SignInCodes {
    /// How long a code works.
    pub const LIFETIME: Duration = Duration::from_secs(600);

    /// Most codes at a time; a further one replaces the oldest.
    pub const MOST: usize = 16;

    /// A new code, to be put behind `/sign-in?code=`. Works once, for [`Self::LIFETIME`].
    #[must_use]
    pub fn mint(&self) -> SecretString {
        // Two random UUIDs: 244 bits from the operating system.
        let mut bytes = [0; 32];
        let (first, second) = bytes.split_at_mut(16);
        first.copy_from_slice(Uuid::new_v4().as_bytes());
        second.copy_from_slice(Uuid::new_v4().as_bytes());
        let code = BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        codes.retain(|_, expiry| *expiry > now);
        if codes.len() >= Self::MOST
            && let Some(oldest) = codes.iter().min_by_key(|(_, expiry)| **expiry).map(|(hash, _)| *hash)
        {
            codes.remove(&oldest);
        }
        codes.insert(hash(&code), now + Self::LIFETIME);
        code.into()
    }

    /// Uses a code up; false when it is not known (any more).
    #[must_use]
    pub(crate) fn redeem(&self, code: &str) -> bool {
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        codes.remove(&hash(code)).is_some_and(|expiry| expiry > Instant::now())
    }
}

/// Codes are looked up by hash, so that the time of a look-up tells nothing about them.
fn hash(code: &str) -> [u8; 32] {
    Sha256::digest(code.as_bytes()).into()
}

impl fmt::Debug for SignInCodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignInCodes")
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn a_code_works_once() {
        let codes = SignInCodes::default();
        let code = codes.mint();
        assert!(!codes.redeem("another"));
        assert!(codes.redeem(code.expose_secret()));
        assert!(!codes.redeem(code.expose_secret()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_code_works_for_ten_minutes() {
        let codes = SignInCodes::default();
        let (early, late) = (codes.mint(), codes.mint());
        tokio::time::advance(Duration::from_secs(599)).await;
        assert!(codes.redeem(early.expose_secret()));
        tokio::time::advance(Duration::from_secs(2)).await;
        assert!(!codes.redeem(late.expose_secret()));
    }

    #[test]
    fn only_so_many_are_kept() {
        let codes = SignInCodes::default();
        let all: Vec<_> = (0..=SignInCodes::MOST).map(|_| codes.mint()).collect();
        let working = all.iter().filter(|code| codes.redeem(code.expose_secret())).count();
        assert_eq!(working, SignInCodes::MOST);
    }
}
