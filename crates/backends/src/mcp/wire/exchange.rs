//! One request of ours: who waits for its answer, and who hears what comes before it.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
};

use jackfield_protocol::error::Failure;
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

/// What became of a request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// Its result, raw.
    Result(Value),
    /// The server's own error.
    Error(RpcError),
    /// It provably never reached the server.
    NotSent(Failure),
    /// It may have reached the server; no answer will come.
    Lost(Failure),
    /// The server answered, but not in a way that is a result.
    Failed(Failure),
}

/// A JSON-RPC error.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RpcError {
    pub(crate) code: i64,
    pub(crate) message: String,
    pub(crate) data: Option<Value>,
}

impl RpcError {
    /// Of whatever a server put under `error`.
    pub(crate) fn of(error: &Value) -> Self {
        let message = match error["message"].as_str() {
            Some(message) => message.to_owned(),
            None => error.to_string().chars().take(300).collect(),
        };
        Self { code: error["code"].as_i64().unwrap_or(-32603), message, data: error.get("data").cloned() }
    }

    pub(crate) fn plain(code: i64, message: &str) -> Self {
        Self { code, message: message.to_owned(), data: None }
    }

    /// In a form that every JSON-RPC reader takes: the code of some servers fits no 32 bits.
    pub(crate) fn to_value(&self) -> Value {
        let code = i32::try_from(self.code).unwrap_or(-32603);
        match &self.data {
            Some(data) => json!({"code": code, "message": self.message, "data": data}),
            None => json!({"code": code, "message": self.message}),
        }
    }
}

/// What comes while a request is open, in wire order.
#[derive(Debug)]
pub(crate) enum Notice {
    /// How far it is.
    Progress {
        /// Grows.
        progress: f64,
        /// Where it ends, if known.
        total: Option<f64>,
        /// In words.
        message: Option<String>,
    },
    /// A log message.
    Log {
        /// One of RFC 5424's.
        level: String,
        /// What was said.
        text: String,
    },
    /// A frame that nobody understands.
    Odd {
        /// Why.
        why: &'static str,
        /// The frame.
        frame: String,
    },
    /// The server asks something.
    Ask(Ask),
}

impl Notice {
    pub(super) fn progress(params: &Value) -> Self {
        Self::Progress {
            progress: params["progress"].as_f64().unwrap_or_default(),
            total: params["total"].as_f64(),
            message: params["message"].as_str().map(str::to_owned),
        }
    }

    pub(super) fn log(params: &Value) -> Self {
        let text = match &params["data"] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let text = match params["logger"].as_str() {
            Some(logger) => format!("{logger}: {text}"),
            None => text,
        };
        Self::Log { level: params["level"].as_str().unwrap_or("info").to_owned(), text }
    }
}

/// A request of the server in the middle of one of ours.
#[derive(Debug)]
pub(crate) struct Ask {
    /// `elicitation/create` and such.
    pub(crate) method: String,
    /// Raw.
    pub(crate) params: Value,
    /// False: other calls are open too, and the server does not say which one asks.
    pub(crate) is_sure: bool,
    /// Takes the result, or an error to send.
    pub(crate) answer: oneshot::Sender<Result<Value, RpcError>>,
}

/// Most notices that wait for their reader; progress beyond that is dropped, because the next one says more.
const MOST_WAITING: usize = 10_000;

/// The reading end of an exchange's notices.
#[derive(Debug)]
pub(crate) struct Notices {
    receiver: mpsc::UnboundedReceiver<Notice>,
    waiting: Arc<AtomicUsize>,
}

impl Notices {
    /// The next one; for ever pending when nothing more can come.
    pub(crate) async fn next(&mut self) -> Notice {
        match self.receiver.recv().await {
            Some(notice) => {
                self.waiting.fetch_sub(1, Relaxed);
                notice
            }
            None => std::future::pending().await,
        }
    }

    /// One that is there already.
    pub(crate) fn ready(&mut self) -> Option<Notice> {
        let notice = self.receiver.try_recv().ok()?;
        self.waiting.fetch_sub(1, Relaxed);
        Some(notice)
    }
}

