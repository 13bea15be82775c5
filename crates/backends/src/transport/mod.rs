//! The one HTTP transport of all platforms: deadlines, trust, headers, and faults told in plain words.

mod body;
mod fault;
mod public;
#[cfg(test)]
mod tests;
mod tls;
mod websocket;

use std::{sync::Arc, time::Duration};

use jackfield_protocol::error::{ErrorCode, Failure};
use reqwest::{
    Client, ClientBuilder, Method, Proxy, RequestBuilder, Response, dns::Resolve, header, redirect,
};
use rustls::ClientConfig;
use url::Url;

pub(crate) use body::{Answer, ByteStream, StreamFault, answer, html_failure, looks_like_html, read_all};
pub(crate) use fault::SendFault;
pub(crate) use public::names_private;
pub(crate) use websocket::Wire;

/// Said to peers. Some peers drop what names itself as a program (n8n's webhooks with "ignore bots", its approval links).
const USER_AGENT: &str = concat!("Mozilla/5.0 (compatible; Jackfield/", env!("CARGO_PKG_VERSION"), ")");
/// Most redirects that are followed, each within the same origin.
const REDIRECTS: usize = 5;
/// Peers close idle connections after 5 s (Node's default): ours go first, so that no request meets a dying one.
const IDLE: Duration = Duration::from_secs(4);

/// How to reach one backend.
#[derive(Debug, Clone)]
pub(crate) struct TransportOptions {
    /// PEM of a private certificate authority.
    pub(crate) ca_certificate: Option<String>,
    /// Accepts any certificate: only by explicit choice.
    pub(crate) accept_invalid_certificates: bool,
    /// `http://`, `https://` or `socks5://` proxy. The environment's proxies are not used.
    pub(crate) proxy: Option<Url>,
    /// Sent with every request; may be secret. Names and values must have been checked.
    pub(crate) headers: header::HeaderMap,
    /// Deadline for the connection, TLS included.
    pub(crate) connect: Duration,
    /// Deadline for the head of an answer that does not stream.
    pub(crate) first_byte: Duration,
    /// Longest time between two chunks of a stream.
    pub(crate) silence: Duration,
}

/// Talks HTTP with one backend.
#[derive(Debug, Clone)]
pub(crate) struct Transport {
    pooled: Client,
    fresh: Client,
    tls: Arc<ClientConfig>,
    proxied: bool,
    headers: header::HeaderMap,
    connect: Duration,
    /// Deadline for the head of an answer.
    pub(crate) first_byte: Duration,
    /// Longest time between two chunks of a stream.
    pub(crate) silence: Duration,
}

impl Transport {
    /// Makes the client; no network.
    pub(crate) fn new(options: &TransportOptions) -> Result<Self, Failure> {
        Self::build(options, None)
    }

    /// As [`Transport::new`], and no name leads it to a private address. An address in the URL itself is not looked at:
    /// [`names_private`] does that.
    pub(crate) fn public(options: &TransportOptions) -> Result<Self, Failure> {
        Self::build(options, Some(Arc::new(public::PublicOnly)))
    }

    /// As [`Transport::new`], with a say in which addresses a name may lead to. Where a proxy is used, the proxy looks names up, and only the
    /// proxy's own name is asked for.
    pub(crate) fn resolving(options: &TransportOptions, resolver: Arc<dyn Resolve>) -> Result<Self, Failure> {
        Self::build(options, Some(resolver))
    }

    fn build(options: &TransportOptions, resolver: Option<Arc<dyn Resolve>>) -> Result<Self, Failure> {
        let tls = tls::client_config(options.ca_certificate.as_deref(), options.accept_invalid_certificates)?;
        let mut pooled_tls = tls.clone();
        pooled_tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let pooled = builder(options, resolver.clone())?
            .tls_backend_preconfigured(pooled_tls)
            .redirect(redirect::Policy::custom(same_origin))
            .pool_idle_timeout(IDLE);
        let mut fresh_tls = tls.clone();
        fresh_tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        let fresh = builder(options, resolver)?
            .tls_backend_preconfigured(fresh_tls)
            .http1_only()
            .redirect(redirect::Policy::none())
            .pool_max_idle_per_host(0);
        Ok(Self {
            pooled: pooled.build().map_err(|error| no_client(&error))?,
            fresh: fresh.build().map_err(|error| no_client(&error))?,
            tls: Arc::new(tls),
            proxied: options.proxy.is_some(),
            headers: options.headers.clone(),
            connect: options.connect,
            first_byte: options.first_byte,
            silence: options.silence,
        })
    }

    /// A request that reads or changes, to be finished by the caller. Redirects are followed within the same origin.
    pub(crate) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        // A compressed stream would be held back until a block is full.
        self.pooled.request(method, url).header(header::ACCEPT_ENCODING, "identity")
    }

    /// A request that starts a run, to be finished by the caller: on a connection of its own, because on a reused one
    /// that the peer is just closing nobody can say whether the request was taken; and without redirects, because
    /// those send it again.
    pub(crate) fn run_request(&self, method: Method, url: Url) -> RequestBuilder {
        self.fresh.request(method, url).header(header::ACCEPT_ENCODING, "identity")
    }

    /// Sends a request and waits for the head of the answer, at most until the first-byte deadline.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Result<Response, SendFault> {
        match tokio::time::timeout(self.first_byte, request.send()).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(SendFault::of(&error)),
            Err(_) => {
                let message =
                    format!("The peer took the request but sent no answer within {:?}.", self.first_byte);
                let failure = Failure::new(ErrorCode::PeerNoAnswer, message)
                    .hint("Check how busy the peer is; `first_byte_timeout_ms` gives it longer.");
                Err(SendFault::MaybeSent(failure))
            }
        }
    }

    /// Sends a request and reads a JSON answer of at most `cap` bytes.
    pub(crate) async fn json(&self, request: RequestBuilder, cap: usize) -> Result<Answer, Failure> {
        let response = self.send(request).await.map_err(SendFault::into_failure)?;
        answer(response, cap, self.silence).await
    }
}

fn builder(options: &TransportOptions, resolver: Option<Arc<dyn Resolve>>) -> Result<ClientBuilder, Failure> {
    let mut builder = Client::builder()
        .connect_timeout(options.connect)
        .default_headers(options.headers.clone())
        .user_agent(USER_AGENT)
        .referer(false)
        .retry(reqwest::retry::never())
        .tcp_nodelay(true)
        .no_proxy();
    if let Some(resolver) = resolver {
        builder = builder.dns_resolver(resolver);
    }
    match &options.proxy {
        Some(url) => Ok(builder.proxy(Proxy::all(url.clone()).map_err(|error| no_client(&error))?)),
        None => Ok(builder),
    }
}

fn no_client(error: &reqwest::Error) -> Failure {
    Failure::new(ErrorCode::InvalidConfig, format!("No HTTP client can be made of these options: {error}"))
        .at("/options")
}

/// Secrets go along with a redirect, so it may not leave the origin.
fn same_origin(attempt: redirect::Attempt<'_>) -> redirect::Action {
    let same = attempt.previous().first().is_some_and(|first| first.origin() == attempt.url().origin());
    if same && attempt.previous().len() <= REDIRECTS { attempt.follow() } else { attempt.stop() }
}
