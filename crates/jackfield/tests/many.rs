//! Twenty backends of all platforms in one hub, each with several runs; one hangs, one floods, one lies, and the others do
//! not notice.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

mod support;

use std::time::Duration;

use jackfield_testkit::{
    flowise::SimulatedFlowise,
    n8n::SimulatedN8n,
    replay::{Answer, ReplayServer},
    sim::SimulatedSim,
};
use serde_json::{Value, json};
use support::{Hub, PATIENCE};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

/// Peers of each platform that behave.
const EACH: usize = 6;
const RUNS: usize = 3;
const FLOW: &str = "11111111-1111-4111-8111-111111111111";

/// The hub's API.
#[derive(Clone)]
struct Api {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Api {
    fn of(hub: &Hub) -> Self {
        // Another test of this process may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let url = hub.greeting["url"].as_str().unwrap().trim_end_matches('/').to_owned();
        let token = std::fs::read_to_string(hub.data_dir.join("token")).unwrap().trim().to_owned();
        Self { http: reqwest::Client::builder().no_proxy().build().unwrap(), url, token }
    }

    async fn send(&self, method: reqwest::Method, path: &str, body: Option<Value>) -> Value {
        let mut request = self.http.request(method, format!("{}/api/v1/{path}", self.url));
        request = request.bearer_auth(&self.token).header("accept", "application/json");
        if let Some(body) = body {
            request = request.json(&body);
        }
        let text =
            tokio::time::timeout(PATIENCE, async { request.send().await.unwrap().text().await.unwrap() })
                .await
                .expect("the hub answers");
        serde_json::from_str(&text).unwrap_or(Value::String(text))
    }

    async fn get(&self, path: &str) -> Value {
        self.send(reqwest::Method::GET, path, None).await
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        self.send(reqwest::Method::POST, path, Some(body)).await
    }

    /// Adds a backend, whatever its test says, and discovers it.
    async fn add(&self, name: &str, platform: &str, url: &str, secrets: Value, options: Value) -> String {
        let new = json!({"name": name, "platform": platform, "base_url": url, "secrets": secrets, "options": options});
        let added = self.post("backends", new.clone()).await;
        let id = added["id"].as_str().unwrap_or_else(|| panic!("{name}: {added}")).to_owned();
        self.post(&format!("backends/{id}/discover"), json!({})).await;
        id
    }

    async fn start(&self, backend: &str, workflow: &str) -> String {
        let run = json!({"backend": backend, "workflow": workflow, "input": {"text": "Hello"}});
        let run = self.post("runs", run).await;
        run["id"].as_str().unwrap_or_else(|| panic!("{backend}: {run}")).to_owned()
    }

    /// Waits for the run's end and gives the run.
    async fn ended(&self, run: &str) -> Value {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let found = self.get(&format!("runs/{run}")).await;
            if !found["ended_at"].is_null() {
                return found;
            }
            assert!(tokio::time::Instant::now() < deadline, "{found}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// A Flowise whose one flow never stops talking, as fast as the socket takes it.
async fn flooding() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(flood(stream));
        }
    });
    url
}

