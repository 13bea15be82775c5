//! Backends: adding, changing, removing, finding; and their workflows and tools.

use std::{collections::BTreeMap, time::Duration};

use futures_util::future::join_all;
use jackfield_protocol::{
    api::{BackendChange, BackendView, HubNews, NewBackend},
    error::{ErrorCode, Failure},
    ids::{BackendId, WorkflowId},
    model::{Backend, Workflow},
    port::{PlatformInfo, Secrets, StoreError},
    time::now,
};
use tokio::time::timeout;

use crate::{Engine, Inner, live::lock};

/// Longest name of a backend, in characters.
const MAX_NAME: usize = 80;

/// How long the runs of a backend that is removed may take to be stopped.
const STOP_RUNS: Duration = Duration::from_secs(15);

impl Engine {
    /// The platforms that a backend can be of.
    #[must_use]
    pub fn platforms(&self) -> Vec<PlatformInfo> {
        let mut infos: Vec<_> = self.inner.platforms.values().map(|factory| factory.description()).collect();
        infos.sort_by_key(|info| info.platform);
        infos
    }

    /// Adds a backend; its first check begins in the background. Nothing is left behind on an error.
    ///
    /// # Errors
    /// `InvalidRequest`, `InvalidConfig`, `InvalidUrl`, `Conflict` (the name is taken), or the store's.
    pub async fn add_backend(&self, new: NewBackend, simulated: bool) -> Result<BackendView, Failure> {
        let (backend, secrets) = self.inner.resolve_new(new, simulated)?;
        let client = self.inner.build(&backend, secrets.clone(), None)?;
        self.inner.store.insert_backend(&backend, &secrets).await?;
        self.inner.replace_client(backend.id, client);
        self.inner.watch(&backend);
        self.inner.tell(HubNews::Catalogue { backend_id: backend.id });
        self.view(backend).await
    }

    /// What a backend would be after a change, with all its secrets.
    pub(crate) async fn changed(
        &self,
        before: &Backend,
        change: BackendChange,
    ) -> Result<(Backend, Secrets), Failure> {
        let mut backend = before.clone();
        let mut secrets = match self.inner.store.secrets(backend.id).await {
            // Entering them anew is the way out.
            Err(StoreError::SecretUnreadable(_)) if change.secrets.is_some() => Secrets::new(),
            secrets => secrets?,
        };
        if let Some(name) = change.name {
            backend.name = valid_name(&name)?;
        }
        backend.base_url = change.base_url.unwrap_or(backend.base_url);
        backend.options = change.options.unwrap_or(backend.options);
        backend.enabled = change.enabled.unwrap_or(backend.enabled);
        for (name, value) in change.secrets.unwrap_or_default() {
            secrets.set(name, value.into());
        }
        backend.secrets = secrets.names();
        backend.updated_at = now();
        Ok((backend, secrets))
    }

    /// Changes a backend; what is absent stays.
    ///
    /// # Errors
    /// As [`Engine::add_backend`], and `NotFound`.
    pub async fn change_backend(&self, id: BackendId, change: BackendChange) -> Result<BackendView, Failure> {
        let inner = &self.inner;
        // What a client keeps by itself meanwhile must not be lost, nor what the old one keeps be taken.
        let _changes = inner.changes.lock().await;
        let before = self.known_backend(id).await?;
        let changed_secrets = change.secrets.is_some();
        let (backend, secrets) = self.changed(&before, change).await?;
        let moved = backend.base_url != before.base_url || backend.options != before.options;
        // What is known of the peer may be another peer's when the backend is somewhere else now.
        let peer = if moved { None } else { inner.store.peer(id).await? };
        let client = inner.build(&backend, secrets.clone(), peer)?;
        inner.store.update_backend(&backend, changed_secrets.then_some(&secrets)).await?;
        inner.replace_client(id, client);
        inner.watch(&backend);
        inner.tell(HubNews::Catalogue { backend_id: id });
        self.view(backend).await
    }

    /// Removes a backend with everything that hangs on it; runs that go on are stopped first.
    ///
    /// # Errors
    /// `NotFound`, or the store's.
    pub async fn remove_backend(&self, id: BackendId) -> Result<(), Failure> {
        self.known_backend(id).await?;
        lock(&self.inner.removing).insert(id);
        let removed = self.remove_now(id).await;
        lock(&self.inner.removing).remove(&id);
        removed
    }

    async fn remove_now(&self, id: BackendId) -> Result<(), Failure> {
        let inner = &self.inner;
        let live = inner.live_of(id);
        let stops = join_all(live.iter().map(|run| self.cancel(*run)));
        if timeout(STOP_RUNS, stops).await.is_err() {
            tracing::warn!(backend = %id, "not every run of a removed backend could be stopped");
        }
        inner.unwatch(id);
        inner.store.delete_backend(id).await?;
        inner.drop_client(id);
        inner.tell(HubNews::Catalogue { backend_id: id });
        for run_id in live {
            inner.tell(HubNews::RunRemoved { run_id });
        }
        Ok(())
    }

