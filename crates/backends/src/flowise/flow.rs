//! One flow as Flowise defines it, as a workflow: kind, form, files, graph. Of its definition only names and places of nodes are kept.

use std::collections::HashMap;

use jackfield_protocol::model::{EntryPoint, Graph, GraphEdge, GraphNode, WorkflowInfo};
use serde_json::{Map, Value, json};

use super::{config::Config, schema};

/// Kinds of flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Chains, tool agents, retrieval.
    Chatflow,
    /// Supervisor and sequential agents ("agentflow v1").
    Multiagent,
    /// Agentflow V2.
    Agentflow,
    /// A custom assistant.
    Assistant,
}

impl Kind {
    fn of(name: &str) -> Self {
        match name {
            "AGENTFLOW" => Self::Agentflow,
            "MULTIAGENT" => Self::Multiagent,
            "ASSISTANT" => Self::Assistant,
            _ => Self::Chatflow,
        }
    }

    /// As discovery remembered it.
    pub(crate) fn remembered(workflow: &WorkflowInfo) -> Self {
        Self::of(workflow.private["kind"].as_str().unwrap_or_default())
    }

    fn name(self) -> &'static str {
        match self {
            Self::Chatflow => "CHATFLOW",
            Self::Multiagent => "MULTIAGENT",
            Self::Agentflow => "AGENTFLOW",
            Self::Assistant => "ASSISTANT",
        }
    }

    /// Whether Flowise's abort has an effect (recordings c04 to c08).
    pub(crate) fn can_be_stopped(self) -> bool {
        matches!(self, Self::Agentflow | Self::Multiagent)
    }

    /// Whether it leaves an execution.
    pub(crate) fn has_execution(self) -> bool {
        self == Self::Agentflow
    }

    fn tag(self) -> &'static str {
        match self {
            Self::Chatflow => "chatflow",
            Self::Multiagent => "agentflow v1",
            Self::Agentflow => "agentflow",
            Self::Assistant => "assistant",
        }
    }

    fn canvas(self) -> Option<&'static str> {
        match self {
            Self::Chatflow => Some("canvas"),
            Self::Multiagent => Some("agentcanvas"),
            Self::Agentflow => Some("v2/agentcanvas"),
            Self::Assistant => None,
        }
    }
}

/// What only Flowise itself can say of a flow.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Abilities {
    /// Whether it streams.
    pub(crate) streams: Option<bool>,
    /// `GET /chatflows-uploads/{id}`.
    pub(crate) uploads: Value,
}

/// Describes a flow; `None` when it has no id.
pub(crate) fn describe(config: &Config, flow: &Value, abilities: &Abilities) -> Option<WorkflowInfo> {
    let text = |key: &str| flow[key].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let id = text("id")?;
    let definition: Value =
        serde_json::from_str(flow["flowData"].as_str().unwrap_or_default()).unwrap_or_default();
    let nodes = definition["nodes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let kind = match flow["type"].as_str() {
        Some(name) => Kind::of(name),
        // Public configurations do not tell it.
        None if nodes.iter().any(|node| node["data"]["name"] == "startAgentflow") => Kind::Agentflow,
        None => Kind::Chatflow,
    };
    let names = names(nodes);
    let settings: Value = match &flow["chatbotConfig"] {
        Value::String(text) => serde_json::from_str(text).unwrap_or_default(),
        other => other.clone(),
    };
    let entry = entry(config, flow, &id, kind, nodes, &settings, abilities);
    let mut tags = vec![kind.tag().to_owned()];
    tags.extend(
        text("category")
            .iter()
            .flat_map(|tags| tags.split(';'))
            .filter(|tag| !tag.is_empty())
            .map(str::to_owned),
    );
    if flow["deployed"] == true {
        tags.push("deployed".to_owned());
    }
    let parents: Map<String, Value> = nodes
        .iter()
        .filter_map(|node| Some((node["id"].as_str()?.to_owned(), json!(node["parentNode"].as_str()?))))
        .collect();
    Some(WorkflowInfo {
        name: text("name").unwrap_or_else(|| format!("Flow {}", id.chars().take(8).collect::<String>())),
        description: None,
        tags,
        // Flowise runs a flow whether or not it is marked as deployed.
        active: true,
        runnable: entry.runnable,
        reason: entry.reason.clone(),
        warnings: warnings(config, kind, &entry),
        editor_url: kind.canvas().map(|canvas| config.url(&format!("{canvas}/{id}")).to_string()),
        version: None,
        updated_at: text("updatedDate"),
        graph: (!nodes.is_empty()).then(|| graph(nodes, &definition["edges"], &names)),
        private: json!({
            "kind": kind.name(), "form": entry.kind == "form", "deployed": flow["deployed"] == true,
            "names": names, "parents": parents, "uploads": uploads(abilities, nodes, &settings),
        }),
        entries: vec![entry],
        external_id: id,
    })
}

