//! n8n's own telemetry as an early source of steps (OpenTelemetry, n8n 2.19 and later; recording k01).
//!
//! A `node.execute` span says that a node has run: its name, its times, whether it failed; not what went in or came
//! out. So its step ends provisionally, and n8n's record completes it. Once the record has been read it knows more
//! than any span, and spans are no longer listened to.
//!
//! Spans of called workflows have another parent than those of the run's own workflow. Which parent is ours is told by
//! the span of the trigger, which n8n sends first.

use std::collections::{HashMap, HashSet};

use jackfield_protocol::{
    event::{
        Draft, EventBody, Source, StepEnd, StepKind, StepStart, StepStatus, Times, ToolEnd, ToolStart,
        Transcript,
    },
    ids::StepId,
    port::SpanRecord,
};
use serde_json::Value;

use super::{
    marks,
    nodes::{Nodes, Role},
    redact::Redactor,
};

/// Most spans of one run that become steps.
const MOST: usize = 2_000;

/// Types of n8n's AI nodes begin with this.
const LANGCHAIN: &str = "@n8n/n8n-nodes-langchain.";

/// What the spans of a run have told so far.
#[derive(Debug, Default)]
pub(crate) struct Spans {
    /// The span of the run's own workflow, which encloses those of its nodes.
    workflow: Option<String>,
    /// An exporter may send a span twice.
    taken: HashSet<String>,
    /// How often each node has run.
    runs: HashMap<String, u64>,
}

impl Spans {
    /// The step that a span makes, if it makes one.
    pub(crate) fn take(
        &mut self,
        span: &SpanRecord,
        nodes: &Nodes,
        seen: &Transcript,
        redact: &Redactor,
    ) -> Vec<Draft> {
        let (Some(node), Some(kind)) = (text(span, "n8n.node.name"), text(span, "n8n.node.type")) else {
            return Vec::new();
        };
        let role = nodes.role(node).unwrap_or_else(|| Role::of(kind, false));
        if self.workflow.is_none() && role == Role::Trigger && !kind.ends_with("executeWorkflowTrigger") {
            self.workflow = Some(span.parent_span_id.clone());
        }
        let ours = self.workflow.as_ref() == Some(&span.parent_span_id);
        if !ours
            || !becomes_a_step(role, kind)
            || self.taken.len() >= MOST
            || !self.taken.insert(span.span_id.clone())
        {
            return Vec::new();
        }
        let run = self.runs.entry(node.to_owned()).or_default();
        let (step, iteration) = (marks::node_step(node, *run), (*run > 0).then_some(*run));
        *run += 1;
        if seen.step(&step).is_some() {
            return Vec::new();
        }
        let status = if span.error.is_some() { StepStatus::Failed } else { StepStatus::Succeeded };
        let error = span.error.as_ref().map(|error| redact.text(error).into_owned());
        let times = times(span);
        if role == Role::Tool {
            let source = Source { tool: Some(node.to_owned()), ..Source::node(node) };
            let start =
                ToolStart { name: node.to_owned(), started_at: times.started_at, ..ToolStart::default() };
            let start = Draft::new(EventBody::ToolStart(start)).tool(step.0.clone());
            let agent = nodes.tool_of(node).map(|agent| agent_step(agent, seen));
            let end = ToolEnd { error, provisional: true, times, ..ToolEnd::of(status) };
            let end = Draft::new(EventBody::ToolEnd(end)).tool(step.0);
            return vec![start.under_opt(agent).said_by(source.clone()), end.said_by(source)];
        }
        let start = StepStart {
            name: node.to_owned(),
            kind: role.step_kind(),
            node_type: Some(kind.to_owned()),
            started_at: times.started_at,
            iteration,
            ..StepStart::default()
        };
        let start = Draft::new(EventBody::StepStart(start)).step(step.clone()).said_by(Source::node(node));
        let end = StepEnd { error, provisional: true, times, ..StepEnd::of(status) };
        vec![start, Draft::new(EventBody::StepEnd(end)).step(step).said_by(Source::node(node))]
    }
}

/// Tools, and whatever stands in the main flow for certain. The stream tells of agents; models, memories, parsers and their
/// like belong inside other nodes, and only the record says inside which.
fn becomes_a_step(role: Role, kind: &str) -> bool {
    match role {
        Role::Tool | Role::Trigger => true,
        Role::Agent | Role::AgentTool | Role::Review | Role::Model | Role::Memory => false,
        Role::Respond | Role::Workflow | Role::Loop | Role::Wait | Role::Other => {
            !kind.starts_with(LANGCHAIN)
        }
    }
}

/// The newest run of an agent; the first, where the log has none yet.
fn agent_step(agent: &str, seen: &Transcript) -> StepId {
    let mut runs = seen.steps().iter().filter(|step| step.kind == StepKind::Agent && step.name == agent);
    runs.next_back().map_or_else(|| marks::node_step(agent, 0), |step| step.id.clone())
}

fn times(span: &SpanRecord) -> Times {
    let took = span.ended_at.as_millisecond() - span.started_at.as_millisecond();
    Times { started_at: Some(span.started_at), duration_ms: u64::try_from(took).ok(), order: None }
}

fn text<'a>(span: &'a SpanRecord, attribute: &str) -> Option<&'a str> {
    (span.name == "node.execute").then(|| span.attributes.get(attribute).and_then(Value::as_str)).flatten()
}

#[cfg(test)]
#[path = "spans_tests.rs"]
mod tests;
