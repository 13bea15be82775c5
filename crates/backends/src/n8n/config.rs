//! An n8n backend's configuration, checked: addresses, options, secrets. Does no IO.

use std::time::Duration;

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    port::Secrets,
};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use url::Url;

use super::options::{self, N8nOptions};
use crate::transport::TransportOptions;

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
    headers: HeaderMap,
    proxy: Option<Url>,
}

impl Config {
    /// Checks address, options and secrets.
    ///
    /// # Errors
    /// `InvalidUrl` or `InvalidConfig`, with the place.
    pub(crate) fn new(base_url: &str, options: &Value, secrets: Secrets) -> Result<Self, Failure> {
        let options = N8nOptions::read(options)?;
        let secrets = options::check_secrets(secrets)?;
        let given = http_url(base_url, "/base_url")?;
        let (base, only_webhook) = match webhook_prefix(&given, &options.webhook_path)? {
            Some(prefix) => {
                let mut base = given.clone();
                base.set_path(prefix);
                base.set_query(None);
                (base, Some(given.clone()))
            }
            None => (without_api_path(given)?, None),
        };
        let webhook_base = match &options.webhook_base_url {
            Some(text) => http_url(text, "/options/webhook_base_url")?,
            None => base.clone(),
        };
        let proxy = options.proxy.as_deref().map(proxy_url).transpose()?;
        let headers = headers(&options, &secrets)?;
        Ok(Self { base, webhook_base, only_webhook, options, secrets, headers, proxy })
    }

    /// Whether n8n's API can be asked.
    pub(crate) fn has_key(&self) -> bool {
        self.secrets.get("api_key").is_some()
    }

    /// A secret of one entry, else the backend's.
    pub(crate) fn entry_secret(&self, entry: &str, name: &str) -> Option<&str> {
        self.secrets.get(&format!("entry:{entry}:{name}")).or_else(|| self.secrets.get(name))
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
        join(&self.base, path)
    }

    /// `{webhook base}/{prefix}/{path}` as text, with `:param` parts left as they are.
    pub(crate) fn entry_url(&self, prefix: &str, path: &str) -> String {
        let base = self.webhook_base.as_str().trim_end_matches('/');
        format!("{base}/{}/{}", prefix.trim_matches('/'), path.trim_start_matches('/'))
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

/// What lies before `/webhook/…` in the address of one webhook, or before the last three parts of `…/{id}/chat`.
fn webhook_prefix<'a>(url: &'a Url, webhook_path: &str) -> Result<Option<&'a str>, Failure> {
    let path = url.path();
    let word = webhook_path.trim_matches('/');
    if path.contains(&format!("/{word}-test/")) {
        return Err(Failure::new(
            ErrorCode::InvalidUrl,
            "This is a test URL: it answers only while n8n's editor listens for it.",
        )
        .at("/base_url")
        .hint("Use the production URL of the webhook, and activate the workflow."));
    }
    if let Some(at) = path.find(&format!("/{word}/")) {
        return Ok(path.get(..at));
    }
    let chat = path.strip_suffix("/chat").and_then(|rest| rest.rsplit_once('/'));
    Ok(chat.and_then(|(rest, _id)| rest.rsplit_once('/')).map(|(prefix, _word)| prefix))
}

/// People copy the address of the API or of the editor.
fn without_api_path(mut url: Url) -> Result<Url, Failure> {
    if url.query().is_some() {
        return Err(Failure::new(ErrorCode::InvalidUrl, "The address of n8n has no query.")
            .at("/base_url")
            .hint("Leave out what follows the question mark; keys belong into the secrets."));
    }
    if let Some(base) = url.path().strip_suffix("/api/v1").map(str::to_owned) {
        url.set_path(&base);
    }
    Ok(url)
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
fn headers(options: &N8nOptions, secrets: &Secrets) -> Result<HeaderMap, Failure> {
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
    // These are the transport's own: another value would break the framing of requests or the streaming of answers.
    if ["host", "content-length", "transfer-encoding", "connection", "accept-encoding"]
        .contains(&key.as_str())
    {
        return Err(wrong("is a header that Jackfield sets itself"));
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
    fn a_sub_path_is_kept_and_the_path_of_the_api_left_out() {
        for url in ["https://host/n8n/", "https://host/n8n", " https://host/n8n/api/v1/ "] {
            let url = config(url).url("api/v1/workflows?limit=1");
            assert_eq!(url.as_str(), "https://host/n8n/api/v1/workflows?limit=1");
        }
        assert_eq!(config("https://host").entry_url("webhook", "a/:b"), "https://host/webhook/a/:b");
    }

    #[test]
    fn a_webhook_url_makes_a_backend_of_one_webhook() {
        let config = config("http://host:5678/sub/webhook/ask?x=1");
        assert_eq!(config.base.as_str(), "http://host:5678/sub");
        assert_eq!(config.only_webhook.unwrap().path(), "/sub/webhook/ask");
    }

    #[test]
    fn a_chat_url_with_another_prefix_is_one_too() {
        let config = config("http://host/sub/hooks/5f/chat");
        assert_eq!(config.base.as_str(), "http://host/sub");
        assert!(config.only_webhook.is_some());
    }

    #[test]
    fn wrong_configuration_is_placed() {
        let none = Value::Null;
        let cases = [
            (refused("http://h", &json!({"connect_timeout_ms": "x"}), &[]), "/options/connect_timeout_ms"),
            (refused("http://h", &json!({"connect_timeout_ms": 1}), &[]), "/options/connect_timeout_ms"),
            (refused("http://h", &json!({"nope": 1}), &[]), "/options/nope"),
            (refused("http://h", &json!({"headers": {"a b": "c"}}), &[]), "/options/headers/a b"),
            (refused("http://h", &json!({"headers": {"Host": "c"}}), &[]), "/options/headers/Host"),
            (refused("http://h", &json!({"header_name": "a b"}), &[]), "/options/header_name"),
            (refused("http://h", &json!({"webhook_base_url": "h"}), &[]), "/options/webhook_base_url"),
            (refused("http://h", &json!({"proxy": "http://u:p@h"}), &[]), "/options/proxy"),
            (refused("http://h", &none, &[("apikey", "x")]), "/secrets/apikey"),
            (refused("http://h", &none, &[("api_key", "a\nb")]), "/secrets/api_key"),
            (refused("http://h", &none, &[("header:X-A", "a\nb")]), "/secrets/header:X-A"),
            (refused("http://h?key=1", &none, &[]), "/base_url"),
            (refused("http://h/webhook-test/a", &none, &[]), "/base_url"),
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
        let names = ["api_key", "header:X-Token", "entry:1:basic_password"];
        let secrets = names.map(|name| (name.to_owned(), "canary".into())).into_iter().collect();
        let config = Config::new("http://h", &Value::Null, secrets).unwrap();
        assert!(!format!("{config:?} {:?}", config.transport()).contains("canary"));
    }

    #[test]
    fn a_key_from_a_file_may_end_in_a_line_break_and_an_entry_may_have_its_own_secret() {
        let secrets = [("api_key", "key\n"), ("basic_user", "all"), ("entry:7:basic_user", "seven")];
        let secrets = secrets.map(|(name, value)| (name.to_owned(), value.into())).into_iter().collect();
        let config = Config::new("http://h", &Value::Null, secrets).unwrap();
        assert_eq!(config.secrets.get("api_key"), Some("key"));
        assert_eq!(config.entry_secret("7", "basic_user"), Some("seven"));
        assert_eq!(config.entry_secret("8", "basic_user"), Some("all"));
    }
}
