//! From what a person puts in to the prediction that Flowise gets.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    model::{EntryPoint, InputFile, RunInput, WorkflowInfo},
    port::{HistoryMessage, RunRequest},
};
use reqwest::{Method, RequestBuilder};
use serde_json::{Map, Value, json};

use super::api::{Api, encode};

/// Fields of `data` that a prediction takes beside its question or form.
const FIELDS: [&str; 6] = ["form", "overrideConfig", "vars", "history", "leadEmail", "question"];
/// How an upload can be meant, where the file's field says so.
const UPLOADS: [&str; 5] = ["file", "file:full", "file:rag", "audio", "url"];
/// Headers that the hub sets itself.
const OWN_HEADERS: [&str; 7] = [
    "host",
    "content-length",
    "content-type",
    "connection",
    "transfer-encoding",
    "authorization",
    "x-request-from",
];

/// The entry that a run takes.
pub(crate) fn entry<'a>(workflow: &'a WorkflowInfo, chosen: Option<&str>) -> Result<&'a EntryPoint, Failure> {
    let found = match chosen {
        Some(id) => {
            workflow.entries.iter().find(|entry| entry.id == id || entry.name == id).ok_or_else(|| {
                Failure::new(ErrorCode::InvalidInput, format!("'{}' has no entry '{id}'.", workflow.name))
                    .at("/entry")
                    .hint("Flows have one entry: prediction.")
            })?
        }
        None => workflow.entries.first().ok_or_else(|| not_runnable(workflow, None))?,
    };
    if found.runnable { Ok(found) } else { Err(not_runnable(workflow, found.reason.as_deref())) }
}

fn not_runnable(workflow: &WorkflowInfo, reason: Option<&str>) -> Failure {
    let reason = reason.or(workflow.reason.as_deref()).unwrap_or("It has no way in.");
    Failure::new(ErrorCode::NotRunnable, format!("'{}' cannot be run: {reason}", workflow.name))
        .hint("Change its start node to chat or form input in Flowise, then discover again.")
}

/// Checks an input before a run is written down.
pub(crate) fn check(workflow: &WorkflowInfo, chosen: Option<&str>, input: &RunInput) -> Result<(), Failure> {
    let entry = entry(workflow, chosen)?;
    let wrong = |place: &str, message: String| Err(Failure::new(ErrorCode::InvalidInput, message).at(place));
    if !entry.authorized {
        let message = "The flow is bound to an API key, and the backend has none.".to_owned();
        return Err(Failure::new(ErrorCode::PeerEntryAuth, message)
            .hint("Store the key that the flow is bound to as the secret `entry:<flow id>:api_key`."));
    }
    if input.method.as_deref().is_some_and(|method| !method.eq_ignore_ascii_case("POST")) {
        return wrong("/input/method", "Flows are run with POST.".to_owned());
    }
    if !input.query.is_empty() || !input.path.is_empty() {
        return wrong("/input/query", "Flows take no query and no path parameters.".to_owned());
    }
    for name in input.headers.keys() {
        if OWN_HEADERS.contains(&name.to_lowercase().as_str())
            || reqwest::header::HeaderName::try_from(name.as_str()).is_err()
        {
            return wrong(&format!("/input/headers/{name}"), format!("The header '{name}' cannot be set."));
        }
    }
    if input.data.as_ref().is_some_and(|data| !data.is_object()) {
        return wrong("/input/data", "`data` must be a JSON object.".to_owned());
    }
    if entry.kind == "form" {
        if input.text.is_some() {
            return Err(Failure::new(
                ErrorCode::InvalidInput,
                "This flow begins with a form: it takes fields, not a question.",
            )
            .at("/input/text")
            .hint("Give the fields of the form as `data`."));
        }
        let form = form(input);
        if !form.is_some_and(|form| form.is_object()) {
            return wrong(
                "/input/data",
                "This flow begins with a form: give its fields as `data`.".to_owned(),
            );
        }
    } else {
        let data = input.data.as_ref().and_then(Value::as_object);
        if let Some(name) =
            data.and_then(|data| data.keys().find(|name| !FIELDS.contains(&name.as_str()) || *name == "form"))
        {
            return Err(Failure::new(ErrorCode::InvalidInput, format!("A prediction has no field '{name}'."))
                .at(format!("/input/data/{name}"))
                .hint("It takes overrideConfig, vars, history and leadEmail; settings of the flow go into overrideConfig."));
        }
        let question = data.and_then(|data| data.get("question")).and_then(Value::as_str);
        if input.text.is_none() && question.is_none() && input.files.is_empty() {
            return wrong("/input/text", "A flow needs a question.".to_owned());
        }
    }
    for (number, file) in input.files.iter().enumerate() {
        upload_kind(workflow, file).map_err(|failure| failure.at(format!("/input/files/{number}")))?;
    }
    Ok(())
}

/// The values of a form: the whole of `data`, or its field `form` when there are further fields.
fn form(input: &RunInput) -> Option<&Value> {
    let data = input.data.as_ref()?;
    Some(data.get("form").filter(|form| form.is_object()).unwrap_or(data))
}

