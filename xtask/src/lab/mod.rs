//! Real peers on this machine. The scripts that install and start them are in `lab/`; what they install is kept
//! outside the tree (`LAB_DIR`, default `~/.cache/jackfield-lab`).

mod compare;
mod flowise;
mod flowise_faults;
mod hub;
mod mcp;
mod mcp_calls;
mod mcp_test;
mod n8n;
mod n8n_faults;
mod n8n_telemetry;
mod report;

use clap::{Subcommand, ValueEnum};

pub(crate) use hub::{Hub, HubOptions};
pub(crate) use n8n::Lab;

use crate::{TaskResult, process::run_with};

/// What to do with a lab.
#[derive(Subcommand)]
pub(crate) enum Action {
    /// Installs (once) and starts a real n8n with a scripted LLM and the lab's workflows.
    N8n {
        /// Version to install and start.
        #[arg(long, default_value = "2.41.1")]
        version: String,
        /// Port of n8n; the LLM gets 13000 more.
        #[arg(long, default_value_t = 5678)]
        port: u16,
    },
    /// Installs (once) and starts a real Flowise with a scripted LLM and the lab's flows.
    Flowise {
        /// Version to install and start.
        #[arg(long, default_value = "3.1.4")]
        version: String,
        /// Port of Flowise; the LLM gets the one 120 before it.
        #[arg(long, default_value_t = 18300)]
        port: u16,
    },
    /// Installs (once) and starts public MCP servers and those of the lab. Local ones (stdio) are only installed.
    Mcp {
        /// Port of the first server; the others get the five after it.
        #[arg(long, default_value_t = 18500)]
        port: u16,
    },
    /// Stops what was started.
    Stop {
        /// Which peer.
        #[arg(long, value_enum, default_value = "n8n")]
        peer: Peer,
        /// Port of the peer to stop; its usual one when not given.
        #[arg(long)]
        port: Option<u16>,
        /// Also removes the instance's data.
        #[arg(long)]
        wipe: bool,
    },
    /// Runs the acceptance against a real peer, which it starts when it is not running.
    Test {
        /// Which peer.
        peer: Tested,
        /// Version to install and start; the newest that was tested when not given.
        #[arg(long)]
        version: Option<String>,
        /// Port of the peer; its usual one when not given.
        #[arg(long)]
        port: Option<u16>,
        /// Only the parts whose name contains this: connect, discover, run, pause, cancel,
        /// telemetry, fault, restart; of MCP: calls, revisions, questions, restart, leftovers, kill.
        #[arg(long)]
        only: Option<String>,
        /// Leaves the peer running afterwards.
        #[arg(long)]
        keep: bool,
    },
}

/// A peer of the lab.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Peer {
    /// n8n.
    N8n,
    /// Flowise.
    Flowise,
    /// The MCP servers.
    Mcp,
}

impl Peer {
    /// The script that stops it, the variable that tells it the port, and the usual port.
    fn stop(self) -> (&'static str, &'static str, u16) {
        match self {
            Self::N8n => ("lab/n8n/stop.sh", "N8N_PORT", 5678),
            Self::Flowise => ("lab/flowise/stop.sh", "FLOWISE_PORT", 18300),
            Self::Mcp => ("lab/mcp/stop.sh", "MCP_PORT", 18500),
        }
    }
}

/// A peer that has an acceptance.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Tested {
    /// n8n.
    N8n,
    /// Flowise.
    Flowise,
    /// MCP servers, local ones and at addresses.
    Mcp,
}

impl Tested {
    /// Version and port when none are given.
    fn usual(self) -> (&'static str, u16) {
        match self {
            Self::N8n => ("2.41.1", 5678),
            Self::Flowise => ("3.1.4", 18300),
            Self::Mcp => ("", 18600),
        }
    }
}

/// Does it.
pub(crate) fn run(action: Action) -> TaskResult {
    match action {
        Action::N8n { version, port } => {
            let lab = Lab::start(&version, port)?;
            println!("n8n {version} runs at {}; its state is in {}", lab.base_url, lab.state_file.display());
            println!("stop it with: cargo xtask lab stop --port {port}");
            Ok(())
        }
        Action::Flowise { version, port } => {
            let lab = flowise::Lab::start(&version, port)?;
            println!(
                "Flowise {version} runs at {}; its state is in {}",
                lab.base_url,
                lab.state_file.display()
            );
            println!("stop it with: cargo xtask lab stop --peer flowise --port {port}");
            Ok(())
        }
        Action::Mcp { port } => {
            let lab = mcp::Lab::start(port)?;
            for (name, url) in lab.addresses() {
                println!("{name:16} {url}");
            }
            println!("their state, and the commands of the local ones, are in {}", lab.state_file.display());
            println!("stop them with: cargo xtask lab stop --peer mcp --port {port}");
            Ok(())
        }
        Action::Stop { peer, port, wipe } => {
            let (script, name, usual_port) = peer.stop();
            let arguments: &[&str] = if wipe { &[script, "--wipe"] } else { &[script] };
            run_with("bash", arguments, &[(name, &port.unwrap_or(usual_port).to_string())])
        }
        Action::Test { peer, version, port, only, keep } => {
            let (usual_version, usual_port) = peer.usual();
            let (version, port) = (version.as_deref().unwrap_or(usual_version), port.unwrap_or(usual_port));
            let runtime = tokio::runtime::Runtime::new()?;
            match peer {
                Tested::N8n => runtime.block_on(n8n::test(version, port, only.as_deref(), keep)),
                Tested::Mcp => runtime.block_on(mcp_test::test(port, only.as_deref())),
                Tested::Flowise => runtime.block_on(flowise::test(version, port, only.as_deref(), keep)),
            }
        }
    }
}
