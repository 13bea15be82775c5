//! What can go wrong before an answer begins, in words that tell what to do.

use std::error::Error as _;

use jackfield_protocol::error::{ErrorCode, Failure};

/// A request that got no answer.
#[derive(Debug, Clone)]
pub(crate) enum SendFault {
    /// No connection was made: the peer provably did not get the request.
    NotSent(Failure),
    /// It may have reached the peer.
    MaybeSent(Failure),
}

impl SendFault {
    pub(crate) fn of(error: &reqwest::Error) -> Self {
        let host = error.url().map(host_of).unwrap_or_default();
        let words = chain(error);
        if error.is_connect() {
            return Self::NotSent(connect_failure(error, &host, &words));
        }
        if error.is_builder() || error.is_redirect() {
            let message = format!("The request to {host} could not be made: {words}");
            return Self::NotSent(Failure::new(ErrorCode::InvalidUrl, message));
        }
        Self::MaybeSent(
            Failure::new(
                ErrorCode::PeerConnectionLost,
                format!("The connection to {host} broke before an answer came: {words}."),
            )
            .hint("The peer may have taken the request all the same."),
        )
    }

    pub(crate) fn into_failure(self) -> Failure {
        match self {
            Self::NotSent(failure) | Self::MaybeSent(failure) => failure,
        }
    }
}

fn connect_failure(error: &reqwest::Error, host: &str, words: &str) -> Failure {
    let lower = words.to_lowercase();
    if error.is_timeout() {
        return Failure::new(
            ErrorCode::PeerConnectTimeout,
            format!("{host} did not accept a connection in time."),
        )
        .hint("Check address and port, and whether a firewall drops packets on the way.");
    }
    let tls = ["certificate", "tls", "handshake", "invalidcontenttype", "corrupt message", "unknownissuer"];
    if tls.iter().any(|word| lower.contains(word)) {
        return tls_failure(host, &lower, words);
    }
    if error.is_dns() || lower.contains("dns") || lower.contains("lookup address") {
        return Failure::new(ErrorCode::PeerUnreachable, format!("The name of {host} is not known here."))
            .hint("Check the spelling, and that this machine (or container) can resolve it.");
    }
    if lower.contains("refused") {
        return Failure::new(
            ErrorCode::PeerUnreachable,
            format!("Nothing listens at {host}: the connection was refused."),
        )
        .hint("Check the port and that the peer runs. In a container, 127.0.0.1 is the container itself.");
    }
    Failure::new(ErrorCode::PeerUnreachable, format!("{host} cannot be reached: {words}."))
        .hint("Check address, port and network.")
}

fn tls_failure(host: &str, lower: &str, words: &str) -> Failure {
    let (what, hint) = if lower.contains("unknownissuer")
        || lower.contains("unknown issuer")
        || lower.contains("self-signed")
        || lower.contains("selfsigned")
    {
        (
            "its certificate comes from an authority that this machine does not know".to_owned(),
            "Give the authority's certificate in `ca_certificate`, or choose `accept_invalid_certificates` for this backend.",
        )
    } else if lower.contains("expired") {
        (
            "its certificate has expired".to_owned(),
            "Renew the peer's certificate, and check this machine's clock.",
        )
    } else if lower.contains("notvalidforname") || lower.contains("not valid for") {
        (
            "its certificate is for another name".to_owned(),
            "Use the name that the certificate has in the base URL.",
        )
    } else if lower.contains("invalidcontenttype")
        || lower.contains("corrupt message")
        || lower.contains("record overflow")
    {
        (
            "it does not speak TLS on this port".to_owned(),
            "Use http:// in place of https://, or the port of the TLS listener.",
        )
    } else {
        (words.to_owned(), "Check the peer's certificate and the base URL.")
    };
    Failure::new(ErrorCode::PeerTls, format!("No secure connection to {host}: {what}.")).hint(hint)
}

/// Host and port, never the path or query: they may hold secrets.
fn host_of(url: &url::Url) -> String {
    let host = url.host_str().unwrap_or("the peer");
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The innermost causes, without the URL that reqwest puts into its own message.
fn chain(error: &reqwest::Error) -> String {
    let mut words = Vec::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        words.push(error.to_string());
        cause = error.source();
    }
    words.pop().unwrap_or_else(|| "no reason given".to_owned())
}
