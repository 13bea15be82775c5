//! Options and secrets of an MCP backend. The web page and the CLI draw their forms from the JSON Schemas made here.

use std::collections::BTreeMap;

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    port::Secrets,
};
use reqwest::header::HeaderValue;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How a server at an address is reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HttpKind {
    /// Streamable HTTP, and HTTP+SSE where the server does not know it.
    #[default]
    Auto,
    /// Streamable HTTP (since 2025-03-26).
    StreamableHttp,
    /// HTTP+SSE of 2024-11-05, deprecated.
    HttpSse,
}

/// Which revision of the protocol is spoken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) enum Revision {
    /// The newest that both sides speak.
    #[default]
    #[serde(rename = "auto")]
    Auto,
    /// Of November 2024.
    #[serde(rename = "2024-11-05")]
    V2024_11_05,
    /// Of March 2025.
    #[serde(rename = "2025-03-26")]
    V2025_03_26,
    /// Of June 2025.
    #[serde(rename = "2025-06-18")]
    V2025_06_18,
    /// Of November 2025.
    #[serde(rename = "2025-11-25")]
    V2025_11_25,
    /// Of July 2026: without handshake and session.
    #[serde(rename = "2026-07-28")]
    V2026_07_28,
}

/// How a sign-in is done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SignInKind {
    /// A person signs in with a browser when the server asks for it.
    #[default]
    Browser,
    /// The hub itself is the client: `client_id` with the secret `client_secret`.
    ClientCredentials,
    /// As `client_credentials`, with a signed assertion in place of a secret: the secret `private_key` (PEM).
    PrivateKeyJwt,
    /// The hub itself, with a token of the platform that it runs on (workload identity): the secret `assertion`.
    Workload,
    /// By a company's identity provider, with the secret `idp_refresh_token` or `idp_id_token`.
    EnterpriseManaged,
    /// Never: a refusal is an error.
    Off,
}

/// How assertions are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum KeyAlgorithm {
    /// RSA, SHA-256.
    Rs256,
    /// RSA, SHA-384.
    Rs384,
    /// RSA, SHA-512.
    Rs512,
    /// ECDSA P-256, SHA-256.
    Es256,
    /// ECDSA P-384, SHA-384.
    Es384,
}

/// Options of an MCP backend; none is a secret.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct McpOptions {
    /// # Command
    /// Program of a local server, for the address `stdio:`. It runs as the hub's user: only start what you trust.
    pub(crate) command: Option<String>,
    /// # Arguments
    /// Arguments of the command, one an entry. `${secret:arg.N}` stands for the secret `arg.N`.
    pub(crate) args: Vec<String>,
    /// # Environment
    /// Further environment variables of the command; secret ones go into secrets named `env.NAME`. Of the hub's own environment
    /// it sees only PATH, HOME, the language and the like.
    pub(crate) env: BTreeMap<String, String>,
    /// # Working directory
    /// Where the command runs; the hub's own when not set.
    pub(crate) cwd: Option<String>,
    /// # Transport
    /// How a server at an address is reached; found out when `auto`.
    pub(crate) transport: HttpKind,
    /// # Protocol revision
    /// Which revision is spoken; `auto` finds the newest that both sides know.
    pub(crate) protocol: Revision,
    /// # Headers
    /// Further headers of every request; secret ones go into secrets named `header.NAME`.
    pub(crate) headers: BTreeMap<String, String>,
    /// # Sign-in
    /// What to do when the server asks for a sign-in (OAuth 2.1).
    pub(crate) sign_in: SignInKind,
    /// # Client id
    /// For servers that know their clients beforehand. Not needed where the server registers clients by itself.
    pub(crate) client_id: Option<String>,
    /// # Client metadata document
    /// `https://` address of a client id metadata document, used as the client id where the server takes such.
    #[schemars(url)]
    pub(crate) client_metadata_url: Option<String>,
    /// # Client issuer
    /// Authorization server that knows the client id; the first one that it is used at when not set.
    #[schemars(url)]
    pub(crate) client_issuer: Option<String>,
    /// # Key algorithm
    /// How assertions are signed with the private key: RS256, RS384, RS512, ES256 or ES384.
    pub(crate) key_algorithm: KeyAlgorithm,
    /// # Key id
    /// Which key it is, where the authorization server knows several.
    pub(crate) key_id: Option<String>,
    /// # Identity provider
    /// Issuer of the company's identity provider, for enterprise-managed sign-in.
    #[schemars(url)]
    pub(crate) idp_issuer: Option<String>,
    /// # Identity provider: token endpoint
    /// Where it gives tokens.
    #[schemars(url)]
    pub(crate) idp_token_endpoint: Option<String>,
    /// # Identity provider: client id
    /// The hub's client there.
    pub(crate) idp_client_id: Option<String>,
    /// # Authorization server on a private network
    /// Allow that the authorization server is on a private network, though the MCP server is not.
    pub(crate) private_authorization_server: bool,
    /// # Scopes
    /// Scopes to ask for, beside those that the server names.
    pub(crate) scopes: Vec<String>,
    /// # Roots
    /// Folders (paths or `file://` addresses) that the server is told it may work in. It is told, not confined.
    pub(crate) roots: Vec<String>,
    /// # Allow sampling
    /// Let the server use the language model below: it then costs what the server makes of it.
    pub(crate) allow_sampling: bool,
    /// # Sampling: address
    /// Base address of an OpenAI-compatible API for sampling, for example `http://127.0.0.1:11434/v1`. Its key is the secret `sampling_api_key`.
    #[schemars(url)]
    pub(crate) sampling_base_url: Option<String>,
    /// # Sampling: model
    /// Name of the model for sampling.
    pub(crate) sampling_model: Option<String>,
    /// # Log level
    /// Least level of the server's log messages in runs: debug, info, notice, warning, error, critical, alert, emergency.
    pub(crate) log_level: String,
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
    /// # Start deadline
    /// How long a local server may take to start, in milliseconds; 500 to 600000. Programs that are fetched first (`npx`, `uvx`) need longer.
    #[schemars(range(min = 500, max = 600_000))]
    pub(crate) start_timeout_ms: u64,
    /// # Probe deadline
    /// How long the question whether the server speaks the newest revision may stay unanswered, in milliseconds; 100 to 60000.
    #[schemars(range(min = 100, max = 60_000))]
    pub(crate) probe_timeout_ms: u64,
    /// # Connect deadline
    /// Deadline for a connection, in milliseconds; 100 to 60000.
    #[schemars(range(min = 100, max = 60_000))]
    pub(crate) connect_timeout_ms: u64,
    /// # Answer deadline
    /// Deadline for answers to everything but calls, in milliseconds; 100 to 600000.
    #[schemars(range(min = 100, max = 600_000))]
    pub(crate) answer_timeout_ms: u64,
    /// # Silence of calls
    /// A call without result or progress for this long is given up, in milliseconds; 500 to 86400000.
    #[schemars(range(min = 500, max = 86_400_000))]
    pub(crate) call_timeout_ms: u64,
    /// # Longest call
    /// A call is given up after this long, whatever its progress, in milliseconds; 1000 to 604800000.
    #[schemars(range(min = 1000, max = 604_800_000))]
    pub(crate) call_limit_ms: u64,
    /// # Largest message
    /// Largest message of the server, in MiB; 1 to 256. What is larger fails the one request that it answers.
    #[schemars(range(min = 1, max = 256))]
    pub(crate) message_limit_mib: u64,
}

