//! What the SDK's HTTP machine sends and gets: over the hub's own transport, through the wire's books.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use futures_util::stream::BoxStream;
use http::{HeaderName, HeaderValue};
use jackfield_protocol::error::{ErrorCode, Failure};
use reqwest::{Method, Response, header};
use rmcp::{
    model::{ClientJsonRpcMessage, ServerJsonRpcMessage},
    transport::streamable_http_client::{
        AuthRequiredError, SseError, StreamableHttpClient, StreamableHttpError, StreamableHttpPostResponse,
        StreamableHttpResponseLimits,
    },
};
use serde_json::Value;
use sse_stream::Sse;
use tokio::time::timeout;
use url::Url;

use super::{
    Authorize, HttpFault,
    stream::{of_answer, of_messages},
};
use crate::{
    mcp::wire::{self, Change, Reply, Wire, number},
    transport::{ByteStream, SendFault, Transport, looks_like_html, read_all},
};

/// Most tries of one request: the first, and one for each renewed token or widened permission.
const TRIES: usize = 4;
const SESSION: &str = "mcp-session-id";
const BOTH: &str = "application/json, text/event-stream";

type Fault = StreamableHttpError<HttpFault>;

/// How a server is reached.
#[derive(Clone)]
pub(crate) struct Reach {
    pub(crate) transport: Transport,
    pub(crate) url: Url,
    pub(crate) auth: Option<Arc<dyn Authorize>>,
    /// Largest message, in bytes.
    pub(crate) limit: usize,
    /// Deadline of the question for the newest revision.
    pub(crate) probe: Duration,
    /// Deadline of the handshake and of what needs no answer.
    pub(crate) answer: Duration,
    /// Longest silence of a stream.
    pub(crate) silence: Duration,
}

/// What was found while connecting; the SDK's own errors say less.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    failure: Mutex<Option<Failure>>,
}

impl Facts {
    fn note(&self, failure: &Failure) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure.clone());
    }

    /// The last failure.
    pub(crate) fn failure(&self) -> Option<Failure> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The SDK's HTTP client.
#[derive(Clone)]
pub(crate) struct HttpClient {
    reach: Reach,
    wire: Wire,
    facts: Arc<Facts>,
}

impl HttpClient {
    pub(crate) fn new(reach: Reach, wire: Wire, facts: Arc<Facts>) -> Self {
        Self { reach, wire, facts }
    }

    /// Sends until the server neither refuses the token nor asks for more.
    async fn send(
        &self,
        method: Method,
        headers: &[(HeaderName, HeaderValue)],
        body: Option<&Bytes>,
        deadline: Option<Duration>,
        once: bool,
    ) -> Result<Response, SendFault> {
        for tries in 1.. {
            let url = self.reach.url.clone();
            let mut request = if once {
                self.reach.transport.run_request(method.clone(), url)
            } else {
                self.reach.transport.request(method.clone(), url)
            };
            for (name, value) in headers {
                request = request.header(name, value);
            }
            let token = match &self.reach.auth {
                Some(auth) => auth.bearer().await.map_err(SendFault::NotSent)?,
                None => None,
            };
            if let Some(token) = &token {
                request = request.bearer_auth(token);
            }
            if let Some(body) = body {
                request = request.header(header::CONTENT_TYPE, "application/json").body(body.clone());
            }
            let sending = self.reach.transport.send(request);
            let response = match deadline {
                Some(deadline) => {
                    timeout(deadline, sending).await.unwrap_or_else(|_| Err(too_late(deadline)))?
                }
                None => sending.await?,
            };
            let status = response.status().as_u16();
            if !matches!(status, 401 | 403) {
                return Ok(response);
            }
            let challenge = challenge(&response);
            match &self.reach.auth {
                // Refused means not done: it may be sent again.
                Some(auth) if tries < TRIES => {
                    auth.challenged(token.as_deref(), status, challenge.as_deref())
                        .await
                        .map_err(SendFault::NotSent)?;
                }
                _ => return Err(SendFault::NotSent(refused(status))),
            }
        }
        Err(SendFault::NotSent(refused(401)))
    }

