//! The state of a backend's connection, and discovery; mostly in paused time.

use std::{sync::atomic::Ordering::SeqCst, time::Duration};

use futures_util::StreamExt as _;
use jackfield_engine::EngineConfig;
use jackfield_protocol::{
    api::{BackendChange, HubNews},
    error::ErrorCode,
    event::Outcome,
    model::{Health, HealthState},
    port::Store as _,
};

use crate::support::{Hub, done, lost, new_backend, quick, until, workflow};

async fn health(hub: &Hub) -> Health {
    hub.engine.backend("peer").await.unwrap().health
}

#[tokio::test(start_paused = true)]
async fn a_backend_that_works_is_checked_now_and_then_and_one_that_fails_soon_and_ever_less() {
    let hub = Hub::new().await;
    until("it is checked", || hub.peer.checks.load(SeqCst) == 1).await;
    let connected = health(&hub).await;
    assert_eq!((connected.state, connected.latency_ms), (HealthState::Connected, Some(3)));
    assert!(connected.next_check_at.unwrap() > connected.checked_at.unwrap());
    let peer = hub.engine.backend("peer").await.unwrap().peer.unwrap();
    assert_eq!(peer.version.as_deref(), Some("2.41.1"));

    let mut news = hub.engine.news();
    hub.peer.health([HealthState::Unreachable]);
    tokio::time::sleep(Duration::from_secs(29)).await;
    assert_eq!(hub.peer.checks.load(SeqCst), 1, "not before its time");
    tokio::time::sleep(Duration::from_secs(10)).await;
    let away = health(&hub).await;
    assert_eq!(away.state, HealthState::Unreachable);
    assert_eq!(away.last_error.unwrap().code, ErrorCode::PeerUnreachable);
    let Some(HubNews::Health { backend_id, health: told }) = news.next().await else { panic!() };
    assert_eq!((backend_id, told.state), (hub.backend, HealthState::Unreachable));

    // 1, 2, 4, 8, 16, 32, 60, 60 … s and up to a quarter more.
    tokio::time::sleep(Duration::from_secs(600)).await;
    let checks = hub.peer.checks.load(SeqCst);
    assert!((14..=18).contains(&checks), "{checks} checks in ten minutes");
    assert_eq!(health(&hub).await.since, away.since, "since the first of them");

    hub.peer.health([HealthState::Connected]);
    tokio::time::sleep(Duration::from_secs(80)).await;
    let again = health(&hub).await;
    assert_eq!((again.state, again.last_error), (HealthState::Connected, None));
}

#[tokio::test(start_paused = true)]
async fn a_lost_run_makes_the_hub_look_at_once() {
    let hub = Hub::new().await;
    until("it is checked", || hub.peer.checks.load(SeqCst) == 1).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    hub.peer.health([HealthState::Unauthorized]);
    hub.peer.sends([lost()]);
    hub.peer.resumes_with([done(Outcome::Failed)]);
    let run = hub.start().await;
    hub.ended(run.id).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(health(&hub).await.state, HealthState::Unauthorized);
}

#[tokio::test(start_paused = true)]
async fn a_disabled_backend_is_not_checked_and_not_run() {
    let hub = Hub::new().await;
    let change = |enabled| BackendChange { enabled: Some(enabled), ..BackendChange::default() };
    hub.engine.change_backend(hub.backend, change(false)).await.unwrap();
    let before = hub.peer.checks.load(SeqCst);
    tokio::time::sleep(Duration::from_secs(300)).await;
    assert_eq!(hub.peer.checks.load(SeqCst), before);
    assert_eq!(health(&hub).await.state, HealthState::Unknown);
    let failure = hub.engine.start_run(crate::support::echo()).await.unwrap_err();
    assert_eq!(failure.code, ErrorCode::NotRunnable);
    let view = hub.engine.change_backend(hub.backend, change(true)).await.unwrap();
    assert_eq!(view.health.state, HealthState::Connecting);
    tokio::time::sleep(Duration::from_millis(10)).await;
    assert_eq!(health(&hub).await.state, HealthState::Connected);
}

