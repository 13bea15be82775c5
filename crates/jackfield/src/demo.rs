//! The simulated peers of `serve --demo`: in this process, on loopback, made from recordings of real peers and
//! labelled as simulated wherever they are seen.

use std::collections::BTreeMap;

use jackfield_engine::Engine;
use jackfield_protocol::{
    api::{BackendChange, BackendView, NewBackend},
    error::{ErrorCode, Failure},
    model::{Platform, Workflow},
};
use jackfield_testkit::{
    flowise::SimulatedFlowise, mcp::server::SimulatedMcp, n8n::SimulatedN8n, sim::SimulatedSim,
};
use serde_json::Value;

/// Secret of the orchestrators' APIs.
const API_KEY: &str = "api_key";
/// Secret of MCP servers.
const TOKEN: &str = "bearer_token";

/// Simulated peers that are running; they end when this is dropped.
pub(crate) struct Demo {
    /// A workflow that is good to look at, as `jackfield run` takes it.
    pub(crate) example: Option<String>,
    _n8n: SimulatedN8n,
    _flowise: SimulatedFlowise,
    _sim: SimulatedSim,
    _mcp: SimulatedMcp,
}

/// Starts the simulated peers and connects the hub to them. They have a new port at every start: a simulated
/// backend that an earlier start left is pointed there, so that its runs stay.
///
/// # Errors
/// `Internal` when no socket can be had, and the engine's.
pub(crate) async fn start(engine: &Engine) -> Result<Demo, Failure> {
    let cannot = |peer: Platform| {
        move |error: std::io::Error| {
            Failure::internal(format!("The simulated {} cannot be started: {error}.", peer.title()))
        }
    };
    let n8n = SimulatedN8n::demo().await.map_err(cannot(Platform::N8n))?;
    let flowise = SimulatedFlowise::demo().await.map_err(cannot(Platform::Flowise))?;
    let sim = SimulatedSim::demo().await.map_err(cannot(Platform::SimStudio))?;
    let mcp = SimulatedMcp::demo().await.map_err(cannot(Platform::Mcp))?;
    let key = |key: String| BTreeMap::from([(API_KEY.to_owned(), key)]);
    let token = mcp.token().map(|token| (TOKEN.to_owned(), token)).into_iter().collect();
    let example = connect(engine, Platform::N8n, n8n.base_url(), key(n8n.api_key())).await?;
    connect(engine, Platform::Flowise, flowise.base_url(), key(flowise.api_key())).await?;
    connect(engine, Platform::SimStudio, sim.base_url(), key(sim.api_key())).await?;
    connect(engine, Platform::Mcp, mcp.url(), token).await?;
    Ok(Demo { example, _n8n: n8n, _flowise: flowise, _sim: sim, _mcp: mcp })
}

/// Points the hub at a simulated peer and discovers it; gives a workflow that is good to look at.
async fn connect(
    engine: &Engine,
    platform: Platform,
    base_url: String,
    secrets: BTreeMap<String, String>,
) -> Result<Option<String>, Failure> {
    let backends = engine.backends().await?;
    let before = backends.iter().find(|view| view.backend.simulated && view.backend.platform == platform);
    let view = match before {
        Some(view) => {
            let change = BackendChange {
                base_url: Some(base_url),
                secrets: Some(secrets),
                enabled: Some(true),
                ..BackendChange::default()
            };
            engine.change_backend(view.backend.id, change).await?
        }
        None => {
            let new = NewBackend {
                name: free_name(&backends, platform),
                platform,
                base_url,
                options: Value::Object(serde_json::Map::new()),
                secrets,
                enabled: true,
            };
            engine.add_backend(new, true).await?
        }
    };
    let found = engine.discover(view.backend.id).await?;
    Ok(example(&view.backend.name, &found.workflows))
}

/// Removes what an earlier `--demo` left: nothing answers there any more.
///
/// # Errors
/// The engine's.
pub(crate) async fn clear(engine: &Engine) -> Result<(), Failure> {
    for view in engine.backends().await?.into_iter().filter(|view| view.backend.simulated) {
        match engine.remove_backend(view.backend.id).await {
            Ok(()) => {}
            // A run of it is still being looked for; the next start tries again.
            Err(failure) if failure.code == ErrorCode::Conflict => {
                tracing::info!(target: "jackfield::hub", backend = %view.backend.name, "a simulated backend stays: {failure}");
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(())
}

/// The streaming workflow with the most nodes: there is something to see.
fn example(backend: &str, workflows: &[Workflow]) -> Option<String> {
    workflows
        .iter()
        .filter(|workflow| workflow.present && workflow.info.runnable)
        .filter(|workflow| {
            workflow.info.entries.iter().any(|entry| entry.runnable && entry.streams == Some(true))
        })
        .max_by_key(|workflow| workflow.info.graph.as_ref().map_or(0, |graph| graph.nodes.len()))
        .map(|workflow| format!("{backend}/{}", workflow.info.name))
}

/// `demo-` and the platform; numbered where it is taken.
fn free_name(backends: &[BackendView], platform: Platform) -> String {
    let short = match platform {
        Platform::SimStudio => "sim",
        other => other.as_str(),
    };
    let own = format!("demo-{short}");
    let taken = |name: &str| backends.iter().any(|view| view.backend.name == name);
    let numbered = (2..=backends.len() + 2).map(|number| format!("{own}-{number}"));
    std::iter::once(own.clone()).chain(numbered).find(|name| !taken(name)).unwrap_or(own)
}
