//! Secrets in memory: never printed, wiped when dropped.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret as _, SecretString};

/// Named secrets of one backend, for example `api_key`.
#[derive(Debug, Clone, Default)]
pub struct Secrets(BTreeMap<String, SecretString>);

impl Secrets {
    /// None.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds or replaces one. An empty value removes it.
    pub fn set(&mut self, name: impl Into<String>, value: SecretString) {
        let name = name.into();
        if value.expose_secret().is_empty() {
            self.0.remove(&name);
        } else {
            self.0.insert(name, value);
        }
    }

    /// The secret itself: only for sealing it and for putting it into a request to its peer.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|secret| secret.expose_secret())
    }

    /// The names, in order.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    /// Names and secrets: only for sealing and redaction.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, secret)| (name.as_str(), secret.expose_secret()))
    }

    /// Takes over every secret of `other`; an empty value removes.
    pub fn merge(&mut self, other: Self) {
        for (name, value) in other.0 {
            self.set(name, value);
        }
    }

    /// Like [`Secrets::set`], but keeps an empty value, so that a later [`Secrets::merge`] removes it.
    pub fn set_or_clear(&mut self, name: impl Into<String>, value: SecretString) {
        self.0.insert(name.into(), value);
    }
}

impl FromIterator<(String, SecretString)> for Secrets {
    fn from_iter<I: IntoIterator<Item = (String, SecretString)>>(iter: I) -> Self {
        let mut secrets = Self::new();
        for (name, value) in iter {
            secrets.set(name, value);
        }
        secrets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_holds_no_secret() {
        let mut secrets = Secrets::new();
        secrets.set("api_key", "canary".into());
        assert!(!format!("{secrets:?}").contains("canary"));
        assert_eq!(secrets.get("api_key"), Some("canary"));
    }

    #[test]
    fn merging_an_empty_value_removes() {
        let mut secrets: Secrets =
            [("a".to_owned(), "1".into()), ("b".to_owned(), "2".into())].into_iter().collect();
        let mut change = Secrets::new();
        change.set_or_clear("a", "".into());
        secrets.merge(change);
        assert_eq!(secrets.names(), ["b"]);
    }
}
