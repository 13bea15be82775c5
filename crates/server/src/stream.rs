//! Event streams out: framing, heartbeat, and the ways they end.

use std::{fmt::Display, time::Duration};

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use bytes::{BufMut as _, Bytes, BytesMut};
use futures_util::{StreamExt as _, stream, stream::BoxStream};
use jackfield_protocol::{error::Failure, event::StreamEvent};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::{
    BasePath,
    problem::problem,
    state::{App, Reader},
};

/// The media type of event streams.
pub(crate) const MEDIA_TYPE: &str = "text/event-stream";

/// Most events that are written at once; more only wait for the reader.
pub(crate) const AT_ONCE: usize = 32;

/// First on every stream: how soon a browser reconnects, and a first byte for proxies that wait for one.
const PRELUDE: &[u8] = b": jackfield\nretry: 1000\n\n";

/// A comment: keeps proxies from cutting a silent connection, and makes a vanished reader noticed.
const HEARTBEAT: &[u8] = b": keep-alive\n\n";

/// Appends one frame. JSON has no line breaks, so `data` is one line.
pub(crate) fn frame(buffer: &mut BytesMut, id: Option<&dyn Display>, event: &str, data: &impl Serialize) {
    use std::fmt::Write as _;
    if let Some(id) = id {
        // Writing into memory does not fail.
        let _ = writeln!(buffer, "id: {id}");
    }
    buffer.put_slice(b"event: ");
    buffer.put_slice(event.as_bytes());
    buffer.put_slice(b"\ndata: ");
    let begin = buffer.len();
    if let Err(error) = serde_json::to_writer((&mut *buffer).writer(), data) {
        // Our own types always serialize; should one not, the frame stays well-formed and says so.
        tracing::error!(target: "jackfield::http", %error, event, "an event could not be encoded");
        buffer.truncate(begin);
        buffer.put_slice(b"null");
    }
    buffer.put_slice(b"\n\n");
}

/// Appends one event of a run's log.
pub(crate) fn run_event(buffer: &mut BytesMut, event: &StreamEvent) {
    frame(buffer, Some(&event.seq), event.body.kind(), event);
}

/// Appends what broke a stream; the reader comes back with its cursor.
pub(crate) fn broken(buffer: &mut BytesMut, base: &BasePath, failure: Failure) {
    frame(buffer, None, "problem", &problem(base, failure));
}

/// The answer: a stream that begins at once, has a heartbeat, and ends with its frames or with the server.
pub(crate) fn respond(app: &App, reader: Reader, frames: BoxStream<'static, Bytes>) -> Response {
    let live =
        Live { frames, heartbeat: app.config.heartbeat, shutdown: app.shutdown.clone(), _reader: reader };
    let prelude = stream::iter([Bytes::from_static(PRELUDE)]);
    let body = prelude.chain(stream::unfold(live, Live::next)).map(Ok::<_, std::convert::Infallible>);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache, no-transform")),
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    (headers, Body::from_stream(body)).into_response()
}

struct Live {
    frames: BoxStream<'static, Bytes>,
    heartbeat: Duration,
    shutdown: CancellationToken,
    _reader: Reader,
}

impl Live {
    async fn next(mut self) -> Option<(Bytes, Self)> {
        let next = tokio::select! {
            biased;
            () = self.shutdown.cancelled() => None,
            frame = self.frames.next() => frame,
            () = tokio::time::sleep(self.heartbeat) => Some(Bytes::from_static(HEARTBEAT)),
        };
        next.map(|bytes| (bytes, self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_one_line_of_data_whatever_it_holds() {
        let mut buffer = BytesMut::new();
        frame(&mut buffer, Some(&7), "delta", &serde_json::json!({"text": "a\r\nb\n\nid: 9\u{2028}"}));
        let text = std::str::from_utf8(&buffer).unwrap();
        assert_eq!(text, "id: 7\nevent: delta\ndata: {\"text\":\"a\\r\\nb\\n\\nid: 9\u{2028}\"}\n\n");
    }

    #[test]
    fn a_fault_in_mid_stream_is_a_problem_without_an_id() {
        let mut buffer = BytesMut::new();
        let base = "/hub".parse().unwrap();
        broken(
            &mut buffer,
            &base,
            Failure::new(jackfield_protocol::error::ErrorCode::Storage, "The disk is gone."),
        );
        let text = std::str::from_utf8(&buffer).unwrap();
        let data = text.strip_prefix("event: problem\ndata: ").unwrap().strip_suffix("\n\n").unwrap();
        let problem: serde_json::Value = serde_json::from_str(data).unwrap();
        assert_eq!(problem["type"], "/hub/api/v1/errors/storage");
        assert_eq!(problem["detail"], "The disk is gone.");
    }
}
