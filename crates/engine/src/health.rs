//! The state of every backend's connection: checked at the start, then now and then, sooner while it fails.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use jackfield_protocol::{
    api::{BackendChange, HubNews, NewBackend},
    error::{ErrorCode, Failure},
    ids::BackendId,
    model::{Backend, BackendType, ConnectionReport, Health, HealthState},
    port::{BackendClient, PeerInfo, StoreResult},
    time::now,
};
use tokio::{
    sync::Notify,
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{
    Engine, Inner,
    config::{Backoff, jitter},
    live::lock,
};

/// A pause before a check that a run asks for, so that many failing runs do not turn into many checks.
const NUDGE_PAUSE: Duration = Duration::from_millis(500);

/// So many checks at once after news of the connection, within so long; then each waits for a while.
const QUICK_CHECKS: (usize, Duration) = (5, Duration::from_secs(10));

/// How long it waits.
const SLOW_CHECK: Duration = Duration::from_secs(2);

/// One watched backend.
pub(crate) struct Watch {
    health: Mutex<Health>,
    nudge: Notify,
    /// The connection came or went; how often is counted beside it.
    connection: Notify,
    connections: AtomicU64,
    /// What the peer offers has changed.
    pub(crate) offers: Notify,
    stop: CancellationToken,
}

impl Watch {
    /// The connection to the peer came or went.
    pub(crate) fn connection_changed(&self) {
        self.connections.fetch_add(1, Relaxed);
        self.connection.notify_one();
    }

    pub(crate) fn health(&self) -> Health {
        lock(&self.health).clone()
    }

    pub(crate) fn state_name(&self) -> &'static str {
        match lock(&self.health).state {
            HealthState::Unknown => "unknown",
            HealthState::Connecting => "connecting",
            HealthState::Connected => "connected",
            HealthState::Degraded => "degraded",
            HealthState::Unauthorized => "unauthorized",
            HealthState::SignInRequired => "sign_in_required",
            HealthState::Unreachable => "unreachable",
        }
    }
}

fn unknown() -> Health {
    Health {
        state: HealthState::Unknown,
        since: now(),
        checked_at: None,
        latency_ms: None,
        last_error: None,
        next_check_at: None,
    }
}

impl Engine {
    /// Tests a configuration without saving anything.
    ///
    /// # Errors
    /// `InvalidRequest`, `InvalidConfig`, `InvalidUrl`. What is wrong with the peer is in the report.
    pub async fn test_new(&self, new: NewBackend) -> Result<ConnectionReport, Failure> {
        let (backend, secrets) = self.inner.resolve_new(new, false)?;
        let client = self.inner.try_out(&backend, secrets)?;
        Ok(self.inner.check(client.as_ref()).await)
    }

    /// Tests what a backend would be after a change, with the secrets that are stored. Nothing is kept.
    ///
    /// # Errors
    /// As [`Engine::change_backend`]. What is wrong with the peer is in the report.
    pub async fn test_change(
        &self,
        id: BackendId,
        change: BackendChange,
    ) -> Result<ConnectionReport, Failure> {
        let before = self.known_backend(id).await?;
        let (backend, secrets) = self.changed(&before, change).await?;
        let client = self.inner.try_out(&backend, secrets)?;
        Ok(self.inner.check(client.as_ref()).await)
    }

    /// Tests a backend now and takes the result over as its state.
    ///
    /// # Errors
    /// `NotFound`, or the store's. What is wrong with the peer is in the report.
    pub async fn test_backend(&self, id: BackendId) -> Result<ConnectionReport, Failure> {
        let backend = self.known_backend(id).await?;
        let client = self.inner.client(&backend).await?;
        let report = self.inner.check(client.as_ref()).await;
        self.inner.take_over(id, &report, None).await;
        Ok(report)
    }
}

impl Inner {
    pub(crate) fn health(&self, id: BackendId) -> Health {
        lock(&self.watches).get(&id).map_or_else(unknown, |watch| lock(&watch.health).clone())
    }

    /// Begins to watch a backend, or begins anew after a change.
    pub(crate) fn watch(self: &Arc<Self>, backend: &Backend) {
        self.unwatch(backend.id);
        let health =
            if backend.enabled { Health { state: HealthState::Connecting, ..unknown() } } else { unknown() };
        let watch = Arc::new(Watch {
            health: Mutex::new(health),
            nudge: Notify::new(),
            connection: Notify::new(),
            connections: AtomicU64::new(0),
            offers: Notify::new(),
            stop: self.hard.child_token(),
        });
        lock(&self.watches).insert(backend.id, watch.clone());
        if backend.enabled {
            let (inner, id, kind) = (self.clone(), backend.id, backend.kind);
            let (stop, checked) = (watch.stop.clone(), watch.clone());
            self.watchers.spawn(async move {
                stop.run_until_cancelled(inner.check_for_ever(id, kind, checked)).await;
            });
            let (inner, stop) = (self.clone(), watch.stop.clone());
            self.watchers.spawn(async move {
                stop.run_until_cancelled(inner.rediscover_for_ever(id, watch)).await;
            });
        }
    }

    pub(crate) fn unwatch(&self, id: BackendId) {
        if let Some(watch) = lock(&self.watches).remove(&id) {
            watch.stop.cancel();
        }
    }

    /// A run reached its peer, or lost it: when that is not what we believed, look again now.
    pub(crate) fn nudge_health(&self, id: BackendId, reached: bool) {
        if let Some(watch) = lock(&self.watches).get(&id) {
            let works = matches!(lock(&watch.health).state, HealthState::Connected | HealthState::Degraded);
            if works != reached {
                watch.nudge.notify_one();
            }
        }
    }

