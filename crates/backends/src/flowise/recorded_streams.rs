//! Every recorded stream of Flowise: replayed to a reviewed log, and cut and split in every way that a network could.

use jackfield_protocol::{
    event::{Draft, EventBody, Grammar, Raw, Start},
    model::Platform,
};
use jackfield_testkit::{
    flowise::{Transcript, recorded},
    recording::Exchange,
};
use jiff::Timestamp;

use super::{
    framing::{Framing, StreamFormat},
    nodes::Nodes,
    parse::Parser,
    whole::{self, Whole},
};

const FOLDERS: [&str; 3] = ["v3.1.4", "v3.1.4-strict", "v2.2.8"];
/// Fewer than this and the fixtures were not found.
const AT_LEAST: usize = 60;

fn transcripts() -> Vec<(String, Transcript)> {
    let all = FOLDERS.into_iter().flat_map(|folder| {
        recorded(folder).unwrap().into_iter().map(move |one| (format!("{folder}/{}", one.name), one))
    });
    all.collect()
}

fn streams() -> Vec<Exchange> {
    let all = transcripts();
    let is_ours = |exchange: &&Exchange| {
        exchange.request.path.contains("/prediction/") || exchange.request.path.contains("/webhook")
    };
    let found: Vec<Exchange> =
        all.iter().flat_map(|(_, one)| one.streams().filter(is_ours).cloned().collect::<Vec<_>>()).collect();
    assert!(found.len() >= AT_LEAST, "{} recorded streams", found.len());
    found
}

/// Framing and parser, as `run.rs` joins them.
struct Reader {
    framing: Framing,
    parser: Parser,
}

impl Reader {
    fn new() -> Self {
        Self { framing: Framing::new(StreamFormat::Sse), parser: parser() }
    }

    fn push(&mut self, bytes: &[u8]) -> Vec<Draft> {
        let items = self.framing.push(bytes);
        items.into_iter().flat_map(|item| self.item(item)).collect()
    }

    fn item(&mut self, item: Result<Vec<u8>, Raw>) -> Vec<Draft> {
        match item {
            Ok(frame) => self.parser.frame(&frame, Timestamp::UNIX_EPOCH),
            Err(raw) => vec![Draft::new(EventBody::Raw(raw))],
        }
    }

    fn rest(&mut self) -> Vec<Draft> {
        let rest = self.framing.finish();
        let mut drafts = rest.map(|item| self.item(item)).unwrap_or_default();
        drafts.extend(self.parser.trace.flush());
        drafts
    }
}

fn parser() -> Parser {
    Parser::new(Nodes::default(), "http://flowise.invalid/file/".to_owned())
}

fn accept(grammar: &mut Grammar, drafts: &[Draft], at: &str) {
    for draft in drafts {
        if let Err(violation) = grammar.accept(draft) {
            panic!("{at}: {violation:?}: {draft:?}");
        }
    }
}

fn start() -> Draft {
    Draft::new(EventBody::Start(Start {
        backend: "flowise".to_owned(),
        platform: Platform::Flowise,
        workflow_id: None,
        workflow: "recorded".to_owned(),
        entry: None,
        simulated: true,
    }))
}

#[test]
fn a_stream_says_the_same_in_pieces_of_every_size() {
    for exchange in streams() {
        let body = exchange.body();
        let mut reader = Reader::new();
        let mut whole = reader.push(&body);
        whole.extend(reader.rest());
        for size in (1..=40).chain([64, 1000]) {
            let mut reader = Reader::new();
            let mut pieces: Vec<Draft> = body.chunks(size).flat_map(|piece| reader.push(piece)).collect();
            pieces.extend(reader.rest());
            assert_eq!(pieces, whole, "{} in pieces of {size}", exchange.name);
        }
    }
}

#[test]
fn a_stream_that_is_cut_anywhere_stays_within_the_grammar() {
    for exchange in streams() {
        let body = exchange.body();
        let step = (body.len() / 300).max(1);
        for cut in (0..body.len()).step_by(step) {
            let mut grammar = Grammar::new();
            accept(&mut grammar, &[start()], "start");
            let mut reader = Reader::new();
            let place = format!("{} cut after {cut}", exchange.name);
            accept(&mut grammar, &reader.push(&body[..cut]), &place);
            accept(&mut grammar, &reader.rest(), &place);
        }
    }
}

