//! Asks for what is missing, one by one, before anything is sent.

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::{InputKind, InputRequired},
};
use serde_json::{Map, Value};

use crate::output::{Asking, Out, Question, Typed, describe};

/// Whether somebody is there who can be asked.
pub(crate) fn somebody(out: &Out) -> bool {
    out.stdin_terminal && out.stderr_terminal && !out.json
}

/// Asks for every property of a form.
///
/// # Errors
/// `InvalidRequest` when nothing more can be read.
pub(crate) fn form(prompt: &str, schema: Value, out: &Out) -> Result<Map<String, Value>, Failure> {
    let mut question = Question::new(InputRequired {
        request_id: "arguments".into(),
        kind: InputKind::Form,
        prompt: prompt.to_owned(),
        choices: Vec::new(),
        schema: Some(schema),
        expires_at: None,
        url: None,
    });
    for line in describe(question.input(), out.width, out.err) {
        out.note(line);
    }
    loop {
        if let Asking::Prompt(prompt) = question.asking(out.err) {
            out.err_text(&prompt);
        }
        let mut line = String::new();
        match std::io::stdin().read_line(&mut line) {
            Ok(read) if read > 0 => {}
            _ => {
                out.note("");
                return Err(Failure::new(ErrorCode::InvalidRequest, "Nothing more was typed.")
                    .hint("Give what is missing as key=value, or all of it with --args."));
            }
        }
        match question.typed(&line) {
            Typed::More => {}
            Typed::Again(why) => out.note(format!("  ! {why}")),
            Typed::Answer(answer) => {
                return Ok(match answer.data {
                    Some(Value::Object(data)) => data,
                    _ => Map::new(),
                });
            }
        }
    }
}
