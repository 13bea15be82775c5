//! `jackfield backend`: the peers.

use std::collections::HashMap;

use clap::{Args, Subcommand};
use jackfield_protocol::{
    api::{BackendChange, BackendView},
    error::{ErrorCode, Failure},
    ids::BackendId,
    model::{BackendType, HealthState},
};
use serde_json::{Value, json};

use super::{
    Context,
    backend_add::{AddArgs, add, discovered},
    backend_show::show,
    secrets::SecretArgs,
    sign_in::{SignInArgs, sign_in, sign_out},
    values,
};
use crate::{
    client::Client,
    exit::Exit,
    output::{Column, Out, Table, Tone, ago, checks, duration, health_mark, one_line, plural},
};

/// Commands of `backend`.
#[derive(Debug, Subcommand)]
pub(crate) enum BackendCommand {
    /// Connect a peer: test it, add it, see what it offers
    Add(AddArgs),
    /// List backends with the state of their connections
    List,
    /// Show a backend
    Show {
        /// Its name or id
        backend: String,
    },
    /// Change a backend; what is not named stays as it is
    Edit(EditArgs),
    /// Test the connection, check by check
    Test {
        /// Its name or id
        backend: String,
    },
    /// Read again what a backend offers; without a name, all of them
    Discover {
        /// Its name or id
        backend: Option<String>,
    },
    /// Sign in at a backend with a browser
    SignIn(SignInArgs),
    /// Forget a sign-in
    SignOut {
        /// Its name or id
        backend: String,
    },
    /// What a local server's program printed, and what happened to the connection
    Log {
        /// Its name or id
        backend: String,
    },
    /// Remove a backend with its workflows, runs and secrets
    Remove {
        /// Its name or id
        backend: String,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
}

/// Arguments of `backend edit`.
#[derive(Debug, Args)]
pub(crate) struct EditArgs {
    /// Its name or id
    backend: String,
    /// New name
    #[arg(long)]
    name: Option<String>,
    /// New address
    #[arg(long)]
    url: Option<String>,
    #[command(flatten)]
    secrets: SecretArgs,
    /// A secret to forget
    #[arg(long, value_name = "NAME")]
    remove_secret: Vec<String>,
    /// An option to set; JSON where it parses, else text; @FILE for a file's content
    #[arg(long = "option", short, value_name = "KEY=VALUE", value_parser = values::pair)]
    options: Vec<(String, String)>,
    /// An option to put back to its default
    #[arg(long, value_name = "KEY")]
    remove_option: Vec<String>,
    /// Switch it on: it is checked and can be run
    #[arg(long, conflicts_with = "disable")]
    enable: bool,
    /// Switch it off
    #[arg(long)]
    disable: bool,
}

/// Carries out a command of `backend`.
pub(crate) async fn backend(command: BackendCommand, context: &Context) -> Result<Exit, Failure> {
    let out = &context.out;
    let client = context.client()?;
    match command {
        BackendCommand::Add(args) => add(args, &client, out).await,
        BackendCommand::List => list(&client, out).await,
        BackendCommand::Show { backend } => {
            let view = client.backend(&backend).await?;
            if out.json {
                out.document(&view)?;
            } else {
                let workflows = client.workflows(Some(view.backend.id)).await?;
                show(&view, workflows.len(), out);
            }
            Ok(Exit::Done)
        }
        BackendCommand::Edit(args) => edit(args, &client, out).await,
        BackendCommand::Test { backend } => {
            let view = client.backend(&backend).await?;
            test(&client, &view, out).await
        }
        BackendCommand::Discover { backend } => discover(backend.as_deref(), &client, out).await,
        BackendCommand::SignIn(args) => sign_in(args, context).await,
        BackendCommand::SignOut { backend } => sign_out(&backend, context).await,
        BackendCommand::Log { backend } => log(&backend, &client, out).await,
        BackendCommand::Remove { backend, yes } => remove(&backend, yes, &client, out).await,
    }
}

/// Names of all backends by id.
pub(crate) async fn names(client: &Client) -> Result<HashMap<BackendId, String>, Failure> {
    let backends = client.backends().await?;
    Ok(backends.into_iter().map(|view| (view.backend.id, view.backend.name)).collect())
}

async fn list(client: &Client, out: &Out) -> Result<Exit, Failure> {
    let backends = client.backends().await?;
    if out.json {
        out.document(&backends)?;
        return Ok(Exit::Done);
    }
    if backends.is_empty() {
        out.line("No backends yet.");
        out.line(
            out.style.paint(Tone::Dim, "Add one:  jackfield backend add n8n --url http://127.0.0.1:5678"),
        );
        out.line(out.style.paint(Tone::Dim, "Or look around first:  jackfield serve --demo"));
        return Ok(Exit::Done);
    }
    let now = jackfield_protocol::time::now();
    let mut table = Table::new(vec![
        Column::fixed(""),
        Column::flexible("name", 10).tone(Tone::Bold),
        Column::fixed("platform"),
        Column::fixed("state"),
        Column::fixed("latency").right(),
        Column::fixed("checked").tone(Tone::Dim),
        Column::spare("address", 12).tone(Tone::Dim),
        Column::fixed("notes").tone(Tone::Warn),
    ]);
    for view in &backends {
        let (mark, word, tone) = state(view);
        let notes = match (view.backend.simulated, view.backend.enabled) {
            (true, _) => "simulated",
            (false, false) => "disabled",
            (false, true) => "",
        };
        table.row([
            (mark.to_owned(), Some(tone)),
            (view.backend.name.clone(), None),
            (view.backend.platform.to_string(), None),
            (word.to_owned(), Some(tone)),
            (view.health.latency_ms.map(duration).unwrap_or_default(), None),
            (view.health.checked_at.map(|at| ago(at, now)).unwrap_or_default(), None),
            (view.backend.base_url.clone(), None),
            (notes.to_owned(), None),
        ]);
    }
    out.lines(table.render(out.width, out.style));
    for view in &backends {
        if let Some(failure) = view.health.last_error.as_ref().filter(|_| view.backend.enabled) {
            let text = format!("\n{}: {}", view.backend.name, failure.message);
            out.lines(crate::output::wrap(&crate::output::plain(&text), out.width.min(110)));
            if let Some(hint) = &failure.hint {
                let hint = crate::output::wrap(&crate::output::plain(hint), out.width.min(110) - 2);
                out.lines(hint.into_iter().map(|line| format!("  {}", out.style.paint(Tone::Accent, line))));
            }
        }
    }
    Ok(Exit::Done)
}

/// Mark, word and colour; a disabled backend has no state worth a colour.
pub(crate) fn state(view: &BackendView) -> (&'static str, &'static str, Tone) {
    if view.backend.enabled { health_mark(view.health.state) } else { ("○", "off", Tone::Dim) }
}

async fn test(client: &Client, view: &BackendView, out: &Out) -> Result<Exit, Failure> {
    let report = client.test_backend(view.backend.id).await?;
    if out.json {
        out.document(&report)?;
    } else {
        out.line(out.style.paint(Tone::Bold, &view.backend.name));
        out.lines(checks(&report, out.width, out.style));
    }
    Ok(exit_of(report.state))
}

/// What the state of a connection means for the exit code: what works in part is no failure.
pub(crate) fn exit_of(state: HealthState) -> Exit {
    match state {
        HealthState::Connected | HealthState::Degraded => Exit::Done,
        HealthState::Unauthorized | HealthState::SignInRequired => Exit::Unauthorised,
        HealthState::Unreachable => Exit::Unreachable,
        HealthState::Unknown | HealthState::Connecting => Exit::Failed,
    }
}

async fn discover(name: Option<&str>, client: &Client, out: &Out) -> Result<Exit, Failure> {
    let backends = match name {
        Some(name) => vec![client.backend(name).await?],
        None => client.backends().await?.into_iter().filter(|view| view.backend.enabled).collect(),
    };
    if backends.is_empty() && !out.json {
        out.line("No backends yet. Add one:  jackfield backend add n8n --url http://127.0.0.1:5678");
    }
    let mut reports = Vec::new();
    let mut exit = Exit::Done;
    for view in &backends {
        match client.discover(view.backend.id).await {
            Ok(report) if out.json => reports.push(json!({ "backend": view.backend.name, "report": report })),
            Ok(report) => discovered(&view.backend, &report, out),
            // One peer that is away must not hide what the others have.
            Err(failure) if backends.len() > 1 => {
                exit = Exit::of(failure.code);
                if out.json {
                    reports.push(json!({ "backend": view.backend.name, "failure": failure }));
                } else {
                    out.failure(&failure);
                }
            }
            Err(failure) => return Err(failure),
        }
    }
    if out.json {
        match (name, reports.as_slice()) {
            (Some(_), [one]) => out.document(&one["report"])?,
            _ => out.document(&reports)?,
        }
    }
    Ok(exit)
}

async fn edit(args: EditArgs, client: &Client, out: &Out) -> Result<Exit, Failure> {
    let view = client.backend(&args.backend).await?;
    let mut secrets = args.secrets.read(out)?;
    secrets.extend(args.remove_secret.iter().map(|name| (name.clone(), String::new())));
    let options = changed_options(&view.backend.options, &args)?;
    let change = BackendChange {
        name: args.name,
        base_url: args.url,
        options,
        secrets: (!secrets.is_empty()).then_some(secrets),
        enabled: match (args.enable, args.disable) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        },
    };
    if change.name.is_none()
        && change.base_url.is_none()
        && change.options.is_none()
        && change.secrets.is_none()
        && change.enabled.is_none()
    {
        return Err(Failure::new(ErrorCode::InvalidRequest, "Nothing to change was named.")
            .hint("`jackfield backend edit --help` lists what can be changed."));
    }
    let view = client.change_backend(view.backend.id, &change).await?;
    if out.json {
        out.document(&view)?;
        return Ok(Exit::Done);
    }
    out.line(format!("{} Changed '{}'.", out.style.paint(Tone::Good, "✓"), view.backend.name));
    if view.backend.enabled { test(client, &view, out).await } else { Ok(Exit::Done) }
}

