//! Questions to a registry, and what it may answer in place of an answer.

use jackfield_backends::HttpRegistry;
use jackfield_protocol::{
    error::ErrorCode,
    import::{Setting, install, page},
    port::{RegistryClient as _, RegistryQuery},
};
use jackfield_testkit::registry::{Mood, SimulatedRegistry};

fn query(search: Option<&str>, cursor: Option<String>, limit: usize) -> RegistryQuery {
    RegistryQuery { search: search.map(str::to_owned), cursor, limit }
}

#[tokio::test]
async fn pages_are_read_to_their_end_and_searched() {
    let registry = SimulatedRegistry::start().await.unwrap();
    let client = HttpRegistry::new().unwrap();
    let url = registry.base_url();
    let mut names = Vec::new();
    let mut cursor = None;
    for _ in 0..5 {
        let answer = client.servers(&url, &query(None, cursor, 2)).await.unwrap();
        let page = page(&url, &answer).unwrap();
        names.extend(page.servers.into_iter().map(|server| format!("{}@{}", server.name, server.version)));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(
        names,
        [
            "com.example/acme-analytics@2.0.0",
            "io.github.example/old-weather@0.9.5",
            "io.github.example/weather-mcp@0.5.0",
            "io.modelcontextprotocol.anonymous/brave-search@1.0.2"
        ]
    );
    let found = page(&url, &client.servers(&url, &query(Some("weather"), None, 30)).await.unwrap()).unwrap();
    assert_eq!(found.servers.len(), 2);
    assert_eq!(found.servers[0].status_message.as_deref(), Some("Please upgrade to weather-v2."));
    assert_eq!(found.servers[1].ways[0].command_line.as_deref(), Some("uvx weather-mcp-server==0.5.0"));
    assert!(registry.requests().iter().all(|request| request.header("authorization").is_none()));
}

#[tokio::test]
async fn a_server_is_found_by_name_and_version() {
    let registry = SimulatedRegistry::start().await.unwrap();
    let client = HttpRegistry::new().unwrap();
    let (url, name) = (registry.base_url(), "io.modelcontextprotocol.anonymous/brave-search");
    let none = std::collections::BTreeMap::new();
    let setting = Setting { variables: &none, home: None, source: None };
    let old = client.server(&url, name, "1.0.1").await.unwrap();
    assert!(install(name, &old, &setting).unwrap().notes[0].contains("later version"));
    let latest = client.server(&format!("{url}/v0.1/"), name, "latest").await.unwrap();
    let imported = install(name, &latest, &setting).unwrap();
    assert_eq!(imported.candidates[0].entry.variables_missing[0].name, "BRAVE_API_KEY");
    assert_eq!(install("a/b", &latest, &setting).unwrap_err().code, ErrorCode::PeerBadAnswer);
    for (name, version) in [("a/b", "latest"), (name, "9.9.9"), (name, "../1.0.1")] {
        assert_eq!(
            client.server(&url, name, version).await.unwrap_err().code,
            ErrorCode::NotFound,
            "{name} {version}"
        );
    }
    assert_eq!(client.server(&url, "..", "latest").await.unwrap_err().code, ErrorCode::InvalidRequest);
}

#[tokio::test]
async fn an_older_registry_is_asked_by_the_older_api() {
    let registry = SimulatedRegistry::start().await.unwrap();
    registry.set_mood(Mood::Old);
    let url = registry.base_url();
    let answer = HttpRegistry::new().unwrap().servers(&url, &query(None, None, 30)).await.unwrap();
    assert_eq!(page(&url, &answer).unwrap().servers.len(), 4);
}

#[tokio::test]
async fn whatever_answers_in_its_place_is_told() {
    let registry = SimulatedRegistry::start().await.unwrap();
    let client = HttpRegistry::new().unwrap();
    let json = "application/json";
    let elsewhere = format!("http://127.0.0.1:{}/v0.1/servers", 1);
    for (mood, code) in [
        (
            Mood::Says(200, "<!DOCTYPE html><html><title>Hi</title>".to_owned(), "text/html"),
            ErrorCode::PeerHtml,
        ),
        (Mood::Says(200, "not json".to_owned(), json), ErrorCode::PeerBadAnswer),
        (Mood::Says(200, "[".repeat(100_000), json), ErrorCode::PeerBadAnswer),
        (Mood::Says(404, "{}".to_owned(), json), ErrorCode::NotFound),
        (Mood::Says(400, r#"{"detail":"bad cursor"}"#.to_owned(), json), ErrorCode::PeerRejected),
        (Mood::Says(429, "{}".to_owned(), json), ErrorCode::PeerRateLimited),
        (Mood::Says(503, "busy".to_owned(), "text/plain"), ErrorCode::PeerFailed),
        (Mood::Flood, ErrorCode::PeerAnswerTooLarge),
        (Mood::Elsewhere(elsewhere), ErrorCode::PeerRejected),
    ] {
        registry.set_mood(mood.clone());
        let failure = client.servers(&registry.base_url(), &query(None, None, 30)).await.unwrap_err();
        assert_eq!(failure.code, code, "{mood:?}: {failure:?}");
    }
    for body in ["[]", "{}", "null", r#"{"servers": {}}"#] {
        registry.set_mood(Mood::Says(200, body.to_owned(), json));
        let answer = client.servers(&registry.base_url(), &query(None, None, 30)).await.unwrap();
        assert_eq!(page("x", &answer).unwrap_err().code, ErrorCode::PeerBadAnswer, "{body}");
    }
    let wild = r#"{"servers": [null, 3, {}, {"server": {"name": "a/b"}}, {"server": {"name": "a/c", "packages": [null, {"registryType": 3}]}}]}"#;
    registry.set_mood(Mood::Says(200, wild.to_owned(), json));
    let answer = client.servers(&registry.base_url(), &query(None, None, 30)).await.unwrap();
    let page = page("x", &answer).unwrap();
    assert_eq!((page.servers.len(), page.notes.len()), (2, 1));
    assert!(page.servers.iter().flat_map(|server| &server.ways).all(|way| way.problem.is_some()));
}

#[tokio::test]
async fn a_public_name_does_not_lead_into_a_private_network() {
    let registry = SimulatedRegistry::start().await.unwrap();
    let client = HttpRegistry::new().unwrap();
    let ask = async |url: String| client.servers(&url, &query(None, None, 30)).await;
    assert!(
        ask(registry.base_url().replace("127.0.0.1", "localhost")).await.is_ok(),
        "it names this machine itself"
    );
    for url in ["file:///etc/passwd", "ftp://x.test/", "gopher://127.0.0.1/"] {
        assert_eq!(ask(url.to_owned()).await.unwrap_err().code, ErrorCode::InvalidUrl, "{url}");
    }
    registry.cut_connections();
}
