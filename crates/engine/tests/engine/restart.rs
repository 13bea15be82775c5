//! A hub that is killed: the next one takes up what it left, and sends nothing twice.

use std::{
    sync::{Arc, atomic::Ordering::SeqCst},
    time::Duration,
};

use jackfield_engine::{Engine, EngineConfig};
use jackfield_protocol::{
    api::StartRun,
    error::ErrorCode,
    event::{EventBody, Outcome},
    ids::RunId,
    model::{RunStatus, WorkflowInfo},
    port::Store,
};
use jackfield_store::{KeyStore, SqliteStore, StoreOptions};

use crate::support::{
    MemoryStore, Peer, checkpoint, done, echo, engine, follow, kinds, new_backend, outcome, quick, text,
    until, workflow,
};

/// Starts a hub and a run in a runtime of their own, and kills both once `ready` holds.
fn killed<S: Store + 'static>(
    store: &Arc<S>,
    peer: &Peer,
    start: StartRun,
    ready: impl Fn() -> bool + Send + 'static,
) -> RunId {
    let (store, peer) = (store.clone(), peer.clone());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let id = runtime.block_on(async move {
        let hub = engine(store, &peer, quick()).await;
        let backend = hub.add_backend(new_backend("peer"), false).await.unwrap().backend.id;
        hub.discover(backend).await.unwrap();
        let run = hub.start_run(start).await.unwrap();
        until("the run is so far", ready).await;
        run.id
    });
    runtime.shutdown_timeout(Duration::from_secs(5));
    id
}

fn here() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn a_run_that_was_sent_is_resumed_and_never_sent_again() {
    let (store, peer) = (Arc::new(MemoryStore::default()), Peer::new());
    let line = peer.next_send();
    line.send(text("a")).unwrap();
    line.send(checkpoint("77")).unwrap();
    let watched = (store.clone(), peer.clone());
    let id = killed(&store, &peer, echo(), move || {
        let sent = watched.1.requests();
        sent.first().is_some_and(|request| watched.0.log(request.run_id).len() == 2)
    });
    here().block_on(async {
        peer.resumes_with([text("b"), done(Outcome::Succeeded)]);
        let next = engine(store.clone(), &peer, quick()).await;
        let events = follow(&next, id, 0).await;
        assert_eq!(
            kinds(&events),
            ["start", "delta", "link lost", "link reconnecting", "link recovered", "delta", "done"]
        );
        assert_eq!((peer.sent.load(SeqCst), peer.resumes.load(SeqCst)), (1, 1));
        let resumed = &peer.resumed()[0];
        assert_eq!(resumed.seen.messages()[0].text, "a");
        assert_eq!(resumed.checkpoint.as_ref().unwrap().external_id.as_deref(), Some("77"));
        assert_eq!((resumed.run.attempt, resumed.run.workflow.name.as_str()), (2, "Echo"));
    });
}

#[test]
fn a_run_without_start_in_its_log_was_not_sent_and_is_sent_now() {
    let (store, peer) = (Arc::new(MemoryStore::default()), Peer::new());
    store.hold();
    let watched = store.clone();
    let id = killed(&store, &peer, echo(), move || watched.waiting_appends.load(SeqCst) == 1);
    store.release();
    here().block_on(async {
        let run = store.run(id).await.unwrap().unwrap();
        assert_eq!((run.attempt, run.last_seq, run.status), (1, 0, RunStatus::Queued));
        assert_eq!(peer.sent.load(SeqCst), 0);
        peer.sends([text("a"), done(Outcome::Succeeded)]);
        let next = engine(store.clone(), &peer, quick()).await;
        assert_eq!(kinds(&follow(&next, id, 0).await), ["start", "delta", "done"]);
        assert_eq!((peer.sent.load(SeqCst), peer.resumes.load(SeqCst)), (1, 0));
    });
}

