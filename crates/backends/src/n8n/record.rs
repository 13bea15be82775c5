//! From n8n's record of an execution to the drafts that a log is still missing.
//!
//! Pure: an execution with data and the transcript so far go in. It works on a running execution (whose
//! workflow saves its progress) as on an ended one, any number of times: what the transcript has is not
//! repeated. Rules: node runs in the order of their begin, sub-nodes inside the node they serve, agents from
//! the begin of their first turn, called workflows inside the node that called them.

use std::collections::{BTreeMap, HashMap, HashSet};

use jackfield_protocol::{
    event::{
        Draft, EventBody, Source, StepEnd, StepKind, StepStart, StepStatus, Times, ToolEnd, ToolStart,
        TraceStep, Transcript,
    },
    ids::StepId,
};
use jiff::Timestamp;

use super::{
    execution::{Execution, NodeRun, Status},
    nodes::{Nodes, Role},
    redact::Redactor,
    tree::{Entry, Tree},
    values,
};

/// How deep workflows that call workflows are followed.
pub(crate) const DEEPEST: usize = 5;

/// What the steps are made from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record<'a> {
    /// The execution, with data.
    pub(crate) execution: &'a Execution,
    /// What is known of its nodes.
    pub(crate) nodes: &'a Nodes,
    /// What the log has.
    pub(crate) seen: &'a Transcript,
    /// What must not be shown.
    pub(crate) redact: &'a Redactor,
    /// Executions of called workflows, as far as they could be read, by id.
    pub(crate) called: &'a BTreeMap<String, Execution>,
}

/// The drafts that are missing. After the end of the execution everything is closed.
pub(crate) fn steps(record: Record<'_>) -> Vec<Draft> {
    let open = record.seen.steps().iter().filter(|step| step.status.is_none());
    let open = open.map(|step| (step.id.clone(), step.is_tool_call)).collect();
    let provisional = record.seen.steps().iter().filter(|step| step.provisional);
    let provisional = provisional.map(|step| step.id.clone()).collect();
    let mut walk = Walk { record, out: Vec::new(), open, provisional };
    walk.execution(record.execution, record.nodes, "", None, 0);
    if record.execution.has_ended() {
        walk.close_rest(record.execution.status());
    }
    walk.out
}

struct Walk<'a> {
    record: Record<'a>,
    out: Vec<Draft>,
    /// Steps that are open, oldest first, with whether they are tool calls.
    open: Vec<(StepId, bool)>,
    /// Steps of which n8n's telemetry told the end: the record knows the rest.
    provisional: HashSet<StepId>,
}

/// What is the same for all entries of one execution.
struct Scope<'e, 't> {
    tree: &'t Tree<'e>,
    runs: HashMap<(&'e str, u64), NodeRun<'e>>,
    repeats: HashMap<&'e str, u64>,
    parent: Option<StepId>,
    depth: usize,
}

impl<'a> Walk<'a> {
    fn execution(
        &mut self,
        execution: &Execution,
        nodes: &Nodes,
        prefix: &str,
        parent: Option<&StepId>,
        depth: usize,
    ) {
        let tree = Tree::of(execution, nodes, prefix);
        let mut repeats = HashMap::new();
        for entry in &tree.entries {
            *repeats.entry(entry.node).or_insert(0) += 1;
        }
        let scope =
            Scope { tree: &tree, runs: values::index(execution), repeats, parent: parent.cloned(), depth };
        for root in &tree.roots {
            if let Some(entry) = tree.entries.get(*root) {
                self.entry(entry, scope.parent.clone(), &scope);
            }
        }
    }

    fn entry(&mut self, entry: &Entry<'_>, parent: Option<StepId>, scope: &Scope<'_, '_>) {
        let seen = self.record.seen.step(&entry.step);
        let is_tool =
            seen.map_or(matches!(entry.role, Role::Tool | Role::AgentTool), |step| step.is_tool_call);
        if seen.is_none() {
            let start = self.start(entry, is_tool, parent, scope);
            self.push(start);
        }
        let start = [entry.start, seen.and_then(peer_start)].into_iter().flatten().min();
        self.children(entry, scope);
        let called = entry.run.and_then(|run| run.sub_execution());
        if let Some(called) = called.and_then(|id| self.record.called.get(&id))
            && scope.depth < DEEPEST
        {
            let prefix = format!("{}/", entry.step);
            self.execution(called, &called.nodes(), &prefix, Some(&entry.step), scope.depth + 1);
        }
        let Some(run) = entry.run else { return };
        let Some(status) = run.status() else { return };
        if self.open.iter().any(|(open, _)| *open == entry.step) || self.provisional.remove(&entry.step) {
            self.close_inside(&entry.step, status);
            self.end(entry, &run, is_tool, status, start, scope);
        }
    }

