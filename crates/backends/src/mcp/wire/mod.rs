//! Between the wire and the SDK: every message passes here as raw JSON, in wire order. What the SDK's own types would lose, refuse as a
//! whole or reorder is taken out here; the SDK gets a placeholder that closes its books (see `docs/adr/0005-mcp-wire.md`).

mod cache;
mod exchange;
mod prune;
mod send;
mod shape;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jackfield_protocol::error::{ErrorCode, Failure};
use rmcp::model::{ClientJsonRpcMessage, ClientRequest};
use serde_json::{Map, Value, json};

use cache::Cache;
pub(crate) use exchange::{Ask, Exchange, Notice, Notices, Reply, RpcError};
pub(crate) use prune::{id_of_beginning, parse};

use super::journal::Journal;

/// The revision without handshake and session.
pub(crate) const MODERN: &str = "2026-07-28";
/// The revisions with a handshake, newest first.
pub(crate) const LEGACY: &[&str] = &["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];
/// Said to the SDK in place of an answer that means "not the newest revision".
const METHOD_NOT_FOUND: i64 = -32601;

/// What a server says that belongs to no request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// The list of tools, resources or prompts has changed.
    Lists,
    /// The session is gone: a new one is needed.
    SessionLost,
    /// The stream for what belongs to no request cannot be had any more.
    StreamLost,
}

/// Who is told of changes.
pub(crate) type OnChange = Arc<dyn Fn(Change) + Send + Sync>;

/// One connection's books.
#[derive(Clone)]
pub(crate) struct Wire(Arc<Inner>);

struct Inner {
    books: Mutex<Books>,
    cache: Mutex<Cache>,
    journal: Journal,
    on_change: OnChange,
}

#[derive(Default)]
struct Books {
    /// Requests of ours that are open, by id.
    open: BTreeMap<i64, Open>,
    /// Progress tokens of open requests, as JSON text.
    tokens: HashMap<String, i64>,
    /// Requests of the server that the SDK has been handed, by id as JSON text.
    asked: HashMap<String, Asked>,
    /// What the server said at the handshake, raw.
    hello: Option<Value>,
    /// No request may come from the server.
    modern: bool,
    /// Why the connection was lost.
    loss: Option<Failure>,
}

struct Open {
    method: String,
    token: Option<String>,
    exchange: Option<Exchange>,
}

/// A request of the server, raw.
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) params: Value,
    /// The request of ours that it belongs to, or most likely does.
    pub(crate) exchange: Option<Exchange>,
    /// It can belong to no other.
    pub(crate) is_sure: bool,
}

/// Most values in the result of a call: each is kept several times, and costs far more than its bytes.
const MOST_VALUES: usize = 300_000;
/// Most requests of the server that may be open at once.
const MOST_ASKED: usize = 64;

impl Wire {
    pub(crate) fn new(journal: Journal, on_change: OnChange) -> Self {
        Self(Arc::new(Inner { books: Mutex::default(), cache: Mutex::default(), journal, on_change }))
    }

    pub(crate) fn journal(&self) -> &Journal {
        &self.0.journal
    }

    pub(crate) fn changed(&self, change: Change) {
        (self.0.on_change)(change);
    }

    /// What the server said at the handshake: the result of `initialize` or `server/discover`, raw.
    pub(crate) fn hello(&self) -> Value {
        self.books().hello.clone().unwrap_or_default()
    }

    /// Why the connection was lost, once it was.
    pub(crate) fn loss(&self) -> Option<Failure> {
        self.books().loss.clone()
    }

    /// A frame that nobody understands: kept with the request that it came for, where that can be told.
    pub(crate) fn odd(&self, why: &'static str, frame: String, of: Option<i64>) {
        if of.is_none() {
            self.0.journal.hub(format!("{why}: {}", frame.chars().take(200).collect::<String>()));
        }
        let books = self.books();
        let exchange = of.and_then(|id| books.open.get(&id)?.exchange.clone());
        if let Some(exchange) = exchange.or_else(|| books.alone()) {
            exchange.notice(Notice::Odd { why, frame });
        }
    }

    /// Whether a request of ours is open.
    pub(crate) fn is_busy(&self) -> bool {
        self.books().open.values().any(|open| open.exchange.is_some())
    }

