//! Tools as the hub keeps them, from the raw definitions: every key kept, bad ones quarantined one by one.

use std::collections::HashSet;

use jackfield_protocol::model::ToolInfo;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::{lists::List, schema};

/// Longest name (2026-07-28, "Tool names": 1 to 128 characters).
const LONGEST_NAME: usize = 128;

/// The tools of a list; what has not even a name is counted in the notes. `mirrored`: arguments marked for headers count
/// (2026-07-28 over HTTP).
pub(crate) fn tools(list: List, mirrored: bool) -> (Vec<ToolInfo>, Vec<String>) {
    let List { entries, mut notes } = list;
    let mut names = HashSet::new();
    let (mut tools, mut nameless, mut doubled) = (Vec::new(), 0_u64, Vec::new());
    for definition in entries {
        let Some(name) = definition["name"].as_str().filter(|name| !name.is_empty()) else {
            nameless += 1;
            continue;
        };
        if !names.insert(name.to_owned()) {
            doubled.push(name.chars().take(80).collect::<String>());
            continue;
        }
        tools.push(tool(name.to_owned(), definition, mirrored));
    }
    if nameless > 0 {
        notes.push(format!("{nameless} tools were left out: they have no name."));
    }
    if !doubled.is_empty() {
        doubled.truncate(5);
        notes.push(format!(
            "Some names are there twice, and only the first tool of each counts: {}.",
            doubled.join(", ")
        ));
    }
    (tools, notes)
}

fn tool(name: String, definition: Value, mirrored: bool) -> ToolInfo {
    let text = |name: &str| definition[name].as_str().map(str::to_owned);
    let some = |name: &str| definition.get(name).filter(|value| !value.is_null()).cloned();
    let title = text("title").or_else(|| definition["annotations"]["title"].as_str().map(str::to_owned));
    ToolInfo {
        problem: problem(&name, &definition, mirrored),
        warnings: warnings(&definition),
        fingerprint: fingerprint(&definition),
        title,
        description: text("description"),
        input_schema: some("inputSchema").unwrap_or_default(),
        output_schema: some("outputSchema"),
        annotations: some("annotations"),
        task_support: definition["execution"]["taskSupport"].as_str().map(str::to_owned),
        name,
        definition,
    }
}

/// Why a tool cannot be called.
fn problem(name: &str, definition: &Value, mirrored: bool) -> Option<String> {
    if name.chars().count() > LONGEST_NAME {
        return Some(format!("Its name is longer than {LONGEST_NAME} characters."));
    }
    let schema = match definition.get("inputSchema") {
        Some(Value::Object(schema)) => schema,
        Some(Value::Bool(true)) => return None,
        Some(_) => return Some("Its input schema is not an object.".to_owned()),
        None => return Some("It has no input schema.".to_owned()),
    };
    if schema.get("type").is_some_and(|kind| kind != "object") {
        return Some("Its input schema does not describe an object.".to_owned());
    }
    if let Err(why) = schema::compile(&Value::Object(schema.clone())) {
        return Some(format!("Its input schema cannot be used: {why}."));
    }
    if mirrored {
        return headers(schema).err();
    }
    None
}

/// Arguments that are mirrored into headers (2026-07-28, "x-mcp-header"): only plain values reached by `properties` alone, each name once.
fn headers(schema: &Map<String, Value>) -> Result<(), String> {
    fn properties(
        schema: &Map<String, Value>,
        seen: &mut HashSet<String>,
        depth: usize,
    ) -> Result<(), String> {
        let Some(fields) = schema.get("properties").and_then(Value::as_object) else { return Ok(()) };
        for (field, value) in fields {
            let Some(inner) = value.as_object() else { continue };
            if let Some(mark) = inner.get("x-mcp-header") {
                let name = mark.as_str().unwrap_or_default();
                let is_token = !name.is_empty()
                    && name.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c));
                if !is_token {
                    return Err(format!(
                        "Its argument '{field}' is marked for a header that has no valid name."
                    ));
                }
                if !matches!(
                    inner.get("type").and_then(Value::as_str),
                    Some("string" | "integer" | "boolean")
                ) {
                    return Err(format!(
                        "Its argument '{field}' is marked for a header, but is no text, integer or boolean."
                    ));
                }
                if !seen.insert(name.to_ascii_lowercase()) {
                    return Err(format!("Two of its arguments are marked for the same header '{name}'."));
                }
            }
            if depth < 32 {
                properties(inner, seen, depth + 1)?;
            }
        }
        Ok(())
    }
    fn count(value: &Value, depth: usize) -> usize {
        match value {
            _ if depth > 64 => 0,
            Value::Object(fields) => {
                usize::from(fields.contains_key("x-mcp-header"))
                    + fields.values().map(|field| count(field, depth + 1)).sum::<usize>()
            }
            Value::Array(items) => items.iter().map(|item| count(item, depth + 1)).sum(),
            _ => 0,
        }
    }
    let mut seen = HashSet::new();
    properties(schema, &mut seen, 0)?;
    if count(&Value::Object(schema.clone()), 0) > seen.len() {
        return Err("It marks a value for a header that is not reached by properties alone.".to_owned());
    }
    Ok(())
}

