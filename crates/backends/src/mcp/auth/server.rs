//! What an authorization server says of itself: RFC 8414 and OpenID Connect discovery.

use jackfield_protocol::error::{ErrorCode, Failure};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    discover::{document, or_default, shown},
    http::Http,
};

/// How it is called in messages.
pub(super) const IT: &str = "The sign-in server";

/// An authorization server. Addresses are checked when they are used, not here: what was kept may have been written under other rules.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Server {
    /// Its identifier, as it writes it: compared byte by byte.
    pub(super) issuer: String,
    #[serde(default)]
    pub(super) authorization_endpoint: Option<String>,
    pub(super) token_endpoint: String,
    #[serde(default)]
    pub(super) registration_endpoint: Option<String>,
    #[serde(default)]
    pub(super) revocation_endpoint: Option<String>,
    #[serde(default)]
    pub(super) scopes_supported: Option<Vec<String>>,
    #[serde(default)]
    pub(super) grant_types_supported: Option<Vec<String>>,
    #[serde(default)]
    pub(super) response_types_supported: Option<Vec<String>>,
    #[serde(default)]
    pub(super) code_challenge_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    pub(super) token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    pub(super) token_endpoint_auth_signing_alg_values_supported: Option<Vec<String>>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) client_id_metadata_document_supported: bool,
    /// It promises to say who it is in every answer (RFC 9207).
    #[serde(default, deserialize_with = "or_default")]
    pub(super) authorization_response_iss_parameter_supported: bool,
    /// It has no metadata: these are the default addresses of the revision 2025-03-26.
    #[serde(default)]
    pub(super) assumed: bool,
}

impl Server {
    /// The addresses of a server that publishes nothing: those of its own origin (revision 2025-03-26).
    pub(super) fn assumed(origin: &Url) -> Self {
        let at = |path: &str| {
            let mut url = origin.clone();
            url.set_path(path);
            url.set_query(None);
            url.set_fragment(None);
            url.to_string()
        };
        Self {
            issuer: origin.origin().ascii_serialization(),
            authorization_endpoint: Some(at("/authorize")),
            token_endpoint: at("/token"),
            registration_endpoint: Some(at("/register")),
            assumed: true,
            ..Self::default()
        }
    }

    /// Reads the metadata of the server with this identifier; `None`: it publishes none.
    pub(super) async fn read(http: &Http, issuer: &str) -> Result<Option<Self>, Failure> {
        let Ok(url) = Url::parse(issuer) else {
            let message =
                format!("The server names '{}' as its sign-in server, which is no URL.", shown(issuer));
            return Err(Failure::new(ErrorCode::PeerBadAnswer, message));
        };
        http.check(&url, IT)?;
        Self::read_any(http, issuer, &well_known(&url)).await
    }

    /// Reads the metadata of a server of the revision 2025-03-26, which is its own authorization server; `None`: it publishes none.
    pub(super) async fn read_origin(http: &Http, server: &Url) -> Result<Option<Self>, Failure> {
        let mut origin = server.clone();
        origin.set_path("/");
        let issuer = server.origin().ascii_serialization();
        if let Some(found) = Self::read_any(http, &issuer, &well_known(&origin)).await? {
            return Ok(Some(found));
        }
        // Several servers on one origin keep theirs apart by path.
        let mut own = server.clone();
        own.set_query(None);
        own.set_fragment(None);
        if own.path() == "/" { Ok(None) } else { Self::read_any(http, own.as_str(), &well_known(&own)).await }
    }

    async fn read_any(http: &Http, issuer: &str, places: &[Url]) -> Result<Option<Self>, Failure> {
        for place in places {
            let Some(value) = document(http, place, IT).await? else { continue };
            // A page of something else.
            if value.get("token_endpoint").is_none() && value.get("authorization_endpoint").is_none() {
                continue;
            }
            let found: Self = serde_path_to_error::deserialize(value).map_err(|error| {
                let message =
                    format!("The metadata of the sign-in server {} is wrong: {error}.", shown(issuer));
                Failure::new(ErrorCode::PeerBadAnswer, message)
                    .hint("Its owner has to mend it (RFC 8414, section 2).")
            })?;
            found.is_of(issuer)?;
            return Ok(Some(found));
        }
        Ok(None)
    }

    /// RFC 8414, section 3.3: metadata that names another issuer is somebody else's, or somebody's trap. A slash after the host is no difference:
    /// no URL tells the two apart.
    fn is_of(&self, issuer: &str) -> Result<(), Failure> {
        if self.issuer == issuer || bare(&self.issuer) == bare(issuer) {
            return Ok(());
        }
        let message = format!(
            "The metadata of the sign-in server {} says that it is of another one, {}: refused.",
            shown(issuer),
            shown(&self.issuer)
        );
        Err(Failure::new(ErrorCode::PeerBadAnswer, message)
            .hint("The two have to be the same, letter by letter; the server's owner has to mend it."))
    }

