//! Bounds and intervals of the engine.

use std::time::Duration;

/// Bounds and intervals; [`Default`] has what the product ships with.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// How long deltas are collected before they are committed; everything else is committed at once.
    pub batch_delay: Duration,
    /// Most events in one commit.
    pub batch_events: usize,
    /// Most events that are collected while a commit is under way; then the backend is made to wait.
    pub max_pending_events: usize,
    /// Most bytes that are collected while a commit is under way; then the backend is made to wait.
    pub max_pending_bytes: usize,
    /// Most bytes of one event, as JSON; a longer one is kept as `raw`.
    pub max_event_bytes: usize,
    /// Most runs that go on at once.
    pub max_active_runs: usize,
    /// How many committed events of a live run are kept in memory for its readers.
    pub tail_events: usize,
    /// How many bytes of committed events of a live run are kept in memory for its readers.
    pub tail_bytes: usize,
    /// How often a run that provably never reached its peer is sent, the first time included.
    pub send_tries: u32,
    /// First wait before it is sent again; doubles each time.
    pub send_backoff: Duration,
    /// First and longest wait before a lost run is looked for again.
    pub resume_backoff: Duration,
    /// See `resume_backoff`.
    pub resume_backoff_max: Duration,
    /// How long a lost run is looked for, since its peer was last heard, before it ends in `unknown`.
    pub recovery_deadline: Duration,
    /// How long the log may fail before the connection to the peer is given up; writing goes on being tried.
    pub storage_patience: Duration,
    /// How long a peer may take to confirm a cancel.
    pub cancel_deadline: Duration,
    /// How long the peer's record is waited for after a cancel.
    pub cancel_record_wait: Duration,
    /// Time between two health checks of a backend that works.
    pub health_interval: Duration,
    /// First and longest time between two health checks of a backend that does not.
    pub health_backoff: (Duration, Duration),
    /// Longest time that one health check may take.
    pub check_deadline: Duration,
    /// Time between two discoveries of a backend.
    pub discovery_interval: Duration,
    /// The same for MCP servers.
    pub mcp_discovery_interval: Duration,
    /// How long a peer that says that its offers changed must be quiet before it is discovered again, and the longest
    /// time that it is waited for.
    pub change_quiet: (Duration, Duration),
    /// First and longest pause between two discoveries that a peer asks for.
    pub change_backoff: (Duration, Duration),
    /// Longest time that reading a resource, filling in a prompt, a completion, or a step of a sign-in may take.
    pub ask_deadline: Duration,
    /// Longest time that one discovery may take.
    pub discovery_deadline: Duration,
    /// How long runs may end by themselves at a shutdown.
    pub shutdown_soft: Duration,
    /// How long the last events of a run may take to be written after that.
    pub shutdown_hard: Duration,
    /// Time between two looks at what is older than it is to be kept.
    pub retention_interval: Duration,
    /// JSON values in an event larger than this become blobs.
    pub inline_bytes: usize,
}

impl Default for EngineConfig {
    fn default() -> Self {
        Self {
            batch_delay: Duration::from_millis(20),
            batch_events: 64,
            max_pending_events: 256,
            max_pending_bytes: 4 * 1024 * 1024,
            max_event_bytes: 256 * 1024,
            max_active_runs: 2000,
            tail_events: 1024,
            tail_bytes: 4 * 1024 * 1024,
            send_tries: 3,
            send_backoff: Duration::from_millis(1500),
            resume_backoff: Duration::from_millis(200),
            resume_backoff_max: Duration::from_secs(5),
            recovery_deadline: Duration::from_secs(600),
            storage_patience: Duration::from_secs(5),
            cancel_deadline: Duration::from_secs(30),
            cancel_record_wait: Duration::from_secs(5),
            health_interval: Duration::from_secs(30),
            health_backoff: (Duration::from_secs(1), Duration::from_secs(60)),
            check_deadline: Duration::from_secs(60),
            discovery_interval: Duration::from_secs(900),
            mcp_discovery_interval: Duration::from_secs(600),
            change_quiet: (Duration::from_millis(300), Duration::from_secs(2)),
            change_backoff: (Duration::from_secs(1), Duration::from_secs(60)),
            ask_deadline: Duration::from_secs(120),
            discovery_deadline: Duration::from_secs(120),
            shutdown_soft: Duration::from_secs(10),
            shutdown_hard: Duration::from_secs(5),
            retention_interval: Duration::from_secs(3600),
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
