//! The node runs of an execution as a tree: which run is inside which, in which order, from when.

use std::collections::HashMap;

use jackfield_protocol::ids::StepId;

use super::{
    execution::{Execution, NodeRun},
    marks,
    nodes::{Nodes, Role},
};

/// Most node runs of one execution that become steps; a longer loop is cut there.
const MOST: usize = 10_000;

/// One node run, or an agent that is known only from what ran inside it.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    /// Its step.
    pub(crate) step: StepId,
    /// The node.
    pub(crate) node: &'a str,
    /// Which of its runs.
    pub(crate) index: u64,
    /// What the node is for.
    pub(crate) role: Role,
    /// The record of it; `None` while n8n has not written it.
    pub(crate) run: Option<NodeRun<'a>>,
    /// The entry that encloses it.
    pub(crate) parent: Option<usize>,
    /// The entries inside it, in order.
    pub(crate) children: Vec<usize>,
    /// Its number among all runs, also across pauses (n8n then counts from 0 again).
    pub(crate) order: Option<u64>,
    /// Earliest known begin, in milliseconds of n8n's clock. n8n's own `startTime` of an agent is that of its
    /// last turn only.
    pub(crate) start: Option<i64>,
}

/// The tree.
#[derive(Debug)]
pub(crate) struct Tree<'a> {
    /// All entries; indices refer to it.
    pub(crate) entries: Vec<Entry<'a>>,
    /// Those that nothing encloses, in order.
    pub(crate) roots: Vec<usize>,
}

impl<'a> Tree<'a> {
    /// Builds it; `prefix` goes before every step id (for executions inside executions).
    pub(crate) fn of(execution: &'a Execution, nodes: &Nodes, prefix: &str) -> Self {
        let mut runs = execution.runs();
        runs.sort_by_key(|run| (run.start().is_none(), run.start(), run.execution_index()));
        runs.truncate(MOST);
        let orders = orders(&runs);
        let mut tree = Self { entries: Vec::with_capacity(runs.len()), roots: Vec::new() };
        let mut index = HashMap::new();
        for (run, order) in runs.iter().zip(orders) {
            let step = StepId(format!("{prefix}{}", marks::node_step(run.node, run.index)));
            index.insert((run.node, run.index), tree.entries.len());
            tree.entries.push(Entry {
                step,
                node: run.node,
                index: run.index,
                role: role(nodes, run),
                run: Some(*run),
                parent: None,
                children: Vec::new(),
                order,
                start: run.start(),
            });
        }
        for (at, run) in runs.iter().enumerate() {
            if is_sub_run(run, tree.entries.get(at).map_or(Role::Other, |entry| entry.role)) {
                let parent = tree.parent_of(run, nodes, prefix, &mut index);
                if let (Some(parent), Some(entry)) = (parent, tree.entries.get_mut(at)) {
                    entry.parent = Some(parent);
                }
            }
        }
        tree.link();
        tree
    }

    fn parent_of(
        &mut self,
        run: &NodeRun<'a>,
        nodes: &Nodes,
        prefix: &str,
        index: &mut HashMap<(&'a str, u64), usize>,
    ) -> Option<usize> {
        let origin = run.origins().next()?;
        // 1.x does not say in which run of the agent a tool ran: the first that ended after the tool began.
        let number = origin.run.unwrap_or_else(|| {
            let began = run.start().unwrap_or(i64::MAX);
            let ended_later = self.entries.iter().filter(|entry| entry.node == origin.node).find(|entry| {
                entry.run.and_then(|run| Some(run.start()? + run.duration())).is_some_and(|end| end >= began)
            });
            ended_later.map_or(0, |entry| entry.index)
        });
        if let Some(at) = index.get(&(origin.node, number)) {
            return Some(*at);
        }
        let at = self.entries.len();
        index.insert((origin.node, number), at);
        self.entries.push(Entry {
            step: StepId(format!("{prefix}{}", marks::node_step(origin.node, number))),
            node: origin.node,
            index: number,
            role: nodes.role(origin.node).unwrap_or(Role::Agent),
            run: None,
            parent: nodes
                .tool_of(origin.node)
                .and_then(|agent| self.entries.iter().rposition(|entry| entry.node == agent)),
            children: Vec::new(),
            order: None,
            start: None,
        });
        Some(at)
    }

    /// Links children to parents and gives every entry its earliest begin.
    fn link(&mut self) {
        for at in 0..self.entries.len() {
            let mut above = self.entries.get(at).and_then(|entry| entry.parent);
            let start = self.entries.get(at).and_then(|entry| entry.start);
            let mut steps = 0;
            while let Some(up) = above {
                steps += 1;
                // A circle: the record is not to be trusted here, so the entry stands alone.
                if up == at || steps > 32 {
                    self.entries[at].parent = None;
                    break;
                }
                let Some(entry) = self.entries.get_mut(up) else { break };
                entry.start = [entry.start, start].into_iter().flatten().min();
                above = entry.parent;
            }
        }
        for at in 0..self.entries.len() {
            match self.entries[at].parent {
                Some(parent) => self.entries[parent].children.push(at),
                None => self.roots.push(at),
            }
        }
        let keys: Vec<_> =
            self.entries.iter().map(|entry| (entry.start.is_none(), entry.start, entry.order)).collect();
        self.roots.sort_by_key(|at| keys[*at]);
        for entry in &mut self.entries {
            entry.children.sort_by_key(|at| keys[*at]);
        }
    }
}

/// Numbers in the order of begin. After a pause n8n counts from 0 again; the numbers here go on.
fn orders(runs: &[NodeRun<'_>]) -> Vec<Option<u64>> {
    let (mut offset, mut highest) = (0, None);
    runs.iter()
        .map(|run| {
            run.start()?;
            let mut order = run.execution_index() + offset;
            if highest.is_some_and(|highest| order <= highest) {
                offset = highest.map_or(0, |highest| highest + 1);
                order = run.execution_index() + offset;
            }
            highest = Some(order);
            Some(order)
        })
        .collect()
}

fn is_sub_run(run: &NodeRun<'_>, role: Role) -> bool {
    match run.channel() {
        Some(channel) => channel.starts_with("ai_"),
        None => role.is_sub_node(),
    }
}

fn role(nodes: &Nodes, run: &NodeRun<'_>) -> Role {
    let by_channel = match run.channel() {
        Some("ai_tool") => Some(Role::Tool),
        Some("ai_languageModel") => Some(Role::Model),
        Some("ai_memory") => Some(Role::Memory),
        _ => None,
    };
    match (nodes.role(run.node), by_channel) {
        // An agent, review or whole workflow used as a tool stays what it is; everything else follows the wire.
        (Some(role @ (Role::AgentTool | Role::Review)), _) => role,
        (_, Some(role)) => role,
        (Some(role), None) => role,
        (None, None) => Role::Other,
    }
}
