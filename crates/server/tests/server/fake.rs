//! A backend whose workflows do what the tests need: nothing here imitates a real peer.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

use async_trait::async_trait;
use futures_util::StreamExt as _;
use jackfield_protocol::{
    error::{ErrorCode, Failure, Fault},
    event::{
        Artifact, Choice, Delta, Done, Draft, EventBody, InputKind, InputRequired, InputResolved, Outcome,
        ResolvedBy, StepEnd, StepKind, StepStart, StepStatus,
    },
    ids::BackendId,
    model::{
        BackendType, CancelEffect, CancelReport, Check, CheckStatus, Completion, CompletionRequest,
        ConnectionReport, EntryPoint, HealthState, InputAnswer, Offers, Platform, PromptInfo, PromptMessage,
        PromptResult, ResourceContent, ResourceContents, ResourceInfo, ResourceTemplateInfo, RunInput,
        ToolInfo, Verdict, WorkflowInfo,
    },
    port::{
        AttemptEnd, BackendClient, JournalLine, PlatformFactory, PlatformInfo, ProgressStream, Reporter,
        ResolvedBackend, ResumeRequest, RunRequest, SignIn, SignInAnswer, Signal, Signals, progress_stream,
    },
};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

/// The scripted platform; every delta of the workflow `gated` takes one permit of the gate.
#[derive(Clone)]
pub(crate) struct Fake {
    pub(crate) gate: Arc<Semaphore>,
    platform: Platform,
    /// What an MCP server of it has, and how it stands.
    pub(crate) mcp: Arc<Mutex<Mcp>>,
}

pub(crate) struct Mcp {
    pub(crate) tools: Vec<ToolInfo>,
    pub(crate) state: HealthState,
    pub(crate) redirects: Vec<String>,
    pub(crate) answers: Vec<SignInAnswer>,
}

impl Fake {
    pub(crate) fn new() -> Self {
        let broken = ToolInfo { problem: Some("its schema is no object.".to_owned()), ..tool("broken") };
        let mcp = Mcp {
            tools: vec![tool("lookup"), tool("ask"), broken],
            state: HealthState::Connected,
            redirects: Vec::new(),
            answers: Vec::new(),
        };
        Self { gate: Arc::new(Semaphore::new(0)), platform: Platform::N8n, mcp: Arc::new(Mutex::new(mcp)) }
    }

    /// The same as MCP servers.
    pub(crate) fn as_mcp(&self) -> Self {
        Self { platform: Platform::Mcp, ..self.clone() }
    }

    pub(crate) fn mcp(&self) -> MutexGuard<'_, Mcp> {
        self.mcp.lock().unwrap()
    }
}

/// A tool that wants `q`.
pub(crate) fn tool(name: &str) -> ToolInfo {
    ToolInfo {
        name: name.to_owned(),
        description: Some(format!("What {name} does.")),
        input_schema: json!({"type": "object", "required": ["q"]}),
        definition: json!({"name": name}),
        fingerprint: "1".repeat(64),
        ..ToolInfo::default()
    }
}

impl PlatformFactory for Fake {
    fn platform(&self) -> Platform {
        self.platform
    }

    fn description(&self) -> PlatformInfo {
        PlatformInfo {
            platform: self.platform,
            title: "Scripted".to_owned(),
            summary: "Only for tests.".to_owned(),
            base_url_example: "http://peer.test".to_owned(),
            options_schema: json!({"type": "object"}),
            secrets_schema: json!({"type": "object"}),
            guide: String::new(),
        }
    }

    fn build(&self, backend: ResolvedBackend) -> Result<Arc<dyn BackendClient>, Failure> {
        assert!(backend.base_url != "http://panic.test", "canary in a panic");
        if !backend.base_url.starts_with("http") {
            return Err(Failure::new(ErrorCode::InvalidUrl, "That is no URL.").at("/base_url"));
        }
        Ok(Arc::new(Client { id: backend.id, gate: Arc::clone(&self.gate), fake: self.clone() }))
    }
}

struct Client {
    id: BackendId,
    gate: Arc<Semaphore>,
    fake: Fake,
}

impl Client {
    fn is_mcp(&self) -> bool {
        self.fake.platform == Platform::Mcp
    }
}

#[async_trait]
impl BackendClient for Client {
    fn id(&self) -> BackendId {
        self.id
    }

    fn kind(&self) -> BackendType {
        self.fake.platform.backend_type()
    }

    async fn test_connection(&self) -> ConnectionReport {
        let check = Check {
            name: "reachable".to_owned(),
            status: CheckStatus::Passed,
            message: "It answers.".to_owned(),
            failure: None,
        };
        ConnectionReport {
            state: if self.is_mcp() { self.fake.mcp().state } else { HealthState::Connected },
            latency_ms: Some(1),
            version: Some("1.0".to_owned()),
            workflows: Some(5),
            checks: vec![check],
        }
    }

