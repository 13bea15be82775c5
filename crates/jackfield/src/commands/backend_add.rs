//! `jackfield backend add`: test, add, discover.

use std::collections::{BTreeMap, HashMap};

use clap::Args;
use jackfield_protocol::{
    api::{DiscoveryReport, NewBackend},
    error::{ErrorCode, Failure},
    model::{Backend, BackendType, ConnectionReport, HealthState, Platform},
};
use serde_json::{Map, Value, json};

use super::{
    backend::{exit_of, option_value},
    local_program::{LOCAL, LocalArgs},
    secrets::SecretArgs,
    tool::what,
    values,
    workflow::table,
};
use crate::{
    client::Client,
    exit::Exit,
    output::{Column, Out, Table, Tone, checks, duration, one_line, plain, plural},
};

/// Arguments of `backend add`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  jackfield backend add n8n --url http://127.0.0.1:5678\n  \
                        jackfield backend add search --platform mcp --url https://mcp.example.com/mcp\n  \
                        jackfield backend add files -- npx -y @modelcontextprotocol/server-filesystem /data")]
pub(crate) struct AddArgs {
    /// What it is (n8n, flowise, sim_studio, mcp or openai); with --platform or a command: what to call it
    what: String,
    /// What it is, where the first word is its name
    #[arg(long)]
    platform: Option<Platform>,
    /// Where it is; with nothing but a webhook: that webhook's URL
    #[arg(long, required_unless_present = "command")]
    url: Option<String>,
    /// What to call it [default: the platform's name, numbered where it is taken]
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    secrets: SecretArgs,
    /// An option of the platform; JSON where it parses, else text; @FILE for a file's content
    #[arg(long = "option", short, value_name = "KEY=VALUE", value_parser = values::pair)]
    options: Vec<(String, String)>,
    /// Add it even when the test fails
    #[arg(long)]
    force: bool,
    /// Only test it; nothing is saved
    #[arg(long, conflicts_with = "force")]
    dry_run: bool,
    #[command(flatten)]
    local: LocalArgs,
}

/// Workflows that are shown after a discovery.
const SHOWN: usize = 15;

/// Connects a peer.
pub(crate) async fn add(args: AddArgs, client: &Client, out: &Out) -> Result<Exit, Failure> {
    let (platform, name) = args.named()?;
    let platforms = client.platforms().await?;
    let Some(info) = platforms.iter().find(|info| info.platform == platform) else {
        let known: Vec<&str> = platforms.iter().map(|info| info.platform.as_str()).collect();
        return Err(Failure::new(
            ErrorCode::InvalidRequest,
            format!("This hub cannot connect to {} yet.", platform.title()),
        )
        .hint(format!("It knows: {}.", known.join(", "))));
    };
    let mut options = options(&args.options)?;
    args.local.put_into(platform, &mut options)?;
    let mut secrets = args.secrets.read(out)?;
    secrets.extend(args.local.secrets(out)?);
    args.secrets.ask_for_key(&mut secrets, &info.secrets_schema, out)?;
    let new = NewBackend {
        name: match name {
            Some(name) => name,
            None => free_name(platform, client).await?,
        },
        platform,
        base_url: args.url.clone().unwrap_or_else(|| LOCAL.to_owned()),
        options: Value::Object(options),
        secrets,
        enabled: true,
    };
    let report = client.test_new(&new).await?;
    if !out.json {
        let place = args.local.shown().unwrap_or_else(|| new.base_url.clone());
        out.line(format!("Testing {} at {}", platform.title(), plain(&place)));
        out.lines(checks(&report, out.width, out.style));
    }
    let works = matches!(report.state, HealthState::Connected | HealthState::Degraded);
    // Signing in needs a backend that is there.
    let sign_in = report.state == HealthState::SignInRequired;
    if args.dry_run || (!works && !sign_in && !args.force) {
        return not_added(&report, args.dry_run, out);
    }
    let view = client.add_backend(&new).await?;
    if !out.json {
        out.line(format!("{} Added as '{}'.", out.style.paint(Tone::Good, "✓"), view.backend.name));
    }
    if !works {
        if out.json {
            out.document(&json!({ "backend": view, "test": report }))?;
        } else if sign_in {
            out.line(format!("Next: jackfield backend sign-in {}", view.backend.name));
        }
        return Ok(exit_of(report.state));
    }
    let discovery = client.discover(view.backend.id).await;
    if out.json {
        let discovery =
            discovery.map_or_else(|failure| json!({ "failure": failure }), |report| json!(report));
        out.document(&json!({ "backend": view, "test": report, "discovery": discovery }))?;
        return Ok(Exit::Done);
    }
    match discovery {
        Ok(report) => discovered(&view.backend, &report, out),
        // It is added all the same: discovery is tried again by itself.
        Err(failure) => out.failure(&failure),
    }
    Ok(Exit::Done)
}

