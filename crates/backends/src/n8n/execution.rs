//! A view of an execution record (`GET /executions/{id}`): lenient, because a field that is missing or odd
//! must not cost the rest. Facts: 1.123.81 and 2.41.1, `runData` and its neighbours.

use std::sync::Arc;

use jackfield_protocol::event::StepStatus;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::nodes::Nodes;

/// Where an execution stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// Queued at n8n: its concurrency limit is reached.
    New,
    /// Going on.
    Running,
    /// Waits for a person or for time.
    Waiting,
    /// Ended well.
    Success,
    /// Failed.
    Error,
    /// n8n died while it ran.
    Crashed,
    /// Stopped by somebody or by the workflow's timeout.
    Canceled,
    /// Something else.
    Other,
}

/// An execution as the API gives it, with or without data.
#[derive(Debug, Clone)]
pub(crate) struct Execution(Arc<Value>);

impl Execution {
    /// Takes an answer of the API; `None` when it is no execution.
    pub(crate) fn of(value: Value) -> Option<Self> {
        value.get("id").is_some_and(|id| id.is_string() || id.is_number()).then(|| Self(Arc::new(value)))
    }

    /// n8n's id.
    pub(crate) fn id(&self) -> String {
        match self.0.get("id") {
            Some(Value::String(id)) => id.clone(),
            Some(id) => id.to_string(),
            None => String::new(),
        }
    }

    /// Where it stands.
    pub(crate) fn status(&self) -> Status {
        match self.text("status") {
            Some("new") => Status::New,
            Some("running") => Status::Running,
            Some("waiting") => Status::Waiting,
            Some("success") => Status::Success,
            Some("error") => Status::Error,
            Some("crashed") => Status::Crashed,
            Some("canceled") => Status::Canceled,
            Some(_) => Status::Other,
            None if self.0.get("finished") == Some(&Value::Bool(true)) => Status::Success,
            None => Status::Other,
        }
    }

    /// Whether it has ended. A waiting one has `stoppedAt` set too.
    pub(crate) fn has_ended(&self) -> bool {
        match self.status() {
            Status::Success | Status::Error | Status::Crashed | Status::Canceled => true,
            Status::New | Status::Running | Status::Waiting => false,
            Status::Other => self.time("stoppedAt").is_some(),
        }
    }

    /// The trace context it was started with; `None` also where the version keeps none.
    pub(crate) fn traceparent(&self) -> Option<&str> {
        self.0.get("tracingContext")?.get("traceparent")?.as_str()
    }

    /// Whether this version of n8n keeps trace contexts.
    pub(crate) fn keeps_traceparent(&self) -> bool {
        self.0.get("tracingContext").is_some()
    }

    /// Whether the data came with it.
    pub(crate) fn has_data(&self) -> bool {
        self.run_data().is_some()
    }

    /// When it was started, by n8n's clock.
    pub(crate) fn started_at(&self) -> Option<Timestamp> {
        self.time("startedAt")
    }

    /// Milliseconds from begin to end.
    pub(crate) fn duration_ms(&self) -> Option<u64> {
        let (from, to) = (self.time("startedAt")?, self.time("stoppedAt")?);
        u64::try_from(to.as_millisecond() - from.as_millisecond()).ok()
    }

    /// When it goes on by itself; n8n writes the year 3000 for "never".
    pub(crate) fn wait_till(&self) -> Option<Timestamp> {
        let limit = Timestamp::from_second(32_000_000_000).ok()?;
        self.time("waitTill").filter(|time| *time < limit)
    }

    /// What makes the signature of resume addresses (2.x).
    pub(crate) fn resume_token(&self) -> Option<&str> {
        self.0.get("data")?.get("resumeToken")?.as_str().filter(|token| !token.is_empty())
    }

    /// Why it failed.
    pub(crate) fn error(&self) -> Option<String> {
        error_text(self.result()?.get("error")?)
    }

    /// The node that failed it.
    pub(crate) fn failed_node(&self) -> Option<&str> {
        self.result()?.get("error")?.get("node")?.get("name")?.as_str()
    }

    /// The node that ran last.
    pub(crate) fn last_node(&self) -> Option<&str> {
        self.result()?.get("lastNodeExecuted")?.as_str()
    }

    /// The nodes of the workflow that ran.
    pub(crate) fn nodes(&self) -> Nodes {
        self.0.get("workflowData").map(Nodes::of_workflow).unwrap_or_default()
    }

    /// A node's definition in the workflow that ran.
    pub(crate) fn node(&self, name: &str) -> Option<&Value> {
        let nodes = self.0.get("workflowData")?.get("nodes")?.as_array()?;
        nodes.iter().find(|node| node.get("name").and_then(Value::as_str) == Some(name))
    }

    /// All runs of all nodes, in the record's order.
    pub(crate) fn runs(&self) -> Vec<NodeRun<'_>> {
        let mut runs = Vec::new();
        for (node, of_node) in self.run_data().into_iter().flatten() {
            for (index, value) in of_node.as_array().into_iter().flatten().enumerate() {
                if value.is_object() {
                    runs.push(NodeRun { node, index: index as u64, value });
                }
            }
        }
        runs
    }

    /// The last run of a node.
    pub(crate) fn last_run(&self, node: &str) -> Option<NodeRun<'_>> {
        let (node, runs) = self.run_data()?.get_key_value(node)?;
        let (index, value) = runs.as_array()?.iter().enumerate().next_back()?;
        Some(NodeRun { node, index: index as u64, value })
    }

    fn run_data(&self) -> Option<&Map<String, Value>> {
        self.result()?.get("runData")?.as_object()
    }

    fn result(&self) -> Option<&Value> {
        self.0.get("data")?.get("resultData")
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.as_str()
    }

    fn time(&self, key: &str) -> Option<Timestamp> {
        self.text(key)?.parse().ok()
    }
}

