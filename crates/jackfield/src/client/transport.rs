//! Requests to the hub, and what can be wrong with their answers.

use jackfield_protocol::{
    api::{Page, Problem},
    error::{ErrorCode, Failure},
};
use reqwest::{Method, RequestBuilder, Response, header};
use secrecy::ExposeSecret as _;
use serde::{Serialize, de::DeserializeOwned};
use url::Url;

use super::Client;

/// Most bytes of an error answer that are read.
const PROBLEM_BYTES: usize = 256 * 1024;
/// Most pages of a list that are read.
const PAGES: usize = 200;

impl Client {
    pub(super) fn request(&self, method: Method, path: &[&str]) -> Result<RequestBuilder, Failure> {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| Failure::new(ErrorCode::InvalidUrl, format!("{} takes no path.", self.base)))?
            .pop_if_empty()
            .extend(["api", "v1"])
            .extend(path);
        let mut request = self.http.request(method, url);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token.expose_secret());
        }
        Ok(request)
    }

    /// Reads a list to its end.
    pub(super) async fn all<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, String)],
    ) -> Result<Vec<T>, Failure> {
        let mut all = Vec::new();
        let mut next: Option<String> = None;
        for _ in 0..PAGES {
            let mut request = self.request(Method::GET, path)?.query(query);
            if let Some(cursor) = &next {
                request = request.query(&[("cursor", cursor)]);
            }
            let page: Page<T> = self.json(request).await?;
            all.extend(page.items);
            next = page.next;
            if next.is_none() {
                break;
            }
        }
        Ok(all)
    }

    pub(super) async fn send<B: Serialize, T: DeserializeOwned>(
        &self,
        method: Method,
        path: &[&str],
        body: &B,
    ) -> Result<T, Failure> {
        self.json(self.request(method, path)?.json(body)).await
    }

    pub(super) async fn post<T: DeserializeOwned>(&self, path: &[&str]) -> Result<T, Failure> {
        self.json(self.request(Method::POST, path)?).await
    }

    pub(super) async fn empty(&self, request: RequestBuilder) -> Result<(), Failure> {
        self.answer(request).await.map(drop)
    }

    pub(super) async fn json<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Failure> {
        let response = self.answer(request.header(header::ACCEPT, "application/json")).await?;
        if !content_type(&response).contains("json") {
            return Err(self.not_a_hub(&response));
        }
        let bytes = response.bytes().await.map_err(|error| self.broken(&error))?;
        serde_json::from_slice(&bytes).map_err(|error| {
            Failure::new(ErrorCode::PeerBadAnswer, format!("The hub's answer is not understood: {error}."))
                .hint("Is the hub of another version? Compare `jackfield --version` with `jackfield doctor`.")
        })
    }

    pub(super) async fn answer(&self, request: RequestBuilder) -> Result<Response, Failure> {
        let response = request.send().await.map_err(|error| self.unreachable(&error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        Err(self.refused(response).await)
    }

    async fn refused(&self, response: Response) -> Failure {
        let status = response.status();
        let fallback = self.not_a_hub(&response);
        let body = match response.bytes().await {
            Ok(body) if body.len() <= PROBLEM_BYTES => body,
            _ => return fallback,
        };
        let Ok(problem) = serde_json::from_slice::<Problem>(&body) else { return fallback };
        let mut failure = Failure::new(problem.code, problem.detail);
        failure.hint = problem.hint;
        failure.place = problem.place;
        failure.peer_status = problem.peer_status;
        failure.faults = problem.faults;
        if status.as_u16() == 401 && failure.code == ErrorCode::Unauthenticated {
            failure.hint = Some(
                "Use the data directory of this hub (--data-dir), or a token (JACKFIELD_TOKEN); \
                 `jackfield token create` makes one where the hub runs."
                    .to_owned(),
            );
        }
        failure
    }

    pub(super) fn not_a_hub(&self, response: &Response) -> Failure {
        let status = response.status();
        Failure::new(
            ErrorCode::PeerNotPlatform,
            format!("What answers at {} is not a Jackfield hub (HTTP {}).", self.base, status.as_u16()),
        )
        .hint("Check --server: scheme, port and base path.")
    }

    fn unreachable(&self, error: &reqwest::Error) -> Failure {
        let code =
            if error.is_timeout() { ErrorCode::PeerConnectTimeout } else { ErrorCode::PeerUnreachable };
        Failure::new(code, format!("No hub answers at {}: {}.", self.base, innermost(error)))
            .hint("Start one with `jackfield serve`, or name another with --server.")
    }

    pub(super) fn broken(&self, error: &reqwest::Error) -> Failure {
        Failure::new(
            ErrorCode::PeerConnectionLost,
            format!("The connection to the hub at {} broke: {}.", self.base, innermost(error)),
        )
    }
}

pub(super) fn content_type(response: &Response) -> String {
    let value = response.headers().get(header::CONTENT_TYPE);
    value.and_then(|value| value.to_str().ok()).unwrap_or_default().to_ascii_lowercase()
}

/// Whether it is this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The cause that a person can act on; it names no address twice and no secret.
fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    let text = cause.to_string();
    // "Connection refused (os error 111)": the number helps nobody.
    match text.split_once(" (os error") {
        Some((words, _)) => words.to_lowercase(),
        None => text,
    }
}
