//! n8n's public API (`/api/v1`), read tolerantly: unknown fields are ignored, ages are told apart by what answers.

use std::sync::{
    OnceLock,
    atomic::{AtomicU8, Ordering::Relaxed},
};

use jackfield_protocol::error::Failure;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use super::{
    config::Config,
    error::{explain, not_understood, refused},
};
use crate::transport::{Answer, SendFault, Transport};

/// Most bytes of one answer.
const CAP: usize = 64 * 1024 * 1024;
/// Most rows of a page; more is refused by 1.x (recording f17) and cut by 2.x.
const PAGE: usize = 250;
/// Most pages of one list: a peer that gives cursors for ever is stopped here.
const MAX_PAGES: usize = 400;

/// How new this n8n is, as far as seen: 0 not known, 1 before `/discover` (2.13), 2 newer.
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

/// Workflows as the API lists them.
#[derive(Debug)]
pub(crate) struct Listing {
    /// The workflows.
    pub(crate) rows: Vec<Value>,
    /// False when there were more than asked for.
    pub(crate) complete: bool,
}

/// Calls of the public API.
#[derive(Debug)]
pub(crate) struct Api {
    pub(crate) config: Config,
    pub(crate) transport: Transport,
    pub(crate) age: Age,
    /// A webhook's own address, as an execution told it; asked for once.
    pub(super) told_webhook: OnceLock<String>,
}

impl Api {
    pub(crate) fn new(config: Config) -> Result<Self, Failure> {
        let transport = Transport::new(&config.transport())?;
        Ok(Self { config, transport, age: Age::default(), told_webhook: OnceLock::new() })
    }

    /// `GET /healthz`: no key needed.
    pub(crate) async fn healthz(&self) -> Result<Answer, SendFaultOrAnswer> {
        let request = self.transport.request(Method::GET, self.config.url("healthz"));
        let response = self.transport.send(request).await.map_err(SendFaultOrAnswer::Send)?;
        crate::transport::answer(response, CAP, self.transport.silence)
            .await
            .map_err(|failure| SendFaultOrAnswer::Answer(explain(failure)))
    }

    /// Any `GET` below `/api/v1`, whatever its status.
    pub(crate) async fn get(&self, path: &str) -> Result<Answer, Failure> {
        let request = self.call(Method::GET, path);
        self.transport.json(request, CAP).await.map_err(explain)
    }

    fn call(&self, method: Method, path: &str) -> RequestBuilder {
        let url = self.config.url(&format!("api/v1/{path}"));
        let request = self.transport.request(method, url);
        match self.config.secrets.get("api_key") {
            Some(key) => request.header("X-N8N-API-KEY", key),
            None => request,
        }
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
            // 1.x says 404 or, where the path could be another thing's id, 405.
            404 | 405 => {
                self.age.learn(true);
                Ok(None)
            }
            _ if answer.is_success() => {
                let scopes = answer.value.pointer("/data/scopes").and_then(Value::as_array);
                let scopes = scopes.ok_or_else(|| not_understood("list of scopes"))?;
                self.age.learn(false);
                Ok(Some(scopes.iter().filter_map(Value::as_str).map(str::to_owned).collect()))
            }
            _ => Err(refused(&answer, "workflow:list")),
        }
    }

    /// Every workflow, page by page.
    pub(crate) async fn workflows(&self) -> Result<Vec<Value>, Failure> {
        Ok(self.workflow_pages(MAX_PAGES).await?.rows)
    }

    /// At most this many pages of workflows.
    pub(crate) async fn workflow_pages(&self, most: usize) -> Result<Listing, Failure> {
        let active = if self.config.options.only_active { "&active=true" } else { "" };
        let mut rows: Vec<Value> = Vec::new();
        let mut cursor: Option<String> = None;
        for _ in 0..most {
            let next =
                cursor.as_deref().map_or_else(String::new, |cursor| format!("&cursor={}", encode(cursor)));
            let page = self.must(&format!("workflows?limit={PAGE}{active}{next}"), "workflow:list").await?;
            let Some(data) = page["data"].as_array() else { return Err(not_understood("list of workflows")) };
            rows.extend(data.iter().cloned());
            match page["nextCursor"].as_str().filter(|next| !next.is_empty()) {
                // A cursor that does not move on, or leads nowhere, would be followed for ever.
                Some(next) if Some(next) != cursor.as_deref() && !data.is_empty() => {
                    cursor = Some(next.to_owned());
                }
                _ => return Ok(Listing { rows, complete: true }),
            }
        }
        Ok(Listing { rows, complete: false })
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
        let request = self
            .call(Method::POST, &format!("executions/{}/stop", encode(id)))
            .header("Content-Type", "application/json")
            .body("{}");
        let answer = self.transport.json(request, CAP).await.map_err(explain)?;
        match answer.status {
            409 => Ok(Stop::Ended),
            // 2.41 on an execution that it does not have (any more); an unknown route says just "not found".
            404 if answer.message().starts_with("Failed to find execution") => Ok(Stop::Ended),
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

/// Percent-encodes one value for a path or query.
pub(crate) fn encode(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}
