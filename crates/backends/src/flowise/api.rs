//! Flowise's HTTP API, read tolerantly: unknown paths answer 200 with the editor's page, lists are arrays or pages, errors are 500 for nearly everything.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicI64, Ordering::Relaxed},
};

use jackfield_protocol::{error::Failure, time::now};
use jiff::Timestamp;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use super::{
    config::Config,
    error::{explain, not_understood, refused},
    live::Registry,
};
use crate::transport::{Answer, ByteStream, SendFault, StreamFault, Transport};

/// Most bytes of one answer.
const CAP: usize = 64 * 1024 * 1024;
/// Most bytes of an answer that is text.
const TEXT: usize = 64 * 1024;
/// Flows of one page: each brings its whole definition, 10 to 60 KB.
const PAGE: usize = 20;
/// Most pages: a peer that never comes to an end is stopped here.
const MAX_PAGES: usize = 500;

/// Calls of the API, and what is remembered of the peer.
pub(crate) struct Api {
    pub(crate) config: Config,
    pub(crate) transport: Transport,
    pub(crate) live: Arc<Registry>,
    /// When nobody listened there (milliseconds of the epoch): what ran then is lost.
    down_at: AtomicI64,
    version: OnceLock<String>,
}

impl Api {
    pub(crate) fn new(config: Config) -> Result<Self, Failure> {
        let transport = Transport::new(&config.transport())?;
        Ok(Self {
            config,
            transport,
            live: Arc::default(),
            down_at: AtomicI64::new(0),
            version: OnceLock::new(),
        })
    }

    /// When Flowise was seen to be down, the last time.
    pub(crate) fn down_since(&self) -> Option<Timestamp> {
        let at = self.down_at.load(Relaxed);
        (at > 0).then(|| Timestamp::from_millisecond(at).ok()).flatten()
    }

    /// Notes what a fault says of the peer.
    pub(crate) fn noted(&self, fault: SendFault) -> SendFault {
        if matches!(&fault, SendFault::NotSent(failure) if failure.code == jackfield_protocol::error::ErrorCode::PeerUnreachable)
        {
            self.down_at.store(now().as_millisecond(), Relaxed);
        }
        fault
    }

    /// Any path below `/api/v1` that answers with text, at most 64 KiB: status and body.
    pub(crate) async fn text(&self, path: &str) -> Result<(u16, String), TextFault> {
        let request = self.call(Method::GET, path, false);
        let response =
            self.transport.send(request).await.map_err(|fault| TextFault::Send(self.noted(fault)))?;
        let status = response.status().as_u16();
        let mut body = ByteStream::new(response);
        let mut text = Vec::new();
        loop {
            match body.next(self.transport.silence).await {
                Ok(Some(bytes)) if text.len() < TEXT => text.extend_from_slice(&bytes),
                Ok(_) => return Ok((status, String::from_utf8_lossy(&text).into_owned())),
                Err(StreamFault::Silent(failure) | StreamFault::Broken(failure)) => {
                    return Err(TextFault::Body(failure));
                }
            }
        }
    }

    /// Any JSON call below `/api/v1`, whatever its status.
    pub(crate) async fn json(&self, method: Method, path: &str, key: bool) -> Result<Answer, Failure> {
        let request = self.call(method, path, key);
        let response =
            self.transport.send(request).await.map_err(|fault| explain(self.noted(fault).into_failure()))?;
        crate::transport::answer(response, CAP, self.transport.silence).await.map_err(explain)
    }

    /// A `GET` with the key that must succeed; `permission` is the one that it needs.
    pub(crate) async fn must(&self, path: &str, permission: &str) -> Result<Value, Failure> {
        let answer = self.json(Method::GET, path, true).await?;
        if answer.is_success() { Ok(answer.value) } else { Err(refused(&answer, permission)) }
    }

    fn call(&self, method: Method, path: &str, key: bool) -> RequestBuilder {
        let request = self.transport.request(method, self.config.url(&format!("api/v1/{path}")));
        match self.config.secrets.get("api_key").filter(|_| key) {
            Some(key) => request.bearer_auth(key),
            None => request,
        }
    }

    /// Flowise's version, asked for once.
    pub(crate) async fn version(&self) -> Option<String> {
        if let Some(version) = self.version.get() {
            return Some(version.clone());
        }
        let answer = self.json(Method::GET, "version", false).await.ok()?;
        let version: String = answer.value["version"].as_str()?.chars().take(40).collect();
        Some(self.version.get_or_init(|| version).clone())
    }

    /// Whether it sends heartbeats in silence (3.1.2 and later).
    pub(crate) async fn has_heartbeats(&self) -> bool {
        self.version().await.is_some_and(|version| at_least(&version, [3, 1, 2]))
    }

