//! What must hold for any bytes in any chunks.

use proptest::{collection::vec, prelude::*};

use super::*;

/// Small bounds, so that random bytes meet them.
const LIMITS: Limits = Limits { line: 12, frame: 30 };

/// Feeds `bytes` cut at `cuts` (each the length of a chunk, over and over).
fn run<T, D: Iterator<Item = T>>(
    mut decoder: D,
    bytes: &[u8],
    cuts: &[usize],
    push: fn(&mut D, &[u8]),
    finish: fn(&mut D) -> Option<T>,
) -> Vec<T> {
    let mut frames = Vec::new();
    let mut rest = bytes;
    let mut sizes = cuts.iter().copied().cycle();
    while !rest.is_empty() {
        let size = sizes.next().unwrap_or(rest.len()).clamp(1, rest.len());
        let (chunk, after) = rest.split_at(size);
        push(&mut decoder, chunk);
        frames.extend(decoder.by_ref());
        rest = after;
    }
    while let Some(frame) = finish(&mut decoder) {
        frames.push(frame);
    }
    frames
}

fn sse(bytes: &[u8], cuts: &[usize]) -> Vec<Result<SseFrame, FrameFault>> {
    run(SseDecoder::new(LIMITS), bytes, cuts, SseDecoder::push, SseDecoder::finish)
}

fn json_lines(bytes: &[u8], cuts: &[usize]) -> Vec<Result<JsonLine, FrameFault>> {
    run(JsonLinesDecoder::new(LIMITS), bytes, cuts, JsonLinesDecoder::push, JsonLinesDecoder::finish)
}

/// Bytes made of what the formats care about, so that every state is met often.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    const PIECES: &[&[u8]] = &[
        b"\n",
        b"\r",
        b"\r\n",
        b":",
        b" ",
        b"data: ",
        b"data",
        b"id:",
        b"event: e",
        b"retry: 10",
        b"{}",
        b"0123456789",
        b"\xEF\xBB\xBF",
        b"\xC3\xA9\xF0\x9F\x98\x80",
        b"\xFF",
        b"\0",
    ];
    vec(proptest::sample::select(PIECES), 0..40).prop_map(|pieces| pieces.concat())
}

/// Text with everything that a line format could trip over.
fn text() -> impl Strategy<Value = String> {
    vec(prop_oneof![Just('\n'), Just(':'), Just(' '), Just('\u{feff}'), any::<char>()], 0..40)
        .prop_map(|chars| chars.into_iter().filter(|char| *char != '\r').collect())
}

proptest! {
    #[test]
    fn chunks_make_no_difference_to_an_event_stream(bytes in stream(), cuts in vec(1..9_usize, 1..6)) {
        prop_assert_eq!(sse(&bytes, &cuts), sse(&bytes, &[]));
    }

    #[test]
    fn chunks_make_no_difference_to_json_lines(bytes in stream(), cuts in vec(1..9_usize, 1..6)) {
        prop_assert_eq!(json_lines(&bytes, &cuts), json_lines(&bytes, &[]));
    }

    #[test]
    fn any_bytes_are_decoded_without_panic_and_within_the_bounds(bytes in vec(any::<u8>(), 0..300)) {
        for line in json_lines(&bytes, &[7]).into_iter().flatten() {
            prop_assert!(line.bytes.len() <= LIMITS.line);
        }
        for frame in sse(&bytes, &[7]).into_iter().flatten() {
            if let SseFrame::Event(event) = frame {
                // A replaced byte has three bytes.
                prop_assert!(event.data.len() <= 3 * LIMITS.frame);
            }
        }
    }

    #[test]
    fn an_unfinished_frame_never_holds_more_than_its_bound(bytes in stream()) {
        let mut decoder = SseDecoder::new(LIMITS);
        for byte in bytes {
            decoder.push(&[byte]);
            while decoder.next().is_some() {}
            // Line ends of the last line come on top.
            prop_assert!(decoder.pending() <= LIMITS.frame + 2, "{}", decoder.pending());
        }
    }

    #[test]
    fn what_is_encoded_reads_back(
        id in proptest::option::of("[^\r\n\0]{0,10}"),
        name in proptest::option::of("[^\r\n\0]{1,10}"),
        data in text(),
        cut in 1..20_usize,
    ) {
        let mut decoder = SseDecoder::default();
        for chunk in sse::encode(id.as_deref(), name.as_deref(), &data).chunks(cut) {
            decoder.push(chunk);
        }
        let expected = SseEvent { id, event: name, data, replaced: false };
        prop_assert_eq!(decoder.next(), Some(Ok(SseFrame::Event(expected))));
        prop_assert_eq!(decoder.finish(), None);
    }

    #[test]
    fn after_any_garbage_the_next_event_is_read(bytes in stream()) {
        let mut stream = bytes;
        stream.extend_from_slice(b"\n\ndata: last\n\n");
        let last = sse(&stream, &[]).pop();
        prop_assert!(matches!(last, Some(Ok(SseFrame::Event(event))) if event.data == "last"));
    }
}

/// Every recording of the corpus, cut at every size up to 64 bytes.
#[test]
fn recordings_read_the_same_in_every_chunk_size() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/wire/n8n/v2.41.1");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.starts_with('b') {
            continue;
        }
        let recording: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let chunks = recording["chunks"].as_array().into_iter().flatten();
        let body: String = chunks.filter_map(|chunk| chunk["chunk"].as_str()).collect();
        let decode = |size: usize| {
            let decoder = JsonLinesDecoder::default();
            run(decoder, body.as_bytes(), &[size], JsonLinesDecoder::push, JsonLinesDecoder::finish)
        };
        let whole = decode(usize::MAX);
        for size in 1..=64 {
            assert_eq!(decode(size), whole, "{name} in chunks of {size}");
        }
        seen += 1;
    }
    assert!(seen > 20, "the corpus is there");
}
