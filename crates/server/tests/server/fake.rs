//! A backend whose workflows do what the tests need: nothing here imitates a real peer.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::StreamExt as _;
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::{
        Artifact, Choice, Delta, Done, Draft, EventBody, InputKind, InputRequired, InputResolved, Outcome,
        ResolvedBy, StepEnd, StepKind, StepStart, StepStatus,
    },
    ids::BackendId,
    model::{
        BackendType, CancelEffect, CancelReport, Check, CheckStatus, ConnectionReport, EntryPoint,
        HealthState, InputAnswer, Platform, RunInput, ToolInfo, Verdict, WorkflowInfo,
    },
    port::{
        AttemptEnd, BackendClient, PlatformFactory, PlatformInfo, ProgressStream, Reporter, ResolvedBackend,
        ResumeRequest, RunRequest, Signal, Signals, progress_stream,
    },
};
use serde_json::json;
use tokio::sync::Semaphore;

/// The scripted platform; every delta of the workflow `gated` takes one permit of the gate.
#[derive(Clone)]
pub(crate) struct Fake {
    pub(crate) gate: Arc<Semaphore>,
}

impl Fake {
    pub(crate) fn new() -> Self {
        Self { gate: Arc::new(Semaphore::new(0)) }
    }
}

impl PlatformFactory for Fake {
    fn platform(&self) -> Platform {
        Platform::N8n
    }

    fn description(&self) -> PlatformInfo {
        PlatformInfo {
            platform: Platform::N8n,
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
        Ok(Arc::new(Client { id: backend.id, gate: Arc::clone(&self.gate) }))
    }
}

struct Client {
    id: BackendId,
    gate: Arc<Semaphore>,
}

#[async_trait]
impl BackendClient for Client {
    fn id(&self) -> BackendId {
        self.id
    }

    fn kind(&self) -> BackendType {
        BackendType::Orchestrator
    }

    async fn test_connection(&self) -> ConnectionReport {
        let check = Check {
            name: "reachable".to_owned(),
            status: CheckStatus::Passed,
            message: "It answers.".to_owned(),
            failure: None,
        };
        ConnectionReport {
            state: HealthState::Connected,
            latency_ms: Some(1),
            version: Some("1.0".to_owned()),
            workflows: Some(5),
            checks: vec![check],
        }
    }

    async fn discover_workflows(&self) -> Result<Vec<WorkflowInfo>, Failure> {
        let mut all: Vec<_> =
            ["echo", "gated", "ask", "spans", "file"].into_iter().map(|name| workflow(name, true)).collect();
        all.push(workflow("schedule", false));
        Ok(all)
    }

    async fn discover_tools(&self) -> Result<Vec<ToolInfo>, Failure> {
        Ok(vec![ToolInfo {
            name: "lookup".to_owned(),
            input_schema: json!({"type": "object"}),
            ..ToolInfo::default()
        }])
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
            match request.workflow.external_id.as_str() {
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
