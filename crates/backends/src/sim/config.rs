//! A Sim backend's configuration, checked: address, options, secrets. Does no IO.

use std::time::Duration;

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    port::Secrets,
};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use url::Url;

use super::options::{self, SimOptions, is_id};
use crate::transport::TransportOptions;

/// A backend's configuration, checked.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// Address of Sim, without a slash at the end.
    pub(crate) base: Url,
    pub(crate) options: SimOptions,
    pub(crate) secrets: Secrets,
    /// The workspace, where it was given.
    pub(crate) workspace: Option<String>,
    /// A workflow that tells the workspace.
    pub(crate) example: Option<String>,
    headers: HeaderMap,
    proxy: Option<Url>,
}

impl Config {
    /// Checks address, options and secrets.
    ///
    /// # Errors
    /// `InvalidUrl` or `InvalidConfig`, with the place.
    pub(crate) fn new(base_url: &str, options: &Value, secrets: Secrets) -> Result<Self, Failure> {
        let mut options = SimOptions::read(options)?;
        let secrets = options::check_secrets(secrets)?;
        let found = Address::of(base_url).map_err(|failure| failure.at("/base_url"))?;
        let mut place = (found.workspace, found.workflow);
        if let Some(text) = options.workspace.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            place = if is_id(text) {
                (Some(text.to_owned()), None)
            } else {
                let of = Address::of(text).map_err(|failure| failure.at("/options/workspace"))?;
                (of.workspace, of.workflow)
            };
        }
        options.chats.extend(found.chat);
        for chat in &mut options.chats {
            if !is_id(chat) {
                let of = Address::of(chat).map_err(|failure| failure.at("/options/chats"))?.chat;
                *chat = of.ok_or_else(|| {
                    Failure::new(ErrorCode::InvalidConfig, "That is not the address of a deployed chat.")
                        .at("/options/chats")
                        .hint("It ends in /chat/<identifier>.")
                })?;
            }
        }
        options.chats.dedup();
        let proxy = options.proxy.as_deref().map(proxy_url).transpose()?;
        let headers = headers(&options, &secrets)?;
        Ok(Self { base: found.base, options, secrets, workspace: place.0, example: place.1, headers, proxy })
    }

    /// Whether workflows can be listed, and runs looked up.
    pub(crate) fn has_key(&self) -> bool {
        self.secrets.get("api_key").is_some()
    }

    /// Whether a workflow runs durably unless a run says otherwise.
    pub(crate) fn is_durable(&self, id: &str, name: &str) -> bool {
        self.options.durable
            || self.options.durable_workflows.iter().any(|known| known == id || known == name)
    }

    /// How to reach it.
    pub(crate) fn transport(&self) -> TransportOptions {
        TransportOptions {
            ca_certificate: self.options.ca_certificate.clone(),
            accept_invalid_certificates: self.options.accept_invalid_certificates,
            proxy: self.proxy.clone(),
            headers: self.headers.clone(),
            connect: Duration::from_millis(self.options.connect_timeout_ms),
            first_byte: Duration::from_millis(self.options.first_byte_timeout_ms),
            silence: self.silence(),
        }
    }

    /// `{base}/{path}`, keeping a sub-path of the base.
    pub(crate) fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        url.set_path(&format!("{}/{}", self.base.path().trim_end_matches('/'), path.trim_start_matches('/')));
        url.set_query(query);
        url
    }

    pub(crate) fn silence(&self) -> Duration {
        Duration::from_millis(self.options.silence_timeout_ms)
    }

    pub(crate) fn longest(&self) -> Duration {
        Duration::from_millis(self.options.running_timeout_ms)
    }
}

/// What an address of a page of Sim tells: people copy the address of a workflow, of a workspace or of a deployed chat.
struct Address {
    base: Url,
    workspace: Option<String>,
    workflow: Option<String>,
    chat: Option<String>,
}

impl Address {
    fn of(text: &str) -> Result<Self, Failure> {
        let wrong = |what: &str| {
            Failure::new(ErrorCode::InvalidUrl, format!("The address {what}.")).hint(
                "Give the address that you open Sim with in the browser, for example http://192.168.1.5:3000.",
            )
        };
        let mut base = Url::parse(text.trim()).map_err(|_| wrong("is not a URL"))?;
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
            return Err(wrong("is not an http:// or https:// URL"));
        }
        if !base.username().is_empty() || base.password().is_some() {
            return Err(wrong("holds a user or password; put them into secrets"));
        }
        if base.query().is_some() {
            return Err(wrong("has a query; keys belong into the secrets"));
        }
        base.set_fragment(None);
        let path = base.path().trim_end_matches('/').to_owned();
        let (mut workspace, mut workflow, mut chat) = (None, None, None);
        let mut kept = path.strip_suffix("/api").unwrap_or(&path).to_owned();
        if let Some((before, rest)) = path.split_once("/workspace/") {
            kept = before.to_owned();
            let mut parts = rest.split('/');
            workspace = parts.next().filter(|id| is_id(id)).map(str::to_owned);
            if parts.next() == Some("w") {
                workflow = parts.next().filter(|id| is_id(id)).map(str::to_owned);
            }
        } else if let Some((before, rest)) = path.split_once("/chat/") {
            kept = before.trim_end_matches("/api").to_owned();
            chat = rest.split('/').next().filter(|id| is_id(id)).map(str::to_owned);
        } else if let Some((before, rest)) =
            path.split_once("/api/workflows/").or_else(|| path.split_once("/api/v2/workflows/"))
        {
            kept = before.to_owned();
            workflow = rest.split('/').next().filter(|id| is_id(id)).map(str::to_owned);
        }
        base.set_path(&kept);
        Ok(Self { base, workspace, workflow, chat })
    }
}

