//! Recorded runs of a real Sim 0.8.9, and the recorded answers of its other calls.

use std::{collections::BTreeMap, io, sync::Arc};

use include_dir::{Dir, include_dir};
use serde_json::{Value, json};

static RECORDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../fixtures/wire/sim/v0.8.9");

/// The workspace of the recordings.
pub(super) const WORKSPACE: &str = "215c696a-dc0e-4d68-ae89-a8429bdac7d1";
/// The workflow that waits for a person.
const HUMAN: &str = "119fba93-de91-40af-8048-f2a56ca5e3b1";

/// Name of the workflow, recording of the stream, recording of its log where there is one.
const CASES: [(&str, &str, Option<&str>); 12] = [
    ("Weather agent (Responses API)", "exec-stream-tools-live", Some("exec-stream-tools-live-logs")),
    ("Broken weather agent", "exec-stream-tools-live-toolfail", Some("exec-stream-tools-live-toolfail-logs")),
    ("Echo agent B", "exec-stream-selected", None),
    ("Echo agent B", "exec-stream-agent-events", None),
    ("Two agents", "two-agents-stream", None),
    ("Loop", "loop-stream", None),
    ("Child workflow", "child-stream", None),
    ("Response block", "response-block-stream", None),
    ("Failing agent", "error-llmerr-stream", None),
    ("Echo agent B", "error-midstream", None),
    ("Echo agent B", "error-cut", None),
    ("Several steps", "wait-stream", None),
];

/// A recorded answer.
#[derive(Debug, Clone)]
pub(super) struct Recorded {
    pub(super) request: Value,
    pub(super) status: u16,
    /// Milliseconds after the request, and text.
    pub(super) chunks: Vec<(f64, String)>,
}

impl Recorded {
    pub(super) fn json(&self) -> Value {
        let body: String = self.chunks.iter().map(|(_, text)| text.as_str()).collect();
        serde_json::from_str(&body).unwrap_or_default()
    }
}

/// One run that can be played.
#[derive(Debug, Clone)]
pub struct Case {
    /// Recording.
    pub name: String,
    /// Id of the workflow.
    pub workflow: String,
    /// Name of the workflow.
    pub title: String,
    /// What was put in.
    pub input: String,
    /// Each part of the run: milliseconds after its begin, and frame.
    pub(super) parts: Vec<Vec<(f64, String)>>,
    /// Spans of its log; empty where none was recorded.
    pub(super) spans: Vec<Value>,
    /// What the last part was answered with.
    pub(super) answers: Vec<Value>,
}

/// The last frame of a part that tells its end.
pub(super) fn terminal(part: &[(f64, String)]) -> Value {
    frames(part)
        .into_iter()
        .rev()
        .find(|frame| matches!(frame["event"].as_str(), Some("final" | "error")))
        .unwrap_or_default()
}

/// Everything that a part says.
pub(super) fn frames(part: &[(f64, String)]) -> Vec<Value> {
    let text: String = part.iter().map(|(_, text)| text.as_str()).collect();
    text.lines().filter_map(|line| serde_json::from_str(line.strip_prefix("data: ")?).ok()).collect()
}

impl Case {
    /// Blocks that stream words, in the order of their first.
    pub(super) fn speakers(&self) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for frame in self.parts.iter().flat_map(|part| frames(part)) {
            if let Some(block) =
                frame["blockId"].as_str().filter(|block| !found.iter().any(|known| known == block))
            {
                found.push(block.to_owned());
            }
        }
        found
    }

    /// The output that Sim keeps of a part that has ended well: the recorded log's, what `final` said, else the words.
    pub(super) fn output(&self, part: usize) -> Value {
        let Some(part) = self.parts.get(part) else { return Value::Null };
        let said = terminal(part)["data"]["output"].clone();
        match &said {
            Value::Object(fields) if fields.is_empty() => json!({"content": self.words(part)}),
            // What was selected comes by block: the last one is the workflow's output.
            Value::Object(fields)
                if fields.values().all(Value::is_object) && fields.keys().all(|key| key.len() == 36) =>
            {
                fields.values().next_back().cloned().unwrap_or_default()
            }
            _ => said,
        }
    }

    /// The last words of the block that spoke last.
    pub(super) fn words(&self, part: &[(f64, String)]) -> String {
        let mut texts: BTreeMap<String, String> = BTreeMap::new();
        let mut last = String::new();
        for frame in frames(part) {
            let Some(block) = frame["blockId"].as_str() else { continue };
            if frame["event"] == "chunk_reset" {
                texts.remove(block);
            } else if let Some(chunk) = frame["chunk"].as_str() {
                texts.entry(block.to_owned()).or_default().push_str(chunk);
                block.clone_into(&mut last);
            }
        }
        texts.remove(&last).unwrap_or_default().trim().to_owned()
    }

    /// Whether its last part ends well.
    pub(super) fn succeeds(&self) -> bool {
        self.parts.last().is_some_and(|part| terminal(part)["data"]["success"] == true)
    }
}

