//! What was registered, consented to and given out.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jackfield_protocol::time::now;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::sync::watch;

use super::{Iss, OauthOptions, place::Places};
use crate::http::Request;

/// Why a request to the protected endpoint is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// 401 or 403.
    pub status: u16,
    /// The header `WWW-Authenticate`.
    pub www_authenticate: String,
}

/// A client.
#[derive(Debug, Clone)]
pub(super) struct Client {
    pub(super) secret: Option<String>,
    pub(super) method: String,
    redirects: Vec<String>,
    scopes: Option<Vec<String>>,
}

/// A consent that waits to be exchanged.
#[derive(Debug, Clone)]
pub(super) struct Code {
    pub(super) client: String,
    pub(super) redirect: String,
    pub(super) challenge: String,
    pub(super) resource: String,
    pub(super) scopes: Vec<String>,
}

/// A refresh token.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    pub(super) client: String,
    pub(super) resource: String,
    pub(super) scopes: Vec<String>,
    pub(super) good: bool,
}

#[derive(Debug, Default)]
pub(super) struct Issued {
    pub(super) clients: HashMap<String, Client>,
    pub(super) codes: HashMap<String, Code>,
    pub(super) grants: HashMap<String, Grant>,
    /// Access tokens: what they may do, and when they end.
    pub(super) access: HashMap<String, (Vec<String>, Option<i64>)>,
    pub(super) violations: Vec<String>,
    pub(super) refused: Option<(u16, Value)>,
    /// What a signed-in person may not give.
    pub(super) withheld: Vec<String>,
    /// What the protected endpoint wants.
    pub(super) required: Vec<String>,
    /// Another authorization server that the resource names now.
    pub(super) moved: Option<String>,
}

pub(super) struct World {
    pub(super) options: OauthOptions,
    pub(super) places: Places,
    issued: Mutex<Issued>,
    /// Token requests wait while it is closed.
    pub(super) gate: watch::Sender<bool>,
}

impl World {
    pub(super) fn new(options: OauthOptions, places: Places) -> Self {
        let mut issued = Issued::default();
        if let Some((id, secret, method)) = options.client.clone() {
            let client = Client { secret, method, redirects: Vec::new(), scopes: None };
            issued.clients.insert(id, client);
        }
        Self { options, places, issued: Mutex::new(issued), gate: watch::Sender::new(true) }
    }

    pub(super) fn issued(&self) -> MutexGuard<'_, Issued> {
        self.issued.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn violation(&self, what: impl Into<String>) {
        self.issued().violations.push(what.into());
    }

    /// What tokens are for.
    pub(super) fn resource(&self) -> String {
        self.options.resource.clone().unwrap_or_else(|| self.places.resource())
    }

    pub(super) fn issuer(&self) -> String {
        self.issued().moved.clone().unwrap_or_else(|| self.places.issuer())
    }

    /// Whether a request with this `Authorization` may pass.
    pub(super) fn admit(&self, authorization: Option<&str>) -> Result<(), Challenge> {
        let issued = self.issued();
        let token = authorization.and_then(|value| value.strip_prefix("Bearer "));
        let known = token.and_then(|token| issued.access.get(token));
        let known = known.filter(|(_, ends)| ends.is_none_or(|ends| now().as_second() < ends));
        let Some((scopes, _)) = known else {
            let error = if token.is_some() { Some("invalid_token") } else { None };
            return Err(self.refusal(401, error, self.options.challenge_scope.as_deref()));
        };
        if issued.required.iter().all(|scope| scopes.contains(scope)) {
            return Ok(());
        }
        Err(self.refusal(403, Some("insufficient_scope"), Some(&issued.required.join(" "))))
    }

    fn refusal(&self, status: u16, error: Option<&str>, scope: Option<&str>) -> Challenge {
        let mut parts = Vec::new();
        parts.extend(error.map(|error| format!("error=\"{error}\"")));
        parts.extend(scope.map(|scope| format!("scope=\"{scope}\"")));
        if self.places.is_told() {
            let place = self.places.document().unwrap_or_default();
            parts.push(format!("resource_metadata=\"{}{place}\"", self.places.resource_origin));
        }
        Challenge { status, www_authenticate: format!("Bearer {}", parts.join(", ")).trim_end().to_owned() }
    }

