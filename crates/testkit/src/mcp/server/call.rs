//! One request that a tool, prompt or resource works on, and what it can say meanwhile.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{
    Revision,
    envelope::Fault,
    session::Session,
    stream::{Stop, Stream},
    tasks::Task,
    world::World,
};

/// Why a tool gives no result.
#[derive(Debug, Clone, PartialEq)]
pub enum Ending {
    /// A JSON-RPC error.
    Fault(Fault),
    /// It needs answers first: requests by key (2026-07-28).
    Asks(Map<String, Value>),
    /// The client wants no result any more.
    Cancelled,
    /// The server dies, with this exit code.
    Dies(u8),
}

impl From<Fault> for Ending {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// How questions reach the client.
#[derive(Debug, Clone)]
pub(super) enum Asking {
    /// As requests of the server.
    Direct,
    /// In rounds: the answers so far, by key.
    Rounds(Map<String, Value>),
    /// Through the task.
    Task(Arc<Task>),
}

/// A call of a tool.
#[derive(Debug, Clone)]
pub struct Call {
    /// The tool.
    pub name: String,
    /// Its arguments; an object.
    pub arguments: Value,
    /// `_meta` of the request.
    pub meta: Value,
    /// What the client sent back of the state that it was given (2026-07-28).
    pub state: Option<String>,
    pub(super) world: Arc<World>,
    pub(super) session: Arc<Session>,
    pub(super) revision: Revision,
    pub(super) out: Arc<Stream>,
    pub(super) stop: Stop,
    pub(super) asking: Asking,
}

impl Call {
    /// The revision in which it was called.
    #[must_use]
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// Whether the client asked for a task.
    #[must_use]
    pub fn is_task(&self) -> bool {
        matches!(self.asking, Asking::Task(_))
    }

    /// A number among the arguments.
    #[must_use]
    pub fn number(&self, name: &str, otherwise: u64) -> u64 {
        let value = &self.arguments[name];
        value.as_u64().or_else(|| value.as_f64().map(|number| number.max(0.0) as u64)).unwrap_or(otherwise)
    }

    /// A text among the arguments.
    #[must_use]
    pub fn text(&self, name: &str, otherwise: &str) -> String {
        self.arguments[name].as_str().unwrap_or(otherwise).to_owned()
    }

    /// Tells progress, if the client wants to hear of it. Waits for the pace that the test set.
    pub async fn progress(&self, progress: Value, total: Value, message: Option<&str>) {
        self.pace().await;
        if let Asking::Task(task) = &self.asking {
            task.says(message.unwrap_or("working"));
            return;
        }
        let token = &self.meta["progressToken"];
        if token.is_null() || self.stop.is_stopped() {
            return;
        }
        let params = match (self.world.script.face, message) {
            (super::Face::Everything, _) => {
                json!({"progress": progress, "total": total, "progressToken": token})
            }
            (super::Face::Lab, None) => json!({"progressToken": token, "progress": progress, "total": total}),
            (super::Face::Lab, Some(message)) => {
                json!({"progressToken": token, "progress": progress, "total": total, "message": message})
            }
        };
        self.out.say(self.world.script.face.notification("notifications/progress", Some(params)));
    }

    /// Waits until the next piece of this call may be sent: see [`super::SimulatedMcp::pace`].
    pub async fn pace(&self) {
        let pace = self.world.pace_of(&self.name);
        let begin = tokio::time::Instant::now();
        tokio::select! {
            () = pace.due(begin, std::time::Duration::ZERO) => {}
            () = self.stop.stopped() => {}
        }
    }

    /// Writes a line to the client's log, where it asked for that level: in 2026-07-28 only with `logLevel` in `_meta`.
    pub fn log(&self, level: &str, data: Value) {
        let least = if self.revision.is_modern() {
            match self.meta["io.modelcontextprotocol/logLevel"].as_str() {
                Some(level) => level.to_owned(),
                None => return,
            }
        } else {
            self.session.known().log_level.clone().unwrap_or_else(|| "debug".to_owned())
        };
        if severity(level) >= severity(&least) && !self.stop.is_stopped() {
            let params = json!({"level": level, "data": data});
            self.out.say(self.world.script.face.notification("notifications/message", Some(params)));
        }
    }