/// One request of ours; clones are the same one.
#[derive(Debug, Clone)]
pub(crate) struct Exchange(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    reply: Mutex<Option<oneshot::Sender<Reply>>>,
    notices: mpsc::UnboundedSender<Notice>,
    /// It may have reached the server.
    sent: AtomicBool,
    /// Questions of the server in it that nobody has answered yet.
    asking: AtomicUsize,
    /// How often it is on its way right now.
    going: watch::Sender<usize>,
    /// Nobody waits for its answer any more.
    forgotten: CancellationToken,
    /// It must not be sent twice.
    once: bool,
    waiting: Arc<AtomicUsize>,
}

impl Exchange {
    /// A new one, with who waits for its answer and who hears what comes before. `once`: it must not be sent twice.
    pub(crate) fn new(once: bool) -> (Self, oneshot::Receiver<Reply>, Notices) {
        let (sender, receiver) = oneshot::channel();
        let (notices, reader) = mpsc::unbounded_channel();
        let waiting = Arc::<AtomicUsize>::default();
        let inner = Inner {
            reply: Mutex::new(Some(sender)),
            notices,
            sent: AtomicBool::new(false),
            asking: AtomicUsize::new(0),
            going: watch::Sender::new(0),
            forgotten: CancellationToken::new(),
            once,
            waiting: waiting.clone(),
        };
        (Self(Arc::new(inner)), receiver, Notices { receiver: reader, waiting })
    }

    /// From here on it may reach the server.
    pub(crate) fn mark_sent(&self) {
        self.0.sent.store(true, Relaxed);
    }

    /// It is on its way until the result is dropped: whether it was sent is known only then.
    pub(super) fn going(&self) -> Going {
        self.mark_sent();
        self.0.going.send_modify(|count| *count += 1);
        Going(self.clone())
    }

    pub(super) fn is_going(&self) -> bool {
        *self.0.going.borrow() > 0
    }

    /// Pending while it is on its way.
    pub(crate) async fn settled(&self) {
        // The sender is our own: it is there as long as we are.
        let _ = self.0.going.subscribe().wait_for(|count| *count == 0).await;
    }

    /// A question of the server is open in it until the result is dropped.
    pub(crate) fn asks(&self) -> Asking {
        self.0.asking.fetch_add(1, Relaxed);
        Asking(self.clone())
    }

    pub(super) fn is_asking(&self) -> bool {
        self.0.asking.load(Relaxed) > 0
    }

    pub(super) fn forget(&self) {
        self.0.forgotten.cancel();
    }

    /// Pending until nobody waits for its answer any more.
    pub(super) async fn forgotten(&self) {
        self.0.forgotten.cancelled().await;
    }

    pub(crate) fn is_once(&self) -> bool {
        self.0.once
    }

    /// Whether it may have reached the server.
    pub(crate) fn was_sent(&self) -> bool {
        self.0.sent.load(Relaxed)
    }

    /// The first one counts.
    pub(crate) fn complete(&self, reply: Reply) {
        let sender = self.0.reply.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(sender) = sender {
            // Whoever asked may have left.
            let _ = sender.send(reply);
        }
    }

    /// Hands a notice over; a question that nobody hears answers itself by being dropped.
    pub(crate) fn notice(&self, notice: Notice) {
        if self.0.waiting.load(Relaxed) >= MOST_WAITING && !matches!(notice, Notice::Ask(_)) {
            return;
        }
        if self.0.notices.send(notice).is_ok() {
            self.0.waiting.fetch_add(1, Relaxed);
        }
    }

    pub(crate) fn is_listening(&self) -> bool {
        !self.0.notices.is_closed()
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// A request is on its way.
pub(super) struct Going(Exchange);

impl Drop for Going {
    fn drop(&mut self) {
        self.0.0.going.send_modify(|count| *count -= 1);
    }
}

/// A question of the server is open.
pub(crate) struct Asking(Exchange);

impl Drop for Asking {
    fn drop(&mut self) {
        self.0.0.asking.fetch_sub(1, Relaxed);
    }
}
