//! Import, export and registries over HTTP.

use std::sync::Arc;

use async_trait::async_trait;
use axum::http::StatusCode;
use jackfield_protocol::{
    api::ImportPlace,
    error::{ErrorCode, Failure},
    port::{Places, RegistryClient, RegistryQuery},
};
use serde_json::{Value, json};

use crate::{hub::Hub, sse::Wire};

struct Outside;

#[async_trait]
impl Places for Outside {
    async fn list(&self) -> Vec<ImportPlace> {
        let (name, title, path) =
            ("cursor".to_owned(), "Cursor".to_owned(), "/home/me/.cursor/mcp.json".to_owned());
        vec![ImportPlace { name, title, path, exists: true }]
    }

    async fn read(&self, _: &str) -> Result<String, Failure> {
        Ok(json!({"mcpServers": {"a": {"command": "a"}}}).to_string())
    }

    fn home(&self) -> Option<String> {
        None
    }
}

#[async_trait]
impl RegistryClient for Outside {
    async fn servers(&self, registry: &str, query: &RegistryQuery) -> Result<Value, Failure> {
        if registry.starts_with("http://down") {
            return Err(Failure::new(ErrorCode::PeerUnreachable, "Nothing listens there."));
        }
        Ok(
            json!({"servers": [{"server": {"name": format!("a/{}", query.limit), "version": "1", "remotes": []}}]}),
        )
    }

    async fn server(&self, _: &str, name: &str, version: &str) -> Result<Value, Failure> {
        Ok(
            json!({"server": {"name": name, "version": version, "remotes": [{"type": "sse", "url": "https://x.test/sse"}]}}),
        )
    }
}

async fn hub() -> Hub {
    let hub = Hub::new().await;
    hub.engine.use_places(Arc::new(Outside));
    hub.engine.use_registry(Arc::new(Outside));
    hub
}

fn document() -> String {
    json!({"mcpServers": {
        "a": {"command": "npx", "args": ["-y", "x"], "env": {"API_KEY": "canary", "MODE": "fast"}},
        "b": {"url": "https://x.test/mcp", "headers": {"Authorization": "Bearer ${TOKEN}"}}, "c": [],
    }})
    .to_string()
}

#[tokio::test]
async fn a_report_tells_everything_but_secrets_and_adds_nothing_unasked() {
    let hub = hub().await;
    let reply = hub.json("POST", "/api/v1/import", json!({"document": document()})).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    assert!(!reply.text().contains("canary"));
    let report = reply.value();
    assert_eq!(report["dry_run"], true);
    assert_eq!(report["entries"][0]["command_line"], "npx -y x");
    assert_eq!(report["entries"][0]["secrets"], json!(["env.API_KEY"]));
    assert_eq!(report["entries"][1]["variables_missing"], json!([{"name": "TOKEN", "secret": true}]));
    assert_eq!(report["entries"][2]["problem"]["place"], "/mcpServers/c");
    assert_eq!(hub.engine.backends().await.unwrap().len(), 1);
    // The fake MCP of these tests takes addresses only: what cannot be added is said, entry by entry, and hinders no other.
    let body = json!({"document": document(), "dry_run": false, "variables": {"TOKEN": "canary"}});
    let reply = hub.json("POST", "/api/v1/import", body).await;
    let statuses: Vec<Value> =
        reply.value()["entries"].as_array().unwrap().iter().map(|entry| entry["status"].clone()).collect();
    assert_eq!(statuses, [json!("failed"), json!("added"), json!("unusable")]);
    assert!(!reply.text().contains("canary"));
}

#[tokio::test]
async fn wrong_requests_are_refused() {
    let hub = hub().await;
    let post = async |body: Value| hub.json("POST", "/api/v1/import", body).await;
    let problem = post(json!({"document": "{canary"})).await.problem("invalid_json");
    assert!(!problem.to_string().contains("canary"), "{problem}");
    assert_eq!(problem["place"], "line 1, column 2");
    post(json!({})).await.problem("invalid_request");
    post(json!({"document": "[]"})).await.problem("invalid_request");
    post(json!({"document": {"mcpServers": {}}})).await.problem("invalid_request");
    post(json!({"document": document(), "chose": ["a"]})).await.problem("invalid_request");
    post(json!({"document": document(), "choose": ["nobody"], "dry_run": false})).await.problem("not_found");
    post(json!({"document": "x".repeat(10 * 1024 * 1024)})).await.problem("too_large");
    let many: serde_json::Map<String, Value> =
        (0..10_000).map(|at| (format!("s{at}"), json!({"command": "x"}))).collect();
    let problem =
        post(json!({"document": json!({"mcpServers": many}).to_string()})).await.problem("too_large");
    assert!(problem["detail"].as_str().unwrap().contains("10000"), "{problem}");
    for (path, code) in [
        ("/api/v1/export", "invalid_request"),
        ("/api/v1/export?format=zed", "invalid_request"),
        ("/api/v1/export?format=cursor&backend=nobody", "not_found"),
        ("/api/v1/export?format=cursor&backend=peer", "invalid_request"),
        ("/api/v1/export?format=cursor&hub=http://x", "invalid_request"),
        ("/api/v1/registry/servers?limit=0", "invalid_request"),
        ("/api/v1/registry/servers?search=x", "invalid_request"),
        ("/api/v1/registry/servers?registry=http://down", "peer_unreachable"),
    ] {
        hub.get(path).await.problem(code);
    }
}

#[tokio::test]
async fn a_registry_is_searched_and_installed_from() {
    let hub = hub().await;
    let page = hub.get("/api/v1/registry/servers?q=x&limit=7").await.value();
    assert_eq!(page["registry"], "https://registry.modelcontextprotocol.io");
    assert_eq!(page["servers"][0]["name"], "a/7");
    let report =
        hub.json("POST", "/api/v1/registry/install", json!({"server": "a/b", "version": "1"})).await.value();
    assert_eq!(report["entries"][0]["url"], "https://x.test/sse");
    assert_eq!((&report["entries"][0]["name"], &report["dry_run"]), (&json!("b"), &json!(true)));
}

#[tokio::test]
async fn files_of_the_machine_are_read_only_where_nobody_else_reaches_the_hub() {
    let hub = hub().await;
    // Not known where it listens.
    hub.get("/api/v1/import/places").await.problem("invalid_request");
    hub.json("POST", "/api/v1/import", json!({"place": "cursor"})).await.problem("invalid_request");
    let token = format!("Bearer {}", hub.token);
    let server = hub.listen().await;
    let wire = Wire::get(server.address, "/api/v1/import/places", &[("authorization", &token)]).await;
    assert_eq!(wire.status(), 200);
    server.stop().await;
    let mut proxied = hub;
    proxied.config.allowed_hosts = vec!["hub.example".to_owned()];
    let server = proxied.listen().await;
    let wire = Wire::get(server.address, "/api/v1/import/places", &[("authorization", &token)]).await;
    assert_eq!(wire.status(), 400);
    server.stop().await;
}
