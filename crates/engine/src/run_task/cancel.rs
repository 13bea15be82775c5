//! Stopping a run: asked of the peer once, told to everybody who asked, and said honestly.

use futures_util::{FutureExt as _, future::BoxFuture};
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::{Done, Outcome},
    model::{CancelEffect, CancelReport, Verdict},
    port::AttemptEnd,
};
use tokio::{
    sync::oneshot,
    time::{Instant, timeout},
};

use super::{Exit, RunTask, answers::ended, turn::Turn};

type Reply = oneshot::Sender<Result<CancelReport, Failure>>;

/// Who wants the run stopped, and how far that is.
#[derive(Default)]
pub(super) struct Cancel {
    waiting: Vec<Reply>,
    call: Option<BoxFuture<'static, CancelReport>>,
    decided: Option<CancelReport>,
}

impl Cancel {
    pub(super) fn is_under_way(&self) -> bool {
        self.call.is_some()
    }

    /// What the peer makes of it; waits for ever while nobody asked it.
    pub(super) async fn report(&mut self) -> CancelReport {
        let Some(call) = &mut self.call else { return std::future::pending().await };
        let report = call.await;
        self.call = None;
        report
    }

    /// Tells everybody who asked.
    pub(super) fn tell(&mut self) {
        for reply in self.waiting.drain(..) {
            // Whoever asked may have left.
            let _ = reply.send(self.decided.clone().ok_or_else(ended));
        }
    }
}

impl RunTask {
    /// Begins to stop the run, once. A report is given where nothing has to be asked of the peer.
    pub(super) fn asked_to_cancel(&mut self, reply: Reply) -> Option<CancelReport> {
        self.cancel.waiting.push(reply);
        if self.ending || self.cancel.decided.is_some() || self.cancel.is_under_way() {
            if self.cancel.decided.as_ref().is_some_and(|report| report.effect == CancelEffect::AlreadyEnded)
            {
                self.cancel.tell();
            }
            return None;
        }
        if !self.sent {
            return Some(CancelReport {
                effect: CancelEffect::NotStarted,
                message: "The run was stopped before it reached the peer.".to_owned(),
            });
        }
        let Some(client) = self.client.clone() else {
            return Some(goes_on("The peer cannot be told to stop: its backend cannot be used."));
        };
        let (request, deadline) = (self.resume_request(), self.inner.config.cancel_deadline);
        let call = async move {
            match timeout(deadline, client.cancel(&request)).await {
                Ok(Ok(report)) => report,
                Ok(Err(failure)) => goes_on(format!("The peer could not be told to stop: {failure}")),
                Err(_) => goes_on(format!("The peer did not confirm within {} s.", deadline.as_secs())),
            }
        };
        self.cancel.call = Some(call.boxed());
        None
    }

    /// How a stopped run ends; `None`: the peer had ended before, and its own outcome is still to be found.
    pub(super) async fn cancelled(
        &mut self,
        mut report: CancelReport,
        end: Option<AttemptEnd>,
    ) -> Result<Option<Done>, Exit> {
        self.cancel.decided = Some(report.clone());
        let mut known = match end {
            Some(AttemptEnd::Done(done)) => Some(done),
            _ => None,
        };
        if report.effect == CancelEffect::AlreadyEnded {
            self.cancel.tell();
            return Ok(known);
        }
        if report.effect != CancelEffect::NotStarted && known.is_none() {
            known = self.fill_in().await?;
        }
        // The peer's own record is worth more than what was asked of it.
        if let Some(done) = known
            .as_ref()
            .filter(|done| done.outcome == Outcome::Succeeded && done.verdict == Verdict::Verified)
        {
            let message = "The run had succeeded before it could be stopped.".to_owned();
            self.cancel.decided = Some(CancelReport { effect: CancelEffect::AlreadyEnded, message });
            return Ok(Some(done.clone()));
        }
        if report.effect == CancelEffect::GoesOn {
            let failure = Failure::new(ErrorCode::CancelUnsupported, report.message.clone())
                .hint("Stop it at the peer, if it must not go on there.");
            self.hub_says(failure.into_event(false, false));
        }
        let (answer, duration_ms) = known.map(|done| (done.answer, done.duration_ms)).unwrap_or_default();
        Ok(Some(Done {
            outcome: Outcome::Cancelled,
            verdict: match report.effect {
                CancelEffect::GoesOn => Verdict::Unverified,
                _ => Verdict::Verified,
            },
            reason: Some(std::mem::take(&mut report.message)),
            answer,
            duration_ms,
            usage: None,
        }))
    }

    /// Lets the peer's own record fill in what is missing, for a short while.
    async fn fill_in(&mut self) -> Result<Option<Done>, Exit> {
        self.next_attempt().await?;
        let until = Instant::now() + self.inner.config.cancel_record_wait;
        match self.resume(Some(until)).await? {
            Turn::End(AttemptEnd::Done(done)) => Ok(Some(done)),
            _ => Ok(None),
        }
    }
}

fn goes_on(message: impl Into<String>) -> CancelReport {
    CancelReport { effect: CancelEffect::GoesOn, message: message.into() }
}
