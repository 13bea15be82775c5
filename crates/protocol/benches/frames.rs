//! Our frame decoders beside those of the well-kept crates, on the same bytes in the same chunks.
//!
//! `cargo bench -p jackfield-protocol --bench frames`; the reason for our own is in `docs/adr/0002-own-frame-decoders.md`.

use std::{
    convert::Infallible,
    hint::black_box,
    pin::pin,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use eventsource_stream::EventStream;
use futures_core::Stream;
use futures_util::stream;
use jackfield_protocol::frame::{JsonLinesDecoder, Limits, SseDecoder, json_lines, sse};
use sse_stream::SseStream;

/// Sizes of the chunks: one token, one TCP segment, one large read.
const CHUNKS: [usize; 3] = [48, 1400, 64 * 1024];

fn event(number: usize) -> serde_json::Value {
    serde_json::json!({
        "type": "item",
        "content": format!("tok{number} "),
        "metadata": {
            "nodeId": "b02ca961-987c-4f49-8806-1c0df7f18237", "nodeName": "AI Agent",
            "itemIndex": 0, "runIndex": 0, "timestamp": 1_795_474_090_246_u64,
        },
    })
}

/// 4000 events of the size that n8n sends, as an event stream and as JSON lines.
fn streams() -> (Vec<u8>, Vec<u8>) {
    let (mut events, mut lines) = (Vec::new(), Vec::new());
    for number in 0..4000 {
        let event = event(number);
        events.extend_from_slice(&sse::encode(Some(&number.to_string()), Some("delta"), &event.to_string()));
        lines.extend_from_slice(&json_lines::encode(&event).unwrap_or_default());
    }
    (events, lines)
}

fn chunks(bytes: &[u8], size: usize) -> Vec<Bytes> {
    bytes.chunks(size).map(Bytes::copy_from_slice).collect()
}

/// Counts what a stream gives that is always ready.
fn count(stream: impl Stream) -> usize {
    let mut stream = pin!(stream);
    let mut context = Context::from_waker(Waker::noop());
    let mut count = 0;
    while let Poll::Ready(Some(item)) = stream.as_mut().poll_next(&mut context) {
        black_box(item);
        count += 1;
    }
    count
}

/// Counts what a decoder gives.
fn drain<D: Iterator>(mut decoder: D, chunks: &[Bytes], push: fn(&mut D, &[u8])) -> usize {
    let mut count = 0;
    for chunk in chunks {
        push(&mut decoder, chunk);
        for frame in decoder.by_ref() {
            black_box(frame);
            count += 1;
        }
    }
    count
}

fn frames(criterion: &mut Criterion) {
    let (events, lines) = streams();
    let mut group = criterion.benchmark_group("sse");
    group.throughput(Throughput::Bytes(events.len() as u64));
    for size in CHUNKS {
        let chunks = chunks(&events, size);
        let source = || stream::iter(chunks.iter().cloned().map(Ok::<_, Infallible>));
        group.bench_function(BenchmarkId::new("jackfield", size), |bencher| {
            bencher.iter(|| {
                assert_eq!(drain(SseDecoder::new(Limits::default()), &chunks, SseDecoder::push), 4000)
            });
        });
        group.bench_function(BenchmarkId::new("sse-stream", size), |bencher| {
            bencher.iter(|| assert_eq!(count(SseStream::from_bytes_stream(source())), 4000));
        });
        group.bench_function(BenchmarkId::new("eventsource-stream", size), |bencher| {
            bencher.iter(|| assert_eq!(count(EventStream::new(source())), 4000));
        });
    }
    group.finish();

    let mut group = criterion.benchmark_group("json_lines");
    group.throughput(Throughput::Bytes(lines.len() as u64));
    for size in CHUNKS {
        let chunks = chunks(&lines, size);
        group.bench_function(BenchmarkId::new("jackfield", size), |bencher| {
            bencher.iter(|| {
                let decoder = JsonLinesDecoder::new(Limits::default());
                assert_eq!(drain(decoder, &chunks, JsonLinesDecoder::push), 4000);
            });
        });
    }
    group.finish();
}

criterion_group!(benches, frames);
criterion_main!(benches);
