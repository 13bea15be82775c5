//! What a client asks of the hub by itself, and the life of clients.

use std::{sync::atomic::Ordering::SeqCst, time::Duration};

use jackfield_engine::EngineConfig;
use jackfield_protocol::{
    api::BackendChange,
    error::ErrorCode,
    event::Outcome,
    model::{HealthState, Platform},
    port::{PeerInfo, Secrets, Store as _},
};
use secrecy::SecretString;
use serde_json::json;

use crate::support::{Hub, Peer, done, engine, lost, quick, tool, until};

fn secrets(pairs: &[(&str, &str)]) -> Secrets {
    let mut secrets = Secrets::new();
    for (name, value) in pairs {
        secrets.set_or_clear(*name, SecretString::from(*value));
    }
    secrets
}

fn rename(name: &str) -> BackendChange {
    BackendChange { name: Some(name.to_owned()), ..BackendChange::default() }
}

#[tokio::test]
async fn secrets_that_a_client_keeps_are_merged_and_make_no_new_client() {
    let hub = Hub::mcp(Vec::new()).await;
    let before = hub.engine.backend("peer").await.unwrap().backend;
    let built = hub.peer.built().len();
    let host = hub.peer.host();
    host.keep_secrets(secrets(&[("oauth", "tokens"), ("other", "x")])).await.unwrap();
    host.keep_secrets(secrets(&[("other", "")])).await.unwrap();
    let after = hub.engine.backend("peer").await.unwrap().backend;
    assert_eq!(after.secrets, ["api_key", "oauth"]);
    assert_eq!(after.updated_at, before.updated_at, "nobody changed the backend");
    let kept = hub.store.secrets(hub.backend).await.unwrap();
    assert_eq!((kept.get("oauth"), kept.get("api_key")), (Some("tokens"), Some("one")));
    assert_eq!(hub.peer.built().len(), built);
    hub.engine.change_backend(hub.backend, rename("renamed")).await.unwrap();
    assert_eq!(hub.peer.built().pop().unwrap().secrets.get("oauth"), Some("tokens"));
}

#[tokio::test]
async fn the_client_of_a_changed_or_removed_backend_keeps_nothing_and_tells_nothing() {
    let hub = Hub::mcp(vec![tool("echo")]).await;
    until("it is discovered", || hub.peer.discoveries.load(SeqCst) == 2).await;
    let old = hub.peer.host();
    hub.engine.change_backend(hub.backend, rename("renamed")).await.unwrap();
    until("the new one is discovered", || hub.peer.discoveries.load(SeqCst) == 3).await;
    let failure = old.keep_secrets(secrets(&[("oauth", "stale")])).await.unwrap_err();
    assert_eq!(failure.code, ErrorCode::Conflict);
    let checks = hub.peer.checks.load(SeqCst);
    old.connection_changed();
    old.catalogue_changed();
    let new = hub.peer.host();
    new.keep_secrets(secrets(&[("oauth", "fresh")])).await.unwrap();
    assert_eq!(hub.store.secrets(hub.backend).await.unwrap().get("oauth"), Some("fresh"));
    new.connection_changed();
    until("the new one is heard", || hub.peer.checks.load(SeqCst) > checks).await;
    assert_eq!(hub.peer.checks.load(SeqCst), checks + 1, "and only that one");
    hub.engine.remove_backend(hub.backend).await.unwrap();
    new.keep_secrets(secrets(&[("oauth", "late")])).await.unwrap_err();
    assert!(hub.store.secrets(hub.backend).await.is_err());
}

