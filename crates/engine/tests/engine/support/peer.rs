//! A peer that does what the test says, and counts what is asked of it.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use async_trait::async_trait;
use futures_util::{StreamExt as _, stream};
use jackfield_protocol::{
    error::{ErrorCode, Failure, Fault},
    event::InputRequired,
    ids::BackendId,
    model::{
        BackendType, CancelEffect, CancelReport, Check, CheckStatus, Completion, CompletionRequest,
        ConnectionReport, HealthState, InputAnswer, Offers, Platform, PromptResult, ResourceContent,
        ResourceContents, RunInput, ToolInfo, WorkflowInfo,
    },
    port::{
        BackendClient, BackendHost, JournalLine, PlatformFactory, PlatformInfo, Progress, ProgressStream,
        ResolvedBackend, ResumeRequest, RunRequest, SignIn, SignInAnswer, Signal, Signals,
    },
};
use serde_json::{Value, json};
use tokio::sync::{Semaphore, mpsc};

/// What one attempt says: what the test puts into the other end. Its end without `End` is a lost connection.
pub(crate) type Line = mpsc::UnboundedReceiver<Progress>;

#[derive(Default)]
struct State {
    sends: VecDeque<Line>,
    resumes: VecDeque<Line>,
    requests: Vec<RunRequest>,
    resumed: Vec<ResumeRequest>,
    built: Vec<ResolvedBackend>,
    signals: Vec<Signal>,
    cancel: Option<Result<CancelReport, Failure>>,
    answer: Option<Failure>,
    given: Vec<InputAnswer>,
    health: VecDeque<HealthState>,
    workflows: Vec<WorkflowInfo>,
    tools: Vec<ToolInfo>,
    offers: Option<Result<Offers, Failure>>,
    /// The host of every client that was built, in order.
    hosts: Vec<Arc<dyn BackendHost>>,
    sign_in: Option<Failure>,
    redirects: Vec<String>,
    finished: Vec<SignInAnswer>,
}

#[derive(Clone)]
pub(crate) struct Peer {
    platform: Platform,
    state: Arc<Mutex<State>>,
    pub(crate) sent: Arc<AtomicUsize>,
    pub(crate) resumes: Arc<AtomicUsize>,
    pub(crate) cancels: Arc<AtomicUsize>,
    pub(crate) checks: Arc<AtomicUsize>,
    pub(crate) discoveries: Arc<AtomicUsize>,
    /// Clients that are there.
    pub(crate) clients: Arc<AtomicUsize>,
    /// How much of what was said was taken by the hub.
    pub(crate) taken: Arc<AtomicUsize>,
    /// Calls of cancel, answer and discovery each need a permit.
    pub(crate) cancel_gate: Arc<Semaphore>,
    pub(crate) answer_gate: Arc<Semaphore>,
    pub(crate) discovery_gate: Arc<Semaphore>,
}

pub(crate) fn workflow(external_id: &str, name: &str) -> WorkflowInfo {
    WorkflowInfo {
        external_id: external_id.to_owned(),
        name: name.to_owned(),
        active: true,
        runnable: true,
        ..WorkflowInfo::default()
    }
}

pub(crate) fn tool(name: &str) -> ToolInfo {
    ToolInfo {
        name: name.to_owned(),
        input_schema: json!({"type": "object", "required": ["text"]}),
        definition: json!({"name": name}),
        fingerprint: "1".repeat(64),
        ..ToolInfo::default()
    }
}

impl Peer {
    pub(crate) fn new() -> Self {
        Self::of(Platform::N8n)
    }

    pub(crate) fn of(platform: Platform) -> Self {
        let open = || Arc::new(Semaphore::new(1000));
        Self {
            platform,
            state: Arc::new(Mutex::new(State {
                workflows: vec![workflow("w1", "Echo")],
                ..State::default()
            })),
            sent: Arc::default(),
            resumes: Arc::default(),
            cancels: Arc::default(),
            checks: Arc::default(),
            discoveries: Arc::default(),
            clients: Arc::default(),
            taken: Arc::default(),
            cancel_gate: open(),
            answer_gate: open(),
            discovery_gate: open(),
        }
    }

