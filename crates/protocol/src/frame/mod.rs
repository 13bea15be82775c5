//! Framing without IO: bytes in, frames out, whatever the chunks.
//!
//! A decoder is fed with [`push`](SseDecoder::push) and drained as an iterator; `None` means "push more".
//! A frame that breaks a bound, or that nobody can read, comes out as a [`FrameFault`] in its place, and
//! decoding goes on with the next frame. After the last byte `finish()` gives what was left over.
//!
//! ```
//! use jackfield_protocol::frame::{JsonLinesDecoder, Limits};
//!
//! let mut decoder = JsonLinesDecoder::new(Limits::default());
//! let mut lines = Vec::new();
//! for chunk in [&b"{\"a\":1}\r"[..], b"\n\n{\"a\"", b":2}"] {
//!     decoder.push(chunk);
//!     while let Some(line) = decoder.next() {
//!         lines.push(line?);
//!     }
//! }
//! assert_eq!(lines.len(), 1);
//! let last = decoder.finish().transpose()?.expect("a line without its end");
//! assert!(!last.terminated);
//! # Ok::<(), jackfield_protocol::frame::FrameFault>(())
//! ```
//!
//! Memory: a decoder holds what was pushed and not yet drained, and at most one unfinished frame (the bounds
//! of [`Limits`]). Drain it after every push.

mod buffer;
pub mod json_lines;
#[cfg(test)]
mod split_tests;
pub mod sse;

use bytes::Bytes;

pub use json_lines::{JsonLine, JsonLinesDecoder};
pub use sse::{SseDecoder, SseEvent, SseFrame};

use crate::event::Raw;

/// Bounds of a decoder, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest line, without its line end.
    pub line: usize,
    /// Largest frame: for SSE all lines of one event with their line ends; JSON lines have only `line`.
    pub frame: usize,
}

impl Default for Limits {
    /// Lines of 1 MiB, frames of 4 MiB.
    fn default() -> Self {
        Self { line: 1024 * 1024, frame: 4 * 1024 * 1024 }
    }
}

/// Why a frame cannot be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum FaultReason {
    /// A line is longer than [`Limits::line`].
    #[error("a line is longer than {limit} bytes")]
    LineTooLong {
        /// The bound.
        limit: usize,
    },
    /// An event is larger than [`Limits::frame`].
    #[error("a frame is larger than {limit} bytes")]
    FrameTooLarge {
        /// The bound.
        limit: usize,
    },
    /// The stream ended inside a frame. The event stream standard drops such a frame.
    #[error("the stream ended inside a frame")]
    CutOff,
    /// Lines that have none of the fields of an event stream: most likely a web page or plain text.
    #[error("the lines are not those of an event stream")]
    NotAnEventStream,
}

/// A frame that could not be given, with as much of it as is worth keeping.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct FrameFault {
    /// Why.
    pub reason: FaultReason,
    /// Its first bytes, at most [`Raw::KEEP`].
    pub kept: Bytes,
    /// How many bytes it had.
    pub size: u64,
}

impl FrameFault {
    fn of(reason: FaultReason, frame: &[u8]) -> Self {
        let mut dropped = Dropped::new(reason);
        dropped.add(frame);
        dropped.into_fault()
    }

    /// As data of a `raw` event.
    #[must_use]
    pub fn into_raw(self) -> Raw {
        Raw { size: self.size, ..Raw::of(self.reason.to_string(), &self.kept) }
    }
}

/// A frame that is being dropped while its end is not found.
#[derive(Debug)]
struct Dropped {
    reason: FaultReason,
    /// A copy of the first bytes, so that a fault never holds on to a large buffer.
    kept: Vec<u8>,
    size: u64,
}

impl Dropped {
    fn new(reason: FaultReason) -> Self {
        Self { reason, kept: Vec::new(), size: 0 }
    }

    fn add(&mut self, bytes: &[u8]) {
        let room = Raw::KEEP.saturating_sub(self.kept.len());
        self.kept.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        self.size += bytes.len() as u64;
    }

    fn into_fault(self) -> FrameFault {
        FrameFault { reason: self.reason, kept: self.kept.into(), size: self.size }
    }
}