/// Options after the change; `None`: unchanged.
fn changed_options(now: &Value, args: &EditArgs) -> Result<Option<Value>, Failure> {
    if args.options.is_empty() && args.remove_option.is_empty() {
        return Ok(None);
    }
    let mut options = now.as_object().cloned().unwrap_or_default();
    for key in &args.remove_option {
        options.remove(key);
    }
    for (key, value) in &args.options {
        options.insert(key.clone(), option_value(value)?);
    }
    Ok(Some(Value::Object(options)))
}

/// The value of `--option`.
pub(crate) fn option_value(given: &str) -> Result<Value, Failure> {
    match given.strip_prefix('@') {
        Some(path) => Ok(Value::String(values::read("--option", std::path::Path::new(path))?)),
        None => Ok(values::typed(given)),
    }
}

async fn log(name: &str, client: &Client, out: &Out) -> Result<Exit, Failure> {
    let lines = client.journal(client.backend(name).await?.backend.id).await?;
    if out.json {
        out.document(&lines)?;
        return Ok(Exit::Done);
    }
    if lines.is_empty() {
        out.note("Nothing was printed.");
    }
    for line in &lines {
        let at = out.style.paint(Tone::Dim, format!("{:.0}  {:6}", line.at, line.source));
        out.line(format!("{at}  {}", one_line(&line.text)));
    }
    Ok(Exit::Done)
}

async fn remove(name: &str, yes: bool, client: &Client, out: &Out) -> Result<Exit, Failure> {
    let view = client.backend(name).await?;
    if !yes {
        if !out.stdin_terminal {
            return Err(Failure::new(
                ErrorCode::InvalidRequest,
                format!("Removing '{}' takes its workflows, runs and secrets with it.", view.backend.name),
            )
            .hint("Say --yes where nobody can be asked."));
        }
        let what = if view.backend.kind == BackendType::Mcp {
            "its tools".to_owned()
        } else {
            plural(client.workflows(Some(view.backend.id)).await?.len(), "workflow")
        };
        if !out.confirm(&format!("Remove '{}' with {what}, its runs and secrets?", view.backend.name)) {
            out.note("Nothing was removed.");
            return Ok(Exit::Failed);
        }
    }
    client.remove_backend(view.backend.id).await?;
    if out.json {
        out.document(&json!({ "removed": view.backend.id }))?;
    } else {
        out.line(format!("{} Removed '{}'.", out.style.paint(Tone::Good, "✓"), view.backend.name));
    }
    Ok(Exit::Done)
}
