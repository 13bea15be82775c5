//! The misbehaving server over HTTP.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use serde_json::{Value, json};

use super::{calls, lists};
use crate::http::{Flow, Request, Server, Service, Wire};

/// A misbehaving server on a free port of 127.0.0.1; JSON-RPC at any path. Dropping it ends it.
#[derive(Debug)]
pub struct OddHttp {
    server: Server,
}

impl OddHttp {
    /// Starts one in a mode of [`super::HTTP`].
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(mode: &str) -> io::Result<Self> {
        let odd = Odd { mode: mode.to_owned(), called: AtomicBool::new(false) };
        Ok(Self { server: Server::start(Arc::new(odd)).await? })
    }

    /// `http://127.0.0.1:port/mcp`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/mcp", self.server.address())
    }

    /// Everything that was asked so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.server.requests().all()
    }

    /// Waits until at most `count` connections are open.
    pub async fn at_most(&self, count: usize) {
        self.server.control().at_most(count).await;
    }
}

struct Odd {
    mode: String,
    called: AtomicBool,
}

#[async_trait]
impl Service for Odd {
    async fn serve(&self, request: Request, wire: &mut Wire) -> io::Result<Flow> {
        if request.method == "GET" && request.path.ends_with(".json") {
            // Nobody should ever come here: see the mode remote-ref.
            return wire.json(200, &[], &json!({"type": "integer"})).await;
        }
        if request.method != "POST" {
            return plain(wire, 405, "", b"").await;
        }
        let Some(message) = request.json() else { return plain(wire, 400, "text/plain", b"no JSON").await };
        let id = &message["id"];
        match message["method"].as_str() {
            Some("server/discover") => self.discover(id, wire).await,
            Some("initialize") => {
                let result = json!({
                    "protocolVersion": message["params"]["protocolVersion"], "capabilities": {"tools": {}},
                    "serverInfo": {"name": "odd", "version": "0"},
                });
                answer(wire, id, &result).await
            }
            _ if id.is_null() => plain(wire, 202, "", b"").await,
            Some("tools/list") => {
                if self.mode == "hang-list" {
                    return wire.silence().await;
                }
                let host = request.header("host").unwrap_or_default();
                let changed = self.called.load(Ordering::SeqCst);
                let cursor = message["params"]["cursor"].as_str();
                let tools = lists::tools(&self.mode, cursor, changed, &format!("http://{host}"));
                self.reply(wire, id, &tools).await
            }
            Some("tools/call") => {
                self.called.store(true, Ordering::SeqCst);
                self.call(&message, wire).await
            }
            _ => json_answer(wire, 200, &error(id, "x")).await,
        }
    }
}

