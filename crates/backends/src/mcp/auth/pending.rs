//! Sign-ins that wait for their browser.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jackfield_protocol::error::{ErrorCode, Failure};
use ring::{
    digest,
    rand::{SecureRandom as _, SystemRandom},
};
use tokio::time::Instant;
use url::Url;

use super::{AuthConfig, challenge, client::Client, discover::Discovery};

/// How long a person may take.
const PATIENCE: Duration = Duration::from_secs(600);
/// Most at once; one more takes the place of the oldest.
const MOST: usize = 8;

/// One sign-in between the moment the browser leaves and the moment it comes back.
pub(super) struct Pending {
    pub(super) state: String,
    /// The secret behind the PKCE challenge.
    pub(super) verifier: String,
    pub(super) redirect: String,
    pub(super) found: Discovery,
    pub(super) client: Client,
    pub(super) scopes: Vec<String>,
    began: Instant,
}

impl std::fmt::Debug for Pending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pending")
            .field("issuer", &self.found.server.issuer)
            .field("redirect", &self.redirect)
            .finish_non_exhaustive()
    }
}

impl Pending {
    pub(super) fn new(
        redirect: String,
        found: Discovery,
        client: Client,
        scopes: Vec<String>,
    ) -> Result<Self, Failure> {
        let (state, verifier) = (secret()?, secret()?);
        Ok(Self { state, verifier, redirect, found, client, scopes, began: Instant::now() })
    }

    /// The address to open in the browser: that of the server's page with the request in its query.
    pub(super) fn address(&self, page: &str) -> Result<Url, Failure> {
        let mut url = Url::parse(page).map_err(|_| super::client::no_url("authorization endpoint", page))?;
        // RFC 6749, section 3.1: no fragment.
        url.set_fragment(None);
        let hash = digest::digest(&digest::SHA256, self.verifier.as_bytes());
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client.id)
            .append_pair("redirect_uri", &self.redirect)
            .append_pair("state", &self.state)
            .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(hash))
            .append_pair("code_challenge_method", "S256")
            .append_pair("resource", &self.found.resource);
        if !self.scopes.is_empty() {
            url.query_pairs_mut().append_pair("scope", &self.scopes.join(" "));
        }
        Ok(url)
    }

    /// RFC 9207, section 2.4: who answers has to be the one that was asked, letter by letter; otherwise a code could be handed to somebody else's
    /// token endpoint. Checked before anything else of an answer is used, errors included.
    pub(super) fn is_answered_by(&self, iss: Option<&str>) -> Result<(), Failure> {
        let server = &self.found.server;
        let what = match iss {
            Some(iss) if iss == server.issuer => return Ok(()),
            None if !server.authorization_response_iss_parameter_supported => return Ok(()),
            Some(_) => "comes from another sign-in server than the one that was asked",
            None => "does not say which sign-in server it comes from, though that one promises to",
        };
        Err(Failure::new(ErrorCode::PeerBadAnswer, format!("The answer to the sign-in {what}: refused."))
            .hint("Sign in again. If it comes again, the server's owner has to look into it: this is also how an attack looks."))
    }
}

/// 256 random bits.
fn secret() -> Result<String, Failure> {
    let mut bytes = [0_u8; 32];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| Failure::internal("The system gives no random numbers."))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// All that wait.
#[derive(Debug, Default)]
pub(super) struct Waiting(Vec<Pending>);

impl Waiting {
    pub(super) fn add(&mut self, pending: Pending) {
        self.prune();
        if self.0.len() >= MOST {
            self.0.remove(0);
        }
        self.0.push(pending);
    }

    /// The one with this state.
    pub(super) fn get(&mut self, state: &str) -> Option<&Pending> {
        self.prune();
        self.0.iter().find(|pending| pending.state == state)
    }

    /// Takes it out: an answer works once.
    pub(super) fn take(&mut self, state: &str) -> Option<Pending> {
        self.prune();
        let at = self.0.iter().position(|pending| pending.state == state)?;
        Some(self.0.remove(at))
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn is_empty(&mut self) -> bool {
        self.prune();
        self.0.is_empty()
    }

    fn prune(&mut self) {
        self.prune_at(Instant::now());
    }

    fn prune_at(&mut self, now: Instant) {
        self.0.retain(|pending| now.duration_since(pending.began) < PATIENCE);
    }
}

/// Checks where the browser is to come back to: only this machine, or https.
pub(super) fn check_redirect(text: &str) -> Result<(), Failure> {
    let refused = |why: &str| {
        Err(Failure::new(ErrorCode::InvalidRequest, format!("The browser cannot come back to this address: {why}."))
            .at("redirect_uri")
            .hint("Sign in from the machine that the hub runs on (by http://127.0.0.1 or http://localhost), use the hub by https, or use the command line."))
    };
    let Ok(url) = Url::parse(text) else { return refused("it is no URL") };
    if url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
        return refused("it holds a fragment, a user or a password");
    }
    let loopback = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => Ok(()),
        "http" if loopback => Ok(()),
        _ => refused("sign-in servers send codes only to this machine or by https"),
    }
}

