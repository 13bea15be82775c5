//! Losses: what was provably not sent is sent again, everything else is found again, and never sent twice.

use std::{sync::atomic::Ordering::SeqCst, time::Duration};

use jackfield_engine::EngineConfig;
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::{Draft, EventBody, Link, LinkState, Outcome, StreamEvent},
    model::{RunStatus, Verdict},
    port::{Append, AttemptEnd, Progress, Signal, SpanRecord, Store as _},
};

use crate::support::{
    Hub, checkpoint, done, kinds, lost, not_sent, outcome, question, quick, step, text, until,
};

fn error_of(events: &[StreamEvent]) -> (ErrorCode, bool, bool) {
    events
        .iter()
        .find_map(|event| match &event.body {
            EventBody::Error(error) => Some((error.code, error.fatal, error.retry_safe)),
            _ => None,
        })
        .expect("an error")
}

#[tokio::test]
async fn a_lost_run_is_resumed_with_what_the_log_holds_and_the_checkpoint() {
    let hub = Hub::new().await;
    hub.peer.sends([step("s"), text("Hel"), checkpoint("77"), text("lo"), lost()]);
    hub.peer.resumes_with([text("!"), done(Outcome::Succeeded)]);
    let run = hub.start().await;
    let events = hub.ended(run.id).await;
    assert_eq!(
        kinds(&events),
        [
            "start",
            "step_start",
            "delta",
            "delta",
            "link lost",
            "link reconnecting",
            "link recovered",
            "delta",
            "step_end",
            "done"
        ]
    );
    let resumed = &hub.peer.resumed()[0];
    assert_eq!(resumed.seen.messages()[0].text, "Hello");
    assert_eq!(resumed.checkpoint.as_ref().unwrap().external_id.as_deref(), Some("77"));
    assert_eq!(resumed.run.attempt, 2);
    assert_eq!(hub.peer.sent.load(SeqCst), 1, "sent once");
}

#[tokio::test]
async fn a_stream_without_its_end_is_a_lost_connection() {
    let hub = Hub::new().await;
    hub.peer.sends([text("a")]);
    hub.peer.resumes_with([done(Outcome::Succeeded)]);
    let run = hub.start().await;
    let events = hub.ended(run.id).await;
    assert!(kinds(&events).contains(&"link lost".to_owned()));
    assert_eq!(outcome(&events), Outcome::Succeeded);
}

#[tokio::test]
async fn a_peer_that_is_away_for_a_while_is_told_of_once() {
    let hub = Hub::new().await;
    hub.peer.sends([text("a"), lost()]);
    (0..4).for_each(|_| hub.peer.resumes_with([lost()]));
    let line = hub.peer.next_resume();
    let run = hub.start().await;
    until("it is looked for again and again", || hub.peer.resumes.load(SeqCst) == 5).await;
    assert_eq!(hub.engine.run(run.id).await.unwrap().status, RunStatus::Recovering);
    line.send(text("b")).unwrap();
    hub.status(run.id, RunStatus::Running).await;
    line.send(done(Outcome::Succeeded)).unwrap();
    let events = hub.ended(run.id).await;
    assert_eq!(
        kinds(&events),
        ["start", "delta", "link lost", "link reconnecting", "link recovered", "delta", "done"]
    );
}

#[tokio::test]
async fn links_and_frames_alone_do_not_count_as_recovered() {
    let hub = Hub::new().await;
    let link = |state| {
        let link = Link { state, attempt: 2, reason: None, detail: None };
        Progress::Draft(Draft::new(EventBody::Link(link)))
    };
    hub.peer.sends([text("a"), lost()]);
    hub.peer.resumes_with([link(LinkState::Recovering), lost()]);
    hub.peer.resumes_with([
        link(LinkState::Identified),
        text("b"),
        link(LinkState::Recovered),
        done(Outcome::Succeeded),
    ]);
    let run = hub.start().await;
    let events = hub.ended(run.id).await;
    assert_eq!(
        kinds(&events)[2..],
        [
            "link lost",
            "link reconnecting",
            "link recovering",
            "link recovered",
            "link identified",
            "delta",
            "link recovered",
            "done"
        ]
    );
}

#[tokio::test]
async fn what_is_lost_for_good_ends_as_unknown_with_the_reason() {
    let hub = Hub::with(EngineConfig { recovery_deadline: Duration::from_millis(40), ..quick() }).await;
    hub.peer.sends([step("s"), text("a"), lost()]);
    let run = hub.start().await;
    let events = hub.ended(run.id).await;
    assert_eq!(error_of(&events), (ErrorCode::RecoveryImpossible, true, false));
    let EventBody::Done(done) = &events.last().unwrap().body else { panic!() };
    assert_eq!((done.outcome, done.verdict), (Outcome::Unknown, Verdict::Unverified));
    assert!(done.reason.as_ref().unwrap().contains("without its end"), "{:?}", done.reason);
    assert_eq!(hub.peer.sent.load(SeqCst), 1);
    assert!(hub.peer.resumes.load(SeqCst) > 1);
}

