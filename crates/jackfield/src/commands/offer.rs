//! Shows which MCP servers a configuration or a registry offers, whole command lines included, and adds them once somebody
//! has agreed: a command is code that runs on the hub's machine.

use std::collections::BTreeSet;

use jackfield_protocol::{
    api::{ImportEntry, ImportReport, ImportRequest, ImportStatus, ImportTransport, InstallRequest},
    error::{ErrorCode, Failure},
};

use super::variables;
use crate::{
    client::Client,
    exit::Exit,
    output::{Out, Tone, one_line, plain, plural, wrap},
};

/// Where the servers come from.
pub(crate) enum Offer {
    /// A document.
    Document(ImportRequest),
    /// A registry.
    Registry(InstallRequest),
}

impl Offer {
    async fn look(&self, client: &Client) -> Result<ImportReport, Failure> {
        match self {
            Self::Document(request) => client.import(request).await,
            Self::Registry(request) => client.install(request).await,
        }
    }

    fn give(&mut self, name: &str, value: String) {
        let variables = match self {
            Self::Document(request) => &mut request.variables,
            Self::Registry(request) => &mut request.variables,
        };
        variables.insert(name.to_owned(), value);
    }

    async fn take(mut self, chosen: Vec<String>, client: &Client) -> Result<ImportReport, Failure> {
        match &mut self {
            Self::Document(request) => {
                request.choose = Some(chosen);
                request.dry_run = false;
            }
            Self::Registry(request) => {
                request.way = chosen.into_iter().next();
                request.dry_run = false;
            }
        }
        self.look(client).await
    }
}

/// Looks, asks, adds.
pub(crate) async fn offer(
    mut offer: Offer,
    only: &[String],
    yes: bool,
    client: &Client,
    out: &Out,
) -> Result<Exit, Failure> {
    let mut report = offer.look(client).await?;
    let mut wanted = wanted(&report, only)?;
    let can_ask = out.stdin_terminal && out.stderr_terminal && !out.json;
    if can_ask && ask_for_values(&mut offer, &report, &wanted, out)? {
        report = offer.look(client).await?;
    }
    if !out.json {
        show(&report, &wanted, out);
    }
    wanted.retain(|at| report.entries.get(*at).is_some_and(is_complete));
    if out.json && !yes {
        out.document(&report)?;
        return Ok(Exit::Done);
    }
    let chosen: Vec<&ImportEntry> = wanted.iter().filter_map(|at| report.entries.get(*at)).collect();
    if chosen.is_empty() {
        if out.json {
            out.document(&report)?;
        } else {
            out.note("Nothing can be added.");
        }
        let lacks = report.entries.iter().any(|entry| entry.status == ImportStatus::NeedsVariables);
        return Ok(if lacks { Exit::Usage } else { Exit::Failed });
    }
    if !yes {
        if !can_ask {
            let message = "Nothing was added: an imported command is code that runs on the hub's machine, and nobody can be asked.";
            return Err(Failure::new(ErrorCode::InvalidRequest, message)
                .hint("Read the command lines above, then say --yes."));
        }
        if !agreed(&chosen, out) {
            out.note("Nothing was added.");
            return Ok(Exit::Failed);
        }
    }
    let keys =
        chosen.into_iter().map(|entry| entry.way.clone().unwrap_or_else(|| entry.name.clone())).collect();
    let report = offer.take(keys, client).await?;
    told(&report, out)
}

/// Positions of the entries that are meant.
fn wanted(report: &ImportReport, only: &[String]) -> Result<Vec<usize>, Failure> {
    let entries = &report.entries;
    let is_named = |entry: &ImportEntry, name: &String| {
        entry.name == *name || entry.original_name == *name || entry.way.as_ref() == Some(name)
    };
    if let Some(unknown) = only.iter().find(|name| !entries.iter().any(|entry| is_named(entry, name))) {
        let there: Vec<&str> = entries.iter().map(|entry| entry.original_name.as_str()).take(20).collect();
        return Err(Failure::not_found("server", format!("'{unknown}' in it"))
            .hint(format!("It has: {}.", there.join(", ")))
            .at("--only"));
    }
    let mut served = BTreeSet::new();
    let mut wanted = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let is_way = entry.way.as_ref().is_some_and(|way| only.contains(way));
        let named = only.is_empty() || only.iter().any(|name| is_named(entry, name));
        let is_new = !only.is_empty() || entry.is_duplicate_of.is_none();
        // Of several ways to a server the first one that can be had is meant, unless ways themselves are named.
        let is_first = entry.way.is_none() || is_way || !served.contains(&entry.original_name);
        if named && is_new && is_first && entry.status != ImportStatus::Unusable {
            served.insert(entry.original_name.clone());
            wanted.push(at);
        }
    }
    Ok(wanted)
}

fn is_complete(entry: &ImportEntry) -> bool {
    matches!(entry.status, ImportStatus::Ready | ImportStatus::Duplicate | ImportStatus::Alternative)
}

