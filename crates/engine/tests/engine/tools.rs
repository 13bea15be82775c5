//! Tools: found, accepted, called; a call is a run like any other.

use std::sync::{Arc, atomic::Ordering::SeqCst};

use futures_util::StreamExt as _;
use jackfield_protocol::{
    api::{BackendChange, CallTool, HubNews, NewBackend},
    error::{ErrorCode, Fault},
    event::{EventBody, Outcome},
    ids::{ConversationId, ToolRowId},
    model::{HealthState, Platform, Run, RunStatus, ToolInfo, ToolStatus, ToolView},
    port::Store as _,
};
use serde_json::{Value, json};

use crate::support::{
    Hub, MemoryStore, Peer, done, engine, follow, kinds, new_backend, outcome, quick, text, tool, until,
};

#[tokio::test]
async fn a_name_of_the_hub_is_never_another_servers_tool() {
    let hub = Hub::new().await;
    hub.peer.has_tools(vec![ToolInfo { name: "gone__pay".to_owned(), ..ToolInfo::default() }]);
    hub.engine.discover(hub.backend).await.unwrap();
    assert_eq!(hub.engine.find_tool("gone__pay").await.unwrap_err().code, ErrorCode::NotFound);
    assert!(hub.engine.find_tool("peer/gone__pay").await.is_ok(), "it can be named with its backend");
}

fn call(arguments: Value) -> CallTool {
    CallTool { arguments, conversation_id: None, request_key: None }
}

async fn find(hub: &Hub, name: &str) -> ToolView {
    hub.engine.find_tool(name).await.unwrap()
}

async fn start(hub: &Hub, name: &str, arguments: Value) -> Run {
    let id = find(hub, name).await.tool.id;
    hub.engine.call_tool(id, call(arguments)).await.unwrap()
}

#[tokio::test]
async fn a_call_is_a_run() {
    let hub = Hub::mcp(vec![tool("echo")]).await;
    hub.peer.sends([text("hello"), done(Outcome::Succeeded)]);
    let run = start(&hub, "peer__echo", json!({"text": "hello"})).await;
    let id = find(&hub, "echo").await.tool.id;
    assert_eq!((run.tool_id, run.workflow_id, run.status), (Some(id), None, RunStatus::Queued));
    let events = hub.ended(run.id).await;
    assert_eq!(kinds(&events), ["start", "delta", "done"]);
    let EventBody::Start(begun) = &events[0].body else { panic!() };
    assert_eq!((begun.workflow.as_str(), begun.workflow_id), ("echo", None));
    let request = hub.peer.requests().remove(0);
    assert_eq!(request.tool, Some(tool("echo")));
    assert_eq!(request.input.data, Some(json!({"text": "hello"})));
    assert_eq!(request.workflow.name, "echo");
    let written = hub.engine.run(run.id).await.unwrap();
    assert_eq!((written.tool_id, written.status), (Some(id), RunStatus::Succeeded));
}

#[tokio::test]
async fn arguments_that_do_not_fit_are_refused_before_anything_is_written_down() {
    let hub = Hub::mcp(vec![tool("echo"), ToolInfo { input_schema: json!({}), ..tool("now") }]).await;
    let id = find(&hub, "echo").await.tool.id;
    let failure = hub.engine.call_tool(id, call(json!({}))).await.unwrap_err();
    assert_eq!(failure.code, ErrorCode::InvalidInput);
    let fault = Fault { place: "/text".to_owned(), message: "is missing".to_owned() };
    assert_eq!(failure.faults, [fault]);
    for wrong in [json!([1]), json!("x"), json!(7)] {
        let failure = hub.engine.call_tool(id, call(wrong)).await.unwrap_err();
        assert_eq!((failure.code, failure.place.as_deref()), (ErrorCode::InvalidInput, Some("/arguments")));
    }
    let nowhere = CallTool {
        conversation_id: Some(ConversationId::new()),
        arguments: json!({"text": "a"}),
        request_key: None,
    };
    assert_eq!(hub.engine.call_tool(id, nowhere).await.unwrap_err().code, ErrorCode::NotFound);
    let nothing = hub.engine.call_tool(ToolRowId::new(), call(json!({}))).await;
    assert_eq!(nothing.unwrap_err().code, ErrorCode::NotFound);
    assert!(hub.store.unfinished_runs().await.unwrap().is_empty(), "nothing was written down");
    assert_eq!(hub.peer.sent.load(SeqCst), 0);
    hub.peer.sends([done(Outcome::Succeeded)]);
    let run = start(&hub, "now", Value::Null).await;
    assert_eq!(run.input.data, Some(json!({})), "no arguments are an empty object");
    hub.ended(run.id).await;
}

