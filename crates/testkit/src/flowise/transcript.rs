//! Recordings of Flowise: one JSON document a line, several exchanges in one file (`fixtures/wire/flowise/README.md`).

use std::{collections::BTreeMap, fs, io};

use serde_json::{Map, Value};

use crate::recording::{Chunk, Exchange, RecordedHead, RecordedRequest, fixtures};

/// One recording.
#[derive(Debug, Clone)]
pub struct Transcript {
    /// File name without its ending.
    pub name: String,
    /// What it shows.
    pub about: String,
    /// The version that was recorded.
    pub version: String,
    /// Its exchanges by their numbers.
    pub exchanges: BTreeMap<u64, Exchange>,
}

impl Transcript {
    /// Reads a recording.
    ///
    /// # Errors
    /// When a line is not what the format has.
    pub fn read(name: &str, text: &str) -> io::Result<Self> {
        let mut own = Self {
            name: name.to_owned(),
            about: String::new(),
            version: String::new(),
            exchanges: BTreeMap::new(),
        };
        let mut begun: BTreeMap<u64, f64> = BTreeMap::new();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            own.line(&serde_json::from_str(line)?, &mut begun)?;
        }
        Ok(own)
    }

    fn line(&mut self, line: &Value, begun: &mut BTreeMap<u64, f64>) -> io::Result<()> {
        let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
        let number = line["x"].as_u64().unwrap_or_default();
        let now = line["t"].as_f64().unwrap_or_default();
        let since = (now - begun.get(&number).copied().unwrap_or(now)).max(0.0).round() as u64;
        match line["k"].as_str().unwrap_or_default() {
            "meta" => (self.about, self.version) = (text("about"), text("flowise")),
            "request" => {
                begun.insert(number, now);
                let body = match &line["body"] {
                    Value::Null => None,
                    Value::String(text) => Some(text.clone()),
                    other => Some(other.to_string()),
                };
                let headers: Map<String, Value> = line["headers"].as_object().cloned().unwrap_or_default();
                let request = RecordedRequest { method: text("method"), path: text("path"), headers, body };
                let exchange = Exchange {
                    name: format!("{}.{number}", self.name),
                    note: self.about.clone(),
                    request,
                    response: None,
                    chunks: Vec::new(),
                    end: String::new(),
                    end_ms: None,
                };
                self.exchanges.insert(number, exchange);
            }
            kind => {
                let Some(exchange) = self.exchanges.get_mut(&number) else { return Ok(()) };
                match kind {
                    "head" => {
                        exchange.response = Some(RecordedHead {
                            t_ms: since,
                            status: line["status"]
                                .as_u64()
                                .and_then(|status| u16::try_from(status).ok())
                                .unwrap_or_default(),
                            reason: text("reason"),
                            headers: serde_json::from_value(line["headers"].clone())?,
                        });
                    }
                    "chunk" => exchange.chunks.push(Chunk {
                        t_ms: since,
                        chunk: Some(text("data")),
                        chunk_base64: None,
                    }),
                    "end" => (exchange.end, exchange.end_ms) = ("complete".to_owned(), Some(since)),
                    other => (exchange.end, exchange.end_ms) = (other.to_owned(), Some(since)),
                }
            }
        }
        Ok(())
    }

    /// The exchanges in which Flowise streamed.
    pub fn streams(&self) -> impl Iterator<Item = &Exchange> {
        self.exchanges.values().filter(|exchange| is_stream(exchange))
    }
}

/// Whether an answer is an event stream.
pub(crate) fn is_stream(exchange: &Exchange) -> bool {
    let head = exchange.response.as_ref().and_then(|head| head.header("content-type"));
    head.is_some_and(|kind| kind.starts_with("text/event-stream"))
}

/// One recording, for example `v3.1.4/a01-chat-stream`. Only where the source tree is, that is in tests.
///
/// # Errors
/// When there is no such file, or it holds something else.
pub fn transcript(path: &str) -> io::Result<Transcript> {
    let file = fixtures().join("wire/flowise").join(format!("{path}.jsonl"));
    Transcript::read(path.rsplit('/').next().unwrap_or(path), &fs::read_to_string(file)?)
}

/// Every recording of a folder, by name.
///
/// # Errors
/// When the folder or one of its files cannot be read.
pub fn recorded(folder: &str) -> io::Result<Vec<Transcript>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(fixtures().join("wire/flowise").join(folder))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "jsonl") {
            names.extend(path.file_stem().and_then(|name| name.to_str()).map(str::to_owned));
        }
    }
    names.sort();
    names.iter().map(|name| transcript(&format!("{folder}/{name}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_recording_can_be_read() {
        for (folder, least) in [("v3.1.4", 50), ("v3.1.4-strict", 3), ("v2.2.8", 14)] {
            let all = recorded(folder).unwrap();
            assert!(all.len() >= least, "{folder} has only {}", all.len());
            for one in all.iter().flat_map(|transcript| transcript.exchanges.values()) {
                assert!(one.chunks.is_sorted_by_key(|chunk| chunk.t_ms), "{}: time runs backwards", one.name);
                assert!(!one.end.is_empty(), "{}: no end", one.name);
            }
        }
    }
}
