//! What the engine asks of a backend.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{ProgressStream, Secrets, Signals};
use crate::{
    error::Failure,
    event::Transcript,
    ids::{BackendId, ConversationId, RunId},
    model::{
        BackendType, CancelReport, ConnectionReport, InputAnswer, Platform, RunInput, ToolInfo, WorkflowInfo,
    },
};

/// One platform: makes clients from resolved configuration.
pub trait PlatformFactory: Send + Sync {
    /// Which platform.
    fn platform(&self) -> Platform;

    /// What a person needs to know to fill in a form for it.
    fn description(&self) -> PlatformInfo;

    /// Makes a client. Does no IO; reads nothing global.
    ///
    /// # Errors
    /// [`crate::error::ErrorCode::InvalidConfig`] or `InvalidUrl`, with the place.
    fn build(&self, backend: ResolvedBackend) -> Result<Arc<dyn BackendClient>, Failure>;
}

/// A platform, for forms and documentation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlatformInfo {
    /// Which one.
    pub platform: Platform,
    /// Name to show.
    pub title: String,
    /// What it is and what is needed, in two sentences.
    pub summary: String,
    /// An example of a base URL.
    pub base_url_example: String,
    /// JSON Schema of `options`.
    pub options_schema: Value,
    /// JSON Schema of `secrets` (an object of strings).
    pub secrets_schema: Value,
    /// Its guide, in Markdown.
    pub guide: String,
}

/// Configuration with secrets, ready to make a client from.
#[derive(Debug, Clone)]
pub struct ResolvedBackend {
    /// The backend's id.
    pub id: BackendId,
    /// Its name, for messages.
    pub name: String,
    /// Where it is.
    pub base_url: String,
    /// Platform-specific options.
    pub options: Value,
    /// Its secrets.
    pub secrets: Secrets,
}

/// One configured peer that can be asked to do things.
#[async_trait]
pub trait BackendClient: Send + Sync {
    /// The backend's id.
    fn id(&self) -> BackendId;

    /// The specification's type.
    fn kind(&self) -> BackendType;

    /// Looks at the peer without changing or running anything, and says check by check what it found.
    /// Bounded in time by the connect and first-byte deadlines.
    async fn test_connection(&self) -> ConnectionReport;

    /// What can be run there, runnable or not.
    async fn discover_workflows(&self) -> Result<Vec<WorkflowInfo>, Failure>;

    /// What can be called there with a JSON Schema.
    async fn discover_tools(&self) -> Result<Vec<ToolInfo>, Failure>;

    /// Checks an input against an entry before a run is written down: a run with bad input is not started.
    ///
    /// # Errors
    /// `InvalidInput` or `NotRunnable`, with the place.
    fn check_input(
        &self,
        workflow: &WorkflowInfo,
        entry: Option<&str>,
        input: &RunInput,
    ) -> Result<(), Failure>;

    /// Sends the run to the peer, once. The stream ends with [`super::Progress::End`]; dropping it closes
    /// the connection and cancels nothing at the peer.
    fn stream_completion(&self, request: RunRequest, signals: Signals) -> ProgressStream;

    /// Finds a run again that may have reached the peer, and appends what is missing. Never sends it again.
    fn resume(&self, request: ResumeRequest, signals: Signals) -> ProgressStream;

    /// Asks the peer to stop a run.
    async fn cancel(&self, request: &ResumeRequest) -> Result<CancelReport, Failure>;

    /// Answers a question that a run waits for. The stream of that run sees the consequences.
    async fn answer_input(
        &self,
        request: &ResumeRequest,
        question: &crate::event::InputRequired,
        answer: &InputAnswer,
    ) -> Result<(), Failure>;
}

/// Everything that is needed to send a run.
#[derive(Debug, Clone)]
pub struct RunRequest {
    /// The run. Backends derive their own deterministic marks from it (for n8n: `traceparent`).
    pub run_id: RunId,
    /// Number of the attempt, from 1.
    pub attempt: u32,
    /// When the run was written down.
    pub created_at: Timestamp,
    /// What to run, as discovered.
    pub workflow: WorkflowInfo,
    /// Which way in; `None`: the first runnable one.
    pub entry: Option<String>,
    /// What to put in.
    pub input: RunInput,
    /// The bytes of `input.files`, in the same order.
    pub files: Vec<Bytes>,
    /// The chat it belongs to.
    pub conversation_id: Option<ConversationId>,
    /// What was said in the conversation before, oldest first; for peers that keep no memory of their own.
    pub history: Vec<HistoryMessage>,
}

/// One earlier message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryMessage {
    /// `user` or `assistant`.
    pub role: String,
    /// What was said.
    pub text: String,
    /// Whether the workflow that is run was there when it was said, or was told when it last ran: a memory of its own holds it.
    pub heard: bool,
}

/// Everything that is needed to find a run again.
#[derive(Debug, Clone)]
pub struct ResumeRequest {
    /// As it was sent; `files` is empty.
    pub run: RunRequest,
    /// What the peer gave us to find it again, if it got that far.
    pub checkpoint: Option<Checkpoint>,
    /// What the log holds already: only what is missing is to be appended.
    pub seen: Transcript,
}

/// What a peer gave us to find a run again. Stored sealed, in the same transaction as the events before it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The peer's own name of the run, shown to users (for n8n: the execution id).
    pub external_id: Option<String>,
    /// Whatever else the backend needs.
    pub data: Value,
}
