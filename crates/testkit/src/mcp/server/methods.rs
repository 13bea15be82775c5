//! Messages of clients, and what is answered: the same over every transport.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{
    Face, Revision,
    call::{Asking, Call, Ending},
    envelope::Fault,
    offers, render, rounds,
    session::Session,
    stream::{Stop, Stream},
    tasks::{self, Task},
    tools_call,
    world::{Listener, World},
};

/// One request on its way.
pub(super) struct Request {
    pub(super) world: Arc<World>,
    /// Who asks: the session or connection, or for a stateless request a client that is only known from it.
    pub(super) session: Arc<Session>,
    pub(super) revision: Revision,
    pub(super) id: Value,
    pub(super) method: String,
    pub(super) params: Value,
    pub(super) out: Arc<Stream>,
    pub(super) stop: Stop,
}

impl World {
    /// Takes one message. A request is worked on in the background; its answer comes on `out`, which ends with it where `ends` is set.
    pub(super) fn take(
        self: &Arc<Self>,
        session: &Arc<Session>,
        message: Value,
        out: &Arc<Stream>,
        ends: bool,
    ) -> Option<Stop> {
        let method = message["method"].as_str().map(str::to_owned);
        let id = message.get("id").cloned();
        match (method, id) {
            (Some(method), Some(id)) => {
                let stop = Stop::new();
                if !session.begin(&id, stop.clone()) {
                    self.violated(format!("the id {id} was used twice"));
                }
                if !(id.is_string() || id.is_i64() || id.is_u64()) {
                    self.violated(format!("the id {id} is neither text nor integer"));
                }
                let (world, session, out, params) =
                    (self.clone(), session.clone(), out.clone(), message["params"].clone());
                let given = stop.clone();
                self.spawn(async move {
                    if let Some(answer) = world.answer(&session, &id, &method, params, &out, &stop).await {
                        out.say(answer);
                    }
                    session.finish(&id);
                    if ends {
                        out.end();
                    }
                });
                Some(given)
            }
            (Some(method), None) => {
                self.notified(session, &method, &message["params"]);
                None
            }
            _ => {
                if !session.answered(message) {
                    self.violated("an answer to a question that is not open");
                }
                None
            }
        }
    }

    fn notified(self: &Arc<Self>, session: &Arc<Session>, method: &str, params: &Value) {
        match method {
            "notifications/cancelled" => {
                session.cancel(&params["requestId"]);
            }
            "notifications/initialized" => {
                session.known().ready = true;
                if self.script.face == Face::Everything && session.can("/roots") {
                    let (world, session) = (self.clone(), session.clone());
                    // As the real one: a moment later.
                    self.spawn(async move {
                        tokio::time::sleep(std::time::Duration::from_millis(350)).await;
                        world.look_at_roots(&session).await;
                    });
                }
            }
            "notifications/roots/list_changed" => {
                let (world, session) = (self.clone(), session.clone());
                self.spawn(async move { world.look_at_roots(&session).await });
            }
            _ => {}
        }
    }

    async fn look_at_roots(&self, session: &Session) {
        let Some(answer) = session.ask(&session.general, "roots/list", None).await else { return };
        let count = answer["result"]["roots"].as_array().map_or(0, Vec::len);
        let data = format!("Roots updated: {count} root(s) received from client");
        let params = json!({"level": "info", "logger": "everything-server", "data": data});
        session.general.say(self.script.face.notification("notifications/message", Some(params)));
    }

