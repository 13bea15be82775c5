//! The simulated Flowise as a peer of the backend suite.

use std::sync::Arc;

use async_trait::async_trait;
use jackfield_protocol::{
    event::Outcome,
    model::{InputAnswer, RunInput},
    port::{PlatformFactory, ResolvedBackend, RunRequest, Secrets},
};
use serde_json::{Value, json};

use super::{Case, Corpus, SimulatedFlowise, corpus::Told};
use crate::{
    backend_suite::{Bench, Peer, PeerCase},
    replay::Pacing,
};

/// The Flowise platform on recordings of one version.
pub struct FlowiseBench {
    factory: Arc<dyn PlatformFactory>,
    version: &'static str,
}

impl FlowiseBench {
    /// For this factory and this recorded version, `v3.1.4` or `v2.2.8`.
    #[must_use]
    pub fn new(factory: Arc<dyn PlatformFactory>, version: &'static str) -> Self {
        Self { factory, version }
    }
}

#[async_trait]
impl Bench for FlowiseBench {
    fn factory(&self) -> Arc<dyn PlatformFactory> {
        self.factory.clone()
    }

    async fn peer(&self) -> Result<Box<dyn Peer>, String> {
        let corpus = Corpus::recorded(self.version).map_err(|error| error.to_string())?;
        let flowise =
            SimulatedFlowise::start(corpus, Pacing::None).await.map_err(|error| error.to_string())?;
        Ok(Box::new(FlowisePeer { flowise }))
    }

    fn at(&self, base_url: &str) -> ResolvedBackend {
        resolved(base_url, "any-key")
    }
}

fn resolved(base_url: &str, key: &str) -> ResolvedBackend {
    let secrets: Secrets = [("api_key".to_owned(), key.to_owned().into())].into_iter().collect();
    let options = json!({
        "connect_timeout_ms": 1000,
        "first_byte_timeout_ms": 1000,
        "silence_timeout_ms": 600,
        "recovery_timeout_ms": 5000,
        "running_timeout_ms": 10_000,
    });
    ResolvedBackend::unsaved(base_url, options, secrets)
}

struct FlowisePeer {
    flowise: SimulatedFlowise,
}

#[async_trait]
impl Peer for FlowisePeer {
    fn resolved(&self) -> ResolvedBackend {
        resolved(&self.flowise.base_url(), &self.flowise.api_key())
    }

    fn with_wrong_key(&self) -> ResolvedBackend {
        resolved(&self.flowise.base_url(), "wrong")
    }

    fn cases(&self) -> Vec<PeerCase> {
        self.flowise.cases().iter().map(|case| peer_case(case)).collect()
    }

    fn prepare(&self, case: &PeerCase, pace: Pacing) {
        self.flowise.choose(&case.name);
        self.flowise.pace(&case.name, pace);
    }

    fn split(&self, size: usize) {
        self.flowise.split(size);
    }

    fn spoil(&self) {
        self.flowise.spoil(1, b"<html>524: a timeout occurred</html>\n\ndata:{\"event\":\n\ndata:{\"event\":\"news\",\"data\":1}\n\n");
    }

    fn cut_connections(&self) {
        self.flowise.cut_connections();
    }

    fn freeze(&self, freeze: bool) {
        self.flowise.freeze(freeze);
    }

    fn vanish(&self) {
        self.flowise.kill();
    }

    fn runs_of(&self, request: &RunRequest) -> usize {
        self.flowise.started_by(&request.run_id.to_string())
    }

    fn violations(&self) -> Vec<String> {
        self.flowise.violations()
    }

    async fn idle(&self) {
        self.flowise.at_most(0).await;
    }

    fn can_stop(&self) -> bool {
        true
    }

    fn can_stop_case(&self, case: &PeerCase) -> bool {
        matches!(self.flowise.kind(&case.workflow), "AGENTFLOW" | "MULTIAGENT")
    }
}

/// What the recording of a run demands of a client.
fn peer_case(case: &Case) -> PeerCase {
    let sent = case.sent(0);
    let last = case.told(case.segments.len().saturating_sub(1));
    let answers = (1..case.segments.len()).map(|segment| {
        let human = &case.sent(segment)["humanInput"];
        let choice = if human["type"] == "reject" { "1" } else { "0" };
        InputAnswer {
            choice: Some(choice.to_owned()),
            text: human["feedback"].as_str().map(str::to_owned),
            data: None,
        }
    });
    let succeeds = last.ends_well;
    let streams = case.segments.first().is_some_and(super::transcript::is_stream);
    PeerCase {
        name: case.name.clone(),
        tool: None,
        workflow: case.flow.clone(),
        path: String::new(),
        input: RunInput {
            text: sent["question"].as_str().map(str::to_owned),
            data: sent["form"].is_object().then(|| sent["form"].clone()),
            ..RunInput::default()
        },
        outcomes: vec![if succeeds { Outcome::Succeeded } else { Outcome::Failed }],
        answer: (succeeds && !last.text.trim().is_empty()).then(|| last.text.trim().to_owned()),
        tools: succeeds.then(|| tools(case, &last)),
        answers: answers.collect(),
        pieces: if streams { case.segments.first().map_or(0, |exchange| exchange.chunks.len()) } else { 0 },
    }
}

/// Names of the tools that a run called, sorted: those of its nodes' records, else of `usedTools`, and those that a person refused.
fn tools(case: &Case, last: &Told) -> Vec<String> {
    let names = |list: &Value| -> Vec<String> {
        let entries = list.as_array().into_iter().flatten();
        entries.filter_map(|entry| entry["tool"].as_str().map(str::to_owned)).collect()
    };
    let mut found: Vec<String> = if last.records.is_empty() {
        names(&last.used_tools)
    } else {
        last.records.iter().flat_map(|record| names(&record["data"]["output"]["usedTools"])).collect()
    };
    let rejected =
        (1..case.segments.len()).any(|segment| case.sent(segment)["humanInput"]["type"] == "reject");
    if rejected && let Some(first) = case.segments.first() {
        let body = String::from_utf8_lossy(&first.body()).into_owned();
        let frames =
            body.lines().filter_map(|line| serde_json::from_str::<Value>(line.strip_prefix("data:")?).ok());
        let mut called: Vec<String> = frames
            .filter(|frame| frame["event"] == "calledTools")
            .flat_map(|frame| names(&frame["data"]))
            .collect();
        called.dedup();
        found.extend(called);
    }
    found.sort();
    found
}
