//! What is Sim's own and in no shared check: durable runs, a cut live run, a restart, pauses, older versions, deployed chats.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::{path::Path, sync::Arc, time::Duration};

use futures_channel::mpsc;
use futures_util::StreamExt as _;
use jackfield_protocol::{
    error::ErrorCode,
    event::{Done, Draft, EventBody, Outcome, StepStatus, Transcript},
    ids::{ConversationId, RunId},
    model::{HealthState, InputAnswer, Platform, RunInput},
    port::{
        AttemptEnd, BackendClient, Checkpoint, HistoryMessage, Progress, ProgressStream, ResolvedBackend,
        ResumeRequest, RunRequest, Secrets,
    },
    time::now,
};
use jackfield_testkit::{
    replay::{Answer, Gate, Pacing, ReplayServer},
    sim::{Face, SimulatedSim},
};
use serde_json::{Value, json};

const ECHO: &str = "9308274e-0a9e-48c8-888c-0608f60456a6";
const WEATHER: &str = "11d58715-31d9-4bfd-88a6-c162de3dd622";
const HUMAN: &str = "119fba93-de91-40af-8048-f2a56ca5e3b1";
const PATIENCE: Duration = Duration::from_secs(30);

async fn sim() -> SimulatedSim {
    SimulatedSim::start(Face::Legacy, Pacing::None).await.unwrap()
}

fn client(base_url: &str, key: Option<&str>, options: Value) -> Arc<dyn BackendClient> {
    let mut all =
        json!({"first_byte_timeout_ms": 800, "silence_timeout_ms": 600, "running_timeout_ms": 20_000});
    for (name, value) in options.as_object().into_iter().flatten() {
        all[name] = value.clone();
    }
    let secrets: Secrets = key.map(|key| ("api_key".to_owned(), key.to_owned().into())).into_iter().collect();
    let factories = jackfield_backends::platforms(jackfield_backends::LocalPrograms::default());
    let factory = factories.iter().find(|factory| factory.platform() == Platform::SimStudio).unwrap();
    factory.build(ResolvedBackend::unsaved(base_url, all, secrets)).unwrap()
}

fn of(sim: &SimulatedSim, options: Value) -> Arc<dyn BackendClient> {
    let mut all = json!({"workspace": sim.workspace()});
    for (name, value) in options.as_object().into_iter().flatten() {
        all[name] = value.clone();
    }
    client(&sim.base_url(), Some(&sim.api_key()), all)
}

/// One run, as the engine drives it.
struct Drive {
    client: Arc<dyn BackendClient>,
    run: RunRequest,
    seen: Transcript,
    checkpoint: Option<Checkpoint>,
}

impl Drive {
    async fn new(client: &Arc<dyn BackendClient>, workflow: &str, entry: Option<&str>) -> Self {
        let workflows = client.discover_workflows().await.unwrap();
        let workflow = workflows.into_iter().find(|known| known.external_id == workflow).unwrap();
        let input = RunInput { text: Some("hello".to_owned()), ..RunInput::default() };
        client.check_input(&workflow, entry, &input).unwrap();
        let run = RunRequest {
            run_id: RunId::new(),
            attempt: 1,
            created_at: now(),
            tool: None,
            workflow,
            entry: entry.map(str::to_owned),
            input,
            files: Vec::new(),
            conversation_id: None,
            history: Vec::new(),
        };
        Self { client: client.clone(), run, seen: Transcript::new(), checkpoint: None }
    }

    fn resume_request(&self) -> ResumeRequest {
        ResumeRequest { run: self.run.clone(), checkpoint: self.checkpoint.clone(), seen: self.seen.clone() }
    }

    fn open(&self) -> ProgressStream {
        self.client.stream_completion(self.run.clone(), mpsc::channel(1).1)
    }

    fn reopen(&mut self) -> ProgressStream {
        self.run.attempt += 1;
        self.client.resume(self.resume_request(), mpsc::channel(1).1)
    }

    fn take(&mut self, draft: Draft) {
        let event = draft.stamp(self.run.run_id, self.seen.last_seq + 1, now(), None);
        self.seen.apply(&event);
    }

