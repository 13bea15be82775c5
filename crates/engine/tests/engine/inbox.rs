//! What waits for a person.

use jackfield_protocol::{
    api::InboxItem,
    event::{EventBody, InputKind, Outcome},
    model::{InputAnswer, RunStatus, ToolInfo},
    port::Progress,
};

use crate::support::{Hub, done, engine, question, quick, tool, until};

fn kinds(items: &[InboxItem]) -> Vec<String> {
    items
        .iter()
        .map(|item| match item {
            InboxItem::Question { question, .. } => question.request_id.0.clone(),
            InboxItem::SignIn { .. } => "sign in".to_owned(),
            InboxItem::ToolChanged { tool, .. } => tool.clone(),
        })
        .collect()
}

#[tokio::test]
async fn what_waits_is_there_until_it_is_seen_to_newest_first() {
    let hub = Hub::mcp(vec![tool("echo")]).await;
    assert!(hub.engine.inbox().await.unwrap().is_empty());
    hub.peer.has_tools(vec![ToolInfo { fingerprint: "2".repeat(64), ..tool("echo") }]);
    hub.engine.discover(hub.backend).await.unwrap();
    let id = hub.engine.find_tool("echo").await.unwrap().tool.id;
    let line = hub.peer.next_send();
    let call = jackfield_protocol::api::CallTool {
        arguments: serde_json::json!({"text": "a"}),
        ..Default::default()
    };
    let run = hub.engine.call_tool(id, call).await.unwrap();
    line.send(question("a")).unwrap();
    line.send(question("b")).unwrap();
    until("both are asked", || hub.store.log(run.id).len() == 3).await;
    hub.status(run.id, RunStatus::Waiting).await;
    let items = hub.engine.inbox().await.unwrap();
    assert_eq!(kinds(&items), ["b", "a", "peer__echo"]);
    let InboxItem::Question { run: asking, backend, asked_at, .. } = &items[0] else { panic!() };
    assert_eq!((asking.id, backend.as_str()), (run.id, "peer"));
    assert_eq!(*asked_at, hub.store.log(run.id)[2].timestamp, "since when it was asked");

    hub.engine.answer(run.id, &"a".into(), InputAnswer::default()).await.unwrap();
    hub.engine.accept_tool(id).await.unwrap();
    assert_eq!(kinds(&hub.engine.inbox().await.unwrap()), ["b"]);
    line.send(done(Outcome::Succeeded)).unwrap();
    hub.ended(run.id).await;
    assert!(hub.engine.inbox().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_only_time_answers_waits_for_nobody() {
    let hub = Hub::new().await;
    let line = hub.peer.next_send();
    let run = hub.start().await;
    let mut timer = question("nap");
    if let Progress::Draft(draft) = &mut timer
        && let EventBody::InputRequired(input) = &mut draft.body
    {
        input.kind = InputKind::Timer;
    }
    line.send(timer).unwrap();
    hub.status(run.id, RunStatus::Waiting).await;
    assert!(hub.engine.inbox().await.unwrap().is_empty());
    line.send(question("a")).unwrap();
    until("both are told", || hub.store.log(run.id).len() == 3).await;
    hub.status(run.id, RunStatus::Waiting).await;
    assert_eq!(kinds(&hub.engine.inbox().await.unwrap()), ["a"]);
}

#[tokio::test]
async fn a_question_is_still_there_after_a_restart() {
    let hub = Hub::new().await;
    let line = hub.peer.next_send();
    let run = hub.start().await;
    line.send(question("a")).unwrap();
    line.send(question("b")).unwrap();
    until("both are asked", || hub.store.log(run.id).len() == 3).await;
    hub.engine.answer(run.id, &"a".into(), InputAnswer::default()).await.unwrap();
    let before = hub.engine.inbox().await.unwrap();
    hub.engine.shutdown().await;
    let resumed = hub.peer.next_resume();
    let next = engine(hub.store.clone(), &hub.peer, quick()).await;
    until("it is resumed", || hub.peer.resumed().len() == 1).await;
    let after = next.inbox().await.unwrap();
    assert_eq!((kinds(&before), kinds(&after)), (vec!["b".to_owned()], vec!["b".to_owned()]));
    resumed.send(done(Outcome::Succeeded)).unwrap();
    crate::support::follow(&next, run.id, 0).await;
    assert!(next.inbox().await.unwrap().is_empty());
}