    fn start(
        &self,
        entry: &Entry<'_>,
        is_tool: bool,
        parent: Option<StepId>,
        scope: &Scope<'_, '_>,
    ) -> Draft {
        let started_at = entry.start.and_then(|ms| Timestamp::from_millisecond(ms).ok());
        let source = source(entry);
        if is_tool {
            let start = ToolStart {
                name: entry.node.to_owned(),
                arguments: self.input(entry, scope),
                started_at,
                order: entry.order,
            };
            let draft = Draft::new(EventBody::ToolStart(start)).tool(entry.step.0.clone());
            return draft.under_opt(parent).said_by(source);
        }
        let repeated = scope.repeats.get(entry.node).is_some_and(|count| *count > 1);
        let start = StepStart {
            name: entry.node.to_owned(),
            kind: self.kind(entry),
            node_type: self.record.nodes.kind(entry.node).map(str::to_owned),
            input: self.input(entry, scope),
            started_at,
            order: entry.order,
            iteration: (!entry.role.is_sub_node() && (repeated || entry.index > 0)).then_some(entry.index),
            ..StepStart::default()
        };
        Draft::new(EventBody::StepStart(start)).step(entry.step.clone()).under_opt(parent).said_by(source)
    }

    fn kind(&self, entry: &Entry<'_>) -> StepKind {
        match entry.role {
            Role::Other if entry.run.is_some_and(|run| run.is_waiting()) => StepKind::Wait,
            Role::Other if entry.run.is_some_and(|run| run.sub_execution().is_some()) => StepKind::Workflow,
            role => role.step_kind(),
        }
    }

    fn input(&self, entry: &Entry<'_>, scope: &Scope<'_, '_>) -> Option<serde_json::Value> {
        let run = entry.run?;
        let redact = self.record.redact;
        match entry.role {
            Role::Tool | Role::AgentTool => {
                let agent =
                    entry.parent.and_then(|at| scope.tree.entries.get(at)).and_then(|agent| agent.run);
                values::arguments(&run, agent.as_ref(), redact)
            }
            role if run.override_json().is_some() => values::sub_input(&run, role, redact),
            _ => values::main_input(&run, &scope.runs, redact),
        }
    }

    /// Model runs go into the turn of the stream that they belong to; where there is none, they make one.
    fn children(&mut self, entry: &Entry<'_>, scope: &Scope<'_, '_>) {
        let speaks = matches!(entry.role, Role::Agent | Role::AgentTool);
        let mut turn = 0;
        for child in entry.children.iter().filter_map(|at| scope.tree.entries.get(*at)) {
            if !speaks || child.role != Role::Model {
                self.entry(child, Some(entry.step.clone()), scope);
                continue;
            }
            turn += 1;
            if let Some(known) = self.turn_of(&entry.step, child) {
                self.entry(child, Some(known), scope);
            } else {
                self.made_turn(entry, child, turn, scope);
            }
        }
    }

    fn turn_of(&self, agent: &StepId, model: &Entry<'_>) -> Option<StepId> {
        if let Some(seen) = self.record.seen.step(&model.step) {
            return seen.parent_id.clone();
        }
        let began = model.start?;
        let mut turns = self.record.seen.steps().iter().filter(|step| {
            step.kind == StepKind::Turn && step.parent_id.as_ref() == Some(agent) && step.peer_times
        });
        // The last turn that began before the model did; n8n writes the two times a moment apart.
        let turn = turns.rfind(|turn| turn.started_at.as_millisecond() <= began + 5)?;
        let ended = turn.duration_ms.and_then(|ms| i64::try_from(ms).ok());
        let inside = ended.is_none_or(|ms| began <= turn.started_at.as_millisecond() + ms);
        inside.then(|| turn.id.clone())
    }

    fn made_turn(&mut self, agent: &Entry<'_>, model: &Entry<'_>, turn: usize, scope: &Scope<'_, '_>) {
        let step = StepId(format!("{}.t:{}", agent.step, model.step));
        if self.record.seen.step(&step).is_none() {
            let start = StepStart {
                name: format!("Turn {turn}"),
                kind: StepKind::Turn,
                started_at: model.start.and_then(|ms| Timestamp::from_millisecond(ms).ok()),
                order: model.order,
                ..StepStart::default()
            };
            let draft = Draft::new(EventBody::StepStart(start)).step(step.clone()).under(agent.step.clone());
            self.push(draft.said_by(Source::node(agent.node)));
        }
        self.entry(model, Some(step.clone()), scope);
        let Some((run, status)) = model.run.and_then(|run| Some((run, run.status()?))) else { return };
        if self.open.iter().any(|(open, _)| *open == step) {
            let times = Times {
                started_at: None,
                duration_ms: u64::try_from(run.duration()).ok(),
                order: model.order,
            };
            self.push(Draft::new(EventBody::StepEnd(StepEnd { times, ..StepEnd::of(status) })).step(step));
        }
    }

