//! One scripted answer.

use std::{io, time::Duration};

use bytes::Bytes;
use serde_json::Value;
use tokio::time::Instant;

use super::Pacing;
use crate::{
    http::{Flow, Wire},
    recording::Exchange,
};

/// How an answer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// As HTTP wants it; the connection stays.
    Complete,
    /// FIN, without the last chunk or before the announced length.
    Close,
    /// RST.
    Reset,
    /// The socket stays open and nothing more comes.
    Silence,
}

/// One scripted answer: what is sent, how fast, in which pieces, and how it ends.
#[derive(Debug, Clone)]
pub struct Answer {
    status: u16,
    reason: String,
    headers: Vec<(String, String)>,
    chunked: bool,
    pieces: Vec<(Duration, Bytes)>,
    pacing: Pacing,
    delay: Duration,
    slow_head: Duration,
    ending: (Option<usize>, Ending),
}

impl Answer {
    /// A whole answer.
    #[must_use]
    pub fn new(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        let mut headers = Vec::new();
        if !content_type.is_empty() {
            headers.push(("Content-Type".to_owned(), content_type.to_owned()));
        }
        Self {
            status,
            reason: crate::http::reason(status).to_owned(),
            headers,
            chunked: false,
            pieces: vec![(Duration::ZERO, body.into())],
            pacing: Pacing::None,
            delay: Duration::ZERO,
            slow_head: Duration::ZERO,
            ending: (None, Ending::Complete),
        }
    }

