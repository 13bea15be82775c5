//! The envelope around every event.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::EventBody;
use crate::ids::{BackendId, MessageId, RunId, Seq, StepId, ToolCallId};

/// One entry of a run's log, as every reader sees it and as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StreamEvent {
    /// The run this event belongs to.
    pub run_id: RunId,
    /// Its number in the run's log, from 1, without gaps.
    pub seq: Seq,
    /// When the hub wrote it: RFC 3339, UTC, microseconds. A peer's own times are in `data`.
    #[serde(with = "crate::time::micros")]
    #[schema(value_type = String, format = DateTime)]
    pub timestamp: Timestamp,
    /// Who said it.
    #[serde(default, skip_serializing_if = "Source::is_empty")]
    pub source: Source,
    /// The message that a `delta` appends to, or that an event belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<MessageId>,
    /// The tool call that a `tool_start`, `tool_end` or a delta of arguments belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_id: Option<ToolCallId>,
    /// The step that a `step_start` or `step_end` opens or closes, or inside which something was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_id: Option<StepId>,
    /// The step that encloses this step or tool call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_step_id: Option<StepId>,
    /// `type` and `data`.
    #[serde(flatten)]
    pub body: EventBody,
}

/// Who said it: every part that is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Source {
    /// The backend; absent when the hub itself speaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backend_id: Option<BackendId>,
    /// Name of the node or block.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// Name of the agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// Name of the tool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
}

impl Source {
    /// Nothing is known: the hub itself speaks.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// A node of a workflow.
    #[must_use]
    pub fn node(name: impl Into<String>) -> Self {
        Self { node: Some(name.into()), ..Self::default() }
    }
}
