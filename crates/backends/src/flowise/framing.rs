//! From bytes to frames. Flowise's own framing is an event stream whose events are only `data:` lines (the name is inside the JSON; a line
//! `message:`, up to 3.1.1 sometimes without its colon, stands before each: recording r01). JSON lines are taken as well, for what stands
//! before a Flowise and re-frames its streams.

use jackfield_protocol::{
    event::Raw,
    frame::{FrameFault, JsonLinesDecoder, Limits, SseDecoder, SseFrame},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `agentFlowExecutedData` repeats the data of all nodes with every node: it is the largest frame that is to be expected.
const LIMITS: Limits = Limits { line: 16 * 1024 * 1024, frame: 16 * 1024 * 1024 };

/// How a stream is framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum StreamFormat {
    /// An event stream.
    Sse,
    /// One JSON document a line.
    Jsonl,
}

/// What the head of an answer and its first bytes tell of its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A stream.
    Stream(StreamFormat),
    /// One body.
    Whole,
    /// Not yet: more bytes are needed.
    Open,
}

/// Decides by the content type, then by the configured format, then by the first line.
pub(crate) fn form(media_type: &str, configured: Option<StreamFormat>, beginning: &[u8]) -> Form {
    match media_type {
        "text/event-stream" => return Form::Stream(configured.unwrap_or(StreamFormat::Sse)),
        "application/x-ndjson"
        | "application/ndjson"
        | "application/jsonl"
        | "application/x-jsonlines"
        | "application/json-lines" => return Form::Stream(configured.unwrap_or(StreamFormat::Jsonl)),
        "text/html" => return Form::Whole,
        _ => {}
    }
    let start = beginning.trim_ascii_start();
    let Some(line) = start.split_inclusive(|byte| *byte == b'\n').next().filter(|line| line.ends_with(b"\n"))
    else {
        return Form::Open;
    };
    let line = line.trim_ascii();
    if super::frame::Frame::read(line).is_ok() {
        return Form::Stream(StreamFormat::Jsonl);
    }
    if media_type != "application/json"
        && (line.starts_with(b"message") || line.starts_with(b"data:") || line.starts_with(b":"))
    {
        return Form::Stream(StreamFormat::Sse);
    }
    Form::Whole
}

/// One frame's JSON, or what could not be read.
pub(crate) type Item = Result<Vec<u8>, Raw>;

/// Splits a stream into frames.
#[derive(Debug)]
pub(crate) enum Framing {
    /// An event stream.
    Sse(SseDecoder),
    /// JSON lines.
    Lines(JsonLinesDecoder),
}

impl Framing {
    pub(crate) fn new(format: StreamFormat) -> Self {
        match format {
            StreamFormat::Sse => Self::Sse(SseDecoder::new(LIMITS)),
            StreamFormat::Jsonl => Self::Lines(JsonLinesDecoder::new(LIMITS)),
        }
    }

    /// Takes bytes, gives the frames that are complete.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Vec<Item> {
        match self {
            Self::Sse(decoder) => {
                decoder.push(bytes);
                decoder.by_ref().filter_map(of_sse).collect()
            }
            Self::Lines(decoder) => {
                decoder.push(bytes);
                decoder
                    .by_ref()
                    .map(|line| line.map(|line| line.bytes.to_vec()).map_err(FrameFault::into_raw))
                    .collect()
            }
        }
    }

    /// What is left when the stream has ended.
    pub(crate) fn finish(&mut self) -> Option<Item> {
        match self {
            Self::Sse(decoder) => decoder.finish().and_then(of_sse),
            Self::Lines(decoder) => decoder
                .finish()
                .map(|line| line.map(|line| line.bytes.to_vec()).map_err(FrameFault::into_raw)),
        }
    }
}

fn of_sse(frame: Result<SseFrame, FrameFault>) -> Option<Item> {
    match frame {
        Ok(SseFrame::Event(event)) => Some(Ok(event.data.into_bytes())),
        // Heartbeats.
        Ok(SseFrame::Comment(_)) => None,
        // Up to 3.1.1 a record may begin with "message" alone; nothing of it is lost when it has no data.
        Err(fault) if fault.kept.trim_ascii() == b"message" || fault.kept.trim_ascii() == b"message:" => None,
        Err(fault) => Some(Err(fault.into_raw())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_told_by_content_type_then_by_the_first_line() {
        let stream = Form::Stream;
        assert_eq!(form("text/event-stream", None, b""), stream(StreamFormat::Sse));
        assert_eq!(form("application/x-ndjson", None, b""), stream(StreamFormat::Jsonl));
        assert_eq!(form("text/event-stream", Some(StreamFormat::Jsonl), b""), stream(StreamFormat::Jsonl));
        assert_eq!(form("", None, b"{\"event\":\"start\",\"data\":\"\"}\n"), stream(StreamFormat::Jsonl));
        assert_eq!(form("text/plain", None, b"message:\ndata:{"), stream(StreamFormat::Sse));
        assert_eq!(form("application/json", None, b"{\"text\":\"a\"}"), Form::Open);
        assert_eq!(form("application/json", None, b"{\"text\":\n"), Form::Whole);
    }

    #[test]
    fn both_framings_say_the_same() {
        let documents =
            ["{\"event\":\"token\",\"data\":\"a\\n\"}", "{\"event\":\"end\",\"data\":\"[DONE]\"}"];
        let sse =
            format!("message:\ndata:{}\n\n:heartbeat\n\nmessage\ndata:{}\n\n", documents[0], documents[1]);
        let lines = format!("{}\n\n{}", documents[0], documents[1]);
        for (format, text) in [(StreamFormat::Sse, sse), (StreamFormat::Jsonl, lines)] {
            for size in 1..text.len() {
                let mut framing = Framing::new(format);
                let mut items: Vec<Item> =
                    text.as_bytes().chunks(size).flat_map(|piece| framing.push(piece)).collect();
                items.extend(framing.finish());
                let read: Vec<String> =
                    items.into_iter().map(|item| String::from_utf8(item.unwrap()).unwrap()).collect();
                assert_eq!(read, documents, "{format:?} in pieces of {size}");
            }
        }
    }
}
