//! From an MCP server to its authorization server: protected resource metadata (RFC 9728), or, for servers of the revision 2025-03-26, the
//! server's own origin.

use http::StatusCode;
use jackfield_protocol::error::{ErrorCode, Failure};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use url::Url;

use super::{challenge::Challenge, http::Http, server::Server};

/// Most authorization servers that are tried.
const MOST_SERVERS: usize = 4;
/// How the document is called in messages.
const IT: &str = "The server's sign-in document";

/// What is known of a server's sign-in.
#[derive(Debug, Clone)]
pub(super) struct Discovery {
    /// Who gives tokens.
    pub(super) server: Server,
    /// What tokens are asked for: the identifier exactly as published.
    pub(super) resource: String,
    /// Scopes that the server knows.
    pub(super) scopes: Vec<String>,
    /// The MCP server names its authorization server; otherwise its own origin was tried.
    pub(super) named: bool,
}

#[derive(Debug, Deserialize)]
struct Resource {
    resource: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    authorization_servers: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    scopes_supported: Vec<String>,
}

/// Programs write `null` for what they do not have.
pub(super) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Finds out where tokens for this server come from. `known`: the issuer that is used so far, kept if the server still names it.
pub(super) async fn discover(
    http: &Http,
    server: &Url,
    challenge: Option<&Challenge>,
    known: Option<&str>,
) -> Result<Discovery, Failure> {
    let Some(found) = resource_metadata(http, server, challenge).await? else {
        let own = match Server::read_origin(http, server).await? {
            Some(own) => own,
            None if challenge.is_some() => Server::assumed(server),
            None => return Err(no_sign_in()),
        };
        return Ok(Discovery { server: own, resource: canonical(server), scopes: Vec::new(), named: false });
    };
    let mut issuers: Vec<&String> = found.authorization_servers.iter().collect();
    // Stays with the one where it is registered.
    issuers.sort_by_key(|issuer| known != Some(issuer.as_str()));
    for issuer in issuers.into_iter().take(MOST_SERVERS) {
        if let Some(server) = Server::read(http, issuer).await? {
            return Ok(Discovery {
                server,
                resource: found.resource.unwrap_or_default(),
                scopes: found.scopes_supported,
                named: true,
            });
        }
    }
    let named: Vec<String> =
        found.authorization_servers.iter().take(MOST_SERVERS).map(|one| shown(one)).collect();
    let message = if named.is_empty() {
        "The server's sign-in document names no sign-in server.".to_owned()
    } else {
        format!(
            "The server names a sign-in server that publishes nothing about itself: {}.",
            named.join(", ")
        )
    };
    Err(Failure::new(ErrorCode::PeerBadAnswer, message)
        .hint("Check that the sign-in server runs and can be reached from the hub's machine."))
}

