//! The simulated server says what real ones were recorded saying: same keys, same order, same types.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};

use super::super::*;
use crate::mcp::corpus::{self, Direction, Traffic};

/// Keys in order and types; what a client cannot rely on (words, numbers, lengths of free lists) is left out. Objects that the server only
/// repeats (schemas, definitions) are compared as they are.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .map(|(name, value)| match name.as_str() {
                    "tools" | "capabilities" | "requestedSchema" | "method" | "code" | "jsonrpc" | "type"
                    | "resultType" | "protocolVersion" | "supportedVersions" | "serverInfo" => {
                        (name.clone(), value.clone())
                    }
                    // What a tool says in data of its own is the tool's.
                    "structuredContent" => (name.clone(), keys(value)),
                    _ => (name.clone(), shape(value)),
                })
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.iter().map(shape).collect()),
        Value::String(_) => "text".into(),
        Value::Number(_) => "number".into(),
        other => other.clone(),
    }
}

fn keys(value: &Value) -> Value {
    value.as_object().map_or(Value::Null, |fields| fields.keys().cloned().collect())
}

/// Tools of the recording that the simulation leaves out.
const LEFT_OUT: [&str; 4] =
    ["get-env", "gzip-file-as-resource", "toggle-simulated-logging", "toggle-subscriber-updates"];

fn without_left_out(mut message: Value) -> Value {
    if let Some(tools) = message.pointer_mut("/result/tools").and_then(Value::as_array_mut) {
        tools.retain(|tool| !LEFT_OUT.iter().any(|name| tool["name"] == *name));
    }
    message
}

/// Shapes as text: their order of keys counts.
fn text(message: &Value) -> String {
    let mut message = without_left_out(message.clone());
    // Words of errors are the same as recorded where a client may look at them.
    let words = message.pointer("/error/message").cloned();
    message = shape(&message);
    if let (Some(words), Some(place)) = (words, message.pointer_mut("/error/message")) {
        *place = words;
    }
    message.to_string()
}

/// A message that no request of the client caused directly: it may come at any time.
fn is_unasked(message: &Value) -> bool {
    let method = message["method"].as_str().unwrap_or_default();
    method.ends_with("list_changed")
        || method == "roots/list"
        || message["params"]["logger"] == "everything-server"
}

/// A client over stdio in this process.
struct Line {
    input: tokio::io::DuplexStream,
    output: BufReader<tokio::io::DuplexStream>,
}

impl Line {
    fn to(script: Script) -> Self {
        let (input, server_input) = tokio::io::duplex(1024 * 1024);
        let (server_output, output) = tokio::io::duplex(1024 * 1024);
        tokio::spawn(async move { serve_stdio(script, server_input, server_output).await });
        Self { input, output: BufReader::new(output) }
    }

    async fn send(&mut self, message: &Value) {
        self.input.write_all(format!("{message}\n").as_bytes()).await.unwrap();
    }

    async fn next(&mut self) -> Value {
        let mut line = String::new();
        let read = self.output.read_line(&mut line);
        tokio::time::timeout(std::time::Duration::from_secs(10), read)
            .await
            .expect("a line in ten seconds")
            .unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }
}