    /// The next run that is sent says what is put into this.
    pub(crate) fn next_send(&self) -> mpsc::UnboundedSender<Progress> {
        let (sender, line) = mpsc::unbounded_channel();
        self.state.lock().unwrap().sends.push_back(line);
        sender
    }

    /// The next run that is resumed says what is put into this.
    pub(crate) fn next_resume(&self) -> mpsc::UnboundedSender<Progress> {
        let (sender, line) = mpsc::unbounded_channel();
        self.state.lock().unwrap().resumes.push_back(line);
        sender
    }

    /// The next run that is sent says this, and then its connection is lost.
    pub(crate) fn sends(&self, all: impl IntoIterator<Item = Progress>) {
        let line = self.next_send();
        all.into_iter().for_each(|progress| line.send(progress).unwrap());
    }

    /// As [`Peer::sends`], for the next one that is resumed.
    pub(crate) fn resumes_with(&self, all: impl IntoIterator<Item = Progress>) {
        let line = self.next_resume();
        all.into_iter().for_each(|progress| line.send(progress).unwrap());
    }

    pub(crate) fn cancels_with(&self, effect: CancelEffect) {
        let report = CancelReport { effect, message: format!("{effect:?}") };
        self.state.lock().unwrap().cancel = Some(Ok(report));
    }

    pub(crate) fn fails_to_cancel(&self) {
        let failure = Failure::new(ErrorCode::PeerUnreachable, "nobody there");
        self.state.lock().unwrap().cancel = Some(Err(failure));
    }

    pub(crate) fn rejects_answers(&self, failure: Option<Failure>) {
        self.state.lock().unwrap().answer = failure;
    }

    /// What the next checks find; the last one stays.
    pub(crate) fn health(&self, states: impl IntoIterator<Item = HealthState>) {
        self.state.lock().unwrap().health = states.into_iter().collect();
    }

    pub(crate) fn offers(&self, workflows: Vec<WorkflowInfo>) {
        self.state.lock().unwrap().workflows = workflows;
    }

    pub(crate) fn has_tools(&self, tools: Vec<ToolInfo>) {
        self.state.lock().unwrap().tools = tools;
    }

    pub(crate) fn has_offers(&self, offers: Result<Offers, Failure>) {
        self.state.lock().unwrap().offers = Some(offers);
    }

    pub(crate) fn hosts(&self) -> Vec<Arc<dyn BackendHost>> {
        self.state.lock().unwrap().hosts.clone()
    }

    /// The host of the newest client.
    pub(crate) fn host(&self) -> Arc<dyn BackendHost> {
        self.hosts().pop().expect("a client was built")
    }

    pub(crate) fn refuses_sign_in(&self, failure: Option<Failure>) {
        self.state.lock().unwrap().sign_in = failure;
    }

    pub(crate) fn redirects(&self) -> Vec<String> {
        self.state.lock().unwrap().redirects.clone()
    }

    pub(crate) fn finished(&self) -> Vec<SignInAnswer> {
        self.state.lock().unwrap().finished.clone()
    }

    pub(crate) fn requests(&self) -> Vec<RunRequest> {
        self.state.lock().unwrap().requests.clone()
    }

    pub(crate) fn resumed(&self) -> Vec<ResumeRequest> {
        self.state.lock().unwrap().resumed.clone()
    }

    pub(crate) fn built(&self) -> Vec<ResolvedBackend> {
        self.state.lock().unwrap().built.clone()
    }

    pub(crate) fn signals(&self) -> Vec<Signal> {
        self.state.lock().unwrap().signals.clone()
    }

    pub(crate) fn given(&self) -> Vec<InputAnswer> {
        self.state.lock().unwrap().given.clone()
    }

