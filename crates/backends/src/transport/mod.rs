//! The one HTTP transport of all platforms: deadlines, trust, headers, and faults told in plain words.

mod body;
mod fault;

use std::time::Duration;

use jackfield_protocol::error::{ErrorCode, Failure};
use reqwest::{Certificate, Client, Method, RequestBuilder, Response, header, redirect};
use url::Url;

pub(crate) use body::{Answer, ByteStream, StreamFault, answer, html_failure, looks_like_html};
pub(crate) use fault::SendFault;

/// How to reach one backend.
#[derive(Debug, Clone)]
pub(crate) struct TransportOptions {
    /// PEM of a private certificate authority.
    pub(crate) ca_certificate: Option<String>,
    /// Accepts any certificate: only by explicit choice.
    pub(crate) accept_invalid_certificates: bool,
    /// Sent with every request.
    pub(crate) headers: Vec<(String, String)>,
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
    http: Client,
    /// Deadline for the head of an answer.
    pub(crate) first_byte: Duration,
    /// Longest time between two chunks of a stream.
    pub(crate) silence: Duration,
}

impl Transport {
    /// Makes the client; no IO.
    pub(crate) fn new(options: &TransportOptions) -> Result<Self, Failure> {
        // The first backend installs it; for all later ones it is there already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = Client::builder()
            .connect_timeout(options.connect)
            .redirect(redirect::Policy::custom(same_origin))
            .default_headers(headers(&options.headers)?)
            .tcp_nodelay(true)
            .pool_idle_timeout(Duration::from_secs(30));
        if let Some(pem) = &options.ca_certificate {
            let certificates = Certificate::from_pem_bundle(pem.as_bytes()).map_err(|_| bad_certificate())?;
            if certificates.is_empty() {
                return Err(bad_certificate());
            }
            builder = builder.tls_certs_merge(certificates);
        }
        if options.accept_invalid_certificates {
            builder = builder.tls_danger_accept_invalid_certs(true);
        }
        let http = builder.build().map_err(|error| {
            Failure::new(
                ErrorCode::InvalidConfig,
                format!("No HTTP client can be made of these options: {error}"),
            )
        })?;
        Ok(Self { http, first_byte: options.first_byte, silence: options.silence })
    }

    /// A request, to be finished by the caller.
    pub(crate) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        // A compressed stream would be held back until a block is full.
        self.http.request(method, url).header(header::ACCEPT_ENCODING, "identity")
    }

    /// Sends a request and waits for the head of the answer, at most until the first-byte deadline.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Result<Response, SendFault> {
        match tokio::time::timeout(self.first_byte, request.send()).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(SendFault::of(&error)),
            Err(_) => {
                let message =
                    format!("The peer took the request but sent no answer within {:?}.", self.first_byte);
                Err(SendFault::MaybeSent(Failure::new(ErrorCode::PeerNoAnswer, message)))
            }
        }
    }

    /// Sends a request and reads a JSON answer of at most `cap` bytes.
    pub(crate) async fn json(&self, request: RequestBuilder, cap: usize) -> Result<Answer, Failure> {
        let response = self.send(request).await.map_err(SendFault::into_failure)?;
        answer(response, cap, self.silence).await
    }
}

fn same_origin(attempt: redirect::Attempt<'_>) -> redirect::Action {
    let same = attempt.previous().first().is_some_and(|first| first.origin() == attempt.url().origin());
    if same && attempt.previous().len() < 5 { attempt.follow() } else { attempt.stop() }
}

fn headers(list: &[(String, String)]) -> Result<header::HeaderMap, Failure> {
    let mut map = header::HeaderMap::new();
    for (name, value) in list {
        let wrong = |what: &str| {
            Failure::new(ErrorCode::InvalidConfig, format!("'{name}' {what}."))
                .at(format!("/options/headers/{name}"))
        };
        let key = header::HeaderName::try_from(name.as_str()).map_err(|_| wrong("is not a header name"))?;
        let mut value = header::HeaderValue::try_from(value.as_str())
            .map_err(|_| wrong("has a value that no header can have"))?;
        value.set_sensitive(true);
        map.append(key, value);
    }
    Ok(map)
}

fn bad_certificate() -> Failure {
    Failure::new(ErrorCode::InvalidConfig, "The CA certificate is not PEM text.")
        .at("/options/ca_certificate")
        .hint("Paste the whole text from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.")
}
