//! Every recorded stream and log of Sim: replayed to a reviewed log, and cut and split in every way that a network could.

use std::{fs, path::Path};

use jackfield_protocol::{
    event::{Draft, EventBody, Grammar, Raw, Start, Transcript},
    frame::{Limits, SseDecoder, SseFrame},
    ids::RunId,
    model::Platform,
    time::now,
};
use serde_json::Value;

use super::{
    parse::{Parser, Said},
    trace,
};

/// Fewer than these and the fixtures were not found.
const AT_LEAST: (usize, usize) = (25, 6);

/// Name and body of every recording whose body is wanted.
fn recordings(wanted: impl Fn(&str) -> bool) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/wire/sim/v0.8.9");
    let mut found = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let value: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let chunks = value["chunks"].as_array().into_iter().flatten();
        let body: String = chunks.filter_map(|chunk| chunk[1].as_str()).collect();
        if wanted(&body) {
            found.push((path.file_stem().unwrap().to_str().unwrap().to_owned(), body));
        }
    }
    found.sort();
    found
}

fn streams() -> Vec<(String, String)> {
    let found = recordings(|body| body.starts_with("data: "));
    assert!(found.len() >= AT_LEAST.0, "{} recorded streams", found.len());
    found
}

/// Framing and parser, as `run.rs` joins them.
fn read(pieces: impl Iterator<Item = Vec<u8>>) -> (Parser, Vec<Draft>) {
    let mut parser = Parser::new(Value::Null);
    let mut decoder = SseDecoder::new(Limits { line: 1 << 24, frame: 1 << 24 });
    let mut drafts = Vec::new();
    for piece in pieces {
        decoder.push(&piece);
        for frame in decoder.by_ref() {
            match frame {
                Ok(SseFrame::Event(event)) => drafts.extend(parser.frame(event.data.as_bytes())),
                Ok(SseFrame::Comment(_)) => {}
                Err(fault) => drafts.push(Draft::new(EventBody::Raw(fault.into_raw()))),
            }
        }
    }
    (parser, drafts)
}

fn accept(drafts: &[Draft], at: &str) -> Transcript {
    let start = Draft::new(EventBody::Start(Start {
        backend: "sim".to_owned(),
        platform: Platform::SimStudio,
        workflow_id: None,
        workflow: "recorded".to_owned(),
        entry: None,
        simulated: true,
    }));
    let (mut grammar, mut seen, run) = (Grammar::new(), Transcript::new(), RunId::new());
    for draft in std::iter::once(&start).chain(drafts) {
        if let Err(violation) = grammar.accept(draft) {
            panic!("{at}: {violation:?}: {draft:?}");
        }
        seen.apply(&draft.clone().stamp(run, seen.last_seq + 1, now(), None));
    }
    seen
}

/// One line an event; deltas of one message in a row are one line.
fn lines(drafts: &[Draft]) -> String {
    let mut lines: Vec<(String, String)> = Vec::new();
    for draft in drafts {
        let tool = draft.tool_id.as_ref().map(|id| id.0.clone()).unwrap_or_default();
        let (head, text) = match &draft.body {
            EventBody::Delta(delta) => {
                let id = draft.message_id.as_ref().map(|id| id.0.clone()).unwrap_or_default();
                (format!("{:?} {id}: ", delta.part), delta.text.clone())
            }
            EventBody::ToolStart(start) => (format!("tool_start {tool} {}", start.name), String::new()),
            EventBody::ToolEnd(end) => (
                format!("tool_end {tool} {:?} {:?} {:?}", end.status, end.arguments, end.error),
                String::new(),
            ),
            EventBody::StepStart(start) => (
                format!(
                    "step_start {:?} {} ({})",
                    start.kind,
                    start.name,
                    start.node_type.as_deref().unwrap_or_default()
                ),
                String::new(),
            ),
            EventBody::StepEnd(end) => (
                format!("step_end {:?} {:?} {:?}", end.status, end.times.duration_ms, end.error),
                String::new(),
            ),
            EventBody::Usage(usage) => (
                format!("usage {:?} {}+{}", usage.model, usage.input_tokens, usage.output_tokens),
                String::new(),
            ),
            EventBody::Raw(Raw { reason, size, .. }) => (format!("raw {reason} {size}"), String::new()),
            other => (other.kind().to_owned(), String::new()),
        };
        match lines.last_mut() {
            Some((last, said)) if *last == head && !text.is_empty() => said.push_str(&text),
            _ => lines.push((head, text)),
        }
    }
    lines.into_iter().map(|(head, text)| format!("{head}{}\n", text.escape_debug())).collect()
}

#[test]
fn every_recorded_stream_becomes_a_reviewed_log() {
    for (name, body) in streams() {
        let (parser, drafts) = read(std::iter::once(body.into_bytes()));
        accept(&drafts, &name);
        let end = match &parser.said {
            Some(Said::Final(data)) => format!(
                "final success={} status={} output={}",
                data["success"],
                data["status"],
                short(&data["output"])
            ),
            Some(Said::Error(words)) => format!("error {words}"),
            None => "no end".to_owned(),
        };
        let log = format!("{}{end}\nclosed={}\n", lines(&drafts), parser.is_closed);
        insta::assert_snapshot!(name.as_str(), log);
    }
}

fn short(value: &Value) -> String {
    value.to_string().chars().take(120).collect()
}

#[test]
fn every_recorded_log_becomes_reviewed_steps() {
    let logs = recordings(|body| body.contains("\"traceSpans\":[{"));
    assert!(logs.len() >= AT_LEAST.1, "{} recorded logs", logs.len());
    for (name, body) in logs {
        let value: Value = serde_json::from_str(&body).unwrap();
        let entry = if value["data"].is_array() { &value["data"][0] } else { &value["data"] };
        let spans = entry["traceSpans"]
            .as_array()
            .or_else(|| entry["executionData"]["traceSpans"].as_array())
            .unwrap();
        let cancelled = entry["finalOutput"]["cancelled"] == true;
        let drafts = trace::steps(spans, &Transcript::new(), cancelled);
        let seen = accept(&drafts, &name);
        assert!(trace::steps(spans, &seen, cancelled).is_empty(), "{name}: what is known is not told again");
        insta::assert_snapshot!(format!("log-{name}"), lines(&drafts));
    }
}

#[test]
fn a_stream_says_the_same_in_pieces_of_every_size() {
    for (name, body) in streams() {
        let (_, whole) = read(std::iter::once(body.clone().into_bytes()));
        for size in (1..=40).chain([64, 1000]) {
            let (_, pieces) = read(body.as_bytes().chunks(size).map(<[u8]>::to_vec));
            assert_eq!(pieces, whole, "{name} in pieces of {size}");
        }
    }
}

#[test]
fn a_stream_that_is_cut_anywhere_stays_within_the_grammar() {
    for (name, body) in streams() {
        let step = (body.len() / 300).max(1);
        for cut in (0..body.len()).step_by(step) {
            let (_, drafts) = read(std::iter::once(body.as_bytes()[..cut].to_vec()));
            accept(&drafts, &name);
        }
    }
}
