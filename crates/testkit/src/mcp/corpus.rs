//! Recorded traffic of real servers: `fixtures/wire/mcp`.

use std::{collections::BTreeMap, io};

use include_dir::{Dir, include_dir};
use serde::Deserialize;
use serde_json::Value;

static RECORDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../fixtures/wire/mcp");

/// One recording.
#[derive(Debug, Clone)]
pub struct Recording {
    /// Its name: the file's, without ending.
    pub name: String,
    /// The folder: revision on the wire.
    pub revision: String,
    /// What was said.
    pub traffic: Traffic,
}

/// What was said, by transport.
#[derive(Debug, Clone)]
pub enum Traffic {
    /// Lines of both directions, in order.
    Stdio(Vec<Line>),
    /// Requests and their answers, in the order of the requests.
    Http(Vec<Exchange>),
    /// The log of a conformance run with authorization: not in the form of the others.
    Log(Vec<Value>),
}

/// One line over stdio.
#[derive(Debug, Clone, Deserialize)]
pub struct Line {
    /// Milliseconds from the start.
    pub t_ms: f64,
    /// Who said it.
    pub dir: Direction,
    /// What.
    pub msg: Value,
}

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Direction {
    /// Client to server.
    #[serde(rename = "c2s")]
    ToServer,
    /// Server to client.
    #[serde(rename = "s2c")]
    ToClient,
}

/// One HTTP request and what came back.
#[derive(Debug, Clone, Deserialize)]
pub struct Exchange {
    /// Milliseconds from the start.
    pub t_ms: f64,
    /// What was asked.
    pub request: Asked,
    /// What came back.
    #[serde(default)]
    pub response: Answered,
}

/// A recorded request.
#[derive(Debug, Clone, Deserialize)]
pub struct Asked {
    /// Method.
    pub method: String,
    /// Path with query.
    pub path: String,
    /// Headers, names in small letters.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The JSON-RPC message.
    #[serde(default)]
    pub body: Option<Value>,
}

/// A recorded answer.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Answered {
    /// Status; absent when the server could not be reached.
    #[serde(default)]
    pub status: Option<u16>,
    /// Headers, names in small letters.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body, where it was no stream.
    #[serde(default)]
    pub body: Option<Value>,
    /// The events, where it was one.
    #[serde(default)]
    pub sse: Option<Vec<Event>>,
    /// How the stream ended; absent when it was open when the recorder stopped.
    #[serde(default)]
    pub stream_end: Option<Value>,
}

/// One event of a recorded stream.
#[derive(Debug, Clone, Deserialize)]
pub struct Event {
    /// Milliseconds from the start.
    pub t_ms: f64,
    /// Its type.
    #[serde(default)]
    pub event: Option<String>,
    /// Its id.
    #[serde(default)]
    pub id: Option<String>,
    /// Its data: a JSON-RPC message, text, or an empty text in a priming event.
    #[serde(default)]
    pub data: Option<Value>,
    /// A comment line in place of an event.
    #[serde(default)]
    pub comment: Option<String>,
}

impl Event {
    /// The event as it was on the wire. Fields in the order in which servers of the recordings send them.
    #[must_use]
    pub fn frame(&self) -> String {
        let mut frame = String::new();
        if let Some(comment) = &self.comment {
            frame.push_str(&format!(": {comment}\n"));
        }
        if let Some(event) = &self.event {
            frame.push_str(&format!("event: {event}\n"));
        }
        if let Some(id) = &self.id {
            frame.push_str(&format!("id: {id}\n"));
        }
        match &self.data {
            Some(Value::String(text)) => frame.push_str(&format!("data: {text}\n")),
            Some(value) => frame.push_str(&format!("data: {value}\n")),
            None => {}
        }
        frame.push('\n');
        frame
    }
}

impl Recording {
    /// Every JSON-RPC message that the server said, in order.
    #[must_use]
    pub fn said(&self) -> Vec<Value> {
        match &self.traffic {
            Traffic::Stdio(lines) => lines
                .iter()
                .filter(|line| line.dir == Direction::ToClient)
                .map(|line| line.msg.clone())
                .collect(),
            Traffic::Http(exchanges) => exchanges
                .iter()
                .flat_map(|exchange| {
                    let events =
                        exchange.response.sse.iter().flatten().filter_map(|event| event.data.clone());
                    exchange.response.body.clone().into_iter().chain(events)
                })
                .filter(Value::is_object)
                .collect(),
            Traffic::Log(entries) => entries
                .iter()
                .filter(|entry| entry["side"] == "mcp server" && entry["kind"] == "response")
                .map(|entry| entry["body"].clone())
                .filter(|body| body["jsonrpc"] == "2.0")
                .collect(),
        }
    }

