//! One trigger node as a way into its workflow. Defaults are absent from n8n's JSON: GET, onReceived, lastNode, not public.

use std::collections::{BTreeSet, HashSet};

use jackfield_protocol::model::{EntryPoint, Graph, WorkflowInfo};
use serde_json::{Value, json};
use url::Url;

use super::config::Config;

/// The preferred way first: chats, streams, plain webhooks, the rest.
pub(crate) fn rank(entry: &EntryPoint) -> u8 {
    match (entry.kind.as_str(), entry.streams) {
        ("chat", _) => 0,
        ("webhook", Some(true)) => 1,
        ("webhook", _) => 2,
        ("form", _) => 3,
        ("mcp", _) => 4,
        _ => 5,
    }
}

/// A trigger as an entry; `None` for other nodes.
pub(crate) fn of_node(config: &Config, node: &Value, nodes: &[Value], graph: &Graph) -> Option<EntryPoint> {
    let short = node["type"].as_str()?.rsplit('.').next()?;
    let mut entry = match short {
        "webhook" => webhook(config, node),
        "chatTrigger" => chat(config, node),
        "mcpTrigger" => {
            let path = node["parameters"]["path"].as_str().or(node["webhookId"].as_str()).unwrap_or_default();
            EntryPoint {
                kind: "mcp".to_owned(),
                methods: vec!["POST".to_owned()],
                url: Some(config.entry_url(&config.options.mcp_path, path)),
                auth: auth(&node["parameters"]),
                reason: Some("It offers tools, not a run: add its URL as an MCP backend.".to_owned()),
                ..EntryPoint::default()
            }
        }
        "formTrigger" => {
            let path = node["parameters"]["path"].as_str().or(node["webhookId"].as_str()).unwrap_or_default();
            EntryPoint {
                kind: "form".to_owned(),
                url: Some(config.entry_url(&config.options.form_path, path)),
                auth: auth(&node["parameters"]),
                files: true,
                reason: Some("A form is filled in in the browser: open its URL.".to_owned()),
                ..EntryPoint::default()
            }
        }
        "manualTrigger" => internal("manual", "It is started by hand in n8n's editor only."),
        "scheduleTrigger" | "cron" | "interval" => {
            internal("schedule", "n8n starts it by its schedule only.")
        }
        "executeWorkflowTrigger" => {
            internal("sub_workflow", "Other workflows call it; it has no address of its own.")
        }
        "errorTrigger" => internal("error", "n8n starts it when another workflow fails."),
        other if other.ends_with("Trigger") => internal("event", "An event of another service starts it."),
        _ => return None,
    };
    entry.id = node["id"].as_str().unwrap_or_default().to_owned();
    entry.name = node["name"].as_str().unwrap_or_default().to_owned();
    if entry.kind == "webhook" || entry.kind == "chat" {
        entry.runnable = entry.reason.is_none();
        if entry.response_mode.as_deref() == Some("streaming") {
            entry.streams = Some(streams(&entry.name, nodes, graph));
        }
        entry.authorized = authorized(config, &entry);
        if entry.input_schema.is_none() {
            entry.input_schema = Some(webhook_schema(&entry, nodes));
        }
    } else {
        entry.authorized = true;
    }
    Some(entry)
}

fn internal(kind: &str, reason: &str) -> EntryPoint {
    EntryPoint {
        kind: kind.to_owned(),
        auth: "none".to_owned(),
        reason: Some(reason.to_owned()),
        ..EntryPoint::default()
    }
}

fn auth(parameters: &Value) -> String {
    match parameters["authentication"].as_str() {
        None | Some("none") => "none",
        Some("basicAuth") => "basic",
        Some("headerAuth") => "header",
        Some("jwtAuth") => "jwt",
        Some("bearerAuth") => "bearer",
        Some("n8nUserAuth") => "user",
        Some("n8nOAuth2") => "oauth2",
        Some(_) => "unknown",
    }
    .to_owned()
}

fn webhook(config: &Config, node: &Value) -> EntryPoint {
    let parameters = &node["parameters"];
    let path = parameters["path"].as_str().or(node["webhookId"].as_str()).unwrap_or_default();
    let methods = match &parameters["httpMethod"] {
        Value::Array(list) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::String(one) => vec![one.clone()],
        _ => vec!["GET".to_owned()],
    };
    // n8n puts the webhook's id before a path that has parameters.
    let full = match node["webhookId"].as_str() {
        Some(id) if path.contains(':') => format!("{id}/{path}"),
        _ => path.to_owned(),
    };
    let auth = auth(parameters);
    let reason = if path.starts_with('=') {
        Some("Its path is an expression: only n8n knows the address.".to_owned())
    } else if auth == "oauth2" || auth == "unknown" {
        Some("It asks for a kind of authentication that Jackfield does not have.".to_owned())
    } else {
        None
    };
    EntryPoint {
        kind: "webhook".to_owned(),
        files: methods.iter().any(|method| method != "GET" && method != "HEAD"),
        methods,
        url: Some(config.entry_url(&config.options.webhook_path, &full)),
        auth,
        response_mode: Some(parameters["responseMode"].as_str().unwrap_or("onReceived").to_owned()),
        streams: Some(false),
        reason,
        ..EntryPoint::default()
    }
}

