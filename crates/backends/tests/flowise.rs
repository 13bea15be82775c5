//! What is Flowise's own and in no shared check: runs without a key, restarts, answers given elsewhere, JSON lines, streams without text, no answer at all.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::{sync::Arc, time::Duration};

use futures_channel::mpsc;
use futures_util::StreamExt as _;
use jackfield_protocol::{
    error::ErrorCode,
    event::{
        Done, Draft, EventBody, Grammar, InputRequired, Outcome, ResolvedBy, Start, StreamEvent, Transcript,
    },
    ids::{ConversationId, RunId},
    model::{CheckStatus, HealthState, InputAnswer, Platform, RunInput},
    port::{
        AttemptEnd, BackendClient, Checkpoint, HistoryMessage, Progress, ProgressStream, ResolvedBackend,
        ResumeRequest, RunRequest, Secrets,
    },
    time::now,
};
use jackfield_testkit::{
    flowise::{Corpus, SimulatedFlowise},
    replay::{Answer, Gate, Pacing, ReplayServer},
};
use serde_json::{Value, json};

const CHAT: &str = "e70ca005-88f1-47fb-a216-fef271c82af2";
const AGENT: &str = "750db741-b87d-4d02-9fa2-45314f6d6099";
const HUMAN: &str = "72c4e684-26c3-4860-857f-73b02a4e8d7a";
const PATIENCE: Duration = Duration::from_secs(30);

async fn flowise() -> SimulatedFlowise {
    SimulatedFlowise::start(Corpus::recorded("v3.1.4").unwrap(), Pacing::None).await.unwrap()
}

fn client(base_url: &str, key: Option<&str>, options: Value) -> Arc<dyn BackendClient> {
    let mut all = json!({"first_byte_timeout_ms": 800, "silence_timeout_ms": 600, "recovery_timeout_ms": 1500, "running_timeout_ms": 20_000});
    for (name, value) in options.as_object().into_iter().flatten() {
        all[name] = value.clone();
    }
    let secrets: Secrets = key.map(|key| ("api_key".to_owned(), key.to_owned().into())).into_iter().collect();
    let factories = jackfield_backends::platforms(jackfield_backends::LocalPrograms::default());
    let factory = factories.iter().find(|factory| factory.platform() == Platform::Flowise).unwrap();
    factory.build(ResolvedBackend::unsaved(base_url, all, secrets)).unwrap()
}

/// One run, as the engine drives it.
struct Drive {
    client: Arc<dyn BackendClient>,
    run: RunRequest,
    grammar: Grammar,
    seen: Transcript,
    checkpoint: Option<Checkpoint>,
    events: Vec<EventBody>,
}

impl Drive {
    async fn new(client: &Arc<dyn BackendClient>, flow: &str, text: &str) -> Self {
        let workflows = client.discover_workflows().await.unwrap();
        let workflow = workflows.into_iter().find(|workflow| workflow.external_id == flow).unwrap();
        let input = RunInput { text: Some(text.to_owned()), ..RunInput::default() };
        client.check_input(&workflow, None, &input).unwrap();
        let run = RunRequest {
            run_id: RunId::new(),
            attempt: 1,
            created_at: now(),
            tool: None,
            workflow,
            entry: None,
            input,
            files: Vec::new(),
            conversation_id: None,
            history: Vec::new(),
        };
        let mut drive = Self {
            client: client.clone(),
            run,
            grammar: Grammar::new(),
            seen: Transcript::new(),
            checkpoint: None,
            events: Vec::new(),
        };
        let start = Start {
            backend: "test".to_owned(),
            platform: Platform::Flowise,
            workflow_id: None,
            workflow: String::new(),
            entry: None,
            simulated: true,
        };
        drive.take(Draft::new(EventBody::Start(start)));
        drive
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
        self.grammar.accept(&draft).unwrap();
        self.events.push(draft.body.clone());
        let event: StreamEvent = draft.stamp(self.run.run_id, self.seen.last_seq + 1, now(), None);
        self.seen.apply(&event);
    }

