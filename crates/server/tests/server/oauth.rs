//! Signing in at a peer.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::json;

use crate::hub::{Hub, Reply};

/// A browser without a token that comes back.
async fn browser(hub: &Hub, path: &str, accept: &str) -> Reply {
    let request = Request::builder().uri(path).header("host", "localhost:7410").header("accept", accept);
    hub.send(request.body(Body::empty()).unwrap()).await
}

const HTML: &str = "text/html,application/xhtml+xml";

#[tokio::test]
async fn a_browser_signs_in_and_comes_back_to_the_hub() {
    let hub = Hub::mcp_with(|config| config.base_path = "/hub".parse().unwrap()).await;
    let begun = hub.json("POST", "/hub/api/v1/backends/My%20Files/sign-in", json!({})).await;
    assert_eq!(begun.status, StatusCode::OK, "{}", begun.text());
    assert_eq!(hub.fake.mcp().redirects, ["http://localhost:7410/hub/oauth/callback"]);
    let state = begun.value()["state"].as_str().unwrap().to_owned();
    assert!(begun.value()["url"].as_str().unwrap().contains(&state));
    let path = format!("/hub/oauth/callback?state={state}&code=canary&iss=https%3A%2F%2Fpeer.test&scope=a");
    let head = Request::builder().method("HEAD").uri(&path).header("host", "localhost:7410");
    assert_eq!(hub.send(head.body(Body::empty()).unwrap()).await.status, StatusCode::OK);
    assert!(hub.fake.mcp().answers.is_empty(), "a preview ends nothing");
    let page = browser(&hub, &path, HTML).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("'My Files'"), "{}", page.text());
    assert!(!page.text().contains("canary"));
    assert_eq!((page.header("cache-control"), page.header("referrer-policy")), ("no-store", "no-referrer"));
    {
        let mcp = hub.fake.mcp();
        assert_eq!(
            (mcp.answers[0].code.as_deref(), mcp.answers[0].iss.as_deref()),
            (Some("canary"), Some("https://peer.test"))
        );
    }
    let again = browser(&hub, &path, HTML).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    assert!(again.text().contains("not known (any more)") && !again.text().contains("canary"));
    let out = hub.empty("DELETE", "/hub/api/v1/backends/My%20Files/sign-in").await;
    assert_eq!((out.status, &out.value()["name"]), (StatusCode::OK, &json!("My Files")));
    assert!(hub.fake.mcp().answers.is_empty());
}

#[tokio::test]
async fn what_went_wrong_is_said_in_plain_words() {
    let hub = Hub::mcp().await;
    let begin = async || -> String {
        let begun = hub.json("POST", "/api/v1/backends/My%20Files/sign-in", json!({})).await.value();
        begun["state"].as_str().unwrap().to_owned()
    };
    let state = begin().await;
    let denied = "error=access_denied&error_description=%3Cscript%3Eno%3C%2Fscript%3E";
    let page = browser(&hub, &format!("/oauth/callback?state={state}&{denied}"), HTML).await;
    assert_eq!(page.status, StatusCode::BAD_GATEWAY);
    assert!(page.text().contains("&lt;script&gt;no&lt;/script&gt;") && !page.text().contains("<script>"));
    assert!(page.text().contains("Try another account."));
    let state = begin().await;
    let problem = browser(&hub, &format!("/oauth/callback?state={state}&{denied}"), "*/*").await;
    problem.problem("peer_unauthorized");
    for query in ["", "?code=canary", "?state=unknown&code=canary", "?state=a&state=b"] {
        let page = browser(&hub, &format!("/oauth/callback{query}"), HTML).await;
        assert!(page.status.is_client_error(), "{query}");
        assert!(page.text().contains("did not work") && !page.text().contains("canary"), "{query}");
    }
    let long = format!("/oauth/callback?state={}&code={}", begin().await, "c".repeat(20_000));
    browser(&hub, &long, "*/*").await.problem("invalid_request");
    assert_eq!(hub.fake.mcp().answers.len(), 2, "only what was begun reaches the peer");
}

#[tokio::test]
async fn a_program_begins_and_ends_a_sign_in_by_itself() {
    let hub = Hub::mcp().await;
    let path = "/api/v1/backends/My%20Files/sign-in";
    let back = "http://127.0.0.1:49152/callback";
    let begun = hub.json("POST", path, json!({"redirect_uri": back})).await.value();
    assert_eq!(hub.fake.mcp().redirects, [back]);
    let body = json!({"state": begun["state"], "code": "canary"});
    let finish = format!("{path}/finish");
    hub.json("POST", "/api/v1/backends/peer/sign-in/finish", body.clone()).await.problem("not_found");
    let done = hub.json("POST", &finish, body.clone()).await;
    assert_eq!((done.status, &done.value()["name"]), (StatusCode::OK, &json!("My Files")));
    assert!(!done.text().contains("canary"));
    assert_eq!(hub.json("POST", &finish, body).await.problem("not_found")["place"], "/state");
    hub.json("POST", "/api/v1/backends/peer/sign-in", json!({})).await.problem("invalid_request");
    hub.json("PATCH", "/api/v1/backends/My%20Files", json!({"enabled": false})).await;
    hub.json("POST", path, json!({})).await.problem("not_runnable");
    let bare = Request::builder().method("POST").uri(path).header("host", "localhost:7410");
    hub.send(bare.body(Body::empty()).unwrap()).await.problem("unauthenticated");
}

#[tokio::test]
async fn the_address_to_come_back_to_is_the_one_that_is_seen() {
    let hub = Hub::mcp_with(|config| {
        config.allowed_hosts = vec!["hub.example".to_owned()];
        config.secure_cookie = true;
    })
    .await;
    let begin = async |headers: &[(&str, &str)]| {
        let mut request = Request::builder().method("POST").uri("/api/v1/backends/My%20Files/sign-in");
        request = request.header("authorization", format!("Bearer {}", hub.token));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        hub.send(request.header("content-type", "application/json").body(Body::from("{}")).unwrap()).await
    };
    begin(&[("host", "hub.example")]).await;
    begin(&[("host", "hub.example:8443"), ("origin", "https://hub.example:8443")]).await;
    begin(&[("host", "127.0.0.1:7410"), ("origin", "http://127.0.0.1:7410")]).await;
    let expected = [
        "https://hub.example/oauth/callback",
        "https://hub.example:8443/oauth/callback",
        "http://127.0.0.1:7410/oauth/callback",
    ];
    assert_eq!(hub.fake.mcp().redirects, expected);
    let refused = begin(&[("host", "hub.example"), ("origin", "http://hub.example")]).await;
    let problem = refused.problem("invalid_request");
    assert!(problem["hint"].as_str().unwrap().contains("sign-in"), "{problem}");
    assert_eq!(hub.fake.mcp().redirects.len(), 3, "no code travels in the open");
}
