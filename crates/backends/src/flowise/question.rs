//! What a person is asked: `action` of a Human Input node, of an agent's tool that wants approval, or of an interrupt of the older agents.

use jackfield_protocol::{
    event::{Choice, InputKind, InputRequired},
    ids::InputRequestId,
};
use serde_json::{Value, json};

/// Most characters of a prompt.
const PROMPT: usize = 4000;

/// The question that an action asks; `prompt` is what the node that asks says.
pub(crate) fn of(action: &Value, prompt: Option<&str>) -> Option<InputRequired> {
    let id = action["id"].as_str()?;
    let label = action["data"]["nodeLabel"].as_str().unwrap_or("The flow");
    let said = prompt.map(str::trim).filter(|text| !text.is_empty());
    let prompt = said.map_or_else(
        || format!("'{label}' waits for a decision."),
        |text| text.chars().take(PROMPT).collect(),
    );
    let button = |id: &str, key: &str, otherwise: &str| Choice {
        id: id.to_owned(),
        label: action["mapping"][key].as_str().unwrap_or(otherwise).to_owned(),
    };
    Some(InputRequired {
        request_id: InputRequestId(id.to_owned()),
        kind: InputKind::Choice,
        prompt,
        choices: vec![button("proceed", "approve", "Proceed"), button("reject", "reject", "Reject")],
        schema: None,
        expires_at: None,
        url: None,
    })
}

/// What has to be remembered to answer it: kept in the checkpoint.
pub(crate) fn remembered(action: &Value) -> Value {
    // An action repeats the whole input of its node, system prompt included: only what an answer needs is kept.
    let data = &action["data"];
    json!({
        "id": action["id"], "node": data["nodeId"], "mapping": action["mapping"],
        "older": data["nodeId"].is_null(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_becomes_a_choice_of_two() {
        let action = json!({"id": "a1", "mapping": {"approve": "Send", "reject": "Drop"}, "data": {"nodeId": "n_0", "nodeLabel": "Approve?", "input": {"messages": ["canary"]}}});
        let question = of(&action, Some(" Send this?\n")).unwrap();
        assert_eq!((question.prompt.as_str(), question.choices[0].label.as_str()), ("Send this?", "Send"));
        assert_eq!(of(&action, None).unwrap().prompt, "'Approve?' waits for a decision.");
        assert!(!remembered(&action).to_string().contains("canary"));
    }
}
