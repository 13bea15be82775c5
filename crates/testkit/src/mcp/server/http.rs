//! Over HTTP: Streamable HTTP at `/mcp`, HTTP+SSE at `/sse` and `/message`.

use std::{
    io,
    sync::{Arc, atomic::Ordering},
};

use async_trait::async_trait;
use serde_json::{Value, json};

use super::{
    Face, Heard, LostSession, Revision, checks,
    envelope::Fault,
    session::Session,
    stream::{Item, Stop, Stream},
    world::World,
};
use crate::http::{Flow, Request, Service, Wire};

type Headers = Vec<(String, String)>;

/// Answers HTTP requests.
pub(super) struct Http {
    pub(super) world: Arc<World>,
}

fn header(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn simulated() -> Headers {
    vec![header("X-Jackfield-Simulated", "true")]
}

fn json_headers(more: Headers) -> Headers {
    let mut headers = more;
    headers.extend(simulated());
    headers.push(header("Content-Type", "application/json"));
    headers
}

async fn json_answer(wire: &mut Wire, status: u16, more: Headers, body: &Value) -> io::Result<Flow> {
    wire.answer(status, &json_headers(more), body.to_string().as_bytes()).await
}

async fn text(wire: &mut Wire, status: u16, words: &str) -> io::Result<Flow> {
    let mut headers = simulated();
    if !words.is_empty() {
        headers.push(header("Content-Type", "text/plain; charset=utf-8"));
    }
    wire.answer(status, &headers, words.as_bytes()).await
}

#[async_trait]
impl Service for Http {
    async fn serve(&self, request: Request, wire: &mut Wire) -> io::Result<Flow> {
        self.world.hear(Heard::http(&request));
        self.look_for_tokens(&request);
        let streamable = self.world.script.streamable;
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", path) if path.starts_with("/.well-known/oauth-protected-resource") => {
                self.protected_resource(&request, wire).await
            }
            (_, "/mcp" | "/sse" | "/message") if let Some(challenge) = self.challenge(&request) => {
                challenge.send(wire).await
            }
            ("POST", "/mcp") if streamable => self.post(&request, wire).await,
            ("GET", "/mcp") if streamable => self.get(&request, wire).await,
            ("DELETE", "/mcp") if streamable => self.delete(&request, wire).await,
            (_, "/mcp") if streamable => text(wire, 405, "").await,
            ("GET", "/sse") => self.sse(wire).await,
            // A server of HTTP+SSE alone does not take POST there: that is how a client finds out.
            (_, "/sse") => text(wire, 405, "").await,
            ("POST", "/message") => self.message(&request, wire).await,
            _ => text(wire, 404, "Not Found").await,
        }
    }
}

/// An answer to somebody who may not.
struct Challenge {
    status: u16,
    authenticate: String,
    body: Value,
}

impl Challenge {
    async fn send(self, wire: &mut Wire) -> io::Result<Flow> {
        json_answer(wire, self.status, vec![header("WWW-Authenticate", &self.authenticate)], &self.body).await
    }
}

impl Http {
    fn look_for_tokens(&self, request: &Request) {
        let told = self
            .world
            .tokens()
            .keys()
            .any(|token| request.path.contains(token) || request.query.contains(token));
        if told {
            self.world.violated(format!("a token in the address: {}", request.path));
        }
    }

    fn metadata_url(request: &Request) -> String {
        let host = request.header("host").unwrap_or("127.0.0.1");
        format!("http://{host}/.well-known/oauth-protected-resource/mcp")
    }

