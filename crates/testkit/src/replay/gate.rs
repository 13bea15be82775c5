//! How fast a recording is played.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{Semaphore, watch},
    time::Instant,
};

/// How fast a recording is played.
#[derive(Debug, Clone, Default)]
pub enum Pacing {
    /// Everything at once.
    #[default]
    None,
    /// As it was recorded.
    Recorded,
    /// This many times as fast as it was recorded.
    Faster(u32),
    /// Each piece waits until the test lets it go.
    Gated(Gate),
}

impl Pacing {
    /// Waits until the piece that was recorded at `at` is due, counted from `begin`.
    pub async fn due(&self, begin: Instant, at: Duration) {
        match self {
            Self::None => tokio::task::yield_now().await,
            Self::Recorded => tokio::time::sleep_until(begin + at).await,
            Self::Faster(times) => tokio::time::sleep_until(begin + at / (*times).max(1)).await,
            Self::Gated(gate) => gate.pass().await,
        }
    }
}

/// Lets pieces through one by one. Clones are the same gate.
#[derive(Debug, Clone)]
pub struct Gate {
    permits: Arc<Semaphore>,
    passed: Arc<watch::Sender<usize>>,
}

impl Default for Gate {
    fn default() -> Self {
        Self::new()
    }
}

impl Gate {
    /// A closed gate.
    #[must_use]
    pub fn new() -> Self {
        Self { permits: Arc::new(Semaphore::new(0)), passed: Arc::new(watch::Sender::new(0)) }
    }

    /// Lets `count` further pieces through.
    pub fn let_go(&self, count: usize) {
        self.permits.add_permits(count);
    }

    /// Lets everything through from now on.
    pub fn open(&self) {
        self.permits.close();
    }

    /// How many pieces went through.
    #[must_use]
    pub fn passed(&self) -> usize {
        *self.passed.borrow()
    }

    /// Waits until `count` pieces went through.
    pub async fn reached(&self, count: usize) {
        // Cannot fail: the sender lives in self.
        let _ = self.passed.subscribe().wait_for(|passed| *passed >= count).await;
    }

    /// Waits for the gate.
    pub async fn pass(&self) {
        // A closed semaphore is an open gate.
        if let Ok(permit) = self.permits.acquire().await {
            permit.forget();
        }
        self.passed.send_modify(|passed| *passed += 1);
    }
}
