//! The fold: from a run's events to its messages and its trace. Deterministic, and idempotent by seq.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    Artifact, Citation, Delta, Done, ErrorData, EventBody, InputRequired, Part, Source, Start, StepEnd,
    StepKind, StepStart, StepStatus, StreamEvent, Times, ToolEnd, ToolStart, Usage,
};
use crate::ids::{InputRequestId, MessageId, Seq, StepId};

/// One message of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Who said it.
    #[serde(default, skip_serializing_if = "Source::is_empty")]
    pub source: Source,
    /// The step inside which it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_id: Option<StepId>,
    /// What it says, part by part.
    pub text: String,
    /// What the model thought.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reasoning: String,
    /// Log lines.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub log: String,
    /// Another message replaces it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub superseded: bool,
}

/// One step of a trace: a span.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TraceStep {
    /// Its id.
    pub id: StepId,
    /// The step that encloses it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<StepId>,
    /// Name to show.
    pub name: String,
    /// What kind of step.
    pub kind: StepKind,
    /// Opened by `tool_start`: arguments are in `input`, the result is in `output`.
    pub is_tool_call: bool,
    /// The peer's own type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_type: Option<String>,
    /// Who said it.
    #[serde(default, skip_serializing_if = "Source::is_empty")]
    pub source: Source,
    /// How it ended; absent while it is going on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<StepStatus>,
    /// When it began: by the peer's clock if `peer_times`, else when the hub heard of it.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    /// Milliseconds it took; absent while it is going on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// Whether the times are the peer's own.
    pub peer_times: bool,
    /// The peer's own number of the step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<u64>,
    /// Which item, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<u64>,
    /// Which repetition, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iteration: Option<u64>,
    /// What went in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Value>,
    /// Arguments of a tool call as they are being written (deltas of the part `tool_arguments`): not yet JSON.
    /// Empty once `input` says them; stays when they turned out not to be JSON.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub input_text: String,
    /// What came out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Value>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Its tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// Concluded by the hub, not told by the peer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inferred: bool,
    /// Ended, but the peer may tell more of it: what went in and what came out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub provisional: bool,
    /// Seq of the event that opened it.
    pub seq: Seq,
}

/// What a run's log says so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Transcript {
    /// Number of the last event that was folded.
    pub last_seq: Seq,
    /// Data of `start`.
    pub start: Option<Start>,
    /// Data of `done`.
    pub done: Option<Done>,
    /// Questions that are open.
    pub pending: Vec<InputRequired>,
    /// Ids of all questions that were ever asked.
    pub asked: HashSet<InputRequestId>,
    /// Files and documents.
    pub artifacts: Vec<Artifact>,
    /// Sources.
    pub citations: Vec<Citation>,
    /// Errors, fatal or not.
    pub errors: Vec<ErrorData>,
    /// Sum of all `usage` events.
    pub usage: Usage,
    /// How many frames were not understood.
    pub raw_frames: u64,
    messages: Vec<Message>,
    message_index: HashMap<MessageId, usize>,
    steps: Vec<TraceStep>,
    step_index: HashMap<StepId, usize>,
    /// When the hub heard of the beginning of each step that is going on.
    heard: HashMap<StepId, Timestamp>,
}

