//! `jackfield backend add`: test, add, discover.

use std::collections::{BTreeMap, HashMap};

use clap::Args;
use jackfield_protocol::{
    api::{DiscoveryReport, NewBackend},
    error::{ErrorCode, Failure},
    model::{Backend, ConnectionReport, HealthState, Platform},
};
use serde_json::{Map, Value, json};

use super::{
    backend::{exit_of, option_value},
    secrets::SecretArgs,
    values,
    workflow::table,
};
use crate::{
    client::Client,
    exit::Exit,
    output::{Out, Tone, checks, duration, plural},
};

/// Arguments of `backend add`.
#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// What it is: n8n, flowise, sim_studio, mcp or openai
    platform: Platform,
    /// Where it is; with nothing but a webhook: that webhook's URL
    #[arg(long)]
    url: String,
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
}

/// Workflows that are shown after a discovery.
const SHOWN: usize = 15;

/// Connects a peer.
pub(crate) async fn add(args: AddArgs, client: &Client, out: &Out) -> Result<Exit, Failure> {
    let platforms = client.platforms().await?;
    let Some(platform) = platforms.iter().find(|info| info.platform == args.platform) else {
        let known: Vec<&str> = platforms.iter().map(|info| info.platform.as_str()).collect();
        return Err(Failure::new(
            ErrorCode::InvalidRequest,
            format!("This hub cannot connect to {} yet.", args.platform.title()),
        )
        .hint(format!("It knows: {}.", known.join(", "))));
    };
    let mut secrets = args.secrets.read(out)?;
    args.secrets.ask_for_key(&mut secrets, &platform.secrets_schema, out)?;
    let new = NewBackend {
        name: match &args.name {
            Some(name) => name.clone(),
            None => free_name(args.platform, client).await?,
        },
        platform: args.platform,
        base_url: args.url.clone(),
        options: options(&args.options)?,
        secrets,
        enabled: true,
    };
    let report = client.test_new(&new).await?;
    if !out.json {
        out.line(format!("Testing {} at {}", args.platform.title(), new.base_url));
        out.lines(checks(&report, out.width, out.style));
    }
    let works = matches!(report.state, HealthState::Connected | HealthState::Degraded);
    if args.dry_run || (!works && !args.force) {
        return not_added(&report, args.dry_run, out);
    }
    let view = client.add_backend(&new).await?;
    if !out.json {
        out.line(format!("{} Added as '{}'.", out.style.paint(Tone::Good, "✓"), view.backend.name));
    }
    if !works {
        if out.json {
            out.document(&json!({ "backend": view, "test": report }))?;
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

fn options(given: &[(String, String)]) -> Result<Value, Failure> {
    let mut options = Map::new();
    for (key, value) in given {
        options.insert(key.clone(), option_value(value)?);
    }
    Ok(Value::Object(options))
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
