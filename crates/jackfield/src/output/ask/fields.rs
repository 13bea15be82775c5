//! The fields of a form: how each is asked for, and what a typed line means.

use serde_json::Value;

use crate::{
    output::{compact, cut, one_line},
    schema::{Choice, Schema},
};

/// Most choices that a prompt lists.
const LISTED: usize = 12;

/// Most columns of a description.
const DESCRIPTION: usize = 60;

/// One field of a form.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) name: String,
    title: String,
    description: Option<String>,
    /// Its own schema; references are looked up in the form's.
    schema: Value,
    /// One of these, or several of these for a list.
    choices: Vec<Choice>,
    is_list: bool,
    is_flag: bool,
    is_json: bool,
    default: Option<Value>,
    required: bool,
}

/// The fields of a form, in its order; `None` when it is no object with named fields.
pub(super) fn fields(form: Option<&Value>) -> Option<Vec<Field>> {
    let form = form?;
    let schema = Schema::new(form);
    let properties = form.get("properties")?.as_object()?;
    let required = schema.required(form);
    Some(
        properties
            .iter()
            .map(|(name, given)| {
                let property = schema.resolve(given);
                let text = |key: &str| property.get(key).or_else(|| given.get(key)).and_then(Value::as_str);
                let is_list = schema.is_list(property);
                let types = schema.types(property);
                let choices = match schema.items(property).filter(|_| is_list) {
                    Some(items) => schema.choices(items),
                    None => schema.choices(property),
                };
                Field {
                    name: name.clone(),
                    title: one_line(text("title").unwrap_or(name)),
                    description: text("description").map(one_line).filter(|text| !text.is_empty()),
                    is_flag: types == ["boolean"],
                    is_json: !is_list && choices.is_empty() && types.contains(&"object"),
                    is_list,
                    choices,
                    default: property.get("default").or_else(|| given.get("default")).cloned(),
                    required: required.contains(&name.as_str()),
                    schema: given.clone(),
                }
            })
            .collect(),
    )
}

impl Field {
    /// What stands before the cursor.
    pub(super) fn prompt(&self) -> String {
        let mut notes: Vec<String> = Vec::new();
        if !self.choices.is_empty() {
            let shown: Vec<String> =
                self.choices.iter().take(LISTED).map(|choice| one_line(&choice.label)).collect();
            let more = if self.choices.len() > LISTED { " | …" } else { "" };
            notes.push(format!("{}{more}", shown.join(" | ")));
        }
        if self.is_list {
            notes.push("several with commas".to_owned());
        } else if self.is_flag {
            notes.push("y/n".to_owned());
        } else if self.is_json {
            notes.push("JSON".to_owned());
        }
        if let Some(default) = &self.default {
            let shown = default.as_str().map_or_else(|| compact(default), one_line);
            notes.push(format!("Enter: {shown}"));
        } else if self.required && notes.is_empty() {
            notes.push("required".to_owned());
        }
        let mut prompt = self.title.clone();
        if let Some(description) = &self.description {
            prompt.push_str(": ");
            prompt.push_str(&cut(description, DESCRIPTION));
        }
        if !notes.is_empty() {
            prompt.push_str(&format!(" ({})", notes.join("; ")));
        }
        prompt
    }

    /// What a typed line means; `None`: the field is left out.
    pub(super) fn value(&self, form: &Value, line: &str) -> Result<Option<Value>, String> {
        if line.is_empty() {
            return match &self.default {
                Some(default) => Ok(Some(default.clone())),
                None if self.required => Err(format!("{} is required.", self.title)),
                None => Ok(None),
            };
        }
        let schema = Schema::new(form);
        if self.is_list && !line.starts_with('[') {
            let items = line.split(',').map(str::trim).filter(|item| !item.is_empty());
            return items.map(|item| schema.item(&self.schema, item)).collect::<Result<_, _>>().map(Some);
        }
        schema.value(&self.schema, line).map(Some)
    }
}
