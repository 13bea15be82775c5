//! Stopping the hub: soft, then hard; no reader hangs, no task is left.

use std::{sync::atomic::Ordering::SeqCst, time::Duration};

use futures_util::StreamExt as _;
use jackfield_engine::EngineConfig;
use jackfield_protocol::{error::ErrorCode, event::Outcome, model::RunStatus};
use tokio::time::Instant;

use crate::support::{Hub, done, echo, engine, follow, kinds, outcome, question, quick, text, until};

#[tokio::test]
async fn short_runs_may_end_and_no_new_ones_begin() {
    let hub = Hub::with(EngineConfig { shutdown_soft: Duration::from_secs(30), ..quick() }).await;
    let line = hub.peer.next_send();
    let run = hub.start().await;
    hub.status(run.id, RunStatus::Running).await;
    let stopping = hub.engine.clone();
    let stop = tokio::spawn(async move { stopping.shutdown().await });
    let mut refused = None;
    for _ in 0..1000 {
        hub.peer.sends([done(Outcome::Succeeded)]);
        refused = hub.engine.start_run(echo()).await.err();
        if refused.is_some() {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(refused.unwrap().code, ErrorCode::ShuttingDown);
    assert_eq!(hub.engine.ready().await.unwrap_err().code, ErrorCode::ShuttingDown);
    line.send(text("almost")).unwrap();
    line.send(done(Outcome::Succeeded)).unwrap();
    stop.await.unwrap();
    assert_eq!(outcome(&hub.store.log(run.id)), Outcome::Succeeded);
}

#[tokio::test]
async fn long_runs_are_left_for_the_next_start_and_readers_end() {
    let hub = Hub::new().await;
    let line = hub.peer.next_send();
    let run = hub.start().await;
    line.send(text("a")).unwrap();
    until("it is heard", || hub.store.log(run.id).len() == 2).await;
    let reader = tokio::spawn({
        let engine = hub.engine.clone();
        async move { follow(&engine, run.id, 0).await }
    });
    let news = hub.engine.news();
    until("it reads", || hub.engine.stats().readers == 1).await;
    hub.engine.shutdown().await;
    assert_eq!(kinds(&reader.await.unwrap()), ["start", "delta", "link lost"]);
    news.collect::<Vec<_>>().await;
    assert!(line.is_closed(), "the connection to the peer is closed");
    assert_eq!(hub.peer.cancels.load(SeqCst), 0, "nothing is stopped at the peer");
    assert_eq!(hub.engine.run(run.id).await.unwrap().status, RunStatus::Recovering);
    assert_eq!(hub.engine.stats().active_runs, 0);

    hub.peer.resumes_with([text("b"), done(Outcome::Succeeded)]);
    let next = engine(hub.store.clone(), &hub.peer, quick()).await;
    let events = follow(&next, run.id, 3).await;
    assert_eq!(kinds(&events), ["link reconnecting", "link recovered", "delta", "done"]);
    assert_eq!(hub.peer.sent.load(SeqCst), 1);
}

#[tokio::test]
async fn runs_that_wait_for_somebody_are_not_waited_for() {
    let hub = Hub::with(EngineConfig { shutdown_soft: Duration::from_secs(60), ..quick() }).await;
    let line = hub.peer.next_send();
    let run = hub.start().await;
    line.send(question("q")).unwrap();
    hub.status(run.id, RunStatus::Waiting).await;
    let began = Instant::now();
    hub.engine.shutdown().await;
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn a_disk_that_hangs_does_not_hold_up_the_end() {
    let hub = Hub::new().await;
    let line = hub.peer.next_send();
    let run = hub.start().await;
    hub.status(run.id, RunStatus::Running).await;
    hub.store.hold();
    line.send(text("a")).unwrap();
    until("the append waits", || hub.store.waiting_appends.load(SeqCst) == 1).await;
    let began = Instant::now();
    hub.engine.shutdown().await;
    assert!(began.elapsed() < Duration::from_secs(10));
}
