//! One simulated run: goes on whether or not anybody listens, and is stored at its end as the real one was.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jackfield_protocol::time::now;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::{sync::watch, task::AbortHandle, time::Instant};

use super::{Case, corpus::Told, transcript::is_stream};
use crate::replay::Pacing;

/// A run of the simulated Flowise.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) case: Arc<Case>,
    pub(super) chat: String,
    pub(super) session: String,
    pub(super) question: String,
    pub(super) has_execution: bool,
    execution: String,
    pub(super) began: Timestamp,
    live: Mutex<Live>,
    changed: watch::Sender<u64>,
}

/// What changes while it goes on.
#[derive(Debug, Default)]
pub(super) struct Live {
    pub(super) segment: usize,
    /// How many chunks of this segment's answer have been made.
    pub(super) chunks: usize,
    /// This segment has come to its end.
    pub(super) answered: bool,
    /// Somebody aborted it: what its stream says last, and the records it leaves.
    pub(super) aborted: Option<(Vec<u8>, Vec<Value>)>,
    /// The server died in the middle of it.
    pub(super) crashed: bool,
    pub(super) player: Option<AbortHandle>,
}

impl Run {
    pub(super) fn new(
        case: Arc<Case>,
        chat: String,
        session: String,
        question: String,
        has_execution: bool,
    ) -> Self {
        Self {
            case,
            chat,
            session,
            question,
            has_execution,
            execution: uuid::Uuid::new_v4().to_string(),
            began: now(),
            live: Mutex::default(),
            changed: watch::Sender::new(0),
        }
    }

    pub(super) fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn change(&self, how: impl FnOnce(&mut Live)) {
        how(&mut self.live());
        self.changed.send_modify(|changes| *changes += 1);
    }

    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Plays a segment from its begin.
    pub(super) fn play(self: &Arc<Self>, segment: usize, pacing: Pacing) {
        self.change(|live| (live.segment, live.chunks, live.answered) = (segment, 0, false));
        let run = self.clone();
        let task = tokio::spawn(async move {
            let Some(exchange) = run.case.segments.get(segment) else { return };
            let begin = Instant::now();
            for chunk in &exchange.chunks {
                pacing.due(begin, chunk.at()).await;
                run.change(|live| live.chunks += 1);
            }
            run.change(|live| live.answered = true);
        });
        self.change(|live| live.player = Some(task.abort_handle()));
    }

    /// Stops it as Flowise stops an agentflow (recordings c06, c07).
    pub(super) fn abort(&self) {
        let (segment, chunks, over) = {
            let live = self.live();
            (live.segment, live.chunks, live.answered || live.crashed || live.aborted.is_some())
        };
        if over {
            return;
        }
        let player = self.live().player.clone();
        player.inspect(AbortHandle::abort);
        let mut told = Told::default();
        let mut node = None;
        let exchange = self.case.segments.get(segment);
        for chunk in exchange.iter().flat_map(|exchange| exchange.chunks.iter().take(chunks)) {
            let bytes = chunk.bytes();
            told.take(&bytes);
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let frame =
                text.lines().find_map(|line| serde_json::from_str::<Value>(line.strip_prefix("data:")?).ok());
            if let Some(frame) = frame
                .filter(|frame| frame["event"] == "nextAgentFlow" && frame["data"]["status"] == "INPROGRESS")
            {
                node = Some((frame["data"]["nodeId"].clone(), frame["data"]["nodeLabel"].clone()));
            }
        }
        let mut last = Vec::new();
        let mut say = |event: &str, data: Value| {
            last.extend(format!("message:\ndata:{}\n\n", json!({"event": event, "data": data})).into_bytes());
        };
        if self.has_execution {
            let why = "Error in LLM node: AbortError";
            if let Some((id, label)) = node {
                let name =
                    id.as_str().and_then(|id| id.rsplit_once('_')).map(|(name, _)| name).unwrap_or_default();
                say(
                    "nextAgentFlow",
                    json!({"nodeId": id, "nodeLabel": label, "status": "ERROR", "error": why}),
                );
                told.records.push(json!({"nodeId": id, "nodeLabel": label, "previousNodeIds": [], "data": {"id": id, "name": name, "error": why}, "status": "ERROR"}));
                say("agentFlowExecutedData", Value::Array(told.records.clone()));
            }
            say("agentFlowEvent", json!("ERROR"));
            say("error", json!(format!("Error: predictionsServices.buildChatflow - {why}")));
        } else {
            say(
                "error",
                json!("Error: predictionsServices.buildChatflow - Error buildAgentGraph - Error: AbortError"),
            );
        }
        say("end", json!("[DONE]"));
        self.change(|live| live.aborted = Some((last, told.records)));
    }

