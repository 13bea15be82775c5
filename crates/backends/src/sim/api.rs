//! Sim's HTTP API, both of its public faces.

use std::{
    collections::HashSet,
    sync::{Arc, OnceLock},
};

use jackfield_protocol::error::{ErrorCode, Failure};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use tokio::sync::OnceCell;

use super::{
    config::Config,
    error::{KEY_HINT, WORKSPACE_HINT, not_understood, refused},
    options::Face,
    record::Record,
};
use crate::{
    live::Registry,
    transport::{Answer, SendFault, Transport, answer},
};

/// Most bytes of one answer: outputs of 10 MB exist.
const CAP: usize = 64 * 1024 * 1024;
/// A run of this many milliseconds is long: its workflow runs durably unless told otherwise.
const LONG: u32 = 60_000;
/// Workflows of one page.
const PAGE: usize = 100;
/// Most pages: a peer that never comes to an end is stopped here.
const MAX_PAGES: usize = 200;

/// Calls of the API, and what is remembered of the peer.
pub(crate) struct Api {
    pub(crate) config: Config,
    pub(crate) transport: Transport,
    pub(crate) live: Arc<Registry>,
    face: OnceCell<Face>,
    workspace: OnceLock<String>,
}

impl Api {
    pub(crate) fn new(config: Config) -> Result<Self, Failure> {
        let transport = Transport::new(&config.transport())?;
        let workspace = OnceLock::new();
        if let Some(known) = &config.workspace {
            // A new cell is empty.
            let _ = workspace.set(known.clone());
        }
        Ok(Self { config, transport, live: Arc::default(), face: OnceCell::new(), workspace })
    }

    /// A request with the key, where there is one.
    pub(crate) fn call(&self, method: Method, path: &str) -> RequestBuilder {
        self.keyed(self.transport.request(method, self.config.url(path)))
    }

    /// A request for a run, on a connection of its own.
    pub(crate) fn run_call(&self, path: &str) -> RequestBuilder {
        self.keyed(self.transport.run_request(Method::POST, self.config.url(path)))
    }

    fn keyed(&self, request: RequestBuilder) -> RequestBuilder {
        match self.config.secrets.get("api_key") {
            Some(key) => request.header("X-API-Key", key),
            None => request,
        }
    }

