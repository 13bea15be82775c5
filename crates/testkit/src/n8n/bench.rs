//! The simulated n8n as a peer of the backend suite.

use std::sync::Arc;

use async_trait::async_trait;
use jackfield_protocol::{
    event::Outcome,
    model::{InputAnswer, RunInput},
    port::{PlatformFactory, ResolvedBackend, RunRequest, Secrets},
};
use serde_json::{Value, json};

use super::{Case, N8nVersion, Options, SimulatedN8n};
use crate::{
    backend_suite::{Bench, Peer, PeerCase},
    replay::Pacing,
};

/// The n8n platform on recordings of one version.
pub struct N8nBench {
    factory: Arc<dyn PlatformFactory>,
    version: &'static str,
}

impl N8nBench {
    /// For this factory and this recorded version, for example `v2.41.1`.
    #[must_use]
    pub fn new(factory: Arc<dyn PlatformFactory>, version: &'static str) -> Self {
        Self { factory, version }
    }
}

#[async_trait]
impl Bench for N8nBench {
    fn factory(&self) -> Arc<dyn PlatformFactory> {
        self.factory.clone()
    }

    async fn peer(&self) -> Result<Box<dyn Peer>, String> {
        let options = Options::recorded(self.version).map_err(|error| error.to_string())?;
        let n8n = SimulatedN8n::start(options).await.map_err(|error| error.to_string())?;
        Ok(Box::new(N8nPeer { n8n, old: self.version.starts_with("v1.") }))
    }

    fn at(&self, base_url: &str) -> ResolvedBackend {
        resolved(base_url, "any-key")
    }
}

fn resolved(base_url: &str, key: &str) -> ResolvedBackend {
    let secrets: Secrets = [
        ("api_key", key),
        ("basic_user", "lab"),
        ("basic_password", "lab-pass"),
        ("header_value", "lab-header-value"),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned().into()))
    .collect();
    let options = json!({
        "header_name": "X-Lab-Key",
        "connect_timeout_ms": 1000,
        "first_byte_timeout_ms": 1000,
        "silence_timeout_ms": 600,
        "search_timeout_ms": 1500,
    });
    ResolvedBackend::unsaved(base_url, options, secrets)
}

struct N8nPeer {
    n8n: SimulatedN8n,
    old: bool,
}

impl N8nPeer {
    fn trace_id(request: &RunRequest) -> String {
        request.run_id.0.simple().to_string()
    }
}

#[async_trait]
impl Peer for N8nPeer {
    fn resolved(&self) -> ResolvedBackend {
        resolved(&self.n8n.base_url(), &self.n8n.api_key())
    }

    fn with_wrong_key(&self) -> ResolvedBackend {
        resolved(&self.n8n.base_url(), "wrong")
    }

    fn cases(&self) -> Vec<PeerCase> {
        self.n8n.cases().iter().filter_map(|case| peer_case(&self.n8n, case)).collect()
    }

    fn prepare(&self, case: &PeerCase, pace: Pacing) {
        self.n8n.choose(&case.name);
        self.n8n.pace(&case.name, pace);
    }

    fn split(&self, size: usize) {
        self.n8n.split(size);
    }

    fn spoil(&self) {
        self.n8n.spoil(1, b"<html>524: a timeout occurred</html>\n");
    }

    fn cut_connections(&self) {
        self.n8n.cut_connections();
    }

    fn freeze(&self, freeze: bool) {
        self.n8n.freeze(freeze);
    }

    fn vanish(&self) {
        self.n8n.kill();
    }

    fn runs_of(&self, request: &RunRequest) -> usize {
        let trace = Self::trace_id(request);
        let starts = self.n8n.requests();
        let traces = starts.iter().filter_map(|request| request.traceparent());
        let mut own: Vec<&str> = traces.filter(|traceparent| traceparent.contains(&trace)).collect();
        own.dedup();
        own.iter().map(|traceparent| self.n8n.started_by(traceparent)).sum()
    }

    fn violations(&self) -> Vec<String> {
        self.n8n.violations()
    }

    async fn idle(&self) {
        self.n8n.at_most(0).await;
    }

    fn can_stop(&self) -> bool {
        self.n8n.version() == N8nVersion::V2 && !self.old
    }
}

