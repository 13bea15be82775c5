//! What went into a node run and what came out, as the trace shows it.

use std::collections::HashMap;

use jackfield_protocol::event::Usage;
use serde_json::{Map, Value, json};

use super::{
    execution::{Execution, NodeRun},
    nodes::Role,
    redact::Redactor,
};

/// Input of a node of the main line: the outputs it was given. One item is shown bare, several as a list, and
/// several sources under their names.
pub(crate) fn main_input(
    run: &NodeRun<'_>,
    runs: &HashMap<(&str, u64), NodeRun<'_>>,
    redact: &Redactor,
) -> Option<Value> {
    let mut inputs: Vec<(&str, Value)> = run
        .origins()
        .filter_map(|origin| {
            let source = runs.get(&(origin.node, origin.run.unwrap_or_default()))?;
            Some((origin.node, items(source.items(origin.output), redact)?))
        })
        .collect();
    match inputs.len() {
        0 => None,
        1 => inputs.pop().map(|(_, value)| value),
        _ => Some(Value::Object(inputs.into_iter().map(|(node, value)| (node.to_owned(), value)).collect())),
    }
}

/// Output of a node run. Several outputs that have items are shown by their number.
pub(crate) fn output(run: &NodeRun<'_>, role: Role, redact: &Redactor) -> Option<Value> {
    match role {
        Role::Model => return model_output(run, redact),
        Role::Tool | Role::AgentTool => return tool_result(run, redact),
        _ => {}
    }
    let outputs = run.outputs().iter().enumerate().filter_map(|(at, output)| {
        let list = output.as_array().filter(|list| !list.is_empty())?;
        Some((at, items(list, redact)?))
    });
    let mut outputs: Vec<(usize, Value)> = outputs.collect();
    match outputs.len() {
        0 => None,
        1 => outputs.pop().map(|(_, value)| value),
        _ => Some(Value::Object(outputs.into_iter().map(|(at, value)| (at.to_string(), value)).collect())),
    }
}

/// Items as one value: their JSON, with what is known of their files.
pub(crate) fn items(list: &[Value], redact: &Redactor) -> Option<Value> {
    let shown = |item: &Value| {
        let json = item.get("json").cloned().unwrap_or(Value::Null);
        match item.get("binary").and_then(Value::as_object).filter(|files| !files.is_empty()) {
            Some(files) => json!({"json": json, "files": files.iter().map(file).collect::<Map<_, _>>()}),
            None => json,
        }
    };
    match list {
        [] => None,
        [item] => Some(redact.value(&shown(item))),
        many => Some(redact.value(&many.iter().map(shown).collect())),
    }
}

/// A file of an item without its bytes.
fn file((key, file): (&String, &Value)) -> (String, Value) {
    let known = ["fileName", "fileExtension", "mimeType", "fileSize"];
    let kept = known.iter().filter_map(|name| Some(((*name).to_owned(), file.get(*name)?.clone())));
    (key.clone(), Value::Object(kept.collect()))
}

/// Input of a sub-node (model, memory, review).
pub(crate) fn sub_input(run: &NodeRun<'_>, role: Role, redact: &Redactor) -> Option<Value> {
    let json = run.override_json()?;
    // The rest of a model's input is its configuration.
    let shown = if role == Role::Model { json.get("messages").unwrap_or(json) } else { json };
    Some(redact.value(shown))
}

/// Arguments of a tool call. 1.x merges the whole trigger item into them; they are then taken from the
/// agent's own list of calls, by the call's id.
pub(crate) fn arguments(run: &NodeRun<'_>, agent: Option<&NodeRun<'_>>, redact: &Redactor) -> Option<Value> {
    let json = run.override_json()?;
    let Some(call) = json.get("toolCallId").and_then(Value::as_str) else { return Some(redact.value(json)) };
    if let Some(known) = agent.and_then(|agent| call_input(agent, call)) {
        return Some(redact.value(known));
    }
    let mut own = json.as_object()?.clone();
    let of_trigger = ["headers", "params", "query", "body", "webhookUrl", "executionMode"];
    let noise: &[&str] = if of_trigger.iter().all(|key| own.contains_key(*key)) {
        &of_trigger
    } else {
        &["sessionId", "action", "chatInput"]
    };
    for key in noise.iter().chain(&["toolCallId"]) {
        own.shift_remove(*key);
    }
    Some(redact.value(&Value::Object(own)))
}

