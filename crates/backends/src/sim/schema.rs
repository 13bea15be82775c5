//! JSON Schemas of inputs.

use serde_json::{Map, Value, json};

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
/// Most fields of a form.
const FIELDS: usize = 100;

/// What a workflow takes: its own fields beside those that every workflow has.
pub(super) fn of_inputs(inputs: &Value, defaults: &Map<String, Value>) -> Value {
    let mut properties = Map::new();
    for field in inputs.as_array().into_iter().flatten().take(FIELDS) {
        let Some(name) = field["name"].as_str().filter(|name| !name.is_empty()) else { continue };
        let mut schema = of_type(field["type"].as_str().unwrap_or("string"));
        if let Some(text) = field["description"].as_str().filter(|text| !text.is_empty()) {
            schema["description"] = json!(text);
        }
        if let Some(value) = defaults.get(name) {
            schema["default"] = value.clone();
        }
        properties.insert(name.to_owned(), schema);
    }
    properties.entry("input").or_insert_with(|| json!({"type": "string", "title": "Message"}));
    json!({"$schema": DIALECT, "type": "object", "properties": properties, "additionalProperties": true})
}

/// The form of a pause: its `inputFormat` (recording `hitl-sync`).
pub(super) fn of_pause(format: &Value) -> Option<Value> {
    let fields = format.as_array().filter(|fields| !fields.is_empty())?;
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in fields.iter().take(FIELDS) {
        let Some(name) = field["name"].as_str().filter(|name| !name.is_empty()) else { continue };
        let mut schema = of_type(field["type"].as_str().unwrap_or("string"));
        if let Some(label) = field["label"].as_str() {
            schema["title"] = json!(label);
        }
        if field["required"] == true {
            required.push(name);
        }
        properties.insert(name.to_owned(), schema);
    }
    Some(json!({"$schema": DIALECT, "type": "object", "properties": properties, "required": required}))
}

fn of_type(name: &str) -> Value {
    match name {
        "number" => json!({"type": "number"}),
        "boolean" => json!({"type": "boolean"}),
        "object" => json!({"type": "object"}),
        "array" => json!({"type": "array"}),
        "file[]" | "files" => json!({"type": "array", "items": {"type": "string", "format": "binary"}}),
        _ => json!({"type": "string"}),
    }
}

/// Names of the fields that take files; `files` of old workflows is passed through by Sim and takes none.
pub(super) fn file_fields(inputs: &Value) -> Vec<&str> {
    let fields = inputs.as_array().into_iter().flatten();
    fields.filter(|field| field["type"] == "file[]").filter_map(|field| field["name"].as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_keep_kind_description_and_default() {
        let inputs = json!([{"name": "topic", "type": "string", "description": "What"}, {"name": "count", "type": "number"}, {"name": "doc", "type": "file[]"}]);
        let schema = of_inputs(&inputs, &Map::from_iter([("count".to_owned(), json!(3))]));
        assert_eq!(schema["properties"]["topic"], json!({"type": "string", "description": "What"}));
        assert_eq!(schema["properties"]["count"], json!({"type": "number", "default": 3}));
        assert_eq!(schema["properties"]["input"]["type"], "string");
        assert_eq!(file_fields(&inputs), ["doc"]);
    }

    #[test]
    fn a_pause_has_a_form_with_labels() {
        let form =
            of_pause(&json!([{"name": "approved", "label": "OK?", "type": "boolean", "required": true}]))
                .unwrap();
        assert_eq!(form["properties"]["approved"], json!({"type": "boolean", "title": "OK?"}));
        assert_eq!(form["required"], json!(["approved"]));
        assert!(of_pause(&json!([])).is_none());
    }
}
