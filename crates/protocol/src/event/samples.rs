//! Runs made up by chance, and one full example of every type of event.

use jiff::Timestamp;
use proptest::{collection::vec, prelude::*};
use serde_json::json;

use super::*;
use crate::{
    error::ErrorCode,
    ids::{BackendId, BlobId, RunId, WorkflowId},
    model::{Platform, Verdict},
};

pub(super) fn uuid(last: u8) -> uuid::Uuid {
    uuid::Uuid::from_u128(0x0199_c0de_0000_7000_8000_0000_0000_0000 + u128::from(last))
}

pub(super) fn time(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(1_795_474_089_000 + milliseconds).unwrap()
}

pub(super) fn stamped(drafts: impl IntoIterator<Item = Draft>) -> Vec<StreamEvent> {
    let number = |(at, draft): (usize, Draft)| {
        draft.stamp(RunId(uuid(1)), at as u64 + 1, time(at as i64 * 10), BackendId(uuid(2)))
    };
    drafts.into_iter().enumerate().map(number).collect()
}

pub(super) fn start() -> Draft {
    Draft::new(EventBody::Start(Start {
        backend: "home".into(),
        platform: Platform::N8n,
        workflow_id: Some(WorkflowId(uuid(3))),
        workflow: "AI tool".into(),
        entry: Some("webhook-1".into()),
        simulated: true,
    }))
}

pub(super) fn done() -> Draft {
    Draft::new(EventBody::Done(Done {
        outcome: Outcome::Failed,
        verdict: Verdict::Verified,
        reason: Some("The node Code failed.".into()),
        answer: vec!["m1".into()],
        duration_ms: Some(1200),
        usage: None,
    }))
}

pub(super) fn delta(message: &str, part: Part, text: &str) -> Draft {
    Draft::new(EventBody::Delta(Delta { part, text: text.into(), supersedes: None })).message(message)
}

pub(super) fn step_start(id: &str) -> Draft {
    let start = StepStart { name: id.into(), ..StepStart::default() };
    Draft::new(EventBody::StepStart(start)).step(id)
}

pub(super) fn step_end(id: &str) -> Draft {
    Draft::new(EventBody::StepEnd(StepEnd::of(StepStatus::Succeeded))).step(id)
}

pub(super) fn tool_start(id: &str) -> Draft {
    Draft::new(EventBody::ToolStart(ToolStart { name: id.into(), ..ToolStart::default() })).tool(id)
}

pub(super) fn tool_end(id: &str) -> Draft {
    let end = ToolEnd { result: Some(json!("ok")), ..ToolEnd::of(StepStatus::Succeeded) };
    Draft::new(EventBody::ToolEnd(end)).tool(id)
}

pub(super) fn arguments(tool: &str, text: &str) -> Draft {
    let delta = Delta { part: Part::ToolArguments, text: text.into(), supersedes: None };
    Draft::new(EventBody::Delta(delta)).tool(tool)
}

pub(super) fn question(id: &str) -> Draft {
    Draft::new(EventBody::InputRequired(InputRequired {
        request_id: id.into(),
        kind: InputKind::Choice,
        prompt: "Send it?".into(),
        choices: vec![Choice { id: "yes".into(), label: "Yes".into() }],
        schema: Some(json!({"type": "object"})),
        expires_at: Some(time(60_000)),
        url: Some("http://n8n.local/form".into()),
    }))
}

pub(super) fn resolved(id: &str) -> Draft {
    let resolved =
        InputResolved { request_id: id.into(), by: ResolvedBy::Answer, choice: Some("yes".into()) };
    Draft::new(EventBody::InputResolved(resolved))
}

