//! Any bytes in any chunks: no panic, the same lines as from the whole, and none beyond the bound.
#![no_main]

use jackfield_protocol::frame::{FrameFault, JsonLine, JsonLinesDecoder, Limits};
use libfuzzer_sys::fuzz_target;

/// A small bound, so that short inputs meet it.
const LIMITS: Limits = Limits { line: 64, frame: 256 };

fn decode(bytes: &[u8], chunk: usize) -> Vec<Result<JsonLine, FrameFault>> {
    let mut decoder = JsonLinesDecoder::new(LIMITS);
    let mut lines = Vec::new();
    for chunk in bytes.chunks(chunk) {
        decoder.push(chunk);
        lines.extend(decoder.by_ref());
    }
    while let Some(line) = decoder.finish() {
        lines.push(line);
    }
    lines
}

fuzz_target!(|input: (u8, &[u8])| {
    let (chunk, bytes) = input;
    let whole = decode(bytes, bytes.len().max(1));
    assert_eq!(decode(bytes, usize::from(chunk).max(1)), whole);
    for line in whole.into_iter().flatten() {
        assert!(line.bytes.len() <= LIMITS.line && !line.bytes.contains(&b'\n'));
    }
});
