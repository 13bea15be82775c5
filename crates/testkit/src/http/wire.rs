//! The answering end of one connection.

use std::{future::Future, io, time::Duration};

use serde_json::Value;
use tokio::{io::AsyncWriteExt as _, net::TcpStream, sync::watch};

/// What becomes of the connection after an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    /// The next request may come.
    KeepAlive,
    /// It ends in order.
    Close,
}

/// Writes one answer after the other; nothing while the server is frozen.
pub(crate) struct Wire {
    stream: TcpStream,
    frozen: watch::Receiver<bool>,
    closes: bool,
}

impl Wire {
    pub(super) fn new(stream: TcpStream, frozen: watch::Receiver<bool>) -> Self {
        Self { stream, frozen, closes: false }
    }

    pub(super) fn begin(&mut self, closes: bool) {
        self.closes = closes;
    }

    pub(crate) fn stream(&mut self) -> &mut TcpStream {
        &mut self.stream
    }

    /// Writes bytes as they are.
    pub(crate) async fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut frozen = self.frozen.clone();
        // Fails only when the server is gone, and then the connection is too.
        let thawed = frozen.wait_for(|frozen| !frozen).await.is_ok();
        if !thawed {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        self.stream.write_all(bytes).await
    }

    /// Status line and headers; `Connection: close` is added when the caller asked for it.
    pub(crate) fn head_bytes(&self, status: u16, reason: &str, headers: &[(String, String)]) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {status} {reason}\r\n");
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(if self.closes {
            "Connection: close\r\n\r\n"
        } else {
            "Connection: keep-alive\r\n\r\n"
        });
        head.into_bytes()
    }

    /// Writes one HTTP chunk; an empty one is not written, because it would end the body.
    pub(crate) async fn chunk(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        let mut framed = format!("{:x}\r\n", bytes.len()).into_bytes();
        framed.extend_from_slice(bytes);
        framed.extend_from_slice(b"\r\n");
        self.raw(&framed).await
    }

    /// Writes the chunk that ends a body.
    pub(crate) async fn last_chunk(&mut self) -> io::Result<()> {
        self.raw(b"0\r\n\r\n").await
    }

    /// A whole answer at once.
    pub(crate) async fn answer(
        &mut self,
        status: u16,
        headers: &[(String, String)],
        body: &[u8],
    ) -> io::Result<Flow> {
        let mut headers = headers.to_vec();
        headers.push(("Content-Length".to_owned(), body.len().to_string()));
        let mut bytes = self.head_bytes(status, reason(status), &headers);
        bytes.extend_from_slice(body);
        self.raw(&bytes).await?;
        Ok(Flow::KeepAlive)
    }

    /// A whole JSON answer at once.
    pub(crate) async fn json(
        &mut self,
        status: u16,
        headers: &[(String, String)],
        body: &Value,
    ) -> io::Result<Flow> {
        let mut headers = headers.to_vec();
        headers.push(("Content-Type".to_owned(), "application/json; charset=utf-8".to_owned()));
        self.answer(status, &headers, body.to_string().as_bytes()).await
    }

    /// Waits for something, but not longer than the caller.
    pub(crate) async fn wait<T>(&mut self, what: impl Future<Output = T>) -> io::Result<T> {
        tokio::select! {
            biased;
            value = what => Ok(value),
            () = gone(&self.stream) => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    /// Silence on an open socket until the caller leaves.
    pub(crate) async fn silence(&mut self) -> io::Result<Flow> {
        gone(&self.stream).await;
        Ok(Flow::Close)
    }

    /// Waits, but not longer than the caller.
    pub(crate) async fn sleep(&mut self, time: Duration) -> io::Result<()> {
        if time.is_zero() { Ok(()) } else { self.wait(tokio::time::sleep(time)).await }
    }

    /// The connection will end with RST instead of FIN.
    pub(crate) fn reset(&mut self) {
        let _ = self.stream.set_zero_linger();
    }

    pub(super) async fn close(&mut self) -> io::Result<()> {
        self.stream.shutdown().await
    }
}

/// Resolves when the other side has closed. Bytes that it sends meanwhile are left for the next request.
async fn gone(stream: &TcpStream) {
    match stream.peek(&mut [0]).await {
        Ok(0) | Err(_) => {}
        Ok(_) => std::future::pending().await,
    }
}

/// The usual words.
pub(crate) fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        302 => "Found",
        307 => "Temporary Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        409 => "Conflict",
        410 => "Gone",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Entity",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        524 => "A Timeout Occurred",
        _ => "Answer",
    }
}
