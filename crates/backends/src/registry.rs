//! MCP registries over HTTP: the API 0.1 of the official one, which others have too. Read only; nobody signs in.

use std::time::Duration;

use async_trait::async_trait;
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    port::{RegistryClient, RegistryQuery},
};
use reqwest::{Method, header::HeaderMap};
use serde_json::Value;
use url::Url;

use crate::transport::{Answer, Transport, TransportOptions, names_private};

/// Most bytes of an answer; a page of a hundred servers has some 200 KB.
const ANSWER: usize = 4 * 1024 * 1024;
/// Longest time that one question may take, with its second try.
const DEADLINE: Duration = Duration::from_secs(30);
/// Longest texts in a question, in bytes.
const TEXT: usize = 500;
/// Versions of the API, the newest first. Registries of before 2025-10 have the second one only.
const VERSIONS: &[&str] = &["v0.1", "v0"];

/// Speaks with registries.
#[derive(Debug, Clone)]
pub struct HttpRegistry {
    /// For registries whose address says that they are in a private network.
    private: Transport,
    /// For all others.
    public: Transport,
}

impl HttpRegistry {
    /// Makes the client; no network.
    ///
    /// # Errors
    /// `Internal` when TLS cannot be set up.
    pub fn new() -> Result<Self, Failure> {
        Self::within(Duration::from_secs(15))
    }

    fn within(first_byte: Duration) -> Result<Self, Failure> {
        let options = TransportOptions {
            ca_certificate: None,
            accept_invalid_certificates: false,
            proxy: None,
            headers: HeaderMap::new(),
            connect: Duration::from_secs(10),
            first_byte,
            silence: Duration::from_secs(10),
        };
        Ok(Self { private: Transport::new(&options)?, public: Transport::public(&options)? })
    }

    /// Asks; a registry that does not know the newest version of the API is asked by an older one.
    async fn get(&self, registry: &str, path: &[&str], query: &[(&str, String)]) -> Result<Value, Failure> {
        let base = base(registry)?;
        let transport = if names_private(&base) { &self.private } else { &self.public };
        let asking = async {
            let mut last = None;
            for version in VERSIONS {
                let mut url = base.clone();
                url.path_segments_mut()
                    .map_err(|()| no_url(registry))?
                    .pop_if_empty()
                    .push(version)
                    .extend(path);
                if !query.is_empty() {
                    url.query_pairs_mut().extend_pairs(query);
                }
                let request = transport.request(Method::GET, url).header("accept", "application/json");
                let answer = transport.json(request, ANSWER).await?;
                if answer.status != 404 {
                    return Ok(answer);
                }
                last = Some(answer);
            }
            last.ok_or_else(|| Failure::internal("No version of the registry's API is known."))
        };
        let answer = tokio::time::timeout(DEADLINE, asking).await.map_err(|_| {
            let message = format!("{} did not answer within {DEADLINE:?}.", host(&base));
            Failure::new(ErrorCode::PeerNoAnswer, message).hint("Try again later, or ask for less.")
        })??;
        judge(answer, &base)
    }
}

#[async_trait]
impl RegistryClient for HttpRegistry {
    async fn servers(&self, registry: &str, query: &RegistryQuery) -> Result<Value, Failure> {
        let mut pairs =
            vec![("limit", query.limit.clamp(1, 100).to_string()), ("version", "latest".to_owned())];
        for (name, text) in [("search", &query.search), ("cursor", &query.cursor)] {
            if let Some(text) = text.as_ref().filter(|text| !text.is_empty()) {
                bounded(name, text)?;
                pairs.push((name, text.clone()));
            }
        }
        self.get(registry, &["servers"], &pairs).await
    }

    async fn server(&self, registry: &str, name: &str, version: &str) -> Result<Value, Failure> {
        for (what, text) in [("server", name), ("version", version)] {
            bounded(what, text)?;
            if text.is_empty() || text == "." || text == ".." {
                let message = format!("'{text}' cannot be the {what}.");
                return Err(Failure::new(ErrorCode::InvalidRequest, message).at(format!("/{what}")));
            }
        }
        self.get(registry, &["servers", name, "versions", version], &[]).await.map_err(|failure| {
            if failure.code != ErrorCode::NotFound {
                return failure;
            }
            Failure::not_found("server", format!("'{name}' in version '{version}' in this registry"))
                .hint("Search for it: `jackfield registry search TEXT`.")
                .at("/server")
        })
    }
}