#[tokio::test]
async fn what_cannot_be_called_says_why() {
    let broken = ToolInfo { problem: Some("its schema is no object.".to_owned()), ..tool("broken") };
    let hub = Hub::mcp(vec![tool("echo"), tool("old"), broken.clone()]).await;
    hub.peer.has_tools(vec![tool("echo"), broken]);
    hub.engine.discover(hub.backend).await.unwrap();
    let refused = async |name: &str| {
        let id = find(&hub, name).await.tool.id;
        let failure = hub.engine.call_tool(id, call(json!({"text": "a"}))).await.unwrap_err();
        assert_eq!(failure.code, ErrorCode::NotRunnable, "{name}");
        assert!(failure.hint.is_some(), "{name}");
        failure.message
    };
    assert!(refused("broken").await.contains("its schema is no object"));
    assert!(refused("old").await.contains("not there any more"));
    let off = BackendChange { enabled: Some(false), ..BackendChange::default() };
    hub.engine.change_backend(hub.backend, off).await.unwrap();
    assert!(refused("echo").await.contains("'peer' is disabled"));
}

#[tokio::test]
async fn the_status_of_a_tool_follows_from_it_and_its_backend() {
    let broken = ToolInfo { problem: Some("bad".to_owned()), ..tool("broken") };
    let hub = Hub::mcp(vec![tool("changed"), tool("fine"), tool("gone"), broken.clone()]).await;
    let changed = ToolInfo { fingerprint: "2".repeat(64), ..tool("changed") };
    hub.peer.has_tools(vec![changed, tool("fine"), broken]);
    hub.engine.discover(hub.backend).await.unwrap();
    let statuses = async || -> Vec<ToolStatus> {
        let views = hub.engine.tool_views(Some(hub.backend), None, 100, |_| true).await.unwrap();
        assert!(views.iter().all(|view| view.backend == "peer"));
        let names: Vec<_> = views.iter().map(|view| view.tool.qualified_name.as_str()).collect();
        assert_eq!(names, ["peer__broken", "peer__changed", "peer__fine", "peer__gone"]);
        views.iter().map(|view| view.status).collect()
    };
    use ToolStatus::{Available, BackendDisabled, BackendDown, Changed, Gone, Quarantined};
    assert_eq!(statuses().await, [Quarantined, Changed, Available, Gone]);
    for state in [HealthState::Unreachable, HealthState::SignInRequired, HealthState::Unauthorized] {
        hub.peer.health([state]);
        hub.engine.test_backend(hub.backend).await.unwrap();
        assert_eq!(statuses().await, [Quarantined, BackendDown, BackendDown, Gone], "{state:?}");
    }
    let off = BackendChange { enabled: Some(false), ..BackendChange::default() };
    hub.engine.change_backend(hub.backend, off).await.unwrap();
    assert_eq!(statuses().await, [BackendDisabled, BackendDisabled, BackendDisabled, Gone]);
}

