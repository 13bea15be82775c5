//! From drafts to the log: order, grammar, blobs, failing stores.

use std::{sync::atomic::Ordering::SeqCst, time::Duration};

use bytes::Bytes;
use futures_util::{FutureExt as _, StreamExt as _};
use jackfield_engine::EngineConfig;
use jackfield_protocol::{
    api::StartRun,
    error::ErrorCode,
    event::{Artifact, Delta, Done, Draft, EventBody, Outcome, StepEnd, StepStatus, StreamEvent},
    ids::BlobId,
    model::{InputFile, RunInput, RunStatus, Verdict},
    port::{Progress, RunFilter, Store as _},
};
use serde_json::json;

use crate::support::{
    Fault, Hub, assert_whole, checkpoint, done, echo, follow, kinds, lost, outcome, quick, step, text, until,
};

fn text_of(events: &[StreamEvent]) -> String {
    events
        .iter()
        .filter_map(|event| match &event.body {
            EventBody::Delta(delta) => Some(delta.text.as_str()),
            _ => None,
        })
        .collect()
}

#[tokio::test]
async fn a_run_is_told_from_start_to_done_and_closes_what_is_open() {
    let hub = Hub::new().await;
    hub.peer.sends([step("outer"), step("inner"), text("Hi"), checkpoint("77"), done(Outcome::Succeeded)]);
    let run = hub.start().await;
    assert_eq!((run.status, run.last_seq, run.attempt), (RunStatus::Queued, 0, 0));
    let events = hub.ended(run.id).await;
    assert_eq!(
        kinds(&events),
        ["start", "step_start", "step_start", "delta", "step_end", "step_end", "done"]
    );
    assert_whole(&events, 0);
    assert_eq!(events[4].step_id, Some("inner".into()), "the innermost is closed first");
    assert_eq!(events[1].source.backend_id, Some(hub.backend), "the peer's events name it");
    assert_eq!(events[0].source.backend_id, None, "the hub's own do not");
    let run = hub.engine.run(run.id).await.unwrap();
    assert_eq!((run.status, run.external_id.as_deref()), (RunStatus::Succeeded, Some("77")));
    assert!(run.done.unwrap().duration_ms.is_some());
    assert_eq!(hub.peer.sent.load(SeqCst), 1);
    let stats = hub.engine.stats();
    assert_eq!((stats.outcomes["succeeded"], stats.events, stats.active_runs), (1, 7, 0));
}

#[tokio::test]
async fn nothing_is_shown_before_it_is_written() {
    let hub = Hub::new().await;
    let line = hub.peer.next_send();
    let run = hub.start().await;
    hub.status(run.id, RunStatus::Running).await;
    let mut reader = hub.engine.follow(run.id, 0).await.unwrap();
    assert!(matches!(reader.next().await.unwrap().unwrap().body, EventBody::Start(_)));

    hub.store.hold();
    line.send(text("secret")).unwrap();
    until("the append waits", || hub.store.waiting_appends.load(SeqCst) == 1).await;
    line.send(text(" more")).unwrap();
    line.send(step("s")).unwrap();
    for _ in 0..50 {
        assert!(reader.next().now_or_never().is_none(), "nothing is shown that is not written");
        tokio::task::yield_now().await;
    }
    assert_eq!(hub.store.log(run.id).len(), 1);
    hub.store.release();
    assert_eq!(reader.next().await.unwrap().unwrap().seq, 2);
    line.send(done(Outcome::Succeeded)).unwrap();
    assert_eq!(text_of(&hub.ended(run.id).await), "secret more");
    // What came while the first delta was being written went into one commit.
    let appends = hub.store.appends.lock().unwrap().clone();
    assert_eq!(&appends[..3], [1, 1, 2]);
}

#[tokio::test]
async fn the_request_goes_out_only_after_start_is_written() {
    let hub = Hub::new().await;
    hub.store.hold();
    hub.peer.sends([done(Outcome::Succeeded)]);
    let run = hub.start().await;
    until("the append waits", || hub.store.waiting_appends.load(SeqCst) == 1).await;
    assert_eq!(hub.peer.sent.load(SeqCst), 0);
    hub.store.release();
    hub.ended(run.id).await;
    assert_eq!(hub.peer.sent.load(SeqCst), 1);
}

