//! Bodies of answers: bounded, with a deadline for silence.

use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use jackfield_protocol::error::{ErrorCode, Failure};
use reqwest::{Response, header};
use serde_json::Value;

/// A JSON answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// HTTP status.
    pub(crate) status: u16,
    /// The body.
    pub(crate) value: Value,
    /// `Retry-After` in seconds.
    pub(crate) retry_after: Option<u64>,
}

impl Answer {
    /// Whether the status is 2xx.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The peer's own message in an error body.
    pub(crate) fn message(&self) -> &str {
        self.value["message"].as_str().unwrap_or_default()
    }
}

/// Why a body ended early.
#[derive(Debug, Clone)]
pub(crate) enum StreamFault {
    /// Nothing came for longer than the silence deadline; the socket is open.
    Silent(Failure),
    /// The connection broke.
    Broken(Failure),
}

/// The body of an answer, chunk by chunk.
#[derive(Debug)]
pub(crate) struct ByteStream {
    response: Response,
}

impl ByteStream {
    pub(crate) fn new(response: Response) -> Self {
        Self { response }
    }

    /// The next chunk; `None` at the end. Safe to drop and call again.
    pub(crate) async fn next(&mut self, silence: Duration) -> Result<Option<Bytes>, StreamFault> {
        match tokio::time::timeout(silence, self.response.chunk()).await {
            Ok(Ok(chunk)) => Ok(chunk),
            Ok(Err(_)) => {
                let failure = Failure::new(
                    ErrorCode::PeerConnectionLost,
                    "The connection broke in the middle of the answer.",
                );
                Err(StreamFault::Broken(failure))
            }
            Err(_) => {
                let message = format!("The peer sent nothing for {silence:?}.");
                Err(StreamFault::Silent(Failure::new(ErrorCode::PeerSilent, message)))
            }
        }
    }
}

/// The whole body, at most `cap` bytes.
pub(crate) async fn read_all(response: Response, cap: usize, silence: Duration) -> Result<Bytes, Failure> {
    let mut body = ByteStream::new(response);
    let mut all = BytesMut::new();
    let began = Instant::now();
    loop {
        match body.next(silence).await {
            Ok(Some(chunk)) if all.len() + chunk.len() <= cap => all.extend_from_slice(&chunk),
            Ok(Some(_)) => {
                let message = format!("The answer is larger than {} MiB.", cap / (1024 * 1024));
                return Err(Failure::new(ErrorCode::PeerAnswerTooLarge, message));
            }
            Ok(None) => return Ok(all.freeze()),
            Err(StreamFault::Silent(failure) | StreamFault::Broken(failure)) => {
                tracing::debug!(after = ?began.elapsed(), %failure, "a body did not arrive whole");
                return Err(failure);
            }
        }
    }
}

/// Reads a JSON answer; HTML and anything else is a failure that says what came instead.
pub(crate) async fn answer(response: Response, cap: usize, silence: Duration) -> Result<Answer, Failure> {
    let status = response.status().as_u16();
    if response.status().is_redirection() {
        return Err(redirected(&response));
    }
    let retry_after = text_header(&response, &header::RETRY_AFTER).and_then(|text| seconds(&text));
    let media_type = text_header(&response, &header::CONTENT_TYPE).unwrap_or_default();
    let body = read_all(response, cap, silence).await?;
    if status == 400 && wants_tls(&body) {
        let message = "The peer says that this port expects TLS.";
        return Err(Failure::new(ErrorCode::PeerTls, message)
            .status(status)
            .hint("Use https:// in place of http:// in the base URL."));
    }
    if media_type.to_ascii_lowercase().starts_with("text/html") || looks_like_html(&body) {
        return Err(html_failure(status, &body));
    }
    match serde_json::from_slice(&body) {
        Ok(value) => Ok(Answer { status, value, retry_after }),
        // Errors are plain text in many peers; the status says enough.
        Err(_) if status >= 400 => {
            let text: String = String::from_utf8_lossy(&body).chars().take(300).collect();
            Ok(Answer { status, value: serde_json::json!({ "message": text }), retry_after })
        }
        Err(error) => {
            let message = format!("The answer (status {status}) is not JSON: {error}");
            Err(Failure::new(ErrorCode::PeerBadAnswer, message).status(status).hint(
                "Check that the base URL is the peer itself, and that no proxy or other service answers in its place.",
            ))
        }
    }
}

