//! The recordings that a simulated n8n is made of.

use std::{collections::HashMap, fs, io, path::Path, sync::Arc};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::recording::{Exchange, fixtures};

/// One recorded run: what started it, how its record grew, and what answered its questions.
#[derive(Debug, Clone, Deserialize)]
pub struct Case {
    /// File name.
    pub name: String,
    /// What it shows.
    #[serde(default)]
    pub note: String,
    /// The lab's file name of the workflow.
    pub workflow: String,
    /// Id of the workflow in the recorded instance.
    pub workflow_id: String,
    /// The execution was not kept once it had ended.
    pub gone: bool,
    /// The start, then one for each answer that the run waited for.
    pub segments: Vec<Segment>,
    /// Final records of the sub-workflows that it called.
    #[serde(default)]
    pub sub_executions: Vec<Value>,
}

/// One call, and the execution record as it changed until it ended or waited.
#[derive(Debug, Clone, Deserialize)]
pub struct Segment {
    /// `start`, `answer` or `chat`.
    pub what: String,
    /// When the call was made.
    pub recorded_at: Timestamp,
    /// The call; absent for `chat`.
    pub exchange: Option<Exchange>,
    /// What was said on the websocket of a chat.
    #[serde(default)]
    pub websocket: Vec<Said>,
    /// The record, each time that it had changed.
    #[serde(default)]
    pub snapshots: Vec<Snapshot>,
}

/// One message on a websocket.
#[derive(Debug, Clone, Deserialize)]
pub struct Said {
    /// Milliseconds from the begin of the segment.
    pub t_ms: u64,
    /// `open`, `in` (n8n speaks), `out` (the page speaks), `close`.
    pub what: String,
    /// The text.
    #[serde(default)]
    pub data: String,
}

/// The execution record at one moment.
#[derive(Debug, Clone, Deserialize)]
pub struct Snapshot {
    /// Milliseconds from the begin of the segment.
    pub t_ms: u64,
    /// `GET /executions/{id}?includeData=true`, without `workflowData` and `data.executionData`.
    pub execution: Value,
}

impl Case {
    /// The exchange that started it.
    #[must_use]
    pub fn start(&self) -> Option<&Exchange> {
        self.segments.first().and_then(|segment| segment.exchange.as_ref())
    }

    /// The record at the end, when it was kept.
    #[must_use]
    pub fn last(&self) -> Option<&Value> {
        self.segments
            .iter()
            .rev()
            .find_map(|segment| segment.snapshots.last())
            .map(|snapshot| &snapshot.execution)
    }

    /// Its last status: `success`, `error`, `canceled`, `waiting`, … `None` when no record was ever seen.
    #[must_use]
    pub fn status(&self) -> Option<&str> {
        self.last()?["status"].as_str()
    }
}

#[derive(Debug, Clone, Deserialize)]
struct WorkflowList {
    n8n: String,
    files: HashMap<String, String>,
    data: Vec<Value>,
}

/// Everything that one simulated instance knows.
#[derive(Debug, Clone)]
pub struct Corpus {
    /// The version that was recorded.
    pub version: String,
    /// Workflows as the API lists them.
    pub workflows: Vec<Value>,
    /// Recorded runs.
    pub cases: Vec<Arc<Case>>,
    /// Answer of `GET /discover` for a key that may do everything.
    pub discover: Value,
    files: HashMap<String, String>,
}

macro_rules! demo_files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../../fixtures/wire/n8n/v2.41.1/runs/", $name, ".json")))),*]
    };
}

/// What `--demo` plays; compiled in.
const DEMO: &[(&str, &str)] = demo_files![
    "_workflows",
    "_discover",
    "demo-assistant",
    "demo-progress",
    "demo-nested",
    "demo-two",
    "demo-tool-error",
    "demo-chat",
    "demo-review",
    "loop",
    "chat-question",
    "wait-resume",
    "wait-time",
    "webhook-slow-progress",
];

impl Corpus {
    /// All runs of one recorded version, for example `v2.41.1`. Only where the source tree is, that is in tests.
    ///
    /// # Errors
    /// When the folder or one of its files cannot be read.
    pub fn recorded(version: &str) -> io::Result<Self> {
        let folder = fixtures().join("wire/n8n").join(version).join("runs");
        let mut files = Vec::new();
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            // What the demo plays are further recordings of workflows that other files show already.
            if !name.starts_with("demo-") {
                files.push((name, read(&path)?));
            }
        }
        files.sort();
        Self::from_files(files.iter().map(|(name, text)| (name.as_str(), text.as_str())))
    }

    /// What `--demo` plays: only the workflows that have a recording there.
    ///
    /// # Errors
    /// When a recording that was compiled in cannot be read.
    pub fn demo() -> io::Result<Self> {
        let mut corpus = Self::from_files(DEMO.iter().copied())?;
        let shown: Vec<String> = corpus.cases.iter().map(|case| case.workflow_id.clone()).collect();
        corpus.workflows.retain(|workflow| shown.iter().any(|id| workflow["id"] == **id));
        Ok(corpus)
    }

    fn from_files<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> io::Result<Self> {
        let (mut list, mut discover, mut cases) = (None, Value::Null, Vec::new());
        for (name, text) in files {
            match name {
                "_workflows" => list = Some(serde_json::from_str::<WorkflowList>(text)?),
                "_discover" => {
                    let mut both: Value = serde_json::from_str(text)?;
                    let exchange: Exchange = serde_json::from_value(both["full"].take())?;
                    discover = exchange.json().unwrap_or_default();
                }
                _ => cases.push(Arc::new(serde_json::from_str::<Case>(text)?)),
            }
        }
        let list = list.ok_or_else(|| io::Error::other("no recorded list of workflows"))?;
        Ok(Self { version: list.n8n, workflows: list.data, cases, discover, files: list.files })
    }

    /// A recorded run by name.
    #[must_use]
    pub fn case(&self, name: &str) -> Option<Arc<Case>> {
        self.cases.iter().find(|case| case.name == name).cloned()
    }

    /// The lab's file name of a workflow.
    #[must_use]
    pub fn file(&self, workflow_id: &str) -> Option<&str> {
        self.files.get(workflow_id).map(String::as_str)
    }

    /// A workflow by its id.
    #[must_use]
    pub fn workflow(&self, id: &str) -> Option<&Value> {
        self.workflows.iter().find(|workflow| workflow["id"] == id)
    }
}

fn read(path: &Path) -> io::Result<String> {
    fs::read_to_string(path)
}