#[tokio::test]
async fn a_change_and_a_client_at_the_same_time_lose_no_secret() {
    let hub = Hub::mcp(Vec::new()).await;
    for round in 0..20 {
        let (host, value) = (hub.peer.host(), format!("token {round}"));
        let entered = [("password".to_owned(), value.clone())].into();
        let change = BackendChange { secrets: Some(entered), ..BackendChange::default() };
        let (kept, changed) = tokio::join!(
            tokio::spawn({
                let value = value.clone();
                async move { host.keep_secrets(secrets(&[("oauth", &value)])).await }
            }),
            hub.engine.change_backend(hub.backend, change),
        );
        changed.unwrap();
        let stored = hub.store.secrets(hub.backend).await.unwrap();
        assert_eq!(stored.get("password"), Some(value.as_str()));
        if kept.unwrap().is_ok() {
            assert_eq!(stored.get("oauth"), Some(value.as_str()), "what was said to be kept is kept");
        }
        assert_eq!(hub.peer.built().pop().unwrap().secrets.get("oauth"), stored.get("oauth"));
    }
}

#[tokio::test]
async fn a_replaced_client_goes_when_its_last_run_has_ended() {
    let hub = Hub::new().await;
    let line = hub.peer.next_send();
    let run = hub.start().await;
    until("it is sent", || hub.peer.sent.load(SeqCst) == 1).await;
    hub.engine.change_backend(hub.backend, rename("renamed")).await.unwrap();
    line.send(done(Outcome::Succeeded)).unwrap();
    hub.ended(run.id).await;
    until("only the new one is there", || hub.peer.clients.load(SeqCst) == 1).await;
    hub.engine.shutdown().await;
    assert_eq!(hub.peer.clients.load(SeqCst), 0, "a hub that stopped has no clients");
    let late = hub.engine.journal(hub.backend).await.unwrap_err();
    assert_eq!(late.code, ErrorCode::ShuttingDown);
}

#[tokio::test]
async fn the_client_of_a_removed_backend_goes() {
    let hub = Hub::mcp(Vec::new()).await;
    until("it is discovered", || hub.peer.discoveries.load(SeqCst) == 2).await;
    hub.engine.remove_backend(hub.backend).await.unwrap();
    until("it is gone", || hub.peer.clients.load(SeqCst) == 0).await;
}