fn text_header(response: &Response, name: &header::HeaderName) -> Option<String> {
    response.headers().get(name)?.to_str().ok().map(str::to_owned)
}

/// `Retry-After` is a number of seconds or a date (RFC 9110, section 10.2.3).
fn seconds(text: &str) -> Option<u64> {
    let text = text.trim();
    text.parse().ok().or_else(|| {
        let at = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
        let wait = at.as_second() - jackfield_protocol::time::now().as_second();
        Some(u64::try_from(wait).unwrap_or(0))
    })
}

/// The words of nginx, Go and Apache for plain HTTP on a TLS port.
fn wants_tls(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body.get(..4096).unwrap_or(body)).to_lowercase();
    ["https port", "https server", "ssl-enabled server port"].iter().any(|words| text.contains(words))
}

/// A redirect that was not followed: to another origin, or of a request that may not be sent again.
fn redirected(response: &Response) -> Failure {
    let status = response.status().as_u16();
    let to = text_header(response, &header::LOCATION)
        .and_then(|to| response.url().join(&to).ok())
        .map(|mut to| {
            // User and query may hold secrets.
            to.set_query(None);
            to.set_fragment(None);
            let _ = to.set_username("");
            let _ = to.set_password(None);
            to.to_string()
        })
        .map_or_else(|| "nowhere".to_owned(), |to| to.chars().take(200).collect());
    Failure::new(ErrorCode::PeerRejected, format!("The peer redirects to {to} (status {status})."))
        .status(status)
        .hint("Use the address that it redirects to as base URL. Secrets are never sent on to another address. A login page in front of the peer also does this.")
}

/// Whether a body is a web page.
pub(crate) fn looks_like_html(body: &[u8]) -> bool {
    let start = String::from_utf8_lossy(body.get(..512).unwrap_or(body)).to_lowercase();
    let start = start.trim_start_matches('\u{feff}').trim_start();
    start.starts_with("<!doctype html") || start.starts_with("<html")
}

/// A web page where an answer was expected, named by status and title.
pub(crate) fn html_failure(status: u16, body: &[u8]) -> Failure {
    let text = String::from_utf8_lossy(body.get(..64 * 1024).unwrap_or(body)).into_owned();
    let lower = text.to_ascii_lowercase();
    let title = lower
        .find("<title")
        .and_then(|at| Some(at + lower.get(at..)?.find('>')? + 1))
        .and_then(|from| text.get(from..from + lower.get(from..)?.find("</title")?))
        .map(|title| title.split_whitespace().collect::<Vec<_>>().join(" "))
        .map(|title| title.chars().take(120).collect::<String>())
        .unwrap_or_default();
    let named = if title.is_empty() { String::new() } else { format!(", titled '{title}'") };
    Failure::new(ErrorCode::PeerHtml, format!("A web page came (status {status}{named}) where JSON was expected."))
        .status(status)
        .hint("The base URL may lack a path or have one too many, or a proxy or login page answers in the peer's place.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_named_by_its_status_and_title() {
        let failure = html_failure(524, b"<!DOCTYPE html><html><head><TITLE>\n A timeout occurred </TITLE>");
        assert_eq!(failure.code, ErrorCode::PeerHtml);
        assert!(
            failure.message.contains("524") && failure.message.contains("'A timeout occurred'"),
            "{failure}"
        );
    }

    #[test]
    fn a_page_without_title_or_with_half_a_title_is_named_too() {
        assert!(html_failure(200, b"<html><title>half").message.contains("status 200)"));
    }
}
