//! Stopping a run, and saying honestly where Flowise cannot: its abort ends agentflows, and answers 200 without effect for everything else (recordings c04 to c08, c11).

use std::time::Duration;

use jackfield_protocol::{
    error::Failure,
    model::{CancelEffect, CancelReport},
    port::ResumeRequest,
};
use tokio::time::{Instant, sleep};

use super::{
    api::Api,
    flow::Kind,
    input,
    record::{self, Stored},
};

/// How long Flowise may take to stop: an abort takes effect between two nodes, or at once in a model call.
const STOPS: Duration = Duration::from_secs(6);

/// Asks Flowise to stop the run. Closing our own connection alone would stop nothing (recordings c01 to c03).
pub(crate) async fn cancel(api: &Api, request: &ResumeRequest) -> Result<CancelReport, Failure> {
    let report = |effect, message: &str| Ok(CancelReport { effect, message: message.to_owned() });
    let run = &request.run;
    let kind = Kind::remembered(&run.workflow);
    if !request.seen.pending.is_empty() {
        return report(
            CancelEffect::Stopped,
            "The run waited for a person: nothing goes on in Flowise. It can still be answered there.",
        );
    }
    api.abort(&run.workflow.external_id, &input::chat(run)).await?;
    if !kind.can_be_stopped() {
        return report(
            CancelEffect::GoesOn,
            "Flowise cannot stop chat flows: the run goes on there to its end.",
        );
    }
    if !api.config.has_key() {
        return report(
            CancelEffect::GoesOn,
            "Flowise was told to stop the run; without an API key it cannot be seen whether it did.",
        );
    }
    if !kind.has_execution() {
        // It ends at once (recording c07), but leaves nothing that would show it.
        return report(
            CancelEffect::Stopped,
            "Flowise was told to stop the run, which ends such flows at once.",
        );
    }
    let known = request.checkpoint.as_ref().and_then(|checkpoint| checkpoint.data["execution"].as_str());
    let segment = request.seen.asked.len().saturating_sub(request.seen.pending.len()) as u64;
    let until = Instant::now() + STOPS;
    loop {
        match record::look(api, run, segment, known).await {
            Ok(Stored::Failed(_)) => return report(CancelEffect::Stopped, "Flowise stopped the run."),
            Ok(Stored::Answer(..)) => {
                return report(CancelEffect::AlreadyEnded, "The run had ended already.");
            }
            Ok(Stored::Waiting(..)) => {
                return report(
                    CancelEffect::Stopped,
                    "The run waits for a person: nothing goes on in Flowise.",
                );
            }
            Err(failure) if Instant::now() >= until => return Err(failure),
            _ if Instant::now() >= until => {
                return report(
                    CancelEffect::GoesOn,
                    "Flowise was told to stop the run; it does so when its current node is done.",
                );
            }
            _ => sleep(Duration::from_millis(200)).await,
        }
    }
}
