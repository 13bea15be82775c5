//! Options and secrets of a Sim Studio backend. The web page and the CLI draw their forms from the JSON Schemas made here.

use std::collections::BTreeMap;

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    port::Secrets,
};
use reqwest::header::HeaderValue;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Which of Sim's public interfaces to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Face {
    /// `/api/workflows`, `/api/v1`: on everywhere.
    Legacy,
    /// `/api/v2`: since 0.8.0, where the operator switched it on.
    V2,
}

/// Options of a Sim backend; none is a secret.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SimOptions {
    /// # Workspace
    /// Id of the workspace, or the address of any workflow in it. Needed where the key cannot list workspaces.
    pub(crate) workspace: Option<String>,
    /// # Interface
    /// Which of Sim's interfaces to use; detected when not set.
    pub(crate) interface: Option<Face>,
    /// # Public workflows
    /// Ids of public workflows to offer without an API key.
    pub(crate) workflows: Vec<String>,
    /// # Deployed chats
    /// Addresses or identifiers of deployed chats; a password goes into the secret `chat:<identifier>:password`.
    pub(crate) chats: Vec<String>,
    /// # Durable by default
    /// Run asynchronously unless a run says otherwise (entry `durable` or `live`): survives lost connections, has no live text.
    pub(crate) durable: bool,
    /// # Durable workflows
    /// Ids or names of workflows that run durably by default.
    pub(crate) durable_workflows: Vec<String>,
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
    /// Deadline for the head of an answer that is no stream, in milliseconds; 100 to 600000. Streams have none: Sim sends no head before its first frame.
    #[schemars(range(min = 100, max = 600_000))]
    pub(crate) first_byte_timeout_ms: u64,
    /// # Silence
    /// After this long without a byte (Sim sends no heartbeats) the status of a run is looked up, in milliseconds; 500 to 600000.
    #[schemars(range(min = 500, max = 600_000))]
    pub(crate) silence_timeout_ms: u64,
    /// # Longest run
    /// How long a run that Sim lists as going on is waited for, in milliseconds; 1000 to 86400000. Sim leaves runs that a restart killed listed as running.
    #[schemars(range(min = 1000, max = 86_400_000))]
    pub(crate) running_timeout_ms: u64,
}

impl Default for SimOptions {
    fn default() -> Self {
        Self {
            workspace: None,
            interface: None,
            workflows: Vec::new(),
            chats: Vec::new(),
            durable: false,
            durable_workflows: Vec::new(),
            headers: BTreeMap::new(),
            ca_certificate: None,
            accept_invalid_certificates: false,
            proxy: None,
            connect_timeout_ms: 5000,
            first_byte_timeout_ms: 15_000,
            silence_timeout_ms: 30_000,
            running_timeout_ms: 3_600_000,
        }
    }
}

impl SimOptions {
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
        bounds("silence_timeout_ms", options.silence_timeout_ms, 500, 600_000)?;
        bounds("running_timeout_ms", options.running_timeout_ms, 1000, 86_400_000)?;
        if let Some(id) = options.workflows.iter().find(|id| !is_id(id)) {
            let id: String = id.chars().take(80).collect();
            return Err(wrong("/options/workflows", &format!("'{id}' is not the id of a workflow.")));
        }
        Ok(options)
    }
}

/// Ids are UUIDs; identifiers of chats are short words.
pub(super) fn is_id(id: &str) -> bool {
    (1..=128).contains(&id.len())
        && id.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.'))
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

/// Refuses names that nothing reads, and values that no request can carry. White space around a key is cut off.
pub(super) fn check_secrets(secrets: Secrets) -> Result<Secrets, Failure> {
    let mut checked = Secrets::new();
    for (name, value) in secrets.iter() {
        let place = format!("/secrets/{name}");
        let chat = name.strip_prefix("chat:").and_then(|rest| rest.strip_suffix(":password"));
        let known = name == "api_key"
            || chat.is_some_and(is_id)
            || name.strip_prefix("header:").is_some_and(|header| !header.is_empty());
        if !known {
            let message = format!("Sim backends have no secret named '{name}'.");
            return Err(wrong(&place, &message)
                .hint("Known are api_key, 'chat:<identifier>:password' and 'header:<Name>'."));
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
            "api_key": secret("API key", "Sim: Settings, API keys. A personal key or one of the workspace (sk-sim-…)."),
        },
        "patternProperties": {
            "^chat:.+:password$": secret("Chat password", "Password of a deployed chat (by its identifier)."),
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
        let schema = schemars::schema_for!(SimOptions).to_value();
        let properties = schema["properties"].as_object().unwrap();
        assert_eq!(properties.len(), 14);
        for (name, option) in properties {
            assert!(option["title"].is_string() && option["description"].is_string(), "{name}: {option}");
        }
        assert_eq!(schema["additionalProperties"], false);
    }
}
