//! From what a person puts in to the request that n8n gets.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    model::{EntryPoint, RunInput, WorkflowInfo},
    port::RunRequest,
};
use reqwest::{
    Method, RequestBuilder,
    header::{HeaderName, HeaderValue},
    multipart::{Form, Part},
};
use serde_json::{Map, Value, json};
use url::Url;

use super::{api::Api, marks};
use crate::history;

/// Fields that take the text of a webhook, in order of preference; the first that the workflow reads is used.
const TEXT_FIELDS: [&str; 8] =
    ["message", "chatInput", "text", "prompt", "question", "query", "input", "content"];
/// Headers that the hub sets itself.
const OWN_HEADERS: [&str; 6] =
    ["host", "content-length", "content-type", "connection", "traceparent", "transfer-encoding"];

/// The entry that a run takes: the chosen one, else the first that can be run.
pub(crate) fn entry<'a>(workflow: &'a WorkflowInfo, chosen: Option<&str>) -> Result<&'a EntryPoint, Failure> {
    let found = match chosen {
        Some(id) => {
            workflow.entries.iter().find(|entry| entry.id == id || entry.name == id).ok_or_else(|| {
                let known: Vec<String> =
                    workflow.entries.iter().map(|entry| format!("{} ({})", entry.id, entry.name)).collect();
                Failure::new(ErrorCode::InvalidInput, format!("'{}' has no entry '{id}'.", workflow.name))
                    .at("/entry")
                    .hint(format!("It has: {}.", known.join(", ")))
            })?
        }
        None => workflow
            .entries
            .iter()
            .find(|entry| entry.runnable)
            .ok_or_else(|| not_runnable(workflow, workflow.reason.as_deref()))?,
    };
    if found.runnable { Ok(found) } else { Err(not_runnable(workflow, found.reason.as_deref())) }
}

fn not_runnable(workflow: &WorkflowInfo, reason: Option<&str>) -> Failure {
    let reason = reason.unwrap_or("None of its triggers can be used from outside.");
    Failure::new(ErrorCode::NotRunnable, format!("'{}' cannot be run: {reason}", workflow.name))
        .hint("Change the trigger in n8n, then discover again.")
}

/// Checks an input before a run is written down.
pub(crate) fn check(workflow: &WorkflowInfo, chosen: Option<&str>, input: &RunInput) -> Result<(), Failure> {
    let entry = entry(workflow, chosen)?;
    let wrong = |place: &str, message: String| Err(Failure::new(ErrorCode::InvalidInput, message).at(place));
    if !entry.authorized {
        let message = format!(
            "The entry '{}' asks for {} authentication, and the backend has no secret for it.",
            entry.name, entry.auth
        );
        return Err(Failure::new(ErrorCode::PeerEntryAuth, message)
            .hint("Store the secrets with the backend; `jackfield backend show` names those it has."));
    }
    if let Some(method) = &input.method
        && !entry.methods.iter().any(|known| known.eq_ignore_ascii_case(method))
    {
        return wrong(
            "/input/method",
            format!("The entry takes {}, not {method}.", entry.methods.join(", ")),
        );
    }
    if entry.kind == "chat"
        && input.text.is_none()
        && input.data.as_ref().and_then(|data| data["chatInput"].as_str()).is_none()
    {
        return wrong("/input/text", "A chat needs a message.".to_owned());
    }
    if input.text.is_some() && input.data.as_ref().is_some_and(|data| !data.is_object()) {
        return wrong("/input/data", "With `text`, `data` must be a JSON object.".to_owned());
    }
    if !input.files.is_empty() && !entry.files {
        return wrong("/input/files", format!("The entry '{}' takes no files.", entry.name));
    }
    for (at, file) in input.files.iter().enumerate() {
        if Part::text("").mime_str(&file.media_type).is_err() {
            let message = format!("'{}' is not a media type.", file.media_type);
            return wrong(&format!("/input/files/{at}/media_type"), message);
        }
    }
    for (name, value) in &input.headers {
        let place = format!("/input/headers/{name}");
        if OWN_HEADERS.contains(&name.to_lowercase().as_str()) || HeaderName::try_from(name.as_str()).is_err()
        {
            return wrong(&place, format!("The header '{name}' cannot be set."));
        }
        if HeaderValue::from_str(value).is_err() {
            let message = format!(
                "The value of the header '{name}' holds what no header can: line breaks or the like."
            );
            return wrong(&place, message);
        }
    }
    if input.session_id.as_ref().is_some_and(String::is_empty) {
        return wrong(
            "/input/session_id",
            "A session needs a name; leave it out for one of its own.".to_owned(),
        );
    }
    let parameters: Vec<&str> =
        template(entry).split('/').filter_map(|part| part.strip_prefix(':')).collect();
    if let Some(name) = input.path.keys().find(|name| !parameters.contains(&name.as_str())) {
        let known = if parameters.is_empty() { "none".to_owned() } else { parameters.join(", ") };
        let message = format!("The address of the entry has no parameter '{name}'; it has: {known}.");
        return wrong(&format!("/input/path/{name}"), message);
    }
    address(entry, input).map(|_| ())
}