/// One event of every type with every field set, in the order of [`EventBody`].
pub(super) fn every_type() -> Vec<StreamEvent> {
    let times = Times { started_at: Some(time(5)), duration_ms: Some(7), order: Some(3) };
    let usage = Usage {
        model: Some("small".into()),
        input_tokens: 12,
        output_tokens: 34,
        cost_usd: Some(0.25),
        estimated: true,
    };
    let source = Source {
        backend_id: None,
        node: Some("AI Agent".into()),
        agent: Some("Chief".into()),
        tool: Some("weather".into()),
    };
    stamped([
        start(),
        Draft::new(EventBody::Delta(Delta {
            part: Part::Reasoning,
            text: "tok1 ".into(),
            supersedes: Some("m0".into()),
        }))
        .message("m1")
        .step("s1")
        .said_by(source),
        Draft::new(EventBody::ToolStart(ToolStart {
            name: "weather".into(),
            arguments: Some(json!({"city": "Oslo"})),
            started_at: times.started_at,
            order: times.order,
        }))
        .tool("t1")
        .under("s1"),
        Draft::new(EventBody::ToolEnd(ToolEnd {
            status: StepStatus::Failed,
            arguments: Some(json!({"city": "Oslo"})),
            result: Some(json!({"response": 4})),
            error: Some("No such city.".into()),
            provisional: true,
            times,
        }))
        .tool("t1")
        .under("s1"),
        Draft::new(EventBody::Error(ErrorData {
            code: ErrorCode::ToolFailed,
            message: "The tool weather failed.".into(),
            hint: Some("Look at the tool.".into()),
            fatal: false,
            retry_safe: false,
            peer_status: Some(500),
        })),
        done(),
        Draft::new(EventBody::StepStart(StepStart {
            name: "AI Agent".into(),
            kind: StepKind::Agent,
            node_type: Some("@n8n/n8n-nodes-langchain.agent".into()),
            input: Some(json!({"chatInput": "hi"})),
            started_at: times.started_at,
            order: times.order,
            item: Some(0),
            iteration: Some(1),
            inferred: true,
        }))
        .step("s1")
        .under("s0"),
        Draft::new(EventBody::StepEnd(StepEnd {
            status: StepStatus::Succeeded,
            input: Some(json!({"chatInput": "hi"})),
            output: Some(json!({"output": "tok1 "})),
            error: Some("continued".into()),
            usage: Some(usage.clone()),
            provisional: true,
            times,
        }))
        .step("s1"),
        Draft::new(EventBody::Usage(usage)),
        Draft::new(EventBody::Citation(Citation {
            title: Some("Handbook".into()),
            url: Some("https://example.org/h".into()),
            text: Some("page 3".into()),
            metadata: Some(json!({"score": 0.5})),
        })),
        Draft::new(EventBody::Artifact(Artifact {
            name: "a.json".into(),
            media_type: "application/json".into(),
            size: Some(2),
            json: Some(json!({})),
            blob_id: Some(BlobId(uuid(4))),
            url: Some("https://example.org/a.json".into()),
        })),
        question("q1"),
        resolved("q1"),
        Draft::new(EventBody::Link(Link {
            state: LinkState::Identified,
            attempt: 1,
            reason: Some("traceparent found".into()),
            detail: Some("66".into()),
        })),
        Draft::new(EventBody::Raw(Raw::of("not JSON", b"<html>"))),
    ])
}

/// A log that the grammar accepts: drafts are proposed by chance, and those that must not follow are left out.
pub(super) fn valid_log() -> impl Strategy<Value = Vec<Draft>> {
    (vec((0..12_u8, 0..4_u8, 0..4_u8), 0..60), any::<bool>()).prop_map(|(moves, ends)| {
        let mut log = vec![start()];
        let mut grammar = Grammar::new();
        grammar.accept(&log[0]).unwrap();
        let mut push = |draft: Draft, log: &mut Vec<Draft>| {
            if grammar.accept(&draft).is_ok() {
                log.push(draft);
            }
            grammar.open()
        };
        for (kind, a, b) in moves {
            let (id, other) = (format!("i{a}"), format!("i{b}"));
            let draft = match kind {
                0 => step_start(&id).under(other.as_str()),
                1 => step_end(&id),
                2 => tool_start(&id).under(other.as_str()),
                3 => tool_end(&id).under(other.as_str()),
                4 => delta(&id, Part::Text, &other),
                5 => delta(&id, Part::Reasoning, "hm "),
                6 => arguments(&id, "{}"),
                7 => Draft::new(EventBody::Delta(Delta {
                    part: Part::Text,
                    text: "new".into(),
                    supersedes: Some(other.as_str().into()),
                }))
                .message(id.as_str()),
                8 => question(&id),
                9 => resolved(&id),
                10 => Draft::new(EventBody::Usage(Usage { input_tokens: u64::MAX / 2, ..Usage::default() })),
                _ => Draft::new(EventBody::Raw(Raw::of("odd", b"?"))),
            };
            push(draft, &mut log);
        }
        if ends {
            // Something that is refused, to learn what is open.
            let open = push(start(), &mut log);
            for open in open {
                let draft = match open {
                    Open::Step(id) => step_end(&id.0),
                    Open::Tool(id) => tool_end(&id.0),
                    Open::Input(id) => resolved(&id.0),
                };
                push(draft, &mut log);
            }
            push(done(), &mut log);
            assert_eq!(log.last().map(|draft| draft.body.kind()), Some("done"));
        }
        log
    })
}
