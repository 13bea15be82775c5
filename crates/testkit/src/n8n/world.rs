//! What the parts of the simulation share: triggers, keys, runs.

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use tokio::sync::watch;

use super::{
    Case, N8nVersion, Options, api, chat, entry,
    play::play,
    run::Run,
    triggers::{Trigger, triggers},
};
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

/// What the parts of the simulation share.
pub(super) struct World {
    pub(super) options: Options,
    pub(super) version: N8nVersion,
    pub(super) triggers: Vec<Trigger>,
    address: OnceLock<SocketAddr>,
    keys: Mutex<HashMap<String, Vec<String>>>,
    runs: Mutex<Vec<Arc<Run>>>,
    next: AtomicU64,
    chosen: Mutex<HashMap<String, String>>,
    paces: Mutex<HashMap<String, Pacing>>,
    /// Pieces of this many bytes, and what to put in before which piece.
    pub(super) wire: Mutex<Spoiled>,
    pub(super) held: watch::Sender<bool>,
}

impl World {
    pub(super) fn new(options: Options, version: N8nVersion, key: String, scopes: &[&str]) -> Self {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        Self {
            triggers: triggers(&options.corpus),
            options,
            version,
            address: OnceLock::new(),
            keys: Mutex::new(HashMap::from([(key, scopes)])),
            runs: Mutex::default(),
            next: AtomicU64::new(1),
            chosen: Mutex::default(),
            paces: Mutex::default(),
            wire: Mutex::default(),
            held: watch::Sender::new(false),
        }
    }

    /// Says where it listens; only the first time counts.
    pub(super) fn listens_at(&self, address: SocketAddr) {
        let _ = self.address.set(address);
    }

    /// Plays this recording for its workflow from now on.
    pub(super) fn choose(&self, case: &Case) {
        let mut chosen = self.chosen.lock().unwrap_or_else(PoisonError::into_inner);
        chosen.insert(case.workflow_id.clone(), case.name.clone());
    }

    /// Plays this recording at this pace from now on.
    pub(super) fn pace(&self, case: &str, pace: Pacing) {
        self.paces.lock().unwrap_or_else(PoisonError::into_inner).insert(case.to_owned(), pace);
    }

    pub(super) fn base_url(&self) -> String {
        self.address.get().map(|address| format!("http://{address}")).unwrap_or_default()
    }

    pub(super) fn keys(&self) -> MutexGuard<'_, HashMap<String, Vec<String>>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn wire(&self) -> MutexGuard<'_, Spoiled> {
        self.wire.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The scopes of a key; `None`: not known.
    pub(super) fn scopes(&self, key: &str) -> Option<Vec<String>> {
        self.keys().get(key).cloned()
    }

    /// All executions, oldest first.
    pub(super) fn runs(&self) -> Vec<Arc<Run>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn is_old(&self) -> bool {
        self.version == N8nVersion::V1
    }

    pub(super) fn status(&self, run: &Run) -> String {
        run.status(self.is_queued(run))
    }

    pub(super) fn is_queued(&self, run: &Run) -> bool {
        *self.held.borrow() && !run.live().head && run.live().snapshot.is_none()
    }

    /// The record with `workflowData`, as the API gives it with data.
    pub(super) fn full_record(&self, run: &Run) -> serde_json::Value {
        let mut record = run.record(self.is_queued(run));
        if let Some(workflow) = self.options.corpus.workflow(&run.case.workflow_id) {
            let live = &workflow["activeVersion"];
            let part = |name: &str| if live[name].is_null() { &workflow[name] } else { &live[name] };
            record["workflowData"] = serde_json::json!({
                "id": workflow["id"], "name": workflow["name"], "nodes": part("nodes"),
                "connections": part("connections"), "settings": workflow["settings"],
            });
        }
        record
    }

    /// Begins an execution of this workflow.
    pub(super) fn begin(&self, workflow_id: &str, request: Request, chat: bool) -> Option<Arc<Run>> {
        let case = self.pick(workflow_id, &request)?;
        let id = self.next.fetch_add(1 + case.sub_executions.len() as u64, Ordering::SeqCst);
        let token = format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple());
        let run = Arc::new(Run::new(id, case, request, chat, self.is_old(), &self.base_url(), token));
        self.runs.lock().unwrap_or_else(PoisonError::into_inner).push(run.clone());
        self.go_on(&run, 0);
        Some(run)
    }

    /// Plays a segment of a run.
    pub(super) fn go_on(&self, run: &Arc<Run>, segment: usize) {
        let pace = self.paces.lock().unwrap_or_else(PoisonError::into_inner).get(&run.case.name).cloned();
        play(run, segment, pace.unwrap_or_else(|| self.options.pace.clone()), self.held.subscribe());
    }

    fn pick(&self, workflow_id: &str, request: &Request) -> Option<Arc<Case>> {
        let chosen = self.chosen.lock().unwrap_or_else(PoisonError::into_inner).get(workflow_id).cloned();
        if let Some(case) = chosen.and_then(|name| self.options.corpus.case(&name)) {
            return Some(case);
        }
        let cases: Vec<_> =
            self.options.corpus.cases.iter().filter(|case| case.workflow_id == workflow_id).collect();
        let sent = request.json();
        let same_body = cases.iter().find(|case| {
            let recorded = case.start().and_then(|start| start.request.body.as_deref());
            sent.is_some() && recorded.and_then(|body| serde_json::from_str(body).ok()) == sent
        });
        let same_path = cases.iter().find(|case| {
            case.start()
                .is_some_and(|start| start.request.path.split('?').next() == Some(request.path.as_str()))
        });
        same_body.or(same_path).or(cases.first()).map(|case| Arc::clone(case))
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
        if let Some(rest) = path.strip_prefix("/api/v1/") {
            api::serve(self, &request, rest, wire).await
        } else if let Some(rest) = path.strip_prefix("/webhook/") {
            entry::webhook(self, request, rest, wire).await
        } else if let Some(rest) = path.strip_prefix("/webhook-waiting/") {
            entry::resume(self, &request, rest, wire).await
        } else if path == "/chat" {
            chat::serve(self, &request, wire).await
        } else if path == "/healthz" || path == "/healthz/readiness" {
            wire.json(200, &labels(), &serde_json::json!({ "status": "ok" })).await
        } else {
            entry::page(404, wire).await
        }
    }
}

/// The header that tells a simulated peer from a real one.
pub(super) fn labels() -> Vec<(String, String)> {
    vec![("X-Jackfield-Simulated".to_owned(), "true".to_owned())]
}