/// One run of one node.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NodeRun<'a> {
    /// The node.
    pub(crate) node: &'a str,
    /// Which of its runs, from 0.
    pub(crate) index: u64,
    value: &'a Value,
}

/// Where a node run got its input from (for sub-nodes: whom it serves).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin<'a> {
    /// The node.
    pub(crate) node: &'a str,
    /// Which of its runs; 1.x leaves it out for tools.
    pub(crate) run: Option<u64>,
    /// Which of its outputs.
    pub(crate) output: u64,
}

impl<'a> NodeRun<'a> {
    /// Begin in milliseconds; `None` for a placeholder: a tool that is about to run.
    pub(crate) fn start(&self) -> Option<i64> {
        self.value.get("startTime")?.as_i64().filter(|start| *start > 0)
    }

    /// Milliseconds it took.
    pub(crate) fn duration(&self) -> i64 {
        self.value.get("executionTime").and_then(Value::as_i64).unwrap_or_default().max(0)
    }

    /// n8n's counter over all node runs of an execution (it begins again after a pause).
    pub(crate) fn execution_index(&self) -> u64 {
        self.value.get("executionIndex").and_then(Value::as_u64).unwrap_or_default()
    }

    /// How it ended; `None` while it is going on.
    pub(crate) fn status(&self) -> Option<StepStatus> {
        self.start()?;
        match self.value.get("executionStatus").and_then(Value::as_str) {
            Some("success") => Some(StepStatus::Succeeded),
            Some("error" | "crashed") => Some(StepStatus::Failed),
            Some("canceled") => Some(StepStatus::Cancelled),
            Some(_) => None,
            None if self.error().is_some() => Some(StepStatus::Failed),
            None if self.value.get("data").is_some() => Some(StepStatus::Succeeded),
            None => None,
        }
    }

    /// Whether it waits for a person or for time.
    pub(crate) fn is_waiting(&self) -> bool {
        self.value.get("executionStatus").and_then(Value::as_str) == Some("waiting")
    }

    /// Why it failed.
    pub(crate) fn error(&self) -> Option<String> {
        error_text(self.value.get("error")?)
    }

    /// Where its input came from.
    pub(crate) fn origins(&self) -> impl Iterator<Item = Origin<'a>> + use<'a> {
        let sources = self.value.get("source").and_then(Value::as_array).into_iter().flatten();
        sources.filter_map(|source| {
            let node = source.get("previousNode")?.as_str()?;
            let run = source.get("previousNodeRun").and_then(Value::as_u64);
            let output = source.get("previousNodeOutput").and_then(Value::as_u64).unwrap_or_default();
            Some(Origin { node, run, output })
        })
    }

    /// The type of connection that its output leaves by: `main`, `ai_tool`, `ai_languageModel` …
    pub(crate) fn channel(&self) -> Option<&'a str> {
        let keys = |key| self.value.get(key).and_then(Value::as_object).and_then(|map| map.keys().next());
        keys("inputOverride").or_else(|| keys("data")).map(String::as_str)
    }

    /// Outputs, each a list of items, by the type of connection that it uses.
    pub(crate) fn outputs(&self) -> &'a [Value] {
        let data = self.value.get("data").and_then(Value::as_object);
        let first = data.and_then(|data| data.get("main").or_else(|| data.values().next()));
        first.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }

    /// Items of one output.
    pub(crate) fn items(&self, output: u64) -> &'a [Value] {
        let output = usize::try_from(output).ok().and_then(|at| self.outputs().get(at));
        output.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }

    /// The first item of the first output that has one.
    pub(crate) fn first_item(&self) -> Option<&'a Value> {
        self.outputs().iter().find_map(|output| output.as_array()?.first())
    }

    /// What went into a sub-node.
    pub(crate) fn override_json(&self) -> Option<&'a Value> {
        let by_channel = self.value.get("inputOverride")?.as_object()?.values().next()?;
        by_channel.get(0)?.get(0)?.get("json")
    }

    /// n8n's own notes on the run.
    pub(crate) fn metadata(&self) -> Option<&'a Value> {
        self.value.get("metadata")
    }

    /// The execution of the workflow that it called.
    pub(crate) fn sub_execution(&self) -> Option<String> {
        match self.metadata()?.get("subExecution")?.get("executionId")? {
            Value::String(id) => Some(id.clone()),
            Value::Number(id) => Some(id.to_string()),
            _ => None,
        }
    }
}

fn error_text(error: &Value) -> Option<String> {
    let message = error.get("message").and_then(Value::as_str).or_else(|| error.as_str())?;
    let description = error.get("description").and_then(Value::as_str).unwrap_or_default();
    let text = if description.is_empty() || description == message {
        message.to_owned()
    } else {
        format!("{message}: {description}")
    };
    Some(text.chars().take(2000).collect())
}