    async fn post(
        &self,
        message: ClientJsonRpcMessage,
        session: Option<Arc<str>>,
        custom: HashMap<HeaderName, HeaderValue>,
    ) -> Result<StreamableHttpPostResponse, Fault> {
        let (value, id) = self.wire.outbound(&message)?;
        let method = value["method"].as_str().unwrap_or_default();
        let deadline = match (method, id) {
            ("server/discover", _) => Some(self.reach.probe),
            ("initialize", _) | (_, None) => Some(self.reach.answer),
            // Whoever waits for the answer has a deadline.
            _ => None,
        };
        let body = Bytes::from(serde_json::to_vec(&value)?);
        let mut headers = vec![(header::ACCEPT, HeaderValue::from_static(BOTH))];
        headers.extend(custom);
        if let Some(session) = &session {
            headers.push((HeaderName::from_static(SESSION), header_value(session)?));
        }
        let (client, once) = (self.clone(), id.is_some_and(|id| self.wire.is_once(id)));
        let sending = async move { client.send(Method::POST, &headers, Some(&body), deadline, once).await };
        let response = match self.wire.send(id, sending).await {
            Ok(response) => response,
            Err(fault) => return self.unsent(method, id, fault),
        };
        self.answer(method, id, session.is_some(), response).await
    }

    /// The request got no answer.
    fn unsent(
        &self,
        method: &str,
        id: Option<i64>,
        fault: SendFault,
    ) -> Result<StreamableHttpPostResponse, Fault> {
        let reply = match &fault {
            SendFault::NotSent(failure) => Reply::NotSent(failure.clone()),
            SendFault::MaybeSent(failure) => Reply::Lost(failure.clone()),
        };
        let failure = fault.into_failure();
        self.facts.note(&failure);
        let is_late = failure.code == ErrorCode::PeerNoAnswer;
        match id {
            // Silence to the question for the newest revision means an older one; an outage means nothing.
            Some(id) if method == "server/discover" && !is_late => {
                self.wire.fail(id, reply);
                Err(StreamableHttpError::Client(HttpFault(failure)))
            }
            Some(id) => self.failed(id, reply),
            None => Err(StreamableHttpError::Client(HttpFault(failure))),
        }
    }

    fn failed(&self, id: i64, reply: Reply) -> Result<StreamableHttpPostResponse, Fault> {
        match self.wire.fail(id, reply) {
            Some(error) => Ok(StreamableHttpPostResponse::Json(serde_json::from_value(error)?, None)),
            None => Ok(StreamableHttpPostResponse::Accepted),
        }
    }