    /// Follows until an event is enough, or the attempt ends.
    async fn until(
        &mut self,
        stream: &mut ProgressStream,
        enough: impl Fn(&EventBody) -> bool,
    ) -> Option<AttemptEnd> {
        loop {
            match tokio::time::timeout(PATIENCE, stream.next()).await.unwrap().unwrap() {
                Progress::Draft(draft) => {
                    let stop = enough(&draft.body);
                    self.take(draft);
                    if stop {
                        return None;
                    }
                }
                Progress::Checkpoint(checkpoint) => self.checkpoint = Some(checkpoint),
                Progress::End(end) => return Some(end),
            }
        }
    }

    /// To the end, taking lost attempts up again as the engine does.
    async fn done(&mut self, mut stream: ProgressStream) -> Done {
        for _ in 0..20 {
            match self.until(&mut stream, |_| false).await.unwrap() {
                AttemptEnd::Done(done) => return done,
                AttemptEnd::Lost(_) => stream = self.reopen(),
                AttemptEnd::NotSent(failure) => panic!("{failure:?}"),
            }
        }
        panic!("it is lost again and again");
    }
}

fn is_question(body: &EventBody) -> bool {
    matches!(body, EventBody::InputRequired(_))
}

fn is_words(body: &EventBody) -> bool {
    matches!(body, EventBody::Delta(_))
}

#[tokio::test]
async fn a_durable_run_survives_cuts_and_a_killed_hub() {
    let sim = sim().await;
    let gate = Gate::new();
    sim.choose("exec-stream-tools-live");
    sim.pace("exec-stream-tools-live", Pacing::Gated(gate.clone()));
    let client = of(&sim, json!({}));
    let mut drive = Drive::new(&client, WEATHER, Some("durable")).await;
    let mut stream = drive.open();
    assert!(
        drive.until(&mut stream, |body| matches!(body, EventBody::Link(_))).await.is_none(),
        "it is known by its id"
    );
    // The hub is killed: nothing is left but the log and the checkpoint.
    drop(stream);
    let stream = drive.reopen();
    sim.cut_connections();
    gate.open();
    let done = drive.done(stream).await;
    assert_eq!(done.outcome, Outcome::Succeeded);
    assert_eq!(drive.seen.message(&done.answer[0]).unwrap().text, "tok1 tok2 tok3 tok4 tok5 tok6");
    let tool = drive.seen.steps().iter().find(|step| step.is_tool_call).unwrap();
    assert_eq!((tool.name.as_str(), tool.status), ("get_weather", Some(StepStatus::Succeeded)));
    assert_eq!(tool.input, Some(json!({"city": "Paris"})));
    assert_eq!((sim.started_by(&drive.run.run_id.to_string()), sim.violations()), (1, Vec::new()));
}

#[tokio::test]
async fn a_cut_live_run_keeps_its_words_and_says_what_happened() {
    let sim = sim().await;
    let gate = Gate::new();
    sim.choose("exec-stream-selected");
    sim.pace("exec-stream-selected", Pacing::Gated(gate.clone()));
    let client = of(&sim, json!({}));
    let mut drive = Drive::new(&client, ECHO, None).await;
    let mut stream = drive.open();
    gate.let_go(1);
    assert!(drive.until(&mut stream, is_words).await.is_none());
    sim.cut_connections();
    let done = drive.done(stream).await;
    assert_eq!(done.outcome, Outcome::Failed);
    let error = drive.seen.errors.last().unwrap();
    assert!(
        error.code == ErrorCode::PeerLostRun && error.hint.as_ref().unwrap().contains("durabl"),
        "{error:?}"
    );
    assert!(
        drive.seen.messages().iter().any(|message| message.text == "tok1 "),
        "{:?}",
        drive.seen.messages()
    );
    assert_eq!(sim.started_by(&drive.run.run_id.to_string()), 1);
}

