//! One run of the stand-in: a live one ends with its caller's connection, an asynchronous one goes on.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jackfield_protocol::time::now;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::{sync::watch, task::AbortHandle, time::Instant};

use super::{
    Case,
    corpus::{WORKSPACE, terminal},
};
use crate::replay::Pacing;

/// A run.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) case: Arc<Case>,
    pub(super) id: String,
    began: Timestamp,
    live: Mutex<Live>,
    changed: watch::Sender<u64>,
}

/// What changes while it goes on.
#[derive(Debug, Default)]
pub(super) struct Live {
    pub(super) part: usize,
    pub(super) chunks: usize,
    /// This part has come to its end.
    pub(super) ended: bool,
    pub(super) cancelled: bool,
    /// The server died in the middle: it stays listed as running.
    pub(super) crashed: bool,
    player: Option<AbortHandle>,
}

impl Run {
    pub(super) fn new(case: Arc<Case>, id: String) -> Self {
        Self { case, id, began: now(), live: Mutex::default(), changed: watch::Sender::new(0) }
    }

    pub(super) fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, how: impl FnOnce(&mut Live)) {
        how(&mut self.live());
        self.changed.send_modify(|changes| *changes += 1);
    }

    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Plays a part from its begin.
    pub(super) fn play(self: &Arc<Self>, part: usize, pacing: Pacing) {
        self.change(|live| (live.part, live.chunks, live.ended) = (part, 0, false));
        let run = self.clone();
        let task = tokio::spawn(async move {
            let Some(chunks) = run.case.parts.get(part) else { return };
            let begin = Instant::now();
            for chunk in chunks {
                pacing.due(begin, Duration::from_secs_f64((chunk.0 / 1000.0).max(0.0))).await;
                // The run is over when its last word is said, whether or not the end marker is heard.
                let is_last = !terminal(std::slice::from_ref(chunk)).is_null();
                run.change(|live| {
                    live.chunks += 1;
                    live.ended |= is_last;
                });
            }
            run.change(|live| live.ended = true);
        });
        self.change(|live| live.player = Some(task.abort_handle()));
    }

    /// Stops it: on request, or because its connection is gone. False when it had ended.
    pub(super) fn cancel(&self) -> bool {
        let player = {
            let live = self.live();
            if live.crashed || live.cancelled || (live.ended && !self.waits_in(&live)) {
                return false;
            }
            live.player.clone()
        };
        player.inspect(AbortHandle::abort);
        self.change(|live| live.cancelled = true);
        true
    }

    /// Loses it, as a server that dies.
    pub(super) fn crash(&self) {
        let player = {
            let live = self.live();
            if live.ended || live.cancelled {
                return;
            }
            live.player.clone()
        };
        player.inspect(AbortHandle::abort);
        self.change(|live| live.crashed = true);
    }

    fn waits_in(&self, live: &Live) -> bool {
        let part = self.case.parts.get(live.part);
        live.ended && !live.cancelled && part.is_some_and(|part| terminal(part)["data"]["status"] == "paused")
    }

    /// Whether it waits for a person.
    pub(super) fn waits(&self) -> bool {
        self.waits_in(&self.live())
    }

    /// Its status word.
    pub(super) fn status(&self) -> &'static str {
        let live = self.live();
        if live.cancelled {
            return "cancelled";
        }
        if live.crashed || !live.ended {
            return "running";
        }
        let end = self.case.parts.get(live.part).map(|part| terminal(part)).unwrap_or_default();
        match (end["event"].as_str(), end["data"]["status"].as_str()) {
            (Some("final"), Some("paused")) => "paused",
            (Some("final"), _) if end["data"]["success"] == true => "completed",
            _ => "failed",
        }
    }

    fn error(&self) -> Value {
        let part = self.live().part;
        let end = self.case.parts.get(part).map(|part| terminal(part)).unwrap_or_default();
        if self.status() == "failed" { end["error"].clone() } else { Value::Null }
    }

    fn output(&self) -> Value {
        let part = self.live().part;
        if self.status() == "completed" { self.case.output(part) } else { Value::Null }
    }

    fn paused(&self) -> Value {
        if !self.waits() {
            return Value::Null;
        }
        let context = self.context();
        json!({"contextId": context, "pausedAt": self.began, "resumeAt": null, "pauseKind": "human",
            "blockedOnBlockId": context, "pausePointCount": 1, "resumedCount": 0})
    }

    /// What an answer has to name.
    pub(super) fn context(&self) -> Value {
        let part = self.live().part;
        let end = self.case.parts.get(part).map(|part| terminal(part)).unwrap_or_default();
        end["data"]["output"]["data"]["_resume"]["contextId"].clone()
    }

    fn ended_at(&self) -> Value {
        if self.status() == "running" { Value::Null } else { json!(now()) }
    }

    /// The answer of the status call (recordings `execution-status`, `hitl-status`, `cancel-status`).
    pub(super) fn legacy(&self) -> Value {
        json!({"executionId": self.id, "workflowId": self.case.workflow, "status": self.status(), "trigger": "api", "level": "info",
            "startedAt": self.began, "endedAt": self.ended_at(), "totalDurationMs": 1, "paused": self.paused(),
            "cost": {"total": 0.005}, "error": self.error(), "finalOutput": self.output(), "blockOutputs": null})
    }

    /// The same on the second face (recording `v2-run`).
    pub(super) fn v2(&self) -> Value {
        let error = self.error();
        let error =
            if error.is_null() { error } else { json!({"message": error, "code": "EXECUTION_FAILED"}) };
        json!({"data": {"runId": self.id, "workflowId": self.case.workflow, "status": self.status(), "trigger": "api",
            "startedAt": self.began, "endedAt": self.ended_at(), "durationMs": 1, "paused": self.paused(),
            "cost": {"total": 0.005}, "error": error, "output": self.output(), "blockOutputs": null}})
    }

    /// Its log entry: no spans and no end while it goes on. A cancelled one's spans all read `success`, the last without output.
    pub(super) fn log(&self) -> Value {
        let running = self.status() == "running";
        let spans = if running { Vec::new() } else { self.case.spans.clone() };
        json!({"id": format!("log-{}", self.id), "workflowId": self.case.workflow, "executionId": self.id, "level": "info", "trigger": "api",
            "startedAt": self.began, "endedAt": self.ended_at(), "totalDurationMs": 1, "cost": {"total": 0.005}, "files": null,
            "workflow": {"id": self.case.workflow, "name": self.case.title, "workspaceId": WORKSPACE, "deleted": false},
            "finalOutput": self.output(), "traceSpans": spans})
    }
}
