//! What Flowise's refusals and errors mean, in words that tell what to do.

use jackfield_protocol::error::{ErrorCode, Failure};

use crate::transport::Answer;

/// The permissions that Jackfield uses (3.0.13 and later; older keys may do everything).
pub(crate) const PERMISSIONS: [&str; 4] =
    ["chatflows:view", "agentflows:view", "executions:view", "assistants:view"];

/// Where a key is made, and with what.
pub(crate) fn key_hint() -> String {
    format!(
        "Make a key in Flowise under API Keys with the permissions {}, and store it as the secret `api_key`.",
        PERMISSIONS.join(", ")
    )
}

/// What a status other than 2xx of the API means; `permission` is the one that the call needs.
pub(crate) fn refused(answer: &Answer, permission: &str) -> Failure {
    let said = said(answer);
    let failure = match answer.status {
        401 => Failure::new(
            ErrorCode::PeerUnauthorized,
            "Flowise does not accept the API key: it is missing, wrong or deleted.",
        )
        .hint(key_hint()),
        403 => Failure::new(
            ErrorCode::PeerScopeMissing,
            format!("The API key may not do this: it lacks the permission {permission}."),
        )
        .hint(key_hint()),
        404 => Failure::new(ErrorCode::PeerNotPlatform, format!("Flowise does not have this{said}."))
            .hint("Check the base URL, and that the flow still exists."),
        429 => {
            let wait =
                answer.retry_after.map_or_else(|| "a while".to_owned(), |seconds| format!("{seconds} s"));
            let message =
                format!("Flowise, or a proxy before it, asks to wait {wait} before the next request.");
            Failure::new(ErrorCode::PeerRateLimited, message).hint("Wait, or raise the limit there.")
        }
        502..=504 => {
            let message =
                format!("A proxy before Flowise gets no answer from it (status {}){said}.", answer.status);
            Failure::new(ErrorCode::PeerFailed, message).hint("Check that Flowise itself runs.")
        }
        status @ 500.. => {
            Failure::new(ErrorCode::PeerFailed, format!("Flowise failed with status {status}{said}."))
                .hint("Flowise's own log has the reason.")
        }
        status => Failure::new(
            ErrorCode::PeerRejected,
            format!("Flowise refused the request with status {status}{said}."),
        ),
    };
    failure.status(answer.status)
}

/// Flowise's own words, when there are any.
fn said(answer: &Answer) -> String {
    let words = plain(answer.message());
    if words.is_empty() { String::new() } else { format!(": {words}") }
}

/// An error's text without the name of the function that threw it.
pub(crate) fn plain(text: &str) -> String {
    let mut words = text.trim();
    // "Error: predictionsServices.buildChatflow - …", sometimes twice.
    while let Some((source, rest)) = words.strip_prefix("Error: ").and_then(|rest| rest.split_once(" - ")) {
        if source.contains(' ') && !source.starts_with("Error ") || !source.contains(['.', ' ']) {
            break;
        }
        words = rest.trim();
    }
    words.trim_end_matches('.').chars().take(1000).collect()
}

/// Why a run failed, from what its stream or answer said.
pub(crate) fn run_failed(text: &str) -> Failure {
    let words = plain(text);
    let lower = words.to_lowercase();
    if lower.contains("aborterror") || lower.contains("execution was cancelled") || lower == "aborted" {
        return Failure::new(ErrorCode::PeerStoppedRun, "The run was stopped in Flowise.")
            .hint("Somebody stopped it there or here.");
    }
    if lower == "unauthorized" || lower.ends_with("- unauthorized") {
        return Failure::new(
            ErrorCode::PeerEntryAuth,
            "The flow is bound to another API key than the one that was sent.",
        )
        .hint("Store the key that the flow is bound to as the secret `entry:<flow id>:api_key`.");
    }
    if lower.starts_with("chatflow ") && lower.contains(" not found") || lower.contains("invalid chatflow id")
    {
        return Failure::new(
            ErrorCode::PeerEntryNotFound,
            format!("Flowise does not have the flow: {words}."),
        )
        .hint("Discover again: it may have been deleted.");
    }
    let words = if words.is_empty() { "Flowise gives no reason".to_owned() } else { words };
    Failure::new(ErrorCode::WorkflowFailed, format!("The flow failed: {words}."))
        .hint("Open the flow in Flowise and look at the node that failed.")
}

/// Flowise answers unknown paths with its editor's page: then the address is right but for the path.
pub(crate) fn explain(failure: Failure) -> Failure {
    if failure.code == ErrorCode::PeerHtml && failure.message.contains("Flowise") {
        return failure.hint(
            "That page is Flowise's editor: Flowise is there, but under another path, or too old for this call. Give as base URL what comes before /canvas or /api.",
        );
    }
    failure
}

/// The answer does not have the documented form.
pub(crate) fn not_understood(what: &str) -> Failure {
    Failure::new(
        ErrorCode::PeerBadAnswer,
        format!("The {what} does not have the form that Flowise's API gives."),
    )
    .hint("Check that the base URL is Flowise's own address, and not another API's.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_told_without_the_function_that_threw_them() {
        assert_eq!(plain("Error: predictionsServices.buildChatflow - terminated"), "terminated");
        assert_eq!(
            plain("Error: predictionsServices.buildChatflow - Error: NodeVM Execution Error: Error: boom"),
            "Error: NodeVM Execution Error: Error: boom"
        );
        assert_eq!(plain("Error: a b - c"), "Error: a b - c");
    }

    #[test]
    fn what_stopped_a_run_is_told_apart() {
        let code = |text: &str| run_failed(text).code;
        assert_eq!(
            code("Error: predictionsServices.buildChatflow - Error in LLM node: AbortError"),
            ErrorCode::PeerStoppedRun
        );
        assert_eq!(
            code("Error: predictionsServices.buildChatflow - Error buildAgentGraph - Error: AbortError"),
            ErrorCode::PeerStoppedRun
        );
        assert_eq!(
            code("Error: predictionsServices.buildChatflow - Flow execution was cancelled"),
            ErrorCode::PeerStoppedRun
        );
        assert_eq!(code("Error: predictionsServices.buildChatflow - Unauthorized"), ErrorCode::PeerEntryAuth);
        assert_eq!(
            code("Chatflow 00000000-0000-4000-8000-000000000000 not found"),
            ErrorCode::PeerEntryNotFound
        );
        assert_eq!(
            code("Error: predictionsServices.buildChatflow - 401 fake failure"),
            ErrorCode::WorkflowFailed
        );
    }
}