/// The address with `:name` where a parameter goes.
fn template(entry: &EntryPoint) -> &str {
    entry.url.as_deref().unwrap_or_default()
}

/// The URL with path parameters and query filled in.
fn address(entry: &EntryPoint, input: &RunInput) -> Result<Url, Failure> {
    let mut url = Url::parse(template(entry)).map_err(|_| {
        Failure::new(ErrorCode::InvalidUrl, format!("The entry '{}' has no usable address.", entry.name))
    })?;
    let mut missing = None;
    let segments: Vec<String> = url
        .path_segments()
        .into_iter()
        .flatten()
        .map(|segment| match segment.strip_prefix(':') {
            Some(name) => input.path.get(name).cloned().unwrap_or_else(|| {
                missing.get_or_insert_with(|| name.to_owned());
                String::new()
            }),
            None => segment.to_owned(),
        })
        .collect();
    if let Some(name) = missing {
        return Err(Failure::new(
            ErrorCode::InvalidInput,
            format!("The path parameter '{name}' is missing."),
        )
        .at(format!("/input/path/{name}"))
        .hint(format!("Give it with --path {name}=VALUE.")));
    }
    if template(entry).contains("/:")
        && let Ok(mut path) = url.path_segments_mut()
    {
        path.clear().extend(&segments);
    }
    for (name, value) in &input.query {
        url.query_pairs_mut().append_pair(name, value);
    }
    Ok(url)
}

/// The request that starts a run.
pub(crate) fn request(api: &Api, entry: &EntryPoint, run: &RunRequest) -> Result<RequestBuilder, Failure> {
    let input = &run.input;
    let mut url = address(entry, input)?;
    let method = input
        .method
        .clone()
        .or_else(|| entry.methods.first().cloned())
        .unwrap_or_else(|| "POST".to_owned())
        .to_uppercase();
    let body = body(entry, run);
    let has_body = !matches!(method.as_str(), "GET" | "HEAD");
    if !has_body && let Value::Object(fields) = &body {
        for (name, value) in fields {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            url.query_pairs_mut().append_pair(name, &text);
        }
    }
    let method = Method::from_bytes(method.as_bytes()).map_err(|_| {
        Failure::new(ErrorCode::InvalidInput, format!("'{method}' is not an HTTP method."))
            .at("/input/method")
    })?;
    let mut request = api
        .transport
        .run_request(method, url)
        .header("traceparent", marks::traceparent(run.run_id))
        .header(marks::RUN_HEADER, run.run_id.to_string());
    for (name, value) in &input.headers {
        request = request.header(name, value);
    }
    request = authorize(api, entry, request);
    if !has_body {
        return Ok(request);
    }
    if input.files.is_empty() {
        return Ok(request.json(&body));
    }
    let mut form = Form::new();
    for (name, value) in body.as_object().into_iter().flatten() {
        form = form.text(name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    }
    for (file, bytes) in input.files.iter().zip(&run.files) {
        let part = Part::stream(bytes.clone())
            .file_name(file.name.clone())
            .mime_str(&file.media_type)
            .map_err(|_| {
                Failure::new(ErrorCode::InvalidInput, format!("'{}' is not a media type.", file.media_type))
                    .at("/input/files")
            })?;
        // n8n's chat knows one field, `files`, for all of them.
        form = form.part(if entry.kind == "chat" { "files".to_owned() } else { file.field.clone() }, part);
    }
    Ok(request.multipart(form))
}

/// Puts what the workflow has not heard of the conversation before the text: n8n takes no messages, and the memory of its
/// session knows only what the workflow itself heard. Gives the number of messages.
pub(crate) fn hand_over(entry: &EntryPoint, run: &mut RunRequest) -> usize {
    let earlier = history::unheard(&run.history);
    // What goes into an address has to stay short.
    let has_body = entry.methods.first().is_none_or(|method| method != "GET");
    let Some(text) = run.input.text.as_ref().filter(|_| !earlier.is_empty() && has_body) else { return 0 };
    let count = earlier.len();
    run.input.text = Some(history::told_before(&earlier, text));
    count
}

fn body(entry: &EntryPoint, run: &RunRequest) -> Value {
    let input = &run.input;
    let session = session(run);
    let mut fields: Map<String, Value> = match &input.data {
        Some(Value::Object(fields)) => fields.clone(),
        Some(other) if input.text.is_none() => return other.clone(),
        _ => Map::new(),
    };
    if entry.kind == "chat" {
        fields.insert("action".to_owned(), json!("sendMessage"));
        fields.entry("sessionId").or_insert_with(|| json!(session));
        if let Some(text) = &input.text {
            fields.insert("chatInput".to_owned(), json!(text));
        }
        // Old versions keep no trace context: there the run is found by this field.
        fields.entry("metadata").or_insert_with(|| json!({"runId": run.run_id}));
        return Value::Object(fields);
    }
    if let Some(text) = &input.text {
        fields.entry(text_field(entry)).or_insert_with(|| json!(text));
        fields.entry("sessionId").or_insert_with(|| json!(session));
    }
    Value::Object(fields)
}

/// The field of a webhook that takes the text: the first known one that the workflow reads, else `message`.
fn text_field(entry: &EntryPoint) -> &'static str {
    let known = entry.input_schema.as_ref().and_then(|schema| schema["properties"].as_object());
    TEXT_FIELDS
        .into_iter()
        .find(|field| known.is_some_and(|known| known.contains_key(*field)))
        .unwrap_or("message")
}

