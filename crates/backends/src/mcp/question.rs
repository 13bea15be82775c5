//! What a server asks of a person: elicitation by form or by address; and the answer in the server's form.

use jackfield_protocol::{
    error::{ErrorCode, Failure, Fault},
    event::{Choice, InputKind, InputRequired},
    ids::InputRequestId,
    model::InputAnswer,
};
use serde_json::{Map, Value, json};

use super::schema;

/// Longest prompt, in characters.
const PROMPT: usize = 4000;
/// Largest form, in fields.
const FIELDS: usize = 200;

const ACCEPT: &str = "accept";
const DECLINE: &str = "decline";
const CANCEL: &str = "cancel";

/// The question of an `elicitation/create`. `server`: who asks.
pub(crate) fn of(id: &str, params: &Value, server: &str) -> InputRequired {
    let message = params["message"].as_str().unwrap_or_default().trim();
    let asks = if message.is_empty() { "The server asks something.".to_owned() } else { message.to_owned() };
    let prompt: String = format!("{server}: {asks}").chars().take(PROMPT).collect();
    let is_url =
        params["mode"] == "url" || (params["url"].is_string() && params["requestedSchema"].is_null());
    let choice = |id: &str, label: &str| Choice { id: id.to_owned(), label: label.to_owned() };
    if is_url {
        let url = params["url"].as_str().unwrap_or_default();
        let (prompt, url) = match warning(url) {
            Some(warning) => (format!("{prompt}\n{warning}"), openable(url)),
            None => (prompt, Some(url.to_owned())),
        };
        return InputRequired {
            request_id: InputRequestId(id.to_owned()),
            kind: InputKind::External,
            prompt,
            choices: vec![
                choice(ACCEPT, "I have opened the page"),
                choice(DECLINE, "No"),
                choice(CANCEL, "Cancel"),
            ],
            schema: None,
            expires_at: None,
            url,
        };
    }
    InputRequired {
        request_id: InputRequestId(id.to_owned()),
        kind: InputKind::Form,
        prompt,
        choices: vec![choice(ACCEPT, "Send"), choice(DECLINE, "Decline"), choice(CANCEL, "Cancel")],
        schema: Some(form(&params["requestedSchema"])),
        expires_at: None,
        url: None,
    }
}

/// Only what a browser may open.
fn openable(url: &str) -> Option<String> {
    let parsed = url::Url::parse(url).ok()?;
    matches!(parsed.scheme(), "http" | "https").then(|| url.to_owned())
}

/// What a person should know of an address before opening it.
fn warning(url: &str) -> Option<String> {
    let Ok(parsed) = url::Url::parse(url) else { return Some("Its address is not valid.".to_owned()) };
    if !matches!(parsed.scheme(), "http" | "https") {
        return Some(format!(
            "Its address is not a web page ({}:), and is not offered to be opened.",
            parsed.scheme()
        ));
    }
    let host = parsed.host_str().unwrap_or_default();
    if host.split('.').any(|label| label.starts_with("xn--")) {
        return Some(format!(
            "Look closely: the name of the host ({host}) is written with letters that may look like others."
        ));
    }
    if !parsed.username().is_empty() {
        return Some(format!("Look closely: the page is at {host}, not at what stands before the @."));
    }
    None
}

