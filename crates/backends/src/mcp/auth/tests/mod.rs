//! Sign-ins against the simulated authorization server.

mod clients;
mod grants;
mod refresh;
mod secrets;
mod sign_in;
mod step_up;

use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use jackfield_protocol::error::ErrorCode;
use jackfield_testkit::oauth::{Answer, OauthOptions, SimulatedOauth};
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::*;

/// Where the browser comes back to.
pub(super) const REDIRECT: &str = "http://127.0.0.1:7410/back";

impl AuthConfig {
    /// For a person, with nothing entered.
    pub(super) fn example(server: &str) -> Self {
        Self {
            server_url: Url::parse(server).unwrap(),
            client_id: None,
            client_issuer: None,
            client_metadata_url: None,
            scopes: Vec::new(),
            mode: AuthMode::Auto,
            redirect_default: None,
            client_name: "Jackfield".to_owned(),
            private_network: false,
        }
    }
}

pub(super) fn transport() -> TransportOptions {
    TransportOptions {
        ca_certificate: None,
        accept_invalid_certificates: false,
        proxy: None,
        headers: HeaderMap::new(),
        connect: Duration::from_secs(5),
        first_byte: Duration::from_secs(10),
        silence: Duration::from_secs(10),
    }
}

/// Keeps secrets as the hub does.
#[derive(Debug, Default)]
struct Host {
    kept: Mutex<Secrets>,
    broken: AtomicBool,
    writes: AtomicUsize,
    changes: AtomicUsize,
}

#[async_trait]
impl BackendHost for Host {
    async fn keep_secrets(&self, changes: Secrets) -> Result<(), Failure> {
        if self.broken.load(Ordering::SeqCst) {
            return Err(Failure::new(ErrorCode::Storage, "The disk is full."));
        }
        self.writes.fetch_add(1, Ordering::SeqCst);
        self.kept.lock().unwrap().merge(changes);
        Ok(())
    }

    fn catalogue_changed(&self) {}

    fn connection_changed(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
    }
}

/// A server, and the hub's sign-in there.
struct Case {
    oauth: SimulatedOauth,
    auth: Authorizer,
    host: Arc<Host>,
    config: AuthConfig,
    transport: TransportOptions,
}

impl Case {
    async fn start(options: OauthOptions) -> Self {
        Self::with(options, &[], |_| {}).await
    }

    async fn with(
        options: OauthOptions,
        secrets: &[(&str, &str)],
        change: impl FnOnce(&mut AuthConfig),
    ) -> Self {
        let oauth = SimulatedOauth::start(options).await.unwrap();
        let mut config = AuthConfig::example(&oauth.server_url());
        change(&mut config);
        let host = Arc::new(Host::default());
        for (name, secret) in secrets {
            host.kept.lock().unwrap().set(*name, (*secret).to_owned().into());
        }
        let transport = transport();
        let auth = made(&config, &transport, &host);
        Self { oauth, auth, host, config, transport }
    }

    /// The hub starts again, with what it kept.
    fn restart(&mut self) {
        self.auth = made(&self.config, &self.transport, &self.host);
    }

    /// What is kept of the sign-in.
    fn kept(&self) -> Option<Value> {
        let kept = self.host.kept.lock().unwrap();
        kept.get("oauth").map(|text| serde_json::from_str(text).unwrap())
    }

    /// Changes what is kept, and starts the hub again.
    fn rewrite(&mut self, change: impl FnOnce(&mut Value)) {
        let mut kept = self.kept().unwrap();
        change(&mut kept);
        self.host.kept.lock().unwrap().set("oauth", kept.to_string().into());
        self.restart();
    }

    /// The clock goes on by this many seconds, as far as the tokens can tell; the hub starts again.
    fn later(&mut self, seconds: i64) {
        self.rewrite(|kept| {
            let received = kept["tokens"]["received"].as_i64().unwrap();
            kept["tokens"]["received"] = (received - seconds).into();
        });
    }

    /// One request to the server, as the client of MCP servers makes it.
    async fn call(&self) -> Result<(), Failure> {
        call(&self.auth, &self.oauth).await
    }

    /// A person signs in; the address that the browser was sent to.
    async fn sign_in(&self) -> String {
        let begun = self.auth.begin(REDIRECT).await.unwrap();
        let answer = self.oauth.consent(&begun.url).unwrap();
        assert_eq!(answer.state, begun.state);
        self.auth.finish(&back(answer)).await.unwrap();
        begun.url
    }

    /// Asked for, signed in.
    async fn signed_in(options: OauthOptions) -> Self {
        let case = Self::start(options).await;
        assert_eq!(case.call().await.unwrap_err().code, ErrorCode::PeerSignIn);
        case.sign_in().await;
        case.call().await.unwrap();
        case
    }
}

fn made(config: &AuthConfig, transport: &TransportOptions, host: &Arc<Host>) -> Authorizer {
    let secrets = host.kept.lock().unwrap().clone();
    Authorizer::new(config.clone(), transport, &secrets, host.clone(), Secrecy::default()).unwrap()
}

async fn call(auth: &Authorizer, oauth: &SimulatedOauth) -> Result<(), Failure> {
    let send = |token: &Option<String>| {
        let header = token.as_ref().map(|token| format!("Bearer {token}"));
        oauth.admit(header.as_deref())
    };
    let token = auth.bearer().await?;
    let Err(refused) = send(&token) else { return Ok(()) };
    let Retry = auth.challenged(token.as_deref(), refused.status, Some(&refused.www_authenticate)).await?;
    let token = auth.bearer().await?;
    let Err(refused) = send(&token) else { return Ok(()) };
    auth.challenged(token.as_deref(), refused.status, Some(&refused.www_authenticate)).await?;
    panic!("a third try");
}

fn back(answer: Answer) -> SignInAnswer {
    SignInAnswer {
        state: answer.state,
        code: answer.code,
        iss: answer.iss,
        error: answer.error,
        error_description: None,
    }
}

fn parameter(url: &str, name: &str) -> Option<String> {
    let url = Url::parse(url).unwrap();
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}