#[tokio::test]
async fn while_a_commit_is_under_way_the_peer_is_heard_up_to_a_bound() {
    let hub = Hub::with(EngineConfig { max_pending_events: 10, ..quick() }).await;
    let line = hub.peer.next_send();
    let run = hub.start().await;
    hub.status(run.id, RunStatus::Running).await;
    hub.store.hold();
    for n in 0..100 {
        line.send(text(&format!("{n},"))).unwrap();
    }
    line.send(done(Outcome::Succeeded)).unwrap();
    until("the append waits", || hub.store.waiting_appends.load(SeqCst) == 1).await;
    let taken = || hub.peer.taken.load(SeqCst);
    until("the buffer is full", || taken() == 11).await;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(taken(), 11, "the first, and as many as the buffer holds; the rest waits at the peer");
    hub.store.release();
    let events = hub.ended(run.id).await;
    assert_eq!(text_of(&events), (0..100).map(|n| format!("{n},")).collect::<String>());
}

#[tokio::test(start_paused = true)]
async fn the_first_delta_goes_at_once_and_the_next_are_collected() {
    let hub = Hub::new().await;
    let line = hub.peer.next_send();
    let run = hub.start().await;
    hub.status(run.id, RunStatus::Running).await;
    // A silence before each: what is said after a silence goes at once.
    tokio::time::sleep(Duration::from_millis(100)).await;
    for n in 0..5 {
        line.send(text(&n.to_string())).unwrap();
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(hub.store.log(run.id).len(), 2, "start and the first delta");
    tokio::time::sleep(Duration::from_millis(25)).await;
    assert_eq!(hub.store.log(run.id).len(), 6);
    assert_eq!(*hub.store.appends.lock().unwrap(), [1, 1, 4]);
}

#[tokio::test]
async fn what_breaks_the_grammar_is_kept_as_raw_and_the_run_goes_on() {
    let hub = Hub::new().await;
    let end = Draft::new(EventBody::StepEnd(StepEnd::of(StepStatus::Succeeded))).step("never-opened");
    let nameless = Draft::new(EventBody::Delta(Delta::text("no message id")));
    let early = Done {
        outcome: Outcome::Succeeded,
        verdict: Verdict::Verified,
        reason: None,
        answer: Vec::new(),
        duration_ms: None,
        usage: None,
    };
    let drafts = [end, nameless, Draft::new(EventBody::Done(early))];
    hub.peer.sends(drafts.map(Progress::Draft).into_iter().chain([text("ok"), done(Outcome::Succeeded)]));
    let run = hub.start().await;
    let events = hub.ended(run.id).await;
    assert_eq!(kinds(&events), ["start", "raw", "raw", "raw", "delta", "done"]);
    let EventBody::Raw(raw) = &events[1].body else { panic!() };
    assert!(raw.reason.contains("never-opened has no start"), "{}", raw.reason);
    assert!(raw.frame.contains("step_end"));
    assert_eq!(hub.engine.stats().raw_frames, 3);
}

#[tokio::test]
async fn an_event_that_is_too_long_is_kept_as_raw_and_a_long_text_is_divided() {
    let hub = Hub::new().await;
    let long = "ä".repeat(200_000);
    let error = jackfield_protocol::error::Failure::new(ErrorCode::StepFailed, long.clone());
    let error = Progress::Draft(Draft::new(error.into_event(false, false)));
    hub.peer.sends([error, text(&long), done(Outcome::Succeeded)]);
    let run = hub.start().await;
    let events = hub.ended(run.id).await;
    let EventBody::Raw(raw) = &events[1].body else { panic!("{:?}", kinds(&events)) };
    assert!(raw.reason.contains("more than 262144 bytes"));
    assert!(events.iter().all(|event| serde_json::to_vec(event).unwrap().len() < 300_000));
    assert_eq!(text_of(&events), long);
}

#[tokio::test]
async fn large_values_and_payloads_become_blobs_even_if_the_store_fails_at_first() {
    let hub = Hub::new().await;
    hub.store.blob_faults.store(2, SeqCst);
    let value = json!({"rows": vec!["x".repeat(1000); 100]});
    let end = StepEnd { output: Some(value.clone()), ..StepEnd::of(StepStatus::Succeeded) };
    let image = Artifact { name: "a.png".into(), media_type: "image/png".into(), ..Artifact::default() };
    let image = Draft::artifact(image, Bytes::from_static(b"png"));
    hub.peer.sends([
        step("s"),
        Progress::Draft(Draft::new(EventBody::StepEnd(end)).step("s")),
        Progress::Draft(image),
        done(Outcome::Succeeded),
    ]);
    let run = hub.start().await;
    let events = hub.ended(run.id).await;
    let EventBody::StepEnd(end) = &events[2].body else { panic!("{:?}", kinds(&events)) };
    let id: BlobId = end.output.as_ref().unwrap()["$blob"].as_str().unwrap().parse().unwrap();
    let blob = hub.engine.blob(id).await.unwrap();
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&blob.bytes).unwrap(), value);
    let EventBody::Artifact(artifact) = &events[3].body else { panic!() };
    let blob = hub.engine.blob(artifact.blob_id.unwrap()).await.unwrap();
    assert_eq!((blob.media_type.as_str(), blob.bytes.as_ref()), ("image/png", b"png".as_slice()));
}