    /// Something about the connection is new: its state is looked at now.
    pub(crate) fn look_at_connection(&self, id: BackendId) {
        if let Some(watch) = lock(&self.watches).get(&id) {
            watch.connection_changed();
        }
    }

    /// One check, with an end even where a backend forgets its deadlines.
    async fn check(&self, client: &dyn BackendClient) -> ConnectionReport {
        let deadline = self.config.check_deadline;
        timeout(deadline, client.test_connection()).await.unwrap_or_else(|_| {
            let message = format!("The check did not end within {} s.", deadline.as_secs());
            broken(Failure::new(ErrorCode::PeerNoAnswer, message))
        })
    }

    async fn check_for_ever(self: Arc<Self>, id: BackendId, kind: BackendType, watch: Arc<Watch>) {
        let (first, longest) = self.config.health_backoff;
        let mut backoff = Backoff::new(first, longest);
        let mut discovery = Due::new(match kind {
            BackendType::Mcp => self.config.mcp_discovery_interval,
            BackendType::Llm | BackendType::Orchestrator => self.config.discovery_interval,
        });
        let mut quick = VecDeque::new();
        loop {
            let report = match self.store.backend(id).await {
                Ok(Some(backend)) => match self.client(&backend).await {
                    Ok(client) => self.check(client.as_ref()).await,
                    Err(failure) => broken(failure),
                },
                Ok(None) => return,
                Err(error) => broken(error.into()),
            };
            let works = matches!(report.state, HealthState::Connected | HealthState::Degraded);
            let wait = if works {
                backoff.reset();
                jitter(self.config.health_interval)
            } else {
                backoff.wait()
            };
            self.take_over(id, &report, Some(wait)).await;
            if discovery.is_due(works, watch.connections.load(Relaxed)) {
                // A failed one is tried again at the next check.
                match self.discover(id).await {
                    Ok(_) => discovery.done(watch.connections.load(Relaxed)),
                    Err(failure) => tracing::warn!(backend = %id, %failure, "discovery failed"),
                }
            }
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = watch.nudge.notified() => tokio::time::sleep(first.min(NUDGE_PAUSE)).await,
                () = watch.connection.notified() => tokio::time::sleep(pause_of(&mut quick)).await,
            }
        }
    }

    /// Adds to what is known of a peer. A check and a discovery at the same time must not forget what the other has found.
    pub(crate) async fn know_peer(
        &self,
        id: BackendId,
        add: impl FnOnce(PeerInfo) -> PeerInfo,
    ) -> StoreResult<()> {
        let _peers = self.peers.lock().await;
        let known = self.store.peer(id).await?.unwrap_or_default();
        let now = add(known.clone());
        if now == known { Ok(()) } else { self.store.save_peer(id, &now).await }
    }

    async fn take_over(&self, id: BackendId, report: &ConnectionReport, wait: Option<Duration>) {
        let Some(watch) = lock(&self.watches).get(&id).cloned() else { return };
        let at = now();
        let health = {
            let mut health = lock(&watch.health);
            if health.state != report.state {
                health.state = report.state;
                health.since = at;
            }
            health.checked_at = Some(at);
            health.latency_ms = report.latency_ms.or(health.latency_ms);
            health.last_error =
                if report.state == HealthState::Connected { None } else { report.failure().cloned() };
            health.next_check_at = wait.and_then(|wait| at.checked_add(wait).ok()).or(health.next_check_at);
            health.clone()
        };
        // After each check, changed or not: how long it took and when it was are news too.
        self.tell(HubNews::Health { backend_id: id, health });
        if report.version.is_some() {
            let version = report.version.clone();
            if let Err(error) = self.know_peer(id, |known| PeerInfo { version, ..known }).await {
                tracing::warn!(backend = %id, %error, "the peer's version could not be kept");
            }
        }
    }
}

/// When a backend is to be discovered again.
struct Due {
    interval: Duration,
    at: Instant,
    due: bool,
    worked: bool,
    /// How often the connection had come or gone when it was last discovered.
    connections: u64,
}

impl Due {
    fn new(interval: Duration) -> Self {
        Self { interval, at: Instant::now(), due: true, worked: false, connections: 0 }
    }

    /// After a check: in time, after a failed discovery, and when the peer may have been started anew.
    fn is_due(&mut self, works: bool, connections: u64) -> bool {
        let came_back = works && (!self.worked || connections != self.connections);
        self.worked = works;
        self.due |= came_back || Instant::now() >= self.at;
        works && self.due
    }

    fn done(&mut self, connections: u64) {
        self.due = false;
        self.connections = connections;
        self.at = Instant::now() + self.interval;
    }
}

/// None for the first few within a while: a peer that is back is there again at once. One that comes and goes all
/// the time is not asked all the time.
fn pause_of(quick: &mut VecDeque<Instant>) -> Duration {
    let (most, within) = QUICK_CHECKS;
    let now = Instant::now();
    while quick.front().is_some_and(|at| now.duration_since(*at) >= within) {
        quick.pop_front();
    }
    if quick.len() >= most {
        return SLOW_CHECK;
    }
    quick.push_back(now);
    Duration::ZERO
}

fn broken(failure: Failure) -> ConnectionReport {
    use jackfield_protocol::model::{Check, CheckStatus};
    ConnectionReport {
        state: HealthState::Unreachable,
        latency_ms: None,
        version: None,
        workflows: None,
        checks: vec![Check {
            name: "check".to_owned(),
            status: CheckStatus::Failed,
            message: failure.message.clone(),
            failure: Some(failure),
        }],
    }
}
