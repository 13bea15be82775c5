//! `inputs` of VS Code: what the editor asks for when a server starts.

use serde_json::{Map, Value};

use super::smell::name_smells;
use crate::api::ImportVariable;

/// Most inputs of a document.
const INPUTS: usize = 1_000;

/// The variables that a document's `inputs` declare.
pub(super) fn declared(inputs: Option<&Value>) -> Vec<ImportVariable> {
    let inputs = inputs.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    inputs.iter().take(INPUTS).filter_map(Value::as_object).filter_map(variable).collect()
}

fn variable(input: &Map<String, Value>) -> Option<ImportVariable> {
    let text = |name: &str| input.get(name).and_then(Value::as_str).map(str::to_owned);
    let id = text("id").filter(|id| !id.is_empty())?;
    let choices = input.get("options").and_then(Value::as_array).into_iter().flatten();
    let choice =
        |choice: &Value| choice.as_str().or_else(|| choice.get("value")?.as_str()).map(str::to_owned);
    Some(ImportVariable {
        secret: input.get("password") == Some(&Value::Bool(true)) || name_smells(&id),
        name: format!("input:{id}"),
        description: text("description"),
        default: text("default").filter(|default| !default.is_empty()),
        choices: choices.filter_map(choice).collect(),
        ..ImportVariable::default()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn inputs_of_every_type_are_read_and_others_are_passed_over() {
        let inputs = json!([
            {"type": "promptString", "id": "pw", "description": "The word", "password": true},
            {"type": "pickString", "id": "region", "options": ["eu", {"label": "America", "value": "us"}], "default": "eu"},
            {"type": "command", "id": "x", "command": "ext.ask"}, {"id": 3}, "text", null,
        ]);
        let all = declared(Some(&inputs));
        let names: Vec<&str> = all.iter().map(|variable| variable.name.as_str()).collect();
        assert_eq!(names, ["input:pw", "input:region", "input:x"]);
        assert!(all[0].secret && !all[1].secret);
        assert_eq!(
            (all[1].choices.clone(), all[1].default.as_deref()),
            (vec!["eu".to_owned(), "us".to_owned()], Some("eu"))
        );
        assert!(declared(None).is_empty() && declared(Some(&json!({}))).is_empty());
    }
}
