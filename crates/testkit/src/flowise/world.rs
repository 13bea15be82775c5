//! What the simulation answers to whom.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use serde_json::{Value, json};

use super::{Case, Corpus, run::Run};
use crate::{
    http::{Flow, Request, Service, Wire},
    replay::Pacing,
};

/// What is done to streams on their way out.
#[derive(Debug, Clone, Default)]
pub(super) struct Spoiled {
    pub(super) split: Option<usize>,
    pub(super) garbage: Option<(usize, Vec<u8>)>,
}

/// Corpus, keys and runs.
pub(super) struct World {
    pub(super) corpus: Corpus,
    pub(super) pace: Pacing,
    /// Keys and whether they may view things.
    pub(super) keys: Mutex<HashMap<String, bool>>,
    runs: Mutex<Vec<Arc<Run>>>,
    chosen: Mutex<HashMap<String, String>>,
    paces: Mutex<HashMap<String, Pacing>>,
    pub(super) wire: Mutex<Spoiled>,
}

/// What a caller may do.
#[derive(PartialEq, Eq, Clone, Copy)]
enum Caller {
    Stranger,
    Weak,
    Full,
}

impl World {
    pub(super) fn new(corpus: Corpus, pace: Pacing, keys: HashMap<String, bool>) -> Self {
        Self {
            corpus,
            pace,
            keys: Mutex::new(keys),
            runs: Mutex::default(),
            chosen: Mutex::default(),
            paces: Mutex::default(),
            wire: Mutex::default(),
        }
    }

    pub(super) fn choose(&self, case: &Case) {
        lock(&self.chosen).insert(case.flow.clone(), case.name.clone());
    }

    pub(super) fn set_pace(&self, case: &str, pace: Pacing) {
        lock(&self.paces).insert(case.to_owned(), pace);
    }

    pub(super) fn runs(&self) -> Vec<Arc<Run>> {
        lock(&self.runs).clone()
    }

    fn is_old(&self) -> bool {
        self.corpus.version.starts_with("2.")
    }

    fn caller(&self, request: &Request) -> Caller {
        let given = request.header("authorization").unwrap_or_default();
        match lock(&self.keys).get(given.strip_prefix("Bearer ").unwrap_or(given)) {
            Some(true) => Caller::Full,
            Some(false) => Caller::Weak,
            None => Caller::Stranger,
        }
    }

    fn flow(&self, id: &str) -> Option<&Value> {
        self.corpus.flows.iter().find(|flow| flow["id"] == *id)
    }

    fn pace_of(&self, case: &str) -> Pacing {
        lock(&self.paces).get(case).cloned().unwrap_or_else(|| self.pace.clone())
    }

    /// The recording that is played for a request: the chosen one, else that whose question or form is the same, else the first.
    fn pick(&self, flow: &str, body: &Value) -> Option<Arc<Case>> {
        if let Some(case) = lock(&self.chosen).get(flow).and_then(|name| self.corpus.case(name)) {
            return Some(case);
        }
        let cases: Vec<_> = self.corpus.cases.iter().filter(|case| case.flow == flow).collect();
        let same = cases.iter().find(|case| {
            case.sent(0)["question"] == body["question"] && case.sent(0)["form"] == body["form"]
        });
        same.or(cases.first()).map(|case| Arc::clone(case))
    }

    async fn predict(&self, request: &Request, flow: &str, wire: &mut Wire) -> io::Result<Flow> {
        let Some(body) = request.json() else {
            return error(wire, 400, "Unexpected token in JSON").await;
        };
        let streaming = body["streaming"] == true || body["streaming"] == "true";
        if self.flow(flow).is_none() {
            // The real one never answers a streaming caller (recording b01).
            return if streaming {
                wire.silence().await
            } else {
                error(wire, 404, &format!("Chatflow {flow} not found")).await
            };
        }
        let chat = body["chatId"].as_str().map_or_else(|| uuid::Uuid::new_v4().to_string(), str::to_owned);
        let session =
            body.pointer("/overrideConfig/sessionId").and_then(Value::as_str).unwrap_or(&chat).to_owned();
        if body["humanInput"].is_object() {
            return self.go_on(&body, flow, &session, streaming, wire).await;
        }
        let Some(case) = self.pick(flow, &body) else {
            return error(wire, 500, "no run of this flow was recorded").await;
        };
        let question = body["question"].as_str().unwrap_or_default().to_owned();
        let has_execution = self.corpus.kind(flow) == "AGENTFLOW";
        let run = Arc::new(Run::new(case.clone(), chat, session, question, has_execution));
        lock(&self.runs).push(run.clone());
        run.play(0, self.pace_of(&case.name));
        self.follow(&run, 0, wire).await
    }