    /// What the server has said and is still valid.
    pub(crate) fn cache(&self) -> MutexGuard<'_, Cache> {
        self.0.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.0.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What goes out, and its id when it is a request: it is entered in the books.
    pub(crate) fn outbound(
        &self,
        message: &ClientJsonRpcMessage,
    ) -> Result<(Value, Option<i64>), serde_json::Error> {
        let value = serde_json::to_value(message)?;
        let ClientJsonRpcMessage::Request(request) = message else { return Ok((value, None)) };
        let Some(id) = value["id"].as_i64() else { return Ok((value, None)) };
        let exchange = match &request.request {
            ClientRequest::CustomRequest(custom) => custom.extensions.get::<Exchange>().cloned(),
            _ => None,
        };
        let token = value.pointer("/params/_meta/progressToken").map(Value::to_string);
        let method = value["method"].as_str().unwrap_or_default().to_owned();
        let mut books = self.books();
        if let Some(token) = &token {
            books.tokens.insert(token.clone(), id);
        }
        books.open.insert(id, Open { method, token, exchange });
        drop(books);
        Ok((value, Some(id)))
    }

    /// What came in, as what the SDK is to see of it. `of`: the request whose answer carried it, where the transport knows.
    pub(crate) fn inbound(&self, value: Value, of: Option<i64>) -> Vec<Value> {
        match value {
            // Batches were allowed in 2025-03-26, and some servers still send them.
            Value::Array(items) => items.into_iter().filter_map(|item| self.one(item, of)).collect(),
            one => self.one(one, of).into_iter().collect(),
        }
    }

    fn one(&self, value: Value, of: Option<i64>) -> Option<Value> {
        let Value::Object(message) = value else {
            self.odd("what is no message", value.to_string(), of);
            return None;
        };
        let has_id = message.get("id").is_some_and(|id| !id.is_null());
        match (message.get("method").and_then(Value::as_str), has_id) {
            (Some(_), true) => self.request(message, of),
            (Some(_), false) => self.notification(message, of),
            (None, _) => self.response(message, of),
        }
    }

    fn request(&self, message: Map<String, Value>, of: Option<i64>) -> Option<Value> {
        let method = message["method"].as_str().unwrap_or_default().to_owned();
        let mut books = self.books();
        if books.modern {
            self.0.journal.hub(format!("ignored a request of the server ({method}): {MODERN} forbids them"));
            return None;
        }
        let (exchange, is_sure) = match of {
            Some(id) => (books.open.get(&id).and_then(|open| open.exchange.clone()), true),
            None => (books.may_ask(), books.listening().nth(1).is_none()),
        };
        if books.asked.len() < MOST_ASKED {
            let params = message.get("params").cloned().unwrap_or_default();
            books.asked.insert(message["id"].to_string(), Asked { method, params, exchange, is_sure });
        }
        Some(Value::Object(message))
    }

    /// Who may have asked, when the one that was thought to has ended without an answer.
    pub(crate) fn may_ask(&self) -> Option<Exchange> {
        self.books().may_ask()
    }

    /// Takes over a request of the server that the SDK hands to the handler.
    pub(crate) fn take_asked(&self, id: &str) -> Option<Asked> {
        self.books().asked.remove(id)
    }

    fn notification(&self, message: Map<String, Value>, of: Option<i64>) -> Option<Value> {
        let method = message["method"].as_str().unwrap_or_default();
        let null = Value::Null;
        let params = message.get("params").unwrap_or(&null);
        match method {
            "notifications/progress" => {
                let token = params["progressToken"].to_string();
                let books = self.books();
                let open = books.tokens.get(&token).and_then(|id| books.open.get(id));
                match open.and_then(|open| open.exchange.as_ref()) {
                    Some(exchange) => exchange.notice(Notice::progress(params)),
                    None => self.0.journal.hub("ignored progress of no open request"),
                }
                None
            }
            "notifications/message" => {
                let books = self.books();
                let open = of.and_then(|id| books.open.get(&id)?.exchange.clone());
                match open.or_else(|| books.alone()) {
                    Some(exchange) => exchange.notice(Notice::log(params)),
                    None => self.0.journal.hub(format!("log: {}", short(&params["data"]))),
                }
                None
            }
            "notifications/tools/list_changed"
            | "notifications/resources/list_changed"
            | "notifications/prompts/list_changed" => {
                let kind = method.trim_start_matches("notifications/").trim_end_matches("list_changed");
                self.cache().forget(kind);
                self.changed(Change::Lists);
                is_subscribed(params).then(|| Value::Object(message))
            }
            "notifications/resources/updated" => {
                self.cache().forget_resource(&params["uri"]);
                is_subscribed(params).then(|| Value::Object(message))
            }
            "notifications/subscriptions/acknowledged" | "notifications/cancelled" => {
                Some(Value::Object(message))
            }
            "notifications/elicitation/complete" => {
                if let Some(exchange) = self.books().alone() {
                    exchange.notice(Notice::Log {
                        level: "info".to_owned(),
                        text: "The server says that the page was completed.".to_owned(),
                    });
                }
                None
            }
            other => {
                self.0.journal.hub(format!("ignored a notification: {other}"));
                None
            }
        }
    }

