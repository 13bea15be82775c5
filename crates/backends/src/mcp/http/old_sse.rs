//! HTTP+SSE of 2024-11-05, deprecated and still offered by many servers: everything comes on one event stream, and what goes out is posted to
//! the address that the stream names first (recording `sse-2024-11-05-transport-everything`).

use std::{io, sync::Arc};

use bytes::Bytes;
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    frame::{Limits, SseDecoder, SseFrame},
};
use reqwest::{Method, header};
use rmcp::{
    RoleClient,
    service::{RxJsonRpcMessage, TxJsonRpcMessage},
    transport::Transport,
};
use tokio::{sync::mpsc, task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::Reach;
use crate::{
    mcp::wire::{self, Reply, Wire, too_large},
    transport::{ByteStream, SendFault, StreamFault},
};

/// How many messages wait for the SDK before the stream is no longer read.
const WAITING: usize = 256;

/// The SDK's end.
pub(crate) struct OldSseTransport {
    reach: Arc<Reach>,
    endpoint: Url,
    wire: Wire,
    inbound: mpsc::Receiver<RxJsonRpcMessage<RoleClient>>,
    stop: CancellationToken,
    reader: JoinHandle<()>,
}

impl OldSseTransport {
    /// Opens the stream and waits for the address to post to.
    ///
    /// # Errors
    /// `PeerNotPlatform` when no such stream is there; or why it cannot be reached.
    pub(crate) async fn connect(reach: Reach, wire: &Wire) -> Result<Self, Failure> {
        let reach = Arc::new(reach);
        let mut stream =
            timeout(reach.answer, open(&reach)).await.map_err(|_| no_stream("sent nothing"))??;
        let (endpoint, decoder) = timeout(reach.answer, stream.endpoint(&reach))
            .await
            .map_err(|_| no_stream("named no address to post to"))??;
        let (sender, inbound) = mpsc::channel(WAITING);
        let stop = CancellationToken::new();
        let reading = read(stream, decoder, wire.clone(), reach.clone(), sender);
        let (stopped, lost) = (stop.clone(), wire.clone());
        let reader = tokio::spawn(async move {
            let why = stopped.run_until_cancelled(reading).await.unwrap_or_else(|| {
                Failure::new(ErrorCode::PeerConnectionLost, "The connection to the server was closed.")
            });
            lost.lose_all(&why);
        });
        Ok(Self { reach, endpoint, wire: wire.clone(), inbound, stop, reader })
    }
}

fn no_stream(what: &str) -> Failure {
    Failure::new(ErrorCode::PeerNotPlatform, format!("The server {what} on an event stream of HTTP+SSE."))
        .hint("Check the path of the address: servers of this kind often listen at /sse.")
}

struct Stream(ByteStream);

async fn open(reach: &Reach) -> Result<Stream, Failure> {
    let mut request =
        reach.transport.request(Method::GET, reach.url.clone()).header(header::ACCEPT, "text/event-stream");
    if let Some(auth) = &reach.auth
        && let Some(token) = auth.bearer().await?
    {
        request = request.bearer_auth(token);
    }
    let response = reach.transport.send(request).await.map_err(SendFault::into_failure)?;
    let status = response.status();
    let media_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !status.is_success() || !media_type.is_some_and(|kind| kind.starts_with("text/event-stream")) {
        return Err(no_stream("answers with something else than").status(status.as_u16()));
    }
    Ok(Stream(ByteStream::new(response)))
}

impl Stream {
    /// Reads up to the `endpoint` event.
    async fn endpoint(&mut self, reach: &Reach) -> Result<(Url, SseDecoder), Failure> {
        let mut decoder = SseDecoder::new(Limits { line: reach.limit, frame: reach.limit });
        loop {
            if let Some(frame) = decoder.next() {
                let Ok(SseFrame::Event(event)) = frame else { continue };
                if event.name() != "endpoint" {
                    return Err(no_stream("names no address to post to"));
                }
                let url = reach
                    .url
                    .join(event.data.trim())
                    .map_err(|_| no_stream("names an address that is no URL"))?;
                // Secrets go along: an address elsewhere is refused.
                if url.origin() != reach.url.origin() {
                    return Err(no_stream("names an address at another origin"));
                }
                return Ok((url, decoder));
            }
            match self.0.next(reach.silence).await {
                Ok(Some(chunk)) => decoder.push(&chunk),
                Ok(None) => return Err(no_stream("ended before it named an address to post to")),
                Err(StreamFault::Silent(failure) | StreamFault::Broken(failure)) => return Err(failure),
            }
        }
    }
}

/// Hands on what comes until the stream ends; says why.
async fn read(
    mut stream: Stream,
    mut decoder: SseDecoder,
    wire: Wire,
    reach: Arc<Reach>,
    sdk: mpsc::Sender<RxJsonRpcMessage<RoleClient>>,
) -> Failure {
    loop {
        for frame in decoder.by_ref() {
            let messages = match frame {
                Ok(SseFrame::Event(event)) => match wire::parse(event.data.as_bytes()) {
                    Ok(value) => wire.inbound(value, None),
                    Err(_) => {
                        wire.odd("an event that holds no message", event.data, None);
                        Vec::new()
                    }
                },
                Ok(SseFrame::Comment(_)) => Vec::new(),
                Err(fault) => {
                    wire.unreadable(&fault.kept, None, &too_large(reach.limit)).into_iter().collect()
                }
            };
            for message in messages {
                let Ok(message) = serde_json::from_value(message) else { continue };
                if sdk.send(message).await.is_err() {
                    return Failure::new(ErrorCode::PeerConnectionLost, "The connection was closed.");
                }
            }
        }
        match stream.0.next(reach.silence).await {
            Ok(Some(chunk)) => decoder.push(&chunk),
            Ok(None) => {
                return Failure::new(ErrorCode::PeerConnectionLost, "The server ended its event stream.");
            }
            Err(StreamFault::Silent(failure) | StreamFault::Broken(failure)) => return failure,
        }
    }
}

impl Transport<RoleClient> for OldSseTransport {
    type Error = io::Error;

    fn send(
        &mut self,
        item: TxJsonRpcMessage<RoleClient>,
    ) -> impl Future<Output = Result<(), io::Error>> + Send + 'static {
        let entered = self.wire.outbound(&item);
        let (reach, endpoint, wire) = (self.reach.clone(), self.endpoint.clone(), self.wire.clone());
        async move {
            let (value, id) = entered.map_err(io::Error::other)?;
            let body = Bytes::from(serde_json::to_vec(&value).map_err(io::Error::other)?);
            let once = id.is_some_and(|id| wire.is_once(id));
            let posted = wire.send(id, async move { post(&reach, endpoint, body, once).await }).await;
            posted.map_err(|fault| {
                let reply = match &fault {
                    SendFault::NotSent(failure) => Reply::NotSent(failure.clone()),
                    SendFault::MaybeSent(failure) => Reply::Lost(failure.clone()),
                };
                if let Some(id) = id {
                    wire.fail(id, reply);
                }
                io::Error::other(fault.into_failure())
            })
        }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleClient>> {
        self.inbound.recv().await
    }

    async fn close(&mut self) -> Result<(), io::Error> {
        self.stop.cancel();
        let _ = (&mut self.reader).await;
        Ok(())
    }
}

impl Drop for OldSseTransport {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// The answer comes on the stream; here only whether it was taken.
async fn post(reach: &Reach, endpoint: Url, body: Bytes, once: bool) -> Result<(), SendFault> {
    let request = if once {
        reach.transport.run_request(Method::POST, endpoint)
    } else {
        reach.transport.request(Method::POST, endpoint)
    };
    let mut request = request.header(header::CONTENT_TYPE, "application/json").body(body);
    if let Some(auth) = &reach.auth
        && let Some(token) = auth.bearer().await.map_err(SendFault::NotSent)?
    {
        request = request.bearer_auth(token);
    }
    let sending = reach.transport.send(request);
    let response = timeout(reach.answer, sending).await.map_err(|_| {
        let message = "The server did not take the message in time.";
        SendFault::MaybeSent(Failure::new(ErrorCode::PeerNoAnswer, message))
    })??;
    let status = response.status();
    if status.is_success() {
        return Ok(());
    }
    Err(refusal(status.as_u16()))
}

/// Only a plain refusal tells that nothing was done; a server that failed and a proxy that gave up waiting do not.
fn refusal(status: u16) -> SendFault {
    let message = format!("The server refuses a message with status {status}.");
    let failure = Failure::new(ErrorCode::PeerRejected, message)
        .status(status)
        .hint("Its session may be gone; the hub opens a new one.");
    match status {
        400 | 401 | 403 | 404 | 405 | 410 | 413 | 415 | 429 => SendFault::NotSent(failure),
        _ => SendFault::MaybeSent(failure),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_refusal_says_that_nothing_was_done() {
        let is_unsent = |status| matches!(refusal(status), SendFault::NotSent(_));
        assert!([400, 401, 404, 429].into_iter().all(is_unsent));
        assert!(![307, 408, 409, 500, 502, 503, 504].into_iter().any(is_unsent));
    }
}
