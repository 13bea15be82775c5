//! Options and secrets of an n8n backend. The web page and the CLI draw their forms from the JSON Schemas made here.

use std::collections::BTreeMap;

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    port::Secrets,
};
use reqwest::header::{HeaderName, HeaderValue};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Secrets of the backend; those from the second on may also be given per entry.
const SECRETS: [&str; 7] =
    ["api_key", "basic_user", "basic_password", "header_name", "header_value", "jwt_secret", "jwt"];

/// Options of an n8n backend; none is a secret.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct N8nOptions {
    /// # Webhook address
    /// Address of webhooks, where it differs from the base URL (n8n's `WEBHOOK_URL`).
    #[schemars(url)]
    pub(crate) webhook_base_url: Option<String>,
    /// # Only active workflows
    /// Leaves out workflows that are switched off in n8n; they cannot be run anyway.
    pub(crate) only_active: bool,
    /// # Webhook path
    /// First part of webhook paths (n8n's `N8N_ENDPOINT_WEBHOOK`).
    pub(crate) webhook_path: String,
    /// # Waiting path
    /// First part of the paths that resume waiting runs (n8n's `N8N_ENDPOINT_WEBHOOK_WAIT`).
    pub(crate) waiting_path: String,
    /// # Form path
    /// First part of form paths (n8n's `N8N_ENDPOINT_FORM`).
    pub(crate) form_path: String,
    /// # MCP path
    /// First part of MCP trigger paths (n8n's `N8N_ENDPOINT_MCP`).
    pub(crate) mcp_path: String,
    /// # Webhook header
    /// Name of the header for webhooks with header authentication; its value is the secret `header_value`.
    pub(crate) header_name: Option<String>,
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
    /// Deadline for answers of n8n's API, in milliseconds; 100 to 600000. Runs have none.
    #[schemars(range(min = 100, max = 600_000))]
    pub(crate) first_byte_timeout_ms: u64,
    /// # Silence
    /// After this long without a byte a run is looked up in n8n's records, in milliseconds; 500 to 600000.
    #[schemars(range(min = 500, max = 600_000))]
    pub(crate) silence_timeout_ms: u64,
    /// # Search
    /// How long a run's execution is searched for before it counts as not recorded, in milliseconds; 500 to 600000.
    #[schemars(range(min = 500, max = 600_000))]
    pub(crate) search_timeout_ms: u64,
}

impl Default for N8nOptions {
    fn default() -> Self {
        Self {
            webhook_base_url: None,
            only_active: false,
            webhook_path: "webhook".to_owned(),
            waiting_path: "webhook-waiting".to_owned(),
            form_path: "form".to_owned(),
            mcp_path: "mcp".to_owned(),
            header_name: None,
            headers: BTreeMap::new(),
            ca_certificate: None,
            accept_invalid_certificates: false,
            proxy: None,
            connect_timeout_ms: 5000,
            first_byte_timeout_ms: 10_000,
            silence_timeout_ms: 45_000,
            search_timeout_ms: 15_000,
        }
    }
}

impl N8nOptions {
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
        bounds("search_timeout_ms", options.search_timeout_ms, 500, 600_000)?;
        for (name, path) in [
            ("webhook_path", &options.webhook_path),
            ("waiting_path", &options.waiting_path),
            ("form_path", &options.form_path),
            ("mcp_path", &options.mcp_path),
        ] {
            if path.trim_matches('/').is_empty() || path.contains(['?', '#', ' ']) {
                return Err(wrong(&format!("/options/{name}"), &format!("{name} is not a path.")));
            }
        }
        if options.header_name.as_deref().is_some_and(|name| HeaderName::try_from(name).is_err()) {
            return Err(wrong("/options/header_name", "header_name is not the name of a header."));
        }
        Ok(options)
    }
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

/// Refuses names that nothing reads, and values that no request can carry. White space around a key or header value
/// is cut off: keys come from files that end in a line break.
pub(super) fn check_secrets(secrets: Secrets) -> Result<Secrets, Failure> {
    let mut checked = Secrets::new();
    for (name, value) in secrets.iter() {
        let place = format!("/secrets/{name}");
        let kind = match name.strip_prefix("entry:").and_then(|rest| rest.rsplit_once(':')) {
            Some((entry, kind))
                if !entry.is_empty() && SECRETS.iter().skip(1).any(|known| *known == kind) =>
            {
                kind
            }
            _ if SECRETS.contains(&name) => name,
            _ if name.strip_prefix("header:").is_some_and(|header| !header.is_empty()) => "header",
            _ => {
                let message = format!("n8n backends have no secret named '{name}'.");
                return Err(wrong(&place, &message).hint(format!(
                    "Known are {}, 'header:<Name>' and 'entry:<entry id>:<secret>'.",
                    SECRETS.join(", ")
                )));
            }
        };
        // Passwords and shared secrets may begin or end in white space.
        let value = match kind {
            "basic_user" | "basic_password" | "jwt_secret" => value,
            _ => value.trim(),
        };
        let fits = match kind {
            "api_key" | "header_value" | "jwt" | "header" => HeaderValue::try_from(value).is_ok(),
            "header_name" => HeaderName::try_from(value).is_ok(),
            "basic_user" => !value.contains(':'),
            _ => true,
        };
        if !fits {
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
            "api_key": secret("API key", "n8n: Settings → n8n API. Scopes: workflow:list, workflow:read, execution:list, execution:read, execution:stop."),
            "basic_user": secret("Webhook user", "For webhooks and chats with basic authentication."),
            "basic_password": secret("Webhook password", "For webhooks and chats with basic authentication."),
            "header_name": secret("Webhook header name", "As the option of the same name, where the name too is a secret."),
            "header_value": secret("Webhook header value", "For webhooks with header authentication; the name is the option `header_name`."),
            "jwt_secret": secret("Webhook JWT secret", "Shared secret (HS256); a short-lived token is made for every request."),
            "jwt": secret("Webhook JWT", "A ready token, in place of a secret."),
        },
        "patternProperties": {
            "^entry:.+:(basic_user|basic_password|header_name|header_value|jwt_secret|jwt)$": secret("For one entry", "Overrides the secret of the same name for one entry point (by its id)."),
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
        let schema = schemars::schema_for!(N8nOptions).to_value();
        let properties = schema["properties"].as_object().unwrap();
        assert_eq!(properties.len(), 15);
        for (name, option) in properties {
            assert!(option["title"].is_string() && option["description"].is_string(), "{name}: {option}");
        }
        assert_eq!(schema["additionalProperties"], false);
    }

    #[test]
    fn the_schema_of_secrets_names_exactly_those_that_are_taken() {
        let schema = secrets_schema();
        let mut named: Vec<&str> =
            schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        named.sort_unstable();
        let mut taken = SECRETS.to_vec();
        taken.sort_unstable();
        assert_eq!(named, taken);
    }
}
