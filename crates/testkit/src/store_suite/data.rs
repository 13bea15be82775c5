//! How much there is, and the removal of what is old.

use jackfield_protocol::{
    event::Outcome,
    ids::{ConversationId, RunId},
    model::{Backend, Run},
    port::{Blob, ChatMessage, DataUsage, Removable, RunFilter, Store},
    time::now,
};
use jiff::{SignedDuration, Timestamp};

use super::{
    StoreFixture,
    samples::{append, conversation, deltas, done, event, run, start, stored_backend},
};

fn days_ago(days: i64) -> Timestamp {
    now() - SignedDuration::from_hours(24 * days)
}

/// A run with `events` events (two at least) that ended so many days ago.
async fn ended(
    store: &dyn Store,
    backend: &Backend,
    days: i64,
    events: u64,
    conversation_id: Option<ConversationId>,
) -> RunId {
    let at = days_ago(days);
    let run = Run { created_at: at, conversation_id, ..run(backend.id) };
    store.create_run(&run).await.unwrap();
    let attempt = store.begin_attempt(run.id).await.unwrap();
    let mut log = vec![event(run.id, 1, start())];
    log.extend(deltas(run.id, 2..events));
    log.push(event(run.id, events, done(Outcome::Succeeded)));
    for event in &mut log {
        event.timestamp = at;
    }
    store.append(append(run.id, attempt, log)).await.unwrap();
    run.id
}

/// A chat that was last used so many days ago.
async fn chat(store: &dyn Store, days: i64) -> ConversationId {
    let mut chat = conversation("chat");
    (chat.created_at, chat.updated_at) = (days_ago(days), days_ago(days));
    store.create_conversation(&chat).await.unwrap();
    chat.id
}

async fn runs_left(store: &dyn Store) -> Vec<RunId> {
    let mut runs = store.runs(&RunFilter { limit: 100, ..RunFilter::default() }).await.unwrap();
    runs.sort_by_key(|run| run.ended_at);
    runs.into_iter().map(|run| run.id).collect()
}

/// The database itself has a size.
pub async fn an_empty_store_has_nothing_in_it(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let usage = store.usage().await.unwrap();
    assert!(usage.bytes > 0);
    let sizes =
        DataUsage { bytes: usage.bytes, reusable_bytes: usage.reusable_bytes, ..DataUsage::default() };
    assert_eq!(usage, sizes);
    assert_eq!(store.removable(now()).await.unwrap(), Removable::default());
    let removed = store.remove_old(now(), 10).await.unwrap();
    assert_eq!((removed.runs, removed.conversations), (Vec::new(), 0));
}

/// Every figure.
pub async fn what_is_stored_is_counted(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let before = store.usage().await.unwrap().bytes;
    let backend = stored_backend(&*store, "lab").await;
    let first = ended(&*store, &backend, 3, 5, None).await;
    ended(&*store, &backend, 1, 2, None).await;
    chat(&*store, 0).await;
    let blob = |size| Blob { media_type: "a/b".to_owned(), bytes: vec![7; size].into() };
    store.put_blob(Some(first), &blob(1_000_000)).await.unwrap();
    store.put_blob(None, &blob(5)).await.unwrap();
    let usage = store.usage().await.unwrap();
    assert!(usage.bytes >= before + 900_000, "{} after {before}", usage.bytes);
    let started = store.run(first).await.unwrap().unwrap().created_at;
    let expected = DataUsage {
        bytes: usage.bytes,
        reusable_bytes: usage.reusable_bytes,
        runs: 2,
        events: 7,
        conversations: 1,
        files: 2,
        file_bytes: 1_000_005,
        oldest: Some(started),
    };
    assert_eq!(usage, expected);
}

/// For ever, until somebody says otherwise.
pub async fn how_long_data_is_kept_reads_back(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    assert_eq!(store.retention().await.unwrap(), None);
    for days in [Some(30), Some(7), None] {
        store.set_retention(days).await.unwrap();
        assert_eq!(store.retention().await.unwrap(), days);
    }
    store.set_retention(Some(90)).await.unwrap();
    store.close().await;
    drop(store);
    assert_eq!(fixture.open().await.retention().await.unwrap(), Some(90));
}