#[tokio::test]
async fn what_the_peer_said_of_itself_is_given_to_a_new_client_of_the_same_peer() {
    let hub = Hub::mcp(Vec::new()).await;
    assert_eq!(hub.peer.built()[0].peer, None, "nobody has asked yet");
    until("it is discovered", || hub.peer.discoveries.load(SeqCst) == 2).await;
    let info = PeerInfo { version: Some("7".to_owned()), ..PeerInfo::default() };
    hub.store.save_peer(hub.backend, &info).await.unwrap();
    hub.engine.change_backend(hub.backend, rename("renamed")).await.unwrap();
    assert_eq!(hub.peer.built().pop().unwrap().peer, Some(info));
    let moved = BackendChange { base_url: Some("http://moved.test".to_owned()), ..BackendChange::default() };
    hub.engine.change_backend(hub.backend, moved).await.unwrap();
    assert_eq!(hub.peer.built().pop().unwrap().peer, None, "that may be another peer");
    hub.engine.shutdown().await;
    let known = hub.store.peer(hub.backend).await.unwrap();
    let next = engine(hub.store.clone(), &hub.peer, quick()).await;
    until("it is checked", || hub.peer.clients.load(SeqCst) == 1).await;
    assert_eq!(hub.peer.built().pop().unwrap().peer, known);
    next.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn many_changes_in_a_row_are_one_discovery() {
    let config = EngineConfig {
        change_quiet: (Duration::from_millis(300), Duration::from_secs(2)),
        change_backoff: (Duration::from_secs(1), Duration::from_secs(60)),
        ..quick()
    };
    let hub = Hub::of(Peer::of(Platform::Mcp), config).await;
    until("it is discovered", || hub.peer.discoveries.load(SeqCst) == 2).await;
    let host = hub.peer.host();
    hub.peer.has_tools(vec![tool("new")]);
    for _ in 0..100 {
        host.catalogue_changed();
    }
    tokio::time::sleep(Duration::from_millis(290)).await;
    assert_eq!(hub.peer.discoveries.load(SeqCst), 2, "not while it may change further");
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(hub.peer.discoveries.load(SeqCst), 3);
    assert_eq!(hub.engine.find_tool("new").await.unwrap().tool.info.name, "new");

    // One that never is quiet is waited for two seconds, and then ever longer.
    for _ in 0..600 {
        host.catalogue_changed();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let discoveries = hub.peer.discoveries.load(SeqCst) - 3;
    assert!((4..=7).contains(&discoveries), "{discoveries} in a minute");
}

#[tokio::test]
async fn a_change_during_a_discovery_is_discovered_after_it() {
    let hub = Hub::mcp(Vec::new()).await;
    until("it is discovered", || hub.peer.discoveries.load(SeqCst) == 2).await;
    hub.peer.discovery_gate.forget_permits(2000);
    let (engine, backend) = (hub.engine.clone(), hub.backend);
    let under_way = tokio::spawn(async move { engine.discover(backend).await });
    until("one is under way", || hub.peer.discoveries.load(SeqCst) == 3).await;
    hub.peer.host().catalogue_changed();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(hub.peer.discoveries.load(SeqCst), 3);
    hub.peer.discovery_gate.add_permits(1);
    under_way.await.unwrap().unwrap();
    until("there is another one", || hub.peer.discoveries.load(SeqCst) == 4).await;
    hub.peer.discovery_gate.add_permits(1000);
}

#[tokio::test(start_paused = true)]
async fn news_of_the_connection_are_looked_at_at_once_and_a_peer_that_came_back_is_discovered() {
    let hub = Hub::mcp(vec![tool("echo")]).await;
    until("it is discovered", || hub.peer.discoveries.load(SeqCst) == 2).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let state = async || hub.engine.backend("peer").await.unwrap().health.state;
    let host = hub.peer.host();
    hub.peer.health([HealthState::Unreachable]);
    host.connection_changed();
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(state().await, HealthState::Unreachable);
    assert_eq!(hub.peer.discoveries.load(SeqCst), 2);
    hub.peer.health([HealthState::Connected]);
    host.connection_changed();
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(state().await, HealthState::Connected);
    assert_eq!(hub.peer.discoveries.load(SeqCst), 3, "it may be another version now");

    // Gone and back between two checks is the same.
    host.connection_changed();
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(hub.peer.discoveries.load(SeqCst), 4);
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_comes_and_goes_all_the_time_is_not_checked_all_the_time() {
    let hub = Hub::mcp(Vec::new()).await;
    until("it is discovered", || hub.peer.discoveries.load(SeqCst) == 2).await;
    hub.peer.health([HealthState::Unreachable]);
    let (before, host) = (hub.peer.checks.load(SeqCst), hub.peer.host());
    for _ in 0..6000 {
        host.connection_changed();
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let checks = hub.peer.checks.load(SeqCst) - before;
    assert!((20..=70).contains(&checks), "{checks} checks in a minute");
}

#[tokio::test(start_paused = true)]
async fn mcp_servers_are_discovered_every_ten_minutes() {
    let hub = Hub::mcp(Vec::new()).await;
    until("it is discovered", || hub.peer.discoveries.load(SeqCst) == 2).await;
    tokio::time::sleep(Duration::from_secs(590)).await;
    assert_eq!(hub.peer.discoveries.load(SeqCst), 2);
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(hub.peer.discoveries.load(SeqCst), 3);
}

#[tokio::test]
async fn a_run_that_is_recovered_after_a_change_is_resumed_by_the_new_client() {
    let hub = Hub::new().await;
    let line = hub.peer.next_send();
    hub.peer.resumes_with([done(Outcome::Succeeded)]);
    let run = hub.start().await;
    until("it is sent", || hub.peer.sent.load(SeqCst) == 1).await;
    let change = BackendChange { options: Some(json!({"new": true})), ..BackendChange::default() };
    hub.engine.change_backend(hub.backend, change).await.unwrap();
    line.send(lost()).unwrap();
    hub.ended(run.id).await;
    until("the old one is gone", || hub.peer.clients.load(SeqCst) == 1).await;
}