#[tokio::test]
async fn what_was_provably_not_sent_is_sent_again() {
    let hub = Hub::new().await;
    hub.peer.sends([not_sent()]);
    hub.peer.sends([not_sent()]);
    hub.peer.sends([text("ok"), done(Outcome::Succeeded)]);
    let run = hub.start().await;
    let events = hub.ended(run.id).await;
    assert_eq!(kinds(&events), ["start", "link reconnecting", "link reconnecting", "delta", "done"]);
    assert_eq!((hub.peer.sent.load(SeqCst), hub.peer.resumes.load(SeqCst)), (3, 0));
    let attempts: Vec<_> = hub.peer.requests().iter().map(|request| request.attempt).collect();
    assert_eq!(attempts, [1, 2, 3]);
}

#[tokio::test]
async fn what_can_never_be_sent_fails_and_may_safely_be_tried_again() {
    let hub = Hub::new().await;
    (0..3).for_each(|_| hub.peer.sends([not_sent()]));
    let run = hub.start().await;
    let events = hub.ended(run.id).await;
    assert_eq!(error_of(&events), (ErrorCode::PeerUnreachable, true, true));
    let EventBody::Done(done) = &events.last().unwrap().body else { panic!() };
    assert_eq!((done.outcome, done.verdict), (Outcome::Failed, Verdict::Verified));
    assert_eq!(hub.peer.sent.load(SeqCst), 3);
}

#[tokio::test]
async fn what_only_a_person_can_mend_is_not_sent_again() {
    let hub = Hub::new().await;
    let refused = Failure::new(ErrorCode::PeerUnauthorized, "The key is not accepted.");
    hub.peer.sends([Progress::End(AttemptEnd::NotSent(refused))]);
    let run = hub.start().await;
    let events = hub.ended(run.id).await;
    assert_eq!(kinds(&events), ["start", "error", "done"]);
    assert_eq!(hub.peer.sent.load(SeqCst), 1);
}

#[tokio::test]
async fn a_second_send_that_is_lost_is_resumed_and_not_sent_a_third_time() {
    let hub = Hub::new().await;
    hub.peer.sends([not_sent()]);
    hub.peer.sends([lost()]);
    hub.peer.resumes_with([not_sent()]);
    hub.peer.resumes_with([done(Outcome::Succeeded)]);
    let run = hub.start().await;
    hub.ended(run.id).await;
    assert_eq!((hub.peer.sent.load(SeqCst), hub.peer.resumes.load(SeqCst)), (2, 2));
}

#[tokio::test]
async fn an_attempt_that_was_replaced_writes_nothing_more() {
    let hub = Hub::new().await;
    let line = hub.peer.next_send();
    let run = hub.start().await;
    hub.status(run.id, RunStatus::Running).await;
    let attempt = hub.store.begin_attempt(run.id).await.unwrap();
    line.send(text("too late")).unwrap();
    until("the task leaves", || hub.engine.stats().active_runs == 0).await;
    assert_eq!(kinds(&hub.store.log(run.id)), ["start"]);
    let append = Append { run_id: run.id, attempt, events: Vec::new(), checkpoint: None, status: None };
    hub.store.append(append).await.unwrap();
}

#[tokio::test]
async fn a_question_makes_the_run_wait_and_its_end_makes_it_run() {
    let hub = Hub::new().await;
    let line = hub.peer.next_send();
    let run = hub.start().await;
    line.send(question("q")).unwrap();
    hub.status(run.id, RunStatus::Waiting).await;
    line.send(lost()).unwrap();
    let line = hub.peer.next_resume();
    until("it is resumed", || hub.peer.resumes.load(SeqCst) >= 1).await;
    line.send(text("still asking")).unwrap();
    hub.status(run.id, RunStatus::Waiting).await;
    line.send(done(Outcome::Failed)).unwrap();
    let events = hub.ended(run.id).await;
    let by = events.iter().find_map(|event| match &event.body {
        EventBody::InputResolved(resolved) => Some(resolved.by),
        _ => None,
    });
    assert_eq!(by, Some(jackfield_protocol::event::ResolvedBy::RunEnded));
}

#[tokio::test]
async fn spans_reach_the_live_run_whose_trace_they_belong_to() {
    let hub = Hub::new().await;
    let line = hub.peer.next_send();
    let run = hub.start().await;
    until("it is sent", || hub.peer.sent.load(SeqCst) == 1).await;
    let span = SpanRecord {
        span_id: "00f067aa0ba902b7".to_owned(),
        parent_span_id: String::new(),
        name: "node.execute".to_owned(),
        started_at: run.created_at,
        ended_at: run.created_at,
        attributes: Default::default(),
        error: None,
    };
    let trace_id = run.id.0.simple().to_string();
    assert!(hub.engine.span(&trace_id, span.clone()).await);
    until("the backend has it", || hub.peer.signals() == [Signal::Span(span.clone())]).await;
    assert!(!hub.engine.span("4bf92f3577b34da6a3ce929d0e0e4736", span.clone()).await);
    assert!(!hub.engine.span("nonsense", span.clone()).await);
    line.send(done(Outcome::Succeeded)).unwrap();
    hub.ended(run.id).await;
    until("the run is gone", || hub.engine.stats().active_runs == 0).await;
    assert!(!hub.engine.span(&trace_id, span).await);
}
