//! One simulated execution.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tokio::{
    sync::{mpsc, watch},
    task::AbortHandle,
};

use super::{Case, render::Marks};
use crate::http::Request;

/// Why a run did not end as it was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    Stopped,
    Crashed,
}

/// An execution of the simulated n8n.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) id: u64,
    pub(super) case: Arc<Case>,
    pub(super) request: Request,
    pub(super) resume_token: String,
    pub(super) chat: bool,
    pub(super) old: bool,
    texts: Vec<(String, String)>,
    live: Mutex<Live>,
    changed: watch::Sender<u64>,
}

/// What changes while it goes on.
#[derive(Debug, Default)]
pub(super) struct Live {
    /// Which segment is or was played.
    pub(super) segment: usize,
    /// When each segment began.
    pub(super) begun: Vec<Timestamp>,
    /// Segment and number of the snapshot that shows; none yet at the beginning.
    pub(super) snapshot: Option<(usize, usize)>,
    pub(super) head: bool,
    /// How many chunks of this segment's answer have been made.
    pub(super) chunks: usize,
    /// This segment's answer is complete.
    pub(super) answered: bool,
    /// The segment has been played to its end.
    pub(super) rests: bool,
    pub(super) broken: Option<(Broken, Timestamp)>,
    pub(super) gone: bool,
    /// What the chat has said so far, and whether it has closed.
    pub(super) said: Vec<String>,
    pub(super) closed: bool,
    pub(super) ear: Option<mpsc::Sender<()>>,
    pub(super) player: Option<AbortHandle>,
}

impl Run {
    pub(super) fn new(
        id: u64,
        case: Arc<Case>,
        request: Request,
        chat: bool,
        old: bool,
        base: &str,
        resume_token: String,
    ) -> Self {
        let host = base.trim_start_matches("http://").to_owned();
        let mut texts = vec![
            ("<BASE>".to_owned(), base.to_owned()),
            ("<HOST>".to_owned(), host),
            ("<LLM>".to_owned(), "http://llm.invalid".to_owned()),
            ("<EXECUTION_ID>".to_owned(), id.to_string()),
            ("<RESUME_TOKEN>".to_owned(), resume_token.clone()),
        ];
        if let Some(traceparent) = request.traceparent() {
            texts.push(("<TRACEPARENT>".to_owned(), traceparent.to_owned()));
        }
        for (number, sub) in (1..=case.sub_executions.len()).zip(id + 1..) {
            texts.push((format!("<SUB_EXECUTION_{number}>"), sub.to_string()));
        }
        let live = Mutex::new(Live { begun: vec![jackfield_protocol::time::now()], ..Live::default() });
        Self { id, case, request, resume_token, chat, old, texts, live, changed: watch::Sender::new(0) }
    }

    pub(super) fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes something and tells who waits for it.
    pub(super) fn change(&self, how: impl FnOnce(&mut Live)) {
        how(&mut self.live());
        self.changed.send_modify(|changes| *changes += 1);
    }

    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    pub(super) fn marks(&self) -> Marks {
        let live = self.live();
        let shifts = self
            .case
            .segments
            .iter()
            .zip(&live.begun)
            .map(|(segment, begun)| {
                (segment.recorded_at, begun.as_millisecond() - segment.recorded_at.as_millisecond())
            })
            .collect();
        Marks { texts: self.texts.clone(), shifts }
    }

    /// Whether the API still shows it.
    pub(super) fn is_kept(&self) -> bool {
        !self.live().gone
    }

    /// Its status, without making the whole record.
    pub(super) fn status(&self, queued: bool) -> String {
        let live = self.live();
        let shown = match (live.broken, live.snapshot) {
            (Some((Broken::Stopped, _)), _) => Some("canceled"),
            (Some((Broken::Crashed, _)), _) => Some("crashed"),
            (None, Some(_)) => self.snapshot(live.snapshot).and_then(|record| record["status"].as_str()),
            (None, None) if live.rests => self.case.status(),
            (None, None) => None,
        };
        shown.unwrap_or(if queued { "new" } else { "running" }).to_owned()
    }

    fn snapshot(&self, at: Option<(usize, usize)>) -> Option<&Value> {
        let (segment, number) = at?;
        Some(&self.case.segments.get(segment)?.snapshots.get(number)?.execution)
    }

    /// The record as the API gives it with data, without `workflowData`.
    pub(super) fn record(&self, queued: bool) -> Value {
        let (snapshot, broken, rests) = {
            let live = self.live();
            (live.snapshot, live.broken, live.rests)
        };
        let mut record = match self.snapshot(snapshot).cloned() {
            // A run whose record was never seen ended before anybody could look.
            None if rests && self.case.last().is_some() => self.case.last().cloned().unwrap_or_default(),
            None => self.just_begun(queued),
            Some(record) => record,
        };
        self.put_in(&mut record);
        let text = self.marks().render(&record.to_string());
        let mut record: Value = serde_json::from_str(&text).unwrap_or_default();
        if self.request.traceparent().is_none() && record.get("tracingContext").is_some() {
            record["tracingContext"] = Value::Null;
        }
        if let Some((why, at)) = broken {
            if why == Broken::Crashed {
                self.what_survives(&mut record);
            }
            broken_off(&mut record, why, at, self.id);
        }
        record
    }

