//! One task per run: attempts, recovery, cancel, answers, the end. States and invariants are in RUNS.md.

use std::{sync::Arc, time::Duration};

use futures_util::{FutureExt as _, StreamExt as _, future::BoxFuture};
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::{
        Done, Draft, EventBody, InputRequired, InputResolved, Link, LinkState, Outcome, ResolvedBy, Start,
        Transcript,
    },
    ids::InputRequestId,
    model::{CancelEffect, CancelReport, InputAnswer, Run, RunStatus, Verdict},
    port::{
        AttemptEnd, BackendClient, ChatMessage, Progress, ProgressStream, ResumeRequest, RunRequest, Signal,
    },
    time::now,
};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until, timeout_at},
};

use crate::{
    Inner,
    config::{Backoff, jitter},
    live::{Command, LiveRun},
    recorder::{Gone, Recorder},
};

type AnswerReply = oneshot::Sender<Result<(), Failure>>;

/// An answer that is being given to the peer.
struct Answering {
    question: InputRequired,
    answer: InputAnswer,
    reply: AnswerReply,
    work: BoxFuture<'static, Result<(), Failure>>,
}

/// What the task starts from.
#[expect(clippy::large_enum_variant, reason = "one exists per run, and only until the run has begun")]
pub(crate) enum Begin {
    /// Written down, provably not sent.
    Send(Start),
    /// It may have reached the peer.
    Resume(Transcript),
}

/// How one attempt went on.
enum After {
    End(AttemptEnd),
    Cancel(oneshot::Sender<Result<CancelReport, Failure>>),
    HubStops,
}

pub(crate) struct RunTask {
    pub(crate) inner: Arc<Inner>,
    pub(crate) live: Arc<LiveRun>,
    pub(crate) run: Run,
    pub(crate) client: Result<Arc<dyn BackendClient>, Failure>,
    pub(crate) request: RunRequest,
    pub(crate) commands: mpsc::Receiver<Command>,
}

impl RunTask {
    /// Works until the run has ended, somebody else has it, or the hub stops.
    pub(crate) async fn work(mut self, begin: Begin) {
        if self.drive(begin).await.is_err() {
            tracing::info!(run = %self.run.id, "the run is no longer written from here");
        }
        self.commands.close();
        while let Some(command) = self.commands.recv().await {
            refuse(command);
        }
        self.inner.forget(&self.live);
    }

    async fn drive(&mut self, begin: Begin) -> Result<(), Gone> {
        let (start, transcript) = match begin {
            Begin::Send(start) => (Some(start), Transcript::new()),
            Begin::Resume(transcript) => (None, transcript),
        };
        let mut recorder = self.next_attempt(transcript).await?;
        let mut send = start.is_some();
        if let Some(start) = start {
            recorder.push(Draft::new(EventBody::Start(start))).await;
            recorder.set_status(RunStatus::Running);
            recorder.flush().await?;
        } else {
            link(&mut recorder, LinkState::Reconnecting, Some("the hub was restarted".to_owned())).await;
            recorder.set_status(RunStatus::Recovering);
            recorder.flush().await?;
        }
        let client = match self.client.clone() {
            Ok(client) => client,
            Err(failure) => {
                let reason = format!("The backend cannot be used any more: {failure}");
                return self.end_with_error(&mut recorder, failure, Outcome::Unknown, reason).await;
            }
        };
        let mut tries = 0;
        let mut backoff = Backoff::new(Duration::from_millis(200), Duration::from_secs(5));
        let mut give_up = Instant::now() + self.inner.config.recovery_deadline;
        let mut lost = !send;
        loop {
            self.request.attempt = recorder.attempt;
            let seen_before = recorder.last_seq();
            let signals = self.live.new_signals();
            let stream = if send {
                client.stream_completion(self.request.clone(), signals)
            } else {
                client.resume(self.resume_request(&recorder).await, signals)
            };
            let after = self.attempt(&client, stream, &mut recorder, &mut lost).await?;
            if recorder.last_seq() > seen_before {
                give_up = Instant::now() + self.inner.config.recovery_deadline;
                backoff.reset();
            }
            let failure = match after {
                After::End(AttemptEnd::Done(done)) => {
                    self.inner.nudge_health(self.run.backend_id, true);
                    return self.finish(&mut recorder, done).await;
                }
                After::Cancel(reply) => {
                    return self.cancel(&client, recorder, send && tries > 0 && lost, reply).await;
                }
                After::HubStops => {
                    link(&mut recorder, LinkState::Lost, Some("the hub was stopped".to_owned())).await;
                    recorder.set_status(RunStatus::Recovering);
                    return recorder.flush().await;
                }
                After::End(AttemptEnd::NotSent(failure)) if send => {
                    tries += 1;
                    if tries >= self.inner.config.send_tries {
                        let reason = format!("The peer was never reached: {failure}");
                        return self.end_with_error(&mut recorder, failure, Outcome::Failed, reason).await;
                    }
                    failure
                }
                After::End(AttemptEnd::NotSent(failure) | AttemptEnd::Lost(failure)) => {
                    send = false;
                    failure
                }
            };
            self.inner.nudge_health(self.run.backend_id, false);
            if !lost {
                link(&mut recorder, LinkState::Lost, Some(failure.message.clone())).await;
                recorder.set_status(RunStatus::Recovering);
                recorder.flush().await?;
            }
            if Instant::now() >= give_up {
                let failure = Failure::new(
                    ErrorCode::RecoveryImpossible,
                    format!("The run was not found again: {failure}"),
                )
                .hint("Look at the peer for what became of it; the run there may have ended.");
                let reason = failure.message.clone();
                return self.end_with_error(&mut recorder, failure, Outcome::Unknown, reason).await;
            }
            match self.pause(backoff.wait()).await {
                After::Cancel(reply) => return self.cancel(&client, recorder, send, reply).await,
                After::HubStops => return recorder.flush().await,
                After::End(_) => {}
            }
            let transcript = std::mem::take(&mut recorder.transcript);
            recorder = self.next_attempt(transcript).await?;
            if !lost {
                lost = true;
                link(&mut recorder, LinkState::Reconnecting, None).await;
                recorder.flush().await?;
            }
        }
    }

