//! What the engine asks of a store.

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{Checkpoint, Secrets};
use crate::{
    error::{ErrorCode, Failure},
    event::StreamEvent,
    ids::{BackendId, BlobId, ConversationId, RunId, Seq, TokenId, ToolRowId, WorkflowId},
    model::{Backend, Offers, Run, RunStatus, Tool, ToolInfo, Workflow, WorkflowInfo},
};

/// What can go wrong in a store.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// An attempt that has been replaced tried to write.
    #[error("attempt {given} of the run has been replaced by attempt {current}")]
    StaleAttempt {
        /// The attempt that tried.
        given: u32,
        /// The attempt that holds the run.
        current: u32,
    },
    /// The first event is not the next one.
    #[error("the next event of the run is {expected}, not {given}")]
    WrongSeq {
        /// The number of the first event given.
        given: Seq,
        /// The number that comes next.
        expected: Seq,
    },
    /// The run's log has its `done`.
    #[error("the run has ended")]
    RunEnded,
    /// No such thing.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// It exists already.
    #[error("{0}")]
    Conflict(String),
    /// A sealed secret cannot be opened.
    #[error("{0}")]
    SecretUnreadable(String),
    /// The disk or database failed.
    #[error("storage failed: {0}")]
    Io(String),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let message = error.to_string();
        match error {
            StoreError::NotFound(what) => Self::new(ErrorCode::NotFound, format!("There is no such {what}.")),
            StoreError::Conflict(message) => Self::new(ErrorCode::Conflict, message),
            StoreError::RunEnded => Self::new(ErrorCode::RunEnded, "The run has ended."),
            StoreError::SecretUnreadable(message) => Self::new(ErrorCode::SecretUnreadable, message)
                .hint("Restore the key that sealed it, or enter the secret again."),
            StoreError::StaleAttempt { .. } | StoreError::WrongSeq { .. } => Self::internal(message),
            StoreError::Io(_) => Self::new(ErrorCode::Storage, message).hint(
                "Check free space and permissions of the data directory; `jackfield doctor` tells more.",
            ),
        }
    }
}

/// What every method of [`Store`] returns.
pub type StoreResult<T> = Result<T, StoreError>;

/// Events to append to one run, all or nothing.
#[derive(Debug, Clone)]
pub struct Append {
    /// The run.
    pub run_id: RunId,
    /// The attempt that writes; refused unless it is the current one.
    pub attempt: u32,
    /// Contiguous events; the first must be the next one of the log. May be empty (checkpoint or status only).
    pub events: Vec<StreamEvent>,
    /// Stored in the same transaction, sealed.
    pub checkpoint: Option<Checkpoint>,
    /// The run's new status. Given by a `done` among the events, whatever is set here.
    pub status: Option<RunStatus>,
}

/// Which runs to list, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// Only with one of these statuses; empty: all.
    pub status: Vec<RunStatus>,
    /// Only of this backend.
    pub backend_id: Option<BackendId>,
    /// Only of this workflow.
    pub workflow_id: Option<WorkflowId>,
    /// Only calls of this tool.
    pub tool_id: Option<ToolRowId>,
    /// Only of this conversation.
    pub conversation_id: Option<ConversationId>,
    /// Only with this text in the name of what ran, in what was put in, in the reason of its end, or in one of its ids; case does not
    /// matter (ASCII).
    pub text: Option<String>,
    /// Only the one that was asked for under this key.
    pub request_key: Option<String>,
    /// Only older than this run (for the next page).
    pub before: Option<RunId>,
    /// At most this many; 1 to 500.
    pub limit: u32,
}

/// Which chats to list, last used first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConversationFilter {
    /// Only with this text in the title or in what was said; case does not matter (ASCII).
    pub text: Option<String>,
    /// Only what comes after this one in the list (for the next page). A chat that was used meanwhile is on the first page.
    pub after: Option<ConversationId>,
    /// At most this many.
    pub limit: u32,
}

/// What the peer says of itself, kept beside the backend (tables `orchestrators` and `mcp_servers`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PeerInfo {
    /// Version, or a bound of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What it can do, in the platform's own words.
    pub capabilities: Value,
    /// When workflows and tools were last discovered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub discovered_at: Option<Timestamp>,
}

/// A chat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// Title to show.
    pub title: String,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When something was last said.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// One message of a chat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChatMessage {
    /// Its number in the conversation, from 1; given by the store.
    pub position: u64,
    /// `user` or `assistant`.
    pub role: String,
    /// What was said.
    pub text: String,
    /// The run it started, or came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_id: Option<RunId>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// A blob with its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// Media type.
    pub media_type: String,
    /// The bytes.
    pub bytes: Bytes,
}

