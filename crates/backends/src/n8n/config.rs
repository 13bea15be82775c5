//! Options and secrets of an n8n backend. The web page and the CLI draw their forms from the JSON Schema made here.

use std::{collections::BTreeMap, time::Duration};

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    port::Secrets,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

use crate::transport::TransportOptions;

/// Options of an n8n backend; none is a secret.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct N8nOptions {
    /// Address of webhooks, where it differs from the base URL (n8n's `WEBHOOK_URL`).
    pub(crate) webhook_base_url: Option<String>,
    /// First part of webhook paths (n8n's `N8N_ENDPOINT_WEBHOOK`).
    pub(crate) webhook_path: String,
    /// First part of the paths that resume waiting runs (n8n's `N8N_ENDPOINT_WEBHOOK_WAIT`).
    pub(crate) waiting_path: String,
    /// First part of form paths (n8n's `N8N_ENDPOINT_FORM`).
    pub(crate) form_path: String,
    /// First part of MCP trigger paths (n8n's `N8N_ENDPOINT_MCP`).
    pub(crate) mcp_path: String,
    /// Name of the header for webhooks with header authentication; its value is the secret `header_value`.
    pub(crate) header_name: Option<String>,
    /// Further headers of every request; secret ones go into secrets named `header:<Name>`.
    pub(crate) headers: BTreeMap<String, String>,
    /// Certificate (PEM) of a private authority.
    pub(crate) ca_certificate: Option<String>,
    /// Accept any certificate, also self-signed ones. Only for networks that you trust.
    pub(crate) accept_invalid_certificates: bool,
    /// Deadline for a connection, in milliseconds; 100 to 60000.
    pub(crate) connect_timeout_ms: u64,
    /// Deadline for answers of n8n's API, in milliseconds; 100 to 600000.
    pub(crate) first_byte_timeout_ms: u64,
    /// After this long without a byte a run is looked up in n8n's records, in milliseconds; 500 to 600000.
    pub(crate) silence_timeout_ms: u64,
    /// How long a run's execution is searched for before it counts as not recorded, in milliseconds; 500 to 600000.
    pub(crate) search_timeout_ms: u64,
}

impl Default for N8nOptions {
    fn default() -> Self {
        Self {
            webhook_base_url: None,
            webhook_path: "webhook".to_owned(),
            waiting_path: "webhook-waiting".to_owned(),
            form_path: "form".to_owned(),
            mcp_path: "mcp".to_owned(),
            header_name: None,
            headers: BTreeMap::new(),
            ca_certificate: None,
            accept_invalid_certificates: false,
            connect_timeout_ms: 5000,
            first_byte_timeout_ms: 10_000,
            silence_timeout_ms: 45_000,
            search_timeout_ms: 15_000,
        }
    }
}

/// A backend's configuration, checked.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// Address of n8n, without a slash at the end.
    pub(crate) base: Url,
    /// Address of webhooks, without a slash at the end.
    pub(crate) webhook_base: Url,
    /// Set when the backend is nothing but this one webhook or chat.
    pub(crate) only_webhook: Option<Url>,
    pub(crate) options: N8nOptions,
    pub(crate) secrets: Secrets,
}

