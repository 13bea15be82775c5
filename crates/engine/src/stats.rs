//! Counters for `/metrics`.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use jackfield_protocol::event::Outcome;

/// Figures since the start of the hub.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EngineStats {
    /// Runs that go on now.
    pub active_runs: u64,
    /// Readers of runs' events now.
    pub readers: u64,
    /// Events written.
    pub events: u64,
    /// Frames that nobody understood, and drafts that violate the grammar.
    pub raw_frames: u64,
    /// Runs that ended, by outcome.
    pub outcomes: BTreeMap<&'static str, u64>,
    /// Backends by the state of their connection.
    pub backends: BTreeMap<&'static str, u64>,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    readers: AtomicU64,
    events: AtomicU64,
    raw: AtomicU64,
    outcomes: [AtomicU64; 4],
}

const OUTCOMES: [(Outcome, &str); 4] = [
    (Outcome::Succeeded, "succeeded"),
    (Outcome::Failed, "failed"),
    (Outcome::Cancelled, "cancelled"),
    (Outcome::Unknown, "unknown"),
];

impl Counters {
    pub(crate) fn events(&self, count: usize) {
        self.events.fetch_add(count as u64, Relaxed);
    }

    pub(crate) fn raw_frame(&self) {
        self.raw.fetch_add(1, Relaxed);
    }

    pub(crate) fn outcome(&self, outcome: Outcome) {
        for ((known, _), counter) in OUTCOMES.iter().zip(&self.outcomes) {
            if *known == outcome {
                counter.fetch_add(1, Relaxed);
            }
        }
    }

    pub(crate) fn read(&self) -> EngineStats {
        let outcomes = OUTCOMES.iter().zip(&self.outcomes);
        EngineStats {
            readers: self.readers.load(Relaxed),
            events: self.events.load(Relaxed),
            raw_frames: self.raw.load(Relaxed),
            outcomes: outcomes.map(|((_, name), counter)| (*name, counter.load(Relaxed))).collect(),
            ..EngineStats::default()
        }
    }
}

/// Counts one reader for as long as it lives.
#[derive(Debug)]
pub(crate) struct ReaderGuard(Arc<Counters>);

impl ReaderGuard {
    pub(crate) fn new(counters: &Arc<Counters>) -> Self {
        counters.readers.fetch_add(1, Relaxed);
        Self(counters.clone())
    }
}

impl Drop for ReaderGuard {
    fn drop(&mut self) {
        self.0.readers.fetch_sub(1, Relaxed);
    }
}
