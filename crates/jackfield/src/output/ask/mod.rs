//! Questions that a run asks a person: how they look, and what a typed line means. Pure.

mod fields;

use jackfield_protocol::{
    event::{InputKind, InputRequired},
    model::InputAnswer,
};
use serde_json::Value;

use self::fields::{Field, fields};
use super::{Style, Tone, one_line, plain, wrap};

/// What is asked next, after the lines of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asking {
    /// Show this prompt and read a line.
    Prompt(String),
    /// Nothing can be typed: the run goes on by itself or elsewhere.
    Nothing,
}

/// A question that is being answered, line by line.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    input: InputRequired,
    /// Of a form with named fields; `None`: anything else.
    fields: Option<Vec<Field>>,
    /// What was typed for the first of them; nothing for those that were left out.
    filled: Vec<Option<Value>>,
}

/// What a typed line means.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Typed {
    /// The answer is complete.
    Answer(InputAnswer),
    /// Ask for the next field.
    More,
    /// It does not fit; says why.
    Again(String),
}

impl Question {
    /// From the event.
    pub(crate) fn new(input: InputRequired) -> Self {
        let fields = if input.kind == InputKind::Form { fields(input.schema.as_ref()) } else { None };
        Self { input, fields, filled: Vec::new() }
    }

    /// The event.
    pub(crate) fn input(&self) -> &InputRequired {
        &self.input
    }

    /// The prompt of the next line.
    pub(crate) fn asking(&self, style: Style) -> Asking {
        let prompt = match self.input.kind {
            InputKind::Text => "answer".to_owned(),
            InputKind::Resume => "press Enter to go on".to_owned(),
            InputKind::Form => match (&self.fields, self.next_field()) {
                (Some(_), Some(field)) => field.prompt(),
                (Some(_), None) => "press Enter to send".to_owned(),
                (None, _) => "answer as JSON".to_owned(),
            },
            InputKind::Choice => format!("choose 1–{}", self.input.choices.len()),
            InputKind::External if !self.input.choices.is_empty() => {
                format!("choose 1–{}", self.input.choices.len())
            }
            InputKind::Timer | InputKind::External => return Asking::Nothing,
        };
        Asking::Prompt(prompted(&prompt, style))
    }

    /// What a typed line means.
    pub(crate) fn typed(&mut self, line: &str) -> Typed {
        let line = line.trim();
        match self.input.kind {
            InputKind::Choice => self.choice(line),
            InputKind::External if !self.input.choices.is_empty() => self.choice(line),
            InputKind::Text if line.is_empty() => Typed::Again("Type an answer, then Enter.".to_owned()),
            InputKind::Text => {
                Typed::Answer(InputAnswer { text: Some(line.to_owned()), ..InputAnswer::default() })
            }
            InputKind::Form => self.form(line),
            InputKind::Resume | InputKind::Timer | InputKind::External => {
                Typed::Answer(InputAnswer::default())
            }
        }
    }

    fn choice(&self, line: &str) -> Typed {
        let by_number = line.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let choice = match by_number {
            Some(at) => self.input.choices.get(at),
            None => self
                .input
                .choices
                .iter()
                .find(|choice| choice.id == line || choice.label.eq_ignore_ascii_case(line)),
        };
        match choice {
            Some(choice) => {
                Typed::Answer(InputAnswer { choice: Some(choice.id.clone()), ..InputAnswer::default() })
            }
            None => Typed::Again(format!("Type a number from 1 to {}.", self.input.choices.len())),
        }
    }

    fn next_field(&self) -> Option<&Field> {
        self.fields.as_ref()?.get(self.filled.len())
    }

    fn form(&mut self, line: &str) -> Typed {
        if let Some(name) = line.strip_prefix(':')
            && let Some(choice) = self.input.choices.iter().find(|choice| choice.id == name)
        {
            return Typed::Answer(InputAnswer { choice: Some(choice.id.clone()), ..InputAnswer::default() });
        }
        let Some(fields) = &self.fields else {
            return match serde_json::from_str::<Value>(line) {
                Ok(data) => Typed::Answer(InputAnswer { data: Some(data), ..InputAnswer::default() }),
                Err(error) => Typed::Again(format!("That is not JSON: {error}.")),
            };
        };
        if let Some(field) = fields.get(self.filled.len()) {
            match field.value(self.input.schema.as_ref().unwrap_or(&Value::Null), line) {
                Ok(value) => self.filled.push(value),
                Err(why) => return Typed::Again(why),
            }
        }
        if self.filled.len() < fields.len() {
            return Typed::More;
        }
        // A field that was left empty is not part of the answer.
        let data = fields.iter().zip(&self.filled);
        let data = data.filter_map(|(field, value)| Some((field.name.clone(), value.clone()?))).collect();
        Typed::Answer(InputAnswer { data: Some(Value::Object(data)), ..InputAnswer::default() })
    }
}