/// Everything that is played.
#[derive(Debug, Clone)]
pub struct Corpus {
    /// Runs.
    pub cases: Vec<Arc<Case>>,
    others: BTreeMap<String, Recorded>,
}

impl Corpus {
    /// Reads the recordings, which are compiled in.
    ///
    /// # Errors
    /// When one does not have the known form.
    pub fn recorded() -> io::Result<Self> {
        let mut others = BTreeMap::new();
        for file in RECORDED.files() {
            let name = file.path().file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            others.insert(name, read(file.contents())?);
        }
        let missing = |name: &str| io::Error::other(format!("the recording {name} is missing"));
        let mut cases = Vec::new();
        for (title, name, log) in CASES {
            let exchange = others.get(name).ok_or_else(|| missing(name))?;
            let spans = match log {
                Some(log) => {
                    others.get(log).ok_or_else(|| missing(log))?.json()["data"][0]["traceSpans"].take()
                }
                None => Value::Null,
            };
            let path = exchange.request["path"].as_str().unwrap_or_default();
            cases.push(Arc::new(Case {
                name: name.to_owned(),
                workflow: path.split('/').nth(3).unwrap_or_default().to_owned(),
                title: title.to_owned(),
                input: exchange.request["body"]["input"].as_str().unwrap_or_default().to_owned(),
                parts: vec![exchange.chunks.clone()],
                spans: spans.as_array().cloned().unwrap_or_default(),
                answers: Vec::new(),
            }));
        }
        cases.push(Arc::new(human(&others)?));
        Ok(Self { cases, others })
    }

    /// A run by the name of its recording.
    #[must_use]
    pub fn case(&self, name: &str) -> Option<Arc<Case>> {
        self.cases.iter().find(|case| case.name == name).cloned()
    }

    /// A recorded answer of another call.
    pub(super) fn other(&self, name: &str) -> Option<&Recorded> {
        self.others.get(name)
    }

    /// Ids and names of the workflows, each once.
    pub(super) fn workflows(&self) -> Vec<(String, String)> {
        let mut found: Vec<(String, String)> = Vec::new();
        for case in &self.cases {
            if !found.iter().any(|(id, _)| *id == case.workflow) {
                found.push((case.workflow.clone(), case.title.clone()));
            }
        }
        found
    }
}

/// A run that waits for a person: the pause as it was recorded without a stream (`hitl-sync`), in the frame in which a stream tells it, and
/// the recorded stream that follows an answer (`hitl-resume-stream`).
fn human(others: &BTreeMap<String, Recorded>) -> io::Result<Case> {
    let get = |name: &str| {
        others.get(name).ok_or_else(|| io::Error::other(format!("the recording {name} is missing")))
    };
    let output = get("hitl-sync")?.json()["output"].take();
    let pause = json!({"event": "final", "data": {"success": true, "output": output, "status": "paused"}});
    let resumed = get("hitl-resume-stream")?;
    Ok(Case {
        name: "hitl".to_owned(),
        workflow: HUMAN.to_owned(),
        title: "Human in the loop".to_owned(),
        input: "x".to_owned(),
        parts: vec![
            vec![(20.0, format!("data: {pause}\n\n")), (21.0, "data: \"[DONE]\"\n\n".to_owned())],
            resumed.chunks.clone(),
        ],
        spans: Vec::new(),
        answers: vec![resumed.request["body"]["input"].clone()],
    })
}

fn read(bytes: &[u8]) -> io::Result<Recorded> {
    let mut value: Value = serde_json::from_slice(bytes)?;
    let chunks = value["chunks"].as_array().into_iter().flatten();
    let chunks =
        chunks.filter_map(|chunk| Some((chunk[0].as_f64()?, chunk[1].as_str()?.to_owned()))).collect();
    let status = value["response"]["status"].as_u64().and_then(|status| u16::try_from(status).ok());
    Ok(Recorded { request: value["request"].take(), status: status.unwrap_or_default(), chunks })
}
