//! One task per run: attempts, recovery, cancel, answers, the end. States and invariants are in this crate's
//! `RUNS.md`.

mod answers;
mod begin;
mod cancel;
mod ends;
mod turn;

use std::sync::Arc;

use futures_util::FutureExt as _;
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::{Done, Draft, EventBody, LinkState, Start},
    model::Run,
    port::{AttemptEnd, BackendClient, ProgressStream, ResumeRequest, RunRequest, StoreError},
};
use tokio::{sync::mpsc, time::Instant};

pub(crate) use self::answers::ended;
use self::{answers::Answers, cancel::Cancel, turn::Turn};
use crate::{
    Inner,
    config::Backoff,
    live::{Command, LiveRun},
    recorder::{Gone, Recorder},
};

/// What the task starts from.
pub(crate) enum Begin {
    /// Written down, provably not sent.
    Send(Start),
    /// As `Send`, after a restart of the hub: the bytes of its files are still to be read.
    SendLater(Start),
    /// It may have reached the peer.
    Resume,
    /// It must not or cannot be sent: it ends before it began.
    Refuse(Start, Failure),
}

/// Everything a run's task is made of.
pub(crate) struct NewTask {
    pub(crate) inner: Arc<Inner>,
    pub(crate) live: Arc<LiveRun>,
    pub(crate) run: Run,
    pub(crate) request: RunRequest,
    pub(crate) commands: mpsc::Receiver<Command>,
}

/// Why a task stops without the run having ended.
#[derive(Debug, PartialEq, Eq)]
enum Exit {
    /// The run is no longer ours to write.
    Gone,
    /// The hub stops.
    HubStops,
}

impl From<Gone> for Exit {
    fn from(Gone: Gone) -> Self {
        Self::Gone
    }
}

struct RunTask {
    inner: Arc<Inner>,
    live: Arc<LiveRun>,
    recorder: Recorder,
    request: RunRequest,
    commands: mpsc::Receiver<Command>,
    cancel: Cancel,
    answers: Answers,
    /// The client of this attempt; the next attempt takes what is configured then.
    client: Option<Arc<dyn BackendClient>>,
    /// The request may have reached the peer.
    sent: bool,
    /// The peer was lost and has not been heard since.
    lost: bool,
    /// The peer was heard in this attempt.
    heard: bool,
    /// Nothing more is asked of the peer.
    ending: bool,
}

/// Takes the run out of the list of live ones when its task ends, however it ends.
struct Leave {
    inner: Arc<Inner>,
    live: Arc<LiveRun>,
}

impl Drop for Leave {
    fn drop(&mut self) {
        self.inner.forget(&self.live);
    }
}

impl NewTask {
    /// Works until the run has ended, somebody else has it, or the hub stops.
    pub(crate) async fn work(self, begin: Begin) {
        let leave = Leave { inner: self.inner.clone(), live: self.live.clone() };
        let id = self.run.id;
        if let Some(mut task) = self.load().await {
            match task.begin(begin).await {
                Ok(()) => {}
                Err(Exit::Gone) => tracing::info!(run = %id, "the run is no longer written from here"),
                Err(Exit::HubStops) => task.suspend().await,
            }
            task.refuse_the_rest().await;
        }
        drop(leave);
    }
}

