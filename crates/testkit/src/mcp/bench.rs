//! The simulated server as a peer of the backend suite.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use jackfield_protocol::{
    event::Outcome,
    model::{InputAnswer, RunInput},
    port::{PlatformFactory, ResolvedBackend, RunRequest, Secrets},
};
use serde_json::{Value, json};

use super::server::{Revision, Script, SimulatedMcp};
use crate::{
    backend_suite::{Bench, Broken, Peer, PeerCase},
    replay::Pacing,
};

/// The token that the server knows.
const TOKEN: &str = "bench-token-4711";

/// The MCP platform on the simulated server, in one revision.
pub struct McpBench {
    factory: Arc<dyn PlatformFactory>,
    revision: Revision,
    /// HTTP+SSE in place of Streamable HTTP.
    old: bool,
}

impl McpBench {
    /// For this factory. `version` is a revision (`2026-07-28`, `2025-11-25`, …); `2024-11-05` is spoken over HTTP+SSE.
    #[must_use]
    pub fn new(factory: Arc<dyn PlatformFactory>, version: &str) -> Self {
        let revision = Revision::parse(version).unwrap_or(Revision::V2026_07_28);
        Self { factory, revision, old: revision == Revision::V2024_11_05 }
    }
}

#[async_trait]
impl Bench for McpBench {
    fn factory(&self) -> Arc<dyn PlatformFactory> {
        self.factory.clone()
    }

    async fn peer(&self) -> Result<Box<dyn Peer>, String> {
        let script = Script { streamable: !self.old, ..Script::only(self.revision).with_token(TOKEN) };
        let mcp = SimulatedMcp::start(script).await.map_err(|error| error.to_string())?;
        Ok(Box::new(McpPeer { mcp, revision: self.revision, old: self.old, before: Mutex::default() }))
    }

    fn at(&self, base_url: &str) -> ResolvedBackend {
        resolved(base_url, "any-token")
    }

    fn offers_tools(&self) -> bool {
        true
    }

    fn key(&self, resolved: &ResolvedBackend) -> String {
        resolved.secrets.get("bearer_token").unwrap_or_default().to_owned()
    }
}

fn resolved(url: &str, token: &str) -> ResolvedBackend {
    let secrets: Secrets = [("bearer_token".to_owned(), token.to_owned().into())].into_iter().collect();
    let options = json!({
        "sign_in": "off",
        "probe_timeout_ms": 1000,
        "connect_timeout_ms": 1000,
        "answer_timeout_ms": 1000,
        "call_timeout_ms": 1000,
        "call_limit_ms": 20_000,
    });
    ResolvedBackend::unsaved(url, options, secrets)
}

struct McpPeer {
    mcp: SimulatedMcp,
    revision: Revision,
    old: bool,
    /// Calls of each tool before its case was made ready.
    before: Mutex<BTreeMap<String, (u64, usize)>>,
}

impl McpPeer {
    fn url(&self) -> String {
        if self.old { self.mcp.sse_url() } else { self.mcp.url() }
    }

    fn before(&self, tool: &str) -> (u64, usize) {
        let before = self.before.lock().unwrap_or_else(PoisonError::into_inner);
        before.get(tool).copied().unwrap_or_default()
    }
}

#[async_trait]
impl Peer for McpPeer {
    fn resolved(&self) -> ResolvedBackend {
        resolved(&self.url(), TOKEN)
    }

    fn with_wrong_key(&self) -> ResolvedBackend {
        resolved(&self.url(), "wrong")
    }

    fn cases(&self) -> Vec<PeerCase> {
        cases(self.revision)
    }

    fn prepare(&self, case: &PeerCase, pace: Pacing) {
        let Some(tool) = case.tool.as_deref() else { return };
        let now = (self.mcp.calls(tool), self.mcp.cancelled(tool));
        self.before.lock().unwrap_or_else(PoisonError::into_inner).insert(tool.to_owned(), now);
        self.mcp.pace(Some(tool), pace);
    }

    fn split(&self, size: usize) {
        self.mcp.split(size);
    }