    /// What was said before, and beside it whatever signals come.
    fn say(&self, line: Option<Line>, signals: Signals) -> ProgressStream {
        let taken = self.taken.clone();
        let said = match line {
            Some(line) => stream::unfold(line, move |mut line| {
                let taken = taken.clone();
                async move {
                    let progress = line.recv().await?;
                    taken.fetch_add(1, SeqCst);
                    Some((progress, line))
                }
            })
            .boxed(),
            None => stream::empty().boxed(),
        };
        let state = self.state.clone();
        let heard = signals.filter_map(move |signal| {
            state.lock().unwrap().signals.push(signal);
            std::future::ready(None)
        });
        // The attempt is over when there is nothing more to say.
        let over = said.map(Some).chain(stream::once(async { None }));
        stream::select(over, heard)
            .take_while(|progress| std::future::ready(progress.is_some()))
            .filter_map(std::future::ready)
            .boxed()
    }
}

impl PlatformFactory for Peer {
    fn platform(&self) -> Platform {
        self.platform
    }

    fn description(&self) -> PlatformInfo {
        PlatformInfo {
            platform: self.platform,
            title: "Scripted".to_owned(),
            summary: String::new(),
            base_url_example: String::new(),
            options_schema: json!({}),
            secrets_schema: json!({}),
            guide: String::new(),
        }
    }

    fn build(&self, backend: ResolvedBackend) -> Result<Arc<dyn BackendClient>, Failure> {
        if !backend.base_url.starts_with("http") {
            return Err(Failure::new(ErrorCode::InvalidUrl, "not a URL").at("/base_url"));
        }
        let id = backend.id;
        {
            let mut state = self.state.lock().unwrap();
            state.hosts.push(backend.host.clone());
            state.built.push(backend);
        }
        self.clients.fetch_add(1, SeqCst);
        Ok(Arc::new(Client { id, peer: self.clone() }))
    }
}

struct Client {
    id: BackendId,
    peer: Peer,
}

impl Drop for Client {
    fn drop(&mut self) {
        self.peer.clients.fetch_sub(1, SeqCst);
    }
}

#[async_trait]
impl BackendClient for Client {
    fn id(&self) -> BackendId {
        self.id
    }

    fn kind(&self) -> BackendType {
        self.peer.platform.backend_type()
    }

    async fn test_connection(&self) -> ConnectionReport {
        self.peer.checks.fetch_add(1, SeqCst);
        let state = {
            let health = &mut self.peer.state.lock().unwrap().health;
            let next = health.front().copied().unwrap_or(HealthState::Connected);
            if health.len() > 1 {
                health.pop_front();
            }
            next
        };
        let works = state == HealthState::Connected;
        let failure = (!works).then(|| Failure::new(ErrorCode::PeerUnreachable, "nobody there"));
        ConnectionReport {
            state,
            latency_ms: works.then_some(3),
            version: works.then(|| "2.41.1".to_owned()),
            workflows: None,
            checks: vec![Check {
                name: "reachable".to_owned(),
                status: if works { CheckStatus::Passed } else { CheckStatus::Failed },
                message: String::new(),
                failure,
            }],
        }
    }

    async fn discover_workflows(&self) -> Result<Vec<WorkflowInfo>, Failure> {
        self.peer.discoveries.fetch_add(1, SeqCst);
        self.peer.discovery_gate.acquire().await.unwrap().forget();
        Ok(self.peer.state.lock().unwrap().workflows.clone())
    }

    async fn discover_tools(&self) -> Result<Vec<ToolInfo>, Failure> {
        Ok(self.peer.state.lock().unwrap().tools.clone())
    }

    async fn discover_offers(&self) -> Result<Option<Offers>, Failure> {
        self.peer.state.lock().unwrap().offers.clone().transpose()
    }

