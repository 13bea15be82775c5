//! Importing, installing and exporting MCP servers.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jackfield_engine::{Engine, OFFICIAL_REGISTRY};
use jackfield_protocol::{
    api::{ExportFormat, ImportPlace, ImportRequest, ImportStatus, InstallRequest},
    error::{ErrorCode, Failure},
    model::Platform,
    port::{
        BackendClient, Places, PlatformFactory, PlatformInfo, RegistryClient, RegistryQuery, ResolvedBackend,
        Store as _,
    },
};
use serde_json::{Value, json};

use crate::support::{MemoryStore, Peer, new_backend, quick};

/// A peer under another platform's name, which refuses one command.
struct AsMcp(Peer);

impl PlatformFactory for AsMcp {
    fn platform(&self) -> Platform {
        Platform::Mcp
    }

    fn description(&self) -> PlatformInfo {
        PlatformInfo { platform: Platform::Mcp, ..self.0.description() }
    }

    fn build(&self, mut backend: ResolvedBackend) -> Result<Arc<dyn BackendClient>, Failure> {
        if backend.options["command"] == "refused" {
            return Err(Failure::new(ErrorCode::InvalidConfig, "There is no such command."));
        }
        backend.base_url = "http://peer.test".to_owned();
        self.0.build(backend)
    }
}

/// A machine with one file, and a registry with one server; remembers what it was asked.
#[derive(Default)]
struct Outside(Mutex<Vec<String>>);

#[async_trait]
impl Places for Outside {
    async fn list(&self) -> Vec<ImportPlace> {
        Vec::new()
    }

    async fn read(&self, name: &str) -> Result<String, Failure> {
        match name {
            "cursor" => Ok(json!({"mcpServers": {"a": {"command": "${userHome}/a"}}}).to_string()),
            _ => Err(Failure::not_found("place", name)),
        }
    }

    fn home(&self) -> Option<String> {
        Some("/home/me".to_owned())
    }
}

#[async_trait]
impl RegistryClient for Outside {
    async fn servers(&self, registry: &str, query: &RegistryQuery) -> Result<Value, Failure> {
        self.0.lock().unwrap().push(format!("{registry} {:?}", query.search));
        Ok(json!({"servers": [server()], "metadata": {"nextCursor": "more"}}))
    }

    async fn server(&self, registry: &str, name: &str, version: &str) -> Result<Value, Failure> {
        self.0.lock().unwrap().push(format!("{registry} {name} {version}"));
        Ok(server())
    }
}

fn server() -> Value {
    json!({"server": {
        "name": "io.github.x/y", "description": "…", "version": "1.0.0",
        "remotes": [{"type": "sse", "url": "https://x.test/sse", "headers": [{"name": "X-Key", "isRequired": true, "isSecret": true}]}],
        "packages": [{"registryType": "npm", "identifier": "y", "version": "1.0.0", "transport": {"type": "stdio"}}],
    }})
}

async fn hub() -> (Engine, Arc<MemoryStore>, Arc<Outside>) {
    let (store, peer) = (Arc::new(MemoryStore::default()), Peer::new());
    let platforms: Vec<Arc<dyn PlatformFactory>> = vec![Arc::new(peer.clone()), Arc::new(AsMcp(peer))];
    let engine = Engine::start(store.clone(), platforms, quick()).await.unwrap();
    let outside = Arc::new(Outside::default());
    engine.use_places(outside.clone());
    engine.use_registry(outside.clone());
    (engine, store, outside)
}

fn request(document: &Value) -> ImportRequest {
    ImportRequest { document: document.to_string(), ..ImportRequest::default() }
}