    /// Resumes the newest run of the conversation (recordings h01 to h04).
    async fn go_on(
        &self,
        body: &Value,
        flow: &str,
        session: &str,
        streaming: bool,
        wire: &mut Wire,
    ) -> io::Result<Flow> {
        let runs = self.runs();
        let newest = runs.iter().rev().find(|run| run.case.flow == flow && run.session == session);
        let refused = match newest {
            None => Some(format!("No previous execution found for session {session}")),
            Some(run) if !run.waits() => {
                Some("Cannot resume execution because it is in 'FINISHED' state.".to_owned())
            }
            Some(_) => None,
        };
        if let Some(why) = refused {
            let message = format!("Error: predictionsServices.buildChatflow - {why}");
            if !streaming {
                return error(wire, 500, &message).await;
            }
            let frames = format!(
                "message:\ndata:{}\n\nmessage:\ndata:{}\n\n",
                json!({"event": "error", "data": message}),
                json!({"event": "end", "data": "[DONE]"})
            );
            return wire.answer(200, &stream_headers(), frames.as_bytes()).await;
        }
        let Some(run) = newest.cloned() else { return Ok(Flow::Close) };
        let next = run.live().segment + 1;
        let recorded = run.case.sent(next);
        if recorded["humanInput"]["type"] != body["humanInput"]["type"] {
            return error(wire, 500, "this answer was not recorded").await;
        }
        run.play(next, self.pace_of(&run.case.name));
        self.follow(&run, next, wire).await
    }

    /// The answer to the call that began a segment. The run goes on when the caller leaves.
    async fn follow(&self, run: &Arc<Run>, segment: usize, wire: &mut Wire) -> io::Result<Flow> {
        let Some(exchange) = run.case.segments.get(segment) else { return Ok(Flow::Close) };
        let mut changes = run.changes();
        if !run.streams(segment) {
            let over = |_: &u64| run.live().answered || run.live().aborted.is_some();
            wire.wait(changes.wait_for(over)).await?.map_err(gone)?;
            if run.live().aborted.is_some() {
                return error(
                    wire,
                    500,
                    "Error: predictionsServices.buildChatflow - Error in LLM node: AbortError",
                )
                .await;
            }
            let body = run.render(&String::from_utf8_lossy(&exchange.body()));
            let body: Value = serde_json::from_str(&body).unwrap_or_default();
            return wire.json(exchange.status(), &labels(), &body).await;
        }
        let mut headers = stream_headers();
        headers.push(("Transfer-Encoding".to_owned(), "chunked".to_owned()));
        let head = wire.head_bytes(200, "OK", &headers);
        wire.raw(&head).await?;
        let mut sent = 0;
        loop {
            let (made, answered, aborted) = {
                let live = run.live();
                let same = live.segment == segment;
                let made = if same { live.chunks } else { exchange.chunks.len() };
                (made, live.answered || !same, live.aborted.clone())
            };
            for chunk in exchange.chunks.get(sent..made).unwrap_or_default() {
                let spoiled = lock(&self.wire).clone();
                if let Some((_, garbage)) = spoiled.garbage.filter(|(after, _)| *after == sent) {
                    wire.chunk(&garbage).await?;
                }
                let text = run.render(&String::from_utf8_lossy(&chunk.bytes()));
                for piece in text.as_bytes().chunks(spoiled.split.unwrap_or(usize::MAX)) {
                    wire.chunk(piece).await?;
                }
                sent += 1;
            }
            if let Some((last, _)) = aborted {
                wire.chunk(&last).await?;
                wire.last_chunk().await?;
                return Ok(Flow::KeepAlive);
            }
            if answered && sent >= exchange.chunks.len() {
                wire.last_chunk().await?;
                return Ok(Flow::KeepAlive);
            }
            wire.wait(changes.changed()).await?.map_err(gone)?;
        }
    }

