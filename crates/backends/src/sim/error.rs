//! What Sim's refusals and errors mean, in words that tell what to do.

use jackfield_protocol::error::{ErrorCode, Failure};
use serde_json::Value;

use crate::transport::Answer;

/// Where a key is made.
pub(crate) const KEY_HINT: &str = "Make a key in Sim under Settings, API keys (personal or of the workspace), and store it as the secret `api_key`.";

/// How to name the workspace.
pub(crate) const WORKSPACE_HINT: &str = "Give the option `workspace`: its id, or the address of any workflow in it (/workspace/…/w/… in the browser).";

/// What a status other than 2xx means.
pub(crate) fn refused(answer: &Answer) -> Failure {
    let said = said(&answer.value);
    let words = if said.is_empty() { String::new() } else { format!(": {said}") };
    let failure = match answer.status {
        401 => Failure::new(ErrorCode::PeerUnauthorized, format!("Sim does not accept the API key{words}."))
            .hint(KEY_HINT),
        402 => Failure::new(ErrorCode::PeerRejected, format!("The usage limit in Sim is reached{words}."))
            .hint("Raise the limit in Sim, or wait for the next period."),
        403 if said.contains("not deployed") => {
            Failure::new(ErrorCode::NotRunnable, "The workflow is not deployed in Sim.")
                .hint("Deploy it in Sim, then discover again.")
        }
        403 => Failure::new(ErrorCode::PeerScopeMissing, format!("The API key may not do this{words}."))
            .hint("A workspace key works in its own workspace only; personal keys can be switched off for a workspace."),
        404 => Failure::new(ErrorCode::PeerEntryNotFound, format!("Sim does not have this{words}."))
            .hint("Check the base URL, and that the workflow still exists; then discover again."),
        429 => {
            let wait = answer.retry_after.map_or_else(|| "a while".to_owned(), |seconds| format!("{seconds} s"));
            Failure::new(ErrorCode::PeerRateLimited, format!("Sim asks to wait {wait}{words}."))
                .hint("Wait, or raise the limit there.")
        }
        502..=504 => Failure::new(
            ErrorCode::PeerFailed,
            format!("Sim, or a proxy before it, cannot answer now (status {}){words}.", answer.status),
        )
        .hint("Check that Sim itself runs."),
        status @ 500.. => Failure::new(ErrorCode::PeerFailed, format!("Sim failed with status {status}{words}."))
            .hint("Sim's own log has the reason."),
        status => Failure::new(
            ErrorCode::PeerRejected,
            format!("Sim refused the request with status {status}{words}."),
        ),
    };
    failure.status(answer.status)
}

/// Sim's own words: legacy errors are a text, those of v2 an object.
pub(crate) fn said(value: &Value) -> String {
    let error = &value["error"];
    let words = error.as_str().or_else(|| error["message"].as_str()).or_else(|| value["message"].as_str());
    words.unwrap_or_default().trim().trim_end_matches('.').chars().take(1000).collect()
}

/// Why a run failed, from what its stream or record said (`<block name>: <message>`).
pub(crate) fn run_failed(words: &str) -> Failure {
    let words = words.trim().trim_end_matches('.');
    let words: String =
        if words.is_empty() { "Sim gives no reason".to_owned() } else { words.chars().take(2000).collect() };
    Failure::new(ErrorCode::WorkflowFailed, format!("The workflow failed: {words}."))
        .hint("Open the run in Sim's logs and look at the block that failed.")
}

/// The run was stopped in Sim.
pub(crate) fn stopped() -> Failure {
    Failure::new(ErrorCode::PeerStoppedRun, "The run was stopped in Sim.")
        .hint("Somebody stopped it there or here.")
}

/// Sim cancels a live run whose connection breaks (section 5 of the protocol notes).
pub(crate) fn cancelled_by_cut() -> Failure {
    Failure::new(
        ErrorCode::PeerLostRun,
        "The connection to Sim broke, and Sim cancels a live run whose connection breaks. What came until then is kept.",
    )
    .hint("Run it again, or run it durably (entry `durable`): such runs survive a lost connection.")
}

/// The answer does not have the known form.
pub(crate) fn not_understood(what: &str) -> Failure {
    Failure::new(ErrorCode::PeerBadAnswer, format!("The {what} does not have the form that Sim gives."))
        .hint("Check that the base URL is Sim's own address, and not another API's.")
}
