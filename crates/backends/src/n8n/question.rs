//! What a waiting execution waits for. Signed addresses stay inside: they are read again when an answer is given.

use jackfield_protocol::{
    event::{Choice, InputKind, InputRequired},
    ids::{InputRequestId, MessageId},
};
use serde_json::Value;

use super::{api::Api, execution::Execution, marks};

/// The question of a waiting execution, with the buttons' signed links beside it.
pub(crate) struct Question {
    pub(crate) input: InputRequired,
    /// Links of the buttons, in the order of the choices. Secret: each is signed.
    pub(crate) links: Vec<String>,
    /// The node that waits.
    pub(crate) node: String,
}

/// Reads the question; `None` when the execution does not wait or does not say at what.
pub(crate) fn of(api: &Api, execution: &Execution) -> Option<Question> {
    let node = execution.last_node()?.to_owned();
    let run = execution.last_run(&node);
    let index = run.map(|run| run.index).unwrap_or_default();
    let mut question = Question {
        input: InputRequired {
            request_id: InputRequestId(format!(
                "{}:{node}#{index}:{}",
                execution.id(),
                run.map_or(0, |run| run.execution_index())
            )),
            kind: InputKind::Resume,
            prompt: format!("'{node}' waits for a call."),
            choices: Vec::new(),
            schema: None,
            expires_at: execution.wait_till(),
            url: None,
        },
        links: Vec::new(),
        node,
    };
    let item = run.and_then(|run| run.first_item());
    match item.and_then(|item| item.get("sendMessage")) {
        Some(Value::String(text)) => {
            question.input.kind = InputKind::Text;
            question.input.prompt.clone_from(text);
        }
        Some(message) if message["buttons"].is_array() => {
            question.input.kind = InputKind::Choice;
            question.input.prompt = message["text"].as_str().unwrap_or_default().to_owned();
            for (at, button) in message["buttons"].as_array().into_iter().flatten().enumerate() {
                let label = button["text"].as_str().unwrap_or("Continue").to_owned();
                question.input.choices.push(Choice { id: (at + 1).to_string(), label });
                question.links.push(button["link"].as_str().unwrap_or_default().to_owned());
            }
        }
        _ => by_wait_node(api, execution, &mut question),
    }
    Some(question)
}

/// What a node of a chat just says: the execution waits until somebody has listened, and then goes on by itself.
pub(crate) struct Saying {
    /// The message; its id is that of the node run's answer.
    pub(crate) message: MessageId,
    pub(crate) text: String,
    pub(crate) node: String,
}

/// Reads what the waiting execution says without asking; `None` when it asks or does not wait at a chat node.
pub(crate) fn saying(execution: &Execution) -> Option<Saying> {
    let node = execution.last_node()?;
    if !goes_on_by_itself(execution.node(node)?) {
        return None;
    }
    let run = execution.last_run(node)?;
    let text = match run.first_item()?.get("sendMessage")? {
        Value::String(text) => text.clone(),
        other => other.get("text").and_then(Value::as_str).map_or_else(|| other.to_string(), str::to_owned),
    };
    let message = marks::final_message(&marks::node_step(node, run.index), 0);
    Some(Saying { message, text, node: node.to_owned() })
}

/// n8n's own rule (`shouldResumeImmediately` in `dist/chat/utils.js` of 2.41.1; 1.x knows only the first three).
fn goes_on_by_itself(node: &Value) -> bool {
    let kind = node["type"].as_str().unwrap_or_default();
    let parameters = &node["parameters"];
    let is_chat = kind.ends_with(".chat") || kind.ends_with(".chatTool");
    let operation = parameters["operation"].as_str();
    kind.ends_with(".respondToWebhook")
        || parameters["waitUserReply"] == false
        || parameters["options"]["waitUserReply"] == false
        || (is_chat && operation.is_some_and(|operation| operation != "sendAndWait"))
}

/// A Wait node: for time, a call, or a form.
fn by_wait_node(api: &Api, execution: &Execution, question: &mut Question) {
    let parameters = execution.node(&question.node).map(|node| &node["parameters"]);
    let resume = parameters.and_then(|parameters| parameters["resume"].as_str()).unwrap_or("timeInterval");
    match resume {
        "webhook" => {}
        "form" => {
            question.input.kind = InputKind::External;
            question.input.prompt = format!("'{}' waits for a form to be filled in.", question.node);
            question.input.url = Some(api.config.entry_url("form-waiting", &execution.id()));
        }
        _ if execution.wait_till().is_some() => {
            question.input.kind = InputKind::Timer;
            question.input.prompt = format!("'{}' waits for time to pass.", question.node);
        }
        _ => {}
    }
}
