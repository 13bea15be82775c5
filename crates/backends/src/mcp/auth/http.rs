//! The requests of a sign-in, over the transport of the backends: private authorities, proxy, deadlines; every address checked, every answer
//! bounded.

use std::{error::Error, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jackfield_protocol::error::{ErrorCode, Failure};
use reqwest::{Method, RequestBuilder, Response};
use rmcp::transport::auth::{OAuthHttpClient, OAuthHttpClientFuture, OAuthHttpRequest};
use serde_json::Value;
use url::Url;

use super::rules::{NotAllowed, Rules};
use crate::{
    secrecy::Secrecy,
    transport::{self, SendFault, Transport, TransportOptions},
};

/// Longest time for one request, answer included.
const DEADLINE: Duration = Duration::from_secs(30);
/// Largest answer.
const LARGEST: usize = 512 * 1024;

/// Talks with a server's origin and with everybody else whom its sign-in needs.
pub(super) struct Http {
    /// The MCP server's own origin: with the backend's headers, which a gateway in front of it may want.
    near: Transport,
    /// Everybody else: without them, because they are the server's secrets; and only with a certificate that is good.
    far: Transport,
    /// Everybody else inside of a network, where a person chose to take any certificate.
    inside: Option<Transport>,
    rules: Rules,
    server: Url,
    /// Kept out of what others say.
    pub(super) secrecy: Secrecy,
}

/// An answer, read whole.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Reply {
    /// The body, where it is a JSON object.
    pub(super) fn object(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok().filter(Value::is_object)
    }
}

impl Http {
    /// For a server that is reached with these options; `private`: its sign-in may be on a private network. No network.
    pub(super) fn new(
        server: &Url,
        options: &TransportOptions,
        private: bool,
        secrecy: Secrecy,
    ) -> Result<Self, Failure> {
        let rules = Rules::new(server, private);
        let mut near = options.clone();
        // Token requests have an authorization of their own.
        near.headers.remove(header::AUTHORIZATION);
        let others = |any_certificate| {
            let options = TransportOptions {
                headers: HeaderMap::new(),
                accept_invalid_certificates: any_certificate,
                ..options.clone()
            };
            match options.proxy {
                // A proxy looks names up by itself.
                Some(_) => Transport::new(&options),
                None => Transport::resolving(&options, Arc::new(rules.clone())),
            }
        };
        let inside = options.accept_invalid_certificates.then(|| others(true)).transpose()?;
        let far = others(false)?;
        Ok(Self { near: Transport::new(&near)?, far, inside, rules, server: server.clone(), secrecy })
    }

    /// Whether an address may be called, or opened in a browser.
    pub(super) fn check(&self, url: &Url, what: &str) -> Result<(), Failure> {
        self.rules.check(url, what)
    }

    /// Reads a document. Redirects are followed within its origin.
    pub(super) async fn get(&self, url: &Url, what: &str) -> Result<Reply, Failure> {
        self.check(url, what)?;
        let transport = self.transport(url);
        let request = transport
            .request(Method::GET, url.clone())
            .header(header::ACCEPT, HeaderValue::from_static("application/json"));
        whole(transport, request, url).await
    }

    /// What the server says to a request without a token: its challenges, where it refuses with 401.
    pub(super) async fn probe(&self) -> Result<Option<String>, Failure> {
        let request = self
            .near
            .request(Method::GET, self.server.clone())
            .header(header::ACCEPT, HeaderValue::from_static("text/event-stream"));
        // Only the head: a server of the older transport would stream for ever.
        let response = send(&self.near, request, &self.server).await?;
        Ok((response.status() == StatusCode::UNAUTHORIZED).then(|| challenges(response.headers())))
    }

    /// Sends something, once, on a connection of its own. Redirects are not followed.
    pub(super) async fn post(
        &self,
        url: &Url,
        what: &str,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Result<Reply, Failure> {
        self.check(url, what)?;
        let transport = self.transport(url);
        let request = transport.run_request(Method::POST, url.clone()).headers(headers).body(body);
        whole(transport, request, url).await
    }

    fn transport(&self, url: &Url) -> &Transport {
        match &self.inside {
            _ if url.origin() == self.server.origin() => &self.near,
            Some(inside) if Rules::is_inside(url) => inside,
            _ => &self.far,
        }
    }
}

/// All challenges of an answer as one.
fn challenges(headers: &HeaderMap) -> String {
    let all = headers.get_all(header::WWW_AUTHENTICATE).iter();
    all.filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(", ")
}

async fn whole(transport: &Transport, request: RequestBuilder, url: &Url) -> Result<Reply, Failure> {
    let exchange = async {
        let response = send(transport, request, url).await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = transport::read_all(response, LARGEST, DEADLINE).await?;
        Ok(Reply { status, headers, body })
    };
    tokio::time::timeout(DEADLINE, exchange).await.unwrap_or_else(|_| Err(too_slow(url)))
}

async fn send(transport: &Transport, request: RequestBuilder, url: &Url) -> Result<Response, Failure> {
    let deadline = transport.first_byte.min(DEADLINE);
    match tokio::time::timeout(deadline, request.send()).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(error)) if leads_inside(&error) => {
            Err(NotAllowed::failure(url.host_str().unwrap_or("nowhere")))
        }
        Ok(Err(error)) => Err(SendFault::of(&error).into_failure()),
        Err(_) => Err(too_slow(url)),
    }
}

