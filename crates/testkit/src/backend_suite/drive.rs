//! Does with a client what the engine does: stamps, checks the grammar, folds, resumes.

use std::{sync::Arc, time::Duration};

use futures_channel::mpsc;
use futures_util::StreamExt as _;
use jackfield_protocol::{
    event::{Draft, EventBody, Grammar, Open, Start, StepEnd, StepStatus, StreamEvent, ToolEnd, Transcript},
    ids::RunId,
    model::{InputAnswer, Platform, ToolInfo, WorkflowInfo},
    port::{
        AttemptEnd, BackendClient, Checkpoint, Progress, ProgressStream, ResumeRequest, RunRequest, Signal,
    },
    time::now,
};

use super::{Bench, PATIENCE, Peer, PeerCase};

/// Most attempts of one run.
const ATTEMPTS: u32 = 8;

/// What is run: the workflow, the way in, the tool.
type Target = (WorkflowInfo, Option<String>, Option<ToolInfo>);

async fn workflow(client: &dyn BackendClient, case: &PeerCase) -> Result<Target, String> {
    let workflows = client.discover_workflows().await.map_err(|failure| failure.to_string())?;
    let workflow = workflows
        .into_iter()
        .find(|workflow| workflow.external_id == case.workflow)
        .ok_or_else(|| format!("{}: the workflow was not discovered", case.name))?;
    let entry = workflow
        .entries
        .iter()
        .filter(|entry| entry.runnable)
        .find(|entry| {
            case.path.is_empty() || entry.url.as_deref().is_some_and(|url| url.ends_with(&case.path))
        })
        .or(workflow.entries.iter().find(|entry| entry.runnable))
        .map(|entry| entry.id.clone());
    client
        .check_input(&workflow, entry.as_deref(), &case.input)
        .map_err(|failure| format!("{}: the input is refused: {failure}", case.name))?;
    Ok((workflow, entry, None))
}

/// A call of a tool: of its workflow only the name is set, as the engine does it.
async fn tool(client: &dyn BackendClient, name: &str, case: &PeerCase) -> Result<Target, String> {
    let tools = client.discover_tools().await.map_err(|failure| failure.to_string())?;
    let tool = tools
        .into_iter()
        .find(|tool| tool.name == name)
        .ok_or_else(|| format!("{}: the tool was not discovered", case.name))?;
    let arguments = case.input.data.clone().unwrap_or_else(|| serde_json::json!({}));
    client
        .check_arguments(&tool, &arguments)
        .map_err(|failure| format!("{}: the arguments are refused: {failure}", case.name))?;
    let workflow = WorkflowInfo { name: tool.name.clone(), ..WorkflowInfo::default() };
    Ok((workflow, None, Some(tool)))
}

/// One run through a client.
pub struct Driver {
    client: Arc<dyn BackendClient>,
    request: RunRequest,
    signals: mpsc::Sender<Signal>,
    grammar: Grammar,
    /// What has been said so far.
    pub transcript: Transcript,
    /// The last checkpoint.
    pub checkpoint: Option<Checkpoint>,
    /// Bodies of all events, in order.
    pub events: Vec<EventBody>,
    answers: std::collections::VecDeque<InputAnswer>,
}

impl Driver {
    /// Makes a client for the peer, finds the workflow of the case, and gets ready to run it.
    ///
    /// # Errors
    /// When the client cannot be made, or the workflow or its way in is not found.
    pub async fn new(bench: &dyn Bench, peer: &dyn Peer, case: &PeerCase) -> Result<Self, String> {
        let client = bench.factory().build(peer.resolved()).map_err(|failure| failure.to_string())?;
        let (workflow, entry, tool) = match &case.tool {
            Some(name) => tool(client.as_ref(), name, case).await?,
            None => workflow(client.as_ref(), case).await?,
        };
        let request = RunRequest {
            run_id: RunId::new(),
            attempt: 1,
            created_at: now(),
            tool,
            workflow,
            entry,
            input: case.input.clone(),
            files: Vec::new(),
            conversation_id: None,
            history: Vec::new(),
        };
        let mut driver = Self {
            client,
            request,
            signals: mpsc::channel(1).0,
            grammar: Grammar::new(),
            transcript: Transcript::new(),
            checkpoint: None,
            events: Vec::new(),
            answers: case.answers.iter().cloned().collect(),
        };
        let start = Start {
            backend: "suite".to_owned(),
            platform: bench.platform(),
            workflow_id: None,
            workflow: driver.request.workflow.name.clone(),
            entry: driver.request.entry.clone(),
            simulated: true,
        };
        driver.take(Draft::new(EventBody::Start(start)))?;
        Ok(driver)
    }

    /// The request, for asking the peer what became of it.
    #[must_use]
    pub fn request(&self) -> &RunRequest {
        &self.request
    }

    /// What is needed to find the run again.
    #[must_use]
    pub fn resume_request(&self) -> ResumeRequest {
        ResumeRequest {
            run: self.request.clone(),
            checkpoint: self.checkpoint.clone(),
            seen: self.transcript.clone(),
        }
    }

    /// The client.
    #[must_use]
    pub fn client(&self) -> Arc<dyn BackendClient> {
        self.client.clone()
    }

    /// Opens the first attempt.
    pub fn open(&mut self) -> ProgressStream {
        let (sender, receiver) = mpsc::channel(16);
        self.signals = sender;
        self.client.stream_completion(self.request.clone(), receiver)
    }

