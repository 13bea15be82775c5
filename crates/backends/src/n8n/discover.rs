//! Discovery: every workflow as it runs (not as it is being edited), and every way into it.

use jackfield_protocol::{
    error::Failure,
    model::{EntryPoint, Graph, GraphEdge, GraphNode, WorkflowInfo},
};
use serde_json::{Value, json};

use super::{api::Api, config::Config, entry};

/// Lists every workflow that the key can see; a backend that is one webhook gives that one.
pub(crate) async fn workflows(api: &Api) -> Result<Vec<WorkflowInfo>, Failure> {
    if let Some(url) = &api.config.only_webhook {
        return Ok(vec![entry::single(&api.config, url)]);
    }
    let all = api.workflows().await?;
    Ok(all
        .iter()
        .filter(|workflow| workflow["isArchived"] != true && workflow["id"].is_string())
        .map(|workflow| describe(&api.config, workflow))
        .collect())
}

/// The part of a workflow that runs: the published version, else (older, or never published) the workflow itself.
pub(crate) fn live(workflow: &Value) -> &Value {
    let version = &workflow["activeVersion"];
    if version["nodes"].is_array() { version } else { workflow }
}

fn describe(config: &Config, workflow: &Value) -> WorkflowInfo {
    let live = live(workflow);
    let nodes = live["nodes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let active = workflow["active"] == true;
    let graph = graph(nodes, &live["connections"]);
    let mut entries: Vec<EntryPoint> = nodes
        .iter()
        .filter(|node| node["disabled"] != true)
        .filter_map(|node| entry::of_node(config, node, nodes, &graph))
        .collect();
    if !active {
        for entry in entries.iter_mut().filter(|entry| entry.runnable) {
            entry.runnable = false;
            entry.reason = Some(
                "The workflow is not active in n8n: activate (publish) it, then discover again.".to_owned(),
            );
        }
    }
    entries.sort_by_key(|entry| (!entry.runnable, entry::rank(entry)));
    let runnable = entries.iter().any(|entry| entry.runnable);
    let reason = (!runnable).then(|| match entries.first() {
        Some(entry) => entry
            .reason
            .clone()
            .unwrap_or_else(|| "None of its triggers can be used from outside.".to_owned()),
        None => "It has no enabled trigger.".to_owned(),
    });
    let text = |key: &str| workflow[key].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    WorkflowInfo {
        external_id: text("id").unwrap_or_default(),
        name: text("name").unwrap_or_else(|| "(without a name)".to_owned()),
        description: text("description"),
        tags: workflow["tags"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|tag| tag["name"].as_str().map(str::to_owned))
            .collect(),
        active,
        runnable,
        reason,
        entries,
        warnings: warnings(&workflow["settings"], runnable, config.has_key()),
        editor_url: text("id").map(|id| config.url(&format!("workflow/{id}")).to_string()),
        version: live["versionId"].as_str().or(workflow["versionId"].as_str()).map(str::to_owned),
        updated_at: text("updatedAt"),
        graph: Some(graph),
        private: json!({"settings": workflow["settings"]}),
    }
}

/// What the user should know before running it; instance-wide defaults that replace an absent setting are not readable.
fn warnings(settings: &Value, runnable: bool, key: bool) -> Vec<String> {
    let mut warnings = Vec::new();
    if !runnable || !key {
        return warnings;
    }
    if settings["saveDataSuccessExecution"] == "none" {
        warnings.push("n8n does not save successful executions of it: a lost run cannot be recovered, and steps are not known.".to_owned());
    }
    if settings["saveDataErrorExecution"] == "none" {
        warnings.push("n8n does not save failed executions of it: a failure has no reason.".to_owned());
    }
    if settings["saveExecutionProgress"] != true {
        warnings.push("n8n does not save its progress: steps are seen only after the end (workflow setting 'Save execution progress').".to_owned());
    }
    warnings
}

fn graph(nodes: &[Value], connections: &Value) -> Graph {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let position = |node: &Value| Some([node["position"][0].as_f64()?, node["position"][1].as_f64()?]);
    let mut graph = Graph {
        nodes: nodes
            .iter()
            .map(|node| GraphNode {
                name: text(&node["name"]),
                kind: text(&node["type"]),
                disabled: node["disabled"] == true,
                position: position(node),
            })
            .collect(),
        edges: Vec::new(),
    };
    for (from, kinds) in connections.as_object().into_iter().flatten() {
        for (kind, outputs) in kinds.as_object().into_iter().flatten() {
            for target in outputs.as_array().into_iter().flatten().filter_map(Value::as_array).flatten() {
                graph.edges.push(GraphEdge {
                    from: from.clone(),
                    to: text(&target["node"]),
                    kind: kind.clone(),
                });
            }
        }
    }
    graph
}