    /// JSON.
    #[must_use]
    pub fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json; charset=utf-8", body.to_string())
    }

    /// The page of a proxy.
    #[must_use]
    pub fn html(status: u16, title: &str) -> Self {
        let page = format!(
            "<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
        );
        Self::new(status, "text/html", page)
    }

    /// What a real peer once answered, ending as it ended then. Nothing when the recording has no answer.
    #[must_use]
    pub fn recorded(exchange: &Exchange) -> Option<Self> {
        let head = exchange.response.as_ref()?;
        // The server writes these itself.
        let own = ["content-length", "transfer-encoding", "connection", "keep-alive"];
        let headers = head
            .headers
            .iter()
            .filter(|(name, _)| !own.contains(&name.to_lowercase().as_str()))
            .cloned()
            .collect();
        let ending = match exchange.end.as_str() {
            "idle_timeout" => Ending::Silence,
            "server_closed" | "server_closed_early" => Ending::Close,
            _ => Ending::Complete,
        };
        Some(Self {
            status: head.status,
            reason: head.reason.clone(),
            headers,
            chunked: exchange.is_chunked(),
            pieces: exchange.chunks.iter().map(|chunk| (chunk.at(), chunk.bytes())).collect(),
            pacing: Pacing::None,
            delay: Duration::ZERO,
            slow_head: Duration::ZERO,
            ending: (None, ending),
        })
    }

    /// Sets a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sends the body chunked.
    #[must_use]
    pub fn chunked(mut self) -> Self {
        self.chunked = true;
        self
    }

    /// Sets the pace.
    #[must_use]
    pub fn pace(mut self, pacing: Pacing) -> Self {
        self.pacing = pacing;
        self
    }

    /// Waits before the head.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Sends the head byte by byte, with this pause between two.
    #[must_use]
    pub fn slow_head(mut self, pause: Duration) -> Self {
        self.slow_head = pause;
        self
    }

    /// Cuts the body into pieces of `size` bytes, whatever the recorded boundaries were.
    #[must_use]
    pub fn split(mut self, size: usize) -> Self {
        let mut pieces: Vec<(Duration, Bytes)> = Vec::new();
        for (at, byte) in
            self.pieces.iter().flat_map(|(at, bytes)| bytes.iter().map(move |byte| (*at, *byte)))
        {
            match pieces.last_mut() {
                Some((last, piece)) if piece.len() < size.max(1) => {
                    *last = at;
                    *piece = [piece.as_ref(), &[byte]].concat().into();
                }
                _ => pieces.push((at, Bytes::copy_from_slice(&[byte]))),
            }
        }
        self.pieces = pieces;
        self
    }

    /// Puts bytes in after `at` bytes of the body, as a piece of their own.
    #[must_use]
    pub fn insert(mut self, at: usize, bytes: impl Into<Bytes>) -> Self {
        let (mut before, after) = split_pieces(&self.pieces, at);
        let time = before.last().map_or(Duration::ZERO, |(time, _)| *time);
        before.push((time, bytes.into()));
        before.extend(after);
        self.pieces = before;
        self
    }

    /// Ends after `bytes` bytes of the body; the piece that they lie in is cut.
    #[must_use]
    pub fn end_after(mut self, bytes: usize, ending: Ending) -> Self {
        self.ending = (Some(bytes), ending);
        self
    }

    /// Ends like this after the whole body.
    #[must_use]
    pub fn ending(mut self, ending: Ending) -> Self {
        self.ending = (None, ending);
        self
    }

    /// The body as it would be sent if nothing cut it.
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        self.pieces.iter().flat_map(|(_, bytes)| bytes.iter().copied()).collect()
    }

    pub(crate) async fn send(&self, wire: &mut Wire) -> io::Result<Flow> {
        wire.sleep(self.delay).await?;
        let begin = Instant::now();
        let length: usize = self.pieces.iter().map(|(_, bytes)| bytes.len()).sum();
        let mut headers = self.headers.clone();
        headers.push(if self.chunked {
            ("Transfer-Encoding".to_owned(), "chunked".to_owned())
        } else {
            ("Content-Length".to_owned(), length.to_string())
        });
        let head = wire.head_bytes(self.status, &self.reason, &headers);
        if self.slow_head.is_zero() {
            wire.raw(&head).await?;
        } else {
            for byte in head {
                wire.sleep(self.slow_head).await?;
                wire.raw(&[byte]).await?;
            }
        }
        let pieces = match self.ending.0 {
            Some(at) => split_pieces(&self.pieces, at).0,
            None => self.pieces.clone(),
        };
        for (at, bytes) in &pieces {
            wire.wait(self.pacing.due(begin, *at)).await?;
            if self.chunked {
                wire.chunk(bytes).await?;
            } else {
                wire.raw(bytes).await?;
            }
        }
        match self.ending.1 {
            Ending::Complete => {
                if self.chunked {
                    wire.last_chunk().await?;
                }
                Ok(Flow::KeepAlive)
            }
            Ending::Close => Ok(Flow::Close),
            Ending::Reset => {
                wire.reset();
                Err(io::ErrorKind::ConnectionReset.into())
            }
            Ending::Silence => wire.silence().await,
        }
    }
}

type Pieces = Vec<(Duration, Bytes)>;

/// The first `at` bytes, and the rest.
fn split_pieces(pieces: &[(Duration, Bytes)], at: usize) -> (Pieces, Pieces) {
    let (mut before, mut after, mut left) = (Vec::new(), Vec::new(), at);
    for (time, bytes) in pieces {
        let here = left.min(bytes.len());
        left -= here;
        if here > 0 {
            before.push((*time, bytes.slice(..here)));
        }
        if here < bytes.len() {
            after.push((*time, bytes.slice(here..)));
        }
    }
    (before, after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitting_and_inserting_keep_every_byte_in_order() {
        let exchange = crate::recording::exchange("wire/n8n/v2.41.1/b01-agent.json").unwrap();
        let answer = Answer::recorded(&exchange).unwrap();
        for size in [1, 2, 7, 64, 100_000] {
            let split = answer.clone().split(size);
            assert_eq!(split.body(), exchange.body());
            assert!(split.pieces.iter().all(|(_, bytes)| bytes.len() <= size));
        }
        let body = answer.clone().insert(10, "garbage").body();
        assert_eq!(&body[10..17], b"garbage");
        assert_eq!([&body[..10], &body[17..]].concat(), exchange.body());
    }
}
