//! What the stand-in answers to whom.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use serde_json::{Map, Value, json};

use super::{
    Case, Corpus, Face,
    corpus::{WORKSPACE, frames},
    run::Run,
};
use crate::{
    http::{Flow, Request, Service, Wire, reason},
    replay::Pacing,
};

/// What is done to streams on their way out.
#[derive(Debug, Clone, Default)]
pub(super) struct Spoiled {
    pub(super) split: Option<usize>,
    pub(super) garbage: Option<(usize, Vec<u8>)>,
}

/// Corpus, key and runs.
pub(super) struct World {
    pub(super) corpus: Corpus,
    face: Face,
    pace: Pacing,
    pub(super) key: String,
    runs: Mutex<Vec<Arc<Run>>>,
    conflicts: Mutex<Vec<String>>,
    chosen: Mutex<HashMap<String, String>>,
    paces: Mutex<HashMap<String, Pacing>>,
    wire: Mutex<Spoiled>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How a run is answered.
struct Call {
    id: String,
    live: bool,
    durable: bool,
    /// Blocks whose words were asked for.
    selected: Vec<String>,
    v2: bool,
}

/// A live run is cancelled when its connection goes, however it goes.
struct Tied(Arc<Run>);

impl Drop for Tied {
    fn drop(&mut self) {
        // One that waits for a person has ended its stream in order, and goes on waiting.
        if !self.0.live().ended {
            self.0.cancel();
        }
    }
}

impl World {
    pub(super) fn new(corpus: Corpus, face: Face, pace: Pacing, key: String) -> Self {
        Self {
            corpus,
            face,
            pace,
            key,
            runs: Mutex::default(),
            conflicts: Mutex::default(),
            chosen: Mutex::default(),
            paces: Mutex::default(),
            wire: Mutex::default(),
        }
    }

    pub(super) fn choose(&self, case: &Case) {
        lock(&self.chosen).insert(case.workflow.clone(), case.name.clone());
    }

    pub(super) fn set_pace(&self, case: &str, pace: Pacing) {
        lock(&self.paces).insert(case.to_owned(), pace);
    }

    pub(super) fn spoiled(&self) -> MutexGuard<'_, Spoiled> {
        lock(&self.wire)
    }

    pub(super) fn runs(&self) -> Vec<Arc<Run>> {
        lock(&self.runs).clone()
    }

    pub(super) fn conflicts(&self) -> Vec<String> {
        lock(&self.conflicts).clone()
    }

    fn run(&self, id: &str) -> Option<Arc<Run>> {
        lock(&self.runs).iter().find(|run| run.id == id).cloned()
    }

    fn pace_of(&self, case: &str) -> Pacing {
        lock(&self.paces).get(case).cloned().unwrap_or_else(|| self.pace.clone())
    }

    /// The recording that is played: the chosen one, else that with the same input, else the first.
    fn pick(&self, workflow: &str, input: &Value) -> Option<Arc<Case>> {
        if let Some(case) = lock(&self.chosen).get(workflow).and_then(|name| self.corpus.case(name)) {
            return Some(case);
        }
        let cases: Vec<_> = self.corpus.cases.iter().filter(|case| case.workflow == workflow).collect();
        cases.iter().find(|case| *input == *case.input).or(cases.first()).map(|case| Arc::clone(case))
    }

    fn row(&self, id: &str, title: &str) -> Value {
        json!({"id": id, "name": title, "description": "lab", "folderId": null, "workspaceId": WORKSPACE, "isDeployed": true,
            "deployedAt": "2026-11-23T21:37:36.700Z", "runCount": 3, "lastRunAt": null,
            "createdAt": "2026-11-23T21:37:35.960Z", "updatedAt": "2026-11-23T21:37:36.338Z"})
    }

    /// The recorded export, or one made of the blocks that spoke.
    fn export(&self, id: &str) -> Value {
        if let Some(recorded) = self.corpus.other("v2-export")
            && recorded.json()["data"]["workflow"]["id"] == *id
        {
            return recorded.json();
        }
        let mut blocks = Map::new();
        let mut speakers: Vec<(String, bool)> = Vec::new();
        for case in self.corpus.cases.iter().filter(|case| case.workflow == id) {
            let is_agent = case.answers.is_empty();
            for block in case.speakers() {
                if !speakers.iter().any(|(known, _)| *known == block) {
                    speakers.push((block, is_agent));
                }
            }
        }
        for (at, (block, is_agent)) in speakers.iter().enumerate() {
            let kind = if *is_agent { "agent" } else { "function" };
            let name = if *is_agent { format!("Agent {}", at + 1) } else { "After".to_owned() };
            blocks.insert(
                block.clone(),
                json!({"id": block, "type": kind, "name": name, "enabled": true, "subBlocks": {}, "outputs": {}, "position": {"x": 300 * at, "y": 0}}),
            );
        }
        json!({"data": {"version": "1.0", "state": {"blocks": blocks, "edges": [], "loops": {}, "parallels": {}}}})
    }

