//! One live connection to a server: requests as raw JSON over the SDK's machine, each with a deadline.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use jackfield_protocol::error::{ErrorCode, Failure};
use rmcp::{
    RoleClient,
    model::{ClientRequest, CustomRequest, JsonObject, ProtocolVersion, RequestMetaObject},
    service::{Peer, PeerRequestOptions, RequestHandle, RunningService, ServiceError},
};
use serde_json::{Value, json};
use tokio::{sync::oneshot, time::timeout};
use tokio_util::sync::CancellationToken;

use super::{
    service::Handler,
    wire::{Exchange, MODERN, Notices, Reply, RpcError, Wire},
};

/// A live connection.
pub(crate) struct Session {
    peer: Peer<RoleClient>,
    wire: Wire,
    version: String,
    transport: &'static str,
    /// Of the log messages that come with calls.
    log_level: String,
    /// How long an answer may take.
    deadline: Duration,
    place: String,
    stop: CancellationToken,
    closed: CancellationToken,
}

/// Why a request has no result.
#[derive(Debug, Clone)]
pub(crate) enum NoResult {
    /// It provably never reached the server.
    NotSent(Failure),
    /// It may have reached the server.
    Lost(Failure),
    /// The server's own error.
    Rpc(RpcError),
    /// The server answered in a way that is no result.
    Failed(Failure),
}

impl NoResult {
    /// For requests where it makes no difference. `place`: the server, in words.
    pub(crate) fn into_failure(self, place: &str) -> Failure {
        match self {
            Self::NotSent(failure) | Self::Lost(failure) | Self::Failed(failure) => failure,
            Self::Rpc(error) => error.into_failure(place),
        }
    }
}

impl RpcError {
    /// In plain words.
    pub(crate) fn into_failure(self, place: &str) -> Failure {
        let said: String = self.message.chars().take(500).collect();
        let message = format!("{place} refuses the request: {said} (code {}).", self.code);
        let hint = match self.code {
            -32601 => "The server does not know this method.",
            -32602 => {
                "The server does not accept the parameters, or does not know the name. Discover it again."
            }
            -32002 => "The server does not have this resource.",
            -32020 => "The server does not accept the headers; discover it again.",
            -32021 => "The server asks for a capability that the hub does not have switched on.",
            _ => "The server's own log may say more.",
        };
        Failure::new(ErrorCode::PeerRejected, message).hint(hint)
    }
}

impl Session {
    pub(crate) fn new(
        running: RunningService<RoleClient, Handler>,
        wire: Wire,
        transport: &'static str,
        log_level: &str,
        deadline: Duration,
        place: String,
    ) -> Arc<Self> {
        let peer = running.peer().clone();
        let version =
            peer.peer_info().map(|info| info.protocol_version.as_str().to_owned()).unwrap_or_default();
        let (stop, closed) = (CancellationToken::new(), CancellationToken::new());
        let (stopping, ended) = (stop.clone(), closed.clone());
        let cancel = running.cancellation_token();
        let waiting = running.waiting();
        tokio::spawn(async move {
            let mut waiting = std::pin::pin!(waiting);
            tokio::select! {
                _ = &mut waiting => {}
                () = stopping.cancelled() => {
                    cancel.cancel();
                    // Ends with the process or the session: both have bounds of their own.
                    let _ = waiting.await;
                }
            }
            ended.cancel();
        });
        Arc::new(Self {
            peer,
            wire,
            version,
            transport,
            log_level: log_level.to_owned(),
            deadline,
            place,
            stop,
            closed,
        })
    }

    /// The revision that is spoken.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    /// Whether it is the revision without handshake and session.
    pub(crate) fn is_modern(&self) -> bool {
        self.version == MODERN
    }

