//! What a tool call costs: with the SDK directly, and through Jackfield's client as the engine drives it. Both in turn in one run against
//! the same server in this process. Arguments: numbers of callers (`1,16,64`) and calls of each measurement.
#![allow(missing_docs, clippy::print_stdout, reason = "a measurement for people")]

use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use futures_channel::mpsc;
use futures_util::{StreamExt as _, future::join_all};
use jackfield_backends::LocalPrograms;
use jackfield_protocol::{
    ids::RunId,
    model::{Platform, RunInput, ToolInfo, WorkflowInfo},
    port::{AttemptEnd, BackendClient, Progress, ResolvedBackend, RunRequest, Secrets},
    time::now,
};
use jackfield_testkit::mcp::server::{Script, SimulatedMcp};
use rmcp::{
    RoleClient,
    model::CallToolRequestParams,
    service::{ClientLifecycleMode, Peer, serve_client_with_lifecycle},
    transport::{StreamableHttpClientTransport, streamable_http_client::StreamableHttpClientTransportConfig},
};
use serde_json::{Value, json};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut arguments = std::env::args().skip(1);
    let callers = arguments.next().unwrap_or_else(|| "1,16,64".to_owned());
    let calls: usize = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(2000);
    println!(
        "{:<12} {:>8} {:>10} {:>10} {:>10} {:>10}",
        "", "callers", "calls/s", "p50 ms", "p99 ms", "ratio p50"
    );
    for (name, script) in [("2025-11-25", Script::legacy()), ("2026-07-28", Script::modern())] {
        let server = SimulatedMcp::start(script).await?;
        let direct = direct(&server.url(), name).await?;
        let (client, tool) = hub(&server.url()).await?;
        for callers in callers.split(',').filter_map(|text| text.trim().parse().ok()) {
            // In turn, so that a machine that changes its pace changes both.
            let (mut ones, mut twos) = (Vec::new(), Vec::new());
            for _ in 0..4 {
                ones.extend(measure(callers, calls / 4, || one_direct(direct.clone())).await?);
                twos.extend(measure(callers, calls / 4, || one_call(client.clone(), tool.clone())).await?);
            }
            let (sdk, own) = (figures(&mut ones, callers), figures(&mut twos, callers));
            println!("{name} SDK {:>9} {:>10.0} {:>10.2} {:>10.2}", callers, sdk.0, sdk.1, sdk.2);
            println!(
                "{name} own {:>9} {:>10.0} {:>10.2} {:>10.2} {:>10.2}",
                callers,
                own.0,
                own.1,
                own.2,
                own.1 / sdk.1
            );
        }
    }
    Ok(())
}

async fn direct(url: &str, revision: &str) -> Outcome<Arc<Peer<RoleClient>>> {
    let http = reqwest::Client::builder()
        .no_proxy()
        .tls_backend_preconfigured(
            rustls::ClientConfig::builder()
                .with_root_certificates(rustls::RootCertStore::empty())
                .with_no_client_auth(),
        )
        .build()?;
    let mut settings = StreamableHttpClientTransportConfig::with_uri(url);
    settings.max_concurrent_requests = 256;
    let transport = StreamableHttpClientTransport::with_client(http, settings);
    let lifecycle = if revision == "2026-07-28" {
        ClientLifecycleMode::Discover { preferred_versions: vec![rmcp::model::ProtocolVersion::V_2026_07_28] }
    } else {
        ClientLifecycleMode::Initialize
    };
    let running = serve_client_with_lifecycle((), transport, lifecycle).await?;
    let peer = Arc::new(running.peer().clone());
    // It lives as long as the measurement.
    tokio::spawn(running.waiting());
    peer.list_all_tools().await?;
    Ok(peer)
}

async fn one_direct(peer: Arc<Peer<RoleClient>>) -> Outcome<()> {
    let arguments = json!({"message": "hi"}).as_object().cloned();
    let mut params = CallToolRequestParams::new("echo");
    params.arguments = arguments;
    peer.call_tool_once(params).await?;
    Ok(())
}

async fn hub(url: &str) -> Outcome<(Arc<dyn BackendClient>, ToolInfo)> {
    let factories = jackfield_backends::platforms(LocalPrograms::default());
    let factory = factories.iter().find(|factory| factory.platform() == Platform::Mcp).ok_or("no MCP")?;
    let client = factory.build(ResolvedBackend::unsaved(url, Value::Null, Secrets::new()))?;
    let tools = client.discover_tools().await?;
    let tool = tools.into_iter().find(|tool| tool.name == "echo").ok_or("no echo")?;
    Ok((client, tool))
}

async fn one_call(client: Arc<dyn BackendClient>, tool: ToolInfo) -> Outcome<()> {
    client.check_arguments(&tool, &json!({"message": "hi"}))?;
    let request = RunRequest {
        run_id: RunId::new(),
        attempt: 1,
        created_at: now(),
        workflow: WorkflowInfo::default(),
        tool: Some(tool),
        entry: None,
        input: RunInput { data: Some(json!({"message": "hi"})), ..RunInput::default() },
        files: Vec::new(),
        conversation_id: None,
        history: Vec::new(),
    };
    let (_tell, signals) = mpsc::channel(1);
    let mut stream = client.stream_completion(request, signals);
    while let Some(progress) = stream.next().await {
        if let Progress::End(end) = progress {
            return match end {
                AttemptEnd::Done(_) => Ok(()),
                AttemptEnd::NotSent(failure) | AttemptEnd::Lost(failure) => Err(failure.into()),
            };
        }
    }
    Err("no end".into())
}

/// Times of `calls` calls by so many callers at once.
async fn measure<F, Fut>(callers: usize, calls: usize, call: F) -> Outcome<Vec<Duration>>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Outcome<()>>,
{
    let left = AtomicUsize::new(calls);
    let worker = async || -> Outcome<Vec<Duration>> {
        let mut times = Vec::new();
        while left.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1)).is_ok() {
            let began = Instant::now();
            call().await?;
            times.push(began.elapsed());
        }
        Ok(times)
    };
    let all = join_all((0..callers).map(|_| worker())).await;
    Ok(all.into_iter().collect::<Outcome<Vec<_>>>()?.into_iter().flatten().collect())
}

/// Calls a second, median and 99th percentile in milliseconds.
fn figures(times: &mut [Duration], callers: usize) -> (f64, f64, f64) {
    times.sort_unstable();
    let at = |share: f64| {
        let place = (times.len() as f64 * share) as usize;
        times.get(place.min(times.len().saturating_sub(1))).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
    };
    let sum: f64 = times.iter().map(Duration::as_secs_f64).sum();
    (times.len() as f64 / sum * callers as f64, at(0.5), at(0.99))
}