    /// Why this caller may not; form of the recording `oauth-2026-07-28-scope-step-up`.
    fn challenge(&self, request: &Request) -> Option<Challenge> {
        let auth = self.world.script.auth.as_ref()?;
        let scope = auth.scope.as_deref().unwrap_or("mcp:basic");
        let metadata = match auth.authorization_servers.is_empty() {
            true => String::new(),
            false => format!(", resource_metadata=\"{}\"", Self::metadata_url(request)),
        };
        let token = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        let known = token.and_then(|token| self.world.tokens().get(token).cloned());
        let Some(scopes) = known else {
            let (error, words) = match token {
                Some(_) => (", error=\"invalid_token\"", "Token is not valid"),
                None => ("", "Missing Authorization header"),
            };
            return Some(Challenge {
                status: 401,
                authenticate: format!("Bearer scope=\"{scope}\"{metadata}{error}"),
                body: json!({"error": "invalid_token", "error_description": words}),
            });
        };
        let message = request.json()?;
        let name = message["params"]["name"].as_str().filter(|_| message["method"] == "tools/call")?;
        let needed = self.world.catalogue().tool(name)?.scope?;
        (!scopes.iter().any(|scope| scope == needed)).then(|| Challenge {
            status: 403,
            authenticate: format!("Bearer scope=\"{needed}\"{metadata}, error=\"insufficient_scope\""),
            body: json!({"error": "insufficient_scope", "error_description": "Token has insufficient scope"}),
        })
    }

    async fn protected_resource(&self, request: &Request, wire: &mut Wire) -> io::Result<Flow> {
        let auth = self.world.script.auth.as_ref().filter(|auth| !auth.authorization_servers.is_empty());
        let Some(auth) = auth else { return text(wire, 404, "Not Found").await };
        let host = request.header("host").unwrap_or("127.0.0.1");
        let body = json!({
            "resource": format!("http://{host}/mcp"),
            "authorization_servers": auth.authorization_servers,
            "scopes_supported": [auth.scope.as_deref().unwrap_or("mcp:basic"), "mcp:write"],
        });
        json_answer(wire, 200, Vec::new(), &body).await
    }

    async fn post(&self, request: &Request, wire: &mut Wire) -> io::Result<Flow> {
        let script = &self.world.script;
        let accept = request.header("accept").unwrap_or_default();
        if !(accept.contains("application/json") && accept.contains("text/event-stream")) {
            let words = "Not Acceptable: Client must accept both application/json and text/event-stream";
            self.world.violated(format!("Accept: {accept}"));
            return self.refuse(wire, 406, words).await;
        }
        let Some(message) = request.json() else {
            self.world.violated("a body that is no JSON");
            let fault = Fault::new(-32700, "Parse error: no JSON");
            return json_answer(wire, 400, Vec::new(), &script.face.refusal(&fault)).await;
        };
        if message["method"] == "initialize" && script.speaks_legacy() {
            return self.legacy(self.world.open_session(), message, wire).await;
        }
        let version = request.header("mcp-protocol-version").and_then(Revision::parse);
        let asked = &message["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"];
        let modern = !asked.is_null() || version.is_some_and(Revision::is_modern) || !script.speaks_legacy();
        // What a message of 2026-07-28 says of a session does not count.
        if script.speaks_modern() && modern {
            return self.modern(request, message, wire).await;
        }
        match request.header("mcp-session-id") {
            Some(id) => {
                let found = self.world.sessions().get(id).cloned();
                match found {
                    None => self.lost(wire).await,
                    Some(session) => {
                        match checks::version(&session, request.header("mcp-protocol-version")) {
                            Some(fault) => {
                                self.world.violated(fault.message.clone());
                                json_answer(wire, 400, Vec::new(), &script.face.refusal(&fault)).await
                            }
                            None => self.legacy(session, message, wire).await,
                        }
                    }
                }
            }
            None => self.without_session(wire).await,
        }
    }

    async fn without_session(&self, wire: &mut Wire) -> io::Result<Flow> {
        let words = match self.world.script.face {
            Face::Everything => "Bad Request: Server not initialized",
            Face::Lab => "Bad Request: Missing session ID",
        };
        self.refuse(wire, 400, words).await
    }

