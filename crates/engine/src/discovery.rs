//! Discovery: what a backend offers, read once for everybody who asks at the same time, and kept.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{FutureExt as _, future::BoxFuture, future::Shared as SharedFuture};
use jackfield_protocol::{
    api::{DiscoveryReport, HubNews},
    error::{ErrorCode, Failure},
    ids::BackendId,
    model::{ToolInfo, WorkflowInfo},
    port::PeerInfo,
    time::now,
};
use serde_json::json;
use tokio::time::timeout;

use crate::{Engine, Inner, live::lock};

/// A discovery that several wait for.
pub(crate) type Shared = SharedFuture<BoxFuture<'static, Result<DiscoveryReport, Failure>>>;

impl Engine {
    /// Reads workflows and tools anew and keeps them. Whoever asks while one is under way gets that one's result.
    ///
    /// # Errors
    /// `NotFound`, the peer's, or the store's. What was known before stays.
    pub async fn discover(&self, id: BackendId) -> Result<DiscoveryReport, Failure> {
        self.known_backend(id).await?;
        self.inner.discover(id).await
    }
}

impl Inner {
    pub(crate) async fn discover(self: &Arc<Self>, id: BackendId) -> Result<DiscoveryReport, Failure> {
        let shared = {
            let mut discoveries = lock(&self.discoveries);
            discoveries
                .entry(id)
                .or_insert_with(|| {
                    let inner = self.clone();
                    async move {
                        let deadline = inner.config.discovery_deadline;
                        let result = match timeout(deadline, inner.discover_now(id)).await {
                            Ok(result) => result,
                            Err(_) => Err(too_slow(deadline)),
                        };
                        lock(&inner.discoveries).remove(&id);
                        result
                    }
                    .boxed()
                    .shared()
                })
                .clone()
        };
        // Spawned, so that it ends even when everybody who asked has left.
        let (work, hard) = (shared.clone(), self.hard.clone());
        self.watchers.spawn(async move { drop(hard.run_until_cancelled(work).await) });
        shared.await
    }

    async fn discover_now(&self, id: BackendId) -> Result<DiscoveryReport, Failure> {
        let began = Instant::now();
        let (workflows, tools) = self.offers(id).await?;
        let at = now();
        self.store.save_workflows(id, &workflows, at).await?;
        self.store.save_tools(id, &tools, at).await?;
        let known = self.store.peer(id).await?.unwrap_or_default();
        let capabilities = json!({"workflows": workflows.len(), "tools": tools.len()});
        self.store.save_peer(id, &PeerInfo { capabilities, discovered_at: Some(at), ..known }).await?;
        self.tell(HubNews::Catalogue { backend_id: id });
        Ok(DiscoveryReport {
            workflows: self
                .store
                .workflows(Some(id))
                .await?
                .into_iter()
                .filter(|workflow| workflow.present)
                .collect(),
            tools: self.store.tools(Some(id)).await?.into_iter().filter(|tool| tool.present).collect(),
            duration_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        })
    }
}

impl Inner {
    /// What the peer offers. When the backend was changed meanwhile, the answer may be another peer's: it is asked again.
    async fn offers(&self, id: BackendId) -> Result<(Vec<WorkflowInfo>, Vec<ToolInfo>), Failure> {
        let mut backend = self.known_backend(id).await?;
        loop {
            let client = self.client(&backend).await?;
            let (workflows, tools) = tokio::join!(client.discover_workflows(), client.discover_tools());
            let now = self.known_backend(id).await?;
            if now.updated_at == backend.updated_at {
                return Ok((workflows?, tools?));
            }
            backend = now;
        }
    }
}

fn too_slow(deadline: Duration) -> Failure {
    let message = format!("The peer did not tell what it offers within {} s.", deadline.as_secs());
    Failure::new(ErrorCode::PeerNoAnswer, message).hint("What was known before stays; try again later.")
}
