//! The stand-in as a peer of the backend suite.

use std::sync::Arc;

use async_trait::async_trait;
use jackfield_protocol::{
    event::Outcome,
    model::{InputAnswer, RunInput},
    port::{PlatformFactory, ResolvedBackend, RunRequest, Secrets},
};
use serde_json::json;

use super::{
    Case, Face, SimulatedSim,
    corpus::{WORKSPACE, frames},
};
use crate::{
    backend_suite::{Bench, Peer, PeerCase},
    replay::Pacing,
};

/// The Sim platform on the stand-in, with one of its faces.
pub struct SimBench {
    factory: Arc<dyn PlatformFactory>,
    face: Face,
}

impl SimBench {
    /// For this factory; `v0.8.9` has the older face only, `v0.8.9 with v2` both.
    #[must_use]
    pub fn new(factory: Arc<dyn PlatformFactory>, version: &str) -> Self {
        Self { factory, face: if version.ends_with("v2") { Face::V2 } else { Face::Legacy } }
    }
}

#[async_trait]
impl Bench for SimBench {
    fn factory(&self) -> Arc<dyn PlatformFactory> {
        self.factory.clone()
    }

    async fn peer(&self) -> Result<Box<dyn Peer>, String> {
        let sim = SimulatedSim::start(self.face, Pacing::None).await.map_err(|error| error.to_string())?;
        Ok(Box::new(SimPeer { sim }))
    }

    fn at(&self, base_url: &str) -> ResolvedBackend {
        resolved(base_url, "any-key")
    }
}

fn resolved(base_url: &str, key: &str) -> ResolvedBackend {
    let secrets: Secrets = [("api_key".to_owned(), key.to_owned().into())].into_iter().collect();
    let options = json!({
        "workspace": WORKSPACE,
        "connect_timeout_ms": 1000,
        "first_byte_timeout_ms": 1000,
        "silence_timeout_ms": 600,
        "running_timeout_ms": 10_000,
    });
    ResolvedBackend::unsaved(base_url, options, secrets)
}

struct SimPeer {
    sim: SimulatedSim,
}

#[async_trait]
impl Peer for SimPeer {
    fn resolved(&self) -> ResolvedBackend {
        resolved(&self.sim.base_url(), &self.sim.api_key())
    }

    fn with_wrong_key(&self) -> ResolvedBackend {
        resolved(&self.sim.base_url(), "wrong")
    }

    fn cases(&self) -> Vec<PeerCase> {
        self.sim.cases().iter().map(|case| peer_case(case)).collect()
    }

    fn prepare(&self, case: &PeerCase, pace: Pacing) {
        self.sim.choose(&case.name);
        self.sim.pace(&case.name, pace);
    }

    fn split(&self, size: usize) {
        self.sim.split(size);
    }

    fn spoil(&self) {
        self.sim.spoil(1, b"data: <html>524: a timeout occurred</html>\n\ndata: {\"event\":\n\ndata: {\"event\":\"news\",\"data\":1}\n\n");
    }

    fn cut_connections(&self) {
        self.sim.cut_connections();
    }

    fn freeze(&self, freeze: bool) {
        self.sim.freeze(freeze);
    }

    fn vanish(&self) {
        self.sim.kill();
    }

    fn runs_of(&self, request: &RunRequest) -> usize {
        self.sim.started_by(&request.run_id.to_string())
    }

    fn violations(&self) -> Vec<String> {
        self.sim.violations()
    }

    async fn idle(&self) {
        self.sim.at_most(0).await;
    }

    fn can_stop(&self) -> bool {
        true
    }

    fn ends_with_its_connection(&self) -> bool {
        true
    }
}

/// What the recording of a run demands of a client.
fn peer_case(case: &Case) -> PeerCase {
    let succeeds = case.succeeds();
    let last = case.parts.len().saturating_sub(1);
    let mut tools: Vec<String> = case
        .parts
        .iter()
        .flat_map(|part| frames(part))
        .filter(|frame| frame["event"] == "tool" && frame["phase"] == "start")
        .filter_map(|frame| {
            let name = frame["name"].as_str()?;
            Some(name.strip_prefix("custom_").unwrap_or(name).to_owned())
        })
        .collect();
    tools.sort();
    let text = case.output(last)["content"].as_str().map(str::to_owned).filter(|text| !text.is_empty());
    PeerCase {
        name: case.name.clone(),
        tool: None,
        workflow: case.workflow.clone(),
        path: String::new(),
        input: RunInput { text: Some(case.input.clone()), ..RunInput::default() },
        outcomes: vec![if succeeds { Outcome::Succeeded } else { Outcome::Failed }],
        answer: text.filter(|_| succeeds),
        tools: Some(tools),
        answers: case
            .answers
            .iter()
            .map(|data| InputAnswer { data: Some(data.clone()), ..InputAnswer::default() })
            .collect(),
        pieces: case.parts.first().map_or(0, Vec::len),
    }
}