    /// A refusal with the code that the SDK uses for all of them.
    async fn refuse(&self, wire: &mut Wire, status: u16, words: &str) -> io::Result<Flow> {
        let face = self.world.script.face;
        let code = if face == Face::Everything { -32000 } else { -32600 };
        json_answer(wire, status, Vec::new(), &face.refusal(&Fault::new(code, words))).await
    }

    /// A message of 2026-07-28: nothing is known of the caller but what comes with it.
    async fn modern(&self, request: &Request, message: Value, wire: &mut Wire) -> io::Result<Flow> {
        let face = self.world.script.face;
        let id = message["id"].clone();
        if message["method"].is_null() || !message.is_object() {
            self.world.violated("2026-07-28: an answer or a batch of the client");
            return json_answer(wire, 400, Vec::new(), &face.refusal(&Fault::new(-32600, "Invalid Request")))
                .await;
        }
        if id.is_null() {
            return text(wire, 202, "").await;
        }
        if let Err(fault) = checks::modern(&self.world, request, &message) {
            if fault.code != -32022 {
                self.world.violated(fault.message.clone());
            }
            return json_answer(wire, 400, Vec::new(), &face.error(&id, &fault)).await;
        }
        let client = Arc::new(Session::new(face, 0));
        let out = Arc::new(Stream::new());
        let stop = self.world.take(&client, message, &out, true).unwrap_or_else(Stop::new);
        let leaving = StopOnDrop(stop);
        let first = match wire.wait(out.at(0)).await? {
            Some(Item::Message(_, first)) => first,
            Some(_) | None => return Ok(Flow::Close),
        };
        let done = if first.get("method").is_none() {
            json_answer(wire, status_of(&first), Vec::new(), &first).await
        } else {
            self.relay(wire, &Vec::new(), &out, 0, Ids::Without, |_| {}).await
        };
        leaving.done();
        done
    }

    async fn legacy(&self, session: Arc<Session>, message: Value, wire: &mut Wire) -> io::Result<Flow> {
        let script = &self.world.script;
        let own = vec![header("mcp-session-id", &session.id)];
        let batch = match message {
            Value::Array(batch) => {
                let known = session.known().revision;
                if known.is_none_or(|revision| revision > Revision::V2025_03_26) {
                    self.world.violated("a batch in a revision that has none");
                    let fault = Fault::new(-32600, "Invalid Request: batches are not supported");
                    return json_answer(wire, 400, own, &script.face.refusal(&fault)).await;
                }
                batch
            }
            one => vec![one],
        };
        let is_request = |message: &Value| message.get("method").is_some() && message.get("id").is_some();
        if !batch.iter().any(is_request) {
            for message in batch {
                self.world.take(&session, message, &session.general, false);
            }
            return match script.face {
                Face::Everything => text(wire, 202, "").await,
                Face::Lab => wire.answer(202, &json_headers(own), b"").await,
            };
        }
        let out = session.stream();
        let version = batch
            .iter()
            .find_map(|message| message["params"]["protocolVersion"].as_str())
            .and_then(Revision::parse);
        let version = session.known().revision.or(version);
        let primes = script.event_ids && version >= Some(Revision::V2025_11_25);
        if primes {
            out.prime();
        }
        self.answer_batch(&session, batch, &out);
        if script.json_answers {
            let place = usize::from(primes);
            if let Some(Item::Message(_, first)) = wire.wait(out.at(place)).await?
                && first.get("method").is_none()
            {
                return json_answer(wire, 200, own, &first).await;
            }
        }
        self.relay(wire, &own, &out, 0, self.ids(), |_| {}).await
    }

    fn ids(&self) -> Ids {
        if self.world.script.event_ids { Ids::With(self.world.script.retry_ms) } else { Ids::Without }
    }