#[tokio::test]
async fn a_test_is_a_check_and_a_test_of_something_new_saves_nothing() {
    let hub = Hub::new().await;
    hub.peer.health([HealthState::Degraded]);
    let report = hub.engine.test_backend(hub.backend).await.unwrap();
    assert_eq!((report.state, health(&hub).await.state), (HealthState::Degraded, HealthState::Degraded));
    hub.engine.test_new(new_backend("other")).await.unwrap();
    assert_eq!(hub.engine.backends().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_change_is_tried_out_with_the_stored_secrets_and_not_kept() {
    let hub = Hub::new().await;
    let change =
        BackendChange { base_url: Some("http://elsewhere.test".to_owned()), ..BackendChange::default() };
    let before = hub.engine.backends().await.unwrap();
    let report = hub.engine.test_change(hub.backend, change).await.unwrap();
    assert_eq!(report.state, HealthState::Connected);
    let tried = hub.peer.built().pop().unwrap();
    assert_eq!(tried.base_url, "http://elsewhere.test");
    assert_eq!(tried.secrets.get("api_key"), Some("one"));
    let now = hub.engine.backends().await.unwrap();
    assert_eq!(now[0].backend, before[0].backend, "nothing is kept");
    assert_eq!(hub.store.secrets(hub.backend).await.unwrap().get("api_key"), Some("one"));
}

#[tokio::test]
async fn discoveries_at_the_same_time_are_one() {
    let hub = Hub::new().await;
    until("the first check is over", || hub.peer.discoveries.load(SeqCst) >= 2).await;
    hub.peer.discovery_gate.forget_permits(2000);
    let before = hub.peer.discoveries.load(SeqCst);
    hub.peer.offers(vec![workflow("w1", "Echo, renamed"), workflow("w2", "New")]);
    let old = hub.engine.find_workflow(None, "Echo").await.unwrap();
    let asked: Vec<_> = (0..5)
        .map(|_| {
            let (engine, backend) = (hub.engine.clone(), hub.backend);
            tokio::spawn(async move { engine.discover(backend).await })
        })
        .collect();
    until("the peer is asked", || hub.peer.discoveries.load(SeqCst) > before).await;
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    hub.peer.discovery_gate.add_permits(10);
    for report in asked {
        assert_eq!(report.await.unwrap().unwrap().workflows.len(), 2);
    }
    assert_eq!(hub.peer.discoveries.load(SeqCst), before + 1);
    let renamed = hub.engine.find_workflow(None, "echo, renamed").await.unwrap();
    assert_eq!(renamed.id, old.id, "the id stays");
    assert!(hub.engine.backend("peer").await.unwrap().peer.unwrap().discovered_at.is_some());
}

#[tokio::test(start_paused = true)]
async fn what_a_backend_offers_is_read_when_it_first_works_and_later_again() {
    let hub = Hub::with(EngineConfig { discovery_interval: Duration::from_secs(900), ..quick() }).await;
    until("it is discovered by itself", || hub.peer.discoveries.load(SeqCst) == 2).await;
    tokio::time::sleep(Duration::from_secs(800)).await;
    assert_eq!(hub.peer.discoveries.load(SeqCst), 2);
    tokio::time::sleep(Duration::from_secs(200)).await;
    assert_eq!(hub.peer.discoveries.load(SeqCst), 3);
}

#[tokio::test(start_paused = true)]
async fn a_discovery_that_hangs_has_an_end() {
    let hub = Hub::new().await;
    hub.peer.discovery_gate.forget_permits(2000);
    let failure = hub.engine.discover(hub.backend).await.unwrap_err();
    assert_eq!(failure.code, ErrorCode::PeerNoAnswer);
    assert_eq!(hub.engine.workflows(None).await.unwrap().len(), 1, "what was known stays");
}