impl Odd {
    async fn discover(&self, id: &Value, wire: &mut Wire) -> io::Result<Flow> {
        match self.mode.as_str() {
            "d400empty" => plain(wire, 400, "", b"").await,
            "d404html" => plain(wire, 404, "text/html", b"<html>no</html>").await,
            "d405" => plain(wire, 405, "", b"").await,
            "d406" => plain(wire, 406, "application/json", br#"{"error":"x"}"#).await,
            "d415" => plain(wire, 415, "", b"").await,
            "d422" => plain(wire, 422, "text/plain", b"no").await,
            "d500" => plain(wire, 500, "text/plain", b"boom").await,
            "d501" => plain(wire, 501, "", b"").await,
            "d503" => plain(wire, 503, "", b"").await,
            "d200empty" => plain(wire, 200, "", b"").await,
            "d200html" => plain(wire, 200, "text/html", b"<html>hi</html>").await,
            "d202" => plain(wire, 202, "", b"").await,
            "d401" => plain(wire, 401, "", b"").await,
            "d403" => plain(wire, 403, "text/plain", b"forbidden").await,
            "d302" => plain(wire, 302, "", b"").await,
            "dhang" => wire.silence().await,
            "didnull" => json_answer(wire, 400, &lost(Some("not initialized"))).await,
            "d200err" => json_answer(wire, 200, &error(id, "x")).await,
            _ => json_answer(wire, 404, &error(id, "x")).await,
        }
    }

    async fn call(&self, message: &Value, wire: &mut Wire) -> io::Result<Flow> {
        let id = &message["id"];
        let done =
            json!({"jsonrpc": "2.0", "id": id, "result": {"content": [{"type": "text", "text": "ok"}]}});
        let stream = [("Content-Type".to_owned(), "text/event-stream".to_owned())];
        match self.mode.as_str() {
            "c400idnull" => json_answer(wire, 400, &lost(Some("no session"))).await,
            "c400noid" => json_answer(wire, 400, &lost(None)).await,
            "c500" => plain(wire, 500, "text/plain", b"boom").await,
            "c429" => {
                let headers = [
                    ("Retry-After".to_owned(), "2".to_owned()),
                    ("Content-Type".to_owned(), "text/plain".to_owned()),
                ];
                wire.answer(429, &headers, b"").await
            }
            "chtml" => plain(wire, 200, "text/html", b"<html>a proxy</html>").await,
            "credirect" => {
                let headers = [("Location".to_owned(), "http://127.0.0.1:9/elsewhere".to_owned())];
                wire.answer(307, &headers, b"").await
            }
            "cgzip" => {
                let headers = [
                    ("Content-Encoding".to_owned(), "gzip".to_owned()),
                    ("Content-Type".to_owned(), "application/json".to_owned()),
                ];
                wire.answer(200, &headers, done.to_string().as_bytes()).await
            }
            "creset" => {
                wire.reset();
                Err(io::ErrorKind::ConnectionReset.into())
            }
            "chalfjson" => {
                let body = done.to_string();
                let headers = [
                    ("Content-Type".to_owned(), "application/json".to_owned()),
                    ("Content-Length".to_owned(), body.len().to_string()),
                ];
                let mut bytes = wire.head_bytes(200, "OK", &headers);
                bytes.extend_from_slice(body.as_bytes().get(..body.len() / 2).unwrap_or_default());
                wire.raw(&bytes).await?;
                Ok(Flow::Close)
            }
            "cssecut" => {
                let note = json!({"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progressToken": 1, "progress": 1}});
                let mut bytes = wire.head_bytes(200, "OK", &stream);
                bytes.extend_from_slice(format!("event: message\ndata: {note}\n\n").as_bytes());
                wire.raw(&bytes).await?;
                Ok(Flow::Close)
            }
            "cssecrlf" => {
                let result = &done["result"];
                let body = format!(
                    "\u{feff}: hi\r\n\r\nevent: message\r\nid: 1\r\ndata: {{\"jsonrpc\":\"2.0\",\r\ndata: \"id\":{id},\r\ndata: \"result\":{result}}}\r\n\r\n"
                );
                plain(wire, 200, "text/event-stream; charset=utf-8", body.as_bytes()).await
            }
            "cssenoevent" => {
                plain(wire, 200, "text/event-stream", format!("data: {done}\n\n").as_bytes()).await
            }
            "cbatch" => json_answer(wire, 200, &json!([done])).await,
            "cslow" => {
                wire.sleep(Duration::from_secs(20)).await?;
                json_answer(wire, 200, &done).await
            }
            "cflood" => {
                let note = json!({"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": "flood"}});
                endless(wire, "", &format!("event: message\ndata: {note}\n\n")).await
            }
            "cfloodcomments" => endless(wire, "", ": still here\n\n").await,
            "cfloodline" => endless(wire, "event: message\ndata: ", &"x".repeat(64 * 1024)).await,
            "hang-call" => wire.silence().await,
            "progress" => {
                let token = &message["params"]["_meta"]["progressToken"];
                let mut body = String::new();
                for step in 0..200 {
                    let progress = json!({"progressToken": token, "progress": step, "total": 200});
                    let note =
                        json!({"jsonrpc": "2.0", "method": "notifications/progress", "params": progress});
                    body.push_str(&format!("event: message\ndata: {note}\n\n"));
                }
                body.push_str(&format!("event: message\ndata: {done}\n\n"));
                plain(wire, 200, "text/event-stream", body.as_bytes()).await
            }
            mode => self.reply(wire, id, &calls::result(mode)).await,
        }
    }

    async fn reply(&self, wire: &mut Wire, id: &Value, result: &[u8]) -> io::Result<Flow> {
        let id = if self.mode == "wrong-id" { json!(424_242) } else { id.clone() };
        let body = [format!(r#"{{"jsonrpc":"2.0","id":{id},"result":"#).as_bytes(), result, b"}"].concat();
        plain(wire, 200, "application/json", &body).await
    }
}

/// An event stream that goes on until the caller leaves.
async fn endless(wire: &mut Wire, first: &str, again: &str) -> io::Result<Flow> {
    let headers = [("Content-Type".to_owned(), "text/event-stream".to_owned())];
    let head = wire.head_bytes(200, "OK", &headers);
    wire.raw(&head).await?;
    wire.raw(first.as_bytes()).await?;
    // Many at once: one write for each would be slow in place of a flood.
    let again = again.repeat((64 * 1024 / again.len()).max(1));
    loop {
        wire.raw(again.as_bytes()).await?;
    }
}

async fn plain(wire: &mut Wire, status: u16, content_type: &str, body: &[u8]) -> io::Result<Flow> {
    let headers = [("Content-Type".to_owned(), content_type.to_owned())];
    wire.answer(status, if content_type.is_empty() { &[] } else { &headers }, body).await
}

async fn json_answer(wire: &mut Wire, status: u16, body: &Value) -> io::Result<Flow> {
    plain(wire, status, "application/json", body.to_string().as_bytes()).await
}

async fn answer(wire: &mut Wire, id: &Value, result: &Value) -> io::Result<Flow> {
    json_answer(wire, 200, &json!({"jsonrpc": "2.0", "id": id, "result": result})).await
}

fn error(id: &Value, message: &str) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "error": {"code": -32601, "message": message}})
}

/// What a server says that does not know a session: with `id: null`, or (no words given) as server-everything does, without an id.
fn lost(words: Option<&str>) -> Value {
    match words {
        Some(words) => json!({"jsonrpc": "2.0", "id": null, "error": {"code": -32000, "message": words}}),
        None => {
            json!({"jsonrpc": "2.0", "error": {"code": -32000, "message": "Bad Request: No valid session ID provided"}})
        }
    }
}
