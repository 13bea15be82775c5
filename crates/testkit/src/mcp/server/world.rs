//! What all transports of one simulated server share.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::{Value, json};
use tokio::{sync::watch, task::AbortHandle};

use super::{
    Heard, Script,
    catalogue::Catalogue,
    session::Session,
    stream::{Stop, Stream},
    tasks::Task,
};
use crate::replay::{Gate, Pacing};

/// Most messages that are kept of what clients said.
const MOST_HEARD: usize = 100_000;

/// One `subscriptions/listen` that is open.
#[derive(Debug, Clone)]
pub(super) struct Listener {
    pub(super) id: Value,
    pub(super) filter: Value,
    pub(super) out: Arc<Stream>,
    pub(super) stop: Stop,
}

/// A simulated server without its transports.
#[derive(Debug)]
pub(super) struct World {
    pub(super) script: Script,
    catalogue: Mutex<Catalogue>,
    sessions: Mutex<BTreeMap<String, Arc<Session>>>,
    listeners: Mutex<Vec<Listener>>,
    tasks: Mutex<BTreeMap<String, Arc<Task>>>,
    counts: Mutex<Counts>,
    heard: Mutex<Vec<Heard>>,
    pub(super) news: watch::Sender<u64>,
    paces: Mutex<(Pacing, BTreeMap<String, Pacing>)>,
    /// Lets the tool `hold` go.
    pub(super) gate: Mutex<Gate>,
    tokens: Mutex<BTreeMap<String, Vec<String>>>,
    jobs: Mutex<Vec<AbortHandle>>,
    shaping: Mutex<Shaping>,
    violations: Mutex<BTreeSet<String>>,
    /// Exit code, once it has died.
    pub(super) died: watch::Sender<Option<u8>>,
}

/// What is done to event streams.
#[derive(Debug, Default, Clone)]
pub(super) struct Shaping {
    /// Bytes of a piece; 0: each event in one.
    pub(super) split: usize,
    /// What is put in after this many messages of a stream.
    pub(super) garbage: Option<(usize, Vec<u8>)>,
}

/// What is counted.
#[derive(Debug, Default)]
pub(super) struct Counts {
    /// Calls by tool; further rounds of one call are not counted.
    pub(super) calls: BTreeMap<String, u64>,
    /// What tools did, by tool.
    pub(super) effects: BTreeMap<String, u64>,
    /// Names of tools whose call was cancelled.
    pub(super) cancelled: Vec<String>,
    pub(super) bumps: u64,
    pub(super) once: BTreeSet<String>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World {
    pub(super) fn new(script: Script) -> io::Result<Self> {
        let catalogue = Catalogue::new(&script)?;
        let tokens = script.auth.iter().flat_map(|auth| auth.tokens.iter().cloned()).collect();
        Ok(Self {
            script,
            catalogue: Mutex::new(catalogue),
            sessions: Mutex::default(),
            listeners: Mutex::default(),
            tasks: Mutex::default(),
            counts: Mutex::default(),
            heard: Mutex::default(),
            news: watch::Sender::new(0),
            paces: Mutex::default(),
            gate: Mutex::new(Gate::new()),
            tokens: Mutex::new(tokens),
            jobs: Mutex::default(),
            shaping: Mutex::default(),
            violations: Mutex::default(),
            died: watch::Sender::new(None),
        })
    }

    pub(super) fn catalogue(&self) -> MutexGuard<'_, Catalogue> {
        lock(&self.catalogue)
    }

    pub(super) fn tasks(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Task>>> {
        lock(&self.tasks)
    }

    pub(super) fn counts(&self) -> MutexGuard<'_, Counts> {
        lock(&self.counts)
    }