#[tokio::test]
async fn a_run_that_sim_lost_in_a_restart_ends_at_the_ceiling_as_unknown() {
    let sim = sim().await;
    let gate = Gate::new();
    sim.pace("exec-stream-selected", Pacing::Gated(gate.clone()));
    sim.choose("exec-stream-selected");
    let client = of(&sim, json!({"running_timeout_ms": 1000}));
    let mut drive = Drive::new(&client, ECHO, Some("durable")).await;
    let mut stream = drive.open();
    assert!(drive.until(&mut stream, |body| matches!(body, EventBody::Link(_))).await.is_none());
    sim.kill();
    sim.start_again();
    let done = drive.done(stream).await;
    assert_eq!(done.outcome, Outcome::Unknown);
    assert_eq!(drive.seen.errors.last().unwrap().code, ErrorCode::RecoveryImpossible);
}

#[tokio::test]
async fn a_run_that_never_arrived_may_be_run_again() {
    let sim = sim().await;
    let client = of(&sim, json!({}));
    let mut drive = Drive::new(&client, ECHO, None).await;
    let stream = drive.reopen();
    let done = drive.done(stream).await;
    assert_eq!(done.outcome, Outcome::Failed);
    let error = drive.seen.errors.last().unwrap();
    assert!(error.retry_safe && error.code == ErrorCode::PeerLostRun, "{error:?}");
}

#[tokio::test]
async fn a_pause_is_answered_once_live_and_durably() {
    for entry in ["live", "durable"] {
        let sim = sim().await;
        let client = of(&sim, json!({}));
        let mut drive = Drive::new(&client, HUMAN, Some(entry)).await;
        let mut stream = drive.open();
        assert!(drive.until(&mut stream, is_question).await.is_none(), "{entry}: a pause is no success");
        let question = drive.seen.pending[0].clone();
        let answer = InputAnswer {
            data: Some(json!({"approved": true, "comment": "fine"})),
            ..InputAnswer::default()
        };
        client.answer_input(&drive.resume_request(), &question, &answer).await.unwrap();
        let again = client.answer_input(&drive.resume_request(), &question, &answer).await.unwrap_err();
        assert_eq!(again.code, ErrorCode::NotWaiting, "{entry}");
        let done = drive.done(stream).await;
        assert_eq!(done.outcome, Outcome::Succeeded, "{entry}");
        let text = &drive.seen.message(&done.answer[0]).unwrap().text;
        assert!(text.contains("\"approved\": true"), "{entry}: {text}");
    }
}

#[tokio::test]
async fn the_form_of_a_pause_is_checked_where_a_text_cannot_fill_it() {
    let sim = sim().await;
    let client = of(&sim, json!({}));
    let mut drive = Drive::new(&client, HUMAN, None).await;
    let mut stream = drive.open();
    drive.until(&mut stream, is_question).await;
    let question = drive.seen.pending[0].clone();
    assert_eq!(question.schema.as_ref().unwrap()["properties"]["approved"]["type"], "boolean");
    let text = InputAnswer { text: Some("yes".to_owned()), ..InputAnswer::default() };
    let refused = client.answer_input(&drive.resume_request(), &question, &text).await.unwrap_err();
    assert_eq!((refused.code, refused.place.as_deref()), (ErrorCode::InvalidInput, Some("/answer/data")));
}

#[tokio::test]
async fn the_workspace_is_found_or_asked_for() {
    let off = sim().await;
    let blind = client(&off.base_url(), Some(&off.api_key()), json!({}));
    let report = blind.test_connection().await;
    let failure = report.failure().unwrap();
    assert_eq!(
        (failure.code, failure.place.as_deref()),
        (ErrorCode::InvalidConfig, Some("/options/workspace"))
    );
    let address = format!("{}/workspace/{}/w/{WEATHER}", off.base_url(), off.workspace());
    let told = client(&address, Some(&off.api_key()), json!({}));
    assert_eq!(told.test_connection().await.state, HealthState::Connected);
    let by_workflow = client(
        &format!("{}/api/workflows/{WEATHER}/execute", off.base_url()),
        Some(&off.api_key()),
        json!({}),
    );
    assert_eq!(by_workflow.test_connection().await.state, HealthState::Connected);
    let on = SimulatedSim::start(Face::V2, Pacing::None).await.unwrap();
    let finds = client(&on.base_url(), Some(&on.api_key()), json!({}));
    let report = finds.test_connection().await;
    assert_eq!(report.state, HealthState::Connected, "{report:?}");
    assert!(
        report.checks.iter().any(|check| check.name == "limits" && check.message.contains("free")),
        "{report:?}"
    );
    assert_eq!(on.cases().len() + off.cases().len(), 26);
    assert!(on.requests().iter().all(|request| request.method == "GET"), "a test runs nothing");
}

