//! Answering what a run asks: a further prediction in the same conversation, which goes on where the execution stopped (recordings h01 to h04).

use std::time::Duration;

use bytes::BytesMut;
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::InputRequired,
    model::InputAnswer,
    port::ResumeRequest,
};
use serde_json::{Value, json};

use super::{
    api::Api,
    frame::Frame,
    framing::{Form, Framing, form},
    input,
    live::Incoming,
    record::{Newest, newest_waits},
    whole::{self, Whole},
};
use crate::{flowise::error::plain, transport::SendFault};

/// How long the first event of the stream may take.
const FIRST: Duration = Duration::from_secs(10);
/// Most bytes that are read before the stream is handed over.
const EARLY: usize = 256 * 1024;

/// Gives an answer, once, and hands what follows to whoever listens to the run.
pub(crate) async fn answer(
    api: &Api,
    request: &ResumeRequest,
    asked: &InputRequired,
    answer: &InputAnswer,
) -> Result<(), Failure> {
    let run = &request.run;
    let chosen = answer.choice.as_deref().unwrap_or_default();
    let choice = asked.choices.iter().find(|choice| choice.id == chosen || choice.label == chosen);
    let choice = choice.ok_or_else(|| {
        let known: Vec<String> =
            asked.choices.iter().map(|choice| format!("{} ({})", choice.id, choice.label)).collect();
        Failure::new(ErrorCode::InvalidInput, format!("'{chosen}' is not one of the choices."))
            .at("/answer/choice")
            .hint(format!("Choose one of: {}.", known.join(", ")))
    })?;
    let known = request.checkpoint.as_ref().map(|checkpoint| &checkpoint.data).unwrap_or(&Value::Null);
    let question = &known["question"];
    if question["older"] != true {
        still_waits(api, request, known["execution"].as_str()).await?;
    }
    let feedback = answer
        .text
        .clone()
        .or_else(|| answer.data.as_ref().and_then(|data| data["feedback"].as_str().map(str::to_owned)));
    let mut body = json!({
        "chatId": input::chat(run),
        "streaming": true,
        "overrideConfig": {"sessionId": input::session(run)},
    });
    if question["older"] == true {
        // The older agents take the button's words as the next question (read in Flowise's source, not recorded).
        body["question"] = json!(choice.label);
        body["action"] = json!({"id": question["id"], "mapping": question["mapping"]});
    } else {
        let mut human = json!({"type": choice.id, "feedback": feedback.unwrap_or_default()});
        if question["node"].is_string() {
            human["startNodeId"] = question["node"].clone();
        }
        body["humanInput"] = human;
    }
    let entry = input::entry(&run.workflow, run.entry.as_deref())?;
    let sent = api.transport.send(input::prediction(api, entry, run, &body)).await;
    let incoming = match sent.map_err(|fault| api.noted(fault)) {
        Ok(response) => taken(Incoming::of(response)).await?,
        Err(SendFault::NotSent(failure)) => return Err(failure),
        Err(SendFault::MaybeSent(failure)) => {
            let message = format!("Whether Flowise took the answer is not known: {failure}");
            return Err(Failure::new(ErrorCode::AnswerRejected, message)
                .hint("Follow the run: it goes on if the answer arrived."));
        }
    };
    if !api.live.hand_over(run.run_id, incoming) {
        tracing::debug!(run = %run.run_id, "nobody listens to the run right now: its record will tell what follows");
    }
    Ok(())
}

/// An answer goes to the newest execution of the conversation: it has to be this run's, and to wait.
async fn still_waits(api: &Api, request: &ResumeRequest, known: Option<&str>) -> Result<(), Failure> {
    if !api.config.has_key() {
        return Ok(());
    }
    let not_waiting = |why: &str| Failure::new(ErrorCode::NotWaiting, why);
    match newest_waits(api, &request.run, known).await {
        Ok(Newest::Waits) => Ok(()),
        Ok(Newest::WentOn) => Err(not_waiting("Flowise no longer waits for this answer.").hint("It was answered there.")),
        Ok(Newest::None) => Err(not_waiting("Flowise does not have the execution any more.")),
        Ok(Newest::Another) => Err(not_waiting("Another run of the same conversation has begun since: Flowise would give the answer to that one.")
            .hint("Start runs that wait for people in conversations of their own.")),
        // A key that may not look cannot make sure; Flowise itself refuses what does not wait.
        Err(failure) if failure.code == ErrorCode::PeerScopeMissing => Ok(()),
        Err(failure) => Err(failure),
    }
}

/// Reads until Flowise has said that it goes on, or why not.
async fn taken(mut incoming: Incoming) -> Result<Incoming, Failure> {
    let mut early = BytesMut::new();
    let mut parser = super::parse::Parser::new(super::nodes::Nodes::default(), String::new());
    let until = tokio::time::Instant::now() + FIRST;
    loop {
        let told = if (200..300).contains(&incoming.status) {
            form(&incoming.media_type, None, &early)
        } else {
            Form::Whole
        };
        if let Form::Stream(format) = told {
            // Read for its first event only: the listener reads it again from the beginning.
            let first = Framing::new(format).push(&early).into_iter().find_map(Result::ok);
            if let Some(frame) = first.and_then(|bytes| Frame::read(&bytes).ok()) {
                if frame.event == "error" {
                    return Err(rejected(frame.data.as_str().unwrap_or_default()));
                }
                incoming.early = early.freeze();
                return Ok(incoming);
            }
        }
        if early.len() > EARLY {
            incoming.early = early.freeze();
            return Ok(incoming);
        }
        match tokio::time::timeout_at(until, incoming.body.next(FIRST)).await {
            Ok(Ok(Some(bytes))) => early.extend_from_slice(&bytes),
            Ok(Ok(None)) => {
                return match whole::read(&mut parser, incoming.status, None, &early) {
                    Whole::Failed(failure) | Whole::NotStarted(failure) | Whole::Unclear(failure) => {
                        Err(rejected(&failure.message))
                    }
                    Whole::Said(..) => {
                        incoming.early = early.freeze();
                        Ok(incoming)
                    }
                };
            }
            // It has the answer, and is slow: whoever listens has the patience.
            Err(_) | Ok(Err(_)) => {
                incoming.early = early.freeze();
                return Ok(incoming);
            }
        }
    }
}

fn rejected(why: &str) -> Failure {
    Failure::new(ErrorCode::AnswerRejected, format!("Flowise did not take the answer: {}.", plain(why)))
        .hint("It may have been answered in Flowise; follow the run.")
}