#[tokio::test]
async fn a_dry_run_adds_nothing_and_an_import_adds_all_that_it_can() {
    let (engine, store, _) = hub().await;
    engine.add_backend(new_backend("time"), false).await.unwrap();
    let document = json!({"mcpServers": {
        "time": {"command": "uvx", "args": ["mcp-server-time"]}, "bad": {"command": "refused"}, "ugly": 3,
        "asks": {"url": "https://x.test", "headers": {"Authorization": "Bearer ${X}"}},
        "github": {"command": "npx", "args": ["x"], "env": {"TOKEN": "canary"}}, "again": {"command": "npx", "args": ["x"]},
    }});
    let looked = engine.import(request(&document)).await.unwrap();
    assert!(looked.dry_run);
    assert_eq!(engine.backends().await.unwrap().len(), 1);

    let done = engine.import(ImportRequest { dry_run: false, ..request(&document) }).await.unwrap();
    let seen: Vec<_> = done.entries.iter().map(|entry| (entry.name.as_str(), entry.status)).collect();
    assert_eq!(
        seen,
        [
            ("time-2", ImportStatus::Added),
            ("bad", ImportStatus::Failed),
            ("ugly", ImportStatus::Unusable),
            ("asks", ImportStatus::NeedsVariables),
            ("github", ImportStatus::Added),
            ("again", ImportStatus::Duplicate),
        ]
    );
    let text = serde_json::to_string(&done).unwrap() + &serde_json::to_string(&looked).unwrap();
    assert!(!text.contains("canary"));
    let github = done.entries[4].backend.unwrap();
    assert_eq!(store.secrets(github).await.unwrap().get("env.TOKEN"), Some("canary"));

    let again = engine.import(ImportRequest { dry_run: false, ..request(&document) }).await.unwrap();
    assert!(again.entries.iter().all(|entry| entry.status != ImportStatus::Added), "{again:?}");
    assert_eq!(again.entries[0].is_duplicate_of.as_deref(), Some("time-2"));
    assert_eq!(again.entries[0].name, "time-3");
    let chosen =
        ImportRequest { choose: Some(vec!["again".to_owned()]), dry_run: false, ..request(&document) };
    assert_eq!(engine.import(chosen).await.unwrap().entries[5].status, ImportStatus::Added);
    let nobody =
        ImportRequest { choose: Some(vec!["nobody".to_owned()]), dry_run: false, ..request(&document) };
    assert_eq!(engine.import(nobody).await.unwrap_err().code, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_place_is_read_by_its_name() {
    let (engine, ..) = hub().await;
    let of = |place: &str| ImportRequest { place: Some(place.to_owned()), ..ImportRequest::default() };
    let report = engine.import(of("cursor")).await.unwrap();
    assert_eq!(report.entries[0].command_line.as_deref(), Some("/home/me/a"));
    assert_eq!(engine.import(of("nowhere")).await.unwrap_err().code, ErrorCode::NotFound);
    let both = ImportRequest { document: "{}".to_owned(), ..of("cursor") };
    assert_eq!(engine.import(both).await.unwrap_err().code, ErrorCode::InvalidRequest);
}

#[tokio::test]
async fn a_server_of_a_registry_is_installed_in_the_way_that_was_chosen() {
    let (engine, store, outside) = hub().await;
    let query = RegistryQuery { search: Some("y".to_owned()), ..RegistryQuery::default() };
    let page = engine.registry_servers(None, &query).await.unwrap();
    assert_eq!((page.servers[0].ways.len(), page.next.as_deref()), (2, Some("more")));
    let of = |way: Option<&str>| InstallRequest {
        server: "io.github.x/y".to_owned(),
        way: way.map(str::to_owned),
        dry_run: false,
        ..InstallRequest::default()
    };
    // Without its key the remote way is not ready, so the next one is taken.
    let report = engine.install(of(None)).await.unwrap();
    let seen: Vec<_> = report.entries.iter().map(|entry| entry.status).collect();
    assert_eq!(seen, [ImportStatus::NeedsVariables, ImportStatus::Added]);
    let remote = InstallRequest {
        variables: [("X-Key".to_owned(), "canary".to_owned())].into(),
        name: Some("mine".to_owned()),
        registry: Some("http://localhost:1".to_owned()),
        version: Some("1.0.0".to_owned()),
        ..of(Some("remote"))
    };
    let report = engine.install(remote).await.unwrap();
    let id = report.entries[0].backend.unwrap();
    assert_eq!(engine.backend("mine").await.unwrap().backend.id, id);
    assert_eq!(store.secrets(id).await.unwrap().get("header.X-Key"), Some("canary"));
    assert_eq!(engine.install(of(Some("cargo"))).await.unwrap_err().code, ErrorCode::NotFound);
    let asked = outside.0.lock().unwrap().clone();
    assert_eq!(asked[0], format!("{OFFICIAL_REGISTRY} Some(\"y\")"));
    assert_eq!(
        asked[1..3],
        [
            format!("{OFFICIAL_REGISTRY} io.github.x/y latest"),
            "http://localhost:1 io.github.x/y 1.0.0".to_owned()
        ]
    );
}

#[tokio::test]
async fn what_was_imported_is_exported_without_its_secrets() {
    let (engine, ..) = hub().await;
    engine.add_backend(new_backend("n8n"), false).await.unwrap();
    let document = json!({"mcpServers": {"a": {"command": "x", "env": {"TOKEN": "canary"}}, "b": {"url": "https://x.test"}}});
    engine.import(ImportRequest { dry_run: false, ..request(&document) }).await.unwrap();
    let names =
        |exported: &Value| exported["mcpServers"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let all = engine.export(ExportFormat::ClaudeCode, &[]).await.unwrap();
    assert_eq!(names(&all.document), ["a", "b"]);
    assert!(!all.document.to_string().contains("canary"));
    let one = engine.export(ExportFormat::Cursor, &["a".to_owned()]).await.unwrap();
    assert_eq!(names(&one.document), ["a"]);
    for (name, code) in [("n8n", ErrorCode::InvalidRequest), ("nobody", ErrorCode::NotFound)] {
        assert_eq!(engine.export(ExportFormat::Cursor, &[name.to_owned()]).await.unwrap_err().code, code);
    }
}

#[tokio::test]
async fn a_hub_without_a_way_outside_says_so() {
    let hub = crate::support::Hub::new().await;
    let place = ImportRequest { place: Some("cursor".to_owned()), ..ImportRequest::default() };
    assert_eq!(hub.engine.import(place).await.unwrap_err().code, ErrorCode::InvalidRequest);
    let query = RegistryQuery::default();
    assert_eq!(hub.engine.registry_servers(None, &query).await.unwrap_err().code, ErrorCode::InvalidRequest);
}
