//! Stopping a run at n8n, and saying honestly where that cannot be done.

use std::time::Duration;

use jackfield_protocol::{
    error::Failure,
    model::{CancelEffect, CancelReport},
    port::ResumeRequest,
};
use tokio::time::{Instant, sleep};

use super::{
    api::{Api, Stop},
    locate::Locator,
};

/// How long the execution is searched for when it is not known yet.
const SEARCH: Duration = Duration::from_secs(3);

/// Asks n8n to stop the run's execution. Closing our own connection alone would stop nothing.
pub(crate) async fn cancel(api: &Api, request: &ResumeRequest) -> Result<CancelReport, Failure> {
    let goes_on = |why: &str| {
        Ok(CancelReport { effect: CancelEffect::GoesOn, message: format!("The run goes on in n8n: {why}") })
    };
    if !api.config.has_key() {
        return goes_on("without an API key it cannot be stopped from here.");
    }
    let mut id = request.checkpoint.as_ref().and_then(|checkpoint| checkpoint.external_id.clone());
    let mut locator = Locator::new(api, &request.run);
    let until = Instant::now() + SEARCH;
    while id.is_none() && Instant::now() < until {
        id = locator.look(api).await?.map(|execution| execution.id());
        if id.is_none() {
            sleep(Duration::from_millis(200)).await;
        }
    }
    let Some(id) = id else { return goes_on("its execution was not found.") };
    match api.stop(&id).await? {
        Stop::Stopped => Ok(CancelReport {
            effect: CancelEffect::Stopped,
            message: format!("n8n stopped execution {id}."),
        }),
        Stop::Ended => Ok(CancelReport {
            effect: CancelEffect::AlreadyEnded,
            message: format!("Execution {id} had ended already."),
        }),
        Stop::Unsupported => goes_on("this version cannot be told to stop (it needs 2.9 or later)."),
    }
}
