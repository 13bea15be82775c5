//! Steps as lines: what is going on, and what has ended.

use std::collections::HashSet;

use jackfield_protocol::{
    event::{StepKind, TraceStep},
    ids::StepId,
};
use serde_json::Value;

use super::{Live, Shown};
use crate::output::{Tone, cut, duration, one_line, plain, report::step_mark, width};

/// Most lines of steps that stay; a loop of a thousand rounds must not bury the answer.
const STEP_LINES: usize = 60;
/// Columns of a step's name with its indent, where there is room.
const NAME: usize = 30;
/// Deepest nesting that is looked at; what a peer says may even go in circles.
const DEPTH: usize = 32;

impl Live {
    /// Shows a step with everything under it once the outermost step has ended: parents come before children.
    pub(super) fn step_ended(&mut self, id: Option<&StepId>, shown: &mut Vec<Shown>) {
        let Some(mut at) = id.and_then(|id| self.transcript.step(id)) else { return };
        for _ in 0..DEPTH {
            let Some(parent) = at.parent_id.as_ref().and_then(|id| self.transcript.step(id)) else { break };
            if parent.status.is_none() || self.shown_steps.contains(&parent.id) {
                break;
            }
            at = parent;
        }
        let waits_for_parent = at
            .parent_id
            .as_ref()
            .and_then(|id| self.transcript.step(id))
            .is_some_and(|parent| parent.status.is_none());
        if waits_for_parent || at.status.is_none() {
            return;
        }
        let top = at.id.clone();
        let trace = self.transcript.trace();
        let mut inside: HashSet<StepId> = HashSet::new();
        for step in &trace {
            let is_inside =
                step.id == top || step.parent_id.as_ref().is_some_and(|parent| inside.contains(parent));
            if !is_inside {
                continue;
            }
            inside.insert(step.id.clone());
            if step.status.is_none() || is_detail(step) || !self.shown_steps.insert(step.id.clone()) {
                continue;
            }
            if self.step_lines >= STEP_LINES {
                self.hidden_steps += 1;
                continue;
            }
            self.step_lines += 1;
            let (mark, tone) = step_mark(step.status);
            let took = step.duration_ms.map(duration).unwrap_or_default();
            let line = self.step_line(step, &self.style.paint(tone, mark), took);
            self.line(line, shown);
        }
    }

    /// One step in one line: mark, name under its parents, time, and what is worth a glance.
    pub(super) fn step_line(&self, step: &TraceStep, mark: &str, took: String) -> String {
        let depth = self.depth(step).min(6);
        let room = NAME.min(self.columns / 2).saturating_sub(depth * 2).max(8);
        let name = cut(&one_line(&step.name), room);
        let blanks = " ".repeat(room.saturating_sub(width(&name)));
        let start = format!("  {}{mark} {name}{blanks} ", "  ".repeat(depth));
        let time = format!("{took:>9}");
        let left = self.columns.saturating_sub(width(&start) + 9 + 3);
        let glance = if left >= 12 { cut(&glance(step), left) } else { String::new() };
        let line =
            format!("{start}{}  {}", self.style.paint(Tone::Dim, time), self.style.paint(Tone::Dim, glance));
        line.trim_end().to_owned()
    }

    /// How many shown steps enclose it.
    fn depth(&self, step: &TraceStep) -> usize {
        let mut depth = 0;
        let mut at = step;
        for _ in 0..DEPTH {
            let Some(parent) = at.parent_id.as_ref().and_then(|id| self.transcript.step(id)) else { break };
            depth += usize::from(!is_detail(parent));
            at = parent;
        }
        depth
    }
}

/// Steps that only the trace shows: turns and calls of models inside an agent, memory, and what was inferred.
fn is_detail(step: &TraceStep) -> bool {
    step.inferred || matches!(step.kind, StepKind::Turn | StepKind::Model | StepKind::Memory)
}

/// What is worth a glance: why it failed, else a tool's arguments and result.
fn glance(step: &TraceStep) -> String {
    if let Some(error) = &step.error {
        return one_line(error);
    }
    if !step.is_tool_call {
        return String::new();
    }
    let arguments = step.input.as_ref().map(compact).unwrap_or_default();
    match step.output.as_ref().map(compact) {
        Some(result) => format!("{} → {result}", cut(&arguments, 40)),
        None => arguments,
    }
}

/// JSON in one line; a bare text without its quotes.
pub(crate) fn compact(value: &Value) -> String {
    match value {
        Value::String(text) => one_line(text),
        value => one_line(&value.to_string()),
    }
}

/// JSON for a person, without anything that a terminal would obey (JSON escapes all of it but C1 controls).
pub(crate) fn pretty(value: &Value) -> String {
    match value {
        Value::String(text) => plain(text),
        value => plain(&serde_json::to_string_pretty(value).unwrap_or_default()),
    }
}
