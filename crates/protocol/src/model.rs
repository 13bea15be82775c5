//! Backends, workflows, tools, runs: what the hub knows, as it is stored and as the API shows it.

use std::{collections::BTreeMap, fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    error::{ErrorCode, Failure},
    event::Outcome,
    ids::{BackendId, ConversationId, RunId, Seq, ToolRowId, WorkflowId},
};

pub use crate::offer::*;

/// A kind of peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Platform {
    /// n8n, 1.x and 2.x.
    N8n,
    /// Flowise.
    Flowise,
    /// Sim Studio.
    SimStudio,
    /// A server of the Model Context Protocol.
    Mcp,
    /// Any server that speaks OpenAI's API.
    Openai,
}

impl Platform {
    /// Every platform.
    pub const ALL: &'static [Self] = &[Self::N8n, Self::Flowise, Self::SimStudio, Self::Mcp, Self::Openai];

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::N8n => "n8n",
            Self::Flowise => "flowise",
            Self::SimStudio => "sim_studio",
            Self::Mcp => "mcp",
            Self::Openai => "openai",
        }
    }

    /// The name to show.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::N8n => "n8n",
            Self::Flowise => "Flowise",
            Self::SimStudio => "Sim Studio",
            Self::Mcp => "MCP server",
            Self::Openai => "OpenAI-compatible server",
        }
    }

    /// The specification's `type` of a backend of this platform.
    #[must_use]
    pub fn backend_type(self) -> BackendType {
        match self {
            Self::N8n | Self::Flowise | Self::SimStudio => BackendType::Orchestrator,
            Self::Mcp => BackendType::Mcp,
            Self::Openai => BackendType::Llm,
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Platform {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        Self::ALL.iter().copied().find(|platform| platform.as_str() == text).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|platform| platform.as_str()).collect();
            Failure::new(ErrorCode::InvalidRequest, format!("'{text}' is not a platform."))
                .hint(format!("Use one of: {}.", known.join(", ")))
        })
    }
}

/// The specification's `type` of a backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BackendType {
    /// Answers chats.
    Llm,
    /// Runs workflows.
    Orchestrator,
    /// Offers tools.
    Mcp,
}

impl BackendType {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Llm => "llm",
            Self::Orchestrator => "orchestrator",
            Self::Mcp => "mcp",
        }
    }
}

/// One configured peer, without its secrets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Backend {
    /// Its id.
    pub id: BackendId,
    /// Unique name, chosen by the user.
    pub name: String,
    /// The specification's type, given by the platform.
    #[serde(rename = "type")]
    pub kind: BackendType,
    /// What it is.
    pub platform: Platform,
    /// Where it is. For a backend that is only a webhook: that webhook's URL.
    pub base_url: String,
    /// Platform-specific options that are no secrets; their JSON Schema comes with the platform.
    pub options: Value,
    /// Names of the secrets that are stored for it, never their values.
    pub secrets: Vec<String>,
    /// A disabled backend is neither checked nor run.
    pub enabled: bool,
    /// True for the simulated peers of `--demo`.
    pub simulated: bool,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// What is known of the connection to a backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HealthState {
    /// Never checked.
    Unknown,
    /// The first check is under way.
    Connecting,
    /// Works.
    Connected,
    /// Works in part.
    Degraded,
    /// Reachable, but refuses the key.
    Unauthorized,
    /// Reachable, and waits for a person to sign in.
    SignInRequired,
    /// Cannot be reached.
    Unreachable,
}

/// State of the connection to a backend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// The state.
    pub state: HealthState,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// When it was last checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub checked_at: Option<Timestamp>,
    /// Milliseconds of the last check that reached the peer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<u64>,
    /// The last error; kept while the state is not `connected`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<Failure>,
    /// When the next check is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_check_at: Option<Timestamp>,
}

/// What a test of a connection found, check by check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ConnectionReport {
    /// The state that follows from the checks.
    pub state: HealthState,
    /// Milliseconds of one round trip, when the peer was reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<u64>,
    /// The peer's version: exact, or a bound such as `>= 2.19`; absent when it cannot be had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// How many workflows (or tools, or models) the peer has for this key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflows: Option<u64>,
    /// What was checked, in order.
    pub checks: Vec<Check>,
}

