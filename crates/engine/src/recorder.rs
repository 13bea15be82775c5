//! From drafts to the log: grammar, blobs, numbers, batches. The one place through which every event goes.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use jackfield_protocol::{
    event::{
        Artifact, Done, Draft, EventBody, Grammar, InputResolved, Open, Outcome, Raw, ResolvedBy, StepEnd,
        StepStatus, StreamEvent, Times, ToolEnd, Transcript,
    },
    ids::{BackendId, RunId, Seq},
    model::RunStatus,
    port::{Append, Blob, Checkpoint, StoreError},
    time::now,
};
use serde_json::{Value, json};

use crate::{Inner, config::Backoff, live::LiveRun};

/// The run is no longer ours to write: another attempt has it, it has ended, or the hub stops.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Gone;

/// Writes one run's log for one attempt.
pub(crate) struct Recorder {
    inner: Arc<Inner>,
    live: Arc<LiveRun>,
    run_id: RunId,
    backend_id: BackendId,
    pub(crate) attempt: u32,
    grammar: Grammar,
    /// Everything that was accepted, committed or about to be.
    pub(crate) transcript: Transcript,
    buffer: Vec<StreamEvent>,
    checkpoint: Option<Checkpoint>,
    status: Option<RunStatus>,
    urgent: bool,
    said_something: bool,
}

impl Recorder {
    pub(crate) fn new(inner: Arc<Inner>, live: Arc<LiveRun>, attempt: u32, transcript: Transcript) -> Self {
        Self {
            run_id: live.id,
            backend_id: live.backend_id,
            inner,
            live,
            attempt,
            grammar: Grammar::after(&transcript),
            said_something: !transcript.messages().is_empty(),
            transcript,
            buffer: Vec::new(),
            checkpoint: None,
            status: None,
            urgent: false,
        }
    }

    /// Takes one draft; nobody sees it before [`Recorder::flush`].
    pub(crate) async fn push(&mut self, draft: Draft) {
        let draft = self.shrink(draft).await;
        let draft = match self.grammar.accept(&draft) {
            Ok(()) => draft,
            Err(violation) => {
                let frame = serde_json::to_vec(&draft.body).unwrap_or_default();
                Draft::new(EventBody::Raw(Raw::of(format!("violates the grammar: {violation}"), &frame)))
                    .said_by(draft.source)
            }
        };
        match &draft.body {
            EventBody::Delta(_) if self.said_something => {}
            EventBody::Delta(_) => {
                self.said_something = true;
                self.urgent = true;
            }
            EventBody::InputRequired(_) => self.set_status(RunStatus::Waiting),
            EventBody::InputResolved(_) => self.set_status(RunStatus::Running),
            EventBody::Raw(_) => {
                self.inner.stats.raw_frame();
                self.urgent = true;
            }
            _ => self.urgent = true,
        }
        let event = draft.stamp(self.run_id, self.transcript.last_seq + 1, now(), self.backend_id);
        self.transcript.apply(&event);
        self.buffer.push(event);
    }

    pub(crate) fn set_checkpoint(&mut self, checkpoint: Checkpoint) {
        self.checkpoint = Some(checkpoint);
        self.urgent = true;
    }

    pub(crate) fn set_status(&mut self, status: RunStatus) {
        self.status = Some(status);
        self.urgent = true;
    }

    /// Whether something is there that must not wait for more.
    pub(crate) fn is_urgent(&self) -> bool {
        self.urgent || self.buffer.len() >= self.inner.config.batch_events
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.buffer.is_empty() && self.checkpoint.is_none() && self.status.is_none()
    }

    /// Commits what was taken, then lets readers see it. A store that fails is tried again until it works or the
    /// hub stops: the events stay in order meanwhile and the backend waits.
    pub(crate) async fn flush(&mut self) -> Result<(), Gone> {
        if self.is_empty() {
            return Ok(());
        }
        self.urgent = false;
        let append = Append {
            run_id: self.run_id,
            attempt: self.attempt,
            events: std::mem::take(&mut self.buffer),
            checkpoint: self.checkpoint.take(),
            status: self.status.take(),
        };
        let mut backoff = Backoff::new(Duration::from_millis(50), Duration::from_secs(5));
        let news = append.status.is_some()
            || append.events.iter().any(|event| matches!(event.body, EventBody::Done(_)));
        loop {
            match self.inner.store.append(append.clone()).await {
                Ok(()) => break,
                Err(StoreError::Io(reason)) => {
                    tracing::error!(run = %self.run_id, %reason, "events could not be written; trying again");
                    tokio::select! {
                        () = tokio::time::sleep(backoff.wait()) => {}
                        () = self.inner.hard.cancelled() => return Err(Gone),
                    }
                }
                Err(error) => {
                    tracing::warn!(run = %self.run_id, %error, "this attempt may no longer write");
                    return Err(Gone);
                }
            }
        }
        self.inner.stats.events(append.events.len());
        self.live.committed(append.events.into_iter().map(Arc::new).collect());
        if news {
            self.inner.tell_run(self.run_id).await;
        }
        Ok(())
    }