/// Names of nodes by their ids: labels, with the id where two have the same.
fn names(nodes: &[Value]) -> HashMap<String, String> {
    let label = |node: &Value| node["data"]["label"].as_str().unwrap_or("node").to_owned();
    let mut counts: HashMap<String, usize> = HashMap::new();
    for node in nodes {
        *counts.entry(label(node)).or_default() += 1;
    }
    let named = nodes.iter().filter_map(|node| {
        let id = node["id"].as_str()?;
        let label = label(node);
        let unique = counts.get(&label) == Some(&1);
        Some((id.to_owned(), if unique { label } else { format!("{label} ({id})") }))
    });
    named.collect()
}

fn entry(
    config: &Config,
    flow: &Value,
    id: &str,
    kind: Kind,
    nodes: &[Value],
    settings: &Value,
    abilities: &Abilities,
) -> EntryPoint {
    let start = nodes
        .iter()
        .find(|node| node["data"]["name"] == "startAgentflow")
        .map(|node| &node["data"]["inputs"]);
    let input = start.and_then(|inputs| inputs["startInputType"].as_str()).unwrap_or("chatInput");
    let reason = match input {
        "webhookTrigger" => {
            Some("It is started by a call of its webhook, which Flowise does not let the prediction API do.")
        }
        "scheduleInput" => Some("Flowise starts it by its schedule only."),
        _ if nodes.is_empty() && flow["flowData"].is_string() => Some("It has no nodes."),
        _ => None,
    };
    let bound = flow["apikeyid"].as_str().is_some_and(|key| !key.is_empty());
    let kind_of_entry = match input {
        "formInput" => "form",
        "webhookTrigger" => "webhook",
        "scheduleInput" => "schedule",
        _ => "chat",
    };
    let prompts: Vec<String> = settings["starterPrompts"]
        .as_object()
        .into_iter()
        .flat_map(|prompts| prompts.values())
        .filter_map(|prompt| prompt["prompt"].as_str().filter(|text| !text.is_empty()).map(str::to_owned))
        .collect();
    let schema = match start.filter(|_| input == "formInput") {
        Some(inputs) => schema::of_form(inputs),
        None => schema::of_chat(&prompts),
    };
    let uploads = uploads(abilities, nodes, settings);
    EntryPoint {
        id: "prediction".to_owned(),
        kind: kind_of_entry.to_owned(),
        name: "Prediction".to_owned(),
        methods: vec!["POST".to_owned()],
        url: Some(config.url(&format!("api/v1/prediction/{id}")).to_string()),
        auth: if bound { "bearer" } else { "none" }.to_owned(),
        authorized: !bound || config.flow_key(id).is_some(),
        response_mode: None,
        streams: match kind {
            // Both always do (recordings a09 to a26).
            Kind::Agentflow | Kind::Multiagent => Some(true),
            Kind::Chatflow | Kind::Assistant => abilities.streams,
        },
        files: ["images", "audio", "files"].iter().any(|what| uploads[*what] == true),
        input_schema: Some(schema),
        runnable: reason.is_none(),
        reason: reason.map(str::to_owned),
    }
}

/// What may be sent along.
fn uploads(abilities: &Abilities, nodes: &[Value], settings: &Value) -> Value {
    let told = &abilities.uploads;
    let in_nodes = nodes.iter().any(|node| {
        let inputs = &node["data"]["inputs"];
        inputs["allowImageUploads"] == true
            || inputs.as_object().into_iter().flatten().any(|(_, inner)| inner["allowImageUploads"] == true)
    });
    json!({
        "images": told["isImageUploadAllowed"].as_bool().unwrap_or(in_nodes),
        "audio": told["isSpeechToTextEnabled"] == true,
        // Full text needs no switch in the API (recording a21); the switch is for Flowise's own chat window.
        "files": true,
        "rag": told["isRAGFileUploadAllowed"] == true,
        "full_file": settings["fullFileUpload"]["status"] == true,
    })
}

fn warnings(config: &Config, kind: Kind, entry: &EntryPoint) -> Vec<String> {
    let mut warnings = Vec::new();
    if !entry.runnable {
        return warnings;
    }
    if !config.has_key() {
        warnings.push("Without an API key a lost run cannot be recovered.".to_owned());
    } else if !kind.has_execution() {
        warnings.push("Flowise keeps no record of a failed run of it: when the connection is lost and the flow fails, the outcome stays unknown.".to_owned());
    }
    if !kind.can_be_stopped() {
        warnings.push("Flowise cannot stop it: a cancelled run goes on there.".to_owned());
    }
    if entry.streams == Some(false) {
        warnings.push("It does not stream: the answer comes as a whole.".to_owned());
    }
    warnings
}

fn graph(nodes: &[Value], edges: &Value, names: &HashMap<String, String>) -> Graph {
    let name = |id: &Value| id.as_str().and_then(|id| names.get(id)).cloned();
    let position = |node: &Value| Some([node["position"]["x"].as_f64()?, node["position"]["y"].as_f64()?]);
    Graph {
        nodes: nodes
            .iter()
            .filter_map(|node| {
                Some(GraphNode {
                    name: name(&node["id"])?,
                    kind: node["data"]["name"].as_str().unwrap_or_default().to_owned(),
                    disabled: false,
                    position: position(node),
                })
            })
            .collect(),
        edges: edges
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|edge| {
                Some(GraphEdge {
                    from: name(&edge["source"])?,
                    to: name(&edge["target"])?,
                    kind: "main".to_owned(),
                })
            })
            .collect(),
    }
}