impl RunTask {
    /// Sends the run, again where it provably did not arrive, and sees it to its end.
    async fn send(&mut self) -> Result<(), Exit> {
        let mut backoff = Backoff::new(self.inner.config.send_backoff, self.inner.config.resume_backoff_max);
        for tries in 1.. {
            // What was asked before the request is on its way is decided before it goes.
            let mut turn = self.turn(None, Some(Instant::now())).await?;
            if matches!(turn, Turn::TimeUp) {
                turn = match self.connect().await {
                    Ok(client) => {
                        self.sent = true;
                        let signals = self.live.new_signals();
                        let mut stream = client.stream_completion(self.request.clone(), signals);
                        self.turn(Some(&mut stream), None).await?
                    }
                    Err(failure) if failure.code == ErrorCode::Storage => {
                        Turn::End(AttemptEnd::NotSent(failure))
                    }
                    Err(failure) => return self.refuse(failure).await,
                };
            }
            let Turn::End(AttemptEnd::NotSent(failure)) = turn else {
                self.request.files = Vec::new();
                return self.see_to_its_end(turn).await;
            };
            self.sent = false;
            self.inner.nudge_health(self.recorder.run().backend_id, false);
            if tries >= self.inner.config.send_tries || needs_a_person(&failure) {
                return self.refuse(failure).await;
            }
            let reason = format!("The request did not reach the peer and is sent again: {failure}");
            let turn = self.turn(None, Some(Instant::now() + backoff.wait())).await?;
            if !matches!(turn, Turn::TimeUp) {
                return self.see_to_its_end(turn).await;
            }
            self.next_attempt().await?;
            self.recorder.link(LinkState::Reconnecting, Some(reason));
            self.flush().await?;
        }
        Ok(())
    }

    /// What follows from how the last attempt went on.
    async fn see_to_its_end(&mut self, mut turn: Turn) -> Result<(), Exit> {
        loop {
            turn = match turn {
                Turn::End(AttemptEnd::Done(done)) => {
                    self.inner.nudge_health(self.recorder.run().backend_id, true);
                    return self.finish(done).await;
                }
                Turn::End(AttemptEnd::Lost(failure) | AttemptEnd::NotSent(failure)) => {
                    self.recover(Some(failure)).await?
                }
                Turn::Stalled => {
                    let why = "Storage failed for so long that the connection to the peer was given up.";
                    self.recover(Some(Failure::new(ErrorCode::Storage, why))).await?
                }
                Turn::Cancelled(report, end) => match self.cancelled(report, end).await? {
                    // The peer had ended before: its own outcome is looked for like that of any lost run.
                    None => self.recover(None).await?,
                    Some(done) => Turn::End(AttemptEnd::Done(done)),
                },
                Turn::GaveUp(failure) => return self.give_up(failure).await,
                // Nobody set a time.
                Turn::TimeUp => return Ok(()),
            };
        }
    }

    /// Finds the run again, trying until the peer has told its end, somebody stops the run, or the deadline is over.
    async fn recover(&mut self, mut loss: Option<Failure>) -> Result<Turn, Exit> {
        let config = &self.inner.config;
        let mut backoff = Backoff::new(config.resume_backoff, config.resume_backoff_max);
        let patience = config.recovery_deadline;
        let mut deadline = Instant::now() + patience;
        let mut announced = loss.is_none();
        loop {
            if let Some(failure) = loss.take() {
                self.lost(&failure);
                announced = false;
            }
            let pause = Instant::now() + backoff.wait();
            match self.turn(None, Some(pause)).await? {
                Turn::TimeUp => {}
                other => return Ok(other),
            }
            self.next_attempt().await?;
            if !announced {
                announced = true;
                self.recorder.link(LinkState::Reconnecting, None);
            }
            let began = Instant::now();
            let failure = match self.resume(None).await? {
                Turn::End(AttemptEnd::Lost(failure) | AttemptEnd::NotSent(failure)) => failure,
                Turn::Stalled => Failure::new(ErrorCode::Storage, "Storage failed for too long."),
                other => return Ok(other),
            };
            if self.heard {
                deadline = Instant::now() + patience;
                // A peer that is lost again at once is not asked again at once.
                if began.elapsed() > self.inner.config.resume_backoff_max {
                    backoff.reset();
                }
                loss = Some(failure);
            } else if Instant::now() >= deadline {
                return Ok(Turn::GaveUp(failure));
            }
        }
    }