/// The address in front of the API, whichever part of it was given.
fn base(registry: &str) -> Result<Url, Failure> {
    let mut url = Url::parse(registry.trim()).map_err(|_| no_url(registry))?;
    let fine = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && registry.len() <= TEXT;
    if !fine {
        return Err(no_url(registry));
    }
    url.set_query(None);
    url.set_fragment(None);
    let path = url.path().trim_end_matches('/').to_owned();
    let path = path.strip_suffix("/servers").unwrap_or(&path);
    let path =
        VERSIONS.iter().find_map(|version| path.strip_suffix(version)?.strip_suffix('/')).unwrap_or(path);
    url.set_path(path);
    Ok(url)
}

fn no_url(registry: &str) -> Failure {
    // A password in it is not repeated.
    let shown: String = if registry.contains('@') {
        "This".to_owned()
    } else {
        format!("'{}'", registry.chars().take(100).collect::<String>())
    };
    Failure::new(ErrorCode::InvalidUrl, format!("{shown} cannot be the address of a registry."))
        .hint("It begins with https:// or http://, has no user and password, and ends in front of /v0.1/servers.")
        .at("registry")
}

fn bounded(name: &str, text: &str) -> Result<(), Failure> {
    if text.len() <= TEXT {
        return Ok(());
    }
    Err(Failure::new(ErrorCode::InvalidRequest, format!("'{name}' has more than {TEXT} bytes.")))
}

fn host(url: &Url) -> &str {
    url.host_str().unwrap_or("The registry")
}

fn judge(answer: Answer, base: &Url) -> Result<Value, Failure> {
    if answer.is_success() {
        return Ok(answer.value);
    }
    let place = host(base);
    let said = ["error", "detail", "title", "message"].iter().find_map(|name| answer.value[*name].as_str());
    let said: String = said
        .map(|said| format!(": {}", said.chars().filter(|c| !c.is_control()).take(200).collect::<String>()))
        .unwrap_or_default();
    let failure = match answer.status {
        404 => Failure::new(ErrorCode::NotFound, format!("{place} has no such thing{said}."))
            .hint("Check the registry's address: it is the part in front of /v0.1/servers."),
        429 => {
            let wait = answer.retry_after.map(|seconds| format!(" for {seconds} s")).unwrap_or_default();
            Failure::new(ErrorCode::PeerRateLimited, format!("{place} asks to wait{wait}{said}."))
        }
        500.. => {
            Failure::new(ErrorCode::PeerFailed, format!("{place} failed (status {}){said}.", answer.status))
        }
        status => Failure::new(
            ErrorCode::PeerRejected,
            format!("{place} rejects the question (status {status}){said}."),
        ),
    };
    Err(failure.status(answer.status))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Peer;

    #[tokio::test]
    async fn a_registry_that_says_nothing_is_given_up() {
        let peer = Peer::http(|_| "HOLD".to_owned()).await;
        let client = HttpRegistry::within(Duration::from_millis(50)).unwrap();
        let failure = client.server(&format!("http://{}", peer.address), "a/b", "latest").await.unwrap_err();
        assert_eq!(failure.code, ErrorCode::PeerNoAnswer);
        assert!(
            peer.heads()[0].starts_with("GET /v0.1/servers/a%2Fb/versions/latest "),
            "{:?}",
            peer.heads()
        );
    }

    #[test]
    fn the_address_is_taken_however_much_of_it_is_given() {
        for given in [
            "https://x.test",
            "https://x.test/",
            "https://x.test/v0.1",
            "https://x.test/v0/servers?limit=3",
            " https://x.test/v0.1/servers/ ",
        ] {
            assert_eq!(base(given).unwrap().as_str(), "https://x.test/", "{given}");
        }
        assert_eq!(base("http://x.test:8080/mcp/v0.1").unwrap().as_str(), "http://x.test:8080/mcp");
        for given in
            ["", "x.test", "ftp://x.test", "file:///etc/passwd", "https://me:canary@x.test", "http://"]
        {
            let failure = base(given).unwrap_err();
            assert_eq!(failure.code, ErrorCode::InvalidUrl, "{given}");
            assert!(!failure.message.contains("canary"), "{failure}");
        }
    }
}
