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
    model::{Offers, ToolInfo, WorkflowInfo},
    port::PeerInfo,
    time::now,
};
use serde_json::{Map, Value, json};
use tokio::time::timeout;

use crate::{Engine, Inner, config::Backoff, health::Watch, live::lock};

/// A discovery that several wait for.
pub(crate) type Shared = SharedFuture<BoxFuture<'static, Result<DiscoveryReport, Failure>>>;

impl Engine {
    /// Reads workflows and tools anew and keeps them. Whoever asks while one is under way gets that one's result.
    ///
    /// # Errors
    /// `NotFound`, the peer's, or the store's. What was known before stays.
    pub async fn discover(&self, id: BackendId) -> Result<DiscoveryReport, Failure> {
        let backend = self.known_backend(id).await?;
        self.inner.client(&backend).await?.forget_cached();
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

    /// Discovers a backend whenever its peer says that its offers changed: once for many such words in a row, and
    /// ever less often for a peer that says it all the time.
    pub(crate) async fn rediscover_for_ever(self: Arc<Self>, id: BackendId, watch: Arc<Watch>) {
        let (quiet, latest) = self.config.change_quiet;
        let (first, longest) = self.config.change_backoff;
        let mut backoff = Backoff::new(first, longest);
        loop {
            let idle = timeout(longest, watch.offers.notified()).await;
            if idle.is_err() {
                backoff.reset();
                watch.offers.notified().await;
            }
            let until = tokio::time::Instant::now() + latest;
            while timeout(quiet, watch.offers.notified()).await.is_ok() {
                if tokio::time::Instant::now() >= until {
                    break;
                }
            }
            // One that is under way may have read what is old by now.
            let under_way = lock(&self.discoveries).get(&id).cloned();
            if let Some(under_way) = under_way {
                drop(under_way.await);
            }
            if let Err(failure) = self.discover(id).await {
                tracing::warn!(backend = %id, %failure, "discovery failed after the peer's offers changed");
            }
            tokio::time::sleep(backoff.wait()).await;
        }
    }

    async fn discover_now(self: &Arc<Self>, id: BackendId) -> Result<DiscoveryReport, Failure> {
        let began = Instant::now();
        let (workflows, tools, offers) = self.ask_for_offers(id).await?;
        let at = now();
        self.store.save_workflows(id, &workflows, at).await?;
        self.store.save_tools(id, &tools, at).await?;
        let offers = match offers {
            Ok(Some(offers)) => {
                self.store.save_offers(id, &offers).await?;
                Some(offers)
            }
            Ok(None) => None,
            Err(failure) => {
                // What it lists beside them must not hide its tools.
                tracing::warn!(backend = %id, %failure, "not everything that the peer offers could be read");
                self.store.offers(id).await?
            }
        };
        let capabilities = capabilities(workflows.len(), tools.len(), offers.as_ref());
        let version = offers.as_ref().and_then(|offers| offers.server.get("version")?.as_str());
        let version = version.map(str::to_owned);
        self.know_peer(id, |known| PeerInfo {
            version: version.or(known.version),
            capabilities,
            discovered_at: Some(at),
        })
        .await?;
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

    /// What the peer offers. When the backend was changed meanwhile, the answer may be another peer's: it is asked again.
    async fn ask_for_offers(self: &Arc<Self>, id: BackendId) -> Result<Offered, Failure> {
        let mut backend = self.known_backend(id).await?;
        loop {
            let client = self.client(&backend).await?;
            let (workflows, tools, offers) =
                tokio::join!(client.discover_workflows(), client.discover_tools(), client.discover_offers());
            let now = self.known_backend(id).await?;
            if now.updated_at == backend.updated_at {
                return Ok((workflows?, tools?, offers));
            }
            backend = now;
        }
    }
}

/// Workflows, tools, and what else there is; the last may fail without the others.
type Offered = (Vec<WorkflowInfo>, Vec<ToolInfo>, Result<Option<Offers>, Failure>);

/// What is kept of a peer's offers where every view of the backend shows it.
fn capabilities(workflows: usize, tools: usize, offers: Option<&Offers>) -> Value {
    let mut all = json!({"workflows": workflows, "tools": tools});
    let (Some(offers), Some(fields)) = (offers, all.as_object_mut()) else { return all };
    let server: Map<String, Value> = ["name", "title", "version"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), offers.server.get(name)?.clone())))
        .collect();
    let more = [
        ("resources", json!(offers.resources.len())),
        ("resource_templates", json!(offers.resource_templates.len())),
        ("prompts", json!(offers.prompts.len())),
        ("protocol", json!(offers.protocol)),
        ("transport", json!(offers.transport)),
        ("server", Value::Object(server)),
        ("instructions", json!(offers.instructions)),
        ("capabilities", offers.capabilities.clone()),
        ("notes", json!(offers.notes)),
    ];
    fields.extend(more.into_iter().filter(|(_, value)| !value.is_null()).map(|(k, v)| (k.to_owned(), v)));
    all
}

fn too_slow(deadline: Duration) -> Failure {
    let message = format!("The peer did not tell what it offers within {} s.", deadline.as_secs());
    Failure::new(ErrorCode::PeerNoAnswer, message).hint("What was known before stays; try again later.")
}
