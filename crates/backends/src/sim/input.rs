//! From what a person puts in to the request that Sim gets.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    model::{EntryPoint, RunInput, WorkflowInfo},
    port::RunRequest,
};
use reqwest::RequestBuilder;
use serde_json::{Map, Value, json};

use super::{
    api::{Api, encode},
    blocks,
    options::Face,
};
use crate::history;

/// Fields of a legacy request that steer the execution: an input of that name cannot be sent there.
const CONTROL: [&str; 13] = [
    "stream",
    "selectedOutputs",
    "includeThinking",
    "includeToolCalls",
    "includeFileBase64",
    "base64MaxBytes",
    "triggerBlockId",
    "stopAfterBlockId",
    "triggerType",
    "useDraftState",
    "workflowStateOverride",
    "isClientSession",
    "inputFromExecutionId",
];
/// Largest file that Sim takes, in bytes.
const FILE: u64 = 20 * 1024 * 1024;
/// The header without which thinking, tools and live words of agents with tools are not sent.
const PROTOCOL: (&str, &str) = ("X-Sim-Stream-Protocol", "agent-events-v1");

/// The entry that a run takes: the chosen one, else the first that can be run.
pub(crate) fn entry<'a>(workflow: &'a WorkflowInfo, chosen: Option<&str>) -> Result<&'a EntryPoint, Failure> {
    let found = match chosen {
        Some(id) => {
            workflow.entries.iter().find(|entry| entry.id == id || entry.name == id).ok_or_else(|| {
                let known: Vec<&str> = workflow.entries.iter().map(|entry| entry.id.as_str()).collect();
                Failure::new(ErrorCode::InvalidInput, format!("'{}' has no entry '{id}'.", workflow.name))
                    .at("/entry")
                    .hint(format!("It has: {}.", known.join(", ")))
            })?
        }
        None => {
            workflow.entries.iter().find(|entry| entry.runnable).or(workflow.entries.first()).ok_or_else(
                || {
                    Failure::new(ErrorCode::NotRunnable, format!("'{}' cannot be run.", workflow.name))
                        .at("/workflow")
                },
            )?
        }
    };
    if !found.runnable {
        let why = found.reason.clone().unwrap_or_else(|| "It cannot be run.".to_owned());
        return Err(Failure::new(ErrorCode::NotRunnable, why).at("/workflow"));
    }
    Ok(found)
}

/// Checks an input before a run is written down.
pub(crate) fn check(workflow: &WorkflowInfo, chosen: Option<&str>, input: &RunInput) -> Result<(), Failure> {
    let wrong = |place: &str, message: String| Err(Failure::new(ErrorCode::InvalidInput, message).at(place));
    let entry = entry(workflow, chosen)?;
    for (place, used) in [
        ("/input/query", !input.query.is_empty()),
        ("/input/path", !input.path.is_empty()),
        ("/input/method", input.method.is_some()),
        ("/input/headers", !input.headers.is_empty()),
    ] {
        if used {
            return wrong(place, "Workflows of Sim take text, data and files only.".to_owned());
        }
    }
    if entry.kind == "chat" && input.text.as_ref().is_none_or(|text| text.trim().is_empty()) {
        return wrong("/input/text", "A chat needs a message.".to_owned());
    }
    let fields = match &input.data {
        None => None,
        Some(Value::Object(fields)) => Some(fields),
        Some(_) => return wrong("/input/data", "The data of a workflow is a JSON object.".to_owned()),
    };
    if let Some(name) = fields.and_then(|fields| fields.keys().find(|name| CONTROL.contains(&name.as_str())))
    {
        let message =
            format!("'{name}' steers the execution in Sim's interface: it cannot be the name of an input.");
        return wrong(&format!("/input/data/{name}"), message);
    }
    let takes = file_fields(workflow);
    for (at, file) in input.files.iter().enumerate() {
        if file.size > FILE {
            return wrong(
                &format!("/input/files/{at}"),
                format!("'{}' is larger than 20 MB, the most that Sim takes.", file.name),
            );
        }
        if entry.kind != "chat" && takes.is_empty() {
            return wrong("/input/files", "The workflow has no input of the type file[].".to_owned());
        }
        if entry.kind != "chat" && takes.len() > 1 && !takes.contains(&file.field) {
            return wrong(
                &format!("/input/files/{at}/field"),
                format!("Files go into one of: {}.", takes.join(", ")),
            );
        }
    }
    Ok(())
}

