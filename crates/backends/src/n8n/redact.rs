//! What of a peer's data may be shown: credentials are taken out, and what is too large is cut.
//!
//! n8n's trigger data holds every header of the request, the caller's credentials included, and whatever a
//! workflow passes on may hold them again. So header values are shown only if their name is known to be
//! harmless, and the backend's own secrets are taken out wherever they appear.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

/// In place of what is not shown.
pub(crate) const HIDDEN: &str = "[hidden]";

/// Largest JSON value that is kept in an event, in bytes (estimated).
const LARGEST: usize = 1024 * 1024;

/// Deepest nesting that is kept.
const DEEPEST: usize = 64;

/// Secrets shorter than this are not searched for: they would be found everywhere.
const SHORTEST: usize = 6;

/// Headers whose values say nothing secret.
const HARMLESS: [&str; 22] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "age",
    "allow",
    "cache-control",
    "connection",
    "content-encoding",
    "content-language",
    "content-length",
    "content-type",
    "date",
    "etag",
    "expires",
    "host",
    "last-modified",
    "retry-after",
    "server",
    "transfer-encoding",
    "user-agent",
    "vary",
    "x-powered-by",
];

/// Takes secrets out of a peer's data.
#[derive(Clone, Default)]
pub(crate) struct Redactor {
    secrets: Vec<String>,
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Redactor({} secrets)", self.secrets.len())
    }
}

impl Redactor {
    /// Knows these secrets.
    pub(crate) fn new(secrets: impl IntoIterator<Item = String>) -> Self {
        let mut redactor = Self::default();
        redactor.learn(secrets);
        redactor
    }

    /// Knows these, too.
    pub(crate) fn learn(&mut self, secrets: impl IntoIterator<Item = String>) {
        let new = secrets.into_iter().filter(|secret| secret.len() >= SHORTEST);
        for secret in new {
            if !self.secrets.contains(&secret) {
                self.secrets.push(secret);
            }
        }
        // A secret may contain another: the longer one goes first.
        self.secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    }

    /// A text without secrets and without signatures of resume addresses.
    pub(crate) fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut clean = Cow::Borrowed(text);
        for secret in &self.secrets {
            if clean.contains(secret.as_str()) {
                clean = Cow::Owned(clean.replace(secret.as_str(), HIDDEN));
            }
        }
        if clean.contains("signature=") {
            clean = Cow::Owned(without_signatures(&clean));
        }
        clean
    }

    /// A value without secrets, bounded in size and depth.
    pub(crate) fn value(&self, value: &Value) -> Value {
        let size = size(value, LARGEST);
        if size > LARGEST {
            let count = value.as_array().map(Vec::len);
            return json!({"truncated": true, "reason": "larger than 1 MiB", "items": count});
        }
        self.clean(value, 0)
    }

    fn clean(&self, value: &Value, depth: usize) -> Value {
        if depth > DEEPEST {
            return Value::String("[nested too deep]".to_owned());
        }
        match value {
            Value::String(text) => Value::String(self.text(text).into_owned()),
            Value::Array(items) => items.iter().map(|item| self.clean(item, depth + 1)).collect(),
            Value::Object(map) => {
                let entries = map.iter().map(|(key, inner)| {
                    let inner = match inner {
                        Value::Object(headers) if key.eq_ignore_ascii_case("headers") => {
                            self.headers(headers, depth)
                        }
                        inner => self.clean(inner, depth + 1),
                    };
                    (self.text(key).into_owned(), inner)
                });
                Value::Object(entries.collect())
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        }
    }

    fn headers(&self, headers: &Map<String, Value>, depth: usize) -> Value {
        let entries = headers.iter().map(|(name, value)| {
            let harmless = HARMLESS.contains(&name.to_ascii_lowercase().as_str());
            let value = if harmless { self.clean(value, depth + 2) } else { Value::from(HIDDEN) };
            (name.clone(), value)
        });
        Value::Object(entries.collect())
    }
}

/// Bytes of a value as JSON, roughly; stops counting beyond `limit`.
pub(crate) fn size(value: &Value, limit: usize) -> usize {
    let mut stack = vec![value];
    let mut total = 0_usize;
    while let Some(value) = stack.pop() {
        total += match value {
            Value::String(text) => text.len() + 2,
            Value::Array(items) => {
                stack.extend(items);
                items.len() + 2
            }
            Value::Object(map) => {
                stack.extend(map.values());
                map.keys().map(|key| key.len() + 4).sum::<usize>() + 2
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => 5,
        };
        if total > limit {
            break;
        }
    }
    total
}

fn without_signatures(text: &str) -> String {
    let mut parts = text.split("signature=");
    let mut clean = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest =
            part.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_' || c == '%');
        clean.push_str("signature=");
        clean.push_str(if rest.len() < part.len() { HIDDEN } else { "" });
        clean.push_str(rest);
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_headers_and_signatures_are_hidden() {
        let redactor = Redactor::new(["canary-1".to_owned(), "canary-1-longer".to_owned(), "abc".to_owned()]);
        let shown = redactor.value(&json!({
            "headers": {"Host": "h", "x-lab-auth": "unknown", "authorization": "Basic Y2Fu"},
            "text": "key canary-1-longer and canary-1, abc",
            "nested": [{"url": "http://n/webhook-waiting/4?signature=0af3&x=1"}],
        }));
        assert_eq!(
            shown,
            json!({
                "headers": {"Host": "h", "x-lab-auth": HIDDEN, "authorization": HIDDEN},
                "text": "key [hidden] and [hidden], abc",
                "nested": [{"url": "http://n/webhook-waiting/4?signature=[hidden]&x=1"}],
            })
        );
    }

    #[test]
    fn large_and_deep_values_are_cut() {
        let large = Value::from(vec!["x".repeat(1024); 2000]);
        assert_eq!(Redactor::default().value(&large)["truncated"], true);
        let mut deep = Value::Null;
        for _ in 0..100 {
            deep = json!([deep]);
        }
        assert!(Redactor::default().value(&deep).to_string().contains("nested too deep"));
    }
}
