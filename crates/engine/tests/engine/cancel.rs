//! Cancel: asked of the peer once, told to everybody, said honestly.

use std::{sync::atomic::Ordering::SeqCst, time::Duration};

use jackfield_engine::EngineConfig;
use jackfield_protocol::{
    error::ErrorCode,
    event::{EventBody, Outcome, StepStatus, StreamEvent},
    ids::RunId,
    model::{CancelEffect, RunStatus, Verdict},
};

use crate::support::{Hub, done, kinds, lost, not_sent, outcome, question, quick, step, text, until};

fn verdict(events: &[StreamEvent]) -> Verdict {
    match &events.last().unwrap().body {
        EventBody::Done(done) => done.verdict,
        other => panic!("{} is not done", other.kind()),
    }
}

#[tokio::test]
async fn a_run_that_the_peer_stops_is_cancelled_with_what_the_peer_recorded() {
    let hub = Hub::new().await;
    hub.peer.cancels_with(CancelEffect::Stopped);
    let line = hub.peer.next_send();
    hub.peer.resumes_with([text("b"), done(Outcome::Failed)]);
    let run = hub.start().await;
    line.send(step("s")).unwrap();
    line.send(text("a")).unwrap();
    until("it is heard", || hub.store.log(run.id).len() == 3).await;
    let report = hub.engine.cancel(run.id).await.unwrap();
    assert_eq!(report.effect, CancelEffect::Stopped);
    assert_eq!(
        hub.engine.run(run.id).await.unwrap().status,
        RunStatus::Cancelled,
        "when it is told, it is so"
    );
    let events = hub.ended(run.id).await;
    assert_eq!(kinds(&events), ["start", "step_start", "delta", "delta", "step_end", "done"]);
    let EventBody::StepEnd(end) = &events[4].body else { panic!() };
    assert_eq!(end.status, StepStatus::Cancelled);
    assert!(line.is_closed(), "the connection is closed");
}

#[tokio::test]
async fn a_run_that_had_succeeded_is_not_called_cancelled() {
    let hub = Hub::new().await;
    hub.peer.cancels_with(CancelEffect::Stopped);
    let _line = hub.peer.next_send();
    hub.peer.resumes_with([text("all of it"), done(Outcome::Succeeded)]);
    let run = hub.start().await;
    until("it is sent", || hub.peer.sent.load(SeqCst) == 1).await;
    assert_eq!(hub.engine.cancel(run.id).await.unwrap().effect, CancelEffect::AlreadyEnded);
    assert_eq!(outcome(&hub.ended(run.id).await), Outcome::Succeeded);
}

#[tokio::test]
async fn a_run_that_ended_before_keeps_its_own_outcome_even_if_that_takes_time() {
    let hub = Hub::new().await;
    hub.peer.cancels_with(CancelEffect::AlreadyEnded);
    let _line = hub.peer.next_send();
    hub.peer.resumes_with([lost()]);
    hub.peer.resumes_with([lost()]);
    hub.peer.resumes_with([text("late"), done(Outcome::Failed)]);
    let run = hub.start().await;
    until("it is sent", || hub.peer.sent.load(SeqCst) == 1).await;
    assert_eq!(hub.engine.cancel(run.id).await.unwrap().effect, CancelEffect::AlreadyEnded);
    assert_eq!(outcome(&hub.ended(run.id).await), Outcome::Failed);
}

#[tokio::test]
async fn a_run_that_goes_on_at_the_peer_is_said_to_go_on() {
    let hub = Hub::new().await;
    hub.peer.cancels_with(CancelEffect::GoesOn);
    let line = hub.peer.next_send();
    let _goes_on = hub.peer.next_resume();
    let run = hub.start().await;
    line.send(text("a")).unwrap();
    until("it is heard", || hub.store.log(run.id).len() == 2).await;
    assert_eq!(hub.engine.cancel(run.id).await.unwrap().effect, CancelEffect::GoesOn);
    let events = hub.ended(run.id).await;
    assert_eq!(kinds(&events), ["start", "delta", "error", "done"]);
    let EventBody::Error(error) = &events[2].body else { panic!() };
    assert_eq!((error.code, error.fatal), (ErrorCode::CancelUnsupported, false));
    assert_eq!((outcome(&events), verdict(&events)), (Outcome::Cancelled, Verdict::Unverified));
}

#[tokio::test]
async fn a_peer_that_cannot_be_asked_or_does_not_answer_counts_as_going_on() {
    for silent in [false, true] {
        let config = EngineConfig { cancel_deadline: Duration::from_millis(30), ..quick() };
        let hub = Hub::with(config).await;
        hub.peer.fails_to_cancel();
        if silent {
            hub.peer.cancel_gate.forget_permits(1000);
        }
        let _line = hub.peer.next_send();
        let run = hub.start().await;
        until("it is sent", || hub.peer.sent.load(SeqCst) == 1).await;
        let report = hub.engine.cancel(run.id).await.unwrap();
        assert_eq!(report.effect, CancelEffect::GoesOn);
        let why = if silent { "did not confirm" } else { "nobody there" };
        assert!(report.message.contains(why), "{}", report.message);
        assert_eq!(outcome(&hub.ended(run.id).await), Outcome::Cancelled);
    }
}

