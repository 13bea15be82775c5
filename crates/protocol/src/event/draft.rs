//! What a backend says before the engine stamps it.

use bytes::Bytes;
use jiff::Timestamp;

use super::{Artifact, EventBody, Source, StreamEvent};
use crate::ids::{BackendId, MessageId, RunId, Seq, StepId, ToolCallId};

/// An event without run id, seq and time: what a parser makes. The engine adds the rest, checks the
/// grammar and moves payloads that are too large for an event into blobs.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Who said it; the engine fills in the backend.
    pub source: Source,
    /// See [`super::StreamEvent::message_id`].
    pub message_id: Option<MessageId>,
    /// See [`super::StreamEvent::tool_id`].
    pub tool_id: Option<ToolCallId>,
    /// See [`super::StreamEvent::step_id`].
    pub step_id: Option<StepId>,
    /// See [`super::StreamEvent::parent_step_id`].
    pub parent_step_id: Option<StepId>,
    /// Type and data.
    pub body: EventBody,
    /// The bytes of an artifact, to be stored as a blob; only with [`EventBody::Artifact`].
    pub payload: Option<Bytes>,
}

impl Draft {
    /// A draft of this type, with nothing known about where it belongs.
    #[must_use]
    pub fn new(body: EventBody) -> Self {
        Self {
            source: Source::default(),
            message_id: None,
            tool_id: None,
            step_id: None,
            parent_step_id: None,
            body,
            payload: None,
        }
    }

    /// An artifact with its bytes; `artifact.size` is set from them.
    #[must_use]
    pub fn artifact(mut artifact: Artifact, payload: Bytes) -> Self {
        artifact.size = Some(payload.len() as u64);
        Self { payload: Some(payload), ..Self::new(EventBody::Artifact(artifact)) }
    }

    /// Says who said it.
    #[must_use]
    pub fn said_by(mut self, source: Source) -> Self {
        self.source = source;
        self
    }

    /// Puts it into a message.
    #[must_use]
    pub fn message(mut self, id: impl Into<MessageId>) -> Self {
        self.message_id = Some(id.into());
        self
    }

    /// Gives it the id of a tool call.
    #[must_use]
    pub fn tool(mut self, id: impl Into<ToolCallId>) -> Self {
        self.tool_id = Some(id.into());
        self
    }

    /// Gives it the id of a step.
    #[must_use]
    pub fn step(mut self, id: impl Into<StepId>) -> Self {
        self.step_id = Some(id.into());
        self
    }

    /// Puts it under a step.
    #[must_use]
    pub fn under(mut self, parent: impl Into<StepId>) -> Self {
        self.parent_step_id = Some(parent.into());
        self
    }

    /// Puts it under a step if there is one.
    #[must_use]
    pub fn under_opt(mut self, parent: Option<StepId>) -> Self {
        self.parent_step_id = parent;
        self
    }

    /// Makes it an entry of a run's log. The backend is put into `source` unless the draft names one; `None`
    /// where the hub itself speaks. A payload must have become a blob before: it is dropped here.
    #[must_use]
    pub fn stamp(
        self,
        run_id: RunId,
        seq: Seq,
        timestamp: Timestamp,
        backend_id: impl Into<Option<BackendId>>,
    ) -> StreamEvent {
        let backend_id = self.source.backend_id.or(backend_id.into());
        StreamEvent {
            run_id,
            seq,
            timestamp,
            source: Source { backend_id, ..self.source },
            message_id: self.message_id,
            tool_id: self.tool_id,
            step_id: self.step_id,
            parent_step_id: self.parent_step_id,
            body: self.body,
        }
    }
}