    /// Asks the client: `elicitation/create`, `sampling/createMessage` or `roots/list`. `key` names the question within this call.
    ///
    /// # Errors
    /// [`Ending::Asks`] in 2026-07-28 as long as there is no answer; a fault when the client refuses or cannot be asked.
    pub async fn ask(&self, key: &str, method: &str, params: Option<Value>) -> Result<Value, Ending> {
        match &self.asking {
            Asking::Rounds(answers) => match answers.get(key) {
                Some(answer) => Ok(answer.clone()),
                None => {
                    let mut request = json!({ "method": method });
                    if let Some(params) = params {
                        request["params"] = params;
                    }
                    Err(Ending::Asks(Map::from_iter([(key.to_owned(), request)])))
                }
            },
            Asking::Task(task) => {
                tokio::select! {
                    answer = task.ask(key, method, params) => answer,
                    () = self.stop.stopped() => Err(Ending::Cancelled),
                }
            }
            Asking::Direct => {
                let answer = tokio::select! {
                    answer = self.session.ask(&self.out, method, params) => answer,
                    () = self.stop.stopped() => return Err(Ending::Cancelled),
                };
                let Some(mut answer) = answer else { return Err(Ending::Cancelled) };
                match answer.get_mut("result") {
                    Some(result) => Ok(result.take()),
                    None => {
                        let code = answer["error"]["code"].as_i64().unwrap_or(-32603);
                        let words = answer["error"]["message"].as_str().unwrap_or("refused");
                        Err(Fault::new(code, format!("The client refused {method}: {words}")).into())
                    }
                }
            }
        }
    }

    /// Resolves when the client wants no result any more.
    pub async fn cancelled(&self) {
        self.stop.stopped().await;
    }

    /// Waits; ends early when the call is cancelled.
    ///
    /// # Errors
    /// [`Ending::Cancelled`].
    pub async fn sleep(&self, milliseconds: u64) -> Result<(), Ending> {
        tokio::select! {
            () = tokio::time::sleep(std::time::Duration::from_millis(milliseconds)) => Ok(()),
            () = self.stop.stopped() => Err(Ending::Cancelled),
        }
    }

    /// Ends the connection here, as a broken network does. The call goes on.
    pub fn cut(&self) {
        self.out.cut();
    }

    /// Fails unless the client declared this capability, for example `/elicitation/url`.
    ///
    /// # Errors
    /// -32021 in 2026-07-28, else -32602.
    pub fn needs(&self, pointer: &str) -> Result<(), Fault> {
        if self.session.can(pointer) {
            return Ok(());
        }
        let name = pointer.trim_start_matches('/').split('/').next().unwrap_or_default();
        Err(if self.revision.is_modern() {
            Fault::new(-32021, format!("The client has to be able to do {name}"))
                .with(json!({"requiredCapabilities": {name: {}}}))
        } else {
            Fault::new(-32602, format!("Client does not support {name}"))
        })
    }
}

fn severity(level: &str) -> usize {
    ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"]
        .iter()
        .position(|known| *known == level)
        .unwrap_or_default()
}

/// What a tool gives.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reply {
    /// Content items, `type` first.
    pub content: Vec<Value>,
    /// `structuredContent`.
    pub structured: Option<Value>,
    /// `isError`.
    pub is_error: bool,
    /// FastMCP's mark of a plain value that it wrapped in an object.
    pub wrapped: bool,
}

impl Reply {
    /// Text alone.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::items(vec![json!({"type": "text", "text": text.into()})])
    }

    /// These items.
    #[must_use]
    pub fn items(content: Vec<Value>) -> Self {
        Self { content, ..Self::default() }
    }

    /// Text, and the same wrapped in an object: what FastMCP makes of a tool that returns a string.
    #[must_use]
    pub fn wrapped(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { structured: Some(json!({"result": text})), wrapped: true, ..Self::text(text) }
    }

    /// A structured value, also as text.
    #[must_use]
    pub fn structured(value: Value) -> Self {
        Self { structured: Some(value.clone()), ..Self::text(value.to_string()) }
    }

    /// A failure of the tool.
    #[must_use]
    pub fn error(text: impl Into<String>) -> Self {
        Self { is_error: true, ..Self::text(text) }
    }
}