/// What the recording of a run demands of a client. `None`: it cannot be started through the port as it was
/// recorded (files, a body that is no JSON).
fn peer_case(n8n: &SimulatedN8n, case: &Case) -> Option<PeerCase> {
    let request = &case.start()?.request;
    let body: Option<Value> = request.body.as_deref().map(serde_json::from_str).transpose().ok()?;
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    let chat = path.ends_with("/chat");
    let mut input = RunInput { method: Some(request.method.clone()), ..RunInput::default() };
    match body {
        Some(Value::Object(mut fields)) if chat => {
            input.method = None;
            input.text = fields.remove("chatInput").and_then(|text| text.as_str().map(str::to_owned));
            input.session_id =
                fields.remove("sessionId").and_then(|session| session.as_str().map(str::to_owned));
        }
        other => input.data = other,
    }
    for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        input.query.insert(name.to_owned(), value.to_owned());
    }
    if path.contains("/4711/") {
        input.path.insert("orderId".to_owned(), "4711".to_owned());
    }
    let status = case.status();
    let outcomes = match status {
        // Nobody ever saw the record, or it was not kept: the answer alone has to do.
        _ if case.gone || status.is_none() => vec![Outcome::Succeeded, Outcome::Unknown],
        Some("success") => vec![Outcome::Succeeded],
        Some("canceled") => vec![Outcome::Cancelled, Outcome::Failed],
        _ => vec![Outcome::Failed],
    };
    let runs = case.last().and_then(|record| record.pointer("/data/resultData/runData")?.as_object());
    let tools = runs.filter(|_| !case.gone).map(|runs| {
        let mut names: Vec<String> = runs
            .iter()
            .flat_map(|(name, runs)| runs.as_array().into_iter().flatten().map(move |run| (name, run)))
            .filter(|(_, run)| {
                run["data"].get("ai_tool").is_some() || run["inputOverride"].get("ai_tool").is_some()
            })
            .map(|(name, _)| name.clone())
            // The review of a tool call by a person is a question, no call.
            .filter(|name| !n8n.node_type(&case.workflow_id, name).ends_with("HitlTool"))
            .collect();
        names.sort();
        names
    });
    let answers = case.segments.iter().skip(1).map(answer_of).collect();
    let start = case.start()?;
    Some(PeerCase {
        name: case.name.clone(),
        tool: None,
        workflow: case.workflow_id.clone(),
        path: if path.contains("/4711/") { String::new() } else { path.to_owned() },
        input,
        outcomes,
        answer: answer(case),
        tools,
        answers,
        pieces: if start.is_chunked() { start.chunks.len() } else { 0 },
    })
}

/// How the question was answered when it was recorded.
fn answer_of(segment: &super::Segment) -> InputAnswer {
    let said = segment.websocket.iter().find(|said| said.what == "out" && !said.data.starts_with("n8n|"));
    if segment.what == "chat" && said.is_none() {
        // The chat only told something; n8n waits until it is read.
        return InputAnswer { text: Some("go on".to_owned()), ..InputAnswer::default() };
    }
    if let Some(said) = said {
        let text = serde_json::from_str::<Value>(&said.data)
            .ok()
            .and_then(|said| Some(said["chatInput"].as_str()?.to_owned()));
        return InputAnswer { text, ..InputAnswer::default() };
    }
    let Some(exchange) = &segment.exchange else { return InputAnswer::default() };
    if let Some(yes) = exchange.request.path.split("approved=").nth(1) {
        let number = if yes.starts_with("true") { "0" } else { "1" };
        return InputAnswer { choice: Some(number.to_owned()), ..InputAnswer::default() };
    }
    let data = exchange.request.body.as_deref().and_then(|body| serde_json::from_str(body).ok());
    InputAnswer { data, ..InputAnswer::default() }
}

/// The text at the end of the record, where the last node says one.
fn answer(case: &Case) -> Option<String> {
    let record = case.last()?.pointer("/data/resultData")?;
    let last = record["lastNodeExecuted"].as_str()?;
    let output = record["runData"][last].as_array()?.last()?.pointer("/data/main/0/0/json/output")?;
    output.as_str().map(str::to_owned)
}