fn chat(config: &Config, node: &Value) -> EntryPoint {
    let parameters = &node["parameters"];
    let options = &parameters["options"];
    let auth = auth(parameters);
    let reason = if parameters["public"] != true {
        Some("The chat is not public (chat trigger: 'Make chat publicly available').".to_owned())
    } else if auth == "user" {
        Some("It asks for a signed-in n8n user; an API key is not accepted there.".to_owned())
    } else {
        None
    };
    let mode = options["responseMode"].as_str().unwrap_or(if parameters["availableInChat"] == true {
        "streaming"
    } else {
        "lastNode"
    });
    EntryPoint {
        kind: "chat".to_owned(),
        methods: vec!["POST".to_owned()],
        url: Some(config.entry_url(
            &config.options.webhook_path,
            &format!("{}/chat", node["webhookId"].as_str().unwrap_or_default()),
        )),
        auth,
        response_mode: Some(mode.to_owned()),
        streams: Some(mode == "streaming"),
        files: options["allowFileUploads"] == true,
        input_schema: Some(json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": {
                "chatInput": {"type": "string", "title": "Message"},
                "sessionId": {"type": "string", "title": "Session", "description": "Key of the memory; default: the conversation."},
            },
            "required": ["chatInput"],
        })),
        reason,
        ..EntryPoint::default()
    }
}

/// Whether the secrets that it asks for are there.
fn authorized(config: &Config, entry: &EntryPoint) -> bool {
    let has = |name: &str| config.entry_secret(&entry.id, name).is_some();
    match entry.auth.as_str() {
        "none" => true,
        "basic" => has("basic_user") && has("basic_password"),
        "header" => has("header_value") && (config.options.header_name.is_some() || has("header_name")),
        "jwt" => has("jwt_secret") || has("jwt"),
        _ => false,
    }
}

/// Whether a node that streams lies behind the trigger: an agent from 2.1 on with streaming not switched off, or a Respond node from 1.5 on.
fn streams(trigger: &str, nodes: &[Value], graph: &Graph) -> bool {
    let mut reached: HashSet<&str> = HashSet::from([trigger]);
    loop {
        let next =
            graph.edges.iter().filter(|edge| edge.kind == "main" && reached.contains(edge.from.as_str()));
        let new: Vec<&str> = next.map(|edge| edge.to.as_str()).filter(|to| !reached.contains(to)).collect();
        if new.is_empty() {
            break;
        }
        reached.extend(new);
    }
    nodes
        .iter()
        .filter(|node| {
            node["disabled"] != true && reached.contains(node["name"].as_str().unwrap_or_default())
        })
        .any(|node| {
            let version = node["typeVersion"].as_f64().unwrap_or_default();
            match node["type"].as_str().unwrap_or_default() {
                kind if kind.ends_with("langchain.agent") => {
                    version >= 2.1
                        && node.pointer("/parameters/options/enableStreaming") != Some(&json!(false))
                }
                kind if kind.ends_with(".respondToWebhook") => version >= 1.5,
                _ => false,
            }
        })
}

/// Webhooks have no schema: the fields that expressions read are a hint.
fn webhook_schema(entry: &EntryPoint, nodes: &[Value]) -> Value {
    let text = serde_json::to_string(nodes).unwrap_or_default();
    let mut fields: BTreeSet<String> = BTreeSet::new();
    for marker in ["$json.body.", ".body."] {
        for (at, _) in text.match_indices(marker) {
            let rest = text.get(at + marker.len()..).unwrap_or_default();
            let name: String = rest
                .chars()
                .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
                .take(60)
                .collect();
            if !name.is_empty() {
                fields.insert(name);
            }
        }
    }
    let properties: serde_json::Map<String, Value> =
        fields.into_iter().take(50).map(|name| (name, json!({}))).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "description": if entry.methods.first().is_some_and(|method| method == "GET") { "Query parameters." } else { "The body; field names are read from the workflow's expressions." },
        "properties": properties,
        "additionalProperties": true,
    })
}

/// A backend that is nothing but one webhook or chat: what its address tells.
pub(crate) fn single(config: &Config, url: &Url) -> WorkflowInfo {
    let is_chat = url.path().ends_with("/chat");
    let kind = if is_chat { "chat" } else { "webhook" };
    let last = url.path().trim_end_matches("/chat").rsplit('/').next().unwrap_or("webhook").to_owned();
    let configured = ["basic_user", "header_value", "jwt_secret", "jwt"]
        .iter()
        .find(|name| config.secrets.get(name).is_some());
    let auth = match configured.copied() {
        Some("basic_user") => "basic",
        Some("header_value") => "header",
        Some(_) => "jwt",
        None => "none",
    };
    let entry = EntryPoint {
        id: kind.to_owned(),
        kind: kind.to_owned(),
        name: last.clone(),
        methods: if is_chat { vec!["POST".to_owned()] } else { vec!["POST".to_owned(), "GET".to_owned()] },
        url: Some(url.to_string()),
        auth: auth.to_owned(),
        authorized: true,
        streams: None,
        files: true,
        runnable: true,
        ..EntryPoint::default()
    };
    WorkflowInfo {
        external_id: last.clone(),
        name: last,
        active: true,
        runnable: true,
        entries: vec![entry],
        warnings: vec!["Only the webhook is known: outcomes stay unverified, steps unknown, and a lost run cannot be recovered.".to_owned()],
        ..WorkflowInfo::default()
    }
}
