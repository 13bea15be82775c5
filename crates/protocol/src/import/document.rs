//! What kind of a document it is, and where its servers stand in it.

use serde_json::{Map, Value, json};

use crate::{
    api::ImportFormat,
    error::{ErrorCode, Failure},
};

/// Most servers of one document.
const SERVERS: usize = 1_000;

/// A document whose form is known.
pub(super) struct Document<'a> {
    pub(super) format: ImportFormat,
    pub(super) servers: Vec<Server<'a>>,
    pub(super) inputs: Option<&'a Value>,
}

/// A server in a document.
pub(super) struct Server<'a> {
    pub(super) name: String,
    /// JSON pointer to it.
    pub(super) pointer: String,
    pub(super) value: &'a Value,
    /// The project that it belongs to.
    pub(super) folder: Option<String>,
    /// The document says elsewhere that it is switched off.
    pub(super) is_off: bool,
}

/// Finds the servers.
///
/// # Errors
/// `InvalidRequest` when it is none of the known forms; `TooLarge` when there are too many servers.
pub(super) fn read<'a>(value: &'a Value, source: Option<&str>) -> Result<Document<'a>, Failure> {
    let Value::Object(fields) = value else {
        return Err(unknown("it is no JSON object"));
    };
    if fields.contains_key("jackfield") {
        return Err(Failure::new(
            ErrorCode::InvalidRequest,
            "This is what `jackfield export backends` writes.",
        )
        .hint("Read it with `jackfield import FILE`."));
    }
    let is_bundle = fields.contains_key("manifest_version") || fields.contains_key("dxt_version");
    if is_bundle && fields.get("server").is_some_and(Value::is_object) {
        return Ok(single(ImportFormat::Mcpb, value, ""));
    }
    if let Some(server) = fields.get("server").filter(|server| is_server_json(server)) {
        return Ok(single(ImportFormat::ServerJson, server, "/server"));
    }
    if is_server_json(value) {
        return Ok(single(ImportFormat::ServerJson, value, ""));
    }
    let mut servers = Vec::new();
    let mut inputs = fields.get("inputs");
    let mut format = None;
    // `mcp` is where VS Code's and some others' general settings have them.
    let inner = fields.get("mcp").and_then(Value::as_object);
    if let Some(inputs_there) = inner.and_then(|inner| inner.get("inputs")) {
        inputs = Some(inputs_there);
    }
    for (outer, prefix) in [(Some(fields), ""), (inner, "/mcp")] {
        let Some(outer) = outer else { continue };
        for (key, implied) in [("servers", Some(ImportFormat::Vscode)), ("mcpServers", None)] {
            match outer.get(key) {
                None | Some(Value::Null) => {}
                Some(Value::Object(all)) => {
                    format = format.or(implied);
                    collect(&mut servers, all, &format!("{prefix}/{key}"), None, &[])?;
                    servers_found(&mut format);
                }
                Some(_) => {
                    let pointer = format!("{prefix}/{key}");
                    return Err(Failure::new(
                        ErrorCode::InvalidRequest,
                        format!("{pointer} should be an object: name → server."),
                    )
                    .at(pointer));
                }
            }
        }
    }
    let projects = fields.get("projects").and_then(Value::as_object);
    if projects.is_some() {
        format.get_or_insert(ImportFormat::ClaudeCode);
    }
    for (folder, project) in projects.into_iter().flatten() {
        if let Some(all) = project.get("mcpServers").and_then(Value::as_object) {
            let off = project.get("disabledMcpServers").and_then(Value::as_array);
            let off: Vec<&str> = off.into_iter().flatten().filter_map(Value::as_str).collect();
            let pointer = format!("/projects/{}/mcpServers", escape(folder));
            collect(&mut servers, all, &pointer, Some(folder), &off)?;
        }
    }
    if format.is_none() {
        bare(&mut servers, value, fields)?;
        if servers.is_empty() {
            return Err(unknown("it has neither `mcpServers` nor `servers`"));
        }
    }
    let format = match format {
        Some(ImportFormat::Vscode) => ImportFormat::Vscode,
        _ => by_marks(fields, &servers, source),
    };
    Ok(Document { format, servers, inputs })
}

/// Once something was found, the format is not unknown any more; which one it is, is seen by its marks.
fn servers_found(format: &mut Option<ImportFormat>) {
    format.get_or_insert(ImportFormat::ClaudeDesktop);
}

fn single<'a>(format: ImportFormat, value: &'a Value, pointer: &str) -> Document<'a> {
    let name = value.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let server = Server { name, pointer: pointer.to_owned(), value, folder: None, is_off: false };
    Document { format, servers: vec![server], inputs: None }
}

fn is_server_json(value: &Value) -> bool {
    let has = |name: &str| value.get(name).is_some_and(Value::is_array);
    let named = value.get("name").and_then(Value::as_str).is_some_and(|name| name.contains('/'));
    let schema = value.get("$schema").and_then(Value::as_str).unwrap_or_default();
    named && (has("packages") || has("remotes") || schema.contains("server.schema.json"))
}

/// One server without anything around it, or several by name: as manuals print them.
fn bare<'a>(
    servers: &mut Vec<Server<'a>>,
    value: &'a Value,
    fields: &'a Map<String, Value>,
) -> Result<(), Failure> {
    if is_server(value) {
        let name = fields.get("name").and_then(Value::as_str).unwrap_or("mcp").to_owned();
        servers.push(Server { name, pointer: String::new(), value, folder: None, is_off: false });
        return Ok(());
    }
    if !fields.is_empty() && fields.values().all(is_server) {
        return collect(servers, fields, "", None, &[]);
    }
    Ok(())
}