fn prompted(prompt: &str, style: Style) -> String {
    format!("  {} ", style.paint(Tone::Warn, format!("{prompt} ›")))
}

/// The question as it stands on the screen.
pub(crate) fn describe(input: &InputRequired, columns: usize, style: Style) -> Vec<String> {
    let mut lines = Vec::new();
    for (at, line) in wrap(&plain(&input.prompt), columns.saturating_sub(6).max(20)).into_iter().enumerate() {
        let start = if at == 0 { format!("  {} ", style.paint(Tone::Warn, "?")) } else { "    ".to_owned() };
        lines.push(format!("{start}{}", style.paint(Tone::Bold, line)));
    }
    for (at, choice) in input.choices.iter().enumerate() {
        let key = match input.kind {
            // Filling it in is the first of them.
            InputKind::Form if at == 0 => continue,
            InputKind::Form => format!(":{}", one_line(&choice.id)),
            _ => (at + 1).to_string(),
        };
        lines.push(format!("    {}  {}", style.paint(Tone::Accent, key), one_line(&choice.label)));
    }
    if let Some(url) = &input.url {
        let word = if input.kind == InputKind::External { "Answer it there:" } else { "Or there:" };
        lines.push(style.paint(Tone::Dim, format!("    {word} {}", one_line(url))));
    }
    if let Some(until) = input.expires_at {
        lines.push(style.paint(Tone::Dim, format!("    The peer waits until {until:.0}.")));
    }
    lines
}

#[cfg(test)]
mod tests {
    use jackfield_protocol::event::Choice;
    use serde_json::json;

    use super::*;

    fn input(kind: InputKind) -> InputRequired {
        InputRequired {
            request_id: "q".into(),
            kind,
            prompt: "Send the mail?".into(),
            choices: Vec::new(),
            schema: None,
            expires_at: None,
            url: None,
        }
    }

    fn asked(question: &Question) -> String {
        match question.asking(Style::default()) {
            Asking::Prompt(prompt) => prompt.trim().trim_end_matches('›').trim().to_owned(),
            Asking::Nothing => String::new(),
        }
    }