    /// Closes what is open, writes `done`, commits.
    pub(crate) async fn finish(&mut self, done: Done) -> Result<(), Gone> {
        let status =
            if done.outcome == Outcome::Cancelled { StepStatus::Cancelled } else { StepStatus::Unknown };
        for open in self.grammar.open() {
            let draft = match open {
                Open::Step(id) => Draft::new(EventBody::StepEnd(StepEnd::of(status))).step(id),
                Open::Tool(id) => {
                    let end = ToolEnd {
                        status,
                        arguments: None,
                        result: None,
                        error: None,
                        times: Times::default(),
                    };
                    Draft::new(EventBody::ToolEnd(end)).tool(id)
                }
                Open::Input(request_id) => Draft::new(EventBody::InputResolved(InputResolved {
                    request_id,
                    by: ResolvedBy::RunEnded,
                    choice: None,
                })),
            };
            self.push(draft).await;
        }
        self.inner.stats.outcome(done.outcome);
        self.push(Draft::new(EventBody::Done(done))).await;
        self.flush().await
    }

    /// Number of the last event that was taken.
    pub(crate) fn last_seq(&self) -> Seq {
        self.transcript.last_seq
    }

    /// Moves what is too large for an event into blobs.
    async fn shrink(&self, mut draft: Draft) -> Draft {
        if let Some(payload) = draft.payload.take()
            && let EventBody::Artifact(artifact) = &mut draft.body
        {
            self.attach(artifact, payload).await;
        }
        match &mut draft.body {
            EventBody::StepStart(start) => self.shrink_value(&mut start.input).await,
            EventBody::StepEnd(end) => {
                self.shrink_value(&mut end.input).await;
                self.shrink_value(&mut end.output).await;
            }
            EventBody::ToolStart(start) => self.shrink_value(&mut start.arguments).await,
            EventBody::ToolEnd(end) => {
                self.shrink_value(&mut end.arguments).await;
                self.shrink_value(&mut end.result).await;
            }
            EventBody::Artifact(artifact) => {
                if let Some(bytes) = artifact.json.as_ref().and_then(|value| self.too_large(value)) {
                    artifact.size = Some(bytes.len() as u64);
                    self.attach(artifact, bytes).await;
                    artifact.json = None;
                }
            }
            _ => {}
        }
        draft
    }

    async fn attach(&self, artifact: &mut Artifact, payload: Bytes) {
        let blob = Blob { media_type: artifact.media_type.clone(), bytes: payload };
        match self.inner.store.put_blob(Some(self.run_id), &blob).await {
            Ok(id) => artifact.blob_id = Some(id),
            Err(error) => {
                tracing::error!(run = %self.run_id, %error, "the bytes of an artifact could not be kept")
            }
        }
    }

    async fn shrink_value(&self, value: &mut Option<Value>) {
        let Some(bytes) = value.as_ref().and_then(|value| self.too_large(value)) else { return };
        let size = bytes.len();
        let preview: String = String::from_utf8_lossy(&bytes[..size.min(500)]).into_owned();
        let blob = Blob { media_type: "application/json".to_owned(), bytes };
        match self.inner.store.put_blob(Some(self.run_id), &blob).await {
            Ok(id) => *value = Some(json!({"$blob": id, "size": size, "preview": preview})),
            Err(error) => {
                tracing::error!(run = %self.run_id, %error, "a large value could not be kept");
                *value = Some(json!({"size": size, "preview": preview}));
            }
        }
    }

    fn too_large(&self, value: &Value) -> Option<Bytes> {
        let bytes = serde_json::to_vec(value).ok()?;
        (bytes.len() > self.inner.config.inline_bytes).then(|| bytes.into())
    }
}