impl Default for McpOptions {
    fn default() -> Self {
        Self {
            command: None,
            args: Vec::new(),
            env: BTreeMap::new(),
            cwd: None,
            transport: HttpKind::Auto,
            protocol: Revision::Auto,
            headers: BTreeMap::new(),
            sign_in: SignInKind::Browser,
            client_id: None,
            client_metadata_url: None,
            client_issuer: None,
            key_algorithm: KeyAlgorithm::Es256,
            key_id: None,
            idp_issuer: None,
            idp_token_endpoint: None,
            idp_client_id: None,
            private_authorization_server: false,
            scopes: Vec::new(),
            roots: Vec::new(),
            allow_sampling: false,
            sampling_base_url: None,
            sampling_model: None,
            log_level: "info".to_owned(),
            ca_certificate: None,
            accept_invalid_certificates: false,
            proxy: None,
            start_timeout_ms: 60_000,
            probe_timeout_ms: 2000,
            connect_timeout_ms: 5000,
            answer_timeout_ms: 30_000,
            call_timeout_ms: 300_000,
            call_limit_ms: 86_400_000,
            message_limit_mib: 32,
        }
    }
}

/// The levels of RFC 5424, least first.
const LEVELS: &[&str] = &["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];

impl McpOptions {
    /// Reads and checks options; `null` means all defaults.
    pub(super) fn read(value: &Value) -> Result<Self, Failure> {
        let options: Self = match value {
            Value::Null => Self::default(),
            value => serde_path_to_error::deserialize(value).map_err(|error| {
                let place = format!("/options/{}", error.path().to_string().replace('.', "/"));
                wrong(&place, &format!("An option does not fit: {}.", error.inner()))
                    .hint("`GET /api/v1/platforms` has the schema of all options.")
            })?,
        };
        for (name, value, least, most) in [
            ("start_timeout_ms", options.start_timeout_ms, 500, 600_000),
            ("probe_timeout_ms", options.probe_timeout_ms, 100, 60_000),
            ("connect_timeout_ms", options.connect_timeout_ms, 100, 60_000),
            ("answer_timeout_ms", options.answer_timeout_ms, 100, 600_000),
            ("call_timeout_ms", options.call_timeout_ms, 500, 86_400_000),
            ("call_limit_ms", options.call_limit_ms, 1000, 604_800_000),
            ("message_limit_mib", options.message_limit_mib, 1, 256),
        ] {
            if !(least..=most).contains(&value) {
                let message = format!("{name} is {value}; it must be {least} to {most}.");
                return Err(wrong(&format!("/options/{name}"), &message));
            }
        }
        if !LEVELS.contains(&options.log_level.as_str()) {
            let message = format!("log_level must be one of: {}.", LEVELS.join(", "));
            return Err(wrong("/options/log_level", &message));
        }
        if options.allow_sampling && (options.sampling_base_url.is_none() || options.sampling_model.is_none())
        {
            let message = "Sampling is allowed, but no language model is named.";
            return Err(wrong("/options/sampling_base_url", message)
                .hint("Give sampling_base_url and sampling_model, or switch allow_sampling off."));
        }
        Ok(options)
    }
}

pub(super) fn wrong(place: &str, message: &str) -> Failure {
    Failure::new(ErrorCode::InvalidConfig, message).at(place)
}

/// Names of secrets without a part of their own. `oauth` is written by the hub itself.
const PLAIN: &[&str] = &[
    "bearer_token",
    "client_secret",
    "private_key",
    "assertion",
    "idp_refresh_token",
    "idp_id_token",
    "idp_client_secret",
    "sampling_api_key",
    "oauth",
];

/// Refuses names that nothing reads, and values that no request can carry. White space around them is cut off, except
/// in a private key.
pub(super) fn check_secrets(secrets: &Secrets) -> Result<Secrets, Failure> {
    let mut checked = Secrets::new();
    for (name, value) in secrets.iter() {
        let place = format!("/secrets/{name}");
        let rest = |prefix: &str| name.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty());
        if !PLAIN.contains(&name) && !rest("env.") && !rest("header.") && !rest("arg.") && !rest("url.") {
            return Err(wrong(&place, &format!("MCP backends have no secret named '{name}'."))
                .hint("Known are bearer_token, client_secret, private_key, sampling_api_key, env.NAME, header.NAME, arg.N and url.N."));
        }
        let in_header = name.starts_with("header.") || name == "bearer_token" || name == "sampling_api_key";
        let value = if name == "private_key" { value } else { value.trim() };
        if (in_header && HeaderValue::try_from(value).is_err()) || value.contains('\0') {
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
            "bearer_token": secret("Bearer token", "Sent as `Authorization: Bearer …` to a server at an address."),
            "client_secret": secret("Client secret", "OAuth: secret of the client id in the options."),
            "private_key": secret("Private key", "OAuth: PEM (PKCS#8) for `private_key_jwt`."),
            "assertion": secret("Assertion", "OAuth: token of the platform that the hub runs on, for `workload`."),
            "idp_refresh_token": secret("Identity provider: refresh token", "For `enterprise_managed`."),
            "idp_id_token": secret("Identity provider: ID token", "For `enterprise_managed`, in place of a refresh token."),
            "idp_client_secret": secret("Identity provider: client secret", "For `enterprise_managed`, if the client there has one."),
            "sampling_api_key": secret("Sampling: API key", "Key of the language model that the server may use."),
        },
        "patternProperties": {
            "^env\\..+$": secret("Environment", "Environment variable of a local server's program."),
            "^header\\..+$": secret("Header", "Sent with every request to this server."),
            "^arg\\..+$": secret("Argument", "Put in place of `${secret:arg.N}` in an argument."),
            "^url\\..+$": secret("Address", "Put in place of `${secret:url.N}` in the address."),
        },
        "additionalProperties": false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_has_a_title_and_a_description_for_the_form() {
        let schema = schemars::schema_for!(McpOptions).to_value();
        for (name, option) in schema["properties"].as_object().unwrap() {
            assert!(option["title"].is_string() && option["description"].is_string(), "{name}: {option}");
        }
        assert_eq!(schema["additionalProperties"], false);
    }

    #[test]
    fn what_is_out_of_bounds_is_named() {
        let place = |options: Value| McpOptions::read(&options).unwrap_err().place.unwrap();
        assert_eq!(place(json!({"call_timeout_ms": 1})), "/options/call_timeout_ms");
        assert_eq!(place(json!({"log_level": "loud"})), "/options/log_level");
        assert_eq!(place(json!({"allow_sampling": true})), "/options/sampling_base_url");
        assert_eq!(place(json!({"args": [1]})), "/options/args[0]");
    }

    #[test]
    fn secrets_that_nobody_reads_are_refused() {
        let one = |name: &str, value: &str| {
            let secrets: Secrets = [(name.to_owned(), value.to_owned().into())].into_iter().collect();
            check_secrets(&secrets)
        };
        assert!(one("env.TOKEN", "x").is_ok());
        assert!(one("env.", "x").is_err());
        assert!(one("api_key", "x").is_err());
        assert!(one("bearer_token", "a\nb").is_err());
    }
}