    /// The whole answer to a request; `None` when the client wants none any more.
    async fn answer(
        self: &Arc<Self>,
        session: &Arc<Session>,
        id: &Value,
        method: &str,
        params: Value,
        out: &Arc<Stream>,
        stop: &Stop,
    ) -> Option<Value> {
        let face = self.script.face;
        let request = match self.understand(session, id, method, params, out, stop) {
            Ok(request) => request,
            Err(fault) => return Some(face.error(id, &fault)),
        };
        let revision = request.revision;
        let result = request.run().await;
        match result {
            Ok(result) => Some(face.result(id, result)),
            Err(Ending::Fault(fault)) => Some(face.error(id, &fault)),
            Err(Ending::Asks(_)) => {
                Some(face.error(id, &Fault::new(-32603, format!("cannot ask in {}", revision.as_str()))))
            }
            Err(Ending::Cancelled) => None,
            Err(Ending::Dies(code)) => {
                self.died.send_replace(Some(code));
                None
            }
        }
    }

    /// Finds out in which revision a request is made, and by whom.
    fn understand(
        self: &Arc<Self>,
        session: &Arc<Session>,
        id: &Value,
        method: &str,
        params: Value,
        out: &Arc<Stream>,
        stop: &Stop,
    ) -> Result<Request, Fault> {
        let meta = &params["_meta"];
        let asked = &meta["io.modelcontextprotocol/protocolVersion"];
        let known = session.known().revision;
        let modern = self.script.speaks_modern()
            && (!asked.is_null() || (known.is_none() && method != "initialize" && method != "ping"));
        let (session, revision) = if modern {
            self.check_meta(meta)?;
            let stateless = Session::new(self.script.face, 0);
            stateless.known().capabilities = meta["io.modelcontextprotocol/clientCapabilities"].clone();
            (Arc::new(stateless), Revision::V2026_07_28)
        } else {
            let ready = known.is_some() || method == "initialize" || method == "ping";
            if !self.script.speaks_legacy() || method == "server/discover" {
                return Err(self.script.face.no_method(method));
            }
            if !ready {
                self.violated(format!("{method} before initialize"));
                return Err(Fault::new(-32602, "Received request before initialization was complete"));
            }
            if known.is_some() && method != "ping" && !session.known().ready {
                self.violated(format!("{method} before notifications/initialized"));
            }
            (session.clone(), known.unwrap_or(Revision::V2025_11_25))
        };
        Ok(Request {
            world: self.clone(),
            session,
            revision,
            id: id.clone(),
            method: method.to_owned(),
            params,
            out: out.clone(),
            stop: stop.clone(),
        })
    }

    /// What every request of 2026-07-28 has to carry.
    pub(super) fn check_meta(&self, meta: &Value) -> Result<(), Fault> {
        let asked = &meta["io.modelcontextprotocol/protocolVersion"];
        let incomplete = || {
            Fault::new(
                -32602,
                "params._meta must be an object carrying the required 'io.modelcontextprotocol/protocolVersion' and \
                'io.modelcontextprotocol/clientCapabilities' envelope keys",
            )
        };
        let Some(asked) = asked.as_str() else { return Err(incomplete()) };
        if !Revision::parse(asked).is_some_and(Revision::is_modern) {
            let supported: Vec<&str> =
                self.script.revisions.iter().filter(|one| one.is_modern()).map(|one| one.as_str()).collect();
            let data = json!({"supported": supported, "requested": asked});
            return Err(Fault::new(-32022, "Unsupported protocol version").with(data));
        }
        if !meta["io.modelcontextprotocol/clientCapabilities"].is_object() {
            return Err(incomplete());
        }
        Ok(())
    }
}

impl Request {
    pub(super) fn face(&self) -> Face {
        self.world.script.face
    }

    /// The server's name and version.
    pub(super) fn server(&self) -> Value {
        let catalogue = self.world.catalogue();
        match self.face() {
            Face::Lab => catalogue.discover["_meta"]["io.modelcontextprotocol/serverInfo"].clone(),
            Face::Everything => catalogue.initialize["serverInfo"].clone(),
        }
    }

    pub(super) fn complete(&self, result: Value) -> Value {
        render::complete(self.revision, &self.server(), result)
    }

