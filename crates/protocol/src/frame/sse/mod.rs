//! Event streams as the WHATWG HTML standard has them (section 9.2, "Server-sent events").

use memchr::memchr2;

use super::{Dropped, FaultReason, FrameFault, Limits, buffer::Buffer};

mod block;
mod encode;
#[cfg(test)]
mod tests;

pub use encode::{comment, encode, retry};

/// One thing that an event stream says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SseFrame {
    /// An event.
    Event(SseEvent),
    /// A comment, without its colon and one leading space: most often a heartbeat.
    Comment(String),
}

/// One event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SseEvent {
    /// The `id` that this event itself sets; the standard's "last event ID" is [`SseDecoder::last_event_id`].
    pub id: Option<String>,
    /// The `event` field; see [`SseEvent::name`].
    pub event: Option<String>,
    /// The `data` lines, joined by `\n`.
    pub data: String,
    /// Invalid UTF-8 was replaced by U+FFFD somewhere in it.
    pub replaced: bool,
}

impl SseEvent {
    /// The event's name; `message` when it gives none.
    #[must_use]
    pub fn name(&self) -> &str {
        self.event.as_deref().unwrap_or("message")
    }
}

/// Reads an event stream: lines end with `\n`, `\r\n` or `\r`, a blank line ends an event. Blank lines and comments
/// between events are keep-alives. As the standard says, a block without `data` is no event (its `id` and
/// `retry` count), unknown fields are ignored, and what is not UTF-8 is replaced.
///
/// Beyond the standard: a block in which no line has a known field is a [`FaultReason::NotAnEventStream`], and
/// an event without its blank line at the end of the stream is a [`FaultReason::CutOff`].
#[derive(Debug)]
pub struct SseDecoder {
    limits: Limits,
    /// Begins with the first line of the current block.
    buffer: Buffer,
    /// Where the current line begins.
    line: usize,
    /// Up to here the current line has no line end.
    scanned: usize,
    /// The last line ended with `\r`: a `\n` that follows belongs to it.
    after_cr: bool,
    /// A block that breaks a bound, while its end is not found.
    skipping: Option<Skipped>,
    last_event_id: String,
    retry_ms: Option<u64>,
}

#[derive(Debug)]
struct Skipped {
    dropped: Dropped,
    /// The current line has bytes that were dropped already.
    inside_line: bool,
}

impl Skipped {
    fn into_step(self) -> Step {
        Step::Frame(Err(self.dropped.into_fault()))
    }
}

/// What one line brought.
enum Step {
    /// A frame.
    Frame(Result<SseFrame, FrameFault>),
    /// Nothing yet.
    Quiet,
    /// There is no complete line.
    Starved,
}

