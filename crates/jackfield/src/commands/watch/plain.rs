//! What a pipe gets: the answer, and nothing else.

use jackfield_protocol::{
    error::Failure,
    event::{Outcome, Transcript},
    ids::RunId,
    model::RunStatus,
};

use crate::output::{Out, plain, pretty};

/// The answer of a run that was not shown while it came; why it failed goes to stderr.
pub(super) fn answer(transcript: &Transcript, run: RunId, out: &Out) {
    let mut text = plain(&transcript.answer());
    for artifact in &transcript.artifacts {
        if let Some(json) = &artifact.json {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(&pretty(json));
        }
    }
    if !text.is_empty() {
        if !text.ends_with('\n') {
            text.push('\n');
        }
        out.text(&text);
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
