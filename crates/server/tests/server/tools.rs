//! Tools: listed, found, called, accepted; and what waits for a person.

use axum::http::StatusCode;
use jackfield_protocol::model::{HealthState, ToolInfo};
use serde_json::{Value, json};

use crate::{fake::tool, hub::Hub};

fn names(reply: &Value) -> Vec<&str> {
    reply["items"].as_array().unwrap().iter().map(|item| item["qualified_name"].as_str().unwrap()).collect()
}

async fn rediscover(hub: &Hub) {
    let reply = hub.empty("POST", "/api/v1/backends/My%20Files/discover").await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
}

#[tokio::test]
async fn tools_are_listed_filtered_and_paged() {
    let hub = Hub::mcp().await;
    let all = hub.get("/api/v1/tools").await.value();
    let expected = ["my_files__ask", "my_files__broken", "my_files__lookup", "peer__lookup"];
    assert_eq!(names(&all), expected);
    assert_eq!(all["next"], Value::Null);
    let first = &all["items"][0];
    assert_eq!((&first["backend"], &first["status"]), (&json!("My Files"), &json!("available")));
    for (query, expected) in [
        ("backend=peer", &expected[3..]),
        ("q=LOOKUP&backend=My%20Files", &expected[2..3]),
        ("q=what%20ask%20does", &expected[..1]),
        ("status=quarantined", &expected[1..2]),
        ("status=available&status=gone&q=ask", &expected[..1]),
        ("status=changed", &[]),
    ] {
        assert_eq!(names(&hub.get(&format!("/api/v1/tools?{query}")).await.value()), expected, "{query}");
    }
    let mut seen = Vec::new();
    let mut cursor = String::new();
    for _ in 0..2 {
        let page = hub.get(&format!("/api/v1/tools?limit=2{cursor}")).await.value();
        seen.extend(names(&page).iter().map(|&name| name.to_owned()));
        cursor = format!("&cursor={}", page["next"].as_str().unwrap());
    }
    assert_eq!(seen, expected);
    assert_eq!(hub.get(&format!("/api/v1/tools?limit=2{cursor}")).await.value()["items"], json!([]));
}

#[tokio::test]
async fn a_tool_is_shown_by_any_of_its_names() {
    let hub = Hub::mcp().await;
    let by_name = hub.get("/api/v1/tools/my_files__lookup").await.value();
    let id = by_name["id"].as_str().unwrap();
    assert_eq!(hub.get(&format!("/api/v1/tools/{id}")).await.value(), by_name);
    assert_eq!(hub.get("/api/v1/tools/My%20Files%2Flookup").await.value(), by_name);
    assert_eq!(hub.get("/api/v1/tools/ask").await.value()["qualified_name"], "my_files__ask");
    let problem = hub.get("/api/v1/tools/lookup").await.problem("conflict");
    assert!(problem["hint"].as_str().unwrap().contains("my_files__lookup, peer__lookup"), "{problem}");
}

#[tokio::test]
async fn a_tool_is_called_and_its_call_is_a_run() {
    let hub = Hub::mcp().await;
    let body = json!({"arguments": {"q": "parcel"}});
    let reply = hub.json("POST", "/api/v1/tools/my_files__lookup/call", body).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text());
    let run = reply.value();
    let id = run["id"].as_str().unwrap();
    assert_eq!(reply.header("location"), format!("/api/v1/runs/{id}"));
    hub.finish(id.parse().unwrap()).await;
    let trace = hub.get(&format!("/api/v1/runs/{id}/trace")).await.value();
    assert_eq!(trace["messages"][0]["text"], "found parcel");
    assert_eq!(
        (&trace["run"]["status"], &trace["run"]["workflow_name"]),
        (&json!("succeeded"), &json!("lookup"))
    );
    let tool = run["tool_id"].as_str().unwrap();
    let other = hub.get("/api/v1/tools/ask").await.value()["id"].as_str().unwrap().to_owned();
    let by_id = json!({"arguments": {"q": "again"}});
    let second = hub.json("POST", &format!("/api/v1/tools/{tool}/call"), by_id).await.value();
    let listed =
        async |tool: &str| hub.get(&format!("/api/v1/runs?tool_id={tool}")).await.value()["items"].clone();
    let calls = listed(tool).await;
    assert_eq!((&calls[0]["id"], &calls[1]["id"]), (&second["id"], &run["id"]));
    assert_eq!(listed(&other).await, json!([]));
}

