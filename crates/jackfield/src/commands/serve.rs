//! `jackfield serve`: the hub.

use std::{net::SocketAddr, path::PathBuf};

use clap::Args;
use jackfield_protocol::error::{ErrorCode, Failure};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use url::Url;

use super::{Context, backend_show::facts};
use crate::{
    config::{DEFAULT_LISTEN, KeyStore, LogFormat},
    exit::Exit,
    hub_file::Hub,
    lifecycle::{Interrupts, start_log},
    output::{Out, Tone},
    wiring::{HubOptions, RunningHub},
};

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Where to listen; port 0 takes a free one [default: 127.0.0.1:7410]
    #[arg(long, value_name = "ADDRESS", env = "JACKFIELD_LISTEN", hide_env_values = true)]
    listen: Option<SocketAddr>,
    /// Path in front of everything, behind a reverse proxy
    #[arg(long, value_name = "PATH", env = "JACKFIELD_BASE_PATH", hide_env_values = true)]
    base_path: Option<String>,
    /// Start simulated peers too: recordings of real ones, labelled as simulated
    #[arg(long)]
    demo: bool,
    /// A host name that the hub answers for besides loopback and the address it listens on; may be repeated
    #[arg(
        long,
        value_name = "HOST[:PORT]",
        env = "JACKFIELD_ALLOW_HOST",
        value_delimiter = ',',
        hide_env_values = true
    )]
    allow_host: Vec<String>,
    /// An origin whose pages may call the hub; may be repeated
    #[arg(
        long,
        value_name = "ORIGIN",
        env = "JACKFIELD_ALLOW_ORIGIN",
        value_delimiter = ',',
        hide_env_values = true
    )]
    allow_origin: Vec<String>,
    /// Where the key is kept that seals secrets [default: auto]
    #[arg(long, value_name = "WHERE", env = "JACKFIELD_KEY_STORE", hide_env_values = true)]
    key_store: Option<KeyStore>,
    /// How to log to stderr [default: text]
    #[arg(long, value_name = "FORMAT", env = "JACKFIELD_LOG", hide_env_values = true)]
    log: Option<LogFormat>,
    /// What to log, for example info or warn,jackfield=debug [default: warn,jackfield=info]
    #[arg(long, value_name = "FILTER", env = "JACKFIELD_LOG_FILTER", hide_env_values = true)]
    log_filter: Option<String>,
}

/// Runs the hub until a signal ends it.
pub(crate) async fn serve(args: ServeArgs, context: &Context) -> Result<Exit, Failure> {
    let out = &context.out;
    let file = &context.settings.file.serve;
    start_log(
        args.log.or(file.log).unwrap_or_default(),
        args.log_filter.as_deref().or(file.log_filter.as_deref()),
        out,
    )?;
    let mut interrupts = Interrupts::new()?;
    let options = options(args, context)?;
    let demo = options.demo;
    let hub = tokio::select! {
        hub = Box::pin(RunningHub::start(options)) => hub?,
        () = interrupts.next() => return Ok(Exit::Interrupted),
    };
    greet(&hub, demo, out)?;
    let ended = hub.ended();
    tokio::select! {
        () = interrupts.next() => {}
        () = ended => {
            Box::pin(hub.stop()).await;
            return Err(Failure::internal("The server ended by itself."));
        }
    }
    if !out.json {
        out.note(out.err.paint(
            Tone::Dim,
            "Stopping: runs that are under way are taken up at the next start. Again to stop at once.",
        ));
    }
    tokio::select! {
        () = Box::pin(hub.stop()) => Ok(Exit::Done),
        () = interrupts.next() => Ok(Exit::Interrupted),
    }
}

fn options(args: ServeArgs, context: &Context) -> Result<HubOptions, Failure> {
    let file = &context.settings.file.serve;
    let listen = match args.listen.or(file.listen) {
        Some(listen) => listen,
        None => DEFAULT_LISTEN.parse().map_err(|_| Failure::internal("The default address is not one."))?,
    };
    let pick = |given: Vec<String>, file: &Vec<String>| if given.is_empty() { file.clone() } else { given };
    Ok(HubOptions {
        data_dir: absolute(&context.settings.data_dir)?,
        token_path: context.settings.data_dir.join(crate::config::TOKEN_FILE),
        listen,
        base_path: args.base_path.or_else(|| file.base_path.clone()).unwrap_or_default(),
        demo: args.demo || file.demo.unwrap_or(false),
        allow_host: pick(args.allow_host, &file.allow_host),
        allow_origin: pick(args.allow_origin, &file.allow_origin),
        key_store: args.key_store.or(file.key_store).unwrap_or_default(),
    })
}

fn absolute(path: &std::path::Path) -> Result<PathBuf, Failure> {
    std::path::absolute(path).map_err(|error| {
        Failure::new(ErrorCode::InvalidConfig, format!("{} is no place for data: {error}.", path.display()))
            .at("--data-dir")
    })
}

/// Says where the hub is and what to do next: on stdout, so that it can be read by programs too.
fn greet(hub: &RunningHub, demo: bool, out: &Out) -> Result<(), Failure> {
    let Hub { pid, url } = &hub.info;
    let link = sign_in(url, &hub.sign_in);
    if out.json {
        // In one line, whatever reads it.
        let line = json!({
            "version": env!("CARGO_PKG_VERSION"), "url": url, "pid": pid, "data_dir": hub.data_dir,
            "token_file": hub.token_path, "sign_in": link, "simulated": demo,
        });
        out.line(line.to_string());
        return Ok(());
    }
    out.line(format!("{} {}", out.style.paint(Tone::Bold, "Jackfield"), env!("CARGO_PKG_VERSION")));
    out.line("");
    facts(
        out,
        &[
            ("address", Some(url.to_string())),
            ("data", Some(hub.data_dir.display().to_string())),
            ("sign in", Some(link)),
        ],
    );
    out.line(format!(
        "  {}",
        out.style.paint(Tone::Dim, "         works once, for ten minutes; another: jackfield token sign-in")
    ));
    if !hub.is_local {
        out.line("");
        out.line(format!(
            "  {} Other machines can reach this hub. Name it with --allow-host, and put TLS in front of it.",
            out.style.paint(Tone::Warn, "!")
        ));
    }
    out.line("");
    if demo {
        out.line(format!(
            "  {} Simulated peers are running: they replay recordings of real ones, whatever you ask them.",
            out.style.paint(Tone::Warn, "!")
        ));
        out.line("");
    }
    out.line(out.style.paint(Tone::Bold, "Next, in another terminal"));
    let run = match &hub.example {
        Some(example) => format!("jackfield run '{}' 'Hello'", example.replace('\'', "'\\''")),
        None => "jackfield run BACKEND/WORKFLOW 'Hello'".to_owned(),
    };
    let connect = "jackfield backend add n8n --url http://127.0.0.1:5678".to_owned();
    let mut next = Vec::with_capacity(3);
    if !demo {
        next.push((connect, "connect your n8n"));
    }
    next.push(("jackfield workflow list".to_owned(), "what can be run"));
    next.push((run, "run one, and watch it"));
    let room = next.iter().map(|(command, _)| command.len()).max().unwrap_or(0);
    for (command, what) in &next {
        let fits = room + what.len() + 4 <= out.width;
        let what = if fits { out.style.paint(Tone::Dim, what) } else { String::new() };
        out.line(format!("  {command:room$}  {what}").trim_end());
    }
    out.line("");
    Ok(())
}

/// The one-time link.
fn sign_in(url: &Url, code: &SecretString) -> String {
    format!("{url}sign-in?code={}", code.expose_secret())
}
