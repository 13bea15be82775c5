//! One client, as the server knows it: a session of the older revisions, one connection, or one stateless request.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use serde_json::Value;
use tokio::sync::oneshot;

use super::{
    Face, Revision,
    stream::{Stop, Stream},
};

/// What a client said of itself, and what it waits for.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// After `initialize`.
    pub(super) revision: Option<Revision>,
    /// After `notifications/initialized`.
    pub(super) ready: bool,
    pub(super) capabilities: Value,
    /// Least level of log lines; `None`: the server's own choice.
    pub(super) log_level: Option<String>,
    pub(super) subscriptions: BTreeSet<String>,
    /// The list has been asked for once.
    pub(super) listed: bool,
}

/// One client.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) id: String,
    face: Face,
    known: Mutex<Known>,
    /// What belongs to no request. Over stdio and HTTP+SSE, everything.
    pub(super) general: Arc<Stream>,
    /// How much of `general` has been given to a client.
    pub(super) given: AtomicU64,
    waiting: Mutex<BTreeMap<u64, oneshot::Sender<Value>>>,
    next: AtomicU64,
    running: Mutex<BTreeMap<String, Stop>>,
    /// Ids of all requests so far.
    used: Mutex<BTreeSet<String>>,
    /// Streams of requests, to be resumed.
    pub(super) streams: Mutex<Vec<Arc<Stream>>>,
}

impl Session {
    pub(super) fn new(face: Face, first_request: u64) -> Self {
        Self {
            id: uuid::Uuid::new_v4().to_string(),
            face,
            known: Mutex::default(),
            general: Arc::new(Stream::new()),
            given: AtomicU64::new(0),
            waiting: Mutex::default(),
            next: AtomicU64::new(first_request),
            running: Mutex::default(),
            used: Mutex::default(),
            streams: Mutex::default(),
        }
    }

    pub(super) fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the client declared this capability, for example `/elicitation/url`.
    pub(super) fn can(&self, pointer: &str) -> bool {
        self.known().capabilities.pointer(pointer).is_some()
    }

    /// Asks the client and waits for its whole answer.
    pub(super) async fn ask(&self, out: &Stream, method: &str, params: Option<Value>) -> Option<Value> {
        let id = self.next.fetch_add(1, Ordering::SeqCst);
        let (sender, receiver) = oneshot::channel();
        self.waiting().insert(id, sender);
        out.say(self.face.request(id, method, params));
        receiver.await.ok()
    }

    fn waiting(&self) -> MutexGuard<'_, BTreeMap<u64, oneshot::Sender<Value>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An answer of the client; false when nobody asked.
    pub(super) fn answered(&self, message: Value) -> bool {
        let Some(waits) = message["id"].as_u64().and_then(|id| self.waiting().remove(&id)) else {
            return false;
        };
        waits.send(message).is_ok()
    }

    fn running(&self) -> MutexGuard<'_, BTreeMap<String, Stop>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a request; false when its id was used before.
    pub(super) fn begin(&self, id: &Value, stop: Stop) -> bool {
        self.running().insert(id.to_string(), stop);
        self.used.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_string())
    }

    pub(super) fn finish(&self, id: &Value) {
        self.running().remove(&id.to_string());
    }

    /// Stops a request; false when it does not run.
    pub(super) fn cancel(&self, id: &Value) -> bool {
        let found = self.running().remove(&id.to_string());
        found.inspect(Stop::stop).is_some()
    }

    /// Stops everything that runs.
    pub(super) fn cancel_all(&self) {
        for stop in std::mem::take(&mut *self.running()).into_values() {
            stop.stop();
        }
        self.waiting().clear();
    }

    pub(super) fn stream(&self) -> Arc<Stream> {
        let stream = Arc::new(Stream::new());
        self.streams.lock().unwrap_or_else(PoisonError::into_inner).push(stream.clone());
        stream
    }

    /// The stream that has this event, and the place after it.
    pub(super) fn resume(&self, event: &str) -> Option<(Arc<Stream>, usize)> {
        let streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        std::iter::once(&self.general)
            .chain(streams.iter())
            .find_map(|stream| stream.after(event).map(|place| (stream.clone(), place)))
    }
}
