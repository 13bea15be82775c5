//! Backends, their secrets, and what their peers say of themselves.

use jackfield_protocol::{
    ids::BackendId,
    model::{BackendType, Platform},
    port::{PeerInfo, Secrets, StoreError},
    time::now,
};
use serde_json::json;

use super::{
    StoreFixture,
    samples::{
        append, backend, checkpoint, delta, run_in, secrets, stored_backend, stored_workflow, tool_info,
    },
};

/// Everything that is written reads back, with the names of the secrets and not their values.
pub async fn a_backend_reads_back_as_it_was_written(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let mut given = backend("lab");
    given.simulated = true;
    let values = secrets(&[("webhook_password", "p@ss"), ("api_key", "k-ü-\n\"'")]);
    store.insert_backend(&given, &values).await.unwrap();
    given.secrets = vec!["api_key".to_owned(), "webhook_password".to_owned()];
    assert_eq!(store.backend(given.id).await.unwrap(), Some(given.clone()));
    let read = store.secrets(given.id).await.unwrap();
    assert_eq!(read.iter().collect::<Vec<_>>(), values.iter().collect::<Vec<_>>());
    assert_eq!(store.backend(BackendId::new()).await.unwrap(), None);
}

/// Listed by name.
pub async fn backends_are_listed_by_name(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    for name in ["c", "a", "b"] {
        stored_backend(&*store, name).await;
    }
    let names: Vec<String> =
        store.backends().await.unwrap().into_iter().map(|backend| backend.name).collect();
    assert_eq!(names, ["a", "b", "c"]);
}

/// A name is given once.
pub async fn a_taken_name_is_refused_and_leaves_nothing(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let first = stored_backend(&*store, "lab").await;
    let second = backend("lab");
    let error = store.insert_backend(&second, &secrets(&[("api_key", "x")])).await.unwrap_err();
    assert!(matches!(&error, StoreError::Conflict(text) if text.contains("'lab'")), "{error:?}");
    assert_eq!(store.backends().await.unwrap(), [first]);
    assert_eq!(store.secrets(second.id).await.unwrap_err(), StoreError::NotFound("backend"));
}

/// A change replaces what the user may change; the id stays.
pub async fn a_change_replaces_every_field(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let mut changed = stored_backend(&*store, "lab").await;
    changed.name = "other".to_owned();
    changed.base_url = "http://127.0.0.1:1".to_owned();
    changed.options = json!(null);
    changed.enabled = false;
    changed.updated_at = now();
    store.update_backend(&changed, None).await.unwrap();
    assert_eq!(store.backend(changed.id).await.unwrap(), Some(changed));
}

/// Nor may a change take another's name.
pub async fn a_change_to_a_taken_name_is_refused(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let first = stored_backend(&*store, "first").await;
    let second = stored_backend(&*store, "second").await;
    let changed = jackfield_protocol::model::Backend { name: "first".to_owned(), ..second.clone() };
    let error = store.update_backend(&changed, Some(&secrets(&[("a", "b")]))).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");
    assert_eq!(store.backends().await.unwrap(), [first, second]);
}

/// `None` leaves the secrets as they are.
pub async fn a_change_without_secrets_keeps_them(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let given = backend("lab");
    store.insert_backend(&given, &secrets(&[("api_key", "one")])).await.unwrap();
    store.update_backend(&given, None).await.unwrap();
    assert_eq!(store.secrets(given.id).await.unwrap().get("api_key"), Some("one"));
}

/// `Some` replaces all of them, down to none.
pub async fn a_change_with_secrets_replaces_all_of_them(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let given = backend("lab");
    store.insert_backend(&given, &secrets(&[("api_key", "one"), ("jwt", "two")])).await.unwrap();
    store.update_backend(&given, Some(&secrets(&[("api_key", "three")]))).await.unwrap();
    let read = store.secrets(given.id).await.unwrap();
    assert_eq!(read.iter().collect::<Vec<_>>(), [("api_key", "three")]);
    assert_eq!(store.backend(given.id).await.unwrap().unwrap().secrets, ["api_key"]);
    store.update_backend(&given, Some(&Secrets::new())).await.unwrap();
    assert!(store.secrets(given.id).await.unwrap().names().is_empty());
    assert!(store.backend(given.id).await.unwrap().unwrap().secrets.is_empty());
}

/// Only what is there can be changed.
pub async fn changing_what_is_not_there_is_refused(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let error = store.update_backend(&backend("lab"), None).await.unwrap_err();
    assert_eq!(error, StoreError::NotFound("backend"));
}