    /// All backends, by name.
    ///
    /// # Errors
    /// The store's.
    pub async fn backends(&self) -> Result<Vec<BackendView>, Failure> {
        let mut views = Vec::new();
        for backend in self.inner.store.backends().await? {
            views.push(self.view(backend).await?);
        }
        Ok(views)
    }

    /// One backend, by its id or name.
    ///
    /// # Errors
    /// `NotFound`, with the names there are; or the store's.
    pub async fn backend(&self, name_or_id: &str) -> Result<BackendView, Failure> {
        let all = self.inner.store.backends().await?;
        let found =
            all.iter().find(|backend| backend.id.to_string() == name_or_id || backend.name == name_or_id);
        let Some(backend) = found else {
            let names: Vec<&str> = all.iter().map(|backend| backend.name.as_str()).collect();
            let hint = if names.is_empty() {
                "There are no backends yet; add one.".to_owned()
            } else {
                format!("There are: {}.", names.join(", "))
            };
            return Err(Failure::not_found("backend", format!("'{name_or_id}'")).hint(hint));
        };
        self.view(backend.clone()).await
    }

    /// Workflows of one backend or of all.
    ///
    /// # Errors
    /// The store's.
    pub async fn workflows(&self, backend: Option<BackendId>) -> Result<Vec<Workflow>, Failure> {
        Ok(self.inner.store.workflows(backend).await?)
    }

    /// A workflow by its id, external id, or name; the name must be unique among those that are present.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when several have the name; or the store's.
    pub async fn find_workflow(&self, backend: Option<&str>, workflow: &str) -> Result<Workflow, Failure> {
        if let Ok(id) = workflow.parse::<WorkflowId>()
            && let Some(found) = self.inner.store.workflow(id).await?
        {
            return Ok(found);
        }
        let backend_id = match backend {
            Some(backend) => Some(self.backend(backend).await?.backend.id),
            None => None,
        };
        let all = self.inner.store.workflows(backend_id).await?;
        let by_id = all.iter().find(|known| known.info.external_id == workflow);
        if let Some(found) = by_id {
            return Ok(found.clone());
        }
        let mut named: Vec<&Workflow> =
            all.iter().filter(|known| known.present && known.info.name == workflow).collect();
        if named.is_empty() {
            let lower = workflow.to_lowercase();
            named =
                all.iter().filter(|known| known.present && known.info.name.to_lowercase() == lower).collect();
        }
        match named.as_slice() {
            [one] => Ok((*one).clone()),
            [] => Err(Failure::not_found("workflow", format!("'{workflow}'"))
                .hint("List them with `jackfield workflow list`; discover again when it is new.")),
            several => Err(Failure::new(
                ErrorCode::Conflict,
                format!("{} workflows are named '{workflow}'.", several.len()),
            )
            .hint("Name the backend, or give the workflow's id.")),
        }
    }

    pub(crate) async fn known_backend(&self, id: BackendId) -> Result<Backend, Failure> {
        self.inner.known_backend(id).await
    }

    async fn view(&self, backend: Backend) -> Result<BackendView, Failure> {
        let peer = self.inner.store.peer(backend.id).await?;
        let health = self.inner.health(backend.id);
        Ok(BackendView { backend, health, peer })
    }
}

impl Inner {
    pub(crate) async fn known_backend(&self, id: BackendId) -> Result<Backend, Failure> {
        self.store.backend(id).await?.ok_or_else(|| Failure::not_found("backend", id))
    }

    pub(crate) fn resolve_new(
        &self,
        new: NewBackend,
        simulated: bool,
    ) -> Result<(Backend, Secrets), Failure> {
        let secrets = new_secrets(new.secrets);
        let backend = Backend {
            id: BackendId::new(),
            name: valid_name(&new.name)?,
            kind: new.platform.backend_type(),
            platform: new.platform,
            base_url: new.base_url,
            options: new.options,
            secrets: secrets.names(),
            enabled: new.enabled,
            simulated,
            created_at: now(),
            updated_at: now(),
        };
        Ok((backend, secrets))
    }
}

fn new_secrets(secrets: BTreeMap<String, String>) -> Secrets {
    secrets.into_iter().map(|(name, value)| (name, value.into())).collect()
}

fn valid_name(name: &str) -> Result<String, Failure> {
    let name = name.trim();
    let length = name.chars().count();
    if length == 0 || length > MAX_NAME || name.contains('/') || name.chars().any(char::is_control) {
        let message =
            format!("'{}' cannot be a backend's name.", name.chars().take(MAX_NAME).collect::<String>());
        return Err(Failure::new(ErrorCode::InvalidRequest, message)
            .at("/name")
            .hint(format!("Use 1 to {MAX_NAME} characters, without '/'.")));
    }
    Ok(name.to_owned())
}