    /// Everything below `/api/v1` that everybody may ask.
    async fn open(&self, request: &Request, path: &str, wire: &mut Wire) -> io::Result<Option<Flow>> {
        let (first, rest) = path.split_once('/').unwrap_or((path, ""));
        let flow = match (request.method.as_str(), first) {
            ("GET", "ping") => wire.answer(200, &html_labels(), b"pong").await?,
            ("GET", "version") => wire.json(200, &labels(), &json!({"version": self.corpus.version})).await?,
            ("POST", "prediction") => self.predict(request, rest, wire).await?,
            ("GET", "chatflows-streaming" | "chatflows-uploads" | "public-chatbotConfig") => match self
                .flow(rest)
            {
                None => {
                    error(
                        wire,
                        500,
                        &format!("Error: chatflowsService - Chatflow {rest} not found in the database!"),
                    )
                    .await?
                }
                Some(_) if first == "chatflows-streaming" => {
                    let streams = !self.corpus.not_streaming.iter().any(|id| id == rest);
                    wire.json(200, &labels(), &json!({"isStreaming": streams})).await?
                }
                Some(_) if first == "chatflows-uploads" => wire.json(200, &labels(), &no_uploads()).await?,
                Some(flow) => {
                    let mut config: Value = flow["chatbotConfig"]
                        .as_str()
                        .and_then(|text| serde_json::from_str(text).ok())
                        .unwrap_or_else(|| json!({}));
                    config["uploads"] = no_uploads();
                    if !self.is_old() {
                        config["flowData"] = flow["flowData"].clone();
                    }
                    wire.json(200, &labels(), &config).await?
                }
            },
            _ => return Ok(None),
        };
        Ok(Some(flow))
    }

    /// Everything that wants a key.
    async fn guarded(
        &self,
        request: &Request,
        path: &str,
        caller: Caller,
        wire: &mut Wire,
    ) -> io::Result<Flow> {
        let parts: Vec<&str> = path.split('/').collect();
        let may_view = caller == Caller::Full || self.is_old();
        match (request.method.as_str(), parts.as_slice()) {
            ("PUT", ["chatmessage", "abort", flow, chat]) => {
                if matches!(self.corpus.kind(flow), "AGENTFLOW" | "MULTIAGENT") {
                    self.runs().iter().filter(|run| run.chat == **chat).for_each(|run| run.abort());
                }
                // The same words whatever comes of it (recordings c04 to c08).
                wire.json(200, &labels(), &json!({"status": 200, "message": "Chat message aborted"})).await
            }
            ("GET", ["chatmessage", flow]) => {
                let (chat, session) = (request.query("chatId"), request.query("sessionId"));
                let runs = self.runs();
                let own = runs.iter().filter(|run| {
                    run.case.flow == **flow
                        && chat.as_ref().is_none_or(|chat| run.chat == *chat)
                        && session.as_ref().is_none_or(|session| run.session == *session)
                });
                let messages: Vec<Value> = own.flat_map(|run| run.messages()).collect();
                wire.json(200, &labels(), &Value::Array(messages)).await
            }
            ("GET", ["chatflows" | "executions", ..]) if !may_view => {
                wire.json(403, &labels(), &json!({"message": "Forbidden"})).await
            }
            ("GET", ["chatflows"]) => wire.json(200, &labels(), &self.listed(request)).await,
            ("GET", ["chatflows", id]) => match self.flow(id) {
                Some(flow) => wire.json(200, &labels(), flow).await,
                None => error(wire, 404, &format!("Chatflow {id} not found in the database!")).await,
            },
            ("GET", ["executions"]) if !self.is_old() => {
                let (flow, session) = (request.query("agentflowId"), request.query("sessionId"));
                let runs = self.runs();
                let own = runs.iter().rev().filter(|run| {
                    flow.as_ref().is_none_or(|flow| run.case.flow == *flow)
                        && session.as_ref().is_none_or(|session| run.session == *session)
                });
                let rows: Vec<Value> =
                    own.filter_map(|run| run.execution(self.flow(&run.case.flow))).collect();
                wire.json(200, &labels(), &json!({"data": rows, "total": rows.len()})).await
            }
            ("GET", ["executions", id]) if !self.is_old() => {
                let row =
                    self.runs().iter().filter_map(|run| run.execution(None)).find(|row| row["id"] == **id);
                match row {
                    Some(row) => wire.json(200, &labels(), &row).await,
                    None => error(wire, 500, "Error: executionsService - Execution not found").await,
                }
            }
            // Unknown paths answer with the editor's page.
            _ => page(wire).await,
        }
    }

