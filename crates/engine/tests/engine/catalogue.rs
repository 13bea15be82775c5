//! Backends, workflows and tokens.

use std::{collections::BTreeMap, sync::atomic::Ordering::SeqCst};

use futures_util::StreamExt as _;
use jackfield_protocol::{
    api::{BackendChange, HubNews, NewBackend},
    error::ErrorCode,
    event::Outcome,
    ids::BackendId,
    model::{CancelEffect, Platform},
};
use secrecy::ExposeSecret as _;

use crate::support::{Hub, echo, new_backend, outcome, until, workflow};

#[tokio::test]
async fn nothing_wrong_is_added() {
    let hub = Hub::new().await;
    let wrong = [
        (NewBackend { name: " ".to_owned(), ..new_backend("x") }, ErrorCode::InvalidRequest),
        (NewBackend { name: "x".repeat(81), ..new_backend("x") }, ErrorCode::InvalidRequest),
        (NewBackend { base_url: "nonsense".to_owned(), ..new_backend("x") }, ErrorCode::InvalidUrl),
        (NewBackend { platform: Platform::Mcp, ..new_backend("x") }, ErrorCode::InvalidConfig),
        (new_backend("peer"), ErrorCode::Conflict),
    ];
    for (new, code) in wrong {
        assert_eq!(hub.engine.add_backend(new, false).await.unwrap_err().code, code);
    }
    let backends = hub.engine.backends().await.unwrap();
    assert_eq!(backends.len(), 1);
    assert_eq!(backends[0].backend.secrets, ["api_key"]);
    assert!(!serde_json::to_string(&backends).unwrap().contains("one"), "no secret is shown");
}

