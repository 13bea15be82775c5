//! Listening: to the peer, the log, the people, and the clock, all at once.

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::{Draft, EventBody, LinkState, ResolvedBy},
    model::CancelReport,
    port::{AttemptEnd, Progress, ProgressStream},
};
use tokio::time::{Instant, sleep_until};

use super::{Exit, RunTask, answers::Given};
use crate::{live::Command, recorder::Gone};

/// What the task has to decide on.
pub(super) enum Turn {
    /// The attempt is over. Everything it said is committed.
    End(AttemptEnd),
    /// The time that was given is over; at the end of a run also: no answer is on its way any more.
    TimeUp,
    /// Somebody stopped the run, and this is what the peer made of it; with its end, if the attempt had one meanwhile.
    Cancelled(CancelReport, Option<AttemptEnd>),
    /// The log cannot be written, and the connection has waited long enough.
    Stalled,
    /// The run cannot be found again.
    GaveUp(Failure),
}

#[expect(clippy::large_enum_variant, reason = "nearly all that is heard is of the large variant")]
enum Heard {
    Recorded(Result<(), Gone>),
    Stop,
    Cancelled(CancelReport),
    Answered(Given),
    Asked(Command),
    TimeUp,
    Peer(Option<Progress>),
}

impl RunTask {
    /// Listens until there is something to decide.
    pub(super) async fn turn(
        &mut self,
        mut stream: Option<&mut ProgressStream>,
        until: Option<Instant>,
    ) -> Result<Turn, Exit> {
        let mut early = None;
        loop {
            if stream.is_some() && self.recorder.failing_for() > self.inner.config.storage_patience {
                return Ok(Turn::Stalled);
            }
            match self.hear(stream.as_deref_mut(), until).await {
                Heard::Recorded(result) => {
                    result?;
                    self.answers.release(self.recorder.transcript().last_seq);
                }
                Heard::Stop => return Err(Exit::HubStops),
                Heard::Cancelled(report) => return Ok(Turn::Cancelled(report, early)),
                Heard::Answered(given) => {
                    self.answered(given);
                    self.answers.release(self.recorder.transcript().last_seq);
                    if self.ending && self.answers.under_way.is_empty() {
                        return Ok(Turn::TimeUp);
                    }
                }
                Heard::Asked(Command::Cancel(reply)) => {
                    if let Some(report) = self.asked_to_cancel(reply) {
                        return Ok(Turn::Cancelled(report, None));
                    }
                }
                Heard::Asked(Command::Answer(id, answer, reply)) => self.asked_to_answer(id, answer, reply),
                Heard::TimeUp => return Ok(Turn::TimeUp),
                Heard::Peer(Some(Progress::Draft(draft))) => self.draft(draft),
                Heard::Peer(Some(Progress::Checkpoint(checkpoint))) => {
                    self.heard();
                    self.recorder.set_checkpoint(checkpoint);
                }
                Heard::Peer(end) => {
                    let end = match end {
                        Some(Progress::End(end)) => end,
                        _ => AttemptEnd::Lost(Failure::new(
                            ErrorCode::PeerConnectionLost,
                            "The stream ended without its end.",
                        )),
                    };
                    if matches!(end, AttemptEnd::Done(_)) {
                        self.heard();
                    }
                    self.flush().await?;
                    if !self.cancel.is_under_way() {
                        return Ok(Turn::End(end));
                    }
                    // Somebody is stopping the run right now: what the peer makes of that decides.
                    early = Some(end);
                    stream = None;
                }
            }
        }
    }

    /// The log goes first, what was asked second: a peer that never pauses holds up neither.
    async fn hear(&mut self, stream: Option<&mut ProgressStream>, until: Option<Instant>) -> Heard {
        let has_room = self.recorder.has_room();
        tokio::select! {
            biased;
            result = self.recorder.drive() => Heard::Recorded(result),
            () = self.inner.hard.cancelled() => Heard::Stop,
            report = self.cancel.report() => Heard::Cancelled(report),
            given = next_of(&mut self.answers.under_way) => Heard::Answered(given),
            Some(command) = self.commands.recv() => Heard::Asked(command),
            () = at(until) => Heard::TimeUp,
            progress = next(stream), if has_room => Heard::Peer(progress),
        }
    }

    fn draft(&mut self, mut draft: Draft) {
        match &mut draft.body {
            EventBody::Link(link) => match link.state {
                LinkState::Identified => self.heard(),
                LinkState::Recovered => {
                    self.heard = true;
                    self.lost = false;
                    self.recorder.set_recovering(false);
                }
                LinkState::Lost | LinkState::Reconnecting | LinkState::Recovering => {}
            },
            EventBody::InputResolved(resolved) => {
                self.heard();
                if self.answers.was_answered(&resolved.request_id) {
                    // Logged already, when the peer took the answer.
                    return;
                }
                if let Some(choice) = self.answers.is_being_answered(&resolved.request_id) {
                    // The peer went on before it said that it took our answer.
                    resolved.by = ResolvedBy::Answer;
                    resolved.choice = choice;
                }
            }
            EventBody::Raw(_) => {}
            _ => self.heard(),
        }
        self.recorder.backend_says(draft);
    }
}

async fn next(stream: Option<&mut ProgressStream>) -> Option<Progress> {
    match stream {
        Some(stream) => stream.next().await,
        None => std::future::pending().await,
    }
}

async fn next_of<F: Future>(futures: &mut FuturesUnordered<F>) -> F::Output {
    match futures.next().await {
        Some(output) => output,
        None => std::future::pending().await,
    }
}

async fn at(until: Option<Instant>) {
    match until {
        Some(until) => sleep_until(until).await,
        None => std::future::pending().await,
    }
}
