//! A peer for tests: answers each connection as told, on a port of its own.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpListener,
    task::JoinSet,
};

/// Most bytes of a request's head.
const HEAD: usize = 64 * 1024;

/// A listening peer; ends when dropped.
pub(crate) struct Peer {
    /// `127.0.0.1:port`.
    pub(crate) address: String,
    heads: Arc<Mutex<Vec<String>>>,
    _task: JoinSet<()>,
}

impl Peer {
    /// Answers every request with what `answer` makes of its head, then closes.
    pub(crate) async fn http(answer: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        Self::start(None, answer).await
    }

    /// The same behind TLS.
    pub(crate) async fn https(
        tls: tokio_rustls::TlsAcceptor,
        answer: impl Fn(&str) -> String + Send + Sync + 'static,
    ) -> Self {
        Self::start(Some(tls), answer).await
    }

    async fn start(
        tls: Option<tokio_rustls::TlsAcceptor>,
        answer: impl Fn(&str) -> String + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let (seen, answer) = (heads.clone(), Arc::new(answer));
        let mut task = JoinSet::new();
        task.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((tcp, _)) = listener.accept().await {
                let (tls, seen, answer) = (tls.clone(), seen.clone(), answer.clone());
                connections.spawn(async move {
                    match tls {
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(tcp).await {
                                talk(stream, &seen, &*answer).await;
                            }
                        }
                        None => talk(tcp, &seen, &*answer).await,
                    }
                });
            }
        });
        Self { address, heads, _task: task }
    }

    /// The heads of all requests so far.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

async fn talk(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    seen: &Mutex<Vec<String>>,
    answer: &(dyn Fn(&str) -> String + Send + Sync),
) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < HEAD {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
        // The begin of a TLS handshake: a plain HTTP server answers it at once, as to any other bad request.
        if head == [0x16] {
            break;
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    seen.lock().unwrap().push(head.clone());
    let answer = answer(&head);
    let hold = answer.strip_suffix("HOLD");
    let _ = stream.write_all(hold.unwrap_or(&answer).as_bytes()).await;
    let _ = stream.flush().await;
    if hold.is_some() {
        // Says nothing more, until the other side leaves.
        let _ = stream.read(&mut [0; 1]).await;
    }
    let _ = stream.shutdown().await;
}

/// A whole answer.
pub(crate) fn answer(status: u16, media_type: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} X\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// A whole JSON answer.
pub(crate) fn json(status: u16, body: &serde_json::Value) -> String {
    answer(status, "application/json; charset=utf-8", &body.to_string())
}
