//! One trigger node as a way into its workflow. Defaults are absent from n8n's JSON: GET, onReceived, lastNode, not public.

use jackfield_protocol::model::{EntryPoint, Graph, WorkflowInfo};
use serde_json::{Value, json};
use url::Url;

use super::{config::Config, reach, schema};

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
        "mcpTrigger" => EntryPoint {
            kind: "mcp".to_owned(),
            methods: vec!["POST".to_owned()],
            url: Some(config.entry_url(&config.options.mcp_path, path(node))),
            auth: auth(&node["parameters"]),
            reason: Some("It offers tools, not a run: add its URL as an MCP backend.".to_owned()),
            ..EntryPoint::default()
        },
        "formTrigger" => EntryPoint {
            kind: "form".to_owned(),
            url: Some(config.entry_url(&config.options.form_path, path(node))),
            auth: auth(&node["parameters"]),
            files: true,
            reason: Some("A form is filled in in the browser: open its URL.".to_owned()),
            ..EntryPoint::default()
        },
        "manualTrigger" | "manualChatTrigger" => internal(
            "manual",
            "It is started by hand in n8n's editor only. Add a webhook or chat trigger to run it from here.",
        ),
        "scheduleTrigger" | "cron" | "interval" => internal(
            "schedule",
            "n8n starts it by its schedule only. Add a webhook or chat trigger to run it from here.",
        ),
        "executeWorkflowTrigger" => {
            internal("sub_workflow", "Other workflows call it; it has no address of its own.")
        }
        "errorTrigger" => internal("error", "n8n starts it when another workflow fails."),
        other if other.ends_with("Trigger") => internal("event", "An event of another service starts it."),
        _ => return None,
    };
    let name = node["name"].as_str().unwrap_or_default();
    // Ids are there in every version seen; a name is unique within a workflow too.
    entry.id = node["id"].as_str().filter(|id| !id.is_empty()).unwrap_or(name).to_owned();
    entry.name = name.to_owned();
    if entry.kind == "webhook" || entry.kind == "chat" {
        entry.runnable = entry.reason.is_none();
        match entry.response_mode.as_deref() {
            Some("streaming") => entry.streams = reach::streams(name, nodes, graph),
            Some(mode) if mode.starts_with('=') => entry.streams = None,
            _ => entry.streams = Some(false),
        }
        entry.authorized = authorized(config, &entry);
        if entry.kind == "webhook" {
            entry.input_schema = Some(schema::of_webhook(&entry.methods, nodes));
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

/// As n8n itself chooses it: the parameter, the option, the node's own id.
fn path(node: &Value) -> &str {
    let candidates =
        [&node["parameters"]["path"], &node["parameters"]["options"]["path"], &node["webhookId"]];
    candidates.into_iter().filter_map(Value::as_str).find(|path| !path.is_empty()).unwrap_or_default()
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

fn is_expression(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.starts_with('='))
}

/// The methods; with several, n8n's default is GET and POST, with one it is GET.
fn methods(parameters: &Value) -> Vec<String> {
    match &parameters["httpMethod"] {
        Value::Array(list) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::String(one) => vec![one.clone()],
        _ if parameters["multipleMethods"] == true => vec!["GET".to_owned(), "POST".to_owned()],
        _ => vec!["GET".to_owned()],
    }
}

fn webhook(config: &Config, node: &Value) -> EntryPoint {
    let parameters = &node["parameters"];
    let path = path(node);
    // n8n puts the webhook's id before a path that has parameters.
    let full = match node["webhookId"].as_str() {
        Some(id) if path.split('/').any(|part| part.starts_with(':')) => format!("{id}/{path}"),
        _ => path.to_owned(),
    };
    let auth = auth(parameters);
    let expression = is_expression(&parameters["path"]) || is_expression(&parameters["httpMethod"]);
    let reason = if expression {
        Some("Its path or method is an expression: only n8n knows the address. Give it a fixed one.")
    } else if path.is_empty() {
        Some("It has no path.")
    } else if auth == "oauth2" || auth == "user" {
        Some("It asks for a signed-in n8n user; an API key is not accepted there.")
    } else if auth == "unknown" {
        Some("It asks for a kind of authentication that Jackfield does not have.")
    } else {
        None
    };
    let methods = if expression { Vec::new() } else { methods(parameters) };
    EntryPoint {
        kind: "webhook".to_owned(),
        files: methods.iter().any(|method| method != "GET" && method != "HEAD"),
        methods,
        url: (!expression && !path.is_empty()).then(|| config.entry_url(&config.options.webhook_path, &full)),
        auth,
        response_mode: Some(parameters["responseMode"].as_str().unwrap_or("onReceived").to_owned()),
        reason: reason.map(str::to_owned),
        ..EntryPoint::default()
    }
}

fn chat(config: &Config, node: &Value) -> EntryPoint {
    let parameters = &node["parameters"];
    let options = &parameters["options"];
    let auth = auth(parameters);
    let id = node["webhookId"].as_str().unwrap_or_default();
    let reason = if parameters["public"] != true {
        Some("The chat is not public (chat trigger: 'Make chat publicly available').")
    } else if auth == "user" || auth == "oauth2" {
        Some("It asks for a signed-in n8n user; an API key is not accepted there.")
    } else if auth == "unknown" {
        Some("It asks for a kind of authentication that Jackfield does not have.")
    } else if id.is_empty() {
        Some("n8n has not given it an address yet: save the workflow in n8n's editor.")
    } else {
        None
    };
    let default = if parameters["availableInChat"] == true { "streaming" } else { "lastNode" };
    EntryPoint {
        kind: "chat".to_owned(),
        methods: vec!["POST".to_owned()],
        url: (!id.is_empty()).then(|| config.entry_url(&config.options.webhook_path, &format!("{id}/chat"))),
        auth,
        response_mode: Some(options["responseMode"].as_str().unwrap_or(default).to_owned()),
        files: options["allowFileUploads"] == true,
        input_schema: Some(schema::of_chat()),
        reason: reason.map(str::to_owned),
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

/// A backend that is nothing but one webhook or chat: what its address and the stored secrets tell.
pub(crate) fn single(config: &Config, url: &Url) -> WorkflowInfo {
    let is_chat = url.path().ends_with("/chat");
    let kind = if is_chat { "chat" } else { "webhook" };
    let last = url.path().trim_end_matches("/chat").rsplit('/').next().unwrap_or("webhook").to_owned();
    let configured = ["basic_user", "header_value", "jwt_secret", "jwt"]
        .into_iter()
        .find(|name| config.entry_secret(kind, name).is_some());
    let auth = match configured {
        Some("basic_user") => "basic",
        Some("header_value") => "header",
        Some(_) => "jwt",
        None => "none",
    };
    let methods: &[&str] = if is_chat { &["POST"] } else { &["POST", "GET", "PUT", "PATCH", "DELETE"] };
    let methods: Vec<String> = methods.iter().map(|method| (*method).to_owned()).collect();
    let entry = EntryPoint {
        id: kind.to_owned(),
        kind: kind.to_owned(),
        name: last.clone(),
        url: Some(url.to_string()),
        auth: auth.to_owned(),
        authorized: true,
        streams: None,
        files: true,
        input_schema: Some(if is_chat { schema::of_chat() } else { schema::of_webhook(&methods, &[]) }),
        methods,
        runnable: true,
        ..EntryPoint::default()
    };
    let warning = "Only the webhook is known: outcomes stay unverified, steps unknown, and a lost run cannot be recovered.";
    WorkflowInfo {
        external_id: last.clone(),
        name: last,
        active: true,
        runnable: true,
        entries: vec![entry],
        warnings: if config.has_key() { Vec::new() } else { vec![warning.to_owned()] },
        private: json!({}),
        ..WorkflowInfo::default()
    }
}
