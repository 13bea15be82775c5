//! Stopping a run by its id (recordings `cancel-*`, `hitl-cancel`, `v2-cancel`).

use std::time::Duration;

use jackfield_protocol::{
    error::Failure,
    model::{CancelEffect, CancelReport},
    port::ResumeRequest,
};
use reqwest::Method;
use serde_json::json;
use tokio::time::{Instant, sleep};

use super::{api::Api, error::refused, input, record::Status};

/// How long Sim may take to stop: a stream ended 0.4 s after the request.
const STOPS: Duration = Duration::from_secs(5);

/// Asks Sim to stop the run.
pub(crate) async fn cancel(api: &Api, request: &ResumeRequest) -> Result<CancelReport, Failure> {
    let report = |effect, message: &str| Ok(CancelReport { effect, message: message.to_owned() });
    let run = &request.run;
    if run.workflow.private["chat"].is_string() || !api.config.has_key() {
        // Its connection is closed with the run.
        return report(
            CancelEffect::Stopped,
            "The connection is closed, and Sim stops a live run whose connection closes.",
        );
    }
    let (workflow, id) = (&run.workflow.external_id, input::run_id(run));
    let path = format!("{}/cancel", api.run_path(workflow, &id).await?);
    let answer = api.send(api.call(Method::POST, &path).json(&json!({}))).await?;
    match answer.status {
        409 => return report(CancelEffect::AlreadyEnded, "The run had ended already."),
        404 => {
            return report(CancelEffect::AlreadyEnded, "Sim does not have the run: nothing goes on there.");
        }
        _ if !answer.is_success() => return Err(refused(&answer)),
        _ => {}
    }
    let until = Instant::now() + STOPS;
    loop {
        match api.record(workflow, &id).await {
            Ok(Some(record)) if matches!(record.status, Status::Cancelled | Status::Failed) => {
                return report(CancelEffect::Stopped, "Sim stopped the run.");
            }
            Ok(Some(record)) if record.status == Status::Completed => {
                return report(CancelEffect::AlreadyEnded, "The run had ended already.");
            }
            Err(failure) if Instant::now() >= until => return Err(failure),
            _ if Instant::now() >= until => {
                return report(
                    CancelEffect::GoesOn,
                    "Sim was told to stop the run, and has not done so yet.",
                );
            }
            _ => sleep(Duration::from_millis(200)).await,
        }
    }
}