    async fn answer(
        &self,
        method: &str,
        id: Option<i64>,
        in_session: bool,
        response: Response,
    ) -> Result<StreamableHttpPostResponse, Fault> {
        let status = response.status().as_u16();
        let session = text(&response, &HeaderName::from_static(SESSION));
        let media_type = text(&response, &header::CONTENT_TYPE).unwrap_or_default().to_ascii_lowercase();
        let retry_after = text(&response, &header::RETRY_AFTER);
        if in_session && matches!(status, 404 | 410) {
            return Err(StreamableHttpError::SessionExpired);
        }
        let is_stream = media_type.starts_with("text/event-stream");
        if response.status().is_success() && is_stream {
            let body = ByteStream::new(response);
            let (wire, limit, silence) = (self.wire.clone(), self.reach.limit, self.reach.silence);
            return Ok(StreamableHttpPostResponse::Sse(
                of_answer(body, None, wire, id, limit, silence),
                session,
            ));
        }
        let Some(id) = id else {
            // A notification or an answer of ours: nothing is said back.
            return if response.status().is_success() {
                Ok(StreamableHttpPostResponse::Accepted)
            } else {
                let body = self.body(response).await.unwrap_or_default();
                if in_session && is_lost_session(status, &body, None) {
                    return Err(StreamableHttpError::SessionExpired);
                }
                Err(StreamableHttpError::Client(HttpFault(self.not_a_result(status, &body, None))))
            };
        };
        let body = match self.body(response).await {
            Ok(body) => body,
            Err(failure) => {
                self.facts.note(&failure);
                let reply = match failure.code {
                    ErrorCode::PeerAnswerTooLarge => Reply::Failed(failure),
                    _ => Reply::Lost(failure),
                };
                return self.failed(id, reply);
            }
        };
        if in_session && is_lost_session(status, &body, Some(id)) {
            return Err(StreamableHttpError::SessionExpired);
        }
        if matches!(status, 202 | 204) && in_session && !matches!(method, "initialize" | "server/discover") {
            // The answer comes on the session's own stream.
            return Ok(StreamableHttpPostResponse::Accepted);
        }
        if let Some(messages) = self.messages(status, &body, id) {
            return one_or_more(messages, session);
        }
        let failure = self.not_a_result(status, &body, retry_after.as_deref());
        self.facts.note(&failure);
        // An outage tells nothing about the revision.
        if method == "server/discover" && status >= 500 {
            self.wire.fail(id, Reply::Failed(failure.clone()));
            return Err(StreamableHttpError::Client(HttpFault(failure)));
        }
        // What stands between has lost sight of the server, which may be at work all the same.
        let reply = if matches!(status, 502..=504) { Reply::Lost(failure) } else { Reply::Failed(failure) };
        self.failed(id, reply)
    }

    async fn body(&self, response: Response) -> Result<Bytes, Failure> {
        read_all(response, self.reach.limit, self.reach.silence).await
    }

    /// The messages of a JSON answer; `None` when it holds none.
    fn messages(&self, status: u16, body: &[u8], id: i64) -> Option<Vec<Value>> {
        let value = wire::parse(body).ok()?;
        let is_message = |value: &Value| value.get("jsonrpc").is_some() || value.get("method").is_some();
        let is_any = is_message(&value) || value.as_array().is_some_and(|all| all.iter().any(is_message));
        let is_error = value.get("error").is_some_and(Value::is_object);
        if !is_any || (status >= 400 && !is_error) {
            return None;
        }
        let mut messages = self.wire.inbound(value, Some(id));
        let other =
            Failure::new(ErrorCode::PeerBadAnswer, "The server answered another request than this one.")
                .hint("The server mixes up its answers: report it to whoever makes it.");
        messages.extend(self.wire.fail(id, Reply::Failed(other)));
        Some(messages)
    }

    fn not_a_result(&self, status: u16, body: &[u8], retry_after: Option<&str>) -> Failure {
        let host = self.reach.url.host_str().unwrap_or("the server");
        if looks_like_html(body) {
            let message = format!(
                "{host} answered with a web page (status {status}) where an MCP message was expected."
            );
            return Failure::new(ErrorCode::PeerHtml, message)
                .status(status)
                .hint("Check the path of the address: most servers listen at /mcp. A proxy's own page looks like this too.");
        }
        let beginning: String = String::from_utf8_lossy(body).chars().take(200).collect();
        let said =
            if beginning.trim().is_empty() { String::new() } else { format!(": {}", beginning.trim()) };
        match status {
            429 => {
                let wait = retry_after
                    .map_or_else(String::new, |after| format!(" It says: try again after {after} s."));
                Failure::new(ErrorCode::PeerRateLimited, format!("{host} asks to slow down (429).{wait}"))
                    .status(status)
                    .hint("Wait, then try again.")
            }
            500.. => Failure::new(ErrorCode::PeerFailed, format!("{host} failed with status {status}{said}"))
                .status(status)
                .hint("Look into the server's own log."),
            300..=399 => Failure::new(
                ErrorCode::PeerRejected,
                format!("{host} redirects to another place (status {status})."),
            )
            .status(status)
            .hint("Give the address that it redirects to."),
            400..=499 => Failure::new(
                ErrorCode::PeerRejected,
                format!("{host} rejects the request with status {status}{said}"),
            )
            .status(status)
            .hint("Check the path of the address, and that an MCP server listens there."),
            _ if body.is_empty() => Failure::new(
                ErrorCode::PeerBadAnswer,
                format!("{host} answered with nothing (status {status})."),
            )
            .status(status)
            .hint("Check the path of the address, and that an MCP server listens there."),
            _ => Failure::new(
                ErrorCode::PeerBadAnswer,
                format!("{host} answered with what is no MCP message{said}"),
            )
            .status(status)
            .hint("Check the path of the address, and that an MCP server listens there."),
        }
    }
}