/// Whether a value was given.
fn ask_for_values(
    offer: &mut Offer,
    report: &ImportReport,
    wanted: &[usize],
    out: &Out,
) -> Result<bool, Failure> {
    let mut asked = BTreeSet::new();
    let mut given = false;
    for entry in wanted.iter().filter_map(|at| report.entries.get(*at)) {
        for variable in &entry.variables_missing {
            if !asked.insert(variable.name.clone()) {
                continue;
            }
            if asked.len() == 1 {
                out.note("Some values are missing; Enter leaves one out.");
            }
            if let Some(value) = variables::ask(variable, out)? {
                offer.give(&variable.name, value);
                given = true;
            }
        }
    }
    Ok(given)
}

fn show(report: &ImportReport, wanted: &[usize], out: &Out) {
    for note in &report.notes {
        out.line(out.style.paint(Tone::Warn, format!("! {}", one_line(note))));
    }
    for (at, entry) in report.entries.iter().enumerate() {
        let mark = if wanted.contains(&at) && is_complete(entry) { "+" } else { "·" };
        for line in lines(entry, mark, out) {
            out.line(line);
        }
    }
    out.line("");
}

/// An entry as it is shown. The command line is never cut.
fn lines(entry: &ImportEntry, mark: &str, out: &Out) -> Vec<String> {
    let dim = |text: String| out.style.paint(Tone::Dim, text);
    let way = entry.way.as_ref().map(|way| dim(format!("  by {way}"))).unwrap_or_default();
    let state = match entry.status {
        ImportStatus::Duplicate => "  is there already".to_owned(),
        ImportStatus::NeedsVariables => "  needs values".to_owned(),
        ImportStatus::Unusable => "  cannot be added".to_owned(),
        _ if entry.disabled => "  switched off".to_owned(),
        _ => String::new(),
    };
    let name = out.style.paint(Tone::Bold, one_line(&entry.name));
    let mut lines = vec![String::new(), format!("{mark} {name}{way}{}", out.style.paint(Tone::Warn, state))];
    let mut add =
        |label: &str, text: String| lines.push(format!("    {} {text}", dim(format!("{label:<9}"))));
    if let Some(command) = &entry.command_line {
        add("runs", plain(command));
    }
    if let Some(url) = &entry.url {
        let kind = match entry.transport {
            ImportTransport::StreamableHttp => "  (streamable HTTP)",
            ImportTransport::HttpSse => "  (HTTP with SSE)",
            ImportTransport::Auto | ImportTransport::Stdio => "",
        };
        add("connects", format!("{}{}", one_line(url), dim(kind.to_owned())));
    }
    if let Some(cwd) = &entry.cwd {
        add("in", one_line(cwd));
    }
    for value in &entry.values {
        let label = if entry.transport == ImportTransport::Stdio { "env" } else { "header" };
        let shown = value.value.as_deref().map_or_else(|| dim("sealed".to_owned()), one_line);
        add(label, format!("{} = {shown}", one_line(&value.name)));
    }
    for variable in &entry.variables_missing {
        let about =
            variable.description.as_deref().map(|text| format!(" – {}", one_line(text))).unwrap_or_default();
        add("needs", format!("{}{about}", one_line(&variable.name)));
    }
    if let Some(name) = &entry.is_duplicate_of {
        add("same as", one_line(name));
    }
    let room = out.width.saturating_sub(16).max(30);
    let problem =
        entry.problem.iter().flat_map(|failure| [Some(&failure.message), failure.hint.as_ref()]).flatten();
    for text in entry.notes.iter().chain(problem) {
        for (at, line) in wrap(&one_line(text), room).into_iter().enumerate() {
            add(if at == 0 { "!" } else { "" }, line);
        }
    }
    lines
}

fn agreed(chosen: &[&ImportEntry], out: &Out) -> bool {
    let runs = chosen.iter().any(|entry| entry.transport == ImportTransport::Stdio);
    let names: Vec<String> = chosen.iter().map(|entry| one_line(&entry.name)).collect();
    let what = if runs { " Their commands will run on the hub's machine." } else { "" };
    out.confirm(&format!("Add {}: {}?{what}", plural(chosen.len(), "server"), names.join(", ")))
}

fn told(report: &ImportReport, out: &Out) -> Result<Exit, Failure> {
    let failed = report.entries.iter().any(|entry| entry.status == ImportStatus::Failed);
    let exit = if failed { Exit::Failed } else { Exit::Done };
    if out.json {
        out.document(report)?;
        return Ok(exit);
    }
    for entry in &report.entries {
        let name = one_line(&entry.name);
        match (entry.status, &entry.problem) {
            (ImportStatus::Added, _) => {
                out.line(format!("{} Added '{name}'.", out.style.paint(Tone::Good, "✓")))
            }
            (ImportStatus::Failed, Some(failure)) => {
                out.line(format!("{} '{name}' was not added.", out.style.paint(Tone::Bad, "✗")));
                out.failure(failure);
            }
            _ => {}
        }
    }
    Ok(exit)
}
