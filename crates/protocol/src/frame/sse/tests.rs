use super::*;
use crate::event::Raw;

fn decode(limits: Limits, bytes: &[u8]) -> Vec<Result<SseFrame, FrameFault>> {
    let mut decoder = SseDecoder::new(limits);
    decoder.push(bytes);
    let mut frames: Vec<_> = decoder.by_ref().collect();
    while let Some(frame) = decoder.finish() {
        frames.push(frame);
    }
    frames
}

/// The data of every event; anything else fails.
fn data(text: &str) -> Vec<String> {
    decode(Limits::default(), text.as_bytes())
        .into_iter()
        .map(|frame| match frame.unwrap() {
            SseFrame::Event(event) => event.data,
            SseFrame::Comment(text) => panic!("comment {text}"),
        })
        .collect()
}

fn event(text: &str) -> SseEvent {
    match decode(Limits::default(), text.as_bytes()).remove(0) {
        Ok(SseFrame::Event(event)) => event,
        other => panic!("{other:?}"),
    }
}

fn fault(limits: Limits, bytes: &[u8]) -> FrameFault {
    decode(limits, bytes).remove(0).unwrap_err()
}

#[test]
fn every_line_end_ends_a_line() {
    for text in [
        "data: a\ndata: b\n\n",
        "data: a\r\ndata: b\r\n\r\n",
        "data: a\rdata: b\r\r",
        "data: a\rdata: b\n\r\n",
    ] {
        assert_eq!(data(text), ["a\nb"], "{text:?}");
    }
}

#[test]
fn an_event_is_given_as_soon_as_its_blank_line_is_there() {
    let mut decoder = SseDecoder::default();
    decoder.push(b"data: a\r\n\r");
    assert!(
        matches!(decoder.next(), Some(Ok(SseFrame::Event(_)))),
        "the rest of the \\r\\n is not waited for"
    );
    decoder.push(b"\ndata: b\r\n\r\n");
    assert!(matches!(decoder.next(), Some(Ok(SseFrame::Event(event))) if event.data == "b"));
    assert_eq!(decoder.finish(), None);
}

#[test]
fn the_examples_of_the_standard() {
    // WHATWG HTML, 9.2.6 "Interpreting an event stream".
    assert_eq!(data("data: YHOO\ndata: +2\ndata: 10\n\n"), ["YHOO\n+2\n10"]);
    assert_eq!(data("data\n\ndata\ndata\n\n"), ["", "\n"]);
    assert_eq!(data("data:test\n\ndata: test\n\n"), ["test", "test"]);
    assert_eq!(data("data:  two spaces\n\n"), [" two spaces"]);
    let frames = decode(
        Limits::default(),
        b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n",
    );
    assert_eq!(frames.len(), 4);
    assert_eq!(frames[0], Ok(SseFrame::Comment("test stream".into())));
    assert!(matches!(&frames[1], Ok(SseFrame::Event(event)) if event.id.as_deref() == Some("1")));
    assert!(matches!(&frames[2], Ok(SseFrame::Event(event)) if event.id.as_deref() == Some("")));
    assert_eq!(frames[3].as_ref().unwrap_err().reason, FaultReason::CutOff);
}

#[test]
fn the_byte_order_mark_counts_only_at_the_beginning() {
    assert_eq!(data("\u{feff}data: a\n\n"), ["a"]);
    let mut decoder = SseDecoder::default();
    for byte in "\u{feff}data: \u{feff}\n\n".as_bytes() {
        assert_eq!(decoder.next(), None);
        decoder.push(&[*byte]);
    }
    assert!(matches!(decoder.next(), Some(Ok(SseFrame::Event(event))) if event.data == "\u{feff}"));
}

#[test]
fn fields() {
    let all = event("event: x\nevent: step\nid: 7\nretry: 3\nretry: 1x\nother: y\nother\ndata: d\n\n");
    assert_eq!(
        all,
        SseEvent { id: Some("7".into()), event: Some("step".into()), data: "d".into(), replaced: false }
    );
    assert_eq!(event("data: d\n\n").name(), "message");
    assert_eq!(event("event: \ndata: d\n\n").name(), "message", "an empty name is none");
    assert_eq!(event("id: a\0b\ndata: d\n\n").id, None, "an id with NUL is ignored");
}

#[test]
fn id_and_retry_count_without_data_and_only_with_the_blank_line() {
    let mut decoder = SseDecoder::default();
    decoder.push(b"id: 4\nretry: 250\nevent: nothing\n\nid: 5\ndata: x\n");
    assert_eq!(decoder.next(), None);
    assert_eq!((decoder.last_event_id(), decoder.retry_ms()), ("4", Some(250)));
    assert_eq!(decoder.finish().unwrap().unwrap_err().reason, FaultReason::CutOff);
    assert_eq!(decoder.last_event_id(), "4", "what was cut off was not received");
}

#[test]
fn heartbeats_take_no_room() {
    let limits = Limits { line: 20, frame: 40 };
    let mut stream = b": still here\n".repeat(100);
    stream.extend_from_slice(&b"\r\n".repeat(100));
    stream.extend_from_slice(b"data: x\n\n");
    let frames = decode(limits, &stream);
    assert_eq!(frames.len(), 101);
    assert!(matches!(&frames[100], Ok(SseFrame::Event(_))));
}