fn proxy_url(text: &str) -> Result<Url, Failure> {
    let url = Url::parse(text.trim()).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h")
            && url.host_str().is_some()
            && url.username().is_empty()
            && url.password().is_none()
    });
    url.ok_or_else(|| {
        Failure::new(ErrorCode::InvalidUrl, "The proxy is not a URL without user and password.")
            .at("/options/proxy")
            .hint("For example http://proxy:3128 or socks5://127.0.0.1:1080.")
    })
}

/// Headers of every request: options first, then secrets, which win.
fn headers(options: &SimOptions, secrets: &Secrets) -> Result<HeaderMap, Failure> {
    let mut map = HeaderMap::new();
    for (name, value) in &options.headers {
        let (name, value) = header(name, value, &format!("/options/headers/{name}"))?;
        map.insert(name, value);
    }
    for (secret, value) in secrets.iter() {
        let Some(name) = secret.strip_prefix("header:") else { continue };
        let (name, value) = header(name, value, &format!("/secrets/{secret}"))?;
        map.insert(name, value);
    }
    Ok(map)
}

fn header(name: &str, value: &str, place: &str) -> Result<(HeaderName, HeaderValue), Failure> {
    let wrong = |what: &str| Failure::new(ErrorCode::InvalidConfig, format!("'{name}' {what}.")).at(place);
    let key = HeaderName::try_from(name).map_err(|_| wrong("is not a header name"))?;
    // The transport's own, and those that decide how a run is executed.
    let own = ["host", "content-length", "transfer-encoding", "connection", "accept-encoding", "x-api-key"];
    let runs =
        ["x-execution-id", "x-execution-mode", "x-run-id", "x-stream-response", "x-sim-stream-protocol"];
    if own.contains(&key.as_str()) || runs.contains(&key.as_str()) {
        return Err(wrong("is a header that cannot be set for Sim"));
    }
    let mut value = HeaderValue::try_from(value).map_err(|_| wrong("has a value that no header can have"))?;
    value.set_sensitive(true);
    Ok((key, value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn workspace_workflow_and_chat_are_read_from_copied_addresses() {
        let config = |url: &str, options: Value| Config::new(url, &options, Secrets::new()).unwrap();
        let one = config("https://h/sub/workspace/ws-1/w/wf-1", Value::Null);
        assert_eq!(one.base.as_str(), "https://h/sub");
        assert_eq!((one.workspace.as_deref(), one.example.as_deref()), (Some("ws-1"), Some("wf-1")));
        assert_eq!(one.url("api/v1/workflows?limit=1").as_str(), "https://h/sub/api/v1/workflows?limit=1");
        let two = config("http://h:3000/", json!({"workspace": "http://h:3000/workspace/ws-2/home"}));
        assert_eq!((two.workspace.as_deref(), two.example), (Some("ws-2"), None));
        let three =
            config("http://h:3000/chat/support", json!({"chats": ["sales", "http://h:3000/chat/support"]}));
        assert_eq!(three.options.chats, ["sales", "support"]);
        let four = config("http://h/api/workflows/wf-4/execute", Value::Null);
        assert_eq!((four.base.as_str(), four.example.as_deref()), ("http://h/", Some("wf-4")));
    }

    #[test]
    fn wrong_configuration_is_placed() {
        let refused = |url: &str, options: Value, secrets: &[(&str, &str)]| {
            let secrets = secrets.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
            Config::new(url, &options, secrets).unwrap_err().place.unwrap()
        };
        assert_eq!(refused("ftp://h", Value::Null, &[]), "/base_url");
        assert_eq!(refused("http://h?key=1", Value::Null, &[]), "/base_url");
        assert_eq!(refused("http://h", json!({"chats": ["http://h/x"]}), &[]), "/options/chats");
        assert_eq!(refused("http://h", json!({"silence_timeout_ms": 1}), &[]), "/options/silence_timeout_ms");
        assert_eq!(
            refused("http://h", json!({"headers": {"x-api-key": "k"}}), &[]),
            "/options/headers/x-api-key"
        );
        assert_eq!(refused("http://h", Value::Null, &[("key", "x")]), "/secrets/key");
    }
}
