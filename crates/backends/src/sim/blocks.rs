//! The blocks of a workflow, from its export: their names, which of their outputs stream, the picture of the workflow.

use jackfield_protocol::model::{Graph, GraphEdge, GraphNode};
use serde_json::{Map, Value, json};

/// Most blocks that are kept.
const MOST: usize = 1000;

/// Names and types of blocks by id, and the outputs that are asked for: the words of every agent. A name in
/// `selectedOutputs` that Sim does not know is silently ignored, so ids are used (recording `selected-unknown`).
pub(crate) fn remembered(state: &Value) -> Value {
    let mut blocks = Map::new();
    let mut outputs = Vec::new();
    for (id, block) in state["blocks"].as_object().into_iter().flatten().take(MOST) {
        blocks.insert(id.clone(), json!({"name": block["name"], "type": block["type"]}));
        if block["type"] == "agent" && block["enabled"] != false {
            outputs.push(format!("{id}_content"));
        }
    }
    json!({"blocks": blocks, "outputs": outputs})
}

/// The name of a block, as discovery remembered it.
pub(crate) fn name<'a>(private: &'a Value, id: &str) -> Option<&'a str> {
    // A copy inside a parallel has its number behind the id.
    let id = id.split('₍').next().unwrap_or(id);
    private["blocks"][id]["name"].as_str()
}

/// The outputs that are asked for.
pub(crate) fn outputs(private: &Value) -> Vec<String> {
    private["outputs"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| one.as_str().map(str::to_owned))
        .collect()
}

/// The workflow as nodes and edges.
pub(crate) fn graph(state: &Value) -> Option<Graph> {
    let blocks = state["blocks"].as_object()?;
    let named = |id: &Value| id.as_str().and_then(|id| blocks.get(id)?["name"].as_str()).map(str::to_owned);
    let nodes = blocks
        .values()
        .take(MOST)
        .filter_map(|block| {
            let place = &block["position"];
            Some(GraphNode {
                name: block["name"].as_str()?.to_owned(),
                kind: block["type"].as_str().unwrap_or_default().to_owned(),
                disabled: block["enabled"] == false,
                position: place["x"].as_f64().zip(place["y"].as_f64()).map(|(x, y)| [x, y]),
            })
        })
        .collect();
    let edges = state["edges"]
        .as_array()
        .into_iter()
        .flatten()
        .take(MOST * 4)
        .filter_map(|edge| {
            let kind = edge["sourceHandle"].as_str().unwrap_or("source").to_owned();
            Some(GraphEdge { from: named(&edge["source"])?, to: named(&edge["target"])?, kind })
        })
        .collect();
    Some(Graph { nodes, edges })
}

/// Defaults of the inputs, which only the export has: name to value.
pub(crate) fn defaults(state: &Value) -> Map<String, Value> {
    let mut found = Map::new();
    for block in state["blocks"].as_object().into_iter().flat_map(|blocks| blocks.values()) {
        for field in block["subBlocks"]["inputFormat"]["value"].as_array().into_iter().flatten() {
            if let Some(name) = field["name"].as_str()
                && !matches!(&field["value"], Value::Null)
                && field["value"] != ""
            {
                found.insert(name.to_owned(), field["value"].clone());
            }
        }
    }
    found
}