    /// Reads one attempt's stream to its end, or until something else decides.
    async fn attempt(
        &mut self,
        client: &Arc<dyn BackendClient>,
        mut stream: ProgressStream,
        recorder: &mut Recorder,
        lost: &mut bool,
    ) -> Result<After, Gone> {
        let mut due: Option<Instant> = None;
        let mut answering: Option<Answering> = None;
        let hard = self.inner.hard.clone();
        loop {
            let progress = tokio::select! {
                progress = stream.next() => progress,
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                    due = None;
                    recorder.flush().await?;
                    continue;
                }
                result = async { match answering.as_mut() { Some(task) => (&mut task.work).await, None => std::future::pending().await } } => {
                    if let Some(Answering { question, answer, reply, .. }) = answering.take() {
                        self.answered(recorder, question, answer, reply, result).await?;
                    }
                    continue;
                }
                Some(command) = self.commands.recv() => match command {
                    Command::Cancel(reply) => {
                        recorder.flush().await?;
                        return Ok(After::Cancel(reply));
                    }
                    Command::Answer(id, answer, reply) => {
                        if answering.is_some() {
                            let _ = reply.send(Err(Failure::new(ErrorCode::Conflict, "Another answer is being given right now.")));
                        } else if let Some(question) = pending(recorder, &id) {
                            let request = self.resume_request(recorder).await;
                            let (client, asked, given) = (client.clone(), question.clone(), answer.clone());
                            let work = async move { client.answer_input(&request, &asked, &given).await }.boxed();
                            answering = Some(Answering { question, answer, reply, work });
                        } else {
                            let _ = reply.send(Err(not_waiting(&id)));
                        }
                        continue;
                    }
                },
                () = hard.cancelled() => {
                    recorder.flush().await?;
                    return Ok(After::HubStops);
                }
            };
            let mut next = Some(progress);
            // Whatever is there already goes into the same commit.
            while let Some(progress) = next.take() {
                match progress {
                    Some(Progress::End(end)) => {
                        if *lost && matches!(end, AttemptEnd::Done(_)) {
                            self.recovered(recorder, lost).await;
                        }
                        recorder.flush().await?;
                        return Ok(After::End(end));
                    }
                    Some(Progress::Draft(draft)) => {
                        if *lost {
                            self.recovered(recorder, lost).await;
                        }
                        recorder.push(draft).await;
                    }
                    Some(Progress::Checkpoint(checkpoint)) => recorder.set_checkpoint(checkpoint),
                    None => {
                        recorder.flush().await?;
                        let failure =
                            Failure::new(ErrorCode::PeerConnectionLost, "The stream ended without its end.");
                        return Ok(After::End(AttemptEnd::Lost(failure)));
                    }
                }
                if recorder.is_empty() || !recorder.is_urgent() {
                    next = stream.next().now_or_never();
                }
            }
            if recorder.is_urgent() {
                due = None;
                recorder.flush().await?;
            } else if due.is_none() && !recorder.is_empty() {
                due = Some(Instant::now() + self.inner.config.batch_delay);
            }
        }
    }

    async fn recovered(&self, recorder: &mut Recorder, lost: &mut bool) {
        *lost = false;
        link(recorder, LinkState::Recovered, None).await;
        let waits = !recorder.transcript.pending.is_empty();
        recorder.set_status(if waits { RunStatus::Waiting } else { RunStatus::Running });
    }

    async fn answered(
        &self,
        recorder: &mut Recorder,
        question: InputRequired,
        answer: InputAnswer,
        reply: AnswerReply,
        result: Result<(), Failure>,
    ) -> Result<(), Gone> {
        if result.is_ok() && pending(recorder, &question.request_id).is_some() {
            let request_id = question.request_id.clone();
            let resolved = InputResolved {
                request_id: request_id.clone(),
                by: ResolvedBy::Answer,
                choice: answer.choice,
            };
            recorder.push(Draft::new(EventBody::InputResolved(resolved))).await;
            recorder.flush().await?;
            self.live.signal(Signal::Answered(request_id));
        }
        // The one who asked may have left; the answer counts all the same.
        let _ = reply.send(result);
        Ok(())
    }

    /// Waits before the next try, listening meanwhile.
    async fn pause(&mut self, time: Duration) -> After {
        let until = Instant::now() + jitter(time);
        loop {
            tokio::select! {
                () = sleep_until(until) => {
                    let failure = Failure::new(ErrorCode::PeerConnectionLost, "");
                    return After::End(AttemptEnd::Lost(failure));
                }
                () = self.inner.hard.cancelled() => return After::HubStops,
                Some(command) = self.commands.recv() => match command {
                    Command::Cancel(reply) => return After::Cancel(reply),
                    Command::Answer(_, _, reply) => {
                        let failure = Failure::new(ErrorCode::PeerUnreachable, "The peer cannot be reached right now.")
                            .hint("Answer again when the run is waiting again.");
                        let _ = reply.send(Err(failure));
                    }
                },
            }
        }
    }

    async fn cancel(
        &mut self,
        client: &Arc<dyn BackendClient>,
        mut recorder: Recorder,
        never_sent: bool,
        reply: oneshot::Sender<Result<CancelReport, Failure>>,
    ) -> Result<(), Gone> {
        let request = self.resume_request(&recorder).await;
        let report = if never_sent {
            CancelReport {
                effect: CancelEffect::NotStarted,
                message: "It was stopped before it reached the peer.".to_owned(),
            }
        } else {
            client.cancel(&request).await.unwrap_or_else(|failure| CancelReport {
                effect: CancelEffect::GoesOn,
                message: format!("The peer could not be told to stop, the run may go on there: {failure}"),
            })
        };
        let mut recorded = None;
        if !never_sent {
            let transcript = std::mem::take(&mut recorder.transcript);
            recorder = self.next_attempt(transcript).await?;
            if report.effect != CancelEffect::GoesOn {
                recorded = self.read_record(client, &mut recorder).await;
            }
        }
        let done = match (report.effect, recorded) {
            (CancelEffect::AlreadyEnded, Some(done)) => done,
            (effect, recorded) => {
                if effect == CancelEffect::GoesOn {
                    let failure = Failure::new(ErrorCode::CancelUnsupported, report.message.clone());
                    recorder.push(Draft::new(failure.into_event(false, false))).await;
                }
                let verdict =
                    if effect == CancelEffect::GoesOn { Verdict::Unverified } else { Verdict::Verified };
                let (answer, duration_ms) =
                    recorded.map_or_else(Default::default, |done| (done.answer, done.duration_ms));
                Done {
                    outcome: Outcome::Cancelled,
                    verdict,
                    reason: Some(report.message.clone()),
                    answer,
                    duration_ms,
                }
            }
        };
        let result = self.finish(&mut recorder, done).await;
        let _ = reply.send(Ok(report.clone()));
        // Whoever asked at the same moment gets the same answer.
        while let Ok(command) = self.commands.try_recv() {
            match command {
                Command::Cancel(reply) => {
                    let _ = reply.send(Ok(report.clone()));
                }
                answer @ Command::Answer(..) => refuse(answer),
            }
        }
        result
    }

    /// Lets the peer's own record fill in what is missing, for a short while.
    async fn read_record(&self, client: &Arc<dyn BackendClient>, recorder: &mut Recorder) -> Option<Done> {
        let until = Instant::now() + self.inner.config.cancel_record_wait;
        let mut stream = client.resume(self.resume_request(recorder).await, self.live.new_signals());
        while let Ok(Some(progress)) = timeout_at(until, stream.next()).await {
            match progress {
                Progress::Draft(draft) => recorder.push(draft).await,
                Progress::Checkpoint(checkpoint) => recorder.set_checkpoint(checkpoint),
                Progress::End(AttemptEnd::Done(done)) => return Some(done),
                Progress::End(_) => return None,
            }
        }
        None
    }

    async fn finish(&self, recorder: &mut Recorder, done: Done) -> Result<(), Gone> {
        recorder.finish(done).await?;
        if let Some(conversation) = self.run.conversation_id {
            let text = recorder.transcript.answer();
            let message = ChatMessage {
                position: 0,
                role: "assistant".to_owned(),
                text,
                run_id: Some(self.run.id),
                created_at: now(),
            };
            if let Err(error) = self.inner.store.add_message(conversation, &message).await {
                tracing::error!(run = %self.run.id, %error, "the answer could not be put into its conversation");
            }
        }
        Ok(())
    }

    async fn end_with_error(
        &self,
        recorder: &mut Recorder,
        failure: Failure,
        outcome: Outcome,
        reason: String,
    ) -> Result<(), Gone> {
        let retry_safe = outcome == Outcome::Failed;
        recorder.push(Draft::new(failure.into_event(true, retry_safe))).await;
        let verdict = if retry_safe { Verdict::Verified } else { Verdict::Unverified };
        self.finish(
            recorder,
            Done { outcome, verdict, reason: Some(reason), answer: Vec::new(), duration_ms: None },
        )
        .await
    }

    async fn next_attempt(&self, transcript: Transcript) -> Result<Recorder, Gone> {
        let mut backoff = Backoff::new(Duration::from_millis(50), Duration::from_secs(5));
        loop {
            match self.inner.store.begin_attempt(self.run.id).await {
                Ok(attempt) => {
                    return Ok(Recorder::new(self.inner.clone(), self.live.clone(), attempt, transcript));
                }
                Err(jackfield_protocol::port::StoreError::Io(reason)) => {
                    tracing::error!(run = %self.run.id, %reason, "the run could not be taken over; trying again");
                    tokio::select! {
                        () = tokio::time::sleep(backoff.wait()) => {}
                        () = self.inner.hard.cancelled() => return Err(Gone),
                    }
                }
                Err(_) => return Err(Gone),
            }
        }
    }

    async fn resume_request(&self, recorder: &Recorder) -> ResumeRequest {
        let checkpoint = self.inner.store.checkpoint(self.run.id).await.unwrap_or_else(|error| {
            tracing::error!(run = %self.run.id, %error, "the checkpoint could not be read; the peer is searched without it");
            None
        });
        let run = RunRequest { files: Vec::new(), attempt: recorder.attempt, ..self.request.clone() };
        ResumeRequest { run, checkpoint, seen: recorder.transcript.clone() }
    }
}

async fn link(recorder: &mut Recorder, state: LinkState, reason: Option<String>) {
    let attempt = recorder.attempt;
    recorder.push(Draft::new(EventBody::Link(Link { state, attempt, reason, detail: None }))).await;
}

fn pending(recorder: &Recorder, id: &InputRequestId) -> Option<InputRequired> {
    recorder.transcript.pending.iter().find(|question| question.request_id == *id).cloned()
}

pub(crate) fn not_waiting(id: &InputRequestId) -> Failure {
    Failure::new(ErrorCode::NotWaiting, format!("The run does not wait for an answer to '{id}'.")).hint(
        "Read the run's events: `input_required` names the question, `input_resolved` says who answered it.",
    )
}

fn refuse(command: Command) {
    let failure = Failure::new(ErrorCode::RunEnded, "The run has ended.");
    match command {
        Command::Cancel(reply) => drop(reply.send(Err(failure))),
        Command::Answer(_, _, reply) => drop(reply.send(Err(failure))),
    }
}
