//! A client, and a call as the engine drives it.

use std::{sync::Arc, time::Duration};

use futures_util::StreamExt as _;
use jackfield_backends::LocalPrograms;
use jackfield_protocol::{
    event::{Draft, EventBody, Grammar, Start, Transcript},
    ids::RunId,
    model::{Platform, RunInput, ToolInfo, WorkflowInfo},
    port::{
        AttemptEnd, BackendClient, Checkpoint, Progress, ProgressStream, ResolvedBackend, ResumeRequest,
        RunRequest, Secrets, Signal,
    },
    time::now,
};
use serde_json::{Value, json};

/// Options that are short enough for tests.
pub(crate) fn quick() -> Value {
    json!({
        "start_timeout_ms": 8000, "probe_timeout_ms": 600, "answer_timeout_ms": 8000, "connect_timeout_ms": 2000,
        "call_timeout_ms": 3000, "call_limit_ms": 20000,
    })
}

pub(crate) fn client(url: &str, options: Value) -> Arc<dyn BackendClient> {
    with(url, options, Secrets::new())
}

pub(crate) fn with(url: &str, options: Value, secrets: Secrets) -> Arc<dyn BackendClient> {
    let mut all = quick();
    for (name, value) in options.as_object().into_iter().flatten() {
        all[name] = value.clone();
    }
    let factories = jackfield_backends::platforms(LocalPrograms::default());
    let factory = factories.iter().find(|factory| factory.platform() == Platform::Mcp).unwrap();
    factory.build(ResolvedBackend::unsaved(url, all, secrets)).unwrap()
}

/// A local server by its command line.
pub(crate) fn local(command: &str, args: &[&str], options: Value) -> Arc<dyn BackendClient> {
    let mut all = json!({"command": command, "args": args});
    for (name, value) in options.as_object().into_iter().flatten() {
        all[name] = value.clone();
    }
    client("stdio:", all)
}

/// One call.
pub(crate) struct Call {
    pub(crate) client: Arc<dyn BackendClient>,
    pub(crate) run: RunRequest,
    pub(crate) events: Vec<EventBody>,
    pub(crate) seen: Transcript,
    pub(crate) checkpoint: Option<Checkpoint>,
    grammar: Grammar,
    signals: Option<futures_channel::mpsc::Sender<Signal>>,
    stream: Option<ProgressStream>,
}

impl Call {
    pub(crate) fn new(client: &Arc<dyn BackendClient>, tool: ToolInfo, arguments: Value) -> Self {
        let name = tool.name.clone();
        let run = RunRequest {
            run_id: RunId::new(),
            attempt: 1,
            created_at: now(),
            workflow: WorkflowInfo { name: name.clone(), ..WorkflowInfo::default() },
            tool: Some(tool),
            entry: None,
            input: RunInput { data: Some(arguments), ..RunInput::default() },
            files: Vec::new(),
            conversation_id: None,
            history: Vec::new(),
        };
        let mut call = Self {
            client: client.clone(),
            run,
            events: Vec::new(),
            seen: Transcript::new(),
            checkpoint: None,
            grammar: Grammar::new(),
            signals: None,
            stream: None,
        };
        let start = Start {
            backend: "test".to_owned(),
            platform: Platform::Mcp,
            workflow_id: None,
            workflow: name,
            entry: None,
            simulated: false,
        };
        call.take(Draft::new(EventBody::Start(start)));
        call
    }

    fn take(&mut self, draft: Draft) {
        self.grammar.accept(&draft).unwrap_or_else(|violation| panic!("{violation}: {draft:?}"));
        self.events.push(draft.body.clone());
        let event = draft.stamp(self.run.run_id, self.seen.last_seq + 1, now(), None);
        self.seen.apply(&event);
    }

    /// Begins the next attempt.
    pub(crate) fn begin(&mut self) {
        let (sender, receiver) = futures_channel::mpsc::channel(16);
        self.signals = Some(sender);
        self.stream = Some(if self.run.attempt == 1 {
            self.client.stream_completion(self.run.clone(), receiver)
        } else {
            let request = ResumeRequest {
                run: self.run.clone(),
                checkpoint: self.checkpoint.clone(),
                seen: self.seen.clone(),
            };
            self.client.resume(request, receiver)
        });
    }

    /// As after a lost connection.
    pub(crate) fn again(&mut self) {
        self.run.attempt += 1;
        self.begin();
    }

    /// Goes on until `until` holds or the attempt has ended.
    pub(crate) async fn until(&mut self, until: impl Fn(&Self) -> bool) -> Option<AttemptEnd> {
        let deadline = Duration::from_secs(30);
        tokio::time::timeout(deadline, async {
            loop {
                if until(self) {
                    return None;
                }
                let stream = self.stream.as_mut().unwrap();
                match stream.next().await {
                    Some(Progress::Draft(draft)) => self.take(draft),
                    Some(Progress::Checkpoint(checkpoint)) => self.checkpoint = Some(checkpoint),
                    Some(Progress::End(end)) => return Some(end),
                    None => panic!("the stream ended without its end"),
                }
            }
        })
        .await
        .unwrap_or_else(|_| panic!("no end within {deadline:?}: {:#?}", self.events))
    }

    /// The whole attempt.
    pub(crate) async fn run(&mut self) -> AttemptEnd {
        if self.stream.is_none() {
            self.begin();
        }
        self.until(|_| false).await.unwrap()
    }

    /// Answers the open question.
    pub(crate) async fn answer(&mut self, choice: &str, data: Value) {
        use jackfield_protocol::{
            event::{InputResolved, ResolvedBy},
            model::InputAnswer,
        };
        let question = self.seen.pending[0].clone();
        let answer = InputAnswer { choice: Some(choice.to_owned()), text: None, data: Some(data) };
        let request = ResumeRequest {
            run: self.run.clone(),
            checkpoint: self.checkpoint.clone(),
            seen: self.seen.clone(),
        };
        self.client.answer_input(&request, &question, &answer).await.unwrap();
        let resolved =
            InputResolved { request_id: question.request_id.clone(), by: ResolvedBy::Answer, choice: None };
        self.take(Draft::new(EventBody::InputResolved(resolved)));
        self.signals.as_mut().unwrap().try_send(Signal::Answered(question.request_id)).unwrap();
    }

    /// What the tool said.
    pub(crate) fn text(&self) -> String {
        let messages = self.seen.messages().iter().filter(|message| message.id.0.starts_with("content-"));
        messages.map(|message| message.text.as_str()).collect::<Vec<_>>().join("\n")
    }

    /// The lines on the way.
    pub(crate) fn log(&self) -> String {
        self.seen.messages().iter().map(|message| message.log.as_str()).collect()
    }
}

/// An end in few words.
pub(crate) fn brief(end: &AttemptEnd) -> String {
    match end {
        AttemptEnd::Done(done) => serde_json::to_value(done.outcome).unwrap().as_str().unwrap().to_owned(),
        AttemptEnd::NotSent(failure) => format!("not sent ({})", failure.code),
        AttemptEnd::Lost(failure) => format!("lost ({})", failure.code),
    }
}

/// A tool by its name, freshly discovered.
pub(crate) async fn tool(client: &Arc<dyn BackendClient>, name: &str) -> ToolInfo {
    let tools = client.discover_tools().await.unwrap();
    tools.into_iter().find(|tool| tool.name == name).unwrap_or_else(|| panic!("no tool {name}"))
}
