//! Conversations and their messages.

use jackfield_protocol::{
    ids::{ConversationId, RunId},
    port::{ChatMessage, Conversation, ConversationFilter, StoreError},
    time::now,
};

use super::{
    StoreFixture,
    samples::{conversation, run_in, stored_backend, stored_workflow},
};

fn message(role: &str, text: &str) -> ChatMessage {
    ChatMessage {
        position: 99,
        role: role.to_owned(),
        text: text.to_owned(),
        run_id: None,
        created_at: now(),
    }
}

/// Every field.
pub async fn a_conversation_reads_back(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let chat = conversation("Über 'alles'");
    store.create_conversation(&chat).await.unwrap();
    assert_eq!(store.conversation(chat.id).await.unwrap(), Some(chat.clone()));
    assert_eq!(store.conversation(ConversationId::new()).await.unwrap(), None);
    assert!(matches!(store.create_conversation(&chat).await, Err(StoreError::Conflict(_))));
}

/// The store counts, not the caller.
pub async fn messages_are_numbered_from_one(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let (chat, other) = (conversation("a"), conversation("b"));
    store.create_conversation(&chat).await.unwrap();
    store.create_conversation(&other).await.unwrap();
    let mut expected = Vec::new();
    for position in 1..=3 {
        let given = message("user", &format!("text {position}"));
        assert_eq!(store.add_message(chat.id, &given).await, Ok(position));
        expected.push(ChatMessage { position, ..given });
    }
    assert_eq!(store.add_message(other.id, &message("assistant", "")).await, Ok(1));
    assert_eq!(store.messages(chat.id).await.unwrap(), expected);
    assert!(store.messages(ConversationId::new()).await.unwrap().is_empty());
}

/// A message moves its conversation to the front.
pub async fn the_last_used_comes_first(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let chats = ["a", "b", "c"].map(conversation);
    for chat in &chats {
        store.create_conversation(chat).await.unwrap();
    }
    let later = ChatMessage {
        created_at: now().checked_add(jiff::SignedDuration::from_secs(60)).unwrap(),
        ..message("user", "x")
    };
    store.add_message(chats[0].id, &later).await.unwrap();
    let titles = |filter: ConversationFilter| {
        let store = store.clone();
        async move {
            let listed = store.conversations(&filter).await.unwrap();
            listed.into_iter().map(|chat| chat.title).collect::<Vec<_>>()
        }
    };
    let all = ConversationFilter { limit: 10, ..ConversationFilter::default() };
    assert_eq!(titles(all.clone()).await, ["a", "c", "b"]);
    assert_eq!(titles(ConversationFilter { limit: 2, ..all.clone() }).await, ["a", "c"]);
    let after = |chat: usize| ConversationFilter { after: Some(chats[chat].id), ..all.clone() };
    assert_eq!(titles(after(0)).await, ["c", "b"]);
    assert_eq!(titles(after(1)).await, [""; 0]);
    let with = |text: &str| ConversationFilter { text: Some(text.to_owned()), ..all.clone() };
    assert_eq!(titles(with("B")).await, ["b"], "in the title");
    assert_eq!(titles(with("X")).await, ["a"], "in what was said");
    assert_eq!(titles(with("%")).await, [""; 0], "as it stands");
    assert_eq!(store.conversation(chats[0].id).await.unwrap().unwrap().updated_at, later.created_at);
}

/// Nothing is said nowhere, or by a run that is not there.
pub async fn a_message_needs_its_conversation_and_run(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let error = store.add_message(ConversationId::new(), &message("user", "x")).await.unwrap_err();
    assert_eq!(error, StoreError::NotFound("conversation"));
    let chat = conversation("a");
    store.create_conversation(&chat).await.unwrap();
    let orphan = ChatMessage { run_id: Some(RunId::new()), ..message("user", "x") };
    assert_eq!(store.add_message(chat.id, &orphan).await.unwrap_err(), StoreError::NotFound("run"));
    assert_eq!(store.add_message(chat.id, &message("user", "x")).await, Ok(1));
}

/// What was said stays when the backend goes with its runs.
pub async fn a_chat_outlives_its_runs(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let backend = stored_backend(&*store, "lab").await;
    let workflow = stored_workflow(&*store, backend.id).await;
    let chat = conversation("a");
    store.create_conversation(&chat).await.unwrap();
    let run = run_in(&workflow, Some(chat.id));
    store.create_run(&run).await.unwrap();
    let said = ChatMessage { run_id: Some(run.id), ..message("assistant", "hello") };
    store.add_message(chat.id, &said).await.unwrap();
    assert_eq!(store.messages(chat.id).await.unwrap()[0].run_id, Some(run.id));
    store.delete_backend(backend.id).await.unwrap();
    assert_eq!(store.messages(chat.id).await.unwrap(), [ChatMessage { position: 1, run_id: None, ..said }]);
}

/// Its place in the list and what was said stay.
pub async fn a_chat_can_be_renamed(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let chat = conversation("a");
    store.create_conversation(&chat).await.unwrap();
    store.rename_conversation(chat.id, "b").await.unwrap();
    let renamed = Conversation { title: "b".to_owned(), ..chat };
    assert_eq!(store.conversation(renamed.id).await.unwrap(), Some(renamed));
    let error = store.rename_conversation(ConversationId::new(), "b").await.unwrap_err();
    assert_eq!(error, StoreError::NotFound("conversation"));
}

/// What was said goes; what was done stays.
pub async fn a_removed_chat_leaves_its_runs(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let backend = stored_backend(&*store, "lab").await;
    let workflow = stored_workflow(&*store, backend.id).await;
    let chat = conversation("a");
    store.create_conversation(&chat).await.unwrap();
    let run = run_in(&workflow, Some(chat.id));
    store.create_run(&run).await.unwrap();
    store.add_message(chat.id, &ChatMessage { run_id: Some(run.id), ..message("user", "x") }).await.unwrap();
    store.delete_conversation(chat.id).await.unwrap();
    assert_eq!(store.conversation(chat.id).await.unwrap(), None);
    assert!(store.messages(chat.id).await.unwrap().is_empty());
    assert_eq!(store.run(run.id).await.unwrap().unwrap().conversation_id, None);
    let error = store.delete_conversation(chat.id).await.unwrap_err();
    assert_eq!(error, StoreError::NotFound("conversation"));
}
