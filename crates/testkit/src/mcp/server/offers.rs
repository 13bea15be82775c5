//! Lists, resources, prompts and completions.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{
    Face, Revision,
    call::Ending,
    envelope::Fault,
    methods::Request,
    render::{self, Page},
    rounds,
    tools::PIXEL,
};

pub(super) async fn answer(request: &Request) -> Result<Value, Ending> {
    match request.method.as_str() {
        "tools/list" => {
            greet_with_noise(request);
            let tools = request.world.catalogue().tools.iter().map(|tool| tool.definition.clone()).collect();
            list(request, "tools", tools)
        }
        "prompts/list" => {
            let all = request.world.catalogue().prompts.clone();
            list(request, "prompts", all)
        }
        "resources/list" => {
            let all = request.world.catalogue().resources.clone();
            list(request, "resources", all)
        }
        "resources/templates/list" => {
            let all = request.world.catalogue().templates.clone();
            list(request, "resourceTemplates", all)
        }
        "resources/read" => read(request),
        "prompts/get" => prompt(request).await,
        "completion/complete" => complete(request),
        method => Err(request.face().no_method(method).into()),
    }
}

/// server-everything registers five tools once it knows what the client can, and announces each.
fn greet_with_noise(request: &Request) {
    let first = !std::mem::replace(&mut request.session.known().listed, true);
    let shared = std::sync::Arc::ptr_eq(&request.out, &request.session.general);
    if first && shared && request.face() == Face::Everything {
        for _ in 0..5 {
            request.out.say(request.face().notification("notifications/tools/list_changed", None));
        }
    }
}

fn list(request: &Request, key: &str, all: Vec<Value>) -> Result<Value, Ending> {
    let script = &request.world.script;
    let cursor = request.params["cursor"].as_str();
    let page = Page::of(all, cursor, script.page_size).ok_or_else(|| Fault::new(-32602, "Invalid cursor"))?;
    Ok(render::list(request.revision, &request.server(), script.ttl_ms, key, page))
}

fn read(request: &Request) -> Result<Value, Ending> {
    let uri = request.params["uri"].as_str().unwrap_or_default();
    let is_lab = request.face() == Face::Lab || request.world.script.extras;
    let is_everything = request.face() == Face::Everything || request.world.script.extras;
    let number = |prefix: &str| uri.strip_prefix(prefix).and_then(|number| number.parse::<u64>().ok());
    let (kind, key, value) = match uri {
        "lab://fixed" if is_lab => ("text/plain", "text", "fixed text".to_owned()),
        "lab://counter" if request.world.script.extras => {
            ("text/plain", "text", request.world.counts().bumps.to_string())
        }
        "lab://picture" if request.world.script.extras => ("image/png", "blob", PIXEL.to_owned()),
        _ => {
            let note =
                number("lab://note/").filter(|_| is_lab).map(|n| ("text/plain", "text", format!("note {n}")));
            let text = number("demo://resource/dynamic/text/").filter(|_| is_everything);
            let text =
                text.map(|n| ("text/plain", "text", format!("Resource {n}: This is a plaintext resource")));
            let blob = number("demo://resource/dynamic/blob/").filter(|_| is_everything);
            let blob = blob.map(|n| ("text/plain", "blob", STANDARD.encode(format!("Resource {n}"))));
            match note.or(text).or(blob) {
                Some(found) => found,
                None => return Err(no_resource(request, uri).into()),
            }
        }
    };
    let content = match request.face() {
        Face::Everything => json!({"uri": uri, "mimeType": kind, key: value}),
        // In alphabetical order.
        Face::Lab if key == "blob" => json!({"blob": value, "mimeType": kind, "uri": uri}),
        Face::Lab => json!({"mimeType": kind, "text": value, "uri": uri}),
    };
    if !request.revision.is_modern() {
        return Ok(json!({"contents": [content]}));
    }
    let ttl_ms = request.world.script.ttl_ms;
    Ok(request.complete(json!({
        "cacheScope": "private", "contents": [content], "resultType": "complete", "ttlMs": ttl_ms,
    })))
}

