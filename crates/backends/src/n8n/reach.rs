//! Whether text streams: a trigger in mode "streaming" gives an empty body unless a node that streams lies behind it.

use std::collections::HashSet;

use jackfield_protocol::model::Graph;
use serde_json::{Value, json};

/// Whether a node that streams can be reached from the trigger: an agent from 2.1 on or a Respond node from 1.5 on, with
/// streaming not switched off (recordings b17 to b19). `None` where a value is an expression, or a sub-workflow may do it.
pub(super) fn streams(trigger: &str, nodes: &[Value], graph: &Graph) -> Option<bool> {
    let reached = behind(trigger, graph);
    let mut doubt = false;
    for node in nodes {
        let name = node["name"].as_str().unwrap_or_default();
        if node["disabled"] == true || !reached.contains(name) {
            continue;
        }
        match able(node) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => doubt = true,
        }
    }
    (!doubt).then_some(false)
}

fn able(node: &Value) -> Option<bool> {
    let version = node["typeVersion"].as_f64().unwrap_or_default();
    let since = match node["type"].as_str().unwrap_or_default() {
        kind if kind.ends_with("langchain.agent") => 2.1,
        kind if kind.ends_with(".respondToWebhook") => 1.5,
        kind if kind.ends_with(".executeWorkflow") => return None,
        _ => return Some(false),
    };
    if version < since {
        return Some(false);
    }
    match node.pointer("/parameters/options/enableStreaming") {
        Some(Value::String(_)) => None,
        option => Some(option != Some(&json!(false))),
    }
}

/// The names of all nodes that the main connections lead to.
fn behind<'a>(trigger: &'a str, graph: &'a Graph) -> HashSet<&'a str> {
    let mut reached = HashSet::from([trigger]);
    let mut open = vec![trigger];
    while let Some(name) = open.pop() {
        for edge in graph.edges.iter().filter(|edge| edge.kind == "main" && edge.from == name) {
            if reached.insert(&edge.to) {
                open.push(&edge.to);
            }
        }
    }
    reached
}
