//! What a server of 2026-07-28 said stays valid for a while (`ttlMs` of lists and reads, protocol page 1.5). Kept for one connection: an
//! answer never crosses to another sign-in, nor outlives a server that was started anew.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use serde_json::Value;

/// Longest time that an answer is kept.
const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// Most answers that are kept.
const ANSWERS: usize = 500;
/// Largest sum of all that is kept, in bytes of JSON.
const BYTES: usize = 16 * 1024 * 1024;

/// Answers that are still valid.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    entries: HashMap<String, Entry>,
    bytes: usize,
    /// How often something was said to have changed.
    changes: u64,
}

/// When something was asked: an answer that a change overtook is not kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AskedAt {
    at: Instant,
    changes: u64,
}

#[derive(Debug)]
struct Entry {
    method: String,
    result: Value,
    bytes: usize,
    until: Instant,
}

/// Lists and reads are asked for by method and parameters.
fn key(method: &str, params: &Value) -> String {
    format!("{method} {params}")
}

impl Cache {
    /// What was said to this before, while it is valid.
    pub(crate) fn get(&self, method: &str, params: &Value, at: Instant) -> Option<Value> {
        let entry = self.entries.get(&key(method, params))?;
        (at < entry.until).then(|| entry.result.clone())
    }

    /// Now, before a question goes out.
    pub(crate) fn asking(&self, at: Instant) -> AskedAt {
        AskedAt { at, changes: self.changes }
    }

    /// Keeps an answer for as long as it says that it is valid. One that only asks something back is none.
    pub(crate) fn keep(&mut self, method: &str, params: &Value, result: &Value, asked: AskedAt) {
        let key = key(method, params);
        self.remove(&key);
        let valid = Duration::from_millis(result["ttlMs"].as_u64().unwrap_or_default()).min(LONGEST);
        let is_complete = result["resultType"].as_str().is_none_or(|kind| kind == "complete");
        if valid.is_zero() || !is_complete || asked.changes != self.changes {
            return;
        }
        let bytes = key.len() + result.to_string().len();
        if bytes > BYTES / 4 {
            return;
        }
        while self.entries.len() >= ANSWERS || self.bytes + bytes > BYTES {
            let soonest =
                self.entries.iter().min_by_key(|(_, entry)| entry.until).map(|(key, _)| key.clone());
            let Some(soonest) = soonest else { break };
            self.remove(&soonest);
        }
        self.bytes += bytes;
        let entry =
            Entry { method: method.to_owned(), result: result.clone(), bytes, until: asked.at + valid };
        self.entries.insert(key, entry);
    }

    /// What methods of this beginning said is not valid any more; the empty text: nothing is.
    pub(crate) fn forget(&mut self, beginning: &str) {
        self.changes += 1;
        self.entries.retain(|_, entry| !entry.method.starts_with(beginning));
        self.bytes = self.entries.values().map(|entry| entry.bytes).sum();
    }

    /// One resource has changed.
    pub(crate) fn forget_resource(&mut self, uri: &Value) {
        self.changes += 1;
        self.remove(&key("resources/read", &serde_json::json!({ "uri": uri })));
    }

    fn remove(&mut self, key: &str) {
        if let Some(entry) = self.entries.remove(key) {
            self.bytes -= entry.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn result(ttl_ms: u64) -> Value {
        json!({"tools": [], "ttlMs": ttl_ms, "resultType": "complete"})
    }

    #[test]
    fn an_answer_is_valid_for_its_time_and_for_the_same_question() {
        let (mut cache, now) = (Cache::default(), Instant::now());
        let (first, second) = (json!({}), json!({"cursor": "2"}));
        cache.keep("tools/list", &first, &result(1000), cache.asking(now));
        assert_eq!(cache.get("tools/list", &first, now), Some(result(1000)));
        assert_eq!(cache.get("tools/list", &second, now), None);
        assert_eq!(cache.get("tools/list", &first, now + Duration::from_millis(1000)), None);
        cache.keep("tools/list", &first, &result(0), cache.asking(now));
        assert_eq!(cache.get("tools/list", &first, now), None, "what is valid no longer replaces what was");
        assert_eq!(cache.bytes, 0);
    }

    #[test]
    fn a_change_ends_what_it_concerns() {
        let (mut cache, now) = (Cache::default(), Instant::now());
        cache.keep("tools/list", &json!({}), &result(1000), cache.asking(now));
        for uri in ["a:1", "a:2"] {
            cache.keep("resources/read", &json!({"uri": uri}), &result(1000), cache.asking(now));
        }
        cache.forget_resource(&json!("a:1"));
        assert_eq!(cache.get("resources/read", &json!({"uri": "a:1"}), now), None);
        cache.forget("tools/");
        assert_eq!(cache.get("tools/list", &json!({}), now), None);
        assert!(cache.get("resources/read", &json!({"uri": "a:2"}), now).is_some());
        cache.forget("");
        assert_eq!((cache.entries.len(), cache.bytes), (0, 0));
    }

    #[test]
    fn an_answer_that_a_change_overtook_is_not_kept() {
        let (mut cache, now) = (Cache::default(), Instant::now());
        let asked = cache.asking(now);
        cache.forget("tools/");
        cache.keep("tools/list", &json!({}), &result(1000), asked);
        assert!(cache.get("tools/list", &json!({}), now).is_none());
    }

    #[test]
    fn it_is_bounded_and_a_question_is_no_answer() {
        let (mut cache, now) = (Cache::default(), Instant::now());
        for at in 0..ANSWERS as u64 + 10 {
            cache.keep("resources/read", &json!({"uri": at}), &result(1000 + at), cache.asking(now));
        }
        assert_eq!(cache.entries.len(), ANSWERS);
        assert!(cache.get("resources/read", &json!({"uri": 0}), now).is_none(), "the soonest goes first");
        let asks = json!({"resultType": "input_required", "ttlMs": 1000, "inputRequests": {}});
        cache.keep("resources/read", &json!({"uri": "q"}), &asks, cache.asking(now));
        assert!(cache.get("resources/read", &json!({"uri": "q"}), now).is_none());
        let large = json!({"text": "x".repeat(BYTES / 4), "ttlMs": 1000});
        cache.keep("resources/read", &json!({"uri": "l"}), &large, cache.asking(now));
        assert!(cache.get("resources/read", &json!({"uri": "l"}), now).is_none());
    }
}
