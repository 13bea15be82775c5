//! `jackfield registry`: MCP servers of a registry, found and installed.

use clap::{Args, Subcommand};
use jackfield_protocol::{
    api::{InstallRequest, RegistryServer},
    error::Failure,
};

use super::{
    Context,
    offer::{Offer, offer},
    variables::VariableArgs,
};
use crate::{
    exit::Exit,
    output::{Column, Table, Tone, one_line},
};

/// Commands of `registry`.
#[derive(Debug, Subcommand)]
pub(crate) enum RegistryCommand {
    /// Search for MCP servers by name
    Search(SearchArgs),
    /// Install an MCP server; shows what will run, and asks
    // `--version` says which version of the server.
    #[command(disable_version_flag = true)]
    Install(InstallArgs),
}

/// Arguments of `registry search`.
#[derive(Debug, Args)]
pub(crate) struct SearchArgs {
    /// Part of a name [default: all]
    text: Option<String>,
    /// Address of the registry [default: the official one]
    #[arg(long, value_name = "URL")]
    registry: Option<String>,
    /// At most so many
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=100))]
    limit: u32,
    /// Go on where an earlier search ended
    #[arg(long, value_name = "CURSOR")]
    cursor: Option<String>,
}

/// Arguments of `registry install`.
#[derive(Debug, Args)]
pub(crate) struct InstallArgs {
    /// Name in the registry: namespace/name
    // Not called `server`: that is the id of the global flag.
    #[arg(id = "which", value_name = "SERVER")]
    server: String,
    /// Which version [default: the latest]
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,
    /// Which way, where there are several: remote, npm, pypi, oci, nuget … [default: the first]
    #[arg(long, value_name = "WAY")]
    way: Option<String>,
    /// What to call it here [default: after the server]
    #[arg(long)]
    name: Option<String>,
    /// Address of the registry [default: the official one]
    #[arg(long, value_name = "URL")]
    registry: Option<String>,
    #[command(flatten)]
    variables: VariableArgs,
    /// Add it without asking
    #[arg(long)]
    yes: bool,
}

/// Carries out a command of `registry`.
pub(crate) async fn registry(command: RegistryCommand, context: &Context) -> Result<Exit, Failure> {
    match command {
        RegistryCommand::Search(args) => search(args, context).await,
        RegistryCommand::Install(args) => {
            let request = InstallRequest {
                registry: args.registry,
                server: args.server,
                version: args.version,
                way: None,
                name: args.name,
                variables: args.variables.read()?,
                dry_run: true,
            };
            let only: Vec<String> = args.way.into_iter().collect();
            offer(Offer::Registry(request), &only, args.yes, &context.client()?, &context.out).await
        }
    }
}

async fn search(args: SearchArgs, context: &Context) -> Result<Exit, Failure> {
    let out = &context.out;
    let mut query = vec![("limit", args.limit.to_string())];
    for (name, text) in [("q", args.text), ("registry", args.registry), ("cursor", args.cursor)] {
        query.extend(text.map(|text| (name, text)));
    }
    let page = context.client()?.registry_servers(&query).await?;
    if out.json {
        out.document(&page)?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new(vec![
        Column::flexible("name", 16).tone(Tone::Bold),
        Column::fixed("version"),
        Column::fixed("ways").tone(Tone::Dim),
        Column::flexible("what it does", 20),
    ]);
    for server in &page.servers {
        table.row([
            (one_line(&server.name), None),
            (one_line(&server.version), None),
            (ways(server), None),
            (about(server), None),
        ]);
    }
    if page.servers.is_empty() {
        out.line("There is none.");
    } else {
        out.lines(table.render(out.width, out.style));
    }
    for note in &page.notes {
        out.warn(&one_line(note));
    }
    if let Some(next) = &page.next {
        out.note(out.err.paint(Tone::Dim, format!("There are more: --cursor '{}'", one_line(next))));
    }
    Ok(Exit::Done)
}

fn ways(server: &RegistryServer) -> String {
    let ways: Vec<String> = server
        .ways
        .iter()
        .filter(|entry| entry.problem.is_none())
        .filter_map(|entry| entry.way.clone())
        .filter(|way| !way.contains('-'))
        .collect();
    ways.join(", ")
}

fn about(server: &RegistryServer) -> String {
    let status = server.status.as_deref().filter(|status| *status != "active");
    let status = status.map(|status| format!("({}) ", one_line(status))).unwrap_or_default();
    format!("{status}{}", one_line(&server.description))
}
