//! What every route gives when it is asked rightly.

use axum::{body::Body, http::StatusCode};
use serde_json::{Value, json};

use crate::hub::Hub;

fn names(reply: &Value) -> Vec<&str> {
    reply["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn backends_are_added_changed_tested_and_removed() {
    let hub = Hub::new().await;
    let platforms = hub.get("/api/v1/platforms").await.value();
    assert_eq!(platforms["items"][0]["platform"], "n8n");
    let new = json!({"name": "second one", "platform": "n8n", "base_url": "http://second.test"});
    let report = hub.json("POST", "/api/v1/backends/test", new.clone()).await;
    assert_eq!((report.status, &report.value()["state"]), (StatusCode::OK, &json!("connected")));
    assert_eq!(names(&hub.get("/api/v1/backends").await.value()), ["peer"], "a test saves nothing");
    let added = hub.json("POST", "/api/v1/backends", new).await;
    assert_eq!(added.status, StatusCode::CREATED);
    let id = added.value()["id"].as_str().unwrap().to_owned();
    assert_eq!(added.header("location"), format!("/api/v1/backends/{id}"));
    assert_eq!(added.value()["type"], "orchestrator");
    for name in [id.as_str(), "second%20one"] {
        assert_eq!(hub.get(&format!("/api/v1/backends/{name}")).await.value()["id"], id.as_str());
    }
    let changed = hub.json("PATCH", "/api/v1/backends/second%20one", json!({"name": "test"})).await;
    assert_eq!((changed.status, &changed.value()["name"]), (StatusCode::OK, &json!("test")));
    // A name that is also a path of its own.
    assert_eq!(hub.get("/api/v1/backends/test").await.value()["id"], id.as_str());
    let report = hub.empty("POST", "/api/v1/backends/test/test").await;
    assert_eq!(report.value()["checks"][0]["status"], "passed");
    // What a change would bring, before it is made.
    let change = json!({"base_url": "http://third.test"});
    let report = hub.json("POST", "/api/v1/backends/test/test-change", change).await;
    assert_eq!((report.status, &report.value()["state"]), (StatusCode::OK, &json!("connected")));
    assert_eq!(hub.get("/api/v1/backends/test").await.value()["base_url"], "http://second.test");
    let found = hub.empty("POST", "/api/v1/backends/test/discover").await.value();
    assert_eq!(found["workflows"].as_array().unwrap().len(), 6);
    assert_eq!(found["tools"][0]["name"], "lookup");
    assert_eq!(hub.empty("DELETE", "/api/v1/backends/test").await.status, StatusCode::NO_CONTENT);
    assert_eq!(names(&hub.get("/api/v1/backends").await.value()), ["peer"]);
}

#[tokio::test]
async fn workflows_and_tools_are_listed_and_filtered() {
    let hub = Hub::new().await;
    let all = hub.get("/api/v1/workflows").await.value();
    assert_eq!(all["items"].as_array().unwrap().len(), 6);
    assert_eq!(names(&hub.get("/api/v1/workflows?runnable=false").await.value()), ["The schedule"]);
    assert_eq!(names(&hub.get("/api/v1/workflows?q=ECHO&backend=peer").await.value()), ["The echo"]);
    assert_eq!(
        hub.get("/api/v1/workflows?q=test&runnable=true").await.value()["items"].as_array().unwrap().len(),
        5
    );
    let id = all["items"][0]["id"].as_str().unwrap();
    assert_eq!(hub.get(&format!("/api/v1/workflows/{id}")).await.value(), all["items"][0]);
    let tools = hub.get("/api/v1/tools?backend=peer").await.value();
    assert_eq!(names(&tools), ["lookup"]);
    let id = tools["items"][0]["id"].as_str().unwrap();
    assert_eq!(hub.get(&format!("/api/v1/tools/{id}")).await.value(), tools["items"][0]);
}

#[tokio::test]
async fn runs_are_started_listed_and_traced() {
    let hub = Hub::new().await;
    let first = hub.run("echo", json!({"text": "hello there"})).await;
    let run = hub.get(&format!("/api/v1/runs/{first}")).await.value();
    assert_eq!(run["status"], "succeeded");
    assert_eq!(run["done"]["outcome"], "succeeded");
    let trace = hub.get(&format!("/api/v1/runs/{first}/trace")).await.value();
    assert_eq!(trace["messages"][0]["text"], "hello there");
    assert_eq!(trace["run"], run);
    let second = hub.run("The echo", json!({"text": "again"})).await;
    let third = hub.start("gated", json!({"data": 1})).await;
    let ids = |value: &Value| -> Vec<String> {
        value["items"].as_array().unwrap().iter().map(|run| run["id"].as_str().unwrap().to_owned()).collect()
    };
    let page = hub.get("/api/v1/runs?limit=2").await.value();
    assert_eq!(ids(&page), [third.to_string(), second.to_string()]);
    let rest =
        hub.get(&format!("/api/v1/runs?limit=2&cursor={}", page["next"].as_str().unwrap())).await.value();
    assert_eq!(ids(&rest), [first.to_string()]);
    assert_eq!(rest["next"], Value::Null);
    let ended = hub.get("/api/v1/runs?status=succeeded&status=failed&backend=peer").await.value();
    assert_eq!(ids(&ended), [second.to_string(), first.to_string()]);
    let workflow = run["workflow_id"].as_str().unwrap();
    let of_workflow = hub.get(&format!("/api/v1/runs?workflow_id={workflow}")).await.value();
    assert_eq!(ids(&of_workflow), [second.to_string(), first.to_string()]);
    let report = hub.empty("POST", &format!("/api/v1/runs/{third}/cancel")).await;
    assert_eq!(
        (report.status, report.value()["effect"].is_string()),
        (StatusCode::OK, true),
        "{}",
        report.text()
    );
    hub.finish(third).await;
    assert_ne!(hub.get(&format!("/api/v1/runs/{third}")).await.value()["status"], "running");
}

#[tokio::test]
async fn a_question_is_answered() {
    let hub = Hub::new().await;
    let id = hub.start("ask", json!({})).await;
    let path = format!("/api/v1/runs/{id}/events?wait=20&after=1");
    let request = hub.request("GET", &path).header("accept", "application/json").body(Body::empty()).unwrap();
    hub.reached(id, 1).await;
    let page = hub.send(request).await.value();
    assert_eq!(page["items"][0]["type"], "input_required", "{page}");
    let path = format!("/api/v1/runs/{id}/input");
    let wrong = json!({"request_id": "another", "answer": {"choice": "yes"}});
    hub.json("POST", &path, wrong).await.problem("not_waiting");
    let reply = hub.json("POST", &path, json!({"request_id": "q1", "answer": {"choice": "yes"}})).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    hub.finish(id).await;
    assert_eq!(hub.get(&format!("/api/v1/runs/{id}")).await.value()["status"], "succeeded");
}

#[tokio::test]
async fn files_go_in_and_come_out() {
    let hub = Hub::new().await;
    let part =
        |head: &str, body: &str| format!("--b\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n");
    let form = format!(
        "{}{}--b--\r\n",
        part("name=\"photo\"; filename=\"C:\\fakepath\\p.html\"\r\nContent-Type: text/html", "<b>hi</b>"),
        part("name=\"run\"", r#"{"backend":"peer","workflow":"file","input":{"text":"look"}}"#),
    );
    let request =
        hub.request("POST", "/api/v1/runs").header("content-type", "multipart/form-data; boundary=b");
    let reply = hub.send(request.body(Body::from(form)).unwrap()).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text());
    let file = &reply.value()["input"]["files"][0];
    assert_eq!(
        (&file["field"], &file["name"], &file["size"]),
        (&json!("photo"), &json!("p.html"), &json!(9))
    );
    let id = reply.value()["id"].as_str().unwrap().parse().unwrap();
    hub.finish(id).await;
    let events = serde_json::to_value(hub.engine.events(id, 0, 100).await.unwrap()).unwrap();
    let artifact = events.as_array().unwrap().iter().find(|event| event["type"] == "artifact").unwrap();
    let blob = artifact["data"]["blob_id"].as_str().unwrap();
    let reply = hub.get(&format!("/api/v1/blobs/{blob}?name=p.html")).await;
    assert_eq!((reply.status, reply.text()), (StatusCode::OK, "<b>hi</b>"));
    assert_eq!(reply.header("content-type"), "text/html");
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    assert!(reply.header("content-security-policy").contains("sandbox"));
    assert!(reply.header("content-disposition").starts_with("attachment; filename=\"p.html\""));
}

#[tokio::test]
async fn conversations_hold_what_was_said() {
    let hub = Hub::new().await;
    let reply = hub.json("POST", "/api/v1/conversations", json!({"title": "Plans"})).await;
    assert_eq!(reply.status, StatusCode::CREATED);
    let path = reply.header("location").to_owned();
    let id = reply.value()["id"].clone();
    let start = json!({"workflow": "echo", "conversation_id": id, "input": {"text": "hello"}});
    let run = hub.json("POST", "/api/v1/runs", start).await.value();
    hub.finish(run["id"].as_str().unwrap().parse().unwrap()).await;
    let view = hub.get(&path).await.value();
    assert_eq!(view["title"], "Plans");
    assert_eq!(view["messages"][0]["text"], "hello");
    assert_eq!(hub.get("/api/v1/conversations").await.value()["items"][0]["id"], id);
    let listed = hub.get(&format!("/api/v1/runs?conversation_id={}", id.as_str().unwrap())).await.value();
    assert_eq!(listed["items"][0]["id"], run["id"]);
}

#[tokio::test]
async fn errors_have_pages_in_three_forms() {
    let hub = Hub::new().await;
    let list = hub.get("/api/v1/errors").await.value();
    assert_eq!(list["items"].as_array().unwrap().len(), jackfield_protocol::error::ErrorCode::ALL.len());
    let page = |accept: &'static str| {
        // Without a token: the link in a problem document works in any browser.
        let request =
            axum::http::Request::builder().uri("/api/v1/errors/not_found").header("host", "localhost");
        hub.send(request.header("accept", accept).body(Body::empty()).unwrap())
    };
    let markdown = page("*/*").await;
    assert_eq!(markdown.header("content-type"), "text/markdown; charset=utf-8");
    assert!(markdown.text().starts_with("# Not found\n"));
    assert_eq!(page("application/json").await.value()["page"], markdown.text());
    let html = page("text/html,application/xhtml+xml").await;
    assert!(html.header("content-type").starts_with("text/html"));
    assert!(html.text().contains("<title>Not found</title>"));
}