#[tokio::test]
async fn discovery_tells_ways_in_inputs_and_the_picture() {
    let sim = sim().await;
    let client = of(&sim, json!({"durable_workflows": ["Echo agent B"], "chats": ["lab-chat"]}));
    let found = client.discover_workflows().await.unwrap();
    let by = |id: &str| found.iter().find(|workflow| workflow.external_id == id).unwrap();
    let weather = by(WEATHER);
    let entries: Vec<_> = weather.entries.iter().map(|entry| (entry.id.as_str(), entry.streams)).collect();
    assert_eq!(entries, [("live", Some(true)), ("durable", Some(false))]);
    let graph = weather.graph.as_ref().unwrap();
    assert!(graph.nodes.iter().any(|node| node.name == "Agent 1" && node.kind == "agent"), "{graph:?}");
    assert!(weather.warnings[0].contains("only after the end"));
    assert!(weather.editor_url.as_ref().unwrap().ends_with(&format!("/w/{WEATHER}")));
    assert_eq!(by(ECHO).entries[0].id, "durable", "as the option says");
    let chat = by("chat:lab-chat");
    assert_eq!((chat.name.as_str(), chat.runnable), ("Lab chat", true));
}

#[tokio::test]
async fn what_was_said_elsewhere_goes_before_the_text() {
    let sim = sim().await;
    let client = of(&sim, json!({}));
    let mut drive = Drive::new(&client, ECHO, None).await;
    drive.run.conversation_id = Some(ConversationId::new());
    drive.run.history =
        vec![HistoryMessage { role: "user".to_owned(), text: "I am Ada".to_owned(), heard: false }];
    let stream = drive.open();
    assert_eq!(drive.done(stream).await.outcome, Outcome::Succeeded);
    let sent = sim
        .requests()
        .into_iter()
        .rfind(|request| request.path.ends_with("/execute"))
        .unwrap()
        .json()
        .unwrap();
    assert!(
        sent["input"].as_str().unwrap().contains("User: I am Ada") && sent["conversationId"].is_string(),
        "{sent}"
    );
    assert!(drive.seen.messages().iter().any(|message| message.log.contains("handed over")));
}

/// The body of a recording.
fn recorded(name: &str) -> (u16, String) {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../fixtures/wire/sim/v0.8.9/{name}.json"));
    let value: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let body = value["chunks"].as_array().unwrap().iter().filter_map(|chunk| chunk[1].as_str()).collect();
    (u16::try_from(value["response"]["status"].as_u64().unwrap()).unwrap(), body)
}

fn answer(name: &str) -> Answer {
    let (status, body) = recorded(name);
    let kind = if body.starts_with("data: ") { "text/event-stream" } else { "application/json" };
    Answer::new(status, kind, body)
}

/// A server with the recorded workflow of errors, that answers runs like this, one after the other.
async fn scripted(runs: &[Answer], status: &str) -> ReplayServer {
    let server = ReplayServer::start().await.unwrap();
    server.on("GET", "/api/v2/*", answer("v2-off"));
    for run in runs {
        server.on("POST", "/api/workflows/*", run.clone());
    }
    server.on("GET", "/api/workflows/*", answer(status));
    server.on("GET", "/api/v1/logs", answer("error-fnerr-logs"));
    server.on("GET", "/api/v1/workflows", answer("v1-workflows"));
    server.on("GET", "/api/v1/workflows/*", answer("v1-workflow-detail"));
    server
}

#[tokio::test]
async fn a_failed_run_that_answers_500_has_failed_with_its_block_and_steps() {
    let server = scripted(&[answer("error-fnerr-sync")], "error-fnerr-status").await;
    let client = client(&server.base_url(), Some("a key"), json!({"workspace": "w"}));
    let mut drive = Drive::new(&client, ECHO, None).await;
    let stream = drive.open();
    let done = drive.done(stream).await;
    assert_eq!(done.outcome, Outcome::Failed);
    let error = drive.seen.errors.last().unwrap();
    assert!(error.code == ErrorCode::WorkflowFailed && error.message.contains("boom"), "{error:?}");
    assert!(
        drive.seen.steps().iter().any(|step| step.status == Some(StepStatus::Failed)),
        "{:?}",
        drive.seen.steps()
    );
}

