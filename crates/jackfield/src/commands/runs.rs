//! `jackfield runs`: what ran and what is running.

use std::{path::PathBuf, time::Duration};

use clap::{Args, Subcommand};
use jackfield_protocol::{
    api::AnswerInput,
    error::{ErrorCode, Failure},
    event::Transcript,
    ids::{InputRequestId, RunId, Seq},
    model::{CancelEffect, InputAnswer, Run, RunStatus},
};
use serde_json::json;

use super::{
    Context,
    backend::names,
    backend_show::facts,
    save, values,
    watch::{WatchOptions, watch},
    workflow::find,
};
use crate::{
    client::Client,
    exit::Exit,
    output::{
        Column, Out, Table, Tone, ago, describe, duration, one_line, plain, plural, pretty, status_mark,
    },
};

/// Commands of `runs`.
#[derive(Debug, Subcommand)]
pub(crate) enum RunsCommand {
    /// List runs, newest first
    List(ListArgs),
    /// Show a run: where it stands, what went in, what came out
    Show {
        /// Its id
        run: RunId,
        /// Save files that the run made there
        #[arg(long, value_name = "DIR")]
        save: Option<PathBuf>,
    },
    /// Watch a run; Ctrl-C only leaves
    Follow {
        /// Its id
        run: RunId,
        /// Only events after this one
        #[arg(long, value_name = "SEQ", default_value_t = 0)]
        after: Seq,
        /// How long the hub may be away before watching ends, in seconds
        #[arg(long, value_name = "SECONDS", default_value_t = 60)]
        reconnect_timeout: u64,
    },
    /// Ask the peer to stop a run
    Cancel {
        /// Its id
        run: RunId,
    },
    /// Answer a question that a run waits for
    Answer(AnswerArgs),
}

/// Arguments of `runs list`.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Only with this status; may be repeated
    #[arg(long, value_name = "STATUS")]
    status: Vec<RunStatus>,
    /// Only of this backend
    #[arg(long, short, value_name = "BACKEND")]
    backend: Option<String>,
    /// Only of this workflow
    #[arg(long, short, value_name = "WORKFLOW")]
    workflow: Option<String>,
    /// At most this many
    #[arg(long, short = 'n', value_name = "COUNT", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=500))]
    limit: u32,
    /// Only older than this run
    #[arg(long, value_name = "RUN")]
    before: Option<RunId>,
}

/// Arguments of `runs answer`.
#[derive(Debug, Args)]
pub(crate) struct AnswerArgs {
    /// The run
    run: RunId,
    /// Which question, where there are several
    #[arg(long, value_name = "ID")]
    request: Option<String>,
    /// The button to press: its id or its label
    #[arg(long, value_name = "CHOICE")]
    choice: Option<String>,
    /// Free text
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    /// An object that fits the form
    #[arg(long, short, value_name = "JSON|@FILE|-")]
    data: Option<String>,
}

/// Carries out a command of `runs`.
pub(crate) async fn runs(command: RunsCommand, context: &Context) -> Result<Exit, Failure> {
    let out = &context.out;
    let client = context.client()?;
    match command {
        RunsCommand::List(args) => list(args, &client, out).await,
        RunsCommand::Show { run, save } => show(run, save, &client, out).await,
        RunsCommand::Follow { run, after, reconnect_timeout } => {
            let options = WatchOptions {
                after,
                patience: Duration::from_secs(reconnect_timeout),
                cancel_on_interrupt: false,
                save: None,
                every_kind: false,
            };
            watch(&client, run, options, out).await
        }
        RunsCommand::Cancel { run } => cancel(run, &client, out).await,
        RunsCommand::Answer(args) => answer(args, &client, out).await,
    }
}

async fn list(args: ListArgs, client: &Client, out: &Out) -> Result<Exit, Failure> {
    let mut query: Vec<(&str, String)> =
        args.status.iter().map(|status| ("status", status.as_str().to_owned())).collect();
    if let Some(backend) = args.backend {
        query.push(("backend", backend));
    }
    if let Some(workflow) = &args.workflow {
        query.push(("workflow_id", find(client, workflow).await?.0.id.to_string()));
    }
    if let Some(before) = args.before {
        query.push(("cursor", before.to_string()));
    }
    query.push(("limit", args.limit.to_string()));
    let page = client.runs(&query).await?;
    if out.json {
        out.document(&page.items)?;
        return Ok(Exit::Done);
    }
    if page.items.is_empty() {
        out.line("No runs.");
        let next = "Start one: jackfield workflow list, then jackfield run BACKEND/WORKFLOW";
        out.line(out.style.paint(Tone::Dim, next));
        return Ok(Exit::Done);
    }
    let names = names(client).await?;
    let now = jackfield_protocol::time::now();
    let mut table = Table::new(vec![
        Column::fixed(""),
        Column::fixed("status"),
        Column::flexible("workflow", 12).tone(Tone::Bold),
        Column::flexible("backend", 8),
        Column::fixed("started").tone(Tone::Dim),
        Column::fixed("took").right(),
        Column::spare("input", 8).tone(Tone::Dim),
        Column::fixed("id").tone(Tone::Dim),
    ]);
    for run in &page.items {
        let (mark, tone) = status_mark(run.status);
        table.row([
            (mark.to_owned(), Some(tone)),
            (run.status.as_str().to_owned(), Some(tone)),
            (run.workflow_name.clone(), None),
            (names.get(&run.backend_id).cloned().unwrap_or_default(), None),
            (ago(run.created_at, now), None),
            (run.done.as_ref().and_then(|done| done.duration_ms).map(duration).unwrap_or_default(), None),
            (input_glance(run), None),
            (run.id.to_string(), None),
        ]);
    }
    out.lines(table.render(out.width, out.style));
    if let (Some(_), Some(last)) = (&page.next, page.items.last()) {
        out.line(out.style.paint(Tone::Dim, format!("… more: jackfield runs list --before {}", last.id)));
    }
    Ok(Exit::Done)
}