fn leads_inside(error: &reqwest::Error) -> bool {
    std::iter::successors(error.source(), |cause| (*cause).source()).any(|cause| cause.is::<NotAllowed>())
}

fn too_slow(url: &Url) -> Failure {
    let place = url.host_str().unwrap_or("The sign-in server");
    Failure::new(ErrorCode::PeerNoAnswer, format!("{place} did not answer in time during the sign-in."))
        .hint("Try again; check how busy it is.")
}

/// What the SDK sends (the exchanges of enterprise-managed sign-ins) goes the same way.
impl OAuthHttpClient for Http {
    fn execute(&self, request: OAuthHttpRequest) -> OAuthHttpClientFuture<'_> {
        Box::pin(async move {
            let (parts, body) = request.request.into_parts();
            let url = Url::parse(&parts.uri.to_string())?;
            let reply = if parts.method == Method::POST {
                self.post(&url, "The sign-in server", parts.headers, body).await?
            } else {
                self.get(&url, "The sign-in server").await?
            };
            let mut answer = http::Response::new(reply.body.to_vec());
            *answer.status_mut() = reply.status;
            *answer.headers_mut() = reply.headers;
            Ok(answer)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::transport, *};
    use crate::testing::{self, Peer};

    fn http(server: &str, options: &TransportOptions) -> Http {
        Http::new(&Url::parse(server).unwrap(), options, false, Secrecy::default()).unwrap()
    }

    async fn get(http: &Http, url: &str) -> Result<Reply, Failure> {
        http.get(&Url::parse(url).unwrap(), "It").await
    }

    #[tokio::test]
    async fn names_lead_where_the_rules_allow() {
        let peer = Peer::http(|_| testing::json(200, &serde_json::json!({"a": 1}))).await;
        let url = format!("http://localhost:{}/x", peer.address.rsplit(':').next().unwrap());
        let inside = http("http://127.0.0.1:1/mcp", &transport());
        assert!(get(&inside, &url).await.unwrap().object().is_some());
        // What a name leads to is known only when it is looked up: a name that tells nothing could lead anywhere.
        let outside = http("https://mcp.example.com/mcp", &transport());
        let place = Url::parse(&url).unwrap();
        let failure =
            send(&outside.far, outside.far.request(Method::GET, place.clone()), &place).await.unwrap_err();
        assert_eq!(failure.code, ErrorCode::PeerRejected);
        assert!(failure.message.contains("inside of a network"), "{failure}");
        let failure = outside.get(&place, "It").await.unwrap_err();
        assert_eq!(failure.code, ErrorCode::PeerRejected);
        assert_eq!(peer.heads().len(), 1, "nothing was sent");
    }

    #[tokio::test]
    async fn redirects_stay_within_the_origin_and_posts_are_not_sent_on() {
        let other = Peer::http(|_| testing::json(200, &serde_json::json!({}))).await;
        let to = format!("http://{}/", other.address);
        let peer = Peer::http(move |head| {
            let to = if head.contains("GET /near") { "/there" } else { to.as_str() };
            match head.contains("/there") {
                true => testing::json(200, &serde_json::json!({"there": true})),
                false => format!(
                    "HTTP/1.1 307 X\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                ),
            }
        })
        .await;
        let http = http("http://127.0.0.1:1/mcp", &transport());
        let at = |path: &str| format!("http://{}{path}", peer.address);
        assert_eq!(get(&http, &at("/near")).await.unwrap().status, StatusCode::OK);
        assert!(get(&http, &at("/far")).await.unwrap().status.is_redirection());
        let url = Url::parse(&at("/token")).unwrap();
        let posted = http.post(&url, "It", HeaderMap::new(), b"secret".to_vec()).await.unwrap();
        assert!(posted.status.is_redirection());
        assert!(other.heads().is_empty());
    }

    #[test]
    fn a_choice_for_one_server_takes_no_certificate_of_the_internet() {
        let careless = TransportOptions { accept_invalid_certificates: true, ..transport() };
        let http = http("https://nas.lan/mcp", &careless);
        let of = |url: &str| std::ptr::from_ref(http.transport(&Url::parse(url).unwrap()));
        assert!(std::ptr::eq(of("https://nas.lan/token"), &http.near));
        assert!(std::ptr::eq(of("https://nas.lan:9000/token"), http.inside.as_ref().unwrap()));
        assert!(std::ptr::eq(of("https://auth.example.com/token"), &http.far));
    }

    #[tokio::test]
    async fn answers_are_bounded_in_size_and_time() {
        let large = "x".repeat(LARGEST + 1);
        let peer = Peer::http(move |_| testing::answer(200, "application/json", &large)).await;
        let near = http("http://127.0.0.1:1/mcp", &transport());
        let failure = get(&near, &format!("http://{}/", peer.address)).await.unwrap_err();
        assert_eq!(failure.code, ErrorCode::PeerAnswerTooLarge);
        let mute = Peer::http(|_| "HOLD".to_owned()).await;
        let quick = TransportOptions { first_byte: Duration::from_millis(50), ..transport() };
        let failure =
            get(&http("http://127.0.0.1:1/mcp", &quick), &format!("http://{}/", mute.address)).await;
        assert_eq!(failure.unwrap_err().code, ErrorCode::PeerNoAnswer);
    }
}
