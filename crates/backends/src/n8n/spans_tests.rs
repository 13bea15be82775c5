//! Spans of a real n8n, and spans made of recorded executions, which the record then has to complete.

use std::{collections::BTreeMap, fs, path::Path};

use jackfield_protocol::{
    event::{EventBody, Grammar, Start, TraceStep},
    ids::RunId,
    model::Platform,
    time::now,
};
use jackfield_testkit::recording::fixtures;
use jiff::Timestamp;
use serde_json::json;

use super::{
    super::{
        execution::{Execution, NodeRun},
        record::{self, Record},
    },
    *,
};

/// Grammar and log, as the engine keeps them.
struct Log {
    grammar: Grammar,
    transcript: Transcript,
}

impl Log {
    fn new() -> Self {
        let mut log = Self { grammar: Grammar::new(), transcript: Transcript::new() };
        let start = Start {
            backend: "n8n".to_owned(),
            platform: Platform::N8n,
            workflow_id: None,
            workflow: "recorded".to_owned(),
            entry: None,
            simulated: true,
        };
        log.take(vec![Draft::new(EventBody::Start(start))], "start");
        log
    }

    fn take(&mut self, drafts: Vec<Draft>, at: &str) {
        for draft in drafts {
            if let Err(violation) = self.grammar.accept(&draft) {
                panic!("{at}: {violation}: {draft:?}");
            }
            let event = draft.stamp(RunId::new(), self.transcript.last_seq + 1, now(), None);
            self.transcript.apply(&event);
        }
    }

    fn record(&mut self, execution: &Execution, nodes: &Nodes, at: &str) {
        let redact = Redactor::new([]);
        let drafts = record::steps(Record {
            execution,
            nodes,
            seen: &self.transcript,
            redact: &redact,
            called: &BTreeMap::new(),
        });
        self.take(drafts, at);
    }

    /// The steps without what depends on when the hub heard of them: that a node runs again is not known at its first run.
    fn steps(&self) -> BTreeMap<String, TraceStep> {
        let bare = |step: TraceStep| {
            (
                step.id.0.clone(),
                TraceStep {
                    seq: 0,
                    source: Source::default(),
                    iteration: step.iteration.filter(|n| *n > 0),
                    ..step
                },
            )
        };
        self.transcript.trace().into_iter().map(bare).collect()
    }
}

fn ms(value: &Value) -> Timestamp {
    Timestamp::from_millisecond(value.as_i64().unwrap()).unwrap()
}

