//! What a peer offers beside workflows and tools.

use std::{collections::BTreeMap, sync::atomic::Ordering::SeqCst, time::Duration};

use jackfield_protocol::{
    api::BackendChange,
    error::{ErrorCode, Failure},
    ids::BackendId,
    model::{CompletionRequest, Offers, PromptInfo, ResourceInfo, ResourceTemplateInfo},
};
use serde_json::{Value, json};

use crate::support::{Hub, tool, until};

fn offers() -> Offers {
    Offers {
        server: json!({"name": "files", "version": "1.2", "icons": [{"src": "data:,"}]}),
        instructions: Some("Read first.".to_owned()),
        protocol: Some("2025-11-25".to_owned()),
        transport: Some("stdio".to_owned()),
        capabilities: json!({"tools": {}}),
        resources: vec![ResourceInfo { uri: "file:///a".to_owned(), ..ResourceInfo::default() }],
        resource_templates: vec![ResourceTemplateInfo::default()],
        prompts: vec![PromptInfo { name: "greet".to_owned(), ..PromptInfo::default() }],
        notes: vec!["Two prompts were left out.".to_owned()],
    }
}

async fn capabilities(hub: &Hub) -> Value {
    hub.engine.backend("peer").await.unwrap().peer.unwrap().capabilities
}

#[tokio::test]
async fn a_discovery_keeps_what_else_there_is_and_says_how_much() {
    let hub = Hub::mcp(vec![tool("echo")]).await;
    assert_eq!(capabilities(&hub).await, json!({"workflows": 0, "tools": 1}));
    assert!(hub.engine.resources(None).await.unwrap().is_empty());
    hub.peer.has_offers(Ok(offers()));
    hub.engine.discover(hub.backend).await.unwrap();
    let resource = hub.engine.resources(Some(hub.backend)).await.unwrap().remove(0);
    assert_eq!((resource.backend.as_str(), resource.info), ("peer", offers().resources.remove(0)));
    assert_eq!(hub.engine.resource_templates(None).await.unwrap().len(), 1);
    assert_eq!(hub.engine.prompts(None).await.unwrap()[0].info.name, "greet");
    assert!(hub.engine.prompts(Some(BackendId::new())).await.unwrap().is_empty());
    let expected = json!({
        "workflows": 0, "tools": 1, "resources": 1, "resource_templates": 1, "prompts": 1,
        "protocol": "2025-11-25", "transport": "stdio", "server": {"name": "files", "version": "1.2"},
        "instructions": "Read first.", "capabilities": {"tools": {}}, "notes": ["Two prompts were left out."],
    });
    assert_eq!(capabilities(&hub).await, expected);
    assert_eq!(hub.engine.backend("peer").await.unwrap().peer.unwrap().version.as_deref(), Some("1.2"));
}

#[tokio::test]
async fn what_cannot_be_listed_hides_no_tools() {
    let hub = Hub::mcp(Vec::new()).await;
    hub.peer.has_offers(Ok(offers()));
    hub.engine.discover(hub.backend).await.unwrap();
    hub.peer.has_offers(Err(Failure::new(ErrorCode::PeerBadAnswer, "no list")));
    hub.peer.has_tools(vec![tool("echo")]);
    let report = hub.engine.discover(hub.backend).await.unwrap();
    assert_eq!(report.tools.len(), 1);
    assert_eq!(hub.engine.prompts(None).await.unwrap().len(), 1, "what was known stays");
    assert_eq!(capabilities(&hub).await["protocol"], "2025-11-25");
}

#[tokio::test]
async fn the_peer_itself_is_asked_for_the_rest() {
    let hub = Hub::mcp(Vec::new()).await;
    let read = hub.engine.read_resource(hub.backend, "file:///a").await.unwrap();
    assert_eq!(read.contents[0].uri, "file:///a");
    let arguments: BTreeMap<_, _> = [("who".to_owned(), "Ada".to_owned())].into();
    let prompt = hub.engine.get_prompt(hub.backend, "greet", &arguments).await.unwrap();
    assert_eq!(prompt.description.unwrap(), r#"greet {"who": "Ada"}"#);
    let request = CompletionRequest {
        prompt: Some("greet".to_owned()),
        argument: "who".to_owned(),
        value: "A".to_owned(),
        ..CompletionRequest::default()
    };
    assert_eq!(hub.engine.complete(hub.backend, &request).await.unwrap().values, ["A!"]);
    for wrong in [
        CompletionRequest { prompt: None, ..request.clone() },
        CompletionRequest { uri_template: Some("file:///{a}".to_owned()), ..request.clone() },
    ] {
        let failure = hub.engine.complete(hub.backend, &wrong).await.unwrap_err();
        assert_eq!((failure.code, failure.place.as_deref()), (ErrorCode::InvalidRequest, Some("/prompt")));
    }
    let lines = hub.engine.journal(hub.backend).await.unwrap();
    assert_eq!(lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), ["first", "second"]);
    let nobody = hub.engine.journal(BackendId::new()).await.unwrap_err();
    assert_eq!(nobody.code, ErrorCode::NotFound);

    let off = BackendChange { enabled: Some(false), ..BackendChange::default() };
    hub.engine.change_backend(hub.backend, off).await.unwrap();
    let refused = hub.engine.read_resource(hub.backend, "file:///a").await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotRunnable);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_never_answers_has_an_end() {
    let hub = Hub::mcp(Vec::new()).await;
    until("it is discovered", || hub.peer.discoveries.load(SeqCst) == 2).await;
    hub.peer.discovery_gate.forget_permits(2000);
    let began = tokio::time::Instant::now();
    let failure = hub.engine.read_resource(hub.backend, "file:///a").await.unwrap_err();
    assert_eq!(failure.code, ErrorCode::PeerNoAnswer);
    assert!(began.elapsed() < Duration::from_secs(130));
}