/// Sends what the recorded client sent, in its order, and compares every answer.
async fn replay(name: &str, script: Script) {
    let recording = corpus::recording(name).unwrap();
    let Traffic::Stdio(lines) = &recording.traffic else { panic!("{name} is not over stdio") };
    let mut line = Line::to(script);
    let (mut unasked, mut recorded_unasked) = (Vec::new(), Vec::new());
    let mut state: BTreeMap<String, Value> = BTreeMap::new();
    let mut asked_ids = Vec::new();
    // What came while something unasked was waited for.
    let mut early = VecDeque::new();
    for recorded in lines {
        let mut message = recorded.msg.clone();
        match recorded.dir {
            Direction::ToServer => {
                if let Some(given) = message.pointer_mut("/params/requestState") {
                    *given = state["state"].clone();
                }
                // The answer to a question of the server goes to the question that this server asked.
                if message.get("method").is_none() {
                    let question = recorded_question(lines, &message["id"]);
                    let at = asked_ids.iter().position(|(method, _)| *method == question).expect("asked");
                    let (_, id): (String, Value) = asked_ids.remove(at);
                    message["id"] = id;
                }
                line.send(&message).await;
            }
            Direction::ToClient => {
                if is_unasked(&message) {
                    recorded_unasked.push(text(&message));
                    if message["method"] == "roots/list" {
                        while !asked_ids.iter().any(|(method, _)| method == "roots/list") {
                            early.extend(take_one(&mut line, &mut unasked, &mut asked_ids).await);
                        }
                    }
                    continue;
                }
                let said = loop {
                    if let Some(said) = early.pop_front() {
                        break said;
                    }
                    if let Some(said) = take_one(&mut line, &mut unasked, &mut asked_ids).await {
                        break said;
                    }
                };
                if let Some(given) = said.pointer("/result/requestState") {
                    state.insert("state".to_owned(), given.clone());
                }
                assert_eq!(text(&said), text(&message), "{name}: {message}");
            }
        }
    }
    unasked.sort();
    recorded_unasked.sort();
    assert_eq!(unasked, recorded_unasked, "{name}");
}

fn recorded_question(lines: &[corpus::Line], id: &Value) -> String {
    let asked = lines.iter().find(|line| {
        line.dir == Direction::ToClient && line.msg["id"] == *id && line.msg.get("method").is_some()
    });
    asked.unwrap().msg["method"].as_str().unwrap().to_owned()
}

/// The next message, unless nobody asked for it.
async fn take_one(
    line: &mut Line,
    unasked: &mut Vec<String>,
    asked_ids: &mut Vec<(String, Value)>,
) -> Option<Value> {
    let said = line.next().await;
    if let (Some(method), Some(id)) = (said["method"].as_str(), said.get("id")) {
        asked_ids.push((method.to_owned(), id.clone()));
    }
    if is_unasked(&said) {
        unasked.push(text(&said));
        return None;
    }
    Some(said)
}

#[tokio::test]
async fn server_everything_over_stdio_is_as_recorded() {
    replay("stdio-2025-11-25-everything-probe-then-initialize", Script::everything().as_recorded()).await;
}

#[tokio::test]
async fn the_lab_over_stdio_is_as_recorded() {
    replay("stdio-2026-07-28-lab-mrtr-progress", Script::both().as_recorded()).await;
}

#[tokio::test]
async fn over_http_every_answer_is_as_recorded() {
    for (name, script) in [
        ("http-2025-03-26-everything", Script::everything()),
        ("http-2025-11-25-everything-auto", Script::everything()),
        ("http-2025-11-25-lab-session", Script::legacy()),
        ("http-2025-11-25-everything-tasks-offers", Script { task_step_ms: 200, ..Script::everything() }),
        ("http-2026-07-28-lab-mrtr-progress", Script::both()),
        ("http-2026-07-28-lab-offers-refusals", Script::both()),
    ] {
        over_http(name, script.as_recorded()).await;
    }
}

/// Frames of an event stream, as far as they are read.
fn frames(text: &str) -> Vec<corpus::Event> {
    let mut found = Vec::new();
    for block in text.split("\n\n").filter(|block| !block.is_empty()) {
        let mut event = corpus::Event { t_ms: 0.0, event: None, id: None, data: None, comment: None };
        for line in block.lines() {
            let (name, value) = line.split_once(": ").unwrap_or((line.trim_end_matches(':'), ""));
            match name {
                "event" => event.event = Some(value.to_owned()),
                "id" => event.id = Some(value.to_owned()),
                "data" => {
                    event.data = Some(serde_json::from_str(value).unwrap_or(Value::String(value.to_owned())))
                }
                _ => {}
            }
        }
        found.push(event);
    }
    found
}

/// Which fields an event has, and the shape of its data.
fn event_text(event: &corpus::Event) -> String {
    let data = event.data.as_ref().map(text);
    format!("{:?} {} {data:?}", event.event, event.id.is_some())
}

