//! What is known of a workflow's nodes: what each is for, and which of them serve which.

use std::collections::HashMap;

use jackfield_protocol::{event::StepKind, model::Graph};
use serde_json::Value;

/// What a node is for, as far as a trace cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// An AI agent: speaks, in turns.
    Agent,
    /// An agent that another agent calls as a tool.
    AgentTool,
    /// A tool.
    Tool,
    /// Asks a person before a tool runs (`…HitlTool`, 2.x).
    Review,
    /// A language model.
    Model,
    /// A memory.
    Memory,
    /// Respond to Webhook.
    Respond,
    /// Calls another workflow.
    Workflow,
    /// Loop over items.
    Loop,
    /// Waits for time, a call or a form.
    Wait,
    /// Begins the workflow.
    Trigger,
    /// Anything else.
    Other,
}

impl Role {
    /// From n8n's type of the node, and whether it hangs on an agent as a tool.
    pub(crate) fn of(kind: &str, serves_as_tool: bool) -> Self {
        let short = kind.rsplit('.').next().unwrap_or(kind);
        match short {
            "agent" => Self::Agent,
            "agentTool" => Self::AgentTool,
            "respondToWebhook" => Self::Respond,
            "executeWorkflow" => Self::Workflow,
            "splitInBatches" => Self::Loop,
            "wait" => Self::Wait,
            "webhook" => Self::Trigger,
            _ if short.ends_with("HitlTool") => Self::Review,
            _ if short.ends_with("Trigger") => Self::Trigger,
            _ if short.starts_with("lmChat") || short.starts_with("lmO") || short.starts_with("lmC") => {
                Self::Model
            }
            _ if short.starts_with("memory") => Self::Memory,
            _ if serves_as_tool || short.starts_with("tool") || short.ends_with("Tool") => Self::Tool,
            _ => Self::Other,
        }
    }

    /// The kind of its steps.
    pub(crate) fn step_kind(self) -> StepKind {
        match self {
            Self::Agent | Self::AgentTool => StepKind::Agent,
            Self::Tool => StepKind::Tool,
            Self::Model => StepKind::Model,
            Self::Memory => StepKind::Memory,
            Self::Workflow => StepKind::Workflow,
            Self::Loop => StepKind::Loop,
            Self::Wait | Self::Review => StepKind::Wait,
            Self::Respond | Self::Trigger | Self::Other => StepKind::Node,
        }
    }

    /// Whether it runs only inside another node.
    pub(crate) fn is_sub_node(self) -> bool {
        matches!(self, Self::AgentTool | Self::Tool | Self::Review | Self::Model | Self::Memory)
    }
}

#[derive(Debug, Clone)]
struct Node {
    kind: String,
    /// Whom it serves as a tool.
    tool_of: Vec<String>,
    has_tools: bool,
}

/// The nodes of one workflow. Empty when nothing is known (a backend that is only a webhook's address).
#[derive(Debug, Clone, Default)]
pub(crate) struct Nodes {
    by_name: HashMap<String, Node>,
}

impl Nodes {
    /// From the graph that discovery stored.
    pub(crate) fn of_graph(graph: Option<&Graph>) -> Self {
        let mut nodes = Self::default();
        let Some(graph) = graph else { return nodes };
        for node in &graph.nodes {
            nodes.add(&node.name, &node.kind);
        }
        for edge in &graph.edges {
            nodes.connect(&edge.from, &edge.to, &edge.kind);
        }
        nodes
    }

    /// From the copy of the workflow that an execution record holds (`workflowData`): what really ran.
    pub(crate) fn of_workflow(workflow: &Value) -> Self {
        let mut nodes = Self::default();
        for node in workflow.get("nodes").and_then(Value::as_array).into_iter().flatten() {
            if let (Some(name), Some(kind)) = (text(node, "name"), text(node, "type")) {
                nodes.add(name, kind);
            }
        }
        for (from, by_kind) in workflow.get("connections").and_then(Value::as_object).into_iter().flatten() {
            for (kind, outputs) in by_kind.as_object().into_iter().flatten() {
                let targets = outputs.as_array().into_iter().flatten().filter_map(Value::as_array).flatten();
                for target in targets {
                    if let Some(to) = text(target, "node") {
                        nodes.connect(from, to, kind);
                    }
                }
            }
        }
        nodes
    }

    fn add(&mut self, name: &str, kind: &str) {
        let node = Node { kind: kind.to_owned(), tool_of: Vec::new(), has_tools: false };
        self.by_name.insert(name.to_owned(), node);
    }

    fn connect(&mut self, from: &str, to: &str, kind: &str) {
        if kind != "ai_tool" {
            return;
        }
        if let Some(node) = self.by_name.get_mut(from) {
            node.tool_of.push(to.to_owned());
        }
        if let Some(node) = self.by_name.get_mut(to) {
            node.has_tools = true;
        }
    }

    /// Takes over the nodes of `other` that are not known yet.
    pub(crate) fn learn(&mut self, other: Self) {
        for (name, node) in other.by_name {
            self.by_name.entry(name).or_insert(node);
        }
    }

    /// What a node is for; `None` when the node is not known.
    pub(crate) fn role(&self, name: &str) -> Option<Role> {
        self.by_name.get(name).map(|node| Role::of(&node.kind, !node.tool_of.is_empty()))
    }

    /// n8n's own type of a node.
    pub(crate) fn kind(&self, name: &str) -> Option<&str> {
        self.by_name.get(name).map(|node| node.kind.as_str())
    }

    /// The agent that a node serves as a tool (the first, where it serves several).
    pub(crate) fn tool_of(&self, name: &str) -> Option<&str> {
        self.by_name.get(name)?.tool_of.first().map(String::as_str)
    }

    /// Whether tools hang on a node; true when nothing is known of it.
    pub(crate) fn may_use_tools(&self, name: &str) -> bool {
        self.by_name.get(name).is_none_or(|node| node.has_tools)
    }
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}