/// What went in, in one line.
fn input_glance(run: &Run) -> String {
    match (&run.input.text, &run.input.data) {
        (Some(text), _) => one_line(text),
        (None, Some(data)) => one_line(&data.to_string()),
        (None, None) => String::new(),
    }
}

async fn show(id: RunId, folder: Option<PathBuf>, client: &Client, out: &Out) -> Result<Exit, Failure> {
    let run = client.run(id).await?;
    let events = client.events(id).await?;
    let transcript = Transcript::of(&events);
    if out.json {
        out.document(&run)?;
    } else {
        print(&run, &transcript, client, out).await?;
    }
    if let Some(folder) = folder {
        save::artifacts(client, &transcript, &folder, "--save", out).await?;
    }
    Ok(Exit::Done)
}

async fn print(run: &Run, transcript: &Transcript, client: &Client, out: &Out) -> Result<(), Failure> {
    let names = names(client).await?;
    let now = jackfield_protocol::time::now();
    let (mark, tone) = status_mark(run.status);
    out.line(format!(
        "{}  {}",
        out.style.paint(Tone::Bold, one_line(&run.workflow_name)),
        out.style.paint(tone, format!("{mark} {}", run.status.as_str()))
    ));
    let done = run.done.as_ref();
    facts(
        out,
        &[
            ("backend", names.get(&run.backend_id).cloned()),
            ("started", Some(format!("{:.0} ({})", run.created_at, ago(run.created_at, now)))),
            ("took", done.and_then(|done| done.duration_ms).map(duration)),
            ("steps", Some(transcript.trace().len().to_string())),
            ("events", Some(run.last_seq.to_string())),
            ("attempts", (run.attempt > 1).then(|| run.attempt.to_string())),
            ("peer's id", run.external_id.clone()),
            ("input", Some(input_glance(run)).filter(|text| !text.is_empty())),
            ("files", (!run.input.files.is_empty()).then(|| plural(run.input.files.len(), "file"))),
            ("id", Some(run.id.to_string())),
            ("reason", done.and_then(|done| done.reason.clone())),
        ],
    );
    for input in &transcript.pending {
        out.line("");
        out.lines(describe(input, out.width, out.style));
        out.line(out.style.paint(
            Tone::Dim,
            format!("    jackfield runs answer {} --request {}", run.id, input.request_id),
        ));
    }
    let answer = plain(&transcript.answer());
    if !answer.trim().is_empty() {
        out.line("");
        out.line(answer.trim_end());
    }
    for artifact in &transcript.artifacts {
        match &artifact.json {
            Some(json) => out.line(format!("\n{}", pretty(json))),
            None => {
                out.line(format!("  {} {}", out.style.paint(Tone::Accent, "◆"), one_line(&artifact.name)))
            }
        }
    }
    Ok(())
}

async fn cancel(run: RunId, client: &Client, out: &Out) -> Result<Exit, Failure> {
    let report = client.cancel(run).await?;
    if out.json {
        out.document(&report)?;
    } else {
        let tone = if report.effect == CancelEffect::GoesOn { Tone::Warn } else { Tone::Good };
        out.line(format!("{} {}", out.style.paint(tone, "⊘"), plain(&report.message)));
    }
    // What goes on at the peer was not stopped.
    Ok(if report.effect == CancelEffect::GoesOn { Exit::Failed } else { Exit::Done })
}

async fn answer(args: AnswerArgs, client: &Client, out: &Out) -> Result<Exit, Failure> {
    let events = client.events(args.run).await?;
    let transcript = Transcript::of(&events);
    let pending = &transcript.pending;
    let question = match &args.request {
        Some(id) => pending.iter().find(|input| input.request_id.0 == *id),
        None if pending.len() > 1 => {
            let ids: Vec<&str> = pending.iter().map(|input| input.request_id.0.as_str()).collect();
            return Err(Failure::new(
                ErrorCode::InvalidRequest,
                format!("The run waits for {} answers.", ids.len()),
            )
            .hint(format!("Name one with --request: {}.", ids.join(", "))));
        }
        None => pending.first(),
    };
    // With an id that is not open, the hub says what is wrong.
    let request_id = match (&args.request, question) {
        (_, Some(question)) => question.request_id.clone(),
        (Some(id), None) => InputRequestId(id.clone()),
        (None, None) => {
            return Err(Failure::new(
                ErrorCode::NotWaiting,
                format!("Run {} waits for no answer.", args.run),
            ));
        }
    };
    let choice = args.choice.map(|given| match question {
        Some(question) => question
            .choices
            .iter()
            .find(|choice| choice.id == given || choice.label.eq_ignore_ascii_case(&given))
            .map_or(given, |choice| choice.id.clone()),
        None => given,
    });
    let data = args.data.as_deref().map(|data| values::json("--data", data)).transpose()?;
    let answer = AnswerInput { request_id, answer: InputAnswer { choice, text: args.text, data } };
    let run = client.answer_input(args.run, &answer).await?;
    if out.json {
        out.document(&json!({ "answered": answer.request_id, "run": run }))?;
    } else {
        out.line(format!("{} Answered.", out.style.paint(Tone::Good, "✓")));
        if !run.status.has_ended() {
            out.line(out.style.paint(Tone::Dim, format!("Watch it go on: jackfield runs follow {}", run.id)));
        }
    }
    Ok(Exit::Done)
}