async fn over_http(name: &str, script: Script) {
    let recording = corpus::recording(name).unwrap();
    let Traffic::Http(exchanges) = &recording.traffic else { panic!("{name} is not over HTTP") };
    let mcp = SimulatedMcp::start(script).await.unwrap();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http =
        reqwest::Client::builder().no_proxy().timeout(std::time::Duration::from_secs(20)).build().unwrap();
    let (mut session, mut state, mut task) = (None::<String>, Value::Null, Value::Null);
    for exchange in exchanges {
        let (asked, recorded) = (&exchange.request, &exchange.response);
        // The general stream and the answers to its questions: tested below, their times are not ours.
        let body = asked.body.clone().unwrap_or_default();
        if asked.method == "GET" || (asked.method == "POST" && body.get("method").is_none()) {
            continue;
        }
        let method = reqwest::Method::from_bytes(asked.method.as_bytes()).unwrap();
        let mut request = http.request(method, mcp.url());
        for (key, value) in &asked.headers {
            match key.as_str() {
                "mcp-session-id" if value != "nope" => {
                    request = request.header(key, session.clone().unwrap())
                }
                _ => request = request.header(key, value),
            }
        }
        let mut body = body;
        if let Some(given) = body.pointer_mut("/params/requestState") {
            *given = state.clone();
        }
        if let Some(given) = body.pointer_mut("/params/taskId").filter(|given| *given != "none") {
            *given = task.clone();
        }
        if !body.is_null() {
            request = request.body(body.to_string());
        }
        let mut answer = request.send().await.unwrap();
        let place = format!("{name}: {} {}", asked.method, body["method"]);
        assert_eq!(Some(answer.status().as_u16()), recorded.status, "{place}");
        assert_eq!(answer.headers()["x-jackfield-simulated"], "true");
        for key in ["content-type", "cache-control", "mcp-session-id"] {
            let said = answer.headers().get(key).map(|value| value.to_str().unwrap());
            match (said, recorded.headers.get(key).map(String::as_str)) {
                (Some(said), Some(_)) if key == "mcp-session-id" => session = Some(said.to_owned()),
                // The Python SDK makes a session for whom it refuses.
                (None, Some(_)) if key == "mcp-session-id" && recorded.status >= Some(400) => {}
                (said, known) => assert_eq!(said, known, "{place}: {key}"),
            }
        }
        let mut received = String::new();
        while let Some(chunk) = answer.chunk().await.unwrap() {
            received.push_str(std::str::from_utf8(&chunk).unwrap());
            if let Some(question) = frames(&received)
                .iter()
                .filter_map(|event| event.data.clone())
                .find(|data| data.get("method").is_some() && data.get("id").is_some())
                && !received.contains("\"result\"")
            {
                let session = session.clone().unwrap();
                let content = json!({"action": "accept", "content": {"name": "Ada", "check": true}});
                let result = if question["method"] == "elicitation/create" {
                    content
                } else {
                    json!({"model": "m", "role": "assistant", "content": {"type": "text", "text": "x"}})
                };
                let reply = json!({"jsonrpc": "2.0", "id": question["id"], "result": result});
                let sent = http
                    .post(mcp.url())
                    .header("mcp-session-id", session)
                    .header("accept", "text/event-stream, application/json");
                assert_eq!(sent.body(reply.to_string()).send().await.unwrap().status(), 202);
            }
        }
        if let Some(events) = &recorded.sse {
            let said: Vec<String> = frames(&received).iter().map(event_text).collect();
            let known: Vec<String> = events.iter().map(event_text).collect();
            for event in frames(&received) {
                if let Some(id) = event.data.as_ref().and_then(|data| data.pointer("/result/task/taskId")) {
                    task = id.clone();
                }
            }
            assert_eq!(said, known, "{place}");
        } else if let Some(known) = &recorded.body {
            let said: Value = serde_json::from_str(&received).unwrap();
            assert_eq!(text(&said), text(known), "{place}");
            if let Some(given) = said.pointer("/result/requestState") {
                state = given.clone();
            }
        } else {
            assert_eq!(received, "", "{place}");
        }
    }
}