fn json_file(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// The spans of recording k01, in the order in which n8n sent them.
fn recorded() -> Vec<SpanRecord> {
    let file = json_file(&fixtures().join("wire/n8n/v2.41.1/k01-otel-spans.json"));
    let posts = file["steps"].as_array().unwrap().iter().filter_map(|step| step["spans"].as_array());
    let text = |span: &Value, key: &str| span[key].as_str().unwrap_or_default().to_owned();
    posts
        .flatten()
        .map(|span| SpanRecord {
            span_id: text(span, "spanId"),
            parent_span_id: text(span, "parentSpanId"),
            name: text(span, "name"),
            started_at: ms(&span["startMs"]),
            ended_at: ms(&span["endMs"]),
            attributes: serde_json::from_value(span["attributes"].clone()).unwrap(),
            error: None,
        })
        .collect()
}

#[test]
fn tools_of_the_own_workflow_become_steps_when_they_end_and_a_span_counts_once() {
    let (mut spans, mut log) = (Spans::default(), Log::new());
    let redact = Redactor::new([]);
    let all = recorded();
    assert_eq!(all.len(), 18);
    for span in all.iter().chain(&all) {
        let drafts = spans.take(span, &Nodes::default(), &log.transcript, &redact);
        log.take(drafts, &span.name);
    }
    let steps: Vec<_> =
        log.transcript.steps().iter().map(|step| (step.name.as_str(), step.duration_ms)).collect();
    assert_eq!(
        steps,
        [
            ("Webhook", Some(0)),
            ("order_lookup", Some(1037)),
            ("get_weather", Some(6)),
            ("Calculator", Some(0))
        ]
    );
    assert!(
        log.transcript
            .steps()
            .iter()
            .all(|step| step.provisional && step.status == Some(StepStatus::Succeeded))
    );
}

#[test]
fn nothing_is_taken_before_the_trigger_has_told_which_workflow_is_ours() {
    let (mut spans, log) = (Spans::default(), Log::new());
    let tool = recorded().into_iter().find(|span| text(span, "n8n.node.name") == Some("get_weather"));
    let drafts = spans.take(&tool.unwrap(), &Nodes::default(), &log.transcript, &Redactor::new([]));
    assert_eq!(drafts, []);
}

#[test]
fn a_failed_node_says_why_without_secrets() {
    let (mut spans, log) = (Spans::default(), Log::new());
    let mut trigger = recorded().remove(0);
    trigger.error = Some("canary-secret was refused".to_owned());
    let redact = Redactor::new(["canary-secret".to_owned()]);
    let drafts = spans.take(&trigger, &Nodes::default(), &log.transcript, &redact);
    let EventBody::StepEnd(end) = &drafts[1].body else { panic!("{drafts:?}") };
    assert_eq!(end.status, StepStatus::Failed);
    assert!(!end.error.as_ref().unwrap().contains("canary-secret"), "{end:?}");
}

fn span_of(run: &NodeRun<'_>, number: usize, nodes: &Nodes) -> Option<SpanRecord> {
    let started_at = Timestamp::from_millisecond(run.start()?).ok()?;
    let kind = nodes.kind(run.node)?;
    Some(SpanRecord {
        span_id: number.to_string(),
        parent_span_id: "workflow".to_owned(),
        name: "node.execute".to_owned(),
        started_at,
        ended_at: Timestamp::from_millisecond(run.start()? + run.duration()).ok()?,
        attributes: [("n8n.node.name", json!(run.node)), ("n8n.node.type", json!(kind))]
            .map(|(name, value)| (name.to_owned(), value))
            .into(),
        error: run.error(),
    })
}

/// The nodes of each recorded workflow, by its id.
fn recorded_nodes() -> HashMap<String, Nodes> {
    let file = json_file(&fixtures().join("wire/n8n/v2.41.1/runs/_workflows.json"));
    let rows = file["data"].as_array().unwrap().iter();
    rows.map(|row| {
        let live = if row["activeVersion"].is_object() { &row["activeVersion"] } else { row };
        (row["id"].as_str().unwrap().to_owned(), Nodes::of_workflow(live))
    })
    .collect()
}

/// The records of all recorded runs, as they were at the end, with the nodes of their workflows.
fn ended_executions() -> Vec<(String, Execution, Nodes)> {
    let nodes = recorded_nodes();
    let mut found = Vec::new();
    for file in fs::read_dir(fixtures().join("wire/n8n/v2.41.1/runs")).unwrap() {
        let run = json_file(&file.unwrap().path());
        let last = run["segments"].as_array().and_then(|all| all.last()?["snapshots"].as_array()?.last());
        let execution = last.and_then(|snapshot| Execution::of(snapshot["execution"].clone()));
        let name = run["name"].as_str().unwrap_or_default().to_owned();
        let Some(execution) = execution.filter(|it| it.has_data() && it.has_ended()) else { continue };
        let nodes = nodes[run["workflow_id"].as_str().unwrap()].clone();
        found.push((name, execution, nodes));
    }
    assert!(found.len() >= 40, "{} recorded executions", found.len());
    found
}

/// What n8n's telemetry told early changes nothing of what the record says in the end.
#[test]
fn the_record_completes_what_the_spans_began() {
    for (name, execution, nodes) in ended_executions() {
        let (mut plain, mut early) = (Log::new(), Log::new());
        let mut runs = execution.runs();
        runs.sort_by_key(|run| run.start().map(|start| start + run.duration()));
        let mut spans = Spans::default();
        for (number, run) in runs.iter().enumerate() {
            let Some(span) = span_of(run, number, &nodes) else { continue };
            let drafts = spans.take(&span, &nodes, &early.transcript, &Redactor::new([]));
            early.take(drafts, &name);
        }
        assert!(!early.transcript.steps().is_empty(), "{name}: no span became a step");
        plain.record(&execution, &nodes, &name);
        early.record(&execution, &nodes, &name);
        let (plain, early) = (plain.steps(), early.steps());
        assert_eq!(early.keys().collect::<Vec<_>>(), plain.keys().collect::<Vec<_>>(), "{name}");
        for (id, step) in &plain {
            assert_eq!(early[id], *step, "{name}: {id}");
        }
    }
}