fn authorize(api: &Api, entry: &EntryPoint, request: RequestBuilder) -> RequestBuilder {
    let secret = |name: &str| api.config.entry_secret(&entry.id, name);
    match entry.auth.as_str() {
        "basic" => {
            let pair = format!(
                "{}:{}",
                secret("basic_user").unwrap_or_default(),
                secret("basic_password").unwrap_or_default()
            );
            request.header("Authorization", format!("Basic {}", STANDARD.encode(pair)))
        }
        "header" => {
            let name = secret("header_name")
                .or(api.config.options.header_name.as_deref())
                .unwrap_or("Authorization");
            request.header(name, secret("header_value").unwrap_or_default())
        }
        "jwt" => {
            let token = match (secret("jwt"), secret("jwt_secret")) {
                (Some(ready), _) => ready.to_owned(),
                (None, Some(key)) => sign(key),
                (None, None) => String::new(),
            };
            request.header("Authorization", format!("Bearer {token}"))
        }
        _ => request,
    }
}

/// A JWT (HS256) that is valid for two minutes.
fn sign(key: &str) -> String {
    let now = jackfield_protocol::time::now().as_second();
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!(
        "{}.{}",
        part(json!({"alg": "HS256", "typ": "JWT"})),
        part(json!({"iss": "jackfield", "iat": now, "exp": now + 120}))
    );
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, key.as_bytes());
    let signature = ring::hmac::sign(&key, text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
}

/// The memory that a chat uses: as given, else the conversation, else the run alone.
pub(crate) fn session(run: &RunRequest) -> String {
    let field = run.input.data.as_ref().and_then(|data| data.get("sessionId")?.as_str().map(str::to_owned));
    field
        .or_else(|| run.input.session_id.clone())
        .or_else(|| run.conversation_id.map(|id| id.to_string()))
        .unwrap_or_else(|| run.run_id.to_string())
}

#[cfg(test)]
mod tests {
    use jackfield_protocol::model::InputFile;

    use super::*;

    fn workflow() -> WorkflowInfo {
        let entry = json!({
            "id": "w", "name": "Webhook", "kind": "webhook", "methods": ["POST"], "url": "http://n8n/webhook/u/orders/:orderId",
            "auth": "none", "authorized": true, "runnable": true, "files": true,
        });
        serde_json::from_value(
            json!({"external_id": "1", "name": "Orders", "active": true, "runnable": true, "entries": [entry]}),
        )
        .unwrap()
    }

    fn input() -> RunInput {
        RunInput { path: [("orderId".to_owned(), "7".to_owned())].into(), ..RunInput::default() }
    }

    fn place(input: &RunInput) -> Option<String> {
        check(&workflow(), None, input).err().map(|failure| failure.place.unwrap_or_default())
    }

    #[test]
    fn what_could_not_be_sent_is_refused_before_a_run_is_written_down() {
        assert_eq!(place(&input()), None);
        assert_eq!(place(&RunInput::default()).unwrap(), "/input/path/orderId");
        let mut unknown = input();
        unknown.path.insert("id".to_owned(), "x".to_owned());
        assert_eq!(place(&unknown).unwrap(), "/input/path/id");
        for (name, value) in [("a b", "x"), ("Host", "x"), ("x-a", "a\nb"), ("x-a", "\0")] {
            let headers = [(name.to_owned(), value.to_owned())].into();
            assert_eq!(place(&RunInput { headers, ..input() }).unwrap(), format!("/input/headers/{name}"));
        }
        assert_eq!(
            place(&RunInput { session_id: Some(String::new()), ..input() }).unwrap(),
            "/input/session_id"
        );
        let file = |media_type: &str| InputFile {
            field: "f".to_owned(),
            name: "f".to_owned(),
            media_type: media_type.to_owned(),
            size: 1,
            blob_id: jackfield_protocol::ids::BlobId::new(),
        };
        let files = vec![file("text/plain"), file("no type")];
        assert_eq!(place(&RunInput { files, ..input() }).unwrap(), "/input/files/1/media_type");
    }
}