    #[test]
    fn a_choice_by_number_or_by_name() {
        let choice = |id: &str, label: &str| Choice { id: id.into(), label: label.into() };
        let asked = InputRequired {
            choices: vec![choice("a", "Approve"), choice("d", "Decline")],
            ..input(InputKind::Choice)
        };
        insta::assert_snapshot!(describe(&asked, 60, Style::default()).join("\n"), @r"
          ? Send the mail?
            1  Approve
            2  Decline
        ");
        let mut question = Question::new(asked);
        assert_eq!(question.asking(Style::default()), Asking::Prompt("  choose 1–2 › ".into()));
        let chosen =
            |id: &str| Typed::Answer(InputAnswer { choice: Some(id.into()), ..InputAnswer::default() });
        assert_eq!(question.typed(" 2 "), chosen("d"));
        assert_eq!(question.typed("approve"), chosen("a"));
        assert!(matches!(question.typed("0"), Typed::Again(_)));
        assert!(matches!(question.typed("3"), Typed::Again(_)));
    }

    #[test]
    fn a_form_is_asked_field_by_field() {
        let schema = json!({"type": "object", "required": ["name"], "properties": {
            "name": {"type": "string", "title": "Your name"},
            "age": {"type": "integer"},
            "news": {"type": "boolean"},
            "size": {"type": "string", "enum": ["S", "L"]},
        }});
        let mut question = Question::new(InputRequired { schema: Some(schema), ..input(InputKind::Form) });
        assert_eq!(asked(&question), "Your name (required)");
        assert_eq!(question.typed(""), Typed::Again("Your name is required.".into()));
        assert_eq!(question.typed("Ada"), Typed::More);
        assert_eq!(question.typed("old"), Typed::Again("'old' is no integer.".into()));
        assert_eq!(question.typed(""), Typed::More);
        assert_eq!(asked(&question), "news (y/n)");
        assert_eq!(question.typed("y"), Typed::More);
        assert_eq!(asked(&question), "size (S | L)");
        assert_eq!(question.typed("M"), Typed::Again("Use one of: S, L.".into()));
        let answer = json!({"name": "Ada", "news": true, "size": "L"});
        assert_eq!(
            question.typed("L"),
            Typed::Answer(InputAnswer { data: Some(answer), ..InputAnswer::default() })
        );
    }

    #[test]
    fn what_is_no_flat_form_is_answered_as_json() {
        let mut question = Question::new(input(InputKind::Form));
        assert!(matches!(question.typed("{"), Typed::Again(_)));
        assert_eq!(
            question.typed("{\"a\":[1]}"),
            Typed::Answer(InputAnswer { data: Some(json!({"a": [1]})), ..InputAnswer::default() })
        );
    }

    #[test]
    fn lists_defaults_and_nested_values_are_asked_for_too() {
        let schema = json!({"type": "object", "required": ["tags", "at"], "properties": {
            "tags": {"type": "array", "description": "What it is about.", "items": {"anyOf": [
                {"const": "a", "title": "Apples"}, {"const": "b", "title": "Bees"}]}},
            "at": {"$ref": "#/$defs/place"},
            "count": {"type": "integer", "default": 3},
            "note": {"type": ["string", "null"]},
        }, "$defs": {"place": {"type": "object", "title": "Place"}}});
        let mut question = Question::new(InputRequired { schema: Some(schema), ..input(InputKind::Form) });
        assert_eq!(asked(&question), "tags: What it is about. (Apples | Bees; several with commas)");
        assert!(matches!(question.typed("apples, cats"), Typed::Again(_)));
        assert_eq!(question.typed("apples, b"), Typed::More);
        assert_eq!(asked(&question), "Place (JSON)");
        assert!(matches!(question.typed("here"), Typed::Again(_)));
        assert_eq!(question.typed("{\"x\":1}"), Typed::More);
        assert_eq!(asked(&question), "count (Enter: 3)");
        assert_eq!(question.typed(""), Typed::More);
        let answer = json!({"tags": ["a", "b"], "at": {"x": 1}, "count": 3});
        assert_eq!(
            question.typed(""),
            Typed::Answer(InputAnswer { data: Some(answer), ..InputAnswer::default() })
        );
    }

    #[test]
    fn a_form_can_be_declined_and_one_without_fields_sent() {
        let choice = |id: &str, label: &str| Choice { id: id.into(), label: label.into() };
        let asked_for = InputRequired {
            schema: Some(json!({"type": "object", "properties": {}})),
            choices: vec![choice("accept", "Send"), choice("decline", "Decline")],
            ..input(InputKind::Form)
        };
        insta::assert_snapshot!(describe(&asked_for, 60, Style::default()).join("\n"), @r"
          ? Send the mail?
            :decline  Decline
        ");
        let mut question = Question::new(asked_for);
        assert_eq!(asked(&question), "press Enter to send");
        let declined = InputAnswer { choice: Some("decline".into()), ..InputAnswer::default() };
        assert_eq!(question.typed(":decline"), Typed::Answer(declined));
        let sent = InputAnswer { data: Some(json!({})), ..InputAnswer::default() };
        assert_eq!(question.typed(""), Typed::Answer(sent));
    }

    #[test]
    fn what_is_answered_elsewhere_can_be_confirmed_here() {
        let choice = |id: &str, label: &str| Choice { id: id.into(), label: label.into() };
        let mut question = Question::new(InputRequired {
            choices: vec![choice("accept", "I have opened the page"), choice("decline", "No")],
            url: Some("https://peer.test/".into()),
            ..input(InputKind::External)
        });
        assert_eq!(asked(&question), "choose 1–2");
        let done = InputAnswer { choice: Some("accept".into()), ..InputAnswer::default() };
        assert_eq!(question.typed("1"), Typed::Answer(done));
        assert_eq!(Question::new(input(InputKind::External)).asking(Style::default()), Asking::Nothing);
    }

    #[test]
    fn a_timer_asks_nobody() {
        assert_eq!(Question::new(input(InputKind::Timer)).asking(Style::default()), Asking::Nothing);
    }
}
