//! Taking a run up again: finds its execution and follows it. Never posts.

use std::sync::Arc;

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::{Done, Draft, Outcome},
    model::Verdict,
    port::{AttemptEnd, ProgressStream, ResumeRequest, Signals, progress_stream},
};
use tokio::time::{Instant, sleep};

use super::{
    api::Api,
    input,
    locate::Locator,
    nodes::Nodes,
    outcome::{Followed, follow},
    teller::Teller,
};

/// Resumes a run.
pub(crate) fn resume(api: Arc<Api>, request: ResumeRequest, mut signals: Signals) -> ProgressStream {
    progress_stream(|reporter| async move {
        let nodes = Nodes::of_graph(request.run.workflow.graph.as_ref());
        let run = &request.run;
        let mut teller = Teller::new(reporter, request.seen.clone(), nodes, &api, run.run_id, run.attempt);
        if !api.config.has_key() {
            let why = "Without an API key n8n does not tell what became of the run.";
            return unknown(
                &mut teller,
                why,
                "Store an API key with the backend: then lost runs are recovered.",
            )
            .await;
        }
        let known = request.checkpoint.as_ref().and_then(|checkpoint| checkpoint.external_id.clone());
        let id = match known {
            Some(id) => id,
            None => match search(&api, &request, &mut teller).await {
                Ok(id) => id,
                Err(end) => return *end,
            },
        };
        match follow(&api, &id, &input::session(&request.run), &mut teller, &mut signals).await {
            Followed::End(end) => end,
            Followed::Failed(failure) => lost_or_refused(&mut teller, failure).await,
            Followed::Gone => {
                let why = format!("n8n does not have execution {id} any more.");
                unknown(&mut teller, &why, "The workflow may not save its executions, or they were pruned.")
                    .await
            }
        }
    })
}

async fn search(api: &Api, request: &ResumeRequest, teller: &mut Teller) -> Result<String, Box<AttemptEnd>> {
    let mut locator = Locator::new(api, &request.run);
    let until = Instant::now() + api.config.search_window();
    loop {
        match locator.look(api).await {
            Ok(Some(execution)) => {
                teller.identified(&execution.id()).await;
                return Ok(execution.id());
            }
            Ok(None) if Instant::now() >= until => {
                let why = "n8n has no execution that belongs to this run: it did not get the request, or it does not save executions of this workflow.";
                return Err(Box::new(
                    unknown(teller, why, "Look at the workflow's executions in n8n before you run it again.")
                        .await,
                ));
            }
            Ok(None) => sleep(std::time::Duration::from_millis(500)).await,
            Err(failure) => return Err(Box::new(lost_or_refused(teller, failure).await)),
        }
    }
}

/// A refused key does not heal by trying again; everything else may.
pub(crate) async fn lost_or_refused(teller: &mut Teller, failure: Failure) -> AttemptEnd {
    match failure.code {
        ErrorCode::PeerUnauthorized | ErrorCode::PeerScopeMissing => {
            let hint = failure.hint.clone().unwrap_or_default();
            unknown(teller, &failure.message, &hint).await
        }
        _ => AttemptEnd::Lost(failure),
    }
}

pub(crate) async fn unknown(teller: &mut Teller, why: &str, hint: &str) -> AttemptEnd {
    let failure = Failure::new(ErrorCode::RecoveryImpossible, why).hint(hint);
    teller.tell(Draft::new(failure.into_event(true, false))).await;
    AttemptEnd::Done(Done {
        outcome: Outcome::Unknown,
        verdict: Verdict::Unverified,
        reason: Some(why.to_owned()),
        answer: Vec::new(),
        duration_ms: None,
        usage: None,
    })
}
