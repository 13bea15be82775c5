//! Tokens, one-time links and cookies.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::hub::Hub;

fn bare(method: &str, path: &str) -> axum::http::request::Builder {
    Request::builder().method(method).uri(path).header("host", "localhost:7410")
}

#[tokio::test]
async fn without_a_known_token_nothing_is_told() {
    let hub = Hub::with(|config| config.token_hint = "Look in the drawer.".to_owned()).await;
    let problem_of = |name: &'static str, value: String| {
        let request = bare("GET", "/api/v1/backends").header(name, value);
        hub.send(request.body(Body::empty()).unwrap())
    };
    for (name, value, place) in [
        ("x-nothing", String::new(), "header:Authorization"),
        ("authorization", "Bearer jf_wrong".to_owned(), "header:Authorization"),
        ("authorization", format!("Basic {}", hub.token), "header:Authorization"),
        ("authorization", format!("Bearer {}", "x".repeat(5000)), "header:Authorization"),
        ("x-jackfield-token", "jf_wrong".to_owned(), "header:x-jackfield-token"),
        ("cookie", "jackfield_session=jf_wrong".to_owned(), "cookie"),
    ] {
        let reply = problem_of(name, value).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
        assert_eq!(reply.header("www-authenticate"), "Bearer realm=\"jackfield\"");
        let problem = reply.problem("unauthenticated");
        assert_eq!(problem["place"], place);
        assert_eq!(problem["hint"], "Look in the drawer.");
        assert!(!reply.text().contains("jf_wrong") && !reply.text().contains(&hub.token));
    }
    // Never in a URL.
    let path = format!("/api/v1/backends?token={}", hub.token);
    hub.send(bare("GET", &path).body(Body::empty()).unwrap()).await.problem("unauthenticated");
}

#[tokio::test]
async fn a_token_works_in_either_header_until_it_is_deleted() {
    let hub = Hub::new().await;
    let reply = hub.json("POST", "/api/v1/tokens", json!({"name": "script"})).await;
    assert_eq!(reply.status, StatusCode::CREATED);
    let (id, text) = (reply.value()["id"].as_str().unwrap().to_owned(), reply.value()["text"].clone());
    let text = text.as_str().unwrap();
    assert_eq!(reply.header("location"), format!("/api/v1/tokens/{id}"));
    let listed = hub.get("/api/v1/tokens").await;
    assert!(listed.text().contains("script") && !listed.text().contains(text));
    let ask = |name: &'static str, value: String| {
        hub.send(bare("GET", "/api/v1/runs").header(name, value).body(Body::empty()).unwrap())
    };
    assert_eq!(ask("authorization", format!("bearer {text}")).await.status, StatusCode::OK);
    assert_eq!(ask("x-jackfield-token", text.to_owned()).await.status, StatusCode::OK);
    let gone = hub.empty("DELETE", &format!("/api/v1/tokens/{id}")).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    ask("x-jackfield-token", text.to_owned()).await.problem("unauthenticated");
    hub.empty("DELETE", &format!("/api/v1/tokens/{id}")).await.problem("not_found");
    for name in ["", "  ", &"x".repeat(81)] {
        let problem = hub.json("POST", "/api/v1/tokens", json!({"name": name})).await;
        assert_eq!(problem.problem("invalid_request")["place"], "/name");
    }
}

#[tokio::test]
async fn a_link_signs_a_browser_in_once() {
    let hub = Hub::with(|config| config.base_path = "/hub".parse().unwrap()).await;
    let code = hub.config.sign_in.mint();
    let path = format!("/hub/sign-in?code={}", code.expose_secret());
    let ask = |method: &'static str| hub.send(bare(method, &path).body(Body::empty()).unwrap());
    assert_eq!(ask("HEAD").await.status, StatusCode::OK);
    let reply = ask("GET").await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER);
    assert_eq!(reply.header("location"), "/hub/");
    let cookie = reply.header("set-cookie").to_owned();
    for part in ["; Path=/hub/;", "; HttpOnly", "; SameSite=Strict", "; Max-Age=2592000"] {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }
    let pair = cookie.split(';').next().unwrap().to_owned();
    let with_cookie = |method: &'static str, extra: Option<(&'static str, &'static str)>| {
        let mut request = bare(method, "/hub/api/v1/conversations").header("cookie", format!("a=b; {pair}"));
        if let Some((name, value)) = extra {
            request = request.header(name, value);
        }
        let request = request.header("content-type", "application/json");
        hub.send(request.body(Body::from("{}")).unwrap())
    };
    assert_eq!(with_cookie("GET", None).await.status, StatusCode::OK);
    // What changes something must come from the hub's own page.
    with_cookie("POST", None).await.problem("forbidden_origin");
    with_cookie("POST", Some(("sec-fetch-site", "same-site"))).await.problem("forbidden_origin");
    with_cookie("POST", Some(("origin", "http://localhost:5678"))).await.problem("forbidden_origin");
    assert_eq!(
        with_cookie("POST", Some(("sec-fetch-site", "same-origin"))).await.status,
        StatusCode::CREATED
    );
    assert_eq!(
        with_cookie("POST", Some(("origin", "http://localhost:7410"))).await.status,
        StatusCode::CREATED
    );
    // The code is used up.
    let again = ask("GET").await;
    assert!(again.headers.get("set-cookie").is_none());
    again.problem("unauthenticated");
    let request = bare("GET", &path).header("accept", "text/html,*/*").body(Body::empty()).unwrap();
    let page = hub.send(request).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert!(page.text().contains("does not work"));
}

#[tokio::test]
async fn a_program_with_a_token_can_ask_for_a_link() {
    let hub = Hub::with(|config| config.secure_cookie = true).await;
    let link = hub.empty("POST", "/api/v1/sign-in").await.value();
    let path = link["path"].as_str().unwrap();
    let reply = hub.send(bare("GET", path).body(Body::empty()).unwrap()).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER);
    assert!(reply.header("set-cookie").ends_with("; Secure"));
    hub.send(bare("POST", "/api/v1/sign-in").body(Body::empty()).unwrap()).await.problem("unauthenticated");
}
