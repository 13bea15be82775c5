//! Resolved configuration of the server.

use std::time::Duration;

use crate::{BasePath, Page, SignInCodes};

/// Who may call the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// Whoever has a token, or signed in with a one-time link.
    Required,
    /// Everybody. Only for tests.
    Off,
}

/// Everything the server needs to know. It reads nothing global.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Path in front of everything.
    pub base_path: BasePath,
    /// The web page.
    pub page: Page,
    /// Who may call the API.
    pub auth: Auth,
    /// Tells a person without a token where one is; ends up in problem documents, so no secret and no machine path
    /// that is not meant to be seen.
    pub token_hint: String,
    /// One-time sign-in codes. Keep a clone to make links.
    pub sign_in: SignInCodes,
    /// Hosts that the hub answers for besides loopback and the address it listens on: `name` or `name:port`.
    pub allowed_hosts: Vec<String>,
    /// Origins whose pages may call the hub besides its own: `https://name[:port]`. Needed where a reverse proxy
    /// does not pass the Host header on.
    pub allowed_origins: Vec<String>,
    /// Whether sign-in cookies are sent over HTTPS only. Set it behind a TLS proxy.
    pub secure_cookie: bool,
    /// Whether `/metrics` answers without a token.
    pub open_metrics: bool,
    /// How long an event stream may be silent before a comment is sent; proxies cut silent connections.
    pub heartbeat: Duration,
    /// Most event streams at the same time.
    pub max_readers: usize,
    /// Most connections at the same time; further ones wait to be accepted.
    pub max_connections: usize,
    /// Most bytes of a JSON body.
    pub json_limit: usize,
    /// Most bytes of a body with files, all parts together.
    pub upload_limit: usize,
    /// Most bytes of a batch of spans.
    pub span_limit: usize,
    /// How long a client may take to send the head of a request, and to begin the next one.
    pub header_timeout: Duration,
    /// How long requests may still take after shutdown began.
    pub shutdown_grace: Duration,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            base_path: BasePath::default(),
            page: Page::embedded(),
            auth: Auth::Required,
            token_hint:
                "The first token is in the file `token` of the hub's data directory; `jackfield token` makes \
                         further ones. Send it as `Authorization: Bearer <token>`."
                    .to_owned(),
            sign_in: SignInCodes::default(),
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
            secure_cookie: false,
            open_metrics: false,
            heartbeat: Duration::from_secs(15),
            max_readers: 2000,
            max_connections: 4096,
            json_limit: 4 << 20,
            upload_limit: 64 << 20,
            span_limit: 16 << 20,
            header_timeout: Duration::from_secs(60),
            shutdown_grace: Duration::from_secs(10),
        }
    }
}