    /// How it is connected.
    pub(crate) fn transport(&self) -> &'static str {
        self.transport
    }

    /// The server, in words.
    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    /// What the server said at the handshake.
    pub(crate) fn hello(&self) -> Value {
        self.wire.hello()
    }

    /// Whether the server has a capability.
    pub(crate) fn can(&self, capability: &str) -> bool {
        !self.hello()["capabilities"][capability].is_null()
    }

    pub(crate) fn wire(&self) -> &Wire {
        &self.wire
    }

    pub(crate) fn peer(&self) -> &Peer<RoleClient> {
        &self.peer
    }

    /// Pending until the connection is gone.
    pub(crate) async fn closed(&self) {
        self.closed.cancelled().await;
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.is_cancelled()
    }

    /// Ends it, and waits until everything of it has ended.
    pub(crate) async fn close(&self) {
        self.stop.cancel();
        self.closed().await;
    }

    /// One request, with the deadline of answers.
    pub(crate) async fn request(&self, method: &str, params: Value) -> Result<Value, NoResult> {
        // Nobody listens to what comes before the answer.
        let (mut call, _) = self.open(method, params, false).await?;
        match timeout(self.deadline, call.answer()).await {
            Ok(answer) => answer,
            Err(_) => {
                call.cancel("no answer in time").await;
                let message = format!(
                    "{} did not answer '{method}' within {} ms.",
                    self.place,
                    self.deadline.as_millis()
                );
                Err(NoResult::Lost(
                    Failure::new(ErrorCode::PeerNoAnswer, message)
                        .hint("Check how busy the server is; `answer_timeout_ms` gives it longer."),
                ))
            }
        }
    }

    /// A list or a read: asked for only when what was said before is not valid any more.
    pub(crate) async fn read(&self, method: &str, params: Value) -> Result<Value, NoResult> {
        if !self.is_modern() {
            return self.request(method, params).await;
        }
        let (known, asked) = {
            let (cache, now) = (self.wire.cache(), Instant::now());
            (cache.get(method, &params, now), cache.asking(now))
        };
        if let Some(known) = known {
            return Ok(known);
        }
        let result = self.request(method, params.clone()).await?;
        self.wire.cache().keep(method, &params, &result, asked);
        Ok(result)
    }

    /// Sends a request and gives it open, with what comes before its answer. `once`: it must not be sent twice.
    pub(crate) async fn open(
        &self,
        method: &str,
        params: Value,
        once: bool,
    ) -> Result<(OpenCall, Notices), NoResult> {
        let (exchange, reply, notices) = Exchange::new(once);
        let mut request = CustomRequest::new(method, Some(params));
        request.extensions.insert(exchange.clone());
        let mut options = PeerRequestOptions::no_options();
        if self.is_modern() && method == "tools/call" {
            let mut meta = JsonObject::new();
            meta.insert("io.modelcontextprotocol/logLevel".to_owned(), json!(self.log_level));
            options = options.with_meta(RequestMetaObject::from(meta));
        }
        let sent = self.peer.send_cancellable_request(ClientRequest::CustomRequest(request), options).await;
        let handle = sent.map_err(|_| NoResult::NotSent(self.gone()))?;
        let call = OpenCall {
            wire: self.wire.clone(),
            exchange,
            reply,
            handle: Some(handle),
            ended: None,
            gone: self.gone(),
            is_modern: self.is_modern(),
        };
        Ok((call, notices))
    }

    fn gone(&self) -> Failure {
        self.wire.loss().unwrap_or_else(|| {
            Failure::new(
                ErrorCode::PeerConnectionLost,
                format!("The connection to {} is closed.", self.place),
            )
            .hint("The hub connects again by itself.")
        })
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// A request that waits for its answer.
pub(crate) struct OpenCall {
    wire: Wire,
    exchange: Exchange,
    reply: oneshot::Receiver<Reply>,
    handle: Option<RequestHandle<RoleClient>>,
    /// What the SDK ended it with, while there is no reply.
    ended: Option<Reply>,
    gone: Failure,
    is_modern: bool,
}

impl OpenCall {
    /// The answer. Safe to drop and call again until it has given one.
    pub(crate) async fn answer(&mut self) -> Result<Value, NoResult> {
        let by_itself = match &mut self.handle {
            Some(handle) => tokio::select! {
                biased;
                reply = &mut self.reply => Some(reply.ok()),
                ended = &mut handle.rx => {
                    self.ended = Some(self.without_reply(ended));
                    None
                }
            },
            None if self.ended.is_none() => Some((&mut self.reply).await.ok()),
            None => None,
        };
        self.handle = None;
        let reply = match by_itself {
            Some(reply) => reply,
            None => {
                // What is still on its way tells by itself whether it was sent.
                self.exchange.settled().await;
                self.reply.try_recv().ok().or_else(|| self.ended.take())
            }
        };
        match reply {
            Some(Reply::Result(result)) => self.checked(result),
            Some(Reply::Error(error)) => Err(NoResult::Rpc(error)),
            Some(Reply::NotSent(failure)) => Err(NoResult::NotSent(failure)),
            Some(Reply::Lost(failure)) if !self.exchange.was_sent() => Err(NoResult::NotSent(failure)),
            Some(Reply::Lost(failure)) => Err(NoResult::Lost(failure)),
            Some(Reply::Failed(failure)) => Err(NoResult::Failed(failure)),
            None if !self.exchange.was_sent() => Err(NoResult::NotSent(self.gone.clone())),
            None => Err(NoResult::Lost(self.gone.clone())),
        }
    }

    /// The SDK ended the request by itself.
    fn without_reply(
        &self,
        ended: Result<Result<rmcp::model::ServerResult, ServiceError>, oneshot::error::RecvError>,
    ) -> Reply {
        let loss = self.wire.loss().unwrap_or_else(|| self.gone.clone());
        match ended {
            Ok(Err(ServiceError::TransportSend(error))) => {
                let text = error.to_string();
                // A lost session is refused before anything is done.
                if text.contains("Session expired") || text.contains("re-initialization failed") {
                    let message = "The server has forgotten the session, and a new one could not be opened.";
                    return Reply::NotSent(Failure::new(ErrorCode::PeerConnectionLost, message));
                }
                Reply::Lost(loss)
            }
            _ => Reply::Lost(loss),
        }
    }

    fn checked(&self, result: Value) -> Result<Value, NoResult> {
        const KNOWN: &[&str] = &["complete", "input_required", "task"];
        match result["resultType"].as_str() {
            Some(kind) if self.is_modern && !KNOWN.contains(&kind) => {
                let shown: String = kind.chars().take(60).collect();
                let message = format!("The server answered with a result of an unknown kind ('{shown}').");
                Err(NoResult::Failed(
                    Failure::new(ErrorCode::PeerBadAnswer, message)
                        .hint("The server uses an extension that the hub did not agree to: report it to whoever makes it."),
                ))
            }
            _ => Ok(result),
        }
    }

    /// Tells the server that nobody waits any more.
    pub(crate) async fn cancel(&mut self, reason: &str) {
        self.wire.forget(&self.exchange);
        if let Some(handle) = self.handle.take() {
            // A server that cannot be told will notice by itself.
            let _ = timeout(Duration::from_secs(2), handle.cancel(Some(reason.to_owned()))).await;
        }
    }
}

impl Drop for OpenCall {
    fn drop(&mut self) {
        self.wire.forget(&self.exchange);
        if let Some(handle) = self.handle.take()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(async move {
                let told = handle.cancel(Some("nobody waits for the answer any more".to_owned()));
                let _ = timeout(Duration::from_secs(2), told).await;
            });
        }
    }
}

/// The SDK's name of a revision.
pub(crate) fn sdk_version(version: &str) -> ProtocolVersion {
    ProtocolVersion::KNOWN_VERSIONS
        .iter()
        .find(|known| known.as_str() == version)
        .cloned()
        .unwrap_or(ProtocolVersion::V_2025_11_25)
}
