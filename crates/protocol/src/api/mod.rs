//! Requests and answers of the HTTP API that are not already in [`crate::model`].

mod http;
mod import;
mod object;
mod offers;

pub use http::*;
pub use import::*;
pub use object::Object;
pub use offers::*;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    error::{ErrorCode, Fault},
    event::{Message, TraceStep},
    ids::{BackendId, ConversationId, RunId, WorkflowId},
    model::{Backend, Health, Platform, Run, RunInput, Tool, Workflow},
    port::PeerInfo,
};

/// Body of `POST /api/v1/backends`.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBackend {
    /// Unique name; 1 to 80 characters.
    pub name: String,
    /// What it is.
    pub platform: Platform,
    /// Where it is.
    pub base_url: String,
    /// Platform-specific options.
    #[serde(default)]
    pub options: Value,
    /// Secrets by name.
    #[serde(default)]
    pub secrets: BTreeMap<String, String>,
    /// Disabled backends are neither checked nor run.
    #[serde(default = "yes")]
    pub enabled: bool,
}

fn yes() -> bool {
    true
}

/// Body of `PATCH /api/v1/backends/{id}`: what is absent stays as it is.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BackendChange {
    /// New name.
    pub name: Option<String>,
    /// New address.
    pub base_url: Option<String>,
    /// New options; replaces all of them.
    pub options: Option<Value>,
    /// Secrets to set; an empty text removes one.
    pub secrets: Option<BTreeMap<String, String>>,
    /// On or off.
    pub enabled: Option<bool>,
}

/// A backend with the state of its connection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BackendView {
    /// The backend.
    #[serde(flatten)]
    pub backend: Backend,
    /// The state of its connection.
    pub health: Health,
    /// What the peer says of itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<PeerInfo>,
}

/// Answer of `POST /api/v1/backends/{id}/discover`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DiscoveryReport {
    /// What the backend can run.
    pub workflows: Vec<Workflow>,
    /// What can be called there.
    pub tools: Vec<Tool>,
    /// Milliseconds it took.
    pub duration_ms: u64,
}

/// Body of `POST /api/v1/runs`. Name the workflow by `workflow_id`, or by `backend` and `workflow`.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct StartRun {
    /// The workflow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflow_id: Option<WorkflowId>,
    /// Name or id of the backend.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backend: Option<String>,
    /// Name, external id or id of the workflow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflow: Option<String>,
    /// Which way in; absent: the first runnable one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// The chat it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<ConversationId>,
    /// Give several runs of a conversation the same turn to ask several workflows side by side: none of them hears what the others say. 1 to
    /// 64 letters, digits, `-`, `_` or `.`; only with `conversation_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn: Option<String>,
    /// The header `Idempotency-Key`.
    #[serde(skip)]
    pub request_key: Option<String>,
    /// What to put in.
    #[serde(deserialize_with = "object::object")]
    pub input: RunInput,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The entries.
    pub items: Vec<T>,
    /// Cursor of the next page; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Answer of `GET /api/v1/runs/{id}/trace`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Trace {
    /// The run.
    pub run: Run,
    /// Messages, in order of their first delta.
    pub messages: Vec<Message>,
    /// Steps, parents before children, siblings by order.
    pub steps: Vec<TraceStep>,
}

/// An error, as RFC 9457 has it, served as `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Where the page about this code is.
    #[serde(rename = "type")]
    pub kind: String,
    /// The code's title.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened, where.
    pub detail: String,
    /// The stable code.
    pub code: ErrorCode,
    /// What to do next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Where in the request: a JSON pointer, header or parameter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// HTTP status of a peer's answer, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer_status: Option<u16>,
    /// Every single fault of an input, where there may be several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
}

/// News of the hub, for pages that show more than one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "nearly all news is of the large variant")]
pub enum HubNews {
    /// A run began, moved on or ended.
    Run(Run),
    /// The connection to a backend was checked, or changed.
    Health {
        /// Which backend.
        backend_id: BackendId,
        /// Its state now.
        health: Health,
    },
    /// Backends, workflows or tools changed: read them again.
    Catalogue {
        /// Which backend.
        backend_id: BackendId,
    },
    /// Not everything was told, because the reader was too slow or because much was removed at once: read the lists
    /// again.
    Missed,
    /// A run was removed with its backend.
    RunRemoved {
        /// Which run.
        run_id: RunId,
    },
}