/// What a person should see before trusting a description.
fn warnings(definition: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let hidden = strings(definition).into_iter().flat_map(str::chars).filter(|&c| is_hidden(c)).count();
    if hidden > 0 {
        found.push(format!("Its texts hold {hidden} characters that cannot be seen; they may be meant for a model and not for you."));
    }
    if let Some(output) = definition.get("outputSchema").filter(|schema| !schema.is_null())
        && let Err(why) = schema::compile(output)
    {
        found.push(format!("Its output schema cannot be used, so results are not checked: {why}."));
    }
    found
}

/// Zero-width, bidirectional controls, tags, variation selectors, and controls that are no white space.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}'
        | '\u{00ad}' | '\u{e0000}'..='\u{e007f}' | '\u{e0100}'..='\u{e01ef}')
        || (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

fn strings(value: &Value) -> Vec<&str> {
    let mut found = Vec::new();
    let mut next = vec![value];
    while let Some(value) = next.pop() {
        match value {
            Value::String(text) => found.push(text.as_str()),
            Value::Array(items) => next.extend(items),
            Value::Object(fields) => {
                found.extend(fields.keys().map(String::as_str));
                next.extend(fields.values());
            }
            _ => {}
        }
    }
    found
}

/// SHA-256 of the definition with its keys in order.
fn fingerprint(definition: &Value) -> String {
    let mut hash = Sha256::new();
    canonical(definition, &mut hash);
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn canonical(value: &Value, hash: &mut Sha256) {
    match value {
        Value::Object(fields) => {
            let mut keys: Vec<&String> = fields.keys().collect();
            keys.sort_unstable();
            hash.update(b"{");
            for key in keys {
                hash.update(Value::String(key.clone()).to_string());
                hash.update(b":");
                canonical(&fields[key], hash);
                hash.update(b",");
            }
            hash.update(b"}");
        }
        Value::Array(items) => {
            hash.update(b"[");
            for item in items {
                canonical(item, hash);
                hash.update(b",");
            }
            hash.update(b"]");
        }
        other => hash.update(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(definitions: Value) -> (Vec<ToolInfo>, Vec<String>) {
        tools(List { entries: definitions.as_array().unwrap().clone(), notes: Vec::new() }, true)
    }

    #[test]
    fn one_bad_tool_hides_no_other() {
        let (tools, notes) = of(json!([
            {"name": "good", "inputSchema": {"type": "object"}, "x-vendor": {"b": 1, "a": 2}},
            {"name": "null", "inputSchema": null},
            {"name": "none"},
            {"name": "wrong", "inputSchema": {"type": "object", "properties": {"a": {"type": "int"}}}},
            {"name": "remote", "inputSchema": {"type": "object", "properties": {"a": {"$ref": "http://x/y"}}}},
            {"name": "good", "inputSchema": {"type": "object"}},
            {"inputSchema": {"type": "object"}},
            7,
        ]));
        let bad: Vec<&str> =
            tools.iter().filter(|tool| tool.problem.is_some()).map(|tool| tool.name.as_str()).collect();
        assert_eq!(bad, ["null", "none", "wrong", "remote"]);
        assert_eq!(tools[0].definition["x-vendor"], json!({"b": 1, "a": 2}));
        assert_eq!(notes.len(), 2, "{notes:?}");
    }

    #[test]
    fn a_fingerprint_sees_content_and_no_order() {
        let one = fingerprint(&json!({"a": 1, "b": [1, 2], "c": {"x": 1, "y": 2}}));
        assert_eq!(one, fingerprint(&json!({"c": {"y": 2, "x": 1}, "b": [1, 2], "a": 1})));
        assert_ne!(one, fingerprint(&json!({"a": 1, "b": [2, 1], "c": {"x": 1, "y": 2}})));
        assert_eq!(one.len(), 64);
    }

    #[test]
    fn hidden_characters_are_told() {
        let (tools, _) = of(
            json!([{"name": "t", "description": "add\u{200b}\u{e0041}", "inputSchema": {"type": "object"}}]),
        );
        assert!(tools[0].warnings[0].contains("2 characters"), "{:?}", tools[0].warnings);
    }

    #[test]
    fn marks_for_headers_are_checked() {
        let schema = |properties: Value| json!([{"name": "t", "inputSchema": {"type": "object", "properties": properties}}]);
        let is_fine = |properties: Value| of(schema(properties)).0[0].problem.is_none();
        assert!(is_fine(json!({"a": {"type": "string", "x-mcp-header": "Region"}})));
        assert!(!is_fine(json!({"a": {"type": "number", "x-mcp-header": "Region"}})));
        assert!(!is_fine(json!({"a": {"type": "string", "x-mcp-header": "Re gion"}})));
        assert!(!is_fine(
            json!({"a": {"type": "string", "x-mcp-header": "R"}, "b": {"type": "string", "x-mcp-header": "r"}})
        ));
        assert!(!is_fine(json!({"a": {"type": "array", "items": {"type": "string", "x-mcp-header": "R"}}})));
    }
}