impl Config {
    /// Checks options and address.
    pub(crate) fn new(base_url: &str, options: &Value, secrets: Secrets) -> Result<Self, Failure> {
        let options: N8nOptions = match options {
            Value::Null => N8nOptions::default(),
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
        let given = http_url(base_url, "/base_url")?;
        let marker = format!("/{}/", options.webhook_path);
        let (base, only_webhook) = match given.path().find(&marker) {
            Some(at) => {
                let mut base = given.clone();
                base.set_path(given.path().get(..at).unwrap_or_default());
                base.set_query(None);
                (base, Some(given))
            }
            None => (given, None),
        };
        let webhook_base = match &options.webhook_base_url {
            Some(text) => http_url(text, "/options/webhook_base_url")?,
            None => base.clone(),
        };
        Ok(Self { base, webhook_base, only_webhook, options, secrets })
    }

    pub(crate) fn has_key(&self) -> bool {
        self.secrets.get("api_key").is_some()
    }

    /// A secret of one entry, else the backend's.
    pub(crate) fn entry_secret(&self, entry: &str, name: &str) -> Option<&str> {
        self.secrets.get(&format!("entry:{entry}:{name}")).or_else(|| self.secrets.get(name))
    }

    pub(crate) fn transport(&self) -> TransportOptions {
        let mut headers: Vec<(String, String)> = self.options.headers.clone().into_iter().collect();
        let secret =
            self.secrets.iter().filter_map(|(name, value)| Some((name.strip_prefix("header:")?, value)));
        headers.extend(secret.map(|(name, value)| (name.to_owned(), value.to_owned())));
        TransportOptions {
            ca_certificate: self.options.ca_certificate.clone(),
            accept_invalid_certificates: self.options.accept_invalid_certificates,
            headers,
            connect: Duration::from_millis(self.options.connect_timeout_ms),
            first_byte: Duration::from_millis(self.options.first_byte_timeout_ms),
            silence: Duration::from_millis(self.options.silence_timeout_ms),
        }
    }

    /// `{base}/{path}`, keeping a sub-path of the base.
    pub(crate) fn url(&self, path: &str) -> Url {
        join(&self.base, path)
    }

    /// `{webhook base}/{prefix}/{path}` as text, with `:param` parts left as they are.
    pub(crate) fn entry_url(&self, prefix: &str, path: &str) -> String {
        format!(
            "{}/{prefix}/{}",
            self.webhook_base.as_str().trim_end_matches('/'),
            path.trim_start_matches('/')
        )
    }

    pub(crate) fn silence(&self) -> Duration {
        Duration::from_millis(self.options.silence_timeout_ms)
    }

    pub(crate) fn search_window(&self) -> Duration {
        Duration::from_millis(self.options.search_timeout_ms)
    }
}

/// A base and a path, whatever slashes they have.
pub(crate) fn join(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
    let joined = format!("{}/{}", base.path().trim_end_matches('/'), path.trim_start_matches('/'));
    url.set_path(&joined);
    url.set_query(query);
    url
}

fn http_url(text: &str, place: &str) -> Result<Url, Failure> {
    let wrong = |what: &str| {
        Failure::new(ErrorCode::InvalidUrl, format!("The address {what}.")).at(place).hint(
            "Give the address that you open n8n with in the browser, for example http://192.168.1.5:5678.",
        )
    };
    let mut url = Url::parse(text.trim()).map_err(|_| wrong("is not a URL"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(wrong("is not an http:// or https:// URL"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("holds a user or password; put them into secrets"));
    }
    url.set_fragment(None);
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

fn bounds(name: &str, value: u64, least: u64, most: u64) -> Result<(), Failure> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(Failure::new(ErrorCode::InvalidConfig, format!("{name} is {value}; it must be {least} to {most}."))
        .at(format!("/options/{name}")))
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
            "header_value": secret("Webhook header value", "For webhooks with header authentication; the name is the option `header_name`."),
            "jwt_secret": secret("Webhook JWT secret", "Shared secret (HS256); a short-lived token is made for every request."),
            "jwt": secret("Webhook JWT", "A ready token, in place of a secret."),
        },
        "patternProperties": {
            "^entry:[^:]+:(basic_user|basic_password|header_name|header_value|jwt_secret|jwt)$": secret("For one entry", "Overrides the secret of the same name for one entry point (by its id)."),
            "^header:.+$": secret("Header", "Sent with every request to this backend."),
        },
        "additionalProperties": false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(url: &str) -> Config {
        Config::new(url, &Value::Null, Secrets::new()).unwrap()
    }

    #[test]
    fn a_sub_path_is_kept() {
        assert_eq!(
            config("https://host/n8n/").url("api/v1/workflows?limit=1").as_str(),
            "https://host/n8n/api/v1/workflows?limit=1"
        );
    }

    #[test]
    fn a_webhook_url_makes_a_backend_of_one_webhook() {
        let config = config("http://host:5678/sub/webhook/ask?x=1");
        assert_eq!(config.base.as_str(), "http://host:5678/sub");
        assert_eq!(config.only_webhook.unwrap().path(), "/sub/webhook/ask");
    }

    #[test]
    fn a_wrong_option_is_placed() {
        let failure =
            Config::new("http://h", &json!({"connect_timeout_ms": "x"}), Secrets::new()).unwrap_err();
        assert_eq!(failure.place.as_deref(), Some("/options/connect_timeout_ms"));
        let failure = Config::new("ftp://h", &Value::Null, Secrets::new()).unwrap_err();
        assert_eq!(failure.code, ErrorCode::InvalidUrl);
        let failure = Config::new("http://u:p@h", &Value::Null, Secrets::new()).unwrap_err();
        assert!(!failure.message.contains('p') || failure.message.contains("password"));
    }
}