#[tokio::test]
async fn a_run_that_was_not_sent_is_stopped_without_the_peer() {
    let hub = Hub::with(EngineConfig { send_backoff: Duration::from_secs(60), ..quick() }).await;
    hub.peer.sends([not_sent()]);
    let run = hub.start().await;
    until("it waits to be sent again", || hub.peer.sent.load(SeqCst) == 1).await;
    assert_eq!(hub.engine.cancel(run.id).await.unwrap().effect, CancelEffect::NotStarted);
    let events = hub.ended(run.id).await;
    assert_eq!((outcome(&events), verdict(&events)), (Outcome::Cancelled, Verdict::Verified));
    assert_eq!((hub.peer.sent.load(SeqCst), hub.peer.cancels.load(SeqCst)), (1, 0));
}

#[tokio::test]
async fn a_run_that_is_stopped_while_start_is_being_written_is_never_sent() {
    let hub = Hub::new().await;
    hub.store.hold();
    let run = hub.start().await;
    until("start is being written", || hub.store.waiting_appends.load(SeqCst) == 1).await;
    let engine = hub.engine.clone();
    let cancel = tokio::spawn(async move { engine.cancel(run.id).await });
    tokio::time::sleep(Duration::from_millis(10)).await;
    hub.store.release();
    assert_eq!(cancel.await.unwrap().unwrap().effect, CancelEffect::NotStarted);
    assert_eq!(hub.peer.sent.load(SeqCst), 0);
}

#[tokio::test]
async fn a_second_send_that_is_on_its_way_is_asked_of_the_peer() {
    let hub = Hub::new().await;
    hub.peer.cancels_with(CancelEffect::Stopped);
    hub.peer.sends([not_sent()]);
    let _line = hub.peer.next_send();
    let run = hub.start().await;
    until("it is sent again", || hub.peer.sent.load(SeqCst) == 2).await;
    assert_eq!(hub.engine.cancel(run.id).await.unwrap().effect, CancelEffect::Stopped);
    assert_eq!(hub.peer.cancels.load(SeqCst), 1);
}

#[tokio::test]
async fn everybody_who_stops_a_run_at_once_shares_one_request() {
    let hub = Hub::new().await;
    hub.peer.cancels_with(CancelEffect::Stopped);
    hub.peer.cancel_gate.forget_permits(1000);
    let _line = hub.peer.next_send();
    let run = hub.start().await;
    until("it is sent", || hub.peer.sent.load(SeqCst) == 1).await;
    let cancels: Vec<_> = (0..5)
        .map(|_| {
            let engine = hub.engine.clone();
            tokio::spawn(async move { engine.cancel(run.id).await })
        })
        .collect();
    until("the peer is asked", || hub.peer.cancels.load(SeqCst) == 1).await;
    hub.peer.cancel_gate.add_permits(1);
    for cancel in cancels {
        assert_eq!(cancel.await.unwrap().unwrap().effect, CancelEffect::Stopped);
    }
    assert_eq!(hub.peer.cancels.load(SeqCst), 1);
    let failure = hub.engine.cancel(run.id).await.unwrap_err();
    assert_eq!(failure.code, ErrorCode::RunEnded);
    assert_eq!(hub.engine.cancel(RunId::new()).await.unwrap_err().code, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_run_whose_stream_ends_while_it_is_being_stopped_waits_for_what_the_peer_says() {
    let hub = Hub::new().await;
    hub.peer.cancels_with(CancelEffect::Stopped);
    hub.peer.cancel_gate.forget_permits(1000);
    let line = hub.peer.next_send();
    let run = hub.start().await;
    until("it is sent", || hub.peer.sent.load(SeqCst) == 1).await;
    let engine = hub.engine.clone();
    let cancel = tokio::spawn(async move { engine.cancel(run.id).await });
    until("the peer is asked", || hub.peer.cancels.load(SeqCst) == 1).await;
    line.send(text("last words")).unwrap();
    line.send(done(Outcome::Failed)).unwrap();
    until("its last words are written", || hub.store.log(run.id).len() == 2).await;
    tokio::time::sleep(Duration::from_millis(10)).await;
    hub.peer.cancel_gate.add_permits(1);
    assert_eq!(cancel.await.unwrap().unwrap().effect, CancelEffect::Stopped);
    assert_eq!(outcome(&hub.ended(run.id).await), Outcome::Cancelled);
    assert_eq!(hub.peer.resumes.load(SeqCst), 0, "the end is known already");
}

#[tokio::test]
async fn waiting_and_lost_runs_can_be_stopped() {
    let hub = Hub::with(EngineConfig { recovery_deadline: Duration::from_secs(60), ..quick() }).await;
    hub.peer.cancels_with(CancelEffect::Stopped);
    let waiting_line = hub.peer.next_send();
    let waiting = hub.start().await;
    waiting_line.send(question("q")).unwrap();
    hub.status(waiting.id, RunStatus::Waiting).await;
    hub.engine.cancel(waiting.id).await.unwrap();
    let events = hub.ended(waiting.id).await;
    assert_eq!(kinds(&events)[1..], ["input_required", "input_resolved", "done"]);

    hub.peer.sends([text("a"), lost()]);
    let away = hub.start().await;
    hub.status(away.id, RunStatus::Recovering).await;
    until("it is looked for", || hub.peer.resumes.load(SeqCst) > 3).await;
    hub.engine.cancel(away.id).await.unwrap();
    assert_eq!(outcome(&hub.ended(away.id).await), Outcome::Cancelled);
}
