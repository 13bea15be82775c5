//! What is known of one sign-in, and how it changes.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    port::{BackendHost, Secrets},
};
use jiff::Timestamp;
use secrecy::SecretString;
use tokio::{sync::Notify, task::AbortHandle, time::Instant};

use super::{
    AuthConfig, AuthMode, AuthState,
    assertion::Signer,
    challenge::Challenge,
    client::{Client, Origin},
    http::Http,
    pending::Waiting,
    record::{self, Record},
    server::Server,
    token::{Proof, Tokens},
};
use crate::{secrecy::Secrecy, transport::TransportOptions};

/// Most secrets that are kept out of messages: a few generations of tokens.
const REMEMBERED: usize = 24;

/// One sign-in.
pub(super) struct Inner {
    pub(super) config: AuthConfig,
    pub(super) http: Http,
    /// As they were entered.
    pub(super) secrets: Secrets,
    pub(super) signer: Option<Signer>,
    pub(super) host: Arc<dyn BackendHost>,
    held: Mutex<Held>,
    /// Held by whoever asks for tokens or takes them back.
    pub(super) turn: tokio::sync::Mutex<()>,
    /// The tokens are other ones.
    pub(super) changed: Arc<Notify>,
    keeper: Mutex<Option<AbortHandle>>,
}

/// What changes.
#[derive(Default)]
pub(super) struct Held {
    pub(super) record: Option<Record>,
    /// What is kept in the hub's store.
    saved: Option<Record>,
    /// What the server asked for last.
    pub(super) challenge: Option<Challenge>,
    pub(super) waiting: Waiting,
    /// Scopes that the server asked for and that the tokens lack.
    pub(super) missing: Vec<String>,
    pub(super) futile: Futile,
    /// The token that came of a refusal, and when.
    pub(super) fresh: Option<(String, Instant)>,
    /// A registration that a sign-in was begun with and not finished: the server may have forgotten it.
    pub(super) doubted: Option<String>,
    /// How many renewals were tried, and how the last one failed.
    pub(super) tries: u64,
    pub(super) last: Option<(Failure, Instant)>,
    learned: VecDeque<String>,
}

/// Refusals for scopes that the sign-in had asked for.
#[derive(Debug, Default)]
pub(super) struct Futile {
    /// How many sign-ins in a row did not help.
    pub(super) count: u32,
    /// The token of the last one, and when it was refused.
    pub(super) last: Option<(String, Instant)>,
}

impl Held {
    pub(super) fn tokens(&self) -> Option<&Tokens> {
        self.record.as_ref()?.tokens.as_ref()
    }

    pub(super) fn access(&self) -> Option<&str> {
        Some(self.tokens()?.access.as_str())
    }

    /// The issuer that is used so far.
    pub(super) fn issuer(&self) -> Option<String> {
        Some(self.record.as_ref()?.server.issuer.clone())
    }
}

impl Inner {
    pub(super) fn new(
        config: AuthConfig,
        transport: &TransportOptions,
        secrets: &Secrets,
        host: Arc<dyn BackendHost>,
        secrecy: Secrecy,
    ) -> Result<Self, Failure> {
        let http = Http::new(&config.server_url, transport, config.private_network, secrecy)?;
        let signer = match &config.mode {
            AuthMode::PrivateKeyJwt { algorithm, key_id } => {
                let pem = secrets.get("private_key").ok_or_else(|| lacks("private_key"))?;
                Some(Signer::new(pem, *algorithm, key_id.clone())?)
            }
            _ => None,
        };
        let record =
            Record::of(secrets, config.server_url.as_str()).filter(|record| fits(&record.client, &config));
        http.secrecy.learn(
            secrets.iter().filter(|(name, _)| *name != record::SECRET).map(|(_, secret)| secret.to_owned()),
        );
        let inner = Self {
            http,
            secrets: secrets.clone(),
            signer,
            host,
            held: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
            changed: Arc::default(),
            keeper: Mutex::default(),
            config,
        };
        if let Some(record) = record {
            inner.learn(record.secrets());
            let mut held = inner.held();
            held.record = Some(record.clone());
            held.saved = Some(record);
        }
        Ok(inner)
    }

    pub(super) fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn keeper(&self) -> MutexGuard<'_, Option<AbortHandle>> {
        self.keeper.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts other tokens in place, and keeps them. Said to whoever watches the connection.
    pub(super) async fn replace(&self, record: Option<Record>) -> Result<(), Failure> {
        if let Some(record) = &record {
            self.learn(record.secrets());
        }
        self.held().record = record;
        self.changed.notify_one();
        self.host.connection_changed();
        self.save().await
    }

