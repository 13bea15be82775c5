//! The recorded answer beside the streamed one: what is missing is appended, what differs is replaced.

use jackfield_protocol::{
    event::{Delta, Draft, EventBody, Part, Source, Transcript},
    ids::MessageId,
};
use serde_json::Value;

use super::{
    execution::{Execution, NodeRun},
    marks,
    nodes::{Nodes, Role},
    redact::Redactor,
    teller::json_artifact,
    values,
};

/// Message of an answer that came as one HTTP body.
pub(crate) const RESPONSE: &str = "response";
/// The drafts that complete the answer, and the messages that make it up.
pub(crate) fn missing(
    execution: &Execution,
    nodes: &Nodes,
    seen: &Transcript,
    redact: &Redactor,
) -> (Vec<Draft>, Vec<MessageId>) {
    let response = MessageId::from(RESPONSE);
    if seen.message(&response).is_some() {
        return (Vec::new(), vec![response]);
    }
    if seen.messages().is_empty() && !seen.artifacts.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let agents = execution.runs().into_iter().filter(|run| nodes.role(run.node) == Some(Role::Agent));
    let agent = agents.filter(|run| run.first_item().is_some()).max_by_key(|run| run.execution_index());
    let last = execution.last_node().and_then(|node| execution.last_run(node));
    let Some(run) = agent.or(last) else { return (Vec::new(), Vec::new()) };
    let step = marks::node_step(run.node, run.index);
    let mut drafts = Vec::new();
    let mut answer = Vec::new();
    for (item, json) in main_items(&run).enumerate() {
        let Some(text) = values::obvious_text(json) else { continue };
        let text = redact.text(text).into_owned();
        let item = item as u64;
        let streamed = seen.messages().iter().rev().find(|message| {
            !message.superseded
                && marks::origin(&message.id)
                    .is_some_and(|origin| origin.step == step.0 && origin.item == item)
        });
        let last = marks::final_message(&step, item);
        let (id, rest, supersedes) = match streamed {
            Some(message) if message.text.trim_end() == text.trim_end() => {
                (message.id.clone(), String::new(), None)
            }
            Some(message) => match text.strip_prefix(&message.text) {
                Some(rest) => (message.id.clone(), rest.to_owned(), None),
                None => (last, text, Some(message.id.clone())),
            },
            None => (last, text, None),
        };
        if !rest.is_empty() {
            let delta = Delta { part: Part::Text, text: rest, supersedes };
            drafts.push(
                Draft::new(EventBody::Delta(delta)).message(id.clone()).said_by(Source::node(run.node)),
            );
        }
        answer.push(id);
    }
    if answer.is_empty() && seen.messages().is_empty() {
        let items: Vec<Value> = main_items(&run).take(1000).map(|json| redact.value(json)).collect();
        match items.len() {
            0 => {}
            1 => drafts.extend(items.into_iter().next().map(|item| json_artifact("answer.json", item))),
            _ => drafts.push(json_artifact("answer.json", Value::Array(items))),
        }
    }
    (drafts, answer)
}

fn main_items<'a>(run: &NodeRun<'a>) -> impl Iterator<Item = &'a Value> + use<'a> {
    let items = run.outputs().iter().find_map(|output| output.as_array().filter(|items| !items.is_empty()));
    items.into_iter().flatten().filter_map(|item| item.get("json"))
}