impl Transcript {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Folds events in order.
    pub fn of<'a>(events: impl IntoIterator<Item = &'a StreamEvent>) -> Self {
        let mut transcript = Self::new();
        for event in events {
            transcript.apply(event);
        }
        transcript
    }

    /// Folds one event; one that was folded before changes nothing.
    pub fn apply(&mut self, event: &StreamEvent) {
        if event.seq <= self.last_seq {
            return;
        }
        self.last_seq = event.seq;
        match &event.body {
            EventBody::Start(start) => self.start = Some(start.clone()),
            EventBody::Delta(delta) => self.delta(event, delta),
            EventBody::StepStart(start) => self.step_start(event, start),
            EventBody::ToolStart(start) => self.tool_start(event, start),
            EventBody::StepEnd(end) => self.step_end(event, end),
            EventBody::ToolEnd(end) => self.tool_end(event, end),
            EventBody::Error(error) => self.errors.push(error.clone()),
            EventBody::Usage(usage) => {
                let sum = &mut self.usage;
                // Figures are a peer's: they must not overflow.
                sum.input_tokens = sum.input_tokens.saturating_add(usage.input_tokens);
                sum.output_tokens = sum.output_tokens.saturating_add(usage.output_tokens);
                self.usage.estimated |= usage.estimated;
                if let Some(cost) = usage.cost_usd {
                    self.usage.cost_usd = Some(self.usage.cost_usd.unwrap_or_default() + cost);
                }
            }
            EventBody::Citation(citation) => self.citations.push(citation.clone()),
            EventBody::Artifact(artifact) => self.artifacts.push(artifact.clone()),
            EventBody::InputRequired(input) => {
                self.asked.insert(input.request_id.clone());
                self.pending.push(input.clone());
            }
            EventBody::InputResolved(input) => {
                self.pending.retain(|open| open.request_id != input.request_id)
            }
            EventBody::Raw(_) => self.raw_frames += 1,
            EventBody::Link(_) => {}
            EventBody::Done(done) => self.done = Some(done.clone()),
        }
    }

    /// Messages in order of their first delta, superseded ones included.
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// One message.
    #[must_use]
    pub fn message(&self, id: &MessageId) -> Option<&Message> {
        self.message_index.get(id).and_then(|at| self.messages.get(*at))
    }

    /// Steps in the order in which they were opened.
    #[must_use]
    pub fn steps(&self) -> &[TraceStep] {
        &self.steps
    }

    /// One step.
    #[must_use]
    pub fn step(&self, id: &StepId) -> Option<&TraceStep> {
        self.step_index.get(id).and_then(|at| self.steps.get(*at))
    }

    /// The text of the answer: the messages that `done` names, else all that were not superseded.
    #[must_use]
    pub fn answer(&self) -> String {
        let named = self.done.as_ref().map(|done| done.answer.as_slice()).unwrap_or_default();
        if named.is_empty() {
            let standing = self.messages.iter().filter(|message| !message.superseded);
            return standing.map(|message| message.text.as_str()).collect();
        }
        named.iter().filter_map(|id| self.message(id)).map(|message| message.text.as_str()).collect()
    }

    /// The trace: parents before children, siblings by the peer's order, then by begin. Inferred steps are left
    /// out where the peer has told of real tool calls under the same parent; what lies under them moves up.
    /// Every other step is there, whatever parents the peer names: unknown ones, or ones that form a ring.
    #[must_use]
    pub fn trace(&self) -> Vec<TraceStep> {
        let told: HashSet<&StepId> =
            self.steps.iter().filter(|step| step.is_tool_call).filter_map(|step| self.parent(step)).collect();
        let left_out =
            |step: &TraceStep| step.inferred && self.parent(step).is_some_and(|parent| told.contains(parent));
        let mut children: BTreeMap<Option<&StepId>, Vec<&TraceStep>> = BTreeMap::new();
        for step in self.steps.iter().filter(|step| !left_out(step)) {
            let mut parent = self.parent(step);
            // Bounded, because parents may form a ring.
            for _ in 0..self.steps.len() {
                let Some(above) = parent.and_then(|id| self.step(id)).filter(|above| left_out(above)) else {
                    break;
                };
                parent = self.parent(above);
            }
            children.entry(parent).or_default().push(step);
        }
        for siblings in children.values_mut() {
            siblings.sort_by_key(|step| (step.order.is_none(), step.order, step.started_at, step.seq));
        }
        let roots = children.get(&None).into_iter().flatten();
        // After the roots come all steps, for those that no root leads to.
        let starts = roots.copied().chain(self.steps.iter().filter(|step| !left_out(step)));
        let mut trace = Vec::with_capacity(self.steps.len());
        let mut visited = HashSet::new();
        for start in starts {
            let mut stack = vec![start];
            while let Some(step) = stack.pop() {
                if visited.insert(&step.id) {
                    trace.push(step.clone());
                    stack.extend(children.get(&Some(&step.id)).into_iter().flatten().rev().copied());
                }
            }
        }
        trace
    }

    /// The enclosing step, if the log knows it.
    fn parent<'a>(&self, step: &'a TraceStep) -> Option<&'a StepId> {
        step.parent_id.as_ref().filter(|parent| **parent != step.id && self.step_index.contains_key(parent))
    }

    fn delta(&mut self, event: &StreamEvent, delta: &Delta) {
        if delta.part == Part::ToolArguments {
            let id = event.tool_id.clone().map(StepId::from);
            if let Some(step) = id.as_ref().and_then(|id| self.open_step(id)) {
                step.input_text.push_str(&delta.text);
            }
            return;
        }
        let Some(id) = &event.message_id else { return };
        if let Some(at) = delta.supersedes.as_ref().and_then(|old| self.message_index.get(old)) {
            self.messages[*at].superseded = true;
        }
        let at = *self.message_index.entry(id.clone()).or_insert_with(|| {
            self.messages.push(Message {
                id: id.clone(),
                source: event.source.clone(),
                step_id: event.step_id.clone(),
                text: String::new(),
                reasoning: String::new(),
                log: String::new(),
                superseded: false,
            });
            self.messages.len() - 1
        });
        let message = &mut self.messages[at];
        match delta.part {
            Part::Text => message.text.push_str(&delta.text),
            Part::Reasoning => message.reasoning.push_str(&delta.text),
            Part::Log => message.log.push_str(&delta.text),
            // Belongs to a tool call, not to a message.
            Part::ToolArguments => {}
        }
    }

    fn push_step(&mut self, heard: Timestamp, step: TraceStep) {
        self.heard.insert(step.id.clone(), heard);
        self.step_index.insert(step.id.clone(), self.steps.len());
        self.steps.push(step);
    }

    fn step_start(&mut self, event: &StreamEvent, start: &StepStart) {
        let Some(id) = event.step_id.clone() else { return };
        let start = start.clone();
        self.push_step(
            event.timestamp,
            TraceStep {
                id,
                parent_id: event.parent_step_id.clone(),
                name: start.name,
                kind: start.kind,
                is_tool_call: false,
                node_type: start.node_type,
                source: event.source.clone(),
                status: None,
                started_at: start.started_at.unwrap_or(event.timestamp),
                duration_ms: None,
                peer_times: start.started_at.is_some(),
                order: start.order,
                item: start.item,
                iteration: start.iteration,
                input: start.input,
                input_text: String::new(),
                output: None,
                error: None,
                usage: None,
                inferred: start.inferred,
                provisional: false,
                seq: event.seq,
            },
        );
    }

    fn tool_start(&mut self, event: &StreamEvent, start: &ToolStart) {
        let Some(id) = event.tool_id.clone() else { return };
        let start = start.clone();
        self.push_step(
            event.timestamp,
            TraceStep {
                id: id.into(),
                parent_id: event.parent_step_id.clone(),
                name: start.name,
                kind: StepKind::Tool,
                is_tool_call: true,
                node_type: None,
                source: event.source.clone(),
                status: None,
                started_at: start.started_at.unwrap_or(event.timestamp),
                duration_ms: None,
                peer_times: start.started_at.is_some(),
                order: start.order,
                item: None,
                iteration: None,
                input: start.arguments,
                input_text: String::new(),
                output: None,
                error: None,
                usage: None,
                inferred: false,
                provisional: false,
                seq: event.seq,
            },
        );
    }

    fn step_end(&mut self, event: &StreamEvent, end: &StepEnd) {
        let Some(step) = self.close(event, event.step_id.clone(), end.status, end.times) else { return };
        step.provisional = end.provisional;
        step.input = end.input.clone().or(step.input.take());
        step.output.clone_from(&end.output);
        step.error.clone_from(&end.error);
        step.usage.clone_from(&end.usage);
    }

    fn tool_end(&mut self, event: &StreamEvent, end: &ToolEnd) {
        let id = event.tool_id.clone().map(StepId::from);
        let Some(step) = self.close(event, id, end.status, end.times) else { return };
        step.provisional = end.provisional;
        step.input = (end.arguments.clone())
            .or(step.input.take())
            .or_else(|| serde_json::from_str(&step.input_text).ok());
        if step.input.is_some() {
            step.input_text.clear();
        }
        step.output.clone_from(&end.result);
        step.error.clone_from(&end.error);
    }

    fn open_step(&mut self, id: &StepId) -> Option<&mut TraceStep> {
        let at = *self.step_index.get(id)?;
        self.steps.get_mut(at).filter(|step| step.status.is_none() || step.provisional)
    }

    fn close(
        &mut self,
        event: &StreamEvent,
        id: Option<StepId>,
        status: StepStatus,
        times: Times,
    ) -> Option<&mut TraceStep> {
        let id = id?;
        let heard = self.heard.remove(&id);
        let step = self.open_step(&id)?;
        step.status = Some(status);
        if let Some(parent) = &event.parent_step_id {
            step.parent_id = Some(parent.clone());
        }
        if let Some(started_at) = times.started_at {
            step.started_at = started_at;
            step.peer_times = true;
        }
        step.order = times.order.or(step.order);
        // The peer's figure, else the hub's clock at both ends: never the difference of two clocks.
        step.duration_ms = times
            .duration_ms
            .or(step.duration_ms)
            .or_else(|| u64::try_from(event.timestamp.as_millisecond() - heard?.as_millisecond()).ok());
        Some(step)
    }
}