#[tokio::test]
async fn a_change_keeps_what_is_absent_and_merges_secrets() {
    let hub = Hub::new().await;
    let secrets: BTreeMap<_, _> =
        [("api_key".to_owned(), String::new()), ("password".to_owned(), "two".to_owned())].into();
    let change = BackendChange { secrets: Some(secrets), ..BackendChange::default() };
    let view = hub.engine.change_backend(hub.backend, change).await.unwrap();
    assert_eq!((view.backend.name.as_str(), view.backend.secrets), ("peer", vec!["password".to_owned()]));
    let built = hub.peer.built();
    let newest = built.last().unwrap();
    assert_eq!((newest.secrets.get("password"), newest.secrets.get("api_key")), (Some("two"), None));
    let wrong = BackendChange { base_url: Some("nonsense".to_owned()), ..BackendChange::default() };
    assert_eq!(hub.engine.change_backend(hub.backend, wrong).await.unwrap_err().code, ErrorCode::InvalidUrl);
    assert_eq!(hub.engine.backend("peer").await.unwrap().backend.base_url, "http://peer.test");
    let nobody = hub.engine.change_backend(BackendId::new(), BackendChange::default()).await;
    assert_eq!(nobody.unwrap_err().code, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_discovery_during_which_the_backend_changes_asks_again() {
    let hub = Hub::new().await;
    hub.engine.discover(hub.backend).await.unwrap();
    let before = hub.peer.discoveries.load(SeqCst);
    let permits = hub.peer.discovery_gate.available_permits();
    hub.peer.discovery_gate.forget_permits(permits);
    let change = async {
        until("it is under way", || hub.peer.discoveries.load(SeqCst) > before).await;
        let change =
            BackendChange { base_url: Some("http://moved.test".to_owned()), ..BackendChange::default() };
        hub.engine.change_backend(hub.backend, change).await.unwrap();
        hub.peer.offers(vec![workflow("w9", "Moved")]);
        hub.peer.discovery_gate.add_permits(1000);
    };
    let (found, ()) = tokio::join!(hub.engine.discover(hub.backend), change);
    assert_eq!(found.unwrap().workflows[0].info.external_id, "w9");
    assert!(hub.peer.discoveries.load(SeqCst) >= before + 2, "the old peer's answer was not taken");
}

#[tokio::test]
async fn secrets_that_cannot_be_opened_can_be_entered_anew() {
    let hub = Hub::new().await;
    hub.store.unreadable.store(true, SeqCst);
    let nothing = hub.engine.change_backend(hub.backend, BackendChange::default()).await;
    assert_eq!(nothing.unwrap_err().code, ErrorCode::SecretUnreadable);
    let secrets = [("api_key".to_owned(), "new".to_owned())].into();
    let change = BackendChange { secrets: Some(secrets), ..BackendChange::default() };
    hub.engine.change_backend(hub.backend, change).await.unwrap();
    assert_eq!(hub.peer.built().last().unwrap().secrets.get("api_key"), Some("new"));
}

#[tokio::test]
async fn a_removed_backend_ends_its_runs_and_is_gone() {
    let hub = Hub::new().await;
    hub.peer.cancels_with(CancelEffect::Stopped);
    let _line = hub.peer.next_send();
    let run = hub.start().await;
    until("it is sent", || hub.peer.sent.load(SeqCst) == 1).await;
    let reader = hub.engine.follow(run.id, 0).await.unwrap();
    let news = hub.engine.news();
    hub.engine.remove_backend(hub.backend).await.unwrap();
    let events: Vec<_> = reader.map(|event| (*event.unwrap()).clone()).collect().await;
    assert_eq!(outcome(&events), Outcome::Cancelled);
    assert_eq!(hub.engine.backends().await.unwrap(), []);
    assert_eq!(hub.engine.start_run(echo()).await.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(hub.engine.remove_backend(hub.backend).await.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(hub.engine.stats().active_runs, 0);
    let removed = HubNews::RunRemoved { run_id: run.id };
    assert!(news.take(20).any(|news| std::future::ready(news == removed)).await);
}

#[tokio::test]
async fn a_workflow_is_found_by_id_external_id_and_unique_name() {
    let hub = Hub::new().await;
    hub.peer.offers(vec![workflow("w1", "Echo"), workflow("w2", "Twin"), workflow("w3", "Twin")]);
    hub.engine.discover(hub.backend).await.unwrap();
    let find = async |name: &str| hub.engine.find_workflow(Some("peer"), name).await;
    let echo_id = find("echo").await.unwrap().id;
    assert_eq!(find("w1").await.unwrap().id, echo_id);
    assert_eq!(find(&echo_id.to_string()).await.unwrap().id, echo_id);
    assert_eq!(find("Twin").await.unwrap_err().code, ErrorCode::Conflict);
    assert_eq!(find("w3").await.unwrap().info.external_id, "w3");
    assert_eq!(find("Nope").await.unwrap_err().code, ErrorCode::NotFound);
    let nobody = hub.engine.find_workflow(Some("nobody"), "Echo").await.unwrap_err();
    assert!(nobody.hint.unwrap().contains("peer"), "the names there are");

    hub.peer.offers(vec![workflow("w2", "Twin")]);
    hub.engine.discover(hub.backend).await.unwrap();
    let gone = jackfield_protocol::api::StartRun { workflow_id: Some(echo_id), ..echo() };
    assert_eq!(hub.engine.start_run(gone).await.unwrap_err().code, ErrorCode::NotRunnable);
}

#[tokio::test]
async fn a_token_opens_until_it_is_deleted() {
    let hub = Hub::new().await;
    let (token, text) = hub.engine.create_token("laptop".to_owned()).await.unwrap();
    let text = text.expose_secret();
    assert!(text.starts_with("jf_") && text.len() == 46, "{}", text.len());
    assert_eq!(hub.engine.authenticate(text).await.unwrap(), Some(token.clone()));
    assert_eq!(hub.engine.authenticate("jf_wrong").await.unwrap(), None);
    hub.engine.delete_token(token.id).await.unwrap();
    assert_eq!(hub.engine.authenticate(text).await.unwrap(), None);
    assert_eq!(hub.engine.create_token(" ".to_owned()).await.unwrap_err().code, ErrorCode::InvalidRequest);
}