/// With their events; newer ones stay.
pub async fn old_runs_go_oldest_first_in_bounded_steps(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let backend = stored_backend(&*store, "lab").await;
    let mut runs = Vec::new();
    for days in [9, 8, 7, 2] {
        runs.push(ended(&*store, &backend, days, 9, None).await);
    }
    let before = days_ago(5);
    assert_eq!(store.removable(before).await.unwrap(), Removable { runs: 3, conversations: 0 });
    // Each counts as its events and itself.
    let step = store.remove_old(before, 20).await.unwrap();
    assert_eq!(step.runs, runs[..2]);
    assert_eq!(runs_left(&*store).await, runs[2..]);
    assert!(store.events(runs[0], 0, 100).await.unwrap().is_empty());
    assert_eq!(store.remove_old(before, 20).await.unwrap().runs, runs[2..3]);
    assert!(store.remove_old(before, 20).await.unwrap().runs.is_empty());
    assert_eq!(runs_left(&*store).await, runs[3..]);
    assert_eq!(store.events(runs[3], 0, 100).await.unwrap().len(), 9);
}

/// Or nothing would ever go.
pub async fn a_run_larger_than_a_step_goes_alone(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let backend = stored_backend(&*store, "lab").await;
    let large = ended(&*store, &backend, 9, 50, None).await;
    let small = ended(&*store, &backend, 8, 2, None).await;
    assert_eq!(store.remove_old(days_ago(5), 10).await.unwrap().runs, [large]);
    assert_eq!(store.remove_old(days_ago(5), 10).await.unwrap().runs, [small]);
}

/// By a message or by a run.
pub async fn a_chat_stays_whole_while_it_is_used(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let backend = stored_backend(&*store, "lab").await;
    let (said, ran) = (chat(&*store, 9).await, chat(&*store, 9).await);
    ended(&*store, &backend, 9, 3, Some(said)).await;
    ended(&*store, &backend, 9, 3, Some(ran)).await;
    ended(&*store, &backend, 1, 3, Some(ran)).await;
    let message = ChatMessage {
        position: 1,
        role: "user".to_owned(),
        text: "hello".to_owned(),
        run_id: None,
        created_at: days_ago(1),
    };
    store.add_message(said, &message).await.unwrap();
    assert_eq!(store.removable(days_ago(5)).await.unwrap(), Removable::default());
    let step = store.remove_old(days_ago(5), 100).await.unwrap();
    assert_eq!((step.runs.len(), step.conversations), (0, 0));
    assert_eq!(runs_left(&*store).await.len(), 3);
}

/// First what was run in it, then what was said.
pub async fn a_chat_goes_after_its_runs(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let backend = stored_backend(&*store, "lab").await;
    let (old, new) = (chat(&*store, 9).await, chat(&*store, 1).await);
    let run = ended(&*store, &backend, 9, 3, Some(old)).await;
    let before = days_ago(5);
    assert_eq!(store.removable(before).await.unwrap(), Removable { runs: 1, conversations: 1 });
    let step = store.remove_old(before, 100).await.unwrap();
    assert_eq!((step.runs, step.conversations), (vec![run], 0));
    let step = store.remove_old(before, 100).await.unwrap();
    assert_eq!((step.runs, step.conversations), (Vec::new(), 1));
    assert_eq!(store.conversation(old).await.unwrap(), None);
    assert!(store.conversation(new).await.unwrap().is_some());
    assert!(store.messages(old).await.unwrap().is_empty());
}

/// However long ago it began.
pub async fn what_goes_on_is_never_old(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let backend = stored_backend(&*store, "lab").await;
    let going = Run { created_at: days_ago(99), ..run(backend.id) };
    store.create_run(&going).await.unwrap();
    let chat = chat(&*store, 99).await;
    let in_chat = Run { created_at: days_ago(99), conversation_id: Some(chat), ..run(backend.id) };
    store.create_run(&in_chat).await.unwrap();
    ended(&*store, &backend, 98, 3, Some(chat)).await;
    assert_eq!(store.removable(now()).await.unwrap(), Removable::default());
    assert!(store.remove_old(now(), 100).await.unwrap().runs.is_empty());
    assert_eq!(runs_left(&*store).await.len(), 3);
}
