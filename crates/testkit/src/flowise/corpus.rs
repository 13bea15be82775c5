//! What a simulated Flowise plays: the flows of a recorded instance, and recorded runs of them.

use std::{fs, io, sync::Arc};

use serde::Deserialize;
use serde_json::Value;

use super::transcript::{Transcript, is_stream};
use crate::recording::{Exchange, fixtures};

/// One recorded run: the call that started it, and the calls that answered its questions.
#[derive(Debug, Clone)]
pub struct Case {
    /// Recording and number of the exchange.
    pub name: String,
    /// Id of the flow.
    pub flow: String,
    /// The start, then one for each answer.
    pub segments: Vec<Exchange>,
}

impl Case {
    /// The body of a segment's request.
    #[must_use]
    pub fn sent(&self, segment: usize) -> Value {
        let body = self.segments.get(segment).and_then(|exchange| exchange.request.body.as_deref());
        body.and_then(|body| serde_json::from_str(body).ok()).unwrap_or_default()
    }

    /// What a segment streamed, or its whole answer as the frames that would have said the same.
    #[must_use]
    pub fn told(&self, segment: usize) -> Told {
        let Some(exchange) = self.segments.get(segment) else { return Told::default() };
        if !is_stream(exchange) {
            return Told::of_whole(exchange);
        }
        let mut told = Told { ends_well: false, ..Told::default() };
        for chunk in &exchange.chunks {
            told.take(&chunk.bytes());
        }
        told
    }
}

/// What is known of a part of a run from its answer.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// Text of the answer.
    pub text: String,
    /// The last `agentFlowExecutedData`.
    pub records: Vec<Value>,
    /// The last `agentFlowEvent`.
    pub state: Option<String>,
    /// The lists that are stored with a message.
    pub used_tools: Value,
    /// See `used_tools`.
    pub source_documents: Value,
    /// See `used_tools`.
    pub agent_reasoning: Value,
    /// What a person is asked.
    pub action: Value,
    /// Whether it was stored: it succeeded, or waits.
    pub ends_well: bool,
}

impl Told {
    /// Takes a chunk of a stream: one event.
    pub fn take(&mut self, chunk: &[u8]) {
        let text = String::from_utf8_lossy(chunk);
        for document in text.lines().filter_map(|line| line.strip_prefix("data:")) {
            let Ok(mut frame) = serde_json::from_str::<Value>(document) else { continue };
            let data = frame["data"].take();
            match frame["event"].as_str().unwrap_or_default() {
                "token" => self.text.push_str(data.as_str().unwrap_or_default()),
                // What is stored is what the agent says at its end, not what it says before a tool call.
                "agent_trace" if data["step"] == "tool_start" => self.text.clear(),
                "calledTools" if data.as_array().is_some_and(|calls| !calls.is_empty()) => self.text.clear(),
                "agentFlowExecutedData" => self.records = data.as_array().cloned().unwrap_or_default(),
                "agentFlowEvent" => self.state = data.as_str().map(str::to_owned),
                "usedTools" => self.used_tools = data,
                "sourceDocuments" => self.source_documents = data,
                "start" | "agentReasoning" if data.is_array() => self.agent_reasoning = data,
                "action" => self.action = data,
                "metadata" => self.ends_well = true,
                _ => {}
            }
        }
        if let Some(content) =
            self.records.last().and_then(|record| record.pointer("/data/output/content")?.as_str())
            && self.state.as_deref().is_some_and(|state| state != "INPROGRESS")
        {
            content.clone_into(&mut self.text);
        }
    }

