//! A peer that streams as n8n does (newline JSON, chunked) or as Flowise and Sim do (each its own SSE), with the time of sending in every frame.

use std::{
    net::SocketAddr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// Microseconds since 1970, by the clock that sender and reader share.
pub(super) fn now_us() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| u64::try_from(since.as_micros()).unwrap_or(u64::MAX))
}

/// How the peer speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Dialect {
    /// A webhook that streams.
    N8n,
    /// A chatflow that streams.
    Flowise,
    /// A public workflow that streams.
    Sim,
}

impl Dialect {
    /// The flow that the Flowise of the bench has.
    pub(super) const FLOW: &str = "11111111-1111-4111-8111-111111111111";

    /// Path of a request for a stream.
    pub(super) fn path(self, n: usize) -> String {
        match self {
            Self::N8n => format!("/webhook/bench{n}"),
            Self::Flowise => format!("/api/v1/prediction/{}", Self::FLOW),
            Self::Sim => format!("/api/workflows/{}/execute", Self::FLOW),
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::N8n => "application/json; charset=utf-8",
            Self::Flowise | Self::Sim => "text/event-stream",
        }
    }

    fn frame(self, kind: &str, text: &str) -> String {
        let metadata =
            r#""metadata":{"nodeId":"bench","nodeName":"AI Agent","itemIndex":0,"runIndex":0,"timestamp":0}"#;
        match (self, kind) {
            (Self::N8n, "item") => format!("{{\"type\":\"item\",\"content\":\"{text}\",{metadata}}}\n"),
            (Self::N8n, _) => format!("{{\"type\":\"{kind}\",{metadata}}}\n"),
            (Self::Flowise, "begin") => flowise("start", ""),
            (Self::Flowise, "item") => flowise("token", text),
            (Self::Flowise, _) => flowise("end", "[DONE]"),
            (Self::Sim, "begin") => String::new(),
            (Self::Sim, "item") => format!("data: {{\"blockId\":\"bench\",\"chunk\":\"{text}\"}}\n\n"),
            (Self::Sim, _) => {
                "data: {\"event\":\"final\",\"data\":{\"success\":true,\"output\":{}}}\n\ndata: \"[DONE]\"\n\n".to_owned()
            }
        }
    }

    /// What it answers to anything but a run.
    fn other(self, request: &[u8]) -> (&'static str, &'static str) {
        let request = String::from_utf8_lossy(request);
        let path = request.split_whitespace().nth(1).unwrap_or_default();
        match self {
            Self::N8n => ("application/json", r#"{"status":"ok"}"#),
            Self::Flowise if path.ends_with("/ping") => ("text/plain", "pong"),
            Self::Flowise if path.ends_with("/version") => ("application/json", r#"{"version":"3.1.4"}"#),
            Self::Flowise if path.contains("-streaming/") => ("application/json", r#"{"isStreaming":true}"#),
            Self::Flowise => ("application/json", "{}"),
            Self::Sim => ("application/json", r#"{"status":"ok"}"#),
        }
    }
}

fn flowise(event: &str, data: &str) -> String {
    format!("message:\ndata:{{\"event\":\"{event}\",\"data\":\"{data}\"}}\n\n")
}

/// Starts the peer; each request to a path of its own gets `frames` frames, `pause` apart.
pub(super) async fn start(
    dialect: Dialect,
    frames: u32,
    pause: Duration,
) -> std::io::Result<(SocketAddr, JoinHandle<()>)> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let task = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                // A reader that leaves ends its stream; that is no error of the measurement.
                let _ = serve(stream, dialect, frames, pause).await;
            });
        }
    });
    Ok((address, task))
}

async fn serve(mut stream: TcpStream, dialect: Dialect, frames: u32, pause: Duration) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut request = Vec::new();
    let mut buffer = [0_u8; 4096];
    while !request.windows(4).any(|window| window == b"\r\n\r\n") {
        match stream.read(&mut buffer).await? {
            0 => return Ok(()),
            n => request.extend_from_slice(&buffer[..n]),
        }
    }
    if !request.starts_with(b"POST") {
        let (media_type, body) = dialect.other(&request);
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        return stream.write_all(answer.as_bytes()).await;
    }
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
        dialect.media_type()
    );
    stream.write_all(head.as_bytes()).await?;
    chunk(&mut stream, &dialect.frame("begin", "")).await?;
    for _ in 0..frames {
        tokio::time::sleep(pause).await;
        chunk(&mut stream, &dialect.frame("item", &format!("@{}@ ", now_us()))).await?;
    }
    chunk(&mut stream, &dialect.frame("end", "")).await?;
    stream.write_all(b"0\r\n\r\n").await
}

async fn chunk(stream: &mut TcpStream, text: &str) -> std::io::Result<()> {
    // An empty chunk would end the body.
    if text.is_empty() {
        return Ok(());
    }
    stream.write_all(format!("{:x}\r\n{text}\r\n", text.len()).as_bytes()).await
}
