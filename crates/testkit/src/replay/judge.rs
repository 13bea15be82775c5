//! What no caller may ever do.

use std::collections::HashMap;

use crate::http::Request;

/// Looks at everything that was asked, and names what must not have been.
pub type Rule = fn(&[Request]) -> Vec<String>;

/// A request that starts something is never sent twice: no two POSTs to anything but the API carry the same
/// trace context.
#[must_use]
pub fn never_posted_twice(requests: &[Request]) -> Vec<String> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for request in requests.iter().filter(|request| starts_a_run(request)) {
        if let Some(traceparent) = request.traceparent() {
            *seen.entry(traceparent).or_default() += 1;
        }
    }
    seen.into_iter()
        .filter(|(_, count)| *count > 1)
        .map(|(traceparent, count)| format!("{traceparent} was sent {count} times"))
        .collect()
}

/// The API key goes to the API and nowhere else.
#[must_use]
pub fn key_only_to_the_api(requests: &[Request]) -> Vec<String> {
    requests
        .iter()
        .filter(|request| request.header("x-n8n-api-key").is_some() && !request.path.contains("/api/v1/"))
        .map(|request| format!("the API key was sent to {} {}", request.method, request.path))
        .collect()
}

/// Whether a request may start a run: a webhook (of any method) or a chat.
#[must_use]
pub(crate) fn starts_a_run(request: &Request) -> bool {
    request.path.contains("/webhook/") && request.method != "OPTIONS"
}
