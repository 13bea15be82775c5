//! Takes out of a recording what belongs to the machine or is secret, and puts placeholders where the simulated
//! n8n puts its own values: `<BASE>`, `<HOST>`, `<LLM>`, `<TRACEPARENT>`, `<EXECUTION_ID>`, `<SUB_EXECUTION_1>` …,
//! `<RESUME_TOKEN>`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

/// Texts to replace, longest meaning first.
#[derive(Clone)]
pub(super) struct Redaction(Vec<(String, String)>);

impl Redaction {
    pub(super) fn of(base: &str, state: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let secrets = &state["secrets"];
        let user = text(&secrets["basicUser"]);
        let basic = STANDARD.encode(format!("{user}:{}", text(&secrets["basicPassword"])));
        let host = base.trim_start_matches("http://").to_owned();
        Self(vec![
            (text(&state["apiKey"]), "<API_KEY>".to_owned()),
            (text(&state["readKey"]), "<READ_KEY>".to_owned()),
            (text(&state["mcp"]["token"]), "<MCP_TOKEN>".to_owned()),
            (text(&secrets["headerValue"]), "<HEADER_VALUE>".to_owned()),
            (text(&secrets["basicPassword"]), "<BASIC_PASSWORD>".to_owned()),
            (basic, "<BASIC>".to_owned()),
            (text(&state["llmUrl"]), "<LLM>".to_owned()),
            (base.to_owned(), "<BASE>".to_owned()),
            (host, "<HOST>".to_owned()),
        ])
    }

    pub(super) fn with<'a>(&self, more: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut all: Vec<_> = more.into_iter().map(|(from, to)| (from.to_owned(), to.to_owned())).collect();
        all.extend(self.0.iter().cloned());
        Self(all)
    }

    pub(super) fn text(&self, text: &str) -> String {
        let replaced = self
            .0
            .iter()
            .filter(|(from, _)| !from.is_empty())
            .fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
        install_paths(&replaced)
    }
}

/// Replaces `/where/it/is/installed/node_modules/` by `<install>/node_modules/`, as it stands in stack traces.
fn install_paths(text: &str) -> String {
    const MARK: &str = "/node_modules/";
    let of_path = |c: char| c.is_ascii_alphanumeric() || "_.+/-@".contains(c);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(begin) = rest.find(of_path) {
        out.push_str(&rest[..begin]);
        let word = &rest[begin..];
        let end = word.find(|c| !of_path(c)).unwrap_or(word.len());
        let (path, after) = word.split_at(end);
        match (path.find('/'), path.find(MARK)) {
            (Some(root), Some(mark)) if root < mark => {
                out.push_str(&path[..root]);
                out.push_str("<install>");
                out.push_str(&path[mark..]);
            }
            _ => out.push_str(path),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The ids that n8n gave, and their placeholders.
#[derive(Debug, Clone, Default)]
pub(super) struct Ids {
    pub(super) executions: Vec<(String, String)>,
    pub(super) resume_token: Option<String>,
}

/// Replaces execution ids where they stand as ids: short numbers cannot be replaced as text.
pub(super) fn executions(mut value: Value, ids: &Ids) -> Value {
    walk(&mut value, "", ids);
    value
}

fn walk(value: &mut Value, key: &str, ids: &Ids) {
    match value {
        Value::Object(fields) => {
            let is_record = fields.contains_key("retryOf");
            for (key, value) in fields.iter_mut() {
                walk(value, if key == "id" && is_record { "executionId" } else { key }, ids);
            }
        }
        Value::Array(items) => {
            // A header is a pair of name and value.
            let name = match items.as_slice() {
                [Value::String(name), Value::String(_)] => name.to_lowercase(),
                _ => String::new(),
            };
            for item in items {
                walk(item, if name.ends_with("execution-id") { "executionId" } else { key }, ids);
            }
        }
        Value::String(text) => {
            for (id, placeholder) in &ids.executions {
                if key == "executionId" && text == id {
                    text.clone_from(placeholder);
                }
                for (before, after) in [
                    ("executionId\":\"", "\""),
                    ("executionId\\\":\\\"", "\\"),
                    ("webhook-waiting/", "?"),
                    ("webhook-waiting/", "/"),
                ] {
                    *text = text
                        .replace(&format!("{before}{id}{after}"), &format!("{before}{placeholder}{after}"));
                }
            }
            if let Some(token) = &ids.resume_token {
                *text = text.replace(token.as_str(), "<RESUME_TOKEN>");
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stack_traces_lose_the_install_path_and_keep_the_rest() {
        let text =
            "at x (/home/ann/n8n/node_modules/a@1/node_modules/b/c.js:1:2) at file:///opt/node_modules/d.js";
        assert_eq!(
            install_paths(text),
            "at x (<install>/node_modules/a@1/node_modules/b/c.js:1:2) at file:<install>/node_modules/d.js"
        );
    }

    #[test]
    fn short_ids_are_replaced_only_where_they_are_ids() {
        let ids = Ids {
            executions: vec![("7".to_owned(), "<EXECUTION_ID>".to_owned())],
            resume_token: Some("abc".to_owned()),
        };
        let value = serde_json::json!({
            "id": "7", "retryOf": null, "n": "7", "executionId": "7", "body": "{\"executionId\":\"7\",\"n\":\"7\"}",
            "url": "http://h/webhook-waiting/7?signature=abc", "headers": [["X-Execution-Id", "7"]],
        });
        let expected = serde_json::json!({
            "id": "<EXECUTION_ID>", "retryOf": null, "n": "7", "executionId": "<EXECUTION_ID>",
            "body": "{\"executionId\":\"<EXECUTION_ID>\",\"n\":\"7\"}",
            "url": "http://h/webhook-waiting/<EXECUTION_ID>?signature=<RESUME_TOKEN>",
            "headers": [["X-Execution-Id", "<EXECUTION_ID>"]],
        });
        assert_eq!(executions(value, &ids), expected);
    }
}
