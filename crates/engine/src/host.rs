//! What a client can ask of the hub by itself. Only the client that a backend has now is heard: one that was replaced or
//! removed may still work on a run, and keeps nothing any more.

use std::{
    fmt,
    sync::{
        Weak,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use async_trait::async_trait;
use jackfield_protocol::{
    api::HubNews,
    error::{ErrorCode, Failure},
    ids::BackendId,
    port::{BackendHost, Secrets},
};

use crate::{Inner, live::lock};

/// The hub as one client of one backend sees it.
pub(crate) struct Host {
    id: BackendId,
    inner: Weak<Inner>,
    current: AtomicBool,
}

impl Host {
    /// For a client that is being made; it is not heard before [`Host::set_current`].
    pub(crate) fn new(id: BackendId, inner: Weak<Inner>) -> Self {
        Self { id, inner, current: AtomicBool::new(false) }
    }

    /// Whether its client is the one that the backend has.
    pub(crate) fn set_current(&self, current: bool) {
        self.current.store(current, Relaxed);
    }

    fn ring(&self, bell: impl FnOnce(&crate::health::Watch)) {
        if !self.current.load(Relaxed) {
            return;
        }
        let Some(inner) = self.inner.upgrade() else { return };
        let watch = lock(&inner.watches).get(&self.id).cloned();
        if let Some(watch) = watch {
            bell(&watch);
        }
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host").field("id", &self.id).field("current", &self.current).finish_non_exhaustive()
    }
}

#[async_trait]
impl BackendHost for Host {
    async fn keep_secrets(&self, changes: Secrets) -> Result<(), Failure> {
        let gone = || Failure::new(ErrorCode::ShuttingDown, "The hub is shutting down; nothing is kept.");
        let inner = self.inner.upgrade().ok_or_else(gone)?;
        // Whoever changes the backend holds this until its new client is there.
        let _changes = inner.changes.lock().await;
        if !self.current.load(Relaxed) {
            let message = "The backend was changed or removed meanwhile; its old connection keeps nothing.";
            return Err(Failure::new(ErrorCode::Conflict, message));
        }
        let mut backend = inner.known_backend(self.id).await?;
        let mut secrets = inner.store.secrets(self.id).await?;
        secrets.merge(changes);
        let names = secrets.names();
        let news = names != backend.secrets;
        backend.secrets = names;
        inner.store.update_backend(&backend, Some(&secrets)).await?;
        if news {
            inner.tell(HubNews::Catalogue { backend_id: self.id });
        }
        Ok(())
    }

    fn catalogue_changed(&self) {
        self.ring(|watch| watch.offers.notify_one());
    }

    fn connection_changed(&self) {
        self.ring(crate::health::Watch::connection_changed);
    }
}