fn one_or_more(
    mut messages: Vec<Value>,
    session: Option<String>,
) -> Result<StreamableHttpPostResponse, Fault> {
    match (messages.pop(), messages.is_empty()) {
        (Some(one), true) => Ok(StreamableHttpPostResponse::Json(
            serde_json::from_value::<ServerJsonRpcMessage>(one)?,
            session,
        )),
        (Some(last), false) => {
            messages.push(last);
            Ok(StreamableHttpPostResponse::Sse(of_messages(messages), session))
        }
        (None, _) => Ok(StreamableHttpPostResponse::Accepted),
    }
}

/// Sessions are lost with 404; servers made with the TypeScript SDK 1.x say 400 (recording `http-2025-11-25-everything-restarted`).
/// What is said to the request by its own id is the server's answer to it, whatever words it uses. `of`: that id.
fn is_lost_session(status: u16, body: &[u8], of: Option<i64>) -> bool {
    if !matches!(status, 400 | 404 | 410) {
        return false;
    }
    let Ok(value) = serde_json::from_slice::<Value>(body) else { return status != 400 };
    if of.is_some() && number(value.get("id")) == of {
        return false;
    }
    let names_session = value["error"]["message"]
        .as_str()
        .is_some_and(|message| message.to_ascii_lowercase().contains("session"));
    let has_no_id = value.get("id").is_none_or(Value::is_null);
    names_session || (has_no_id && value["error"]["code"] == -32000)
}

