//! The closed set of event types and their data.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    error::ErrorCode,
    ids::{BlobId, InputRequestId, MessageId, WorkflowId},
    model::{Platform, Verdict},
};

/// Type and data of an event. `start`, `delta`, `tool_start`, `tool_end`, `error` and `done` are the core:
/// a reader that knows only these shows a correct run. The others may be ignored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
pub enum EventBody {
    /// The run began; always first.
    Start(Start),
    /// Text to append to a part of a message.
    Delta(Delta),
    /// A tool call began.
    ToolStart(ToolStart),
    /// A tool call ended.
    ToolEnd(ToolEnd),
    /// Something went wrong; the run may go on.
    Error(ErrorData),
    /// The run ended; always last.
    Done(Done),
    /// A node, block, turn or model call began.
    StepStart(StepStart),
    /// A step ended.
    StepEnd(StepEnd),
    /// Tokens and cost.
    Usage(Usage),
    /// A source that the answer relies on.
    Citation(Citation),
    /// A file, image or document that the run made.
    Artifact(Artifact),
    /// The run waits for a person (or for time).
    InputRequired(InputRequired),
    /// What the run waited for has come.
    InputResolved(InputResolved),
    /// News of the connection between hub and peer.
    Link(Link),
    /// A frame that nobody understood: kept, never dropped.
    Raw(Raw),
}

impl EventBody {
    /// The name of the type on the wire.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Start(_) => "start",
            Self::Delta(_) => "delta",
            Self::ToolStart(_) => "tool_start",
            Self::ToolEnd(_) => "tool_end",
            Self::Error(_) => "error",
            Self::Done(_) => "done",
            Self::StepStart(_) => "step_start",
            Self::StepEnd(_) => "step_end",
            Self::Usage(_) => "usage",
            Self::Citation(_) => "citation",
            Self::Artifact(_) => "artifact",
            Self::InputRequired(_) => "input_required",
            Self::InputResolved(_) => "input_resolved",
            Self::Link(_) => "link",
            Self::Raw(_) => "raw",
        }
    }
}

/// Data of `start`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Start {
    /// Name of the backend at the time of the run.
    pub backend: String,
    /// Its platform.
    pub platform: Platform,
    /// The workflow, when the run has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow_id: Option<WorkflowId>,
    /// The workflow's name at the time of the run.
    pub workflow: String,
    /// The way in that was taken (id of an entry point).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// True when the peer is a simulation that replays recordings.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub simulated: bool,
}

/// Which part of a message a `delta` appends to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// What the answer says.
    Text,
    /// What a model thought.
    Reasoning,
    /// Arguments of a tool call while they are being written: appends to the open call that `tool_id` names, and
    /// to no message.
    ToolArguments,
    /// Lines for a log.
    Log,
}

/// Data of `delta`: appends, never repeats a whole message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Delta {
    /// What it appends to.
    pub part: Part,
    /// What to append; never empty.
    pub text: String,
    /// This (new) message replaces an earlier one: what was streamed turned out not to be what the peer recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<MessageId>,
}

impl Delta {
    /// Text of an answer.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self { part: Part::Text, text: text.into(), supersedes: None }
    }
}

/// Data of `tool_start`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ToolStart {
    /// Name of the tool.
    pub name: String,
    /// Arguments, when they are known at the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arguments: Option<Value>,
    /// When the peer says that it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub started_at: Option<Timestamp>,
    /// The peer's own number of this call among all steps of the run, to sort by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<u64>,
}

/// How a step or tool call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepStatus {
    /// It did what it should.
    Succeeded,
    /// It failed.
    Failed,
    /// It was stopped.
    Cancelled,
    /// It was not run.
    Skipped,
    /// Nobody can say: the run ended before its end was seen.
    Unknown,
}