#[test]
fn no_recorded_stream_has_a_frame_that_is_not_understood() {
    for exchange in streams() {
        let mut reader = Reader::new();
        for draft in reader.push(&exchange.body()) {
            assert!(!matches!(draft.body, EventBody::Raw(_)), "{}: {draft:?}", exchange.name);
        }
    }
}

#[test]
fn no_event_of_a_recorded_stream_holds_a_system_prompt_or_a_setting() {
    for exchange in streams() {
        let mut reader = Reader::new();
        let mut drafts = reader.push(&exchange.body());
        drafts.extend(reader.rest());
        let told = format!("{drafts:?}");
        for secret in [
            "You draft.",
            "You work with tools",
            "You ask before you act",
            "FLOWISE_CREDENTIAL_ID",
            "basepath",
            "llmModelConfig",
            "NodeVM.prototype",
        ] {
            assert!(!told.contains(secret), "{}: {secret}", exchange.name);
        }
    }
}

/// What a recording becomes, one line for each event; reviewed once, and compared from then on.
#[test]
fn every_recording_replays_to_its_reviewed_log() {
    for (name, transcript) in transcripts() {
        let mut log = format!("{}\n", transcript.about);
        let mut parser = parser();
        let mut asked = false;
        for (number, exchange) in &transcript.exchanges {
            if !exchange.request.path.contains("/prediction") && !exchange.request.path.contains("/webhook/")
            {
                continue;
            }
            let resumes =
                exchange.request.body.as_deref().is_some_and(|body| body.contains("\"humanInput\""));
            if resumes && asked {
                parser.next_segment()
            } else {
                parser = self::parser()
            }
            log.push_str(&format!("\n#{number} {} -> {}\n", exchange.request.method, exchange.status()));
            let lines = match exchange.response.as_ref().and_then(|head| head.header("content-type")) {
                None => vec![format!("no answer: {}", exchange.end)],
                Some(kind) if kind.starts_with("text/event-stream") => {
                    let mut reader =
                        Reader { framing: Framing::new(StreamFormat::Sse), parser: parser.clone() };
                    let mut drafts = reader.push(&exchange.body());
                    drafts.extend(reader.rest());
                    parser = reader.parser;
                    drafts.iter().map(line).collect()
                }
                Some(_) => match whole::read(&mut parser, exchange.status(), None, &exchange.body()) {
                    Whole::Said(drafts, text) => {
                        drafts.iter().map(line).chain([format!("text {text:?}")]).collect()
                    }
                    Whole::Failed(failure) => vec![format!("failed {}: {}", failure.code, failure.message)],
                    Whole::NotStarted(failure) => {
                        vec![format!("not started {}: {}", failure.code, failure.message)]
                    }
                    Whole::Unclear(failure) => vec![format!("unclear {}: {}", failure.code, failure.message)],
                },
            };
            let verdicts = &parser.verdicts;
            asked = verdicts.action.is_some();
            for line in lines {
                log.push_str(&format!("  {line}\n"));
            }
            log.push_str(&format!(
                "  = stored {} ended {} aborted {} asks {} error {:?} text {:?}\n",
                verdicts.stored, verdicts.ended, verdicts.aborted, asked, verdicts.error, verdicts.text
            ));
        }
        if log.contains('#') {
            insta::with_settings!({snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true}, {
                insta::assert_snapshot!(name.replace('/', "-"), log);
            });
        }
    }
}

fn line(draft: &Draft) -> String {
    let ids = [
        draft.message_id.as_ref().map(|id| id.0.clone()),
        draft.tool_id.as_ref().map(|id| short(&id.0)),
        draft.step_id.as_ref().map(|id| id.0.clone()),
        draft.parent_step_id.as_ref().map(|id| format!("in {}", id.0)),
    ];
    let ids: Vec<String> = ids.into_iter().flatten().collect();
    let data = serde_json::to_value(&draft.body).unwrap()["data"].to_string();
    format!("{} [{}] {}", draft.body.kind(), ids.join(" "), data.chars().take(600).collect::<String>())
}

/// Ids of tracer runs are long.
fn short(id: &str) -> String {
    id.chars().take(60).collect()
}