impl SseDecoder {
    /// A decoder at the beginning of a stream.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            buffer: Buffer::default(),
            line: 0,
            scanned: 0,
            after_cr: false,
            skipping: None,
            last_event_id: String::new(),
            retry_ms: None,
        }
    }

    /// Takes the next bytes. After [`finish`](Self::finish) they are ignored.
    pub fn push(&mut self, chunk: &[u8]) {
        self.buffer.push(chunk);
    }

    /// Says that no more bytes come, and gives what is left: the fault of an event that was cut off.
    /// On a decoder that was not drained this is the next frame; drain on with `next`.
    pub fn finish(&mut self) -> Option<Result<SseFrame, FrameFault>> {
        self.buffer.finish();
        self.next()
    }

    /// The id to resume after: that of the last complete block which set one; empty before.
    #[must_use]
    pub fn last_event_id(&self) -> &str {
        &self.last_event_id
    }

    /// Milliseconds that the peer asks to wait before a reconnect, once it has said so.
    #[must_use]
    pub fn retry_ms(&self) -> Option<u64> {
        self.retry_ms
    }

    /// How many bytes of unfinished frames are held.
    #[cfg(test)]
    pub(super) fn pending(&mut self) -> usize {
        self.buffer.readable().len()
    }

    /// Takes the next complete line into account.
    fn step(&mut self) -> Step {
        if !self.skip_rest_of_crlf() {
            return Step::Starved;
        }
        let bytes = self.buffer.readable();
        let Some(at) = memchr2(b'\n', b'\r', bytes.get(self.scanned..).unwrap_or_default()) else {
            self.scanned = bytes.len();
            let length = self.scanned - self.line;
            if length > 0 {
                self.check_bounds(length);
            }
            return Step::Starved;
        };
        let end = self.scanned + at;
        let length = end - self.line;
        let is_comment = bytes.get(self.line) == Some(&b':');
        self.after_cr = bytes.get(end) == Some(&b'\r');
        self.check_bounds(length);

        if let Some(skipped) = &mut self.skipping {
            if length > 0 || skipped.inside_line {
                skipped.inside_line = false;
                self.skip(1);
                return Step::Quiet;
            }
            self.consume(1);
            return self.skipping.take().map_or(Step::Quiet, |skipped| skipped.into_step());
        }
        if is_comment {
            let text = block::comment(self.buffer.readable().get(self.line..end).unwrap_or_default());
            // Before the first field of a block it takes no room, so that heartbeats never fill a frame.
            if self.line == 0 {
                self.consume(end + 1)
            } else {
                self.next_line(end + 1)
            }
            return Step::Frame(Ok(SseFrame::Comment(text)));
        }
        if length > 0 {
            self.next_line(end + 1);
            return Step::Quiet;
        }
        let block = block::read(self.buffer.readable().get(..self.line).unwrap_or_default());
        if let Some(id) = &block.id {
            self.last_event_id.clone_from(id);
        }
        self.retry_ms = block.retry_ms.or(self.retry_ms);
        let frame = block.into_frame();
        self.consume(end + 1);
        frame.map_or(Step::Quiet, Step::Frame)
    }

    /// Skips the `\n` of a `\r\n` whose `\r` has ended the line already; false when that is not yet certain.
    fn skip_rest_of_crlf(&mut self) -> bool {
        if self.after_cr {
            let Some(next) = self.buffer.readable().get(self.line).copied() else { return false };
            self.after_cr = false;
            if next == b'\n' {
                if self.skipping.is_some() {
                    self.skip(1);
                } else if self.line == 0 {
                    self.consume(1);
                } else {
                    self.next_line(self.line + 1);
                }
            }
        }
        true
    }

    /// Begins to skip when the current line, of which `length` bytes are known, breaks a bound; drops what is
    /// skipped of it.
    fn check_bounds(&mut self, length: usize) {
        if self.skipping.is_none() {
            let room = self.limits.frame.saturating_sub(self.line);
            // Of two bounds the one that is reached first, so that chunks make no difference.
            let reason = if length > self.limits.line && self.limits.line <= room {
                FaultReason::LineTooLong { limit: self.limits.line }
            } else if length > room || self.line > self.limits.frame {
                FaultReason::FrameTooLarge { limit: self.limits.frame }
            } else {
                return;
            };
            self.skipping = Some(Skipped { dropped: Dropped::new(reason), inside_line: false });
            self.skip(self.line);
        }
        if length > 0 {
            self.skip(length);
            if let Some(skipped) = &mut self.skipping {
                skipped.inside_line = true;
            }
        }
    }

    /// Drops bytes of a block that is skipped.
    fn skip(&mut self, count: usize) {
        let bytes = self.buffer.readable();
        if let Some(skipped) = &mut self.skipping {
            skipped.dropped.add(bytes.get(..count).unwrap_or(bytes));
        }
        self.consume(count);
    }

    /// Everything before `at` is done with; a new block begins there.
    fn consume(&mut self, at: usize) {
        self.buffer.drop_front(at);
        self.line = 0;
        self.scanned = 0;
    }

    /// The next line of the same block begins at `at`.
    fn next_line(&mut self, at: usize) {
        self.line = at;
        self.scanned = at;
    }

    /// What is left when the stream has ended.
    fn left_over(&mut self) -> Option<Result<SseFrame, FrameFault>> {
        if let Some(skipped) = self.skipping.take() {
            return Some(Err(skipped.dropped.into_fault()));
        }
        let bytes = self.buffer.readable();
        let length = bytes.len();
        // A comment that was cut off is no loss.
        let is_frame = self.line > 0 || bytes.first().is_some_and(|first| *first != b':');
        let fault = is_frame.then(|| Err(FrameFault::of(FaultReason::CutOff, bytes)));
        self.consume(length);
        fault
    }
}

impl Default for SseDecoder {
    fn default() -> Self {
        Self::new(Limits::default())
    }
}

impl Iterator for SseDecoder {
    type Item = Result<SseFrame, FrameFault>;

    /// The next frame that is complete; `None`: push more.
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.step() {
                Step::Frame(frame) => return Some(frame),
                Step::Quiet => {}
                Step::Starved if self.buffer.is_finished() => return self.left_over(),
                Step::Starved => return None,
            }
        }
    }
}
