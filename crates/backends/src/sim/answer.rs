//! Answering a pause: once, in the mode of the run's first part; a live answer brings a stream, handed to whoever listens to the run.

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::{InputKind, InputRequired},
    model::InputAnswer,
    port::ResumeRequest,
};
use serde_json::{Value, json};

use super::{
    api::Api,
    error::{refused, said},
    input::{self, Mode},
};
use crate::{
    live::Incoming,
    transport::{SendFault, answer as read},
};

/// Most bytes of an answer that is no stream.
const CAP: usize = 16 * 1024 * 1024;

/// Gives an answer.
pub(crate) async fn answer(
    api: &Api,
    request: &ResumeRequest,
    asked: &InputRequired,
    given: &InputAnswer,
) -> Result<(), Failure> {
    if asked.kind == InputKind::Timer {
        return Err(Failure::new(ErrorCode::NotWaiting, "The run waits for its time; nobody is asked.")
            .hint("It goes on by itself."));
    }
    let data = match (&given.data, &given.text) {
        (Some(data @ Value::Object(_)), _) => data.clone(),
        (Some(_), _) => {
            return Err(Failure::new(ErrorCode::InvalidInput, "The answer of a form is a JSON object.")
                .at("/answer/data"));
        }
        (None, Some(text)) => text_answer(asked, text)?,
        (None, None) => json!({}),
    };
    let run = &request.run;
    let face = api.face().await?;
    let known = request.checkpoint.as_ref().map_or(&Value::Null, |checkpoint| &checkpoint.data);
    let mode = if known["mode"] == "durable" { Mode::Durable } else { Mode::Live };
    let context = known["question"]["context"].as_str().unwrap_or(&asked.request_id.0);
    let sent = input::answer(api, face, run, context, &data, mode).send().await;
    let response = match sent.map_err(|error| SendFault::of(&error)) {
        Ok(response) => response,
        Err(SendFault::NotSent(failure)) => return Err(failure),
        Err(SendFault::MaybeSent(failure)) => {
            let message = format!("Whether Sim took the answer is not known: {failure}");
            return Err(Failure::new(ErrorCode::AnswerRejected, message)
                .hint("Follow the run: it goes on if the answer arrived."));
        }
    };
    let status = response.status().as_u16();
    if (200..300).contains(&status) {
        let incoming = Incoming::of(response);
        if incoming.media_type == "text/event-stream" && !api.live.hand_over(run.run_id, incoming) {
            tracing::debug!(run = %run.run_id, "nobody listens to the run right now: its record will tell what follows");
        }
        return Ok(());
    }
    let answer = read(response, CAP, api.transport.silence).await?;
    Err(match status {
        409 => Failure::new(ErrorCode::NotWaiting, "Sim no longer waits for this answer.")
            .hint("It was answered there, or the run has ended."),
        400 | 422 => Failure::new(
            ErrorCode::AnswerRejected,
            format!("Sim did not take the answer: {}.", said(&answer.value)),
        )
        .status(status),
        _ => refused(&answer),
    })
}

/// A text fills the only field of a form.
fn text_answer(asked: &InputRequired, text: &str) -> Result<Value, Failure> {
    let fields = asked.schema.as_ref().and_then(|schema| schema["properties"].as_object());
    match fields.map(|fields| fields.iter().collect::<Vec<_>>()).as_deref() {
        Some([(name, schema)]) if schema["type"] == "string" => Ok(json!({ (*name).clone(): text })),
        None | Some([]) => Ok(json!({"input": text})),
        Some(fields) => {
            let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
            Err(Failure::new(ErrorCode::InvalidInput, "The question is a form: a text does not answer it.")
                .at("/answer/data")
                .hint(format!("Give an object with: {}.", names.join(", "))))
        }
    }
}
