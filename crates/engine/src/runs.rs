//! Starting, reading, stopping and answering runs.

use bytes::Bytes;
use jackfield_protocol::{
    api::{StartRun, Trace},
    error::{ErrorCode, Failure},
    event::{Start, StreamEvent, Transcript},
    ids::{BlobId, InputRequestId, RunId, WorkflowId},
    model::{Backend, CancelReport, InputAnswer, Run, RunInput, RunStatus, ToolInfo, Workflow, WorkflowInfo},
    port::{Blob, ChatMessage, HistoryMessage, RunFilter, RunRequest, Signal, SpanRecord, StoreResult},
    time::now,
};
use tokio::sync::oneshot;

use crate::{
    Engine, Inner,
    clients::enabled,
    live::{Command, LiveRun, lock},
    run_task::{Begin, NewTask, ended},
};

/// How many events are read at once for a fold.
const PAGE: u32 = 2000;

impl Engine {
    /// Writes a run down and starts it. Returns as soon as it is written down; a run with bad input is not.
    ///
    /// # Errors
    /// `NotFound`, `NotRunnable`, `InvalidInput`, `TooManyRuns`, `ShuttingDown`, or the store's.
    pub async fn start_run(&self, start: StartRun) -> Result<Run, Failure> {
        self.taking()?;
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
        enabled(&backend)?;
        if !workflow.present {
            let message = format!(
                "'{}' was not there any more when '{}' was last asked.",
                workflow.info.name, backend.name
            );
            return Err(Failure::new(ErrorCode::NotRunnable, message)
                .at("/workflow")
                .hint(format!("Discover it again: `jackfield backend discover {}`.", backend.name)));
        }
        let client = self.inner.client(&backend).await?;
        client.check_input(&workflow.info, start.entry.as_deref(), &start.input)?;
        check_turn(&start)?;
        let run = new_run(&workflow, &start);
        if let Some(known) = self.asked_for_before(&run).await? {
            return Ok(known);
        }
        let history = match start.conversation_id {
            Some(id) => {
                let messages = self.conversation(id).await?.1;
                self.inner.history(id, messages, &run).await?
            }
            None => Vec::new(),
        };
        let files = self.inner.files(&start.input).await?;
        let request = RunRequest { files, ..request(&run, workflow.info, None, history) };
        self.launch_once(&backend, run, request).await
    }

    /// The run that was asked for under the same key; a key stands for one request.
    pub(crate) async fn asked_for_before(&self, run: &Run) -> Result<Option<Run>, Failure> {
        let Some(key) = &run.request_key else { return Ok(None) };
        let filter = RunFilter { request_key: Some(key.clone()), limit: 1, ..RunFilter::default() };
        let Some(known) = self.inner.store.runs(&filter).await?.pop() else { return Ok(None) };
        let is_same = (known.backend_id, known.workflow_id, known.tool_id, known.conversation_id)
            == (run.backend_id, run.workflow_id, run.tool_id, run.conversation_id)
            && is_same_input(&known.input, &run.input);
        if is_same {
            return Ok(Some(known));
        }
        Err(Failure::new(ErrorCode::Conflict, "Another run was started under this key.")
            .at("Idempotency-Key")
            .hint("Use a new key for every run; the same one only to repeat a request that had no answer."))
    }

    /// As [`Self::launch`]; of two requests with the same key at the same time one starts the run, and both get it.
    pub(crate) async fn launch_once(
        &self,
        backend: &Backend,
        run: Run,
        request: RunRequest,
    ) -> Result<Run, Failure> {
        let asked = run.clone();
        match self.launch(backend, run, request).await {
            Err(failure) if failure.code == ErrorCode::Conflict => {
                self.asked_for_before(&asked).await?.ok_or(failure)
            }
            launched => launched,
        }
    }

    /// Refuses when no new runs are taken.
    pub(crate) fn taking(&self) -> Result<(), Failure> {
        if self.inner.stopping.is_cancelled() {
            return Err(Failure::new(
                ErrorCode::ShuttingDown,
                "The hub is shutting down; no new runs are taken.",
            ));
        }
        Ok(())
    }

    /// Writes a run down and begins to send it.
    pub(crate) async fn launch(
        &self,
        backend: &Backend,
        run: Run,
        request: RunRequest,
    ) -> Result<Run, Failure> {
        let inner = &self.inner;
        // From here on it can be followed; nobody knows its id before it is written down.
        let (live, commands) = LiveRun::new(&run, &inner.config);
        inner.remember(&live, true)?;
        let written = self.write_down(&run).await;
        let begin = match &written {
            Ok(None) => Begin::Send(start_of(&run, backend)),
            Ok(Some(failure)) => Begin::Refuse(start_of(&run, backend), failure.clone()),
            Err(failure) => {
                inner.forget(&live);
                return Err(failure.clone());
            }
        };
        inner.tell_run(&run);
        let task = NewTask { inner: inner.clone(), live, run: run.clone(), request, commands };
        inner.tasks.spawn(task.work(begin));
        match written {
            Ok(Some(failure)) => Err(failure),
            _ => Ok(run),
        }
    }

