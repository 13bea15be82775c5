//! What backends offer beside workflows and tools: lists from the last discovery, the rest from the peer itself.

use std::{collections::BTreeMap, time::Duration};

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    ids::BackendId,
    model::{
        Completion, CompletionRequest, Offered, Offers, PromptInfo, PromptResult, ResourceContents,
        ResourceInfo, ResourceTemplateInfo,
    },
    port::JournalLine,
};
use tokio::time::timeout;

use crate::Engine;

impl Engine {
    /// What can be read, of one backend or of all.
    ///
    /// # Errors
    /// The store's.
    pub async fn resources(&self, backend: Option<BackendId>) -> Result<Vec<Offered<ResourceInfo>>, Failure> {
        self.offered(backend, |offers| offers.resources).await
    }

    /// What can be read once its variables are filled in, of one backend or of all.
    ///
    /// # Errors
    /// The store's.
    pub async fn resource_templates(
        &self,
        backend: Option<BackendId>,
    ) -> Result<Vec<Offered<ResourceTemplateInfo>>, Failure> {
        self.offered(backend, |offers| offers.resource_templates).await
    }

    /// Prompts, of one backend or of all.
    ///
    /// # Errors
    /// The store's.
    pub async fn prompts(&self, backend: Option<BackendId>) -> Result<Vec<Offered<PromptInfo>>, Failure> {
        self.offered(backend, |offers| offers.prompts).await
    }

    async fn offered<T>(
        &self,
        backend: Option<BackendId>,
        list: impl Fn(Offers) -> Vec<T>,
    ) -> Result<Vec<Offered<T>>, Failure> {
        let mut all = Vec::new();
        for known in self.inner.store.backends().await? {
            if backend.is_some_and(|id| id != known.id) {
                continue;
            }
            let Some(offers) = self.inner.store.offers(known.id).await? else { continue };
            let (backend_id, name) = (known.id, known.name);
            all.extend(list(offers).into_iter().map(|info| Offered {
                backend_id,
                backend: name.clone(),
                info,
            }));
        }
        Ok(all)
    }

    /// Reads a resource from its peer.
    ///
    /// # Errors
    /// `NotFound`, `NotRunnable` (disabled), `InvalidRequest` (it has none), or the peer's.
    pub async fn read_resource(&self, id: BackendId, uri: &str) -> Result<ResourceContents, Failure> {
        let (_, client) = self.usable(id).await?;
        self.in_time(client.read_resource(uri)).await
    }

    /// Has a prompt filled in by its peer.
    ///
    /// # Errors
    /// As [`Engine::read_resource`].
    pub async fn get_prompt(
        &self,
        id: BackendId,
        name: &str,
        arguments: &BTreeMap<String, String>,
    ) -> Result<PromptResult, Failure> {
        let (_, client) = self.usable(id).await?;
        self.in_time(client.get_prompt(name, arguments)).await
    }

    /// Asks a peer for values of an argument.
    ///
    /// # Errors
    /// As [`Engine::read_resource`].
    pub async fn complete(&self, id: BackendId, request: &CompletionRequest) -> Result<Completion, Failure> {
        if request.prompt.is_some() == request.uri_template.is_some() {
            let message = "A completion is for a prompt or for a resource template.";
            return Err(Failure::new(ErrorCode::InvalidRequest, message)
                .at("/prompt")
                .hint("Give either `prompt` or `uri_template`."));
        }
        let (_, client) = self.usable(id).await?;
        self.in_time(client.complete(request)).await
    }

    /// The last lines that a backend's own program printed and what happened to its connection, oldest first.
    ///
    /// # Errors
    /// `NotFound`, or the store's.
    pub async fn journal(&self, id: BackendId) -> Result<Vec<JournalLine>, Failure> {
        let backend = self.known_backend(id).await?;
        Ok(self.inner.client(&backend).await?.journal())
    }

    /// A question to a peer has an end even where its client forgets its deadlines.
    pub(crate) async fn in_time<T>(
        &self,
        asked: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let deadline: Duration = self.inner.config.ask_deadline;
        timeout(deadline, asked).await.unwrap_or_else(|_| {
            let message = format!("The peer did not answer within {} s.", deadline.as_secs());
            Err(Failure::new(ErrorCode::PeerNoAnswer, message).hint("Try again, or test the backend."))
        })
    }
}
