//! n8n's public API (`/api/v1`), read tolerantly: unknown fields are ignored, ages are told apart by what answers.

use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

use jackfield_protocol::error::{ErrorCode, Failure};
use reqwest::Method;
use serde_json::Value;

use super::config::Config;
use crate::transport::{Answer, SendFault, Transport};

/// Most bytes of one answer.
const CAP: usize = 64 * 1024 * 1024;
/// Most rows of a page; more is refused by 1.x and cut by 2.x.
const PAGE: usize = 250;
/// Most pages of one list: a peer that gives cursors for ever is stopped here.
const MAX_PAGES: usize = 400;

/// The five scopes that Jackfield uses.
pub(crate) const SCOPES: [&str; 5] =
    ["workflow:list", "workflow:read", "execution:list", "execution:read", "execution:stop"];

/// How new this n8n is, as far as seen: 0 not known, 1 before `/discover` and `startedAfter` (1.x), 2 newer.
#[derive(Debug, Default)]
pub(crate) struct Age(AtomicU8);

impl Age {
    pub(crate) fn is_old(&self) -> bool {
        self.0.load(Relaxed) == 1
    }

    fn learn(&self, old: bool) {
        self.0.store(if old { 1 } else { 2 }, Relaxed);
    }
}

/// What became of a request to stop an execution.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Stop {
    /// n8n stopped it.
    Stopped,
    /// It had ended.
    Ended,
    /// This n8n has no such call (before 2.9).
    Unsupported,
}

/// Calls of the public API.
#[derive(Debug)]
pub(crate) struct Api {
    pub(crate) config: Config,
    pub(crate) transport: Transport,
    pub(crate) age: Age,
}

impl Api {
    pub(crate) fn new(config: Config) -> Result<Self, Failure> {
        let transport = Transport::new(&config.transport())?;
        Ok(Self { config, transport, age: Age::default() })
    }

    /// `GET /healthz`: no key needed.
    pub(crate) async fn healthz(&self) -> Result<Answer, SendFaultOrAnswer> {
        let request = self.transport.request(Method::GET, self.config.url("healthz"));
        let response = self.transport.send(request).await.map_err(SendFaultOrAnswer::Send)?;
        crate::transport::answer(response, CAP, self.transport.silence)
            .await
            .map_err(SendFaultOrAnswer::Answer)
    }

    /// Any `GET` below `/api/v1`, whatever its status.
    pub(crate) async fn get(&self, path: &str) -> Result<Answer, Failure> {
        let url = self.config.url(&format!("api/v1/{path}"));
        let mut request = self.transport.request(Method::GET, url);
        if let Some(key) = self.config.secrets.get("api_key") {
            request = request.header("X-N8N-API-KEY", key);
        }
        self.transport.json(request, CAP).await
    }

    /// A `GET` that must succeed.
    pub(crate) async fn must(&self, path: &str, scope: &str) -> Result<Value, Failure> {
        let answer = self.get(path).await?;
        if answer.is_success() { Ok(answer.value) } else { Err(refused(&answer, scope)) }
    }

    /// The scopes of the key (2.14 and later); `None` on older ones.
    pub(crate) async fn scopes(&self) -> Result<Option<Vec<String>>, Failure> {
        let answer = self.get("discover").await?;
        match answer.status {
            404 => {
                self.age.learn(true);
                Ok(None)
            }
            _ if answer.is_success() => {
                self.age.learn(false);
                let scopes = answer.value.pointer("/data/scopes").or(answer.value.get("scopes"));
                let scopes = scopes
                    .and_then(Value::as_array)
                    .map(|scopes| scopes.iter().filter_map(Value::as_str).map(str::to_owned).collect());
                Ok(scopes)
            }
            _ => Err(refused(&answer, "any scope")),
        }
    }