#[test]
fn a_comment_inside_an_event_does_not_end_it() {
    let frames = decode(Limits::default(), b"data: a\n:ping\ndata: b\n\n");
    assert_eq!(frames[0], Ok(SseFrame::Comment("ping".into())));
    assert!(matches!(&frames[1], Ok(SseFrame::Event(event)) if event.data == "a\nb"));
}

#[test]
fn invalid_utf8_is_replaced_and_told() {
    let frames = decode(Limits::default(), b"data: a\xFFb\n\ndata: ok\n\n");
    let expected = [("a\u{fffd}b", true), ("ok", false)];
    for (frame, (data, replaced)) in frames.into_iter().zip(expected) {
        let SseFrame::Event(event) = frame.unwrap() else { panic!("no event") };
        assert_eq!((event.data.as_str(), event.replaced), (data, replaced));
    }
}

#[test]
fn a_line_that_is_too_long_costs_its_event_only() {
    let limits = Limits { line: 10, frame: 100 };
    let frames = decode(limits, b"data: 0123\n\nid: 1\ndata: 01234\nid: 2\n\ndata: ok\n\n");
    assert!(
        matches!(&frames[0], Ok(SseFrame::Event(event)) if event.data == "0123"),
        "the bound itself fits"
    );
    let fault = frames[1].as_ref().unwrap_err();
    assert_eq!(fault.reason, FaultReason::LineTooLong { limit: 10 });
    assert_eq!((&fault.kept[..], fault.size), (&b"id: 1\ndata: 01234\nid: 2\n"[..], 24));
    assert!(matches!(&frames[2], Ok(SseFrame::Event(event)) if event.data == "ok"));
    assert_eq!(frames.len(), 3);
}

#[test]
fn an_event_that_is_too_large_costs_itself_only() {
    let limits = Limits { line: 10, frame: 20 };
    let frames = decode(limits, b"data: 01\ndata: 01\ndata: 01\n\ndata: ok\r\n\r\n");
    assert_eq!(frames[0].as_ref().unwrap_err().reason, FaultReason::FrameTooLarge { limit: 20 });
    assert!(matches!(&frames[1], Ok(SseFrame::Event(event)) if event.data == "ok"));
}

#[test]
fn a_fault_keeps_a_bounded_beginning() {
    let mut stream = b"data: ".to_vec();
    stream.resize(3 * 1024 * 1024, b'x');
    let fault = fault(Limits::default(), &stream);
    assert_eq!((fault.kept.len(), fault.size), (Raw::KEEP, stream.len() as u64));
    let raw = fault.into_raw();
    assert_eq!(raw.size, stream.len() as u64);
    assert_eq!(raw.reason, "a line is longer than 1048576 bytes");
}

#[test]
fn a_web_page_is_told_and_not_swallowed() {
    let page = b"<html>\n<body>502 Bad Gateway</body>\n</html>\n\ndata: ok\n\n";
    let fault = fault(Limits::default(), page);
    assert_eq!(fault.reason, FaultReason::NotAnEventStream);
    assert!(fault.kept.starts_with(b"<html>"));
}

#[test]
fn the_end_tells_whether_a_frame_was_cut_off() {
    for (text, whole) in [
        ("", true),
        ("data: a\n\n", true),
        ("data: a\r\n\r", true),
        (": only a comment\n", true),
        (": half a comm", true),
        ("\n\n\r", true),
        ("data: a\n", false),
        ("da", false),
        ("data: a\n\nid: 3", false),
        ("\u{feff}", true),
    ] {
        let faults = decode(Limits::default(), text.as_bytes()).into_iter().filter(Result::is_err).count();
        assert_eq!(faults == 0, whole, "{text:?}");
    }
    assert_eq!(fault(Limits::default(), b"\xEF\xBB").reason, FaultReason::CutOff);
}

#[test]
fn what_is_encoded_reads_back() {
    for (id, name, data) in [
        (Some("17"), Some("delta"), "one line"),
        (None, None, ""),
        (Some(""), None, "two\nlines"),
        (None, Some("x"), "\n: no comment\n\ndata: no field\n"),
    ] {
        let decoded = event(std::str::from_utf8(&encode(id, name, data)).unwrap());
        let expected = SseEvent {
            id: id.map(Into::into),
            event: name.map(Into::into),
            data: data.into(),
            replaced: false,
        };
        assert_eq!(decoded, expected);
    }
    assert_eq!(encode(Some("1"), Some("delta"), "{}"), "id: 1\nevent: delta\ndata: {}\n\n");
}

#[test]
fn nothing_that_is_encoded_breaks_out_of_its_field() {
    let decoded =
        event(std::str::from_utf8(&encode(Some("1\nid: 2"), Some("a\r\ndata: x"), "1\r2\r\n3\r")).unwrap());
    assert_eq!(decoded.id.as_deref(), Some("1 id: 2"));
    assert_eq!(decoded.event.as_deref(), Some("a  data: x"));
    assert_eq!(decoded.data, "1\n2\n3\n");
}

#[test]
fn comments_and_retry_are_written_as_the_format_has_them() {
    assert_eq!(comment("ping"), ": ping\n\n");
    assert_eq!(comment("a\ndata: b"), ": a\n: data: b\n\n");
    let mut decoder = SseDecoder::default();
    decoder.push(&retry(1500));
    assert_eq!(decoder.next(), None);
    assert_eq!(decoder.retry_ms(), Some(1500));
}