    /// One attempt to find the run again, until `until` if it is given.
    async fn resume(&mut self, until: Option<Instant>) -> Result<Turn, Exit> {
        let mut stream: ProgressStream = match self.connect().await {
            Ok(client) => client.resume(self.resume_request(), self.live.new_signals()),
            Err(failure) if failure.code == ErrorCode::Storage => {
                return Ok(Turn::End(AttemptEnd::Lost(failure)));
            }
            Err(failure) => return Ok(Turn::GaveUp(failure)),
        };
        self.turn(Some(&mut stream), until).await
    }

    /// Writes down that the peer was lost.
    fn lost(&mut self, failure: &Failure) {
        self.inner.nudge_health(self.recorder.run().backend_id, false);
        self.lost = true;
        self.recorder.link(LinkState::Lost, Some(failure.message.clone()));
        self.recorder.set_recovering(true);
    }

    /// The peer was heard: what was lost is found again.
    fn heard(&mut self) {
        self.heard = true;
        if std::mem::take(&mut self.lost) {
            self.inner.nudge_health(self.recorder.run().backend_id, true);
            self.recorder.link(LinkState::Recovered, None);
        }
        self.recorder.set_recovering(false);
    }

    /// The client as the backend is configured now.
    async fn connect(&mut self) -> Result<Arc<dyn BackendClient>, Failure> {
        let id = self.recorder.run().backend_id;
        self.heard = false;
        let backend = match self.inner.store.backend(id).await {
            Ok(Some(backend)) => backend,
            Ok(None) => return Err(Failure::not_found("backend", id)),
            Err(error) => return self.client.clone().ok_or_else(|| error.into()),
        };
        let client = self.inner.client(&backend).await?;
        self.client = Some(client.clone());
        Ok(client)
    }

    /// Takes the run over: every older attempt can no longer write.
    async fn next_attempt(&mut self) -> Result<(), Exit> {
        self.flush().await?;
        let mut backoff =
            Backoff::new(self.inner.config.resume_backoff, self.inner.config.resume_backoff_max);
        loop {
            let id = self.recorder.run().id;
            match self.inner.store.begin_attempt(id).await {
                Ok(attempt) => {
                    self.recorder.set_attempt(attempt);
                    self.request.attempt = attempt;
                    return Ok(());
                }
                Err(StoreError::StaleAttempt { .. } | StoreError::RunEnded | StoreError::NotFound(_)) => {
                    return Err(Exit::Gone);
                }
                Err(error) => {
                    tracing::error!(run = %id, %error, "the run could not be taken over; trying again");
                    self.inner.pause(backoff.wait()).await.map_err(|_| Exit::HubStops)?;
                }
            }
        }
    }

    /// Commits everything that was accepted.
    async fn flush(&mut self) -> Result<(), Exit> {
        let hard = self.inner.hard.clone();
        let flushed = hard.run_until_cancelled(self.recorder.flush().boxed()).await;
        flushed.ok_or(Exit::HubStops)??;
        self.answers.release(self.recorder.transcript().last_seq);
        Ok(())
    }

    fn resume_request(&self) -> ResumeRequest {
        ResumeRequest {
            run: RunRequest { files: Vec::new(), ..self.request.clone() },
            checkpoint: self.recorder.checkpoint().cloned(),
            seen: self.recorder.transcript().clone(),
        }
    }

    fn hub_says(&mut self, body: EventBody) {
        self.recorder.hub_says(Draft::new(body));
    }
}

/// The end of a run of which nobody can say how it went.
/// Sending it again does not help before somebody has done something.
fn needs_a_person(failure: &Failure) -> bool {
    matches!(
        failure.code,
        ErrorCode::PeerUnauthorized
            | ErrorCode::PeerSignIn
            | ErrorCode::InvalidConfig
            | ErrorCode::InvalidUrl
    )
}

fn unknown(reason: String) -> Done {
    Done {
        outcome: jackfield_protocol::event::Outcome::Unknown,
        verdict: jackfield_protocol::model::Verdict::Unverified,
        reason: Some(reason),
        answer: Vec::new(),
        duration_ms: None,
        usage: None,
    }
}