    /// One page of flows, and how many there are; 2.x ignores paging and gives all at once, without a count.
    pub(crate) async fn flow_page(
        &self,
        page: usize,
        limit: usize,
    ) -> Result<(Vec<Value>, Option<u64>), Failure> {
        let value = self.must(&format!("chatflows?page={page}&limit={limit}"), "chatflows:view").await?;
        if let Value::Array(rows) = value {
            return Ok((rows, None));
        }
        let total = value["total"].as_u64();
        match rows_of(value) {
            Some(rows) if total.is_some() => Ok((rows, total)),
            _ => Err(not_understood("list of flows")),
        }
    }

    /// Every flow, page by page, each handed over as it comes: definitions are large.
    pub(crate) async fn flows<T>(&self, mut keep: impl FnMut(Value) -> Option<T>) -> Result<Vec<T>, Failure> {
        let mut kept = Vec::new();
        let mut rows = 0;
        for page in 1..=MAX_PAGES {
            let (found, total) = self.flow_page(page, PAGE).await?;
            let count = found.len();
            rows += count as u64;
            kept.extend(found.into_iter().filter_map(&mut keep));
            if count == 0 || total.is_none_or(|total| rows >= total) {
                break;
            }
        }
        Ok(kept)
    }

    /// Whether a flow streams: `Ok(None)` when this Flowise has no such call.
    pub(crate) async fn streams(&self, flow: &str) -> Result<Option<bool>, Failure> {
        let answer = self.json(Method::GET, &format!("chatflows-streaming/{}", encode(flow)), false).await?;
        match answer.status {
            404 => Ok(None),
            _ if answer.is_success() => Ok(answer.value["isStreaming"].as_bool()),
            _ => Err(refused(&answer, "")),
        }
    }

    /// The stored messages of one chat, oldest first.
    pub(crate) async fn messages(&self, flow: &str, chat: &str) -> Result<Vec<Value>, Failure> {
        let path = format!("chatmessage/{}?chatId={}&order=ASC", encode(flow), encode(chat));
        match self.must(&path, "").await? {
            Value::Array(messages) => Ok(messages),
            _ => Err(not_understood("list of messages")),
        }
    }

    /// Whether a conversation has stored messages.
    pub(crate) async fn knows_session(&self, flow: &str, session: &str) -> Result<bool, Failure> {
        let path = format!("chatmessage/{}?sessionId={}&order=DESC", encode(flow), encode(session));
        Ok(self.must(&path, "").await?.as_array().is_some_and(|messages| !messages.is_empty()))
    }

    /// The newest executions of a flow in a conversation, newest update first; each brings the whole flow with it.
    pub(crate) async fn executions(&self, flow: &str, session: &str) -> Result<Vec<Value>, Failure> {
        let path =
            format!("executions?agentflowId={}&sessionId={}&page=1&limit=4", encode(flow), encode(session));
        let page = self.must(&path, "executions:view").await?;
        rows_of(page).ok_or_else(|| not_understood("list of executions"))
    }

    /// One execution; `None` when Flowise does not have it (unknown ids answer 500).
    pub(crate) async fn execution(&self, id: &str) -> Result<Option<Value>, Failure> {
        let answer = self.json(Method::GET, &format!("executions/{}", encode(id)), true).await?;
        match answer.status {
            404 | 500 => Ok(None),
            _ if answer.is_success() => Ok(Some(answer.value)),
            _ => Err(refused(&answer, "executions:view")),
        }
    }

    /// Asks Flowise to stop a run. Open to everybody since 3.1.0; it answers 200 for chats that it does not know, too.
    pub(crate) async fn abort(&self, flow: &str, chat: &str) -> Result<(), Failure> {
        let path = format!("chatmessage/abort/{}/{}", encode(flow), encode(chat));
        let answer = self.json(Method::PUT, &path, true).await?;
        if answer.is_success() { Ok(()) } else { Err(refused(&answer, "")) }
    }
}

/// The rows of a page.
fn rows_of(page: Value) -> Option<Vec<Value>> {
    let Value::Object(mut fields) = page else { return None };
    match fields.remove("data") {
        Some(Value::Array(rows)) => Some(rows),
        _ => None,
    }
}

/// What went wrong when a text was asked for.
#[derive(Debug)]
pub(crate) enum TextFault {
    /// Before an answer began.
    Send(SendFault),
    /// In the answer.
    Body(Failure),
}

/// Whether a version is this or later; what is no version is not.
pub(crate) fn at_least(version: &str, wanted: [u64; 3]) -> bool {
    let mut parts = version.split(['.', '-', '+']).map(|part| part.parse::<u64>().ok());
    let mut part = || parts.next().flatten();
    let Some(major) = part() else { return false };
    [major, part().unwrap_or_default(), part().unwrap_or_default()] >= wanted
}

/// Percent-encodes one value for a path or query.
pub(crate) fn encode(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_number() {
        assert!(
            at_least("3.1.10", [3, 1, 2]) && at_least("3.1.2-rc.1", [3, 1, 2]) && at_least("4", [3, 9, 9])
        );
        assert!(!at_least("3.1.1", [3, 1, 2]) && !at_least("2.10.0", [3, 0, 0]) && !at_least("", [0, 0, 1]));
    }
}
