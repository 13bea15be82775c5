//! The lines between two blank lines, and what they say.

use std::borrow::Cow;

use memchr::{memchr, memchr2};

use super::{FaultReason, FrameFault, SseEvent, SseFrame};

/// The fields of one block.
#[derive(Debug, Default)]
pub(super) struct Block<'a> {
    bytes: &'a [u8],
    pub(super) id: Option<String>,
    pub(super) retry_ms: Option<u64>,
    event: Option<String>,
    data: Option<String>,
    replaced: bool,
    known: bool,
}

/// The text of a comment line.
pub(super) fn comment(line: &[u8]) -> String {
    let text = line.strip_prefix(b":").unwrap_or(line);
    String::from_utf8_lossy(text.strip_prefix(b" ").unwrap_or(text)).into_owned()
}

/// Reads complete lines; `bytes` ends with a line end.
pub(super) fn read(bytes: &[u8]) -> Block<'_> {
    let mut block = Block { bytes, ..Block::default() };
    let mut rest = bytes;
    while let Some(at) = memchr2(b'\n', b'\r', rest) {
        let (line, after) = rest.split_at(at);
        let crlf = after.starts_with(b"\r\n");
        rest = after.get(if crlf { 2 } else { 1 }..).unwrap_or_default();
        block.field(line);
    }
    block
}

impl Block<'_> {
    fn field(&mut self, line: &[u8]) {
        let (name, value) = match memchr(b':', line) {
            Some(at) => {
                let (name, value) = line.split_at(at);
                let value = value.strip_prefix(b":").unwrap_or(value);
                (name, value.strip_prefix(b" ").unwrap_or(value))
            }
            None => (line, &b""[..]),
        };
        match name {
            b"data" => {
                let value = self.text(value);
                match &mut self.data {
                    None => self.data = Some(value.into_owned()),
                    Some(data) => {
                        data.push('\n');
                        data.push_str(&value);
                    }
                }
            }
            b"event" => {
                let value = self.text(value);
                self.event = (!value.is_empty()).then(|| value.into_owned());
            }
            // An id with NUL is ignored, says the standard.
            b"id" if !value.contains(&0) => self.id = Some(self.text(value).into_owned()),
            b"retry" if !value.is_empty() && value.iter().all(u8::is_ascii_digit) => {
                self.retry_ms = self.text(value).parse().ok().or(self.retry_ms);
            }
            b"id" | b"retry" => {}
            _ => return,
        }
        self.known = true;
    }

    fn text<'v>(&mut self, value: &'v [u8]) -> Cow<'v, str> {
        let text = String::from_utf8_lossy(value);
        self.replaced |= matches!(text, Cow::Owned(_));
        text
    }

    /// The event, if the block has data; the fault, if it has nothing of an event stream at all.
    pub(super) fn into_frame(self) -> Option<Result<SseFrame, FrameFault>> {
        if let Some(data) = self.data {
            let event = SseEvent { id: self.id, event: self.event, data, replaced: self.replaced };
            return Some(Ok(SseFrame::Event(event)));
        }
        (!self.known && !self.bytes.is_empty())
            .then(|| Err(FrameFault::of(FaultReason::NotAnEventStream, self.bytes)))
    }
}
