//! Sim's record of a run: its status, its output, what it waits for. Both faces give the same under different names.

use serde_json::Value;

use super::api::taken;

/// The status of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// Queued, running, or being stored.
    Going,
    /// Waits for a person or for time.
    Paused,
    Completed,
    Failed,
    Cancelled,
}

/// What Sim says of a run.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) status: Status,
    /// Why it failed.
    pub(crate) error: String,
    /// Output of the last block; null while it runs.
    pub(crate) output: Value,
    /// What it waits for.
    pub(crate) paused: Value,
}

impl Record {
    /// Reads an answer of the status call (recordings `execution-status`, `v2-run`).
    pub(crate) fn read(mut value: Value) -> Option<Self> {
        let status = match value["status"].as_str()? {
            "completed" | "success" => Status::Completed,
            "failed" => Status::Failed,
            "cancelled" => Status::Cancelled,
            "paused" => Status::Paused,
            _ => Status::Going,
        };
        let error = &value["error"];
        let error = error.as_str().or_else(|| error["message"].as_str()).unwrap_or_default().to_owned();
        let place = if value["finalOutput"].is_null() { "/output" } else { "/finalOutput" };
        let output = taken(&mut value, place);
        Some(Self { status, error, output, paused: taken(&mut value, "/paused") })
    }
}

/// The text of an output: an agent's words, a function's result, else the whole of it.
pub(crate) fn text(output: &Value) -> Option<String> {
    let whole = |value: &Value| serde_json::to_string_pretty(value).ok();
    match output {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Object(fields) if fields.is_empty() => None,
        Value::Object(fields) => {
            // A response block: its own body in an envelope.
            if fields.contains_key("data") && fields.contains_key("status") && fields.contains_key("headers")
            {
                return text(&output["data"]);
            }
            for name in ["content", "result"] {
                match fields.get(name) {
                    Some(Value::String(text)) => return Some(text.clone()),
                    Some(Value::Null) | None => {}
                    // A child workflow: its own output in an envelope.
                    Some(inner @ Value::Object(_)) if inner["content"].is_string() => return text(inner),
                    Some(other) if name == "result" => return whole(other),
                    Some(_) => {}
                }
            }
            whole(output)
        }
        other => whole(other),
    }
    .filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_faces_are_read() {
        let legacy = Record::read(json!({"status": "completed", "finalOutput": {"content": "a"}, "totalDurationMs": 216, "error": null, "paused": null})).unwrap();
        assert_eq!((legacy.status, text(&legacy.output).as_deref()), (Status::Completed, Some("a")));
        let v2 =
            Record::read(json!({"status": "queued", "output": null, "error": {"message": "x"}})).unwrap();
        assert_eq!((v2.status, v2.error.as_str()), (Status::Going, "x"));
        assert!(Record::read(json!({"error": "no"})).is_none());
    }

    #[test]
    fn an_output_has_one_text() {
        assert_eq!(text(&json!({"result": {"ok": true}, "stdout": ""})).unwrap(), "{\n  \"ok\": true\n}");
        assert_eq!(
            text(&json!({"data": {"echo": "hi"}, "status": 201, "headers": {}})).unwrap(),
            "{\n  \"echo\": \"hi\"\n}"
        );
        assert_eq!(text(&json!({})), None);
    }
}