    /// Reads until `enough` holds (`None`) or the attempt ends.
    async fn read(
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

    async fn done(&mut self, stream: &mut ProgressStream) -> Done {
        match self.read(stream, |_| false).await {
            Some(AttemptEnd::Done(done)) => done,
            other => panic!("{other:?} after {:?}", self.events.last()),
        }
    }

    async fn question(&mut self, stream: &mut ProgressStream) -> InputRequired {
        let end = self.read(stream, |body| matches!(body, EventBody::InputRequired(_))).await;
        match (end, self.events.last()) {
            (None, Some(EventBody::InputRequired(question))) => question.clone(),
            other => panic!("{other:?}"),
        }
    }

    fn text(&self, done: &Done) -> String {
        done.answer
            .iter()
            .filter_map(|id| self.seen.message(id))
            .map(|message| message.text.as_str())
            .collect()
    }
}

fn proceed() -> InputAnswer {
    InputAnswer { choice: Some("proceed".to_owned()), text: Some("looks fine".to_owned()), data: None }
}

#[tokio::test]
async fn one_flow_runs_without_a_key_and_what_is_missing_is_said() {
    let flowise = flowise().await;
    let client = client(&format!("{}/api/v1/prediction/{CHAT}", flowise.base_url()), None, json!({}));
    let report = client.test_connection().await;
    assert_eq!(report.state, HealthState::Degraded);
    let key = report.checks.iter().find(|check| check.name == "api_key").unwrap();
    assert!(key.status == CheckStatus::Warning && key.message.contains("recovered"), "{key:?}");
    let mut drive = Drive::new(&client, CHAT, "hello [tokens=8]").await;
    let mut stream = drive.open();
    let done = drive.done(&mut stream).await;
    assert_eq!(
        (done.outcome, drive.text(&done).as_str()),
        (Outcome::Succeeded, "tok1 tok2 tok3 tok4 tok5 tok6 tok7 tok8")
    );
    let mut stream = drive.reopen();
    assert_eq!(drive.done(&mut stream).await.outcome, Outcome::Unknown);
    assert!(flowise.requests().iter().all(|request| request.header("authorization").is_none()));
}

#[tokio::test]
async fn a_key_without_permissions_is_named_by_what_it_lacks() {
    let flowise = flowise().await;
    let report = client(&flowise.base_url(), Some(&flowise.weak_key()), json!({})).test_connection().await;
    assert_eq!(report.failure().unwrap().code, ErrorCode::PeerScopeMissing);
    assert_eq!(report.state, HealthState::Degraded);
}

#[tokio::test]
async fn an_agentflow_that_a_restart_took_has_failed_and_a_chat_flow_is_unknown() {
    for (flow, case, outcome) in [
        (AGENT, "a14-af2-agent-last-stream.1", Outcome::Failed),
        (CHAT, "a01-chat-stream.1", Outcome::Unknown),
    ] {
        let flowise = flowise().await;
        let gate = Gate::new();
        flowise.pace(case, Pacing::Gated(gate.clone()));
        let client = client(&flowise.base_url(), Some(&flowise.api_key()), json!({}));
        let mut drive = Drive::new(&client, flow, "hi").await;
        let mut stream = drive.open();
        gate.let_go(6);
        drive.read(&mut stream, |body| matches!(body, EventBody::Delta(_) | EventBody::StepStart(_))).await;
        flowise.kill();
        assert!(matches!(drive.read(&mut stream, |_| false).await, Some(AttemptEnd::Lost(_))));
        // Nobody listens while it is down.
        let mut stream = drive.reopen();
        assert!(matches!(drive.read(&mut stream, |_| false).await, Some(AttemptEnd::Lost(_))));
        flowise.start_again();
        let mut stream = drive.reopen();
        let mut end = drive.read(&mut stream, |_| false).await;
        while matches!(end, Some(AttemptEnd::Lost(_))) {
            stream = drive.reopen();
            end = drive.read(&mut stream, |_| false).await;
        }
        let Some(AttemptEnd::Done(done)) = end else { panic!("{end:?}") };
        assert_eq!(done.outcome, outcome, "{:?}", done.reason);
        assert_eq!(flowise.started_by(&drive.run.run_id.to_string()), 1);
    }
}

#[tokio::test]
async fn a_question_survives_the_hub_and_is_answered_in_the_same_run() {
    let flowise = flowise().await;
    let client = client(&flowise.base_url(), Some(&flowise.api_key()), json!({}));
    flowise.choose("h01-human-proceed.1");
    let mut drive = Drive::new(&client, HUMAN, "draft").await;
    let mut stream = drive.open();
    let question = drive.question(&mut stream).await;
    assert!(question.prompt.contains("Send this draft?"), "{question:?}");
    drop(stream);
    let mut stream = drive.reopen();
    // Polled, so that it listens again before the answer is given.
    assert!(tokio::time::timeout(Duration::from_millis(300), stream.next()).await.is_err());
    client.answer_input(&drive.resume_request(), &question, &proceed()).await.unwrap();
    let done = drive.done(&mut stream).await;
    assert_eq!(
        (done.outcome, drive.text(&done).as_str()),
        (Outcome::Succeeded, "Sent: tok1 tok2 tok3 tok4 tok5 tok6")
    );
    let sent = flowise
        .requests()
        .into_iter()
        .rfind(|request| request.path.contains("/prediction/"))
        .unwrap()
        .json()
        .unwrap();
    assert_eq!(
        sent["humanInput"],
        json!({"type": "proceed", "feedback": "looks fine", "startNodeId": "humanInputAgentflow_0"})
    );
    let again = client.answer_input(&drive.resume_request(), &question, &proceed()).await.unwrap_err();
    assert_eq!(again.code, ErrorCode::NotWaiting);
    assert_eq!(flowise.started_by(&drive.run.run_id.to_string()), 1);
}

#[tokio::test]
async fn an_answer_given_in_flowise_is_noticed_and_followed() {
    let flowise = flowise().await;
    let client = client(&flowise.base_url(), Some(&flowise.api_key()), json!({}));
    flowise.choose("h01-human-proceed.1");
    let mut drive = Drive::new(&client, HUMAN, "draft").await;
    let mut stream = drive.open();
    let question = drive.question(&mut stream).await;
    // Another hub answers: nobody hands its stream over to us.
    let other = self::client(&flowise.base_url(), Some(&flowise.api_key()), json!({}));
    other.answer_input(&drive.resume_request(), &question, &proceed()).await.unwrap();
    let done = drive.done(&mut stream).await;
    assert_eq!(done.outcome, Outcome::Succeeded);
    let resolved = drive.events.iter().find_map(|body| match body {
        EventBody::InputResolved(resolved) => Some(resolved.by),
        _ => None,
    });
    assert_eq!(resolved, Some(ResolvedBy::Peer));
    assert_eq!(drive.text(&done), "Sent: tok1 tok2 tok3 tok4 tok5 tok6");
}

#[tokio::test]
async fn no_answer_goes_to_another_run_of_the_conversation() {
    let flowise = flowise().await;
    let client = client(&flowise.base_url(), Some(&flowise.api_key()), json!({}));
    flowise.choose("h01-human-proceed.1");
    let conversation = ConversationId::new();
    let mut first = Drive::new(&client, HUMAN, "draft").await;
    first.run.conversation_id = Some(conversation);
    let mut stream = first.open();
    let question = first.question(&mut stream).await;
    tokio::time::sleep(Duration::from_millis(1100)).await; // Flowise keeps whole seconds of a begin.
    let mut second = Drive::new(&client, HUMAN, "draft").await;
    second.run.conversation_id = Some(conversation);
    let mut other = second.open();
    second.question(&mut other).await;
    let refused = client.answer_input(&first.resume_request(), &question, &proceed()).await.unwrap_err();
    assert!(refused.code == ErrorCode::NotWaiting && refused.message.contains("Another run"), "{refused:?}");
}

#[tokio::test]
async fn what_was_said_elsewhere_is_handed_over_once_and_said() {
    let flowise = flowise().await;
    let client = client(&flowise.base_url(), Some(&flowise.api_key()), json!({}));
    let conversation = ConversationId::new();
    // The first run of the flow hears all; the second was there; before the third somebody else was asked.
    for (turn, heard) in [false, true, false].into_iter().enumerate() {
        let mut drive = Drive::new(&client, CHAT, "hello [tokens=8]").await;
        drive.run.conversation_id = Some(conversation);
        let said =
            |text: &str, heard| HistoryMessage { role: "user".to_owned(), text: text.to_owned(), heard };
        drive.run.history = vec![said("my name is Ada", heard || turn == 2), said("I like chess", heard)];
        let mut stream = drive.open();
        drive.done(&mut stream).await;
        let sent = flowise
            .requests()
            .into_iter()
            .rfind(|request| request.path.contains("/prediction/"))
            .unwrap()
            .json()
            .unwrap();
        let count = sent["history"].as_array().map_or(0, Vec::len);
        assert_eq!(count, [2, 0, 1][turn], "{sent}");
        assert_eq!(sent["overrideConfig"]["sessionId"], conversation.to_string());
        assert_eq!(sent["chatId"], drive.run.run_id.to_string());
        let noted = drive.seen.messages().iter().any(|message| message.log.contains("handed over"));
        assert_eq!(noted, turn != 1);
    }
}

/// A server with one flow, `CHAT`, that answers predictions like this.
async fn scripted(prediction: Answer) -> ReplayServer {
    let server = ReplayServer::start().await.unwrap();
    server.on("GET", "/api/v1/version", Answer::json(200, &json!({"version": "3.1.4"})));
    let flows = json!({"data": [{"id": CHAT, "name": "one", "type": "CHATFLOW", "flowData": "{\"nodes\":[{\"id\":\"a\",\"data\":{}}]}"}], "total": 1});
    server.on("GET", "/api/v1/chatflows", Answer::json(200, &flows));
    server.on("GET", "/api/v1/chatflows-streaming/*", Answer::json(200, &json!({"isStreaming": true})));
    server.on("GET", "/api/v1/chatflows-uploads/*", Answer::json(200, &json!({})));
    server.on("POST", "/api/v1/prediction/*", prediction);
    server
}

const LINES: &str = "{\"event\":\"start\",\"data\":\"\"}\n{\"event\":\"token\",\"data\":\"one\"}\n{nope\n{\"event\":\"metadata\",\"data\":{}}\n{\"event\":\"end\",\"data\":\"[DONE]\"}\n";

#[tokio::test]
async fn json_lines_are_told_by_the_answer_or_by_the_option() {
    for (media_type, options) in [
        ("application/x-ndjson", json!({})),
        ("application/json", json!({})),
        ("text/plain", json!({})),
        ("text/event-stream", json!({"stream_format": "jsonl"})),
    ] {
        let server = scripted(Answer::new(200, media_type, LINES).chunked()).await;
        let client = client(&server.base_url(), Some("key"), options);
        let mut drive = Drive::new(&client, CHAT, "hi").await;
        let mut stream = drive.open();
        let done = drive.done(&mut stream).await;
        assert_eq!((done.outcome, drive.text(&done).as_str()), (Outcome::Succeeded, "one"), "{media_type}");
        assert_eq!(drive.seen.raw_frames, 1, "{media_type}: the defective line is kept");
    }
}

#[tokio::test]
async fn a_stream_without_text_is_completed_from_the_stored_message() {
    let stream = "message:\ndata:{\"event\":\"metadata\",\"data\":{\"chatId\":\"x\"}}\n\nmessage:\ndata:{\"event\":\"end\",\"data\":\"[DONE]\"}\n\n";
    let server = scripted(Answer::new(200, "text/event-stream", stream).chunked()).await;
    let stored = json!([{"role": "userMessage", "content": "hi"}, {"role": "apiMessage", "content": "from the record", "usedTools": [{"tool": "t", "toolInput": {}, "toolOutput": "1"}]}]);
    server.on("GET", "/api/v1/chatmessage/*", Answer::json(200, &stored));
    let client = client(&server.base_url(), Some("key"), json!({}));
    let mut drive = Drive::new(&client, CHAT, "hi").await;
    let mut stream = drive.open();
    let done = drive.done(&mut stream).await;
    assert_eq!((done.outcome, drive.text(&done).as_str()), (Outcome::Succeeded, "from the record"));
}

#[tokio::test]
async fn an_end_without_success_is_a_lost_connection() {
    let stream = "message:\ndata:{\"event\":\"token\",\"data\":\"a\"}\n\nmessage:\ndata:{\"event\":\"end\",\"data\":\"[DONE]\"}\n\n";
    let server = scripted(Answer::new(200, "text/event-stream", stream).chunked()).await;
    let client = client(&server.base_url(), Some("key"), json!({}));
    let mut drive = Drive::new(&client, CHAT, "hi").await;
    let mut stream = drive.open();
    assert!(matches!(drive.read(&mut stream, |_| false).await, Some(AttemptEnd::Lost(_))));
}

#[tokio::test]
async fn no_answer_at_all_ends_at_the_deadline_with_the_likely_reason() {
    let server = scripted(Answer::json(200, &json!({})).delay(Duration::from_secs(20))).await;
    server.on("GET", "/api/v1/chatmessage/*", Answer::json(200, &json!([])));
    let client = client(&server.base_url(), Some("key"), json!({}));
    let mut drive = Drive::new(&client, CHAT, "hi").await;
    let mut stream = drive.open();
    let done = drive.done(&mut stream).await;
    assert_eq!(done.outcome, Outcome::Unknown);
    let error = drive.seen.errors.last().unwrap();
    assert!(
        error.code == ErrorCode::PeerNoAnswer
            && error.hint.as_deref().unwrap().contains("fails before it streams"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_flow_that_is_gone_is_not_sent() {
    let flowise = flowise().await;
    let client = client(&flowise.base_url(), Some(&flowise.api_key()), json!({}));
    let mut drive = Drive::new(&client, CHAT, "hi").await;
    drive.run.workflow.external_id = "00000000-0000-4000-8000-000000000000".to_owned();
    let mut stream = drive.open();
    assert_eq!(drive.done(&mut stream).await.outcome, Outcome::Failed);
    assert_eq!(drive.seen.errors[0].code, ErrorCode::PeerEntryNotFound);
    assert!(drive.seen.errors[0].retry_safe && flowise.started_by(&drive.run.run_id.to_string()) == 0);
}

#[tokio::test]
async fn refusals_rate_limits_and_proxies_are_told_apart() {
    let html = "<html><head><title>504</title></head></html>";
    let cases = [
        (
            Answer::new(429, "text/html", "Slow down please").header("Retry-After", "29"),
            Some(ErrorCode::PeerRateLimited),
        ),
        (
            Answer::json(403, &json!({"statusCode": 403, "success": false, "message": "not here"})),
            Some(ErrorCode::PeerRejected),
        ),
        (
            Answer::json(
                500,
                &json!({"success": false, "message": "Error: predictionsServices.buildChatflow - Unauthorized"}),
            ),
            Some(ErrorCode::PeerEntryAuth),
        ),
        (Answer::new(504, "text/html", html), None),
    ];
    for (answer, code) in cases {
        let server = scripted(answer).await;
        let client = client(&server.base_url(), Some("key"), json!({}));
        let mut drive = Drive::new(&client, CHAT, "hi").await;
        let mut stream = drive.open();
        let end = drive.read(&mut stream, |_| false).await;
        match code {
            Some(code) => {
                assert!(
                    matches!(&end, Some(AttemptEnd::Done(done)) if done.outcome == Outcome::Failed),
                    "{end:?}"
                );
                assert_eq!(drive.seen.errors[0].code, code);
            }
            // A proxy speaks: the run may go on behind it.
            None => assert!(matches!(end, Some(AttemptEnd::Lost(_))), "{end:?}"),
        }
    }
}

#[tokio::test]
async fn the_key_never_comes_back_out_of_the_client() {
    let echo = "message:\ndata:{\"event\":\"token\",\"data\":\"your key is canary-key-1\"}\n\nmessage:\ndata:{\"event\":\"error\",\"data\":\"bad key canary-key-1\"}\n\nmessage:\ndata:{\"event\":\"end\",\"data\":\"[DONE]\"}\n\n";
    let server = scripted(Answer::new(200, "text/event-stream", echo).chunked()).await;
    let client = client(&server.base_url(), Some("canary-key-1"), json!({}));
    let mut drive = Drive::new(&client, CHAT, "hi").await;
    let mut stream = drive.open();
    let done = drive.done(&mut stream).await;
    assert!(!format!("{:?} {done:?}", drive.events).contains("canary"), "{:?}", drive.events);
}
