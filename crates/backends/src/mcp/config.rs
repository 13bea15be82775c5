//! An MCP backend's configuration, checked: where the server is, options, secrets. Does no IO.

use std::{collections::BTreeMap, time::Duration};

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    import::fill_secrets,
    port::Secrets,
};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use url::Url;

use super::options::{self, HttpKind, McpOptions, Revision, wrong};
use crate::transport::TransportOptions;

/// Where a server is.
#[derive(Debug, Clone)]
pub(crate) enum Target {
    /// A program on the hub's machine.
    Program(Program),
    /// At an address.
    Http {
        /// The endpoint.
        url: Url,
        /// How it is reached.
        kind: HttpKind,
    },
}

/// A program, as it is started.
#[derive(Clone)]
pub(crate) struct Program {
    pub(crate) command: String,
    /// May hold secrets.
    pub(crate) args: Vec<String>,
    /// May hold secrets.
    pub(crate) env: BTreeMap<String, String>,
    pub(crate) cwd: Option<String>,
}

impl std::fmt::Debug for Program {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Program").field("command", &self.command).finish_non_exhaustive()
    }
}

/// A backend's configuration, checked.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub(crate) name: String,
    pub(crate) target: Target,
    pub(crate) options: McpOptions,
    pub(crate) secrets: Secrets,
    headers: HeaderMap,
    proxy: Option<Url>,
}

impl Config {
    /// Checks address, options and secrets.
    ///
    /// # Errors
    /// `InvalidUrl` or `InvalidConfig`, with the place.
    pub(crate) fn new(
        name: &str,
        base_url: &str,
        options: &Value,
        secrets: &Secrets,
    ) -> Result<Self, Failure> {
        let options = McpOptions::read(options)?;
        let secrets = options::check_secrets(secrets)?;
        let target = target(base_url.trim(), &options, &secrets)?;
        let proxy = options.proxy.as_deref().map(proxy_url).transpose()?;
        let headers = headers(&options, &secrets)?;
        Ok(Self { name: name.to_owned(), target, options, secrets, headers, proxy })
    }

    /// How to reach a server at an address.
    pub(crate) fn transport(&self) -> TransportOptions {
        TransportOptions {
            ca_certificate: self.options.ca_certificate.clone(),
            accept_invalid_certificates: self.options.accept_invalid_certificates,
            proxy: self.proxy.clone(),
            headers: self.headers.clone(),
            connect: Duration::from_millis(self.options.connect_timeout_ms),
            // A call answers with its head when it has ended: it has deadlines of its own.
            first_byte: self.call_limit(),
            silence: self.call_limit(),
        }
    }

    pub(crate) fn is_local(&self) -> bool {
        matches!(self.target, Target::Program(_))
    }

    pub(crate) fn revision(&self) -> Revision {
        self.options.protocol
    }

    pub(crate) fn probe_deadline(&self) -> Duration {
        Duration::from_millis(self.options.probe_timeout_ms)
    }

    pub(crate) fn answer_deadline(&self) -> Duration {
        Duration::from_millis(self.options.answer_timeout_ms)
    }

    /// How long a connection may take in all.
    pub(crate) fn connect_deadline(&self) -> Duration {
        match self.target {
            Target::Program(_) => Duration::from_millis(self.options.start_timeout_ms),
            Target::Http { .. } => {
                Duration::from_millis(self.options.connect_timeout_ms) + self.answer_deadline()
            }
        }
    }

    pub(crate) fn call_silence(&self) -> Duration {
        Duration::from_millis(self.options.call_timeout_ms)
    }

    pub(crate) fn call_limit(&self) -> Duration {
        Duration::from_millis(self.options.call_limit_ms)
    }

    /// Largest message, in bytes.
    pub(crate) fn message_limit(&self) -> usize {
        usize::try_from(self.options.message_limit_mib).unwrap_or(256).saturating_mul(1024 * 1024)
    }

    /// Where the server is, in words, without secrets.
    pub(crate) fn place(&self) -> String {
        match &self.target {
            Target::Program(program) => format!("'{}'", program.command),
            Target::Http { url, .. } => match (url.host_str(), url.port_or_known_default()) {
                (Some(host), Some(port)) => format!("{host}:{port}"),
                _ => "the server".to_owned(),
            },
        }
    }
}