#[test]
fn a_run_that_must_not_be_sent_any_more_gets_its_end() {
    let (store, peer) = (Arc::new(MemoryStore::default()), Peer::new());
    store.hold();
    let watched = store.clone();
    let id = killed(&store, &peer, echo(), move || watched.waiting_appends.load(SeqCst) == 1);
    store.release();
    here().block_on(async {
        let mut backend = store.backends().await.unwrap().remove(0);
        backend.enabled = false;
        store.update_backend(&backend, None).await.unwrap();
        let next = engine(store.clone(), &peer, quick()).await;
        let events = follow(&next, id, 0).await;
        assert_eq!(kinds(&events), ["start", "error", "done"]);
        assert_eq!(outcome(&events), Outcome::Failed);
        assert_eq!(peer.sent.load(SeqCst), 0);
    });
}

#[test]
fn a_run_whose_backend_cannot_be_used_any_more_ends_as_unknown() {
    let (store, peer) = (Arc::new(MemoryStore::default()), Peer::new());
    let _line = peer.next_send();
    let watched = peer.clone();
    let id = killed(&store, &peer, echo(), move || watched.sent.load(SeqCst) == 1);
    here().block_on(async {
        let next = Engine::start(store.clone(), Vec::new(), quick()).await.unwrap();
        let events = follow(&next, id, 0).await;
        let EventBody::Done(done) = &events.last().unwrap().body else { panic!() };
        assert_eq!(done.outcome, Outcome::Unknown);
        assert!(done.reason.as_ref().unwrap().contains("does not speak n8n"), "{:?}", done.reason);
        assert_eq!(next.stats().active_runs, 0);
    });
}

#[test]
fn the_same_with_the_log_on_disk() {
    let dir = tempfile::tempdir().unwrap();
    let open = || async {
        let options = StoreOptions::new(dir.path()).key_store(KeyStore::File);
        Arc::new(SqliteStore::open(options).await.unwrap())
    };
    let peer = Peer::new();
    peer.offers(vec![WorkflowInfo { runnable: true, ..workflow("w1", "Echo") }]);
    let line = peer.next_send();
    for n in 0..50 {
        line.send(text(&format!("{n} "))).unwrap();
    }
    line.send(checkpoint("77")).unwrap();
    let id = {
        let threads =
            || tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        // The store outlives the hub that is killed: what is under test is the hub.
        let (first, runtime) = (threads(), threads());
        let store = first.block_on(open());
        let (peer, hub_store) = (peer.clone(), store.clone());
        let id = runtime.block_on(async move {
            let hub = engine(hub_store, &peer, quick()).await;
            let backend = hub.add_backend(new_backend("peer"), false).await.unwrap().backend.id;
            hub.discover(backend).await.unwrap();
            let run = hub.start_run(echo()).await.unwrap();
            for _ in 0..2000 {
                if hub.run(run.id).await.unwrap().external_id.is_some() {
                    return run.id;
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            panic!("the checkpoint was not written");
        });
        runtime.shutdown_timeout(Duration::from_secs(5));
        first.block_on(store.close());
        id
    };
    here().block_on(async {
        peer.resumes_with([text("end"), done(Outcome::Succeeded)]);
        let store = open().await;
        let config = EngineConfig { recovery_deadline: Duration::from_secs(60), ..quick() };
        let next = engine(store.clone(), &peer, config).await;
        let events = follow(&next, id, 0).await;
        assert_eq!(outcome(&events), Outcome::Succeeded);
        let answer = next.trace(id).await.unwrap().messages.remove(0).text;
        assert_eq!(answer, (0..50).map(|n| format!("{n} ")).collect::<String>() + "end");
        assert_eq!(peer.sent.load(SeqCst), 1);
        let failure = next.cancel(id).await.unwrap_err();
        assert_eq!(failure.code, ErrorCode::RunEnded);
        next.shutdown().await;
        store.close().await;
    });
}