    async fn discover_workflows(&self) -> Result<Vec<WorkflowInfo>, Failure> {
        if self.is_mcp() {
            return Ok(Vec::new());
        }
        let mut all: Vec<_> =
            ["echo", "gated", "ask", "spans", "file"].into_iter().map(|name| workflow(name, true)).collect();
        all.push(workflow("schedule", false));
        Ok(all)
    }

    async fn discover_tools(&self) -> Result<Vec<ToolInfo>, Failure> {
        Ok(if self.is_mcp() { self.fake.mcp().tools.clone() } else { vec![tool("lookup")] })
    }

    async fn discover_offers(&self) -> Result<Option<Offers>, Failure> {
        if !self.is_mcp() {
            return Ok(None);
        }
        Ok(Some(Offers {
            server: json!({"name": "files", "version": "1.2"}),
            protocol: Some("2025-11-25".to_owned()),
            transport: Some("stdio".to_owned()),
            resources: ["a", "b"]
                .map(|name| ResourceInfo {
                    uri: format!("file:///{name}"),
                    name: name.to_owned(),
                    ..ResourceInfo::default()
                })
                .into(),
            resource_templates: vec![ResourceTemplateInfo {
                uri_template: "file:///{name}".to_owned(),
                ..ResourceTemplateInfo::default()
            }],
            prompts: vec![PromptInfo { name: "greet".to_owned(), ..PromptInfo::default() }],
            ..Offers::default()
        }))
    }

    fn check_arguments(&self, _: &ToolInfo, arguments: &Value) -> Result<(), Failure> {
        let wrong: Vec<Fault> = ["q"]
            .into_iter()
            .filter(|name| !arguments[*name].is_string())
            .map(|name| Fault { place: format!("/{name}"), message: "a string is expected".to_owned() })
            .collect();
        if wrong.is_empty() {
            return Ok(());
        }
        Err(Failure::new(ErrorCode::InvalidInput, "The arguments do not fit.").faults(wrong))
    }

    async fn read_resource(&self, uri: &str) -> Result<ResourceContents, Failure> {
        if uri != "file:///a" {
            return Err(Failure::new(ErrorCode::PeerRejected, "The server has no such resource.").at("/uri"));
        }
        let text = Some("content of a".to_owned());
        let content = ResourceContent { uri: uri.to_owned(), text, ..ResourceContent::default() };
        Ok(ResourceContents { contents: vec![content] })
    }

    async fn get_prompt(
        &self,
        name: &str,
        arguments: &BTreeMap<String, String>,
    ) -> Result<PromptResult, Failure> {
        let who = arguments.get("who").cloned().unwrap_or_default();
        let content = json!({"type": "text", "text": format!("{name} {who}")});
        let message = PromptMessage { role: "user".to_owned(), content };
        Ok(PromptResult { description: None, messages: vec![message] })
    }

    async fn complete(&self, request: &CompletionRequest) -> Result<Completion, Failure> {
        Ok(Completion { values: vec![format!("{}st", request.value)], ..Completion::default() })
    }

    async fn begin_sign_in(&self, redirect_uri: &str) -> Result<SignIn, Failure> {
        if !self.is_mcp() {
            return Err(Failure::new(ErrorCode::InvalidRequest, "This backend has no sign-in."));
        }
        let mut mcp = self.fake.mcp();
        mcp.redirects.push(redirect_uri.to_owned());
        let state = format!("state{}", mcp.redirects.len());
        Ok(SignIn { url: format!("https://peer.test/authorize?state={state}"), state })
    }

    async fn finish_sign_in(&self, answer: &SignInAnswer) -> Result<(), Failure> {
        let mut mcp = self.fake.mcp();
        mcp.answers.push(answer.clone());
        match &answer.error {
            None => Ok(()),
            Some(error) => {
                let words = answer.error_description.as_deref().unwrap_or(error);
                let message = format!("The server did not let you in: {words}");
                Err(Failure::new(ErrorCode::PeerUnauthorized, message).hint("Try another account."))
            }
        }
    }

    async fn sign_out(&self) -> Result<(), Failure> {
        self.fake.mcp().answers.clear();
        Ok(())
    }

    fn journal(&self) -> Vec<JournalLine> {
        let at = jackfield_protocol::time::now();
        vec![JournalLine { at, source: "stderr".to_owned(), text: "listening".to_owned() }]
    }

    fn check_input(&self, workflow: &WorkflowInfo, _: Option<&str>, input: &RunInput) -> Result<(), Failure> {
        if !workflow.runnable {
            return Err(Failure::new(ErrorCode::NotRunnable, "It cannot be run."));
        }
        if input.text.as_deref() == Some("bad") {
            return Err(Failure::new(ErrorCode::InvalidInput, "Not this text.").at("/input/text"));
        }
        Ok(())
    }