async fn resource_metadata(
    http: &Http,
    server: &Url,
    challenge: Option<&Challenge>,
) -> Result<Option<Resource>, Failure> {
    if let Some(text) = challenge.and_then(|challenge| challenge.resource_metadata.as_deref()) {
        let place = server.join(text).map_err(|_| {
            let message = format!(
                "The server says that its sign-in document is at '{}', which is no URL.",
                shown(text)
            );
            Failure::new(ErrorCode::PeerBadAnswer, message)
        })?;
        if let Some(value) = document(http, &place, IT).await? {
            let found = parse(value)?;
            is_of(&found, server)?;
            return Ok(Some(found));
        }
    }
    for place in well_known(server) {
        let Some(value) = document(http, &place, IT).await? else { continue };
        let Ok(found) = parse(value) else { continue };
        match is_of(&found, server) {
            Ok(()) => return Ok(Some(found)),
            // Of another server on this host, or something else.
            Err(_) if found.resource.is_none() || same_origin(&found, server) => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(None)
}

/// Next to the server's path, then at the root.
fn well_known(server: &Url) -> Vec<Url> {
    const ROOT: &str = "/.well-known/oauth-protected-resource";
    let path = server.path().trim_end_matches('/');
    let mut paths = vec![format!("{ROOT}{path}")];
    if !path.is_empty() {
        paths.push(ROOT.to_owned());
    }
    let at = |path: &String| {
        let mut url = server.clone();
        url.set_path(path);
        url.set_query(None);
        url.set_fragment(None);
        url
    };
    paths.iter().map(at).collect()
}

fn parse(value: Value) -> Result<Resource, Failure> {
    let found: Result<Resource, _> = serde_path_to_error::deserialize(value);
    found.map_err(|error| {
        Failure::new(ErrorCode::PeerBadAnswer, format!("The server's sign-in document is wrong: {error}."))
            .hint("Its owner has to mend it (RFC 9728, section 2).")
    })
}

/// RFC 9728, section 3.3: a document for another resource would have tokens made out to somebody else.
fn is_of(found: &Resource, server: &Url) -> Result<(), Failure> {
    let refused = |what: String| {
        Err(Failure::new(ErrorCode::PeerBadAnswer, format!("The server's sign-in document {what}: refused."))
            .hint("It has to name the address that the backend has, or one above it. Check the base URL; else the server's owner has to mend it."))
    };
    let Some(text) = found.resource.as_deref() else {
        return refused("does not say which server it is for".to_owned());
    };
    match Url::parse(text) {
        Ok(url) if url.fragment().is_none() && covers(&url, server) => Ok(()),
        _ => refused(format!("is for another server, {}", shown(text))),
    }
}

fn same_origin(found: &Resource, server: &Url) -> bool {
    let url = found.resource.as_deref().and_then(|text| Url::parse(text).ok());
    url.is_some_and(|url| url.origin() == server.origin())
}

/// Whether a resource is the server or above it.
fn covers(resource: &Url, server: &Url) -> bool {
    let (above, path) = (resource.path().trim_end_matches('/'), server.path().trim_end_matches('/'));
    resource.origin() == server.origin()
        && path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The identifier of a server that publishes none: its address, without a slash where there is nothing else.
fn canonical(server: &Url) -> String {
    let mut url = server.clone();
    url.set_fragment(None);
    if url.path() == "/" && url.query().is_none() {
        url.origin().ascii_serialization()
    } else {
        url.to_string()
    }
}

/// A JSON document; `None`: there is none. A place that fails is no place without a document: what is found elsewhere could be wrong.
pub(super) async fn document(http: &Http, place: &Url, what: &str) -> Result<Option<Value>, Failure> {
    let reply = http.get(place, what).await?;
    let failed = |code, why: String| {
        let message = format!("{what} at {} {why}.", place.host_str().unwrap_or("nowhere"));
        Err(Failure::new(code, message)
            .status(reply.status.as_u16())
            .hint("Try again; look at the server's own log."))
    };
    match reply.status {
        // A page for people, where a server answers every address with one, is no document.
        StatusCode::OK => Ok(reply.object()),
        StatusCode::TOO_MANY_REQUESTS => {
            failed(ErrorCode::PeerRateLimited, "cannot be read: too many requests".to_owned())
        }
        status if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
            failed(ErrorCode::PeerFailed, format!("cannot be read: status {}", status.as_u16()))
        }
        status if status.is_redirection() => {
            failed(ErrorCode::PeerRejected, "redirects to another address, which is not followed".to_owned())
        }
        _ => Ok(None),
    }
}

/// A peer's words in a message: short, on one line.
pub(super) fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect()
}

fn no_sign_in() -> Failure {
    Failure::new(ErrorCode::InvalidRequest, "The server asks for no sign-in, and publishes none.")
        .hint("Test the backend: if it works, there is nothing to sign in to. If it wants a key, enter that.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_is_the_server_or_above_it() {
        let server = Url::parse("https://h:8443/a/mcp?token=x").unwrap();
        for (resource, is) in [
            ("https://h:8443/a/mcp", true),
            ("https://h:8443/a/mcp/", true),
            ("https://h:8443/a", true),
            ("https://h:8443", true),
            ("https://h:8443/", true),
            ("https://h:8443/a/mcp/deeper", false),
            ("https://h:8443/a/m", false),
            ("https://h:8443/b", false),
            ("https://h/a/mcp", false),
            ("http://h:8443/a/mcp", false),
            ("https://evil.example.com/mcp", false),
            ("https://h:8443/a/mcp#x", false),
            ("mcp", false),
        ] {
            let found = Resource {
                resource: Some(resource.to_owned()),
                authorization_servers: Vec::new(),
                scopes_supported: Vec::new(),
            };
            assert_eq!(is_of(&found, &server).is_ok(), is, "{resource}");
        }
    }

    #[test]
    fn the_identifier_of_a_server_that_publishes_none() {
        let of = |text: &str| canonical(&Url::parse(text).unwrap());
        assert_eq!(of("https://H:443/"), "https://h");
        assert_eq!(of("https://h/mcp#x"), "https://h/mcp");
    }

    #[test]
    fn documents_are_looked_for_next_to_the_path_and_at_the_root() {
        let at = |text: &str| {
            well_known(&Url::parse(text).unwrap()).iter().map(Url::to_string).collect::<Vec<_>>()
        };
        assert_eq!(at("https://h/"), ["https://h/.well-known/oauth-protected-resource"]);
        assert_eq!(
            at("https://h/mcp/?x=1"),
            [
                "https://h/.well-known/oauth-protected-resource/mcp",
                "https://h/.well-known/oauth-protected-resource"
            ]
        );
    }
}