    /// Sends a request and reads its JSON, whatever its status.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Result<Answer, Failure> {
        let response = self.transport.send(request).await.map_err(SendFault::into_failure)?;
        answer(response, CAP, self.transport.silence).await
    }

    /// A `GET`, whatever its status.
    pub(crate) async fn get(&self, path: &str) -> Result<Answer, Failure> {
        self.send(self.call(Method::GET, path)).await
    }

    /// A `GET` that must succeed.
    pub(crate) async fn must(&self, path: &str) -> Result<Value, Failure> {
        let answer = self.get(path).await?;
        if answer.is_success() { Ok(answer.value) } else { Err(refused(&answer)) }
    }

    /// Which face is used: as configured, else v2 where it is switched on.
    ///
    /// # Errors
    /// Whatever kept Sim from telling; it is asked again the next time.
    pub(crate) async fn face(&self) -> Result<Face, Failure> {
        if let Some(face) = self.config.options.interface {
            return Ok(face);
        }
        if !self.config.has_key() {
            return Ok(Face::Legacy);
        }
        let face = self.face.get_or_try_init(|| async {
            let answer = self.get("api/v2/workspaces").await?;
            match answer.status {
                200 => Ok(Face::V2),
                404 => Ok(Face::Legacy),
                _ => Err(refused(&answer)),
            }
        });
        face.await.copied()
    }

    /// The workspace: as given, else of the example workflow, else the only one that the key sees.
    pub(crate) async fn workspace(&self) -> Result<String, Failure> {
        if let Some(known) = self.workspace.get() {
            return Ok(known.clone());
        }
        let found = match &self.config.example {
            Some(workflow) => {
                let detail = self.must(&format!("api/v1/workflows/{}", encode(workflow))).await?;
                detail["data"]["workspaceId"].as_str().map(str::to_owned)
            }
            None if !self.config.has_key() => {
                return Err(Failure::new(
                    ErrorCode::PeerUnauthorized,
                    "Without an API key Sim lists nothing.",
                )
                .hint(KEY_HINT));
            }
            None if self.face().await? == Face::V2 => self.only_workspace().await?,
            None => {
                return Err(Failure::new(
                    ErrorCode::InvalidConfig,
                    "Sim's older interface does not tell which workspaces a key has.",
                )
                .at("/options/workspace")
                .hint(WORKSPACE_HINT));
            }
        };
        let found = found.ok_or_else(|| not_understood("workspace"))?;
        Ok(self.workspace.get_or_init(|| found).clone())
    }

    async fn only_workspace(&self) -> Result<Option<String>, Failure> {
        let value = self.must("api/v2/workspaces").await?;
        let known: Vec<&Value> = value["data"].as_array().into_iter().flatten().collect();
        match known.as_slice() {
            [one] => Ok(one["id"].as_str().map(str::to_owned)),
            [] => Err(Failure::new(ErrorCode::PeerScopeMissing, "The key sees no workspace.").hint(KEY_HINT)),
            several => {
                let names: Vec<String> = several
                    .iter()
                    .take(10)
                    .map(|one| {
                        let text = |key: &str| one[key].as_str().unwrap_or_default();
                        format!("{} ({})", text("name"), text("id"))
                    })
                    .collect();
                let message = format!("The key sees {} workspaces: {}.", several.len(), names.join(", "));
                Err(Failure::new(ErrorCode::InvalidConfig, message)
                    .at("/options/workspace")
                    .hint("Give the id of one as the option `workspace`."))
            }
        }
    }

    /// Every deployed workflow, page by page.
    pub(crate) async fn workflows(&self) -> Result<Vec<Value>, Failure> {
        let workspace = self.workspace().await?;
        let base = match self.face().await? {
            Face::Legacy => "api/v1/workflows",
            Face::V2 => "api/v2/workflows",
        };
        let mut all = Vec::new();
        let mut cursor: Option<String> = None;
        for _ in 0..MAX_PAGES {
            let mut path =
                format!("{base}?workspaceId={}&deployedOnly=true&limit={PAGE}", encode(&workspace));
            if let Some(cursor) = &cursor {
                path.push_str(&format!("&cursor={}", encode(cursor)));
            }
            let mut page = self.must(&path).await?;
            let next = page["nextCursor"].as_str().filter(|next| !next.is_empty()).map(str::to_owned);
            match taken(&mut page, "/data") {
                Value::Array(rows) => all.extend(rows),
                _ => return Err(not_understood("list of workflows")),
            }
            if next.is_none() || next == cursor {
                break;
            }
            cursor = next;
        }
        Ok(all)
    }

    /// Workflows that have run for a minute or longer, as far as the newest log entries tell.
    pub(crate) async fn long_runners(&self) -> Result<HashSet<String>, Failure> {
        let workspace = encode(&self.workspace().await?);
        let path = format!("api/v1/logs?workspaceId={workspace}&minDurationMs={LONG}&limit=100");
        let found = self.must(&path).await?;
        let rows = found["data"].as_array().into_iter().flatten();
        Ok(rows.filter_map(|row| row["workflowId"].as_str().map(str::to_owned)).collect())
    }

    /// One workflow, with its inputs (of the draft).
    pub(crate) async fn detail(&self, id: &str) -> Result<Value, Failure> {
        let mut detail = self.must(&format!("{}/{}", self.management().await?, encode(id))).await?;
        Ok(taken(&mut detail, "/data"))
    }

    /// The blocks of a workflow (of the draft).
    pub(crate) async fn export(&self, id: &str) -> Result<Value, Failure> {
        let path = format!("{}/{}/export", self.management().await?, encode(id));
        Ok(taken(&mut self.must(&path).await?, "/data/state"))
    }

    async fn management(&self) -> Result<&'static str, Failure> {
        Ok(match self.face().await? {
            Face::Legacy => "api/v1/workflows",
            Face::V2 => "api/v2/workflows",
        })
    }

    /// Where one run of a workflow is looked up, stopped and answered.
    pub(crate) async fn run_path(&self, workflow: &str, run: &str) -> Result<String, Failure> {
        Ok(match self.face().await? {
            Face::Legacy => format!("api/workflows/{}/executions/{}", encode(workflow), encode(run)),
            Face::V2 => format!("api/v2/workflows/{}/runs/{}", encode(workflow), encode(run)),
        })
    }

    /// What Sim says of a run; `None`: it does not have it.
    pub(crate) async fn record(&self, workflow: &str, run: &str) -> Result<Option<Record>, Failure> {
        let path = format!("{}?includeOutput=true", self.run_path(workflow, run).await?);
        let mut answer = self.get(&path).await?;
        match answer.status {
            404 => Ok(None),
            _ if answer.is_success() => {
                let value = match answer.value.get_mut("data") {
                    Some(data) if data.is_object() => data.take(),
                    _ => answer.value,
                };
                Record::read(value).map(Some).ok_or_else(|| not_understood("status of the run"))
            }
            _ => Err(refused(&answer)),
        }
    }

    /// The spans of a run; `None`: the log does not have them yet.
    pub(crate) async fn spans(&self, run: &str) -> Result<Option<Vec<Value>>, Failure> {
        let mut entry = match self.face().await? {
            Face::V2 => taken(&mut self.must(&format!("api/v2/logs/{}", encode(run))).await?, "/data"),
            Face::Legacy => {
                let path = format!(
                    "api/v1/logs?workspaceId={}&executionId={}&details=full&includeTraceSpans=true&includeFinalOutput=true",
                    encode(&self.workspace().await?),
                    encode(run)
                );
                taken(&mut self.must(&path).await?, "/data/0")
            }
        };
        if entry["endedAt"].is_null() {
            return Ok(None);
        }
        match taken(&mut entry, "/traceSpans") {
            Value::Array(spans) => Ok(Some(spans)),
            _ => Ok(Some(Vec::new())),
        }
    }
}

/// What stands at a place of an answer; null where it is not there, whatever the answer is.
pub(crate) fn taken(value: &mut Value, pointer: &str) -> Value {
    value.pointer_mut(pointer).map(Value::take).unwrap_or_default()
}

/// Percent-encodes one value for a path or query.
pub(crate) fn encode(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}
