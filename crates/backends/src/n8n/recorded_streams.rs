//! Every recorded stream of n8n, cut and split in every way that a network could.

use jackfield_protocol::{
    event::{Draft, EventBody, Grammar, Start},
    frame::{JsonLinesDecoder, Limits},
    model::Platform,
};
use jackfield_testkit::recording::{Exchange, exchanges};

use super::{frame::Frame, nodes::Nodes, parse::Parser};

const VERSIONS: [&str; 2] = ["wire/n8n/v2.41.1", "wire/n8n/v1.123.81"];
/// Fewer than this and the fixtures were not found.
const AT_LEAST: usize = 20;

fn streams() -> Vec<Exchange> {
    let mut found: Vec<_> = VERSIONS.into_iter().flat_map(|folder| exchanges(folder).unwrap()).collect();
    found.retain(|exchange| {
        let body = exchange.body();
        body.split(|byte| *byte == b'\n').next().is_some_and(Frame::is_known)
    });
    assert!(found.len() >= AT_LEAST, "{} recorded streams", found.len());
    found
}

/// Decoder and parser, as `run.rs` joins them.
struct Reader {
    decoder: JsonLinesDecoder,
    parser: Parser,
}

impl Reader {
    fn new() -> Self {
        Self { decoder: JsonLinesDecoder::new(Limits::default()), parser: Parser::new(Nodes::default()) }
    }

    fn push(&mut self, bytes: &[u8]) -> Vec<Draft> {
        self.decoder.push(bytes);
        let mut drafts = Vec::new();
        for line in self.decoder.by_ref() {
            drafts.extend(match line {
                Ok(line) => self.parser.frame(&line.bytes),
                Err(fault) => vec![Draft::new(EventBody::Raw(fault.into_raw()))],
            });
        }
        drafts
    }

    fn rest(mut self) -> Vec<Draft> {
        let rest = self.decoder.finish().map(|line| match line {
            Ok(line) => self.parser.frame(&line.bytes),
            Err(fault) => vec![Draft::new(EventBody::Raw(fault.into_raw()))],
        });
        let mut drafts = rest.unwrap_or_default();
        drafts.extend(self.parser.finish());
        drafts
    }
}

fn accept(grammar: &mut Grammar, drafts: &[Draft], at: &str) {
    for draft in drafts {
        if let Err(violation) = grammar.accept(draft) {
            panic!("{at}: {violation:?}: {draft:?}");
        }
    }
}

#[test]
fn a_stream_says_the_same_in_pieces_of_every_size() {
    for exchange in streams() {
        let body = exchange.body();
        let mut reader = Reader::new();
        let mut whole = reader.push(&body);
        whole.extend(reader.rest());
        assert!(!whole.is_empty(), "{} says nothing", exchange.name);
        for size in 1..=64 {
            let mut reader = Reader::new();
            let mut pieces: Vec<Draft> = body.chunks(size).flat_map(|piece| reader.push(piece)).collect();
            pieces.extend(reader.rest());
            assert_eq!(pieces, whole, "{} in pieces of {size}", exchange.name);
        }
    }
}

fn start() -> Draft {
    Draft::new(EventBody::Start(Start {
        backend: "n8n".to_owned(),
        platform: Platform::N8n,
        workflow_id: None,
        workflow: "recorded".to_owned(),
        entry: None,
        simulated: true,
    }))
}

#[test]
fn a_stream_that_is_cut_at_any_byte_stays_within_the_grammar() {
    for exchange in streams() {
        let mut reader = Reader::new();
        let mut grammar = Grammar::new();
        accept(&mut grammar, &[start()], "start");
        let mut line = Vec::new();
        for (at, byte) in exchange.body().into_iter().enumerate() {
            let place = format!("{} at byte {at}", exchange.name);
            accept(&mut grammar, &reader.push(&[byte]), &place);
            if byte == b'\n' {
                line.clear()
            } else {
                line.push(byte)
            }
            // What lies in the decoder is the line so far: the reader that is cut here gets the same one.
            let mut cut = Reader { parser: reader.parser.clone(), ..Reader::new() };
            let mut rules = grammar.clone();
            accept(&mut rules, &cut.push(&line), &place);
            accept(&mut rules, &cut.rest(), &place);
        }
    }
}
