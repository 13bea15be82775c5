//! The grammar of a run's log, checked in the one place that every backend passes.
//!
//! `start` is first and comes once; `done` is last; every `step_end` and `tool_end` closes one open start, ids
//! are never used twice; a provisional end may be followed by one that is not; a `delta` is not empty and names its message, or, for `tool_arguments`, the open tool
//! call that it belongs to; a question is asked once and resolved once; nothing is open when `done` comes.
//!
//! Steps need not close in the order of their nesting, and a parent may be named that the log never opens: peers
//! do both.

use std::collections::{HashMap, HashSet};

use super::{Delta, Draft, EventBody, Part, Transcript};
use crate::ids::{InputRequestId, MessageId, StepId, ToolCallId};

/// An event that must not follow what is in the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Violation(pub String);

/// What is open in a log, and so what may follow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grammar {
    started: bool,
    done: bool,
    open: Vec<StepId>,
    used: HashMap<StepId, Kind>,
    /// Ended, as far as the peer has told: one more end may come.
    provisional: HashSet<StepId>,
    messages: HashSet<MessageId>,
    pending: Vec<InputRequestId>,
    asked: HashSet<InputRequestId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Step,
    Tool,
}

/// Something that must be closed before `done`, innermost first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Open {
    /// A step.
    Step(StepId),
    /// A tool call.
    Tool(ToolCallId),
    /// A question.
    Input(InputRequestId),
}

impl Grammar {
    /// The state before the first event.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The state after the events that were folded.
    #[must_use]
    pub fn after(transcript: &Transcript) -> Self {
        let mut grammar =
            Self { started: transcript.start.is_some(), done: transcript.done.is_some(), ..Self::default() };
        for step in transcript.steps() {
            let kind = if step.is_tool_call { Kind::Tool } else { Kind::Step };
            grammar.used.insert(step.id.clone(), kind);
            if step.status.is_none() {
                grammar.open.push(step.id.clone());
            }
            if step.provisional {
                grammar.provisional.insert(step.id.clone());
            }
        }
        grammar.messages.extend(transcript.messages().iter().map(|message| message.id.clone()));
        grammar.pending.extend(transcript.pending.iter().map(|input| input.request_id.clone()));
        grammar.asked.extend(transcript.asked.iter().cloned());
        grammar
    }

    /// Whether `done` has come.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// What is open, innermost (last opened) first.
    #[must_use]
    pub fn open(&self) -> Vec<Open> {
        let steps = self.open.iter().rev().map(|id| match self.used.get(id) {
            Some(Kind::Tool) => Open::Tool(ToolCallId(id.0.clone())),
            _ => Open::Step(id.clone()),
        });
        steps.chain(self.pending.iter().cloned().map(Open::Input)).collect()
    }

    /// Accepts the next event.
    ///
    /// # Errors
    /// When it must not follow; the state is then unchanged.
    pub fn accept(&mut self, event: &Draft) -> Result<(), Violation> {
        if self.done {
            return refuse(format!("{} after done", event.body.kind()));
        }
        if !self.started && !matches!(event.body, EventBody::Start(_)) {
            return refuse(format!("{} before start", event.body.kind()));
        }
        match &event.body {
            EventBody::Start(_) if self.started => return refuse("a second start"),
            EventBody::Start(_) => self.started = true,
            EventBody::Delta(delta) => self.delta(event, delta)?,
            EventBody::StepStart(_) => self.begin(event.step_id.clone(), Kind::Step)?,
            EventBody::ToolStart(_) => self.begin(event.tool_id.clone().map(Into::into), Kind::Tool)?,
            EventBody::StepEnd(end) => self.end(event.step_id.as_ref(), Kind::Step, end.provisional)?,
            EventBody::ToolEnd(end) => {
                self.end(event.tool_id.clone().map(Into::into).as_ref(), Kind::Tool, end.provisional)?;
            }
            EventBody::InputRequired(input) => {
                if !self.asked.insert(input.request_id.clone()) {
                    return refuse(format!("the question {} is asked twice", input.request_id));
                }
                self.pending.push(input.request_id.clone());
            }
            EventBody::InputResolved(input) => {
                let Some(at) = self.pending.iter().position(|id| *id == input.request_id) else {
                    return refuse(format!("the question {} is not open", input.request_id));
                };
                self.pending.remove(at);
            }
            EventBody::Done(_) => {
                if !self.open.is_empty() || !self.pending.is_empty() {
                    return refuse("done while something is open");
                }
                self.done = true;
            }
            EventBody::Error(_)
            | EventBody::Usage(_)
            | EventBody::Citation(_)
            | EventBody::Artifact(_)
            | EventBody::Link(_)
            | EventBody::Raw(_) => {}
        }
        Ok(())
    }

    fn delta(&mut self, event: &Draft, delta: &Delta) -> Result<(), Violation> {
        if delta.text.is_empty() {
            return refuse("an empty delta");
        }
        if delta.part == Part::ToolArguments {
            let Some(id) = event.tool_id.clone().map(StepId::from) else {
                return refuse("a delta of tool_arguments without tool_id");
            };
            if delta.supersedes.is_some() {
                return refuse("a delta of tool_arguments supersedes no message");
            }
            if self.used.get(&id) != Some(&Kind::Tool) || !self.open.contains(&id) {
                return refuse(format!("tool_arguments for {id}, which is no open tool call"));
            }
            return Ok(());
        }
        let Some(id) = &event.message_id else { return refuse("a delta without message_id") };
        if let Some(old) = &delta.supersedes
            && (!self.messages.contains(old) || self.messages.contains(id))
        {
            return refuse("only a new message supersedes, and only a known one is superseded");
        }
        self.messages.insert(id.clone());
        Ok(())
    }

    fn begin(&mut self, id: Option<StepId>, kind: Kind) -> Result<(), Violation> {
        let Some(id) = id else { return refuse("a start without id") };
        if self.used.contains_key(&id) {
            return refuse(format!("the id {id} is opened twice"));
        }
        self.used.insert(id.clone(), kind);
        self.open.push(id);
        Ok(())
    }

    fn end(&mut self, id: Option<&StepId>, kind: Kind, provisional: bool) -> Result<(), Violation> {
        let Some(id) = id else { return refuse("an end without id") };
        if self.used.get(id) != Some(&kind) {
            return refuse(format!("the end of {id} has no start"));
        }
        let Some(at) = self.open.iter().position(|open| open == id) else {
            let completes = !provisional && self.provisional.remove(id);
            return if completes { Ok(()) } else { refuse(format!("{id} is closed twice")) };
        };
        self.open.remove(at);
        if provisional {
            self.provisional.insert(id.clone());
        }
        Ok(())
    }
}

fn refuse<T>(why: impl Into<String>) -> Result<T, Violation> {
    Err(Violation(why.into()))
}
