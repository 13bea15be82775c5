//! What n8n's refusals mean, in words that tell what to do.

use jackfield_protocol::error::{ErrorCode, Failure};

use crate::transport::Answer;

/// The five scopes that Jackfield uses.
pub(crate) const SCOPES: [&str; 5] =
    ["workflow:list", "workflow:read", "execution:list", "execution:read", "execution:stop"];

/// Where a key is made, and with what.
pub(crate) fn key_hint() -> String {
    format!(
        "Make a key in n8n under Settings → n8n API with the scopes {}, and store it as the secret `api_key`.",
        SCOPES.join(", ")
    )
}

/// What a status other than 2xx of the API means; `scope` is the one that the call needs.
pub(crate) fn refused(answer: &Answer, scope: &str) -> Failure {
    let said = said(answer);
    let failure = match answer.status {
        401 => Failure::new(
            ErrorCode::PeerUnauthorized,
            "n8n does not accept the API key: it is missing, wrong, expired or deleted.",
        )
        .hint(key_hint()),
        403 => Failure::new(
            ErrorCode::PeerScopeMissing,
            format!("The API key may not do this: it lacks the scope {scope}."),
        )
        .hint(key_hint()),
        404 => Failure::new(
            ErrorCode::PeerNotPlatform,
            format!("There is no n8n API at this address{said}."),
        )
        .hint("Check the base URL, and that n8n's public API is not switched off (N8N_PUBLIC_API_DISABLED)."),
        429 => {
            let wait =
                answer.retry_after.map_or_else(|| "a while".to_owned(), |seconds| format!("{seconds} s"));
            let message = format!("n8n, or a proxy before it, asks to wait {wait} before the next request.");
            Failure::new(ErrorCode::PeerRateLimited, message).hint("Wait, or raise the limit there.")
        }
        502..=504 => {
            let message =
                format!("A proxy before n8n gets no answer from it (status {}){said}.", answer.status);
            Failure::new(ErrorCode::PeerFailed, message).hint("Check that n8n itself runs.")
        }
        status @ 500.. => {
            Failure::new(ErrorCode::PeerFailed, format!("n8n failed with status {status}{said}."))
                .hint("n8n's own log has the reason.")
        }
        status => Failure::new(
            ErrorCode::PeerRejected,
            format!("n8n refused the request with status {status}{said}."),
        ),
    };
    failure.status(answer.status)
}

/// n8n's own words, when there are any.
fn said(answer: &Answer) -> String {
    let words: String = answer.message().trim().trim_end_matches('.').chars().take(200).collect();
    if words.is_empty() { String::new() } else { format!(": {words}") }
}

/// n8n answers unknown paths with its editor's page: then the address is right but for the path.
pub(crate) fn explain(failure: Failure) -> Failure {
    if failure.code == ErrorCode::PeerHtml && failure.message.contains("n8n.io") {
        return failure.hint(
            "That page is n8n's editor: n8n is there, but under another path. Give as base URL what comes before /workflow, /home or /api.",
        );
    }
    failure
}

/// The answer does not have the documented form.
pub(crate) fn not_understood(what: &str) -> Failure {
    Failure::new(
        ErrorCode::PeerBadAnswer,
        format!("The {what} does not have the form that n8n's API documents."),
    )
    .hint("Check that the base URL is n8n's own address, and not another API's.")
}