    fn stream_completion(&self, request: RunRequest, signals: Signals) -> ProgressStream {
        let gate = Arc::clone(&self.gate);
        progress_stream(move |reporter| async move {
            let name = request.tool.as_ref().map(|tool| tool.name.as_str());
            match name.unwrap_or(request.workflow.external_id.as_str()) {
                "lookup" => lookup(reporter, &request).await,
                "gated" => gated(reporter, &request, &gate).await,
                "ask" => ask(reporter, signals).await,
                "spans" => spans(reporter, signals).await,
                "file" => file(reporter, &request).await,
                _ => echo(reporter, &request).await,
            }
            let done = Done {
                outcome: Outcome::Succeeded,
                verdict: Verdict::Verified,
                reason: None,
                answer: Vec::new(),
                duration_ms: None,
                usage: None,
            };
            AttemptEnd::Done(done)
        })
    }

    fn resume(&self, _: ResumeRequest, _: Signals) -> ProgressStream {
        progress_stream(|_| async { AttemptEnd::Lost(Failure::internal("scripted backends do not resume")) })
    }

    async fn cancel(&self, _: &ResumeRequest) -> Result<CancelReport, Failure> {
        Ok(CancelReport { effect: CancelEffect::Stopped, message: "stopped".to_owned() })
    }

    async fn answer_input(
        &self,
        _: &ResumeRequest,
        _: &InputRequired,
        _: &InputAnswer,
    ) -> Result<(), Failure> {
        Ok(())
    }
}

fn workflow(name: &str, runnable: bool) -> WorkflowInfo {
    let entry =
        EntryPoint { id: "in".to_owned(), kind: "webhook".to_owned(), runnable, ..EntryPoint::default() };
    WorkflowInfo {
        external_id: name.to_owned(),
        name: format!("The {name}"),
        tags: vec!["test".to_owned()],
        active: true,
        runnable,
        entries: vec![entry],
        ..WorkflowInfo::default()
    }
}

/// One delta for each word of the text.
async fn echo(mut reporter: Reporter, request: &RunRequest) {
    for word in request.input.text.as_deref().unwrap_or_default().split_inclusive(' ') {
        reporter.draft(Draft::new(EventBody::Delta(Delta::text(word))).message("m")).await;
    }
}

/// `input.data` deltas, each when the gate lets it go. Every one is its own commit: steps are not batched.
async fn gated(mut reporter: Reporter, request: &RunRequest, gate: &Semaphore) {
    let count = request.input.data.as_ref().and_then(serde_json::Value::as_u64).unwrap_or(1);
    for n in 0..count {
        gate.acquire().await.unwrap().forget();
        reporter.draft(Draft::new(EventBody::Delta(Delta::text(format!("{n} ")))).message("m")).await;
    }
}

/// Says what was looked for.
async fn lookup(mut reporter: Reporter, request: &RunRequest) {
    let q = request.input.data.as_ref().and_then(|data| data["q"].as_str()).unwrap_or_default();
    reporter.draft(Draft::new(EventBody::Delta(Delta::text(format!("found {q}")))).message("m")).await;
}

async fn ask(mut reporter: Reporter, mut signals: Signals) {
    let choice = Choice { id: "yes".to_owned(), label: "Yes".to_owned() };
    let question = InputRequired {
        request_id: "q1".into(),
        kind: InputKind::Choice,
        prompt: "Go on?".to_owned(),
        choices: vec![choice],
        schema: None,
        expires_at: None,
        url: None,
    };
    reporter.draft(Draft::new(EventBody::InputRequired(question))).await;
    while let Some(signal) = signals.next().await {
        if matches!(&signal, Signal::Answered(id) if id.0 == "q1") {
            let resolved = InputResolved {
                request_id: "q1".into(),
                by: ResolvedBy::Answer,
                choice: Some("yes".to_owned()),
            };
            reporter.draft(Draft::new(EventBody::InputResolved(resolved))).await;
            return;
        }
    }
}

/// Says that it listens, then makes a step of every span, until the span of the workflow itself.
async fn spans(mut reporter: Reporter, mut signals: Signals) {
    reporter.draft(Draft::new(EventBody::Delta(Delta::text("listening"))).message("m")).await;
    while let Some(signal) = signals.next().await {
        let Signal::Span(span) = signal else { continue };
        let name = span.attributes.get("n8n.node.name").and_then(|name| name.as_str()).unwrap_or(&span.name);
        let start = StepStart {
            name: name.to_owned(),
            kind: StepKind::Node,
            started_at: Some(span.started_at),
            ..StepStart::default()
        };
        let last = span.name == "workflow.execute";
        reporter.draft(Draft::new(EventBody::StepStart(start)).step(span.span_id.clone())).await;
        let end = StepEnd { error: span.error, ..StepEnd::of(StepStatus::Succeeded) };
        reporter.draft(Draft::new(EventBody::StepEnd(end)).step(span.span_id)).await;
        if last {
            return;
        }
    }
}

/// Gives every file back as an artifact.
async fn file(mut reporter: Reporter, request: &RunRequest) {
    for (meta, bytes) in request.input.files.iter().zip(&request.files) {
        let artifact =
            Artifact { name: meta.name.clone(), media_type: meta.media_type.clone(), ..Artifact::default() };
        reporter.draft(Draft::artifact(artifact, bytes.clone())).await;
    }
}
