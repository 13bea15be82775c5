//! `jackfield export`: backends without their secrets, or a run's whole log.

use clap::Subcommand;
use jackfield_protocol::{error::Failure, ids::RunId, model::Platform};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Context;
use crate::exit::Exit;

/// Commands of `export`.
#[derive(Debug, Subcommand)]
pub(crate) enum ExportCommand {
    /// Every backend as one JSON document, without secrets; `import` reads it
    Backends,
    /// A run's events as JSON lines, exactly as the API gives them
    Run {
        /// Its id
        run: RunId,
    },
}

/// Version of the format, raised when an old reader could no longer read it.
pub(crate) const FORMAT: u32 = 1;

/// What `export backends` writes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Exported {
    /// Version of the format.
    pub(crate) jackfield: u32,
    /// The backends, by name.
    pub(crate) backends: Vec<ExportedBackend>,
}

/// One backend in the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExportedBackend {
    /// Its name.
    pub(crate) name: String,
    /// What it is.
    pub(crate) platform: Platform,
    /// Where it is.
    pub(crate) base_url: String,
    /// Its options.
    #[serde(default)]
    pub(crate) options: Value,
    /// Names of its secrets: their values have to be entered again.
    #[serde(default)]
    pub(crate) secrets: Vec<String>,
    /// Whether it is checked and can be run.
    #[serde(default = "yes")]
    pub(crate) enabled: bool,
}

fn yes() -> bool {
    true
}

/// Writes to stdout.
pub(crate) async fn export(command: ExportCommand, context: &Context) -> Result<Exit, Failure> {
    let client = context.client()?;
    let out = &context.out;
    match command {
        ExportCommand::Backends => {
            let backends = client.backends().await?;
            // The simulated peers of --demo are gone with their hub.
            let backends = backends.into_iter().map(|view| view.backend).filter(|backend| !backend.simulated);
            let backends = backends
                .map(|backend| ExportedBackend {
                    name: backend.name,
                    platform: backend.platform,
                    base_url: backend.base_url,
                    options: backend.options,
                    secrets: backend.secrets,
                    enabled: backend.enabled,
                })
                .collect();
            out.document(&Exported { jackfield: FORMAT, backends })?;
        }
        ExportCommand::Run { run } => {
            for event in client.events(run).await? {
                let line =
                    serde_json::to_string(&event).map_err(|error| Failure::internal(error.to_string()))?;
                out.line(line);
            }
        }
    }
    Ok(Exit::Done)
}