#[tokio::test]
async fn health_metrics_and_the_front_page() {
    let hub = Hub::new().await;
    assert_eq!(hub.get("/healthz").await.text(), "ok\n");
    assert_eq!(hub.get("/readyz").await.text(), "ready\n");
    hub.run("echo", json!({"text": "a"})).await;
    let metrics = hub.get("/metrics").await;
    assert_eq!(metrics.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    for line in [
        "# TYPE jackfield_events_total counter",
        "jackfield_runs_total{outcome=\"succeeded\"} 1",
        "jackfield_http_streams 0",
        concat!("jackfield_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"} 1"),
    ] {
        assert!(metrics.text().lines().any(|have| have == line), "{line}\n{}", metrics.text());
    }
    let without =
        || axum::http::Request::builder().uri("/metrics").header("host", "localhost").body(Body::empty());
    hub.send(without().unwrap()).await.problem("unauthenticated");
    let open = Hub::with(|config| config.open_metrics = true).await;
    assert_eq!(open.send(without().unwrap()).await.status, StatusCode::OK);
    let page = hub.get("/").await;
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.text().contains(env!("CARGO_PKG_VERSION")) && !page.text().contains("<script"));
    hub.engine.shutdown().await;
    hub.get("/readyz").await.problem("shutting_down");
}