    /// Writes a run and its message down. A failure inside: the run is written down, but must not be sent.
    async fn write_down(&self, run: &Run) -> Result<Option<Failure>, Failure> {
        let removing = || lock(&self.inner.removing).contains(&run.backend_id);
        let gone = || Failure::not_found("backend", run.backend_id).hint("It is being removed.");
        if removing() {
            return Err(gone());
        }
        self.inner.store.create_run(run).await?;
        let (Some(conversation), Some(text)) = (run.conversation_id, said(run)) else { return Ok(None) };
        let message = ChatMessage {
            position: 0,
            role: "user".to_owned(),
            text,
            run_id: Some(run.id),
            created_at: now(),
        };
        Ok(self.inner.store.add_message(conversation, &message).await.err().map(Failure::from))
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
        // The live entry is asked for before the row: a run that ends in between has ended.
        let live = self.inner.live(id);
        let run = self.run(id).await?;
        let refused = || {
            if run.status.has_ended() || !self.inner.stopping.is_cancelled() {
                return ended();
            }
            Failure::new(
                ErrorCode::ShuttingDown,
                "The hub is shutting down; the run is taken up at the next start.",
            )
        };
        live.ok_or_else(refused)?.commands.send(command).await.map_err(|_| refused())
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
}

/// What a run says in its conversation: its text, else its data; a call says of which tool.
fn said(run: &Run) -> Option<String> {
    let data = || {
        let data = run.input.data.as_ref()?;
        Some(if run.tool_id.is_some() { format!("{} {data}", run.workflow_name) } else { data.to_string() })
    };
    run.input.text.clone().filter(|text| !text.is_empty()).or_else(data)
}

pub(crate) fn start_of(run: &Run, backend: &Backend) -> Start {
    Start {
        backend: backend.name.clone(),
        platform: backend.platform,
        workflow_id: run.workflow_id,
        workflow: run.workflow_name.clone(),
        entry: run.entry.clone(),
        simulated: backend.simulated,
    }
}

pub(crate) fn request(
    run: &Run,
    workflow: WorkflowInfo,
    tool: Option<ToolInfo>,
    history: Vec<HistoryMessage>,
) -> RunRequest {
    RunRequest {
        run_id: run.id,
        attempt: run.attempt,
        created_at: run.created_at,
        workflow,
        tool,
        entry: run.entry.clone(),
        input: run.input.clone(),
        files: Vec::new(),
        conversation_id: run.conversation_id,
        history,
    }
}

/// Longest name of a turn, in characters.
const TURN: usize = 64;

fn check_turn(start: &StartRun) -> Result<(), Failure> {
    let Some(turn) = &start.turn else { return Ok(()) };
    let refuse = |message: &str, hint: &str| {
        Err(Failure::new(ErrorCode::InvalidRequest, message).at("/turn").hint(hint))
    };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if turn.is_empty() || turn.len() > TURN || !turn.chars().all(is_plain) {
        return refuse("The turn is not a plain name.", "Use 1 to 64 letters, digits, '-', '_' or '.'.");
    }
    if start.conversation_id.is_none() {
        return refuse("A turn belongs to a conversation.", "Give `conversation_id` too.");
    }
    Ok(())
}

/// Files that are sent again are uploaded again: their bytes have another name then.
fn is_same_input(known: &RunInput, repeated: &RunInput) -> bool {
    let mut known = known.clone();
    for (file, again) in known.files.iter_mut().zip(&repeated.files) {
        file.blob_id = again.blob_id;
    }
    known == *repeated
}

fn new_run(workflow: &Workflow, start: &StartRun) -> Run {
    Run {
        id: RunId::new(),
        backend_id: workflow.backend_id,
        workflow_id: Some(workflow.id),
        tool_id: None,
        workflow_name: workflow.info.name.clone(),
        entry: start.entry.clone(),
        conversation_id: start.conversation_id,
        turn: start.turn.clone(),
        request_key: start.request_key.clone(),
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
    /// The fold of everything that a run's log holds.
    pub(crate) async fn transcript(&self, id: RunId) -> StoreResult<Transcript> {
        let mut transcript = Transcript::new();
        self.read_log(id, |event| transcript.apply(event)).await?;
        Ok(transcript)
    }

    /// Reads a run's log from its beginning to its end.
    pub(crate) async fn read_log(&self, id: RunId, mut each: impl FnMut(&StreamEvent)) -> StoreResult<()> {
        let mut after = 0;
        loop {
            let page: Vec<StreamEvent> = self.store.events(id, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.seq;
            page.iter().for_each(&mut each);
        }
    }

    /// The bytes of an input's files.
    pub(crate) async fn files(&self, input: &RunInput) -> Result<Vec<Bytes>, Failure> {
        let mut files = Vec::with_capacity(input.files.len());
        for (at, file) in input.files.iter().enumerate() {
            let blob = self.store.blob(file.blob_id).await?.ok_or_else(|| {
                Failure::new(ErrorCode::InvalidInput, format!("The bytes of '{}' are not there.", file.name))
                    .at(format!("/input/files/{at}/blob_id"))
                    .hint("Upload the file first.")
            })?;
            files.push(blob.bytes);
        }
        Ok(files)
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
