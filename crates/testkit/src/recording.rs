//! Recorded exchanges, in the format of `fixtures/wire/n8n/README.md`.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value};

/// One request and everything that came back.
#[derive(Debug, Clone, Deserialize)]
pub struct Exchange {
    /// Name of the recording; empty inside of other recordings.
    #[serde(default)]
    pub name: String,
    /// What it shows.
    #[serde(default)]
    pub note: String,
    /// What was asked.
    pub request: RecordedRequest,
    /// The head of the answer; absent when none came.
    pub response: Option<RecordedHead>,
    /// The body, piece by piece.
    #[serde(default)]
    pub chunks: Vec<Chunk>,
    /// `complete`, `server_closed`, `server_closed_early`, `client_closed_…`, `idle_timeout` or an error.
    #[serde(default)]
    pub end: String,
    /// When it ended, in milliseconds from opening the connection.
    #[serde(default)]
    pub end_ms: Option<u64>,
}

/// The request of an exchange.
#[derive(Debug, Clone, Deserialize)]
pub struct RecordedRequest {
    /// Method.
    pub method: String,
    /// Path with query.
    pub path: String,
    /// Headers; values may be numbers.
    #[serde(default)]
    pub headers: Map<String, Value>,
    /// Body as text; absent, or a note such as `<12 bytes>`, where it was not kept.
    #[serde(default)]
    pub body: Option<String>,
}

/// Status line and headers.
#[derive(Debug, Clone, Deserialize)]
pub struct RecordedHead {
    /// Milliseconds from opening the connection.
    pub t_ms: u64,
    /// Status code.
    pub status: u16,
    /// Reason phrase.
    #[serde(default)]
    pub reason: String,
    /// Headers in order.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
}

impl RecordedHead {
    /// The first header of this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// One HTTP chunk of a chunked answer, else one read of the socket.
#[derive(Debug, Clone, Deserialize)]
pub struct Chunk {
    /// Milliseconds from opening the connection.
    pub t_ms: u64,
    /// The bytes as text.
    #[serde(default)]
    pub chunk: Option<String>,
    /// The bytes, where they are not UTF-8.
    #[serde(default)]
    pub chunk_base64: Option<String>,
}

impl Chunk {
    /// When it came, from opening the connection.
    #[must_use]
    pub fn at(&self) -> Duration {
        Duration::from_millis(self.t_ms)
    }

    /// The bytes; base64 that cannot be read gives none.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        match (&self.chunk, &self.chunk_base64) {
            (Some(text), _) => Bytes::copy_from_slice(text.as_bytes()),
            (None, Some(encoded)) => STANDARD.decode(encoded).map(Bytes::from).unwrap_or_default(),
            (None, None) => Bytes::new(),
        }
    }
}

impl Exchange {
    /// The whole body.
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        self.chunks.iter().flat_map(|chunk| chunk.bytes()).collect()
    }

    /// Status of the answer; 0 when none came.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.response.as_ref().map_or(0, |head| head.status)
    }

    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body()).ok()
    }

    /// Whether the answer was chunked on the wire.
    #[must_use]
    pub fn is_chunked(&self) -> bool {
        self.response
            .as_ref()
            .and_then(|head| head.header("transfer-encoding"))
            .is_some_and(|value| value.contains("chunked"))
    }
}

/// The folder with all recordings. Only where the source tree is, that is in tests.
#[must_use]
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

/// Reads one recorded exchange, for example `wire/n8n/v2.41.1/b01-agent.json`.
///
/// # Errors
/// When there is no such file, or it holds something else.
pub fn exchange(path: &str) -> io::Result<Exchange> {
    serde_json::from_slice(&fs::read(fixtures().join(path))?).map_err(io::Error::from)
}

/// Every single exchange of a folder, by name; scenarios of several requests are left out.
///
/// # Errors
/// When the folder or one of its files cannot be read, or is not JSON.
pub fn exchanges(folder: &str) -> io::Result<Vec<Exchange>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(fixtures().join(folder))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<_>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        let value: Value = serde_json::from_slice(&fs::read(&path)?)?;
        if value.get("chunks").is_some() {
            found.push(serde_json::from_value(value)?);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_recording_can_be_read() {
        for version in ["v2.41.1", "v1.123.81"] {
            let all = exchanges(&format!("wire/n8n/{version}")).unwrap();
            assert!(all.len() > 30, "{version} has only {}", all.len());
            for one in all {
                assert!(one.status() >= 200, "{}: no status", one.name);
                assert!(one.chunks.is_sorted_by_key(|chunk| chunk.t_ms), "{}: time runs backwards", one.name);
            }
        }
    }

    #[test]
    fn binary_and_text_bodies_come_back_as_they_were() {
        let stream = exchange("wire/n8n/v2.41.1/b01-agent.json").unwrap();
        assert!(stream.is_chunked());
        assert!(stream.body().ends_with(b"}\n"));
        let gzip = exchange("wire/n8n/v2.41.1/b24-gzip.json").unwrap();
        assert_eq!(gzip.body()[..2], [0x1f, 0x8b]);
    }
}
