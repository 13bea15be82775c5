//! Starting, reading, stopping and answering runs; taking up again what a stopped hub left.

use std::sync::Arc;

use bytes::Bytes;
use jackfield_protocol::{
    api::{StartRun, Trace},
    error::{ErrorCode, Failure},
    event::{Start, StreamEvent, Transcript},
    ids::{BlobId, InputRequestId, RunId, WorkflowId},
    model::{CancelReport, InputAnswer, Run, RunStatus, Workflow, WorkflowInfo},
    port::{Blob, ChatMessage, HistoryMessage, RunFilter, RunRequest, Signal, SpanRecord},
    time::now,
};
use tokio::sync::oneshot;

use crate::{
    Engine, Inner,
    live::{Command, LiveRun},
    run_task::{Begin, RunTask},
};

/// How many events are read at once for a fold.
const PAGE: u32 = 2000;

impl Engine {
    /// Writes a run down and starts it. Returns as soon as it is written down; a run with bad input is not.
    ///
    /// # Errors
    /// `NotFound`, `NotRunnable`, `InvalidInput`, `TooManyRuns`, `ShuttingDown`, or the store's.
    pub async fn start_run(&self, start: StartRun) -> Result<Run, Failure> {
        let inner = &self.inner;
        if inner.stopping.is_cancelled() {
            return Err(Failure::new(
                ErrorCode::ShuttingDown,
                "The hub is shutting down; no new runs are taken.",
            ));
        }
        let active = inner.active_runs();
        if active >= inner.config.max_active_runs {
            let message = format!("{active} runs are going on, and no more are allowed at once.");
            return Err(
                Failure::new(ErrorCode::TooManyRuns, message).hint("Wait until one ends, or stop one.")
            );
        }
        let workflow = match (start.workflow_id, &start.workflow) {
            (Some(id), _) => self.workflow(id).await?,
            (None, Some(name)) => self.find_workflow(start.backend.as_deref(), name).await?,
            (None, None) => {
                return Err(Failure::new(ErrorCode::InvalidRequest, "The request names no workflow.")
                    .at("/workflow")
                    .hint("Give `workflow_id`, or `workflow` (and `backend` when the name is not unique)."));
            }
        };
        let backend = self.known_backend(workflow.backend_id).await?;
        if !backend.enabled {
            let message = format!("The backend '{}' is disabled.", backend.name);
            return Err(Failure::new(ErrorCode::NotRunnable, message).hint("Enable it first."));
        }
        let client = inner.client(&backend).await?;
        client.check_input(&workflow.info, start.entry.as_deref(), &start.input)?;
        let history = match start.conversation_id {
            Some(id) => self.history(id).await?,
            None => Vec::new(),
        };
        let run = new_run(&workflow, &start);
        inner.store.create_run(&run).await?;
        if let Some(conversation) = start.conversation_id {
            let text = start.input.text.clone().unwrap_or_default();
            let message = ChatMessage {
                position: 0,
                role: "user".to_owned(),
                text,
                run_id: Some(run.id),
                created_at: now(),
            };
            inner.store.add_message(conversation, &message).await?;
        }
        let begin = Start {
            backend: backend.name.clone(),
            platform: backend.platform,
            workflow_id: Some(workflow.id),
            workflow: workflow.info.name.clone(),
            entry: start.entry,
            simulated: backend.simulated,
        };
        let request = inner.request(&run, workflow.info, history).await?;
        inner.spawn_run(run.clone(), Ok(client), request, Begin::Send(begin));
        inner.tell_run(run.id).await;
        Ok(run)
    }

    async fn history(
        &self,
        id: jackfield_protocol::ids::ConversationId,
    ) -> Result<Vec<HistoryMessage>, Failure> {
        let (_, messages) = self.conversation(id).await?;
        Ok(messages
            .into_iter()
            .map(|message| HistoryMessage { role: message.role, text: message.text })
            .collect())
    }

    /// One run.
    ///
    /// # Errors
    /// `NotFound`, or the store's.
    pub async fn run(&self, id: RunId) -> Result<Run, Failure> {
        self.inner.store.run(id).await?.ok_or_else(|| Failure::not_found("run", id))
    }

