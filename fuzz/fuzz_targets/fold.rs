//! Any drafts: the grammar and the fold never panic and agree on what is open, and replaying changes nothing.
#![no_main]

use arbitrary::Arbitrary;
use jackfield_protocol::{
    event::{Draft, EventBody, Grammar, StreamEvent, Transcript},
    ids::RunId,
};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

/// One event by its type and a few short ids, so that chance opens and closes the same things.
#[derive(Debug, Arbitrary)]
struct Move {
    kind: u8,
    id: u8,
    other: Option<u8>,
    text: String,
    figure: u64,
}

fn body(step: &Move) -> Option<EventBody> {
    let (text, figure) = (&step.text, step.figure);
    let other = step.other.map(|id| (id % 4).to_string());
    let data = |kind: &str, data: Value| serde_json::from_value(json!({"type": kind, "data": data})).ok();
    match step.kind % 11 {
        0 => data("start", json!({"backend": text, "platform": "n8n", "workflow": text})),
        1 => data("delta", json!({"part": "text", "text": text, "supersedes": other})),
        2 => data("delta", json!({"part": "tool_arguments", "text": text})),
        3 => data("tool_start", json!({"name": text, "order": figure})),
        4 => data("tool_end", json!({"status": "succeeded", "result": text, "duration_ms": figure})),
        5 => data("step_start", json!({"name": text, "kind": "node", "inferred": figure % 2 == 0})),
        6 => data("step_end", json!({"status": "failed", "error": text})),
        7 => data("usage", json!({"input_tokens": figure, "output_tokens": figure})),
        8 => data("input_required", json!({"request_id": other, "kind": "text", "prompt": text})),
        9 => data("input_resolved", json!({"request_id": other, "by": "answer"})),
        _ => data("done", json!({"outcome": "succeeded", "verdict": "verified", "answer": [text]})),
    }
}

fn draft(step: &Move) -> Option<Draft> {
    let id = (step.id % 4).to_string();
    let draft = Draft::new(body(step)?).message(id.as_str()).tool(id.as_str()).step(id.as_str());
    Some(draft.under_opt(step.other.map(|other| (other % 4).to_string().into())))
}

fuzz_target!(|moves: Vec<Move>| {
    let drafts: Vec<Draft> = moves.iter().filter_map(draft).collect();
    let stamp = |draft: Draft, seq: u64| {
        let time = jiff::Timestamp::from_second(i64::try_from(seq).unwrap_or_default()).unwrap_or_default();
        draft.stamp(RunId(uuid::Uuid::nil()), seq, time, None)
    };

    // The fold reads whatever is in a log.
    let events: Vec<StreamEvent> =
        drafts.iter().cloned().zip(1..).map(|(draft, seq)| stamp(draft, seq)).collect();
    let any = Transcript::of(&events);
    assert!(any.trace().len() <= any.steps().len());

    // And what the grammar accepts, both understand alike.
    let (mut grammar, mut transcript) = (Grammar::new(), Transcript::new());
    let mut log: Vec<StreamEvent> = Vec::new();
    for draft in drafts {
        if grammar.accept(&draft).is_ok() {
            let event = stamp(draft, log.len() as u64 + 1);
            transcript.apply(&event);
            transcript.apply(&event);
            log.push(event);
            assert_eq!(Grammar::after(&transcript), grammar);
        }
    }
    assert_eq!(Transcript::of(&log), transcript);
    assert!(transcript.trace().len() <= transcript.steps().len());
});
