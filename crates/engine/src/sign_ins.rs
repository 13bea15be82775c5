//! Sign-ins of a person at a peer: begun here, ended by whoever brings back what the browser was given.

use std::{
    collections::HashMap,
    sync::{Arc, Weak},
    time::Duration,
};

use jackfield_protocol::{
    api::{BackendView, HubNews, PendingSignIn},
    error::{ErrorCode, Failure},
    ids::BackendId,
    port::{BackendClient, SignInAnswer},
    time::now,
};
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use crate::{Engine, live::lock};

/// How long a sign-in may take.
const LIFETIME: Duration = Duration::from_secs(600);

/// Most sign-ins at a time; a further one replaces the oldest.
const MOST: usize = 100;

/// Sign-ins that wait for their browser, in memory only. They are looked up by the hash of their state, so that the
/// time of a look-up tells nothing about it.
pub(crate) struct SignIns<C>(HashMap<[u8; 32], Waiting<C>>);

/// Sign-ins, each with the client that began it: only that one knows how to end it.
pub(crate) type Pending = SignIns<Weak<dyn BackendClient>>;

struct Waiting<C> {
    backend: BackendId,
    client: C,
    expires: Instant,
}

impl<C> Default for SignIns<C> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<C> SignIns<C> {
    fn add(&mut self, state: &str, backend: BackendId, client: C) {
        let now = Instant::now();
        self.0.retain(|_, known| known.expires > now);
        if self.0.len() >= MOST
            && let Some(oldest) = self.0.iter().min_by_key(|(_, known)| known.expires).map(|(key, _)| *key)
        {
            self.0.remove(&oldest);
        }
        self.0.insert(hash(state), Waiting { backend, client, expires: now + LIFETIME });
    }

    /// Takes one out; it ends once. One of another backend is left where it is.
    fn take(&mut self, state: &str, backend: Option<BackendId>) -> Option<Waiting<C>> {
        let key = hash(state);
        let fits = self.0.get(&key).is_some_and(|known| {
            known.expires > Instant::now() && backend.is_none_or(|id| id == known.backend)
        });
        if fits { self.0.remove(&key) } else { None }
    }
}

fn hash(state: &str) -> [u8; 32] {
    Sha256::digest(state.as_bytes()).into()
}

impl Engine {
    /// Begins a sign-in: what to open in a browser, which comes back to `redirect_uri`.
    ///
    /// # Errors
    /// `NotFound`, `NotRunnable` (disabled), `InvalidRequest` (nobody can sign in there), or the peer's.
    pub async fn begin_sign_in(&self, id: BackendId, redirect_uri: &str) -> Result<PendingSignIn, Failure> {
        let (_, client) = self.usable(id).await?;
        let begun = self.in_time(client.begin_sign_in(redirect_uri)).await?;
        lock(&self.inner.sign_ins).add(&begun.state, id, Arc::downgrade(&client));
        let at = now();
        let expires_at = at.checked_add(LIFETIME).unwrap_or(at);
        Ok(PendingSignIn { url: begun.url, state: begun.state, expires_at })
    }

    /// Ends a sign-in with what the browser brought back; its state says which one. `backend`: only one of this backend.
    ///
    /// # Errors
    /// `NotFound` when it is not known (any more), `Conflict` when the backend was changed meanwhile, or the peer's.
    pub async fn finish_sign_in(
        &self,
        backend: Option<BackendId>,
        answer: &SignInAnswer,
    ) -> Result<BackendView, Failure> {
        let waiting = lock(&self.inner.sign_ins).take(&answer.state, backend);
        let waiting = waiting.ok_or_else(|| {
            Failure::new(ErrorCode::NotFound, "This sign-in is not known (any more).")
                .at("/state")
                .hint("Begin it again: it has to end within ten minutes, and it ends once.")
        })?;
        let client = waiting.client.upgrade().filter(|client| self.inner.is_current(waiting.backend, client));
        let client = client.ok_or_else(|| {
            Failure::new(ErrorCode::Conflict, "The backend was changed while somebody signed in.")
                .hint("Begin the sign-in again.")
        })?;
        self.in_time(client.finish_sign_in(answer)).await?;
        self.signed(waiting.backend).await
    }

    /// Forgets a sign-in, here and, where it can be, at the peer.
    ///
    /// # Errors
    /// `NotFound`, `InvalidRequest` (nobody can sign in there), or the peer's.
    pub async fn sign_out(&self, id: BackendId) -> Result<BackendView, Failure> {
        let backend = self.known_backend(id).await?;
        let client = self.inner.client(&backend).await?;
        self.in_time(client.sign_out()).await?;
        self.signed(id).await
    }

    /// Somebody signed in or out: the state of the backend is looked at now.
    async fn signed(&self, id: BackendId) -> Result<BackendView, Failure> {
        self.inner.look_at_connection(id);
        self.inner.tell(HubNews::Catalogue { backend_id: id });
        self.backend(&id.to_string()).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_sign_in_ends_once_and_for_its_own_backend() {
        let (mut pending, mine, other) = (SignIns::default(), BackendId::new(), BackendId::new());
        pending.add("s", mine, ());
        assert!(pending.take("t", None).is_none());
        assert!(pending.take("s", Some(other)).is_none());
        assert!(pending.take("s", Some(mine)).is_some());
        assert!(pending.take("s", None).is_none());
        pending.add("s", mine, ());
        tokio::time::advance(LIFETIME).await;
        assert!(pending.take("s", None).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn sign_ins_that_nobody_ends_do_not_pile_up() {
        let (mut pending, backend) = (SignIns::default(), BackendId::new());
        for n in 0..3 * MOST {
            pending.add(&n.to_string(), backend, ());
            tokio::time::advance(Duration::from_millis(1)).await;
        }
        assert_eq!(pending.0.len(), MOST);
        assert!(pending.take("0", None).is_none(), "the oldest went first");
        assert!(pending.take(&(3 * MOST - 1).to_string(), None).is_some());
    }
}