fn no_resource(request: &Request, uri: &str) -> Fault {
    // The code of the older specifications; the servers that speak the newer ones have another one in every revision.
    let code = if request.revision <= Revision::V2025_03_26 { -32002 } else { -32602 };
    match request.face() {
        Face::Everything => Fault::new(code, request.face().words(code, format!("Resource {uri} not found"))),
        Face::Lab => Fault::new(code, format!("Resource not found: '{uri}'")).with(json!({ "uri": uri })),
    }
}

async fn prompt(request: &Request) -> Result<Value, Ending> {
    let name = request.params["name"].as_str().unwrap_or_default();
    let says = |role: &str, content: Value| match request.face() {
        Face::Everything => json!({"role": role, "content": content}),
        Face::Lab => json!({"content": render::type_last(content), "role": role}),
    };
    let text = |text: String| json!({"type": "text", "text": text});
    let argument = |name: &str| request.params["arguments"][name].as_str().map(str::to_owned);
    let needed = |name: &str| {
        argument(name).ok_or_else(|| Fault::new(-32602, format!("Missing required arguments: {{'{name}'}}")))
    };
    if !request.world.catalogue().prompts.iter().any(|prompt| prompt["name"] == name) {
        let words = format!("Unknown prompt: '{name}'");
        return Err(Fault::new(-32602, request.face().words(-32602, words)).into());
    }
    let messages = match name {
        "greet" => vec![says("user", text(format!("Say hello to {}.", needed("name")?)))],
        "simple-prompt" => vec![says("user", text("This is a simple prompt without arguments.".to_owned()))],
        "args-prompt" => vec![says("user", text(format!("What's weather in {}?", needed("city")?)))],
        "completable-prompt" => {
            let words = format!(
                "Please promote {} to the head of the {} team.",
                needed("name")?,
                needed("department")?
            );
            vec![says("user", text(words))]
        }
        "resource-prompt" => {
            let uri = format!("demo://resource/dynamic/text/{}", needed("resourceId")?);
            let resource =
                json!({"uri": uri, "mimeType": "text/plain", "text": "This is a plaintext resource"});
            vec![says("user", json!({"type": "resource", "resource": resource}))]
        }
        "illustrated" => vec![
            says("user", json!({"type": "image", "data": PIXEL, "mimeType": "image/png"})),
            says(
                "user",
                json!({"type": "resource", "resource": {"uri": "lab://fixed", "mimeType": "text/plain", "text": "fixed text"}}),
            ),
            says("assistant", text("What about it?".to_owned())),
        ],
        _ => {
            let call = request.direct_call(name)?;
            let schema =
                json!({"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]});
            let params = json!({"mode": "form", "message": "Whose prompt is it?", "requestedSchema": schema});
            match call.ask("name", "elicitation/create", Some(params)).await {
                Ok(answer) => vec![says("user", text(format!("This is for {}.", answer["content"]["name"])))],
                Err(Ending::Asks(asks)) => {
                    return Ok(request.complete(rounds::result(name, asks, &serde_json::Map::new())));
                }
                Err(other) => return Err(other),
            }
        }
    };
    Ok(request.complete(json!({ "messages": messages })))
}

fn complete(request: &Request) -> Result<Value, Ending> {
    let reference = &request.params["ref"];
    let typed = request.params["argument"]["value"].as_str().unwrap_or_default();
    let named = (reference["type"].as_str(), reference["name"].as_str().or(reference["uri"].as_str()));
    let all: Vec<String> = match named {
        (Some("ref/prompt"), Some("greet")) => {
            ["Ada", "Alan", "Barbara", "Grace"].map(str::to_owned).to_vec()
        }
        (Some("ref/prompt"), Some("completable-prompt")) => {
            ["Engineering", "Sales", "Marketing", "Support"].map(str::to_owned).to_vec()
        }
        (Some("ref/resource"), Some("lab://note/{n}")) => {
            (0..1000).map(|number| number.to_string()).collect()
        }
        _ => return Err(Fault::new(-32602, request.face().words(-32602, "Unknown reference")).into()),
    };
    let fitting: Vec<String> = all.into_iter().filter(|value| value.starts_with(typed)).collect();
    let (total, shown) = (fitting.len(), fitting.into_iter().take(100).collect::<Vec<_>>());
    let more = total > shown.len();
    Ok(request.complete(json!({"completion": {"values": shown, "total": total, "hasMore": more}})))
}