fn file_fields(workflow: &WorkflowInfo) -> Vec<String> {
    let fields = workflow.private["files"].as_array().into_iter().flatten();
    fields.filter_map(|field| field.as_str().map(str::to_owned)).collect()
}

/// The id of a run in Sim: chosen here, so that it can be found again whatever happens.
pub(crate) fn run_id(run: &RunRequest) -> String {
    run.run_id.to_string()
}

/// Puts what the workflow has not heard of the conversation before the text; gives the number of messages.
pub(crate) fn hand_over(run: &mut RunRequest) -> usize {
    let earlier = history::unheard(&run.history);
    let Some(text) = run.input.text.as_ref().filter(|_| !earlier.is_empty()) else { return 0 };
    let count = earlier.len();
    run.input.text = Some(history::told_before(&earlier, text));
    count
}

/// The fields of a workflow's input.
fn fields(run: &RunRequest) -> Map<String, Value> {
    let mut fields = match &run.input.data {
        Some(Value::Object(fields)) => fields.clone(),
        _ => Map::new(),
    };
    if let Some(text) = &run.input.text {
        fields.entry("input").or_insert_with(|| json!(text));
    }
    if let Some(session) = session(run) {
        fields.entry("conversationId").or_insert_with(|| json!(session));
    }
    let takes = file_fields(&run.workflow);
    for (name, files) in files(run, &takes) {
        fields.insert(name, files);
    }
    fields
}

/// The memory that a workflow may use: as given, else the conversation.
fn session(run: &RunRequest) -> Option<String> {
    run.input.session_id.clone().or_else(|| run.conversation_id.map(|id| id.to_string()))
}

fn files(run: &RunRequest, takes: &[String]) -> Map<String, Value> {
    let mut fields: Map<String, Value> = Map::new();
    for (file, bytes) in run.input.files.iter().zip(&run.files) {
        let field = takes.iter().find(|field| **field == file.field).or(takes.first());
        let Some(field) = field else { continue };
        let one = json!({
            "type": "file", "name": file.name, "mime": file.media_type,
            "data": format!("data:{};base64,{}", file.media_type, STANDARD.encode(bytes)),
        });
        match fields.entry(field.clone()).or_insert_with(|| json!([])) {
            Value::Array(list) => list.push(one),
            other => *other = json!([one]),
        }
    }
    fields
}

/// How a run is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// One connection, words as they come.
    Live,
    /// Sim queues it; it is looked at from time to time.
    Durable,
}

/// A request that starts a run; `flags`: with what only newer versions know.
pub(crate) fn execute(api: &Api, face: Face, run: &RunRequest, mode: Mode, flags: bool) -> RequestBuilder {
    let id = encode(&run.workflow.external_id);
    let selected = blocks::outputs(&run.workflow.private);
    let live = mode == Mode::Live;
    let mut steering = Map::new();
    if live {
        steering.insert("stream".to_owned(), json!(true));
        if !selected.is_empty() {
            steering.insert("selectedOutputs".to_owned(), json!(selected));
        }
        if flags {
            steering.insert("includeThinking".to_owned(), json!(true));
            steering.insert("includeToolCalls".to_owned(), json!(true));
        }
    }
    let mut request = match face {
        Face::Legacy => {
            // Everything in the body that does not steer is the input (recording `input-flat`).
            let mut body = fields(run);
            body.extend(steering);
            let request = api.run_call(&format!("api/workflows/{id}/execute")).json(&body);
            let request = request.header("X-Execution-Id", run_id(run));
            if live { request } else { request.header("X-Execution-Mode", "async") }
        }
        Face::V2 => {
            steering.insert("input".to_owned(), Value::Object(fields(run)));
            if !live {
                steering.insert("async".to_owned(), json!(true));
            }
            api.run_call(&format!("api/v2/workflows/{id}/execute"))
                .json(&steering)
                .header("X-Run-Id", run_id(run))
        }
    };
    if live && flags {
        request = request.header(PROTOCOL.0, PROTOCOL.1);
    }
    request
}