    /// Opens a further attempt.
    pub fn reopen(&mut self) -> ProgressStream {
        self.request.attempt += 1;
        let (sender, receiver) = mpsc::channel(16);
        self.signals = sender;
        self.client.resume(self.resume_request(), receiver)
    }

    /// Runs to the end, with as many attempts as it takes.
    ///
    /// # Errors
    /// A breach of the grammar, or no end.
    pub async fn to_the_end(&mut self) -> Result<AttemptEnd, String> {
        let stream = self.open();
        self.follow_to_the_end(stream).await
    }

    /// As [`Driver::to_the_end`], from a stream that is open already.
    ///
    /// # Errors
    /// A breach of the grammar, or no end.
    pub async fn follow_to_the_end(&mut self, mut stream: ProgressStream) -> Result<AttemptEnd, String> {
        for _ in 0..ATTEMPTS {
            match self.follow(&mut stream, |_| false).await? {
                Some(AttemptEnd::Lost(_)) | None => stream = self.reopen(),
                Some(end) => return Ok(end),
            }
            // What the engine does with back-off.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Err(format!("no end after {ATTEMPTS} attempts"))
    }

    /// Reads until the attempt ends (`Some`), the stream ends without saying so, or `enough` holds (`None`).
    ///
    /// # Errors
    /// A breach of the grammar, an answer that was refused, or a stream that hangs.
    pub async fn follow(
        &mut self,
        stream: &mut ProgressStream,
        mut enough: impl FnMut(&Progress) -> bool,
    ) -> Result<Option<AttemptEnd>, String> {
        loop {
            let next = tokio::time::timeout(PATIENCE, stream.next()).await;
            let next = next.map_err(|_| format!("nothing for {PATIENCE:?}, after {}", self.kinds()))?;
            let Some(progress) = next else { return Ok(None) };
            let stop = enough(&progress);
            match progress {
                Progress::Draft(draft) => {
                    let question = match &draft.body {
                        EventBody::InputRequired(question) => Some(question.clone()),
                        _ => None,
                    };
                    self.take(draft)?;
                    if let Some(question) = question {
                        self.answer(&question).await?;
                    }
                }
                Progress::Checkpoint(checkpoint) => self.checkpoint = Some(checkpoint),
                Progress::End(AttemptEnd::Done(done)) => {
                    self.close()?;
                    self.take(Draft::new(EventBody::Done(done.clone())))?;
                    return Ok(Some(AttemptEnd::Done(done)));
                }
                Progress::End(end) => return Ok(Some(end)),
            }
            if stop {
                return Ok(None);
            }
        }
    }

    async fn answer(&mut self, question: &jackfield_protocol::event::InputRequired) -> Result<(), String> {
        let Some(mut answer) = self.answers.pop_front() else { return Ok(()) };
        // A case says which button it means by the number of the button.
        if let Some(number) = answer.choice.as_ref().and_then(|choice| choice.parse::<usize>().ok()) {
            answer.choice = question.choices.get(number).map(|choice| choice.id.clone());
        }
        self.client
            .answer_input(&self.resume_request(), question, &answer)
            .await
            .map_err(|failure| format!("the answer {answer:?} was refused: {failure}"))?;
        // A client that no longer listens looks by itself.
        let _ = self.signals.try_send(Signal::Answered(question.request_id.clone()));
        Ok(())
    }

    /// Closes what is open, as the engine does before `done`.
    fn close(&mut self) -> Result<(), String> {
        for open in self.grammar.open() {
            let draft = match open {
                Open::Step(id) => Draft::new(EventBody::StepEnd(StepEnd::of(StepStatus::Unknown))).step(id),
                Open::Tool(id) => Draft::new(EventBody::ToolEnd(ToolEnd::of(StepStatus::Unknown))).tool(id),
                Open::Input(id) => {
                    Draft::new(EventBody::InputResolved(jackfield_protocol::event::InputResolved {
                        request_id: id,
                        by: jackfield_protocol::event::ResolvedBy::RunEnded,
                        choice: None,
                    }))
                }
            };
            self.take(draft)?;
        }
        Ok(())
    }

    fn take(&mut self, draft: Draft) -> Result<(), String> {
        self.grammar
            .accept(&draft)
            .map_err(|violation| format!("grammar: {violation}, after {}: {:?}", self.kinds(), draft.body))?;
        self.events.push(draft.body.clone());
        self.transcript.apply(&StreamEvent {
            run_id: self.request.run_id,
            seq: self.transcript.last_seq + 1,
            timestamp: now(),
            source: draft.source,
            message_id: draft.message_id,
            tool_id: draft.tool_id,
            step_id: draft.step_id,
            parent_step_id: draft.parent_step_id,
            body: draft.body,
        });
        Ok(())
    }

    /// Names of the tool calls in the trace, sorted.
    #[must_use]
    pub fn tools(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .transcript
            .steps()
            .iter()
            .filter(|step| step.is_tool_call)
            .map(|step| step.name.clone())
            .collect();
        names.sort();
        names
    }

    /// The types of all events so far, for messages.
    #[must_use]
    pub fn kinds(&self) -> String {
        let kinds: Vec<&str> = self.events.iter().map(EventBody::kind).collect();
        let from = kinds.len().saturating_sub(12);
        format!("{} events (… {})", kinds.len(), kinds.get(from..).unwrap_or_default().join(" "))
    }

    /// What it is about.
    #[must_use]
    pub fn platform(&self) -> Option<Platform> {
        self.transcript.start.as_ref().map(|start| start.platform)
    }
}
