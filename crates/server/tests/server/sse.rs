//! A reader of event streams over a plain socket, that sees every byte.

use std::{net::SocketAddr, time::Duration};

use jackfield_protocol::event::StreamEvent;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

const PATIENCE: Duration = Duration::from_secs(20);

/// One open answer.
pub(crate) struct Wire {
    socket: TcpStream,
    /// What came and is not yet read, raw.
    raw: Vec<u8>,
    /// The body so far, without the chunks' frames.
    body: String,
    /// The head of the answer.
    pub(crate) head: String,
    ended: bool,
}

impl Wire {
    /// Sends a GET with these headers and reads the head of the answer.
    pub(crate) async fn get(address: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Self {
        let mut socket = TcpStream::connect(address).await.unwrap();
        let mut request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n");
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut wire =
            Self { socket, raw: Vec::new(), body: String::new(), head: String::new(), ended: false };
        loop {
            if let Some(at) = find(&wire.raw, b"\r\n\r\n") {
                wire.head = String::from_utf8(wire.raw.drain(..at + 4).collect()).unwrap();
                wire.head.make_ascii_lowercase();
                if wire.head.contains("transfer-encoding: chunked") {
                    wire.chunks();
                }
                return wire;
            }
            assert!(wire.read().await, "the connection ended before the head");
        }
    }

    pub(crate) fn status(&self) -> u16 {
        self.head.split(' ').nth(1).unwrap().parse().unwrap()
    }

    /// The next block up to a blank line; none when the body has ended.
    pub(crate) async fn block(&mut self) -> Option<String> {
        loop {
            if let Some(at) = self.body.find("\n\n") {
                let block = self.body[..at].to_owned();
                self.body.drain(..at + 2);
                return Some(block);
            }
            if self.ended {
                assert!(self.body.is_empty(), "half a block at the end: {:?}", self.body);
                return None;
            }
            assert!(self.read().await, "the connection ended without the last chunk");
            self.chunks();
        }
    }

    /// The next event; comments are passed over.
    pub(crate) async fn event(&mut self) -> Option<Event> {
        loop {
            let block = self.block().await?;
            if let Some(event) = Event::parse(&block) {
                return Some(event);
            }
        }
    }

    /// All events up to the end.
    pub(crate) async fn events(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(event) = self.event().await {
            events.push(event);
        }
        events
    }

    async fn read(&mut self) -> bool {
        let mut buffer = [0; 4096];
        let read = tokio::time::timeout(PATIENCE, self.socket.read(&mut buffer)).await;
        let count = read.expect("nothing came").unwrap();
        self.raw.extend_from_slice(&buffer[..count]);
        count > 0
    }

    /// Takes whole chunks off the raw bytes.
    fn chunks(&mut self) {
        while let Some(at) = find(&self.raw, b"\r\n") {
            let size = usize::from_str_radix(std::str::from_utf8(&self.raw[..at]).unwrap(), 16).unwrap();
            if self.raw.len() < at + 2 + size + 2 {
                return;
            }
            self.body.push_str(std::str::from_utf8(&self.raw[at + 2..at + 2 + size]).unwrap());
            self.raw.drain(..at + 2 + size + 2);
            self.ended |= size == 0;
        }
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// One event as it was on the wire.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    pub(crate) id: Option<String>,
    pub(crate) name: String,
    pub(crate) data: String,
}

impl Event {
    fn parse(block: &str) -> Option<Self> {
        let field = |name: &str| {
            let mut lines = block.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            let first = lines.next().map(str::to_owned);
            assert!(lines.next().is_none(), "{name} twice: {block}");
            first
        };
        Some(Self { id: field("id"), name: field("event")?, data: field("data")? })
    }

    /// The envelope; checks that id and name agree with it.
    pub(crate) fn envelope(&self) -> StreamEvent {
        let event: StreamEvent = serde_json::from_str(&self.data).unwrap();
        assert_eq!(self.id.as_deref(), Some(event.seq.to_string().as_str()));
        assert_eq!(self.name, event.body.kind());
        event
    }
}
