//! Pauses: a person is asked (human in the loop), or time has to pass. A pause looks like success: `success: true` beside `_resume`.

use jackfield_protocol::{
    event::{InputKind, InputRequired},
    ids::InputRequestId,
};
use serde_json::{Value, json};

use super::schema;

/// Longest prompt, in characters.
const PROMPT: usize = 4000;

/// Whether an output is a pause.
pub(crate) fn is_pause(output: &Value) -> bool {
    resume_of(output)["contextId"].is_string()
}

fn resume_of(output: &Value) -> &Value {
    let data = &output["data"]["_resume"];
    if data.is_object() { data } else { &output["_resume"] }
}

/// The question of a pause, from the output (form and words) and the record (kind and time).
pub(crate) fn of(output: &Value, paused: &Value) -> Option<InputRequired> {
    let resume = resume_of(output);
    let context = resume["contextId"].as_str().or_else(|| paused["contextId"].as_str())?;
    let data = if output["data"].is_object() { &output["data"] } else { output };
    if paused["pauseKind"] == "time" {
        return Some(InputRequired {
            request_id: InputRequestId(context.to_owned()),
            kind: InputKind::Timer,
            prompt: "The run waits for its time.".to_owned(),
            choices: Vec::new(),
            schema: None,
            expires_at: paused["resumeAt"].as_str().and_then(|text| text.parse().ok()),
            url: None,
        });
    }
    let shown: Vec<String> = data["responseStructure"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|field| {
            let name = field["name"].as_str().unwrap_or_default();
            let value = &field["value"];
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            if name.is_empty() { value } else { format!("{name}: {value}") }
        })
        .collect();
    let prompt = if shown.is_empty() { "The run waits for a person.".to_owned() } else { shown.join("\n") };
    let form = schema::of_pause(&data["inputFormat"]);
    Some(InputRequired {
        request_id: InputRequestId(context.to_owned()),
        kind: if form.is_some() { InputKind::Form } else { InputKind::Resume },
        prompt: prompt.chars().take(PROMPT).collect(),
        choices: Vec::new(),
        schema: form,
        expires_at: None,
        url: resume["uiUrl"].as_str().map(str::to_owned),
    })
}

/// What has to be remembered to answer it.
pub(crate) fn remembered(question: &InputRequired) -> Value {
    json!({"context": question.request_id.0})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_becomes_a_form_and_a_timed_one_a_timer() {
        let output = json!({"data": {"responseStructure": [{"name": "question", "value": "ok?"}],
            "inputFormat": [{"name": "approved", "type": "boolean"}], "_resume": {"contextId": "c1", "uiUrl": "http://h/resume"}}});
        assert!(is_pause(&output));
        let question = of(&output, &Value::Null).unwrap();
        assert_eq!((question.kind, question.prompt.as_str()), (InputKind::Form, "question: ok?"));
        let timer = of(
            &Value::Null,
            &json!({"contextId": "c2", "pauseKind": "time", "resumeAt": "2026-11-24T00:00:00Z"}),
        )
        .unwrap();
        assert!(timer.kind == InputKind::Timer && timer.expires_at.is_some());
        assert!(!is_pause(&json!({"content": "a"})));
    }
}
