//! The token endpoint (RFC 6749 section 5): requests, answers, refusals; and revocation (RFC 7009).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderValue, header};
use jackfield_protocol::error::{ErrorCode, Failure};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::{Url, form_urlencoded};

use super::{
    challenge,
    client::{Client, Method, no_url, words},
    http::{Http, Reply},
    server::{IT, Server},
};
use crate::secrecy::Secrecy;

/// Longest token; longer ones are refused by common servers as headers.
const LONGEST: usize = 32 * 1024;
/// A token is renewed when less than this is left of it, in seconds, but never before half of its life.
const MARGIN: i64 = 30;
/// The same without anybody waiting for it: a fifth of its life, within these bounds.
const AHEAD: (i64, i64) = (60, 600);

/// Tokens of one grant.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tokens {
    pub(super) access: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) refresh: Option<String>,
    /// Seconds of the epoch.
    pub(super) received: i64,
    /// Seconds from then on; `None`: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) lifetime: Option<i64>,
    /// What it may do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) scopes: Vec<String>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens")
            .field("received", &self.received)
            .field("lifetime", &self.lifetime)
            .field("scopes", &self.scopes)
            .field("refreshes", &self.refresh.is_some())
            .finish_non_exhaustive()
    }
}

impl Tokens {
    /// Reads a successful answer. `scopes`: what was asked for, which is what was granted when the answer says nothing of it.
    pub(super) fn read(answer: &Value, scopes: &[String], now: i64) -> Result<Self, Failure> {
        let bad = |what: &str| {
            Err(Failure::new(ErrorCode::PeerBadAnswer, format!("The sign-in server {what}."))
                .hint("Its owner has to mend it (RFC 6749, section 5.1)."))
        };
        let Some(access) = answer["access_token"].as_str().filter(|token| usable(token)) else {
            return bad("gave no access token that can be sent");
        };
        let kind = answer["token_type"].as_str();
        if kind.is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
            return bad("gave a token of another kind than bearer");
        }
        // Some write the number as text. Zero means that nobody knows.
        let lifetime = &answer["expires_in"];
        let lifetime = lifetime
            .as_i64()
            .or_else(|| lifetime.as_f64().filter(|seconds| seconds.is_finite()).map(|seconds| seconds as i64))
            .or_else(|| lifetime.as_str()?.trim().parse().ok())
            .filter(|seconds| *seconds > 0);
        let granted = answer["scope"].as_str().map(challenge::scopes).filter(|list| !list.is_empty());
        Ok(Self {
            access: access.to_owned(),
            refresh: answer["refresh_token"].as_str().filter(|token| usable(token)).map(str::to_owned),
            received: now,
            lifetime,
            scopes: granted.unwrap_or_else(|| scopes.to_vec()),
        })
    }

    /// When it ends, in seconds of the epoch.
    pub(super) fn ends(&self) -> Option<i64> {
        Some(self.received.saturating_add(self.lifetime?))
    }

    pub(super) fn has_ended(&self, now: i64) -> bool {
        self.ends().is_some_and(|ends| ends <= now)
    }

    /// Whether it should be renewed before it is used.
    pub(super) fn is_due(&self, now: i64) -> bool {
        self.due_at(MARGIN).is_some_and(|due| due <= now)
    }

    /// When it should be renewed without anybody waiting for it, in seconds of the epoch.
    pub(super) fn renew_at(&self) -> Option<i64> {
        let (least, most) = AHEAD;
        self.due_at((self.lifetime? / 5).clamp(least, most))
    }

    fn due_at(&self, margin: i64) -> Option<i64> {
        Some(self.ends()? - margin.min(self.lifetime? / 2))
    }

    /// The secrets in it.
    pub(super) fn secrets(&self) -> Vec<String> {
        std::iter::once(&self.access).chain(&self.refresh).cloned().collect()
    }
}

/// Whether a token can stand in a header.
fn usable(token: &str) -> bool {
    !token.is_empty() && token.len() <= LONGEST && token.bytes().all(|byte| matches!(byte, 0x21..=0x7e))
}

/// How the token endpoint is shown who asks.
pub(super) enum Proof<'p> {
    /// As the client's method says, with this secret.
    Secret(Option<&'p str>),
    /// A signed assertion (RFC 7523).
    Assertion(String),
}

