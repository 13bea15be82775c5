//! One frame of n8n's stream. Every field is optional to a careful reader.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// The types that are known (1.101 to 2.41).
const KNOWN: [&str; 5] = ["begin", "item", "end", "error", "keepalive"];

/// A frame.
#[derive(Debug)]
pub(crate) struct Frame {
    /// Its `type`.
    pub(crate) kind: String,
    /// Its `content` as text; JSON that is no text is written out.
    pub(crate) content: Option<String>,
    /// Where it comes from.
    pub(crate) meta: Meta,
}

/// `metadata` of a frame.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Meta {
    node_id: Option<String>,
    node_name: Option<String>,
    item_index: Option<u64>,
    run_index: Option<u64>,
    timestamp: Option<f64>,
}

#[derive(Deserialize)]
struct Wire {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    content: Option<Value>,
    #[serde(default)]
    metadata: Option<Meta>,
}

impl Frame {
    /// Reads a line.
    ///
    /// # Errors
    /// Says in words why the line is no frame.
    pub(crate) fn read(line: &[u8]) -> Result<Self, &'static str> {
        let wire: Wire = serde_json::from_slice(line).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => "JSON that is not a frame of n8n's stream",
            _ if line.trim_ascii_start().starts_with(b"<") => {
                "a web page in the middle of the stream (a proxy?)"
            }
            _ => "not JSON",
        })?;
        let content = wire.content.and_then(|content| match content {
            Value::Null => None,
            Value::String(text) => Some(text),
            other => Some(other.to_string()),
        });
        Ok(Self { kind: wire.kind, content, meta: wire.metadata.unwrap_or_default() })
    }

    /// Whether a line is a frame of a known type.
    pub(crate) fn is_known(line: &[u8]) -> bool {
        Self::read(line).is_ok_and(|frame| KNOWN.contains(&frame.kind.as_str()))
    }
}

impl Meta {
    /// The node's name, else its id.
    pub(crate) fn node(&self) -> &str {
        self.node_name.as_deref().or(self.node_id.as_deref()).unwrap_or("node")
    }

    /// Which run of the node, from 0.
    pub(crate) fn run(&self) -> u64 {
        self.run_index.unwrap_or_default()
    }

    /// Which item, from 0.
    pub(crate) fn item(&self) -> u64 {
        self.item_index.unwrap_or_default()
    }

    /// n8n's clock; `error` frames have none.
    pub(crate) fn time(&self) -> Option<Timestamp> {
        let millis = self.timestamp.filter(|millis| millis.is_finite() && *millis > 0.0)?;
        Timestamp::from_millisecond(millis as i64).ok()
    }
}