    /// The management interface, the same on both faces but for the path.
    async fn management(&self, request: &Request, rest: &[&str], wire: &mut Wire) -> io::Result<Flow> {
        match rest {
            ["workflows"] => {
                if request.query("workspaceId").is_none() {
                    return self.recorded("v1-workflows-no-workspace", wire).await;
                }
                let limit = request
                    .query("limit")
                    .and_then(|text| text.parse().ok())
                    .unwrap_or(50_usize)
                    .clamp(1, 100);
                let from = request.query("cursor").and_then(|text| text.parse().ok()).unwrap_or(0_usize);
                let all = self.corpus.workflows();
                let rows: Vec<Value> =
                    all.iter().skip(from).take(limit).map(|(id, title)| self.row(id, title)).collect();
                let next = (from + limit < all.len()).then(|| (from + limit).to_string());
                wire.json(200, &labels(), &json!({"data": rows, "nextCursor": next})).await
            }
            ["workflows", id] | ["workflows", id, "export"] => {
                let Some((id, title)) = self.corpus.workflows().into_iter().find(|(known, _)| known == id)
                else {
                    return wire.json(404, &labels(), &json!({"error": "Workflow not found"})).await;
                };
                if rest.len() == 3 {
                    return wire.json(200, &labels(), &self.export(&id)).await;
                }
                let mut row = self.row(&id, &title);
                let detail =
                    self.corpus.other("v1-workflow-detail").map(|recorded| recorded.json()["data"].take());
                row["inputs"] = detail
                    .filter(|detail| detail["id"] == *id)
                    .map_or(json!([]), |mut detail| detail["inputs"].take());
                wire.json(200, &labels(), &json!({"data": row})).await
            }
            ["logs"] => {
                let id = request.query("executionId").unwrap_or_default();
                let rows: Vec<Value> = self.run(&id).iter().map(|run| run.log()).collect();
                wire.json(200, &labels(), &json!({"data": rows, "nextCursor": null})).await
            }
            ["logs", id] => match self.run(id) {
                Some(run) => wire.json(200, &labels(), &json!({"data": run.log()})).await,
                None => wire.json(404, &labels(), &not_found()).await,
            },
            _ => wire.json(404, &labels(), &not_found()).await,
        }
    }

    /// Starts a run.
    async fn execute(
        &self,
        request: &Request,
        workflow: &str,
        v2: bool,
        wire: &mut Wire,
    ) -> io::Result<Flow> {
        let Some(body) = request.json().filter(Value::is_object) else {
            return wire.json(400, &labels(), &json!({"error": "Invalid request body", "details": []})).await;
        };
        let flags = body["includeThinking"] == true || body["includeToolCalls"] == true;
        if flags && request.header("x-sim-stream-protocol") != Some("agent-events-v1") {
            return self.recorded("exec-stream-flags-without-protocol", wire).await;
        }
        let input = if v2 { body["input"]["input"].clone() } else { body["input"].clone() };
        let Some(case) = self.pick(workflow, &input) else {
            return wire.json(404, &labels(), &json!({"error": "Workflow not found"})).await;
        };
        let id = request.header(if v2 { "x-run-id" } else { "x-execution-id" });
        let id = id.map_or_else(|| uuid::Uuid::new_v4().to_string(), str::to_owned);
        let selected = body["selectedOutputs"].as_array().into_iter().flatten();
        let call = Call {
            live: body["stream"] == true,
            durable: if v2 {
                body["async"] == true
            } else {
                request.header("x-execution-mode") == Some("async")
            },
            selected: selected.filter_map(|one| one.as_str().map(str::to_owned)).collect(),
            v2,
            id,
        };
        if self.run(&call.id).is_some() {
            lock(&self.conflicts).push(format!("the id {} was used again", call.id));
            return self.recorded("exec-stream-own-id-again", wire).await;
        }
        let run = Arc::new(Run::new(case.clone(), call.id.clone()));
        lock(&self.runs).push(run.clone());
        run.play(0, self.pace_of(&case.name));
        self.answer(&run, 0, &call, wire).await
    }

