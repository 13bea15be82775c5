//! JSON Schema: 2020-12 unless a schema names another dialect; remote references are never fetched, size and depth are bounded.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use jackfield_protocol::error::Fault;
use jsonschema::{Draft, Validator};
use serde_json::Value;

/// Largest schema, in bytes of JSON.
const LARGEST: usize = 512 * 1024;
/// Most compiled schemas that are kept.
const KEPT: usize = 2000;
/// Most faults that are told.
const FAULTS: usize = 50;

/// Compiles a schema. A schema that names no dialect and is none of 2020-12 is tried as an older one: many servers still
/// write draft-07 without saying so.
///
/// # Errors
/// Why it cannot be used, in words.
pub(crate) fn compile(schema: &Value) -> Result<Validator, String> {
    let size = schema.to_string().len();
    if size > LARGEST {
        return Err(format!("it has {size} bytes; at most {LARGEST} are read"));
    }
    let first = match jsonschema::options().build(schema) {
        Ok(validator) => return Ok(validator),
        Err(error) => error,
    };
    let is_silent = schema.get("$schema").is_none();
    for draft in [Draft::Draft7, Draft::Draft201909] {
        if is_silent && let Ok(validator) = jsonschema::options().with_draft(draft).build(schema) {
            return Ok(validator);
        }
    }
    let message = first.to_string();
    if message.contains("retrieving it failed") {
        return Err("it refers to a schema elsewhere, and such are never fetched".to_owned());
    }
    let place = first.instance_path().to_string();
    let short: String = message.chars().take(300).collect();
    Err(if place.is_empty() { short } else { format!("at {place}: {short}") })
}

/// Everything that is wrong with a value.
fn faults(validator: &Validator, value: &Value) -> Vec<Fault> {
    validator
        .iter_errors(value)
        .take(FAULTS)
        .map(|error| Fault {
            place: error.instance_path().to_string(),
            message: error.to_string().chars().take(500).collect(),
        })
        .collect()
}

/// Compiled schemas, by their text.
#[derive(Debug, Default)]
pub(crate) struct Compiled(Mutex<HashMap<String, Result<Arc<Validator>, String>>>);

impl Compiled {
    /// Everything that is wrong with a value.
    ///
    /// # Errors
    /// Why the schema cannot be used.
    pub(crate) fn check(&self, schema: &Value, value: &Value) -> Result<Vec<Fault>, String> {
        let key = schema.to_string();
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        let validator = match known {
            Some(known) => known?,
            None => {
                let compiled = compile(schema).map(Arc::new);
                let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                if all.len() >= KEPT {
                    all.clear();
                }
                all.insert(key, compiled.clone());
                compiled?
            }
        };
        Ok(faults(&validator, value))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_fault_has_its_place_and_expectation() {
        let schema = json!({"type": "object", "required": ["a"], "additionalProperties": false,
            "properties": {"a": {"type": "integer", "minimum": 3}, "b": {"enum": ["x"]}}});
        let found = Compiled::default().check(&schema, &json!({"a": 1, "b": "q", "c": 1})).unwrap();
        let places: Vec<&str> = found.iter().map(|fault| fault.place.as_str()).collect();
        assert_eq!(places, ["/a", "/b", ""]);
        assert!(found[0].message.contains("minimum of 3"), "{found:?}");
    }

    #[test]
    fn schemas_that_cannot_be_used_say_why() {
        for (schema, why) in [
            (json!({"properties": {"a": {"type": "int"}}}), "/properties/a/type"),
            (json!({"$ref": "https://example.com/s.json"}), "never fetched"),
            (json!({"description": "x".repeat(LARGEST)}), "at most"),
            (json!(null), ""),
        ] {
            let error = compile(&schema).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }

    #[test]
    fn older_dialects_and_cycles_are_read() {
        let tuple = json!({"type": "array", "items": [{"type": "string"}]});
        assert_eq!(faults(&compile(&tuple).unwrap(), &json!([1])).len(), 1);
        let named = json!({"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"});
        assert!(compile(&named).unwrap().is_valid(&json!({})));
        for cycle in [json!({"$ref": "#"}), json!({"allOf": [{"$ref": "#"}]})] {
            let _ = compile(&cycle).map(|validator| validator.is_valid(&json!({})));
        }
    }
}
