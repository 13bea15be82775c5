//! How a run ends: everything open is closed, the answer goes into the conversation, `done` is last.

use std::time::Duration;

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::{
        Done, Draft, EventBody, InputResolved, LinkState, Open, Outcome, ResolvedBy, StepEnd, StepStatus,
        ToolEnd, Usage,
    },
    model::Verdict,
    port::{ChatMessage, StoreError},
    time::now,
};
use tokio::time::{Instant, timeout};

use super::{Exit, RunTask, answers::ended, unknown};
use crate::live::Command;

/// How long the end waits for what a peer says to an answer that is on its way.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

/// How often an answer is tried to be put into its conversation.
const TRIES: u32 = 3;

impl RunTask {
    /// Ends the run.
    pub(super) async fn finish(&mut self, mut done: Done) -> Result<(), Exit> {
        self.ending = true;
        if !self.answers.under_way.is_empty() {
            self.turn(None, Some(Instant::now() + LAST_ANSWERS)).await?;
        }
        self.recorder.set_recovering(false);
        self.close_what_is_open(done.outcome);
        if done.outcome != Outcome::Succeeded && done.reason.is_none() {
            done.reason = Some("The peer gave no reason.".to_owned());
        }
        if done.duration_ms.is_none() {
            let elapsed = now().as_millisecond() - self.recorder.run().created_at.as_millisecond();
            done.duration_ms = u64::try_from(elapsed).ok();
        }
        self.flush().await?;
        let usage = &self.recorder.transcript().usage;
        done.usage = (*usage != Usage::default()).then(|| usage.clone());
        self.keep_answer(&done).await;
        self.hub_says(EventBody::Done(done));
        self.flush().await?;
        self.cancel.tell();
        Ok(())
    }

    fn close_what_is_open(&mut self, outcome: Outcome) {
        let status = if outcome == Outcome::Cancelled { StepStatus::Cancelled } else { StepStatus::Unknown };
        for open in self.recorder.open() {
            let draft = match open {
                Open::Step(id) => Draft::new(EventBody::StepEnd(StepEnd::of(status))).step(id),
                Open::Tool(id) => Draft::new(EventBody::ToolEnd(ToolEnd::of(status))).tool(id),
                Open::Input(request_id) => Draft::new(EventBody::InputResolved(InputResolved {
                    request_id,
                    by: ResolvedBy::RunEnded,
                    choice: None,
                })),
            };
            self.recorder.hub_says(draft);
        }
    }

    /// Puts the answer into the conversation, before anybody can see `done`, and once even if the hub was killed
    /// between the two.
    async fn keep_answer(&mut self, done: &Done) {
        let run_id = self.recorder.run().id;
        let Some(conversation) = self.recorder.run().conversation_id else { return };
        let mut transcript = self.recorder.transcript().clone();
        transcript.done = Some(done.clone());
        let text = transcript.answer();
        if text.is_empty() {
            return;
        }
        let message = ChatMessage {
            position: 0,
            role: "assistant".to_owned(),
            text,
            run_id: Some(run_id),
            created_at: now(),
        };
        for tries in 1..=TRIES {
            let kept = match self.inner.store.messages(conversation).await {
                Ok(messages)
                    if messages
                        .iter()
                        .any(|known| known.run_id == message.run_id && known.role == message.role) =>
                {
                    Ok(())
                }
                Ok(_) => match self.inner.store.add_message(conversation, &message).await {
                    // It was removed while the run went on.
                    Err(StoreError::NotFound("conversation")) => Ok(()),
                    added => added.map(drop),
                },
                Err(error) => Err(error),
            };
            let Err(error) = kept else { return };
            tracing::error!(run = %run_id, %error, tries, "the answer could not be put into its conversation");
            if self.inner.pause(Duration::from_millis(100)).await.is_err() {
                return;
            }
        }
    }

    /// The run provably never reached its peer.
    pub(super) async fn refuse(&mut self, failure: Failure) -> Result<(), Exit> {
        let reason = format!("The run never reached its peer: {failure}");
        self.hub_says(failure.into_event(true, true));
        let (outcome, verdict) = (Outcome::Failed, Verdict::Verified);
        self.finish(Done {
            outcome,
            verdict,
            reason: Some(reason),
            answer: Vec::new(),
            duration_ms: None,
            usage: None,
        })
        .await
    }

    /// What became of the run cannot be found out.
    pub(super) async fn give_up(&mut self, failure: Failure) -> Result<(), Exit> {
        let reason = format!("What became of the run cannot be found out: {failure}");
        let failure = Failure::new(ErrorCode::RecoveryImpossible, reason.clone())
            .hint("Look at the peer for what became of it before you run it again.");
        self.hub_says(failure.into_event(true, false));
        self.finish(unknown(reason)).await
    }

    /// The hub stops: says so, so that the next start looks for the run.
    pub(super) async fn suspend(&mut self) {
        if self.sent && !self.recorder.is_done() {
            if !self.lost {
                self.recorder.link(LinkState::Lost, Some("The hub was stopped.".to_owned()));
            }
            self.recorder.set_recovering(true);
        }
        match timeout(self.inner.config.shutdown_hard, self.recorder.flush()).await {
            Ok(Ok(())) => self.answers.release(self.recorder.transcript().last_seq),
            Ok(Err(_)) => {}
            Err(_) => {
                tracing::error!(run = %self.recorder.run().id, "the last events could not be written before the hub stopped");
            }
        }
    }

    /// Nobody who asked something is left without an answer.
    pub(super) async fn refuse_the_rest(&mut self) {
        self.cancel.tell();
        self.commands.close();
        while let Some(command) = self.commands.recv().await {
            match command {
                Command::Cancel(reply) => drop(reply.send(Err(ended()))),
                Command::Answer(_, _, reply) => drop(reply.send(Err(ended()))),
            }
        }
    }
}
