//! Import, export and registries, as the commands use them.

use jackfield_protocol::{
    api::{ImportReport, ImportRequest, InstallRequest, McpExport, RegistryPage},
    error::Failure,
};
use reqwest::Method;

use super::Client;

impl Client {
    /// Reads a configuration, and adds what is chosen unless it is a dry run.
    pub(crate) async fn import(&self, request: &ImportRequest) -> Result<ImportReport, Failure> {
        self.send(Method::POST, &["import"], request).await
    }

    /// Reads a server of a registry, and adds it unless it is a dry run.
    pub(crate) async fn install(&self, request: &InstallRequest) -> Result<ImportReport, Failure> {
        self.send(Method::POST, &["registry", "install"], request).await
    }

    /// A page of a registry.
    pub(crate) async fn registry_servers(&self, query: &[(&str, String)]) -> Result<RegistryPage, Failure> {
        self.json(self.request(Method::GET, &["registry", "servers"])?.query(query)).await
    }

    /// A configuration for another program.
    pub(crate) async fn export_mcp(&self, query: &[(&str, String)]) -> Result<McpExport, Failure> {
        self.json(self.request(Method::GET, &["export"])?.query(query)).await
    }
}