fn text(response: &Response, name: &HeaderName) -> Option<String> {
    response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// All challenges of an answer.
fn challenge(response: &Response) -> Option<String> {
    let all = response.headers().get_all(header::WWW_AUTHENTICATE).iter();
    let all: Vec<&str> = all.filter_map(|value| value.to_str().ok()).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

fn header_value(text: &str) -> Result<HeaderValue, Fault> {
    HeaderValue::from_str(text).map_err(|_| {
        StreamableHttpError::UnexpectedServerResponse("the session id cannot be sent in a header".into())
    })
}

fn too_late(deadline: Duration) -> SendFault {
    let message = format!("The server did not answer within {} ms.", deadline.as_millis());
    SendFault::MaybeSent(
        Failure::new(ErrorCode::PeerNoAnswer, message)
            .hint("Check how busy the server is; `answer_timeout_ms` gives it longer."),
    )
}

pub(super) fn refused(status: u16) -> Failure {
    let (message, hint) = if status == 401 {
        (
            "The server wants a token, or refuses the one it gets (401).",
            "Enter the secret bearer_token, or sign in where the server offers that.",
        )
    } else {
        (
            "The server forbids the request (403).",
            "The token lacks a permission, or the server does not answer for this host name.",
        )
    };
    Failure::new(ErrorCode::PeerUnauthorized, message).status(status).hint(hint)
}

impl StreamableHttpClient for HttpClient {
    type Error = HttpFault;

    async fn post_message(
        &self,
        _uri: Arc<str>,
        message: ClientJsonRpcMessage,
        session_id: Option<Arc<str>>,
        _auth_header: Option<String>,
        custom_headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<StreamableHttpPostResponse, Fault> {
        self.post(message, session_id, custom_headers).await
    }

    async fn post_message_with_response_limits(
        &self,
        _uri: Arc<str>,
        message: ClientJsonRpcMessage,
        session_id: Option<Arc<str>>,
        _auth_header: Option<String>,
        custom_headers: HashMap<HeaderName, HeaderValue>,
        _limits: StreamableHttpResponseLimits,
    ) -> Result<StreamableHttpPostResponse, Fault> {
        self.post(message, session_id, custom_headers).await
    }

    async fn delete_session(
        &self,
        _uri: Arc<str>,
        session_id: Arc<str>,
        _auth_header: Option<String>,
        custom_headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<(), Fault> {
        let mut headers: Vec<_> = custom_headers.into_iter().collect();
        headers.push((HeaderName::from_static(SESSION), header_value(&session_id)?));
        // A server that does not know this, or the session any more, is as good.
        let _ = self.send(Method::DELETE, &headers, None, Some(self.reach.probe), false).await;
        Ok(())
    }

    async fn get_stream(
        &self,
        _uri: Arc<str>,
        session_id: Option<Arc<str>>,
        last_event_id: Option<String>,
        _auth_header: Option<String>,
        custom_headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<BoxStream<'static, Result<Sse, SseError>>, Fault> {
        let mut headers = vec![(header::ACCEPT, HeaderValue::from_static("text/event-stream"))];
        headers.extend(custom_headers);
        if let Some(session) = &session_id {
            headers.push((HeaderName::from_static(SESSION), header_value(session)?));
        }
        if let Some(last) = &last_event_id {
            headers.push((HeaderName::from_static("last-event-id"), header_value(last)?));
        }
        let response = match self.send(Method::GET, &headers, None, Some(self.reach.answer), false).await {
            Ok(response) => response,
            Err(fault) => {
                let failure = fault.into_failure();
                if failure.code == ErrorCode::PeerUnauthorized || failure.code == ErrorCode::PeerSignIn {
                    return Err(StreamableHttpError::AuthRequired(AuthRequiredError::new(String::new())));
                }
                self.wire.changed(Change::StreamLost);
                return Err(StreamableHttpError::Client(HttpFault(failure)));
            }
        };
        let status = response.status().as_u16();
        let media_type = text(&response, &header::CONTENT_TYPE).unwrap_or_default().to_ascii_lowercase();
        if response.status().is_success() && media_type.starts_with("text/event-stream") {
            let (wire, limit, silence) = (self.wire.clone(), self.reach.limit, self.reach.silence);
            return Ok(of_answer(ByteStream::new(response), None, wire, None, limit, silence));
        }
        if session_id.is_some() && matches!(status, 400 | 404 | 410) {
            self.wire.changed(Change::SessionLost);
        }
        if status >= 500 {
            let message = format!("The stream cannot be had (status {status}).");
            return Err(StreamableHttpError::Client(HttpFault(
                Failure::new(ErrorCode::PeerFailed, message).status(status),
            )));
        }
        // Asking again would not help.
        Err(StreamableHttpError::ServerDoesNotSupportSse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_lost_only_when_the_server_cannot_mean_the_request() {
        let lost = |status: u16, body: &str| is_lost_session(status, body.as_bytes(), Some(7));
        let without_id = r#"{"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request: No valid session ID provided"},"id":null}"#;
        assert!(lost(400, without_id));
        assert!(lost(404, "Session not found"));
        let own = r#"{"jsonrpc":"2.0","id":7,"error":{"code":-32000,"message":"Your checkout session was charged but the receipt failed"}}"#;
        assert!(
            !lost(400, own) && !lost(404, own),
            "that is the server's answer: sending it again would charge again"
        );
        assert!(!lost(400, "nonsense") && !lost(500, without_id));
    }
}
