//! What of a node's data may be shown. Flowise hands every caller the system prompts, model settings and credential ids of all nodes (recording a11): inputs are
//! shown only as far as they are the user's own data, and names that smell of credentials are taken out everywhere.

pub(crate) use crate::secrecy::clean;
use crate::secrecy::{HIDDEN, is_credential};
use serde_json::{Map, Value, json};

/// Inputs of nodes that are data, not configuration.
const INPUTS: [&str; 12] = [
    "question",
    "form",
    "conditions",
    "toolInputArgs",
    "inputVariables",
    "iterationInput",
    "nodeID",
    "maxLoopCount",
    "type",
    "feedback",
    "startNodeId",
    "selectedTool",
];

/// Outputs of nodes that are configuration, are shown elsewhere, or repeat the conversation.
const NOT_SHOWN: [&str; 9] = [
    "availableTools",
    "usageMetadata",
    "timeMetadata",
    "responseMetadata",
    "usedTools",
    "calledTools",
    "humanInputAction",
    "chatHistory",
    "sourceDocuments",
];

/// What went into a node, without its configuration.
pub(crate) fn input(input: &Value) -> Option<Value> {
    let fields = input.as_object()?;
    let mut shown = Map::new();
    for name in INPUTS {
        if let Some(value) = fields.get(name).filter(|value| !is_empty(value)) {
            shown.insert(name.to_owned(), clean(value, 0));
        }
    }
    if let Some(messages) = fields.get("messages").and_then(Value::as_array) {
        let messages: Vec<Value> = messages.iter().filter_map(message).collect();
        if !messages.is_empty() {
            shown.insert("messages".to_owned(), Value::Array(messages));
        }
    }
    if let Some(body) = fields.get("webhook").map(|webhook| &webhook["body"]).filter(|body| !is_empty(body)) {
        shown.insert("webhook".to_owned(), json!({"body": clean(body, 0)}));
    }
    if let Some(http) = fields.get("http").filter(|http| http.is_object()) {
        // Headers, parameters and bodies of outgoing calls are where their credentials are.
        let url = http["url"].as_str().unwrap_or_default().split('?').next().unwrap_or_default();
        shown.insert("http".to_owned(), json!({"method": http["method"], "url": url}));
    }
    (!shown.is_empty()).then_some(Value::Object(shown))
}

/// What came out of a node, with the flow's state beside it.
pub(crate) fn output(data: &Value) -> Option<Value> {
    let mut shown = Map::new();
    for (name, value) in data["output"].as_object().into_iter().flatten() {
        if NOT_SHOWN.contains(&name.as_str()) || is_empty(value) {
            continue;
        }
        let value = match name.as_str() {
            "http" => {
                json!({"status": value["status"], "statusText": value["statusText"], "data": clean(&value["data"], 0)})
            }
            "webhook" => json!({"body": clean(&value["body"], 0)}),
            name if is_credential(name) => json!(HIDDEN),
            _ => clean(value, 0),
        };
        shown.insert(name.clone(), value);
    }
    if !is_empty(&data["state"]) {
        shown.insert("state".to_owned(), clean(&data["state"], 0));
    }
    (!shown.is_empty()).then_some(Value::Object(shown))
}

/// A message of a model's conversation; system prompts are not shown.
fn message(message: &Value) -> Option<Value> {
    let role = message["role"].as_str().filter(|role| !matches!(*role, "system" | "developer"))?;
    let mut shown = Map::from_iter([("role".to_owned(), json!(role))]);
    for name in ["content", "name"] {
        if !is_empty(&message[name]) {
            shown.insert(name.to_owned(), clean(&message[name], 0));
        }
    }
    let calls: Vec<Value> = message["tool_calls"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|call| json!({"name": call["name"], "args": clean(&call["args"], 0)}))
        .collect();
    if !calls.is_empty() {
        shown.insert("tool_calls".to_owned(), Value::Array(calls));
    }
    Some(Value::Object(shown))
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_settings_and_credentials_of_nodes_are_not_shown() {
        let data = json!({
            "messages": [{"role": "system", "content": "canary"}, {"role": "user", "content": "hi"}],
            "llmModelConfig": {"credential": "canary", "modelName": "canary"}, "code": "canary",
            "http": {"method": "GET", "url": "http://h/p?key=canary", "headers": [{"value": "canary"}]},
        });
        let shown = input(&data).unwrap();
        assert!(!shown.to_string().contains("canary"), "{shown}");
        assert_eq!(shown["messages"], json!([{"role": "user", "content": "hi"}]));
        let record = json!({"output": {"content": "ok", "availableTools": ["canary"], "FLOWISE_CREDENTIAL_ID": "canary"}, "state": {"topic": 1}});
        let shown = output(&record).unwrap();
        assert!(!shown.to_string().contains("canary"), "{shown}");
        assert_eq!((&shown["content"], &shown["state"]["topic"]), (&json!("ok"), &json!(1)));
    }
}