/// A token for the hub's API; only its hash is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApiToken {
    /// Its id.
    pub id: TokenId,
    /// What it is for.
    pub name: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last used, to about a minute; absent: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
}

/// What is stored, and how much room it takes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DataUsage {
    /// Size of the database on the disk, in bytes.
    pub bytes: u64,
    /// How much of it is free, and used again before the database grows.
    pub reusable_bytes: u64,
    /// Number of runs.
    pub runs: u64,
    /// Number of their events.
    pub events: u64,
    /// Number of conversations.
    pub conversations: u64,
    /// Number of files and of values too large for an event.
    pub files: u64,
    /// Their size in bytes.
    pub file_bytes: u64,
    /// When the oldest run was started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub oldest: Option<Timestamp>,
}

/// What is older than a time: runs that ended before it, and conversations that were not used since.
///
/// A conversation is kept whole, with its runs, for as long as it is used; a run that goes on is never old.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Removable {
    /// Number of runs.
    pub runs: u64,
    /// Number of conversations.
    pub conversations: u64,
}

/// One step of a removal. Nothing in it: all that was old is gone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Removed {
    /// The runs that are gone, with their events and files.
    pub runs: Vec<RunId>,
    /// How many conversations are gone.
    pub conversations: u64,
}

/// Everything that lasts. `append` is durable when it returns; all else too.
#[async_trait]
pub trait Store: Send + Sync {
    /// Adds a backend with its secrets (sealed). `Conflict` when the name is taken.
    async fn insert_backend(&self, backend: &Backend, secrets: &Secrets) -> StoreResult<()>;
    /// Changes a backend; `secrets` replaces all of them when given.
    async fn update_backend(&self, backend: &Backend, secrets: Option<&Secrets>) -> StoreResult<()>;
    /// One backend.
    async fn backend(&self, id: BackendId) -> StoreResult<Option<Backend>>;
    /// All backends, by name.
    async fn backends(&self) -> StoreResult<Vec<Backend>>;
    /// Removes a backend with its secrets, workflows, tools and runs.
    async fn delete_backend(&self, id: BackendId) -> StoreResult<()>;
    /// The opened secrets of a backend.
    async fn secrets(&self, id: BackendId) -> StoreResult<Secrets>;

    /// Keeps what the peer says of itself.
    async fn save_peer(&self, id: BackendId, info: &PeerInfo) -> StoreResult<()>;
    /// What the peer said of itself.
    async fn peer(&self, id: BackendId) -> StoreResult<Option<PeerInfo>>;

    /// Replaces the catalogue of a backend: known workflows keep their ids (by `external_id`), missing ones
    /// stay with `present: false`.
    async fn save_workflows(&self, id: BackendId, infos: &[WorkflowInfo], at: Timestamp) -> StoreResult<()>;
    /// Workflows of one backend or of all, by backend and name.
    async fn workflows(&self, backend: Option<BackendId>) -> StoreResult<Vec<Workflow>>;
    /// One workflow.
    async fn workflow(&self, id: WorkflowId) -> StoreResult<Option<Workflow>>;
    /// As [`Store::save_workflows`], for tools (by name). A new tool gets its qualified name (from the backend's name) and its
    /// definition is accepted; a known one keeps both, and is flagged while its fingerprint differs from the accepted one.
    async fn save_tools(&self, id: BackendId, infos: &[ToolInfo], at: Timestamp) -> StoreResult<()>;
    /// Tools of one backend or of all, by backend and name.
    async fn tools(&self, backend: Option<BackendId>) -> StoreResult<Vec<Tool>>;
    /// One tool.
    async fn tool(&self, id: ToolRowId) -> StoreResult<Option<Tool>>;
    /// Tools by qualified name, of one backend or of all: at most `limit` of those behind `after`.
    async fn tools_after(
        &self,
        backend: Option<BackendId>,
        after: Option<&str>,
        limit: u32,
    ) -> StoreResult<Vec<Tool>>;
    /// Tools that their peers call so, at one backend or at all, by qualified name.
    async fn tools_called(&self, backend: Option<BackendId>, name: &str) -> StoreResult<Vec<Tool>>;
    /// The tool with this qualified name.
    async fn tool_named(&self, qualified_name: &str) -> StoreResult<Option<Tool>>;
    /// Present tools whose definition differs from the accepted one, with since when; the latest first, at most `limit`.
    async fn changed_tools(&self, limit: u32) -> StoreResult<Vec<(Tool, Timestamp)>>;
    /// Accepts the present definition of a tool.
    async fn accept_tool(&self, id: ToolRowId) -> StoreResult<()>;
    /// Keeps what else a peer offers (beside `capabilities`, in `mcp_servers`). `Conflict` when it is no MCP server.
    async fn save_offers(&self, id: BackendId, offers: &Offers) -> StoreResult<()>;
    /// What else a peer offers.
    async fn offers(&self, id: BackendId) -> StoreResult<Option<Offers>>;

