//! Names and places of a flow's nodes: from discovery, and learned from what runs.

use std::collections::HashMap;

use jackfield_protocol::model::WorkflowInfo;
use serde_json::Value;

/// What is known of nodes, by their ids.
#[derive(Debug, Clone, Default)]
pub(crate) struct Nodes {
    names: HashMap<String, String>,
    parents: HashMap<String, String>,
}

impl Nodes {
    /// What discovery remembered (see `flow.rs`).
    pub(crate) fn of(workflow: &WorkflowInfo) -> Self {
        let table = |key: &str| {
            let fields = workflow.private[key].as_object().into_iter().flatten();
            fields
                .filter_map(|(id, value): (&String, &Value)| Some((id.clone(), value.as_str()?.to_owned())))
                .collect()
        };
        Self { names: table("names"), parents: table("parents") }
    }

    /// A node's label, as the peer says it; what discovery told stays.
    pub(crate) fn learn(&mut self, node: &str, label: &str) {
        if !self.names.contains_key(node) {
            self.names.insert(node.to_owned(), label.to_owned());
        }
    }

    /// The name, as the graph has it.
    pub(crate) fn name<'a>(&'a self, node: &'a str) -> &'a str {
        self.names.get(node).map_or(node, String::as_str)
    }

    /// The node that encloses it.
    pub(crate) fn parent(&self, node: &str) -> Option<&str> {
        self.parents.get(node).map(String::as_str)
    }

    /// The component: ids are made of it and a number.
    pub(crate) fn kind<'a>(&self, node: &'a str) -> &'a str {
        if node.starts_with("agent:") {
            return "agent";
        }
        node.rsplit_once('_').map_or("", |(kind, _)| kind)
    }
}
