//! `cargo xtask record n8n --base URL --state FILE --out DIR [--only PREFIX]`: records what a real
//! n8n does with each lab workflow, as pairs that belong together: the exchange that starts the run, the execution
//! record as it grows, the calls that answer its questions, and the record at the end. The simulated n8n of the
//! testkit replays them. Format: `fixtures/wire/n8n/README.md`.

mod cases;
mod chat;
mod redact;
mod run;
mod wire;

use std::{fs, path::PathBuf};

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use self::{cases::CASES, redact::Redaction, run::Recorder};
use crate::TaskResult;

/// Which peer to record.
#[derive(Subcommand)]
pub(crate) enum Peer {
    /// An n8n that the lab has prepared.
    N8n(Options),
}

/// Where to record from and to.
#[derive(Args)]
pub(crate) struct Options {
    /// Its base URL, for example `http://127.0.0.1:5678`.
    #[arg(long)]
    base: String,
    /// The `state.json` that the lab wrote for it.
    #[arg(long)]
    state: PathBuf,
    /// Folder for the recordings, for example `fixtures/wire/n8n/v2.41.1/runs`.
    #[arg(long)]
    out: PathBuf,
    /// Only the cases whose name begins with this.
    #[arg(long, default_value = "")]
    only: String,
}

/// Records.
///
/// # Errors
/// A file that cannot be read or written, or a peer that does not answer.
pub(crate) fn run(peer: Peer) -> TaskResult {
    let Peer::N8n(options) = peer;
    n8n(&options).map_err(Into::into)
}

fn n8n(options: &Options) -> Result<(), String> {
    let state = fs::read_to_string(&options.state)
        .map_err(|error| format!("cannot read the state file {}: {error}", options.state.display()))?;
    let state: Value = serde_json::from_str(&state).map_err(|error| format!("state file: {error}"))?;
    let version = state["n8nVersion"].as_str().ok_or("the state file names no n8nVersion")?.to_owned();
    fs::create_dir_all(&options.out)
        .map_err(|error| format!("cannot create {}: {error}", options.out.display()))?;

    let base = options.base.trim_end_matches('/');
    let recorder = Recorder::new(base, &state, &version)?;
    let save = |name: &str, redaction: &Redaction, value: &Value| {
        let path = options.out.join(format!("{name}.json"));
        fs::write(&path, redaction.text(&value.to_string()) + "\n")
            .map_err(|error| format!("cannot write {}: {error}", path.display()))
    };
    let common = Redaction::of(base, &state);
    if options.only.is_empty() {
        save("_workflows", &common, &recorder.workflows()?)?;
        save(
            "_discover",
            &common,
            &json!({ "full": recorder.discover("apiKey")?, "read": recorder.discover("readKey")? }),
        )?;
    }
    let mut problems = Vec::new();
    for case in CASES.iter().filter(|case| case.name.starts_with(&options.only) && case.fits(&version)) {
        match recorder.record(case) {
            Ok(recorded) => {
                let value = redact::executions(recorded.pair, &recorded.ids);
                let redaction =
                    common.with([(recorded.traceparent.as_str(), "<TRACEPARENT>"), (case.hidden, "")]);
                save(case.name, &redaction, &value)?;
                println!("{}: {}", case.name, recorded.summary);
            }
            Err(problem) => problems.push(format!("{}: {problem}", case.name)),
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}
