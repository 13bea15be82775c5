//! A Flowise backend's configuration, checked: address, options, secrets. Does no IO.

use std::time::Duration;

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    port::Secrets,
};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use url::Url;

use super::options::{self, FlowiseOptions};
use crate::transport::TransportOptions;

/// A backend's configuration, checked.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// Address of Flowise, without a slash at the end.
    pub(crate) base: Url,
    pub(crate) options: FlowiseOptions,
    pub(crate) secrets: Secrets,
    headers: HeaderMap,
    proxy: Option<Url>,
}

impl Config {
    /// Checks address, options and secrets.
    ///
    /// # Errors
    /// `InvalidUrl` or `InvalidConfig`, with the place.
    pub(crate) fn new(base_url: &str, options: &Value, secrets: Secrets) -> Result<Self, Failure> {
        let mut options = FlowiseOptions::read(options)?;
        let secrets = options::check_secrets(secrets)?;
        let (base, flow) = base(base_url)?;
        options.flows.extend(flow);
        options.flows.dedup();
        let proxy = options.proxy.as_deref().map(proxy_url).transpose()?;
        let headers = headers(&options, &secrets)?;
        Ok(Self { base, options, secrets, headers, proxy })
    }

    /// Whether flows can be listed and runs recovered.
    pub(crate) fn has_key(&self) -> bool {
        self.secrets.get("api_key").is_some()
    }

    /// The key for a flow that is bound to one.
    pub(crate) fn flow_key(&self, flow: &str) -> Option<&str> {
        self.secrets.get(&format!("entry:{flow}:api_key")).or_else(|| self.secrets.get("api_key"))
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

    pub(crate) fn recovery(&self) -> Duration {
        Duration::from_millis(self.options.recovery_timeout_ms)
    }

    pub(crate) fn longest(&self) -> Duration {
        Duration::from_millis(self.options.running_timeout_ms)
    }

    pub(crate) fn whole(&self) -> Duration {
        Duration::from_millis(self.options.whole_timeout_ms)
    }
}

/// The address of Flowise, and the flow whose address was given in its place: people copy the address of a prediction, of the API, or of a page.
fn base(text: &str) -> Result<(Url, Option<String>), Failure> {
    let wrong = |what: &str| {
        Failure::new(ErrorCode::InvalidUrl, format!("The address {what}.")).at("/base_url").hint(
            "Give the address that you open Flowise with in the browser, for example http://192.168.1.5:3000.",
        )
    };
    let mut url = Url::parse(text.trim()).map_err(|_| wrong("is not a URL"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(wrong("is not an http:// or https:// URL"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("holds a user or password; put them into secrets"));
    }
    if url.query().is_some() {
        return Err(wrong("has a query; keys belong into the secrets"));
    }
    url.set_fragment(None);
    let path = url.path().trim_end_matches('/').to_owned();
    let mut flow = None;
    let mut kept = path.strip_suffix("/api/v1").unwrap_or(&path).to_owned();
    for word in ["/api/v1/prediction/", "/v2/agentcanvas/", "/agentcanvas/", "/canvas/", "/chatbot/"] {
        if let Some((before, id)) = path.split_once(word) {
            if !options::is_flow_id(id) {
                return Err(wrong("does not end in the id of a flow"));
            }
            kept = before.to_owned();
            flow = Some(id.to_owned());
            break;
        }
    }
    url.set_path(&kept);
    Ok((url, flow))
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
fn headers(options: &FlowiseOptions, secrets: &Secrets) -> Result<HeaderMap, Failure> {
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
    // The transport's own, and one that switches Flowise to the login of its own pages.
    let own =
        ["host", "content-length", "transfer-encoding", "connection", "accept-encoding", "x-request-from"];
    if own.contains(&key.as_str()) {
        return Err(wrong("is a header that cannot be set for Flowise"));
    }
    let mut value = HeaderValue::try_from(value).map_err(|_| wrong("has a value that no header can have"))?;
    value.set_sensitive(true);
    Ok((key, value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn config(url: &str) -> Config {
        Config::new(url, &Value::Null, Secrets::new()).unwrap()
    }

    fn refused(url: &str, options: &Value, secrets: &[(&str, &str)]) -> Failure {
        let secrets = secrets.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
        Config::new(url, options, secrets).unwrap_err()
    }

    #[test]
    fn a_sub_path_is_kept_and_copied_addresses_are_understood() {
        for url in ["https://host/fw/", " https://host/fw", "https://host/fw/api/v1/"] {
            let url = config(url).url("api/v1/chatflows?page=1");
            assert_eq!(url.as_str(), "https://host/fw/api/v1/chatflows?page=1");
        }
        let one = config("https://host/fw/api/v1/prediction/e70ca005-88f1-47fb-a216-fef271c82af2");
        assert_eq!(one.base.as_str(), "https://host/fw");
        assert_eq!(one.options.flows, ["e70ca005-88f1-47fb-a216-fef271c82af2"]);
        assert_eq!(config("http://h:3000/v2/agentcanvas/abc").base.as_str(), "http://h:3000/");
    }

    #[test]
    fn wrong_configuration_is_placed() {
        let none = Value::Null;
        let cases = [
            (refused("http://h", &json!({"connect_timeout_ms": 1}), &[]), "/options/connect_timeout_ms"),
            (refused("http://h", &json!({"stream_format": "xml"}), &[]), "/options/stream_format"),
            (refused("http://h", &json!({"flows": ["a/b"]}), &[]), "/options/flows"),
            (refused("http://h", &json!({"nope": 1}), &[]), "/options/nope"),
            (
                refused("http://h", &json!({"headers": {"x-request-from": "internal"}}), &[]),
                "/options/headers/x-request-from",
            ),
            (refused("http://h", &json!({"proxy": "http://u:p@h"}), &[]), "/options/proxy"),
            (refused("http://h", &none, &[("apikey", "x")]), "/secrets/apikey"),
            (refused("http://h", &none, &[("api_key", "a\nb")]), "/secrets/api_key"),
            (refused("http://h?key=1", &none, &[]), "/base_url"),
            (refused("ftp://h", &none, &[]), "/base_url"),
            (refused("http://user:canary@h", &none, &[]), "/base_url"),
        ];
        for (failure, place) in cases {
            assert_eq!(failure.place.as_deref(), Some(place), "{failure}");
            assert!(!format!("{failure:?}").contains("canary"));
        }
    }

    #[test]
    fn debug_output_holds_no_secret() {
        let secrets = ["api_key", "header:X-Token", "entry:f1:api_key"]
            .into_iter()
            .map(|name| (name.to_owned(), "canary".into()))
            .collect();
        let config = Config::new("http://h", &Value::Null, secrets).unwrap();
        assert!(!format!("{config:?}").contains("canary"));
    }
}
