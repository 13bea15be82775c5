//! `jackfield export`: backends without their secrets, MCP servers for other programs, or a run's whole log.

use clap::{Subcommand, ValueEnum};
use jackfield_protocol::{api::ExportFormat, error::Failure, ids::RunId, model::Platform};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Context;
use crate::{
    exit::Exit,
    output::{Tone, one_line, pretty},
};

/// Commands of `export`.
#[derive(Debug, Subcommand)]
pub(crate) enum ExportCommand {
    /// Every backend as one JSON document, without secrets; `import` reads it
    Backends,
    /// MCP servers as the configuration of another program; variables stand in place of secrets
    Mcp {
        /// Which backends [default: every MCP server]
        backends: Vec<String>,
        /// For which program
        #[arg(long, value_name = "PROGRAM", default_value = "claude-code")]
        format: Program,
    },
    /// A run's events as JSON lines, exactly as the API gives them
    Run {
        /// Its id
        run: RunId,
    },
}

/// Programs that configurations are written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Program {
    /// Claude Code and others that read .mcp.json.
    ClaudeCode,
    /// Cursor.
    Cursor,
    /// VS Code.
    Vscode,
}

impl Program {
    fn format(self) -> ExportFormat {
        match self {
            Self::ClaudeCode => ExportFormat::ClaudeCode,
            Self::Cursor => ExportFormat::Cursor,
            Self::Vscode => ExportFormat::Vscode,
        }
    }
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
        ExportCommand::Mcp { backends, format } => {
            let mut query = vec![("format", format.format().as_str().to_owned())];
            query.extend(backends.into_iter().map(|backend| ("backend", backend)));
            let exported = client.export_mcp(&query).await?;
            if out.json {
                out.document(&exported)?;
                return Ok(Exit::Done);
            }
            out.line(pretty(&exported.document));
            let dim = |text: String| out.err.paint(Tone::Dim, text);
            out.note(dim(format!("Save it as {} in your project.", exported.file)));
            for variable in &exported.variables {
                let (name, server) = (one_line(&variable.name), one_line(&variable.server));
                out.note(dim(format!(
                    "It needs {name}: the secret {} of {server}.",
                    one_line(&variable.secret)
                )));
            }
            for note in &exported.notes {
                out.warn(&one_line(note));
            }
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
