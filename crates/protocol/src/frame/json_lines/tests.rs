use serde_json::{Value, json};

use super::*;

fn decode(limit: usize, bytes: &[u8]) -> Vec<Result<JsonLine, FrameFault>> {
    let mut decoder = JsonLinesDecoder::new(Limits { line: limit, ..Limits::default() });
    decoder.push(bytes);
    let mut lines: Vec<_> = decoder.by_ref().collect();
    lines.extend(decoder.finish());
    assert_eq!(decoder.finish(), None);
    lines
}

fn texts(bytes: &[u8]) -> Vec<(String, bool)> {
    decode(1000, bytes)
        .into_iter()
        .map(|line| line.map(|line| (line.text().into_owned(), line.terminated)).unwrap())
        .collect()
}

#[test]
fn lines_end_with_lf_or_crlf_and_blank_ones_are_skipped() {
    let lines = texts(b"\n{\"a\":1}\r\n \t\r\n\r\n{\"b\":\"x\ry\"}\n{\"c\":3}");
    let expected = [("{\"a\":1}", true), ("{\"b\":\"x\ry\"}", true), ("{\"c\":3}", false)];
    assert_eq!(lines, expected.map(|(text, end)| (text.to_owned(), end)));
}

#[test]
fn the_byte_order_mark_is_dropped() {
    assert_eq!(texts("\u{feff}1\n2\n".as_bytes()), [("1".to_owned(), true), ("2".to_owned(), true)]);
}

#[test]
fn invalid_utf8_is_replaced_in_the_text_and_kept_in_the_bytes() {
    let lines = decode(100, b"\"\xFF\"\n");
    let line = lines[0].as_ref().unwrap();
    assert_eq!(line.text(), "\"\u{fffd}\"");
    assert!(matches!(line.text(), Cow::Owned(_)));
    assert_eq!(&line.bytes[..], b"\"\xFF\"");
}

#[test]
fn a_line_that_is_too_long_costs_itself_only() {
    let lines = decode(5, b"12345\r\n123456\n1\n1234567\r\n2");
    let sizes: Vec<_> =
        lines.iter().map(|line| line.as_ref().map(|l| l.bytes.len() as u64).map_err(|f| f.size)).collect();
    assert_eq!(sizes, [Ok(5), Err(6), Ok(1), Err(8), Ok(1)]);
    let fault = lines[1].as_ref().unwrap_err();
    assert_eq!(fault.reason, FaultReason::LineTooLong { limit: 5 });
    assert_eq!(&fault.kept[..], b"123456");
}

#[test]
fn an_endless_line_costs_no_memory() {
    let mut decoder = JsonLinesDecoder::default();
    let chunk = vec![b'x'; 64 * 1024];
    for _ in 0..64 {
        decoder.push(&chunk);
        assert_eq!(decoder.next(), None);
        assert!(decoder.buffer.readable().len() <= Limits::default().line + chunk.len());
    }
    let fault = decoder.finish().unwrap().unwrap_err();
    assert_eq!((fault.size, fault.kept.len()), (64 * 64 * 1024, crate::event::Raw::KEEP));
}

#[test]
fn what_is_encoded_reads_back() {
    let value = json!({"text": "two\nlines\r\u{2028}", "n": [1, 2.5, null]});
    let lines = decode(1000, &encode(&value).unwrap());
    let line = lines[0].as_ref().unwrap();
    assert!(line.terminated);
    assert_eq!(serde_json::from_slice::<Value>(&line.bytes).unwrap(), value);
}

#[test]
fn a_value_that_is_no_json_is_an_error() {
    assert!(encode(&std::collections::BTreeMap::from([(vec![1], 1)])).is_err());
}

/// n8n 2.41.1, chunk by chunk as it came: a first line begins, every line is JSON, the last one is whole.
#[test]
fn a_recorded_stream_of_n8n() {
    let recording = include_str!("../../../../../fixtures/wire/n8n/v2.41.1/b03-agent-three-tools.json");
    let recording: Value = serde_json::from_str(recording).unwrap();
    let mut decoder = JsonLinesDecoder::default();
    let mut types = Vec::new();
    for chunk in recording["chunks"].as_array().unwrap() {
        decoder.push(chunk["chunk"].as_str().unwrap().as_bytes());
        for line in decoder.by_ref() {
            let frame: Value = serde_json::from_slice(&line.unwrap().bytes).unwrap();
            types.push(frame["type"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(decoder.finish(), None);
    assert_eq!((types[0].as_str(), types.last().unwrap().as_str()), ("begin", "end"));
    assert_eq!(
        types.iter().filter(|kind| *kind == "begin").count(),
        4,
        "three rounds of tools are four turns"
    );
}