    /// Runs, newest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn runs(&self, filter: RunFilter) -> Result<Vec<Run>, Failure> {
        Ok(self.inner.store.runs(&filter).await?)
    }

    /// The fold of a run's log: messages and steps.
    ///
    /// # Errors
    /// `NotFound`, or the store's.
    pub async fn trace(&self, id: RunId) -> Result<Trace, Failure> {
        let run = self.run(id).await?;
        let transcript = self.inner.transcript(id).await?;
        Ok(Trace { run, messages: transcript.messages().to_vec(), steps: transcript.trace() })
    }

    /// Asks the peer to stop a run, and says honestly what became of that.
    ///
    /// # Errors
    /// `NotFound`; `RunEnded`.
    pub async fn cancel(&self, id: RunId) -> Result<CancelReport, Failure> {
        let (reply, answer) = oneshot::channel();
        self.command(id, Command::Cancel(reply)).await?;
        answer.await.map_err(|_| ended())?
    }

    /// Answers a question that a run waits for.
    ///
    /// # Errors
    /// `NotFound`; `RunEnded`; `NotWaiting`; or what the peer says to the answer.
    pub async fn answer(
        &self,
        id: RunId,
        request: &InputRequestId,
        answer: InputAnswer,
    ) -> Result<Run, Failure> {
        let (reply, result) = oneshot::channel();
        self.command(id, Command::Answer(request.clone(), answer, reply)).await?;
        result.await.map_err(|_| ended())??;
        self.run(id).await
    }

    async fn command(&self, id: RunId, command: Command) -> Result<(), Failure> {
        self.run(id).await?;
        let live = self.inner.live(id).ok_or_else(ended)?;
        live.commands.send(command).await.map_err(|_| ended())
    }

    /// Hands a finished span to the live run whose id is the trace id (32 hexadecimal digits); false when there is none.
    pub async fn span(&self, trace_id: &str, span: SpanRecord) -> bool {
        let Ok(id) = trace_id.parse::<RunId>() else { return false };
        self.inner.live(id).is_some_and(|live| live.signal(Signal::Span(span)))
    }

    /// Keeps the bytes of a file that is to go into a run.
    ///
    /// # Errors
    /// The store's.
    pub async fn put_file(&self, media_type: String, bytes: Bytes) -> Result<BlobId, Failure> {
        Ok(self.inner.store.put_blob(None, &Blob { media_type, bytes }).await?)
    }

    /// The bytes of a blob.
    ///
    /// # Errors
    /// `NotFound`, or the store's.
    pub async fn blob(&self, id: BlobId) -> Result<Blob, Failure> {
        self.inner.store.blob(id).await?.ok_or_else(|| Failure::not_found("blob", id))
    }

    /// Takes up every run that has no `done`.
    pub(crate) async fn take_up(&self) -> Result<(), Failure> {
        let inner = &self.inner;
        for run in inner.store.unfinished_runs().await? {
            let workflow = match run.workflow_id {
                Some(id) => inner.store.workflow(id).await?,
                None => None,
            };
            let info = workflow.map(|workflow| workflow.info).unwrap_or_else(|| WorkflowInfo {
                name: run.workflow_name.clone(),
                ..WorkflowInfo::default()
            });
            let backend = inner.store.backend(run.backend_id).await?;
            let client = match &backend {
                Some(backend) => inner.client(backend).await,
                None => Err(Failure::not_found("backend", run.backend_id)),
            };
            let request = inner.request(&run, info, Vec::new()).await?;
            let begin = match &backend {
                Some(backend) if run.status == RunStatus::Queued && run.attempt == 0 => Begin::Send(Start {
                    backend: backend.name.clone(),
                    platform: backend.platform,
                    workflow_id: run.workflow_id,
                    workflow: run.workflow_name.clone(),
                    entry: run.entry.clone(),
                    simulated: backend.simulated,
                }),
                _ => Begin::Resume(inner.transcript(run.id).await?),
            };
            tracing::info!(run = %run.id, status = run.status.as_str(), "taking up a run that an earlier hub left");
            inner.spawn_run(run, client, request, begin);
        }
        Ok(())
    }
}

fn ended() -> Failure {
    Failure::new(ErrorCode::RunEnded, "The run has ended.")
}

fn new_run(workflow: &Workflow, start: &StartRun) -> Run {
    Run {
        id: RunId::new(),
        backend_id: workflow.backend_id,
        workflow_id: Some(workflow.id),
        workflow_name: workflow.info.name.clone(),
        entry: start.entry.clone(),
        conversation_id: start.conversation_id,
        status: RunStatus::Queued,
        input: start.input.clone(),
        last_seq: 0,
        attempt: 0,
        external_id: None,
        done: None,
        created_at: now(),
        ended_at: None,
    }
}

impl Inner {
    pub(crate) async fn transcript(&self, id: RunId) -> Result<Transcript, Failure> {
        let mut transcript = Transcript::new();
        loop {
            let page: Vec<StreamEvent> = self.store.events(id, transcript.last_seq, PAGE).await?;
            if page.is_empty() {
                return Ok(transcript);
            }
            for event in &page {
                transcript.apply(event);
            }
        }
    }

    async fn request(
        &self,
        run: &Run,
        workflow: WorkflowInfo,
        history: Vec<HistoryMessage>,
    ) -> Result<RunRequest, Failure> {
        let mut files = Vec::with_capacity(run.input.files.len());
        for (at, file) in run.input.files.iter().enumerate() {
            let blob = self.store.blob(file.blob_id).await?.ok_or_else(|| {
                Failure::new(ErrorCode::InvalidInput, format!("The bytes of '{}' are not there.", file.name))
                    .at(format!("/input/files/{at}/blob_id"))
                    .hint("Upload the file first.")
            })?;
            files.push(blob.bytes);
        }
        Ok(RunRequest {
            run_id: run.id,
            attempt: run.attempt,
            created_at: run.created_at,
            workflow,
            entry: run.entry.clone(),
            input: run.input.clone(),
            files,
            conversation_id: run.conversation_id,
            history,
        })
    }

    pub(crate) fn spawn_run(
        self: &Arc<Self>,
        run: Run,
        client: Result<Arc<dyn jackfield_protocol::port::BackendClient>, Failure>,
        request: RunRequest,
        begin: Begin,
    ) {
        let (live, commands) = LiveRun::new(run.id, run.backend_id, run.last_seq, self.config.tail_events);
        self.remember(&live);
        let task = RunTask { inner: self.clone(), live, run, client, request, commands };
        self.tasks.spawn(task.work(begin));
    }
}

/// A workflow by its id.
impl Engine {
    /// One workflow.
    ///
    /// # Errors
    /// `NotFound`, or the store's.
    pub async fn workflow(&self, id: WorkflowId) -> Result<Workflow, Failure> {
        self.inner.store.workflow(id).await?.ok_or_else(|| Failure::not_found("workflow", id))
    }
}