fn is_server(value: &Value) -> bool {
    ["command", "url", "serverUrl", "httpUrl"]
        .iter()
        .any(|name| value.get(name).is_some_and(Value::is_string))
}

fn collect<'a>(
    servers: &mut Vec<Server<'a>>,
    all: &'a Map<String, Value>,
    pointer: &str,
    folder: Option<&str>,
    off: &[&str],
) -> Result<(), Failure> {
    if servers.len() + all.len() > SERVERS {
        let count = servers.len() + all.len();
        return Err(Failure::new(
            ErrorCode::TooLarge,
            format!("The document has {count} servers; at most {SERVERS} are taken at once."),
        )
        .hint("Split it."));
    }
    servers.extend(all.iter().map(|(name, value)| Server {
        name: name.clone(),
        pointer: format!("{pointer}/{}", escape(name)),
        value,
        folder: folder.map(str::to_owned),
        is_off: off.contains(&name.as_str()),
    }));
    Ok(())
}

fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Which program wrote an `mcpServers` file: by where it comes from, else by the fields that only that program has.
fn by_marks(fields: &Map<String, Value>, servers: &[Server<'_>], source: Option<&str>) -> ImportFormat {
    // The file and its folder; what stands before them is anybody's.
    let parts: Vec<&str> = source.unwrap_or_default().rsplit(['/', '\\']).take(2).collect();
    let source = parts.join("/").to_lowercase().replace('_', "-");
    let named = [
        ("claude-desktop", ImportFormat::ClaudeDesktop),
        ("cursor", ImportFormat::Cursor),
        ("cline", ImportFormat::Cline),
        ("roo-", ImportFormat::Cline),
        ("copilot", ImportFormat::Copilot),
        ("librechat", ImportFormat::Librechat),
        ("claude-code", ImportFormat::ClaudeCode),
        (".claude.json", ImportFormat::ClaudeCode),
    ];
    if let Some((_, format)) = named.iter().find(|(part, _)| source.contains(part)) {
        return *format;
    }
    if fields.contains_key("projects") || fields.contains_key("globalShortcut") {
        let desktop = fields.contains_key("globalShortcut");
        return if desktop { ImportFormat::ClaudeDesktop } else { ImportFormat::ClaudeCode };
    }
    let has = |names: &[&str]| {
        servers.iter().any(|server| names.iter().any(|name| server.value.get(name).is_some()))
    };
    let written = |text: &str| servers.iter().any(|server| holds(server.value, text, 0));
    if has(&["chatMenu", "requiresOAuth", "initTimeout", "serverInstructions", "startup"])
        || written("{{LIBRECHAT_")
    {
        ImportFormat::Librechat
    } else if has(&["alwaysAllow", "autoApprove", "transportType", "disabled"]) {
        ImportFormat::Cline
    } else if has(&["deferTools", "tools"]) {
        ImportFormat::Copilot
    } else if written("${env:") || written("${userHome}") || written("${workspaceFolder") || has(&["envFile"])
    {
        ImportFormat::Cursor
    } else if has(&["type", "headers", "headersHelper", "url"]) || written("${") {
        ImportFormat::ClaudeCode
    } else {
        ImportFormat::ClaudeDesktop
    }
}

fn holds(value: &Value, text: &str, depth: usize) -> bool {
    match value {
        Value::String(found) => found.contains(text),
        Value::Array(items) if depth < 4 => items.iter().any(|item| holds(item, text, depth + 1)),
        Value::Object(fields) if depth < 4 => fields.values().any(|value| holds(value, text, depth + 1)),
        _ => false,
    }
}

fn unknown(why: &str) -> Failure {
    Failure::new(ErrorCode::InvalidRequest, format!("The document is no configuration of MCP servers: {why}.")).hint(
        "It takes what Claude Desktop, Claude Code, Cursor, VS Code, Cline and Copilot write, a registry's server.json, and the \
         manifest of an MCP bundle.",
    )
}

/// Only what an import reads: files such as Claude Code's hold much else that is nobody's business.
pub(super) fn distilled(value: Value) -> Value {
    let Value::Object(mut fields) = value else { return value };
    let known = ["mcpServers", "servers", "inputs", "mcp", "projects"];
    if !known.iter().any(|name| *name != "inputs" && fields.contains_key(*name))
        || is_server_json(&Value::Object(fields.clone()))
    {
        return Value::Object(fields);
    }
    if let Some(Value::Object(projects)) = fields.get_mut("projects") {
        for project in projects.values_mut() {
            let keep = ["mcpServers", "disabledMcpServers"].map(|name| (name, project.get(name).cloned()));
            *project = keep
                .into_iter()
                .filter_map(|(name, value)| Some((name.to_owned(), value?)))
                .collect::<Map<_, _>>()
                .into();
        }
        projects.retain(|_, project| {
            project.get("mcpServers").and_then(Value::as_object).is_some_and(|all| !all.is_empty())
        });
    }
    fields.retain(|name, _| known.contains(&name.as_str()) || name == "globalShortcut");
    if fields.contains_key("globalShortcut") {
        // A mark of the program; what the keys are is not needed.
        fields.insert("globalShortcut".to_owned(), json!(""));
    }
    Value::Object(fields)
}
