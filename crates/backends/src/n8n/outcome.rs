//! Following an execution to its end: polls, tells steps and questions, gives the verdict.

use std::time::Duration;

use futures_util::StreamExt as _;
use jackfield_protocol::{
    error::Failure,
    event::{Delta, Draft, EventBody, InputResolved, ResolvedBy, Source},
    ids::InputRequestId,
    port::{AttemptEnd, Signal, Signals},
    time::now,
};
use tokio::time::Instant;

use super::{
    api::Api,
    chat_socket,
    execution::{Execution, Status},
    question::{self, Saying},
    run::RARER,
    teller::Teller,
};

/// Time between two looks at a run that goes on: first, longest.
const RUNNING: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(2));
/// The same while it waits for somebody: in the first minute, and later.
const WAITING: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(5));
/// How long an answer given through the hub may be behind what n8n already did with it.
const ANSWER_LAG: Duration = Duration::from_secs(3);

/// How following ended.
pub(crate) enum Followed {
    /// The run has its end.
    End(AttemptEnd),
    /// n8n does not have the execution any more.
    Gone,
    /// n8n could not be asked.
    Failed(Failure),
}

/// Follows an execution that is known by its id.
pub(crate) async fn follow(
    api: &Api,
    id: &str,
    session: &str,
    teller: &mut Teller,
    signals: &mut Signals,
) -> Followed {
    let mut wait = RUNNING.0;
    let mut waiting_since: Option<Instant> = None;
    loop {
        let began = Instant::now();
        let execution = match api.execution(id, true).await {
            Ok(Some(value)) => Execution::of(value),
            Ok(None) => return Followed::Gone,
            Err(failure) => return Followed::Failed(failure),
        };
        let Some(execution) = execution else { return Followed::Gone };
        let cost = began.elapsed() * RARER;
        let saying = (execution.status() == Status::Waiting).then(|| question::saying(&execution)).flatten();
        if let Some(saying) = saying {
            resolve_all(teller, signals).await;
            say(api, &execution, saying, session, teller).await;
            wait = RUNNING.0;
        } else if execution.status() == Status::Waiting {
            let since = *waiting_since.get_or_insert_with(Instant::now);
            ask(api, &execution, teller, signals).await;
            wait = if since.elapsed() < Duration::from_secs(60) { WAITING.0 } else { WAITING.1 };
        } else {
            if waiting_since.take().is_some() || !teller.seen.pending.is_empty() {
                wait = RUNNING.0;
                resolve_all(teller, signals).await;
            }
            if execution.has_ended() {
                return Followed::End(teller.ended(api, &execution).await);
            }
            if execution.has_data() {
                teller.steps(api, &execution).await;
            }
            wait = (wait * 3 / 2).min(RUNNING.1);
        }
        pause(wait.max(cost), teller, signals).await;
    }
}

/// Asks what the execution waits for, once; an earlier question that it no longer waits for is resolved first.
async fn ask(api: &Api, execution: &Execution, teller: &mut Teller, signals: &mut Signals) {
    let Some(question) = question::of(api, execution) else { return };
    if teller.seen.asked.contains(&question.input.request_id) {
        return;
    }
    resolve_all(teller, signals).await;
    teller.steps(api, execution).await;
    let draft = Draft::new(EventBody::InputRequired(question.input)).said_by(Source::node(question.node));
    teller.tell(draft).await;
}

/// A chat node says something without asking: tells it once, and listens at n8n so that the workflow goes on.
async fn say(api: &Api, execution: &Execution, saying: Saying, session: &str, teller: &mut Teller) {
    teller.steps(api, execution).await;
    if teller.seen.message(&saying.message).is_none() && !saying.text.is_empty() {
        let text = teller.redact.text(&saying.text).into_owned();
        let draft = Draft::new(EventBody::Delta(Delta::text(text)));
        teller.tell(draft.message(saying.message).said_by(Source::node(saying.node))).await;
    }
    // A socket that breaks is opened again at the next look.
    if let Err(failure) = chat_socket::listen(api, execution, session).await {
        tracing::debug!(execution = execution.id(), %failure, "nobody could listen to the chat");
    }
}

/// n8n went on: whatever was open has been answered, here or there.
async fn resolve_all(teller: &mut Teller, signals: &mut Signals) {
    let until = Instant::now() + ANSWER_LAG;
    while !teller.seen.pending.is_empty() {
        match tokio::time::timeout_at(until, signals.next()).await {
            Ok(Some(signal)) => signalled(teller, signal).await,
            Ok(None) | Err(_) => break,
        }
    }
    for question in teller.seen.pending.clone() {
        let resolved = InputResolved { request_id: question.request_id, by: ResolvedBy::Peer, choice: None };
        teller.tell(Draft::new(EventBody::InputResolved(resolved))).await;
    }
}

/// The engine has logged the answer itself: only our own copy of the log has to learn it.
pub(crate) fn answered(teller: &mut Teller, request_id: InputRequestId) {
    let resolved = InputResolved { request_id, by: ResolvedBy::Answer, choice: None };
    let draft = Draft::new(EventBody::InputResolved(resolved));
    let event = draft.stamp(jackfield_protocol::ids::RunId::new(), teller.seen.last_seq + 1, now(), None);
    teller.seen.apply(&event);
}

/// Takes what the engine says beside the peer.
pub(crate) async fn signalled(teller: &mut Teller, signal: Signal) {
    match signal {
        Signal::Answered(id) => answered(teller, id),
        Signal::Span(span) => teller.span(&span).await,
    }
}

/// The next signal; waits for ever when there will be none.
pub(crate) async fn next_signal(signals: &mut Signals) -> Signal {
    match signals.next().await {
        Some(signal) => signal,
        None => std::future::pending().await,
    }
}

/// Waits, or until an answer was given.
async fn pause(time: Duration, teller: &mut Teller, signals: &mut Signals) {
    let until = Instant::now() + time;
    loop {
        match tokio::time::timeout_at(until, signals.next()).await {
            Ok(Some(signal)) => {
                let is_answer = matches!(signal, Signal::Answered(_));
                signalled(teller, signal).await;
                if is_answer {
                    return;
                }
            }
            // Nobody will signal any more; time still passes.
            Ok(None) => return tokio::time::sleep_until(until).await,
            Err(_) => return,
        }
    }
}