/// The scopes to ask for: those that a person chose, else those that the refused request needs, else those that the server knows; and those of the
/// sign-in before, so that a step up loses nothing. `offline_access` only where the authorization server lists it.
pub(super) fn scopes(
    config: &AuthConfig,
    found: &Discovery,
    challenged: &[String],
    before: &[String],
    missing: &[String],
) -> Vec<String> {
    const OFFLINE: &str = "offline_access";
    let first: &[String] = match (config.scopes.as_slice(), challenged) {
        ([], []) => &found.scopes,
        ([], challenged) => challenged,
        (chosen, _) => chosen,
    };
    let mut all = Vec::new();
    for scope in before.iter().chain(first).chain(missing) {
        challenge::add(&mut all, scope);
    }
    if found.server.lists(OFFLINE) {
        if !all.is_empty() && found.server.refreshes() {
            challenge::add(&mut all, OFFLINE);
        }
    } else {
        all.retain(|scope| scope != OFFLINE || config.scopes.contains(scope));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::{super::client::Origin, *};
    use crate::mcp::auth::{client::Method, server::Server};

    fn found(issuer: &str) -> Discovery {
        let server = Server { issuer: issuer.to_owned(), ..Server::default() };
        Discovery { server, resource: "https://mcp".to_owned(), scopes: vec!["prm".to_owned()], named: true }
    }

    fn pending(issuer: &str) -> Pending {
        let client = Client {
            origin: Origin::Given,
            issuer: issuer.to_owned(),
            id: "c".to_owned(),
            method: Method::None,
            secret: None,
            redirects: Vec::new(),
            scopes: Vec::new(),
            expires: None,
        };
        let scopes = vec!["a".to_owned(), "b".to_owned()];
        Pending::new("http://127.0.0.1:1/cb".to_owned(), found(issuer), client, scopes).unwrap()
    }

    #[test]
    fn the_address_holds_the_request_and_not_the_verifier() {
        let pending = pending("https://as");
        let url = pending.address("https://as/authorize?tenant=1#x").unwrap();
        let get = |name: &str| url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        assert_eq!(
            (get("tenant"), get("scope"), get("resource")),
            ("1".into(), "a b".into(), "https://mcp".into())
        );
        assert_eq!(get("state"), pending.state);
        let hash = digest::digest(&digest::SHA256, pending.verifier.as_bytes());
        assert_eq!(get("code_challenge"), URL_SAFE_NO_PAD.encode(hash));
        assert!(pending.verifier.len() == 43 && !url.as_str().contains(&pending.verifier));
        assert!(url.fragment().is_none());
        assert!(!format!("{pending:?}").contains(&pending.verifier));
    }

    #[test]
    fn who_answers_is_compared_letter_by_letter() {
        for (promised, iss, good) in [
            (true, Some("https://as"), true),
            (true, None, false),
            (true, Some("https://as/"), false),
            (true, Some("https://evil"), false),
            (false, None, true),
            (false, Some("https://as"), true),
            (false, Some("HTTPS://as"), false),
            (false, Some("https://as:443"), false),
            (false, Some(""), false),
        ] {
            let mut pending = pending("https://as");
            pending.found.server.authorization_response_iss_parameter_supported = promised;
            assert_eq!(pending.is_answered_by(iss).is_ok(), good, "{promised} {iss:?}");
        }
    }

    #[test]
    fn few_wait_and_not_for_ever() {
        let mut waiting = Waiting::default();
        let states: Vec<String> = (0..=MOST)
            .map(|_| {
                let pending = pending("https://as");
                let state = pending.state.clone();
                waiting.add(pending);
                state
            })
            .collect();
        assert_eq!(waiting.0.len(), MOST);
        assert!(waiting.get(&states[0]).is_none(), "the oldest made room");
        assert!(waiting.take(&states[1]).is_some() && waiting.take(&states[1]).is_none(), "works once");
        waiting.prune_at(Instant::now() + PATIENCE - Duration::from_secs(1));
        assert!(!waiting.is_empty());
        waiting.prune_at(Instant::now() + PATIENCE);
        assert!(waiting.is_empty());
    }

    #[test]
    fn the_browser_comes_back_to_this_machine_or_by_https() {
        for (to, good) in [
            ("http://127.0.0.1:7410/api/v1/sign-in/callback", true),
            ("http://localhost:1/cb", true),
            ("http://[::1]:1/cb", true),
            ("https://hub.example.com/cb?x=1", true),
            ("http://hub.lan/cb", false),
            ("http://192.168.1.2/cb", false),
            ("http://localhost.evil.com/cb", false),
            ("https://user@hub/cb", false),
            ("https://hub/cb#x", false),
            ("cursor://cb", false),
            ("", false),
        ] {
            assert_eq!(check_redirect(to).is_ok(), good, "{to}");
        }
    }

    #[test]
    fn scopes_follow_the_request_the_server_or_the_person() {
        let config = |scopes: &str| AuthConfig {
            scopes: challenge::scopes(scopes),
            ..AuthConfig::example("https://mcp")
        };
        let list = challenge::scopes;
        let plain = found("https://as");
        let of = |chosen: &str, challenged: &str, before: &str, missing: &str| {
            scopes(&config(chosen), &plain, &list(challenged), &list(before), &list(missing)).join(" ")
        };
        assert_eq!(of("", "", "", ""), "prm");
        assert_eq!(of("", "basic", "", ""), "basic");
        assert_eq!(of("mine", "basic", "", ""), "mine");
        assert_eq!(of("", "write", "basic", "write"), "basic write");
        assert_eq!(of("", "basic offline_access", "", ""), "basic", "not listed");
        assert_eq!(of("offline_access x", "", "", ""), "offline_access x", "a person knows better");
        let mut offline = found("https://as");
        offline.server.scopes_supported = Some(list("prm offline_access"));
        assert_eq!(scopes(&config(""), &offline, &[], &[], &[]), ["prm", "offline_access"]);
        offline.scopes.clear();
        assert!(scopes(&config(""), &offline, &[], &[], &[]).is_empty(), "nothing to add it to");
        offline.scopes = list("prm");
        offline.server.grant_types_supported = Some(list("authorization_code"));
        assert_eq!(scopes(&config(""), &offline, &[], &[], &[]), ["prm"]);
    }
}
