//! MCP servers from the configurations of other programs and from registries, and back into such configurations.

use std::sync::{Arc, OnceLock};

use jackfield_protocol::{
    api::{
        ExportFormat, ImportPlace, ImportReport, ImportRequest, ImportStatus, InstallRequest, McpExport,
        RegistryPage,
    },
    error::{ErrorCode, Failure},
    export,
    import::{self, Imported, Setting},
    model::Platform,
    port::{Places, RegistryClient, RegistryQuery},
};

use crate::Engine;

/// The registry that is asked where none is named.
pub const OFFICIAL_REGISTRY: &str = "https://registry.modelcontextprotocol.io";

/// What importing needs from outside; a hub without it says so.
#[derive(Default)]
pub(crate) struct Importing {
    registry: OnceLock<Arc<dyn RegistryClient>>,
    places: OnceLock<Arc<dyn Places>>,
}

impl Engine {
    /// Gives the hub its way to registries. The first one stays.
    pub fn use_registry(&self, registry: Arc<dyn RegistryClient>) {
        let _ = self.inner.importing.registry.set(registry);
    }

    /// Gives the hub its way to the files of other programs on its machine. The first one stays.
    pub fn use_places(&self, places: Arc<dyn Places>) {
        let _ = self.inner.importing.places.set(places);
    }

    /// Reads a configuration, says what it would add, and adds it where that is asked for. One server that cannot be added
    /// stops no other.
    ///
    /// # Errors
    /// Those of reading the document or the place; `NotFound` for a choice that is not in it; the store's.
    pub async fn import(&self, request: ImportRequest) -> Result<ImportReport, Failure> {
        let read;
        let (document, source) = match &request.place {
            Some(_) if !request.document.is_empty() => {
                let message = "Both a document and a place were given.";
                return Err(Failure::new(ErrorCode::InvalidRequest, message)
                    .hint("Give one of them.")
                    .at("/place"));
            }
            Some(place) => {
                read = self.places()?.read(place).await?;
                (read.as_str(), Some(place.as_str()))
            }
            None if request.document.trim().is_empty() => {
                return Err(Failure::new(ErrorCode::InvalidRequest, "The document is empty.")
                    .hint(
                        "Give the text of a configuration as `document`, or the name of a place as `place`.",
                    )
                    .at("/document"));
            }
            None => (request.document.as_str(), request.source.as_deref()),
        };
        let home = self.home();
        let setting = Setting { variables: &request.variables, home: home.as_deref(), source };
        let imported = import::read(document, &setting)?;
        self.apply(imported, request.choose.as_deref(), request.dry_run).await
    }

    /// The usual files of other programs on the hub's machine.
    ///
    /// # Errors
    /// `InvalidRequest` when the hub has no way to them.
    pub async fn import_places(&self) -> Result<Vec<ImportPlace>, Failure> {
        Ok(self.places()?.list().await)
    }

    /// A configuration for another program: of the named backends, or of every MCP server where none is named.
    ///
    /// # Errors
    /// `NotFound`; `InvalidRequest` when a backend is no MCP server; the store's.
    pub async fn export(&self, format: ExportFormat, names: &[String]) -> Result<McpExport, Failure> {
        let mut backends = Vec::new();
        for name in names {
            backends.push(self.backend(name).await?.backend);
        }
        if names.is_empty() {
            let all = self.inner.store.backends().await?;
            backends = all.into_iter().filter(|backend| backend.platform == Platform::Mcp).collect();
        }
        export::export(format, &backends)
    }

    /// What a registry has; the official one where none is named.
    ///
    /// # Errors
    /// Those of the registry.
    pub async fn registry_servers(
        &self,
        registry: Option<&str>,
        query: &RegistryQuery,
    ) -> Result<RegistryPage, Failure> {
        let registry = registry.unwrap_or(OFFICIAL_REGISTRY);
        let answer = self.registry()?.servers(registry, query).await?;
        import::page(registry, &answer)
    }

    /// Reads one server of a registry, says in which ways it can be had, and adds one of them where that is asked for.
    ///
    /// # Errors
    /// Those of the registry; `NotFound` when it has no such server, version or way; the store's.
    pub async fn install(&self, request: InstallRequest) -> Result<ImportReport, Failure> {
        let registry = request.registry.as_deref().unwrap_or(OFFICIAL_REGISTRY);
        let version = request.version.as_deref().unwrap_or("latest");
        let answer = self.registry()?.server(registry, &request.server, version).await?;
        let home = self.home();
        let setting = Setting { variables: &request.variables, home: home.as_deref(), source: None };
        let mut imported = import::install(&request.server, &answer, &setting)?;
        if let Some(name) = &request.name {
            for candidate in &mut imported.candidates {
                candidate.entry.name.clone_from(name);
            }
        }
        let choose = request.way.map(|way| vec![way]);
        self.apply(imported, choose.as_deref(), request.dry_run).await
    }

    async fn apply(
        &self,
        mut imported: Imported,
        choose: Option<&[String]>,
        dry_run: bool,
    ) -> Result<ImportReport, Failure> {
        imported.settle(&self.inner.store.backends().await?);
        if dry_run {
            return Ok(imported.into_report(true));
        }
        imported.choose(choose)?;
        for candidate in &mut imported.candidates {
            let Some(new) = candidate.backend.take() else { continue };
            match self.add_backend(new, false).await {
                Ok(view) => {
                    candidate.entry.status = ImportStatus::Added;
                    candidate.entry.name = view.backend.name;
                    candidate.entry.backend = Some(view.backend.id);
                }
                Err(failure) => {
                    candidate.entry.status = ImportStatus::Failed;
                    candidate.entry.problem = Some(failure);
                }
            }
        }
        Ok(imported.into_report(false))
    }

    fn home(&self) -> Option<String> {
        self.inner.importing.places.get().and_then(|places| places.home())
    }

    fn places(&self) -> Result<&Arc<dyn Places>, Failure> {
        self.inner.importing.places.get().ok_or_else(|| absent("files of other programs"))
    }

    fn registry(&self) -> Result<&Arc<dyn RegistryClient>, Failure> {
        self.inner.importing.registry.get().ok_or_else(|| absent("registries"))
    }
}

fn absent(what: &str) -> Failure {
    Failure::new(ErrorCode::InvalidRequest, format!("This hub was started without a way to {what}."))
}
