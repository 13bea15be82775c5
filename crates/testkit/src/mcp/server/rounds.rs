//! Calls in several rounds (2026-07-28): what was answered so far travels in the state that the client sends back.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

use super::envelope::Fault;

/// All answers of a call so far: those of its state and those that came with it.
pub(super) fn answers(name: &str, params: &Value) -> Result<Map<String, Value>, Fault> {
    let mut answers = match params["requestState"].as_str() {
        Some(state) => {
            read(name, state).ok_or_else(|| Fault::new(-32602, "Invalid or expired requestState"))?
        }
        None => Map::new(),
    };
    if let Some(given) = params["inputResponses"].as_object() {
        answers.extend(given.clone());
    }
    Ok(answers)
}

fn read(name: &str, state: &str) -> Option<Map<String, Value>> {
    let bytes = URL_SAFE_NO_PAD.decode(state.strip_prefix("v1.")?).ok()?;
    let mut value: Value = serde_json::from_slice(&bytes).ok()?;
    if value["for"] != name {
        return None;
    }
    match value["answers"].take() {
        Value::Object(answers) => Some(answers),
        _ => None,
    }
}

/// The result that asks.
pub(super) fn result(name: &str, asks: Map<String, Value>, answers: &Map<String, Value>) -> Value {
    let mut result = Map::new();
    if !asks.is_empty() {
        result.insert("inputRequests".to_owned(), asks.into());
    }
    // One that keeps nothing sends no state: the client must not make one up.
    if name != "ask_stateless" {
        let state = json!({"for": name, "answers": answers}).to_string();
        result.insert("requestState".to_owned(), format!("v1.{}", URL_SAFE_NO_PAD.encode(state)).into());
    }
    result.insert("resultType".to_owned(), "input_required".into());
    Value::Object(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_holds_the_answers_and_fits_one_call_only() {
        let before = Map::from_iter([("first".to_owned(), json!({"action": "accept"}))]);
        let asked = result("ask", Map::from_iter([("second".to_owned(), json!({}))]), &before);
        let params = json!({"requestState": asked["requestState"], "inputResponses": {"second": 2}});
        let all = answers("ask", &params).unwrap();
        assert_eq!((&all["first"], &all["second"]), (&json!({"action": "accept"}), &json!(2)));
        assert_eq!(answers("other", &params).unwrap_err().code, -32602);
        assert_eq!(answers("ask", &json!({"requestState": "v1.tampered"})).unwrap_err().code, -32602);
    }
}
