//! What a pipe gets: the answer, and nothing else.

use jackfield_protocol::{
    error::Failure,
    event::{Outcome, Transcript},
    ids::RunId,
    model::RunStatus,
};

use crate::output::{Out, Tone, bytes, one_line, plain, pretty, said_already};

/// The answer of a run that was not shown while it came; why it failed goes to stderr. `every_kind`: links are part
/// of it, and files are named on stderr.
pub(super) fn answer(transcript: &Transcript, run: RunId, every_kind: bool, out: &Out) {
    let mut text = plain(&transcript.answer());
    for artifact in &transcript.artifacts {
        let line = match (&artifact.json, &artifact.url) {
            (Some(json), _) if !said_already(transcript, json) => pretty(json),
            (None, Some(url)) if every_kind && artifact.blob_id.is_none() => {
                format!("{}  {}", one_line(&artifact.name), one_line(url))
            }
            _ => continue,
        };
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(&line);
    }
    if !text.is_empty() {
        if !text.ends_with('\n') {
            text.push('\n');
        }
        out.text(&text);
    }
    let files = transcript.artifacts.iter().filter(|artifact| every_kind && artifact.blob_id.is_some());
    for artifact in files {
        let mut facts = vec![one_line(&artifact.name), one_line(&artifact.media_type)];
        facts.extend(artifact.size.map(bytes));
        out.note(format!("  {} {}", out.err.paint(Tone::Accent, "◆"), facts.join(" · ")));
    }
    let Some(done) = &transcript.done else { return };
    if done.outcome == Outcome::Succeeded || out.stderr_terminal {
        return;
    }
    match transcript.errors.iter().rev().find(|error| error.fatal) {
        Some(error) => {
            let mut failure = Failure::new(error.code, error.message.clone());
            failure.hint = error.hint.clone();
            failure.peer_status = error.peer_status;
            out.failure(&failure);
        }
        None => {
            let reason = done.reason.as_deref().map(plain).unwrap_or_default();
            out.note(format!("The run ended as {}. {reason}", run_word(done.outcome)));
        }
    }
    out.note(format!("See jackfield trace {run}"));
}

fn run_word(outcome: Outcome) -> &'static str {
    RunStatus::from(outcome).as_str()
}
