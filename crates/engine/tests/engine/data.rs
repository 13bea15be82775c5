//! How long data is kept, and what is remembered of tokens.

use std::{
    sync::{Arc, atomic::Ordering::SeqCst},
    time::Duration,
};

use futures_util::StreamExt as _;
use jackfield_engine::EngineConfig;
use jackfield_protocol::{
    api::HubNews,
    error::ErrorCode,
    ids::{BackendId, RunId},
    model::{Run, RunInput, RunStatus},
    port::{Removable, Store as _},
    time::now,
};
use jiff::SignedDuration;
use secrecy::ExposeSecret as _;

use crate::support::{Hub, MemoryStore, Peer, engine, quick, until};

/// A run that ended so many days ago.
async fn ended(store: &MemoryStore, days: i64) -> RunId {
    let at = now() - SignedDuration::from_hours(24 * days);
    let run = Run {
        id: RunId::new(),
        backend_id: BackendId::new(),
        workflow_id: None,
        tool_id: None,
        workflow_name: "Echo".to_owned(),
        entry: None,
        conversation_id: None,
        turn: None,
        request_key: None,
        status: RunStatus::Succeeded,
        input: RunInput::default(),
        last_seq: 2,
        attempt: 1,
        external_id: None,
        done: None,
        created_at: at,
        ended_at: Some(at),
    };
    store.create_run(&run).await.unwrap();
    run.id
}

#[tokio::test]
async fn nothing_goes_until_somebody_says_for_how_long_data_is_kept() {
    let hub = Hub::new().await;
    let (old, new) = (ended(&hub.store, 40).await, ended(&hub.store, 1).await);
    let data = hub.engine.data(Some(30)).await.unwrap();
    assert_eq!((data.retention_days, data.removing), (None, false));
    assert_eq!(data.removable, Some(Removable { runs: 1, conversations: 0 }));
    assert!(hub.engine.run(old).await.is_ok(), "only counted");

    let news = hub.engine.news();
    let data = hub.engine.keep(Some(30)).await.unwrap();
    assert_eq!((data.retention_days, data.removing, data.removable), (Some(30), true, None));
    let told = tokio::time::timeout(Duration::from_secs(20), news.take(1).collect::<Vec<_>>()).await;
    assert_eq!(told.unwrap(), [HubNews::Missed], "the lists have to be read again");
    assert_eq!(hub.engine.run(old).await.unwrap_err().code, ErrorCode::NotFound);
    assert!(hub.engine.run(new).await.is_ok());
    for _ in 0..2000 {
        if !hub.engine.data(None).await.unwrap().removing {
            return;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    panic!("it never ends");
}

#[tokio::test]
async fn what_grows_old_goes_by_itself_and_at_the_start() {
    let store = Arc::new(MemoryStore::default());
    store.set_retention(Some(7)).await.unwrap();
    let first = ended(&store, 8).await;
    let config = EngineConfig { retention_interval: Duration::from_millis(5), ..quick() };
    // The first look finds a broken disk; the next one mends it.
    store.removal_faults.store(1, SeqCst);
    let engine = engine(store.clone(), &Peer::new(), config).await;
    let gone = async |id| {
        for _ in 0..2000 {
            if engine.run(id).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        panic!("it stays");
    };
    gone(first).await;
    let second = ended(&store, 8).await;
    gone(second).await;
    engine.shutdown().await;
    let third = ended(&store, 8).await;
    tokio::task::yield_now().await;
    assert!(store.run(third).await.unwrap().is_some(), "a hub that has stopped removes nothing");
}

#[tokio::test]
async fn days_are_within_bounds() {
    let hub = Hub::new().await;
    for (days, place) in [(0, "/retention_days"), (3651, "/retention_days")] {
        let failure = hub.engine.keep(Some(days)).await.unwrap_err();
        assert_eq!((failure.code, failure.place.as_deref()), (ErrorCode::InvalidRequest, Some(place)));
        assert_eq!(hub.engine.data(Some(days)).await.unwrap_err().code, ErrorCode::InvalidRequest);
    }
    assert_eq!(hub.engine.keep(Some(3650)).await.unwrap().retention_days, Some(3650));
    assert_eq!(hub.engine.keep(None).await.unwrap().retention_days, None);
}

#[tokio::test]
async fn the_last_use_of_a_token_is_written_once_a_minute() {
    let hub = Hub::new().await;
    let (token, text) = hub.engine.create_token("script".to_owned()).await.unwrap();
    assert_eq!(token.last_used_at, None);
    assert!(hub.engine.authenticate("jf_wrong").await.unwrap().is_none());
    for _ in 0..10 {
        let known = hub.engine.authenticate(text.expose_secret()).await.unwrap();
        assert_eq!(known.unwrap().id, token.id);
    }
    until("it is written", || hub.store.token_writes.load(SeqCst) == 1).await;
    let used = hub.engine.tokens().await.unwrap().remove(0).last_used_at.unwrap();
    assert!(used >= token.created_at && used <= now());
    hub.engine.authenticate(text.expose_secret()).await.unwrap();
    assert_eq!(hub.store.token_writes.load(SeqCst), 1);
}
