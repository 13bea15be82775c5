use jackfield_protocol::{
    event::{StreamEvent, Transcript},
    ids::{BackendId, RunId},
    model::{Run, RunInput, RunStatus},
};

use super::*;

fn log(name: &str) -> Vec<StreamEvent> {
    let path = format!("{}/tests/logs/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The trace that the hub would give for a log.
fn trace(name: &str) -> Trace {
    let events = log(name);
    let transcript = Transcript::of(&events);
    let done = transcript.done.clone();
    let run = Run {
        id: events.first().map_or_else(RunId::new, |event| event.run_id),
        backend_id: BackendId::new(),
        workflow_id: None,
        tool_id: None,
        workflow_name: transcript.start.as_ref().unwrap().workflow.clone(),
        entry: None,
        conversation_id: None,
        turn: None,
        request_key: None,
        status: done.as_ref().map_or(RunStatus::Running, |done| done.outcome.into()),
        input: RunInput::default(),
        last_seq: transcript.last_seq,
        attempt: 1,
        external_id: None,
        done,
        created_at: events.first().unwrap().timestamp,
        ended_at: None,
    };
    Trace { run, messages: transcript.messages().to_vec(), steps: transcript.trace() }
}

fn drawn(name: &str, options: TreeOptions, columns: usize) -> String {
    tree(&trace(name), options, columns, Style::default()).join("\n")
}

#[test]
fn an_agent_with_tools_in_a_wide_terminal() {
    insta::assert_snapshot!(drawn("agent-tools", TreeOptions::default(), 110));
}

#[test]
fn in_a_narrow_terminal_the_bars_go() {
    insta::assert_snapshot!(drawn("agent-tools", TreeOptions::default(), 60));
}

#[test]
fn inputs_and_outputs_on_request() {
    insta::assert_snapshot!(drawn("agent-tools", TreeOptions { io: true, depth: None }, 100));
}

#[test]
fn deeper_levels_can_be_left_out() {
    let shallow = drawn("agent-tools", TreeOptions { depth: Some(1), io: false }, 80);
    assert!(shallow.contains("below level 1"), "{shallow}");
    assert!(!shallow.contains("└─"), "{shallow}");
}

#[test]
fn lines_fit_whatever_the_width() {
    for name in ["agent-tools", "failed"] {
        for columns in [40, 60, 80, 100, 160] {
            for line in drawn(name, TreeOptions::default(), columns).lines().skip(1) {
                assert!(width(line) <= columns, "{name} at {columns}: {line}");
            }
        }
    }
}

#[test]
fn a_run_without_steps_says_so() {
    let mut trace = trace("failed");
    trace.steps.clear();
    assert!(
        tree(&trace, TreeOptions::default(), 80, Style::default()).join("\n").contains("No steps are known")
    );
}
