//! n8n's stream as events: a state machine without IO. One line in, drafts out.
//!
//! n8n (1.101 and later) streams one JSON object a line: `begin`, `item`, `end` for every turn of every
//! streaming node and item, `error` (not terminal), `keepalive` (2.17 and later). No frame ends the run, and no
//! frame tells of a tool call: between two turns of an agent there is only a gap.

use std::collections::HashMap;

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::{
        Artifact, Delta, Draft, EventBody, Raw, Source, StepEnd, StepKind, StepStart, StepStatus, Times,
        ToolEnd, ToolStart,
    },
    ids::{MessageId, StepId},
};
use jiff::Timestamp;
use serde_json::Value;

use super::{
    frame::{Frame, Meta},
    marks,
    nodes::{Nodes, Role},
};

/// The state of one stream.
#[derive(Debug, Clone)]
pub(crate) struct Parser {
    nodes: Nodes,
    runs: Vec<NodeRun>,
    index: HashMap<StepId, usize>,
    last_was_error: bool,
}

/// One run of one streaming node.
#[derive(Debug, Clone)]
struct NodeRun {
    step: StepId,
    node: String,
    is_tool: bool,
    is_respond: bool,
    /// Nothing is known of the node: it may be a Respond node.
    may_respond: bool,
    failed: bool,
    items: Vec<(u64, Turns)>,
}

/// The turns for one item of one node run.
#[derive(Debug, Clone, Default)]
struct Turns {
    count: u64,
    open: Option<OpenTurn>,
    gap: Gap,
}

#[derive(Debug, Clone)]
struct OpenTurn {
    step: Option<StepId>,
    message: MessageId,
    began: Option<Timestamp>,
    said: bool,
    /// A first item that is a whole JSON document: an answer of a Respond node, if nothing follows.
    held: Option<String>,
}

/// What lies behind the last turn.
#[derive(Debug, Clone, Default)]
enum Gap {
    #[default]
    None,
    /// The turn said nothing, so it asked for a tool: shown at once.
    Shown(StepId),
    /// The turn said something: the answer, or words before a tool call. Shown only if another turn follows.
    Possible(Option<Timestamp>),
}

impl Parser {
    /// Before the first frame.
    pub(crate) fn new(nodes: Nodes) -> Self {
        Self { nodes, runs: Vec::new(), index: HashMap::new(), last_was_error: false }
    }

    /// Whether the last frame (keepalives left out) was an `error`: n8n may have stopped, and may not close.
    pub(crate) fn last_was_error(&self) -> bool {
        self.last_was_error
    }

    /// Takes one line.
    pub(crate) fn frame(&mut self, line: &[u8]) -> Vec<Draft> {
        let frame = match Frame::read(line) {
            Ok(frame) => frame,
            Err(reason) => return vec![Draft::new(EventBody::Raw(Raw::of(reason, line)))],
        };
        let mut out = Vec::new();
        match frame.kind.as_str() {
            "begin" => self.begin(&frame.meta, &mut out),
            "item" => self.item(&frame.meta, frame.content, &mut out),
            "end" => self.end(&frame.meta, &mut out),
            "error" => self.error(&frame.meta, frame.content.as_deref(), &mut out),
            "keepalive" => return out,
            kind => {
                let reason =
                    format!("a frame of the unknown type '{}'", kind.chars().take(80).collect::<String>());
                out.push(Draft::new(EventBody::Raw(Raw::of(reason, line))));
            }
        }
        self.last_was_error = frame.kind == "error";
        out
    }

    /// The stream is over: gives what was held back.
    pub(crate) fn flush(&mut self) -> Vec<Draft> {
        let mut out = Vec::new();
        for run in &mut self.runs {
            for (_, turns) in &mut run.items {
                if let Some(turn) = &mut turns.open
                    && let Some(text) = turn.held.take()
                {
                    out.push(document(&run.node, &run.step, &text));
                }
            }
        }
        out
    }

    /// The stream is over and no record will tell more: closes what is open.
    pub(crate) fn finish(&mut self) -> Vec<Draft> {
        let mut out = self.flush();
        for run in self.runs.iter_mut().rev() {
            let mut status = if run.failed { StepStatus::Failed } else { StepStatus::Succeeded };
            for (_, turns) in &mut run.items {
                if let Gap::Shown(gap) = std::mem::take(&mut turns.gap) {
                    out.push(step_end(&run.node, gap, StepStatus::Unknown, Times::default()));
                    status = if run.failed { StepStatus::Failed } else { StepStatus::Unknown };
                }
                if let Some(turn) = turns.open.take() {
                    let of_turn = if run.failed { StepStatus::Failed } else { StepStatus::Unknown };
                    out.extend(turn.step.map(|step| step_end(&run.node, step, of_turn, Times::default())));
                    status = of_turn;
                }
            }
            out.push(if run.is_tool {
                let end = Draft::new(EventBody::ToolEnd(ToolEnd::of(status)));
                end.tool(run.step.0.clone()).said_by(Source::node(&run.node))
            } else {
                step_end(&run.node, run.step.clone(), status, Times::default())
            });
        }
        self.runs.clear();
        self.index.clear();
        out
    }