#[tokio::test]
async fn an_older_sim_that_refuses_the_flags_is_asked_again_without_them() {
    let runs = [answer("exec-stream-flags-without-protocol"), answer("exec-stream-selected")];
    let server = scripted(&runs, "execution-status").await;
    let client = client(&server.base_url(), Some("a key"), json!({"workspace": "w"}));
    let mut drive = Drive::new(&client, ECHO, None).await;
    let stream = drive.open();
    assert_eq!(drive.done(stream).await.outcome, Outcome::Succeeded);
    let sent: Vec<Value> = server
        .requests()
        .iter()
        .filter(|request| request.method == "POST")
        .map(|request| request.json().unwrap())
        .collect();
    assert_eq!(sent.len(), 2);
    assert!(sent[0]["includeThinking"] == true && sent[1].get("includeThinking").is_none(), "{sent:?}");
}

#[tokio::test]
async fn a_workflow_that_is_not_deployed_says_so_and_a_taken_id_is_looked_up() {
    let server = scripted(&[answer("err-not-deployed")], "execution-status").await;
    let client = client(&server.base_url(), Some("a key"), json!({"workspace": "w"}));
    let mut drive = Drive::new(&client, ECHO, None).await;
    let stream = drive.open();
    assert_eq!(drive.done(stream).await.outcome, Outcome::Failed);
    let error = drive.seen.errors.last().unwrap();
    assert!(error.code == ErrorCode::NotRunnable && error.retry_safe, "{error:?}");
    let taken = scripted(&[answer("exec-stream-own-id-again")], "execution-status").await;
    let client = self::client(&taken.base_url(), Some("a key"), json!({"workspace": "w"}));
    let mut drive = Drive::new(&client, ECHO, None).await;
    let stream = drive.open();
    assert_eq!(
        drive.done(stream).await.outcome,
        Outcome::Succeeded,
        "the run is there: its record tells the end"
    );
    assert_eq!(taken.requests().iter().filter(|request| request.method == "POST").count(), 1);
}

#[tokio::test]
async fn a_deployed_chat_streams_without_a_key_and_cannot_be_recovered() {
    let server = ReplayServer::start().await.unwrap();
    server.on("GET", "/api/chat/lab-chat", answer("chat-config"));
    server.on("POST", "/api/chat/lab-chat", answer("chat-stream"));
    let client = client(&format!("{}/chat/lab-chat", server.base_url()), None, json!({}));
    let mut drive = Drive::new(&client, "chat:lab-chat", None).await;
    let stream = drive.open();
    let done = drive.done(stream).await;
    assert_eq!(done.outcome, Outcome::Succeeded);
    assert!(drive.seen.message(&done.answer[0]).unwrap().text.contains("tok1"));
    let stream = drive.reopen();
    assert_eq!(drive.done(stream).await.outcome, Outcome::Unknown);
}

#[tokio::test]
async fn a_workflow_that_ran_long_runs_durably_by_default() {
    let server = ReplayServer::start().await.unwrap();
    server.on("GET", "/api/v2/*", answer("v2-off"));
    server.on(
        "GET",
        "/api/v1/logs",
        Answer::json(200, &json!({"data": [{"workflowId": ECHO, "totalDurationMs": 90_000}]})),
    );
    server.on("GET", "/api/v1/workflows", answer("v1-workflows"));
    server.on("GET", "/api/v1/workflows/*", answer("v1-workflow-detail"));
    let client = client(&server.base_url(), Some("a key"), json!({"workspace": "w"}));
    let found = client.discover_workflows().await.unwrap();
    for workflow in &found {
        let expected = if workflow.external_id == ECHO { "durable" } else { "live" };
        assert_eq!(workflow.entries[0].id, expected, "{}", workflow.name);
    }
    assert!(found.len() > 1);
    let asked = server.requests().into_iter().find(|request| request.path == "/api/v1/logs").unwrap();
    assert_eq!(asked.query("minDurationMs").as_deref(), Some("60000"));
}