/// Data of `tool_end`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ToolEnd {
    /// How it ended.
    pub status: StepStatus,
    /// Arguments, where they were not known at the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arguments: Option<Value>,
    /// What it gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The peer told that it ended, and more of it may follow: one more end with everything, or none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub provisional: bool,
    /// True times, where the peer tells them.
    #[serde(flatten)]
    pub times: Times,
}

impl ToolEnd {
    /// An end of which nothing but the status is known.
    #[must_use]
    pub fn of(status: StepStatus) -> Self {
        let times = Times::default();
        Self { status, arguments: None, result: None, error: None, provisional: false, times }
    }
}

/// When the peer says that a step ran. What is absent is not known; readers then use the events' own times.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Times {
    /// Begin, by the peer's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub started_at: Option<Timestamp>,
    /// Milliseconds from begin to end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// The peer's own number of this step among all steps of the run, to sort by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<u64>,
}

/// What kind of step it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// A node or block of a workflow.
    #[default]
    Node,
    /// An agent.
    Agent,
    /// One turn of an agent.
    Turn,
    /// A call of a model.
    Model,
    /// A tool call that is only inferred (a gap in a stream); real ones are `tool_start`.
    Tool,
    /// A memory read or write.
    Memory,
    /// A sub-workflow.
    Workflow,
    /// A loop, iteration or parallel branch.
    Loop,
    /// Waiting for a person or for time.
    Wait,
}

/// Data of `step_start`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StepStart {
    /// Name to show.
    pub name: String,
    /// What kind of step it is.
    pub kind: StepKind,
    /// The peer's own type, for example `n8n-nodes-base.code`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_type: Option<String>,
    /// What went in, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Value>,
    /// When the peer says that it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub started_at: Option<Timestamp>,
    /// The peer's own number of this step among all steps of the run, to sort by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<u64>,
    /// Which item of the input, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<u64>,
    /// Which repetition of the same node, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iteration: Option<u64>,
    /// True when the hub concluded it (for example from a gap in a stream). The fold drops it once the
    /// peer's record of the run has told what really happened there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inferred: bool,
}

/// Data of `step_end`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StepEnd {
    /// How it ended.
    pub status: StepStatus,
    /// What went in, where it was not known at the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Value>,
    /// What came out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Value>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Tokens of this step alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// The peer told that it ended, and more of it may follow: one more end with everything, or none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub provisional: bool,
    /// True times, where the peer tells them.
    #[serde(flatten)]
    pub times: Times,
}

impl StepEnd {
    /// An end of which nothing but the status is known.
    #[must_use]
    pub fn of(status: StepStatus) -> Self {
        let times = Times::default();
        Self { status, input: None, output: None, error: None, usage: None, provisional: false, times }
    }
}

/// Data of `usage`. The figures of one event are added to those of the others.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Usage {
    /// The model, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Tokens that went in.
    pub input_tokens: u64,
    /// Tokens that came out.
    pub output_tokens: u64,
    /// Cost in US dollars, where the peer tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<f64>,
    /// True when the peer estimated the figures.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub estimated: bool,
}

/// Data of `citation`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Citation {
    /// Title of the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The peer's own metadata.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Value>,
}

/// Data of `artifact`: either `json`, or `blob_id`, or `url`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Artifact {
    /// Name to show and to save under.
    pub name: String,
    /// Media type as the peer gave it, without parameters.
    pub media_type: String,
    /// Size in bytes, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// A small JSON value itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
    /// Bytes, to be read from `/api/v1/blobs/{id}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blob_id: Option<BlobId>,
    /// Where the peer keeps it, when the hub has no copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// What kind of input a run waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InputKind {
    /// One of `choices`.
    Choice,
    /// Free text.
    Text,
    /// An object that fits `schema`.
    Form,
    /// A bare "go on": any answer, or none, resumes the run.
    Resume,
    /// Time: the run goes on by itself at `expires_at`.
    Timer,
    /// Something that only the peer's own page at `url` can answer.
    External,
}

