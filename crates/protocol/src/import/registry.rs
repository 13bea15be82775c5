//! Answers of an MCP registry (its API 0.1): pages of servers, and one server in one version.

use std::collections::BTreeMap;

use serde_json::Value;
use url::Url;

use super::{Imported, Setting, draft::candidate, server_json, variables::Variables};
use crate::{
    api::{ImportFormat, RegistryPage, RegistryServer},
    error::{ErrorCode, Failure},
};

/// Most servers of one page.
const PAGE: usize = 100;
/// Where the official registry's own data is, beside a server.
const OFFICIAL: &str = "io.modelcontextprotocol.registry/official";
/// Longest text that is shown, in characters.
const SHOWN: usize = 500;

/// A page of a list.
///
/// # Errors
/// `PeerBadAnswer` when it is no list of servers. A server that cannot be read is left out and counted.
pub fn page(registry: &str, answer: &Value) -> Result<RegistryPage, Failure> {
    let Some(list) = answer.get("servers").and_then(Value::as_array) else {
        return Err(Failure::new(
            ErrorCode::PeerBadAnswer,
            format!("What {registry} answers is no list of MCP servers."),
        )
        .hint("Check the registry's address: it is the part in front of /v0.1/servers."));
    };
    let servers: Vec<RegistryServer> = list.iter().take(PAGE).filter_map(server).collect();
    let unread = list.len() - servers.len();
    let mut notes = Vec::new();
    if unread > 0 {
        notes.push(format!("{unread} of {} servers could not be read and are left out.", list.len()));
    }
    let cursor = answer.pointer("/metadata/nextCursor").or_else(|| answer.pointer("/metadata/next_cursor"));
    let next = cursor.and_then(Value::as_str).filter(|cursor| !cursor.is_empty()).map(str::to_owned);
    Ok(RegistryPage { registry: registry.to_owned(), servers, next, notes })
}

/// The ways to one server, to be installed.
///
/// # Errors
/// `PeerBadAnswer` when the answer describes no server, or another one than was asked for.
pub fn install(name: &str, answer: &Value, setting: &Setting<'_>) -> Result<Imported, Failure> {
    let (described, meta) = parts(answer);
    let Some(known) = server(answer).filter(|server| server.name == name) else {
        let message = "What the registry answers does not describe the server that was asked for.";
        return Err(Failure::new(ErrorCode::PeerBadAnswer, message));
    };
    let variables = Variables::new(setting.variables, setting.home);
    let candidates = server_json::drafts(described, &variables).into_iter().map(candidate).collect();
    let mut notes = Vec::new();
    if let Some(status) = known.status.filter(|status| status != "active") {
        let why = known.status_message.map(|why| format!(" {why}")).unwrap_or_default();
        notes.push(format!("The registry says that it is {status}.{why}"));
    }
    if meta.and_then(|meta| meta.get("isLatest")) == Some(&Value::Bool(false)) {
        notes.push(format!("There is a later version than {}.", known.version));
    }
    Ok(Imported { format: ImportFormat::ServerJson, candidates, notes })
}

/// The description of a server and the registry's own data; older registries have both in one object.
fn parts(answer: &Value) -> (&Value, Option<&Value>) {
    let described = answer.get("server").unwrap_or(answer);
    let meta = answer.get("_meta").or_else(|| described.get("_meta"));
    (described, meta.and_then(|meta| meta.get(OFFICIAL)))
}

fn server(answer: &Value) -> Option<RegistryServer> {
    let (described, meta) = parts(answer);
    let shown = |value: Option<&Value>| {
        value.and_then(Value::as_str).map(|text| text.chars().take(SHOWN).collect::<String>())
    };
    let field = |name: &str| shown(described.get(name));
    let official = |name: &str| shown(meta.and_then(|meta| meta.get(name)));
    // Only addresses that a page may link to.
    let link = |text: Option<String>| {
        text.filter(|text| Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https")))
    };
    let none = BTreeMap::new();
    let variables = Variables::new(&none, None);
    let ways =
        server_json::drafts(described, &variables).into_iter().map(|draft| candidate(draft).entry).collect();
    Some(RegistryServer {
        name: field("name").filter(|name| !name.is_empty())?,
        title: field("title"),
        description: field("description").unwrap_or_default(),
        version: field("version").unwrap_or_default(),
        status: official("status").or_else(|| field("status")),
        status_message: official("statusMessage"),
        is_latest: meta.and_then(|meta| meta.get("isLatest")).and_then(Value::as_bool),
        published_at: official("publishedAt"),
        updated_at: official("updatedAt"),
        repository_url: link(shown(described.pointer("/repository/url"))),
        website_url: link(field("websiteUrl")),
        ways,
    })
}
