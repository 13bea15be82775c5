//! The misbehaving HTTP server does what its list says.

use std::time::Duration;

use serde_json::{Value, json};

use super::{HTTP, OddHttp, STDIO};

struct Caller {
    odd: OddHttp,
    http: reqwest::Client,
}

impl Caller {
    async fn to(mode: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(10))
            .build()
            .unwrap();
        Self { odd: OddHttp::start(mode).await.unwrap(), http }
    }

    fn post(&self, method: &str, params: Value) -> reqwest::RequestBuilder {
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        self.http.post(self.odd.url()).body(message.to_string())
    }

    async fn ask(&self, method: &str, params: Value) -> (u16, Vec<u8>) {
        let answer = self.post(method, params).send().await.unwrap();
        (answer.status().as_u16(), answer.bytes().await.unwrap().to_vec())
    }

    async fn json(&self, method: &str, params: Value) -> Value {
        serde_json::from_slice(&self.ask(method, params).await.1).unwrap()
    }
}

#[tokio::test]
async fn discover_is_answered_with_the_status_in_the_name() {
    for mode in HTTP
        .iter()
        .filter(|mode| mode.name.starts_with('d') && mode.name[1..].starts_with(|c: char| c.is_ascii_digit()))
    {
        let caller = Caller::to(mode.name).await;
        let status: u16 = mode.name[1..4].parse().unwrap();
        assert_eq!(caller.ask("server/discover", json!({})).await.0, status, "{}", mode.name);
        // And whatever comes after it works.
        let params = json!({"protocolVersion": "2025-11-25"});
        assert_eq!(caller.json("initialize", params).await["result"]["protocolVersion"], "2025-11-25");
        assert_eq!(caller.json("tools/list", json!({})).await["result"]["tools"][0]["name"], "t");
        assert_eq!(caller.json("tools/call", json!({})).await["result"]["content"][0]["text"], "ok");
    }
    let caller = Caller::to("didnull").await;
    let (status, body) = caller.ask("server/discover", json!({})).await;
    assert_eq!((status, serde_json::from_slice::<Value>(&body).unwrap()["id"].clone()), (400, Value::Null));
}

#[tokio::test]
async fn calls_are_answered_as_the_name_says() {
    for (mode, status, body) in [
        ("plain", 200, "\"ok\""),
        ("c400idnull", 400, "\"id\":null"),
        ("c400noid", 400, "No valid session"),
        ("c500", 500, "boom"),
        ("c429", 429, ""),
        ("cssecrlf", 200, "data: \"result\""),
        ("cssenoevent", 200, "data: {"),
        ("cbatch", 200, "[{"),
        ("chtml", 200, "<html>"),
        ("credirect", 307, ""),
        ("progress", 200, "\"progress\":199"),
        ("wrong-id", 200, "424242"),
        ("bignum", 200, "12345678901234567890123"),
        ("unknown-content", 200, "video"),
    ] {
        let caller = Caller::to(mode).await;
        let (said, text) = caller.ask("tools/call", json!({"_meta": {"progressToken": 1}})).await;
        assert_eq!(said, status, "{mode}");
        assert!(String::from_utf8_lossy(&text).contains(body), "{mode}");
    }
    let caller = Caller::to("c429").await;
    let answer = caller.post("tools/call", json!({})).send().await.unwrap();
    assert_eq!(answer.headers()["retry-after"], "2");
    let caller = Caller::to("changing-silently").await;
    let before = caller.json("tools/list", json!({})).await;
    caller.ask("tools/call", json!({})).await;
    assert_ne!(before, caller.json("tools/list", json!({})).await);
}

#[tokio::test]
async fn connections_break_hang_or_never_end() {
    for mode in ["creset", "chalfjson"] {
        let caller = Caller::to(mode).await;
        let failed = match caller.post("tools/call", json!({})).send().await {
            Ok(answer) => answer.bytes().await.is_err(),
            Err(_) => true,
        };
        assert!(failed, "{mode}");
    }
    let silence = Duration::from_millis(200);
    for (mode, method) in [
        ("dhang", "server/discover"),
        ("hang-list", "tools/list"),
        ("hang-call", "tools/call"),
        ("cslow", "tools/call"),
    ] {
        let caller = Caller::to(mode).await;
        assert!(
            tokio::time::timeout(silence, caller.post(method, json!({})).send()).await.is_err(),
            "{mode}"
        );
        drop(caller.http);
        tokio::time::timeout(Duration::from_secs(5), caller.odd.at_most(0)).await.unwrap();
    }
    for mode in ["cflood", "cfloodcomments", "cfloodline"] {
        let caller = Caller::to(mode).await;
        let mut answer = caller.post("tools/call", json!({})).send().await.unwrap();
        let mut length = 0;
        while length < 8 * 1024 * 1024 {
            length += answer.chunk().await.unwrap().expect("no end").len();
        }
    }
}

#[tokio::test]
async fn large_and_broken_lists_come_over_http_too() {
    let caller = Caller::to("many-tools").await;
    assert_eq!(
        caller.json("tools/list", json!({})).await["result"]["tools"].as_array().map(Vec::len),
        Some(100_000)
    );
    let huge = Caller::to("huge-result").await;
    let answer = huge.post("tools/call", json!({})).send().await.unwrap();
    assert!(answer.content_length().is_some_and(|length| length > 100_000_000));
    let remote = Caller::to("remote-ref").await;
    let listed = remote.json("tools/list", json!({})).await;
    let reference =
        listed.pointer("/result/tools/1/inputSchema/properties/a/$ref").unwrap().as_str().unwrap();
    assert_eq!(remote.http.get(reference).send().await.unwrap().status(), 200);
    assert!(remote.odd.requests().iter().any(|request| request.path.ends_with("/schema.json")));
    let (_, bytes) = Caller::to("invalid-utf8").await.ask("tools/list", json!({})).await;
    assert!(std::str::from_utf8(&bytes).is_err());
}

#[test]
fn names_are_there_once() {
    for modes in [STDIO, HTTP] {
        let mut names: Vec<&str> = modes.iter().map(|mode| mode.name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