async fn flood(mut stream: TcpStream) -> std::io::Result<()> {
    let mut request = vec![0; 16 * 1024];
    let read = stream.read(&mut request).await?;
    let request = String::from_utf8_lossy(&request[..read]).into_owned();
    let json = |body: &str| {
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
    };
    let answer = match request.split_whitespace().nth(1).unwrap_or_default() {
        path if path.contains("/prediction/") => {
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
            stream.write_all(head.as_bytes()).await?;
            let tokens = "message:\ndata:{\"event\":\"token\",\"data\":\"flood \"}\n\n".repeat(200);
            loop {
                stream.write_all(tokens.as_bytes()).await?;
            }
        }
        path if path.ends_with("/ping") => {
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\nConnection: close\r\n\r\npong".to_owned()
        }
        path if path.ends_with("/version") => json(r#"{"version":"3.1.4"}"#),
        path if path.contains("-streaming/") => json(r#"{"isStreaming":true}"#),
        _ => json("{}"),
    };
    stream.write_all(answer.as_bytes()).await
}

/// Answers everything, and nothing of it is true.
async fn lying() -> ReplayServer {
    let server = ReplayServer::start().await.unwrap();
    server.on("GET", "/api/v1/ping", Answer::new(200, "text/plain", "pong"));
    server.on("*", "/*", Answer::new(200, "application/json", "[{\"id\":[[[[\u{0}"));
    server
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_backends_work_and_three_bad_ones_touch_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let hub = Hub::start(&dir.path().join("data"), &[]);
    let api = Api::of(&hub);

    let mut n8n = Vec::new();
    let mut flowise = Vec::new();
    let mut sim = Vec::new();
    for _ in 0..EACH {
        n8n.push(SimulatedN8n::demo().await.unwrap());
        flowise.push(SimulatedFlowise::demo().await.unwrap());
        sim.push(SimulatedSim::demo().await.unwrap());
    }
    let hanging = SimulatedFlowise::demo().await.unwrap();
    let (flood, liar) = (flooding().await, lying().await);

    let mut adding = JoinSet::new();
    let mut add = |name: String, platform: &'static str, url: String, secrets: Value, options: Value| {
        let api = api.clone();
        adding.spawn(async move { api.add(&name, platform, &url, secrets, options).await });
    };
    for (at, peer) in n8n.iter().enumerate() {
        add(format!("n8n-{at}"), "n8n", peer.base_url(), json!({"api_key": peer.api_key()}), json!({}));
    }
    for (at, peer) in flowise.iter().enumerate() {
        add(
            format!("flowise-{at}"),
            "flowise",
            peer.base_url(),
            json!({"api_key": peer.api_key()}),
            json!({}),
        );
    }
    for (at, peer) in sim.iter().enumerate() {
        add(
            format!("sim-{at}"),
            "sim_studio",
            peer.base_url(),
            json!({"api_key": peer.api_key()}),
            json!({}),
        );
    }
    add("hangs".to_owned(), "flowise", hanging.base_url(), json!({"api_key": hanging.api_key()}), json!({}));
    add("floods".to_owned(), "flowise", flood, json!({}), json!({"flows": [FLOW]}));
    add("lies".to_owned(), "flowise", liar.base_url(), json!({"api_key": "a key"}), json!({}));
    let ids = adding.join_all().await;
    assert_eq!(ids.len(), 3 * EACH + 3);

    // The bad ones first, so that all others run beside them.
    let hung = api.start("hangs", "lab-af2-agent-last").await;
    hanging.freeze(true);
    let flooded = api.start("floods", FLOW).await;

    let mut running = JoinSet::new();
    for at in 0..EACH {
        for _ in 0..RUNS {
            let (one, other, third) = (api.clone(), api.clone(), api.clone());
            running.spawn(async move {
                let run =
                    one.start(&format!("n8n-{at}"), support::AGENT.split('/').next_back().unwrap()).await;
                one.ended(&run).await
            });
            running.spawn(async move {
                let run = other.start(&format!("flowise-{at}"), "lab-af2-agent-last").await;
                other.ended(&run).await
            });
            running.spawn(async move {
                let run = third.start(&format!("sim-{at}"), "Echo agent B").await;
                third.ended(&run).await
            });
        }
    }
    let ended = running.join_all().await;
    assert_eq!(ended.len(), 3 * EACH * RUNS);
    for run in &ended {
        assert_eq!(run["status"], "succeeded", "{run}");
    }
    for peer in &flowise {
        assert_eq!(peer.violations(), Vec::<String>::new());
    }
    for peer in &sim {
        assert_eq!(peer.violations(), Vec::<String>::new());
    }
    for peer in &n8n {
        assert_eq!((peer.starts(), peer.violations()), (RUNS, Vec::new()));
    }

    // The bad ones are what they are, and can be stopped.
    let listed = api.get("backends").await;
    let state = |name: &str| {
        let of = listed["items"]
            .as_array()
            .unwrap_or_else(|| panic!("{listed}"))
            .iter()
            .find(|backend| backend["name"] == name);
        of.unwrap_or_else(|| panic!("{listed}"))["health"]["state"].clone()
    };
    assert_eq!((state("n8n-0"), state("flowise-0")), (json!("connected"), json!("connected")));
    assert_ne!(state("lies"), "connected", "{listed}");
    let still = api.get(&format!("runs/{flooded}")).await;
    assert!(still["ended_at"].is_null() && still["last_seq"].as_u64().unwrap() > 10, "{still}");
    for run in [&flooded, &hung] {
        api.post(&format!("runs/{run}/cancel"), json!({})).await;
        let ended = api.ended(run).await;
        assert!(["cancelled", "unknown"].contains(&ended["status"].as_str().unwrap()), "{ended}");
    }
}