    /// Final records of the sub-workflows, once the run itself has ended.
    pub(super) fn subs(&self) -> Vec<Value> {
        let live = self.live();
        let ended = live.rests && live.segment + 1 >= self.case.segments.len();
        drop(live);
        if !ended {
            return Vec::new();
        }
        let marks = self.marks();
        self.case
            .sub_executions
            .iter()
            .filter(|record| record.is_object())
            .filter_map(|record| serde_json::from_str(&marks.render(&record.to_string())).ok())
            .collect()
    }

    /// A record as it is before anything has run: `runData` is empty.
    fn just_begun(&self, queued: bool) -> Value {
        let mut record = self
            .case
            .segments
            .first()
            .and_then(|segment| segment.snapshots.first())
            .map_or_else(|| self.unseen(), |snapshot| snapshot.execution.clone());
        record["status"] = if queued { "new" } else { "running" }.into();
        record["finished"] = false.into();
        record["stoppedAt"] = Value::Null;
        record["waitTill"] = Value::Null;
        if queued {
            record["startedAt"] = Value::Null;
        }
        record["data"]["resultData"] = json!({ "runData": {} });
        if let Some(fields) = record.as_object_mut() {
            fields.remove("customData");
        }
        record
    }

    /// The fields that every record has, for runs that were too short to be seen.
    fn unseen(&self) -> Value {
        let begun =
            format!("{:.3}", self.case.segments.first().map(|one| one.recorded_at).unwrap_or_default());
        let mut record = json!({
            "id": "<EXECUTION_ID>", "finished": false, "mode": "webhook", "retryOf": null, "retrySuccessId": null,
            "status": "running", "createdAt": begun, "startedAt": begun, "stoppedAt": null, "deletedAt": null,
            "workflowId": self.case.workflow_id, "waitTill": null, "data": { "version": 1 },
        });
        if !self.old {
            record["tracingContext"] = json!({ "traceparent": "<TRACEPARENT>" });
        }
        record
    }

    /// After a crash n8n rebuilds at least the trigger's run from its own log (recordings e08).
    fn what_survives(&self, record: &mut Value) {
        let Some(Value::Object(runs)) = record.pointer_mut("/data/resultData/runData") else { return };
        let first = self
            .case
            .last()
            .and_then(|last| last.pointer("/data/resultData/runData")?.as_object()?.iter().next());
        if let (true, Some((name, run))) = (runs.is_empty(), first) {
            let text = self.marks().render(&run.to_string());
            runs.insert(name.clone(), serde_json::from_str(&text).unwrap_or_default());
        }
    }

    /// Puts what the caller sent into the data of the trigger, as n8n does.
    fn put_in(&self, record: &mut Value) {
        let runs = record.pointer_mut("/data/resultData/runData").and_then(Value::as_object_mut);
        let first = runs.and_then(|runs| {
            runs.values_mut().find(|runs| runs[0]["source"].as_array().is_some_and(Vec::is_empty))
        });
        let Some(item) = first.and_then(|runs| runs.pointer_mut("/0/data/main/0/0/json")) else { return };
        let Some(body) = self.request.json() else { return };
        if self.chat {
            *item = body;
        } else if item.get("headers").is_some() {
            let headers: Map<String, Value> = self
                .request
                .headers
                .iter()
                .map(|(name, value)| (name.to_lowercase(), Value::from(value.clone())))
                .collect();
            item["headers"] = headers.into();
            item["query"] = self
                .request
                .query_pairs()
                .into_iter()
                .map(|(name, value)| (name, value.into()))
                .collect::<Map<_, _>>()
                .into();
            item["body"] = body;
        }
    }
}

/// What n8n writes when a run is stopped (e05) or n8n itself was killed (e08).
fn broken_off(record: &mut Value, why: Broken, at: Timestamp, id: u64) {
    let (status, error) = match why {
        Broken::Stopped => (
            "canceled",
            json!({
                "level": "warning", "shouldReport": false, "tags": {}, "extra": { "executionId": id.to_string() },
                "timestamp": at.as_millisecond(), "context": {}, "functionality": "regular",
                "name": "ManualExecutionCancelledError", "reason": "manual",
                "message": "The execution was cancelled manually",
            }),
        ),
        Broken::Crashed => (
            "crashed",
            json!({
                "message": "Workflow did not finish, possible out-of-memory issue",
                "timestamp": at.as_millisecond(), "name": "WorkflowCrashedError", "context": {},
            }),
        ),
    };
    record["status"] = status.into();
    record["finished"] = false.into();
    record["stoppedAt"] = format!("{at:.3}").into();
    record["waitTill"] = Value::Null;
    record["data"]["resultData"]["error"] = error;
}
