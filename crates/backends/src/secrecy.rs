//! A backend's own secrets, taken out of whatever its peer says.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use jackfield_protocol::port::Secrets;
use serde_json::{Value, json};

/// What stands in place of a secret.
pub(crate) const HIDDEN: &str = "[hidden]";
/// Shorter secrets are not looked for: they would hide ordinary words.
const SHORTEST: usize = 6;
/// Deepest nesting that is kept.
const DEEPEST: usize = 48;

/// Takes a backend's own secrets out of everything that its peer says, before it is parsed. Clones share what they know.
#[derive(Clone, Default)]
pub(crate) struct Secrecy(Arc<RwLock<Vec<String>>>);

impl std::fmt::Debug for Secrecy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secrecy({} secrets)", self.known().len())
    }
}

impl Secrecy {
    /// Knows these secrets.
    pub(crate) fn new(secrets: impl IntoIterator<Item = String>) -> Self {
        let new = Self::default();
        new.learn(secrets);
        new
    }

    /// Knows the secrets of a backend.
    pub(crate) fn of(secrets: &Secrets) -> Self {
        Self::new(secrets.iter().map(|(_, secret)| secret.trim().to_owned()))
    }

    /// Knows these secrets too.
    pub(crate) fn learn(&self, secrets: impl IntoIterator<Item = String>) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for secret in secrets {
            if secret.len() >= SHORTEST && !known.contains(&secret) {
                known.push(secret);
            }
        }
        // A secret may contain another: the longer one goes first.
        known.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    }

    /// Knows these secrets too, for one occasion.
    pub(crate) fn and(&self, secrets: impl IntoIterator<Item = String>) -> Self {
        let both = Self::new(self.known().iter().cloned());
        both.learn(secrets);
        both
    }

    /// Looks for these no more: they are used nowhere any longer.
    pub(crate) fn forget(&self, secrets: &[String]) {
        if !secrets.is_empty() {
            self.0.write().unwrap_or_else(PoisonError::into_inner).retain(|known| !secrets.contains(known));
        }
    }

    /// Whether there is nothing to look for.
    pub(crate) fn is_empty(&self) -> bool {
        self.known().is_empty()
    }

    fn known(&self) -> RwLockReadGuard<'_, Vec<String>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// A text without secrets.
    pub(crate) fn text(&self, text: String) -> String {
        let known = self.known();
        if !known.iter().any(|secret| text.contains(secret.as_str())) {
            return text;
        }
        known.iter().fold(text, |text, secret| text.replace(secret.as_str(), HIDDEN))
    }

    /// JSON without secrets; `None` where there are none in it.
    pub(crate) fn in_json(&self, text: &str) -> Option<String> {
        let known = self.known();
        let mut clean: Option<String> = None;
        for secret in known.iter() {
            let written = Value::String(secret.clone()).to_string();
            let written = written.get(1..written.len() - 1).unwrap_or_default();
            let now = clean.as_deref().unwrap_or(text);
            if now.contains(written) {
                clean = Some(now.replace(written, HIDDEN));
            }
        }
        clean
    }

    /// Bytes without secrets; what is no text stays as it is.
    pub(crate) fn bytes(&self, bytes: Vec<u8>) -> Vec<u8> {
        match String::from_utf8(bytes) {
            Ok(text) => self.text(text).into_bytes(),
            Err(error) => error.into_bytes(),
        }
    }
}

/// A value without credentials, bounded in depth.
pub(crate) fn clean(value: &Value, depth: usize) -> Value {
    if depth > DEEPEST {
        return Value::String("[nested too deep]".to_owned());
    }
    match value {
        Value::Array(items) => items.iter().map(|item| clean(item, depth + 1)).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| {
                let value = if is_credential(name) { json!(HIDDEN) } else { clean(value, depth + 1) };
                (name.clone(), value)
            })
            .collect(),
        other => other.clone(),
    }
}

/// Whether a name smells of a credential.
pub(crate) fn is_credential(name: &str) -> bool {
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    [
        "credential",
        "apikey",
        "apisecret",
        "password",
        "authorization",
        "accesstoken",
        "secretkey",
        "clientsecret",
    ]
    .iter()
    .any(|word| name.contains(word))
        || name.ends_with("modelconfig")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_secrets_are_taken_out_of_every_frame() {
        let secrecy = Secrecy::new(["canary-key".to_owned(), "x".to_owned()]);
        assert_eq!(secrecy.text("x canary-key".to_owned()), "x [hidden]");
        assert!(!format!("{secrecy:?}").contains("canary"));
        secrecy.forget(&["canary-key".to_owned()]);
        assert_eq!(secrecy.text("x canary-key".to_owned()), "x canary-key");
    }
}