#[tokio::test]
async fn tools_are_listed_in_pages_that_are_full_whatever_is_left_out() {
    let names: Vec<String> = (0..1234).map(|n| format!("t{n:04}")).collect();
    let hub = Hub::mcp(names.iter().map(|name| tool(name)).collect()).await;
    let even = |view: &ToolView| view.tool.info.name.ends_with(['0', '2', '4', '6', '8']);
    let mut seen: Vec<String> = Vec::new();
    loop {
        let after = seen.last().map(|name| format!("peer__{name}"));
        let page = hub.engine.tool_views(None, after.as_deref(), 100, even).await.unwrap();
        let full = page.len() == 100;
        seen.extend(page.into_iter().map(|view| view.tool.info.name));
        if !full {
            break;
        }
    }
    let expected: Vec<String> = names.into_iter().step_by(2).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_tool_whose_backend_is_down_is_tried() {
    let hub = Hub::mcp(vec![tool("echo")]).await;
    hub.peer.health([HealthState::Unreachable]);
    hub.engine.test_backend(hub.backend).await.unwrap();
    assert_eq!(find(&hub, "echo").await.status, ToolStatus::BackendDown);
    hub.peer.sends([done(Outcome::Succeeded)]);
    let run = start(&hub, "echo", json!({"text": "a"})).await;
    assert_eq!(outcome(&hub.ended(run.id).await), Outcome::Succeeded);
}

#[tokio::test]
async fn a_tool_has_many_names() {
    let hub = Hub::mcp(vec![tool("echo"), tool("a/b")]).await;
    let other = NewBackend { platform: Platform::Mcp, ..new_backend("other") };
    let other = hub.engine.add_backend(other, false).await.unwrap().backend;
    hub.engine.discover(other.id).await.unwrap();
    let echo = find(&hub, "peer__echo").await;
    for name in [echo.tool.id.to_string(), "peer/echo".to_owned(), format!("{}/echo", hub.backend)] {
        assert_eq!(find(&hub, &name).await, echo, "{name}");
    }
    assert_eq!(find(&hub, "peer/a/b").await.tool.qualified_name, "peer__a_b");
    let twice = hub.engine.find_tool("echo").await.unwrap_err();
    assert_eq!(twice.code, ErrorCode::Conflict);
    assert!(twice.hint.unwrap().contains("other__echo, peer__echo"));
    hub.peer.has_tools(vec![tool("other")]);
    hub.engine.discover(other.id).await.unwrap();
    assert_eq!(find(&hub, "echo").await, echo, "the other one is gone");
    assert_eq!(find(&hub, "other").await.backend, "other");
    for name in ["nothing", "peer/nothing", "nobody/echo", &ToolRowId::new().to_string()] {
        let failure = hub.engine.find_tool(name).await.unwrap_err();
        assert_eq!(failure.code, ErrorCode::NotFound, "{name}");
    }
}

#[tokio::test]
async fn a_changed_tool_can_be_called_and_accepted() {
    let hub = Hub::mcp(vec![tool("echo")]).await;
    let changed = ToolInfo { fingerprint: "2".repeat(64), ..tool("echo") };
    hub.peer.has_tools(vec![changed]);
    hub.engine.discover(hub.backend).await.unwrap();
    let view = find(&hub, "echo").await;
    assert_eq!((view.status, view.tool.accepted), (ToolStatus::Changed, Some(tool("echo").definition)));
    hub.peer.sends([done(Outcome::Succeeded)]);
    hub.ended(start(&hub, "echo", json!({"text": "a"})).await.id).await;
    let mut news = hub.engine.news();
    let view = hub.engine.accept_tool(view.tool.id).await.unwrap();
    assert_eq!((view.status, view.tool.accepted), (ToolStatus::Available, None));
    let told = async {
        while let Some(news) = news.next().await {
            if news == (HubNews::Catalogue { backend_id: hub.backend }) {
                return true;
            }
        }
        false
    };
    assert!(told.await);
    let nothing = hub.engine.accept_tool(ToolRowId::new()).await.unwrap_err();
    assert_eq!(nothing.code, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_call_in_a_conversation_is_said_there() {
    let hub = Hub::mcp(vec![tool("echo")]).await;
    let chat = hub.engine.create_conversation("a".to_owned()).await.unwrap().id;
    hub.peer.sends([text("hello"), done(Outcome::Succeeded)]);
    let id = find(&hub, "echo").await.tool.id;
    let call =
        CallTool { arguments: json!({"text": "hello"}), conversation_id: Some(chat), request_key: None };
    let run = hub.engine.call_tool(id, call).await.unwrap();
    hub.ended(run.id).await;
    let said = hub.engine.conversation(chat).await.unwrap().1;
    assert_eq!(said[0].text, r#"echo {"text":"hello"}"#);
    assert_eq!(said.iter().map(|message| message.role.as_str()).collect::<Vec<_>>(), ["user", "assistant"]);
}

#[tokio::test]
async fn a_conversation_that_is_removed_while_its_run_goes_on_holds_nothing_up() {
    let hub = Hub::mcp(vec![tool("echo")]).await;
    let chat = hub.engine.create_conversation("a".to_owned()).await.unwrap().id;
    let line = hub.peer.next_send();
    let id = find(&hub, "echo").await.tool.id;
    let call =
        CallTool { arguments: json!({"text": "hello"}), conversation_id: Some(chat), request_key: None };
    let run = hub.engine.call_tool(id, call).await.unwrap();
    assert_eq!(hub.engine.rename_conversation(chat, "b".to_owned()).await.unwrap().title, "b");
    hub.engine.delete_conversation(chat).await.unwrap();
    line.send(text("hello")).unwrap();
    line.send(done(Outcome::Succeeded)).unwrap();
    assert_eq!(outcome(&hub.ended(run.id).await), Outcome::Succeeded);
    assert_eq!(hub.engine.delete_conversation(chat).await.unwrap_err().code, ErrorCode::NotFound);
    let unknown = hub.engine.rename_conversation(chat, "c".to_owned()).await.unwrap_err();
    assert_eq!(unknown.code, ErrorCode::NotFound);
    let long = hub.engine.rename_conversation(chat, "x".repeat(201)).await.unwrap_err();
    assert_eq!(long.code, ErrorCode::InvalidRequest);
}

/// A hub that calls `echo` and is killed when `ready` holds; gives its store and its peer.
fn killed(hold: bool, ready: fn(&MemoryStore, &Peer) -> bool) -> (Arc<MemoryStore>, Peer, Run) {
    let (store, peer) = (Arc::new(MemoryStore::default()), Peer::of(Platform::Mcp));
    peer.has_tools(vec![tool("echo")]);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let run = runtime.block_on(async {
        let hub = engine(store.clone(), &peer, quick()).await;
        let new = NewBackend { platform: Platform::Mcp, ..new_backend("peer") };
        let backend = hub.add_backend(new, false).await.unwrap().backend.id;
        hub.discover(backend).await.unwrap();
        if hold {
            store.hold();
        }
        let id = hub.find_tool("echo").await.unwrap().tool.id;
        let run = hub.call_tool(id, call(json!({"text": "a"}))).await.unwrap();
        until("it is ready", || ready(&store, &peer)).await;
        run
    });
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    store.release();
    (store, peer, run)
}

fn here() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn a_call_that_was_not_sent_is_sent_by_the_next_hub() {
    let (store, peer, run) = killed(true, |store, _| store.waiting_appends.load(SeqCst) == 1);
    here().block_on(async {
        assert_eq!(peer.sent.load(SeqCst), 0);
        peer.sends([text("a"), done(Outcome::Succeeded)]);
        let next = engine(store.clone(), &peer, quick()).await;
        assert_eq!(kinds(&follow(&next, run.id, 0).await), ["start", "delta", "done"]);
        let request = peer.requests().remove(0);
        assert_eq!(request.tool, Some(tool("echo")));
        assert_eq!(request.input.data, Some(json!({"text": "a"})));
        assert_eq!((peer.sent.load(SeqCst), peer.resumes.load(SeqCst)), (1, 0));
        next.shutdown().await;
    });
}

#[test]
fn a_call_that_was_sent_is_resumed_with_its_tool() {
    let (store, peer, run) = killed(false, |_, peer| peer.sent.load(SeqCst) == 1);
    here().block_on(async {
        peer.resumes_with([text("b"), done(Outcome::Succeeded)]);
        let next = engine(store.clone(), &peer, quick()).await;
        assert_eq!(outcome(&follow(&next, run.id, 0).await), Outcome::Succeeded);
        assert_eq!(peer.resumed().remove(0).run.tool, Some(tool("echo")));
        assert_eq!(peer.sent.load(SeqCst), 1, "never sent twice");
        next.shutdown().await;
    });
}

#[test]
fn a_call_whose_tool_has_gone_meanwhile_is_not_sent() {
    let (store, peer, run) = killed(true, |store, _| store.waiting_appends.load(SeqCst) == 1);
    here().block_on(async {
        store.save_tools(run.backend_id, &[], jackfield_protocol::time::now()).await.unwrap();
        let next = engine(store.clone(), &peer, quick()).await;
        let events = follow(&next, run.id, 0).await;
        assert_eq!(kinds(&events), ["start", "error", "done"]);
        assert_eq!((outcome(&events), peer.sent.load(SeqCst)), (Outcome::Failed, 0));
        next.shutdown().await;
    });
}