    fn check_arguments(&self, tool: &ToolInfo, arguments: &Value) -> Result<(), Failure> {
        let missing: Vec<Fault> = tool.input_schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .filter(|name| arguments.get(*name).is_none())
            .map(|name| Fault { place: format!("/{name}"), message: "is missing".to_owned() })
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(Failure::new(ErrorCode::InvalidInput, "The arguments do not fit.").faults(missing))
    }

    async fn read_resource(&self, uri: &str) -> Result<ResourceContents, Failure> {
        self.peer.discovery_gate.acquire().await.unwrap().forget();
        let text = Some("read".to_owned());
        let content = ResourceContent { uri: uri.to_owned(), text, ..ResourceContent::default() };
        Ok(ResourceContents { contents: vec![content] })
    }

    async fn get_prompt(
        &self,
        name: &str,
        arguments: &BTreeMap<String, String>,
    ) -> Result<PromptResult, Failure> {
        Ok(PromptResult { description: Some(format!("{name} {arguments:?}")), messages: Vec::new() })
    }

    async fn complete(&self, request: &CompletionRequest) -> Result<Completion, Failure> {
        Ok(Completion { values: vec![format!("{}!", request.value)], ..Completion::default() })
    }

    async fn begin_sign_in(&self, redirect_uri: &str) -> Result<SignIn, Failure> {
        let mut state = self.peer.state.lock().unwrap();
        state.redirects.push(redirect_uri.to_owned());
        let number = state.redirects.len();
        Ok(SignIn { url: "https://peer.test/authorize".to_owned(), state: format!("state-{number}") })
    }

    async fn finish_sign_in(&self, answer: &SignInAnswer) -> Result<(), Failure> {
        let mut state = self.peer.state.lock().unwrap();
        state.finished.push(answer.clone());
        state.sign_in.clone().map_or(Ok(()), Err)
    }

    async fn sign_out(&self) -> Result<(), Failure> {
        self.peer.state.lock().unwrap().finished.clear();
        Ok(())
    }

    fn journal(&self) -> Vec<JournalLine> {
        let line = |text: &str| JournalLine {
            at: jackfield_protocol::time::now(),
            source: "stderr".to_owned(),
            text: text.to_owned(),
        };
        vec![line("first"), line("second")]
    }

    fn check_input(&self, _: &WorkflowInfo, _: Option<&str>, input: &RunInput) -> Result<(), Failure> {
        match input.text.as_deref() {
            Some("bad") => Err(Failure::new(ErrorCode::InvalidInput, "bad input").at("/input/text")),
            _ => Ok(()),
        }
    }

    fn stream_completion(&self, request: RunRequest, signals: Signals) -> ProgressStream {
        self.peer.sent.fetch_add(1, SeqCst);
        let line = {
            let mut state = self.peer.state.lock().unwrap();
            state.requests.push(request);
            state.sends.pop_front()
        };
        self.peer.say(line, signals)
    }

    fn resume(&self, request: ResumeRequest, signals: Signals) -> ProgressStream {
        self.peer.resumes.fetch_add(1, SeqCst);
        let line = {
            let mut state = self.peer.state.lock().unwrap();
            state.resumed.push(request);
            state.resumes.pop_front()
        };
        self.peer.say(line, signals)
    }

    async fn cancel(&self, _: &ResumeRequest) -> Result<CancelReport, Failure> {
        self.peer.cancels.fetch_add(1, SeqCst);
        self.peer.cancel_gate.acquire().await.unwrap().forget();
        self.peer.state.lock().unwrap().cancel.clone().expect("the test says how a cancel goes")
    }

    async fn answer_input(
        &self,
        _: &ResumeRequest,
        _: &InputRequired,
        answer: &InputAnswer,
    ) -> Result<(), Failure> {
        self.peer.state.lock().unwrap().given.push(answer.clone());
        self.peer.answer_gate.acquire().await.unwrap().forget();
        self.peer.state.lock().unwrap().answer.clone().map_or(Ok(()), Err)
    }
}