    fn listed(&self, request: &Request) -> Value {
        let number = |name: &str| request.query(name).and_then(|text| text.parse::<usize>().ok());
        match (number("page"), number("limit")) {
            (Some(page), Some(limit)) if !self.is_old() && page > 0 => {
                let rows: Vec<&Value> =
                    self.corpus.flows.iter().skip((page - 1) * limit).take(limit).collect();
                json!({"data": rows, "total": self.corpus.flows.len()})
            }
            _ => json!(self.corpus.flows),
        }
    }

    /// Ends all players.
    pub(super) fn end(&self) {
        for run in self.runs() {
            run.live().player.take().inspect(tokio::task::AbortHandle::abort);
        }
    }
}

#[async_trait]
impl Service for World {
    async fn serve(&self, request: Request, wire: &mut Wire) -> io::Result<Flow> {
        let path = request.path.clone();
        let Some(path) = path.strip_prefix("/api/v1/") else { return page(wire).await };
        if let Some(flow) = self.open(&request, path, wire).await? {
            return Ok(flow);
        }
        let caller = self.caller(&request);
        // Aborting needs no key since 3.1.0.
        let free = path.starts_with("chatmessage/abort/") && !self.is_old();
        if caller == Caller::Stranger && !free {
            return wire.json(401, &labels(), &json!({"error": "Unauthorized Access"})).await;
        }
        self.guarded(&request, path, caller, wire).await
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn gone(_: tokio::sync::watch::error::RecvError) -> io::Error {
    io::ErrorKind::ConnectionAborted.into()
}

fn no_uploads() -> Value {
    json!({"isSpeechToTextEnabled": false, "isImageUploadAllowed": false, "isRAGFileUploadAllowed": false, "imgUploadSizeAndTypes": [], "fileUploadSizeAndTypes": []})
}

async fn error(wire: &mut Wire, status: u16, message: &str) -> io::Result<Flow> {
    wire.json(
        status,
        &labels(),
        &json!({"statusCode": status, "success": false, "message": message, "stack": {}}),
    )
    .await
}

async fn page(wire: &mut Wire) -> io::Result<Flow> {
    let text = "<!DOCTYPE html>\n<html lang=\"en\">\n    <head>\n        <title>Flowise - Build AI Agents, Visually</title>\n    </head>\n</html>";
    wire.answer(200, &html_labels(), text.as_bytes()).await
}

fn stream_headers() -> Vec<(String, String)> {
    let mut headers = labels();
    headers.push(("Content-Type".to_owned(), "text/event-stream".to_owned()));
    headers.push(("Cache-Control".to_owned(), "no-cache".to_owned()));
    headers.push(("X-Accel-Buffering".to_owned(), "no".to_owned()));
    headers
}

fn html_labels() -> Vec<(String, String)> {
    let mut headers = labels();
    headers.push(("Content-Type".to_owned(), "text/html; charset=utf-8".to_owned()));
    headers
}

/// The header that tells a simulated peer from a real one.
fn labels() -> Vec<(String, String)> {
    vec![("X-Jackfield-Simulated".to_owned(), "true".to_owned())]
}
