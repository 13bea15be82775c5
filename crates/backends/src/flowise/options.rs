//! Options and secrets of a Flowise backend. The web page and the CLI draw their forms from the JSON Schemas made here.

use std::collections::BTreeMap;

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    port::Secrets,
};
use reqwest::header::HeaderValue;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::framing::StreamFormat;

/// Options of a Flowise backend; none is a secret.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct FlowiseOptions {
    /// # Flows
    /// Ids of flows to offer without an API key; with a key all flows are found.
    pub(crate) flows: Vec<String>,
    /// # Stream format
    /// How streams are framed; told by the answer itself when not set.
    pub(crate) stream_format: Option<StreamFormat>,
    /// # Headers
    /// Further headers of every request; secret ones go into secrets named `header:<Name>`.
    pub(crate) headers: BTreeMap<String, String>,
    /// # CA certificate
    /// Certificate (PEM) of a private authority; the machine's own authorities stay trusted.
    pub(crate) ca_certificate: Option<String>,
    /// # Accept invalid certificates
    /// Accept any certificate, also self-signed ones. Only for networks that you trust.
    pub(crate) accept_invalid_certificates: bool,
    /// # Proxy
    /// `http://`, `https://` or `socks5://` proxy without user and password. The environment's proxies are not used.
    #[schemars(url)]
    pub(crate) proxy: Option<String>,
    /// # Connect deadline
    /// Deadline for a connection, in milliseconds; 100 to 60000.
    #[schemars(range(min = 100, max = 60_000))]
    pub(crate) connect_timeout_ms: u64,
    /// # Answer deadline
    /// Deadline for the head of an answer, in milliseconds; 100 to 600000. Runs that do not stream have `whole_timeout_ms`.
    #[schemars(range(min = 100, max = 600_000))]
    pub(crate) first_byte_timeout_ms: u64,
    /// # Deadline of whole answers
    /// How long a run that does not stream may take to answer, in milliseconds; 1000 to 86400000.
    #[schemars(range(min = 1000, max = 86_400_000))]
    pub(crate) whole_timeout_ms: u64,
    /// # Silence
    /// After this long without a byte (Flowise sends a heartbeat every 30 s since 3.1.2) a run is looked up in Flowise's records, in milliseconds; 500 to 600000.
    #[schemars(range(min = 500, max = 600_000))]
    pub(crate) silence_timeout_ms: u64,
    /// # Recovery
    /// How long the stored answer of a lost run is waited for, in milliseconds; 1000 to 86400000. Flowise keeps nothing of a chat flow that failed.
    #[schemars(range(min = 1000, max = 86_400_000))]
    pub(crate) recovery_timeout_ms: u64,
    /// # Longest agentflow
    /// How long a lost agentflow that Flowise lists as going on is waited for, in milliseconds; 1000 to 86400000.
    #[schemars(range(min = 1000, max = 86_400_000))]
    pub(crate) running_timeout_ms: u64,
}

impl Default for FlowiseOptions {
    fn default() -> Self {
        Self {
            flows: Vec::new(),
            stream_format: None,
            headers: BTreeMap::new(),
            ca_certificate: None,
            accept_invalid_certificates: false,
            proxy: None,
            connect_timeout_ms: 5000,
            first_byte_timeout_ms: 10_000,
            whole_timeout_ms: 600_000,
            silence_timeout_ms: 75_000,
            recovery_timeout_ms: 300_000,
            running_timeout_ms: 3_600_000,
        }
    }
}

impl FlowiseOptions {
    /// Reads and checks options; `null` means all defaults.
    pub(super) fn read(value: &Value) -> Result<Self, Failure> {
        let options: Self = match value {
            Value::Null => Self::default(),
            value => serde_path_to_error::deserialize(value).map_err(|error| {
                let place = format!("/options/{}", error.path().to_string().replace('.', "/"));
                Failure::new(ErrorCode::InvalidConfig, format!("An option does not fit: {}.", error.inner()))
                    .at(place)
                    .hint("`GET /api/v1/platforms` has the schema of all options.")
            })?,
        };
        bounds("connect_timeout_ms", options.connect_timeout_ms, 100, 60_000)?;
        bounds("first_byte_timeout_ms", options.first_byte_timeout_ms, 100, 600_000)?;
        bounds("whole_timeout_ms", options.whole_timeout_ms, 1000, 86_400_000)?;
        bounds("silence_timeout_ms", options.silence_timeout_ms, 500, 600_000)?;
        bounds("recovery_timeout_ms", options.recovery_timeout_ms, 1000, 86_400_000)?;
        bounds("running_timeout_ms", options.running_timeout_ms, 1000, 86_400_000)?;
        if let Some(id) = options.flows.iter().find(|id| !is_flow_id(id)) {
            let id: String = id.chars().take(80).collect();
            return Err(wrong("/options/flows", &format!("'{id}' is not the id of a flow.")));
        }
        Ok(options)
    }
}

/// Flow ids are UUIDs; older installations may have others.
pub(super) fn is_flow_id(id: &str) -> bool {
    (1..=100).contains(&id.len())
        && id.chars().all(|char| char.is_ascii_alphanumeric() || char == '-' || char == '_')
}

fn bounds(name: &str, value: u64, least: u64, most: u64) -> Result<(), Failure> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(wrong(&format!("/options/{name}"), &format!("{name} is {value}; it must be {least} to {most}.")))
}

fn wrong(place: &str, message: &str) -> Failure {
    Failure::new(ErrorCode::InvalidConfig, message).at(place)
}

/// Refuses names that nothing reads, and values that no request can carry. White space around a key is cut off: keys come from files that end
/// in a line break.
pub(super) fn check_secrets(secrets: Secrets) -> Result<Secrets, Failure> {
    let mut checked = Secrets::new();
    for (name, value) in secrets.iter() {
        let place = format!("/secrets/{name}");
        let flow = name.strip_prefix("entry:").and_then(|rest| rest.strip_suffix(":api_key"));
        let known = name == "api_key"
            || flow.is_some_and(is_flow_id)
            || name.strip_prefix("header:").is_some_and(|header| !header.is_empty());
        if !known {
            let message = format!("Flowise backends have no secret named '{name}'.");
            return Err(wrong(&place, &message)
                .hint("Known are api_key, 'entry:<flow id>:api_key' and 'header:<Name>'."));
        }
        let value = value.trim();
        if HeaderValue::try_from(value).is_err() {
            return Err(wrong(&place, &format!("The secret '{name}' has characters that cannot be sent.")));
        }
        checked.set(name, value.into());
    }
    Ok(checked)
}

/// JSON Schema of the secrets.
pub(crate) fn secrets_schema() -> Value {
    let secret = |title: &str, description: &str| json!({"type": "string", "title": title, "description": description, "format": "password"});
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {
            "api_key": secret("API key", "Flowise: API Keys. Permissions: chatflows:view, agentflows:view, executions:view, assistants:view."),
        },
        "patternProperties": {
            "^entry:.+:api_key$": secret("For one flow", "The key that this flow is bound to, where it is another one (by the flow's id)."),
            "^header:.+$": secret("Header", "Sent with every request to this backend."),
        },
        "additionalProperties": false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_has_a_title_and_a_description_for_the_form() {
        let schema = schemars::schema_for!(FlowiseOptions).to_value();
        let properties = schema["properties"].as_object().unwrap();
        assert_eq!(properties.len(), 12);
        for (name, option) in properties {
            assert!(option["title"].is_string() && option["description"].is_string(), "{name}: {option}");
        }
        assert_eq!(schema["additionalProperties"], false);
    }
}
