//! Who the hub is to an authorization server: a client that was entered, one that a document describes, or one that registers itself.

use http::{HeaderMap, HeaderValue, header};
use jackfield_protocol::error::{ErrorCode, Failure};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

use super::{AuthConfig, discover::shown, http::Http, server::Server};
use crate::secrecy::Secrecy;

/// How a client shows the token endpoint who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Method {
    #[serde(rename = "none")]
    None,
    #[serde(rename = "client_secret_basic")]
    Basic,
    #[serde(rename = "client_secret_post")]
    Post,
}

impl Method {
    const ALL: [Self; 3] = [Self::None, Self::Basic, Self::Post];

    fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Basic => "client_secret_basic",
            Self::Post => "client_secret_post",
        }
    }

    fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// For a client with or without a secret. What a server does not say is `client_secret_basic` (RFC 8414, section 2).
    fn fitting(server: &Server, has_secret: bool) -> Self {
        if !has_secret {
            return Self::None;
        }
        let Some(listed) = &server.token_endpoint_auth_methods_supported else { return Self::Basic };
        let has = |method: Self| listed.iter().any(|one| one == method.name());
        [Self::Basic, Self::Post, Self::None].into_iter().find(|method| has(*method)).unwrap_or(Self::Basic)
    }

    /// What the hub asks for when it registers: no secret where that is taken; else one in the body, without which the official Python SDK takes no
    /// token back (2.3.0, `RevocationRequest`).
    fn to_ask_for(server: &Server) -> Self {
        let Some(listed) = &server.token_endpoint_auth_methods_supported else { return Self::None };
        let has = |method: &Self| listed.iter().any(|one| one == method.name());
        [Self::None, Self::Post, Self::Basic].into_iter().find(has).unwrap_or(Self::Basic)
    }
}

/// Where a client comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Origin {
    /// A person entered it.
    Given,
    /// Its id is the address of a document about it, the same at every authorization server.
    Document,
    /// It registered itself (RFC 7591): good at this authorization server only.
    Registered,
}

