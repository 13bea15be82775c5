//! What can go wrong before an answer begins, in words that tell what to do.

use std::{
    error::Error,
    io::{self, ErrorKind},
};

use jackfield_protocol::error::{ErrorCode, Failure};
use rustls::{AlertDescription, CertificateError, InvalidMessage};
use url::Url;

use super::public::PrivateAddress;

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
        let place = error.url().map_or_else(|| "the peer".to_owned(), host_of);
        if error.is_connect() {
            return Self::NotSent(connect_failure(error, &place));
        }
        if error.is_builder() {
            let message = format!("The request to {place} could not be made: {}.", innermost(error));
            let hint = "Check the addresses, headers and secrets of the backend: line breaks cannot be sent.";
            return Self::NotSent(Failure::new(ErrorCode::InvalidConfig, message).hint(hint));
        }
        if find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse) {
            return Self::MaybeSent(no_http(error, &place));
        }
        let message = format!("The connection to {place} broke before an answer came: {}.", innermost(error));
        Self::MaybeSent(
            Failure::new(ErrorCode::PeerConnectionLost, message)
                .hint("The peer may have taken the request all the same."),
        )
    }

    pub(crate) fn into_failure(self) -> Failure {
        match self {
            Self::NotSent(failure) | Self::MaybeSent(failure) => failure,
        }
    }
}

fn connect_failure(error: &reqwest::Error, place: &str) -> Failure {
    if let Some(tls) = find::<rustls::Error>(error) {
        return tls_failure(tls, place);
    }
    if find::<PrivateAddress>(error).is_some() {
        return Failure::new(
            ErrorCode::InvalidUrl,
            format!("The name of {place} leads into a private network."),
        )
        .hint("Where that is meant, use the address itself, or a name that only the private network has.");
    }
    if error.is_dns() {
        return Failure::new(ErrorCode::PeerUnreachable, format!("The name of {place} is not known here."))
            .hint("Check the spelling, and that this machine (or container) can resolve it.");
    }
    if error.is_timeout() {
        return connect_timeout(place);
    }
    match find::<io::Error>(error) {
        Some(cause) => io_failure(cause, place),
        None => {
            let message = format!("{place} cannot be reached: {}.", innermost(error));
            Failure::new(ErrorCode::PeerUnreachable, message).hint("Check address, port and network.")
        }
    }
}

/// The connection was not made in time.
pub(super) fn connect_timeout(place: &str) -> Failure {
    Failure::new(ErrorCode::PeerConnectTimeout, format!("{place} did not accept a connection in time."))
        .hint("Check address and port, and whether a firewall drops packets on the way.")
}

/// An IO error while connecting.
pub(super) fn io_failure(error: &io::Error, place: &str) -> Failure {
    if let Some(tls) = causes(Some(error)).find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
        return tls_failure(tls, place);
    }
    let (message, hint) = match error.kind() {
        ErrorKind::TimedOut => return connect_timeout(place),
        ErrorKind::ConnectionRefused => (
            format!("Nothing listens at {place}: the connection was refused."),
            "Check the port and that the peer runs. In a container, 127.0.0.1 is the container itself.",
        ),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => (
            format!("There is no route to {place}."),
            "Check the network, a VPN, and that the address can be reached from this machine (or container).",
        ),
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::UnexpectedEof => (
            format!("{place} closed the connection before it was made."),
            "A proxy or firewall may do this, or the port speaks something else.",
        ),
        _ => (format!("{place} cannot be reached: {error}."), "Check address, port and network."),
    };
    Failure::new(ErrorCode::PeerUnreachable, message).hint(hint)
}

fn tls_failure(error: &rustls::Error, place: &str) -> Failure {
    use rustls::Error as Tls;
    let (what, hint) = match error {
        Tls::InvalidCertificate(reason) => certificate(reason),
        Tls::InvalidMessage(InvalidMessage::InvalidContentType)
        | Tls::AlertReceived(AlertDescription::UnexpectedMessage) => (
            "it does not speak TLS on this port".to_owned(),
            "Use http:// in place of https://, or the port of the TLS listener.",
        ),
        Tls::AlertReceived(AlertDescription::UnrecognisedName) => (
            "it has no certificate for this name".to_owned(),
            "Use the name that the certificate has in the base URL.",
        ),
        Tls::AlertReceived(AlertDescription::CertificateRequired | AlertDescription::HandshakeFailure) => (
            "it refuses the handshake; it may want a client certificate or an old version of TLS".to_owned(),
            "TLS 1.2 and 1.3 are spoken; client certificates are not.",
        ),
        other => (other.to_string(), "Check the peer's certificate and the base URL."),
    };
    Failure::new(ErrorCode::PeerTls, format!("No secure connection to {place}: {what}.")).hint(hint)
}

fn certificate(reason: &CertificateError) -> (String, &'static str) {
    let unknown = "Give the authority's certificate in `ca_certificate`, or choose `accept_invalid_certificates` for this backend alone.";
    match reason {
        CertificateError::UnknownIssuer => {
            ("its certificate comes from an authority that this machine does not know".to_owned(), unknown)
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => (
            "its certificate has expired".to_owned(),
            "Renew the peer's certificate, and check this machine's clock.",
        ),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            ("its certificate is not valid yet".to_owned(), "Check the clocks of this machine and the peer.")
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => (
            "its certificate is for another name".to_owned(),
            "Use the name that the certificate has in the base URL.",
        ),
        CertificateError::Revoked => {
            ("its certificate has been revoked".to_owned(), "Renew the peer's certificate.")
        }
        // rustls-webpki tells a self-signed authority that is used as the server's own certificate only in words.
        other if format!("{other:?}").contains("CaUsedAsEndEntity") => {
            ("its certificate is self-signed as an authority".to_owned(), unknown)
        }
        other => (format!("its certificate is not valid: {other}"), "Check or renew the peer's certificate."),
    }
}

fn no_http(error: &reqwest::Error, place: &str) -> Failure {
    let plain = error.url().is_some_and(|url| url.scheme() == "http");
    if plain {
        Failure::new(ErrorCode::PeerTls, format!("What answers at {place} is not plain HTTP."))
            .hint("The port may expect TLS: use https:// in place of http://.")
    } else {
        Failure::new(ErrorCode::PeerBadAnswer, format!("What answers at {place} is not HTTP."))
            .hint("Check the port.")
    }
}

/// Host and port, never user, path or query: they may hold secrets.
pub(super) fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or("the peer");
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The first cause of this type.
fn find<T: Error + 'static>(error: &reqwest::Error) -> Option<&T> {
    causes(error.source()).find_map(|cause| cause.downcast_ref::<T>())
}

/// Every cause, the given one first. An IO error hides the error it was made of from `source`, and the layers of a
/// connection wrap one IO error into the next.
fn causes<'e>(first: Option<&'e (dyn Error + 'static)>) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(first, |cause| {
        let cause: &'e (dyn Error + 'static) = *cause;
        match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(hidden) => Some(hidden),
            None => cause.source(),
        }
    })
}

/// The innermost cause, without the URL that reqwest puts into its own message.
fn innermost(error: &reqwest::Error) -> String {
    let mut words = None;
    let mut cause = error.source();
    while let Some(error) = cause {
        words = Some(error.to_string());
        cause = error.source();
    }
    words.unwrap_or_else(|| "no reason given".to_owned())
}
