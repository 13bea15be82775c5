//! Every kind of bad request gets a code, a place and a next step, and changes nothing.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::{Value, json};

use crate::{
    hub::{Hub, Reply},
    sse::Wire,
};

async fn with_headers(hub: &Hub, headers: &[(&str, &str)]) -> Reply {
    let mut request = Request::builder().uri("/api/v1/backends");
    request = request.header("authorization", format!("Bearer {}", hub.token));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    hub.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn only_our_own_host_and_origin_pass() {
    let hub = Hub::with(|config| {
        config.allowed_hosts = vec!["hub.example".to_owned()];
        config.allowed_origins = vec!["https://portal.example".to_owned()];
    })
    .await;
    for headers in [
        vec![],
        vec![("host", "evil.example")],
        vec![("host", "localhost"), ("host", "localhost")],
        vec![("host", "user@localhost")],
        vec![("host", "192.168.1.1:7410")],
    ] {
        let problem = with_headers(&hub, &headers).await.problem("forbidden_host");
        assert_eq!(problem["place"], "header:Host", "{headers:?}");
    }
    for origin in ["http://evil.example", "null", "http://localhost:1", "file://"] {
        let reply = with_headers(&hub, &[("host", "localhost:7410"), ("origin", origin)]).await;
        assert_eq!(reply.problem("forbidden_origin")["place"], "header:Origin", "{origin}");
    }
    for headers in [
        [("host", "hub.example"), ("origin", "https://hub.example")],
        [("host", "localhost:7410"), ("origin", "http://localhost:7410")],
        [("host", "[::1]:7410"), ("origin", "https://portal.example")],
    ] {
        assert_eq!(with_headers(&hub, &headers).await.status, StatusCode::OK, "{headers:?}");
    }
    // Public routes are checked as well.
    let request = Request::builder().uri("/healthz").header("host", "evil.example");
    hub.send(request.body(Body::empty()).unwrap()).await.problem("forbidden_host");
}

#[tokio::test]
async fn the_address_that_is_listened_on_is_ours() {
    let hub = Hub::new().await;
    let server = hub.listen().await;
    let wire = Wire::get(server.address, "/healthz", &[]).await;
    assert_eq!(wire.status(), 200);
    server.stop().await;
}

#[tokio::test]
async fn unknown_paths_and_wrong_methods_are_told_apart() {
    let hub = Hub::new().await;
    for path in ["/nothing", "/api/v1/nothing", "/api/v2/runs", "/api/v1/runs/", "/v1/models"] {
        hub.get(path).await.problem("not_found");
    }
    for (method, path, allow) in [
        ("PUT", "/api/v1/backends", "GET,HEAD,POST"),
        ("DELETE", "/api/v1/runs", "GET,HEAD,POST"),
        ("GET", "/api/v1/otlp/v1/traces", "HEAD,POST"),
        ("POST", "/healthz", "GET,HEAD"),
    ] {
        let reply = hub.empty(method, path).await;
        reply.problem("method_not_allowed");
        let mut methods: Vec<&str> = reply.header("allow").split(',').map(str::trim).collect();
        methods.sort_unstable();
        assert_eq!(methods.join(","), allow, "{path}");
    }
}

#[tokio::test]
async fn ids_that_are_none_and_ids_of_nothing() {
    let hub = Hub::new().await;
    for path in ["runs/x", "runs/x/events", "runs/x/trace", "workflows/x", "conversations/x", "blobs/x"] {
        let problem = hub.get(&format!("/api/v1/{path}")).await.problem("invalid_request");
        assert_eq!(problem["place"], "path:id", "{path}");
        assert!(problem["detail"].as_str().unwrap().contains("expected a UUID"), "{problem}");
    }
    let id = jackfield_protocol::ids::RunId::new();
    for path in [
        "runs/ID",
        "runs/ID/events",
        "runs/ID/trace",
        "workflows/ID",
        "tools/ID",
        "conversations/ID",
        "blobs/ID",
        "backends/ID",
        "errors/ID",
        "tools/x",
        "backends/ID/journal",
        "resources?backend=ID",
        "resource-templates?backend=ID",
        "prompts?backend=ID",
        "workflows?backend=ID",
        "tools?backend=ID",
        "runs?backend=ID",
    ] {
        hub.get(&format!("/api/v1/{}", path.replace("ID", &id.to_string()))).await.problem("not_found");
    }
    hub.empty("POST", &format!("/api/v1/runs/{id}/cancel")).await.problem("not_found");
    let answer = json!({"request_id": "q"});
    hub.json("POST", &format!("/api/v1/runs/{id}/input"), answer).await.problem("not_found");
    for (method, path) in [
        ("DELETE", "backends/nobody"),
        ("POST", "backends/nobody/test"),
        ("POST", "backends/nobody/discover"),
        ("DELETE", "backends/nobody/sign-in"),
    ] {
        let problem = hub.empty(method, &format!("/api/v1/{path}")).await.problem("not_found");
        assert!(problem["hint"].as_str().unwrap().contains("peer"), "{problem}");
    }
    for (path, body) in [
        ("tools/nothing/call", json!({})),
        ("backends/nobody/sign-in", json!({})),
        ("backends/nobody/sign-in/finish", json!({"state": "s"})),
        ("backends/nobody/resources/read", json!({"uri": "a:b"})),
        ("backends/nobody/prompts/get", json!({"name": "a"})),
        ("backends/nobody/complete", json!({"prompt": "a", "argument": "b"})),
    ] {
        hub.json("POST", &format!("/api/v1/{path}"), body).await.problem("not_found");
    }
    hub.empty("POST", "/api/v1/tools/nothing/accept").await.problem("not_found");
    let conversation = format!("/api/v1/conversations/{id}");
    hub.json("PATCH", &conversation, json!({"title": "a"})).await.problem("not_found");
    hub.empty("DELETE", &conversation).await.problem("not_found");
    hub.get("/api/v1/runs/%ff").await.problem("invalid_request");
}

#[tokio::test]
async fn bodies_that_do_not_fit_are_refused_with_their_place() {
    let hub = Hub::new().await;
    let post = |path: &'static str, body: &'static str| {
        let request = hub.request("POST", path).header("content-type", "application/json");
        hub.send(request.body(Body::from(body)).unwrap())
    };
    for (path, body, code, place) in [
        ("/api/v1/backends", "", "invalid_json", "line 1, column 0"),
        ("/api/v1/backends", "{\"name\": }", "invalid_json", "line 1, column 10"),
        ("/api/v1/backends", "[]", "invalid_request", "body"),
        (
            "/api/v1/backends",
            r#"{"name":"b","platform":"zapier","base_url":"http://x"}"#,
            "invalid_request",
            "/platform",
        ),
        ("/api/v1/backends", r#"{"name":"b","platform":"n8n","base_url":7}"#, "invalid_request", "/base_url"),
        ("/api/v1/backends", r#"{"name":"b","platform":"n8n","base_url":"x"}"#, "invalid_url", "/base_url"),
        ("/api/v1/backends", r#"{"name":"peer","platform":"n8n","base_url":"http://x"}"#, "conflict", ""),
        (
            "/api/v1/backends/test",
            r#"{"name":"b","platform":"n8n","base_url":"x"}"#,
            "invalid_url",
            "/base_url",
        ),
        ("/api/v1/runs", r#"{"workflow":"nothing","input":{}}"#, "not_found", ""),
        ("/api/v1/runs", r#"{"input":{"text":"a"}}"#, "invalid_request", "/workflow"),
        ("/api/v1/runs", r#"{"workflow_id":"x"}"#, "invalid_request", "/workflow_id"),
        (
            "/api/v1/runs",
            r#"{"workflow":"echo","input":{"query":{"a":["b"]}}}"#,
            "invalid_request",
            "/input/query/a",
        ),
        ("/api/v1/runs", r#"{"workflow":"echo","input":{"text":"bad"}}"#, "invalid_input", "/input/text"),
        ("/api/v1/runs", r#"{"workflow":"schedule","input":{}}"#, "not_runnable", ""),
        ("/api/v1/conversations", r#"{"title":1}"#, "invalid_request", "/title"),
        ("/api/v1/tools/lookup/call", r#"{"arguments":[]}"#, "invalid_input", "/arguments"),
        ("/api/v1/tools/lookup/call", r#"{"conversation_id":7}"#, "invalid_request", "/conversation_id"),
        ("/api/v1/backends/peer/prompts/get", r#"{"arguments":{}}"#, "invalid_request", "body"),
        (
            "/api/v1/backends/peer/prompts/get",
            r#"{"name":"a","arguments":{"b":1}}"#,
            "invalid_request",
            "/arguments/b",
        ),
        ("/api/v1/backends/peer/complete", r#"{"argument":"a"}"#, "invalid_request", "/prompt"),
        (
            "/api/v1/backends/peer/sign-in",
            r#"{"redirect_uri":"http://evil.example/"}"#,
            "invalid_request",
            "/redirect_uri",
        ),
    ] {
        let problem = post(path, body).await.problem(code);
        assert_eq!(problem["place"].as_str().unwrap_or_default(), place, "{path} {body}: {problem}");
    }
    for (path, body, name) in [
        ("/api/v1/backends", r#"{"name":"b","platform":"n8n","base_url":"http://x","url":"y"}"#, "`url`"),
        ("/api/v1/runs", r#"{"workflow":"echo","inputs":{}}"#, "`inputs`"),
        ("/api/v1/runs", r#"{"workflow":"echo","input":{"prompt":"a"}}"#, "`prompt`"),
        ("/api/v1/tokens", r#"{"name":"a","admin":true}"#, "`admin`"),
        ("/api/v1/tools/lookup/call", r#"{"args":{}}"#, "`args`"),
        ("/api/v1/backends/peer/resources/read", r#"{"uri":"a:b","path":"c"}"#, "`path`"),
        ("/api/v1/backends/peer/sign-in/finish", r#"{"state":"a","token":"c"}"#, "`token`"),
    ] {
        let problem = post(path, body).await.problem("invalid_request");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("unknown field") && detail.contains(name), "{detail}");
    }
    assert_eq!(hub.get("/api/v1/runs").await.value()["items"], json!([]), "nothing was started");
    let backends = hub.get("/api/v1/backends").await.value()["items"].as_array().unwrap().len();
    assert_eq!(backends, 1, "nothing was added");
}

#[tokio::test]
async fn a_secret_in_the_wrong_place_is_not_repeated() {
    let hub = Hub::new().await;
    let body = json!({"name": "b", "platform": "n8n", "base_url": "http://x", "secrets": "canary"});
    let reply = hub.json("POST", "/api/v1/backends", body).await;
    reply.problem("invalid_request");
    assert!(!reply.text().contains("canary"), "{}", reply.text());
    let body =
        json!({"name": "b", "platform": "n8n", "base_url": "http://x", "secrets": {"api_key": "canary"}});
    let reply = hub.json("POST", "/api/v1/backends", body).await;
    assert_eq!(reply.status, StatusCode::CREATED);
    assert!(!reply.text().contains("canary"), "{}", reply.text());
    assert_eq!(reply.value()["secrets"], json!(["api_key"]));
}

#[tokio::test]
async fn media_types_and_sizes_are_checked_first() {
    let hub = Hub::with(|config| {
        config.json_limit = 2000;
        config.upload_limit = 5000;
    })
    .await;
    for kind in ["", "text/plain", "application/xml", "application/x-www-form-urlencoded"] {
        let mut request = hub.request("POST", "/api/v1/runs");
        if !kind.is_empty() {
            request = request.header("content-type", kind);
        }
        let reply = hub.send(request.body(Body::from("{}")).unwrap()).await;
        assert_eq!(reply.problem("unsupported_media_type")["place"], "header:Content-Type", "{kind}");
    }
    let large = json!({"workflow": "echo", "input": {"text": "x".repeat(2000)}});
    hub.json("POST", "/api/v1/runs", large.clone()).await.problem("too_large");
    // Said beforehand, and not said at all.
    let request = hub.request("POST", "/api/v1/runs").header("content-type", "application/json");
    let request = request.header("content-length", "100000").body(Body::from(large.to_string())).unwrap();
    hub.send(request).await.problem("too_large");
    let chunks = futures_util::stream::iter((0..10).map(|_| Ok::<_, std::io::Error>("x".repeat(1000))));
    let request = hub.request("POST", "/api/v1/runs").header("content-type", "application/json");
    hub.send(request.body(Body::from_stream(chunks)).unwrap()).await.problem("too_large");
    let form = format!(
        "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n{}\r\n--b--\r\n",
        "x".repeat(6000)
    );
    let stream = futures_util::stream::iter([Ok::<_, std::io::Error>(form)]);
    let request =
        hub.request("POST", "/api/v1/runs").header("content-type", "multipart/form-data; boundary=b");
    hub.send(request.body(Body::from_stream(stream)).unwrap()).await.problem("too_large");
}

#[tokio::test]
async fn forms_that_are_none_are_refused() {
    let hub = Hub::new().await;
    let post = |kind: &'static str, body: String| {
        let request = hub.request("POST", "/api/v1/runs").header("content-type", kind);
        hub.send(request.body(Body::from(body)).unwrap())
    };
    let part =
        |head: &str, body: &str| format!("--b\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n");
    let kind = "multipart/form-data; boundary=b";
    post("multipart/form-data", String::new()).await.problem("invalid_request");
    post(kind, "garbage".to_owned()).await.problem("invalid_request");
    let file = part("name=\"f\"; filename=\"a.txt\"", "x");
    let run = part("name=\"run\"", r#"{"workflow":"file"}"#);
    for (form, place) in [
        (format!("{file}--b--\r\n"), "form:run"),
        (format!("{run}{run}--b--\r\n"), "form:run"),
        (format!("{run}{}--b--\r\n", part("name=\"field\"", "x")), "form:field"),
        (format!("{}--b--\r\n", part("name=\"run\"", r#"{"workflow":3}"#)), "/workflow"),
        (format!("{run}{file}"), "form"),
    ] {
        let problem = post(kind, form.clone()).await.problem("invalid_request");
        assert_eq!(problem["place"], place, "{form}: {problem}");
    }
    assert_eq!(hub.get("/api/v1/runs").await.value()["items"], json!([]), "nothing was started");
}

#[tokio::test]
async fn parameters_are_checked() {
    let hub = Hub::new().await;
    for (path, place) in [
        ("runs?limit=0", "query:limit"),
        ("runs?limit=501", "query:limit"),
        ("runs?limit=a", "query:limit"),
        ("runs?status=broken", "query:status"),
        ("runs?cursor=x", "query:cursor"),
        ("runs?workflow_id=x", "query:workflow_id"),
        ("runs?staus=failed", "query:staus"),
        ("workflows?runnable=maybe", "query:runnable"),
        ("workflows?q=a&q=b", "query:q"),
        ("tools?limit=0", "query:limit"),
        ("tools?status=broken", "query:status"),
        ("tools?name=a", "query:name"),
        ("runs?tool_id=x", "query:tool_id"),
        ("resources?limit=1", "query:limit"),
        ("prompts?q=a&q=b", "query:q"),
        ("conversations?limit=-1", "query:limit"),
        ("events?runs=1", "query:runs"),
    ] {
        let problem = hub.get(&format!("/api/v1/{path}")).await.problem("invalid_request");
        assert_eq!(problem["place"], place, "{path}");
    }
}

#[tokio::test]
async fn an_ended_run_takes_neither_cancel_nor_answers() {
    let hub = Hub::new().await;
    let id = hub.run("echo", json!({"text": "a"})).await;
    hub.empty("POST", &format!("/api/v1/runs/{id}/cancel")).await.problem("run_ended");
    let answer = json!({"request_id": "q1", "answer": {"choice": "yes"}});
    hub.json("POST", &format!("/api/v1/runs/{id}/input"), answer).await.problem("run_ended");
}

#[tokio::test]
async fn every_answer_has_its_security_headers() {
    let hub = Hub::new().await;
    for path in ["/", "/api/v1/backends", "/nothing", "/healthz", "/api/v1/openapi.json"] {
        let reply = hub.get(path).await;
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("referrer-policy"), "no-referrer", "{path}");
        assert!(reply.header("content-security-policy").starts_with("default-src 'none'"), "{path}");
        assert_eq!(reply.header("x-frame-options"), "DENY", "{path}");
    }
}

#[tokio::test]
async fn a_base_path_stands_before_everything() {
    let hub = Hub::with(|config| config.base_path = "/tools/hub".parse().unwrap()).await;
    for path in ["/tools/hub", "/tools/hub/", "/tools/hub/healthz", "/tools/hub/api/v1/backends"] {
        assert_eq!(hub.get(path).await.status, StatusCode::OK, "{path}");
    }
    for path in ["/", "/healthz", "/api/v1/backends", "/tools/hubx/healthz"] {
        let problem: Value = hub.get(path).await.problem("not_found");
        assert_eq!(problem["type"], "/tools/hub/api/v1/errors/not_found");
    }
    let document = hub.get("/tools/hub/api/v1/openapi.json").await.value();
    assert_eq!(document["servers"][0]["url"], "/tools/hub");
    let reply = hub.json("POST", "/tools/hub/api/v1/conversations", json!({"title": "a"})).await;
    assert!(reply.header("location").starts_with("/tools/hub/api/v1/conversations/"));
}

#[tokio::test]
async fn a_panic_is_an_internal_problem_that_tells_nothing() {
    let hub = Hub::new().await;
    let body = json!({"name": "b", "platform": "n8n", "base_url": "http://panic.test"});
    let reply = hub.json("POST", "/api/v1/backends/test", body).await;
    assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
    reply.problem("internal");
    assert!(!reply.text().contains("canary"), "{}", reply.text());
    assert_eq!(hub.get("/api/v1/backends").await.status, StatusCode::OK, "the hub goes on");
}