    async fn answer(&self, run: &Arc<Run>, part: usize, call: &Call, wire: &mut Wire) -> io::Result<Flow> {
        if call.durable {
            let body = if call.v2 {
                json!({"data": {"runId": run.id, "statusUrl": "http://unreachable.invalid/"}})
            } else {
                json!({"success": true, "async": true, "jobId": format!("workflow-execution:{}", run.id), "executionId": run.id,
                    "message": "Workflow execution queued", "statusUrl": "http://unreachable.invalid/"})
            };
            return wire.json(202, &labels(), &body).await;
        }
        let tied = Tied(run.clone());
        if call.live {
            return self.stream(run, part, &call.selected, wire, tied).await;
        }
        let mut changes = run.changes();
        wire.wait(changes.wait_for(|_| run.status() != "running")).await?.map_err(gone)?;
        let record = run.legacy();
        let ok = matches!(run.status(), "completed" | "paused");
        let body = json!({"success": ok, "executionId": run.id, "output": record["finalOutput"], "error": record["error"], "metadata": {}});
        wire.json(if ok { 200 } else { 500 }, &labels(), &body).await
    }

    /// A live answer. Nothing is sent before the first frame, not even the head.
    async fn stream(
        &self,
        run: &Arc<Run>,
        part: usize,
        selected: &[String],
        wire: &mut Wire,
        tied: Tied,
    ) -> io::Result<Flow> {
        let empty = Vec::new();
        let chunks = run.case.parts.get(part).unwrap_or(&empty);
        let mut changes = run.changes();
        let (mut sent, mut begun) = (0, false);
        loop {
            let (made, ended, cancelled) = {
                let live = run.live();
                (live.chunks.min(chunks.len()), live.ended, live.cancelled)
            };
            for (_, text) in chunks.get(sent..made).unwrap_or_default() {
                let spoiled = self.spoiled().clone();
                if !begun {
                    let head = wire.head_bytes(200, reason(200), &stream_labels());
                    wire.raw(&head).await?;
                    begun = true;
                }
                if let Some((_, garbage)) = spoiled.garbage.filter(|(after, _)| *after == sent) {
                    wire.chunk(&garbage).await?;
                }
                if is_asked_for(text, selected) {
                    for piece in text.as_bytes().chunks(spoiled.split.unwrap_or(usize::MAX)) {
                        wire.chunk(piece).await?;
                    }
                }
                sent += 1;
            }
            if cancelled {
                if !begun {
                    let head = wire.head_bytes(200, reason(200), &stream_labels());
                    wire.raw(&head).await?;
                }
                // As the recording `cancel-stream` ends.
                wire.chunk(b"data: {\"event\":\"final\",\"data\":{\"success\":false,\"output\":{}}}\n\n")
                    .await?;
                wire.chunk(b"data: \"[DONE]\"\n\n").await?;
                wire.last_chunk().await?;
                return Ok(Flow::KeepAlive);
            }
            if ended && sent >= chunks.len() {
                wire.last_chunk().await?;
                drop(tied);
                return Ok(Flow::KeepAlive);
            }
            wire.wait(changes.changed()).await?.map_err(gone)?;
        }
    }

    /// Answers a pause, in the mode of the call.
    async fn go_on(
        &self,
        request: &Request,
        id: &str,
        context: &str,
        v2: bool,
        wire: &mut Wire,
    ) -> io::Result<Flow> {
        let Some(run) = self.run(id) else { return wire.json(404, &labels(), &not_found()).await };
        if !run.waits() || run.context() != *context {
            return self.recorded("hitl-resume-again", wire).await;
        }
        let body = request.json().unwrap_or_default();
        let selected = body["selectedOutputs"].as_array().into_iter().flatten();
        let call = Call {
            id: id.to_owned(),
            live: body["stream"] == true,
            durable: body["stream"] != true,
            selected: selected.filter_map(|one| one.as_str().map(str::to_owned)).collect(),
            v2,
        };
        let part = run.live().part + 1;
        run.play(part, self.pace_of(&run.case.name));
        self.answer(&run, part, &call, wire).await
    }