    fn end(
        &mut self,
        entry: &Entry<'_>,
        run: &NodeRun<'_>,
        is_tool: bool,
        status: StepStatus,
        start: Option<i64>,
        scope: &Scope<'_, '_>,
    ) {
        let redact = self.record.redact;
        let ended = run.start().map(|start| start + run.duration());
        let times = Times {
            started_at: start.and_then(|ms| Timestamp::from_millisecond(ms).ok()),
            duration_ms: start.zip(ended).and_then(|(from, to)| u64::try_from(to - from).ok()),
            order: entry.order,
        };
        let error = run.error().map(|error| redact.text(&error).into_owned());
        let output = values::output(run, entry.role, redact);
        // What was opened by the stream, or as a placeholder, does not have its input yet.
        let seen = self.record.seen.step(&entry.step);
        let input = seen.filter(|step| step.input.is_none()).and_then(|_| self.input(entry, scope));
        if is_tool {
            let end = ToolEnd { arguments: input, result: output, error, times, ..ToolEnd::of(status) };
            self.push(Draft::new(EventBody::ToolEnd(end)).tool(entry.step.0.clone()).said_by(source(entry)));
            return;
        }
        let usage = (entry.role == Role::Model).then(|| values::usage(run)).flatten();
        let end = StepEnd { input, output, error, usage: usage.clone(), times, ..StepEnd::of(status) };
        self.push(Draft::new(EventBody::StepEnd(end)).step(entry.step.clone()).said_by(source(entry)));
        if let Some(usage) = usage {
            self.push(Draft::new(EventBody::Usage(usage)).step(entry.step.clone()).said_by(source(entry)));
        }
    }

    /// Closes turns and gaps that the stream left open inside a node run that has ended.
    fn close_inside(&mut self, outer: &StepId, status: StepStatus) {
        let inside = |id: &StepId| id.0.strip_prefix(&outer.0).is_some_and(|rest| rest.starts_with('.'));
        let left: Vec<_> = self.open.iter().rev().filter(|(id, _)| inside(id)).cloned().collect();
        for (id, is_tool) in left {
            let inferred = self.record.seen.step(&id).is_some_and(|step| step.inferred);
            self.close(id, is_tool, if inferred { StepStatus::Unknown } else { status });
        }
    }

    fn close_rest(&mut self, status: Status) {
        let status = if status == Status::Canceled { StepStatus::Cancelled } else { StepStatus::Unknown };
        for (id, is_tool) in self.open.clone().into_iter().rev() {
            self.close(id, is_tool, status);
        }
    }

    fn close(&mut self, id: StepId, is_tool: bool, status: StepStatus) {
        self.push(if is_tool {
            Draft::new(EventBody::ToolEnd(ToolEnd::of(status))).tool(id.0)
        } else {
            Draft::new(EventBody::StepEnd(StepEnd::of(status))).step(id)
        });
    }

    fn push(&mut self, draft: Draft) {
        match (&draft.body, &draft.step_id, &draft.tool_id) {
            (EventBody::StepStart(_), Some(id), _) => self.open.push((id.clone(), false)),
            (EventBody::ToolStart(_), _, Some(id)) => self.open.push((id.clone().into(), true)),
            (EventBody::StepEnd(_), Some(id), _) => self.open.retain(|(open, _)| open != id),
            (EventBody::ToolEnd(_), _, Some(id)) => {
                let id = StepId::from(id.clone());
                self.open.retain(|(open, _)| *open != id);
            }
            _ => {}
        }
        self.out.push(draft);
    }
}

fn source(entry: &Entry<'_>) -> Source {
    let mut source = Source::node(entry.node);
    match entry.role {
        Role::Agent => source.agent = Some(entry.node.to_owned()),
        Role::Tool | Role::AgentTool => source.tool = Some(entry.node.to_owned()),
        _ => {}
    }
    source
}

/// When the peer says that a step began: turns and agents of the stream carry n8n's clock.
fn peer_start(step: &TraceStep) -> Option<i64> {
    (step.peer_times && step.kind == StepKind::Agent).then(|| step.started_at.as_millisecond())
}