#[tokio::test]
async fn a_store_that_fails_for_a_while_costs_no_event_and_writes_none_twice() {
    let hub = Hub::new().await;
    hub.store.fail([Fault::Io, Fault::WrittenButIo, Fault::Io, Fault::WrittenButIo, Fault::WrittenButIo]);
    hub.peer.sends([text("a"), step("s"), text("b"), done(Outcome::Succeeded)]);
    let run = hub.start().await;
    let events = hub.ended(run.id).await;
    assert_whole(&events, 0);
    assert_eq!(kinds(&events), ["start", "delta", "step_start", "delta", "step_end", "done"]);
    assert_eq!((hub.peer.sent.load(SeqCst), hub.peer.resumes.load(SeqCst)), (1, 0));
}

#[tokio::test]
async fn a_store_that_fails_for_long_ends_the_attempt_and_what_was_heard_is_not_lost() {
    let hub = Hub::with(EngineConfig { storage_patience: Duration::from_millis(20), ..quick() }).await;
    let line = hub.peer.next_send();
    let run = hub.start().await;
    hub.status(run.id, RunStatus::Running).await;
    hub.store.set_down(true);
    line.send(text("before")).unwrap();
    until("the connection is given up", || line.is_closed()).await;
    hub.peer.resumes_with([text(" and after"), done(Outcome::Succeeded)]);
    hub.store.set_down(false);
    let events = hub.ended(run.id).await;
    assert_eq!(text_of(&events), "before and after");
    assert_eq!(hub.peer.sent.load(SeqCst), 1);
}

#[tokio::test]
async fn a_run_with_bad_input_is_not_written_down() {
    let hub = Hub::new().await;
    let start = |input| StartRun { input, ..echo() };
    let bad = RunInput { text: Some("bad".to_owned()), ..RunInput::default() };
    let failure = hub.engine.start_run(start(bad)).await.unwrap_err();
    assert_eq!((failure.code, failure.place.as_deref()), (ErrorCode::InvalidInput, Some("/input/text")));
    let file = InputFile {
        field: "f".into(),
        name: "a.txt".into(),
        media_type: "text/plain".into(),
        size: 1,
        blob_id: BlobId::new(),
    };
    let lacks = RunInput { files: vec![file], ..RunInput::default() };
    let failure = hub.engine.start_run(start(lacks)).await.unwrap_err();
    assert_eq!(failure.place.as_deref(), Some("/input/files/0/blob_id"));
    let nowhere = StartRun { workflow: Some("Nope".to_owned()), ..echo() };
    assert_eq!(hub.engine.start_run(nowhere).await.unwrap_err().code, ErrorCode::NotFound);
    let nameless = StartRun { workflow: None, ..echo() };
    assert_eq!(hub.engine.start_run(nameless).await.unwrap_err().code, ErrorCode::InvalidRequest);
    assert_eq!(hub.engine.runs(RunFilter { limit: 10, ..RunFilter::default() }).await.unwrap(), []);
    assert_eq!(hub.engine.stats().active_runs, 0);
}