/// How a file is meant: as its field says, else by its media type.
fn upload_kind<'a>(workflow: &WorkflowInfo, file: &'a InputFile) -> Result<&'a str, Failure> {
    let refuse = |message: String, hint: &str| Err(Failure::new(ErrorCode::InvalidInput, message).hint(hint));
    if let Some(kind) = UPLOADS.iter().find(|kind| **kind == file.field) {
        return Ok(kind);
    }
    let allowed = &workflow.private["uploads"];
    let media_type = file.media_type.as_str();
    let text = media_type.starts_with("text/")
        || matches!(media_type, "application/json" | "application/xml" | "application/yaml");
    match media_type.split('/').next() {
        Some("image") if allowed["images"] == false => refuse(
            format!("The flow takes no images ('{}').", file.name),
            "Switch on 'Allow image uploads' in its model node.",
        ),
        Some("image") => Ok("file"),
        Some("audio") if allowed["audio"] != true => refuse(
            format!("The flow takes no audio ('{}').", file.name),
            "Configure speech to text for the flow.",
        ),
        Some("audio") => Ok("audio"),
        _ if text => Ok("file:full"),
        _ => refuse(
            format!("'{}' ({media_type}) is neither image, audio nor text.", file.name),
            "Send its text, or name the field `file:rag` where the flow takes files into its vector store.",
        ),
    }
}

/// The memory that a flow uses: as given, else the conversation, else the run alone.
pub(crate) fn session(run: &RunRequest) -> String {
    let config = run
        .input
        .data
        .as_ref()
        .and_then(|data| data.pointer("/overrideConfig/sessionId")?.as_str().map(str::to_owned));
    config
        .or_else(|| run.input.session_id.clone())
        .or_else(|| run.conversation_id.map(|id| id.to_string()))
        .unwrap_or_else(|| run.run_id.to_string())
}

/// The run's own chat at Flowise: streams, abort and recovery go by it, so no two runs share one (recording c09).
pub(crate) fn chat(run: &RunRequest) -> String {
    run.run_id.to_string()
}

/// The question, where the run has one.
pub(crate) fn question(run: &RunRequest) -> Option<&str> {
    let field = || run.input.data.as_ref().and_then(|data| data["question"].as_str());
    run.input.text.as_deref().or_else(field)
}

/// The body of the prediction that starts a run.
pub(crate) fn body(entry: &EntryPoint, run: &RunRequest, streaming: bool, history: &[Value]) -> Value {
    let data = run.input.data.as_ref().and_then(Value::as_object);
    let field = |name: &str| data.and_then(|data| data.get(name)).cloned();
    let mut body = Map::new();
    let is_form = entry.kind == "form";
    if is_form {
        body.insert("form".to_owned(), form(&run.input).cloned().unwrap_or_else(|| json!({})));
    } else {
        body.insert("question".to_owned(), json!(question(run).unwrap_or_default()));
    }
    // Further fields stand beside a form only when the form has a field of its own.
    let has_fields = !is_form || field("form").is_some_and(|form| form.is_object());
    let own = |name: &str| field(name).filter(|_| has_fields);
    let mut config = own("overrideConfig").and_then(|config| config.as_object().cloned()).unwrap_or_default();
    config.insert("sessionId".to_owned(), json!(session(run)));
    if let Some(vars) = own("vars") {
        config.insert("vars".to_owned(), vars);
    }
    body.insert("overrideConfig".to_owned(), Value::Object(config));
    body.insert("chatId".to_owned(), json!(chat(run)));
    body.insert("streaming".to_owned(), json!(streaming));
    if let Some(email) = own("leadEmail") {
        body.insert("leadEmail".to_owned(), email);
    }
    match own("history") {
        Some(history) => drop(body.insert("history".to_owned(), history)),
        None if !history.is_empty() => drop(body.insert("history".to_owned(), json!(history))),
        None => {}
    }
    let uploads: Vec<Value> = run
        .input
        .files
        .iter()
        .zip(&run.files)
        .map(|(file, bytes)| upload(&run.workflow, file, bytes))
        .collect();
    if !uploads.is_empty() {
        body.insert("uploads".to_owned(), Value::Array(uploads));
    }
    Value::Object(body)
}

fn upload(workflow: &WorkflowInfo, file: &InputFile, bytes: &[u8]) -> Value {
    let kind = upload_kind(workflow, file).unwrap_or("file");
    let data = match kind {
        // The text itself, as Flowise's own chat sends it (recording a21).
        "file:full" | "url" => String::from_utf8_lossy(bytes).into_owned(),
        _ => format!("data:{};base64,{}", file.media_type, STANDARD.encode(bytes)),
    };
    json!({"type": kind, "name": file.name, "mime": file.media_type, "data": data})
}

/// What was said before, in Flowise's words.
pub(crate) fn history(messages: &[&HistoryMessage]) -> Vec<Value> {
    let role = |role: &str| if role == "assistant" { "apiMessage" } else { "userMessage" };
    messages.iter().map(|message| json!({"role": role(&message.role), "content": message.text})).collect()
}

