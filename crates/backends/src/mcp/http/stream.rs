//! An event stream of a server, through the wire's books, in the form that the SDK takes.

use std::{collections::VecDeque, time::Duration};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream, stream::BoxStream};
use jackfield_protocol::frame::{Limits, SseDecoder, SseFrame};
use serde_json::Value;
use sse_stream::{Error as SseError, Sse};

use super::HttpFault;
use crate::{
    mcp::wire::{self, Wire, too_large},
    transport::{ByteStream, StreamFault},
};

/// Events for the SDK.
pub(super) type Events = BoxStream<'static, Result<Sse, SseError>>;

/// Messages that came at once, as a stream that ends.
pub(super) fn of_messages(messages: Vec<Value>) -> Events {
    stream::iter(messages.into_iter().map(|message| Ok(event(&message)))).boxed()
}

/// The events of an answer. `of`: the request that it answers.
pub(super) fn of_answer(
    body: ByteStream,
    early: Option<Bytes>,
    wire: Wire,
    of: Option<i64>,
    limit: usize,
    silence: Duration,
) -> Events {
    let mut decoder = SseDecoder::new(Limits { line: limit, frame: limit });
    if let Some(early) = early {
        decoder.push(&early);
    }
    let state = State {
        body,
        decoder,
        wire,
        of,
        limit,
        silence,
        ready: VecDeque::new(),
        told: (String::new(), None),
        over: false,
    };
    stream::unfold(state, State::next).boxed()
}

struct State {
    body: ByteStream,
    decoder: SseDecoder,
    wire: Wire,
    of: Option<i64>,
    limit: usize,
    silence: Duration,
    ready: VecDeque<Sse>,
    /// The last id and retry that the SDK was told.
    told: (String, Option<u64>),
    over: bool,
}

impl State {
    async fn next(mut self) -> Option<(Result<Sse, SseError>, Self)> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some((Ok(event), self));
            }
            if self.over {
                return None;
            }
            if let Some(frame) = self.decoder.next() {
                self.frame(frame);
                continue;
            }
            match self.body.next(self.silence).await {
                Ok(Some(chunk)) => self.decoder.push(&chunk),
                Ok(None) => {
                    self.over = true;
                    // What was cut off is no event; whoever waits for it is told by the SDK.
                    drop(self.decoder.finish());
                    self.position();
                }
                Err(StreamFault::Silent(failure) | StreamFault::Broken(failure)) => {
                    self.over = true;
                    let error = SseError::Body(Box::new(HttpFault(failure)));
                    return Some((Err(error), self));
                }
            }
        }
    }

    fn frame(&mut self, frame: Result<SseFrame, jackfield_protocol::frame::FrameFault>) {
        let messages = match frame {
            Ok(SseFrame::Event(event)) if event.data.trim().is_empty() => Vec::new(),
            Ok(SseFrame::Event(event)) => match wire::parse(event.data.as_bytes()) {
                Ok(value) => self.wire.inbound(value, self.of),
                Err(_) => {
                    self.wire.odd("an event that holds no message", event.data, self.of);
                    Vec::new()
                }
            },
            Ok(SseFrame::Comment(_)) => Vec::new(),
            Err(fault) => {
                self.wire.unreadable(&fault.kept, self.of, &too_large(self.limit)).into_iter().collect()
            }
        };
        self.position();
        self.ready.extend(messages.iter().map(event));
    }

    /// Tells the SDK how far the stream got, so that it can be taken up there.
    fn position(&mut self) {
        let now = (self.decoder.last_event_id().to_owned(), self.decoder.retry_ms());
        if now == self.told {
            return;
        }
        let id = (!now.0.is_empty()).then(|| now.0.clone());
        self.ready.push_back(Sse { event: None, data: None, id, retry: now.1 });
        self.told = now;
    }
}

fn event(message: &Value) -> Sse {
    Sse { event: None, data: Some(message.to_string()), id: None, retry: None }
}