#[tokio::test]
async fn files_go_with_the_request_and_not_with_a_resume() {
    let hub = Hub::new().await;
    let blob_id = hub.engine.put_file("text/plain".to_owned(), Bytes::from_static(b"abc")).await.unwrap();
    let file =
        InputFile { field: "f".into(), name: "a".into(), media_type: "text/plain".into(), size: 3, blob_id };
    let input = RunInput { files: vec![file], ..RunInput::default() };
    hub.peer.sends([lost()]);
    hub.peer.resumes_with([done(Outcome::Succeeded)]);
    let run = hub.engine.start_run(StartRun { input, ..echo() }).await.unwrap();
    hub.ended(run.id).await;
    assert_eq!(hub.peer.requests()[0].files, [Bytes::from_static(b"abc")]);
    assert!(hub.peer.resumed()[0].run.files.is_empty());
}

#[tokio::test]
async fn no_more_runs_than_allowed_go_on_at_once() {
    let hub = Hub::with(EngineConfig { max_active_runs: 2, ..quick() }).await;
    let lines = [hub.peer.next_send(), hub.peer.next_send()];
    let first = hub.start().await;
    hub.start().await;
    let failure = hub.engine.start_run(echo()).await.unwrap_err();
    assert_eq!(failure.code, ErrorCode::TooManyRuns);
    hub.status(first.id, RunStatus::Running).await;
    until("one is heard", || hub.peer.sent.load(SeqCst) == 2).await;
    lines[0].send(done(Outcome::Succeeded)).unwrap();
    until("there is a place", || hub.engine.stats().active_runs == 1).await;
    hub.peer.sends([done(Outcome::Succeeded)]);
    let third = hub.start().await;
    hub.ended(third.id).await;
}

#[tokio::test]
async fn a_conversation_has_question_and_answer_and_the_next_run_knows_them() {
    let hub = Hub::new().await;
    let chat = hub.engine.create_conversation("Chat".to_owned()).await.unwrap();
    let start = StartRun { conversation_id: Some(chat.id), ..echo() };
    hub.peer.sends([text("Hi "), text("there"), done(Outcome::Succeeded)]);
    let first = hub.engine.start_run(start.clone()).await.unwrap();
    follow(&hub.engine, first.id, 0).await;
    hub.peer.sends([done(Outcome::Succeeded)]);
    let second = hub.engine.start_run(start).await.unwrap();
    follow(&hub.engine, second.id, 0).await;
    let (_, messages) = hub.engine.conversation(chat.id).await.unwrap();
    let said: Vec<_> =
        messages.iter().map(|message| (message.role.as_str(), message.text.as_str())).collect();
    assert_eq!(said, [("user", "hello"), ("assistant", "Hi there"), ("user", "hello")]);
    let history = &hub.peer.requests()[1].history;
    assert_eq!(history.len(), 2, "what is said now is not history");
    assert_eq!(history[1].text, "Hi there");
    assert!(history.iter().all(|message| message.heard), "the workflow said it itself: {history:?}");
}

#[tokio::test]
async fn a_run_whose_message_could_not_be_kept_is_refused_and_never_sent() {
    let hub = Hub::new().await;
    let chat = hub.engine.create_conversation("Chat".to_owned()).await.unwrap();
    hub.store.message_faults.store(1, SeqCst);
    let start = StartRun { conversation_id: Some(chat.id), ..echo() };
    assert_eq!(hub.engine.start_run(start).await.unwrap_err().code, ErrorCode::Storage);
    until("it has its end", || hub.engine.stats().active_runs == 0).await;
    let runs = hub.store.runs(&RunFilter::default()).await.unwrap();
    assert_eq!(runs[0].status, RunStatus::Failed);
    assert_eq!(hub.peer.sent.load(SeqCst), 0);
    assert_eq!(outcome(&hub.store.log(runs[0].id)), Outcome::Failed);
}

