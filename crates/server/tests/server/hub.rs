//! A hub of its own for every test.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, request::Builder},
};
use futures_util::StreamExt as _;
use jackfield_engine::{Engine, EngineConfig};
use jackfield_protocol::{ids::RunId, port::PlatformFactory};
use jackfield_server::{Page, ServerConfig};
use jackfield_store::{KeyStore, SqliteStore, StoreOptions};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::fake::Fake;

pub(crate) struct Hub {
    pub(crate) engine: Engine,
    pub(crate) config: ServerConfig,
    pub(crate) fake: Fake,
    pub(crate) token: String,
    router: Router,
    _dir: TempDir,
}

impl Hub {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// A hub with one backend `peer` whose workflows have been discovered.
    pub(crate) async fn with(change: impl FnOnce(&mut ServerConfig)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(StoreOptions::new(dir.path()).key_store(KeyStore::File)).await.unwrap();
        let fake = Fake::new();
        let platforms: Vec<Arc<dyn PlatformFactory>> = vec![Arc::new(fake.clone()), Arc::new(fake.as_mcp())];
        let quick = EngineConfig {
            shutdown_soft: Duration::from_millis(10),
            recovery_deadline: Duration::from_millis(100),
            ..EngineConfig::default()
        };
        let engine = Engine::start(Arc::new(store), platforms, quick).await.unwrap();
        let (_, token) = engine.create_token("tests".to_owned()).await.unwrap();
        // Whether this was built with the page must not change what the tests see.
        let mut config = ServerConfig { page: Page::NONE, ..ServerConfig::default() };
        change(&mut config);
        let router = jackfield_server::router(engine.clone(), config.clone());
        let token = token.expose_secret().to_owned();
        let hub = Self { engine, config, fake, token, router, _dir: dir };
        let body = json!({"name": "peer", "platform": "n8n", "base_url": "http://peer.test"});
        let new = serde_json::from_value(body).unwrap();
        let backend = hub.engine.add_backend(new, false).await.unwrap();
        hub.engine.discover(backend.backend.id).await.unwrap();
        hub
    }

    /// A hub with an MCP server `My Files` besides.
    pub(crate) async fn mcp() -> Self {
        Self::mcp_with(|_| {}).await
    }

    pub(crate) async fn mcp_with(change: impl FnOnce(&mut ServerConfig)) -> Self {
        let hub = Self::with(change).await;
        let body = json!({"name": "My Files", "platform": "mcp", "base_url": "http://files.test"});
        let backend = hub.engine.add_backend(serde_json::from_value(body).unwrap(), false).await.unwrap();
        hub.engine.discover(backend.backend.id).await.unwrap();
        hub
    }

    /// A request with token and host.
    pub(crate) fn request(&self, method: &str, path: &str) -> Builder {
        let builder = Request::builder().method(method).uri(path).header("host", "localhost:7410");
        builder.header("authorization", format!("Bearer {}", self.token))
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = tokio::time::timeout(Duration::from_secs(20), to_bytes(body, 1 << 24));
        let body = body.await.expect("the answer must end").unwrap();
        Reply { status: parts.status, headers: parts.headers, body: body.to_vec() }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(self.request("GET", path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn json(&self, method: &str, path: &str, body: Value) -> Reply {
        let request = self.request(method, path).header("content-type", "application/json");
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    pub(crate) async fn empty(&self, method: &str, path: &str) -> Reply {
        self.send(self.request(method, path).body(Body::empty()).unwrap()).await
    }

    /// Starts a run of a scripted workflow.
    pub(crate) async fn start(&self, workflow: &str, input: Value) -> RunId {
        let body = json!({"backend": "peer", "workflow": workflow, "input": input});
        let reply = self.json("POST", "/api/v1/runs", body).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text());
        reply.value()["id"].as_str().unwrap().parse().unwrap()
    }

    /// Waits until the log has this many events.
    pub(crate) async fn reached(&self, id: RunId, events: usize) {
        let following = self.engine.follow(id, 0).await.unwrap().take(events).count();
        let count = tokio::time::timeout(Duration::from_secs(20), following).await;
        assert_eq!(count.expect("the run must get there"), events);
    }

    /// Waits until the run has ended.
    pub(crate) async fn finish(&self, id: RunId) {
        let following = self.engine.follow(id, 0).await.unwrap().count();
        tokio::time::timeout(Duration::from_secs(20), following).await.expect("the run must end");
    }

    /// Starts a run and waits for its end.
    pub(crate) async fn run(&self, workflow: &str, input: Value) -> RunId {
        let id = self.start(workflow, input).await;
        self.finish(id).await;
        id
    }

    /// Listens on a socket.
    pub(crate) async fn listen(&self) -> Listening {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let serving =
            jackfield_server::serve(listener, self.engine.clone(), self.config.clone(), shutdown.clone());
        Listening { address, shutdown, task: tokio::spawn(serving) }
    }
}

/// A server on a socket.
pub(crate) struct Listening {
    pub(crate) address: SocketAddr,
    pub(crate) shutdown: CancellationToken,
    pub(crate) task: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl Listening {
    /// Ends the server and waits for it.
    pub(crate) async fn stop(self) {
        self.shutdown.cancel();
        let ended = tokio::time::timeout(Duration::from_secs(20), self.task).await;
        ended.expect("the server must end").unwrap().unwrap();
    }
}

/// A whole answer.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn value(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// Checks that it is a problem document with this code, and gives it back.
    pub(crate) fn problem(&self, code: &str) -> Value {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text());
        let problem = self.value();
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["status"], self.status.as_u16(), "{problem}");
        let kind = problem["type"].as_str().unwrap();
        assert!(kind.ends_with(&format!("/api/v1/errors/{code}")), "{problem}");
        for field in ["title", "detail"] {
            assert!(problem[field].as_str().is_some_and(|text| !text.is_empty()), "{field}: {problem}");
        }
        problem
    }
}