    fn of_whole(exchange: &Exchange) -> Self {
        let mut body = exchange.json().unwrap_or_default();
        let records = body["agentFlowExecutedData"].as_array().cloned().unwrap_or_default();
        let state = (!records.is_empty())
            .then(|| if body["action"].is_object() { "STOPPED" } else { "FINISHED" }.to_owned());
        Self {
            text: body["text"].as_str().unwrap_or_default().to_owned(),
            records,
            state,
            used_tools: body["usedTools"].take(),
            source_documents: body["sourceDocuments"].take(),
            agent_reasoning: body["agentReasoning"].take(),
            action: body["action"].take(),
            ends_well: exchange.status() == 200,
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
struct FlowList {
    flowise: String,
    not_streaming: Vec<String>,
    data: Vec<Value>,
}

/// Everything that one simulated instance knows.
#[derive(Debug, Clone)]
pub struct Corpus {
    /// The version that was recorded.
    pub version: String,
    /// Flows as the API lists them.
    pub flows: Vec<Value>,
    /// Ids of flows that do not stream.
    pub not_streaming: Vec<String>,
    /// Recorded runs.
    pub cases: Vec<Arc<Case>>,
}

/// The runs that are played, and which exchanges make them: those that need nothing but their own request.
const V3: &[(&str, &[u64])] = &[
    ("a01-chat-stream", &[1]),
    ("a14-af2-agent-last-stream", &[1]),
    ("a03-toolagent-stream-detailed", &[1]),
    ("a16-af2-iteration-stream", &[1]),
    ("a04-toolagent-stream", &[1]),
    ("a06-toolagent-parallel", &[1]),
    ("a07-rag-stream", &[1]),
    ("a09-seq-agents-stream", &[1]),
    ("a11-af2-branch-agent-stream", &[1]),
    ("a12-af2-branch-plain-stream", &[1]),
    ("a15-af2-thinking-stream", &[1]),
    ("a17-af2-subflow-stream", &[1]),
    ("a18-af2-form", &[1]),
    ("a24-multi-agents-stream", &[1]),
    ("b06-llm-midstream", &[1]),
    ("b07-af2-llm-midstream", &[1]),
    ("b08-af2-fail", &[1]),
    ("b09-tool-fails", &[3]),
    ("b13-not-streamable", &[4]),
    ("b13-not-streamable", &[6]),
    ("h01-human-proceed", &[1, 3]),
    ("h02-human-reject-json", &[1, 2]),
    ("h03-tool-approval", &[1, 2]),
    ("h03-tool-approval", &[3, 4]),
];
const V2: &[(&str, &[u64])] = &[
    ("a01-chat-stream", &[1]),
    ("a03-toolagent-stream-detailed", &[1]),
    ("a04-toolagent-stream", &[1]),
    ("a07-rag-stream", &[1]),
    ("a09-seq-agents-stream", &[1]),
    ("b04-llm-errors-chat", &[2]),
];

macro_rules! demo_files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../../fixtures/wire/flowise/v3.1.4/", $name, ".jsonl")))),*]
    };
}

/// What `--demo` plays; compiled in.
const DEMO: &[(&str, &str)] = demo_files![
    "a01-chat-stream",
    "a06-toolagent-parallel",
    "a07-rag-stream",
    "a11-af2-branch-agent-stream",
    "a14-af2-agent-last-stream",
    "a15-af2-thinking-stream",
    "a16-af2-iteration-stream",
    "a18-af2-form",
    "b08-af2-fail",
    "h01-human-proceed",
    "h03-tool-approval",
];
const DEMO_FLOWS: &str = include_str!("../../../../fixtures/wire/flowise/v3.1.4/_flows.json");

impl Corpus {
    /// The runs of one recorded version, `v3.1.4` or `v2.2.8`. Only where the source tree is, that is in tests.
    ///
    /// # Errors
    /// When the folder or one of its files cannot be read.
    pub fn recorded(version: &str) -> io::Result<Self> {
        let flows = fs::read_to_string(fixtures().join("wire/flowise").join(version).join("_flows.json"))?;
        let plays = if version.starts_with("v2.") { V2 } else { V3 };
        Self::of(&flows, plays, |name| super::transcript(&format!("{version}/{name}")))
    }

    /// What `--demo` plays: only the flows that have a recording there.
    ///
    /// # Errors
    /// When a recording that was compiled in cannot be read.
    pub fn demo() -> io::Result<Self> {
        let plays: Vec<_> =
            V3.iter().copied().filter(|(name, _)| DEMO.iter().any(|(known, _)| known == name)).collect();
        let mut corpus = Self::of(DEMO_FLOWS, &plays, |name| {
            let text =
                DEMO.iter().find(|(known, _)| *known == name).map(|(_, text)| *text).unwrap_or_default();
            Transcript::read(name, text)
        })?;
        let shown: Vec<String> = corpus.cases.iter().map(|case| case.flow.clone()).collect();
        corpus.flows.retain(|flow| shown.iter().any(|id| flow["id"] == **id));
        Ok(corpus)
    }

    fn of(
        flows: &str,
        plays: &[(&str, &[u64])],
        read: impl Fn(&str) -> io::Result<Transcript>,
    ) -> io::Result<Self> {
        let list: FlowList = serde_json::from_str(flows)?;
        let mut cases = Vec::new();
        for (name, numbers) in plays {
            let transcript = read(name)?;
            let segments: Vec<Exchange> =
                numbers.iter().filter_map(|number| transcript.exchanges.get(number).cloned()).collect();
            let path = segments.first().map(|exchange| exchange.request.path.clone()).unwrap_or_default();
            let flow = path.rsplit('/').next().unwrap_or_default().to_owned();
            if segments.len() != numbers.len() || !list.data.iter().any(|known| known["id"] == *flow) {
                return Err(io::Error::other(format!(
                    "{name}: not in the recording, or its flow is not in the list"
                )));
            }
            let first = numbers.first().copied().unwrap_or_default();
            cases.push(Arc::new(Case { name: format!("{name}.{first}"), flow, segments }));
        }
        Ok(Self { version: list.flowise, flows: list.data, not_streaming: list.not_streaming, cases })
    }

    /// A recorded run by name.
    #[must_use]
    pub fn case(&self, name: &str) -> Option<Arc<Case>> {
        self.cases.iter().find(|case| case.name == name).cloned()
    }

    /// The `type` of a flow.
    #[must_use]
    pub fn kind(&self, flow: &str) -> &str {
        let known = self.flows.iter().find(|known| known["id"] == *flow);
        known.and_then(|flow| flow["type"].as_str()).unwrap_or_default()
    }
}
