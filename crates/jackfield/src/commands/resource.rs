//! `jackfield resource`: what MCP servers let you read.

use std::path::PathBuf;

use clap::Subcommand;
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    ids::BackendId,
    model::{Platform, ResourceContent},
};

use super::{Context, save};
use crate::{
    client::Client,
    exit::Exit,
    output::{Column, Out, Table, Tone, bytes, one_line, plain},
};

/// Commands of `resource`.
#[derive(Debug, Subcommand)]
pub(crate) enum ResourceCommand {
    /// List what can be read
    List {
        /// Only those of this backend
        #[arg(long, short, value_name = "BACKEND")]
        backend: Option<String>,
        /// Those with variables to fill in, in place of those without
        #[arg(long)]
        templates: bool,
    },
    /// Read a resource
    Read {
        /// Its address
        uri: String,
        /// Whose it is; not needed where only one backend lists it
        #[arg(long, short, value_name = "BACKEND")]
        backend: Option<String>,
        /// Save every part there, in place of printing it
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
}

/// Carries out a command of `resource`.
pub(crate) async fn resource(command: ResourceCommand, context: &Context) -> Result<Exit, Failure> {
    let out = &context.out;
    let client = context.client()?;
    match command {
        ResourceCommand::List { backend, templates } => {
            let backend = match backend {
                Some(name) => Some(client.backend(&name).await?.backend.id),
                None => None,
            };
            if templates {
                list_templates(&client, backend, out).await?;
            } else {
                list(&client, backend, out).await?;
            }
        }
        ResourceCommand::Read { uri, backend, out: folder } => {
            let backend = owner(&uri, backend.as_deref(), &client).await?;
            let read = client.read_resource(backend, &uri).await?;
            if out.json {
                out.document(&read)?;
                return Ok(Exit::Done);
            }
            if read.contents.is_empty() {
                out.note("The resource is empty.");
            }
            let only = read.contents.len() == 1;
            for content in &read.contents {
                part(content, folder.as_ref(), only, out)?;
            }
        }
    }
    Ok(Exit::Done)
}

async fn list(client: &Client, backend: Option<BackendId>, out: &Out) -> Result<(), Failure> {
    let resources = client.resources(backend).await?;
    if out.json {
        return out.document(&resources);
    }
    if resources.is_empty() {
        return nothing("resources", out);
    }
    let mut table = Table::new(vec![
        Column::flexible("address", 20).tone(Tone::Bold),
        Column::flexible("backend", 8),
        Column::fixed("type"),
        Column::fixed("size").right(),
        Column::spare("what it is", 12).tone(Tone::Dim),
    ]);
    for offered in &resources {
        let info = &offered.info;
        let what = info.title.as_ref().or(info.description.as_ref()).unwrap_or(&info.name);
        table.row([
            (info.uri.clone(), None),
            (offered.backend.clone(), None),
            (info.media_type.clone().unwrap_or_default(), None),
            (info.size.map(bytes).unwrap_or_default(), None),
            (one_line(what), None),
        ]);
    }
    out.lines(table.render(out.width, out.style));
    Ok(())
}

async fn list_templates(client: &Client, backend: Option<BackendId>, out: &Out) -> Result<(), Failure> {
    let templates = client.resource_templates(backend).await?;
    if out.json {
        return out.document(&templates);
    }
    if templates.is_empty() {
        return nothing("resource templates", out);
    }
    let mut table = Table::new(vec![
        Column::flexible("template", 20).tone(Tone::Bold),
        Column::flexible("backend", 8),
        Column::spare("what it is", 12).tone(Tone::Dim),
    ]);
    for offered in &templates {
        let info = &offered.info;
        let what = info.title.as_ref().or(info.description.as_ref()).unwrap_or(&info.name);
        table.row([
            (info.uri_template.clone(), None),
            (offered.backend.clone(), None),
            (one_line(what), None),
        ]);
    }
    out.lines(table.render(out.width, out.style));
    Ok(())
}

/// Says that there is nothing, and where it would come from.
pub(crate) fn nothing(what: &str, out: &Out) -> Result<(), Failure> {
    out.line(format!("No {what}."));
    let next = "They come with MCP servers; `jackfield backend discover` reads them again.";
    out.line(out.style.paint(Tone::Dim, next));
    Ok(())
}

/// The backend that is meant: named, the only one that lists the address, or the only MCP server there is.
async fn owner(uri: &str, backend: Option<&str>, client: &Client) -> Result<BackendId, Failure> {
    if let Some(name) = backend {
        return Ok(client.backend(name).await?.backend.id);
    }
    let mut listing: Vec<(BackendId, String)> = Vec::new();
    for offered in client.resources(None).await? {
        if offered.info.uri == uri && listing.iter().all(|(id, _)| *id != offered.backend_id) {
            listing.push((offered.backend_id, offered.backend));
        }
    }
    if listing.is_empty() {
        // It may be one of a template, which is in no list.
        let servers = client.backends().await?.into_iter().map(|view| view.backend);
        let servers = servers.filter(|backend| backend.platform == Platform::Mcp);
        listing = servers.map(|backend| (backend.id, backend.name)).collect();
    }
    match listing.as_slice() {
        [(id, _)] => Ok(*id),
        [] => Err(Failure::new(ErrorCode::NotFound, "There is no MCP server yet.")
            .hint("Add one: jackfield backend add NAME --platform mcp --url URL")),
        several => {
            let names: Vec<&str> = several.iter().map(|(_, name)| name.as_str()).collect();
            Err(Failure::new(ErrorCode::Conflict, format!("Whose '{uri}' is meant?"))
                .hint(format!("Name it with --backend: {}.", names.join(", ")))
                .at("--backend"))
        }
    }
}

/// One part: saved, printed, or named with its size where a terminal cannot show it.
fn part(content: &ResourceContent, folder: Option<&PathBuf>, only: bool, out: &Out) -> Result<(), Failure> {
    let data = match (&content.text, &content.base64) {
        (Some(text), _) => text.clone().into_bytes(),
        (None, Some(base64)) => save::decoded(base64)?,
        (None, None) => Vec::new(),
    };
    if let Some(folder) = folder {
        let path = save::write(folder, &save::name_of(&content.uri), &data, "--out")?;
        out.note(format!("  {} saved {}", out.err.paint(Tone::Good, "✓"), path.display()));
    } else if let Some(text) = &content.text {
        let end = if text.ends_with('\n') { "" } else { "\n" };
        let text = if out.stdout_terminal { plain(text) } else { text.clone() };
        out.text(&format!("{text}{end}"));
    } else if only && !out.stdout_terminal {
        out.bytes(&data);
    } else {
        let kind = content.media_type.as_deref().unwrap_or("bytes");
        let facts = [one_line(&content.uri), one_line(kind), bytes(data.len() as u64)].join(" · ");
        out.note(format!("  {} {facts} (save it with --out DIR)", out.err.paint(Tone::Accent, "◆")));
    }
    Ok(())
}
