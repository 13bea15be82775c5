//! How long the discovery of many backends takes: one after the other, and all at once. The peers are simulated, made from
//! recordings, and live in this process: their own work is in the figures.

use std::{sync::Arc, time::Instant};

use jackfield_testkit::{flowise::SimulatedFlowise, n8n::SimulatedN8n, sim::SimulatedSim};
use serde_json::json;
use tokio::task::JoinSet;

use crate::{
    TaskResult,
    lab::{Hub, HubOptions},
    process::run,
};

/// A peer that lives until the measurement is over.
enum Peer {
    N8n(SimulatedN8n),
    Flowise(SimulatedFlowise),
    Sim(SimulatedSim),
}

impl Peer {
    async fn start(at: usize) -> TaskResult<Self> {
        Ok(match at % 3 {
            0 => Self::N8n(SimulatedN8n::demo().await?),
            1 => Self::Flowise(SimulatedFlowise::demo().await?),
            _ => Self::Sim(SimulatedSim::demo().await?),
        })
    }

    fn platform(&self) -> &'static str {
        match self {
            Self::N8n(_) => "n8n",
            Self::Flowise(_) => "flowise",
            Self::Sim(_) => "sim_studio",
        }
    }

    fn address(&self) -> (String, String) {
        match self {
            Self::N8n(peer) => (peer.base_url(), peer.api_key()),
            Self::Flowise(peer) => (peer.base_url(), peer.api_key()),
            Self::Sim(peer) => (peer.base_url(), peer.api_key()),
        }
    }
}

/// Measures and prints.
pub(super) async fn measure(count: usize) -> TaskResult {
    run("cargo", &["build", "--quiet", "--release", "-p", "jackfield"])?;
    let data = tempfile::tempdir()?;
    let hub = Arc::new(Hub::start(&HubOptions::new(data.path(), true)?).await?);
    let mut peers = Vec::new();
    let mut ids = Vec::new();
    for at in 0..count {
        let peer = Peer::start(at).await?;
        let (url, key) = peer.address();
        let name = format!("{}-{at}", peer.platform());
        ids.push((
            name.clone(),
            hub.add(peer.platform(), &name, &url, json!({"api_key": key}), json!({})).await?,
        ));
        peers.push(peer);
    }
    let mut alone = Vec::new();
    for (name, id) in &ids {
        let began = Instant::now();
        hub.post(&format!("backends/{id}/discover"), json!({})).await?;
        alone.push((began.elapsed(), name.clone()));
    }
    let began = Instant::now();
    let mut together = JoinSet::new();
    for (_, id) in ids {
        let hub = hub.clone();
        together.spawn(async move {
            hub.post(&format!("backends/{id}/discover"), json!({})).await.map_err(|error| error.to_string())
        });
    }
    let mut found = 0;
    while let Some(one) = together.join_next().await {
        found += one??["workflows"].as_array().map_or(0, Vec::len);
    }
    let all = began.elapsed();
    alone.sort();
    let sum: std::time::Duration = alone.iter().map(|(took, _)| *took).sum();
    let Some((slowest, name)) = alone.last() else { return Err("no backends".into()) };
    println!("{count} backends, {found} workflows (the specification allows 3 s for one)");
    println!("  slowest one alone      {slowest:>12.1?}  {name}");
    println!("  one after the other    {sum:>12.1?}");
    println!("  all at once            {all:>12.1?}");
    println!("  all at once / slowest  {:>11.1}x", all.as_secs_f64() / slowest.as_secs_f64());
    drop(peers);
    Ok(())
}