    /// Loses it, as a server that dies.
    pub(super) fn crash(&self) {
        let player = {
            let live = self.live();
            if live.answered || live.aborted.is_some() {
                return;
            }
            live.player.clone()
        };
        player.inspect(AbortHandle::abort);
        self.change(|live| live.crashed = true);
    }

    /// The run's own ids in place of the recorded ones.
    pub(super) fn render(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for segment in 0..self.case.segments.len() {
            if let Some(recorded) = self.case.sent(segment)["chatId"].as_str() {
                text = text.replace(recorded, &self.chat);
            }
        }
        text
    }

    /// How the execution stands; none for flows that leave none.
    pub(super) fn execution(&self, with_flow: Option<&Value>) -> Option<Value> {
        if !self.has_execution {
            return None;
        }
        let live = self.live();
        let (state, records) = if live.crashed {
            ("INPROGRESS".to_owned(), Vec::new())
        } else if let Some((_, records)) = &live.aborted {
            ("ERROR".to_owned(), records.clone())
        } else if live.answered {
            let told = self.case.told(live.segment);
            (told.state.unwrap_or_else(|| "ERROR".to_owned()), told.records)
        } else {
            // A resumed execution shows what it had when it stopped.
            let before = live.segment.checked_sub(1).map(|segment| self.case.told(segment).records);
            ("INPROGRESS".to_owned(), before.unwrap_or_default())
        };
        let data = serde_json::to_string(&records).unwrap_or_default();
        let mut row = json!({
            "id": self.execution, "executionData": self.render(&data), "state": state, "agentflowId": self.case.flow,
            "sessionId": self.session, "action": null, "isPublic": null, "createdDate": whole_seconds(self.began),
            "updatedDate": whole_seconds(self.began), "stoppedDate": null, "workspaceId": "012127d1-ccd8-459d-9763-e98d7985dbea",
        });
        if let Some(flow) = with_flow {
            row["agentflow"] = flow.clone();
        }
        Some(row)
    }

    /// The stored messages: nothing before the end of a part, nothing of a part that failed (recordings c01 to c03, c13).
    pub(super) fn messages(&self) -> Vec<Value> {
        let (segment, answered) = {
            let live = self.live();
            (live.segment, live.answered && live.aborted.is_none() && !live.crashed)
        };
        let mut messages = Vec::new();
        for part in 0..=segment {
            let told = self.case.told(part);
            if (part == segment && !answered) || !told.ends_well {
                continue;
            }
            let question = if part == 0 { self.question.clone() } else { String::new() };
            messages.push(self.message("userMessage", &question, &Told::default(), false));
            messages.push(self.message("apiMessage", &told.text, &told, part == segment));
        }
        messages
    }

    fn message(&self, role: &str, content: &str, told: &Told, is_last: bool) -> Value {
        let execution = self.execution(None);
        // The question of a part that was answered is taken out.
        let action =
            if is_last && told.action.is_object() { json!(told.action.to_string()) } else { Value::Null };
        let list = |value: &Value| {
            if value.as_array().is_some_and(|list| !list.is_empty()) { value.clone() } else { Value::Null }
        };
        let text = json!({
            "id": uuid::Uuid::new_v4().to_string(), "role": role, "chatflowid": self.case.flow,
            "executionId": execution.as_ref().map(|row| row["id"].clone()), "content": content,
            "sourceDocuments": list(&told.source_documents), "usedTools": list(&told.used_tools), "fileAnnotations": null,
            "agentReasoning": list(&told.agent_reasoning), "reasonContent": null, "fileUploads": null, "artifacts": null,
            "action": action, "chatType": "EXTERNAL", "chatId": self.chat, "memoryType": null, "sessionId": self.session,
            "createdDate": self.began.to_string(), "leadEmail": null, "followUpPrompts": null, "execution": execution,
        });
        serde_json::from_str(&self.render(&text.to_string())).unwrap_or(text)
    }

    /// Whether the answer of a segment is a stream.
    pub(super) fn streams(&self, segment: usize) -> bool {
        self.case.segments.get(segment).is_some_and(is_stream)
    }

    /// Whether it waits for a person.
    pub(super) fn waits(&self) -> bool {
        let live = self.live();
        live.answered && live.aborted.is_none() && self.case.told(live.segment).action.is_object()
    }
}

/// As SQLite keeps them.
fn whole_seconds(time: Timestamp) -> String {
    let time = Timestamp::from_second(time.as_second()).unwrap_or(time);
    format!("{time:.3}")
}