impl ConnectionReport {
    /// The first failed check.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        self.checks
            .iter()
            .find(|check| check.status == CheckStatus::Failed)
            .and_then(|check| check.failure.as_ref())
    }
}

/// One check of a connection test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Check {
    /// What was checked, for example `reachable`, `api_key`, `scope execution:read`.
    pub name: String,
    /// How it went.
    pub status: CheckStatus,
    /// What was found, in one sentence.
    pub message: String,
    /// What is wrong and what to do, for `failed` and `warning`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckStatus {
    /// As it should be.
    Passed,
    /// Works, with something missing.
    Warning,
    /// Does not work.
    Failed,
    /// Not tried, because an earlier one failed or nothing was configured for it.
    Skipped,
}

/// What an orchestrator or LLM backend can run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Workflow {
    /// The hub's id; stable across discoveries.
    pub id: WorkflowId,
    /// Whose it is.
    pub backend_id: BackendId,
    /// When a discovery last saw it.
    #[schema(value_type = String, format = DateTime)]
    pub discovered_at: Timestamp,
    /// False when the last discovery did not find it any more.
    pub present: bool,
    /// What it is.
    #[serde(flatten)]
    pub info: WorkflowInfo,
}

/// A workflow as its platform describes it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WorkflowInfo {
    /// The peer's own id.
    pub external_id: String,
    /// Name to show.
    pub name: String,
    /// What it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Switched on at the peer.
    pub active: bool,
    /// At least one entry can be run by the hub.
    pub runnable: bool,
    /// Why nothing of it can be run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Ways in, the preferred one first.
    #[serde(default)]
    pub entries: Vec<EntryPoint>,
    /// What the user should know before running it.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// Where the peer's own editor shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub editor_url: Option<String>,
    /// The peer's version of the definition that runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// When the peer says it was last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
    /// Nodes and edges, enough to draw it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub graph: Option<Graph>,
    /// What the backend wants to remember of it for running it (settings and such); no secrets.
    #[serde(default)]
    pub private: Value,
}

/// One way into a workflow.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EntryPoint {
    /// Unique within the workflow, stable across discoveries (for n8n: the trigger node's id).
    pub id: String,
    /// `webhook`, `chat`, `form`, `mcp`, `schedule`, `manual`, `sub_workflow`, `api`, `model` …
    pub kind: String,
    /// Name to show (for n8n: the trigger node's name).
    pub name: String,
    /// HTTP methods it takes; the first is used when none is chosen.
    #[serde(default)]
    pub methods: Vec<String>,
    /// Full URL, with `:param` in place of path parameters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What it wants to see: `none`, `basic`, `header`, `jwt`, `bearer`, `user`, `oauth2`, `unknown`.
    pub auth: String,
    /// True when the backend has the secret that `auth` asks for, or none is needed.
    pub authorized: bool,
    /// The peer's own name of the way it answers, for example `lastNode`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_mode: Option<String>,
    /// Whether text streams while the run goes on; `None`: cannot be told beforehand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub streams: Option<bool>,
    /// Whether files can be sent.
    pub files: bool,
    /// JSON Schema of the input, as far as it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_schema: Option<Value>,
    /// Whether the hub can run it.
    pub runnable: bool,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Nodes and edges of a workflow.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Graph {
    /// The nodes.
    pub nodes: Vec<GraphNode>,
    /// The edges.
    pub edges: Vec<GraphEdge>,
}

/// A node of a workflow's graph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GraphNode {
    /// Name; unique within the workflow. Steps carry it as `source.node`.
    pub name: String,
    /// The peer's own type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Switched off.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
    /// Where the peer's editor puts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<[f64; 2]>,
}

/// An edge of a workflow's graph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GraphEdge {
    /// Name of the node it leaves.
    pub from: String,
    /// Name of the node it enters.
    pub to: String,
    /// The peer's own type of connection, for example `main` or `ai_tool`.
    #[serde(rename = "type")]
    pub kind: String,
}

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// Written down, not yet sent.
    Queued,
    /// Going on.
    Running,
    /// Waits for a person or for time.
    Waiting,
    /// The connection was lost; what became of it is being found out.
    Recovering,
    /// Ended: the peer says that it did what it should.
    Succeeded,
    /// Ended: failed.
    Failed,
    /// Ended: stopped on request.
    Cancelled,
    /// Ended: nobody can say.
    Unknown,
}