    /// Whether codes can be had here in the only way that is safe.
    pub(super) fn gives_codes(&self) -> Result<&str, Failure> {
        let no = |why: &str| {
            let message = format!("The sign-in server {} cannot be used: {why}.", shown(&self.issuer));
            Failure::new(ErrorCode::PeerRejected, message).hint(
                "Its owner has to mend or update it. Where the server also takes keys, enter one instead.",
            )
        };
        if self.response_types_supported.as_ref().is_some_and(|types| !types.iter().any(|one| one == "code"))
        {
            return Err(no("it gives no authorization codes"));
        }
        let pkce = self.code_challenge_methods_supported.as_ref();
        if !self.assumed && !pkce.is_some_and(|methods| methods.iter().any(|one| one == "S256")) {
            return Err(no("it does not say that it checks codes with PKCE and S256"));
        }
        self.authorization_endpoint.as_deref().ok_or_else(|| no("it has no page to sign in on"))
    }

    /// Whether it lists this scope.
    pub(super) fn lists(&self, scope: &str) -> bool {
        self.scopes_supported.as_ref().is_some_and(|scopes| scopes.iter().any(|one| one == scope))
    }

    /// Whether it gives refresh tokens, as far as it says.
    pub(super) fn refreshes(&self) -> bool {
        let grants = self.grant_types_supported.as_ref();
        grants.is_none_or(|grants| grants.iter().any(|one| one == "refresh_token"))
    }
}

fn bare(issuer: &str) -> &str {
    let root = Url::parse(issuer).is_ok_and(|url| url.path() == "/" && url.query().is_none());
    if root { issuer.trim_end_matches('/') } else { issuer }
}

/// Where the metadata of an identifier may be, in order.
fn well_known(issuer: &Url) -> Vec<Url> {
    let path = issuer.path().trim_matches('/');
    let paths = if path.is_empty() {
        vec![
            "/.well-known/oauth-authorization-server".to_owned(),
            "/.well-known/openid-configuration".to_owned(),
        ]
    } else {
        vec![
            format!("/.well-known/oauth-authorization-server/{path}"),
            format!("/.well-known/openid-configuration/{path}"),
            format!("/{path}/.well-known/openid-configuration"),
        ]
    };
    let at = |path: &String| {
        let mut url = issuer.clone();
        url.set_path(path);
        url.set_query(None);
        url.set_fragment(None);
        url
    };
    paths.iter().map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_places_follow_the_identifier() {
        let places = |text: &str| {
            well_known(&Url::parse(text).unwrap()).iter().map(Url::to_string).collect::<Vec<_>>()
        };
        assert_eq!(
            places("https://h:8443"),
            [
                "https://h:8443/.well-known/oauth-authorization-server",
                "https://h:8443/.well-known/openid-configuration"
            ]
        );
        assert_eq!(
            places("https://h/a/b/"),
            [
                "https://h/.well-known/oauth-authorization-server/a/b",
                "https://h/.well-known/openid-configuration/a/b",
                "https://h/a/b/.well-known/openid-configuration"
            ]
        );
    }

    #[test]
    fn only_a_slash_after_the_host_is_no_difference() {
        let server = |issuer: &str| Server { issuer: issuer.to_owned(), ..Server::default() };
        for (is, named, same) in [
            ("https://h", "https://h", true),
            ("https://h/", "https://h", true),
            ("https://h", "https://h/", true),
            ("https://h/a", "https://h/a/", false),
            ("https://H", "https://h", false),
            ("https://h:443", "https://h", false),
            ("https://evil", "https://h", false),
        ] {
            assert_eq!(server(is).is_of(named).is_ok(), same, "{is} {named}");
        }
    }

    #[test]
    fn codes_without_a_promise_of_pkce_are_refused() {
        let mut server = Server {
            issuer: "https://h".to_owned(),
            authorization_endpoint: Some("https://h/a".to_owned()),
            ..Server::default()
        };
        assert!(server.gives_codes().unwrap_err().message.contains("PKCE"));
        server.code_challenge_methods_supported = Some(vec!["plain".to_owned()]);
        assert!(server.gives_codes().is_err());
        server.code_challenge_methods_supported = Some(vec!["plain".to_owned(), "S256".to_owned()]);
        assert_eq!(server.gives_codes().unwrap(), "https://h/a");
        server.response_types_supported = Some(vec!["token".to_owned()]);
        assert!(server.gives_codes().is_err());
        let assumed = Server::assumed(&Url::parse("http://h:1/mcp?x=1#y").unwrap());
        assert_eq!(assumed.gives_codes().unwrap(), "http://h:1/authorize");
        assert_eq!(assumed.issuer, "http://h:1");
    }
}
