//! Reads the configurations in which other programs keep their MCP servers, and makes backends of them. Pure: text in,
//! backends and a report out. What is a secret is kept apart from the rest and appears in the report by name only.

mod command_line;
mod document;
mod draft;
mod fill;
mod inputs;
mod jsonc;
mod mcp_servers;
mod mcpb;
mod packages;
mod registry;
mod risks;
mod server_inputs;
mod server_json;
mod settle;
mod smell;
#[cfg(test)]
mod tests;
mod variables;

use std::{collections::BTreeMap, fmt};

pub use draft::{Candidate, STDIO};
pub use fill::{fill_secrets, secret_reference};
pub use registry::{install, page};

use self::{
    draft::candidate,
    mcp_servers::{Around, draft},
    variables::Variables,
};
use crate::{
    api::{ImportFormat, ImportReport},
    error::{ErrorCode, Failure},
};

/// Largest document, in bytes.
pub const DOCUMENT: usize = 16 * 1024 * 1024;

/// What is known besides the document.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// Values of variables, by name.
    pub variables: &'a BTreeMap<String, String>,
    /// The home directory of the machine that programs are to run on.
    pub home: Option<&'a str>,
    /// Where the document comes from: a file's name, or a program's.
    pub source: Option<&'a str>,
}

/// The values of variables may be secrets.
impl fmt::Debug for Setting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setting")
            .field("home", &self.home)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

/// What a document holds.
#[derive(Debug, Clone)]
pub struct Imported {
    /// Which form it has.
    pub format: ImportFormat,
    /// Its servers, in its order.
    pub candidates: Vec<Candidate>,
    /// What is to be said of the document.
    pub notes: Vec<String>,
}

impl Imported {
    /// As a report.
    #[must_use]
    pub fn into_report(self, dry_run: bool) -> ImportReport {
        let entries = self.candidates.into_iter().map(|candidate| candidate.entry).collect();
        ImportReport { format: self.format, dry_run, entries, notes: self.notes }
    }
}

/// Reads a document.
///
/// # Errors
/// `InvalidJson`, `InvalidRequest` (no known form), `TooLarge`. What is wrong with one server becomes its problem.
pub fn read(document: &str, setting: &Setting<'_>) -> Result<Imported, Failure> {
    check_length(document)?;
    let value = jsonc::parse(document)?;
    let document = document::read(&value, setting.source)?;
    let mut variables = Variables::new(setting.variables, setting.home);
    variables.double_braces = document.format == ImportFormat::Librechat;
    for variable in inputs::declared(document.inputs) {
        variables.declare(variable);
    }
    let mut notes = Vec::new();
    let mut drafts = Vec::with_capacity(document.servers.len());
    for server in document.servers {
        match document.format {
            ImportFormat::ServerJson => drafts.extend(server_json::drafts(server.value, &variables)),
            ImportFormat::Mcpb => {
                mcpb::declare(server.value, &mut variables);
                drafts.push(mcpb::draft(server.value, &variables));
            }
            format => {
                let around =
                    Around { format, variables: &variables, pointer: server.pointer, folder: server.folder };
                let mut draft = draft(&server.name, server.value, &around);
                draft.disabled |= server.is_off;
                drafts.push(draft);
            }
        }
    }
    if drafts.is_empty() {
        notes.push("There is no server in it.".to_owned());
    }
    Ok(Imported { format: document.format, candidates: drafts.into_iter().map(candidate).collect(), notes })
}

/// Only what [`read`] looks at, as JSON: files such as Claude Code's hold much besides, which should not leave the machine.
///
/// # Errors
/// `InvalidJson`, `TooLarge`.
pub fn distilled(document: &str) -> Result<String, Failure> {
    if document.len() > DOCUMENT * 8 {
        return Err(too_large(document.len()));
    }
    Ok(document::distilled(jsonc::parse(document)?).to_string())
}

fn check_length(document: &str) -> Result<(), Failure> {
    if document.len() > DOCUMENT { Err(too_large(document.len())) } else { Ok(()) }
}

fn too_large(bytes: usize) -> Failure {
    let most = DOCUMENT / (1024 * 1024);
    Failure::new(
        ErrorCode::TooLarge,
        format!("The document has {bytes} bytes; at most {most} MiB are taken."),
    )
}
