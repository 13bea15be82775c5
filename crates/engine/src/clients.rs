//! The client of each backend: made when it is first needed, made anew after a change, dropped when it is replaced.

use std::sync::Arc;

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    ids::BackendId,
    model::Backend,
    port::{BackendClient, BackendHost, NoHost, PeerInfo, PlatformFactory, ResolvedBackend, Secrets},
};

use crate::{Engine, Inner, host::Host, live::lock};

/// The client that a backend has now.
pub(crate) struct Current {
    client: Arc<dyn BackendClient>,
    host: Arc<Host>,
}

impl Drop for Current {
    fn drop(&mut self) {
        self.host.set_current(false);
    }
}

impl Engine {
    /// A backend that may be asked something, with its client.
    pub(crate) async fn usable(&self, id: BackendId) -> Result<(Backend, Arc<dyn BackendClient>), Failure> {
        let backend = self.known_backend(id).await?;
        enabled(&backend)?;
        let client = self.inner.client(&backend).await?;
        Ok((backend, client))
    }
}

/// Refuses what is switched off.
pub(crate) fn enabled(backend: &Backend) -> Result<(), Failure> {
    if backend.enabled {
        return Ok(());
    }
    let message = format!("The backend '{}' is disabled.", backend.name);
    Err(Failure::new(ErrorCode::NotRunnable, message).hint("Enable it first."))
}

impl Inner {
    /// A client for a configuration that is only tried out.
    pub(crate) fn try_out(
        &self,
        backend: &Backend,
        secrets: Secrets,
    ) -> Result<Arc<dyn BackendClient>, Failure> {
        self.factory(backend)?.build(resolved(backend, secrets, None, Arc::new(NoHost)))
    }

    /// A client for a backend that is, or is about to be, in the store.
    pub(crate) fn build(
        self: &Arc<Self>,
        backend: &Backend,
        secrets: Secrets,
        peer: Option<PeerInfo>,
    ) -> Result<Current, Failure> {
        let host = Arc::new(Host::new(backend.id, Arc::downgrade(self)));
        let client = self.factory(backend)?.build(resolved(backend, secrets, peer, host.clone()))?;
        Ok(Current { client, host })
    }

    fn factory(&self, backend: &Backend) -> Result<&Arc<dyn PlatformFactory>, Failure> {
        self.platforms.get(&backend.platform).ok_or_else(|| {
            let known: Vec<&str> = self.platforms.keys().map(|platform| platform.as_str()).collect();
            let message = format!("Jackfield does not speak {} yet.", backend.platform.title());
            Failure::new(ErrorCode::InvalidConfig, message)
                .at("/platform")
                .hint(format!("It speaks: {}.", known.join(", ")))
        })
    }

    pub(crate) async fn client(
        self: &Arc<Self>,
        backend: &Backend,
    ) -> Result<Arc<dyn BackendClient>, Failure> {
        if let Some(current) = lock(&self.clients).get(&backend.id) {
            return Ok(current.client.clone());
        }
        let secrets = self.store.secrets(backend.id).await?;
        let new = self.build(backend, secrets, self.store.peer(backend.id).await?)?;
        let mut clients = lock(&self.clients);
        if self.hard.is_cancelled() {
            return Err(Failure::new(ErrorCode::ShuttingDown, "The hub is shutting down."));
        }
        // A change of the backend may have put a newer one there meanwhile.
        if let Some(current) = clients.get(&backend.id) {
            return Ok(current.client.clone());
        }
        let client = new.client.clone();
        new.host.set_current(true);
        clients.insert(backend.id, new);
        Ok(client)
    }

    /// Whether this is the client that the backend has now.
    pub(crate) fn is_current(&self, id: BackendId, client: &Arc<dyn BackendClient>) -> bool {
        lock(&self.clients).get(&id).is_some_and(|current| Arc::ptr_eq(&current.client, client))
    }

    /// Puts a new client in the place of the one before.
    pub(crate) fn replace_client(&self, id: BackendId, new: Current) {
        new.host.set_current(true);
        // The old one is dropped after the lock: it may have processes to end.
        let old = lock(&self.clients).insert(id, new);
        drop(old);
    }

    /// Lets the client of a backend go.
    pub(crate) fn drop_client(&self, id: BackendId) {
        let old = lock(&self.clients).remove(&id);
        drop(old);
    }

    /// Lets all clients go.
    pub(crate) fn drop_clients(&self) {
        let all = std::mem::take(&mut *lock(&self.clients));
        drop(all);
    }
}

fn resolved(
    backend: &Backend,
    secrets: Secrets,
    peer: Option<PeerInfo>,
    host: Arc<dyn BackendHost>,
) -> ResolvedBackend {
    ResolvedBackend {
        id: backend.id,
        name: backend.name.clone(),
        base_url: backend.base_url.clone(),
        options: backend.options.clone(),
        secrets,
        peer,
        host,
    }
}
