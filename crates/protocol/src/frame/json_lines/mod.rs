//! JSON lines: one document a line, as n8n streams them and as `--json` prints them.

use std::borrow::Cow;

use bytes::Bytes;
use serde::Serialize;

use super::{Dropped, FaultReason, FrameFault, Limits, buffer::Buffer};

#[cfg(test)]
mod tests;

/// Splits bytes into lines at `\n` and `\r\n`; blank lines are skipped, a byte order mark is dropped.
///
/// The caller parses the JSON: a line that is none (a proxy's web page in the middle of a stream) is its to judge.
#[derive(Debug)]
pub struct JsonLinesDecoder {
    limit: usize,
    buffer: Buffer,
    /// Up to here there is no line end.
    scanned: usize,
    /// A line that is too long, while its end is not found.
    skipping: Option<Dropped>,
}

/// One line, without its line end; never blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonLine {
    /// The line. May share memory with the lines beside it: parse it, do not store it.
    pub bytes: Bytes,
    /// False for a last line without line end: whole or cut off, only parsing can tell.
    pub terminated: bool,
}

impl JsonLine {
    /// The line as text; what is not UTF-8 is replaced by U+FFFD, and the text is then owned.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }
}

impl JsonLinesDecoder {
    /// A decoder at the beginning of a stream. Of the limits, `line` counts.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limit: limits.line, buffer: Buffer::default(), scanned: 0, skipping: None }
    }

    /// Takes the next bytes. After [`finish`](Self::finish) they are ignored.
    pub fn push(&mut self, chunk: &[u8]) {
        self.buffer.push(chunk);
    }

    /// The beginning of the line that is coming, once it is known to be too long: its end may never come.
    #[must_use]
    pub fn too_long(&self) -> Option<&[u8]> {
        self.skipping.as_ref().map(|dropped| dropped.kept.as_slice())
    }

    /// Says that no more bytes come, and gives what is left: a last line without line end, marked as such.
    /// On a decoder that was not drained this is the next line; drain on with `next`.
    pub fn finish(&mut self) -> Option<Result<JsonLine, FrameFault>> {
        self.buffer.finish();
        self.next()
    }

    /// Consumes a line of `length` bytes and `end` bytes of line end; `None` when it is blank.
    fn line(&mut self, length: usize, end: usize) -> Option<Result<JsonLine, FrameFault>> {
        self.scanned = 0;
        let mut line = self.buffer.take_front(length);
        self.buffer.drop_front(end);
        let reason = FaultReason::LineTooLong { limit: self.limit };
        if let Some(mut dropped) = self.skipping.take() {
            dropped.add(&line);
            return Some(Err(dropped.into_fault()));
        }
        let content = line.strip_suffix(b"\r").map_or(line.len(), <[u8]>::len);
        if content > self.limit {
            return Some(Err(FrameFault::of(reason, &line)));
        }
        line.truncate(content);
        (!line.trim_ascii().is_empty()).then_some(Ok(JsonLine { bytes: line, terminated: end > 0 }))
    }
}

impl Default for JsonLinesDecoder {
    fn default() -> Self {
        Self::new(Limits::default())
    }
}

impl Iterator for JsonLinesDecoder {
    type Item = Result<JsonLine, FrameFault>;

    /// The next line that is complete; `None`: push more.
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let bytes = self.buffer.readable();
            let length = bytes.len();
            if let Some(at) = memchr::memchr(b'\n', bytes.get(self.scanned..).unwrap_or_default()) {
                match self.line(self.scanned + at, 1) {
                    None => continue,
                    line => return line,
                }
            }
            self.scanned = length;
            // One byte more than the limit may be the `\r` of the line end.
            if self.skipping.is_some() || length > self.limit.saturating_add(1) {
                let reason = FaultReason::LineTooLong { limit: self.limit };
                let dropped = self.skipping.get_or_insert_with(|| Dropped::new(reason));
                dropped.add(&self.buffer.take_front(length));
                self.scanned = 0;
            }
            let left_over = self.buffer.is_finished() && (self.scanned > 0 || self.skipping.is_some());
            return if left_over { self.line(self.scanned, 0) } else { None };
        }
    }
}

/// One line with its line end.
///
/// # Errors
/// When the value cannot be written as JSON (a map whose keys are no strings, or an error of its own).
pub fn encode(value: &impl Serialize) -> Result<Bytes, serde_json::Error> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    Ok(line.into())
}