    fn spoil(&self) {
        let garbage = "data: <html>524: a timeout occurred</html>\n\nevent: message\ndata: {\"jsonrpc\":\n\nevent: news\ndata: {\"a\":1}\n\n";
        // On the one stream of HTTP+SSE the handshake and the list come first.
        self.mcp.spoil(if self.old { 4 } else { 2 }, garbage.as_bytes());
    }

    fn cut_connections(&self) {
        self.mcp.cut_connections();
    }

    fn freeze(&self, freeze: bool) {
        self.mcp.freeze(freeze);
    }

    fn vanish(&self) {
        self.mcp.kill();
    }

    /// Calls of its tool since its case was made ready: a call carries nothing that names a run.
    fn runs_of(&self, request: &RunRequest) -> usize {
        let Some(tool) = &request.tool else { return 0 };
        let calls = self.mcp.calls(&tool.name).saturating_sub(self.before(&tool.name).0);
        usize::try_from(calls).unwrap_or(usize::MAX)
    }

    fn violations(&self) -> Vec<String> {
        self.mcp.violations()
    }

    async fn idle(&self) {
        self.mcp.at_most(0).await;
    }

    /// On the one stream of HTTP+SSE a frame belongs to no call.
    fn frames_belong_to_runs(&self) -> bool {
        !self.old
    }

    /// No server confirms that it has stopped a call; whether it was told is checked.
    fn can_stop(&self) -> bool {
        false
    }

    fn was_told_to_stop(&self, case: &PeerCase) -> Option<bool> {
        let tool = case.tool.as_deref()?;
        Some(self.mcp.cancelled(tool) > self.before(tool).1)
    }

    /// A call whose connection broke is lost where its stream cannot be resumed (2026-07-28, HTTP+SSE), or broke before its first event.
    fn broken_outcomes(&self, _: &PeerCase, _: Broken) -> Vec<Outcome> {
        vec![Outcome::Unknown]
    }
}

fn cases(revision: Revision) -> Vec<PeerCase> {
    let case = |tool: &str, arguments: Value| PeerCase {
        name: tool.to_owned(),
        workflow: String::new(),
        tool: Some(tool.to_owned()),
        path: String::new(),
        input: RunInput { data: Some(arguments), ..RunInput::default() },
        outcomes: vec![Outcome::Succeeded],
        answer: None,
        tools: Some(vec![tool.to_owned()]),
        answers: Vec::new(),
        pieces: 0,
    };
    let says = |case: PeerCase, answer: &str| PeerCase { answer: Some(answer.to_owned()), ..case };
    let fails = |case: PeerCase| PeerCase { outcomes: vec![Outcome::Failed], ..case };
    let streams = |case: PeerCase, pieces: usize| PeerCase { pieces, ..case };
    let accepts = |case: PeerCase, answers: &[Value]| PeerCase {
        answers: answers
            .iter()
            .map(|data| InputAnswer { data: Some(data.clone()), ..InputAnswer::default() })
            .collect(),
        ..case
    };
    let mut found = vec![
        // One piece for each progress, one for the result.
        streams(says(case("slow", json!({"steps": 9, "delay_ms": 0})), "done after 9 steps"), 10),
        streams(says(case("narrate", json!({"lines": 8})), "line 8"), 9),
        says(case("echo", json!({"message": "hi"})), "Echo: hi"),
        says(case("add", json!({"a": 2, "b": 3})), "5"),
        says(case("get-structured-content", json!({"location": "Chicago"})), "Light rain"),
        says(case("trigger-long-running-operation", json!({"duration": 0, "steps": 3})), "completed"),
        case("picture", json!({})),
        says(case("everything_at_once", json!({})), "text"),
        says(case("count", json!({})), "call number"),
        fails(case("fail", json!({"message": "boom"}))),
        says(case("structured_wrong", json!({})), "three"),
    ];
    // Form elicitation came with 2025-06-18.
    if revision >= Revision::V2025_06_18 {
        found.push(says(accepts(case("ask_name", json!({})), &[json!({"name": "Ada"})]), "accept"));
        let values = [json!({"value": "one"}), json!({"value": "two"})];
        found.push(says(accepts(case("ask_twice", json!({})), &values), "\"one\" then \"two\""));
    }
    if revision >= Revision::V2025_11_25 {
        found
            .push(says(case("simulate-research-query", json!({"topic": "bees"})), "Research report on bees"));
    }
    found
}