    fn answer_batch(&self, session: &Arc<Session>, mut batch: Vec<Value>, out: &Arc<Stream>) {
        if batch.len() == 1
            && let Some(one) = batch.pop()
        {
            self.world.take(session, one, out, true);
            return;
        }
        let parts: Vec<Arc<Stream>> = batch
            .into_iter()
            .filter_map(|message| {
                let part = Arc::new(Stream::new());
                self.world.take(session, message, &part, true).map(|_| part)
            })
            .collect();
        let out = out.clone();
        self.world.spawn(async move {
            for part in parts {
                let mut place = 0;
                while let Some(item) = part.at(place).await {
                    if let Item::Message(_, message) = item {
                        out.say(message);
                    }
                    place += 1;
                }
            }
            out.end();
        });
    }

    async fn get(&self, request: &Request, wire: &mut Wire) -> io::Result<Flow> {
        if !request.header("accept").is_some_and(|accept| accept.contains("text/event-stream")) {
            return self.refuse(wire, 406, "Not Acceptable: Client must accept text/event-stream").await;
        }
        let Some(id) = request.header("mcp-session-id") else {
            return match (self.world.script.speaks_legacy(), self.world.script.face) {
                (false, _) => text(wire, 405, "").await,
                (true, Face::Lab) => self.without_session(wire).await,
                (true, Face::Everything) => self.lost(wire).await,
            };
        };
        let found = self.world.sessions().get(id).cloned();
        let Some(session) = found else { return self.lost(wire).await };
        let own = vec![header("mcp-session-id", &session.id)];
        let resumed = request.header("last-event-id").and_then(|event| session.resume(event));
        match resumed {
            Some((stream, place)) if !Arc::ptr_eq(&stream, &session.general) => {
                self.relay(wire, &own, &stream, place, self.ids(), |_| {}).await
            }
            resumed => {
                let given = usize::try_from(session.given.load(Ordering::SeqCst)).unwrap_or_default();
                let place = resumed.map_or(given, |(_, place)| place);
                self.relay(wire, &own, &session.general, place, self.ids(), |place| {
                    session.given.fetch_max(place as u64, Ordering::SeqCst);
                })
                .await
            }
        }
    }

    async fn delete(&self, request: &Request, wire: &mut Wire) -> io::Result<Flow> {
        match request.header("mcp-session-id") {
            Some(id) if self.world.close_session(id) => match self.world.script.face {
                Face::Everything => text(wire, 200, "").await,
                Face::Lab => wire.answer(200, &json_headers(vec![header("mcp-session-id", id)]), b"").await,
            },
            None if !self.world.script.speaks_legacy() => text(wire, 405, "").await,
            _ => self.lost(wire).await,
        }
    }

    async fn lost(&self, wire: &mut Wire) -> io::Result<Flow> {
        let no_session = json!({"code": -32000, "message": "Bad Request: No valid session ID provided"});
        let (status, body) = match self.world.script.lost_session {
            LostSession::NotFound => {
                let error = json!({"code": -32600, "message": "Session not found"});
                (404, json!({"jsonrpc": "2.0", "id": null, "error": error}))
            }
            LostSession::BadRequestNoId => (400, json!({"jsonrpc": "2.0", "error": no_session})),
            LostSession::BadRequestNullId => {
                (400, json!({"jsonrpc": "2.0", "error": no_session, "id": null}))
            }
            LostSession::Gone => (410, json!({"error": "The session has ended."})),
        };
        json_answer(wire, status, Vec::new(), &body).await
    }

    /// HTTP+SSE: everything that is said comes on this one stream.
    async fn sse(&self, wire: &mut Wire) -> io::Result<Flow> {
        let session = self.world.open_session();
        let head = wire.head_bytes(200, "OK", &stream_headers(&Vec::new()));
        wire.raw(&head).await?;
        wire.chunk(format!("event: endpoint\ndata: /message?sessionId={}\n\n", session.id).as_bytes())
            .await?;
        let end = self.pour(wire, &session.general, 0, Ids::Without, |_| {}).await;
        self.world.close_session(&session.id);
        end
    }

