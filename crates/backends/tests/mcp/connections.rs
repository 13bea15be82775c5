//! Connections: lost sessions, restarted servers, dead processes, changed lists, and nothing left behind.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use jackfield_backends::LocalPrograms;
use jackfield_protocol::{
    error::Failure,
    model::{HealthState, Platform},
    port::{BackendClient, BackendHost, ResolvedBackend, Secrets},
};
use jackfield_testkit::mcp::{
    odd,
    server::{LostSession, Script, SimulatedMcp, StdioWatch, processes},
};
use serde_json::json;

use crate::support::{Call, brief, client, local, quick, tool, with};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forgotten_session_is_made_anew_and_the_call_runs_once() {
    for lost in
        [LostSession::NotFound, LostSession::Gone, LostSession::BadRequestNoId, LostSession::BadRequestNullId]
    {
        let server = SimulatedMcp::start(Script { lost_session: lost, ..Script::legacy() }).await.unwrap();
        let client = client(&server.url(), json!({}));
        let count = tool(&client, "count").await;
        server.forget_sessions();
        let began = Instant::now();
        let mut call = Call::new(&client, count, json!({}));
        let end = call.run().await;
        assert_eq!(brief(&end), "succeeded", "{lost:?}: {:#?}", call.events);
        assert_eq!(server.effects("count"), 1, "{lost:?}");
        println!("{lost:?}: a new session and the call in {:?}", began.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restarted_server_is_found_again() {
    for script in [Script::legacy(), Script::modern()] {
        let server = SimulatedMcp::start(script).await.unwrap();
        let client = client(&server.url(), json!({}));
        let count = tool(&client, "count").await;
        server.kill();
        server.gone().await.unwrap();
        assert_ne!(client.test_connection().await.state, HealthState::Connected);
        server.start_again().await.unwrap();
        let began = Instant::now();
        while client.test_connection().await.state != HealthState::Connected {
            assert!(began.elapsed() < Duration::from_secs(10), "not found again");
        }
        println!("found again after {:?}", began.elapsed());
        let mut call = Call::new(&client, count, json!({}));
        assert_eq!(brief(&call.run().await), "succeeded", "{:#?}", call.events);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_program_is_started_again() {
    let watch = StdioWatch::start().await.unwrap();
    let program = odd::program().unwrap();
    let args = watch.arguments(&["--era", "both"]);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let client = local(program.to_str().unwrap(), &args, json!({}));
    let count = tool(&client, "count").await;
    watch.exit(3);
    // By itself, without being asked.
    watch.until(|watch| watch.pids().len() > 1).await;
    let mut call = Call::new(&client, count, json!({}));
    let end = call.run().await;
    assert_eq!(brief(&end), "succeeded", "{end:?} {:#?}", call.events);
    assert!(watch.pids().len() >= 2);
    let pids = watch.pids();
    drop((call, client));
    let began = Instant::now();
    while processes(&pids).values().any(|alive| *alive) {
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", processes(&pids));
        tokio::task::yield_now().await;
    }
}

#[derive(Debug, Default)]
struct Host {
    changes: AtomicUsize,
}

#[async_trait]
impl BackendHost for Host {
    async fn keep_secrets(&self, _: Secrets) -> Result<(), Failure> {
        Ok(())
    }

    fn catalogue_changed(&self) {
        self.changes.fetch_add(1, Relaxed);
    }

    fn connection_changed(&self) {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changed_lists_are_told_in_both_eras() {
    for script in [Script::legacy(), Script::modern()] {
        let is_modern = !script.speaks_legacy();
        let server = SimulatedMcp::start(script).await.unwrap();
        let host = Arc::<Host>::default();
        let factories = jackfield_backends::platforms(LocalPrograms::default());
        let factory = factories.iter().find(|factory| factory.platform() == Platform::Mcp).unwrap();
        let resolved = ResolvedBackend::unsaved(server.url(), quick(), Secrets::new());
        let client = factory.build(ResolvedBackend { host: host.clone(), ..resolved }).unwrap();
        client.discover_tools().await.unwrap();
        if is_modern {
            server.until(|server| server.subscriptions() == 1).await;
        } else {
            server.until(|server| server.heard().iter().any(|heard| heard.method == "GET")).await;
        }
        let began = Instant::now();
        while host.changes.load(Relaxed) == 0 {
            server.announce_tools();
            assert!(began.elapsed() < Duration::from_secs(10), "nobody was told");
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stays_valid_is_not_asked_for_again_until_it_changes() {
    let server = SimulatedMcp::start(Script { ttl_ms: 600_000, ..Script::modern() }).await.unwrap();
    let client = client(&server.url(), json!({}));
    let asked = |method: &str| server.heard().iter().filter(|heard| heard.rpc() == method).count();
    for _ in 0..3 {
        assert!(!client.discover_tools().await.unwrap().is_empty());
        assert!(client.read_resource("lab://fixed").await.unwrap().contents[0].text.is_some());
    }
    assert_eq!((asked("tools/list"), asked("resources/read")), (1, 1));
    // A person who asks gets what is there now.
    client.forget_cached();
    client.discover_tools().await.unwrap();
    assert_eq!(asked("tools/list"), 2);
    // The server says that its tools changed: only they are asked for again.
    client.read_resource("lab://fixed").await.unwrap();
    let reads = asked("resources/read");
    server.until(|server| server.subscriptions() == 1).await;
    let began = Instant::now();
    while asked("tools/list") < 3 {
        server.announce_tools();
        client.discover_tools().await.unwrap();
        assert!(began.elapsed() < Duration::from_secs(10), "the change was not heard");
    }
    client.read_resource("lab://fixed").await.unwrap();
    assert_eq!(asked("resources/read"), reads);
    // What is valid for no time is asked for every time.
    let server = SimulatedMcp::start(Script::modern()).await.unwrap();
    let client = crate::support::client(&server.url(), json!({}));
    for _ in 0..2 {
        client.discover_tools().await.unwrap();
    }
    assert_eq!(server.heard().iter().filter(|heard| heard.rpc() == "tools/list").count(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_and_headers_go_along_and_a_refusal_is_plain() {
    let server = SimulatedMcp::start(Script::both().with_token("token-canary-1")).await.unwrap();
    let secrets = |token: &str| -> Secrets {
        [("bearer_token".to_owned(), token.to_owned().into())].into_iter().collect()
    };
    let right = with(&server.url(), json!({"sign_in": "off"}), secrets("token-canary-1"));
    assert_eq!(right.test_connection().await.state, HealthState::Connected);
    let wrong = with(&server.url(), json!({"sign_in": "off"}), secrets("token-canary-2"));
    let report = wrong.test_connection().await;
    assert_eq!(report.state, HealthState::Unauthorized, "{report:?}");
    assert!(!serde_json::to_string(&report).unwrap().contains("canary"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn resources_prompts_and_completions_are_read() {
    let server = SimulatedMcp::start(Script::both()).await.unwrap();
    let client = client(&server.url(), json!({}));
    let offers = client.discover_offers().await.unwrap().unwrap();
    assert!(offers.resources.iter().any(|resource| resource.uri == "lab://fixed"));
    assert!(offers.resource_templates.iter().any(|template| template.uri_template == "lab://note/{n}"));
    assert!(offers.prompts.iter().any(|prompt| prompt.name == "greet"));
    let read = client.read_resource("lab://fixed").await.unwrap();
    assert!(read.contents[0].text.is_some());
    let prompt = client
        .get_prompt("greet", &[("name".to_owned(), "Ada".to_owned())].into_iter().collect())
        .await
        .unwrap();
    assert!(prompt.messages[0].content["text"].as_str().unwrap().contains("Ada"));
    let request = jackfield_protocol::model::CompletionRequest {
        uri_template: Some("lab://note/{n}".to_owned()),
        argument: "n".to_owned(),
        value: "1".to_owned(),
        ..Default::default()
    };
    assert!(!client.complete(&request).await.unwrap().values.is_empty());
    assert!(client.read_resource("lab://no-such").await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_servers_are_discovered_at_once() {
    let mut servers = Vec::new();
    for _ in 0..50 {
        servers.push(SimulatedMcp::start(Script::both()).await.unwrap());
    }
    let clients: Vec<Arc<dyn BackendClient>> =
        servers.iter().map(|server| client(&server.url(), json!({}))).collect();
    let found = futures_util::future::join_all(clients.iter().map(|client| client.discover_tools())).await;
    assert!(found.iter().all(|tools| tools.as_ref().is_ok_and(|tools| tools.len() > 10)));
}