    fn begin(&mut self, meta: &Meta, out: &mut Vec<Draft>) {
        let at = self.open_run(meta, out);
        let Some(run) = self.runs.get_mut(at) else { return };
        let (node, step, is_respond) = (run.node.clone(), run.step.clone(), run.is_respond);
        let began = meta.time();
        let turns = run.turns(meta.item());
        if let Some(open) = turns.open.take() {
            out.extend(open.close(&node, &step, StepStatus::Unknown, None));
        }
        match std::mem::take(&mut turns.gap) {
            Gap::None => {}
            Gap::Shown(gap) => {
                out.push(step_end(&node, gap, StepStatus::Succeeded, Times::default()));
            }
            Gap::Possible(since) => {
                let gap = gap_step(&step, meta.item(), turns.count);
                out.push(gap_start(&node, &step, gap.clone(), since));
                let duration_ms = since.zip(began).and_then(|(from, to)| millis(from, to));
                out.push(step_end(
                    &node,
                    gap,
                    StepStatus::Succeeded,
                    Times { duration_ms, ..Times::default() },
                ));
            }
        }
        turns.count += 1;
        let turn = (!is_respond).then(|| marks::turn_step(&step, meta.item(), turns.count));
        if let Some(turn) = &turn {
            let start = StepStart {
                name: format!("Turn {}", turns.count),
                kind: StepKind::Turn,
                started_at: began,
                item: Some(meta.item()),
                ..StepStart::default()
            };
            let draft = Draft::new(EventBody::StepStart(start)).step(turn.clone()).under(step.clone());
            out.push(draft.said_by(Source::node(&node)));
        }
        let message = marks::turn_message(&step, meta.item(), turns.count);
        turns.open = Some(OpenTurn { step: turn, message, began, said: false, held: None });
    }

    fn item(&mut self, meta: &Meta, content: Option<String>, out: &mut Vec<Draft>) {
        let Some(content) = content.filter(|content| !content.is_empty()) else { return };
        if !self.has_open_turn(meta) {
            self.begin(meta, out);
        }
        let Some(run) = self.run_of(meta) else { return };
        let (node, step) = (run.node.clone(), run.step.clone());
        let (is_respond, may_respond) = (run.is_respond, run.may_respond);
        let Some(turn) = run.turns(meta.item()).open.as_mut() else { return };
        if turn.held.is_none() && !turn.said && (is_respond || (may_respond && is_document(&content))) {
            turn.held = Some(content);
            return;
        }
        let speaker = turn.step.clone().unwrap_or(step);
        let texts = turn.held.take().into_iter().chain([content]);
        turn.said = true;
        for text in texts {
            let delta = Draft::new(EventBody::Delta(Delta::text(text))).message(turn.message.clone());
            out.push(delta.step(speaker.clone()).said_by(Source::node(&node)));
        }
    }

    fn end(&mut self, meta: &Meta, out: &mut Vec<Draft>) {
        let may_use_tools = self.nodes.may_use_tools(meta.node());
        let Some(run) = self.run_of(meta) else { return };
        let (node, step, is_respond) = (run.node.clone(), run.step.clone(), run.is_respond);
        let ended = meta.time();
        let turns = run.turns(meta.item());
        let Some(turn) = turns.open.take() else { return };
        let said = turn.said || turn.held.is_some();
        out.extend(turn.close(&node, &step, StepStatus::Succeeded, ended));
        if is_respond {
            return;
        }
        turns.gap = if said {
            Gap::Possible(ended)
        } else if may_use_tools {
            let gap = gap_step(&step, meta.item(), turns.count);
            out.push(gap_start(&node, &step, gap.clone(), ended));
            Gap::Shown(gap)
        } else {
            Gap::None
        };
    }

    fn error(&mut self, meta: &Meta, content: Option<&str>, out: &mut Vec<Draft>) {
        let node = meta.node();
        let role = self.nodes.role(node);
        let is_tool = matches!(role, Some(Role::Tool | Role::AgentTool | Role::Review));
        let (code, what) =
            if is_tool { (ErrorCode::ToolFailed, "tool") } else { (ErrorCode::StepFailed, "node") };
        let message = match content.map(str::trim).filter(|text| !text.is_empty()) {
            Some(text) => format!("The {what} '{node}' failed: {text}"),
            None => format!("The {what} '{node}' failed; n8n does not say why in the stream."),
        };
        let mut source = Source::node(node);
        if is_tool {
            source.tool = Some(node.to_owned());
        }
        let mut draft = Draft::new(Failure::new(code, message).into_event(false, false)).said_by(source);
        if let Some(run) = self.run_of(meta) {
            run.failed = true;
            draft = draft.step(run.step.clone());
        }
        out.push(draft);
    }

