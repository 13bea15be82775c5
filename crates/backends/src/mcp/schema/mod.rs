//! JSON Schema: 2020-12 unless a schema names another dialect; remote references are never fetched, size, weight and time are bounded.

mod weight;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
        mpsc,
    },
    time::Duration,
};

use jackfield_protocol::error::Fault;
use jsonschema::{Draft, Validator};
use serde_json::Value;

use self::weight::{HEAVIEST, Weight, weigh};

/// Most work that is done at once where it was asked for: subschemas times values.
const AT_ONCE: u64 = 5_000_000;
/// How long a check of what may take long is waited for.
const PATIENCE: Duration = Duration::from_millis(1500);
/// Most checks that were given up and are still at work: nothing can end them.
const STUCK: usize = 4;
const TOO_LONG: &str = "checking with it takes too long";

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
    if let Weight::Of(weight) = weigh(schema)
        && weight > HEAVIEST
    {
        return Err(format!("its references multiply to more than {HEAVIEST} parts"));
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

/// A schema that is ready.
#[derive(Debug, Clone)]
struct Ready {
    validator: Arc<Validator>,
    weight: Weight,
}

/// Compiled schemas, by their text.
#[derive(Debug, Default)]
pub(crate) struct Compiled {
    known: Mutex<HashMap<String, Result<Ready, String>>>,
    stuck: Arc<AtomicUsize>,
}

impl Compiled {
    /// Everything that is wrong with a value.
    ///
    /// # Errors
    /// Why the schema cannot be used, also when a check with it takes too long.
    pub(crate) fn check(&self, schema: &Value, value: &Value) -> Result<Vec<Fault>, String> {
        let key = schema.to_string();
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        let ready = match known {
            Some(known) => known?,
            None => {
                let ready = compile(schema)
                    .map(|validator| Ready { validator: Arc::new(validator), weight: weigh(schema) });
                self.remember(key.clone(), ready.clone());
                ready?
            }
        };
        let work = match ready.weight {
            Weight::Of(weight) => weight.saturating_mul(values(value)),
            Weight::Open => u64::MAX,
        };
        if work <= AT_ONCE {
            return Ok(faults(&ready.validator, value));
        }
        let found = self.beside(ready.validator, value.clone());
        if found.is_err() {
            // It would hold up the next call as well.
            self.remember(key, Err(TOO_LONG.to_owned()));
        }
        found
    }

    fn remember(&self, key: String, ready: Result<Ready, String>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(key, ready);
    }

    /// Checks in a thread of its own, which is waited for only so long.
    fn beside(&self, validator: Arc<Validator>, value: Value) -> Result<Vec<Fault>, String> {
        if self.stuck.load(Relaxed) >= STUCK {
            return Err(TOO_LONG.to_owned());
        }
        let (tell, told) = mpsc::sync_channel(1);
        self.stuck.fetch_add(1, Relaxed);
        let stuck = self.stuck.clone();
        let check = move || {
            let found = faults(&validator, &value);
            stuck.fetch_sub(1, Relaxed);
            // Nobody may wait for it any more.
            let _ = tell.send(found);
        };
        let begun = std::thread::Builder::new().name("schema".to_owned()).spawn(check);
        if let Err(error) = begun {
            self.stuck.fetch_sub(1, Relaxed);
            return Err(format!("no thread can be had to check with it ({error})"));
        }
        waiting(|| told.recv_timeout(PATIENCE)).map_err(|_| TOO_LONG.to_owned())
    }
}

/// Waits without holding up what else the runtime has to do.
fn waiting<T>(wait: impl FnOnce() -> T) -> T {
    use tokio::runtime::{Handle, RuntimeFlavor};
    match Handle::try_current() {
        Ok(runtime) if runtime.runtime_flavor() == RuntimeFlavor::MultiThread => {
            tokio::task::block_in_place(wait)
        }
        _ => wait(),
    }
}

/// How many values there are in one.
fn values(value: &Value) -> u64 {
    match value {
        Value::Array(list) => list.iter().map(values).sum::<u64>() + 1,
        Value::Object(fields) => fields.values().map(values).sum::<u64>() + 1,
        _ => 1,
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

    fn multiplying() -> Value {
        let mut defs = serde_json::Map::new();
        for at in 0..34 {
            let next = json!({"$ref": format!("#/$defs/a{}", at + 1)});
            defs.insert(format!("a{at}"), json!({"allOf": [next, next]}));
        }
        defs.insert("a34".to_owned(), json!({"type": "integer"}));
        json!({"$defs": defs, "properties": {"x": {"$ref": "#/$defs/a0"}}})
    }

    #[test]
    fn schemas_that_cannot_be_used_say_why() {
        for (schema, why) in [
            (json!({"properties": {"a": {"type": "int"}}}), "/properties/a/type"),
            (json!({"$ref": "https://example.com/s.json"}), "never fetched"),
            (json!({"description": "x".repeat(LARGEST)}), "at most"),
            (json!(null), ""),
            (multiplying(), "multiply"),
        ] {
            let error = compile(&schema).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }

    #[test]
    fn a_check_that_would_never_end_is_given_up_and_not_begun_again() {
        // Doubles at every level of the value.
        let part = json!({"properties": {"n": {"$ref": "#"}}});
        let schema = json!({"allOf": [part, part, part]});
        let value = (0..60).fold(json!(1), |inner, _| json!({ "n": inner }));
        let compiled = Compiled::default();
        assert_eq!(compiled.check(&schema, &value).unwrap_err(), TOO_LONG);
        let again = std::time::Instant::now();
        assert_eq!(compiled.check(&schema, &value).unwrap_err(), TOO_LONG);
        assert!(again.elapsed() < PATIENCE, "it is known by now");
        assert!(
            compiled.check(&json!({"$ref": "#/x", "x": {"type": "string"}}), &json!(1)).unwrap().len() == 1
        );
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
