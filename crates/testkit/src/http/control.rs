//! What a test does to all connections of a server.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::watch;

/// How a connection is ended from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kill {
    /// In order: FIN.
    Close,
    /// Abruptly: RST.
    Reset,
}

/// Shared by the server and its connections.
#[derive(Debug)]
pub(crate) struct Control {
    /// Accepting connections; while false they are refused.
    pub(crate) listening: watch::Sender<bool>,
    /// Nothing is written while true; sockets stay open.
    pub(crate) frozen: watch::Sender<bool>,
    /// Every change ends all connections that are open.
    pub(crate) kill: watch::Sender<(u64, Kill)>,
    open: AtomicUsize,
    changed: watch::Sender<u64>,
}

impl Control {
    pub(crate) fn new() -> Self {
        Self {
            listening: watch::Sender::new(true),
            frozen: watch::Sender::new(false),
            kill: watch::Sender::new((0, Kill::Close)),
            open: AtomicUsize::new(0),
            changed: watch::Sender::new(0),
        }
    }

    pub(crate) fn kill_all(&self, how: Kill) {
        self.kill.send_modify(|(generation, kill)| {
            *generation += 1;
            *kill = how;
        });
    }

    pub(crate) fn open(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }

    /// Waits until at most `count` connections are open.
    pub(crate) async fn at_most(&self, count: usize) {
        let mut changes = self.changed.subscribe();
        while self.open() > count {
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    pub(crate) fn opened(self: &std::sync::Arc<Self>) -> Guard {
        self.open.fetch_add(1, Ordering::SeqCst);
        Guard(self.clone())
    }
}

/// Counts one open connection for as long as it lives.
pub(crate) struct Guard(std::sync::Arc<Control>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
        self.0.changed.send_modify(|changes| *changes += 1);
    }
}