/// A request that got no tokens.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) what: What,
    pub(super) failure: Failure,
}

/// What is no longer good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// The code, refresh token or scopes.
    Grant,
    /// The client: the server does not know it (any more), or does not let it do this.
    Client,
    /// Nothing, as far as one can tell: trying again may help.
    Nothing,
}

impl What {
    fn of(error: &str) -> Self {
        match error {
            "invalid_grant" | "unsupported_grant_type" | "invalid_scope" => Self::Grant,
            "invalid_client" | "unauthorized_client" => Self::Client,
            _ => Self::Nothing,
        }
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self { what: What::Nothing, failure }
    }
}

type Form<'f> = Vec<(&'f str, &'f str)>;

/// Asks for tokens.
pub(super) async fn ask(
    http: &Http,
    server: &Server,
    client: &Client,
    proof: &Proof<'_>,
    form: Form<'_>,
) -> Result<Value, Refusal> {
    let reply = post(http, &server.token_endpoint, "token endpoint", client, proof, &form).await?;
    let answer = reply.object();
    // Some servers refuse with status 200.
    let error = answer.as_ref().and_then(|answer| answer["error"].as_str()).map(str::to_owned);
    match answer {
        Some(answer) if reply.status.is_success() && error.is_none() => Ok(answer),
        answer => {
            let secrecy = http.secrecy.and(secrets_of(client, proof, &form));
            Err(refusal(&reply, answer.as_ref(), error.as_deref(), &secrecy))
        }
    }
}

/// Takes a token back. Servers say 200 to tokens that they do not know.
pub(super) async fn revoke(
    http: &Http,
    server: &Server,
    client: &Client,
    proof: &Proof<'_>,
    token: &str,
    kind: &str,
) -> Result<(), Failure> {
    let Some(endpoint) = &server.revocation_endpoint else { return Ok(()) };
    let form = vec![("token", token), ("token_type_hint", kind)];
    let reply = post(http, endpoint, "revocation endpoint", client, proof, &form).await?;
    if reply.status.is_success() {
        return Ok(());
    }
    Err(refusal(&reply, None, None, &http.secrecy).failure)
}

async fn post(
    http: &Http,
    endpoint: &str,
    what: &str,
    client: &Client,
    proof: &Proof<'_>,
    form: &Form<'_>,
) -> Result<Reply, Failure> {
    let url = Url::parse(endpoint).map_err(|_| no_url(what, endpoint))?;
    let (headers, body) = request(client, proof, form)?;
    http.post(&url, IT, headers, body).await
}

fn request(client: &Client, proof: &Proof<'_>, form: &Form<'_>) -> Result<(HeaderMap, Vec<u8>), Failure> {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(form);
    match proof {
        Proof::Assertion(assertion) => {
            body.append_pair(
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            );
            body.append_pair("client_assertion", assertion);
        }
        Proof::Secret(secret) => {
            // The official Python SDK looks the client up by this before it looks at the header, and refuses a request without it (2.3.0).
            body.append_pair("client_id", &client.id);
            match (client.method, secret) {
                (Method::Basic, Some(secret)) => {
                    headers.insert(header::AUTHORIZATION, basic(&client.id, secret)?);
                }
                (Method::Post, Some(secret)) => {
                    body.append_pair("client_secret", secret);
                }
                _ => {}
            }
        }
    }
    Ok((headers, body.finish().into_bytes()))
}

/// RFC 6749, section 2.3.1: both parts are form-encoded before they are put together.
fn basic(id: &str, secret: &str) -> Result<HeaderValue, Failure> {
    let mut value = HeaderValue::try_from(format!("Basic {}", pair(id, secret)))
        .map_err(|_| Failure::internal("a base64 text that no header can have"))?;
    value.set_sensitive(true);
    Ok(value)
}

fn pair(id: &str, secret: &str) -> String {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret)))
}

/// What of a request must not be repeated, should the server do so.
fn secrets_of(client: &Client, proof: &Proof<'_>, form: &Form<'_>) -> Vec<String> {
    const SECRET: &[&str] = &["code", "code_verifier", "refresh_token", "assertion", "token"];
    let mut secrets: Vec<String> =
        form.iter().filter(|(name, _)| SECRET.contains(name)).map(|(_, value)| (*value).to_owned()).collect();
    match proof {
        Proof::Secret(None) => {}
        Proof::Secret(Some(secret)) => secrets.extend([(*secret).to_owned(), pair(&client.id, secret)]),
        Proof::Assertion(assertion) => secrets.push(assertion.clone()),
    }
    let encoded = secrets.iter().map(|text| form_urlencoded::byte_serialize(text.as_bytes()).collect());
    let encoded: Vec<String> = encoded.collect();
    secrets.extend(encoded);
    secrets
}