    /// Keeps what is not kept yet. Tokens that can be had again without a person are not written down, only whom they came from.
    pub(super) async fn save(&self) -> Result<(), Failure> {
        let (record, saved) = {
            let held = self.held();
            let mut record = held.record.clone();
            if let Some(record) = record.as_mut().filter(|_| !self.config.mode.asks_a_person()) {
                record.tokens = None;
            }
            (record, held.saved.clone())
        };
        if record == saved {
            return Ok(());
        }
        let mut changes = Secrets::new();
        changes.set_or_clear(record::SECRET, SecretString::from(Record::text(record.as_ref())));
        self.host.keep_secrets(changes).await?;
        self.held().saved = record;
        Ok(())
    }

    /// Keeps what is not kept yet, where nobody can be told that it failed: the next change tries again.
    pub(super) async fn save_quietly(&self) {
        if let Err(failure) = self.save().await {
            tracing::warn!(%failure, "a sign-in is good, but could not be kept: it is lost when the hub stops");
        }
    }

    /// Keeps these out of every message from now on; the oldest are forgotten.
    pub(super) fn learn(&self, secrets: Vec<String>) {
        let mut held = self.held();
        for secret in secrets {
            // What is still used is the newest again.
            held.learned.retain(|known| *known != secret);
            held.learned.push_back(secret);
        }
        let extra = held.learned.len().saturating_sub(REMEMBERED);
        let old: Vec<String> = held.learned.drain(..extra).collect();
        self.http.secrecy.forget(&old);
        self.http.secrecy.learn(held.learned.iter().cloned());
    }

    /// A failure without secrets.
    pub(super) fn clean(&self, failure: Failure) -> Failure {
        self.http.secrecy.failure(failure)
    }

    /// How a client shows who it is.
    pub(super) fn proof<'p>(
        &'p self,
        client: &'p Client,
        server: &Server,
        now: i64,
    ) -> Result<Proof<'p>, Failure> {
        if let Some(signer) = &self.signer {
            return signer.sign(&client.id, &server.issuer, now).map(Proof::Assertion);
        }
        Ok(Proof::Secret(client.secret.as_deref().or_else(|| match client.origin {
            Origin::Given => self.secrets.get("client_secret"),
            Origin::Document | Origin::Registered => None,
        })))
    }

    /// The client that was entered, if this authorization server is the one that it was entered for: nobody else gets to see its secret.
    pub(super) fn given(&self, server: &Server) -> Result<Option<Client>, Failure> {
        let secret = self.secrets.get("client_secret");
        let Some(client) = Client::given(&self.config, secret, server) else { return Ok(None) };
        let bound = self.config.client_issuer.clone().or_else(|| self.held().issuer());
        match bound {
            Some(bound) if bound.trim_end_matches('/') != server.issuer.trim_end_matches('/') => {
                let message = format!(
                    "The server now signs in at {}, but the client id that was entered is known at {}.",
                    super::discover::shown(&server.issuer),
                    super::discover::shown(&bound)
                );
                Err(Failure::new(ErrorCode::InvalidConfig, message).hint(
                    "Ask the server's owner whether that is right. If it is, sign out, and enter the client id and secret of the new one.",
                ))
            }
            _ => Ok(Some(client)),
        }
    }

    /// Whether somebody is signed in.
    pub(super) fn state(&self) -> AuthState {
        let mut held = self.held();
        if let Some(tokens) = held.tokens() {
            return AuthState::SignedIn {
                expires_at: tokens.ends().and_then(|ends| Timestamp::from_second(ends).ok()),
                renews: tokens.refresh.is_some() || !self.config.mode.asks_a_person(),
                scopes: tokens.scopes.clone(),
                missing: held.missing.clone(),
            };
        }
        if !held.waiting.is_empty() {
            AuthState::Pending
        } else if held.challenge.is_some() || held.record.is_some() {
            AuthState::SignedOut
        } else {
            AuthState::NotAsked
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(keeper) = self.keeper().take() {
            keeper.abort();
        }
    }
}

/// Whether a kept client is still the one that is configured.
fn fits(client: &Client, config: &AuthConfig) -> bool {
    match client.origin {
        Origin::Given => config.client_id.as_deref() == Some(client.id.as_str()),
        Origin::Document => {
            config.client_id.is_none() && config.client_metadata_url.as_deref() == Some(client.id.as_str())
        }
        Origin::Registered => config.client_id.is_none(),
    }
}

/// A way of signing in lacks one of its secrets.
pub(super) fn lacks(secret: &str) -> Failure {
    Failure::new(ErrorCode::InvalidConfig, format!("This way of signing in needs the secret '{secret}'."))
        .at(format!("/secrets/{secret}"))
        .hint("Enter it, or choose another way of signing in.")
}

/// Somebody has to sign in.
pub(super) fn sign_in(why: impl Into<String>) -> Failure {
    Failure::new(ErrorCode::PeerSignIn, why).hint(
        "Sign in: the backend's page has a button for it; on the command line it is `jackfield backend sign-in <backend>`.",
    )
}

/// The present in seconds of the epoch.
pub(super) fn seconds() -> i64 {
    jackfield_protocol::time::now().as_second()
}
