//! Names that must stay the same between the stream, a poll, the record of an execution and a later recovery.

use jackfield_protocol::ids::{MessageId, RunId, StepId};

/// Header that carries the run's id to n8n, for versions that do not keep a `traceparent`.
pub(crate) const RUN_HEADER: &str = "x-jackfield-run-id";

/// The W3C trace context of a run. n8n keeps it at the execution (2.18 to 2.20 and later), exactly as it was
/// sent; the trace id is the run's id, so that n8n's own spans belong to the run.
pub(crate) fn traceparent(run: RunId) -> String {
    let trace = run.0.simple().to_string();
    let parent = trace.get(16..).unwrap_or("0000000000000001");
    format!("00-{trace}-{parent}-01")
}

/// The step of the `run`-th run of a node.
pub(crate) fn node_step(node: &str, run: u64) -> StepId {
    StepId(format!("{node}#{run}"))
}

/// The step of one turn of an agent, as the stream counts them.
pub(crate) fn turn_step(node_step: &StepId, item: u64, turn: u64) -> StepId {
    StepId(format!("{node_step}.{item}.t{turn}"))
}

/// The message that one turn of an agent says.
pub(crate) fn turn_message(node_step: &StepId, item: u64, turn: u64) -> MessageId {
    MessageId(format!("m:{node_step}.{item}.{turn}"))
}

/// The message with the recorded answer for an item, where the stream did not bring it.
pub(crate) fn final_message(node_step: &StepId, item: u64) -> MessageId {
    MessageId(format!("m:{node_step}.{item}.final"))
}

/// What a message's id says of its origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Origin<'a> {
    /// Step of the node run, `{node}#{run}`.
    pub(crate) step: &'a str,
    /// The node.
    pub(crate) node: &'a str,
    /// The item.
    pub(crate) item: u64,
}

/// Reads a message's id back; `None` for messages that no node said.
pub(crate) fn origin(message: &MessageId) -> Option<Origin<'_>> {
    let text = message.0.strip_prefix("m:")?;
    let (text, _turn) = text.rsplit_once('.')?;
    let (step, item) = text.rsplit_once('.')?;
    let (node, _run) = step.rsplit_once('#')?;
    Some(Origin { step, node, item: item.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_traceparent_is_one_that_n8n_keeps() {
        let run: RunId = "0198c0de-0000-7000-8000-0000000000aa".parse().unwrap();
        assert_eq!(
            traceparent(run),
            "00-0198c0de00007000800000000000 00aa-80000000000000aa-01".replace(' ', "")
        );
    }

    #[test]
    fn a_message_knows_its_origin_whatever_the_node_is_called() {
        let step = node_step("A #1. node.", 3);
        let message = turn_message(&step, 2, 7);
        let origin = origin(&message).unwrap();
        assert_eq!((origin.node, origin.step, origin.item), ("A #1. node.", "A #1. node.#3", 2));
        assert_eq!(super::origin(&MessageId("m:response".to_owned())), None);
    }
}