#[tokio::test]
async fn a_call_that_cannot_be_is_refused_and_written_nowhere() {
    let hub = Hub::mcp().await;
    let call = async |tool: &str, arguments: Value| {
        hub.json("POST", &format!("/api/v1/tools/{tool}/call"), json!({ "arguments": arguments })).await
    };
    let problem = call("my_files__lookup", json!({"q": 7})).await.problem("invalid_input");
    assert_eq!(problem["faults"], json!([{"place": "/q", "message": "a string is expected"}]));
    let problem = call("my_files__broken", json!({"q": "a"})).await.problem("not_runnable");
    assert!(problem["detail"].as_str().unwrap().contains("its schema is no object"), "{problem}");
    call("lookup", json!({"q": "a"})).await.problem("conflict");
    hub.fake.mcp().tools.retain(|tool| tool.name != "ask");
    rediscover(&hub).await;
    let problem = call("my_files__ask", json!({"q": "a"})).await.problem("not_runnable");
    assert!(problem["hint"].as_str().unwrap().contains("Discover"), "{problem}");
    assert_eq!(hub.get("/api/v1/tools/my_files__ask").await.value()["status"], "gone");
    hub.json("PATCH", "/api/v1/backends/My%20Files", json!({"enabled": false})).await;
    let problem = call("my_files__lookup", json!({"q": "a"})).await.problem("not_runnable");
    assert!(problem["detail"].as_str().unwrap().contains("disabled"), "{problem}");
    assert_eq!(hub.get("/api/v1/runs").await.value()["items"], json!([]));
    let problem = hub.json("POST", "/api/v1/tools/peer__lookup/call", json!({"arguments": "text"})).await;
    assert_eq!(problem.problem("invalid_input")["place"], "/arguments");
}

#[tokio::test]
async fn what_waits_for_a_person_is_in_the_inbox_until_it_is_seen_to() {
    let hub = Hub::mcp().await;
    let inbox = async || hub.get("/api/v1/inbox").await.value()["items"].clone();
    assert_eq!(inbox().await, json!([]));
    hub.fake.mcp().tools = vec![ToolInfo { fingerprint: "2".repeat(64), ..tool("lookup") }, tool("ask")];
    rediscover(&hub).await;
    let changed = hub.get("/api/v1/tools?status=changed").await.value();
    assert_eq!(names(&changed), ["my_files__lookup"]);
    assert_eq!(changed["items"][0]["accepted"], json!({"name": "lookup"}));

    let call = json!({"arguments": {"q": "a"}});
    let run = hub.json("POST", "/api/v1/tools/my_files__ask/call", call).await.value();
    let id = run["id"].as_str().unwrap();
    hub.reached(id.parse().unwrap(), 2).await;
    hub.fake.mcp().state = HealthState::SignInRequired;
    let report = hub.empty("POST", "/api/v1/backends/My%20Files/test").await.value();
    assert_eq!(report["state"], "sign_in_required");
    let items = inbox().await;
    let kinds: Vec<&str> =
        items.as_array().unwrap().iter().map(|item| item["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["sign_in", "question", "tool_changed"]);
    assert_eq!(items[0]["backend"], "My Files");
    assert_eq!((&items[1]["run"]["id"], &items[1]["question"]["prompt"]), (&run["id"], &json!("Go on?")));
    assert_eq!(items[2]["tool"], "my_files__lookup");

    let answer = json!({"request_id": "q1", "answer": {"choice": "yes"}});
    hub.json("POST", &format!("/api/v1/runs/{id}/input"), answer).await;
    let accepted = hub.empty("POST", "/api/v1/tools/my_files__lookup/accept").await;
    assert_eq!((accepted.status, &accepted.value()["changed"]), (StatusCode::OK, &json!(false)));
    hub.fake.mcp().state = HealthState::Connected;
    hub.empty("POST", "/api/v1/backends/My%20Files/test").await;
    assert_eq!(inbox().await, json!([]));
    hub.finish(id.parse().unwrap()).await;
}