impl RunStatus {
    /// Every status.
    pub const ALL: &'static [Self] = &[
        Self::Queued,
        Self::Running,
        Self::Waiting,
        Self::Recovering,
        Self::Succeeded,
        Self::Failed,
        Self::Cancelled,
        Self::Unknown,
    ];

    /// Whether the log has its `done`.
    #[must_use]
    pub fn has_ended(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled | Self::Unknown)
    }

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Recovering => "recovering",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Unknown => "unknown",
        }
    }
}

impl FromStr for RunStatus {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        Self::ALL.iter().copied().find(|status| status.as_str() == text).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|status| status.as_str()).collect();
            Failure::new(ErrorCode::InvalidRequest, format!("'{text}' is not a run status."))
                .hint(format!("Use one of: {}.", known.join(", ")))
        })
    }
}

impl From<Outcome> for RunStatus {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Succeeded => Self::Succeeded,
            Outcome::Failed => Self::Failed,
            Outcome::Cancelled => Self::Cancelled,
            Outcome::Unknown => Self::Unknown,
        }
    }
}

/// What the outcome of a run rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The peer's own record of the run, or a terminal frame that the protocol defines.
    Verified,
    /// Only that the answer looked whole: the peer keeps no record, or the hub may not read it.
    Unverified,
}

/// One execution of a workflow or tool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// Where it runs.
    pub backend_id: BackendId,
    /// What runs; absent for a tool call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow_id: Option<WorkflowId>,
    /// Which tool is called; absent for a workflow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_id: Option<ToolRowId>,
    /// Name of what runs, at the time of the run.
    pub workflow_name: String,
    /// The way in that was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// The chat it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<ConversationId>,
    /// Runs of the same turn of a conversation stand side by side: none of them hears what the others say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<String>,
    /// Under which key it was asked for (header `Idempotency-Key`), so that a repeated request does not start it twice.
    #[serde(skip)]
    pub request_key: Option<String>,
    /// Where it stands.
    pub status: RunStatus,
    /// What was put in, without the bytes of files.
    pub input: RunInput,
    /// Number of the last event in its log.
    pub last_seq: Seq,
    /// Number of the current attempt, from 1; 0 before the first.
    pub attempt: u32,
    /// The peer's own name of the run, once known (for n8n: the execution id).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Data of its `done`, once it has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<crate::event::Done>,
    /// When it was written down.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
}

/// What a person or program puts into a run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RunInput {
    /// What is said: the chat message, or the field of a webhook that takes text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Further fields: a JSON object that becomes the body (with `text` put in), or any JSON when there is no `text`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
    /// Query parameters.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub query: BTreeMap<String, String>,
    /// Values of `:param` parts of the path.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub path: BTreeMap<String, String>,
    /// Additional request headers; no secrets: they are stored as they are.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// HTTP method, where the entry takes several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Session for the peer's memory; default: the conversation's id, else the run's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// Files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<InputFile>,
}

/// A file that goes into a run; its bytes are a blob.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct InputFile {
    /// Form field.
    pub field: String,
    /// File name.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// Size in bytes.
    pub size: u64,
    /// Its bytes, at `/api/v1/blobs/{id}`.
    pub blob_id: crate::ids::BlobId,
}

/// The answer to an `input_required`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct InputAnswer {
    /// Id of the chosen button.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choice: Option<String>,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// An object that fits the schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
}

/// What became of a request to stop a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CancelEffect {
    /// The peer confirms that it stopped.
    Stopped,
    /// The peer had ended already; its own outcome stands.
    AlreadyEnded,
    /// The peer cannot be stopped, or did not confirm: the hub no longer listens, the run may go on there.
    GoesOn,
    /// It never reached the peer.
    NotStarted,
}

/// Data of `{"cancel": …}` answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CancelReport {
    /// What became of it.
    pub effect: CancelEffect,
    /// In plain words.
    pub message: String,
}
