//! What clients said.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::http::Request;

/// One request or message of a client.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// HTTP method; `stdio` for a line.
    pub method: String,
    /// Path; empty for a line.
    pub path: String,
    /// Headers, names in small letters.
    pub headers: BTreeMap<String, String>,
    /// The JSON-RPC message, or an array of them; null when there was none.
    pub message: Value,
}

impl Heard {
    pub(super) fn http(request: &Request) -> Self {
        Self {
            method: request.method.clone(),
            path: request.path.clone(),
            headers: request
                .headers
                .iter()
                .map(|(name, value)| (name.to_lowercase(), value.clone()))
                .collect(),
            message: request.json().unwrap_or_default(),
        }
    }

    pub(super) fn line(message: Value) -> Self {
        Self { method: "stdio".to_owned(), path: String::new(), headers: BTreeMap::new(), message }
    }

    /// The method of its message, for example `tools/call`; empty where it has none.
    #[must_use]
    pub fn rpc(&self) -> &str {
        self.message["method"].as_str().unwrap_or_default()
    }
}