    /// Every JSON-RPC message that the client said, in order.
    #[must_use]
    pub fn asked(&self) -> Vec<Value> {
        match &self.traffic {
            Traffic::Stdio(lines) => lines
                .iter()
                .filter(|line| line.dir == Direction::ToServer)
                .map(|line| line.msg.clone())
                .collect(),
            Traffic::Http(exchanges) => {
                exchanges.iter().filter_map(|exchange| exchange.request.body.clone()).collect()
            }
            Traffic::Log(entries) => entries
                .iter()
                .filter(|entry| entry["side"] == "mcp server" && entry["kind"] == "request")
                .map(|entry| entry["body"].clone())
                .filter(Value::is_object)
                .collect(),
        }
    }

    /// What the server sent, as bytes of the wire: lines for stdio, event streams for HTTP; seeds for fuzzing and for parsers.
    #[must_use]
    pub fn bodies(&self) -> Vec<Vec<u8>> {
        match &self.traffic {
            Traffic::Stdio(_) | Traffic::Log(_) => {
                self.said().iter().map(|message| format!("{message}\n").into_bytes()).collect()
            }
            Traffic::Http(exchanges) => exchanges
                .iter()
                .filter_map(|exchange| {
                    let answer = &exchange.response;
                    match (&answer.sse, &answer.body) {
                        (Some(events), _) => {
                            Some(events.iter().map(Event::frame).collect::<String>().into_bytes())
                        }
                        (None, Some(Value::String(text))) => Some(text.clone().into_bytes()),
                        (None, Some(body)) => Some(body.to_string().into_bytes()),
                        (None, None) => None,
                    }
                })
                .collect(),
        }
    }

    /// The first result that holds this key, for example `tools`.
    #[must_use]
    pub fn result_with(&self, key: &str) -> Option<Value> {
        self.said()
            .into_iter()
            .map(|mut message| message["result"].take())
            .find(|result| !result[key].is_null())
    }
}

/// Every recording, by name. They are compiled in.
///
/// # Errors
/// When one does not have the known form.
pub fn recordings() -> io::Result<Vec<Recording>> {
    let mut found = Vec::new();
    for folder in RECORDED.dirs() {
        let revision = folder.path().file_name().and_then(|name| name.to_str()).unwrap_or_default();
        for file in folder.files() {
            let name = file.path().file_stem().and_then(|name| name.to_str()).unwrap_or_default();
            let traffic =
                read(file.contents()).map_err(|error| io::Error::other(format!("{name}: {error}")))?;
            found.push(Recording {
                name: name.to_owned(),
                revision: revision.trim_start_matches('v').to_owned(),
                traffic,
            });
        }
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

/// One recording by its name, for example `stdio-2026-07-28-time`.
///
/// # Errors
/// When there is none of that name, or it does not have the known form.
pub fn recording(name: &str) -> io::Result<Recording> {
    recordings()?
        .into_iter()
        .find(|recording| recording.name == name)
        .ok_or_else(|| io::Error::other(format!("there is no recording {name}")))
}

fn read(bytes: &[u8]) -> io::Result<Traffic> {
    let mut value: Value = serde_json::from_slice(bytes)?;
    if !value["messages"].is_null() {
        return Ok(Traffic::Stdio(serde_json::from_value(value["messages"].take())?));
    }
    let exchanges = value["exchanges"].take();
    if exchanges[0]["request"].is_null() {
        return Ok(Traffic::Log(serde_json::from_value(exchanges)?));
    }
    Ok(Traffic::Http(serde_json::from_value(exchanges)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_recording_can_be_read() {
        let all = recordings().unwrap();
        assert_eq!(all.len(), 14);
        for one in &all {
            assert!(
                !one.said().is_empty() && !one.asked().is_empty() && !one.bodies().is_empty(),
                "{}",
                one.name
            );
            assert!(one.said().iter().all(|message| message["jsonrpc"] == "2.0"), "{}", one.name);
        }
        let transports = |wanted: fn(&Traffic) -> bool| all.iter().filter(|one| wanted(&one.traffic)).count();
        assert_eq!(transports(|traffic| matches!(traffic, Traffic::Stdio(_))), 4);
        assert_eq!(transports(|traffic| matches!(traffic, Traffic::Http(_))), 9);
        assert!(recording("no-such").is_err());
    }

    #[test]
    fn a_stream_becomes_bytes_again() {
        let streamed = recording("http-2025-11-25-everything-auto").unwrap();
        let bodies = streamed.bodies();
        let priming = bodies.iter().find(|body| body.starts_with(b"id: ")).unwrap();
        let text = String::from_utf8_lossy(priming);
        assert!(text.contains("\ndata: \n\nevent: message\nid: "), "{text}");
        assert!(text.ends_with("\n\n"));
    }
}
