//! What is there after the store was closed and opened again.

use jackfield_protocol::{
    event::Outcome,
    ids::{RunId, TokenId},
    model::RunStatus,
    port::{ApiToken, Append, Blob, ChatMessage, PeerInfo, RunFilter, StoreError},
    time::now,
};
use serde_json::json;

use super::{
    StoreFixture,
    samples::{
        append, backend, checkpoint, conversation, deltas, done, event, run_in, secrets, start, stored_run,
        stored_workflow, tool_info,
    },
};

/// One of everything.
pub async fn everything_is_there_after_reopening(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let given = backend("lab");
    store.insert_backend(&given, &secrets(&[("api_key", "secret")])).await.unwrap();
    let peer = PeerInfo { version: Some("2".to_owned()), ..PeerInfo::default() };
    store.save_peer(given.id, &peer).await.unwrap();
    let workflow = stored_workflow(&*store, given.id).await;
    store.save_tools(given.id, &[tool_info("t")], now()).await.unwrap();
    let chat = conversation("a");
    store.create_conversation(&chat).await.unwrap();
    let ended = run_in(&workflow, Some(chat.id));
    let going = run_in(&workflow, None);
    for run in [&ended, &going] {
        store.create_run(run).await.unwrap();
        store.begin_attempt(run.id).await.unwrap();
    }
    let events = vec![event(ended.id, 1, start()), event(ended.id, 2, done(Outcome::Failed))];
    store.append(append(ended.id, 1, events.clone())).await.unwrap();
    let sealed = checkpoint("7", json!({"url": "x"}));
    let given_events = Append {
        checkpoint: Some(sealed.clone()),
        status: Some(RunStatus::Running),
        ..append(going.id, 1, deltas(going.id, 1..=50))
    };
    store.append(given_events.clone()).await.unwrap();
    let message = ChatMessage {
        position: 1,
        role: "user".to_owned(),
        text: "hi".to_owned(),
        run_id: Some(ended.id),
        created_at: now(),
    };
    store.add_message(chat.id, &message).await.unwrap();
    let bytes = Blob { media_type: "a/b".to_owned(), bytes: vec![0; 100_000].into() };
    let (of_run, unused) =
        (store.put_blob(Some(going.id), &bytes).await.unwrap(), store.put_blob(None, &bytes).await.unwrap());
    let token = ApiToken { id: TokenId::new(), name: "t".to_owned(), created_at: now(), last_used_at: None };
    store.insert_token(&token, [9; 32]).await.unwrap();
    let all = RunFilter { limit: 10, ..RunFilter::default() };
    let (backends, runs, tools) =
        (store.backends().await.unwrap(), store.runs(&all).await.unwrap(), store.tools(None).await.unwrap());
    store.close().await;

    let store = fixture.open().await;
    assert_eq!(store.backends().await.unwrap(), backends);
    assert_eq!(store.secrets(given.id).await.unwrap().get("api_key"), Some("secret"));
    assert_eq!(store.peer(given.id).await.unwrap(), Some(peer));
    assert_eq!(store.workflows(None).await.unwrap(), [workflow]);
    assert_eq!(store.tools(None).await.unwrap(), tools);
    assert_eq!(store.runs(&all).await.unwrap(), runs);
    assert_eq!(
        store.unfinished_runs().await.unwrap().iter().map(|run| run.id).collect::<Vec<_>>(),
        [going.id]
    );
    assert_eq!(store.events(ended.id, 0, 100).await.unwrap(), events);
    assert_eq!(store.events(going.id, 0, 100).await.unwrap(), given_events.events);
    assert_eq!(store.checkpoint(going.id).await.unwrap(), Some(sealed));
    assert_eq!(store.messages(chat.id).await.unwrap(), [message]);
    assert_eq!(store.blob(of_run).await.unwrap(), Some(bytes.clone()));
    assert_eq!(store.blob(unused).await.unwrap(), Some(bytes));
    assert_eq!(store.token_by_hash([9; 32]).await.unwrap(), Some(token));
    assert_eq!(store.begin_attempt(going.id).await, Ok(2));
    let error = store.append(append(going.id, 1, deltas(going.id, 51..=51))).await.unwrap_err();
    assert_eq!(error, StoreError::StaleAttempt { given: 1, current: 2 });
    store.append(append(going.id, 2, deltas(going.id, 51..=51))).await.unwrap();
}

/// What a write returned from does not need an orderly end.
pub async fn what_was_dropped_without_closing_is_there_too(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let run = stored_run(&*store).await;
    store.append(append(run.id, 0, deltas(run.id, 1..=50))).await.unwrap();
    drop(store);
    let store = fixture.open().await;
    assert_eq!(store.events(run.id, 0, 100).await.unwrap().len(), 50);
}

/// Every later call is refused at once; a second close is no error.
pub async fn a_closed_store_refuses_and_does_not_hang(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let run = stored_run(&*store).await;
    let writes: Vec<_> = (0..20)
        .map(|_| {
            let (store, id) = (store.clone(), run.id);
            tokio::spawn(async move { store.begin_attempt(id).await })
        })
        .collect();
    store.close().await;
    store.close().await;
    assert!(matches!(store.begin_attempt(run.id).await, Err(StoreError::Io(_))));
    assert!(matches!(store.run(RunId::new()).await, Err(StoreError::Io(_))));
    assert!(matches!(store.check().await, Err(StoreError::Io(_))));
    let mut done = 0;
    for write in writes {
        match write.await.unwrap() {
            Ok(_) => done += 1,
            Err(error) => assert!(matches!(error, StoreError::Io(_)), "{error:?}"),
        }
    }
    let store = fixture.open().await;
    assert_eq!(store.run(run.id).await.unwrap().unwrap().attempt, done, "what was said to be done is done");
}

/// As often as one likes.
pub async fn the_check_passes(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    for _ in 0..3 {
        store.check().await.unwrap();
    }
}
