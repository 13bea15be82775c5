//! Listens, reads requests, hands them to a service.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use bytes::{Buf as _, Bytes, BytesMut};
use tokio::{
    io::AsyncReadExt as _,
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
    time::Instant,
};

use super::{
    Flow, Request, Wire,
    control::{Control, Kill},
};

/// Largest head and body that a caller may send.
const MAX_HEAD: usize = 64 * 1024;
const MAX_BODY: usize = 32 * 1024 * 1024;

/// Answers requests.
#[async_trait]
pub(crate) trait Service: Send + Sync + 'static {
    /// Answers one request. An error ends the connection.
    async fn serve(&self, request: Request, wire: &mut Wire) -> io::Result<Flow>;
}

/// A server on a free port of 127.0.0.1. Dropping it ends its connections.
pub(crate) struct Server {
    address: SocketAddr,
    control: Arc<Control>,
    requests: Arc<Requests>,
    task: JoinHandle<()>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}

/// What has been asked so far.
#[derive(Debug)]
pub(crate) struct Requests {
    all: Mutex<Vec<Request>>,
    count: watch::Sender<usize>,
}

impl Requests {
    pub(crate) fn all(&self) -> Vec<Request> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn add(&self, request: Request) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(request);
        self.count.send_replace(all.len());
    }

    /// Waits until `enough` holds for what has been asked.
    pub(crate) async fn until(&self, enough: impl Fn(&[Request]) -> bool) {
        let mut count = self.count.subscribe();
        while !enough(&self.all()) {
            if count.changed().await.is_err() {
                return;
            }
        }
    }
}

impl Server {
    pub(crate) async fn start(service: Arc<dyn Service>) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let control = Arc::new(Control::new());
        let requests = Arc::new(Requests { all: Mutex::default(), count: watch::Sender::new(0) });
        let task = tokio::spawn(listen(listener, address, service, control.clone(), requests.clone()));
        Ok(Self { address, control, requests, task })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn control(&self) -> &Arc<Control> {
        &self.control
    }

    pub(crate) fn requests(&self) -> &Requests {
        &self.requests
    }

    /// Ends everything and waits for it.
    pub(crate) async fn shutdown(&mut self) {
        self.control.kill_all(Kill::Close);
        self.task.abort();
        let _ = (&mut self.task).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn listen(
    first: TcpListener,
    address: SocketAddr,
    service: Arc<dyn Service>,
    control: Arc<Control>,
    requests: Arc<Requests>,
) {
    let mut listener = Some(first);
    let mut listening = control.listening.subscribe();
    let mut connections = JoinSet::new();
    let mut number = 0;
    loop {
        let wanted = *listening.borrow_and_update();
        match (&listener, wanted) {
            (Some(_), false) => listener = None,
            // The port is ours; another process takes it only in the moment in which we do not listen.
            (None, true) => listener = TcpListener::bind(address).await.ok(),
            _ => {}
        }
        let accepted = async {
            match &listener {
                Some(listener) => listener.accept().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            changed = listening.changed() => if changed.is_err() { return },
            Some(_) = connections.join_next() => {}
            accepted = accepted => if let Ok((stream, _)) = accepted {
                number += 1;
                let guard = control.opened();
                let (service, control, requests) = (service.clone(), control.clone(), requests.clone());
                connections.spawn(async move {
                    connection(stream, number, service, &control, &requests).await;
                    drop(guard);
                });
            },
        }
    }
}

async fn connection(
    stream: TcpStream,
    number: u64,
    service: Arc<dyn Service>,
    control: &Control,
    requests: &Requests,
) {
    let _ = stream.set_nodelay(true);
    let mut kill = control.kill.subscribe();
    kill.mark_unchanged();
    let mut wire = Wire::new(stream, control.frozen.subscribe());
    let killed = tokio::select! {
        _ = requests_of(&mut wire, number, service.as_ref(), requests) => None,
        _ = kill.changed() => Some(kill.borrow().1),
    };
    if killed == Some(Kill::Reset) {
        wire.reset();
    }
}

/// One request after the other, until one side has had enough.
async fn requests_of(
    wire: &mut Wire,
    number: u64,
    service: &dyn Service,
    requests: &Requests,
) -> io::Result<()> {
    let mut buffer = BytesMut::new();
    while let Some(request) = read_request(wire.stream(), &mut buffer, number).await? {
        let close = request.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
        requests.add(request.clone());
        wire.begin(close);
        if service.serve(request, wire).await? == Flow::Close || close {
            wire.close().await?;
            return Ok(());
        }
    }
    Ok(())
}

async fn read_request(
    stream: &mut TcpStream,
    buffer: &mut BytesMut,
    connection: u64,
) -> io::Result<Option<Request>> {
    let bad = |what: &'static str| io::Error::new(io::ErrorKind::InvalidData, what);
    let (mut request, length, chunked) = loop {
        let mut headers = [httparse::EMPTY_HEADER; 100];
        let mut head = httparse::Request::new(&mut headers);
        match head.parse(buffer).map_err(|_| bad("not an HTTP request"))? {
            httparse::Status::Complete(size) => {
                let (path, query) =
                    head.path.unwrap_or("/").split_once('?').unwrap_or((head.path.unwrap_or("/"), ""));
                let headers: Vec<(String, String)> = head
                    .headers
                    .iter()
                    .map(|header| {
                        (header.name.to_owned(), String::from_utf8_lossy(header.value).into_owned())
                    })
                    .collect();
                let request = Request {
                    connection,
                    at: Instant::now(),
                    method: head.method.unwrap_or_default().to_owned(),
                    path: path.to_owned(),
                    query: query.to_owned(),
                    headers,
                    body: Bytes::new(),
                };
                let length: usize =
                    request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
                let chunked =
                    request.header("transfer-encoding").is_some_and(|value| value.contains("chunked"));
                buffer.advance(size);
                break (request, length, chunked);
            }
            httparse::Status::Partial if buffer.len() > MAX_HEAD => return Err(bad("head too large")),
            httparse::Status::Partial => {
                if stream.read_buf(buffer).await? == 0 {
                    return Ok(None);
                }
            }
        }
    };
    if length > MAX_BODY {
        return Err(bad("body too large"));
    }
    request.body = if chunked {
        read_chunks(stream, buffer).await?
    } else {
        fill(stream, buffer, length).await?;
        buffer.split_to(length).freeze()
    };
    request.at = Instant::now();
    Ok(Some(request))
}

async fn fill(stream: &mut TcpStream, buffer: &mut BytesMut, length: usize) -> io::Result<()> {
    while buffer.len() < length {
        if stream.read_buf(buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(())
}

async fn read_chunks(stream: &mut TcpStream, buffer: &mut BytesMut) -> io::Result<Bytes> {
    let mut body = BytesMut::new();
    while body.len() <= MAX_BODY {
        match httparse::parse_chunk_size(buffer) {
            Ok(httparse::Status::Complete((head, size))) => {
                let size = usize::try_from(size).unwrap_or(usize::MAX).min(MAX_BODY);
                fill(stream, buffer, head + size + 2).await?;
                buffer.advance(head);
                body.extend_from_slice(&buffer.split_to(size));
                buffer.advance(2);
                if size == 0 {
                    return Ok(body.freeze());
                }
            }
            Ok(httparse::Status::Partial) => {
                let more = buffer.len() + 1;
                fill(stream, buffer, more).await?;
            }
            Err(_) => break,
        }
    }
    Err(io::Error::new(io::ErrorKind::InvalidData, "chunked body"))
}
