//! The simulated peers of `serve --demo` in a process of their own, so that they outlive a hub that is killed: one line of JSON with their
//! addresses and secrets, then they answer until the standard input ends.
#![expect(clippy::print_stdout, reason = "a program for tests")]

use std::io::{self, Read as _};

use jackfield_testkit::{
    flowise::SimulatedFlowise, mcp::server::SimulatedMcp, n8n::SimulatedN8n, sim::SimulatedSim,
};
use serde_json::json;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> io::Result<()> {
    let (n8n, flowise) = (SimulatedN8n::demo().await?, SimulatedFlowise::demo().await?);
    let (sim, mcp) = (SimulatedSim::demo().await?, SimulatedMcp::demo().await?);
    let peers = json!([
        {"name": "demo-n8n", "platform": "n8n", "base_url": n8n.base_url(), "secrets": {"api_key": n8n.api_key()}},
        {"name": "demo-flowise", "platform": "flowise", "base_url": flowise.base_url(), "secrets": {"api_key": flowise.api_key()}},
        {"name": "demo-sim", "platform": "sim_studio", "base_url": sim.base_url(), "secrets": {"api_key": sim.api_key()}},
        {"name": "demo-mcp", "platform": "mcp", "base_url": mcp.url(), "secrets": {"bearer_token": mcp.token()}},
    ]);
    println!("{peers}");
    tokio::task::spawn_blocking(|| io::stdin().read_to_end(&mut Vec::new()))
        .await
        .map_err(io::Error::other)??;
    Ok(())
}
