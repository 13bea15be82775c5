//! What was pushed and not yet consumed, without the byte order mark.

use bytes::{Buf as _, Bytes, BytesMut};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Above this capacity an empty buffer is given back, so that one large frame does not cost memory for ever.
const RETAIN: usize = 64 * 1024;

/// The bytes at hand; position 0 is the first one that was not consumed.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    bytes: BytesMut,
    /// The byte order mark can no longer come.
    begun: bool,
    /// Nothing more will be pushed.
    finished: bool,
}

impl Buffer {
    pub(super) fn push(&mut self, chunk: &[u8]) {
        if self.finished {
            return;
        }
        if self.bytes.is_empty() && self.bytes.capacity() > RETAIN {
            self.bytes = BytesMut::new();
        }
        self.bytes.extend_from_slice(chunk);
    }

    pub(super) fn finish(&mut self) {
        self.finished = true;
    }

    pub(super) fn is_finished(&self) -> bool {
        self.finished
    }

    /// The bytes, as soon as it is certain that they do not begin with half a byte order mark.
    pub(super) fn readable(&mut self) -> &[u8] {
        if !self.begun {
            if self.bytes.starts_with(BYTE_ORDER_MARK) {
                self.bytes.advance(BYTE_ORDER_MARK.len());
            } else if !self.finished && BYTE_ORDER_MARK.starts_with(&self.bytes) {
                return &[];
            }
            self.begun = true;
        }
        &self.bytes
    }

    /// Drops bytes from the front; at most all of them.
    pub(super) fn drop_front(&mut self, count: usize) {
        self.bytes.advance(count.min(self.bytes.len()));
    }

    /// Takes bytes from the front without copying; at most all of them.
    pub(super) fn take_front(&mut self, count: usize) -> Bytes {
        self.bytes.split_to(count.min(self.bytes.len())).freeze()
    }
}
