//! What the engine asks of a backend.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{PeerInfo, ProgressStream, Secrets, Signals};
use crate::{
    error::{ErrorCode, Failure},
    event::Transcript,
    ids::{BackendId, ConversationId, RunId},
    model::{
        BackendType, CancelReport, Completion, CompletionRequest, ConnectionReport, InputAnswer, Offers,
        Platform, PromptResult, ResourceContents, RunInput, ToolInfo, WorkflowInfo,
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
    /// What the peer said of itself when it was last asked, before this client was made.
    pub peer: Option<PeerInfo>,
    /// What the client can ask of the hub by itself.
    pub host: Arc<dyn BackendHost>,
}

impl ResolvedBackend {
    /// One that no hub keeps: a configuration that is only tried out.
    #[must_use]
    pub fn unsaved(base_url: impl Into<String>, options: Value, secrets: Secrets) -> Self {
        Self {
            id: BackendId::new(),
            name: "unsaved".to_owned(),
            base_url: base_url.into(),
            options,
            secrets,
            peer: None,
            host: Arc::new(NoHost),
        }
    }
}

/// What a client can ask of the hub by itself, when its peer says something that nobody asked for. None of it waits
/// for the client: a call from within a client's own method cannot block on itself.
#[async_trait]
pub trait BackendHost: Send + Sync + std::fmt::Debug {
    /// Keeps secrets that the client came by itself (tokens of a sign-in), sealed, beside those that were entered; an
    /// empty value removes one. The client is not made anew by it.
    async fn keep_secrets(&self, changes: Secrets) -> Result<(), Failure>;

    /// What the peer offers has changed: it should be discovered again, soon. Many calls in a row become one.
    fn catalogue_changed(&self);

    /// The connection to the peer came or went: its state should be looked at now.
    fn connection_changed(&self);
}

/// A host that keeps nothing and tells nobody: for tests of a configuration that is not saved yet, and for tests.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoHost;

#[async_trait]
impl BackendHost for NoHost {
    async fn keep_secrets(&self, _: Secrets) -> Result<(), Failure> {
        Ok(())
    }

    fn catalogue_changed(&self) {}

    fn connection_changed(&self) {}
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

    /// What it offers beside workflows and tools, and what it says of itself; `None` where a platform has no such thing.
    async fn discover_offers(&self) -> Result<Option<Offers>, Failure> {
        Ok(None)
    }

    /// A person wants to see what is there now: what the peer said to be valid for a while is asked for again at the next discovery.
    fn forget_cached(&self) {}

    /// Checks the arguments of a tool call before a run is written down.
    ///
    /// # Errors
    /// `InvalidInput` with every fault; `NotRunnable` when the tool cannot be called.
    fn check_arguments(&self, tool: &ToolInfo, _arguments: &Value) -> Result<(), Failure> {
        Err(Failure::new(ErrorCode::NotRunnable, format!("'{}' cannot be called.", tool.name)))
    }

    /// Reads a resource.
    async fn read_resource(&self, _uri: &str) -> Result<ResourceContents, Failure> {
        Err(offers_no("resources"))
    }

    /// Fills in a prompt.
    async fn get_prompt(
        &self,
        _name: &str,
        _arguments: &BTreeMap<String, String>,
    ) -> Result<PromptResult, Failure> {
        Err(offers_no("prompts"))
    }

    /// Proposes values for an argument.
    async fn complete(&self, _request: &CompletionRequest) -> Result<Completion, Failure> {
        Err(offers_no("completions"))
    }

    /// Begins a sign-in of a person at the peer: the address to open in a browser. The browser comes back to
    /// `redirect_uri`, with `state` among the parameters.
    async fn begin_sign_in(&self, _redirect_uri: &str) -> Result<SignIn, Failure> {
        Err(offers_no("sign-in"))
    }

    /// Ends a sign-in with what the browser brought back.
    async fn finish_sign_in(&self, _answer: &SignInAnswer) -> Result<(), Failure> {
        Err(offers_no("sign-in"))
    }

    /// Forgets a sign-in, here and, where it can, at the peer.
    async fn sign_out(&self) -> Result<(), Failure> {
        Err(offers_no("sign-in"))
    }

    /// The last lines that the peer's own program printed and what happened to the connection, oldest first; bounded.
    fn journal(&self) -> Vec<JournalLine> {
        Vec::new()
    }

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

fn offers_no(what: &str) -> Failure {
    Failure::new(ErrorCode::InvalidRequest, format!("This backend has no {what}."))
}

/// A sign-in that was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// To open in a browser.
    pub url: String,
    /// What the browser brings back as `state`: it tells which sign-in ends.
    pub state: String,
}

/// What a browser brings back from a sign-in. Codes are secrets that work once.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SignInAnswer {
    /// Which sign-in.
    pub state: String,
    /// The authorization code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Who answers (RFC 9207).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// Why there is no code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The same in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_description: Option<String>,
}

impl std::fmt::Debug for SignInAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignInAnswer")
            .field("has_code", &self.code.is_some())
            .field("iss", &self.iss)
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

/// One line of a backend's journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JournalLine {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// `stderr`, `stdout` (what is no message) or `hub`.
    pub source: String,
    /// What was said; cut to 2 KiB.
    pub text: String,
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
    /// What to run, as discovered. For a tool call only its name is set.
    pub workflow: WorkflowInfo,
    /// The tool, for a tool call; its arguments are `input.data`.
    pub tool: Option<ToolInfo>,
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
