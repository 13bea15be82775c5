//! One HTTP exchange on a raw socket, so that chunk boundaries and arrival times are exact.

use std::{
    fmt::Write as _,
    io::{ErrorKind, Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant, SystemTime},
};

use serde_json::{Value, json};

/// What to ask.
#[derive(Debug, Clone, Default)]
pub(super) struct Ask {
    pub(super) method: String,
    /// Full `http://host:port/path?query`.
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Option<String>,
    /// How long the socket may be silent before the recorder gives up.
    pub(super) idle: Duration,
}

/// What came, in the format of the recordings.
#[derive(Debug, Clone, Default)]
pub(super) struct Exchange {
    pub(super) request: Value,
    pub(super) response: Value,
    pub(super) chunks: Vec<(u64, Vec<u8>)>,
    pub(super) end: String,
    pub(super) end_ms: u64,
}

impl Exchange {
    pub(super) fn status(&self) -> u64 {
        self.response["status"].as_u64().unwrap_or_default()
    }

    pub(super) fn body(&self) -> Vec<u8> {
        self.chunks.iter().flat_map(|(_, bytes)| bytes.iter().copied()).collect()
    }

    pub(super) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body()).ok()
    }

    pub(super) fn to_value(&self) -> Value {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        let chunks: Vec<Value> = self
            .chunks
            .iter()
            .map(|(t_ms, bytes)| match std::str::from_utf8(bytes) {
                Ok(text) => json!({ "t_ms": t_ms, "chunk": text }),
                Err(_) => json!({ "t_ms": t_ms, "chunk_base64": STANDARD.encode(bytes) }),
            })
            .collect();
        json!({ "request": self.request, "response": self.response, "chunks": chunks, "end": self.end, "end_ms": self.end_ms })
    }
}

/// Now, as the recordings write it.
pub(super) fn now() -> String {
    jiff::Timestamp::try_from(SystemTime::now()).map(|now| format!("{now:.3}")).unwrap_or_default()
}

/// Sends one request with `Connection: close` and reads to the end of the answer, or until it falls silent.
pub(super) fn exchange(ask: &Ask) -> Result<Exchange, String> {
    let rest = ask.url.strip_prefix("http://").ok_or_else(|| format!("not http: {}", ask.url))?;
    let (host, path) =
        rest.split_once('/').map_or((rest, String::from("/")), |(host, path)| (host, format!("/{path}")));
    let mut headers = vec![("Host".to_owned(), host.to_owned()), ("Accept".to_owned(), "*/*".to_owned())];
    if !ask.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("user-agent")) {
        headers.push(("User-Agent".to_owned(), "jackfield-recorder".to_owned()));
    }
    headers.extend(ask.headers.iter().cloned());
    if let Some(body) = &ask.body {
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
        }
        headers.push(("Content-Length".to_owned(), body.len().to_string()));
    }
    headers.push(("Connection".to_owned(), "close".to_owned()));
    let mut head = format!("{} {path} HTTP/1.1\r\n", ask.method);
    for (name, value) in &headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    head.push_str("\r\n");
    head.push_str(ask.body.as_deref().unwrap_or_default());

    let begin = Instant::now();
    let mut socket = TcpStream::connect(host).map_err(|error| format!("{host}: {error}"))?;
    socket.set_nodelay(true).map_err(|error| error.to_string())?;
    socket.set_read_timeout(Some(ask.idle)).map_err(|error| error.to_string())?;
    socket.write_all(head.as_bytes()).map_err(|error| format!("{host}: {error}"))?;
    let mut reader =
        Reader { begin, exchange: Exchange::default(), buffer: Vec::new(), framing: Framing::Head };
    reader.exchange.request = json!({
        "method": ask.method, "path": path, "body": ask.body,
        "headers": headers.into_iter().map(|(name, value)| (name, Value::from(value))).collect::<serde_json::Map<_, _>>(),
    });
    let end = reader.read(&mut socket);
    reader.exchange.end = end;
    reader.exchange.end_ms = reader.elapsed();
    Ok(reader.exchange)
}

enum Framing {
    Head,
    Chunked,
    Length(u64),
    UntilClose,
}

struct Reader {
    begin: Instant,
    exchange: Exchange,
    buffer: Vec<u8>,
    framing: Framing,
}

impl Reader {
    fn elapsed(&self) -> u64 {
        u64::try_from(self.begin.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn read(&mut self, socket: &mut TcpStream) -> String {
        let mut piece = vec![0; 65536];
        loop {
            match socket.read(&mut piece) {
                Ok(0) => {
                    let early = !matches!(self.framing, Framing::UntilClose);
                    return if early { "server_closed_early" } else { "server_closed" }.to_owned();
                }
                Ok(count) => {
                    self.buffer.extend_from_slice(&piece[..count]);
                    if self.advance() {
                        return "complete".to_owned();
                    }
                }
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    return "idle_timeout".to_owned();
                }
                Err(error) => return format!("error: {}", error.kind()),
            }
        }
    }

    /// Takes what is whole out of the buffer; true at the end of the answer.
    fn advance(&mut self) -> bool {
        if matches!(self.framing, Framing::Head) {
            let Some(end) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") else {
                return false;
            };
            let head = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
            self.buffer.drain(..end + 4);
            self.head(&head);
            if matches!(self.framing, Framing::Length(0)) {
                return true;
            }
        }
        let t_ms = self.elapsed();
        match &mut self.framing {
            Framing::Head => false,
            Framing::Chunked => loop {
                let Some(line) = self.buffer.windows(2).position(|window| window == b"\r\n") else {
                    return false;
                };
                let size = String::from_utf8_lossy(&self.buffer[..line]).into_owned();
                let Ok(size) = usize::from_str_radix(size.trim(), 16) else { return false };
                if size == 0 {
                    return true;
                }
                if self.buffer.len() < line + 2 + size + 2 {
                    return false;
                }
                self.exchange.chunks.push((t_ms, self.buffer[line + 2..line + 2 + size].to_vec()));
                self.buffer.drain(..line + 2 + size + 2);
            },
            Framing::Length(left) => {
                *left = left.saturating_sub(self.buffer.len() as u64);
                let done = *left == 0;
                if !self.buffer.is_empty() {
                    self.exchange.chunks.push((t_ms, std::mem::take(&mut self.buffer)));
                }
                done
            }
            Framing::UntilClose => {
                if !self.buffer.is_empty() {
                    self.exchange.chunks.push((t_ms, std::mem::take(&mut self.buffer)));
                }
                false
            }
        }
    }

    fn head(&mut self, head: &str) {
        let mut lines = head.split("\r\n");
        let mut status = lines.next().unwrap_or_default().splitn(3, ' ').skip(1);
        let code: u64 = status.next().and_then(|code| code.parse().ok()).unwrap_or_default();
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
            .collect();
        let value = |wanted: &str| {
            headers
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
                .map(|(_, value)| value.as_str())
        };
        self.framing = if value("transfer-encoding").is_some_and(|value| value.contains("chunked")) {
            Framing::Chunked
        } else if let Some(length) = value("content-length").and_then(|length| length.parse().ok()) {
            Framing::Length(length)
        } else if code == 204 || code == 304 {
            Framing::Length(0)
        } else {
            Framing::UntilClose
        };
        self.exchange.response = json!({
            "t_ms": self.elapsed(), "status": code, "reason": status.next().unwrap_or_default(), "headers": headers,
        });
    }
}