    fn call(&self, name: &str, asking: Asking) -> Call {
        Call {
            name: name.to_owned(),
            arguments: match &self.params["arguments"] {
                Value::Null => json!({}),
                arguments => arguments.clone(),
            },
            meta: self.params["_meta"].clone(),
            state: self.params["requestState"].as_str().map(str::to_owned),
            world: self.world.clone(),
            session: self.session.clone(),
            revision: self.revision,
            out: self.out.clone(),
            stop: self.stop.clone(),
            asking,
        }
    }

    /// A call that asks in the way of its revision.
    pub(super) fn direct_call(&self, name: &str) -> Result<Call, Fault> {
        let asking = if self.revision.is_modern() {
            Asking::Rounds(rounds::answers(name, &self.params)?)
        } else {
            Asking::Direct
        };
        Ok(self.call(name, asking))
    }

    /// A call that goes on without its request.
    pub(super) fn task_call(&self, name: &str, task: &Arc<Task>) -> Call {
        Call { stop: task.stop.clone(), ..self.call(name, Asking::Task(task.clone())) }
    }

    async fn run(self) -> Result<Value, Ending> {
        let modern = self.revision.is_modern();
        match (self.method.as_str(), modern) {
            ("initialize", false) => self.initialize(),
            ("server/discover", true) => Ok(self.world.catalogue().discover.clone()),
            ("ping", false) => Ok(json!({})),
            ("logging/setLevel", false) => {
                self.session.known().log_level = self.params["level"].as_str().map(str::to_owned);
                Ok(json!({}))
            }
            ("resources/subscribe" | "resources/unsubscribe", false) => {
                let uri = self.params["uri"].as_str().unwrap_or_default().to_owned();
                let mut known = self.session.known();
                if self.method == "resources/subscribe" {
                    known.subscriptions.insert(uri);
                } else {
                    known.subscriptions.remove(&uri);
                }
                Ok(json!({}))
            }
            ("subscriptions/listen", true) => self.listen().await,
            ("tools/call", _) => tools_call::call(self).await,
            (method, _) if method.starts_with("tasks/") => {
                let result =
                    tasks::handle(&self.world, &self.session, modern, method, &self.params, &self.out)
                        .await?;
                Ok(self.complete(result))
            }
            _ => offers::answer(&self).await,
        }
    }

    fn initialize(&self) -> Result<Value, Ending> {
        let Some(revision) = self.world.script.negotiate(&self.params["protocolVersion"]) else {
            return Err(self.face().no_method("initialize").into());
        };
        let mut known = self.session.known();
        known.revision = Some(revision);
        known.capabilities = self.params["capabilities"].clone();
        drop(known);
        let mut result = self.world.catalogue().initialize.clone();
        result["protocolVersion"] = revision.as_str().into();
        Ok(result)
    }

    /// Stays open until the client leaves or the test ends it.
    async fn listen(self) -> Result<Value, Ending> {
        let wishes = self.params["notifications"].as_object().cloned().unwrap_or_default();
        let known =
            ["toolsListChanged", "promptsListChanged", "resourcesListChanged", "resourceSubscriptions"];
        let honoured: Map<String, Value> =
            wishes.into_iter().filter(|(key, _)| known.contains(&key.as_str())).collect();
        let marked = json!({"io.modelcontextprotocol/subscriptionId": self.id});
        let params = json!({"_meta": marked, "notifications": honoured});
        self.out.say(self.face().notification("notifications/subscriptions/acknowledged", Some(params)));
        let ended = Stop::new();
        let listener = Listener {
            id: self.id.clone(),
            filter: Value::Object(honoured),
            out: self.out.clone(),
            stop: ended.clone(),
        };
        self.world.listeners().push(listener);
        self.world.tell();
        let end = tokio::select! {
            () = ended.stopped() => Ok(json!({"resultType": "complete", "_meta": marked})),
            () = self.stop.stopped() => Err(Ending::Cancelled),
        };
        self.world
            .listeners()
            .retain(|listener| !Arc::ptr_eq(&listener.out, &self.out) || listener.id != self.id);
        self.world.tell();
        end
    }
}