    fn response(&self, mut message: Map<String, Value>, of: Option<i64>) -> Option<Value> {
        let has_error = message.get("error").is_some_and(|error| !error.is_null());
        if !has_error && !message.contains_key("result") {
            // A bad frame is no end: the answer may still come.
            let id = number(message.get("id")).or(of);
            self.odd("an answer with neither a result nor an error", Value::Object(message).to_string(), id);
            return None;
        }
        let id = {
            let books = self.books();
            match number(message.get("id")) {
                Some(id) => Some(id),
                // An error without id belongs to the request that it answers, or to the only one that is open.
                None if message.get("id").is_none_or(Value::is_null) => of.or_else(|| books.only()),
                None => None,
            }
        };
        let open = id.and_then(|id| Some((id, self.close(id)?)));
        let Some((id, open)) = open else {
            let id = message.get("id").unwrap_or(&Value::Null);
            self.0.journal.hub(format!("ignored an answer to no open request (id {})", short(id)));
            return None;
        };
        let reply = match (message.remove("error"), message.remove("result")) {
            (Some(error), _) if !error.is_null() => Reply::Error(RpcError::of(&error)),
            (_, Some(result))
                if open.method == "tools/call" && prune::has_more_values(&result, MOST_VALUES) =>
            {
                Reply::Failed(too_many_values())
            }
            (_, result) => Reply::Result(result.unwrap_or_default()),
        };
        let seen = self.shaped(&open.method, &reply);
        if let Some(exchange) = &open.exchange {
            exchange.complete(reply);
        }
        Some(match seen {
            Ok(result) => json!({"jsonrpc": "2.0", "id": id, "result": result}),
            Err(error) => json!({"jsonrpc": "2.0", "id": id, "error": error.to_value()}),
        })
    }

    /// What the SDK is to see of an answer.
    fn shaped(&self, method: &str, reply: &Reply) -> Result<Value, RpcError> {
        match (method, reply) {
            ("initialize", Reply::Result(result)) => {
                let shaped = shape::initialize(result)?;
                let mut books = self.books();
                books.hello = Some(result.clone());
                books.modern = false;
                Ok(shaped)
            }
            ("server/discover", Reply::Result(result)) => match shape::discover(result) {
                Some(shaped) => {
                    let mut books = self.books();
                    books.hello = Some(result.clone());
                    books.modern = true;
                    Ok(shaped)
                }
                None => {
                    Err(RpcError::plain(METHOD_NOT_FOUND, "the server does not speak the newest revision"))
                }
            },
            ("server/discover", Reply::Error(error)) => Err(shape::discover_error(error)),
            ("tools/list", Reply::Result(result)) => Ok(shape::tools(result)),
            ("subscriptions/listen", Reply::Result(result)) => Ok(result.clone()),
            (_, Reply::Result(_)) => Ok(json!({})),
            (_, Reply::Error(error)) => Err(error.clone()),
            (_, Reply::NotSent(failure) | Reply::Lost(failure) | Reply::Failed(failure)) => {
                Err(RpcError::plain(-32603, &failure.message))
            }
        }
    }

    fn close(&self, id: i64) -> Option<Open> {
        let mut books = self.books();
        let open = books.open.remove(&id)?;
        if let Some(token) = &open.token {
            books.tokens.remove(token);
        }
        Some(open)
    }

    /// A request ended without an answer of the server; gives what the SDK is to see.
    pub(crate) fn fail(&self, id: i64, reply: Reply) -> Option<Value> {
        let open = self.close(id)?;
        let error = match &reply {
            Reply::Error(error) => error.clone(),
            Reply::NotSent(failure) | Reply::Lost(failure) | Reply::Failed(failure) => {
                RpcError::plain(-32603, &failure.message)
            }
            Reply::Result(_) => return None,
        };
        let error = match open.method.as_str() {
            "server/discover" => shape::discover_error(&error),
            _ => error,
        };
        if let Some(exchange) = &open.exchange {
            exchange.complete(reply);
        }
        Some(json!({"jsonrpc": "2.0", "id": id, "error": error.to_value()}))
    }