/// A client, bound to the authorization server that knows it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Client {
    pub(super) origin: Origin,
    pub(super) issuer: String,
    pub(super) id: String,
    pub(super) method: Method,
    /// Of a registered client only: an entered secret stays where it was entered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) secret: Option<String>,
    /// Where it may send the browser back to; empty: not known here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) redirects: Vec<String>,
    /// Scopes that it was registered with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) scopes: Vec<String>,
    /// When its secret ends, in seconds of the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) expires: Option<i64>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("origin", &self.origin)
            .field("issuer", &self.issuer)
            .field("id", &self.id)
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// The client that a person entered.
    pub(super) fn given(config: &AuthConfig, secret: Option<&str>, server: &Server) -> Option<Self> {
        let id = config.client_id.clone()?;
        let method = Method::fitting(server, secret.is_some());
        Some(Self::plain(Origin::Given, server, id, method))
    }

    /// The client that a document describes, where the server takes such.
    pub(super) fn document(config: &AuthConfig, server: &Server) -> Result<Option<Self>, Failure> {
        let Some(address) = config.client_metadata_url.clone() else { return Ok(None) };
        if !server.client_id_metadata_document_supported {
            return Ok(None);
        }
        let fits = Url::parse(&address).is_ok_and(|url| url.scheme() == "https" && url.path() != "/");
        if !fits {
            let message = "The address of the client's document is no https:// URL with a path.";
            return Err(Failure::new(ErrorCode::InvalidConfig, message)
                .hint("For example https://hub.example.com/oauth/client.json."));
        }
        Ok(Some(Self::plain(Origin::Document, server, address, Method::None)))
    }

    fn plain(origin: Origin, server: &Server, id: String, method: Method) -> Self {
        Self {
            origin,
            issuer: server.issuer.clone(),
            id,
            method,
            secret: None,
            redirects: Vec::new(),
            scopes: Vec::new(),
            expires: None,
        }
    }

    /// Whether a registration is still good for a sign-in there.
    pub(super) fn serves(&self, issuer: &str, redirect: &str, scopes: &[String], now: i64) -> bool {
        self.origin == Origin::Registered
            && self.issuer == issuer
            && self.redirects.iter().any(|known| known == redirect)
            && scopes.iter().all(|scope| self.scopes.contains(scope))
            && self.expires.is_none_or(|expires| expires > now)
    }

    /// Registers a new client. `redirects`: the one that is used first.
    pub(super) async fn register(
        http: &Http,
        server: &Server,
        name: &str,
        redirects: Vec<String>,
        scopes: &[String],
    ) -> Result<Self, Failure> {
        let Some(endpoint) = &server.registration_endpoint else { return Err(must_be_entered(&redirects)) };
        let url = Url::parse(endpoint).map_err(|_| no_url("registration endpoint", endpoint))?;
        let loopback = redirects.first().is_some_and(|uri| uri.starts_with("http:"));
        let mut asked = json!({
            "client_name": name,
            "redirect_uris": redirects,
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": Method::to_ask_for(server).name(),
            "application_type": if loopback { "native" } else { "web" },
        });
        if !scopes.is_empty() {
            asked["scope"] = json!(scopes.join(" "));
        }
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        let reply = http.post(&url, "The registration", headers, asked.to_string().into_bytes()).await?;
        let answer = reply.object();
        if !reply.status.is_success() {
            // Servers that only assume to have one, or that closed it.
            if matches!(reply.status.as_u16(), 401 | 403 | 404 | 405) {
                return Err(must_be_entered(&redirects).status(reply.status.as_u16()));
            }
            let why = answer.as_ref().map_or_else(String::new, |answer| words(answer, &http.secrecy));
            let message = format!(
                "The sign-in server {} refuses to register the hub (status {}){why}.",
                shown(&server.issuer),
                reply.status.as_u16()
            );
            return Err(Failure::new(ErrorCode::PeerRejected, message)
                .status(reply.status.as_u16())
                .hint("Register a client there by hand, and enter its id in the backend's options."));
        }
        answer.and_then(|answer| Self::registered(server, &answer, &asked)).ok_or_else(|| {
            let message = format!(
                "The sign-in server {} took the registration, but gave no client id.",
                shown(&server.issuer)
            );
            Failure::new(ErrorCode::PeerBadAnswer, message)
                .hint("Register a client there by hand, and enter its id in the backend's options.")
        })
    }

    /// What a registration was answered: the server may have changed what was asked for.
    fn registered(server: &Server, answer: &Value, asked: &Value) -> Option<Self> {
        let text = |name: &str| answer[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        let list = |from: &Value| -> Vec<String> {
            from.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let secret = text("client_secret");
        let method = text("token_endpoint_auth_method").as_deref().and_then(Method::of);
        let mut redirects = list(&answer["redirect_uris"]);
        if redirects.is_empty() {
            redirects = list(&asked["redirect_uris"]);
        }
        let scope = text("scope").or_else(|| asked["scope"].as_str().map(str::to_owned));
        Some(Self {
            origin: Origin::Registered,
            issuer: server.issuer.clone(),
            id: text("client_id")?,
            method: match method {
                // It cannot show a secret that it was not given.
                Some(method) if secret.is_some() || method == Method::None => method,
                _ => Method::fitting(server, secret.is_some()),
            },
            secret,
            redirects,
            scopes: super::challenge::scopes(scope.as_deref().unwrap_or_default()),
            expires: answer["client_secret_expires_at"].as_i64().filter(|at| *at > 0),
        })
    }
}

/// What a server says of an error, to be put behind a sentence: without secrets, and only then cut short.
pub(super) fn words(answer: &Value, secrecy: &Secrecy) -> String {
    let part = |name: &str| {
        let text = shown(&secrecy.text(answer[name].as_str()?.to_owned()));
        Some(text).filter(|text| !text.trim().is_empty())
    };
    match (part("error"), part("error_description")) {
        (Some(error), Some(text)) => format!(": {error}, '{}'", text.trim_end_matches('.')),
        (Some(error), None) => format!(": {error}"),
        (None, Some(text)) => format!(": '{}'", text.trim_end_matches('.')),
        (None, None) => String::new(),
    }
}

pub(super) fn no_url(what: &str, text: &str) -> Failure {
    Failure::new(
        ErrorCode::PeerBadAnswer,
        format!("The {what} of the sign-in server is '{}', which is no URL.", shown(text)),
    )
}

fn must_be_entered(redirects: &[String]) -> Failure {
    let message = "The sign-in server does not let the hub register itself.";
    let to = redirects.first().map_or("the hub's", String::as_str);
    Failure::new(ErrorCode::InvalidConfig, message).hint(format!(
        "Register a client there (its owner may have to), with {to} as redirect address, and enter its id, and its secret if it has one, in the backend's options."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(methods: Option<&[&str]>) -> Server {
        Server {
            issuer: "https://as".to_owned(),
            token_endpoint_auth_methods_supported: methods
                .map(|list| list.iter().map(|one| (*one).to_owned()).collect()),
            ..Server::default()
        }
    }

    #[test]
    fn the_method_fits_the_server_and_the_secret() {
        for (listed, secret, fits, asked) in [
            (None, true, Method::Basic, Method::None),
            (None, false, Method::None, Method::None),
            (Some(&["none"] as &[&str]), true, Method::None, Method::None),
            (Some(&["client_secret_post"]), true, Method::Post, Method::Post),
            (Some(&["client_secret_post", "client_secret_basic"]), true, Method::Basic, Method::Post),
            (Some(&["client_secret_post", "none"]), true, Method::Post, Method::None),
            (Some(&["private_key_jwt"]), true, Method::Basic, Method::Basic),
        ] {
            assert_eq!(Method::fitting(&server(listed), secret), fits, "{listed:?}");
            assert_eq!(Method::to_ask_for(&server(listed)), asked, "{listed:?}");
        }
    }

    #[test]
    fn the_answer_to_a_registration_wins_over_what_was_asked() {
        let asked = json!({"redirect_uris": ["http://127.0.0.1:1/cb"], "scope": "a b"});
        let of = |answer: Value| Client::registered(&server(None), &answer, &asked);
        let one = of(
            json!({"client_id": "c", "client_secret": "s", "token_endpoint_auth_method": "client_secret_post",
            "redirect_uris": ["https://hub/cb"], "scope": "a", "client_secret_expires_at": 10}),
        )
        .unwrap();
        assert_eq!((one.method, one.secret.as_deref(), one.expires), (Method::Post, Some("s"), Some(10)));
        assert!(one.serves("https://as", "https://hub/cb", &["a".to_owned()], 9));
        assert!(!one.serves("https://as", "https://hub/cb", &["a".to_owned()], 10), "its secret has ended");
        assert!(!one.serves("https://as", "https://hub/cb", &["b".to_owned()], 9), "not with this scope");
        assert!(!one.serves("https://as", "http://127.0.0.1:1/cb", &[], 9), "not to there");
        assert!(!one.serves("https://other", "https://hub/cb", &[], 9), "not at another server");
        let two = of(
            json!({"client_id": "c", "client_secret": "", "token_endpoint_auth_method": "client_secret_basic",
            "client_secret_expires_at": 0}),
        )
        .unwrap();
        assert_eq!((two.method, two.secret.clone(), two.expires), (Method::None, None, None));
        assert!(two.serves("https://as", "http://127.0.0.1:1/cb", &["b".to_owned()], i64::MAX));
        assert!(of(json!({"client_secret": "s"})).is_none());
        assert!(!format!("{one:?}").contains("\"s\""));
    }
}
