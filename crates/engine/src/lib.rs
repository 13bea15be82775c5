//! The engine: starts runs, records them, fans them out to readers, resumes and recovers them; keeps the state of every
//! backend's connection and its catalogue. It knows ports, not platforms, and no SQL or HTTP. `RUNS.md`
//! in this crate tells the states of a run and what always holds.

mod accounts;
mod catalogue;
mod clients;
mod config;
mod data;
mod discovery;
mod health;
mod history;
mod host;
mod import;
mod inbox;
mod live;
mod news;
mod offers;
mod readers;
mod recorder;
mod run_task;
mod runs;
mod sign_ins;
mod stats;
mod take_up;
mod tools;

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use jackfield_protocol::{
    api::HubNews,
    error::{ErrorCode, Failure},
    ids::{BackendId, RunId},
    model::Platform,
    port::{PlatformFactory, Store},
};
use tokio::{
    sync::{Notify, broadcast},
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use config::EngineConfig;
pub use import::OFFICIAL_REGISTRY;
pub use stats::EngineStats;

use crate::{
    clients::Current,
    data::{Sweep, TokenUses},
    discovery::Shared,
    health::Watch,
    import::Importing,
    live::{LiveRun, lock},
    sign_ins::Pending,
    stats::Counters,
};

/// The engine; clones share one.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    store: Arc<dyn Store>,
    platforms: HashMap<Platform, Arc<dyn PlatformFactory>>,
    config: EngineConfig,
    clients: Mutex<HashMap<BackendId, Current>>,
    /// Held while a backend or its secrets are changed.
    changes: tokio::sync::Mutex<()>,
    /// Held while more is learned of a peer.
    peers: tokio::sync::Mutex<()>,
    sign_ins: Mutex<Pending>,
    watches: Mutex<HashMap<BackendId, Arc<Watch>>>,
    discoveries: Mutex<HashMap<BackendId, Shared>>,
    live: Mutex<HashMap<RunId, Arc<LiveRun>>>,
    news: broadcast::Sender<HubNews>,
    stats: Arc<Counters>,
    tasks: TaskTracker,
    watchers: TaskTracker,
    /// Rung when a run moved from one status to another, or left.
    moved: Notify,
    /// Backends that are being removed: they take no new runs.
    removing: Mutex<HashSet<BackendId>>,
    importing: Importing,
    sweep: Sweep,
    token_uses: TokenUses,
    /// No new runs.
    stopping: CancellationToken,
    /// Everything ends now.
    hard: CancellationToken,
}

impl Engine {
    /// Takes up the runs that an earlier hub left, and begins to watch the backends.
    ///
    /// # Errors
    /// The store's.
    pub async fn start(
        store: Arc<dyn Store>,
        platforms: Vec<Arc<dyn PlatformFactory>>,
        config: EngineConfig,
    ) -> Result<Self, Failure> {
        let inner = Inner {
            store,
            platforms: platforms.into_iter().map(|factory| (factory.platform(), factory)).collect(),
            config,
            clients: Mutex::default(),
            changes: tokio::sync::Mutex::default(),
            peers: tokio::sync::Mutex::default(),
            sign_ins: Mutex::default(),
            watches: Mutex::default(),
            discoveries: Mutex::default(),
            live: Mutex::default(),
            news: news::channel(),
            stats: Arc::default(),
            tasks: TaskTracker::new(),
            watchers: TaskTracker::new(),
            moved: Notify::new(),
            removing: Mutex::default(),
            importing: Importing::default(),
            sweep: Sweep::default(),
            token_uses: TokenUses::default(),
            stopping: CancellationToken::new(),
            hard: CancellationToken::new(),
        };
        let engine = Self { inner: Arc::new(inner) };
        engine.take_up().await?;
        for backend in engine.inner.store.backends().await? {
            engine.inner.watch(&backend);
        }
        engine.inner.begin_to_sweep();
        Ok(engine)
    }

    /// Whether the store works.
    ///
    /// # Errors
    /// `ShuttingDown`, or the store's.
    pub async fn ready(&self) -> Result<(), Failure> {
        if self.inner.stopping.is_cancelled() {
            return Err(Failure::new(ErrorCode::ShuttingDown, "The hub is shutting down."));
        }
        Ok(self.inner.store.check().await?)
    }

    /// Figures for `/metrics`.
    #[must_use]
    pub fn stats(&self) -> EngineStats {
        let mut stats = self.inner.stats.read();
        stats.active_runs = self.inner.active_runs() as u64;
        for watch in lock(&self.inner.watches).values() {
            *stats.backends.entry(watch.state_name()).or_default() += 1;
        }
        stats
    }

    /// Takes no new runs, lets those that go on end for a while, then stops listening to the rest: the next start takes
    /// them up again. Runs that wait for somebody, or whose peer is lost, are not waited for. Readers' streams end, and
    /// every client is dropped. The store is left open.
    pub async fn shutdown(&self) {
        let inner = &self.inner;
        inner.stopping.cancel();
        inner.tasks.close();
        if timeout(inner.config.shutdown_soft, inner.quiet()).await.is_err() || inner.active_runs() > 0 {
            let runs = inner.active_runs();
            tracing::info!(runs, "runs are still going on; they are taken up at the next start");
        }
        inner.hard.cancel();
        inner.watchers.close();
        inner.tasks.wait().await;
        inner.watchers.wait().await;
        // A discovery that nobody waits for any more would hold its connection to the store, and the store could not close.
        let left = std::mem::take(&mut *lock(&inner.discoveries));
        drop(left);
        inner.drop_clients();
    }

    /// Stops waiting for runs that go on: the hard phase of [`Engine::shutdown`] begins at once.
    pub fn shutdown_now(&self) {
        self.inner.stopping.cancel();
        self.inner.hard.cancel();
    }
}

/// The hub stops.
#[derive(Debug)]
pub(crate) struct Stops;

impl Inner {
    fn live(&self, id: RunId) -> Option<Arc<LiveRun>> {
        lock(&self.live).get(&id).cloned()
    }

    fn active_runs(&self) -> usize {
        lock(&self.live).len()
    }

    /// Takes a run among the live ones. `bounded`: only while there is a place for it.
    fn remember(&self, live: &Arc<LiveRun>, bounded: bool) -> Result<(), Failure> {
        let mut all = lock(&self.live);
        let active = all.len();
        if bounded && active >= self.config.max_active_runs {
            let message = format!("{active} runs are going on, and no more are allowed at once.");
            return Err(
                Failure::new(ErrorCode::TooManyRuns, message).hint("Wait until one ends, or stop one.")
            );
        }
        all.insert(live.id, live.clone());
        Ok(())
    }

    fn forget(&self, live: &LiveRun) {
        lock(&self.live).remove(&live.id);
        live.close();
        self.moved.notify_waiters();
    }

    /// Waits until no run is about to end by itself.
    async fn quiet(&self) {
        loop {
            let moved = self.moved.notified();
            tokio::pin!(moved);
            moved.as_mut().enable();
            if !lock(&self.live).values().any(|live| live.is_busy()) {
                return;
            }
            moved.await;
        }
    }

    /// Waits, or until the hub stops.
    async fn pause(&self, time: Duration) -> Result<(), Stops> {
        self.hard.run_until_cancelled(sleep(time)).await.ok_or(Stops)
    }

    fn live_of(&self, backend: BackendId) -> Vec<RunId> {
        lock(&self.live).values().filter(|live| live.backend_id == backend).map(|live| live.id).collect()
    }
}