    /// Every workflow, page by page.
    pub(crate) async fn workflows(&self) -> Result<Vec<Value>, Failure> {
        let mut all = Vec::new();
        let mut cursor: Option<String> = None;
        for _ in 0..MAX_PAGES {
            let path = match &cursor {
                Some(cursor) => format!("workflows?limit={PAGE}&cursor={}", encode(cursor)),
                None => format!("workflows?limit={PAGE}"),
            };
            let page = self.must(&path, "workflow:list").await?;
            let Some(rows) = page["data"].as_array() else { return Err(not_understood("list of workflows")) };
            all.extend(rows.iter().cloned());
            match page["nextCursor"].as_str() {
                Some(next) if Some(next) != cursor.as_deref() && !next.is_empty() => {
                    cursor = Some(next.to_owned())
                }
                _ => return Ok(all),
            }
        }
        Ok(all)
    }

    /// One page of executions, newest first; `query` has no `limit`.
    pub(crate) async fn executions(&self, query: &str, limit: usize) -> Result<Vec<Value>, Failure> {
        let path = format!("executions?limit={limit}&{query}");
        let page = self.must(path.trim_end_matches('&'), "execution:list").await?;
        match page["data"].as_array() {
            Some(rows) => Ok(rows.clone()),
            None => Err(not_understood("list of executions")),
        }
    }

    /// One execution; `None` when n8n does not have it (not saved, or pruned).
    pub(crate) async fn execution(&self, id: &str, data: bool) -> Result<Option<Value>, Failure> {
        let answer = self.get(&format!("executions/{}?includeData={data}", encode(id))).await?;
        match answer.status {
            404 => Ok(None),
            _ if answer.is_success() => Ok(Some(answer.value)),
            _ => Err(refused(&answer, "execution:read")),
        }
    }

    /// Asks n8n to stop an execution.
    pub(crate) async fn stop(&self, id: &str) -> Result<Stop, Failure> {
        let url = self.config.url(&format!("api/v1/executions/{}/stop", encode(id)));
        let mut request =
            self.transport.request(Method::POST, url).header("Content-Type", "application/json").body("{}");
        if let Some(key) = self.config.secrets.get("api_key") {
            request = request.header("X-N8N-API-KEY", key);
        }
        let answer = self.transport.json(request, CAP).await?;
        match answer.status {
            409 => Ok(Stop::Ended),
            404 | 405 => Ok(Stop::Unsupported),
            _ if answer.is_success() => Ok(Stop::Stopped),
            _ => Err(refused(&answer, "execution:stop")),
        }
    }
}

/// A fault before or in an answer.
#[derive(Debug)]
pub(crate) enum SendFaultOrAnswer {
    Send(SendFault),
    Answer(Failure),
}

/// What a status other than 2xx means.
pub(crate) fn refused(answer: &Answer, scope: &str) -> Failure {
    let failure = match answer.status {
        401 => Failure::new(
            ErrorCode::PeerUnauthorized,
            "n8n does not accept the API key: it is missing, wrong or expired.",
        )
        .hint("Make a new key in n8n under Settings → n8n API and store it as `api_key`."),
        403 => Failure::new(
            ErrorCode::PeerScopeMissing,
            format!("The API key may not do this: it lacks the scope {scope}."),
        )
        .hint(format!("Make a key with the scopes {}.", SCOPES.join(", "))),
        429 => {
            let wait =
                answer.retry_after.map_or_else(|| "a while".to_owned(), |seconds| format!("{seconds} s"));
            Failure::new(
                ErrorCode::PeerRateLimited,
                format!("n8n asks to wait {wait} before the next request."),
            )
        }
        404 => Failure::new(ErrorCode::PeerNotPlatform, "There is no n8n API at this address.")
            .hint("Check the base URL and that n8n's public API is not switched off."),
        status @ 500.. => Failure::new(
            ErrorCode::PeerFailed,
            format!("n8n failed with status {status}: {}", answer.message()),
        ),
        status => Failure::new(
            ErrorCode::PeerRejected,
            format!("n8n refused the request with status {status}: {}", answer.message()),
        ),
    };
    failure.status(answer.status)
}

fn not_understood(what: &str) -> Failure {
    Failure::new(
        ErrorCode::PeerBadAnswer,
        format!("The {what} does not have the form that n8n's API documents."),
    )
}

/// Percent-encodes one value for a path or query.
pub(crate) fn encode(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}