    /// What one run of a workflow can be asked.
    async fn one(
        &self,
        request: &Request,
        id: &str,
        rest: &[&str],
        v2: bool,
        wire: &mut Wire,
    ) -> io::Result<Flow> {
        let Some(run) = self.run(id) else {
            return wire.json(404, &labels(), &json!({"error": if v2 { not_found()["error"].clone() } else { json!("Execution not found") }})).await;
        };
        match (request.method.as_str(), rest) {
            ("GET", []) => {
                let body = if v2 { run.v2() } else { run.legacy() };
                wire.json(200, &labels(), &body).await
            }
            ("POST", ["cancel"]) => {
                if run.cancel() {
                    let body = json!({"success": true, "executionId": id, "redisAvailable": true, "durablyRecorded": true,
                        "locallyAborted": false, "pausedCancelled": false, "reason": "recorded"});
                    return wire.json(200, &labels(), &body).await;
                }
                let words = format!("Execution cannot be cancelled while {}", run.status());
                wire.json(409, &labels(), &json!({"error": words})).await
            }
            ("POST", ["resume"]) if v2 => {
                let context =
                    request.json().unwrap_or_default()["contextId"].as_str().unwrap_or_default().to_owned();
                self.go_on(request, id, &context, true, wire).await
            }
            _ => wire.json(404, &labels(), &not_found()).await,
        }
    }

    async fn recorded(&self, name: &str, wire: &mut Wire) -> io::Result<Flow> {
        match self.corpus.other(name) {
            Some(recorded) => wire.json(recorded.status, &labels(), &recorded.json()).await,
            None => wire.json(500, &labels(), &json!({"error": format!("{name} was not recorded")})).await,
        }
    }
}

#[async_trait]
impl Service for World {
    async fn serve(&self, request: Request, wire: &mut Wire) -> io::Result<Flow> {
        let path = request.path.trim_matches('/').to_owned();
        let parts: Vec<&str> = path.split('/').collect();
        let known = request.header("x-api-key") == Some(self.key.as_str());
        match parts.as_slice() {
            ["api", "health"] => {
                return wire
                    .json(
                        200,
                        &labels(),
                        &json!({"status": "ok", "timestamp": jackfield_protocol::time::now()}),
                    )
                    .await;
            }
            ["api", "chat", name] => {
                let recorded = if *name == "lab-chat" { "chat-config" } else { "chat-missing" };
                return self.recorded(recorded, wire).await;
            }
            ["api", "v2", ..] if self.face == Face::Legacy => return self.recorded("v2-off", wire).await,
            _ => {}
        }
        if !known {
            let missing = request.header("x-api-key").is_none();
            return match parts.get(1) {
                Some(&"v2") => self.recorded("v2-bad-key", wire).await,
                _ if missing => self.recorded("v1-workflows-no-key", wire).await,
                _ => self.recorded("v1-workflows-bad-key", wire).await,
            };
        }
        match (request.method.as_str(), parts.as_slice()) {
            ("GET", ["api", "users", "me", "usage-limits"]) => self.recorded("usage-limits", wire).await,
            ("GET", ["api", "v2", "workspaces"]) => self.recorded("v2-workspaces", wire).await,
            ("POST", ["api", "workflows", id, "execute"]) => self.execute(&request, id, false, wire).await,
            ("POST", ["api", "v2", "workflows", id, "execute"]) => {
                self.execute(&request, id, true, wire).await
            }
            (_, ["api", "workflows", _, "executions", id, rest @ ..]) => {
                self.one(&request, id, rest, false, wire).await
            }
            (_, ["api", "v2", "workflows", _, "runs", id, rest @ ..]) => {
                self.one(&request, id, rest, true, wire).await
            }
            ("POST", ["api", "resume", _, id, context]) => {
                self.go_on(&request, id, context, false, wire).await
            }
            ("GET", ["api", "v1" | "v2", rest @ ..]) => self.management(&request, rest, wire).await,
            _ => wire.json(404, &labels(), &not_found()).await,
        }
    }
}

/// Words are streamed only for blocks that were asked for; a wrong name is silent (recording `selected-unknown`).
fn is_asked_for(text: &str, selected: &[String]) -> bool {
    let said = frames(&[(0.0, text.to_owned())]);
    said.iter().all(|frame| match frame["blockId"].as_str() {
        Some(block) => selected.iter().any(|one| one.starts_with(block)),
        None => true,
    })
}

fn labels() -> Vec<(String, String)> {
    vec![("X-Jackfield-Simulated".to_owned(), "true".to_owned())]
}

fn stream_labels() -> Vec<(String, String)> {
    let mut labels = labels();
    labels.push(("Content-Type".to_owned(), "text/event-stream".to_owned()));
    labels.push(("Transfer-Encoding".to_owned(), "chunked".to_owned()));
    labels
}

fn not_found() -> Value {
    json!({"error": {"code": "NOT_FOUND", "message": "Not found"}})
}

fn gone<E>(_: E) -> io::Error {
    io::ErrorKind::ConnectionAborted.into()
}