/// A request to the prediction of a flow. The key goes along only where the flow is bound to one.
pub(crate) fn prediction(api: &Api, entry: &EntryPoint, run: &RunRequest, body: &Value) -> RequestBuilder {
    let flow = &run.workflow.external_id;
    let url = api.config.url(&format!("api/v1/prediction/{}", encode(flow)));
    let mut request = api.transport.run_request(Method::POST, url);
    for (name, value) in &run.input.headers {
        request = request.header(name, value);
    }
    if entry.auth == "bearer"
        && let Some(key) = api.config.flow_key(flow)
    {
        request = request.bearer_auth(key);
    }
    request.json(body)
}

#[cfg(test)]
mod tests {
    use jackfield_protocol::{
        ids::{BlobId, ConversationId, RunId},
        time::now,
    };

    use super::*;

    fn workflow(kind: &str) -> WorkflowInfo {
        let entry = EntryPoint {
            id: "prediction".to_owned(),
            kind: kind.to_owned(),
            runnable: true,
            authorized: true,
            auth: "none".to_owned(),
            ..EntryPoint::default()
        };
        WorkflowInfo {
            entries: vec![entry],
            private: json!({"uploads": {"images": true}}),
            ..WorkflowInfo::default()
        }
    }

    fn run(kind: &str, input: RunInput) -> RunRequest {
        RunRequest {
            run_id: RunId::new(),
            attempt: 1,
            created_at: now(),
            tool: None,
            workflow: workflow(kind),
            entry: None,
            input,
            files: Vec::new(),
            conversation_id: Some(ConversationId::new()),
            history: vec![HistoryMessage {
                role: "assistant".to_owned(),
                text: "hi Ada".to_owned(),
                heard: false,
            }],
        }
    }

    fn input(text: Option<&str>, data: Value) -> RunInput {
        RunInput {
            text: text.map(str::to_owned),
            data: (!data.is_null()).then_some(data),
            ..RunInput::default()
        }
    }

    #[test]
    fn one_chat_for_the_run_and_one_session_for_the_conversation() {
        let run =
            run("chat", input(Some("hi"), json!({"overrideConfig": {"temperature": 0}, "vars": {"a": 1}})));
        let body =
            body(&run.workflow.entries[0], &run, true, &history(&run.history.iter().collect::<Vec<_>>()));
        assert_eq!(body["chatId"], run.run_id.to_string());
        let session = run.conversation_id.unwrap().to_string();
        assert_eq!(body["overrideConfig"], json!({"temperature": 0, "sessionId": session, "vars": {"a": 1}}));
        assert_eq!((&body["question"], &body["streaming"]), (&json!("hi"), &json!(true)));
        assert_eq!(body["history"], json!([{"role": "apiMessage", "content": "hi Ada"}]));
    }

    #[test]
    fn a_form_goes_without_a_question() {
        let run = run("form", input(None, json!({"name": "Ada"})));
        let body = body(&run.workflow.entries[0], &run, true, &[]);
        assert_eq!((&body["form"], body.get("question")), (&json!({"name": "Ada"}), None));
    }

    #[test]
    fn bad_input_is_placed() {
        let place = |kind: &str, input: RunInput| {
            check(&workflow(kind), None, &input).unwrap_err().place.unwrap_or_default()
        };
        assert_eq!(place("form", input(Some("q"), Value::Null)), "/input/text");
        assert_eq!(place("form", input(None, Value::Null)), "/input/data");
        assert_eq!(place("chat", input(None, Value::Null)), "/input/text");
        assert_eq!(place("chat", input(Some("q"), json!([1]))), "/input/data");
        assert_eq!(place("chat", input(Some("q"), json!({"temperature": 0}))), "/input/data/temperature");
        let file = InputFile {
            field: "x".to_owned(),
            name: "a.exe".to_owned(),
            media_type: "application/x-msdownload".to_owned(),
            size: 1,
            blob_id: BlobId::new(),
        };
        assert_eq!(
            place("chat", RunInput { files: vec![file], ..input(Some("q"), Value::Null) }),
            "/input/files/0"
        );
    }

    #[test]
    fn files_go_as_flowise_takes_them() {
        let mut run = run("chat", input(Some("look"), Value::Null));
        for (name, media_type) in [("dot.png", "image/png"), ("note.txt", "text/plain")] {
            run.input.files.push(InputFile {
                field: "f".to_owned(),
                name: name.to_owned(),
                media_type: media_type.to_owned(),
                size: 2,
                blob_id: BlobId::new(),
            });
            run.files.push("hi".into());
        }
        let body = body(&run.workflow.entries[0], &run, true, &[]);
        assert_eq!(
            body["uploads"],
            json!([
                {"type": "file", "name": "dot.png", "mime": "image/png", "data": "data:image/png;base64,aGk="},
                {"type": "file:full", "name": "note.txt", "mime": "text/plain", "data": "hi"},
            ])
        );
    }
}
