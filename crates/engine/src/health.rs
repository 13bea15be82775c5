//! The state of every backend's connection: checked at the start, then now and then, sooner while it fails.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use jackfield_protocol::{
    api::{HubNews, NewBackend},
    error::{ErrorCode, Failure},
    ids::BackendId,
    model::{Backend, ConnectionReport, Health, HealthState},
    port::{BackendClient, PeerInfo},
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

/// One watched backend.
pub(crate) struct Watch {
    health: Mutex<Health>,
    nudge: Notify,
    stop: CancellationToken,
}

impl Watch {
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
        let client = self.inner.build(&backend, secrets)?;
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
            stop: self.hard.child_token(),
        });
        lock(&self.watches).insert(backend.id, watch.clone());
        if backend.enabled {
            let (inner, id) = (self.clone(), backend.id);
            self.watchers.spawn(async move {
                let stop = watch.stop.clone();
                stop.run_until_cancelled(inner.check_for_ever(id, watch)).await;
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

    /// One check, with an end even where a backend forgets its deadlines.
    async fn check(&self, client: &dyn BackendClient) -> ConnectionReport {
        let deadline = self.config.check_deadline;
        timeout(deadline, client.test_connection()).await.unwrap_or_else(|_| {
            let message = format!("The check did not end within {} s.", deadline.as_secs());
            broken(Failure::new(ErrorCode::PeerNoAnswer, message))
        })
    }

    async fn check_for_ever(self: Arc<Self>, id: BackendId, watch: Arc<Watch>) {
        let (first, longest) = self.config.health_backoff;
        let mut backoff = Backoff::new(first, longest);
        let mut discover_at = Instant::now();
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
            if works && Instant::now() >= discover_at {
                // A failed one is tried again at the next check.
                match self.discover(id).await {
                    Ok(_) => discover_at = Instant::now() + self.config.discovery_interval,
                    Err(failure) => tracing::warn!(backend = %id, %failure, "discovery failed"),
                }
            }
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                // A short pause, so that many failing runs do not turn into many checks.
                () = watch.nudge.notified() => tokio::time::sleep(first.min(Duration::from_millis(500))).await,
            }
        }
    }

    async fn take_over(&self, id: BackendId, report: &ConnectionReport, wait: Option<Duration>) {
        let Some(watch) = lock(&self.watches).get(&id).cloned() else { return };
        let at = now();
        let (health, changed) = {
            let mut health = lock(&watch.health);
            let changed = health.state != report.state;
            if changed {
                health.state = report.state;
                health.since = at;
            }
            health.checked_at = Some(at);
            health.latency_ms = report.latency_ms.or(health.latency_ms);
            health.last_error =
                if report.state == HealthState::Connected { None } else { report.failure().cloned() };
            health.next_check_at = wait.and_then(|wait| at.checked_add(wait).ok()).or(health.next_check_at);
            (health.clone(), changed)
        };
        if changed {
            self.tell(HubNews::Health { backend_id: id, health });
        }
        if report.version.is_some() {
            let known = self.store.peer(id).await.ok().flatten().unwrap_or_default();
            if known.version != report.version {
                let info = PeerInfo { version: report.version.clone(), ..known };
                if let Err(error) = self.store.save_peer(id, &info).await {
                    tracing::warn!(backend = %id, %error, "the peer's version could not be kept");
                }
            }
        }
    }
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
