//! Bounds and intervals of the engine.

use std::time::Duration;

/// Bounds and intervals; [`Default`] has what the product ships with.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// How long deltas are collected before they are committed; everything else is committed at once.
    pub batch_delay: Duration,
    /// Most events in one commit.
    pub batch_events: usize,
    /// Most runs that go on at once.
    pub max_active_runs: usize,
    /// How many committed events of a live run are kept in memory for its readers.
    pub tail_events: usize,
    /// How often a run that provably never reached its peer is sent, the first time included.
    pub send_tries: u32,
    /// How long a lost run is looked for before it ends in `unknown`.
    pub recovery_deadline: Duration,
    /// How long the peer's record is waited for after a cancel.
    pub cancel_record_wait: Duration,
    /// Time between two health checks of a backend that works.
    pub health_interval: Duration,
    /// First and longest time between two health checks of a backend that does not.
    pub health_backoff: (Duration, Duration),
    /// Time between two discoveries of a backend.
    pub discovery_interval: Duration,
    /// How long runs may end by themselves at a shutdown.
    pub shutdown_soft: Duration,
    /// JSON values in an event larger than this become blobs.
    pub inline_bytes: usize,
}

impl Default for EngineConfig {
    fn default() -> Self {
        Self {
            batch_delay: Duration::from_millis(20),
            batch_events: 64,
            max_active_runs: 2000,
            tail_events: 1024,
            send_tries: 4,
            recovery_deadline: Duration::from_secs(600),
            cancel_record_wait: Duration::from_secs(5),
            health_interval: Duration::from_secs(30),
            health_backoff: (Duration::from_secs(1), Duration::from_secs(60)),
            discovery_interval: Duration::from_secs(900),
            shutdown_soft: Duration::from_secs(10),
            inline_bytes: 64 * 1024,
        }
    }
}

/// Waiting times that double, with up to a quarter of jitter, so that many do not come at once.
#[derive(Debug, Clone)]
pub(crate) struct Backoff {
    next: Duration,
    first: Duration,
    longest: Duration,
}

impl Backoff {
    pub(crate) fn new(first: Duration, longest: Duration) -> Self {
        Self { next: first, first, longest }
    }

    pub(crate) fn wait(&mut self) -> Duration {
        let wait = self.next;
        self.next = (self.next * 2).min(self.longest);
        jitter(wait)
    }

    pub(crate) fn reset(&mut self) {
        self.next = self.first;
    }
}

/// Up to a quarter longer.
pub(crate) fn jitter(time: Duration) -> Duration {
    time + time.mul_f64(fastrand::f64() / 4.0)
}