    fn open_run(&mut self, meta: &Meta, out: &mut Vec<Draft>) -> usize {
        let node = meta.node();
        let step = marks::node_step(node, meta.run());
        if let Some(at) = self.index.get(&step) {
            return *at;
        }
        let role = self.nodes.role(node);
        let is_tool = role == Some(Role::AgentTool);
        let parent = self.nodes.tool_of(node).and_then(|agent| {
            self.runs.iter().rev().find(|run| run.node == agent).map(|run| run.step.clone())
        });
        let body = if is_tool {
            let start = ToolStart { name: node.to_owned(), started_at: meta.time(), ..ToolStart::default() };
            EventBody::ToolStart(start)
        } else {
            EventBody::StepStart(StepStart {
                name: node.to_owned(),
                kind: role.map_or(StepKind::Node, Role::step_kind),
                node_type: self.nodes.kind(node).map(str::to_owned),
                started_at: meta.time(),
                iteration: (meta.run() > 0).then_some(meta.run()),
                ..StepStart::default()
            })
        };
        let mut draft = Draft::new(body).said_by(Source::node(node)).under_opt(parent);
        if is_tool {
            draft.tool_id = Some(step.0.clone().into());
        } else {
            draft.step_id = Some(step.clone());
        }
        out.push(draft);
        let at = self.runs.len();
        self.index.insert(step.clone(), at);
        self.runs.push(NodeRun {
            step,
            node: node.to_owned(),
            is_tool,
            is_respond: role == Some(Role::Respond),
            may_respond: role.is_none(),
            failed: false,
            items: Vec::new(),
        });
        at
    }

    fn run_of(&mut self, meta: &Meta) -> Option<&mut NodeRun> {
        let at = *self.index.get(&marks::node_step(meta.node(), meta.run()))?;
        self.runs.get_mut(at)
    }

    fn has_open_turn(&mut self, meta: &Meta) -> bool {
        self.run_of(meta).is_some_and(|run| run.turns(meta.item()).open.is_some())
    }
}

impl NodeRun {
    fn turns(&mut self, item: u64) -> &mut Turns {
        let at = self.items.iter().rposition(|(known, _)| *known == item).unwrap_or_else(|| {
            self.items.push((item, Turns::default()));
            self.items.len() - 1
        });
        &mut self.items[at].1
    }
}

impl OpenTurn {
    fn close(self, node: &str, run: &StepId, status: StepStatus, ended: Option<Timestamp>) -> Vec<Draft> {
        let held = self.held.map(|text| document(node, run, &text));
        let duration_ms = self.began.zip(ended).and_then(|(from, to)| millis(from, to));
        let times = Times { duration_ms, ..Times::default() };
        held.into_iter().chain(self.step.map(|step| step_end(node, step, status, times))).collect()
    }
}

/// A whole JSON object or array: what a Respond node streams, and hardly ever the first token of a model.
fn is_document(content: &str) -> bool {
    let trimmed = content.trim_start();
    (trimmed.starts_with('{') || trimmed.starts_with('['))
        && serde_json::from_str::<serde::de::IgnoredAny>(content).is_ok()
}

/// What a Respond node sent: text when it is text, else a document.
fn document(node: &str, step: &StepId, text: &str) -> Draft {
    let draft = match serde_json::from_str::<Value>(text) {
        Ok(json @ (Value::Object(_) | Value::Array(_))) => Draft::new(EventBody::Artifact(Artifact {
            name: format!("{node}.json"),
            media_type: "application/json".to_owned(),
            size: Some(text.len() as u64),
            json: Some(json),
            ..Artifact::default()
        })),
        Ok(Value::String(inner)) if !inner.is_empty() => {
            Draft::new(EventBody::Delta(Delta::text(inner))).message(marks::turn_message(step, 0, 1))
        }
        _ => Draft::new(EventBody::Delta(Delta::text(text))).message(marks::turn_message(step, 0, 1)),
    };
    draft.step(step.clone()).said_by(Source::node(node))
}

fn gap_step(run: &StepId, item: u64, turn: u64) -> StepId {
    StepId(format!("{run}.{item}.g{turn}"))
}

fn gap_start(node: &str, run: &StepId, gap: StepId, since: Option<Timestamp>) -> Draft {
    let start = StepStart {
        name: "using a tool".to_owned(),
        kind: StepKind::Tool,
        started_at: since,
        inferred: true,
        ..StepStart::default()
    };
    Draft::new(EventBody::StepStart(start)).step(gap).under(run.clone()).said_by(Source::node(node))
}

fn step_end(node: &str, step: StepId, status: StepStatus, times: Times) -> Draft {
    let end = StepEnd { times, ..StepEnd::of(status) };
    Draft::new(EventBody::StepEnd(end)).step(step).said_by(Source::node(node))
}

fn millis(from: Timestamp, to: Timestamp) -> Option<u64> {
    u64::try_from(to.as_millisecond() - from.as_millisecond()).ok()
}