    /// Writes down a run, with `last_seq` 0 and `attempt` 0.
    async fn create_run(&self, run: &Run) -> StoreResult<()>;
    /// One run.
    async fn run(&self, id: RunId) -> StoreResult<Option<Run>>;
    /// Runs, newest first.
    async fn runs(&self, filter: &RunFilter) -> StoreResult<Vec<Run>>;
    /// Runs without `done`, oldest first.
    async fn unfinished_runs(&self) -> StoreResult<Vec<Run>>;
    /// Takes the run over: returns the number of the new attempt; every older one can no longer append.
    async fn begin_attempt(&self, id: RunId) -> StoreResult<u32>;
    /// Appends, all or nothing.
    async fn append(&self, append: Append) -> StoreResult<()>;
    /// Events after `after`, in order, at most `limit`.
    async fn events(&self, id: RunId, after: Seq, limit: u32) -> StoreResult<Vec<StreamEvent>>;
    /// The last checkpoint of a run.
    async fn checkpoint(&self, id: RunId) -> StoreResult<Option<Checkpoint>>;

    /// Keeps bytes; they go with the run they belong to.
    async fn put_blob(&self, run: Option<RunId>, blob: &Blob) -> StoreResult<BlobId>;
    /// The bytes.
    async fn blob(&self, id: BlobId) -> StoreResult<Option<Blob>>;

    /// Begins a chat.
    async fn create_conversation(&self, conversation: &Conversation) -> StoreResult<()>;
    /// Gives a chat another title.
    async fn rename_conversation(&self, id: ConversationId, title: &str) -> StoreResult<()>;
    /// Removes a chat with what was said; its runs stay.
    async fn delete_conversation(&self, id: ConversationId) -> StoreResult<()>;
    /// One chat.
    async fn conversation(&self, id: ConversationId) -> StoreResult<Option<Conversation>>;
    /// Chats, last used first.
    async fn conversations(&self, filter: &ConversationFilter) -> StoreResult<Vec<Conversation>>;
    /// Adds a message at the end and returns its position; `position` of the given one is ignored.
    async fn add_message(&self, id: ConversationId, message: &ChatMessage) -> StoreResult<u64>;
    /// All messages of a chat, in order.
    async fn messages(&self, id: ConversationId) -> StoreResult<Vec<ChatMessage>>;

    /// Keeps a token by the SHA-256 of its text.
    async fn insert_token(&self, token: &ApiToken, hash: [u8; 32]) -> StoreResult<()>;
    /// The token with this hash.
    async fn token_by_hash(&self, hash: [u8; 32]) -> StoreResult<Option<ApiToken>>;
    /// All tokens.
    async fn tokens(&self) -> StoreResult<Vec<ApiToken>>;
    /// Removes a token.
    async fn delete_token(&self, id: TokenId) -> StoreResult<()>;
    /// Remembers when a token was used; an earlier time, or an unknown token, changes nothing.
    async fn token_used(&self, id: TokenId, at: Timestamp) -> StoreResult<()>;

    /// What is stored.
    async fn usage(&self) -> StoreResult<DataUsage>;
    /// For how many days runs and conversations are kept; `None`: for ever.
    async fn retention(&self) -> StoreResult<Option<u32>>;
    /// Changes that. It removes nothing by itself.
    async fn set_retention(&self, days: Option<u32>) -> StoreResult<()>;
    /// What [`Self::remove_old`] would remove by and by.
    async fn removable(&self, before: Timestamp) -> StoreResult<Removable>;
    /// Removes some of what is older than `before`, oldest first: runs of together at most `most_events` events, at least
    /// one; when there are none left, the conversations.
    async fn remove_old(&self, before: Timestamp, most_events: u64) -> StoreResult<Removed>;

    /// Reads and writes once, for health checks.
    async fn check(&self) -> StoreResult<()>;
    /// Finishes what is queued and closes.
    async fn close(&self);
}
