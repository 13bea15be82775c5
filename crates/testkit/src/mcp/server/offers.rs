//! Lists, resources, prompts and completions.

use serde_json::{Value, json};

use super::{
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
        _ => Err(Fault::new(-32601, "Method not found").into()),
    }
}

/// server-everything registers five tools once it knows what the client can, and announces each.
fn greet_with_noise(request: &Request) {
    let first = !std::mem::replace(&mut request.session.known().listed, true);
    let shared = std::sync::Arc::ptr_eq(&request.out, &request.session.general);
    if first && shared && request.face() == super::Face::Everything {
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
    let text = |text: String| json!([{"uri": uri, "mimeType": "text/plain", "text": text}]);
    let known = request.world.script.extras;
    let number = uri.strip_prefix("lab://note/").and_then(|number| number.parse::<u64>().ok());
    let contents = match (uri, number) {
        ("lab://fixed", _) if known => text("fixed text".to_owned()),
        ("lab://counter", _) if known => text(request.world.counts().bumps.to_string()),
        ("lab://picture", _) if known => json!([{"uri": uri, "mimeType": "image/png", "blob": PIXEL}]),
        (_, Some(number)) if known => text(format!("note {number}")),
        _ => {
            let code = if request.revision.is_modern() { -32602 } else { -32002 };
            return Err(Fault::new(code, format!("Resource not found: {uri}"))
                .with(json!({ "uri": uri }))
                .into());
        }
    };
    let mut result = json!({ "contents": contents });
    if request.revision.is_modern() {
        result["ttlMs"] = request.world.script.ttl_ms.into();
        result["cacheScope"] = "private".into();
    }
    Ok(request.complete(result))
}

async fn prompt(request: &Request) -> Result<Value, Ending> {
    let name = request.params["name"].as_str().unwrap_or_default();
    let user = |content: Value| json!({"role": "user", "content": content});
    let text = |text: String| json!({"type": "text", "text": text});
    if !request.world.catalogue().prompts.iter().any(|prompt| prompt["name"] == name) {
        return Err(Fault::new(-32602, format!("Unknown prompt: {name}")).into());
    }
    let result = match name {
        "greet" => {
            let Some(who) = request.params["arguments"]["name"].as_str() else {
                return Err(Fault::new(-32602, "Missing required argument: name").into());
            };
            json!({"description": "Asks to greet somebody.", "messages": [user(text(format!("Say hello to {who}.")))]})
        }
        "illustrated" => json!({"messages": [
            user(json!({"type": "image", "data": PIXEL, "mimeType": "image/png"})),
            user(json!({"type": "resource", "resource": {"uri": "lab://fixed", "mimeType": "text/plain", "text": "fixed text"}})),
            {"role": "assistant", "content": {"type": "text", "text": "What about it?"}},
        ]}),
        _ => {
            let call = request.direct_call(name)?;
            let schema =
                json!({"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]});
            let params = json!({"mode": "form", "message": "Whose prompt is it?", "requestedSchema": schema});
            match call.ask("name", "elicitation/create", Some(params)).await {
                Ok(answer) => {
                    json!({"messages": [user(text(format!("This is for {}.", answer["content"]["name"])))]})
                }
                Err(Ending::Asks(asks)) => {
                    return Ok(request.complete(rounds::result(name, asks, &serde_json::Map::new())));
                }
                Err(other) => return Err(other),
            }
        }
    };
    Ok(request.complete(result))
}

fn complete(request: &Request) -> Result<Value, Ending> {
    let reference = &request.params["ref"];
    let typed = request.params["argument"]["value"].as_str().unwrap_or_default();
    let all: Vec<String> =
        match (reference["type"].as_str(), reference["name"].as_str(), reference["uri"].as_str()) {
            (Some("ref/prompt"), Some("greet"), _) => {
                ["Ada", "Alan", "Barbara", "Grace"].map(str::to_owned).to_vec()
            }
            (Some("ref/resource"), _, Some("lab://note/{n}")) => {
                (0..1000).map(|number| number.to_string()).collect()
            }
            _ => return Err(Fault::new(-32602, "Unknown reference").into()),
        };
    let fitting: Vec<String> = all.into_iter().filter(|value| value.starts_with(typed)).collect();
    let (total, shown) = (fitting.len(), fitting.into_iter().take(100).collect::<Vec<_>>());
    let more = total > shown.len();
    Ok(request.complete(json!({"completion": {"values": shown, "total": total, "hasMore": more}})))
}
