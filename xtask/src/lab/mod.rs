//! Real peers on this machine. The scripts that install and start them are in `lab/`; what they install is kept
//! outside the tree (`LAB_DIR`, default `~/.cache/jackfield-lab`).

mod compare;
mod hub;
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
    /// Stops what was started.
    Stop {
        /// Port of the n8n to stop.
        #[arg(long, default_value_t = 5678)]
        port: u16,
        /// Also removes the instance's data.
        #[arg(long)]
        wipe: bool,
    },
    /// Runs the acceptance against a real peer, which it starts when it is not running.
    Test {
        /// Which peer.
        peer: Peer,
        /// Version to install and start.
        #[arg(long, default_value = "2.41.1")]
        version: String,
        /// Port of n8n.
        #[arg(long, default_value_t = 5678)]
        port: u16,
        /// Only the parts whose name contains this: connect, discover, run, pause, cancel,
        /// telemetry, fault, restart.
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
        Action::Stop { port, wipe } => {
            let arguments: &[&str] = if wipe { &["lab/n8n/stop.sh", "--wipe"] } else { &["lab/n8n/stop.sh"] };
            run_with("bash", arguments, &[("N8N_PORT", &port.to_string())])
        }
        Action::Test { peer: Peer::N8n, version, port, only, keep } => {
            let runtime = tokio::runtime::Runtime::new()?;
            runtime.block_on(n8n::test(&version, port, only.as_deref(), keep))
        }
    }
}