/// A flat object of plain fields; what a server puts beside that is dropped.
fn form(asked: &Value) -> Value {
    let mut form = Map::new();
    form.insert("type".to_owned(), json!("object"));
    let fields = asked["properties"].as_object();
    let fields: Map<String, Value> = fields
        .into_iter()
        .flatten()
        .filter(|(_, field)| field.is_object())
        .take(FIELDS)
        .map(|(name, field)| (name.clone(), titled(field.clone())))
        .collect();
    let required: Vec<&Value> = asked["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|name| name.as_str().is_some_and(|name| fields.contains_key(name)))
        .collect();
    form.insert("required".to_owned(), json!(required));
    form.insert("properties".to_owned(), Value::Object(fields));
    Value::Object(form)
}

/// Enumerations with titles beside them (2025-06-18's `enumNames`) in the form that every reader knows.
fn titled(mut field: Value) -> Value {
    let names = field.get("enumNames").and_then(Value::as_array).cloned();
    if let (Some(names), Some(values)) = (names, field.get("enum").and_then(Value::as_array).cloned())
        && let Some(fields) = field.as_object_mut()
    {
        let options: Vec<Value> = values
            .iter()
            .enumerate()
            .map(|(at, value)| json!({"const": value, "title": names.get(at).unwrap_or(value)}))
            .collect();
        fields.remove("enum");
        fields.remove("enumNames");
        fields.insert("oneOf".to_owned(), Value::Array(options));
    }
    field
}

/// Checks an answer before it counts.
///
/// # Errors
/// `InvalidInput`, with every fault.
pub(crate) fn check(question: &InputRequired, answer: &InputAnswer) -> Result<(), Failure> {
    let choice = answer.choice.as_deref().unwrap_or(ACCEPT);
    if ![ACCEPT, DECLINE, CANCEL].contains(&choice) {
        let shown: String = choice.chars().take(40).collect();
        let message = format!("'{shown}' is not among the choices.");
        return Err(Failure::new(ErrorCode::InvalidInput, message)
            .at("/choice")
            .hint("Use accept, decline or cancel."));
    }
    if choice != ACCEPT || question.kind != InputKind::Form {
        return Ok(());
    }
    let (Some(form), data) = (&question.schema, answer.data.clone().unwrap_or_else(|| json!({}))) else {
        return Ok(());
    };
    let Ok(validator) = schema::compile(form) else { return Ok(()) };
    let faults: Vec<Fault> = validator
        .iter_errors(&data)
        .take(20)
        .map(|error| Fault {
            place: format!("/data{}", error.instance_path()),
            message: error.to_string().chars().take(300).collect(),
        })
        .collect();
    match faults.first() {
        None => Ok(()),
        Some(first) => {
            let message = format!("The answer does not fit the form: {}", first.message);
            Err(Failure::new(ErrorCode::InvalidInput, message).at(first.place.clone()).faults(faults))
        }
    }
}

/// The answer in the server's form (`ElicitResult`).
pub(crate) fn result(kind: InputKind, answer: &InputAnswer) -> Value {
    let action = answer.choice.as_deref().unwrap_or(ACCEPT);
    if action == ACCEPT && kind == InputKind::Form {
        return json!({"action": action, "content": answer.data.clone().unwrap_or_else(|| json!({}))});
    }
    json!({ "action": action })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(params: Value) -> InputRequired {
        of("q", &params, "srv")
    }

    #[test]
    fn a_form_is_checked_before_it_is_sent() {
        let question = ask(
            json!({"message": "Who?", "requestedSchema": {"type": "object", "required": ["name", "gone"],
            "properties": {"name": {"type": "string", "minLength": 1}, "c": {"type": "string", "enum": ["r"], "enumNames": ["Red"]}, "bad": 7}}}),
        );
        assert_eq!((question.kind, question.prompt.as_str()), (InputKind::Form, "srv: Who?"));
        assert_eq!(question.schema.as_ref().unwrap()["required"], json!(["name"]));
        let answer = |choice: &str, data: Value| InputAnswer {
            choice: Some(choice.to_owned()),
            text: None,
            data: Some(data),
        };
        let failure = check(&question, &answer("accept", json!({"name": "", "c": "x"}))).unwrap_err();
        assert_eq!(failure.faults.len(), 2);
        assert_eq!(failure.faults[0].place, "/data/name");
        assert!(check(&question, &answer("accept", json!({"name": "n", "c": "r"}))).is_ok());
        assert!(check(&question, &answer("decline", json!({}))).is_ok());
        assert!(check(&question, &answer("maybe", json!({}))).is_err());
        assert_eq!(
            result(question.kind, &answer("decline", json!({"name": 1}))),
            json!({"action": "decline"})
        );
    }

    #[test]
    fn addresses_are_looked_at() {
        let plain = ask(json!({"mode": "url", "message": "m", "url": "https://example.com/x"}));
        assert_eq!((plain.kind, plain.url.as_deref()), (InputKind::External, Some("https://example.com/x")));
        let odd = ask(json!({"mode": "url", "message": "m", "url": "javascript:alert(1)"}));
        assert_eq!(odd.url, None);
        let puny = ask(json!({"mode": "url", "message": "m", "url": "https://xn--pple-43d.com/"}));
        assert!(puny.prompt.contains("Look closely"), "{}", puny.prompt);
    }
}
