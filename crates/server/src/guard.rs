//! Host and Origin of every request: a page from elsewhere must not reach a hub on somebody's own machine, neither
//! directly nor through a name that it rebinds to a local address.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::Arc,
};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, header, uri::Authority},
    middleware::Next,
    response::Response,
};
use jackfield_protocol::error::{ErrorCode, Failure};

use crate::{problem::ApiError, state::App};

/// Lets a request pass when its Host is one of ours and its Origin, if there is one, belongs to it.
pub(crate) async fn check(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let host = host(&request)?;
    if !host_allowed(&host, &app.config.allowed_hosts, app.listen) {
        let failure =
            Failure::new(ErrorCode::ForbiddenHost, format!("The hub does not answer for the host '{host}'."));
        return Err(failure
            .hint("Use the address the hub listens on, or add the name to the allowed hosts of its configuration.")
            .at("header:Host")
            .into());
    }
    check_origin(request.headers(), &host, &app.config.allowed_origins)?;
    Ok(next.run(request).await)
}

fn host(request: &Request) -> Result<Authority, ApiError> {
    let refuse = |message: &str| {
        ApiError::from(
            Failure::new(ErrorCode::ForbiddenHost, message)
                .hint("Send one Host header with a name or address, and a port if there is one.")
                .at("header:Host"),
        )
    };
    let mut values = request.headers().get_all(header::HOST).iter();
    let host = match (values.next(), values.next()) {
        (Some(value), None) => value
            .to_str()
            .ok()
            .and_then(|text| text.parse::<Authority>().ok())
            .filter(|a| !a.as_str().contains('@')),
        (None, _) => request.uri().authority().cloned(),
        (Some(_), Some(_)) => return Err(refuse("The request has several Host headers.")),
    };
    host.ok_or_else(|| refuse("The request has no usable Host header."))
}

fn host_allowed(host: &Authority, allowed: &[String], listen: Option<IpAddr>) -> bool {
    let name = host.host().trim_end_matches('.').to_ascii_lowercase();
    if name == "localhost" || name.ends_with(".localhost") {
        return true;
    }
    if let Some(ip) = ip_literal(&name) {
        // An address cannot be rebound; it is ours if it is loopback, the one we listen on, or if we listen on all.
        if ip.is_loopback() || listen.is_some_and(|own| own == ip || own.is_unspecified()) {
            return true;
        }
    }
    let with_port = host.as_str().to_ascii_lowercase();
    allowed.iter().map(|entry| entry.to_ascii_lowercase()).any(|entry| entry == name || entry == with_port)
}

fn ip_literal(name: &str) -> Option<IpAddr> {
    let bare = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    match bare {
        Some(v6) => v6.parse::<Ipv6Addr>().ok().map(|ip| ip.to_canonical()),
        None => name.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
    }
}

fn check_origin(headers: &HeaderMap, host: &Authority, allowed: &[String]) -> Result<(), ApiError> {
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    let origin = origin.to_str().unwrap_or("?").to_ascii_lowercase();
    // Behind a TLS proxy the page is https while we are spoken to in http: only host and port are compared.
    let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    let own = authority.is_some_and(|authority| authority == host.as_str().to_ascii_lowercase());
    if own || allowed.iter().any(|entry| entry.trim_end_matches('/').eq_ignore_ascii_case(&origin)) {
        return Ok(());
    }
    let shown: String = origin.chars().take(200).collect();
    let failure =
        Failure::new(ErrorCode::ForbiddenOrigin, format!("Pages of '{shown}' may not call this hub."));
    Err(failure
        .hint("Open the hub's own page, or add the origin to the allowed origins of its configuration.")
        .at("header:Origin")
        .into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(host: &str, extra: &[&str], listen: &str) -> bool {
        let extra: Vec<String> = extra.iter().map(|&name| name.to_owned()).collect();
        host_allowed(&host.parse().unwrap(), &extra, listen.parse().ok())
    }

    #[test]
    fn loopback_is_always_ours() {
        for host in ["localhost", "LOCALHOST:7410", "hub.localhost", "127.0.0.1:1", "127.9.9.9", "[::1]:7410"]
        {
            assert!(allowed(host, &[], "127.0.0.1"), "{host}");
        }
    }

    #[test]
    fn a_name_that_could_be_rebound_is_not() {
        for host in ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "notlocalhost", "0.0.0.0"]
        {
            assert!(!allowed(host, &[], "127.0.0.1"), "{host}");
        }
    }

    #[test]
    fn addresses_are_ours_when_we_listen_there() {
        assert!(allowed("192.168.1.5:7410", &[], "192.168.1.5"));
        assert!(allowed("192.168.1.5:7410", &[], "0.0.0.0"));
        assert!(!allowed("192.168.1.6", &[], "192.168.1.5"));
        assert!(!allowed("hub.example", &[], "0.0.0.0"));
    }

    #[test]
    fn configured_names_match_with_or_without_port() {
        assert!(allowed("hub.example:8443", &["hub.example"], "0.0.0.0"));
        assert!(allowed("Hub.Example:8443", &["hub.example:8443"], "0.0.0.0"));
        assert!(!allowed("hub.example:8444", &["hub.example:8443"], "0.0.0.0"));
    }

    #[test]
    fn an_origin_must_be_the_hosts_own_or_configured() {
        let host: Authority = "localhost:7410".parse().unwrap();
        let extra = vec!["https://hub.example".to_owned()];
        for (origin, fine) in [
            ("http://localhost:7410", true),
            ("https://localhost:7410", true),
            ("https://hub.example", true),
            ("http://localhost:5678", false),
            ("http://hub.example", false),
            ("null", false),
            ("http://localhost:7410.evil.example", false),
        ] {
            let headers = HeaderMap::from_iter([(header::ORIGIN, origin.parse().unwrap())]);
            assert_eq!(check_origin(&headers, &host, &extra).is_ok(), fine, "{origin}");
        }
        assert!(check_origin(&HeaderMap::new(), &host, &[]).is_ok());
    }
}
