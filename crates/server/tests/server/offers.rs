//! Resources, prompts, completions and journals of MCP servers.

use axum::http::StatusCode;
use serde_json::json;

use crate::hub::Hub;

#[tokio::test]
async fn what_servers_offer_is_listed_and_filtered() {
    let hub = Hub::mcp().await;
    let count = async |path: &str| {
        hub.get(&format!("/api/v1/{path}")).await.value()["items"].as_array().unwrap().len()
    };
    let resources = hub.get("/api/v1/resources").await.value();
    assert_eq!(resources["items"][0]["backend"], "My Files");
    assert_eq!(resources["items"][1]["uri"], "file:///b");
    for (path, expected) in [
        ("resources", 2),
        ("resources?q=FILE:///A", 1),
        ("resources?backend=My%20Files&q=b", 1),
        ("resources?backend=peer", 0),
        ("resource-templates", 1),
        ("resource-templates?q=name", 1),
        ("resource-templates?q=nothing", 0),
        ("prompts", 1),
        ("prompts?q=GREET", 1),
        ("prompts?q=nothing", 0),
    ] {
        assert_eq!(count(path).await, expected, "{path}");
    }
    let view = hub.get("/api/v1/backends/My%20Files").await.value();
    let said = &view["peer"]["capabilities"];
    assert_eq!((&said["resources"], &said["protocol"]), (&json!(2), &json!("2025-11-25")));
}

#[tokio::test]
async fn a_server_is_asked_for_contents_prompts_and_completions() {
    let hub = Hub::mcp().await;
    let ask =
        async |path: &str, body| hub.json("POST", &format!("/api/v1/backends/My%20Files/{path}"), body).await;
    let read = ask("resources/read", json!({"uri": "file:///a"})).await;
    assert_eq!((read.status, &read.value()["contents"][0]["text"]), (StatusCode::OK, &json!("content of a")));
    let problem = ask("resources/read", json!({"uri": "file:///z"})).await.problem("peer_rejected");
    assert_eq!(problem["place"], "/uri");
    let prompt = ask("prompts/get", json!({"name": "greet", "arguments": {"who": "Ada"}})).await.value();
    assert_eq!(prompt["messages"][0]["content"]["text"], "greet Ada");
    let body = json!({"prompt": "greet", "argument": "who", "value": "Ru"});
    assert_eq!(ask("complete", body).await.value()["values"], json!(["Rust"]));
    let journal = hub.get("/api/v1/backends/My%20Files/journal").await.value();
    assert_eq!(journal["items"][0]["text"], "listening");
    hub.json("PATCH", "/api/v1/backends/My%20Files", json!({"enabled": false})).await;
    ask("resources/read", json!({"uri": "file:///a"})).await.problem("not_runnable");
}

#[tokio::test]
async fn a_conversation_is_renamed_and_removed_and_its_runs_stay() {
    let hub = Hub::mcp().await;
    let chat = hub.json("POST", "/api/v1/conversations", json!({"title": "Plans"})).await;
    let path = chat.header("location").to_owned();
    let call = json!({"arguments": {"q": "a"}, "conversation_id": chat.value()["id"]});
    let run = hub.json("POST", "/api/v1/tools/peer__lookup/call", call).await.value();
    let id = run["id"].as_str().unwrap();
    hub.finish(id.parse().unwrap()).await;
    let said = hub.get(&path).await.value()["messages"].clone();
    assert_eq!(said[0]["text"], r#"lookup {"q":"a"}"#);
    assert_eq!(said[1]["text"], "found a");
    let renamed = hub.json("PATCH", &path, json!({"title": "Travel"})).await;
    assert_eq!((renamed.status, &renamed.value()["title"]), (StatusCode::OK, &json!("Travel")));
    let long = hub.json("PATCH", &path, json!({"title": "x".repeat(201)})).await;
    assert_eq!(long.problem("invalid_request")["place"], "/title");
    assert_eq!(hub.get(&path).await.value()["title"], "Travel");
    assert_eq!(hub.empty("DELETE", &path).await.status, StatusCode::NO_CONTENT);
    hub.get(&path).await.problem("not_found");
    let kept = hub.get(&format!("/api/v1/runs/{id}")).await.value();
    assert_eq!((&kept["status"], kept.get("conversation_id")), (&json!("succeeded"), None));
}