/// No backend, no secrets.
pub async fn secrets_of_an_unknown_backend_are_not_found(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    assert_eq!(store.secrets(BackendId::new()).await.unwrap_err(), StoreError::NotFound("backend"));
}

/// A backend without secrets is no error.
pub async fn a_backend_may_have_no_secrets(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let given = stored_backend(&*store, "lab").await;
    assert!(store.secrets(given.id).await.unwrap().names().is_empty());
}

/// Secrets, workflows, tools, runs with their logs, checkpoints and blobs go too; other backends stay.
pub async fn removing_a_backend_removes_what_belongs_to_it(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let kept = stored_backend(&*store, "kept").await;
    let given = backend("lab");
    store.insert_backend(&given, &secrets(&[("api_key", "x")])).await.unwrap();
    store.save_peer(given.id, &PeerInfo::default()).await.unwrap();
    let workflow = stored_workflow(&*store, given.id).await;
    store.save_tools(given.id, &[tool_info("t")], now()).await.unwrap();
    let tool = store.tools(Some(given.id)).await.unwrap().remove(0);
    let run = run_in(&workflow, None);
    store.create_run(&run).await.unwrap();
    let mut events = append(run.id, 0, vec![delta(run.id, 1)]);
    events.checkpoint = Some(checkpoint("7", json!({})));
    store.append(events).await.unwrap();

    store.delete_backend(given.id).await.unwrap();
    assert_eq!(store.backends().await.unwrap(), [kept]);
    assert_eq!(store.backend(given.id).await.unwrap(), None);
    assert_eq!(store.peer(given.id).await.unwrap(), None);
    assert_eq!(store.secrets(given.id).await.unwrap_err(), StoreError::NotFound("backend"));
    assert_eq!(store.workflow(workflow.id).await.unwrap(), None);
    assert_eq!(store.tool(tool.id).await.unwrap(), None);
    assert_eq!(store.run(run.id).await.unwrap(), None);
    assert!(store.events(run.id, 0, 10).await.unwrap().is_empty());
    assert_eq!(store.checkpoint(run.id).await.unwrap_err(), StoreError::NotFound("run"));
    store.insert_backend(&given, &Secrets::new()).await.unwrap();
    assert!(store.secrets(given.id).await.unwrap().names().is_empty(), "no secret comes back with the name");
}

/// Removing twice is told.
pub async fn removing_what_is_not_there_is_refused(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let given = stored_backend(&*store, "lab").await;
    store.delete_backend(given.id).await.unwrap();
    assert_eq!(store.delete_backend(given.id).await.unwrap_err(), StoreError::NotFound("backend"));
}

/// The last word counts.
pub async fn what_a_peer_says_is_replaced(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let given = stored_backend(&*store, "lab").await;
    assert_eq!(store.peer(given.id).await.unwrap(), None);
    let first = PeerInfo {
        version: Some("2.41.1".to_owned()),
        capabilities: json!({"stop": true}),
        discovered_at: Some(now()),
    };
    store.save_peer(given.id, &first).await.unwrap();
    assert_eq!(store.peer(given.id).await.unwrap(), Some(first));
    let second = PeerInfo { version: None, capabilities: json!(null), discovered_at: None };
    store.save_peer(given.id, &second).await.unwrap();
    assert_eq!(store.peer(given.id).await.unwrap(), Some(second));
}

/// MCP servers and LLM servers say something of themselves too.
pub async fn what_an_mcp_server_says_is_kept_too(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    for platform in [Platform::Mcp, Platform::Openai] {
        let mut given = backend(platform.title());
        given.platform = platform;
        given.kind = platform.backend_type();
        assert_ne!(given.kind, BackendType::Orchestrator);
        store.insert_backend(&given, &Secrets::new()).await.unwrap();
        let info = PeerInfo { version: Some("1".to_owned()), ..PeerInfo::default() };
        store.save_peer(given.id, &info).await.unwrap();
        assert_eq!(store.peer(given.id).await.unwrap(), Some(info));
        assert_eq!(store.backend(given.id).await.unwrap(), Some(given));
    }
}

/// Nothing is kept of a backend that is not there.
pub async fn news_of_an_unknown_backend_are_refused(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let error = store.save_peer(BackendId::new(), &PeerInfo::default()).await.unwrap_err();
    assert_eq!(error, StoreError::NotFound("backend"));
}