fn call_input<'a>(agent: &NodeRun<'a>, call: &str) -> Option<&'a Value> {
    let data = agent.metadata()?.get("subNodeExecutionData")?;
    let last = data.get("actions").and_then(Value::as_array).into_iter().flatten().filter_map(|entry| {
        let action = entry.get("action")?;
        Some((action.get("id")?, action.get("input")?))
    });
    let earlier = data.get("metadata").and_then(|metadata| metadata.get("previousRequests"));
    let earlier = earlier.and_then(Value::as_array).into_iter().flatten().filter_map(|entry| {
        let action = entry.get("action")?;
        Some((action.get("toolCallId")?, action.get("toolInput")?))
    });
    last.chain(earlier).find(|(id, _)| id.as_str() == Some(call)).map(|(_, input)| input)
}

fn tool_result(run: &NodeRun<'_>, redact: &Redactor) -> Option<Value> {
    let mut result = items(run.items(0), redact)?;
    if let Value::Object(map) = &mut result
        && map.len() == 1
        && let Some(response) = map.shift_remove("response")
    {
        return Some(response);
    }
    Some(result)
}

fn model_output(run: &NodeRun<'_>, redact: &Redactor) -> Option<Value> {
    let response = run.first_item()?.get("json")?.get("response")?;
    match model_text(run) {
        Some(text) if !text.is_empty() => Some(Value::String(redact.text(&text).into_owned())),
        _ => Some(redact.value(response)),
    }
}

/// What a model said in one run.
pub(crate) fn model_text(run: &NodeRun<'_>) -> Option<String> {
    let generations = run.first_item()?.get("json")?.get("response")?.get("generations")?;
    generations.get(0)?.get(0)?.get("text")?.as_str().map(str::to_owned)
}

/// Tokens of a model run.
pub(crate) fn usage(run: &NodeRun<'_>) -> Option<Usage> {
    let json = run.first_item()?.get("json")?;
    let (tokens, estimated) = match json.get("tokenUsage") {
        Some(tokens) => (tokens, false),
        None => (json.get("tokenUsageEstimate")?, true),
    };
    let count = |key| tokens.get(key).and_then(Value::as_u64).unwrap_or_default();
    let configured = run.override_json().and_then(|json| {
        let options = json.get("options")?;
        options.get("model").or_else(|| options.get("model_name"))?.as_str()
    });
    let told = || {
        let generation = json.get("response")?.get("generations")?.get(0)?.get(0)?;
        generation.get("generationInfo")?.get("model_name")?.as_str()
    };
    Some(Usage {
        model: configured.or_else(told).map(str::to_owned),
        input_tokens: count("promptTokens"),
        output_tokens: count("completionTokens"),
        cost_usd: None,
        estimated,
    })
}

/// The text that stands out in a JSON answer: what n8n users call their answer field.
pub(crate) fn obvious_text(json: &Value) -> Option<&str> {
    const FIELDS: [&str; 7] = ["output", "text", "response", "answer", "reply", "message", "content"];
    let found = match json {
        Value::String(text) => Some(text.as_str()),
        Value::Object(map) => FIELDS.iter().find_map(|field| map.get(*field)?.as_str()),
        Value::Array(list) if list.len() == 1 => list.first().and_then(obvious_text),
        _ => None,
    };
    found.filter(|text| !text.trim().is_empty())
}

/// All runs, to look sources up.
pub(crate) fn index(execution: &Execution) -> HashMap<(&str, u64), NodeRun<'_>> {
    execution.runs().into_iter().map(|run| ((run.node, run.index), run)).collect()
}