fn refusal(reply: &Reply, answer: Option<&Value>, error: Option<&str>, secrecy: &Secrecy) -> Refusal {
    let status = reply.status.as_u16();
    let why = answer.map_or_else(String::new, |answer| words(answer, secrecy));
    let what = error.map_or(What::Nothing, What::of);
    let (code, does) = match status {
        _ if what == What::Client => (ErrorCode::PeerUnauthorized, "does not take the hub as a client"),
        429 => (ErrorCode::PeerRateLimited, "asks to slow down"),
        500.. => (ErrorCode::PeerFailed, "failed"),
        300..400 => (ErrorCode::PeerRejected, "redirects, which is not followed"),
        _ => (ErrorCode::PeerRejected, "refuses"),
    };
    let failure = Failure::new(code, format!("The sign-in server {does} (status {status}){why}."))
        .status(status)
        .hint("Sign in again. If that does not help, look at the sign-in server's own log.");
    Refusal { what, failure }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(answer: &Value) -> Result<Tokens, Failure> {
        Tokens::read(answer, &["asked".to_owned()], 1000)
    }

    #[test]
    fn answers_are_read_in_the_forms_that_servers_write() {
        let full = read(&json!({"access_token": "a", "token_type": "bearer", "expires_in": 60,
            "refresh_token": "r", "scope": "x y"}))
        .unwrap();
        assert_eq!((full.ends(), full.refresh.as_deref()), (Some(1060), Some("r")));
        assert_eq!(full.scopes, ["x", "y"]);
        let bare = read(&json!({"access_token": "a"})).unwrap();
        assert_eq!((bare.ends(), bare.scopes), (None, vec!["asked".to_owned()]));
        for (written, lifetime) in [
            (json!("3600"), Some(3600)),
            (json!(1.5), Some(1)),
            (json!(0), None),
            (json!(-1), None),
            (json!(null), None),
            (json!("soon"), None),
        ] {
            let tokens = read(&json!({"access_token": "a", "expires_in": written})).unwrap();
            assert_eq!(tokens.lifetime, lifetime, "{written}");
        }
        for bad in [
            json!({}),
            json!({"access_token": ""}),
            json!({"access_token": "a\r\nX: y"}),
            json!({"access_token": 7}),
            json!({"access_token": "x".repeat(LONGEST + 1)}),
            json!({"access_token": "a", "token_type": "DPoP"}),
        ] {
            assert_eq!(read(&bad).unwrap_err().code, ErrorCode::PeerBadAnswer);
        }
    }

    #[test]
    fn tokens_are_renewed_before_they_end_but_not_before_half_of_their_life() {
        let of = |lifetime| Tokens {
            access: "canary".to_owned(),
            refresh: None,
            received: 1000,
            lifetime,
            scopes: Vec::new(),
        };
        let hour = of(Some(3600));
        assert_eq!(hour.renew_at(), Some(1000 + 3000));
        assert!(!hour.is_due(1000 + 3569) && hour.is_due(1000 + 3570));
        let short = of(Some(10));
        assert_eq!(short.renew_at(), Some(1005));
        assert!(!short.is_due(1004) && short.is_due(1005));
        assert!(!short.has_ended(1009) && short.has_ended(1010));
        let endless = of(None);
        assert!(!endless.is_due(i64::MAX) && !endless.has_ended(i64::MAX) && endless.renew_at().is_none());
        assert_eq!(of(Some(i64::MAX)).ends(), Some(i64::MAX));
        assert!(!format!("{hour:?}").contains("canary"));
    }

    #[test]
    fn id_and_secret_are_encoded_before_they_are_put_together() {
        let value = basic("a:b", "p&q %").unwrap();
        let text = value.to_str().unwrap().strip_prefix("Basic ").unwrap();
        assert_eq!(STANDARD.decode(text).unwrap(), b"a%3Ab:p%26q+%25");
        assert!(value.is_sensitive());
    }
}