    /// Registers a client (RFC 7591).
    pub(super) fn register(&self, asked: &Value) -> (u16, Value) {
        let list = |name: &str| -> Vec<String> {
            asked[name]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect()
        };
        if !matches!(asked["application_type"].as_str(), Some("native" | "web")) {
            self.violation("registration without application_type");
        }
        if !list("grant_types").contains(&"refresh_token".to_owned()) {
            self.violation("registration without the grant refresh_token");
        }
        let method = asked["token_endpoint_auth_method"].as_str().unwrap_or("client_secret_basic").to_owned();
        if list("redirect_uris").is_empty() || !self.options.methods.contains(&method) {
            let why = format!("redirect_uris or token_endpoint_auth_method ({method})");
            return (400, json!({"error": "invalid_client_metadata", "error_description": why}));
        }
        let id = format!("client-{}", uuid::Uuid::new_v4().simple());
        let secret = (method != "none").then(|| format!("secret+/{}", uuid::Uuid::new_v4().simple()));
        let scopes = asked["scope"].as_str().map(|text| text.split(' ').map(str::to_owned).collect());
        let client = Client {
            secret: secret.clone(),
            method: method.clone(),
            redirects: list("redirect_uris"),
            scopes,
        };
        self.issued().clients.insert(id.clone(), client);
        let mut answer = asked.clone();
        answer["client_id"] = json!(id);
        if let Some(secret) = secret {
            answer["client_secret"] = json!(secret);
            answer["client_secret_expires_at"] = json!(0);
        }
        (201, answer)
    }

    /// A person consents to an authorization request; the address that the browser is sent back to, or why there is none.
    pub(super) fn consent(
        &self,
        request: &Request,
        declines: bool,
    ) -> Result<Vec<(&'static str, String)>, String> {
        let get = |name: &str| request.query(name).filter(|value| !value.is_empty());
        let client = get("client_id").ok_or("no client_id")?;
        let redirect = get("redirect_uri").ok_or("no redirect_uri")?;
        let scopes: Vec<String> =
            get("scope").unwrap_or_default().split_whitespace().map(str::to_owned).collect();
        let mut issued = self.issued();
        match issued.clients.get(&client) {
            Some(known) => {
                if !known.redirects.is_empty() && !known.redirects.contains(&redirect) {
                    return Err(format!("{redirect} is not registered"));
                }
                if known.scopes.as_ref().is_some_and(|known| scopes.iter().any(|one| !known.contains(one))) {
                    return Err("a scope that the client is not registered for".to_owned());
                }
            }
            None if self.options.documents && client.starts_with("https://") => {
                let document =
                    Client { secret: None, method: "none".to_owned(), redirects: Vec::new(), scopes: None };
                issued.clients.insert(client.clone(), document);
            }
            None => return Err("unknown client".to_owned()),
        }
        let state = get("state").ok_or("no state")?;
        if get("response_type").as_deref() != Some("code")
            || get("code_challenge_method").as_deref() != Some("S256")
        {
            return Err("not a code with S256".to_owned());
        }
        let resource = get("resource").ok_or("no resource")?;
        if resource != self.resource() {
            return Err(format!("another resource: {resource}"));
        }
        let mut answer = vec![("state", state)];
        match self.options.iss {
            Iss::Right => answer.push(("iss", self.places.issuer())),
            Iss::Slash => answer.push(("iss", format!("{}/", self.places.issuer()))),
            Iss::Wrong => answer.push(("iss", "https://evil.example.com".to_owned())),
            Iss::Missing => {}
        }
        if declines {
            answer.push(("error", "access_denied".to_owned()));
            return Ok(answer);
        }
        let code = format!("code-{}", uuid::Uuid::new_v4().simple());
        let granted = scopes.into_iter().filter(|scope| !issued.withheld.contains(scope)).collect();
        let challenge = get("code_challenge").ok_or("no code_challenge")?;
        issued.codes.insert(code.clone(), Code { client, redirect, challenge, resource, scopes: granted });
        answer.push(("code", code));
        Ok(answer)
    }
}

/// The challenge that belongs to a PKCE verifier.
pub(super) fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}
