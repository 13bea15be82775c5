//! Readers are cursors: each sees 1…n once, whenever it comes and however slow it is.

use std::{sync::Arc, time::Duration};

use futures_util::{FutureExt as _, StreamExt as _};
use jackfield_engine::{Engine, EngineConfig};
use jackfield_protocol::{
    api::HubNews,
    error::ErrorCode,
    event::{EventBody, Outcome, StreamEvent},
    ids::{RunId, Seq},
    model::RunStatus,
};

use crate::support::{Hub, assert_whole, done, follow, kinds, quick, step, text, until};

const DELTAS: u64 = 400;

/// Reads with random pauses and hangs up at random, coming back with the last seq it has.
async fn restless(engine: Engine, id: RunId) -> Vec<StreamEvent> {
    let mut seen: Vec<StreamEvent> = Vec::new();
    for _ in 0..10_000 {
        let after: Seq = seen.last().map_or(0, |event| event.seq);
        let mut stream = engine.follow(id, after).await.unwrap();
        let patience = fastrand::usize(1..60);
        for _ in 0..patience {
            match stream.next().await {
                Some(event) => seen.push((*event.unwrap()).clone()),
                None => return seen,
            }
            if fastrand::u8(..8) == 0 {
                tokio::time::sleep(Duration::from_micros(fastrand::u64(..500))).await;
            }
        }
    }
    panic!("the run did not end");
}

async fn readers_of_one_run(count: usize) {
    // A short tail, so that slow readers have to go to the store.
    let hub = Hub::with(EngineConfig { tail_events: 32, ..quick() }).await;
    let line = hub.peer.next_send();
    let run = hub.start().await;
    let early: Vec<_> =
        (0..count / 2 + 1).map(|_| tokio::spawn(restless(hub.engine.clone(), run.id))).collect();
    let writer = tokio::spawn(async move {
        for n in 0..DELTAS {
            let event = if n % 50 == 0 { step(&format!("s{n}")) } else { text("x") };
            line.send(event).unwrap();
            if n % 5 == 0 {
                tokio::time::sleep(Duration::from_micros(300)).await;
            }
        }
        line.send(done(Outcome::Succeeded)).unwrap();
    });
    tokio::time::sleep(Duration::from_millis(10)).await;
    let late: Vec<_> = (0..count / 2).map(|_| tokio::spawn(restless(hub.engine.clone(), run.id))).collect();
    writer.await.unwrap();
    let log = hub.ended(run.id).await;
    assert_whole(&log, 0);
    assert_eq!(log.len() as u64, DELTAS + 2 + DELTAS / 50, "start, everything, closed steps, done");
    for reader in early.into_iter().chain(late) {
        assert!(reader.await.unwrap() == log, "every reader sees the log");
    }
    until("no reader is left", || hub.engine.stats().readers == 0).await;
    assert_eq!(follow(&hub.engine, run.id, 7).await, log[7..], "long after the end: from the store alone");
}

#[tokio::test]
async fn one_reader() {
    readers_of_one_run(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_readers() {
    readers_of_one_run(50).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_readers() {
    readers_of_one_run(500).await;
}

#[tokio::test]
async fn readers_who_keep_up_do_not_ask_the_store() {
    let hub = Hub::new().await;
    let line = hub.peer.next_send();
    let run = hub.start().await;
    hub.status(run.id, RunStatus::Running).await;
    let mut readers = Vec::new();
    for _ in 0..100 {
        readers.push(hub.engine.follow(run.id, 1).await.unwrap());
    }
    let before = hub.store.reads.load(std::sync::atomic::Ordering::SeqCst);
    line.send(text("x")).unwrap();
    for reader in &mut readers {
        assert_eq!(reader.next().await.unwrap().unwrap().seq, 2);
    }
    assert_eq!(hub.store.reads.load(std::sync::atomic::Ordering::SeqCst), before);
    assert_eq!(hub.engine.stats().readers, 100);
}

#[tokio::test]
async fn a_reader_who_leaves_or_sleeps_stops_nothing() {
    let hub = Hub::with(EngineConfig { tail_events: 4, ..quick() }).await;
    let line = hub.peer.next_send();
    let run = hub.start().await;
    let sleeper = hub.engine.follow(run.id, 0).await.unwrap();
    drop(hub.engine.follow(run.id, 0).await.unwrap());
    for _ in 0..300 {
        line.send(text("x")).unwrap();
    }
    line.send(done(Outcome::Succeeded)).unwrap();
    hub.status(run.id, RunStatus::Succeeded).await;
    let seen: Vec<_> = sleeper.map(|event| Arc::unwrap_or_clone(event.unwrap())).collect().await;
    assert_eq!(seen, hub.store.log(run.id));
}

#[tokio::test]
async fn a_cursor_beyond_the_log_is_refused_and_one_at_its_end_waits() {
    let hub = Hub::new().await;
    let line = hub.peer.next_send();
    let run = hub.start().await;
    hub.status(run.id, RunStatus::Running).await;
    let refused = hub.engine.follow(run.id, 2).await.err().unwrap();
    assert_eq!(refused.code, ErrorCode::SeqOutOfRange);
    let mut reader = hub.engine.follow(run.id, 1).await.unwrap();
    assert!(reader.next().now_or_never().is_none());
    line.send(done(Outcome::Succeeded)).unwrap();
    assert!(matches!(reader.next().await.unwrap().unwrap().body, EventBody::Done(_)));
    assert!(reader.next().await.is_none());
    assert_eq!(follow(&hub.engine, run.id, 2).await, [], "after done there is nothing");
    assert_eq!(hub.engine.follow(RunId::new(), 0).await.err().unwrap().code, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_trace_is_the_fold_of_the_log() {
    let hub = Hub::new().await;
    hub.peer.sends([step("s"), text("Hi"), done(Outcome::Failed)]);
    let run = hub.start().await;
    hub.ended(run.id).await;
    let trace = hub.engine.trace(run.id).await.unwrap();
    assert_eq!((trace.messages[0].text.as_str(), trace.steps.len()), ("Hi", 1));
    assert_eq!(trace.run.status, RunStatus::Failed);
    let page = hub.engine.events(run.id, 1, 2).await.unwrap();
    assert_eq!(kinds(&page), ["step_start", "delta"]);
}

#[tokio::test]
async fn news_tell_how_runs_move_and_a_slow_reader_is_told_that_it_missed_some() {
    let hub = Hub::new().await;
    let mut news = hub.engine.news();
    hub.peer.sends([text("a"), done(Outcome::Succeeded)]);
    let run = hub.start().await;
    hub.ended(run.id).await;
    let mut statuses = Vec::new();
    while statuses.last() != Some(&RunStatus::Succeeded) {
        if let HubNews::Run(run) = news.next().await.unwrap() {
            statuses.push(run.status);
        }
    }
    assert_eq!(statuses, [RunStatus::Queued, RunStatus::Running, RunStatus::Succeeded]);
    for _ in 0..800 {
        hub.peer.sends([done(Outcome::Succeeded)]);
        let run = hub.start().await;
        follow(&hub.engine, run.id, 0).await;
    }
    assert_eq!(news.next().await, Some(HubNews::Missed));
}
