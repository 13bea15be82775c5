//! What a run is told of the conversation that it belongs to.

use std::collections::HashMap;

use jackfield_protocol::{
    ids::{ConversationId, RunId},
    model::{Run, RunStatus},
    port::{ChatMessage, HistoryMessage, RunFilter, StoreResult},
};

use crate::Inner;

/// Runs of a conversation that are looked at, the newest first; of older ones everything is told.
const RUNS: u32 = 500;

impl Inner {
    /// What was said before a run, which may be written down already.
    pub(crate) async fn history(
        &self,
        conversation: ConversationId,
        messages: Vec<ChatMessage>,
        run: &Run,
    ) -> StoreResult<Vec<HistoryMessage>> {
        let filter = RunFilter { conversation_id: Some(conversation), limit: RUNS, ..RunFilter::default() };
        Ok(told(messages, &self.store.runs(&filter).await?, run))
    }
}

/// Of several answers that stand side by side one is part of what was said before: that of the run's own session, else the first. What was
/// said up to the last success of the same workflow in the same session is known to the peer already.
fn told(messages: Vec<ChatMessage>, newest_first: &[Run], run: &Run) -> Vec<HistoryMessage> {
    let by_id: HashMap<RunId, &Run> = newest_first.iter().map(|run| (run.id, run)).collect();
    let mut chosen: HashMap<&str, &Run> = HashMap::new();
    for other in newest_first.iter().filter(|other| other.id != run.id) {
        let Some(turn) = other.turn.as_deref() else { continue };
        let is_own = |run_of_turn: &Run| run_of_turn.input.session_id == run.input.session_id;
        // The list goes back in time: the first of a turn comes last.
        if chosen.get(turn).is_none_or(|known| !is_own(known) || is_own(other)) {
            chosen.insert(turn, other);
        }
    }
    let is_part = |message: &ChatMessage| {
        let said_in = message.run_id.and_then(|id| by_id.get(&id));
        match said_in.and_then(|other| Some((other, other.turn.as_deref()?))) {
            None => true,
            Some((_, turn)) if run.turn.as_deref() == Some(turn) => false,
            Some((other, turn)) => chosen.get(turn).is_some_and(|chosen| chosen.id == other.id),
        }
    };
    let part: Vec<ChatMessage> = messages
        .into_iter()
        .take_while(|message| message.run_id != Some(run.id))
        .filter(|message| is_part(message))
        .collect();
    let last = newest_first.iter().find(|other| {
        other.id != run.id
            && other.status == RunStatus::Succeeded
            && other.workflow_id.is_some()
            && other.workflow_id == run.workflow_id
            && other.input.session_id == run.input.session_id
    });
    let known = last.and_then(|last| part.iter().rposition(|message| message.run_id == Some(last.id)));
    part.into_iter()
        .enumerate()
        .map(|(at, message)| HistoryMessage {
            role: message.role,
            text: message.text,
            heard: known.is_some_and(|known| at <= known),
        })
        .collect()
}
