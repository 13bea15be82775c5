//! Long calls: tasks of 2025-11-25 (`task` parameter, `tasks/result`) and of the 2026 extension (`tasks/update`). One state, two forms.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jackfield_protocol::time::now;
use serde_json::{Map, Value, json};
use tokio::sync::{oneshot, watch};

use super::{
    Face,
    call::Ending,
    envelope::Fault,
    session::Session,
    stream::{Stop, Stream},
    world::World,
};

/// Suggested pause between two looks at a task, in milliseconds.
const POLL_MS: u64 = 20;

/// One long call.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) id: String,
    ttl_ms: Option<u64>,
    created: String,
    pub(super) stop: Stop,
    state: Mutex<State>,
    changed: watch::Sender<u64>,
}

#[derive(Debug)]
struct State {
    status: &'static str,
    message: Option<String>,
    updated: String,
    /// The result, or the error, once it has ended.
    outcome: Option<Result<Value, Fault>>,
    open: BTreeMap<String, (Value, Option<oneshot::Sender<Value>>)>,
}

impl Task {
    pub(super) fn new(ttl_ms: Option<u64>) -> Self {
        let created = now().to_string();
        let state = State {
            status: "working",
            message: Some("The operation is in progress.".to_owned()),
            updated: created.clone(),
            outcome: None,
            open: BTreeMap::new(),
        };
        Self {
            id: uuid::Uuid::new_v4().to_string(),
            ttl_ms,
            created,
            stop: Stop::new(),
            state: Mutex::new(state),
            changed: watch::Sender::new(0),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state();
        if !matches!(state.status, "completed" | "failed" | "cancelled") {
            change(&mut state);
            state.updated = now().to_string();
            self.changed.send_modify(|count| *count += 1);
        }
    }

    pub(super) fn says(&self, message: &str) {
        self.change(|state| state.message = Some(message.to_owned()));
    }

    /// Asks the client and waits until it has answered.
    pub(super) async fn ask(&self, key: &str, method: &str, params: Option<Value>) -> Result<Value, Ending> {
        let (sender, receiver) = oneshot::channel();
        let mut request = json!({ "method": method });
        if let Some(params) = params {
            request["params"] = params;
        }
        self.change(|state| {
            state.open.insert(key.to_owned(), (request, Some(sender)));
            state.status = "input_required";
            state.message = Some("Waiting for input.".to_owned());
        });
        receiver.await.map_err(|_| Ending::Cancelled)
    }

    /// Takes answers by key; those that nobody waits for are ignored, as the extension wants it.
    pub(super) fn answer(&self, answers: &Map<String, Value>) {
        self.change(|state| {
            for (key, answer) in answers {
                if let Some((_, Some(waits))) = state.open.remove(key) {
                    let _ = waits.send(answer.clone());
                }
            }
            if state.open.is_empty() {
                state.status = "working";
                state.message = Some("The operation is in progress.".to_owned());
            }
        });
    }

    pub(super) fn end(&self, outcome: Result<Value, Ending>) {
        self.change(|state| {
            state.open.clear();
            (state.status, state.message, state.outcome) = match outcome {
                Ok(result) if result["isError"] == true => {
                    ("failed", Some("The tool failed.".to_owned()), Some(Ok(result)))
                }
                Ok(result) => ("completed", None, Some(Ok(result))),
                Err(Ending::Fault(fault)) => ("failed", Some(fault.message.clone()), Some(Err(fault))),
                Err(_) => ("cancelled", Some("The task was cancelled.".to_owned()), None),
            };
        });
    }

    /// Cancels it; false when it had ended.
    pub(super) fn cancel(&self) -> bool {
        let ended = matches!(self.state().status, "completed" | "failed" | "cancelled");
        self.end(Err(Ending::Cancelled));
        self.stop.stop();
        !ended
    }

    /// As 2025-11-25 has it.
    pub(super) fn legacy(&self) -> Value {
        let state = self.state();
        let mut task = json!({
            "taskId": self.id, "status": state.status, "ttl": self.ttl_ms,
            "createdAt": self.created, "lastUpdatedAt": state.updated, "pollInterval": POLL_MS,
        });
        if let Some(message) = &state.message {
            task["statusMessage"] = message.clone().into();
        }
        task
    }

    /// As the extension of 2026 has it: a tool that says `isError` has completed there.
    pub(super) fn modern(&self) -> Value {
        let state = self.state();
        let status = match (&state.outcome, state.status) {
            (Some(Ok(_)), _) => "completed",
            (_, status) => status,
        };
        let mut task = json!({"taskId": self.id, "status": status});
        if let Some(message) = &state.message {
            task["statusMessage"] = message.clone().into();
        }
        task["createdAt"] = self.created.clone().into();
        task["lastUpdatedAt"] = state.updated.clone().into();
        task["ttlMs"] = self.ttl_ms.into();
        task["pollIntervalMs"] = POLL_MS.into();
        match &state.outcome {
            Some(Ok(result)) => task["result"] = result.clone(),
            Some(Err(fault)) => task["error"] = fault.body(),
            None if status == "input_required" => {
                let open = state.open.iter().map(|(key, (request, _))| (key.clone(), request.clone()));
                task["inputRequests"] = Value::Object(open.collect());
            }
            None => {}
        }
        task
    }

    /// `tasks/result` of 2025-11-25: waits for the end, and asks what the task wants to know meanwhile.
    async fn result(&self, session: &Session, out: &Stream) -> Result<Value, Ending> {
        let mut changes = self.changed.subscribe();
        loop {
            changes.mark_unchanged();
            let (outcome, open) = {
                let state = self.state();
                let open = state.open.iter().next().map(|(key, (request, _))| (key.clone(), request.clone()));
                (state.outcome.clone(), open.filter(|_| state.status == "input_required"))
            };
            let related = json!({"io.modelcontextprotocol/related-task": {"taskId": self.id}});
            if let Some(outcome) = outcome {
                let mut result = outcome?;
                result["_meta"] = related;
                return Ok(result);
            }
            if self.state().status == "cancelled" {
                return Err(Fault::new(-32602, "The task was cancelled").into());
            }
            if let Some((key, mut request)) = open {
                let mut params = request["params"].take();
                params["_meta"] = related;
                let method = request["method"].as_str().unwrap_or_default().to_owned();
                let Some(mut answer) = session.ask(out, &method, Some(params)).await else {
                    return Err(Ending::Cancelled);
                };
                self.answer(&Map::from_iter([(key, answer["result"].take())]));
                continue;
            }
            if changes.changed().await.is_err() {
                return Err(Ending::Cancelled);
            }
        }
    }
}

/// `tasks/…` of both eras.
pub(super) async fn handle(
    world: &Arc<World>,
    session: &Session,
    modern: bool,
    method: &str,
    params: &Value,
    out: &Stream,
) -> Result<Value, Ending> {
    let face = world.script.face;
    if method == "tasks/list" && !modern {
        let tasks: Vec<Value> = world.tasks().values().map(|task| task.legacy()).collect();
        return Ok(match face {
            Face::Everything => json!({"tasks": tasks, "_meta": {}}),
            Face::Lab => json!({ "tasks": tasks }),
        });
    }
    let id = params["taskId"].as_str().unwrap_or_default();
    let found = world.tasks().get(id).cloned();
    let not_found = || Fault::new(-32602, face.words(-32602, "Failed to retrieve task: Task not found"));
    let task = found.ok_or_else(not_found)?;
    match (method, modern) {
        ("tasks/get", false) => Ok(task.legacy()),
        ("tasks/get", true) => Ok(task.modern()),
        ("tasks/result", false) => task.result(session, out).await,
        ("tasks/cancel", false) => {
            if task.cancel() {
                Ok(task.legacy())
            } else {
                let status = task.state().status;
                let words = format!("Cannot cancel task in terminal status: {status}");
                Err(Fault::new(-32602, face.words(-32602, words)).into())
            }
        }
        ("tasks/cancel", true) => {
            task.cancel();
            Ok(json!({}))
        }
        ("tasks/update", true) => {
            task.answer(params["inputResponses"].as_object().unwrap_or(&Map::new()));
            Ok(json!({}))
        }
        _ => Err(face.no_method(method).into()),
    }
}