/// What a run was told before its own message.
fn told(hub: &Hub, at: usize) -> Vec<String> {
    hub.peer.requests()[at].history.iter().map(|message| message.text.clone()).collect()
}

#[tokio::test]
async fn runs_side_by_side_do_not_hear_each_other() {
    let hub = Hub::new().await;
    let chat = hub.engine.create_conversation("Chat".to_owned()).await.unwrap();
    let say = async |said: &str, answer: &str, turn: Option<&str>, session: Option<&str>| {
        hub.peer.sends([text(answer), done(Outcome::Succeeded)]);
        let mut start = StartRun { conversation_id: Some(chat.id), turn: turn.map(str::to_owned), ..echo() };
        start.input.text = Some(said.to_owned());
        start.input.session_id = session.map(str::to_owned);
        let run = hub.engine.start_run(start).await.unwrap();
        follow(&hub.engine, run.id, 0).await;
    };
    say("one", "1", None, None).await;
    say("two", "2 left", Some("t2"), None).await;
    say("two", "2 right", Some("t2"), Some("chat/1")).await;
    say("three", "3 left", Some("t3"), None).await;
    say("three", "3 right", Some("t3"), Some("chat/1")).await;
    say("four", "4", None, None).await;
    say("five", "5 far", Some("t5"), Some("chat/2")).await;
    assert_eq!(told(&hub, 2), ["one", "1"], "what the other answers to the same words is not heard");
    assert_eq!(told(&hub, 3), ["one", "1", "two", "2 left"]);
    assert_eq!(told(&hub, 4), ["one", "1", "two", "2 right"], "each goes on with its own answer");
    assert_eq!(told(&hub, 5), ["one", "1", "two", "2 left", "three", "3 left"]);
    // Who joins later hears the first of those that stood side by side.
    assert_eq!(told(&hub, 6), ["one", "1", "two", "2 left", "three", "3 left", "four", "4"]);
    // A session of its own has a memory of its own: the workflow heard the rest in another one.
    let heard: Vec<bool> = hub.peer.requests()[4].history.iter().map(|message| message.heard).collect();
    assert_eq!(heard, [true, true, true, true], "up to its own last answer");
    assert!(hub.peer.requests()[6].history.iter().all(|message| !message.heard));
}

#[tokio::test]
async fn a_turn_is_a_plain_name_in_a_conversation() {
    let hub = Hub::new().await;
    let chat = hub.engine.create_conversation("Chat".to_owned()).await.unwrap();
    let long = "x".repeat(65);
    for (turn, conversation_id) in
        [("", Some(chat.id)), ("a b", Some(chat.id)), (long.as_str(), Some(chat.id)), ("fine", None)]
    {
        let start = StartRun { turn: Some(turn.to_owned()), conversation_id, ..echo() };
        let failure = hub.engine.start_run(start).await.unwrap_err();
        assert_eq!((failure.code, failure.place.as_deref()), (ErrorCode::InvalidRequest, Some("/turn")));
    }
}

#[tokio::test]
async fn a_request_that_is_repeated_under_its_key_starts_one_run() {
    let hub = Hub::new().await;
    let start = StartRun { request_key: Some("key-1".to_owned()), ..echo() };
    hub.peer.sends([done(Outcome::Succeeded)]);
    // At once, as an impatient client does.
    let (one, two) = tokio::join!(hub.engine.start_run(start.clone()), hub.engine.start_run(start.clone()));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!(one.id, two.id);
    hub.ended(one.id).await;
    // And when it has long ended.
    assert_eq!(hub.engine.start_run(start.clone()).await.unwrap().id, one.id);
    assert_eq!(hub.peer.sent.load(SeqCst), 1);
    let other =
        StartRun { input: RunInput { text: Some("else".to_owned()), ..RunInput::default() }, ..start };
    let failure = hub.engine.start_run(other).await.unwrap_err();
    assert_eq!((failure.code, failure.place.as_deref()), (ErrorCode::Conflict, Some("Idempotency-Key")));
}