    /// The question whether the server speaks the newest revision gets no answer: what the SDK is to see in its place.
    pub(crate) fn give_up_probe(&self) -> Option<Value> {
        let id =
            self.books().open.iter().find(|(_, open)| open.method == "server/discover").map(|(id, _)| *id)?;
        self.close(id)?;
        let error = RpcError::plain(METHOD_NOT_FOUND, "no answer to server/discover");
        Some(json!({"jsonrpc": "2.0", "id": id, "error": error.to_value()}))
    }

    /// Nobody waits for this request any more.
    pub(crate) fn forget(&self, exchange: &Exchange) {
        let mut books = self.books();
        let ids: Vec<i64> = books
            .open
            .iter()
            .filter(|(_, open)| open.exchange.as_ref().is_some_and(|other| other.is_same(exchange)))
            .map(|(id, _)| *id)
            .collect();
        exchange.forget();
        for id in ids {
            if let Some(token) = books.open.remove(&id).and_then(|open| open.token) {
                books.tokens.remove(&token);
            }
        }
    }

    /// A message was too large or not readable: the request that it answers fails, where that can be told.
    pub(crate) fn unreadable(&self, beginning: &[u8], of: Option<i64>, why: &Failure) -> Option<Value> {
        let id = of.or_else(|| id_of_beginning(beginning)).or_else(|| self.books().only());
        self.0.journal.hub(why.message.clone());
        self.fail(id?, Reply::Failed(why.clone()))
    }

    /// The connection is gone: every open request is lost. `why`: what happened.
    pub(crate) fn lose_all(&self, why: &Failure) {
        let open = {
            let mut books = self.books();
            books.loss.get_or_insert_with(|| why.clone());
            // What is just being sent tells by itself whether it was.
            let (lost, going): (BTreeMap<_, _>, BTreeMap<_, _>) =
                std::mem::take(&mut books.open).into_iter().partition(|(_, open)| {
                    open.exchange.as_ref().is_none_or(|exchange| exchange.was_sent() && !exchange.is_going())
                });
            books.open = going;
            lost
        };
        for exchange in open.into_values().filter_map(|open| open.exchange) {
            exchange.complete(Reply::Lost(why.clone()));
        }
    }
}

impl Books {
    /// Requests that take notices, the newest first.
    fn listening(&self) -> impl Iterator<Item = &Exchange> {
        self.open
            .values()
            .rev()
            .filter_map(|open| open.exchange.as_ref())
            .filter(|exchange| exchange.is_listening())
    }

    /// The one request that takes notices; `None` where there are several: what is said may belong to any of them.
    fn alone(&self) -> Option<Exchange> {
        let mut listening = self.listening();
        listening.next().filter(|_| listening.next().is_none()).cloned()
    }

    /// Which request the server most likely asks for: the newest that has not asked already.
    fn may_ask(&self) -> Option<Exchange> {
        self.listening().find(|exchange| !exchange.is_asking()).or_else(|| self.listening().next()).cloned()
    }

    fn only(&self) -> Option<i64> {
        (self.open.len() == 1).then(|| self.open.keys().next().copied()).flatten()
    }
}

/// An id as a number; some servers send it back as text.
pub(crate) fn number(id: Option<&Value>) -> Option<i64> {
    match id? {
        Value::Number(number) => {
            number.as_i64().or_else(|| number.as_f64().filter(|f| f.fract() == 0.0).map(|f| f as i64))
        }
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn is_subscribed(params: &Value) -> bool {
    params.pointer("/_meta/io.modelcontextprotocol~1subscriptionId").is_some()
}

fn short(value: &Value) -> String {
    value.to_string().chars().take(200).collect()
}

fn too_many_values() -> Failure {
    let message = format!("The result has more than {MOST_VALUES} values in it, and is not kept.");
    Failure::new(ErrorCode::PeerAnswerTooLarge, message)
        .hint("Ask for less; the tool has done its work. As one text a result may be larger.")
}

/// A message beyond the bound.
pub(crate) fn too_large(limit: usize) -> Failure {
    let message = format!("A message of the server is larger than {} MiB.", limit / (1024 * 1024));
    Failure::new(ErrorCode::PeerAnswerTooLarge, message)
        .hint("Ask for less, or raise `message_limit_mib` of the backend.")
}
