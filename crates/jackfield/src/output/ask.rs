//! Questions that a run asks a person: how they look, and what a typed line means. Pure.

use jackfield_protocol::{
    event::{InputKind, InputRequired},
    model::InputAnswer,
};
use serde_json::{Map, Value};

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
    fields: Vec<Field>,
    filled: Map<String, Value>,
}

/// One field of a form.
#[derive(Debug, Clone)]
struct Field {
    name: String,
    title: String,
    kind: String,
    choices: Vec<String>,
    required: bool,
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
        let fields = if input.kind == InputKind::Form { fields(input.schema.as_ref()) } else { Vec::new() };
        Self { input, fields, filled: Map::new() }
    }

    /// The event.
    pub(crate) fn input(&self) -> &InputRequired {
        &self.input
    }

    /// The prompt of the next line.
    pub(crate) fn asking(&self, style: Style) -> Asking {
        let prompt = match self.input.kind {
            InputKind::Choice => format!("choose 1–{}", self.input.choices.len()),
            InputKind::Text => "answer".to_owned(),
            InputKind::Resume => "press Enter to go on".to_owned(),
            InputKind::Form => match self.next_field() {
                Some(field) if !field.choices.is_empty() => {
                    format!("{} ({})", field.title, field.choices.join(" | "))
                }
                Some(field) if field.kind == "boolean" => format!("{} (y/n)", field.title),
                Some(field) if field.required => format!("{} (required)", field.title),
                Some(field) => field.title.clone(),
                None => "answer as JSON".to_owned(),
            },
            InputKind::Timer | InputKind::External => return Asking::Nothing,
        };
        Asking::Prompt(format!("  {} ", style.paint(Tone::Warn, format!("{prompt} ›"))))
    }

    /// What a typed line means.
    pub(crate) fn typed(&mut self, line: &str) -> Typed {
        let line = line.trim();
        match self.input.kind {
            InputKind::Choice => self.choice(line),
            InputKind::Text if line.is_empty() => Typed::Again("Type an answer, then Enter.".to_owned()),
            InputKind::Text => {
                Typed::Answer(InputAnswer { text: Some(line.to_owned()), ..InputAnswer::default() })
            }
            InputKind::Form => self.field(line),
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
        self.fields.get(self.filled.len())
    }

    fn field(&mut self, line: &str) -> Typed {
        let Some(field) = self.next_field().cloned() else {
            return match serde_json::from_str::<Value>(line) {
                Ok(data) => Typed::Answer(InputAnswer { data: Some(data), ..InputAnswer::default() }),
                Err(error) => Typed::Again(format!("That is not JSON: {error}.")),
            };
        };
        let value = match value(&field, line) {
            Ok(value) => value,
            Err(why) => return Typed::Again(why),
        };
        self.filled.insert(field.name, value);
        if self.filled.len() < self.fields.len() {
            return Typed::More;
        }
        // A field that was left empty is not part of the answer.
        let data = self.filled.iter().filter(|(_, value)| !value.is_null());
        let data = data.map(|(name, value)| (name.clone(), value.clone())).collect();
        Typed::Answer(InputAnswer { data: Some(Value::Object(data)), ..InputAnswer::default() })
    }
}

/// The question as it stands on the screen.
pub(crate) fn describe(input: &InputRequired, columns: usize, style: Style) -> Vec<String> {
    let mut lines = Vec::new();
    for (at, line) in wrap(&plain(&input.prompt), columns.saturating_sub(6).max(20)).into_iter().enumerate() {
        let start = if at == 0 { format!("  {} ", style.paint(Tone::Warn, "?")) } else { "    ".to_owned() };
        lines.push(format!("{start}{}", style.paint(Tone::Bold, line)));
    }
    for (at, choice) in input.choices.iter().enumerate() {
        let number = style.paint(Tone::Accent, format!("{}", at + 1));
        lines.push(format!("    {number}  {}", one_line(&choice.label)));
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

/// The fields of a form whose schema is a flat object; empty when it is anything else.
fn fields(schema: Option<&Value>) -> Vec<Field> {
    let Some(properties) = schema.and_then(|schema| schema.get("properties")).and_then(Value::as_object)
    else {
        return Vec::new();
    };
    let required: Vec<&str> = schema
        .and_then(|schema| schema.get("required"))
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let mut fields = Vec::with_capacity(properties.len());
    for (name, property) in properties {
        let kind = property.get("type").and_then(Value::as_str).unwrap_or("string");
        if !matches!(kind, "string" | "number" | "integer" | "boolean") {
            return Vec::new();
        }
        let choices = property.get("enum").and_then(Value::as_array).into_iter().flatten();
        fields.push(Field {
            name: name.clone(),
            title: one_line(property.get("title").and_then(Value::as_str).unwrap_or(name)),
            kind: kind.to_owned(),
            choices: choices.filter_map(Value::as_str).map(one_line).collect(),
            required: required.contains(&name.as_str()),
        });
    }
    fields
}

fn value(field: &Field, line: &str) -> Result<Value, String> {
    if line.is_empty() {
        return if field.required { Err(format!("{} is required.", field.title)) } else { Ok(Value::Null) };
    }
    match field.kind.as_str() {
        "boolean" => match line.to_ascii_lowercase().as_str() {
            "y" | "yes" | "true" => Ok(Value::Bool(true)),
            "n" | "no" | "false" => Ok(Value::Bool(false)),
            _ => Err("Type y or n.".to_owned()),
        },
        "integer" | "number" => match serde_json::from_str::<Value>(line) {
            Ok(number)
                if number.is_i64() || number.is_u64() || (field.kind == "number" && number.is_number()) =>
            {
                Ok(number)
            }
            _ => Err("Type a number.".to_owned()),
        },
        _ if field.choices.is_empty() || field.choices.iter().any(|choice| choice == line) => {
            Ok(Value::String(line.to_owned()))
        }
        _ => Err(format!("Type one of: {}.", field.choices.join(", "))),
    }
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
        assert_eq!(question.typed(""), Typed::Again("Your name is required.".into()));
        assert_eq!(question.typed("Ada"), Typed::More);
        assert_eq!(question.typed("old"), Typed::Again("Type a number.".into()));
        assert_eq!(question.typed(""), Typed::More);
        assert_eq!(question.typed("y"), Typed::More);
        assert_eq!(question.typed("M"), Typed::Again("Type one of: S, L.".into()));
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
    fn a_timer_asks_nobody() {
        assert_eq!(Question::new(input(InputKind::Timer)).asking(Style::default()), Asking::Nothing);
    }
}