    pub(super) fn shaping(&self) -> MutexGuard<'_, Shaping> {
        lock(&self.shaping)
    }

    /// What clients did that none may.
    pub(super) fn violations(&self) -> MutexGuard<'_, BTreeSet<String>> {
        lock(&self.violations)
    }

    pub(super) fn violated(&self, what: impl Into<String>) {
        self.violations().insert(what.into());
    }

    /// After something that a test may wait for.
    pub(super) fn tell(&self) {
        self.news.send_modify(|count| *count += 1);
    }

    pub(super) fn listeners(&self) -> MutexGuard<'_, Vec<Listener>> {
        lock(&self.listeners)
    }

    pub(super) fn tokens(&self) -> MutexGuard<'_, BTreeMap<String, Vec<String>>> {
        lock(&self.tokens)
    }

    pub(super) fn sessions(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Session>>> {
        lock(&self.sessions)
    }

    /// A new client that stays: a session, or a connection.
    pub(super) fn open_session(&self) -> Arc<Session> {
        // The Python SDK begins to count at 1 where it asks through a request's own stream.
        let first = u64::from(self.script.face == super::Face::Lab);
        let session = Arc::new(Session::new(self.script.face, first));
        self.sessions().insert(session.id.clone(), session.clone());
        session
    }

    pub(super) fn close_session(&self, id: &str) -> bool {
        let found = self.sessions().remove(id);
        if let Some(session) = &found {
            session.cancel_all();
            session.general.end();
        }
        found.is_some()
    }

    /// Forgets every session, as a restart does.
    pub(super) fn forget_sessions(&self) {
        for session in std::mem::take(&mut *self.sessions()).into_values() {
            session.cancel_all();
            session.general.end();
        }
    }

    pub(super) fn hear(&self, heard: Heard) {
        let mut all = lock(&self.heard);
        if all.len() < MOST_HEARD {
            all.push(heard);
        }
        drop(all);
        self.tell();
    }

    pub(super) fn heard(&self) -> Vec<Heard> {
        lock(&self.heard).clone()
    }

    pub(super) fn pace_of(&self, tool: &str) -> Pacing {
        let paces = lock(&self.paces);
        paces.1.get(tool).unwrap_or(&paces.0).clone()
    }

    pub(super) fn set_pace(&self, tool: Option<&str>, pace: Pacing) {
        let mut paces = lock(&self.paces);
        match tool {
            Some(tool) => {
                paces.1.insert(tool.to_owned(), pace);
            }
            None => paces.0 = pace,
        }
    }

    pub(super) fn gate(&self) -> Gate {
        lock(&self.gate).clone()
    }

    pub(super) fn close_gate(&self) {
        *lock(&self.gate) = Gate::new();
    }

    /// Works on in the background; ends when the server is killed.
    pub(super) fn spawn(&self, job: impl Future<Output = ()> + Send + 'static) {
        let mut jobs = lock(&self.jobs);
        jobs.retain(|job| !job.is_finished());
        jobs.push(tokio::spawn(job).abort_handle());
    }

    /// Ends everything that is being worked on, as a crash does.
    pub(super) fn crash(&self) {
        for job in std::mem::take(&mut *lock(&self.jobs)) {
            job.abort();
        }
        self.listeners().clear();
        self.tasks().clear();
        self.forget_sessions();
    }

    /// Tells everybody who wants to know. `key` names the wish in a listener's filter; `uri` the resource that changed.
    pub(super) fn announce(&self, method: &str, key: &str, uri: Option<&str>) {
        let face = self.script.face;
        let params = uri.map(|uri| json!({ "uri": uri }));
        for session in self.sessions().values() {
            let known = session.known();
            let wants = known.ready && uri.is_none_or(|uri| known.subscriptions.contains(uri));
            drop(known);
            if wants {
                session.general.say(face.notification(method, params.clone()));
            }
        }
        for listener in self.listeners().iter() {
            let wish = &listener.filter[key];
            let wants = match uri {
                Some(uri) => wish.as_array().is_some_and(|uris| uris.iter().any(|wished| wished == uri)),
                None => *wish == true,
            };
            if wants && !listener.stop.is_stopped() {
                let mut params = json!({"_meta": {"io.modelcontextprotocol/subscriptionId": listener.id}});
                if let Some(uri) = uri {
                    params["uri"] = uri.into();
                }
                listener.out.say(face.notification(method, Some(params)));
            }
        }
    }

    pub(super) fn tools_changed(&self) {
        self.announce("notifications/tools/list_changed", "toolsListChanged", None);
    }
}
