//! From drafts to the log: grammar, blobs, numbers, batches. The one place through which every event goes.
//!
//! Accepting never waits: accepted events are collected, [`Recorder::drive`] commits them, and while one commit is
//! under way the next batch grows up to a bound. Readers see an event only after its commit has returned.

mod batch;
mod large;

use std::{sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use jackfield_protocol::{
    event::{Delta, Draft, EventBody, Grammar, Link, LinkState, Open, Raw, StreamEvent, Transcript},
    ids::{BackendId, Seq},
    model::{Run, RunStatus},
    port::{Checkpoint, StoreError},
    time::now,
};
use tokio::time::{Instant, sleep_until};

use self::batch::{Batch, Written};
use crate::{
    Inner,
    config::Backoff,
    live::{Kept, LiveRun},
};

/// The run is no longer ours to write: another attempt has it, it has ended, or it was removed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Gone;

/// Writes one run's log.
pub(crate) struct Recorder {
    inner: Arc<Inner>,
    live: Arc<LiveRun>,
    /// The run's row, as the store has it after the last commit.
    run: Run,
    grammar: Grammar,
    /// What the log holds: committed events only.
    transcript: Transcript,
    /// The newest checkpoint, committed or about to be.
    checkpoint: Option<Checkpoint>,
    next_seq: Seq,
    questions: usize,
    recovering: bool,
    /// The run has said something; its first word goes at once.
    spoke: bool,
    /// Something was accepted that the status follows from.
    moved: bool,
    pending: Batch,
    urgent: bool,
    began: Option<Instant>,
    work: Work,
    failing: Option<Instant>,
    backoff: Backoff,
}

enum Work {
    Idle,
    Writing(BoxFuture<'static, Written>),
    /// The store failed; the same batch is tried again.
    Resting(Batch, Instant),
}

impl Recorder {
    pub(crate) fn new(
        inner: Arc<Inner>,
        live: Arc<LiveRun>,
        run: Run,
        transcript: Transcript,
        checkpoint: Option<Checkpoint>,
    ) -> Self {
        Self {
            inner,
            live,
            run,
            grammar: Grammar::after(&transcript),
            next_seq: transcript.last_seq + 1,
            questions: transcript.pending.len(),
            recovering: false,
            spoke: !transcript.messages().is_empty(),
            moved: false,
            transcript,
            checkpoint,
            pending: Batch::default(),
            urgent: false,
            began: None,
            work: Work::Idle,
            failing: None,
            backoff: Backoff::new(Duration::from_millis(50), Duration::from_secs(5)),
        }
    }

    /// The run as the store has it.
    pub(crate) fn run(&self) -> &Run {
        &self.run
    }

    /// What the log holds.
    pub(crate) fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// What the peer gave to find the run again.
    pub(crate) fn checkpoint(&self) -> Option<&Checkpoint> {
        self.checkpoint.as_ref()
    }

    /// Number of the last event that was accepted.
    pub(crate) fn last_accepted(&self) -> Seq {
        self.next_seq - 1
    }

    /// Whether `done` was accepted.
    pub(crate) fn is_done(&self) -> bool {
        self.grammar.is_done()
    }

    /// What is open, innermost first.
    pub(crate) fn open(&self) -> Vec<Open> {
        self.grammar.open()
    }

    /// From here on another attempt writes. Everything accepted before must be flushed.
    pub(crate) fn set_attempt(&mut self, attempt: u32) {
        self.run.attempt = attempt;
    }

    /// Whether the run counts as being looked for.
    pub(crate) fn set_recovering(&mut self, recovering: bool) {
        if self.recovering != recovering {
            self.recovering = recovering;
            self.moved = true;
            self.urgent = true;
        }
    }

    /// Keeps a checkpoint; it is committed with the events before it.
    pub(crate) fn set_checkpoint(&mut self, checkpoint: Checkpoint) {
        self.pending.checkpoint = Some(checkpoint.clone());
        self.checkpoint = Some(checkpoint);
        self.urgent = true;
    }

    /// Takes what the hub itself says.
    pub(crate) fn hub_says(&mut self, draft: Draft) {
        self.accept(draft, None);
    }

    /// Takes news of the connection to the peer.
    pub(crate) fn link(&mut self, state: LinkState, reason: Option<String>) {
        let attempt = self.run.attempt;
        self.hub_says(Draft::new(EventBody::Link(Link { state, attempt, reason, detail: None })));
    }

    /// Takes what the backend says. What must not follow is kept as `raw`.
    pub(crate) fn backend_says(&mut self, draft: Draft) {
        let backend = self.run.backend_id;
        match &draft.body {
            EventBody::Start(_) | EventBody::Done(_) => {
                self.keep_raw(&draft, "only the hub says that a run starts or is done", backend);
            }
            EventBody::Delta(delta) if delta.text.len() > self.inner.config.inline_bytes => {
                let pieces = large::pieces(&delta.text, self.inner.config.inline_bytes);
                for (at, text) in pieces.into_iter().enumerate() {
                    let supersedes = if at == 0 { delta.supersedes.clone() } else { None };
                    let body = EventBody::Delta(Delta { part: delta.part, text, supersedes });
                    self.accept(Draft { body, ..draft.clone() }, Some(backend));
                }
            }
            _ => self.accept(draft, Some(backend)),
        }
    }

    /// Whether more may be accepted before something is committed. While it is not, the backend waits.
    pub(crate) fn has_room(&self) -> bool {
        let config = &self.inner.config;
        let events = match self.work {
            Work::Idle => config.batch_events,
            Work::Writing(_) | Work::Resting(..) => config.max_pending_events,
        };
        self.pending.events.len() < events && self.pending.bytes < config.max_pending_bytes
    }

    /// How long the store has been failing.
    pub(crate) fn failing_for(&self) -> Duration {
        self.failing.map(|since| since.elapsed()).unwrap_or_default()
    }

    /// Moves on by one step: waits until a commit is due and begins it, or waits for the one under way. Loses
    /// nothing when dropped in between. Waits for ever while there is nothing to write.
    ///
    /// # Errors
    /// When the run is no longer ours.
    pub(crate) async fn drive(&mut self) -> Result<(), Gone> {
        match &mut self.work {
            Work::Idle => {
                if self.nothing_to_write() {
                    return std::future::pending().await;
                }
                if let Some(due) = self.due() {
                    sleep_until(due).await;
                }
                self.begin();
                Ok(())
            }
            Work::Writing(write) => {
                let written = write.await;
                self.work = Work::Idle;
                self.written(written)
            }
            Work::Resting(_, until) => {
                sleep_until(*until).await;
                if let Work::Resting(batch, _) = std::mem::replace(&mut self.work, Work::Idle) {
                    self.write(batch);
                }
                Ok(())
            }
        }
    }

    /// Commits everything that was accepted, however long the store takes.
    ///
    /// # Errors
    /// When the run is no longer ours.
    pub(crate) async fn flush(&mut self) -> Result<(), Gone> {
        self.urgent = true;
        while !matches!(self.work, Work::Idle) || !self.nothing_to_write() {
            self.urgent = true;
            self.drive().await?;
        }
        self.urgent = false;
        Ok(())
    }

    fn accept(&mut self, mut draft: Draft, by: Option<BackendId>) {
        let large = large::take(&mut draft, self.inner.config.inline_bytes);
        let size = match large::event_size(&draft.body, self.inner.config.max_event_bytes) {
            Some(size) => size,
            None => {
                let why = format!("an event of more than {} bytes", self.inner.config.max_event_bytes);
                return self.keep_raw(&draft, &why, by);
            }
        };
        if let Err(violation) = self.grammar.accept(&draft) {
            return self.keep_raw(&draft, &format!("violates the grammar: {violation}"), by);
        }
        match &draft.body {
            EventBody::InputRequired(_) => self.questions += 1,
            EventBody::InputResolved(_) => self.questions = self.questions.saturating_sub(1),
            _ => {}
        }
        let is_delta = matches!(draft.body, EventBody::Delta(_));
        self.urgent |= !is_delta || !self.spoke;
        self.spoke |= is_delta;
        self.push(draft, size, by);
        self.pending.keep_large(large);
    }

    fn keep_raw(&mut self, draft: &Draft, why: &str, by: impl Into<Option<BackendId>>) {
        let frame = serde_json::to_vec(&draft.body).unwrap_or_default();
        let raw = Draft::new(EventBody::Raw(Raw::of(why, &frame))).said_by(draft.source.clone());
        // The grammar takes `raw` wherever the log has begun and not ended.
        if self.grammar.accept(&raw).is_ok() {
            self.urgent = true;
            self.push(raw, Raw::KEEP, by.into());
        }
    }

    fn push(&mut self, draft: Draft, size: usize, by: Option<BackendId>) {
        let event = draft.stamp(self.run.id, self.next_seq, now(), by);
        self.next_seq += 1;
        self.moved = true;
        self.pending.bytes += size;
        self.pending.events.push((event, size));
    }

    fn nothing_to_write(&self) -> bool {
        self.pending.is_empty() && self.new_status().is_none()
    }

    /// The status that follows from what was accepted, where it is not the one that the store has.
    fn new_status(&self) -> Option<RunStatus> {
        if self.grammar.is_done() || !self.moved {
            return None;
        }
        let status = match (self.recovering, self.questions) {
            (true, _) => RunStatus::Recovering,
            (false, 0) => RunStatus::Running,
            (false, _) => RunStatus::Waiting,
        };
        (status != self.run.status).then_some(status)
    }

    /// When to commit what is collected; `None`: now. A delta after a silence goes at once too, those that follow it
    /// are collected.
    fn due(&self) -> Option<Instant> {
        if self.urgent || self.pending.events.len() >= self.inner.config.batch_events {
            return None;
        }
        self.began.map(|began| began + self.inner.config.batch_delay)
    }

    fn begin(&mut self) {
        let mut batch = std::mem::take(&mut self.pending);
        batch.status = self.new_status();
        self.urgent = false;
        self.write(batch);
    }

    fn write(&mut self, batch: Batch) {
        self.began = Some(Instant::now());
        let (store, run, attempt) = (self.inner.store.clone(), self.run.id, self.run.attempt);
        self.work = Work::Writing(Box::pin(batch.write(store, run, attempt)));
    }

    fn written(&mut self, Written { mut batch, result }: Written) -> Result<(), Gone> {
        match result {
            Ok(()) => {}
            // A commit whose failure was reported may have lasted all the same.
            Err(StoreError::WrongSeq { expected, .. })
                if batch.tried && batch.next_seq() == Some(expected) => {}
            Err(StoreError::RunEnded) if batch.tried && batch.done().is_some() => {}
            Err(
                error @ (StoreError::StaleAttempt { .. }
                | StoreError::WrongSeq { .. }
                | StoreError::RunEnded
                | StoreError::NotFound(_)),
            ) => {
                tracing::warn!(run = %self.run.id, %error, "the run may no longer be written from here");
                return Err(Gone);
            }
            Err(error) => {
                tracing::error!(run = %self.run.id, %error, "events could not be written; trying again");
                self.failing.get_or_insert_with(Instant::now);
                batch.tried = true;
                self.work = Work::Resting(batch, Instant::now() + self.backoff.wait());
                return Ok(());
            }
        }
        self.failing = None;
        self.backoff.reset();
        self.show(batch);
        Ok(())
    }

    /// After the commit: now, and not before, everybody may see it.
    fn show(&mut self, batch: Batch) {
        let mut news = batch.status.is_some();
        if let Some(status) = batch.status {
            self.run.status = status;
        }
        if let Some(external_id) = batch.checkpoint.and_then(|checkpoint| checkpoint.external_id) {
            news |= self.run.external_id.as_ref() != Some(&external_id);
            self.run.external_id = Some(external_id);
        }
        let events: Vec<Kept> =
            batch.events.into_iter().map(|(event, size)| Kept { event: Arc::new(event), size }).collect();
        for Kept { event, .. } in &events {
            self.transcript.apply(event);
            news |= self.note(event);
        }
        self.run.last_seq = self.transcript.last_seq;
        self.inner.stats.events(events.len());
        self.live.committed(events, self.run.status);
        if news {
            self.inner.moved.notify_waiters();
            self.inner.tell_run(&self.run);
        }
    }

    fn note(&mut self, event: &StreamEvent) -> bool {
        match &event.body {
            EventBody::Raw(_) => self.inner.stats.raw_frame(),
            EventBody::Done(done) => {
                self.inner.stats.outcome(done.outcome);
                self.run.status = done.outcome.into();
                self.run.done = Some(done.clone());
                self.run.ended_at = Some(event.timestamp);
                return true;
            }
            _ => {}
        }
        false
    }
}
