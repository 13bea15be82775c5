//! Sign-in at MCP servers: OAuth 2.1 as the revisions 2025-03-26 to 2026-07-28 ask for it.
//!
//! ```text
//! rules ── http ─┬─ discover ── server         which addresses, how, who gives tokens
//!                ├─ client ── assertion        who the hub is there
//!                └─ token ── pending ── record what is asked, what waits, what is kept
//! held ─┬─ refused    a request was refused: refresh, step up, or a person
//!       ├─ renew      one refresh at a time, before the end and after a refusal
//!       ├─ sign_in    begin, finish, sign out
//!       └─ grants     the ways without a person; enterprise-managed ones by the SDK
//! ```
//!
//! Tokens are bound to the server and the authorization server that they came from, sealed with the backend's other secrets, and sent nowhere
//! else. What the SDK's own client lacks for that is written down in `docs/adr/0004-mcp-sign-in.md`.

mod assertion;
mod challenge;
mod client;
mod discover;
mod grants;
mod held;
mod http;
mod pending;
mod record;
mod refused;
mod renew;
mod rules;
mod server;
mod sign_in;
#[cfg(test)]
mod tests;
mod token;

use std::sync::Arc;

use jackfield_protocol::{
    error::Failure,
    port::{BackendHost, Secrets, SignIn, SignInAnswer},
};
use jiff::Timestamp;
use url::Url;

use crate::{secrecy::Secrecy, transport::TransportOptions};

/// How a server's sign-in is done.
#[derive(Debug, Clone)]
pub(crate) struct AuthConfig {
    /// The MCP endpoint.
    pub(crate) server_url: Url,
    /// A client that is registered at the authorization server already; its secret is the secret `client_secret`.
    pub(crate) client_id: Option<String>,
    /// The authorization server that knows it; `None`: the first one that it was used at.
    pub(crate) client_issuer: Option<String>,
    /// Address of the hub's client id metadata document: `https`, with a path.
    pub(crate) client_metadata_url: Option<String>,
    /// Scopes to ask for in place of those that the server names.
    pub(crate) scopes: Vec<String>,
    /// Who signs in.
    pub(crate) mode: AuthMode,
    /// A redirect address of the hub that is registered beside the one that is used.
    pub(crate) redirect_default: Option<String>,
    /// What the hub calls itself when it registers.
    pub(crate) client_name: String,
    /// The authorization server may be on a private network, though the MCP server's address does not tell that it is.
    pub(crate) private_network: bool,
}

/// Who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AuthMode {
    /// A person, in a browser (authorization code with PKCE), when the server asks for it.
    Auto,
    /// The hub itself, with `client_id` and the secret `client_secret`.
    ClientCredentials,
    /// The hub itself, with `client_id` and a signature by the secret `private_key` (PEM).
    PrivateKeyJwt {
        /// How it signs.
        algorithm: Algorithm,
        /// Which key it is, where the authorization server knows several.
        key_id: Option<String>,
    },
    /// The hub itself, with a token of the platform that it runs on: the secret `assertion` (workload identity, RFC 7523 section 2.1).
    Workload,
    /// A company's identity provider, with the secret `idp_refresh_token` or `idp_id_token`, and `idp_client_secret` if it has one.
    EnterpriseManaged {
        /// Issuer of the identity provider.
        idp_issuer: String,
        /// Its token endpoint.
        idp_token_endpoint: String,
        /// The hub's client there.
        idp_client_id: String,
    },
}

impl AuthMode {
    fn asks_a_person(&self) -> bool {
        *self == Self::Auto
    }
}

/// How an assertion is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
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

/// Whether somebody is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AuthState {
    /// The server has asked for nothing so far.
    NotAsked,
    /// The server asks for a sign-in, or a sign-in has ended.
    SignedOut,
    /// A browser is on its way.
    Pending,
    /// There are tokens.
    SignedIn {
        /// When the access token ends; it is renewed before, if it can be.
        expires_at: Option<Timestamp>,
        /// Whether it can be renewed without a person.
        renews: bool,
        /// What it may do.
        scopes: Vec<String>,
        /// What the server asked for beyond that: a further sign-in asks for it.
        missing: Vec<String>,
    },
}

/// There is a new token: the refused request may be sent once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Retry;

/// Signs in at one server. Clones are the same sign-in.
#[derive(Clone)]
pub(crate) struct Authorizer(Arc<held::Inner>);

impl std::fmt::Debug for Authorizer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authorizer").field("state", &self.state()).finish_non_exhaustive()
    }
}

impl Authorizer {
    /// For one server. Takes up what an earlier one kept in the secret `oauth`. Does no IO.
    ///
    /// `transport`: how the MCP server is reached; its headers go to the server's own origin only.
    ///
    /// # Errors
    /// `InvalidConfig` when the transport or the private key cannot be used.
    pub(crate) fn new(
        config: AuthConfig,
        transport: &TransportOptions,
        secrets: &Secrets,
        host: Arc<dyn BackendHost>,
        secrecy: Secrecy,
    ) -> Result<Self, Failure> {
        held::Inner::new(config, transport, secrets, host, secrecy).map(|inner| Self(Arc::new(inner)))
    }

    /// The access token to send now, renewed first when it is about to end. `None`: there is none (yet): send the request without one, and give
    /// the answer to [`Authorizer::challenged`] when it is refused.
    ///
    /// # Errors
    /// `PeerSignIn` when it ended and cannot be renewed any more; else why it could not be renewed now.
    pub(crate) async fn bearer(&self) -> Result<Option<String>, Failure> {
        self.0.bearer().await
    }

    /// The server answered 401 or 403 to a request that was sent with this token, with this `WWW-Authenticate` (several joined by commas).
    /// Many callers with the same token cause one renewal.
    ///
    /// # Errors
    /// `PeerSignIn` when a person has to sign in (again, or to allow more); `PeerScopeMissing` when that was tried and did not help;
    /// `PeerUnauthorized` when no sign-in would help; else why the token could not be renewed now.
    pub(crate) async fn challenged(
        &self,
        sent: Option<&str>,
        status: u16,
        www_authenticate: Option<&str>,
    ) -> Result<Retry, Failure> {
        self.0.challenged(sent, status, www_authenticate).await
    }

    /// Begins a sign-in. It can be finished within ten minutes; of nine at once the oldest is dropped.
    ///
    /// # Errors
    /// `InvalidRequest` when the browser could not come back to `redirect_uri`, or there is nothing to sign in to; `InvalidConfig` when a client
    /// has to be entered; else what is wrong with the authorization server.
    pub(crate) async fn begin(&self, redirect_uri: &str) -> Result<SignIn, Failure> {
        self.0.begin(redirect_uri).await
    }

    /// Ends a sign-in with what the browser brought back, and keeps its tokens. Goes on by itself when it is dropped, because a code works once.
    ///
    /// # Errors
    /// `InvalidRequest` for a sign-in that is not known (any more), `PeerSignIn` when it was declined, `PeerBadAnswer` when somebody else answers.
    pub(crate) async fn finish(&self, answer: &SignInAnswer) -> Result<(), Failure> {
        self.0.finish(answer).await
    }

    /// Forgets the sign-in and the client that registered itself, and takes the tokens back where the authorization server has a way.
    ///
    /// # Errors
    /// When it could not be removed from the hub's store. It is forgotten here all the same.
    pub(crate) async fn sign_out(&self) -> Result<(), Failure> {
        self.0.sign_out().await
    }

    /// Whether somebody is signed in.
    pub(crate) fn state(&self) -> AuthState {
        self.0.state()
    }
}
