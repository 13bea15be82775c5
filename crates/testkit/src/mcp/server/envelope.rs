//! JSON-RPC messages in the order of keys and with the words in which the recorded servers write them.

use serde_json::{Map, Value, json};

use super::Face;

impl Face {
    pub(super) fn result(self, id: &Value, result: Value) -> Value {
        match self {
            Self::Everything => json!({"result": result, "jsonrpc": "2.0", "id": id}),
            Self::Lab => json!({"jsonrpc": "2.0", "id": id, "result": result}),
        }
    }

    pub(super) fn error(self, id: &Value, error: &Fault) -> Value {
        json!({"jsonrpc": "2.0", "id": id, "error": error.body()})
    }

    /// An error that belongs to no request.
    pub(super) fn refusal(self, fault: &Fault) -> Value {
        match self {
            Self::Everything => json!({"jsonrpc": "2.0", "error": fault.body(), "id": null}),
            Self::Lab => json!({"jsonrpc": "2.0", "id": null, "error": fault.body()}),
        }
    }

    /// A method that does not exist.
    pub(super) fn no_method(self, method: &str) -> Fault {
        let fault = Fault::new(-32601, "Method not found");
        match self {
            Self::Everything => fault,
            Self::Lab => fault.with(method.into()),
        }
    }

    /// The words of an error, as this SDK passes them on.
    pub(super) fn words(self, code: i64, words: impl std::fmt::Display) -> String {
        match self {
            Self::Everything => format!("MCP error {code}: {words}"),
            Self::Lab => words.to_string(),
        }
    }

    pub(super) fn notification(self, method: &str, params: Option<Value>) -> Value {
        let mut message = Map::new();
        if self == Self::Lab {
            message.insert("jsonrpc".to_owned(), "2.0".into());
        }
        message.insert("method".to_owned(), method.into());
        if let Some(params) = params {
            message.insert("params".to_owned(), params);
        }
        if self == Self::Everything {
            message.insert("jsonrpc".to_owned(), "2.0".into());
        }
        Value::Object(message)
    }

    pub(super) fn request(self, id: u64, method: &str, params: Option<Value>) -> Value {
        let mut message = self.notification(method, params);
        if self == Self::Everything {
            message["id"] = id.into();
            return message;
        }
        let Some(message) = message.as_object_mut() else { return message };
        let mut ordered = Map::new();
        ordered.insert("jsonrpc".to_owned(), "2.0".into());
        ordered.insert("id".to_owned(), id.into());
        ordered.extend(std::mem::take(message).into_iter().filter(|(name, _)| name != "jsonrpc"));
        Value::Object(ordered)
    }
}

/// A JSON-RPC error.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// Its code.
    pub code: i64,
    /// In words.
    pub message: String,
    /// Whatever else.
    pub data: Option<Value>,
}

impl Fault {
    /// Without data.
    #[must_use]
    pub fn new(code: i64, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), data: None }
    }

    /// With data.
    #[must_use]
    pub fn with(mut self, data: Value) -> Self {
        self.data = Some(data);
        self
    }

    pub(super) fn body(&self) -> Value {
        let mut body = json!({"code": self.code, "message": self.message});
        if let Some(data) = &self.data {
            body["data"] = data.clone();
        }
        body
    }
}