/// A request to a deployed chat.
pub(crate) fn chat(api: &Api, run: &RunRequest, identifier: &str) -> RequestBuilder {
    let mut body = json!({"input": run.input.text});
    if let Some(session) = session(run) {
        body["conversationId"] = json!(session);
    }
    if let Some(password) = api.config.secrets.get(&format!("chat:{identifier}:password")) {
        body["password"] = json!(password);
    }
    let files: Vec<Value> = run
        .input
        .files
        .iter()
        .zip(&run.files)
        .map(|(file, bytes)| {
            json!({
                "name": file.name, "type": file.media_type, "size": file.size,
                "data": format!("data:{};base64,{}", file.media_type, STANDARD.encode(bytes)),
            })
        })
        .collect();
    if !files.is_empty() {
        body["files"] = json!(files);
    }
    let url = api.config.url(&format!("api/chat/{}", encode(identifier)));
    // A chat takes no API key.
    api.transport.run_request(reqwest::Method::POST, url).header(PROTOCOL.0, PROTOCOL.1).json(&body)
}

/// An answer to a pause, in the mode of the run's first part.
pub(crate) fn answer(
    api: &Api,
    face: Face,
    run: &RunRequest,
    context: &str,
    data: &Value,
    mode: Mode,
) -> RequestBuilder {
    let (workflow, id) = (encode(&run.workflow.external_id), encode(&run_id(run)));
    let request = match face {
        Face::Legacy => {
            let mut body = json!({"input": data});
            if mode == Mode::Live {
                body["stream"] = json!(true);
                body["selectedOutputs"] = json!(blocks::outputs(&run.workflow.private));
            }
            api.run_call(&format!("api/resume/{workflow}/{id}/{}", encode(context))).json(&body)
        }
        Face::V2 => api
            .run_call(&format!("api/v2/workflows/{workflow}/runs/{id}/resume"))
            .json(&json!({"contextId": context, "input": data})),
    };
    if mode == Mode::Live { request.header(PROTOCOL.0, PROTOCOL.1) } else { request }
}

#[cfg(test)]
mod tests {
    use jackfield_protocol::{
        ids::{BlobId, RunId},
        model::InputFile,
        time::now,
    };

    use super::*;

    fn workflow() -> WorkflowInfo {
        let entry = EntryPoint {
            id: "live".to_owned(),
            kind: "api".to_owned(),
            runnable: true,
            ..EntryPoint::default()
        };
        WorkflowInfo { entries: vec![entry], private: json!({"files": ["doc"]}), ..WorkflowInfo::default() }
    }

    fn file(size: u64) -> InputFile {
        InputFile {
            field: "files".to_owned(),
            name: "a.txt".to_owned(),
            media_type: "text/plain".to_owned(),
            size,
            blob_id: BlobId::new(),
        }
    }

    #[test]
    fn fields_are_flat_and_files_go_into_the_field_that_takes_them() {
        let input = RunInput {
            text: Some("hi".to_owned()),
            data: Some(json!({"topic": "x"})),
            files: vec![file(2)],
            ..RunInput::default()
        };
        let run = RunRequest {
            run_id: RunId::new(),
            attempt: 1,
            created_at: now(),
            tool: None,
            workflow: workflow(),
            entry: None,
            input,
            files: vec!["hi".into()],
            conversation_id: None,
            history: Vec::new(),
        };
        assert_eq!(
            Value::Object(fields(&run)),
            json!({"topic": "x", "input": "hi", "doc": [{"type": "file", "name": "a.txt", "mime": "text/plain", "data": "data:text/plain;base64,aGk="}]})
        );
    }

    #[test]
    fn bad_input_is_placed() {
        let place = |input: RunInput| check(&workflow(), None, &input).unwrap_err().place.unwrap();
        assert_eq!(place(RunInput { data: Some(json!([1])), ..RunInput::default() }), "/input/data");
        assert_eq!(
            place(RunInput { data: Some(json!({"stream": 1})), ..RunInput::default() }),
            "/input/data/stream"
        );
        assert_eq!(
            place(RunInput { method: Some("GET".to_owned()), ..RunInput::default() }),
            "/input/method"
        );
        assert_eq!(place(RunInput { files: vec![file(FILE + 1)], ..RunInput::default() }), "/input/files/0");
        assert_eq!(
            check(&workflow(), Some("nope"), &RunInput::default()).unwrap_err().place.unwrap(),
            "/entry"
        );
    }
}