fn target(base_url: &str, options: &McpOptions, secrets: &Secrets) -> Result<Target, Failure> {
    let hint = "Give the server's address (for example http://127.0.0.1:8000/mcp), or 'stdio:' with a command in the options.";
    if base_url.strip_suffix("//").unwrap_or(base_url) == "stdio:" {
        return program(options, secrets).map(Target::Program);
    }
    if options.command.is_some() {
        return Err(wrong("/options/command", "A command is only for the address 'stdio:'.").hint(hint));
    }
    let refuse = |what: &str| {
        Failure::new(ErrorCode::InvalidUrl, format!("The address {what}.")).at("/base_url").hint(hint)
    };
    let filled = fill_secrets(base_url, secrets).map_err(|failure| failure.at("/base_url"))?;
    let mut url = Url::parse(&filled).map_err(|_| refuse("is not a URL"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(refuse("is not an http:// or https:// URL"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("holds a user or password; put them into the secret 'header.Authorization'"));
    }
    url.set_fragment(None);
    Ok(Target::Http { url, kind: options.transport })
}

fn program(options: &McpOptions, secrets: &Secrets) -> Result<Program, Failure> {
    let command = options.command.as_deref().map(str::trim).filter(|command| !command.is_empty());
    let Some(command) = command else {
        return Err(wrong("/options/command", "A local server needs a command.")
            .hint("For example command 'npx' with the arguments '-y' and '@modelcontextprotocol/server-everything'."));
    };
    let mut args = Vec::with_capacity(options.args.len());
    for (at, arg) in options.args.iter().enumerate() {
        args.push(fill_secrets(arg, secrets).map_err(|failure| failure.at(format!("/options/args/{at}")))?);
    }
    let mut env = options.env.clone();
    for (name, value) in secrets.iter() {
        if let Some(name) = name.strip_prefix("env.") {
            env.insert(name.to_owned(), value.to_owned());
        }
    }
    let unusable = |text: &str| text.contains('\0');
    if unusable(command) || args.iter().any(|arg| unusable(arg)) {
        return Err(wrong("/options/args", "A command line cannot hold a zero character."));
    }
    for (name, value) in &env {
        if name.is_empty() || name.contains('=') || unusable(name) || unusable(value) {
            let shown: String = name.chars().take(80).collect();
            return Err(wrong("/options/env", &format!("'{shown}' cannot be an environment variable.")));
        }
    }
    Ok(Program { command: command.to_owned(), args, env, cwd: options.cwd.clone() })
}

fn proxy_url(text: &str) -> Result<Url, Failure> {
    let url = Url::parse(text).map_err(|_| wrong("/options/proxy", "The proxy is not a URL."))?;
    let known = matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h");
    if !known || !url.username().is_empty() || url.password().is_some() {
        return Err(wrong(
            "/options/proxy",
            "The proxy must be http://, https:// or socks5://, without user and password.",
        ));
    }
    Ok(url)
}

/// Headers that the protocol or the connection sets by itself.
const RESERVED: &[&str] = &[
    "accept",
    "content-length",
    "content-type",
    "connection",
    "host",
    "last-event-id",
    "mcp-method",
    "mcp-name",
    "mcp-protocol-version",
    "mcp-session-id",
    "transfer-encoding",
];

fn headers(options: &McpOptions, secrets: &Secrets) -> Result<HeaderMap, Failure> {
    let plain = options
        .headers
        .iter()
        .map(|(name, value)| (format!("/options/headers/{name}"), name.as_str(), value.as_str(), false));
    let secret = secrets.iter().filter_map(|(name, value)| {
        let header = name.strip_prefix("header.")?;
        Some((format!("/secrets/{name}"), header, value, true))
    });
    let mut headers = HeaderMap::new();
    for (place, name, value, is_secret) in plain.chain(secret) {
        let parsed = HeaderName::try_from(name)
            .map_err(|_| wrong(&place, &format!("'{name}' is not the name of a header.")))?;
        if RESERVED.contains(&parsed.as_str()) {
            return Err(wrong(&place, &format!("The header '{name}' is set by the connection itself.")));
        }
        let mut value = HeaderValue::try_from(value)
            .map_err(|_| wrong(&place, &format!("The value of '{name}' cannot be sent in a header.")))?;
        value.set_sensitive(is_secret);
        headers.insert(parsed, value);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn config(url: &str, options: Value, secrets: &[(&str, &str)]) -> Result<Config, Failure> {
        let secrets =
            secrets.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned().into())).collect();
        Config::new("test", url, &options, &secrets)
    }

    #[test]
    fn a_program_gets_its_secrets_and_shows_none() {
        let options = json!({"command": "srv", "args": ["--key=${secret:arg.0}", "x"], "env": {"A": "1"}});
        let config = config("stdio:", options, &[("arg.0", "canary"), ("env.B", "canary2")]).unwrap();
        let Target::Program(program) = &config.target else { panic!("{config:?}") };
        assert_eq!(program.args, ["--key=canary", "x"]);
        assert_eq!(program.env["B"], "canary2");
        assert!(!format!("{config:?}").contains("canary"));
    }

    #[test]
    fn an_address_gets_its_secrets_and_shows_none() {
        let secrets = [("url.1", "canary")];
        let config = config("http://h/s/${secret:url.1}/mcp", json!({}), &secrets).unwrap();
        let Target::Http { url, .. } = &config.target else { panic!("{config:?}") };
        assert_eq!(url.path(), "/s/canary/mcp");
        assert!(!config.place().contains("canary"));
    }

    #[test]
    fn what_cannot_be_is_named() {
        let place = |url: &str, options: Value, secrets: &[(&str, &str)]| {
            config(url, options, secrets).unwrap_err().place.unwrap()
        };
        assert_eq!(place("ftp://h", json!({}), &[]), "/base_url");
        assert_eq!(place("http://user@h/mcp", json!({}), &[]), "/base_url");
        assert_eq!(place("stdio:", json!({}), &[]), "/options/command");
        assert_eq!(place("http://h/mcp", json!({"command": "x"}), &[]), "/options/command");
        let missing = json!({"command": "x", "args": ["${secret:arg.9}"]});
        assert_eq!(place("stdio:", missing, &[]), "/options/args/0");
        assert_eq!(
            place("http://h", json!({"headers": {"Mcp-Method": "x"}}), &[]),
            "/options/headers/Mcp-Method"
        );
        assert_eq!(place("http://h", json!({}), &[("header.B\n", "x")]), "/secrets/header.B\n");
    }
}