fn not_added(report: &ConnectionReport, dry_run: bool, out: &Out) -> Result<Exit, Failure> {
    if out.json {
        out.document(&json!({ "backend": null, "test": report }))?;
    } else if dry_run {
        out.note("Nothing was added.");
    } else {
        out.note("Nothing was added. Correct what is marked and try again, or add it as it is with --force.");
        if let Some(failure) = report.failure() {
            out.note(out.err.paint(Tone::Dim, format!("More: jackfield error {}", failure.code)));
        }
    }
    Ok(exit_of(report.state))
}

/// What a discovery found.
pub(crate) fn discovered(backend: &Backend, report: &DiscoveryReport, out: &Out) {
    if backend.kind == BackendType::Mcp {
        return discovered_tools(backend, report, out);
    }
    let present: Vec<_> = report.workflows.iter().filter(|workflow| workflow.present).cloned().collect();
    let runnable = present.iter().filter(|workflow| workflow.info.runnable).count();
    let mut found = vec![format!("{}, {runnable} of them can be run", plural(present.len(), "workflow"))];
    if !report.tools.is_empty() {
        found.push(plural(report.tools.len(), "tool"));
    }
    let took = out.style.paint(Tone::Dim, format!("({})", duration(report.duration_ms)));
    out.line(format!("Found in {}: {} {took}", backend.name, found.join(", ")));
    let mut shown = present.clone();
    shown.sort_by_key(|workflow| (!workflow.info.runnable, workflow.info.name.to_lowercase()));
    shown.truncate(SHOWN);
    if !shown.is_empty() {
        // The backend is the same in every line: its column stays empty and is left out.
        out.lines(table(&shown, &HashMap::new()).render(out.width, out.style));
    }
    if present.len() > SHOWN {
        let rest = format!(
            "… and {} more: jackfield workflow list --backend {}",
            present.len() - SHOWN,
            backend.name
        );
        out.line(out.style.paint(Tone::Dim, rest));
    }
}

fn discovered_tools(backend: &Backend, report: &DiscoveryReport, out: &Out) {
    let took = out.style.paint(Tone::Dim, format!("({})", duration(report.duration_ms)));
    out.line(format!("Found in {}: {} {took}", backend.name, plural(report.tools.len(), "tool")));
    let mut table = Table::new(vec![
        Column::flexible("tool", 14).tone(Tone::Bold),
        Column::spare("what it does", 12).tone(Tone::Dim),
    ]);
    for tool in report.tools.iter().take(SHOWN) {
        let note = tool.info.problem.as_ref().map(|problem| format!("not valid: {}", one_line(problem)));
        table.row([
            (tool.qualified_name.clone(), None),
            (note.unwrap_or_else(|| what(&tool.info)), tool.info.problem.as_ref().map(|_| Tone::Warn)),
        ]);
    }
    if !report.tools.is_empty() {
        out.lines(table.render(out.width, out.style));
    }
    if report.tools.len() > SHOWN {
        let more = report.tools.len() - SHOWN;
        let rest = format!("… and {more} more: jackfield tool list --backend {}", backend.name);
        out.line(out.style.paint(Tone::Dim, rest));
    }
}

impl AddArgs {
    /// What it is, and what to call it where that was said.
    fn named(&self) -> Result<(Platform, Option<String>), Failure> {
        let called = || Some(self.name.clone().unwrap_or_else(|| self.what.clone()));
        match (self.platform, self.what.parse::<Platform>()) {
            (Some(platform), _) => Ok((platform, called())),
            (None, Ok(platform)) => Ok((platform, self.name.clone())),
            (None, Err(_)) if self.local.is_given() => Ok((Platform::Mcp, called())),
            (None, Err(failure)) => {
                Err(failure.hint("Say what it is: jackfield backend add NAME --platform mcp --url URL"))
            }
        }
    }
}

fn options(given: &[(String, String)]) -> Result<Map<String, Value>, Failure> {
    let mut options = Map::new();
    for (key, value) in given {
        options.insert(key.clone(), option_value(value)?);
    }
    Ok(options)
}

async fn free_name(platform: Platform, client: &Client) -> Result<String, Failure> {
    let taken: BTreeMap<String, ()> =
        client.backends().await?.into_iter().map(|view| (view.backend.name, ())).collect();
    let first = platform.as_str().to_owned();
    let mut name = first.clone();
    for number in 2..=taken.len() + 2 {
        if !taken.contains_key(&name) {
            break;
        }
        name = format!("{first}-{number}");
    }
    Ok(name)
}
