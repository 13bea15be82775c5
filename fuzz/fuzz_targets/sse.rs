//! Any bytes in any chunks: no panic, and the same frames as from the whole.
#![no_main]

use jackfield_protocol::frame::{FrameFault, Limits, SseDecoder, SseFrame, sse};
use libfuzzer_sys::fuzz_target;

/// Small bounds, so that short inputs meet them.
const LIMITS: Limits = Limits { line: 64, frame: 256 };

fn decode(bytes: &[u8], chunk: usize) -> Vec<Result<SseFrame, FrameFault>> {
    let mut decoder = SseDecoder::new(LIMITS);
    let mut frames = Vec::new();
    for chunk in bytes.chunks(chunk) {
        decoder.push(chunk);
        frames.extend(decoder.by_ref());
    }
    while let Some(frame) = decoder.finish() {
        frames.push(frame);
    }
    frames
}

fuzz_target!(|input: (u8, &[u8])| {
    let (chunk, bytes) = input;
    let whole = decode(bytes, bytes.len().max(1));
    assert_eq!(decode(bytes, usize::from(chunk).max(1)), whole);
    for frame in whole.into_iter().flatten() {
        if let SseFrame::Event(event) = frame {
            let text = sse::encode(event.id.as_deref(), event.event.as_deref(), &event.data);
            let mut decoder = SseDecoder::default();
            decoder.push(&text);
            let Some(Ok(SseFrame::Event(again))) = decoder.next() else { panic!("{text:?} is no event") };
            assert_eq!((again.id, again.event, again.data), (event.id, event.event, event.data));
        }
    }
});
