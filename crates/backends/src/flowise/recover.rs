//! Finding a run again: polls what Flowise stored until it tells the end. Never sends anything.

use std::time::Duration;

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    port::AttemptEnd,
    time::now,
};
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::{
    error::run_failed,
    record::{self, Execution, Stored},
    run::Run,
    teller::impossible,
};

/// Time between two looks: first, longest.
const LOOKS: (Duration, Duration) = (Duration::from_millis(300), Duration::from_secs(2));
/// How long an ended execution may be without its message before its own records have the word.
const MESSAGE_LAG: Duration = Duration::from_secs(5);
/// How long after a restart of Flowise something that ran before may still come to its end.
const RESTART: Duration = Duration::from_secs(8);

/// How following ended.
pub(super) enum Recovered {
    /// The run waits for a person.
    Waiting,
    /// The attempt is over.
    End(AttemptEnd),
}

/// One search.
pub(super) struct Recovery {
    began: Instant,
    /// How long nothing at all is waited for.
    patience: Duration,
    /// How long an execution that goes on is waited for.
    longest: Duration,
    /// Since when an ended execution is without its message.
    ended: Option<Instant>,
}

impl Recovery {
    pub(super) fn new(run: &Run) -> Self {
        Self {
            began: Instant::now(),
            patience: run.api.config.recovery(),
            longest: run.api.config.longest(),
            ended: None,
        }
    }

    /// Follows the run to its end.
    pub(super) async fn follow(mut self, run: &mut Run) -> Recovered {
        let mut wait = LOOKS.0;
        loop {
            let known = run.known_execution();
            let stored = record::look(&run.api, &run.request, run.parser.segment(), known.as_deref()).await;
            let done = match stored {
                Err(failure) => Some(self.refused(run, failure).await),
                Ok(Stored::Answer(message, execution)) => Some(answer(run, &message, execution).await),
                Ok(Stored::Failed(execution)) => Some(failed(run, &execution).await),
                Ok(Stored::Waiting(message, execution)) => Some(waiting(run, &message, execution).await),
                Ok(Stored::WentOn) => {
                    run.teller.answered_there().await;
                    run.next_part();
                    None
                }
                Ok(Stored::Running(execution)) => self.running(run, &execution).await,
                Ok(Stored::Nothing) => self.nothing(run).await,
            };
            if let Some(done) = done {
                return done;
            }
            sleep(wait).await;
            wait = (wait * 3 / 2).min(LOOKS.1);
        }
    }

    /// A refused key does not heal by trying again; everything else may.
    async fn refused(&self, run: &mut Run, failure: Failure) -> Recovered {
        Recovered::End(match failure.code {
            ErrorCode::PeerUnauthorized | ErrorCode::PeerScopeMissing => {
                let hint = failure.hint.clone().unwrap_or_default();
                run.teller.unknown(impossible(failure.message, &hint)).await
            }
            _ => AttemptEnd::Lost(failure),
        })
    }

    async fn running(&mut self, run: &mut Run, execution: &Execution) -> Option<Recovered> {
        run.teller.identified(execution.id(), true).await;
        if matches!(execution.state(), "FINISHED" | "STOPPED") {
            let since = *self.ended.get_or_insert_with(Instant::now);
            if execution.state() == "FINISHED" && since.elapsed() > MESSAGE_LAG {
                run.executed(execution).await;
                let text = run.parser.verdicts.text.clone().unwrap_or_default();
                run.complete(&text).await;
                return Some(Recovered::End(run.teller.succeeded()));
            }
            return None;
        }
        if self.was_restarted(run) {
            let failure = Failure::new(
                ErrorCode::PeerLostRun,
                "Flowise was restarted while the run went on there, and lost it.",
            )
            .hint("What ran before may have had effects; check before you run it again.");
            return Some(Recovered::End(run.teller.failed(failure, false).await));
        }
        if self.began.elapsed() > self.longest {
            let why = format!(
                "Flowise has listed the run as going on for {:?}; it may have been lost there.",
                self.longest
            );
            let hint = "Look at its execution in Flowise. `running_timeout_ms` waits longer.";
            return Some(Recovered::End(run.teller.unknown(impossible(why, hint)).await));
        }
        None
    }

    async fn nothing(&mut self, run: &mut Run) -> Option<Recovered> {
        let restarted = self.was_restarted(run);
        if !restarted && self.began.elapsed() <= self.patience {
            return None;
        }
        let why = if restarted {
            "Flowise was restarted after the run began, and has no record of it.".to_owned()
        } else {
            format!(
                "Flowise has stored nothing of the run for {:?}: it keeps no record of flows that fail.",
                self.patience
            )
        };
        let hint = "Look at the flow's messages in Flowise before you run it again.";
        Some(Recovered::End(run.teller.unknown(impossible(why, hint)).await))
    }

    /// Whether Flowise was down after the run began, and has been back for long enough.
    fn was_restarted(&self, run: &Run) -> bool {
        run.api.down_since().is_some_and(|down| {
            let back = Duration::try_from(now() - down).unwrap_or_default();
            down > run.request.created_at && back > RESTART.min(self.patience)
        })
    }
}

async fn answer(run: &mut Run, message: &Value, execution: Option<Execution>) -> Recovered {
    let message = run.clean(message);
    if let Some(execution) = &execution {
        run.executed(execution).await;
    }
    let drafts = run.parser.extras(&message, now());
    run.teller.tell_all(drafts).await;
    if let Some(text) = message["content"].as_str() {
        run.complete(text).await;
    }
    let drafts = run.parser.trace.flush();
    run.teller.tell_all(drafts).await;
    Recovered::End(run.teller.succeeded())
}

async fn failed(run: &mut Run, execution: &Execution) -> Recovered {
    run.executed(execution).await;
    let why = execution.error().unwrap_or_default();
    let failure = if execution.state() == "TERMINATED" { run_failed("aborted") } else { run_failed(&why) };
    Recovered::End(run.teller.failed(failure, false).await)
}

async fn waiting(run: &mut Run, message: &Value, execution: Option<Execution>) -> Recovered {
    if run.teller.seen.pending.is_empty() {
        let message = run.clean(message);
        if let Some(execution) = &execution {
            run.executed(execution).await;
        }
        if let Some(text) = message["content"].as_str() {
            run.complete(text).await;
        }
        if !run.ask_stored(&message).await {
            let why = "The run waits for a person, but Flowise does not say for what.";
            return Recovered::End(run.teller.unknown(impossible(why, "Answer it in Flowise.")).await);
        }
    }
    Recovered::Waiting
}
