//! Inputs of a `server.json`: fixed values, values with `{variables}`, defaults, and what a person has to give.

use serde_json::{Map, Value};

use super::{
    smell::{is_secret, name_smells},
    variables::{Asked, Filled, Variables},
};
use crate::{
    api::ImportVariable,
    error::{ErrorCode, Failure},
};

/// Longest text of an input, in bytes.
const TEXT: usize = 64 * 1024;

/// Where the values of inputs come from.
pub(super) struct Inputs<'a> {
    pub(super) variables: &'a Variables<'a>,
    pub(super) asked: &'a Asked,
}

impl Inputs<'_> {
    /// The value of an input; `None` where it is left out.
    ///
    /// # Errors
    /// `InvalidRequest` when a value was given that is not among its choices; `TooLarge`.
    pub(super) fn input(&self, name: &str, input: &Map<String, Value>) -> Result<Option<Filled>, Failure> {
        let Some(template) = input.get("value").and_then(Value::as_str) else {
            return self.leaf(name, input, false);
        };
        let none = Map::new();
        let variables = input.get("variables").and_then(Value::as_object).unwrap_or(&none);
        let sealed = is_on(input, "isSecret") || name_smells(name);
        self.template(template, variables, sealed, is_on(input, "isRequired"))
    }

    /// A text with `{variables}`. What is not among them stays as it is. `None`: one of them is left out, and the whole is
    /// not required.
    pub(super) fn template(
        &self,
        template: &str,
        variables: &Map<String, Value>,
        sealed: bool,
        required: bool,
    ) -> Result<Option<Filled>, Failure> {
        let mut filled = Filled::default();
        let mut rest = template;
        while let Some(open) = rest.find('{') {
            let inner = rest.get(open + 1..).unwrap_or_default();
            let name = inner.find('}').and_then(|close| inner.get(..close));
            let variable = name.and_then(|name| Some((name, variables.get(name)?.as_object()?)));
            let Some((name, variable)) = variable else {
                filled.text.push_str(rest.get(..=open).unwrap_or_default());
                rest = inner;
                continue;
            };
            filled.text.push_str(rest.get(..open).unwrap_or_default());
            rest = inner.get(name.len() + 1..).unwrap_or_default();
            let value = match variable.get("value").and_then(Value::as_str) {
                Some(fixed) => Some(Filled::plain(fixed)),
                None => self.leaf_of(name, variable, sealed, required)?,
            };
            let Some(value) = value else { return Ok(None) };
            let start = filled.text.len();
            filled.text.push_str(&value.text);
            filled.is_incomplete |= value.is_incomplete;
            if !value.secrets.is_empty() {
                filled.secrets.push(start..filled.text.len());
            }
            bounded(&filled.text)?;
        }
        filled.text.push_str(rest);
        bounded(&filled.text)?;
        Ok(Some(filled))
    }

    fn leaf(&self, name: &str, input: &Map<String, Value>, sealed: bool) -> Result<Option<Filled>, Failure> {
        self.leaf_of(name, input, sealed, false)
    }

    fn leaf_of(
        &self,
        name: &str,
        input: &Map<String, Value>,
        sealed: bool,
        required: bool,
    ) -> Result<Option<Filled>, Failure> {
        let text = |field: &str| {
            input.get(field).and_then(Value::as_str).map(|text| text.chars().take(TEXT).collect::<String>())
        };
        let choices = input.get("choices").and_then(Value::as_array).into_iter().flatten();
        let choices: Vec<String> = choices.filter_map(Value::as_str).map(str::to_owned).collect();
        let default = text("default");
        let given = self.variables.given(name).filter(|given| !given.is_empty());
        let secret = sealed
            || is_on(input, "isSecret")
            || name_smells(name)
            || given.is_some_and(|value| is_secret(name, value));
        let variable = ImportVariable {
            name: name.to_owned(),
            description: text("description"),
            secret,
            default: default.clone(),
            placeholder: text("placeholder"),
            is_path: text("format").as_deref() == Some("filepath"),
            is_given: given.is_some(),
            choices,
        };
        if let Some(given) = given
            && !variable.choices.is_empty()
            && !variable.choices.iter().any(|choice| choice == given)
        {
            let failure = Failure::new(
                ErrorCode::InvalidRequest,
                format!("'{name}' takes one of: {}.", variable.choices.join(", ")),
            );
            self.asked.add(variable, false);
            return Err(failure.at(format!("/variables/{name}")));
        }
        let value = given.map(str::to_owned).or(default);
        let is_missing = value.is_none() && (required || is_on(input, "isRequired"));
        self.asked.add(variable, is_missing);
        Ok(match value {
            Some(text) => {
                let all = 0..text.len();
                Some(Filled {
                    text,
                    secrets: if secret { vec![all] } else { Vec::new() },
                    is_incomplete: false,
                })
            }
            None if is_missing => {
                Some(Filled { text: format!("${{{name}}}"), secrets: Vec::new(), is_incomplete: true })
            }
            None => None,
        })
    }
}

pub(super) fn is_on(input: &Map<String, Value>, name: &str) -> bool {
    input.get(name) == Some(&Value::Bool(true))
}

fn bounded(text: &str) -> Result<(), Failure> {
    if text.len() <= TEXT {
        return Ok(());
    }
    Err(Failure::new(ErrorCode::TooLarge, format!("A text of it has more than {TEXT} bytes.")))
}