/// Data of `input_required`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct InputRequired {
    /// To answer it with.
    pub request_id: InputRequestId,
    /// What kind of input.
    pub kind: InputKind,
    /// What the peer asks, in its own words.
    pub prompt: String,
    /// The buttons, for [`InputKind::Choice`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// JSON Schema of the answer's `data`, for [`InputKind::Form`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<Value>,
    /// When the peer stops waiting (or, for [`InputKind::Timer`], goes on).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// The peer's own page for it. Never holds a signature or token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// One button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Choice {
    /// To answer with.
    pub id: String,
    /// To show.
    pub label: String,
}

/// Who ended a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ResolvedBy {
    /// An answer given through the hub.
    Answer,
    /// The peer went on by itself: answered there, or its timer ran out.
    Peer,
    /// The run ended before an answer came.
    RunEnded,
}

/// Data of `input_resolved`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct InputResolved {
    /// Which question.
    pub request_id: InputRequestId,
    /// Who ended the pause.
    pub by: ResolvedBy,
    /// The chosen button, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<String>,
}

/// What happened to the connection between hub and peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// The peer knows the run under `detail` (an execution id): from now on it can be recovered.
    Identified,
    /// The connection broke or went silent.
    Lost,
    /// A new attempt to reach the peer begins.
    Reconnecting,
    /// The peer answers again; what is missing is being read from its own record of the run.
    Recovering,
    /// What was missing has been appended.
    Recovered,
}

/// Data of `link`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Link {
    /// What happened.
    pub state: LinkState,
    /// Number of the attempt, from 1.
    pub attempt: u32,
    /// Why, in plain words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The peer's own name of the run, where it is news.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// Data of `raw`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Raw {
    /// Why it was not understood.
    pub reason: String,
    /// The frame, as text, cut to 8 KiB at a character border.
    pub frame: String,
    /// How many bytes the frame had.
    pub size: u64,
}

impl Raw {
    /// Most bytes of a frame that are kept.
    pub const KEEP: usize = 8 * 1024;

    /// Keeps the beginning of a frame.
    #[must_use]
    pub fn of(reason: impl Into<String>, frame: &[u8]) -> Self {
        let beginning = frame.get(..Self::KEEP).unwrap_or(frame);
        let mut text = String::with_capacity(beginning.len());
        let mut chunks = beginning.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            text.push_str(chunk.valid());
            // A character that the cut divided is left out; what was no character before it is shown as such.
            let cut = chunks.peek().is_none() && beginning.len() < frame.len();
            if !chunk.invalid().is_empty() && !cut {
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
        text.truncate(text.floor_char_boundary(Self::KEEP));
        Self { reason: reason.into(), frame: text, size: frame.len() as u64 }
    }
}

/// Data of `error`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ErrorData {
    /// What kind of error: one of a closed list, each with a page at `/api/v1/errors/{code}`.
    pub code: ErrorCode,
    /// What happened, where.
    pub message: String,
    /// What to do next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// True when it ended the run.
    pub fatal: bool,
    /// True when starting the run again cannot do anything twice.
    pub retry_safe: bool,
    /// HTTP status of the peer's answer, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer_status: Option<u16>,
}

/// Data of `done`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Done {
    /// How the run ended.
    pub outcome: Outcome,
    /// What the outcome rests on.
    pub verdict: Verdict,
    /// Why, in plain words; always there unless the run succeeded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The messages that make up the answer, in order. Empty: every message that was not superseded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answer: Vec<MessageId>,
    /// Milliseconds that the run took, by the peer's clock where it tells, else by the hub's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// Sum of all `usage` of the run, put in by the hub; absent where the peer told none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The peer says that it did what it should.
    Succeeded,
    /// The peer says that it failed, or it was never reached.
    Failed,
    /// It was stopped on request.
    Cancelled,
    /// Nobody can say; `reason` tells why.
    Unknown,
}
