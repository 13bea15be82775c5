//! What a server offers beside tools, from its raw lists: resources, templates, prompts; and reading them.

use std::collections::BTreeMap;

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    model::{
        Completion, CompletionRequest, Offers, PromptArgument, PromptInfo, PromptMessage, PromptResult,
        ResourceContent, ResourceContents, ResourceInfo, ResourceTemplateInfo,
    },
};
use serde_json::{Value, json};

use super::{lists, session::Session};

/// Longest instructions that are kept, in characters.
const INSTRUCTIONS: usize = 20_000;

/// Everything but tools.
pub(crate) async fn discover(session: &Session) -> Result<Offers, Failure> {
    let hello = session.hello();
    let mut notes = Vec::new();
    let mut list = async |capability: &str, method: &str, key: &str| -> Result<Vec<Value>, Failure> {
        if !session.can(capability) {
            return Ok(Vec::new());
        }
        let list = lists::read(session, method, key).await?;
        notes.extend(list.notes);
        Ok(list.entries)
    };
    let resources = list("resources", "resources/list", "resources").await?;
    let templates = list("resources", "resources/templates/list", "resourceTemplates").await?;
    let prompts = list("prompts", "prompts/list", "prompts").await?;
    let kept = (resources.len(), templates.len(), prompts.len());
    let offers = Offers {
        server: server(&hello),
        instructions: hello["instructions"].as_str().map(|text| text.chars().take(INSTRUCTIONS).collect()),
        protocol: Some(session.version().to_owned()),
        transport: Some(session.transport().to_owned()),
        capabilities: hello["capabilities"].clone(),
        resources: resources.iter().filter_map(resource).collect(),
        resource_templates: templates.iter().filter_map(template).collect(),
        prompts: prompts.iter().filter_map(prompt).collect(),
        notes: Vec::new(),
    };
    for (what, had, has) in [
        ("resources", kept.0, offers.resources.len()),
        ("resource templates", kept.1, offers.resource_templates.len()),
        ("prompts", kept.2, offers.prompts.len()),
    ] {
        if has < had {
            notes.push(format!("{} {what} were left out: they have no name or address.", had - has));
        }
    }
    Ok(Offers { notes, ..offers })
}

/// Where the two eras say who the server is.
pub(crate) fn server(hello: &Value) -> Value {
    match &hello["_meta"]["io.modelcontextprotocol/serverInfo"] {
        Value::Null => hello["serverInfo"].clone(),
        info => info.clone(),
    }
}

fn text(value: &Value, name: &str) -> Option<String> {
    value[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn resource(value: &Value) -> Option<ResourceInfo> {
    let uri = text(value, "uri")?;
    Some(ResourceInfo {
        name: text(value, "name").unwrap_or_else(|| uri.clone()),
        uri,
        title: text(value, "title"),
        description: text(value, "description"),
        media_type: text(value, "mimeType"),
        size: value["size"].as_u64(),
        annotations: value.get("annotations").filter(|hints| !hints.is_null()).cloned(),
    })
}

fn template(value: &Value) -> Option<ResourceTemplateInfo> {
    let uri_template = text(value, "uriTemplate")?;
    Some(ResourceTemplateInfo {
        name: text(value, "name").unwrap_or_else(|| uri_template.clone()),
        uri_template,
        title: text(value, "title"),
        description: text(value, "description"),
        media_type: text(value, "mimeType"),
    })
}

fn prompt(value: &Value) -> Option<PromptInfo> {
    let arguments = value["arguments"].as_array().map(Vec::as_slice).unwrap_or_default();
    Some(PromptInfo {
        name: text(value, "name")?,
        title: text(value, "title"),
        description: text(value, "description"),
        arguments: arguments
            .iter()
            .filter_map(|argument| {
                Some(PromptArgument {
                    name: text(argument, "name")?,
                    title: text(argument, "title"),
                    description: text(argument, "description"),
                    required: argument["required"] == true,
                })
            })
            .collect(),
    })
}

/// Reads a resource.
pub(crate) async fn read_resource(session: &Session, uri: &str) -> Result<ResourceContents, Failure> {
    let result = ask(session, "resources/read", json!({"uri": uri})).await?;
    let Some(parts) = result["contents"].as_array() else { return Err(odd(session, "contents")) };
    let contents = parts
        .iter()
        .map(|part| ResourceContent {
            uri: text(part, "uri").unwrap_or_else(|| uri.to_owned()),
            media_type: text(part, "mimeType"),
            text: part["text"].as_str().map(str::to_owned),
            base64: part["blob"].as_str().map(str::to_owned),
        })
        .collect();
    Ok(ResourceContents { contents })
}

/// Fills in a prompt.
pub(crate) async fn get_prompt(
    session: &Session,
    name: &str,
    arguments: &BTreeMap<String, String>,
) -> Result<PromptResult, Failure> {
    let result = ask(session, "prompts/get", json!({"name": name, "arguments": arguments})).await?;
    let Some(messages) = result["messages"].as_array() else { return Err(odd(session, "messages")) };
    let messages = messages
        .iter()
        .map(|message| PromptMessage {
            role: text(message, "role").unwrap_or_else(|| "user".to_owned()),
            content: message["content"].clone(),
        })
        .collect();
    Ok(PromptResult { description: text(&result, "description"), messages })
}

/// Proposes values for an argument.
pub(crate) async fn complete(session: &Session, request: &CompletionRequest) -> Result<Completion, Failure> {
    let of = match (&request.prompt, &request.uri_template) {
        (Some(name), None) => json!({"type": "ref/prompt", "name": name}),
        (None, Some(uri)) => json!({"type": "ref/resource", "uri": uri}),
        _ => {
            return Err(Failure::new(ErrorCode::InvalidRequest, "Name either `prompt` or `uri_template`."));
        }
    };
    if !session.can("completions") {
        return Ok(Completion::default());
    }
    let mut params = json!({"ref": of, "argument": {"name": request.argument, "value": request.value}});
    if !request.context.is_empty() {
        params["context"] = json!({"arguments": request.context});
    }
    let result = ask(session, "completion/complete", params).await?;
    let found = &result["completion"];
    let values = found["values"].as_array().map(Vec::as_slice).unwrap_or_default();
    Ok(Completion {
        values: values.iter().filter_map(Value::as_str).take(100).map(str::to_owned).collect(),
        total: found["total"].as_u64(),
        has_more: found["hasMore"] == true,
    })
}

async fn ask(session: &Session, method: &str, params: Value) -> Result<Value, Failure> {
    // What says no `ttlMs` (prompts, completions) is asked for every time.
    let result = session.read(method, params).await.map_err(|error| error.into_failure(session.place()))?;
    if result["resultType"] == "input_required" {
        let message = format!("{} wants to ask something before it answers '{method}'.", session.place());
        return Err(Failure::new(ErrorCode::PeerRejected, message)
            .hint("The hub answers such questions in tool calls only: call a tool of the server that does the same."));
    }
    Ok(result)
}

fn odd(session: &Session, what: &str) -> Failure {
    Failure::new(ErrorCode::PeerBadAnswer, format!("{} answered without {what}.", session.place()))
        .hint("The server does not follow the protocol: report it to whoever makes it.")
}