    async fn message(&self, request: &Request, wire: &mut Wire) -> io::Result<Flow> {
        let id = request.query("sessionId").unwrap_or_default();
        let found = self.world.sessions().get(&id).cloned();
        let Some(session) = found else { return text(wire, 404, "Session not found").await };
        match request.json() {
            Some(Value::Array(batch)) => {
                for message in batch {
                    self.world.take(&session, message, &session.general, false);
                }
            }
            Some(message) => {
                self.world.take(&session, message, &session.general, false);
            }
            None => return text(wire, 400, "Invalid message").await,
        }
        text(wire, 202, "Accepted").await
    }
}

/// Ends the request of a caller who leaves before it is answered.
struct StopOnDrop(Stop);

impl StopOnDrop {
    fn done(self) {
        drop(self);
    }
}

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// The status that 2026-07-28 wants with an answer.
fn status_of(message: &Value) -> u16 {
    match message["error"]["code"].as_i64() {
        Some(-32601) => 404,
        Some(-32602 | -32022..=-32020) => 400,
        _ => 200,
    }
}

/// Whether events have ids, and what the first one says about coming back.
#[derive(Clone, Copy)]
enum Ids {
    With(Option<u64>),
    Without,
}

fn stream_headers(own: &Headers) -> Headers {
    let mut headers = own.clone();
    headers.extend(simulated());
    headers.extend([
        header("Cache-Control", "no-cache, no-transform"),
        header("Content-Type", "text/event-stream"),
        header("X-Accel-Buffering", "no"),
        header("Transfer-Encoding", "chunked"),
    ]);
    headers
}

impl Http {
    /// Sends a stream from this place on, with its head.
    async fn relay(
        &self,
        wire: &mut Wire,
        own: &Headers,
        stream: &Stream,
        place: usize,
        ids: Ids,
        given: impl Fn(usize) + Send,
    ) -> io::Result<Flow> {
        let head = wire.head_bytes(200, "OK", &stream_headers(own));
        wire.raw(&head).await?;
        self.pour(wire, stream, place, ids, given).await
    }

    async fn pour(
        &self,
        wire: &mut Wire,
        stream: &Stream,
        mut place: usize,
        ids: Ids,
        given: impl Fn(usize) + Send,
    ) -> io::Result<Flow> {
        let mut messages = 0;
        loop {
            let Some(item) = wire.wait(stream.at(place)).await? else {
                wire.last_chunk().await?;
                return Ok(Flow::KeepAlive);
            };
            place += 1;
            messages += usize::from(matches!(item, Item::Message(..)));
            let mut frame = match (item, ids) {
                (Item::Cut, _) if stream.is_fresh_cut(place) => {
                    given(place);
                    // Not reset: what was sent before is to arrive. The body lacks its last chunk.
                    return Ok(Flow::Close);
                }
                (Item::Cut, _) | (Item::Priming(_), Ids::Without) => continue,
                (Item::Priming(id), Ids::With(None)) => format!("id: {id}\ndata: \n\n"),
                (Item::Priming(id), Ids::With(Some(retry))) => {
                    format!("id: {id}\nretry: {retry}\ndata: \n\n")
                }
                (Item::Message(id, message), Ids::With(_)) => {
                    format!("event: message\nid: {id}\ndata: {message}\n\n")
                }
                (Item::Message(_, message), Ids::Without) => format!("event: message\ndata: {message}\n\n"),
            }
            .into_bytes();
            let shaping = self.world.shaping().clone();
            if let Some((after, garbage)) = shaping.garbage
                && after == messages
            {
                // Before this message, so that nobody has left yet.
                frame.splice(0..0, garbage);
            }
            let size = if shaping.split == 0 { frame.len() } else { shaping.split };
            for piece in frame.chunks(size) {
                wire.chunk(piece).await?;
            }
            given(place);
        }
    }
}
