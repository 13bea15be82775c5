//! JSON Schemas of inputs: the form of a start node, and what chats take.

use serde_json::{Map, Value, json};

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
/// Most fields of a form.
const FIELDS: usize = 100;

/// What a chat takes; starter prompts are examples of a question.
pub(super) fn of_chat(prompts: &[String]) -> Value {
    let mut question = json!({"type": "string", "title": "Question"});
    if !prompts.is_empty() {
        question["examples"] = json!(prompts);
    }
    json!({
        "$schema": DIALECT,
        "type": "object",
        "properties": {"question": question},
        "required": ["question"],
        "additionalProperties": true,
    })
}

/// The form of a start node: `formInputTypes` of kind string, number, boolean or options.
pub(super) fn of_form(inputs: &Value) -> Value {
    let mut properties = Map::new();
    for field in inputs["formInputTypes"].as_array().into_iter().flatten().take(FIELDS) {
        let Some(name) = field["name"].as_str().filter(|name| !name.is_empty()) else { continue };
        let mut schema = match field["type"].as_str() {
            Some("number") => json!({"type": "number"}),
            Some("boolean") => json!({"type": "boolean"}),
            Some("options") => {
                let options = field["addOptions"].as_array().into_iter().flatten();
                let options: Vec<&Value> =
                    options.map(|option| &option["option"]).filter(|option| option.is_string()).collect();
                json!({"type": "string", "enum": options})
            }
            _ => json!({"type": "string"}),
        };
        if let Some(label) = field["label"].as_str() {
            schema["title"] = json!(label);
        }
        properties.insert(name.to_owned(), schema);
    }
    let mut schema =
        json!({"$schema": DIALECT, "type": "object", "properties": properties, "additionalProperties": true});
    for (key, from) in [("title", "formTitle"), ("description", "formDescription")] {
        if let Some(text) = inputs[from].as_str().filter(|text| !text.is_empty()) {
            schema[key] = json!(text);
        }
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_keeps_its_labels_kinds_and_options() {
        let schema = of_form(&json!({"formTitle": "Order", "formInputTypes": [
            {"type": "number", "label": "How many", "name": "count"},
            {"type": "options", "label": "Size", "name": "size", "addOptions": [{"option": "small"}, {"option": "large"}]},
            {"type": "boolean", "name": "gift"}, {"type": "string", "name": ""}]}));
        assert_eq!(schema["title"], "Order");
        assert_eq!(schema["properties"]["count"], json!({"type": "number", "title": "How many"}));
        assert_eq!(schema["properties"]["size"]["enum"], json!(["small", "large"]));
        assert_eq!(schema["properties"].as_object().unwrap().len(), 3);
    }
}
