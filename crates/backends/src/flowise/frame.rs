//! One event of Flowise's stream: `{"event": name, "data": …}`, whatever framing it came in.

use serde_json::Value;

/// What a stream says, one piece after the other.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Frame {
    /// Name of the event.
    pub(crate) event: String,
    /// Its data.
    pub(crate) data: Value,
}

impl Frame {
    /// Reads one JSON document; a sentence says why it is no frame.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, &'static str> {
        let mut value: Value = serde_json::from_slice(bytes).map_err(|_| "not JSON")?;
        let Some(event) = value["event"].as_str().map(str::to_owned) else {
            return Err("JSON without the name of an event");
        };
        Ok(Self { event, data: value["data"].take() })
    }
}
