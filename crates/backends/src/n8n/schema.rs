//! JSON Schemas of inputs: known for chats; for webhooks only a hint, from the fields that the workflow's expressions read.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// Most fields of a hint.
const FIELDS: usize = 50;
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// What a chat trigger takes; it passes further fields on to the workflow.
pub(super) fn of_chat() -> Value {
    json!({
        "$schema": DIALECT,
        "type": "object",
        "properties": {
            "chatInput": {"type": "string", "title": "Message"},
            "sessionId": {"type": "string", "title": "Session", "description": "Key of the memory; default: the conversation."},
        },
        "required": ["chatInput"],
        "additionalProperties": true,
    })
}

/// What a webhook seems to take: fields of the body, or of the query when the first method has no body.
pub(super) fn of_webhook(methods: &[String], nodes: &[Value]) -> Value {
    let query = methods.first().is_some_and(|method| method == "GET" || method == "HEAD");
    let place = if query { "query" } else { "body" };
    let mut fields = BTreeSet::new();
    for node in nodes {
        collect(&node["parameters"], place, &mut fields);
    }
    let properties: Map<String, Value> =
        fields.into_iter().take(FIELDS).map(|name| (name, json!({}))).collect();
    let what = if query { "Query parameters" } else { "Fields of the body" };
    json!({
        "$schema": DIALECT,
        "type": "object",
        "description": format!("{what}; the names are read from the workflow's expressions, others are passed on too."),
        "properties": properties,
        "additionalProperties": true,
    })
}

/// Fields that texts read as `.body.name` or `.body['name']`: in expressions, and in the code of code nodes.
fn collect(value: &Value, place: &str, fields: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            let marker = format!(".{place}");
            for (at, _) in text.match_indices(&marker) {
                fields.extend(field(text.get(at + marker.len()..).unwrap_or_default()));
            }
        }
        Value::Array(list) => list.iter().for_each(|value| collect(value, place, fields)),
        Value::Object(map) => map.values().for_each(|value| collect(value, place, fields)),
        _ => {}
    }
}

fn field(rest: &str) -> Option<String> {
    let rest = rest.trim_start_matches('?');
    let name: &str = if let Some(rest) = rest.strip_prefix('.').filter(|rest| !rest.starts_with('[')) {
        let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != '$');
        let (name, after) = rest.split_at(end.unwrap_or(rest.len()));
        // `.body.map(…)` and the like read the body, not a field of it.
        if after.starts_with('(') {
            return None;
        }
        name
    } else {
        let rest = rest.trim_start_matches('.').strip_prefix('[')?;
        let quote = rest.chars().next().filter(|letter| matches!(letter, '"' | '\'' | '`'))?;
        rest.get(1..)?.split(quote).next()?
    };
    (!name.is_empty() && name.len() <= 60).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn field_names_come_from_expressions_and_code() {
        let nodes = [json!({"parameters": {
            "text": "={{ $json.body.message }} {{ $('Webhook').item.json.body?.['first name'] }}",
            "deep": [{"code": "const b = $input.first().json.body.user.id; items.body.map(x => x); $json.query.q"}],
        }})];
        let schema = of_webhook(&["POST".to_owned()], &nodes);
        let names: Vec<_> = schema["properties"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(names, ["first name", "message", "user"]);
        let schema = of_webhook(&["GET".to_owned()], &nodes);
        let names: Vec<_> = schema["properties"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(names, ["q"]);
    }
}
