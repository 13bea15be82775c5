//! Real MCP servers: install and start them; what a test needs of them.

use std::path::PathBuf;

use serde_json::Value;

use crate::{TaskResult, process::run_with};

/// The running MCP servers of the lab.
pub(super) struct Lab {
    /// Addresses of those that listen (`http`), commands of the local ones (`stdio`), by name.
    pub state: Value,
    /// Where that is written.
    pub state_file: PathBuf,
}

impl Lab {
    /// Installs the servers where they are missing, starts those that are not running, and reads their state.
    pub(super) fn start(port: u16) -> TaskResult<Self> {
        let environment = [("MCP_PORT", port.to_string())];
        let environment: Vec<(&str, &str)> =
            environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        run_with("bash", &["lab/mcp/install.sh"], &environment)?;
        run_with("bash", &["lab/mcp/start.sh"], &environment)?;
        let cache = std::env::var("LAB_DIR").map(PathBuf::from).or_else(|_| {
            std::env::var("XDG_CACHE_HOME")
                .map(PathBuf::from)
                .or_else(|_| std::env::var("HOME").map(|home| PathBuf::from(home).join(".cache")))
                .map(|cache| cache.join("jackfield-lab"))
        })?;
        let state_file = cache.join(format!("run-mcp-{port}")).join("state.json");
        let state = serde_json::from_str(&std::fs::read_to_string(&state_file)?)?;
        Ok(Self { state, state_file })
    }

    /// Name and address of each server that listens.
    pub(super) fn addresses(&self) -> impl Iterator<Item = (&str, &str)> {
        let listed = self.state["http"].as_object().into_iter().flatten();
        listed.filter_map(|(name, url)| Some((name.as_str(), url.as_str()?)))
    }
}
